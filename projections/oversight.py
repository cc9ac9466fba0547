"""What 检察院、法院 and 复议机关 see: the copy of each referral, remedies, overturned decisions.

The procuratorate's copy is read-only: it holds what went to the police with the hash of each
document (reference 8.1 DL-REF-05). What it decides itself goes by its own commands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.review.facts import DecisionOverturned, RemedyStepTaken
from projections.answers import Answer, Listed, listed, narrow
from projections.reader import reader_of
from projections.referral_life import (
    OUTCOME_FIELDS,
    REFERRAL_FIELDS,
    fold_referral,
    referral_in,
    referral_of,
    referral_table,
    referrals_of,
)
from projections.steps import Entity, Steps, steps_columns

METADATA = MetaData()

STEP, OVERTURNED = RemedyStepTaken.TYPE, DecisionOverturned.TYPE

REFERRALS = referral_table("oversight_referrals", METADATA)

REMEDIES = Table(
    "oversight_remedies",
    METADATA,
    Column("remedy_id", Text, primary_key=True),
    Column("kind", Text),
    Column("state", Text),
    Column("target", Text),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("respondent", Text),
    Column("simple", Boolean),
    Column("applied_on", Text),
    Column("accepted_on", Text),
    Column("sent_on", Text),
    Column("answered_on", Text),
    Column("extended_on", Text),
    Column("result", Text),
    Column("decided_on", Text),
    Column("moved", BigInteger),
    *steps_columns(),
    Index("oversight_remedies_region", "region", "state", "moved"),
    Index("oversight_remedies_target", "target"),
)

OVERTURNINGS = Table(
    "oversight_overturnings",
    METADATA,
    Column("overturn_id", Text, primary_key=True),
    Column("remedy_id", Text),
    Column("target", Text),
    Column("target_type", Text),
    Column("decision_id", Text),
    Column("owner_organ", Text),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("by", Text),
    Column("result", Text),
    Column("effect", Text),
    Column("decided_on", Text),
    Column("document_no", Text),
    Column("changed_fine_fen", BigInteger),
    Column("reason", Text),
    Column("recorded", BigInteger),
    *steps_columns(),
    Index("oversight_overturnings_region", "region", "recorded"),
    Index("oversight_overturnings_target", "target"),
)

_STAMPS = frozenset({"moved", "recorded"})
_DATES = {
    "APPLIED": "applied_on",
    "ACCEPTED": "accepted_on",
    "NOT_ACCEPTED": "decided_on",
    "SENT_TO_RESPONDENT": "sent_on",
    "ANSWERED": "answered_on",
    "EXTENDED": "extended_on",
}
_OVERTURNING = (
    "remedy_id",
    "target",
    "target_type",
    "decision_id",
    "owner_organ",
    "by",
    "result",
    "effect",
    "decided_on",
    "document_no",
    "changed_fine_fen",
    "reason",
)


def fold_remedy(steps: Steps) -> dict[str, Any]:
    """A remedy: its last step (an extension leaves the state), DECIDED with its result."""
    first = steps[0]
    remedy: dict[str, Any] = dict.fromkeys((*_DATES.values(), "kind", "target", "result", "state"))
    remedy.update(
        subject=first.subject, region=first.region, matter=first.matter, moved=steps[-1].stamp
    )
    for step in steps:
        data = step.data
        if step.type == OVERTURNED:
            remedy.update(state="DECIDED", result=data["result"], decided_on=data["decided_on"])
            continue
        remedy[_DATES[data["step"]]] = data["on"]
        for name in ("kind", "target", "respondent", "simple"):
            remedy[name] = data[name]
        if data["step"] != "EXTENDED":
            remedy["state"] = data["step"]
    return remedy


def _overturning(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    return step.data | {
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "recorded": step.stamp,
    }


ENTITIES = (
    Entity(REFERRALS, referral_of, REFERRAL_FIELDS | OUTCOME_FIELDS, fold_referral),
    Entity(
        REMEDIES,
        lambda f: f.fact.remedy_id,
        {
            STEP: ("kind", "step", "target", "respondent", "on", "simple"),
            OVERTURNED: ("result", "decided_on"),
        },
        fold_remedy,
    ),
    Entity(
        OVERTURNINGS, lambda f: str(f.fact.overturn_id), {OVERTURNED: _OVERTURNING}, _overturning
    ),
)

PROJECTION = reader_of("oversight", 1, METADATA, ENTITIES)


def referrals(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """The copies of referrals, latest moved first, with each document's hash; refused ones too
    (8.3: visible to the procuratorate). Rows as `projections.referral_life.referral_answer`."""
    return referrals_of(
        conn, REFERRALS, uscc=uscc, region=region, state=state, limit=limit, offset=offset
    )


def referral(conn: Connection, referral_id: str) -> Answer | None:
    """One referral with its steps (see `projections.referral_life.referral_in`)."""
    return referral_in(conn, REFERRALS, referral_id)


def remedies(
    conn: Connection,
    *,
    uscc: str | None = None,
    target: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Reconsideration and litigation, latest moved first: {remedy_id, kind, state, target, subject,
    region, matter, respondent, simple, applied_on, accepted_on, sent_on, answered_on, extended_on,
    result, decided_on, moved}. `target` is the event id of the decision.

    State APPLIED, ACCEPTED, NOT_ACCEPTED, SENT_TO_RESPONDENT, ANSWERED or DECIDED.
    """
    query = narrow(select(REMEDIES), REMEDIES, region=region, state=state)
    for column, wanted in (("subject", uscc), ("target", target)):
        if wanted is not None:
            query = query.where(REMEDIES.c[column] == wanted)
    query = query.order_by(REMEDIES.c.moved.desc(), REMEDIES.c.remedy_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def overturnings(
    conn: Connection,
    *,
    uscc: str | None = None,
    target: str | None = None,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Reviewed decisions, latest first: {overturn_id, remedy_id, target, target_type, decision_id,
    owner_organ, subject, region, matter, by, result, effect, decided_on, document_no,
    changed_fine_fen, reason, recorded}."""
    query = narrow(select(OVERTURNINGS), OVERTURNINGS, region=region)
    for column, wanted in (("subject", uscc), ("target", target)):
        if wanted is not None:
            query = query.where(OVERTURNINGS.c[column] == wanted)
    query = query.order_by(OVERTURNINGS.c.recorded.desc(), OVERTURNINGS.c.overturn_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)
