"""Backup and restore: nothing published is lost, the log gets no fork, and what is lost is named."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.departments import NODES, TOPICS
from gateways.department.deciding.answers import KeyReused
from gateways.department.ledger import telling
from gateways.department.publishing.fetching_back import NotRecoverable, fetch_back
from gateways.log.embedded import EmbeddedLog
from gateways.store.port import StoreHeldBack
from ops import wiring
from ops.backup import BackupFailed, at_work, back_up, put_back
from ops.cli import run
from ops.player import all_events
from ops.settings import Mode, Settings, StoreMode
from ops.wiring import house, upgrade
from tests.gateways.department.test_refill import TOPIC, in_order, whole
from tests.gateways.department.test_relay import once_everywhere, registrations
from tests.gateways.department.town import PERSON, Town, firm

DEPARTMENTS = ("samr", "hr", "drc")


@dataclass
class Place:
    """An installation that can lose its stores, and the settings that open it."""

    settings: Settings
    lose: Callable[[], None]
    given: list[Any] = field(default_factory=list)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Both kinds of stores over a local log: what a log is made of changes nothing here."""
    data, log = tmp_path / "data", tmp_path / "log" / "log.sqlite"
    patch = pytest.MonkeyPatch()
    patch.setattr(wiring, "_log", lambda _: EmbeddedLog(log))
    common: dict[str, Any] = {
        "data": data,
        "departments": DEPARTMENTS,
        "store": StoreMode.REAL,
        "master_key_file": tmp_path / "keys" / "master.key",
        "files": tmp_path / "files",
    }
    (tmp_path / "keys").mkdir()
    with patch.context():
        if request.param == "sqlite":

            def lose() -> None:
                shutil.rmtree(data)

            yield Place(Settings(**common), lose)
        else:
            url = request.getfixturevalue("postgres_url")
            name = f"t{uuid.uuid4().hex[:12]}"
            address = url.rsplit("/", 1)[0] + f"/{name}"

            def lose() -> None:
                shutil.rmtree(data)
                with psycopg.connect(address) as connection:
                    for department in DEPARTMENTS:
                        connection.execute(f'drop schema "{department}" cascade')

            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'create database "{name}"')
            yield Place(
                Settings(mode=Mode.JOINED, database=address, kafka="127.0.0.1:1", **common), lose
            )
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'drop database "{name}" with (force)')
    patch.undo()


def register(town: Town, first: int, count: int) -> list[Any]:
    return [
        town.give("SAMR", "RegisterOrganisation", firm(number), key=f"register-{number}")
        for number in range(first, first + count)
    ]


def test_a_restored_store_gets_back_what_it_acknowledged_and_forks_nothing(
    place: Place, tmp_path: Path
) -> None:
    settings, folder = place.settings, tmp_path / "backup"
    with house(settings, create=True) as one:
        town = Town(one)
        given = register(town, 0, 10)
        one.platform.settle()
        for department in one.platform.departments.values():
            department.relay.close_topics()
        one.platform.exchange_receipts()
        given += register(town, 30, 1)
        one.platform.settle()
        # The copy holds receipts that are sent only after it was made.
        one.platform.departments["hr"].receipts.say()
        made = back_up(settings, folder)
        assert made["departments"]["samr"]["sequence"] == town.samr.store.head().sequence
        given += register(town, 10, 19)
        given.append(
            town.give(
                "SAMR",
                "RegisterOrganisation",
                firm(29) | {"legal_representative": PERSON},
                key="register-29",
            )
        )
        one.platform.settle()
        for department in one.platform.departments.values():
            department.relay.close_topics()
        one.platform.exchange_receipts()
        assert not disagreeing(town)
        before = {
            name: [event.body for event in all_events(department.store)]
            for name, department in one.platform.departments.items()
        }
        old = town.samr.store.head()
        logged = [record.value for record in registrations(town)]
    place.lose()

    # Put back alone, the store is known to be old and acknowledges nothing.
    put_back(settings, folder)
    upgrade(settings)
    with house(settings, create=False) as one, pytest.raises(StoreHeldBack, match="older than"):
        register(Town(one), 50, 1)

    with house(settings, create=False) as one:
        town = Town(one)
        reports = {
            name: fetch_back(department.store, town.log)
            for name, department in one.platform.departments.items()
        }
        for department in one.platform.departments.values():
            department.receipts.begin_anew()
        assert reports["samr"].fetched == old.sequence - made["departments"]["samr"]["sequence"]
        assert (reports["samr"].lost_sequences, len(reports["samr"].persons)) == ([], 1)
        after = {
            name: [event.body for event in all_events(department.store)]
            for name, department in one.platform.departments.items()
        }
        assert after == before
        head = town.samr.store.head()
        assert (head.sequence, head.stamp >= old.stamp) == (old.sequence, True)
        assert head.incarnation != old.incarnation
        assert fetch_back(town.samr.store, town.log).fetched == 0
        assert town.samr.store.head() == head

        again = [*register(town, 0, 10), *register(town, 30, 1), *register(town, 10, 19)]
        assert all(one.repeated for one in again)
        assert [one.command_id for one in again] == [one.command_id for one in given[:30]]
        published = [[event for event in one.events if event.topic] for one in given[:30]]
        assert [[event for event in one.events if event.topic] for one in again] == published
        with pytest.raises(KeyReused):
            town.give("SAMR", "ChangeRegistration", _renamed(29), key="register-29")
        one.platform.settle()
        assert [record.value for record in registrations(town)] == logged
        one.platform.exchange_receipts()
        one.platform.exchange_receipts()
        assert not disagreeing(town)
        register(town, 31, 5)
        one.platform.settle()
        one.platform.exchange_receipts()
        assert not disagreeing(town)
        assert once_everywhere(town)
        assert in_order(town) == whole(town)
        town.samr.relay.check_topics()
        assert town.samr.relay.alarm == ""
        with one.platform.departments["samr"].reading() as connection:
            assert not one.platform.departments["samr"].intents.refused(connection)


