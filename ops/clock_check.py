"""Every clock recomputed from the facts that started it, and compared with what is on record."""

from __future__ import annotations

from typing import Any

from domain.clocks import ClockStart, starts
from domain.facts import instant
from domain.policy import policy_for
from domain.working_days import CALENDAR
from gateways.contracts import canonical
from gateways.contracts.envelope import recorded
from gateways.department.platform import Platform
from ops.player import all_events
from ops.views import plain
from projections import clocks as clock_rows


def verify_clocks(platform: Platform) -> tuple[int, list[str]]:
    """(clocks recomputed, differences): each clock's due day from its fact, rule and calendar.

    A clock on record whose fact starts none, and a fact whose clock is missing, differ too.
    """
    expected: dict[str, ClockStart] = {}
    for department in platform.departments.values():
        for event in all_events(department.store):
            fact = recorded(canonical.decode(event.body))
            policy = policy_for(fact.region, instant(fact.stamp).date())
            for start in starts(fact, policy, CALENDAR):
                expected[str(start.clock_id)] = start
    found: dict[str, Any] = {}
    for department in platform.departments.values():
        with department.reading() as connection:
            for row in clock_rows.clocks(connection):
                clock = plain(row)
                found.setdefault(str(clock["clock_id"]), clock)
    wrong = []
    for clock_id, start in sorted(expected.items(), key=lambda item: item[1].due.at):
        on_record = found.get(clock_id)
        day = start.due.day.isoformat()
        told = f"{start.code} {day} ({clock_id})"
        if on_record is None:
            wrong.append(f"{told}: not on record")
        elif str(on_record["due"]) != day:
            wrong.append(f"{told}: on record as {on_record['due']}")
    for clock_id in sorted(found.keys() - expected.keys()):
        clock = found[clock_id]
        wrong.append(f"{clock['code']} {clock['due']} ({clock_id}): no fact starts it")
    return len(expected), wrong
