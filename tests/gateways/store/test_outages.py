"""A database that fails is one clear sentence, and nothing is recorded twice or half."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from gateways.store import migrate, sqlite
from gateways.store.port import Accepted, Repeated, StoreUnavailable
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore
from ops.services import PostgresService
from tests.gateways.store.appends import command


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "hr.db"
    migrate.upgrade(file)
    return file


def test_a_file_locked_for_too_long_is_said_and_the_command_can_be_given_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    store = SQLiteStore.open(file, "hr", "real")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="database is locked"):
        store.append(command("c1"))
    other.execute("ROLLBACK")
    other.close()
    assert isinstance(store.append(command("c1")), Accepted)
    store.close()


def test_a_full_disk_is_said_and_nothing_is_half_recorded(file: Path) -> None:
    store = SQLiteStore.open(file, "hr", "real")
    store.append(command("c1", "s1"))
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreUnavailable, match="full"):
        store.append(command("c2", "s2", events=20, note="a" * 4000))
    assert store.head().sequence == 1
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert isinstance(store.append(command("c2", "s2", events=20, note="a" * 4000)), Accepted)
    store.close()


@pytest.mark.services
def test_commands_survive_a_server_that_is_killed_while_they_are_given(
    own_postgres: PostgresService,
) -> None:
    migrate.upgrade(own_postgres.url, "hr")
    store = PostgresStore.open(own_postgres.url, "hr", "hr", "real")
    accepted: list[str] = []
    refused: list[str] = []
    stop = threading.Event()

    def write(thread: int) -> None:
        number = 0
        while not stop.is_set():
            name = f"{thread}-{number}"
            try:
                outcome = store.append(command(name, f"s/{name}"))
            except StoreUnavailable as error:
                refused.append(str(error))
                time.sleep(0.05)
                continue
            assert isinstance(outcome, Accepted | Repeated)
            accepted.append(name)
            number += 1

    threads = [threading.Thread(target=write, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(0.5)
        own_postgres.kill()
        time.sleep(0.2)
        own_postgres = own_postgres.restart()
    before = len(accepted)
    _wait(lambda: len(accepted) > before + 20)
    stop.set()
    for thread in threads:
        thread.join()
    assert refused
    assert all("\n" not in sentence for sentence in refused)
    events = store.after(0, limit=1_000_000)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert sorted(event.stream.removeprefix("s/") for event in events) == sorted(accepted)
    store.close()


@pytest.mark.services
def test_a_commit_whose_answer_was_lost_is_reported_as_recorded(
    postgres_url: str, postgres_schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(postgres_url, postgres_schema)
    store = PostgresStore.open(postgres_url, postgres_schema, "hr", "real")
    from gateways.store import postgres

    real = postgres.record

    def loses_the_answer(connection: psycopg.Connection[tuple[object, ...]], made: object) -> None:
        real(connection, made)  # type: ignore[arg-type]
        monkeypatch.undo()
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(postgres, "record", loses_the_answer)
    assert isinstance(store.append(command("c1")), Accepted)
    assert store.head().sequence == 1
    store.close()


@pytest.mark.services
def test_a_writer_that_freezes_inside_its_transaction_loses_the_head(
    postgres_url: str, postgres_schema: str
) -> None:
    migrate.upgrade(postgres_url, postgres_schema)
    frozen = PostgresStore.open(postgres_url, postgres_schema, "hr", "real")
    other = PostgresStore.open(postgres_url, postgres_schema, "hr", "real")
    connection = frozen._connected()
    connection.execute("SET idle_in_transaction_session_timeout = 500")
    frozen._begin(connection, [command("c1")])
    begun = time.monotonic()
    assert isinstance(other.append(command("c2", "s2")), Accepted)
    assert 0.3 < time.monotonic() - begun < 12
    assert isinstance(frozen.append(command("c1")), Accepted)
    frozen.close()
    other.close()


def _wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited 60 s in vain"
        time.sleep(0.02)


def test_a_store_unlinked_from_its_folder_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="liandong migrate"):
        SQLiteStore.open(tmp_path / "none.db", "hr", "real")
    assert not (tmp_path / "none.db").exists()
