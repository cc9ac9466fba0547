"""What 公安 sees: facts addressed to it, and the event permits that it grants itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import Recorded
from projections.licence_life import LICENCE_FIELDS, fold_licence
from projections.reader import Facts, Reader, register
from projections.rows import Rows
from projections.steps import Entity, Steps, apply, by_type, moment, steps_column, within

METADATA = MetaData()

ADDRESSED: dict[str, tuple[str, ...]] = {}
"""Event types addressed to 公安 and the fields its inbox shows; no family of them exists yet."""

INBOX = Table(
    "psb_inbox",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("recorded", BigInteger, nullable=False),
    steps_column(),
    Index("psb_inbox_region", "region", "recorded"),
)

PERMITS = Table(
    "psb_permits",
    METADATA,
    Column("licence_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("type", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("state", Text, nullable=False),
    Column("cause", Text),
    Column("annulment_cause", Text),
    Column("application_id", Text),
    Column("mode", Text),
    Column("scope", Text),
    Column("online", Boolean),
    Column("commitment_check", Text),
    Column("valid_from", Text),
    Column("valid_to", Text),
    Column("document_no", Text),
    Column("serial", Text),
    Column("qr_token", Text),
    Column("granted", BigInteger),
    Column("ended", BigInteger),
    Column("void_from", Text),
    Column("served_on", Text),
    Column("deregistered", BigInteger),
    Column("registrar_told", BigInteger),
    Column("renewal_applied_on", Text),
    steps_column(),
    Index("psb_permits_region", "region", "state", "granted"),
)


def _addressed(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    return {
        "type": step.type,
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "department": step.department,
        "recorded": step.stamp,
    }


def _permit(fact: Recorded[Any]) -> str | None:
    return str(fact.fact.licence_id) if fact.fact.type == "PERMIT_EVENT" else None


ENTITIES = (
    Entity(INBOX, lambda f: f.id, ADDRESSED, _addressed),
    Entity(PERMITS, _permit, LICENCE_FIELDS, fold_licence),
)


def apply_facts(facts: Facts, rows: Rows) -> None:
    """Brings 公安's rows up to these facts."""
    sorted_out = by_type(facts)
    for entity in ENTITIES:
        apply(entity, sorted_out, rows)


PROJECTION = Reader(
    "public_security",
    1,
    METADATA,
    frozenset(type_name for entity in ENTITIES for type_name in entity.fields),
    apply_facts,
)
register(PROJECTION)


def inbox(
    conn: Connection, *, region: str | None = None, limit: int = 50, offset: int = 0
) -> list[dict[str, Any]]:
    """Facts addressed to 公安, latest first."""
    query = select(INBOX).order_by(INBOX.c.recorded.desc(), INBOX.c.event_id)
    if region is not None:
        query = query.where(within(INBOX.c.region, region))
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [_answer(row, ("recorded",)) for row in found]


def permits(
    conn: Connection,
    *,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Safety permits for large events, such as job fairs, latest first."""
    query = select(PERMITS).order_by(PERMITS.c.granted.desc(), PERMITS.c.licence_id)
    if region is not None:
        query = query.where(within(PERMITS.c.region, region))
    if state is not None:
        query = query.where(PERMITS.c.state == state)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [_answer(row, ("granted", "ended", "deregistered", "registrar_told")) for row in found]


def _answer(row: Any, stamps: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: moment(value) if name in stamps else value
        for name, value in row.items()
        if name != "steps"
    }
