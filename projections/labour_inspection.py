"""What 劳动监察 and 监管 of 人社 see: complaints, the risk of each subject, interviews.

Who reported is in no row: the vault of the receiving organ alone has it. Complaints are for
the organ that received them (`HRSS_INSP`); 监管 sees the warnings that they gave rise to.
Cases, referrals, penalties, publications and listings are in `projections.casework`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.complaint.facts import ComplaintCompleted, ComplaintDecided, ComplaintReceived
from domain.enforcement.facts import CaseFiled
from domain.facts import Recorded
from domain.online.facts import BadReviewsRecorded
from domain.risk.facts import InterviewHeld, Level, RiskWarningRaised
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.reader import reader_of
from projections.steps import Entity, Keys, Steps, moment, read, steps_columns, until

METADATA = MetaData()

RECEIVED, DECIDED, FILED = ComplaintReceived.TYPE, ComplaintDecided.TYPE, CaseFiled.TYPE
WARNED, INTERVIEWED, REVIEWS = RiskWarningRaised.TYPE, InterviewHeld.TYPE, BadReviewsRecorded.TYPE

COMPLAINTS = Table(
    "inspection_complaints",
    METADATA,
    Column("complaint_id", Text, primary_key=True),
    Column("subject", Text),
    Column("subject_name", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("kind", Text),
    Column("channel", Text),
    Column("received_on", Text),
    Column("persons", BigInteger),
    Column("codes", Text),
    Column("about_what", Text),
    Column("amount_fen", BigInteger),
    Column("act_from", Text),
    Column("act_to", Text),
    Column("work_region", Text),
    Column("in_arbitration", Boolean),
    Column("state", Text),
    Column("open", Boolean, nullable=False),
    Column("case_id", Text),
    Column("redirected_to", Text),
    Column("reason", Text),
    Column("received", BigInteger),
    Column("completed_on", Text),
    Column("decided", BigInteger),
    *steps_columns(),
    Index("inspection_complaints_region", "region", "state", "received"),
    Index("inspection_complaints_subject", "subject"),
    Index("inspection_complaints_case", "case_id"),
)

RISKS = Table(
    "inspection_risks",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("region", Text),
    Column("level", Text),
    Column("key_supervision", Boolean, nullable=False),
    Column("rule", Text),
    Column("about", Text),
    Column("since", BigInteger),
    Column("warnings", BigInteger, nullable=False),
    Column("complaints", BigInteger, nullable=False),
    Column("complainants", BigInteger, nullable=False),
    Column("bad_reviews", BigInteger, nullable=False),
    Column("interviews", BigInteger, nullable=False),
    Column("interviewed_on", Text),
    Column("moved", BigInteger),
    *steps_columns(),
    Index("inspection_risks_region", "region", "level", "since"),
)

INTERVIEWS = Table(
    "inspection_interviews",
    METADATA,
    Column("interview_id", Text, primary_key=True),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("type", Text),
    Column("held_on", Text),
    Column("attended", Boolean),
    Column("about", Text),
    Column("points", Text),
    Column("minutes_sha256", Text),
    Column("recorded", BigInteger),
    *steps_columns(),
    Index("inspection_interviews_region", "region", "recorded"),
    Index("inspection_interviews_subject", "subject"),
)

_STAMPS = frozenset({"received", "decided", "since", "moved", "recorded"})
_LEVELS = tuple(level.value for level in Level)
_AFTER = {
    "ACCEPTED": "ACCEPTED",
    "REFUSED": "REFUSED",
    "COMPLETION": "INCOMPLETE",
    "REDIRECTED": "REDIRECTED",
}
_COMPLAINT = (
    "kind",
    "channel",
    "subject_name",
    "received_on",
    "persons",
    "codes",
    "about_what",
    "amount_fen",
    "act_from",
    "act_to",
    "work_region",
    "in_arbitration",
)


def _complaint_of(fact: Recorded[Any]) -> Keys:
    if fact.type == FILED:
        return tuple(fact.fact.complaints) or None
    return str(fact.fact.complaint_id)


def fold_complaint(steps: Steps) -> dict[str, Any]:
    """The complaint after these steps: RECEIVED, INCOMPLETE, ACCEPTED, REFUSED, REDIRECTED."""
    complaint: dict[str, Any] = dict.fromkeys(_COMPLAINT)
    complaint.update(
        subject=steps[0].subject,
        region=steps[0].region,
        matter=steps[0].matter,
        state=None,
        case_id=None,
        redirected_to=None,
        reason=None,
        received=None,
        completed_on=None,
        decided=None,
    )
    for step in steps:
        data = step.data
        if step.type == RECEIVED:
            complaint.update(data, codes=",".join(data["codes"]), received=step.stamp)
            complaint.update(subject=step.subject, region=step.region, matter=step.matter)
            complaint["state"] = "RECEIVED"
        elif step.type == DECIDED:
            complaint.update(data, decided=step.stamp, state=_AFTER[data["outcome"]])
            del complaint["outcome"]
        elif step.type == FILED:
            complaint["case_id"] = data["case_id"]
        else:
            complaint.update(state="RECEIVED", completed_on=data["received_on"])
    complaint["open"] = complaint["state"] in ("RECEIVED", "INCOMPLETE")
    return complaint


def fold_risk(steps: Steps) -> dict[str, Any]:
    """A subject's risk: the highest level raised, since when and by which rule; what was counted.

    `level` is None where no warning stands. ORANGE and RED put it under key supervision.
    """
    risk: dict[str, Any] = {
        "region": steps[0].region,
        "level": None,
        "rule": None,
        "about": None,
        "since": None,
        "warnings": 0,
        "complaints": 0,
        "complainants": 0,
        "bad_reviews": 0,
        "interviews": 0,
        "interviewed_on": None,
        "moved": steps[-1].stamp,
    }
    for step in steps:
        data = step.data
        if step.type == WARNED:
            risk["warnings"] += 1
            if risk["level"] is None or _higher(data["level"], risk["level"]):
                risk.update(data, since=step.stamp, region=step.region)
        elif step.type == RECEIVED:
            risk["complaints"] += 1
            risk["complainants"] += data["persons"]
        elif step.type == REVIEWS:
            risk["bad_reviews"] += data["count"]
        else:
            risk["interviews"] += 1
            risk["interviewed_on"] = max(risk["interviewed_on"] or "", data["held_on"])
    risk["key_supervision"] = risk["level"] in ("ORANGE", "RED")
    return risk


def _higher(one: str, other: str) -> bool:
    return _LEVELS.index(one) > _LEVELS.index(other)


def _interview(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    minutes = step.data["minutes"]
    found = {name: value for name, value in step.data.items() if name != "minutes"}
    return found | {
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "minutes_sha256": minutes["sha256"] if minutes else None,
        "recorded": step.stamp,
    }


ENTITIES = (
    Entity(
        COMPLAINTS,
        _complaint_of,
        {
            RECEIVED: _COMPLAINT,
            ComplaintCompleted.TYPE: ("received_on",),
            DECIDED: ("outcome", "case_id", "redirected_to", "reason"),
            FILED: ("case_id",),
        },
        fold_complaint,
    ),
    Entity(
        RISKS,
        lambda f: f.fact.subject_id,
        {
            WARNED: ("rule", "level", "about"),
            RECEIVED: ("persons",),
            REVIEWS: ("count",),
            INTERVIEWED: ("held_on",),
        },
        fold_risk,
    ),
    Entity(
        INTERVIEWS,
        lambda f: str(f.fact.interview_id),
        {INTERVIEWED: ("type", "held_on", "attended", "about", "points", "minutes")},
        _interview,
    ),
)

PROJECTION = reader_of("labour_inspection", 1, METADATA, ENTITIES)


def complaints(
    conn: Connection,
    *,
    uscc: str | None = None,
    case_id: str | None = None,
    region: str | None = None,
    state: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Complaints and reports, latest received first: {complaint_id, subject, subject_name, region,
    matter, kind, channel, received_on, persons, codes*, about_what, amount_fen, act_from, act_to,
    work_region, in_arbitration, state, open, case_id, redirected_to, reason, received,
    completed_on, decided}. For the receiving organ; who reported is in none of them.

    State RECEIVED, INCOMPLETE, ACCEPTED, REFUSED or REDIRECTED; codes* joined by commas.
    """
    query = narrow(select(COMPLAINTS), COMPLAINTS, region=region, state=state)
    query = query.where(COMPLAINTS.c.received.is_not(None))
    for column, wanted in (("subject", uscc), ("case_id", case_id)):
        if wanted is not None:
            query = query.where(COMPLAINTS.c[column] == wanted)
    if open_only:
        query = query.where(COMPLAINTS.c.open)
    query = query.order_by(COMPLAINTS.c.received.desc(), COMPLAINTS.c.complaint_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def complaint(conn: Connection, complaint_id: str) -> Answer | None:
    """One complaint as in `complaints`, with `events`, the ids of its facts; None if unknown."""
    query = select(COMPLAINTS).where(
        COMPLAINTS.c.complaint_id == complaint_id,
        COMPLAINTS.c.received.is_not(None),
        ~COMPLAINTS.c.voided,
    )
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    return answer(row, _STAMPS) | {"events": [step.event for step in read(row["steps"])]}


def risks(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    level: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Subjects with a warning, the latest raised first: {subject, region, level, key_supervision,
    rule, about, since, warnings, complaints, complainants, bad_reviews, interviews,
    interviewed_on, moved}. Level YELLOW, ORANGE or RED: the highest that was raised."""
    query = narrow(select(RISKS), RISKS, region=region).where(RISKS.c.level.is_not(None))
    for column, wanted in (("subject", uscc), ("level", level)):
        if wanted is not None:
            query = query.where(RISKS.c[column] == wanted)
    query = query.order_by(RISKS.c.since.desc(), RISKS.c.subject)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def risk_of(conn: Connection, uscc: str, as_of: int | None = None) -> Answer | None:
    """One subject's risk as in `risks`, with `raised`: [{rule, level, about, recorded}], oldest
    first; as recorded up to a stamp. `level` is None before the first warning; None if unknown."""
    found = conn.execute(select(RISKS.c.steps).where(RISKS.c.subject == uscc)).scalar_one_or_none()
    steps = [] if found is None else until(read(found), as_of)
    if not steps:
        return None
    raised = [
        {**step.data, "recorded": moment(step.stamp)} for step in steps if step.type == WARNED
    ]
    return answer({"subject": uscc, **fold_risk(steps)}, _STAMPS) | {"raised": raised}


def interviews(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Interviews (约谈), latest first: {interview_id, subject, region, matter, type, held_on,
    attended, about, points, minutes_sha256, recorded}; type REMINDER or WARNING."""
    query = narrow(select(INTERVIEWS), INTERVIEWS, region=region)
    if uscc is not None:
        query = query.where(INTERVIEWS.c.subject == uscc)
    query = query.order_by(INTERVIEWS.c.recorded.desc(), INTERVIEWS.c.interview_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)
