"""Clocks: which terms a fact starts and stops, and where every clock of a key stands.

Theory of operation. A fact leaves *marks*: a start with its term, or an end (a stop, a
ground, an extension, an act of the clock itself). The marks of one code and one key are a
set; `clocks_of` folds them, in the one order (stamp, department, sequence), into clocks. So
a stop that arrives before its start gives the same clocks as the right order, and the same
fact twice gives them once. A clock's id derives from the starting fact and the code.

Recomputing a clock from the received facts gives the same date (G9): the start carries the
region's number, and the clock names rule version, policy version and calendar version.
Source: reference 0.3 items 9 and 10, 3.5, 14.3, Appendix A.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from domain.calendar.deadlines import Due, fixed
from domain.calendar.working_days import CALENDAR, Calendar
from domain.clocks.marks import ClockEnd, ClockStart, clock_id, last_day
from domain.clocks.rules import APPLICATION_RULES, PUSH_RULES
from domain.clocks.rules_ending import AWAITING_EVENTS, ENDING_RULES
from domain.clocks.words import (
    STATE_NAMES,
    ClockRule,
    Debtor,
    Ending,
    Extension,
    Policy,
    Start,
    State,
    Stop,
)
from domain.facts import Recorded, instant

__all__ = [
    "CLOCK_RULES",
    "RULES_BY_CODE",
    "STATE_NAMES",
    "Clock",
    "ClockEnd",
    "ClockRule",
    "ClockStart",
    "Debtor",
    "Ending",
    "State",
    "clock_id",
    "clocks_from",
    "clocks_of",
    "ends",
    "starts",
    "stops",
    "what_elapses",
]

CLOCK_RULES: tuple[ClockRule, ...] = (
    *PUSH_RULES,
    *APPLICATION_RULES,
    *ENDING_RULES,
    *AWAITING_EVENTS,
)
"""Every clock of this part of the law, those without events yet included."""

RULES_BY_CODE: dict[str, ClockRule] = {rule.code: rule for rule in CLOCK_RULES}

BREACHED = "clock.deadline_breached.v1"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A clock as the marks of its key make it; `stop` is the end that counted, or None."""

    id: str
    rule: ClockRule
    start: ClockStart
    item: str
    due: Due
    stop: ClockEnd | None
    acted: ClockEnd | None
    extended_by: int

    @property
    def open(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.stop is None

    def state(self, now: int) -> State:
        """Where the clock stands at a stamp; a term includes its last instant (24:00)."""
        return state_of(
            self.rule.debtor,
            self.due.at,
            None if self.stop is None else (self.stop.at, self.stop.ending),
            now,
        )


def state_of(debtor: Debtor, due_at: int, stop: tuple[int, Ending] | None, now: int) -> State:
    """Where a clock stands, from its debtor, its end, what stopped it (at, how) and the moment."""
    missed = {
        Debtor.OFFICE: State.MISSED,
        Debtor.PARTY: State.LAPSED,
        Debtor.OUTSIDE: State.OUTSIDE,
    }[debtor]
    if stop is None:
        return State.RUNNING if now < due_at else missed
    at, ending = stop
    if ending is Ending.DEEMED:
        return State.DEEMED
    if ending is Ending.LAPSED:
        return State.LAPSED
    if ending is Ending.MOOT:
        return State.MOOT if at <= due_at else missed
    return State.FULFILLED if at <= due_at else State.FULFILLED_LATE


def _index() -> tuple[
    dict[str, tuple[tuple[ClockRule, Start], ...]],
    dict[str, tuple[tuple[str, ClockRule, Stop | Extension], ...]],
]:
    starting: dict[str, list[tuple[ClockRule, Start]]] = {}
    ending: dict[str, list[tuple[str, ClockRule, Stop | Extension]]] = {}
    for rule in CLOCK_RULES:
        for start in rule.started_by:
            starting.setdefault(start.type, []).append((rule, start))
        marks: tuple[tuple[str, tuple[Stop | Extension, ...]], ...] = (
            ("STOP", rule.stopped_by),
            ("GROUND", rule.grounds),
            ("EXTEND", rule.extended_by),
            ("ACTED", rule.acted),
        )
        for kind, patterns in marks:
            for pattern in patterns:
                ending.setdefault(pattern.type, []).append((kind, rule, pattern))
    return (
        {name: tuple(found) for name, found in starting.items()},
        {name: tuple(found) for name, found in ending.items()},
    )


_STARTING, _ENDING = _index()

STARTING: frozenset[str] = frozenset(_STARTING)
"""Every event type that starts a clock."""

TYPES: frozenset[str] = frozenset(_STARTING) | frozenset(_ENDING) | {BREACHED}
"""Every event type that bears on a clock."""


def _in_force(rule: ClockRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def starts(recorded: Recorded[Any], policy: Policy) -> list[ClockStart]:
    """The clocks that a fact starts, by the region's configuration.

    The dates follow with `due_with`; a start whose grounds are missing gives no clock.
    """
    found: list[ClockStart] = []
    if recorded.history:
        return found
    for rule, start in _STARTING.get(recorded.type, ()):
        if not (start.when(recorded) and start.where(policy)):
            continue
        on = start.on(recorded)
        if not _in_force(rule, last_day(on)):
            continue
        period = rule.period_for(policy)
        until = None
        if start.until is not None:
            until = start.until(recorded, policy)
            if until is None:
                continue
        found.append(
            ClockStart(
                code=rule.code,
                key=start.key(recorded),
                item="" if start.item is None else start.item(recorded),
                event=recorded.id,
                stamp=recorded.stamp,
                department=recorded.department,
                sequence=recorded.sequence,
                on=on,
                period=None if until is not None else period,
                until=until,
                rolls=rule.rolls,
                subject=recorded.subject,
                matter=recorded.matter,
                region=recorded.region,
                owner=rule.owner or recorded.organ,
                data={} if start.data is None else start.data(recorded),
                rule_version=rule.rule_version,
                policy_version=str(policy.get("policy_version", "")),
            )
        )
    return found


def ends(recorded: Recorded[Any]) -> list[ClockEnd]:
    """The marks other than starts that a fact leaves: stops, grounds, extensions, acts."""
    found = []
    for kind, rule, pattern in _ENDING.get(recorded.type, ()):
        if not pattern.when(recorded):
            continue
        at, ending, by = recorded.stamp, Ending.FULFILLED, 0
        if isinstance(pattern, Extension):
            by = pattern.by
        else:
            ending = (
                pattern.ending if isinstance(pattern.ending, Ending) else pattern.ending(recorded)
            )
            if pattern.on is not None:
                at = min(at, fixed(pattern.on(recorded)).at)
        found.append(
            ClockEnd(
                kind=kind,
                code=rule.code,
                key=pattern.key(recorded),
                item=None if pattern.item is None else pattern.item(recorded),
                event=recorded.id,
                stamp=recorded.stamp,
                department=recorded.department,
                sequence=recorded.sequence,
                at=at,
                ending=ending,
                by=by,
            )
        )
    return found


def stops(recorded: Recorded[Any]) -> list[ClockEnd]:
    """The stops alone: (code, key, item) of the clocks that a fact ends."""
    return [mark for mark in ends(recorded) if mark.kind == "STOP"]


def clocks_of(
    started: Iterable[ClockStart], ended: Iterable[ClockEnd], calendar: Calendar = CALENDAR
) -> list[Clock]:
    """The clocks of one code and one key, from the set of their marks, in the order of starts."""
    marks = _in_order({(m.event, m.kind): m for m in ended})
    clocks = []
    for start in _in_order({s.event: s for s in started}):
        rule = RULES_BY_CODE[start.code]
        items = (start.item,) if not rule.grounds else _standing(start, marks)
        for item in items:
            stop, acted, more = _what_followed(start, item, rule.same_fact, marks)
            clocks.append(
                Clock(
                    id=clock_id(start.event, start.code, item if rule.grounds else ""),
                    rule=rule,
                    start=start,
                    item=item,
                    due=start.due_with(more, calendar),
                    stop=stop,
                    acted=acted,
                    extended_by=more,
                )
            )
    return clocks


Mark = TypeVar("Mark", ClockStart, ClockEnd)


def _in_order(marks: Mapping[Any, Mark]) -> Sequence[Mark]:
    """Marks in the one order of facts, each once."""
    if len(marks) < 2:
        return tuple(marks.values())
    return sorted(marks.values(), key=lambda mark: mark.order)


def _what_followed(
    start: ClockStart, item: str, same_fact: bool, marks: Iterable[ClockEnd]
) -> tuple[ClockEnd | None, ClockEnd | None, int]:
    """The first stop and the first act after a start, and the extensions before that stop."""
    stop: ClockEnd | None = None
    acted: ClockEnd | None = None
    extensions: list[ClockEnd] = []
    for mark in marks:
        if not _concerns(mark, item):
            continue
        if mark.order <= start.order and not (same_fact and mark.event == start.event):
            continue
        if mark.kind == "STOP":
            stop = stop or mark
        elif mark.kind == "ACTED":
            acted = acted or mark
        elif mark.kind == "EXTEND":
            extensions.append(mark)
    more = sum(mark.by for mark in extensions if stop is None or mark.order < stop.order)
    return stop, acted, more


def clocks_from(
    facts: Iterable[Recorded[Any]],
    policy_for: Callable[[str, date], Policy],
    calendar: Calendar = CALENDAR,
) -> list[Clock]:
    """Every clock that a set of facts makes, recomputed from nothing: what a check compares with."""
    marks: dict[tuple[str, str], tuple[list[ClockStart], list[ClockEnd]]] = {}
    for recorded in facts:
        if recorded.type not in TYPES:
            continue
        for start in starts(recorded, policy_for(recorded.region, recorded.recorded_on)):
            marks.setdefault((start.code, start.key), ([], []))[0].append(start)
        for end in ends(recorded):
            marks.setdefault((end.code, end.key), ([], []))[1].append(end)
    return [
        clock
        for started, ended in marks.values()
        if started
        for clock in clocks_of(started, ended, calendar)
    ]


def _standing(start: ClockStart, marks: Sequence[ClockEnd]) -> list[str]:
    """The grounds that stood when the clock started: each licence granted and not yet ended.

    A start with an item of its own asks for that ground alone.
    """
    standing: dict[str, None] = {}
    for mark in marks:
        if mark.order > start.order:
            break
        if mark.kind == "GROUND":
            standing[mark.item or ""] = None
        elif mark.kind == "STOP":
            standing.pop(mark.item or "", None)
    return [item for item in standing if start.item in ("", item)]


def _concerns(mark: ClockEnd, item: str) -> bool:
    return mark.item is None or not item or mark.item == item


def what_elapses(clock: Clock) -> tuple[str, dict[str, str]] | None:
    """The automatic command that the end of an open clock gives, with its data; None: a lapse.

    An office's missed clock is declared a breach; where the law attaches a consequence to
    silence, the command brings that consequence about.
    """
    rule, start = clock.rule, clock.start
    if rule.on_elapse is None:
        return None
    if rule.on_elapse != "breach":
        return rule.on_elapse, dict(start.data)
    return "DeclareDeadlineBreached", {
        "clock": clock.id,
        "code": rule.code,
        "owner": start.owner,
        "due": clock.due.day.isoformat(),
        "due_at": instant(clock.due.at).isoformat(timespec="microseconds"),
        "source_event": start.event,
        "subject": start.subject,
        "matter": start.matter,
        "region": start.region,
        "rule_version": start.rule_version,
        "calendar_version": clock.due.calendar_version,
    }
