"""Working days of China: ordinary weekends, days off and make-up working days (reference 0.3).

A day is a working day when it is a make-up working day, or when it is a weekday that no
notice made a day off. A calendar has a version: the set of years whose notices it knows. A
day that no notice has settled yet follows the weekend rule alone and is marked provisional;
the last days of December (from the 29th) are settled by the notice of the next year, which
moved them in 2006, 2007, 2011, 2018, 2022 and 2023.

Source: 民法典 203; the State Council's annual notices (`domain.calendar.notices`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property

from domain.calendar.notices import NOTICES, REVISION, Notice

ONE_DAY = timedelta(days=1)
_DECEMBER_OPEN_FROM = 29
_SATURDAY = 5


def _days(year: int, text: str) -> Iterator[date]:
    """The days of a compact list: `01-01`, `10-01..10-07`, `2018-12-29..2018-12-31`."""
    for part in text.split():
        first, _, last = part.partition("..")
        begin, end = (
            date.fromisoformat(word if len(word) == 10 else f"{year}-{word}")
            for word in (first, last or first)
        )
        while begin <= end:
            yield begin
            begin += ONE_DAY


class Calendar:
    """One version of the working-day calendar: what is known from a set of annual notices."""

    def __init__(self, notices: Iterable[Notice] = NOTICES, revision: int = REVISION) -> None:
        self.notices = tuple(sorted(notices, key=lambda notice: notice.year))
        self.years = frozenset(notice.year for notice in self.notices)
        if len(self.years) != len(self.notices):
            raise ValueError("a year has two notices")
        self.off = frozenset(day for n in self.notices for day in _days(n.year, n.off))
        self.worked = frozenset(day for n in self.notices for day in _days(n.year, n.worked))
        last = max(self.years, default=0)
        gaps = sorted(set(range(min(self.years, default=0), last)) - self.years)
        self.version = f"CN-{last}.{revision}" + "".join(f"-{year}" for year in gaps)

    def __repr__(self) -> str:
        return f"Calendar({self.version})"

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`; weekends alone decide where no notice speaks."""
        if day in self.worked:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def published(self, day: date) -> bool:
        """Whether the notices known to this version settle `day` for good."""
        if day.year not in self.years:
            return False
        if day.month == 12 and day.day >= _DECEMBER_OPEN_FROM:
            return day.year + 1 in self.years
        return True

    @property
    def covers(self) -> tuple[date, date]:
        """The first and the last day that this version settles."""
        last = max(self.years)
        return date(min(self.years), 1, 1), date(last, 12, _DECEMBER_OPEN_FROM - 1)

    def next_working_day(self, day: date) -> date:
        """`day` itself where it is a working day, else the first working day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`, which is not counted."""
        if n < 1:
            raise ValueError(f"{n} working days: at least one is needed")
        days, first = self._working_days
        if first <= start and start < days[-1]:
            index = bisect_right(days, start) + n - 1
            if index < len(days):
                return days[index]
        day = start
        while n:
            day += ONE_DAY
            n -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days follow `start` up to and including `end`; negative if before."""
        if end < start:
            return -self.working_days_between(end, start)
        days, first = self._working_days
        if first <= start and end < days[-1]:
            return bisect_right(days, end) - bisect_right(days, start)
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            count += self.is_working_day(day)
        return count

    def without(self, *years: int) -> Calendar:
        """The older version that did not know the notices of `years` yet."""
        return Calendar(notice for notice in self.notices if notice.year not in years)

    @cached_property
    def _working_days(self) -> tuple[list[date], date]:
        """Every working day of the settled years, for look-up by bisection, and the first day."""
        if not self.years:
            return [date.min], date.max
        day, last = self.covers
        first = day
        days = []
        while day <= last:
            if self.is_working_day(day):
                days.append(day)
            day += ONE_DAY
        return days, first


CALENDAR = Calendar()
"""The newest calendar: every published year."""
