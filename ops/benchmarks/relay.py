"""The relay, store to log, against the bare producer on the same bytes.

`python -m ops.benchmarks relay`. The relays of three departments send what their PostgreSQL
stores hold, cursor moved after acknowledgement; kafka-python sends the same records from
memory with its best settings. Target: at least 0.85 of the bare producer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from kafka import KafkaProducer

from gateways.department.publishing.refill import record_of
from gateways.department.publishing.relay import Relay
from gateways.department.time import SystemClock
from gateways.log.kafka import KafkaLog
from gateways.log.kafka_writer import HEADERS
from gateways.log.port import OutRecord, TopicSpec
from ops.benchmarks.figures import Figure
from ops.benchmarks.prepared import Ground, ensure_topics, published


def measure(ground: Ground, *, rounds: int = 3) -> list[Figure]:
    """The median round of each way of sending."""
    records = [record_of(event) for store in ground.stores.values() for event in published(store)]
    log = KafkaLog(ground.bootstrap)
    ensure_topics(log)
    names = {record.topic for record in records}
    log.ensure_topics(TopicSpec(f"bare.{name}", 6) for name in names)
    log.close()
    made = []
    for _ in range(rounds):
        bare = len(records) / _bare(ground.bootstrap, records)
        relayed = len(records) / _relayed(ground)
        made.append((relayed / bare, relayed, bare))
    ratio, relayed, bare = sorted(made)[rounds // 2]
    size = f"{len(records):,} events of {sum(len(r.value) for r in records) // len(records)} bytes"
    return [
        Figure("relay", "bare producer", bare, "events/s", note=size),
        Figure("relay", "PostgreSQL store to Kafka", relayed, "events/s"),
        Figure("relay", "store to log, against the bare producer", ratio, "ratio", 0.85),
    ]


def _bare(bootstrap: str, records: Sequence[OutRecord]) -> float:
    producer: Any = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", batch_size=131_072, linger_ms=50
    )
    for name in {record.topic for record in records}:
        producer.partitions_for(f"bare.{name}")
    began = time.perf_counter()
    futures = [
        producer.send(f"bare.{record.topic}", record.value, record.key, HEADERS, record.partition)
        for record in records
    ]
    for future in futures:
        future.get(timeout=60)
    seconds = time.perf_counter() - began
    producer.close()
    return seconds


def _relayed(ground: Ground) -> float:
    """All departments one after the other; taking over and connecting are not counted."""
    seconds = 0.0
    log = KafkaLog(ground.bootstrap)
    for store in ground.stores.values():
        store.move_cursor(store.cursor(), 0)
        relay = Relay(store, log, SystemClock(), "benchmark")
        relay.step(limit=1)
        began = time.perf_counter()
        while relay.step():
            pass
        seconds += time.perf_counter() - began
        relay.stop()
    log.close()
    return seconds
