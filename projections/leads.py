"""What became of a lead: every department's leads, sent and received, with both halves joined.

States of reference 7.3: TRANSFERRED, RECEIPTED, RETURNED, ASSESSED, COORDINATED, DISPOSED,
CLOSED_NO_ACTION. Who reported is kept by no row here; the vault of the receiving organ has it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import Recorded
from domain.lead.facts import LeadKind
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.lead_life import LEAD_FIELDS, TRANSFERRED, fold_lead, lead_of
from projections.reader import reader_of
from projections.steps import Entity, Steps, moment, read, standing, steps_columns, within

METADATA = MetaData()

LEADS = Table(
    "leads_leads",
    METADATA,
    Column("lead_id", Text, primary_key=True),
    Column("subject", Text),
    Column("subject_name", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("kind", Text),
    Column("stage", Text),
    Column("source", Text),
    Column("round", BigInteger),
    Column("designated", Boolean),
    Column("from_organ", Text),
    Column("from_region", Text),
    Column("to_organ", Text),
    Column("to_region", Text),
    Column("first_organ", Text),
    Column("first_region", Text),
    Column("codes", Text),
    Column("summary", Text),
    Column("persons", BigInteger),
    Column("amount_fen", BigInteger),
    Column("passports_held", Boolean),
    Column("major", Boolean),
    Column("about", Text),
    Column("report_back", Boolean),
    Column("due", Text),
    Column("state", Text),
    Column("open", Boolean, nullable=False),
    Column("sent", BigInteger),
    Column("moved", BigInteger),
    Column("receipted", BigInteger),
    Column("returned_to", Text),
    Column("return_reason", Text),
    Column("returns", BigInteger, nullable=False),
    Column("checked", BigInteger),
    Column("background", Text),
    Column("assessed", BigInteger),
    Column("assessment", Text),
    Column("assessed_codes", Text),
    Column("crime_suspected", Boolean),
    Column("assigned_to", Text),
    Column("grounds", Text),
    Column("cases", Text),
    Column("disposed", BigInteger),
    Column("outcome", Text),
    Column("basis", Text),
    Column("remark", Text),
    *steps_columns(),
    Index("leads_leads_to", "to_organ", "open", "sent"),
    Index("leads_leads_from", "first_organ", "sent"),
    Index("leads_leads_subject", "subject"),
    Index("leads_leads_matter", "matter"),
)

NOTICES = Table(
    "leads_notices",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("lead_id", Text),
    Column("about", Text),
    Column("outcome", Text),
    Column("summary", Text),
    Column("from_organ", Text),
    Column("from_region", Text),
    Column("to_organ", Text),
    Column("to_region", Text),
    Column("subject", Text),
    Column("matter", Text),
    Column("told", BigInteger),
    *steps_columns(),
    Index("leads_notices_about", "about"),
)

STAMPS = frozenset({"sent", "moved", "receipted", "checked", "assessed", "disposed", "told"})


def _notice(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    return step.data | {"subject": step.subject, "matter": step.matter, "told": step.stamp}


def _notice_key(fact: Recorded[Any]) -> str | None:
    return fact.id if fact.fact.kind == LeadKind.OUTCOME_NOTICE else None


ENTITIES = (
    Entity(LEADS, lead_of, LEAD_FIELDS, fold_lead),
    Entity(
        NOTICES,
        _notice_key,
        {
            TRANSFERRED: (
                "lead_id",
                "about",
                "outcome",
                "summary",
                "from_organ",
                "from_region",
                "to_organ",
                "to_region",
            )
        },
        _notice,
    ),
)

PROJECTION = reader_of("leads", 1, METADATA, ENTITIES)


def leads(
    conn: Connection,
    *,
    uscc: str | None = None,
    matter: str | None = None,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Leads that this department may see, latest sent first: {lead_id, subject, subject_name,
    region, matter, kind, stage, source, round, designated, from_organ, from_region, to_organ,
    to_region, first_organ, first_region, codes*, summary, persons, amount_fen, passports_held,
    major, about, report_back, due, state, open, sent, moved, receipted, returned_to,
    return_reason, returns, checked, background, assessed, assessment, assessed_codes*,
    crime_suspected, assigned_to*, grounds, cases*, disposed, outcome, basis, remark}.

    Fields with * are codes joined by commas; sent to disposed are instants or None. `from_organ`
    is who sent it last, `first_organ` who sent it first. Region narrows to the territory that
    deals with it.
    """
    query = _leads(uscc=uscc, region=region, state=state, kind=kind)
    if matter is not None:
        query = query.where(LEADS.c.matter == matter)
    if open_only:
        query = query.where(LEADS.c.open)
    return _page(conn, query, limit, offset)


def sent(
    conn: Connection,
    organ: str,
    *,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """What became of the leads that an organ sent (first or again), latest first; rows as `leads`."""
    query = _leads(state=state, kind=kind).where(
        (LEADS.c.first_organ == organ) | (LEADS.c.from_organ == organ)
    )
    if region is not None:
        query = query.where(
            within(LEADS.c.first_region, region) | within(LEADS.c.from_region, region)
        )
    if open_only:
        query = query.where(LEADS.c.open)
    return _page(conn, query, limit, offset)


def received(
    conn: Connection,
    organ: str,
    *,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """The leads that an organ holds, latest first; rows as `leads`."""
    query = _leads(state=state, kind=kind).where(LEADS.c.to_organ == organ)
    if region is not None:
        query = query.where(within(LEADS.c.to_region, region))
    if open_only:
        query = query.where(LEADS.c.open)
    return _page(conn, query, limit, offset)


def lead(conn: Connection, lead_id: str) -> Answer | None:
    """One lead as in `leads`, with `notices` (see `notices_about`) and `steps`: its facts, oldest
    first, each {event_id, type, recorded, department, data, state}. None if never heard of."""
    query = _leads().where(LEADS.c.lead_id == lead_id)
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    steps = read(row["steps"])
    told = [
        {
            "event_id": step.event,
            "type": step.type,
            "recorded": moment(step.stamp),
            "department": step.department,
            "data": step.data,
            "state": fold_lead(known)["state"] if (known := standing(steps[: n + 1])) else None,
        }
        for n, step in enumerate(steps)
    ]
    return answer(row, STAMPS) | {"steps": told, "notices": notices_about(conn, lead_id)}


def notices_about(conn: Connection, about: str) -> Listed:
    """The outcome notices about a lead, case or finding, latest first: {event_id, lead_id, about,
    outcome, summary, from_organ, from_region, to_organ, to_region, subject, matter, told}."""
    query = select(NOTICES).where(NOTICES.c.about == about, ~NOTICES.c.voided)
    query = query.order_by(NOTICES.c.told.desc(), NOTICES.c.event_id)
    return listed(conn, query, STAMPS)


def _leads(
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    kind: str | None = None,
) -> Any:
    query = narrow(select(LEADS), LEADS, region=region, state=state)
    query = query.where(LEADS.c.kind.is_not(None))
    if uscc is not None:
        query = query.where(LEADS.c.subject == uscc)
    if kind is not None:
        query = query.where(LEADS.c.kind == kind)
    return query.order_by(LEADS.c.sent.desc(), LEADS.c.lead_id)


def _page(conn: Connection, query: Any, limit: int, offset: int) -> Listed:
    return listed(conn, query.limit(limit).offset(offset), STAMPS)
