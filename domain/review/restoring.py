"""A licence stands again when what ended it was overturned (reference 12.4, 14.3 R14).

1. An annulment that is annulled or void ends nothing, from its first day; nor does a
   revocation that executes an overturned penalty.
2. The deregistration that followed, and what 市场监管 was told, fall with it.
3. The owner says so with corrections; nobody decides anew, so a machine may do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import Recorded
from domain.licence.facts import (
    EndCause,
    LicenceAnnulled,
    LicenceDecisionServed,
    LicenceDeregistered,
    LicenceEndNotified,
    LicenceRevoked,
    LicenceType,
)
from domain.licence.state import stream_of
from domain.review.correcting import correction_of
from domain.review.facts import CorrectionKind, DecisionOverturned, Effect
from domain.review.overturning import UNDOES
from domain.terms import Identifier, Uscc

TYPES = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)


@command(
    zh="恢复许可效力",
    en="Let a licence stand again",
    source="行政复议法第64、67条；行政诉讼法第70、75条；平台规则（R14）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class RestoreLicence(Command):
    """Voids the end of a licence, and what followed it, after the decision was overturned."""

    organisation: Uscc
    about: Identifier


class OverturningUnknown(Refusal):
    """No review of this id, with a result that undoes its decision, has arrived."""

    zh = "尚未收到使{organisation}的决定失效的结果{about}。"
    en = "No result {about} that undoes a decision about {organisation} has been received."
    next_zh = "结果送达后自动办理。"
    next_en = "It follows by itself once the result has arrived."
    source = "平台规则（R14）"
    field = "about"
    transient = True


def overturning(organisation: str, about: str, history: History) -> Recorded[Any]:
    """The received result of a review about a firm, by the id of its fact."""
    for one in history.received(Received(event=about)):
        if isinstance(one.fact, DecisionOverturned) and one.fact.subject_id == organisation:
            return one
    raise OverturningUnknown(organisation=organisation, about=about)


def _reads(asked: RestoreLicence) -> tuple[Read, ...]:
    return (
        Received(event=asked.about),
        *(Own(stream=stream_of(asked.organisation, one)) for one in TYPES),
    )


@decides(RestoreLicence, reads=_reads)
def restore(asked: RestoreLicence, history: History, _context: Context) -> Iterator[Decided]:
    """Voids the overturned end of a licence and all that rested on it; once."""
    result = overturning(asked.organisation, asked.about, history)
    fact = result.fact
    if fact.result not in UNDOES or fact.effect is not Effect.EX_TUNC:
        return
    for kind in TYPES:
        facts = history.own(stream_of(asked.organisation, kind))
        for end in facts:
            if not _ended_by(end, fact):
                continue
            for one in facts:
                if one.id == end.id or _rested_on(one, end):
                    yield correction_of(one, CorrectionKind.VOID, fact.reason, because=result.id)


def _ended_by(one: Recorded[Any], overturned: DecisionOverturned) -> bool:
    """Whether a fact is the overturned end, or executes the overturned penalty."""
    if not isinstance(one.fact, LicenceAnnulled | LicenceRevoked):
        return False
    executes = getattr(one.fact, "penalty_decision_id", None)
    return one.id == overturned.target or executes == overturned.decision_id


def _rested_on(one: Recorded[Any], end: Recorded[Any]) -> bool:
    """Whether a fact only follows from the end of this licence."""
    if one.order < end.order or getattr(one.fact, "licence_id", "") != end.fact.licence_id:
        return False
    match one.fact:
        case LicenceDeregistered(cause=cause):
            return cause in (EndCause.ANNULLED, EndCause.REVOKED)
        case LicenceEndNotified(about=about):
            return about == end.id
        case LicenceDecisionServed(document_no=number):
            return bool(number == end.fact.document_no)
        case _:
            return False
