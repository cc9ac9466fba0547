"""The tables of the clocks, and how facts become their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, and_, text

from domain.calendar.deadlines import Period, Unit
from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import (
    BREACHED,
    CLOCK_RULES,
    TYPES,
    Clock,
    ClockEnd,
    ClockStart,
    clocks_of,
    marks_of,
)
from domain.clocks.words import Debtor, Ending
from domain.departments import node_of
from domain.policy import policy_for
from projections.reader import OWN_DOING, Facts, Reader, register
from projections.rows import Row, Rows

METADATA = MetaData()

MARKS = Table(
    "clock_marks",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("starts", Text, nullable=False),
    Column("ends", Text, nullable=False),
)
"""The marks of each code and key, as JSON lists in the one order."""

TERMS = Table(
    "clock_terms",
    METADATA,
    Column("clock_id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("debtor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("source_event", Text, nullable=False),
    Column("start_stamp", BigInteger, nullable=False),
    Column("start_department", Text, nullable=False),
    Column("start_sequence", BigInteger, nullable=False),
    Column("start_on", Text, nullable=False),
    Column("period", Text),
    Column("extended_by", BigInteger, nullable=False),
    Column("length", BigInteger),
    Column("used", BigInteger, nullable=False),
    Column("runs_from", Text, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("paused_stamp", BigInteger),
    Column("due", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("stop_event", Text),
    Column("stop_stamp", BigInteger),
    Column("stop_at", BigInteger),
    Column("ending", Text),
    Column("acted_event", Text),
    Column("breach_event", Text),
    Column("open", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False),
)
"""One row a clock; `open`: nothing ended it; `pending`: its end still has to be acted on.

`used` are the days of the `length` used before `runs_from`; while it is `paused` nothing runs.
"""

OWED: tuple[str, ...] = tuple(
    rule.code
    for rule in CLOCK_RULES
    if rule.commands and (rule.debtor is Debtor.OFFICE or rule.watched)
)
"""The codes of clocks that an organ meets by a command; the others no inbox shows."""

_OPEN, _RUNS = "open = 1", "open = 1 AND paused = 0"
_OWED = f"code IN ({', '.join(repr(code) for code in OWED)})"

Index("clock_terms_subject", TERMS.c.subject)
Index("clock_terms_matter", TERMS.c.matter)
for _name, _columns, _where, _spelt in (
    ("clock_terms_pending", ("node", "due_at", "clock_id"), TERMS.c.pending, "pending = 1"),
    (
        "clock_terms_open",
        ("owner", "region", "due_at", "clock_id"),
        and_(TERMS.c.open, ~TERMS.c.paused, TERMS.c.code.in_(OWED)),
        f"{_RUNS} AND {_OWED}",
    ),
    (
        "clock_terms_owed",
        ("owner", "due_at", "clock_id", "region"),
        and_(TERMS.c.open, ~TERMS.c.paused, TERMS.c.code.in_(OWED)),
        f"{_RUNS} AND {_OWED}",
    ),
    (
        "clock_terms_provisional",
        ("clock_id",),
        and_(TERMS.c.provisional, TERMS.c.open),
        f"provisional = 1 AND {_OPEN}",
    ),
):
    # SQLite takes a partial index only for a condition spelt as the query spells it: `open = 1`.
    Index(
        _name,
        *(TERMS.c[column] for column in _columns),
        sqlite_where=text(_spelt),
        postgresql_where=_where,
    )

BREACHES = Table(
    "clock_breaches",
    METADATA,
    Column("clock_id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("source_event", Text, nullable=False),
    Index("clock_breaches_stamp", "stamp"),
)
"""Breaches as declared, each once: the earliest by (stamp, event)."""

DECLARED = Table(
    "clock_declared",
    METADATA,
    Column("clock_id", Text, primary_key=True),
    Column("declared_at", BigInteger, nullable=False),
    Column("refused", Text),
    info={OWN_DOING: True},
)
"""What this department itself did about a run-out clock; not a function of facts."""

Marks = tuple[list[ClockStart], list[ClockEnd]]
Mark = TypeVar("Mark", ClockStart, ClockEnd)

_json = msgspec.json.Encoder()
_lists = msgspec.json.Decoder(list[list[Any]])


def apply(facts: Facts, rows: Rows) -> None:
    """Adds the facts' marks to their keys and folds each changed key anew."""
    added: dict[tuple[str, str], Marks] = {}
    breached: dict[str, Row] = {}
    for fact in facts:
        if fact.type == BREACHED:
            _keep_breach(breached, fact)
            continue
        if fact.type not in TYPES:
            continue
        begun, others = marks_of(fact, policy_for)
        for start in begun:
            key = (start.code, start.key)
            held = added.get(key)
            if held is None:
                held = added[key] = ([], [])
            held[0].append(start)
        for end in others:
            key = (end.code, end.key)
            held = added.get(key)
            if held is None:
                held = added[key] = ([], [])
            held[1].append(end)
    if breached:
        _put_breaches(breached, rows)
    if added:
        _fold(added, rows)


