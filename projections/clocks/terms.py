"""The tables of the clocks, and how facts become their rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, and_, text

from domain.calendar.deadlines import Period
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

KEYS = Table(
    "clock_keys",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("marks", Text, nullable=False),
)
"""The marks of each key: JSON of two lists, starts and ends in the one order, by code.

One row a key and not one a code: a fact leaves marks of several codes at one key, and most of
them never meet another.
"""

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

_json = msgspec.json.Encoder(order="deterministic")
_by_code = msgspec.json.Decoder(dict[str, msgspec.Raw])
_marks = msgspec.json.Decoder(tuple[list[list[Any]], list[list[Any]]])


def apply(facts: Facts, rows: Rows) -> None:
    """Adds the facts' marks to their keys and folds each changed key anew."""
    added: dict[str, dict[str, Marks]] = {}
    breached: dict[str, Row] = {}
    for fact in facts:
        if fact.type == BREACHED:
            _keep_breach(breached, fact)
            continue
        if fact.type not in TYPES:
            continue
        begun, others = marks_of(fact, policy_for)
        for start in begun:
            _at(added, start)[0].append(start)
        for end in others:
            _at(added, end)[1].append(end)
    if breached:
        _put_breaches(breached, rows)
    if added:
        _fold(added, rows)


def _at(added: dict[str, dict[str, Marks]], mark: ClockStart | ClockEnd) -> Marks:
    """The marks gathered for a mark's key and code."""
    by_code = added.get(mark.key)
    if by_code is None:
        by_code = added[mark.key] = {}
    held = by_code.get(mark.code)
    if held is None:
        held = by_code[mark.code] = ([], [])
    return held


def _fold(added: dict[str, dict[str, Marks]], rows: Rows) -> None:
    """Folds each key with its new marks; only rows whose clock is not what it was are written."""
    rows.prefetch(KEYS, added)
    begun: list[Clock] = []
    moved: list[Clock] = []
    for key, by_code in added.items():
        row = rows.get(KEYS, key)
        held: dict[str, Any] = {} if row is None else _by_code.decode(row["marks"])
        changed = False
        for code, (starts, ends) in by_code.items():
            kept = held.get(code)
            known_starts: list[ClockStart] = []
            known_ends: list[ClockEnd] = []
            if kept is not None:
                known_starts, known_ends = _read(code, key, kept)
            if known_starts or len(starts) > 1:
                starts = _merged(known_starts, starts)
            if known_ends or len(ends) > 1:
                ends = _merged(known_ends, ends)
            if kept is not None and (starts, ends) == (known_starts, known_ends):
                continue
            held[code] = ([*map(_start_values, starts)], [*map(_end_values, ends)])
            changed = True
            if not starts:
                continue
            now = clocks_of(starts, ends, CALENDAR)
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
        if changed:
            put = rows.add if row is None else rows.put
            put(KEYS, {"key": key, "marks": _json.encode(held).decode()})
    rows.prefetch(BREACHES, [clock.id for clock in (*begun, *moved)])
    for clock in begun:
        # A clock that its marks did not make until now has no row: the rows are the marks' fold.
        rows.add(TERMS, term_row(clock, rows.get(BREACHES, clock.id)))
    for clock in moved:
        rows.put(TERMS, term_row(clock, rows.get(BREACHES, clock.id)))


def _merged(known: list[Mark], new: list[Mark]) -> list[Mark]:
    """Known and new marks in the one order, each once; what is known stays as it was noted."""
    if not new:
        return known
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
        "period": None if start.period is None else f"{start.period.n} {start.period.unit._value_}",
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


def _start_values(start: ClockStart) -> tuple[Any, ...]:
    """A start as it is kept: its fields after code and key, `correction` only where there is one."""
    return start[2:] if start.correction else start[2:-1]


def _end_values(end: ClockEnd) -> tuple[Any, ...]:
    """An end as it is kept: its fields after code and key, up to `by` where it has no others."""
    plain = end.on is None and not (end.organ or end.target or end.correction)
    return end[2:11] if plain else end[2:]


def read_marks(row: Row | None, code: str) -> Marks:
    """The marks of one code in a key's row; none for a row that does not exist."""
    if row is None:
        return [], []
    return _read(code, row["key"], _by_code.decode(row["marks"]).get(code))


def _read(code: str, key: str, kept: msgspec.Raw | None) -> Marks:
    if kept is None:
        return [], []
    started, ended = _marks.decode(kept)
    return [_start(code, key, v) for v in started], [_end(code, key, v) for v in ended]


def _start(code: str, key: str, kept: list[Any]) -> ClockStart:
    item, event, stamp, department, sequence, on, period, until, *others = kept
    return ClockStart(
        code,
        key,
        item,
        event,
        stamp,
        department,
        sequence,
        _moment(on),
        None if period is None else Period(period["n"], period["unit"]),
        None if until is None else date.fromisoformat(until),
        *others,
    )


def _end(code: str, key: str, kept: list[Any]) -> ClockEnd:
    """The first nine are every end's; a pause, a ground or a correction's mark has more."""
    kind, item, event, stamp, department, sequence, at, ending, by, *rare = kept
    if rare:
        rare[0] = None if rare[0] is None else date.fromisoformat(rare[0])
    return ClockEnd(
        code, key, kind, item, event, stamp, department, sequence, at, Ending(ending), by, *rare
    )


def _moment(text: str) -> date | datetime:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


PROJECTION = Reader("clocks", 3, METADATA, TYPES, apply)
register(PROJECTION)
