"""A topic that was deleted or cut is found out, refilled with the same bytes, and read on."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from domain.departments import TOPICS
from gateways.department.publishing.comparing import compare
from gateways.department.taking_in import finding
from gateways.department.workers import Workers
from gateways.log.port import LogRecord, LogUnavailable
from ops.player import all_events
from tests.gateways.department.test_relay import cut, once_everywhere, registrations
from tests.gateways.department.town import Town, again, append, opened, parked

TOPIC = "labour.samr.registration"


def cut_beginning(folder: Path, keep_from: int) -> None:
    """Takes away the first records of every partition of the registration topic."""
    with sqlite3.connect(folder / "log.sqlite") as log:
        log.execute(
            'delete from records where "offset" < ? and topic ='
            " (select id from topics where name = ?)",
            (keep_from, TOPIC),
        )
    log.close()


def in_order(town: Town) -> dict[int, list[bytes]]:
    """What a reader gets that reads each partition once and keeps nothing that comes early."""
    got: dict[int, list[bytes]] = {}
    stored = {
        (event.partition, event.partition_sequence): event.body
        for event in all_events(town.samr.store)
        if event.topic == TOPIC
    }
    for record in registrations(town):
        have = got.setdefault(record.partition, [])
        if stored.get((record.partition, len(have) + 1)) == record.value:
            have.append(record.value)
    return got


def whole(town: Town) -> dict[int, list[bytes]]:
    """Every registration of the store, by partition, in order."""
    found: dict[int, list[bytes]] = {}
    for event in all_events(town.samr.store):
        if event.topic == TOPIC:
            found.setdefault(event.partition, []).append(event.body)
    return found


def some_firms(town: Town, first: int = 0, count: int = 12) -> None:
    for number in range(first, first + count):
        town.register(number)
    town.platform.settle()


@pytest.mark.parametrize("kept", [0, 1])
def test_a_topic_cut_while_the_relay_runs_is_found_and_refilled(tmp_path: Path, kept: int) -> None:
    with opened(tmp_path) as town:
        some_firms(town)
        assert town.samr.relay.check_topics() == []
        before = [record.value for record in registrations(town)]
        assert not town.samr.relay.look()
        cut(tmp_path, kept)
        lost_events = len(before) - len(registrations(town))
        assert town.samr.relay.look()
        assert town.samr.relay.to_mend
        lost = town.samr.relay.check_topics()
        assert not town.samr.relay.to_mend
        assert {loss.place[0] for loss in lost} == {TOPIC}
        assert "was deleted or its end was cut off" in lost[0].why
        assert [record.value for record in registrations(town)] == before
        assert town.samr.relay.check_topics() == []
        assert town.samr.relay.alarm == ""
        some_firms(town, 12)
        assert once_everywhere(town)
        lost_in_all = sum(mark.refilled for mark in town.samr.marks.all().values())
        assert lost_in_all == lost_events


def test_a_topic_made_anew_and_outgrown_is_refilled_in_order(tmp_path: Path) -> None:
    """Newer events came upon the emptied topic before anybody looked."""
    with opened(tmp_path) as town:
        some_firms(town)
        town.samr.relay.check_topics()
        cut(tmp_path, 0)
        for number in range(12, 40):
            town.register(number)
        town.send()
        assert in_order(town) != whole(town)
        assert any("made anew" in loss.why for loss in town.samr.relay.check_topics())
        assert in_order(town) == whole(town)
        town.samr.relay.check_topics()
        town.platform.settle()


def test_a_cut_beginning_waits_for_an_operator(tmp_path: Path) -> None:
    with opened(tmp_path) as town:
        some_firms(town)
        town.samr.relay.check_topics()
        cut_beginning(tmp_path, 1)
        (loss, *_) = town.samr.relay.check_topics()
        assert "its beginning was cut off" in loss.why
        assert f"give `liandong topics refill {TOPIC}`" in town.samr.relay.alarm
        assert any(mark.lost for mark in town.samr.marks.all().values())
        assert in_order(town) != whole(town)
        town.samr.marks.ask(TOPIC, TOPICS[TOPIC].partitions)
        town.samr.relay.check_topics()
        assert in_order(town) == whole(town)
        assert (town.samr.relay.alarm, town.samr.marks.asked()) == ("", [])
        assert not any(mark.lost for mark in town.samr.marks.all().values())
        assert town.samr.relay.check_topics() == []
        some_firms(town, 12)
        assert once_everywhere(town)


def test_the_whole_log_lost_while_all_is_stopped_is_refilled(tmp_path: Path) -> None:
    with opened(tmp_path) as town:
        some_firms(town)
        town.grant(20)
        town.platform.settle()
    for rest in ("log.sqlite", "log.sqlite-wal", "log.sqlite-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    with opened(tmp_path) as town:
        assert registrations(town) == []
        town.platform.settle()
        assert in_order(town) == whole(town)
        some_firms(town, 30, 3)
        assert once_everywhere(town)


def test_readers_go_on_by_partition_sequence_where_offsets_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late duplicates stood on the topic that was lost: refilled, it is shorter than before."""
    monkeypatch.setattr(finding, "HOLE_S", 0.0)
    with opened(tmp_path) as town:
        some_firms(town)
        append(town.log, *(again(record) for record in registrations(town)))
        some_firms(town, 12)
        cut(tmp_path, 0)
        town.samr.relay.stop()
        town.register(24)
        town.send()
        assert len(registrations(town)) == sum(map(len, whole(town).values()))
        some_firms(town, 25)
        read_on(town)
        assert once_everywhere(town)


