"""What the publisher keeps of receipts' times: the same work after years, one outcome of a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from gateways.department.ledger import timing
from gateways.department.ledger.comparing import Compared, Standing
from gateways.department.ledger.receipts import Entry
from gateways.department.ledger.tables import DEALT, LATE
from gateways.department.ledger.timing import DAY_US

PLACE = ("hr", "labour.samr.push", 5)
NOW = 20_000 * DAY_US
Told = tuple[str, int, int, int]
"""An outcome, the first and last record of it, and the day on which it was told."""


def say(
    connection: Connection,
    *outcomes: tuple[str, tuple[int, int]],
    now: int = NOW,
    late: tuple[tuple[int, int], ...] = (),
    at: int = 500_000,
) -> None:
    """One receipt that stands at a record, and tells what became of older ones."""
    entry = Entry(
        first=at, to=at, digest="", applied=((at, at),), delivered=at, acted=at,
        delivered_at=now, applied_at=now, acted_at=now,
    )  # fmt: skip
    one = Compared(
        standing=Standing(accounted=at, acted=at), findings=(), late=late, dealt=outcomes
    )
    before = now - timing.KEPT_DAYS * DAY_US
    timing.keep(connection, PLACE, entry, one, said=now, before=before)


def rows(connection: Connection) -> list[Told]:
    """What the ledger keeps of outcomes, by place."""
    found = connection.execute(select(DEALT).order_by(DEALT.c.first, DEALT.c.dealt_at))
    return [(row.outcome, row.first, row.last, row.dealt_at // DAY_US) for row in found]


def outcome(connection: Connection, sequence: int) -> tuple[str, int] | None:
    """What is told of one record, and on which day."""
    found = timing.dealt(connection, PLACE, sequence)
    return None if found is None else (found[0], found[1] // DAY_US)


def steps(connection: Connection, act: Callable[[], Any]) -> int:
    """How many hundred instructions SQLite's machine runs for an act."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, 100)
    try:
        act()
    finally:
        driver.set_progress_handler(None, 0)
    return counted


