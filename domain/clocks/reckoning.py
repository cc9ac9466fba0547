"""Clocks: which terms a fact starts and stops, and where every clock of a key stands.

Theory of operation. A fact leaves *marks*: a start with its term, or an end (a stop, a
ground, an extension, an act of the clock itself). The marks of one code and one key are a
set; `clocks_of` folds them, in the one order (stamp, department, sequence), into clocks. So
a stop that arrives before its start gives the same clocks as the right order, and the same
fact twice gives them once. A clock's id derives from the starting fact and the code.

A suspended clock keeps the days it used, the day of the suspension among them; from the day of
the resumption the rest runs, and the result rolls like any term. A voided fact leaves no
mark, a replaced one the marks of what it reads now.

Recomputing a clock from the received facts gives the same date (G9): the start carries the
region's number, and the clock names rule version, policy version and calendar version.
Source: reference 0.3 items 9 and 10, 3.5, 14.3, Appendix A.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from domain.calendar.deadlines import Due, Period, Unit, due, ending_on
from domain.calendar.working_days import CALENDAR, Calendar
from domain.clocks.marking import corrected, ends, marks_of, starts, stops
from domain.clocks.marks import ClockEnd, ClockStart, clock_id, last_day
from domain.clocks.table import BREACHED, CLOCK_RULES, RULES_BY_CODE, TYPES
from domain.clocks.words import STATE_NAMES, ClockRule, Debtor, Ending, Policy, State
from domain.facts import Recorded, instant

__all__ = [
    "BREACHED",
    "CLOCK_RULES",
    "RULES_BY_CODE",
    "STATE_NAMES",
    "TYPES",
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
    "corrected",
    "days_of",
    "ends",
    "marks_of",
    "starts",
    "stops",
    "what_elapses",
]


class Clock(NamedTuple):
    """A clock as the marks of its key make it; `stop` is the end that counted, or None.

    `length` is the whole term with its extensions, None where a date is fixed. `used` counts
    the days of it used up before `runs_from`, the day of the last resumption (or of the start);
    `paused` is the suspension that stands: then nothing runs, and `due` is the day on which
    it would have ended.
    """

    id: str
    rule: ClockRule
    start: ClockStart
    item: str
    due: Due
    stop: ClockEnd | None
    acted: ClockEnd | None
    extended_by: int
    owner: str
    region: str
    length: Period | None
    used: int
    runs_from: date
    paused: ClockEnd | None

    @property
    def open(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.stop is None

    def days(self, on: date, calendar: Calendar = CALENDAR) -> tuple[int, int] | None:
        """Days used and days left at the end of a day; None for hours, months and fixed dates."""
        return days_of(
            self.length, self.used, self.runs_from, self.paused is not None, on, calendar
        )

    def state(self, now: int) -> State:
        """Where the clock stands at a stamp; a term includes its last instant (24:00)."""
        return state_of(
            self.rule.debtor,
            self.due.at,
            None if self.stop is None else (self.stop.at, self.stop.ending),
            now,
            paused=self.paused is not None,
        )


def days_of(
    length: Period | None,
    used: int,
    runs_from: date,
    paused: bool,
    on: date,
    calendar: Calendar = CALENDAR,
) -> tuple[int, int] | None:
    """Days used and left of a term counted in days; never more used than the term has."""
    if length is None or length.unit not in (Unit.WD, Unit.CD):
        return None
    if not paused:
        used += _counted(length.unit, runs_from, on, calendar)
    used = min(used, length.n)
    return used, length.n - used


def _counted(unit: Unit, start: date, end: date, calendar: Calendar) -> int:
    if end <= start:
        return 0
    return calendar.working_days_between(start, end) if unit is Unit.WD else (end - start).days


def state_of(
    debtor: Debtor,
    due_at: int,
    stop: tuple[int, Ending] | None,
    now: int,
    *,
    paused: bool = False,
) -> State:
    """Where a clock stands, from its debtor, its end, what stopped it (at, how) and the moment.

    A suspended clock is not late, and what stops it stops it in time.
    """
    missed = {
        Debtor.OFFICE: State.MISSED,
        Debtor.PARTY: State.LAPSED,
        Debtor.OUTSIDE: State.OUTSIDE,
    }[debtor]
    if stop is None:
        if paused:
            return State.PAUSED
        return State.RUNNING if now < due_at else missed
    at, ending = stop
    if paused:
        at = min(at, due_at)
    if ending is Ending.DEEMED:
        return State.DEEMED
    if ending is Ending.LAPSED:
        return State.LAPSED
    if ending is Ending.MOOT:
        return State.MOOT if at <= due_at else missed
    return State.FULFILLED if at <= due_at else State.FULFILLED_LATE


def clocks_of(
    started: Sequence[ClockStart], ended: Sequence[ClockEnd], calendar: Calendar = CALENDAR
) -> list[Clock]:
    """The clocks of one code and one key, from the set of their marks, in the order of starts."""
    marks = ended
    if len(ended) > 1:
        marks = _in_order({(m.event, m.kind, m.correction): m for m in ended})
    begun = started
    if len(started) > 1:
        begun = _in_order({(s.event, s.correction): s for s in started})
    if marks and any(mark.kind == "VOID" for mark in marks):
        readings = {m.target: m.correction for m in marks if m.kind == "VOID"}
        begun = [one for one in begun if readings.get(one.event, "") == one.correction]
        marks = [
            one
            for one in marks
            if one.kind != "VOID" and readings.get(one.event, "") == one.correction
        ]
    orders = [mark.order for mark in marks] if begun else []
    clocks = []
    for start in begun:
        rule = RULES_BY_CODE[start.code]
        later: Iterable[ClockEnd] = ()
        if marks:
            found = bisect_left if rule.same_fact else bisect_right
            later = islice(marks, found(orders, start.order), None)
        if not rule.grounds:
            clocks.append(_clock(start, rule, start.item, None, later, calendar))
            continue
        after = tuple(later)
        for item, ground in _standing(start, marks).items():
            clocks.append(_clock(start, rule, item, ground, after, calendar))
    return clocks


def _clock(
    start: ClockStart,
    rule: ClockRule,
    item: str,
    ground: ClockEnd | None,
    later: Iterable[ClockEnd],
    calendar: Calendar,
) -> Clock:
    followed = _what_followed(item, bool(rule.acted), later)
    length = _length(start, followed, calendar) if followed.extensions else start.period
    used, runs_from, paused = 0, last_day(start.on), None
    if followed.pauses and length is not None and length.unit is not Unit.HR:
        end, used, runs_from, paused = _interrupted(start, length, followed.pauses, calendar)
    else:
        end = start.due_with(length, calendar)
    return Clock(
        clock_id(start.event, start.code, item if rule.grounds or rule.several else ""),
        rule,
        start,
        item,
        end,
        followed.stop,
        followed.acted,
        0 if length is None or start.period is None else length.n - start.period.n,
        start.owner or ("" if ground is None else ground.organ),
        start.region or ("" if ground is None else ground.region),
        length,
        used,
        runs_from,
        paused,
    )


Mark = TypeVar("Mark", ClockStart, ClockEnd)


def _in_order(marks: Mapping[Any, Mark]) -> Sequence[Mark]:
    """Marks in the one order of facts, each once."""
    return sorted(marks.values(), key=lambda mark: mark.order)


class _Followed(NamedTuple):
    """What came after a start: its first stop and first act, and what came before that stop."""

    stop: ClockEnd | None
    acted: ClockEnd | None
    extensions: tuple[ClockEnd, ...]
    pauses: tuple[ClockEnd, ...]


_NOTHING = _Followed(None, None, (), ())


def _what_followed(item: str, may_act: bool, later: Iterable[ClockEnd]) -> _Followed:
    """The first stop and the first act after a start, and the changes of its term before that stop."""
    if later == ():
        return _NOTHING
    stop: ClockEnd | None = None
    acted: ClockEnd | None = None
    extensions: list[ClockEnd] = []
    pauses: list[ClockEnd] = []
    for mark in later:
        if mark.item is not None and item and mark.item != item:
            continue
        if mark.kind == "STOP":
            if stop is None or _undoes_lapse(mark, stop):
                stop = mark
            if not may_act and stop.ending is not Ending.LAPSED:
                break
        elif mark.kind == "ACTED":
            acted = acted or mark
        elif stop is not None:
            continue
        elif mark.kind in ("EXTEND", "LENGTH"):
            extensions.append(mark)
        elif mark.kind in ("PAUSE", "RESUME"):
            pauses.append(mark)
    return _Followed(stop, acted, tuple(extensions), tuple(pauses))


def _undoes_lapse(mark: ClockEnd, stop: ClockEnd) -> bool:
    """An act done in time and recorded after the lapse: the term was kept."""
    kept = stop.ending is Ending.LAPSED and mark.ending is Ending.FULFILLED
    return kept and mark.at <= stop.at


def _length(start: ClockStart, followed: _Followed, calendar: Calendar) -> Period | None:
    """The whole term: what an extension adds, or the length that the last one sets.

    An extension after the term's end changes nothing: what was missed stays missed.
    """
    length = start.period
    if length is None:
        return length
    for mark in followed.extensions:
        pauses = [one for one in followed.pauses if one.order < mark.order]
        end, _, _, paused = _interrupted(start, length, pauses, calendar)
        if paused is None and mark.at > end.at:
            continue
        n = max(length.n, mark.by) if mark.kind == "LENGTH" else length.n + mark.by
        length = Period(n, length.unit)
    return length


def _interrupted(
    start: ClockStart, length: Period, pauses: Sequence[ClockEnd], calendar: Calendar
) -> tuple[Due, int, date, ClockEnd | None]:
    """A suspended term: its end, the days used before it last ran, since when, and what stands.

    A suspension after the term's end changes nothing; of two in a row the first counts.
    """
    used, runs_from, paused = 0, last_day(start.on), None
    end = start.due_with(length, calendar)
    for mark in pauses:
        assert mark.on is not None
        if mark.kind == "PAUSE" and paused is None and mark.on <= end.day:
            day = max(mark.on, runs_from)
            used = min(length.n, used + _counted(length.unit, runs_from, day, calendar))
            runs_from, paused = day, mark
        elif mark.kind == "RESUME" and paused is not None:
            runs_from, paused = max(mark.on, runs_from), None
            left = length.n - used
            end = (
                due(runs_from, Period(left, length.unit), calendar, start.rolls)
                if left
                else ending_on(runs_from, calendar, start.rolls and length.unit is not Unit.WD)
            )
    return end, used, runs_from, paused


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
        begun, others = marks_of(recorded, policy_for)
        for start in begun:
            marks.setdefault((start.code, start.key), ([], []))[0].append(start)
        for end in others:
            marks.setdefault((end.code, end.key), ([], []))[1].append(end)
    return [
        clock
        for started, ended in marks.values()
        if started
        for clock in clocks_of(started, ended, calendar)
    ]


def _standing(start: ClockStart, marks: Sequence[ClockEnd]) -> dict[str, ClockEnd]:
    """The grounds that stood when the clock started: each licence granted and not yet ended.

    A start with an item of its own asks for that ground alone.
    """
    standing: dict[str, ClockEnd] = {}
    for mark in marks:
        if mark.order > start.order:
            break
        if mark.kind == "GROUND":
            standing[mark.item or ""] = mark
        elif mark.kind == "STOP":
            standing.pop(mark.item or "", None)
    return {item: ground for item, ground in standing.items() if start.item in ("", item)}


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
        "owner": clock.owner,
        "due": clock.due.day.isoformat(),
        "due_at": instant(clock.due.at).isoformat(timespec="microseconds"),
        "source_event": start.event,
        "subject": start.subject,
        "matter": start.matter,
        "region": clock.region,
        "rule_version": start.rule_version,
        "calendar_version": clock.due.calendar_version,
    }
