"""The life of a police referral, folded from all the halves that a reader may see (reference 8.3).

REPORTED, NOT_APPROVED, APPROVED, TRANSFERRED, RECEIPTED, FORWARDED, NOT_FILED, RECONSIDERING,
UPHELD, SUPERVISION, SUPERVISION_REJECTED, FILED, HANDED_OVER, ENDED. The latest step decides;
a reader who may not see a half does not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import Recorded
from domain.referral.facts import (
    CriminalCaseOutcomeRecorded,
    CriminalFilingDecided,
    ExplanationDemanded,
    FilingDemanded,
    FilingNoticeReceived,
    FilingRefusalBecameFinal,
    FilingReviewDecided,
    FilingReviewExtended,
    FilingReviewRequested,
    ReferralDecided,
    ReferralForwarded,
    ReferralMaterialsHandedOver,
    ReferralProposed,
    ReferralReceipted,
    ReferralTransferred,
    RefusalExplained,
)
from projections.answers import Answer, Listed, answer, narrow
from projections.steps import Step, Steps, moment, read, standing, steps_columns, within

PROPOSED, DECIDED, TRANSFERRED = (
    ReferralProposed.TYPE,
    ReferralDecided.TYPE,
    ReferralTransferred.TYPE,
)
RECEIPTED, FORWARDED, FILING = (
    ReferralReceipted.TYPE,
    ReferralForwarded.TYPE,
    CriminalFilingDecided.TYPE,
)
NOTICED, HANDED_OVER = FilingNoticeReceived.TYPE, ReferralMaterialsHandedOver.TYPE
LAPSED = FilingRefusalBecameFinal.TYPE
REQUESTED, REVIEWED = FilingReviewRequested.TYPE, FilingReviewDecided.TYPE
OUTCOME = CriminalCaseOutcomeRecorded.TYPE

REFERRAL_FIELDS: dict[str, tuple[str, ...]] = {
    PROPOSED: ("about", "team", "report_received_on", "crimes", "persons", "amount_fen"),
    DECIDED: ("approved", "signatory", "decided_at", "reason"),
    TRANSFERRED: (
        "about",
        "to_region",
        "letter_no",
        "transferred_at",
        "documents",
        "crimes",
        "copied_to_procuratorate_on",
    ),
    RECEIPTED: ("signed_at", "region", "not_ours", "reason"),
    FORWARDED: ("forwarded_at", "to_region", "notice_no"),
    FilingReviewExtended.TYPE: ("days", "reason"),
    FILING: ("decision", "decided_on", "notice_no", "reason", "file_returned", "administrative"),
    NOTICED: ("decision", "after", "received_on", "final"),
    LAPSED: ("on",),
    HANDED_OVER: ("handed_over_on", "items"),
    REQUESTED: ("kind", "requested_on", "reason"),
    REVIEWED: ("kind", "outcome", "decided_on", "notice_no", "reason"),
    ExplanationDemanded.TYPE: ("demanded_on",),
    RefusalExplained.TYPE: ("explained_on", "reason"),
    FilingDemanded.TYPE: ("demanded_on",),
}
"""The facts that bear on one referral, by its id, and the fields its steps keep."""

STATE_FIELDS: dict[str, tuple[str, ...]] = {
    PROPOSED: ("report_received_on",),
    DECIDED: ("approved", "decided_at"),
    TRANSFERRED: ("transferred_at",),
    RECEIPTED: (),
    FORWARDED: (),
    FILING: ("decision",),
    NOTICED: ("decision", "after"),
    HANDED_OVER: (),
    REQUESTED: ("kind",),
    REVIEWED: ("outcome",),
}
"""The facts that move a referral from state to state, and the fields that say whither and when."""

OUTCOME_FIELDS: dict[str, tuple[str, ...]] = {
    OUTCOME: ("outcome", "on", "criminal_fine_fen", "to_organ"),
}
"""What became of the criminal case: for readers that may see it (reference 14.1)."""

STAMPS = frozenset({"proposed", "receipted", "forwarded", "moved"})

OVER = frozenset(
    {"NOT_APPROVED", "HANDED_OVER", "ENDED", "NOT_FILED", "UPHELD", "SUPERVISION_REJECTED"}
)
"""States in which the police owe nothing."""

_DIRECT: dict[str, tuple[tuple[str, str], ...]] = {
    PROPOSED: (
        ("about", "about"),
        ("report_received_on", "report_received_on"),
        ("persons", "persons"),
        ("amount_fen", "amount_fen"),
    ),
    DECIDED: (
        ("approved", "approved"),
        ("decided_at", "decided_at"),
        ("decision_reason", "reason"),
    ),
    TRANSFERRED: (
        ("about", "about"),
        ("letter_no", "letter_no"),
        ("transferred_at", "transferred_at"),
        ("copied_on", "copied_to_procuratorate_on"),
    ),
    RECEIPTED: (
        ("signed_at", "signed_at"),
        ("police_region", "region"),
        ("not_ours", "not_ours"),
    ),
    FORWARDED: (("police_region", "to_region"),),
    FilingReviewExtended.TYPE: (("review_days", "days"),),
    FILING: (
        ("filing", "decision"),
        ("filing_on", "decided_on"),
        ("filing_notice_no", "notice_no"),
        ("filing_reason", "reason"),
        ("file_returned", "file_returned"),
    ),
    NOTICED: (("notice_received_on", "received_on"), ("final", "final")),
    LAPSED: (),
    HANDED_OVER: (("handed_over_on", "handed_over_on"),),
    REQUESTED: (("review", "kind"), ("review_requested_on", "requested_on")),
    REVIEWED: (("review_outcome", "outcome"), ("review_decided_on", "decided_on")),
    ExplanationDemanded.TYPE: (("explanation_demanded_on", "demanded_on"),),
    RefusalExplained.TYPE: (("explained_on", "explained_on"),),
    FilingDemanded.TYPE: (("filing_demanded_on", "demanded_on"),),
    OUTCOME: (("outcome", "outcome"), ("outcome_on", "on")),
}
"""(column, field) that each kind of step fills."""

_TEXTS = tuple(
    dict.fromkeys(
        column
        for pairs in _DIRECT.values()
        for column, _ in pairs
        if column not in ("approved", "not_ours", "file_returned", "final", "persons", "amount_fen")
        and column != "review_days"
    )
)


def referral_table(name: str, metadata: MetaData) -> Table:
    """The referrals that a department may see, listed by territory of sender and of police."""
    return Table(
        name,
        metadata,
        Column("referral_id", Text, primary_key=True),
        Column("owner", Text),
        Column("subject", Text),
        Column("region", Text),
        Column("matter", Text),
        Column("state", Text),
        Column("open", Boolean, nullable=False),
        Column("rounds", BigInteger, nullable=False),
        Column("team", Text),
        Column("crimes", Text),
        Column("documents", Text),
        *(Column(column, Text) for column in _TEXTS),
        Column("approved", Boolean),
        Column("not_ours", Boolean),
        Column("file_returned", Boolean),
        Column("final", Boolean),
        Column("persons", BigInteger),
        Column("amount_fen", BigInteger),
        Column("review_days", BigInteger),
        Column("proposed", BigInteger),
        Column("receipted", BigInteger),
        Column("forwarded", BigInteger),
        Column("moved", BigInteger),
        *steps_columns(),
        Index(f"{name}_region", "region", "state", "moved"),
        Index(f"{name}_police", "police_region", "open", "moved"),
        Index(f"{name}_subject", "subject"),
        Index(f"{name}_about", "about"),
    )


def referral_of(fact: Recorded[Any]) -> str:
    """The referral that a fact bears on."""
    return str(fact.fact.referral_id)


def fold_referral(steps: Steps) -> dict[str, Any]:
    """The referral after these steps; `rounds` counts the reviews that were asked for.

    `documents` is JSON: [{code, document_id, sha256, not_applicable, reason}].
    """
    referral: dict[str, Any] = dict.fromkeys((*_TEXTS, "team", "crimes", "documents"))
    referral.update(
        owner=steps[0].department,
        subject=steps[0].subject,
        region=steps[0].region,
        matter=steps[0].matter,
        state=None,
        rounds=0,
        approved=None,
        not_ours=False,
        file_returned=None,
        final=False,
        persons=None,
        amount_fen=None,
        review_days=None,
        proposed=None,
        receipted=None,
        forwarded=None,
    )
    for step in steps:
        data = step.data
        referral.update({column: data[name] for column, name in _DIRECT[step.type]})
        if step.type in (PROPOSED, TRANSFERRED):
            _sender(referral, step)
        elif step.type == RECEIPTED:
            referral["receipted"] = step.stamp
        elif step.type == FORWARDED:
            referral.update(receipted=None, not_ours=False, forwarded=step.stamp)
        elif step.type == REQUESTED:
            referral.update(rounds=referral["rounds"] + 1, final=False)
        elif step.type == LAPSED:
            referral["final"] = True
        referral["state"] = advance(referral["state"], step)
    referral["open"] = referral["state"] not in OVER
    referral["moved"] = steps[-1].stamp
    return referral


def _sender(referral: dict[str, Any], step: Any) -> None:
    data = step.data
    referral.update(
        owner=step.department, subject=step.subject, region=step.region, matter=step.matter
    )
    referral["crimes"] = ",".join(data["crimes"]) or referral["crimes"]
    if step.type == PROPOSED:
        referral.update(team=",".join(data["team"]), proposed=step.stamp)
        return
    referral["police_region"] = referral["police_region"] or data["to_region"]
    referral["documents"] = msgspec.json.encode(
        [
            {
                "code": one["code"],
                "document_id": one["document_id"],
                "sha256": one["file"]["sha256"] if one["file"] else None,
                "not_applicable": one["not_applicable"],
                "reason": one["reason"],
            }
            for one in data["documents"]
        ]
    ).decode()


def advance(state: str | None, step: Step) -> str | None:
    """The state after a step. A filing, by whomever it came about, is not undone by a notice."""
    kind, data = step.type, step.data
    if kind == DECIDED:
        return "APPROVED" if data["approved"] else "NOT_APPROVED"
    if kind in _REACHED:
        return _REACHED[kind]
    if kind == FILING:
        return "FILED" if data["decision"] == "FILED" else "NOT_FILED"
    if kind == REQUESTED:
        return "RECONSIDERING" if data["kind"] == "RECONSIDERATION" else "SUPERVISION"
    if kind == REVIEWED:
        return _REVIEWED[data["outcome"]]
    if kind == NOTICED and state not in ("FILED", "HANDED_OVER", "ENDED"):
        if data["decision"] == "FILED":
            return "FILED"
        return _NOT_FILED_AFTER[data["after"]]
    if kind == OUTCOME and data["outcome"] in ("RETURNED_FOR_ADMIN", "WITHDRAWN", "CONVICTED"):
        return "ENDED"
    return state


_REACHED = {
    PROPOSED: "REPORTED",
    TRANSFERRED: "TRANSFERRED",
    RECEIPTED: "RECEIPTED",
    FORWARDED: "FORWARDED",
    HANDED_OVER: "HANDED_OVER",
}
_REVIEWED = {
    "FILE": "FILED",
    "UPHOLD": "UPHELD",
    "SUPERVISION_REJECTED": "SUPERVISION_REJECTED",
}
_NOT_FILED_AFTER = {
    None: "NOT_FILED",
    "RECONSIDERATION": "UPHELD",
    "SUPERVISION": "SUPERVISION_REJECTED",
}


def referrals_of(
    conn: Connection,
    table: Table,
    *,
    uscc: str | None = None,
    about: str | None = None,
    region: str | None = None,
    police_region: str | None = None,
    state: str | None = None,
    owner: str | None = None,
    open_only: bool = False,
    reached: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Referrals of such a table, latest moved first; the shape of a row is `referral_answer`'s.

    `reached` leaves out what never went to the police.
    """
    query = narrow(select(table), table, region=region, state=state)
    query = query.where(table.c.about.is_not(None))
    for column, wanted in (("subject", uscc), ("about", about), ("owner", owner)):
        if wanted is not None:
            query = query.where(table.c[column] == wanted)
    if police_region is not None:
        query = query.where(within(table.c.police_region, police_region))
    if open_only:
        query = query.where(table.c.open)
    if reached:
        query = query.where(table.c.transferred_at.is_not(None))
    query = query.order_by(table.c.moved.desc(), table.c.referral_id).limit(limit).offset(offset)
    return Listed.of(conn, query, referral_answer)