def _fold(added: dict[tuple[str, str], Marks], rows: Rows) -> None:
    """Folds each key with its new marks; only rows whose clock is not what it was are written."""
    rows.prefetch(MARKS, added)
    begun: list[Clock] = []
    moved: list[Clock] = []
    for key, (new_starts, new_ends) in added.items():
        row = rows.get(MARKS, key)
        known_starts, known_ends = read_marks(row)
        all_starts = _merged(known_starts, new_starts)
        all_ends = _merged(known_ends, new_ends)
        if row is not None and (all_starts, all_ends) == (known_starts, known_ends):
            continue
        rows.put(MARKS, _marks_row(key, all_starts, all_ends))
        if not all_starts:
            continue
        now = clocks_of(all_starts, all_ends, CALENDAR)
        if not known_starts:
            begun += now
            continue
        before = {clock.id: clock for clock in clocks_of(known_starts, known_ends, CALENDAR)}
        for clock in now:
            was = before.pop(clock.id, None)
            if was is None:
                begun.append(clock)
            elif was != clock:
                moved.append(clock)
        for gone in before:
            rows.delete(TERMS, gone)
    # A clock that its marks did not make until now has no row: the rows are the marks' fold.
    rows.absent(TERMS, [clock.id for clock in begun])
    begun += moved
    rows.prefetch(BREACHES, [clock.id for clock in begun])
    for clock in begun:
        rows.put(TERMS, term_row(clock, rows.get(BREACHES, clock.id)))


def _merged(known: list[Mark], new: list[Mark]) -> list[Mark]:
    """Known and new marks in the one order, each once; what is known stays as it was noted."""
    if not new:
        return known
    if not known and len(new) == 1:
        return new
    both: list[Mark] = new + known
    by_event = {(mark.event, getattr(mark, "kind", ""), mark.correction): mark for mark in both}
    return [mark for _, mark in sorted(by_event.items(), key=_place)]


def _place(one: tuple[tuple[str, str, str], Mark]) -> tuple[Any, ...]:
    """One order for all readers, also of several marks that one fact leaves."""
    identity, mark = one
    return (mark.order, identity)


def term_row(clock: Clock, breach: Row | None) -> Row:
    """The row of a clock, given its declared breach if there is one."""
    start, stop, rule = clock.start, clock.stop, clock.rule
    acted = clock.acted is not None or breach is not None
    return {
        "clock_id": clock.id,
        "code": rule.code,
        "key": start.key,
        "item": clock.item,
        "owner": clock.owner,
        "node": node_of(clock.owner).id,
        "debtor": rule.debtor._value_,
        "subject": start.subject,
        "matter": start.matter,
        "region": clock.region,
        "source_event": start.event,
        "start_stamp": start.stamp,
        "start_department": start.department,
        "start_sequence": start.sequence,
        "start_on": start.on.isoformat(),
        "period": None if start.period is None else f"{start.period.n} {start.period.unit}",
        "extended_by": clock.extended_by,
        "length": None if clock.length is None else clock.length.n,
        "used": clock.used,
        "runs_from": clock.runs_from.isoformat(),
        "paused": clock.paused is not None,
        "paused_stamp": None if clock.paused is None else clock.paused.stamp,
        "due": clock.due.day.isoformat(),
        "due_at": clock.due.at,
        "provisional": clock.due.provisional,
        "rule_version": start.rule_version,
        "policy_version": start.policy_version,
        "calendar_version": clock.due.calendar_version,
        "data": _json.encode(start.data).decode() if start.data else "{}",
        "stop_event": None if stop is None else stop.event,
        "stop_stamp": None if stop is None else stop.stamp,
        "stop_at": None if stop is None else stop.at,
        "ending": None if stop is None else stop.ending._value_,
        "acted_event": None if clock.acted is None else clock.acted.event,
        "breach_event": None if breach is None else breach["event_id"],
        "open": clock.open,
        "pending": clock.open and clock.paused is None and rule.on_elapse is not None and not acted,
    }