@pytest.mark.parametrize("connection", ["sqlite"], indirect=True)
@pytest.mark.parametrize("age", [100, 3], ids=["told long ago", "told lately"])
def test_a_receipt_costs_the_same_with_many_outcomes_that_never_join(
    connection: Connection, age: int
) -> None:
    def told(numbers: range) -> None:
        row = timing.of(PLACE) | {"outcome": "RELEASED", "dealt_at": NOW - age * DAY_US}
        connection.execute(
            insert(DEALT), [row | {"first": 2 * one, "last": 2 * one} for one in numbers]
        )

    def work(at: int) -> int:
        return steps(connection, lambda: say(connection, ("RELEASED", (at, at))))

    told(range(1, 101))
    # What is old is looked at once: here a few rows are left for each of these.
    few = max(work(2 * one) for one in (300, 301, 302, 303))
    told(range(1_000, 21_000))
    assert max(work(2 * one) for one in (600, 601, 10_000, 45_000)) < 3 * few
    assert 20_000 < len(rows(connection)) <= 20_108
    answer = steps(connection, lambda: timing.dealt(connection, PLACE, 30_000))
    assert outcome(connection, 30_000) == ("RELEASED", NOW // DAY_US - age)
    assert outcome(connection, 30_001) is None
    assert answer <= 3


@pytest.mark.parametrize("connection", ["sqlite"], indirect=True)
@pytest.mark.parametrize("age", [100, 3], ids=["told long ago", "told lately"])
def test_a_receipt_costs_the_same_with_much_that_was_applied_late(
    connection: Connection, age: int
) -> None:
    def late(numbers: range) -> None:
        row = timing.of(PLACE) | {"applied_at": NOW - age * DAY_US}
        connection.execute(
            insert(LATE), [row | {"first": 2 * one, "last": 2 * one} for one in numbers]
        )

    late(range(1, 101))
    few = max(steps(connection, lambda: say(connection)) for _ in range(3))
    late(range(1_000, 21_000))
    assert max(steps(connection, lambda: say(connection)) for _ in range(3)) < 3 * few


def test_what_was_applied_late_is_merged_oldest_first_whatever_its_place(
    connection: Connection,
) -> None:
    """Young rows of low places hold up no old one, and no more is left behind than one adds."""
    day = NOW // DAY_US
    for ago, first in ((60, 2_000), (2, 1_000)):
        told = tuple((2 * one, 2 * one) for one in range(first, first + 100))
        say(connection, now=(day - ago) * DAY_US, late=told, at=100_000 - ago)
    for at in range(200_000, 200_006):
        say(connection, at=at)
    left = connection.execute(select(LATE.c.first).order_by(LATE.c.first)).scalars().all()
    assert left == [2 * one for one in range(1_000, 1_100)]
    assert timing.times(connection, PLACE, 4_000).applied_latest


def test_what_was_given_up_never_passes_for_released_when_neighbours_become_one(
    connection: Connection,
) -> None:
    """Of a reader that was restored from its copy the later word about a record holds."""
    day = NOW // DAY_US
    told = (
        (100, "RELEASED", (3, 3)),
        (90, "DISCARDED", (3, 3)),
        (80, "RELEASED", (4, 4)),
        (79, "RELEASED", (2, 2)),
        (2, "RELEASED", (50, 50)),
    )
    for ago, what, span in told:
        say(connection, (what, span), now=(day - ago) * DAY_US)
    assert outcome(connection, 3) == ("DISCARDED", day - 90)
    say(connection, ("RELEASED", (60, 60)))
    assert outcome(connection, 3) == ("DISCARDED", day - 90)
    assert rows(connection)[:3] == [
        ("RELEASED", 2, 2, day - 79),
        ("DISCARDED", 3, 3, day - 90),
        ("RELEASED", 4, 4, day - 80),
    ]
    counts = timing.dealt_counts(connection)[PLACE[:2]]
    assert counts == {"RELEASED": 4, "DISCARDED": 1}


def test_a_later_word_about_some_records_leaves_the_others_as_they_were(
    connection: Connection,
) -> None:
    day = NOW // DAY_US
    say(connection, ("DISCARDED", (11, 20)), now=(day - 90) * DAY_US)
    say(connection, ("RELEASED", (14, 15)), ("FIXED", (20, 22)), now=(day - 80) * DAY_US)
    say(connection, ("DISCARDED", (11, 11)), now=(day - 70) * DAY_US)
    assert rows(connection) == [
        ("DISCARDED", 11, 11, day - 70),
        ("DISCARDED", 12, 13, day - 90),
        ("RELEASED", 14, 15, day - 80),
        ("DISCARDED", 16, 19, day - 90),
        ("FIXED", 20, 22, day - 80),
    ]
    say(connection, ("DISCARDED", (1, 30)), now=(day - 1) * DAY_US)
    assert rows(connection) == [("DISCARDED", 1, 30, day - 1)]


def test_neighbours_become_one_row_when_both_are_old_in_whatever_order_they_were_told(
    connection: Connection,
) -> None:
    day = NOW // DAY_US
    for ago, at in ((70, 12), (45, 10), (40, 13), (20, 14), (10, 11)):
        say(connection, ("RELEASED", (at, at)), now=(day - ago) * DAY_US)
    say(connection, ("RELEASED", (50, 50)))
    assert rows(connection)[:4] == [
        ("RELEASED", 10, 10, day - 45),
        ("RELEASED", 11, 11, day - 10),
        ("RELEASED", 12, 13, day - 40),
        ("RELEASED", 14, 14, day - 20),
    ]
    say(connection, ("RELEASED", (90, 90)), now=(day + 25) * DAY_US)
    assert rows(connection)[0] == ("RELEASED", 10, 14, day - 10)
