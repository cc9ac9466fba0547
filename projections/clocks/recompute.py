"""Dates computed again: provisional ones when a year is published, and all of them as a check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from domain.calendar.working_days import CALENDAR, Calendar
from domain.clocks.reckoning import clocks_from, clocks_of
from domain.facts import Recorded
from domain.policy import policy_for
from projections.clocks.terms import BREACHES, KEYS, TERMS, read_marks, term_row
from projections.rows import Rows

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A clock whose row is not what the facts make: `found` and `expected`, None where missing."""

    clock_id: str
    code: str
    column: str
    expected: str | None
    found: str | None


def recompute(conn: Connection, calendar: Calendar = CALENDAR) -> int:
    """Computes the open provisional clocks again by a calendar; how many rows changed.

    A closed clock keeps its date (Appendix A). The caller commits.
    """
    query = (
        select(TERMS.c.clock_id, TERMS.c.code, TERMS.c.key)
        .where(TERMS.c.provisional, TERMS.c.open, TERMS.c.calendar_version != calendar.version)
        .order_by(TERMS.c.clock_id)
    )
    wanted = conn.execute(query).all()
    changed = 0
    for begin in range(0, len(wanted), _AT_ONCE):
        part = wanted[begin : begin + _AT_ONCE]
        rows = Rows(conn)
        rows.prefetch(KEYS, [row.key for row in part])
        rows.prefetch(TERMS, [row.clock_id for row in part])
        rows.prefetch(BREACHES, [row.clock_id for row in part])
        for row in part:
            started, ended = read_marks(rows.get(KEYS, row.key), row.code)
            for clock in clocks_of(started, ended, calendar):
                if clock.id == row.clock_id:
                    rows.put(TERMS, term_row(clock, rows.get(BREACHES, clock.id)))
                    changed += 1
        rows.flush()
    return changed


def verify(
    conn: Connection, facts: Iterable[Recorded[Any]], calendar: Calendar = CALENDAR
) -> list[Difference]:
    """Every clock computed anew from the received facts, compared with its row; [] if all agree.

    A closed clock is compared by the calendar version that its row names, if that is the one
    given; a closed provisional clock of an older version keeps its date and is passed over.
    """
    expected = {clock.id: clock for clock in clocks_from(facts, policy_for, calendar)}
    differences = []
    for row in conn.execute(select(TERMS).order_by(TERMS.c.clock_id)).mappings():
        clock = expected.pop(row["clock_id"], None)
        if clock is None:
            differences.append(_missing(row["clock_id"], row["code"], None, row["due"]))
            continue
        if not row["open"] and row["calendar_version"] != calendar.version and row["provisional"]:
            continue
        wanted = term_row(clock, None)
        differences += [
            Difference(
                clock_id=clock.id,
                code=row["code"],
                column=column,
                expected=str(wanted[column]),
                found=str(row[column]),
            )
            for column in (
                *("due", "due_at", "rule_version", "stop_event", "ending", "owner", "region"),
                *("used", "runs_from", "paused"),
            )
            if wanted[column] != row[column]
        ]
    differences += [
        _missing(clock.id, clock.rule.code, clock.due.day.isoformat(), None)
        for clock in expected.values()
    ]
    return differences


def _missing(clock_id: str, code: str, expected: str | None, found: str | None) -> Difference:
    return Difference(clock_id=clock_id, code=code, column="due", expected=expected, found=found)