def test_a_process_that_was_not_stopped_writes_to_no_replaced_store(
    place: Place, tmp_path: Path
) -> None:
    settings = place.settings
    with house(settings, create=True) as one:
        town = Town(one)
        register(town, 0, 1)
        back_up(settings, tmp_path / "backup")
        register(town, 1, 1)
        one.platform.settle()
        assert at_work(settings) == list(DEPARTMENTS)
        put_back(settings, tmp_path / "backup", replace=True)
        with pytest.raises(StoreHeldBack, match=r"replaced|older than"):
            register(town, 2, 1)


def disagreeing(town: Town) -> list[Any]:
    """The faults of delivery that stand, and the readers whose receipts do not agree."""
    found: list[Any] = []
    for department in town.platform.departments.values():
        with department.reading() as connection:
            found += telling.faults(connection, department.id)
            lines = telling.lines(
                connection, department.id, department.store, department.clock.now()
            )
        found += [one for one in lines if one.reader in DEPARTMENTS and one.state != "AGREES"]
    return found


def _renamed(number: int) -> dict[str, Any]:
    return {
        "organisation": firm(number)["organisation"],
        "change": "NAME",
        "after": "沈阳虚例另名人力有限公司",
    }


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An embedded installation with its key apart, opened by the command line too."""
    for name, value in (
        ("DATA", tmp_path / "data"),
        ("DEPARTMENTS", "samr,hr"),
        ("MASTER_KEY_FILE", tmp_path / "master.key"),
    ):
        monkeypatch.setenv(f"LIANDONG_{name}", str(value))
    settings = Settings()
    with house(settings, create=True) as one:
        register(Town(one), 0, 3)
        one.platform.settle()
    return settings


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that fails says in English, after it said it in Chinese."""
    capsys.readouterr()
    assert run(["--lang", "zh", *arguments]) == 1
    said = capsys.readouterr().err.removeprefix("备份：")
    assert re.search("[\u4e00-\u9fff]", said), said
    assert run(["--lang", "en", *arguments]) == 1
    told = capsys.readouterr().err
    assert not re.search("[\u4e00-\u9fff]", told), told
    return told


