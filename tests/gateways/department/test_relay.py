"""The relay: once on every received log through crashes, and a stop where a store was forked."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.departments import TOPICS, entitled_topics
from gateways.contracts import canonical
from gateways.department.publishing.relay import Relay
from gateways.log.port import LogRecord, LogUnavailable, OutRecord
from gateways.store.port import StoreForked, StoreHeldBack
from ops.player import all_events
from tests.gateways.department.town import Town, append, opened, parked, received

TAKEOVER_S_MAX = 10.0


def registrations(town: Town) -> list[LogRecord]:
    """What stands on 市场监管's registration topic, of every partition."""
    topic = TOPICS["labour.samr.registration"]
    return [
        record
        for partition in range(topic.partitions)
        for record in town.log.tail(topic.name, partition, 1000)
    ]


def once_everywhere(town: Town) -> bool:
    """Whether every entitled department has every event exactly once."""
    for reader in town.platform.departments.values():
        topics = {topic.name for topic in entitled_topics(reader.id)}
        wanted = sorted(
            (str(event.topic), event.partition, event.partition_sequence, event.body)
            for writer in town.platform.departments.values()
            for event in all_events(writer.store)
            if event.topic in topics
        )
        if received(reader) != wanted or parked(reader):
            return False
    return True


def test_a_crash_before_the_cursor_moved_sends_twice_and_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as town:
        town.register(0)
        town.register(1)
        monkeypatch.setattr(town.samr.store, "move_cursor", _killed)
        with pytest.raises(KeyboardInterrupt):
            town.samr.relay.step()
        assert len(registrations(town)) == 4
    with opened(tmp_path) as town:
        assert town.samr.store.cursor() == 0
        town.platform.settle()
        assert len(registrations(town)) == 8
        assert once_everywhere(town)


def _killed(*_: Any) -> bool:
    raise KeyboardInterrupt


def test_a_log_out_of_reach_leaves_everything_to_be_sent_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    with monkeypatch.context() as outage:
        outage.setattr(type(town.log), "append", _unavailable)
        with pytest.raises(LogUnavailable):
            town.samr.relay.step()
    assert town.samr.store.cursor() == 0
    town.platform.settle()
    assert once_everywhere(town)


def _unavailable(*_: Any) -> None:
    raise LogUnavailable("nobody answers")


def test_a_standby_takes_over_when_the_lease_runs_out(town: Town) -> None:
    standby = Relay(town.samr.store, town.log, town.clock, "standby")
    town.register(0)
    assert town.samr.relay.step() == 2
    assert standby.step() == 0
    town.register(1)
    last = time.monotonic()
    while not standby.step():
        assert time.monotonic() - last < TAKEOVER_S_MAX
        time.sleep(0.1)
    assert standby.active
    assert len(registrations(town)) == 4
    town.register(2)
    assert town.samr.relay.step() == 0
    assert not town.samr.relay.active
    assert standby.step() == 2
    town.platform.settle()
    while standby.step():
        town.platform.settle()
    standby.stop()
    assert once_everywhere(town)


def test_a_relay_that_stops_hands_over_at_once(town: Town) -> None:
    standby = Relay(town.samr.store, town.log, town.clock, "standby")
    town.register(0)
    town.samr.relay.step()
    town.samr.relay.stop()
    town.register(1)
    assert standby.step() == 2
    standby.stop()


def test_what_a_paused_relay_sends_late_is_only_old_bytes(town: Town) -> None:
    town.register(0)
    late = [
        OutRecord(str(event.topic), event.partition, event.key.encode(), event.body)
        for event in all_events(town.samr.store)
    ]
    town.platform.settle()
    town.register(1)
    town.platform.settle()
    append(town.log, *late)
    town.platform.settle()
    assert once_everywhere(town)


def cut(folder: Path, keep: int) -> None:
    """Takes away the last records of the registration topic, as a broker that lost them would."""
    with sqlite3.connect(folder / "log.sqlite") as log:
        (topic,) = log.execute(
            "select id from topics where name = 'labour.samr.registration'"
        ).fetchone()
        log.execute('delete from records where topic = ? and "offset" >= ?', (topic, keep))
        log.execute(
            "update ends set next_offset = min(next_offset, ?) where topic = ?", (keep, topic)
        )
    log.close()


@pytest.mark.parametrize("kept", [0, 1])
def test_a_topic_behind_the_store_is_sent_again_on_takeover(tmp_path: Path, kept: int) -> None:
    folder = tmp_path / "town"
    with opened(folder, departments="samr") as town:
        town.register(0)
        town.send()
        before = [record.value for record in registrations(town)]
        assert len(before) == 2
    cut(folder, kept)
    with opened(folder, departments="samr") as town:
        assert len(registrations(town)) == kept
        town.samr.relay.step()
        assert [record.value for record in registrations(town)] == before
        assert town.samr.relay.active


def place(town: Town) -> str:
    """Where firm 0's registrations stand: topic and partition."""
    record = registrations(town)[0]
    return f"{record.topic}[{record.partition}]"


def changed(record: LogRecord, change: Callable[[dict[str, Any]], Any]) -> OutRecord:
    envelope = canonical.decode(record.value)
    change(envelope)
    value = json.dumps(envelope, ensure_ascii=False).encode()
    return OutRecord(record.topic, record.partition, record.key, value)


