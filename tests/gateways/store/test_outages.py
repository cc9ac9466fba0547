"""A database that fails is one clear sentence, and nothing is recorded twice or half."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from gateways.department.database import Database
from gateways.store import migrate, sqlite
from gateways.store.port import Accepted, EventStore, Repeated, StoreHeldBack, StoreUnavailable
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore
from ops.services import PostgresService
from tests.gateways.store.appends import command
from tests.gateways.store.conftest import Place


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


@pytest.fixture
def checks() -> list[str]:
    return []


def test_a_store_is_checked_before_its_first_append_and_refuses_what_the_check_refuses(
    file: Path, checks: list[str]
) -> None:
    store = SQLiteStore.open(file, "hr", "real")

    def refuse() -> None:
        checks.append("refused")
        raise StoreHeldBack("older than what it published")

    store.guarded_by(refuse)
    for _ in range(2):
        with pytest.raises(StoreHeldBack, match="older than"):
            store.append(command("c1"))
    assert (len(checks), store.head().sequence) == (2, 0)
    store.guarded_by(lambda: checks.append("passed"))
    for number in range(3):
        assert isinstance(store.append(command(f"d{number}", f"s{number}")), Accepted)
    assert checks[2:] == ["passed"]
    store.close()


def test_a_file_taken_away_while_it_is_open_acknowledges_nothing(file: Path) -> None:
    store = SQLiteStore.open(file, "hr", "real")
    store.append(command("c1", "s1"))
    file.rename(file.with_suffix(".replaced"))
    with pytest.raises(StoreHeldBack, match="removed or replaced"):
        store.append(command("c2", "s2"))
    store.close()


@pytest.mark.services
def test_a_lost_connection_is_checked_again_before_anything_is_acknowledged(
    postgres_url: str, postgres_schema: str, checks: list[str]
) -> None:
    """Behind it an older copy may have been put in the server's place."""
    migrate.upgrade(postgres_url, postgres_schema)
    store = PostgresStore.open(postgres_url, postgres_schema, "hr", "real")
    store.guarded_by(lambda: checks.append("passed"))
    store.append(command("c1", "s1"))
    store.append(command("c2", "s2"))
    assert checks == ["passed"]
    assert store._connection is not None
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (store._connection.info.backend_pid,))

    def refuse() -> None:
        raise StoreHeldBack("older than what it published")

    store.guarded_by(refuse)
    with pytest.raises(StoreHeldBack):
        store.append(command("c3", "s3"))
    assert store.head().sequence == 2
    store.close()


def test_a_store_that_went_back_beneath_an_open_connection_is_compared_anew(
    place: Place, opened: Callable[..., EventStore]
) -> None:
    """An older copy was put there by hand, or a standby without the last commits took over."""
    store, asked = opened(), list[int]()

    def compared() -> None:
        asked.append(1)
        if len(asked) > 1:
            raise StoreHeldBack("older than what it published")

    store.guarded_by(compared)
    for name in ("c1", "c2", "c3"):
        store.append(command(name, name))
    older = (
        "delete from stored_events where {number} > 1",
        "delete from commands where command_id <> 'c1'",
        "update partition_ends set last_sequence = 1",
        "update head set sequence = 1",
    )
    if place.schema is None:
        with sqlite3.connect(place.target) as file:
            for one in older:
                file.execute(one.format(number="rowid"))
        file.close()
    else:
        with psycopg.connect(place.target) as session:
            session.execute(f"set search_path to {place.schema}".encode())
            for one in older:
                session.execute(one.format(number="notification_id").encode())
    with pytest.raises(StoreHeldBack):
        store.append(command("c4", "c4"))
    assert (store.head().sequence, len(asked)) == (1, 2)


@pytest.mark.services
def test_every_connection_of_a_store_obeys_its_address_and_notices_a_dead_network(
    postgres_url: str, postgres_schema: str
) -> None:
    address = make_url(postgres_url).update_query_dict({"application_name": "said"})
    url = address.render_as_string(hide_password=False)
    migrate.upgrade(url, postgres_schema)
    store = PostgresStore.open(url, postgres_schema, "hr", "real")
    database = Database(url.replace("postgresql:", "postgresql+psycopg:"), schema=postgres_schema)
    with store.recorder.datastore.get_connection() as pooled, database.reading() as reading:
        assert pooled.info.get_parameters()["application_name"] == "said"
        for connection in (pooled, store._connected(), reading.connection.driver_connection):
            assert connection is not None
            said = connection.info.get_parameters()
            assert (said["tcp_user_timeout"], said["keepalives_idle"]) == ("10000", "5")
    store.close()
    database.close()