def referral_in(conn: Connection, table: Table, referral_id: str) -> Answer | None:
    """One referral with `steps`, oldest first: {event_id, type, recorded, department, data, state}."""
    query = select(table).where(table.c.referral_id == referral_id, ~table.c.voided)
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    steps = read(row["steps"])
    return referral_answer(row) | {
        "steps": [
            {
                "event_id": step.event,
                "type": step.type,
                "recorded": moment(step.stamp),
                "department": step.department,
                "data": step.data,
                "state": fold_referral(known)["state"]
                if (known := standing(steps[: n + 1]))
                else None,
            }
            for n, step in enumerate(steps)
        ]
    }


def referral_answer(row: Mapping[Any, Any]) -> Answer:
    """{referral_id, owner, subject, region, matter, about, state, open, rounds, team*, crimes*,
    persons, amount_fen, report_received_on, approved, decided_at, decision_reason, letter_no,
    transferred_at, documents[{code, document_id, sha256, not_applicable, reason}], copied_on,
    copied_to_procuratorate, police_region, signed_at, not_ours, review_days, filing, filing_on,
    filing_notice_no, filing_reason, file_returned, notice_received_on, final, handed_over_on,
    review, review_requested_on, review_outcome, review_decided_on, explanation_demanded_on,
    explained_on, filing_demanded_on, outcome, outcome_on, proposed, receipted, forwarded, moved}.

    Fields with * are joined by commas; *_at and proposed to moved are instants, *_on dates.
    `owner` is the department that refers, `region` its territory.
    """
    documents = row["documents"]
    return answer(row, STAMPS) | {
        "documents": [] if documents is None else msgspec.json.decode(documents),
        "copied_to_procuratorate": row["copied_on"] is not None,
    }
