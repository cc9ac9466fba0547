"""What 市场监管 sees: its registrations, the fate of its pushes, scopes to be cleaned up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import instant
from domain.licence.facts import LicenceEndNotified
from domain.organisation import RegistrantNotified
from projections.answers import Answer, answer, narrow
from projections.push_life import PUSH_FIELDS, fold_push, push_columns
from projections.reader import reader_of
from projections.steps import Entity, Steps, steps_columns
from projections.subject_life import SUBJECT_FIELDS, fold_subject, subject_columns

METADATA = MetaData()

REGISTRATIONS = Table(
    "samr_registrations",
    METADATA,
    *subject_columns(),
    Column("told", BigInteger),
    Column("approvals", Text),
    Column("promise_signed_on", Text),
    *steps_columns(),
    Index("samr_registrations_region", "region"),
)

PUSHES = Table(
    "samr_pushes",
    METADATA,
    *push_columns(),
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
    *steps_columns(),
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


PROJECTION = reader_of("market_supervision", 2, METADATA, ENTITIES)


def registrations(
    conn: Connection,
    uscc: str | None = None,
    *,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Registered market entities by code, with what the registrant was told (双告知)."""
    query = select(REGISTRATIONS).order_by(REGISTRATIONS.c.uscc)
    query = narrow(query, REGISTRATIONS, uscc=uscc, region=region)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [answer(row, ("told",)) for row in found]


def pushes(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Pushes and what 人社 did with them, latest first.

    `days` are the calendar days from the push to its outcome, None while it is open.
    """
    query = select(PUSHES).order_by(PUSHES.c.pushed.desc(), PUSHES.c.push_id)
    query = narrow(query, PUSHES, uscc=uscc, region=region, state=state)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [
        answer(row, ("pushed", "claimed", "guided", "disposed"))
        | {"days": _days(row["pushed"], row["disposed"])}
        for row in found
    ]


def scope_cleanups(conn: Connection, *, limit: int = 50, offset: int = 0) -> list[Answer]:
    """Firms whose licence ended, for their registered scope to be cleaned up; latest first."""
    query = (
        select(CLEANUPS, REGISTRATIONS.c.name, REGISTRATIONS.c.scope)
        .outerjoin(REGISTRATIONS, REGISTRATIONS.c.uscc == CLEANUPS.c.uscc)
        .where(~CLEANUPS.c.voided)
        .order_by(CLEANUPS.c.notified.desc(), CLEANUPS.c.event_id)
    )
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [answer(row, ("notified",)) for row in found]


def _days(since: int | None, to: int | None) -> int | None:
    if since is None or to is None:
        return None
    return (instant(to).date() - instant(since).date()).days
