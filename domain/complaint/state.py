"""What the complaints about one subject amount to (reference 7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.complaint.facts import (
    CaseFiledOnComplaint,
    ComplaintCompleted,
    ComplaintDecided,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintReceived,
)
from domain.facts import Recorded


class ComplaintState(StrEnum):
    """Where a complaint stands; INCOMPLETE waits for its complainant."""

    RECEIVED = "RECEIVED"
    INCOMPLETE = "INCOMPLETE"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    REDIRECTED = "REDIRECTED"


AFTER: dict[ComplaintOutcome, ComplaintState] = {
    ComplaintOutcome.ACCEPTED: ComplaintState.ACCEPTED,
    ComplaintOutcome.REFUSED: ComplaintState.REFUSED,
    ComplaintOutcome.COMPLETION: ComplaintState.INCOMPLETE,
    ComplaintOutcome.REDIRECTED: ComplaintState.REDIRECTED,
}
"""The state that each decision leads to."""


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One complaint or report: when it came, what it says of the act, and what was decided.

    `received_on` is the first receipt, which the limitation counts from; `act_end` is the last
    day of the act where it is known, `case_id` the case that it joined or that was filed on it.
    `own` is False where a complainant names nobody's or
    another's right (a report needs none).
    """

    complaint_id: str
    subject: str
    matter: str
    region: str
    kind: ComplaintKind
    received_on: date
    act_end: date | None
    work_region: str
    codes: tuple[str, ...]
    named_subject: bool
    own: bool
    in_arbitration: bool
    state: ComplaintState = ComplaintState.RECEIVED
    case_id: str | None = None
    last_on: date


def fold(facts: Iterable[Recorded[Any]]) -> dict[str, Complaint]:
    """The complaints of a subject by id, oldest first."""
    known: dict[str, Complaint] = {}
    for recorded in facts:
        match recorded.fact:
            case ComplaintReceived() as received:
                known[received.complaint_id] = Complaint(
                    complaint_id=received.complaint_id,
                    subject=received.subject_id,
                    matter=recorded.matter,
                    region=recorded.region,
                    kind=received.kind,
                    received_on=received.received_on,
                    act_end=received.act_to or received.act_from,
                    work_region=received.work_region,
                    codes=received.codes,
                    named_subject=received.named_subject,
                    own=received.own_right or received.kind is ComplaintKind.REPORT,
                    in_arbitration=received.in_arbitration,
                    last_on=received.received_on,
                )
            case ComplaintCompleted() as completed if completed.complaint_id in known:
                before = known[completed.complaint_id]
                known[completed.complaint_id] = replace(
                    before,
                    state=ComplaintState.RECEIVED,
                    named_subject=completed.named_subject,
                    own=completed.own_right or before.kind is ComplaintKind.REPORT,
                    last_on=completed.received_on,
                )
            case ComplaintDecided() as decided if decided.complaint_id in known:
                known[decided.complaint_id] = replace(
                    known[decided.complaint_id],
                    state=AFTER[decided.outcome],
                    case_id=decided.case_id,
                    last_on=recorded.occurred.date(),
                )
            case CaseFiledOnComplaint() as taken if taken.complaint_id in known:
                known[taken.complaint_id] = replace(
                    known[taken.complaint_id], case_id=taken.case_id
                )
            case _:
                pass
    return known
