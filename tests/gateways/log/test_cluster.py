"""Three real brokers: any one of them may be lost; with two lost nothing is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from gateways.log import kafka_writer
from gateways.log.drift import copies_wanted, differences, in_sync_wanted
from gateways.log.kafka import KafkaLog
from gateways.log.kafka_client import KafkaAccess
from gateways.log.kafka_grants import KafkaGrants
from gateways.log.port import LogRecord, LogUnavailable, TopicSpec
from ops import services
from tests.gateways.log.reading import PARTITIONS, by_partition, from_start, read_all, record, until

pytestmark = pytest.mark.services

TOPIC = "labour.test.facts"
KEYS = 5
AT_ONCE = 50
LONG_S = 120.0
BOUNDED_S = 90.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.KafkaCluster]:
    """Three brokers that these tests may kill."""
    root = tmp_path_factory.mktemp("cluster")
    yield services.start_cluster(root)
    services.stop_cluster(root, wipe=True)


@pytest.fixture(scope="module")
def log(cluster: services.KafkaCluster) -> Iterator[KafkaLog]:
    """The log on the three brokers, with one topic."""
    opened = KafkaLog(cluster.bootstrap)

    def made() -> bool:
        try:
            opened.ensure_topics([TopicSpec(TOPIC, PARTITIONS)])
        except LogUnavailable:  # not every broker has registered yet
            return False
        return True

    until(made, "the topic was not made", LONG_S)
    yield opened
    opened.close()


class Traffic:
    """A writer that sends again from its cursor, and a reader, each in a thread of its own."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log
        self.cursor = 0
        self.read: list[LogRecord] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write), threading.Thread(target=self._take)]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(BOUNDED_S)

    def _write(self) -> None:
        writer = self._log.writer("relay")
        while not self._stop.is_set():
            start = self.cursor
            batch = [record(TOPIC, f"k{n % KEYS}", n) for n in range(start, start + AT_ONCE)]
            try:
                writer.append(batch)
            except LogUnavailable:
                continue
            self.cursor = start + AT_ONCE
            self._stop.wait(0.1)

    def _take(self) -> None:
        reader = self._log.reader("department", [TOPIC], from_start, shared=False)
        while not self._stop.is_set():
            self.read += reader.poll(limit=500, timeout_s=0.2)

    def flows(self) -> None:
        """Waits until more was acknowledged and what was acknowledged has been read."""
        aim = self.cursor + 4 * AT_ONCE
        until(lambda: self.cursor >= aim, "the writer does not go on", LONG_S)
        until(lambda: len(self.read) >= aim, "the reader does not go on", LONG_S)


def in_sync(cluster: services.KafkaCluster) -> int:
    """How many brokers have everything, of the partition that the fewest have."""
    try:
        admin: Any = KafkaAccess(cluster.bootstrap).open(KafkaAdminClient)
    except LogUnavailable:
        return 0
    try:
        (topic,) = admin.describe_topics([TOPIC])
        return min((len(one["isr_nodes"]) for one in topic["partitions"]), default=0)
    finally:
        admin.close()
        time.sleep(0.3)


@pytest.mark.usefixtures("log")
def test_a_topic_lies_on_all_three_brokers_and_two_must_have_what_is_acknowledged(
    cluster: services.KafkaCluster,
) -> None:
    standing = KafkaGrants(KafkaAccess(cluster.bootstrap)).standing()
    assert (standing.brokers, standing.grants) == (3, None)
    topic = standing.topics[TOPIC]
    assert (topic.partitions, topic.copies, topic.in_sync) == (PARTITIONS, 3, 2)
    found = {one.kind for one in differences(standing) if one.what in (TOPIC, "authorizer")}
    assert found == {"TOPIC_UNKNOWN", "NO_GRANTS"}


def test_any_one_of_three_may_be_lost_and_two_lost_stop_writing_until_one_is_back(
    cluster: services.KafkaCluster, log: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Traffic(log) as traffic:
        traffic.flows()
        for number in (1, 2):
            cluster.kill(number)
            traffic.flows()
            cluster.restart(number)
            until(lambda: in_sync(cluster) == 3, "the broker did not catch up", LONG_S)
        cluster.kill(3)
        traffic.flows()
        cluster.kill(1)
        monkeypatch.setattr(kafka_writer, "ACKNOWLEDGED_S_MAX", 3.0)
        refused(log)
        monkeypatch.undo()
        stopped = traffic.cursor
        time.sleep(1.0)
        assert traffic.cursor == stopped
        cluster.restart(1)
        traffic.flows()
        assert cluster.running() == [1, 2]
    nothing_is_lost(read_all(log, "check", TOPIC), traffic.cursor)
    nothing_is_lost(traffic.read, len({one.value for one in traffic.read}))


def refused(log: KafkaLog) -> None:
    """With two brokers lost an append ends in bounded time without an acknowledgement."""
    began = time.monotonic()
    with pytest.raises(LogUnavailable):
        log.writer("another").append([record(TOPIC, f"k{n}", 0) for n in range(KEYS)])
    assert time.monotonic() - began < BOUNDED_S


def nothing_is_lost(records: list[LogRecord], acknowledged: int) -> None:
    """Every number below `acknowledged` is there, and each key's come first in their order."""
    first_seen: dict[bytes, dict[int, None]] = {}
    for one in records:
        first_seen.setdefault(one.key, {})[int(one.value)] = None
    for numbers in first_seen.values():
        assert list(numbers) == sorted(numbers)
    assert {n for numbers in first_seen.values() for n in numbers} >= set(range(acknowledged))
    for part in by_partition(records).values():
        offsets = [one.offset for one in part]
        assert offsets == sorted(set(offsets))


def test_three_brokers_keep_three_copies_and_ask_for_two() -> None:
    assert [(copies_wanted(n), in_sync_wanted(copies_wanted(n))) for n in (1, 2, 3, 5)] == [
        (1, 1),
        (2, 1),
        (3, 2),
        (3, 2),
    ]
