"""What every shared log promises, on the embedded file and on a real Kafka broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from gateways.log.port import (
    Log,
    LogRecord,
    OutRecord,
    PositionOutOfRange,
    TopicMismatch,
    TopicPartition,
    TopicSpec,
)
from tests.gateways.log.conftest import Opener
from tests.gateways.log.reading import (
    PARTITIONS,
    by_partition,
    from_start,
    read,
    read_all,
    record,
)

REPOSITORY = Path(__file__).parents[3]
Name = Callable[[str], str]


@pytest.fixture
def topic(log: Log, new_name: Name) -> str:
    """A topic of three partitions."""
    name = new_name("facts")
    log.ensure_topics([TopicSpec(name, PARTITIONS)])
    return name


@pytest.fixture
def run() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts modules as processes of their own; ends those that still run."""
    started: list[subprocess.Popen[str]] = []

    def start(module: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.gateways.log.{module}", *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGCONT)
            process.kill()
        process.wait(10)
        _out(process).close()


def _out(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def test_records_of_a_partition_come_in_the_order_they_were_appended(log: Log, topic: str) -> None:
    writer = log.writer("relay")
    sent = [record(topic, f"key{number % 7}", number) for number in range(1000)]
    for start in range(0, 1000, 100):
        writer.append(sent[start : start + 100])
    got = by_partition(read_all(log, "reader", topic))
    assert set(got) == {0, 1, 2}
    for partition, records in got.items():
        assert [it.offset for it in records] == list(range(len(records)))
        expected = [(it.key, it.value) for it in sent if it.partition == partition]
        assert [(it.key, it.value) for it in records] == expected


def test_the_bytes_that_come_are_the_bytes_that_went(log: Log, topic: str) -> None:
    value = bytes(range(256)) * 900
    log.writer("relay").append([OutRecord(topic, 1, b"\x00\xff", value)])
    (got,) = read_all(log, "reader", topic)
    assert (got.topic, got.partition, got.offset) == (topic, 1, 0)
    assert (got.key, got.value) == (b"\x00\xff", value)


def test_an_append_of_nothing_is_acknowledged(log: Log, topic: str) -> None:
    log.writer("relay").append([])
    assert set(log.ends([topic]).values()) == {0}


def test_the_ends_count_what_is_acknowledged_and_the_tail_is_its_last_records(
    log: Log, topic: str
) -> None:
    log.writer("relay").append([OutRecord(topic, 2, b"k", str(n).encode()) for n in range(50)])
    assert log.ends([topic]) == {(topic, 0): 0, (topic, 1): 0, (topic, 2): 50}
    assert [it.value for it in log.tail(topic, 2, 3)] == [b"47", b"48", b"49"]
    assert len(log.tail(topic, 2, 99)) == 50
    assert log.tail(topic, 0, 5) == []


def test_a_reader_goes_on_where_its_positions_say(log: Log, topic: str, new_name: Name) -> None:
    log.writer("relay").append([OutRecord(topic, 0, b"k", str(n).encode()) for n in range(20)])
    asked: list[TopicPartition] = []

    def positions(places: Any) -> Mapping[TopicPartition, int]:
        asked.extend(places)
        return {(topic, 0): 15}

    reader = log.reader(new_name("department"), [topic], positions)
    got = read(reader, lambda records: len(records) >= 5)
    assert [it.offset for it in got] == [15, 16, 17, 18, 19]
    assert set(asked) == {(topic, 0), (topic, 1), (topic, 2)}
    assert reader.assigned() == {(topic, 0), (topic, 1), (topic, 2)}
    reader.close()
    assert reader.assigned() == frozenset()


def test_a_reader_that_stands_at_the_end_gets_what_is_appended_later(
    log: Log, topic: str, new_name: Name
) -> None:
    reader = log.reader(new_name("department"), [topic], from_start)
    assert reader.poll(limit=10, timeout_s=1.0) == []
    log.writer("relay").append([record(topic, "k", 1)])
    assert [it.value for it in read(reader, bool)] == [b"1"]
    reader.close()


def test_a_position_beyond_the_end_is_named_and_the_other_partitions_go_on(
    log: Log, topic: str
) -> None:
    log.writer("relay").append([OutRecord(topic, n, b"k", b"v") for n in range(3)])
    reader = log.reader("department", [topic], lambda _: {(topic, 1): 7}, shared=False)
    with pytest.raises(PositionOutOfRange) as refused:
        read(reader, bool)
    assert (refused.value.partition, refused.value.position, refused.value.end) == (1, 7, 1)
    got = read(reader, lambda records: len(records) >= 2)
    assert sorted(it.partition for it in got) == [0, 2]
    assert reader.assigned() == {(topic, 0), (topic, 2)}
    reader.close()


def test_a_dropped_partition_is_not_delivered_and_the_others_are(log: Log, topic: str) -> None:
    writer = log.writer("relay")
    reader = log.reader("department", [topic], from_start, shared=False)
    writer.append([OutRecord(topic, n, b"k", b"first") for n in range(3)])
    read(reader, lambda records: len(records) >= 3)
    reader.drop((topic, 1))
    assert reader.assigned() == {(topic, 0), (topic, 2)}
    writer.append([OutRecord(topic, n, b"k", b"second") for n in range(3)])
    got = read(reader, lambda records: len(records) >= 2)
    got += reader.poll(limit=10, timeout_s=0.5)
    assert sorted(it.partition for it in got) == [0, 2]
    reader.close()


def test_waking_ends_a_waiting_poll(log: Log, topic: str) -> None:
    reader = log.reader("department", [topic], from_start, shared=False)
    reader.poll(limit=1, timeout_s=0.2)
    timer = threading.Timer(0.3, reader.wake)
    timer.start()
    began = time.monotonic()
    assert reader.poll(limit=1, timeout_s=60) == []
    assert time.monotonic() - began < 25
    reader.close()


def test_no_more_records_come_than_were_asked_for(log: Log, topic: str) -> None:
    log.writer("relay").append([OutRecord(topic, n % 3, b"k", b"v") for n in range(100)])
    reader = log.reader("department", [topic], from_start, shared=False)
    got: list[LogRecord] = []
    while len(got) < 100:
        records = reader.poll(limit=7, timeout_s=25)
        assert 0 < len(records) <= 7
        got += records
    assert len({(it.partition, it.offset) for it in got}) == 100
    reader.close()


def test_creating_topics_again_changes_nothing(log: Log, topic: str) -> None:
    log.writer("relay").append([record(topic, "k", 1)])
    log.ensure_topics([TopicSpec(topic, PARTITIONS)])
    assert sum(log.ends([topic]).values()) == 1


def test_another_partition_count_is_a_mismatch(log: Log, topic: str) -> None:
    with pytest.raises(TopicMismatch, match=f"{topic} has 3 partitions, not 4"):
        log.ensure_topics([TopicSpec(topic, 4)])


def test_a_topic_that_is_not_there_is_named(log: Log, new_name: Name) -> None:
    with pytest.raises(TopicMismatch, match="nowhere"):
        log.ends([new_name("nowhere")])


def test_a_partition_that_is_not_there_is_named(log: Log, topic: str) -> None:
    with pytest.raises(TopicMismatch, match="no partition 3"):
        log.writer("relay").append([OutRecord(topic, 3, b"k", b"v")])


def test_a_reader_waits_for_topics_that_are_created_later(log: Log, new_name: Name) -> None:
    name = new_name("later")
    reader = log.reader(new_name("department"), [name], from_start)
    assert reader.poll(limit=1, timeout_s=0.5) == []
    log.ensure_topics([TopicSpec(name, PARTITIONS)])
    log.writer("relay").append([record(name, "k", 1)])
    assert [it.value for it in read(reader, bool)] == [b"1"]
    reader.close()


def test_many_threads_append_and_every_record_stands_once(log: Log, topic: str) -> None:
    def relay(key: str) -> None:
        writer = log.writer(key)
        for start in range(0, 100, 10):
            writer.append([record(topic, key, n) for n in range(start, start + 10)])
        writer.close()

    threads = [threading.Thread(target=relay, args=(f"relay{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values: dict[bytes, list[int]] = {}
    for it in read_all(log, "reader", topic):
        values.setdefault(it.key, []).append(int(it.value))
    assert values == {f"relay{n}".encode(): list(range(100)) for n in range(5)}


def test_processes_write_and_processes_read_the_same_log(
    log: Log, topic: str, opener: Opener, run: Callable[..., subprocess.Popen[str]]
) -> None:
    writers = [
        run("appending", opener.kind, opener.address, topic, key, "200") for key in ("a", "b")
    ]
    for writer in writers:
        assert _out(writer).read().split()[-1] == "200"
    values: dict[bytes, list[int]] = {}
    for it in read_all(log, "reader", topic):
        values.setdefault(it.key, []).append(int(it.value))
    assert values == {b"a": list(range(200)), b"b": list(range(200))}
    reader = run("reading_process", opener.kind, opener.address, "g" + topic, topic)
    seen = {tuple(_out(reader).readline().split()) for _ in range(400)}
    assert len(seen) == 400


def test_killing_the_writer_loses_nothing_that_was_acknowledged(
    topic: str, opener: Opener, run: Callable[..., subprocess.Popen[str]]
) -> None:
    process = run("appending", opener.kind, opener.address, topic, "k", "1000000")
    out = _out(process)
    while out.readline().strip() != "200":
        pass
    process.kill()
    acknowledged = max([200, *(int(line) for line in out if line.endswith("\n"))])
    again = opener.open()
    numbers = [int(it.value) for it in read_all(again, "reader", topic)]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= acknowledged
    again.writer("relay").append([record(topic, "k", len(numbers))])
    assert int(read_all(again, "reader", topic)[-1].value) == len(numbers)
    again.close()


def test_another_reader_takes_over_from_one_that_is_paused(
    log: Log,
    topic: str,
    new_name: Name,
    opener: Opener,
    run: Callable[..., subprocess.Popen[str]],
) -> None:
    group = new_name("department")
    writer = log.writer("relay")
    writer.append([OutRecord(topic, n, b"k", b"v") for n in range(3)])
    process = run("reading_process", opener.kind, opener.address, group, topic)
    assert len([_out(process).readline() for _ in range(3)]) == 3
    os.kill(process.pid, signal.SIGSTOP)
    reader = log.reader(group, [topic], lambda _: {(topic, n): 1 for n in range(3)})
    writer.append([OutRecord(topic, n, b"k", b"after") for n in range(3)])
    got = read(reader, lambda records: len(records) >= 3, timeout_s=30)
    assert [it.value for it in got] == [b"after"] * 3
    assert len(reader.assigned()) == 3
    reader.close()
