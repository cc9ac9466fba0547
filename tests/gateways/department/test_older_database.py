"""A department's database of an older version comes to where a new one begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text

from gateways.department.database import METADATA, PARKED_ACTS
from gateways.department.ledger.tables import DEALT, LATE
from gateways.store import migrate

PLACE = {"reader": "hr", "topic": "labour.samr.push", "partition": 5}
OTHER = PLACE | {"partition": 6}
NEW = {
    LATE: ("ledger_late_applied",),
    DEALT: ("ledger_dealt_apart",),
    PARKED_ACTS: ("parked_acts_pending",),
}


def layout(connection: Any) -> list[Any]:
    """The columns of the tables that changed, and their indexes with their conditions."""
    found = inspect(connection)
    return [
        (
            [(one["name"], str(one["type"]), one["nullable"]) for one in found.get_columns(name)],
            [
                (one["name"], one["column_names"], "PENDING" in str(one.get("dialect_options")))
                for one in sorted(found.get_indexes(name), key=lambda one: str(one["name"]))
            ],
        )
        for name in (table.name for table in NEW)
    ]


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)]
)  # fmt: skip
def test_a_database_of_version_0003_is_laid_out_like_a_new_one_and_keeps_the_latest_word(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    target, schema = str(tmp_path / "hr.db"), None
    if kind == "postgres":
        target = request.getfixturevalue("postgres_url")
        schema = request.getfixturevalue("postgres_schema")
    migrate.upgrade(target, schema, extra=[METADATA])
    told = [
        (PLACE, "RELEASED", 1, 1, 10),
        (PLACE, "RELEASED", 3, 9, 10),
        (PLACE, "DISCARDED", 5, 6, 20),
        (PLACE, "FIXED", 9, 12, 5),
        (PLACE, "RELEASED", 20, 20, 30),
        (PLACE, "DISCARDED", 20, 20, 30),
        (OTHER, "DISCARDED", 2, 8, 10),
    ]
    with migrate._connection(target, schema, writing=True) as connection:
        new = layout(connection)
        for names in NEW.values():
            for name in names:
                connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("ALTER TABLE ledger_dealt DROP COLUMN joined"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        for place, outcome, first, last, dealt_at in told:
            row = place | {"outcome": outcome, "first": first, "last": last, "dealt_at": dealt_at}
            connection.execute(insert(DEALT), row)
    with pytest.raises(migrate.WrongDatabaseVersion, match="liandong migrate"):
        migrate.check(target, schema)
    for _ in range(2):
        migrate.upgrade(target, schema, extra=[METADATA])
    migrate.check(target, schema)
    with migrate._connection(target, schema, writing=True) as connection:
        assert layout(connection) == new
        rows = connection.execute(select(DEALT).order_by(DEALT.c.partition, DEALT.c.first)).all()
    kept = [(one.partition, one.outcome, one.first, one.last, one.dealt_at) for one in rows]
    assert kept == [
        (5, "RELEASED", 1, 1, 10),
        (5, "RELEASED", 3, 4, 10),
        (5, "DISCARDED", 5, 6, 20),
        (5, "RELEASED", 7, 9, 10),
        (5, "FIXED", 10, 12, 5),
        (5, "DISCARDED", 20, 20, 30),
        (6, "DISCARDED", 2, 8, 10),
    ]
    assert {one.joined for one in rows} == {0}
