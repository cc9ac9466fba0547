"""Every clock recomputed from the facts that each department received, compared with its row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from domain.facts import Recorded
from gateways.contracts.envelope import fact_of
from gateways.department.platform import Platform
from projections.clocks import clocks, verify
from projections.received import RECEIVED


def verify_clocks(platform: Platform) -> tuple[int, list[str]]:
    """(clocks recomputed, differences): each clock's day from its facts, rule and calendar."""
    checked, wrong = 0, []
    for name, department in platform.departments.items():
        with department.reading() as connection:
            checked += len(clocks(connection))
            for one in verify(connection, _facts(connection)):
                wrong.append(
                    f"{name}: {one.code} {one.clock_id}: {one.column} is {one.found},"
                    f" recomputed {one.expected}"
                )
    return checked, wrong


def _facts(connection: Connection) -> Iterator[Recorded[Any]]:
    query = select(RECEIVED.c.body, RECEIVED.c.received).order_by(
        RECEIVED.c.stamp, RECEIVED.c.department, RECEIVED.c.sequence
    )
    for body, received in connection.execute(query.execution_options(yield_per=1000)):
        fact = fact_of(body, received=received)
        if not fact.twin:
            yield fact
