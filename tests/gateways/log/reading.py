"""What the tests of the log share: records with known keys, and reading until enough is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

from gateways.log.partitioning import partition_of
from gateways.log.port import Log, LogReader, LogRecord, OutRecord, TopicPartition

PARTITIONS = 3


def record(topic: str, key: str, number: int) -> OutRecord:
    """A record whose value says which of its key's records it is."""
    encoded = key.encode()
    return OutRecord(topic, partition_of(encoded, PARTITIONS), encoded, str(number).encode())


def from_start(_places: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
    """The positions of a reader that has read nothing."""
    return {}


def read(
    reader: LogReader, enough: Callable[[list[LogRecord]], bool], timeout_s: float = 25.0
) -> list[LogRecord]:
    """What a reader gives until `enough`; fails the test where it does not come."""
    deadline, got = time.monotonic() + timeout_s, list[LogRecord]()
    while not enough(got):
        assert time.monotonic() < deadline, f"only {len(got)} records came"
        got += reader.poll(limit=500, timeout_s=0.5)
    return got


def read_all(log: Log, name: str, topic: str) -> list[LogRecord]:
    """Everything that stands on a topic."""
    total = sum(log.ends([topic]).values())
    reader = log.reader(name, [topic], from_start, shared=False)
    try:
        return read(reader, lambda got: len(got) >= total)
    finally:
        reader.close()


def by_partition(records: Iterable[LogRecord]) -> dict[int, list[LogRecord]]:
    """Records of each partition in the order they came."""
    parts: dict[int, list[LogRecord]] = {}
    for it in records:
        parts.setdefault(it.partition, []).append(it)
    return parts


def until(check: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Waits for a condition; fails the test with `what` where it does not come."""
    deadline = time.monotonic() + timeout_s
    while not check():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
