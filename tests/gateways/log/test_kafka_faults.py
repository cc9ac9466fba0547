"""The Kafka log while its broker is killed, hung, unreachable or wrongly configured."""

from __future__ import annotations

import threading
import time

import pytest
from kafka.admin import KafkaAdminClient

from gateways.log import kafka_client
from gateways.log.kafka import KafkaLog
from gateways.log.port import LogUnavailable, TopicMismatch, TopicSpec
from ops.services import KafkaService
from ops.services.processes import free_ports
from tests.gateways.log.reading import PARTITIONS, from_start, read, read_all, record

pytestmark = pytest.mark.services


def test_a_killed_broker_loses_nothing_acknowledged_and_order_holds_up_to_repeats(
    own_kafka: KafkaService,
) -> None:
    log = KafkaLog(own_kafka.bootstrap)
    log.ensure_topics([TopicSpec("facts", PARTITIONS)])
    reader = log.reader("department", ["facts"], from_start)
    cursor, stop = [0], threading.Event()

    def relay() -> None:
        writer = log.writer("relay")
        while not stop.is_set():
            start = cursor[0]
            batch = [record("facts", f"k{n % 5}", n) for n in range(start, start + 100)]
            try:
                writer.append(batch)
            except LogUnavailable:
                continue
            cursor[0] = start + 100

    thread = threading.Thread(target=relay)
    thread.start()
    read(reader, lambda records: len(records) >= 500)
    own_kafka.kill()
    at_kill = cursor[0]
    time.sleep(1.0)
    own_kafka.restart()
    back = time.monotonic()
    while cursor[0] <= at_kill + 200:
        assert time.monotonic() - back < 20, "the relay did not go on"
        time.sleep(0.05)
    assert read(reader, bool)
    stop.set()
    thread.join(30)
    first_seen: dict[bytes, dict[int, None]] = {}
    for it in read_all(log, "check", "facts"):
        first_seen.setdefault(it.key, {})[int(it.value)] = None
    for numbers in first_seen.values():
        assert list(numbers) == sorted(numbers)
    assert {n for numbers in first_seen.values() for n in numbers} >= set(range(cursor[0]))
    log.close()


def test_a_hung_broker_is_reported_in_bounded_time_and_writing_goes_on_afterwards(
    own_kafka: KafkaService,
) -> None:
    log = KafkaLog(own_kafka.bootstrap)
    log.ensure_topics([TopicSpec("facts", PARTITIONS)])
    writer = log.writer("relay")
    writer.append([record("facts", "k", 0)])
    own_kafka.pause()
    began = time.monotonic()
    with pytest.raises(LogUnavailable):
        writer.append([record("facts", "k", 1)])
    with pytest.raises(LogUnavailable):
        writer.append([record("facts", "k", 1)])
    assert time.monotonic() - began < 30
    own_kafka.resume()
    back = time.monotonic()
    while True:
        try:
            writer.append([record("facts", "k", 1)])
            break
        except LogUnavailable:
            assert time.monotonic() - back < 20, "the writer did not recover"
    values = [int(it.value) for it in read_all(log, "check", "facts")]
    assert sorted(set(values)) == [0, 1]
    threads = [it.name for it in threading.enumerate() if "kafka" in it.name.lower()]
    assert len(threads) <= 6, threads
    log.close()


def test_an_unreachable_broker_is_named_with_its_address_and_what_to_check() -> None:
    (port,) = free_ports(1)
    log = KafkaLog(f"127.0.0.1:{port}")
    for attempt in (
        lambda: log.writer("relay").append([record("facts", "k", 1)]),
        lambda: log.ends(["facts"]),
        lambda: log.tail("facts", 0, 1),
        lambda: log.ensure_topics([TopicSpec("facts", 1)]),
    ):
        began = time.monotonic()
        with pytest.raises(LogUnavailable, match=f"127.0.0.1:{port}.*credentials"):
            attempt()
        assert time.monotonic() - began < 10
    reader = log.reader("department", ["facts"], from_start)
    assert reader.poll(limit=1, timeout_s=0.3) == []
    log.close()


def test_a_wrong_protocol_is_reported_in_bounded_time(kafka_bootstrap: str) -> None:
    access = kafka_client.KafkaAccess(
        kafka_bootstrap, "SASL_PLAINTEXT", "SCRAM-SHA-256", "hr", "wrong"
    )
    assert "wrong" not in repr(access)
    began = time.monotonic()
    with pytest.raises(LogUnavailable, match="user name and password of hr"):
        KafkaLog(access).ends(["facts"])
    assert time.monotonic() - began < 15


def test_a_topic_that_forgets_is_a_mismatch(kafka_bootstrap: str, topic_prefix: str) -> None:
    name = topic_prefix + "forgetful"
    admin = KafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    admin.create_topics({name: {"num_partitions": 1, "configs": {"retention.ms": "1000"}}})
    admin.close()
    log = KafkaLog(kafka_bootstrap)
    with pytest.raises(TopicMismatch, match=r"retention\.ms=1000, not -1"):
        log.ensure_topics([TopicSpec(name, 1)])
    log.close()


def test_a_group_of_readers_divides_the_partitions(kafka_bootstrap: str, topic_prefix: str) -> None:
    log = KafkaLog(kafka_bootstrap)
    topic = topic_prefix + "facts"
    log.ensure_topics([TopicSpec(topic, PARTITIONS)])
    readers = [log.reader(topic_prefix + "department", [topic], from_start) for _ in range(2)]
    deadline = time.monotonic() + 20
    while not all(reader.assigned() for reader in readers):
        assert time.monotonic() < deadline
        for reader in readers:
            reader.poll(limit=1, timeout_s=0.1)
    held = [reader.assigned() for reader in readers]
    assert not held[0] & held[1]
    assert len(held[0] | held[1]) == PARTITIONS
    log.close()


def test_a_reader_whose_polls_are_shorter_than_a_join_is_given_its_partitions_all_the_same(
    kafka_bootstrap: str, topic_prefix: str
) -> None:
    log = KafkaLog(kafka_bootstrap)
    topic = topic_prefix + "facts"
    log.ensure_topics([TopicSpec(topic, PARTITIONS)])
    for n in range(3):
        reader = log.reader(f"{topic_prefix}department-{n}", [topic], from_start)
        deadline = time.monotonic() + 20
        while len(reader.assigned()) < PARTITIONS:
            assert time.monotonic() < deadline
            reader.poll(limit=1, timeout_s=0.005)
            time.sleep(0.02)
    log.close()
