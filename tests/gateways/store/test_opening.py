"""A store is migrated first, then opened as what it is; the library reads it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command as alembic
from sqlalchemy import Column, Integer, MetaData, Table, text

from gateways.department.database import METADATA
from gateways.store import migrate
from gateways.store.port import (
    EventStore,
    OtherStore,
    StoreUnavailable,
    WrongDatabaseVersion,
)
from projections import received
from tests.gateways.store.appends import command
from tests.gateways.store.conftest import Place

ROOT = Path(__file__).parents[3]


def test_an_unmigrated_database_names_the_command_to_run(empty_place: Place) -> None:
    with pytest.raises(WrongDatabaseVersion, match="liandong migrate"):
        empty_place.open()


def test_a_database_of_another_version_is_refused(place: Place) -> None:
    with migrate._connection(place.target, place.schema, writing=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(WrongDatabaseVersion, match="has version 0000"):
        migrate.check(place.target, place.schema)


def test_upgrading_again_changes_nothing_and_creates_what_is_missing(
    place: Place, store: EventStore
) -> None:
    store.append(command("c1"))
    extra = MetaData()
    Table("received_log", extra, Column("id", Integer, primary_key=True))
    for _ in range(2):
        migrate.upgrade(place.target, place.schema, extra=[extra])
    with migrate._connection(place.target, place.schema, writing=False) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM received_log").scalar() == 0
    assert store.head().sequence == 1


def test_a_failed_upgrade_leaves_no_trace(
    empty_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = alembic.upgrade

    def fails(*values: object) -> None:
        real(*values)  # type: ignore[arg-type]
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(alembic, "upgrade", fails)
    with pytest.raises(RuntimeError):
        migrate.upgrade(empty_place.target, empty_place.schema)
    monkeypatch.undo()
    migrate.upgrade(empty_place.target, empty_place.schema)
    migrate.check(empty_place.target, empty_place.schema)


def test_processes_that_upgrade_at_once_do_not_collide(empty_place: Place) -> None:
    script = (
        "import sys; from gateways.store.migrate import upgrade;"
        "upgrade(sys.argv[1], sys.argv[2] or None)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, *empty_place.arguments],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert answers == [("", 0)] * 3
    migrate.check(empty_place.target, empty_place.schema)


def test_the_first_opening_fixes_mode_department_and_incarnation(
    opened: Callable[..., EventStore],
) -> None:
    first = opened("hr", "simulated", incarnation="a1").head()
    assert (first.mode, first.incarnation) == ("simulated", "a1")
    assert opened("hr", "simulated").head().incarnation == "a1"
    with pytest.raises(OtherStore, match="simulated store of 'hr'"):
        opened("hr", "real")
    with pytest.raises(OtherStore, match="simulated store of 'hr'"):
        opened("samr", "simulated")


def test_an_incarnation_is_drawn_where_none_is_given(opened: Callable[..., EventStore]) -> None:
    assert len(opened().head().incarnation) == 16


def test_a_mode_that_is_neither_real_nor_simulated_is_refused(place: Place) -> None:
    with pytest.raises(ValueError, match="real or simulated"):
        place.open("hr", "test")


def test_an_unreachable_server_is_one_clear_sentence() -> None:
    url = "postgresql://nobody:secret@127.0.0.1:1/none"
    with pytest.raises(StoreUnavailable) as caught:
        migrate.check(url, "hr")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_of_an_older_version_gets_the_indexes_that_it_lacks(empty_place: Place) -> None:
    target, schema = empty_place.target, empty_place.schema
    tables = [METADATA, received.METADATA]
    names = ("parked_line", "received_sequence")
    migrate.upgrade(target, schema, extra=tables)
    with migrate._connection(target, schema, writing=True) as connection:
        for name in names:
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    for _ in range(2):
        migrate.upgrade(target, schema, extra=tables)
    with migrate._connection(target, schema, writing=True) as connection:
        for name in names:
            connection.execute(text(f"DROP INDEX {name}"))
    migrate.check(target, schema)
