"""Terms: when a period that starts on a day or at an instant ends (reference 0.3).

- The day of the start is never counted (民法典 201); a term includes its last day until 24:00.
- Working days count working days only. Calendar days, months and years end on the next
  working day when their last day is a rest day (民法典 203); make-up working days are
  working days.
- Months and years end on the corresponding day, or on the month's last day where there is
  none (民法典 202).
- Hours run from the stated instant and never roll (民法典 201; platform reading [P]).
- Fixed dates, and terms counted back from an expiry, never roll.
- 以上, 以下, 以内 and 届满 include the number, 超过, 不满 and 以外 exclude it (民法典 1259).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from domain.calendar.working_days import CALENDAR, Calendar
from domain.facts import CHINA, end_of, instant, stamp_of


class Unit(StrEnum):
    """What a period counts."""

    WD = "WD"
    CD = "CD"
    HR = "HR"
    MO = "MO"
    YR = "YR"


UNIT_NAMES: dict[Unit, tuple[str, str]] = {
    Unit.WD: ("个工作日", "working days"),
    Unit.CD: ("日", "calendar days"),
    Unit.HR: ("小时", "hours"),
    Unit.MO: ("个月", "months"),
    Unit.YR: ("年", "years"),
}


@dataclass(frozen=True)
class Period:
    """A length of time: `n` units. Zero is allowed for calendar days only: the same day."""

    n: int
    unit: Unit

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.n < 0 or (self.n == 0 and self.unit is not Unit.CD):
            raise ValueError(f"no term has {self.n} {self.unit}")

    @property
    def zh(self) -> str:
        """As an officer writes it: 5个工作日."""
        return "当日" if self.n == 0 else f"{self.n}{UNIT_NAMES[self.unit][0]}"

    @property
    def en(self) -> str:
        """As an officer reads it: 5 working days."""
        return "the same day" if self.n == 0 else f"{self.n} {UNIT_NAMES[self.unit][1]}"


@dataclass(frozen=True)
class Due:
    """The end of a term: its last day, and the stamp of the instant at which it ends.

    `provisional` says that a day which decided the result is not settled by a published
    notice yet; the result is then computed again when the year is published.
    """

    day: date
    at: int
    provisional: bool
    calendar_version: str


def due(
    start: date | datetime, period: Period, calendar: Calendar = CALENDAR, rolls: bool = True
) -> Due:
    """The end of `period` after `start`.

    A period of hours needs an instant with a time zone and is refused for a bare date. For
    other units an instant means its day in China. `rolls=False` keeps the last day where it
    falls; working days and hours never roll.
    """
    if period.unit is Unit.HR:
        if not isinstance(start, datetime):
            raise ValueError(f"{period.en} need an instant to start from, not {start}")
        at = stamp_of(start) + period.n * 3_600_000_000
        return Due(instant(at).date(), at, False, calendar.version)
    return _due_on(china_day(start), period, calendar, rolls)


@lru_cache(maxsize=65_536)
def _due_on(start: date, period: Period, calendar: Calendar, rolls: bool) -> Due:
    """The end of a period of days, months or years after a day."""
    if period.unit is Unit.WD:
        day = calendar.add_working_days(start, period.n)
        provisional = not _settled(calendar, start + timedelta(days=1), day)
        return Due(day, end_of(day), provisional, calendar.version)
    if period.unit is Unit.CD:
        raw = start + timedelta(days=period.n)
    else:
        raw = add_months(start, period.n * (12 if period.unit is Unit.YR else 1))
    return ending_on(raw, calendar, rolls and period.n > 0)


def ending_on(last: date, calendar: Calendar = CALENDAR, rolls: bool = True) -> Due:
    """A term of days whose last day is known: on a day off it ends on the next working day."""
    if not rolls:
        return Due(last, end_of(last), False, calendar.version)
    day = calendar.next_working_day(last)
    return Due(day, end_of(day), not _settled(calendar, last, day), calendar.version)


@lru_cache(maxsize=65_536)
def fixed(day: date, calendar: Calendar = CALENDAR) -> Due:
    """A term that a rule or an order sets as a date: it includes the day and never rolls."""
    return Due(day, end_of(day), False, calendar.version)


def before(expiry: date, period: Period, calendar: Calendar = CALENDAR) -> Due:
    """The last day on which one is at least `period` ahead of `expiry` (届满30日前).

    Counted back from the last day of validity, which is inclusive; never rolls, since a
    later day would shorten the time that the law keeps for the organ.
    """
    if period.unit is Unit.CD:
        return fixed(expiry - timedelta(days=period.n), calendar)
    if period.unit in (Unit.MO, Unit.YR):
        months = period.n * (12 if period.unit is Unit.YR else 1)
        return fixed(add_months(expiry, -months), calendar)
    raise ValueError(f"no rule counts {period.en} back from an expiry")


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later (or earlier), or that month's last day (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid_until(valid_from: date, years: int) -> date:
    """The last day of a validity of whole years, inclusive: the day before the anniversary."""
    return add_months(valid_from, 12 * years) - timedelta(days=1)


def china_day(moment: date | datetime) -> date:
    """The day in China of an instant; a bare date is itself."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone")
        return moment.astimezone(CHINA).date()
    return moment


def _settled(calendar: Calendar, first: date, last: date) -> bool:
    """Whether every day from `first` to `last` is settled; years in between included."""
    if last < first:
        return True
    if not (calendar.published(first) and calendar.published(last)):
        return False
    return all(year in calendar.years for year in range(first.year, last.year + 1))
