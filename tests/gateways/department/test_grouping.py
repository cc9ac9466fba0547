"""Whether the groups of parked records are as they were: asked every second, at the same cost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, text, update

from gateways.department.database import PARKED_ACTS, PARKED_DECISIONS, PARKED_GROUPS
from gateways.department.quarantine import grouping

GROUP = "QG-AAAAAAAAAAAAAAAA"


def decided(connection: Connection, name: str, group: str, records: range, state: str) -> None:
    """A decision about a group, and what became of the records that it picked."""
    connection.execute(
        insert(PARKED_DECISIONS),
        {"decision": name, "group_id": group, "act": "RELEASE", "post": "P", "reason": "已修复"}
        | {"decided": records.start},
    )
    connection.execute(
        insert(PARKED_ACTS),
        [
            {"decision": name, "parked_id": one, "state": state, "detail": ""}
            for one in records
        ],
    )  # fmt: skip


def marked(connection: Connection, group: str, state: str) -> None:
    """A group that was told of."""
    connection.execute(insert(PARKED_GROUPS), {"group_id": group, "state": state})


def plans(connection: Connection) -> list[str]:
    """How the database answers each query of `standing_of`."""
    found: list[str] = []
    prefix = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "

    def explain(_conn: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(prefix + statement, given)
            found.append("\n".join(str(tuple(row)) for row in rows))

    event.listen(connection, "before_cursor_execute", explain)
    grouping.standing_of(connection)
    event.remove(connection, "before_cursor_execute", explain)
    return found


@pytest.mark.parametrize("measured", [False, True], ids=["new", "analysed"])
def test_what_is_still_to_be_done_is_found_without_reading_what_was_done(
    connection: Connection, measured: bool
) -> None:
    """The id of a group is stable: it comes back open with all its decisions of earlier years."""
    marked(connection, GROUP, "OPEN")
    for year in range(40):
        records = range(500 * year, 500 * year + 500)
        decided(connection, f"D{year}", GROUP, records, "DONE")
    if measured:
        connection.execute(text("ANALYZE"))
    pending = plans(connection)[0]
    assert "parked_acts_pending" in pending
    assert "SCAN parked_decisions" not in pending
    assert "Seq Scan on parked_acts" not in pending


def test_groups_stand_as_they_were_unless_one_that_is_open_is_being_treated(
    connection: Connection,
) -> None:
    marked(connection, GROUP, "OPEN")
    marked(connection, "QG-BBBBBBBBBBBBBBBB", "CLOSED")
    decided(connection, "D1", GROUP, range(1, 3), "DONE")
    before = grouping.standing_of(connection)
    assert before is not None
    decided(connection, "D2", "QG-BBBBBBBBBBBBBBBB", range(3, 5), "PENDING")
    closed = grouping.standing_of(connection)
    assert closed is not None
    assert closed != before
    decided(connection, "D3", GROUP, range(5, 7), "PENDING")
    assert grouping.standing_of(connection) is None
    connection.execute(update(PARKED_ACTS).values(state="DONE"))
    assert grouping.standing_of(connection) not in (None, before, closed)