def _keep_breach(breached: dict[str, Row], fact: Any) -> None:
    body = fact.fact
    row = {
        "clock_id": body.clock_id,
        "event_id": fact.id,
        "stamp": fact.stamp,
        "code": body.code,
        "owner": body.owner,
        "subject": fact.subject,
        "matter": fact.matter,
        "region": fact.region,
        "due": body.due.isoformat(),
        "source_event": body.source_event,
    }
    known = breached.get(body.clock_id)
    if known is None or _first(row, known):
        breached[body.clock_id] = row


def _put_breaches(breached: dict[str, Row], rows: Rows) -> None:
    rows.prefetch(BREACHES, breached)
    rows.prefetch(TERMS, breached)
    for clock_id, row in breached.items():
        known = rows.get(BREACHES, clock_id)
        if known is not None and not _first(row, known):
            continue
        rows.put(BREACHES, row)
        term = rows.get(TERMS, clock_id)
        if term is not None:
            rows.put(TERMS, {**term, "breach_event": row["event_id"], "pending": False})


def _first(row: Row, known: Row) -> bool:
    return (row["stamp"], row["event_id"]) < (known["stamp"], known["event_id"])


def _marks_row(key: tuple[str, str], started: list[ClockStart], ended: list[ClockEnd]) -> Row:
    return {
        "code": key[0],
        "key": key[1],
        "starts": _list(_start_values, started),
        "ends": _list(_end_values, ended),
    }


def _list(values: Callable[[Mark], list[Any]], marks: list[Mark]) -> str:
    return _json.encode([values(mark) for mark in marks]).decode() if marks else "[]"


def _start_values(start: ClockStart) -> list[Any]:
    period = start.period
    values = [
        start.stamp,
        start.department,
        start.sequence,
        start.event,
        start.item,
        start.on.isoformat(),
        None if period is None else [period.n, period.unit._value_],
        None if start.until is None else start.until.isoformat(),
        start.rolls,
        start.subject,
        start.matter,
        start.region,
        start.owner,
        start.data,
        start.rule_version,
        start.policy_version,
    ]
    return [*values, start.correction] if start.correction else values


def _end_values(end: ClockEnd) -> list[Any]:
    values = [
        end.stamp,
        end.department,
        end.sequence,
        end.event,
        end.kind,
        end.item,
        end.at,
        end.ending._value_,
        end.by,
    ]
    if end.on is None and not (end.organ or end.target or end.correction):
        return values
    on = None if end.on is None else end.on.isoformat()
    return [*values, on, end.organ, end.region, end.target, end.correction]


def read_marks(row: Row | None) -> Marks:
    """The marks of a row; none for a row that does not exist."""
    if row is None:
        return [], []
    code, key = row["code"], row["key"]
    started = [
        ClockStart(
            code=code,
            key=key,
            stamp=v[0],
            department=v[1],
            sequence=v[2],
            event=v[3],
            item=v[4],
            on=_moment(v[5]),
            period=None if v[6] is None else Period(v[6][0], Unit(v[6][1])),
            until=None if v[7] is None else date.fromisoformat(v[7]),
            rolls=v[8],
            subject=v[9],
            matter=v[10],
            region=v[11],
            owner=v[12],
            data=v[13],
            rule_version=v[14],
            policy_version=v[15],
            correction=v[16] if len(v) > 16 else "",
        )
        for v in (() if row["starts"] == "[]" else _lists.decode(row["starts"]))
    ]
    ended = [
        ClockEnd(
            code=code,
            key=key,
            stamp=v[0],
            department=v[1],
            sequence=v[2],
            event=v[3],
            kind=v[4],
            item=v[5],
            at=v[6],
            ending=Ending(v[7]),
            by=v[8],
            **(_rare(v) if len(v) > 9 else {}),
        )
        for v in (() if row["ends"] == "[]" else _lists.decode(row["ends"]))
    ]
    return started, ended


def _rare(v: list[Any]) -> dict[str, Any]:
    """What only a pause, a ground or a correction's mark has."""
    return {
        "on": None if v[9] is None else date.fromisoformat(v[9]),
        "organ": v[10],
        "region": v[11],
        "target": v[12],
        "correction": v[13],
    }


def _moment(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


PROJECTION = Reader("clocks", 2, METADATA, TYPES, apply)
register(PROJECTION)
