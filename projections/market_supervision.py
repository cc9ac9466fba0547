"""What 市场监管 sees: its registrations, the fate of its pushes, scopes to be cleaned up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import instant
from domain.licence.facts import LicenceEndNotified
from domain.organisation import RegistrantNotified
from projections.push_life import PUSH_FIELDS, fold_push
from projections.reader import Facts, Reader, register
from projections.rows import Rows
from projections.steps import Entity, Steps, apply, by_type, moment, steps_column, within
from projections.subject_life import SUBJECT_FIELDS, fold_subject

METADATA = MetaData()

REGISTRATIONS = Table(
    "samr_registrations",
    METADATA,
    Column("uscc", Text, primary_key=True),
    Column("name", Text),
    Column("kind", Text),
    Column("scope", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("registered_on", Text),
    Column("ended", Text),
    Column("told", BigInteger),
    Column("approvals", Text),
    Column("promise_signed_on", Text),
    steps_column(),
    Index("samr_registrations_region", "region"),
)

PUSHES = Table(
    "samr_pushes",
    METADATA,
    Column("push_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("name", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("scope", Text),
    Column("phrases", Text),
    Column("excluded", Text),
    Column("classes", Text),
    Column("needs", Text),
    Column("in_draw_population", Boolean),
    Column("pushed", BigInteger),
    Column("claimed", BigInteger),
    Column("guided", BigInteger),
    Column("disposed", BigInteger),
    Column("outcome", Text),
    Column("basis", Text),
    Column("reason", Text),
    Column("state", Text, nullable=False),
    steps_column(),
    Index("samr_pushes_uscc", "uscc"),
    Index("samr_pushes_region", "region", "state", "pushed"),
)

CLEANUPS = Table(
    "samr_cleanups",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("licence_id", Text),
    Column("type", Text),
    Column("end", Text),
    Column("about", Text),
    Column("notified", BigInteger),
    steps_column(),
    Index("samr_cleanups_uscc", "uscc"),
)


def _registration(steps: Steps) -> dict[str, Any]:
    told = [step for step in steps if step.type == RegistrantNotified.TYPE]
    last = told[-1] if told else None
    return fold_subject(steps) | {
        "told": None if last is None else last.stamp,
        "approvals": None if last is None else ",".join(last.data["approvals"]),
        "promise_signed_on": None if last is None else last.data["promise_signed_on"],
    }


def _cleanup(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    base = {"uscc": step.subject, "region": step.region, "matter": step.matter}
    return base | step.data | {"notified": step.stamp}


ENTITIES = (
    Entity(
        REGISTRATIONS,
        lambda f: str(f.fact.uscc),
        SUBJECT_FIELDS | {RegistrantNotified.TYPE: ("approvals", "promise_signed_on")},
        _registration,
    ),
    Entity(PUSHES, lambda f: str(f.fact.push_id), PUSH_FIELDS, fold_push),
    Entity(
        CLEANUPS,
        lambda f: f.id,
        {LicenceEndNotified.TYPE: ("licence_id", "type", "end", "about")},
        _cleanup,
    ),
)


def apply_facts(facts: Facts, rows: Rows) -> None:
    """Brings 市场监管's rows up to these facts."""
    sorted_out = by_type(facts)
    for entity in ENTITIES:
        apply(entity, sorted_out, rows)


PROJECTION = Reader(
    "market_supervision",
    1,
    METADATA,
    frozenset(type_name for entity in ENTITIES for type_name in entity.fields),
    apply_facts,
)
register(PROJECTION)


def registrations(
    conn: Connection,
    uscc: str | None = None,
    *,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Registered market entities by code, with what the registrant was told (双告知)."""
    query = select(REGISTRATIONS).order_by(REGISTRATIONS.c.uscc)
    if uscc is not None:
        query = query.where(REGISTRATIONS.c.uscc == uscc)
    if region is not None:
        query = query.where(within(REGISTRATIONS.c.region, region))
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [_answer(row, ("told",)) for row in found]


def pushes(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Pushes and what 人社 did with them, latest first.

    `days` are the calendar days from the push to its outcome, None while it is open.
    """
    query = select(PUSHES).order_by(PUSHES.c.pushed.desc(), PUSHES.c.push_id)
    if uscc is not None:
        query = query.where(PUSHES.c.uscc == uscc)
    if region is not None:
        query = query.where(within(PUSHES.c.region, region))
    if state is not None:
        query = query.where(PUSHES.c.state == state)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [
        _answer(row, ("pushed", "claimed", "guided", "disposed"))
        | {"days": _days(row["pushed"], row["disposed"])}
        for row in found
    ]


def scope_cleanups(conn: Connection, *, limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:
    """Firms whose licence ended, for their registered scope to be cleaned up; latest first."""
    query = (
        select(CLEANUPS, REGISTRATIONS.c.name, REGISTRATIONS.c.scope)
        .outerjoin(REGISTRATIONS, REGISTRATIONS.c.uscc == CLEANUPS.c.uscc)
        .order_by(CLEANUPS.c.notified.desc(), CLEANUPS.c.event_id)
    )
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [_answer(row, ("notified",)) for row in found]


def _days(since: int | None, to: int | None) -> int | None:
    if since is None or to is None:
        return None
    return (instant(to).date() - instant(since).date()).days


def _answer(row: Any, stamps: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: moment(value) if name in stamps else value
        for name, value in row.items()
        if name != "steps"
    }
