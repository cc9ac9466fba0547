"""What only the embedded log promises: leases, its file, and a full disk."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from gateways.log import leases
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import LogUnavailable, OutRecord, TopicPartition, TopicSpec
from tests.gateways.log.reading import PARTITIONS, from_start, read, read_all, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A log file with the topic `facts`."""
    file = tmp_path / "log.sqlite"
    log = EmbeddedLog(file)
    log.ensure_topics([TopicSpec("facts", PARTITIONS)])
    log.close()
    return file


def test_of_two_readers_of_one_name_one_reads_until_it_leaves(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So long that the second reader did not wait for it to lapse, however busy the machine is.
    monkeypatch.setattr(leases, "TTL_S", 60.0)
    log = EmbeddedLog(path)
    log.writer("relay").append([record("facts", "k", 1)])
    first = log.reader("department", ["facts"], from_start)
    second = log.reader("department", ["facts"], from_start)
    other = log.reader("another", ["facts"], from_start)
    assert len(read(first, bool)) == 1
    assert second.poll(limit=10, timeout_s=0.5) == []
    assert second.assigned() == frozenset()
    assert len(read(other, bool)) == 1
    first.close()
    began = time.monotonic()
    assert len(read(second, bool)) == 1
    assert time.monotonic() - began < leases.TTL_S / 3
    log.close()


def test_a_reader_whose_lease_lapsed_unnoticed_holds_nothing(path: Path) -> None:
    log = EmbeddedLog(path)
    late = log.reader("department", ["facts"], from_start)
    late.poll(limit=1, timeout_s=0.1)
    assert len(late.assigned()) == PARTITIONS
    time.sleep(leases.TTL_S + 0.2)
    taker = log.reader("department", ["facts"], from_start)
    taker.poll(limit=1, timeout_s=0.1)
    assert len(taker.assigned()) == PARTITIONS
    log.writer("relay").append([record("facts", "k", 1)])
    assert late.poll(limit=1, timeout_s=0.1) == []
    assert late.assigned() == frozenset()
    log.close()


def test_a_lease_won_again_asks_for_the_positions_again(path: Path) -> None:
    log = EmbeddedLog(path)
    asked: list[TopicPartition] = []

    def positions(places: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        asked.extend(places)
        return {}

    reader = log.reader("department", ["facts"], positions)
    reader.poll(limit=1, timeout_s=0.1)
    time.sleep(leases.TTL_S + 0.2)
    reader.poll(limit=1, timeout_s=0.1)
    assert asked == [("facts", n) for n in range(PARTITIONS)] * 2
    log.close()


def test_an_append_to_one_topic_has_no_reader_of_another_look_through_its_partitions(
    path: Path,
) -> None:
    looked: list[TopicPartition] = []

    class Watched(EmbeddedLog):
        def end(self, partition: TopicPartition) -> int:
            looked.append(partition)
            return super().end(partition)

    log, other = Watched(path), EmbeddedLog(path)
    log.ensure_topics([TopicSpec("others", PARTITIONS)])
    reader = log.reader("department", ["facts"], from_start, shared=False)
    assert reader.poll(limit=10, timeout_s=0.0) == []
    looked.clear()
    for writer in (log.writer("relay"), other.writer("relay")):
        writer.append([record("others", "k", 1)])
        assert reader.poll(limit=10, timeout_s=0.1) == []
    assert [topic for topic, _ in looked if topic == "facts"] == []
    for writer in (log.writer("relay"), other.writer("relay")):
        writer.append([record("facts", "k", 1)])
        assert len(read(reader, bool)) == 1
    other.close()
    log.close()


def test_a_file_that_is_not_a_log_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("create table something (n int)")
    with pytest.raises(LogUnavailable, match="is not a shared log of format 1"):
        EmbeddedLog(file)


def test_a_full_disk_is_named_and_nothing_of_the_append_stands(path: Path) -> None:
    log = EmbeddedLog(path)
    writer = log.writer("relay")
    writer.append([record("facts", "k", 1)])
    pages = log._write.execute("pragma page_count").fetchone()[0]
    log._write.execute(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(LogUnavailable, match="full"):
        writer.append([OutRecord("facts", 0, b"k", bytes(10_000)) for _ in range(10)])
    log._write.execute("pragma max_page_count = 1000000")
    writer.append([record("facts", "k", 2)])
    assert [it.value for it in read_all(log, "reader", "facts")] == [b"1", b"2"]
    log.close()


def test_an_append_that_fails_takes_no_other_for_written(path: Path) -> None:
    log = EmbeddedLog(path)
    failures: list[BaseException] = []

    def relay(value: object) -> None:
        try:
            log.writer("relay").append([OutRecord("facts", 0, b"k", value)])  # type: ignore[arg-type]
        except Exception as error:
            failures.append(error)

    with log._write_lock:  # both wait, and share one transaction
        threads = [threading.Thread(target=relay, args=(it,)) for it in (b"good", object())]
        for thread in threads:
            thread.start()
        while len(log._queue) < 2:
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert len(failures) == 2
    assert sum(log.ends(["facts"]).values()) == 0
    log.close()


def _open_and_append(path: Path, key: str) -> None:
    log = EmbeddedLog(path)
    log.ensure_topics([TopicSpec("facts", PARTITIONS)])
    log.writer("relay").append([record("facts", key, 1)])
    log.close()


def test_processes_that_start_together_make_one_file(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "new" / "log.sqlite"
    starting = [
        context.Process(target=_open_and_append, args=(path, f"key{number}")) for number in range(4)
    ]
    for process in starting:
        process.start()
    for process in starting:
        process.join(60)
    assert [process.exitcode for process in starting] == [0] * 4
    log = EmbeddedLog(path)
    assert sum(log.ends(["facts"]).values()) == 4
    log.close()