def test_the_command_line_backs_up_restores_and_names_what_is_lost(
    embedded: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backup"
    assert run(["--lang", "en", "backup", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "samr: up to fact 9" in told
    assert "keep the master key apart" in told
    assert not list(folder.rglob("master.key"))
    assert "is not empty" in refused(capsys, "backup", str(folder))
    with house(embedded, create=False) as one:
        town = Town(one)
        town.give(
            "SAMR", "RegisterOrganisation", firm(3) | {"legal_representative": PERSON}, key="new"
        )
        one.platform.settle()
    assert "--replace" in refused(capsys, "restore", str(folder))
    with house(embedded, create=False) as one:
        relays = one.platform.departments["samr"].store
        assert relays.lease("relay", "another process", 30)
        assert run(["--lang", "en", "restore", str(folder), "--replace"]) == 1
        assert "samr is at work" in capsys.readouterr().err
        assert not list(embedded.data.glob("*.replaced-*"))
        relays.release("relay", "another process")
    assert run(["--lang", "en", "restore", str(folder), "--replace"]) == 0
    told = capsys.readouterr().out
    assert "samr: 9 facts in the backup, 3 fetched back" in told
    assert "personal values lost: to be entered again: VP-" in told
    assert list(embedded.data.glob("samr.sqlite.replaced-*"))
    assert run(["restore", "--from-log", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["fetched"] for row in rows} == {0}
    assert run(["ledger", "check", *(f"--without={one}" for one in NODES)]) == 0
    capsys.readouterr()
    assert run(["--lang", "en", "doctor"]) in (0, 1)
    assert "older than what it published" not in capsys.readouterr().out


def test_the_whole_folder_lost_comes_back_with_the_keys_put_back(
    embedded: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    back_up(embedded, folder, with_keys=True)
    assert (folder / "keys" / "master.key").stat().st_mode & 0o077 == 0
    shutil.rmtree(embedded.data)
    embedded.master_key.unlink()
    assert run(["restore", str(folder)]) == 0
    with house(embedded, create=False) as one:
        town = Town(one)
        register(town, 3, 1)
        one.platform.settle()
        assert in_order(town) == whole(town)


def test_without_its_master_key_nothing_is_put_back(embedded: Settings, tmp_path: Path) -> None:
    back_up(embedded, tmp_path / "backup")
    shutil.rmtree(embedded.data)
    embedded.master_key.unlink()
    assert run(["restore", str(tmp_path / "backup")]) == 2
    assert not embedded.data.exists()


@pytest.mark.parametrize("damage", ["changed", "missing", "unfinished", "unreadable"])
def test_a_damaged_backup_is_refused_before_anything_is_changed(
    embedded: Settings, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backup"
    back_up(embedded, folder)
    store = folder / "stores" / "samr.sqlite"
    if damage == "changed":
        store.write_bytes(store.read_bytes()[:-1] + b"x")
    elif damage == "missing":
        store.unlink()
    elif damage == "unreadable":
        (folder / "manifest.json").write_bytes(b"{")
    else:
        (folder / "manifest.json").unlink()
    assert str(folder) in refused(capsys, "backup", "--check", str(folder))
    with pytest.raises(BackupFailed):
        put_back(embedded, folder, replace=True)
    assert not list(embedded.data.glob("*.replaced-*"))


def test_a_backup_that_does_not_fit_says_why_in_both_languages(
    embedded: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "backup"
    back_up(embedded, folder)
    place = folder / "manifest.json"
    manifest = json.loads(place.read_text(encoding="utf-8"))
    kept = {name: one for name, one in manifest["departments"].items() if name != "samr"}
    for changed, part in (
        ({"format": 99}, "format 99"),
        ({"mode": "joined", "departments": {}}, "joined installation"),
        ({"departments": kept}, "holds no samr"),
        ({"departments": manifest["departments"] | {"samr": {}}}, "the copy of samr is damaged"),
    ):
        place.write_text(json.dumps(manifest | changed), encoding="utf-8")
        assert part in refused(capsys, "restore", str(folder), "--replace")
    place.write_text(json.dumps(manifest | {"mode": "joined"}), encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "pg_restore is missing" in refused(capsys, "backup", "--check", str(folder))
    (tmp_path / "pg_restore").write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    (tmp_path / "pg_restore").chmod(0o755)
    assert "pg_restore has failed: 7" in refused(capsys, "backup", "--check", str(folder))


def test_published_events_that_stand_nowhere_are_named_before_anything_goes_on(
    embedded: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backup"
    back_up(embedded, folder)
    with house(embedded, create=False) as one:
        register(Town(one), 3, 1)
        one.platform.settle()
        one.platform.departments["samr"].relay.close_topics()
        head = one.platform.departments["samr"].store.head()
    with sqlite3.connect(embedded.data / "log.sqlite") as log:
        for table, column in (("records", '"offset"'), ("ends", "next_offset")):
            del column
            log.execute(
                f"delete from {table} where topic = (select id from topics where name = ?)",
                (TOPIC,),
            )
    log.close()
    assert run(["restore", str(folder), "--replace"]) == 1
    assert "--accept-loss" in capsys.readouterr().err
    with house(embedded, create=False) as one:
        samr = one.platform.departments["samr"]
        with pytest.raises(NotRecoverable):
            fetch_back(samr.store, one.platform.log)
        with pytest.raises(StoreHeldBack):
            register(Town(one), 9, 1)
    assert run(["restore", "--from-log", "--accept-loss", "--json"]) == 1
    (row, *_) = [one for one in json.loads(capsys.readouterr().out) if one["department"] == "samr"]
    assert row["lost_sequences"] == [[head.sequence - 2, head.sequence - 1]]
    with house(embedded, create=False) as one:
        town = Town(one)
        register(town, 9, 1)
        one.platform.settle()
        assert town.samr.store.head().sequence > head.sequence
        assert TOPICS[TOPIC].partitions
