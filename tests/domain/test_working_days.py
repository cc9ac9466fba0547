"""The working-day calendar against two independent calendars, and its own promises."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.deadlines import Period, Unit, add_months, before, due, fixed, valid_until
from domain.calendar.working_days import CALENDAR, Calendar
from domain.facts import CHINA, end_of, stamp_of

DAY = timedelta(days=1)
DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))


def every_day(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def test_every_day_from_2004_to_2026_agrees_with_chinese_calendar() -> None:
    wrong = [
        day
        for day in every_day(date(2004, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)
    ]
    assert wrong == []


def test_every_day_from_2021_to_2026_agrees_with_holidays() -> None:
    china = holidays.country_holidays("CN", years=range(2021, 2027))
    wrong = [
        day
        for day in every_day(date(2021, 1, 1), date(2026, 12, 31))
        if CALENDAR.is_working_day(day) != china.is_working_day(day)
    ]
    assert wrong == []


VECTORS = [
    ("T1", date(2021, 4, 14), 10, "WD", date(2021, 4, 27)),
    ("T2", date(2021, 8, 13), 15, "CD", date(2021, 8, 30)),
    ("T3", date(2022, 6, 29), 3, "CD", date(2022, 7, 4)),
    ("T4", date(2023, 9, 20), 20, "WD", date(2023, 10, 24)),
    ("T5", date(2023, 9, 21), 10, "WD", date(2023, 10, 11)),
    ("T6", date(2023, 9, 25), 5, "WD", date(2023, 10, 8)),
    ("T7", date(2024, 11, 25), 2, "MO", date(2025, 1, 26)),
    ("T8", date(2025, 1, 22), 5, "WD", date(2025, 2, 5)),
    ("T9", date(2025, 3, 20), 3, "CD", date(2025, 3, 24)),
    ("T10", date(2026, 2, 12), 3, "WD", date(2026, 2, 24)),
    ("T11", date(2026, 4, 30), 5, "WD", date(2026, 5, 11)),
    ("T12", date(2026, 9, 28), 5, "WD", date(2026, 10, 10)),
    ("T13", date(2026, 9, 28), 3, "CD", date(2026, 10, 8)),
    ("T14", date(2026, 2, 25), 3, "CD", date(2026, 2, 28)),
    ("S2 row 1", date(2024, 11, 18), 5, "WD", date(2024, 11, 25)),
    ("S2 row 3", date(2024, 11, 25), 7, "WD", date(2024, 12, 4)),
    ("S2 row 7", date(2025, 1, 10), 10, "WD", date(2025, 1, 24)),
    ("S2 row 8", date(2025, 1, 26), 20, "WD", date(2025, 2, 28)),
    ("S2 row 14", date(2025, 2, 14), 10, "WD", date(2025, 2, 28)),
    ("S2 remedy", date(2025, 2, 17), 60, "CD", date(2025, 4, 18)),
    ("S2 case", date(2025, 2, 14), 60, "WD", date(2025, 5, 14)),
]


@pytest.mark.parametrize(("name", "start", "n", "unit", "end"), VECTORS)
def test_a_term_of_the_reference_ends_on_its_day(
    name: str, start: date, n: int, unit: str, end: date
) -> None:
    found = due(start, Period(n, Unit(unit)))
    assert (found.day, found.at, found.provisional) == (end, end_of(end), False), name


def test_a_month_without_the_corresponding_day_ends_on_its_last_day() -> None:
    assert add_months(date(2024, 12, 31), 2) == date(2025, 2, 28)
    assert add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert due(date(2024, 2, 29), Period(1, Unit.YR)).day == date(2025, 2, 28)


def test_hours_run_from_their_instant_and_never_roll() -> None:
    friday = datetime(2025, 3, 7, 10, 30, tzinfo=CHINA)
    found = due(friday, Period(24, Unit.HR))
    assert found.at == stamp_of(datetime(2025, 3, 8, 10, 30, tzinfo=CHINA))
    assert found.day == date(2025, 3, 8)
    with pytest.raises(ValueError, match="instant"):
        due(date(2025, 3, 7), Period(24, Unit.HR))


def test_an_instant_starts_a_term_of_days_on_its_day_in_china() -> None:
    late = datetime.fromisoformat("2025-03-09T17:30:00+00:00")
    assert due(late, Period(1, Unit.WD)).day == date(2025, 3, 11)


def test_a_fixed_date_and_a_term_before_expiry_never_roll() -> None:
    assert fixed(date(2021, 9, 19)).day == date(2021, 9, 19)
    assert before(date(2029, 11, 24), Period(30, Unit.CD)).day == date(2029, 10, 25)
    assert due(date(2021, 9, 16), Period(3, Unit.CD), rolls=False).day == date(2021, 9, 19)
    assert valid_until(date(2024, 11, 25), 5) == date(2029, 11, 24)


def test_a_period_of_nothing_is_the_same_day_and_only_for_calendar_days() -> None:
    assert due(date(2025, 1, 12), Period(0, Unit.CD)).day == date(2025, 1, 12)
    with pytest.raises(ValueError, match="no term"):
        Period(0, Unit.WD)
    with pytest.raises(ValueError, match="no term"):
        Period(-1, Unit.CD)


def test_a_date_past_the_published_years_is_provisional_until_its_year_is_published() -> None:
    older = CALENDAR.without(2026)
    start, period = date(2025, 12, 22), Period(10, Unit.WD)
    guess, known = due(start, period, older), due(start, period)
    assert (guess.day, guess.provisional) == (date(2026, 1, 5), True)
    assert (known.day, known.provisional) == (date(2026, 1, 6), False)
    assert guess.calendar_version != known.calendar_version


def test_calendar_days_that_end_in_an_unpublished_year_are_provisional_unless_they_never_roll() -> (
    None
):
    older = CALENDAR.without(2026)
    start, period = date(2025, 12, 20), Period(13, Unit.CD)
    assert due(start, period, older).provisional
    assert not due(start, period).provisional
    assert not due(start, period, older, rolls=False).provisional


def test_the_last_days_of_december_wait_for_the_next_notice() -> None:
    older = CALENDAR.without(*range(2019, 2027))
    assert not older.published(date(2018, 12, 31))
    assert older.is_working_day(date(2018, 12, 31))
    assert not CALENDAR.is_working_day(date(2018, 12, 31))
    assert CALENDAR.published(date(2018, 12, 31))


def test_a_year_with_two_notices_is_refused() -> None:
    with pytest.raises(ValueError, match="two notices"):
        Calendar([CALENDAR.notices[0], CALENDAR.notices[0]])


@given(DAYS, st.integers(1, 120))
def test_working_days_end_on_a_working_day_after_the_start_and_count_back(
    start: date, n: int
) -> None:
    end = due(start, Period(n, Unit.WD)).day
    assert end > start
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == n
    assert sum(CALENDAR.is_working_day(day) for day in every_day(start + DAY, end)) == n


@given(DAYS, st.integers(1, 400), st.sampled_from([Unit.CD, Unit.WD]))
def test_a_longer_term_never_ends_earlier(start: date, n: int, unit: Unit) -> None:
    assert due(start, Period(n + 1, unit)).day >= due(start, Period(n, unit)).day


@given(DAYS, st.integers(1, 400), st.sampled_from([Unit.CD, Unit.MO, Unit.YR]))
def test_a_rolled_term_ends_on_the_first_working_day_from_its_last_day(
    start: date, n: int, unit: Unit
) -> None:
    n = n if unit is Unit.CD else n % 24 + 1
    raw = due(start, Period(n, unit), rolls=False).day
    rolled = due(start, Period(n, unit)).day
    assert start < raw <= rolled
    assert CALENDAR.is_working_day(rolled)
    assert not any(CALENDAR.is_working_day(day) for day in every_day(raw, rolled - DAY))


@given(st.dates(date(2000, 1, 1), date(2035, 1, 1)), st.integers(1, 300))
def test_the_look_up_of_settled_years_agrees_with_counting_day_by_day(start: date, n: int) -> None:
    day, left = start, n
    while left:
        day += DAY
        left -= CALENDAR.is_working_day(day)
    assert CALENDAR.add_working_days(start, n) == day