def read_on(town: Town) -> None:
    """Every intake goes on as it does while it is served, until it has nothing left."""
    town.platform.settle()
    for department in town.platform.departments.values():
        while department.intake.step() or department.intake._holes.lasting():
            pass
    town.platform.settle()


def test_a_lasting_hole_sends_a_reader_back_for_what_it_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The topic was refilled and grew past the position, so that no position tells of it."""
    monkeypatch.setattr(finding, "HOLE_S", 0.0)
    with opened(tmp_path) as town:
        some_firms(town, 0, 20)
        append(town.log, *(again(record) for record in registrations(town)))
        town.platform.settle()
        for number in range(20, 60):
            town.register(number)
        cut(tmp_path, 0)
        town.samr.relay.stop()
        town.send()
        assert town.hr.intake.step() > 0
        assert parked(town.hr)
        read_on(town)
        assert once_everywhere(town)
        assert town.hr.intake.alarm == ""


def test_foreign_records_read_again_are_set_aside_once(tmp_path: Path) -> None:
    with opened(tmp_path) as town:
        some_firms(town, 0, 3)
        last: LogRecord = registrations(town)[-1]
        append(town.log, again(last, b"no event"))
        town.platform.settle()
        aside = parked(town.hr)
        assert [state for state, _, _ in aside] == ["FOREIGN"]
        town.hr.intake._find_anew((last.topic, last.partition))
        while town.hr.intake.step():
            pass
        assert parked(town.hr) == aside


def test_a_log_file_taken_away_under_a_running_process_acknowledges_nothing(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, departments="samr") as town:
        town.register(0)
        town.send()
        (tmp_path / "log.sqlite").rename(tmp_path / "elsewhere.sqlite")
        town.register(1)
        with pytest.raises(LogUnavailable, match="was removed or replaced"):
            town.send()
        assert town.samr.store.cursor() == 2


def test_an_alarm_shows_on_the_worker_and_goes_when_it_is_mended(town: Town) -> None:
    workers = Workers([town.samr], frozenset({"relay"}))
    relay, _control = workers._threads
    some_firms(town)
    town.samr.relay._lost = {(TOPIC, 0): "its beginning was cut off"}
    relay._step = _once(relay._stopping)
    relay.run()
    assert (relay.state.state, TOPIC in relay.state.detail) == ("ALARM", True)
    relay._stopping.clear()
    town.samr.relay._lost = {}
    relay.run()
    assert relay.state.state == "RUNNING"


def _once(stopping: threading.Event) -> Callable[[], bool]:
    def step() -> bool:
        stopping.set()
        return False

    return step


def test_a_store_that_is_written_and_published_meanwhile_is_not_taken_for_an_older_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process records and publishes between any two looks."""
    number = iter(range(100))

    def meanwhile(look: Callable[..., object]) -> Callable[..., object]:
        def looked(*asked: object) -> object:
            if not busy:
                busy.append(True)
                town.register(next(number))
                town.send()
                town.samr.relay.close_topics()
                busy.clear()
            return look(*asked)

        return looked

    busy = [True]
    some_firms(town, 90, 2)
    for part, names in (
        (town.log, ("tail", "ends")),
        (town.samr.store, ("head", "partition_ends")),
    ):
        for name in names:
            monkeypatch.setattr(part, name, meanwhile(getattr(part, name)))
    busy.clear()
    for _ in range(3):
        compare(town.samr.store, town.log)
