"""Pages of the shared log for those who come and go, on the embedded file and on a real broker."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateways.log import kafka_pages
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import Log, LogRecord, OutRecord, PositionOutOfRange, TopicSpec
from tests.gateways.log.reading import PARTITIONS, by_partition, record

Name = Callable[[str], str]
PLENTY = 10_000_000


@pytest.fixture
def topic(log: Log, new_name: Name) -> str:
    """A topic of three partitions with 90 records of nine keys."""
    name = new_name("facts")
    log.ensure_topics([TopicSpec(name, PARTITIONS)])
    log.writer("relay").append([record(name, f"key{number % 9}", number) for number in range(90)])
    return name


def paged(log: Log, topic: str, limit: int) -> list[LogRecord]:
    """Everything from the start, page by page."""
    positions = dict.fromkeys(log.partitions([topic]), 0)
    got: list[LogRecord] = []
    while page := log.read(positions, limit=limit, bytes_max=PLENTY):
        assert len(page) <= limit
        for it in page:
            assert it.offset == positions[it.topic, it.partition]
            positions[it.topic, it.partition] = it.offset + 1
        got += page
    return got


def test_pages_hold_every_record_once_and_in_order(log: Log, topic: str) -> None:
    for limit in (1, 7, 500):
        got = by_partition(paged(log, topic, limit))
        assert sum(map(len, got.values())) == 90
        for records in got.values():
            assert [it.offset for it in records] == list(range(len(records)))
        numbers: dict[bytes, list[int]] = {}
        for records in got.values():
            for it in records:
                numbers.setdefault(it.key, []).append(int(it.value))
        assert all(found == sorted(found) for found in numbers.values())


def test_a_page_takes_its_share_from_every_partition(log: Log, topic: str) -> None:
    page = log.read(dict.fromkeys(log.partitions([topic]), 0), limit=9, bytes_max=PLENTY)
    assert {number: len(found) for number, found in by_partition(page).items()} == {
        0: 3,
        1: 3,
        2: 3,
    }


def test_a_page_is_bounded_in_bytes_and_holds_a_record_that_is_larger(
    log: Log, new_name: Name
) -> None:
    name = new_name("large")
    log.ensure_topics([TopicSpec(name, PARTITIONS)])
    log.writer("relay").append([OutRecord(name, 1, b"k", b"x" * 30_000) for _ in range(20)])
    positions = dict.fromkeys(log.partitions([name]), 0)
    assert len(log.read(positions, limit=500, bytes_max=100_000)) == 4
    assert len(log.read(positions, limit=500, bytes_max=10)) == 1


def test_a_page_at_the_end_is_empty_and_does_not_wait(
    log: Log, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that waited would wait so long.
    monkeypatch.setattr(kafka_pages, "PAGE_S_MAX", 60.0)
    ends = log.ends([topic])
    log.read(ends, limit=500, bytes_max=PLENTY)
    began = time.monotonic()
    assert log.read(ends, limit=500, bytes_max=PLENTY) == []
    assert time.monotonic() - began < 25.0


def test_a_page_from_a_place_that_is_not_on_the_log_is_refused_by_name(
    log: Log, topic: str
) -> None:
    ends = log.ends([topic])
    with pytest.raises(PositionOutOfRange):
        log.read({**ends, (topic, 1): ends[topic, 1] + 1}, limit=5, bytes_max=PLENTY)
    assert log.read({(topic, 1): 0}, limit=1, bytes_max=PLENTY)[0].offset == 0


def test_a_page_costs_the_same_at_the_start_and_at_the_end_of_a_long_log(tmp_path: Path) -> None:
    log = EmbeddedLog(tmp_path / "log.sqlite")
    log.ensure_topics([TopicSpec("long", 1)])
    total = 300_000
    with sqlite3.connect(tmp_path / "log.sqlite") as connection:
        connection.execute(
            "with recursive n(i) as (select 0 union all select i + 1 from n where i < ? - 1)"
            " insert into records select id, 0, i, x'00', zeroblob(60) from n, topics",
            (total,),
        )
        connection.execute("insert into ends select id, 0, ? from topics", (total,))
    connection.close()

    def cost(at: int) -> int:
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        traced = log.connect()
        traced.set_progress_handler(count, 1)
        log.connect = lambda: traced  # type: ignore[method-assign]
        try:
            assert len(log.read({("long", 0): at}, limit=500, bytes_max=PLENTY)) == 500
        finally:
            del log.connect  # type: ignore[method-assign]
        return steps

    first, last = cost(0), cost(total - 500)
    assert abs(first - last) < first * 0.05
    log.close()
