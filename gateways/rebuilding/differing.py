"""What a cutover would change: the live rows against the rebuilt ones, row by row, with the reason.

Both are read in one snapshot in which they hold the same facts. The database finds the rows
that differ, by primary key; only these come here, one after another.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, inspect, or_, select

from gateways.department.database import PARKED, Database
from gateways.rebuilding.filling import Filling
from gateways.rebuilding.refused import NotCaughtUp
from gateways.rebuilding.swapping import intake_kept_out
from gateways.rebuilding.tables import copies
from projections.reader import Projection
from projections.received import RECEIVED
from projections.steps import CORRECTED, read

TRIES = 200
AT_ONCE = 200
SUBJECTS = ("subject", "uscc", "one")
MATTERS = ("matter", "case_id")
RULED = ("calendar_version", "policy_version", "rule_version")
"""Columns that name the rules by which a row was made."""


class Kind(StrEnum):
    """What a cutover does to a row."""

    MISSING = "MISSING"
    SURPLUS = "SURPLUS"
    OTHER = "OTHER"


class Reason(StrEnum):
    """Why a live row is not what the facts give."""

    CORRECTED = "CORRECTED"
    RELEASED = "RELEASED"
    LATE = "LATE"
    VERSION = "VERSION"
    RULES = "RULES"
    UNEXPLAINED = "UNEXPLAINED"


REASONS: dict[Reason, tuple[str, str]] = {
    Reason.CORRECTED: ("更正了其事实", "a fact of it was corrected"),
    Reason.RELEASED: ("隔离的记录已放行", "a parked record of it was released"),
    Reason.LATE: ("在用的行缺少已收到的事实", "the live row lacks facts that were received"),
    Reason.VERSION: ("投影版本已提高", "the projection has a newer version"),
    Reason.RULES: ("日历、政策或规则版本不同", "another calendar, policy or rule version"),
    Reason.UNEXPLAINED: (
        "没有事实能解释：人为改动或程序缺陷",
        "no fact explains it: changed by hand, or by a defect",
    ),
}

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.MISSING: ("将新增", "missing"),
    Kind.SURPLUS: ("将删除", "surplus"),
    Kind.OTHER: ("将改变", "other values"),
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A row that the cutover changes: where, whose, which columns, why; `because` is an event id."""

    table: str
    key: dict[str, Any]
    kind: Kind
    columns: tuple[str, ...]
    live: dict[str, Any]
    rebuilt: dict[str, Any]
    subject: str
    matter: str
    reason: Reason
    because: str | None


@dataclass
class Summary:
    """All differences counted, and the digest that a cutover is given."""

    digest: str = ""
    rows: int = 0
    counts: Counter[tuple[str, Kind, Reason]] = field(default_factory=Counter)


def compare(
    database: Database,
    projection: Projection,
    copy: str,
    *,
    versions: tuple[int, int],
    each: Callable[[Difference], None],
) -> Summary:
    """Tells each difference and counts them all; `versions` are the live and the copy's.

    Raises NotCaughtUp where facts come in faster than the copy can follow.
    """
    summary, digest = Summary(), hashlib.sha256()
    with _at_the_same_facts(database, projection, copy) as connection:
        for one in _differences(connection, projection, copy, versions):
            summary.rows += 1
            summary.counts[one.table, one.kind, one.reason] += 1
            plain = [one.table, one.key, one.kind, one.live, one.rebuilt]
            digest.update(json.dumps(plain, sort_keys=True, default=repr).encode())
            each(one)
    summary.digest = digest.hexdigest()[:16]
    return summary


@contextmanager
def _at_the_same_facts(
    database: Database, projection: Projection, copy: str
) -> Iterator[Connection]:
    """A snapshot in which live rows and copy hold the same facts."""
    filling = Filling(database, projection, copy)
    if database.dialect == "postgresql":
        filling.follow()
        with database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with intake_kept_out(database):
                with database.writing() as writer:
                    filling.finish(writer)
                # The first statement takes the snapshot; the intake may then go on.
                filling.behind(connection)
            yield connection
            connection.rollback()
        return
    left = 0
    for _ in range(TRIES):
        filling.follow()
        with database.reading() as connection:
            left = filling.behind(connection)
            if not left:
                yield connection
                return
    raise NotCaughtUp(projection.name, left)


def _differences(
    connection: Connection, projection: Projection, copy: str, versions: tuple[int, int]
) -> Iterator[Difference]:
    inspector = inspect(connection)
    here = frozenset(inspector.get_table_names())
    for live, rebuilt in copies(projection.name, copy).items():
        if live.name not in here:
            continue
        known = {one["name"] for one in inspector.get_columns(live.name)}
        known &= {one["name"] for one in inspector.get_columns(rebuilt.name)}
        names = [column.name for column in live.columns if column.name in known]
        for was, becomes in _pairs(connection, live, rebuilt, names):
            yield _difference(connection, live, names, was, becomes, versions)


Values = dict[str, Any]