def test_a_topic_ahead_of_the_store_stops_the_relay(town: Town) -> None:
    town.register()
    town.send()
    town.samr.relay.stop()
    append(
        town.log, changed(registrations(town)[-1], lambda one: one.update(partitionsequence="3"))
    )
    with pytest.raises(StoreForked) as fork:
        town.samr.relay.step()
    assert place(town) in str(fork.value)
    assert "holds partition sequence 3, the store of samr only 2" in str(fork.value)
    assert not town.samr.relay.active


def test_a_topic_with_other_bytes_stops_the_relay(tmp_path: Path) -> None:
    """The store was restored from a backup and went another way from there."""
    folder, backup = tmp_path / "town", tmp_path / "backup.sqlite"
    with opened(folder, departments="samr", incarnation=lambda _: "0" * 16) as town:
        town.register(0)
        town.send()
        where = place(town)
        town.samr.relay.stop()
        _copy(folder / "samr.sqlite", backup)
        town.give("SAMR", "ChangeRegistration", _renamed(town, "沈阳虚例先名人力有限公司"))
        town.send()
        assert len(registrations(town)) == 3
    for rest in ("samr.sqlite-wal", "samr.sqlite-shm"):
        (folder / rest).unlink(missing_ok=True)
    _copy(backup, folder / "samr.sqlite")
    with opened(folder, departments="samr") as town:
        # Nothing is acknowledged by such a store; only one that went on unguarded could fork.
        another = _renamed(town, "沈阳虚例后名人力有限公司")
        with pytest.raises(StoreHeldBack, match="the store of samr only 2"):
            town.give("SAMR", "ChangeRegistration", another)
        assert town.samr.store.head().sequence == 2
        town.samr.store.guarded_by(lambda: None)
        town.give("SAMR", "ChangeRegistration", another)
        with pytest.raises(StoreForked) as fork:
            town.samr.relay.step()
        assert f"{where} differs from the store of samr at partition sequence 3" in str(fork.value)
        assert len(registrations(town)) == 3


def _renamed(town: Town, name: str) -> dict[str, Any]:
    (first, *_) = all_events(town.samr.store)
    return {"organisation": first.key, "change": "NAME", "after": name}


def _copy(source: Path, target: Path) -> None:
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    reading.backup(writing)
    reading.close()
    writing.close()


def test_foreign_bytes_at_the_tail_do_not_stop_the_relay(town: Town) -> None:
    town.register(0)
    town.send()
    town.samr.relay.stop()
    last = registrations(town)[-1]
    append(
        town.log,
        OutRecord(last.topic, last.partition, last.key, b"\xff no event"),
        changed(
            last, lambda one: one.update(source="/labour/hr/simulated/0", partitionsequence="9")
        ),
    )
    town.register(1)
    assert town.samr.relay.step() == 2


def test_topics_close_only_when_all_is_sent(town: Town) -> None:
    town.register()
    assert not town.samr.relay.close_topics()
    town.samr.relay.step(limit=1)
    assert not town.samr.relay.close_topics()
    town.samr.relay.step()
    assert town.samr.relay.close_topics()
    (control,) = town.log.tail("labour.samr.control", 0, 10)
    closed = canonical.decode(control.value)["data"]
    assert closed["sequence"] == "2"
    assert [list(ends.values()) for ends in closed["topics"].values()] == [["2"]]
    assert not town.samr.relay.close_topics()


def test_a_closed_stamp_counts_nothing_that_is_not_on_the_log(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    town.send()
    counted = town.samr.store.partition_ends

    def counted_late() -> dict[tuple[str, int], int]:
        town.register(1)
        return counted()

    monkeypatch.setattr(town.samr.store, "partition_ends", counted_late)
    assert not town.samr.relay.close_topics()
    town.send()
    assert town.samr.relay.close_topics()


def test_a_closed_stamp_made_ready_beside_goes_out_with_the_next_events(town: Town) -> None:
    def closed() -> list[str]:
        return [
            canonical.decode(one.value)["data"]["sequence"]
            for one in town.log.tail("labour.samr.control", 0, 10)
        ]

    relay = town.samr.relay
    assert relay.prepare(closing=True) is None
    town.register(0)
    town.send()
    assert relay.prepare(closing=False) is None
    ready = relay.prepare(closing=True)
    assert relay.prepare(closing=True) is ready is not None
    assert closed() == []
    town.register(1)
    assert relay.step() == 2
    assert closed() == ["2"]
    town.clock.advance_to(town.clock.now() + 1_000_000)
    assert relay.prepare(closing=True) is not None
    assert relay.step() == 0
    assert closed() == ["2", "4"]


def test_receipts_made_ready_beside_are_forgotten_once_sent(town: Town) -> None:
    town.register(0)
    town.platform.settle()
    town.samr.receipts.say()
    relay = town.samr.relay
    ready = relay.prepare(closing=False)
    assert ready is not None
    assert ready.places
    relay.step()
    assert town.samr.receipts.pending()
    assert relay.prepare(closing=False) is None
    assert town.samr.receipts.pending() == []