def _pairs(
    connection: Connection, live: Table, rebuilt: Table, names: list[str]
) -> Iterator[tuple[Values | None, Values | None]]:
    """(live row, rebuilt row) of each key where they differ; None for a row there is not."""
    keys = [column.name for column in live.primary_key.columns]
    same = and_(*(live.c[key] == rebuilt.c[key] for key in keys))
    others = [name for name in names if name not in keys]
    differs = or_(
        live.c[keys[0]].is_(None),
        *(live.c[name].is_distinct_from(rebuilt.c[name]) for name in others),
    )
    columns = [*_labelled(live, names, "l"), *_labelled(rebuilt, names, "r")]
    order = [rebuilt.c[key] for key in keys]
    query = select(*columns).select_from(rebuilt.outerjoin(live, same)).where(differs)
    for row in _streamed(connection, query.order_by(*order)):
        values = tuple(row)
        was = dict(zip(names, values[: len(names)], strict=True))
        becomes = dict(zip(names, values[len(names) :], strict=True))
        yield (None if was[keys[0]] is None else was), becomes
    surplus = (
        select(*(live.c[name] for name in names))
        .select_from(live.outerjoin(rebuilt, same))
        .where(rebuilt.c[keys[0]].is_(None))
        .order_by(*(live.c[key] for key in keys))
    )
    for row in _streamed(connection, surplus):
        yield dict(zip(names, tuple(row), strict=True)), None


def _labelled(table: Table, names: list[str], side: str) -> Iterator[Any]:
    for name in names:
        column: Column[Any] = table.c[name]
        yield column.label(f"{side}_{name}")


def _streamed(connection: Connection, query: Any) -> Iterator[Any]:
    yield from connection.execution_options(stream_results=True).execute(
        query.execution_options(yield_per=AT_ONCE)
    )


def _difference(
    connection: Connection,
    table: Table,
    names: list[str],
    was: Values | None,
    becomes: Values | None,
    versions: tuple[int, int],
) -> Difference:
    keys = [column.name for column in table.primary_key.columns]
    either: Values = becomes if becomes is not None else was or {}
    if was is None or becomes is None:
        kind = Kind.MISSING if was is None else Kind.SURPLUS
        changed = [name for name in names if name not in keys]
    else:
        kind = Kind.OTHER
        changed = [name for name in names if was[name] != becomes[name]]
    subject = _first(either, SUBJECTS) or str(either[keys[-1]])
    reason, because = _reason(connection, was, becomes, changed, subject, versions)
    return Difference(
        table=table.name,
        key={key: either[key] for key in keys},
        kind=kind,
        columns=tuple(changed) if kind is Kind.OTHER else (),
        live={} if was is None else {name: was[name] for name in changed},
        rebuilt={} if becomes is None else {name: becomes[name] for name in changed},
        subject=subject,
        matter=_first(either, MATTERS),
        reason=reason,
        because=because,
    )


def _first(row: Values, names: tuple[str, ...]) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")


def _reason(
    connection: Connection,
    was: Values | None,
    becomes: Values | None,
    changed: list[str],
    subject: str,
    versions: tuple[int, int],
) -> tuple[Reason, str | None]:
    """Why the rows differ, and the event that says so where one does."""
    lacking = _lacking(was, becomes)
    corrections = [event for event, type_name in lacking if type_name == CORRECTED]
    if corrections:
        return Reason.CORRECTED, corrections[0]
    if lacking:
        events = [event for event, _ in lacking]
        released = _released(connection, RECEIVED.c.event_id.in_(events[:AT_ONCE]))
        return (Reason.RELEASED, released) if released else (Reason.LATE, events[0])
    if versions[0] != versions[1]:
        return Reason.VERSION, None
    if any(name in RULED for name in changed) and was is not None:
        return Reason.RULES, None
    if becomes is None or "steps" not in becomes:
        about = RECEIVED.c.subject == subject
        corrected = connection.execute(
            select(RECEIVED.c.event_id).where(about, RECEIVED.c.type == CORRECTED).limit(1)
        ).scalar_one_or_none()
        if corrected:
            return Reason.CORRECTED, corrected
        released = _released(connection, about)
        if released:
            return Reason.RELEASED, released
    return Reason.UNEXPLAINED, None


def _lacking(was: Values | None, becomes: Values | None) -> list[tuple[str, str]]:
    """(event, type) of the facts that the rebuilt row is made of and the live one is not."""
    if becomes is None or "steps" not in becomes:
        return []
    known = set() if was is None else _events(was.get("steps"))
    return [(step.event, step.type) for step in read(becomes["steps"]) if step.event not in known]


def _events(steps: str | None) -> set[str]:
    try:
        return {step.event for step in read(steps or "[]")}
    except ValueError:
        return set()


def _released(connection: Connection, which: Any) -> str | None:
    """An event of these that was parked before it came in."""
    same = and_(
        PARKED.c.topic == RECEIVED.c.topic,
        PARKED.c.partition == RECEIVED.c.partition,
        PARKED.c.partition_sequence == RECEIVED.c.partition_sequence,
    )
    return connection.execute(
        select(RECEIVED.c.event_id).select_from(RECEIVED.join(PARKED, same)).where(which).limit(1)
    ).scalar_one_or_none()
