"""What the log port costs: appending and reading against the bare Kafka client, same bytes.

`python -m ops.benchmarks.relay_log [--records N] [--chunk N] [--rounds N]` starts a broker
of its own, alternates both sides and prints medians with their ratio. The bare producer has
its best settings known to us and the same partitions, headers and checks of every future.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from gateways.log.embedded import EmbeddedLog
from gateways.log.kafka import KafkaLog
from gateways.log.kafka_writer import HEADERS
from gateways.log.partitioning import partition_of
from gateways.log.port import Log, OutRecord, TopicSpec
from ops import services

PARTITIONS = 6
VALUE_BYTES = 620
SUBJECTS = 5_000
POLLED_AT_ONCE = 2_000


def _records(topic: str, count: int) -> list[OutRecord]:
    value = b"x" * VALUE_BYTES
    keys = [f"91210103MA{number:08d}".encode() for number in range(SUBJECTS)]
    places = [(key, partition_of(key, PARTITIONS)) for key in keys]
    return [
        OutRecord(topic, places[number % SUBJECTS][1], places[number % SUBJECTS][0], value)
        for number in range(count)
    ]


def _rate(count: int, work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def _append(log: Log, records: Sequence[OutRecord], chunk: int) -> float:
    writer = log.writer("benchmark")
    writer.append(records[:chunk])

    def work() -> None:
        for start in range(0, len(records), chunk):
            writer.append(records[start : start + chunk])

    rate = _rate(len(records), work)
    writer.close()
    return rate


def _bare_append(bootstrap: str, records: Sequence[OutRecord], chunk: int) -> float:
    producer: Any = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", batch_size=131_072, linger_ms=5
    )
    for record in records[:chunk]:
        producer.send(record.topic, record.value, record.key, HEADERS, record.partition)
    producer.flush()

    def work() -> None:
        futures = [
            producer.send(record.topic, record.value, record.key, HEADERS, record.partition)
            for record in records
        ]
        for future in futures:
            future.get(timeout=60)

    rate = _rate(len(records), work)
    producer.close()
    return rate


def _from_start(_places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    return {}


def _read(log: Log, topic: str, count: int) -> float:
    reader = log.reader("benchmark", [topic], _from_start, shared=False)

    def work() -> None:
        got = 0
        while got < count:
            got += len(reader.poll(limit=POLLED_AT_ONCE, timeout_s=1.0))

    rate = _rate(count, work)
    reader.close()
    return rate


def _bare_read(bootstrap: str, topic: str, count: int) -> float:
    def work() -> None:
        consumer: Any = KafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
        got = 0
        while got < count:
            batches = consumer.poll(timeout_ms=1000, max_records=POLLED_AT_ONCE)
            got += sum(map(len, batches.values()))
        consumer.close()

    return _rate(count, work)


def _report(what: str, ours: Sequence[float], bare: Sequence[float]) -> None:
    mine, floor = statistics.median(ours), statistics.median(bare)
    print(f"{what:<22}{mine:>10,.0f}/s   bare {floor:>10,.0f}/s   ratio {mine / floor:.2f}")


def main(arguments: list[str] | None = None) -> int:
    """Prints the ratios."""
    parser = argparse.ArgumentParser(prog="python -m ops.benchmarks.relay_log")
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--chunk", type=int, default=5_000, help="records of one append")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        try:
            bootstrap = services.start_kafka(root).bootstrap
            log = KafkaLog(bootstrap)
            ours, bare, read, bare_read = [], [], [], []
            for turn in range(given.rounds):
                topics = [f"ours{turn}", f"bare{turn}"]
                log.ensure_topics([TopicSpec(topic, PARTITIONS) for topic in topics])
                bare.append(
                    _bare_append(bootstrap, _records(topics[1], given.records), given.chunk)
                )
                ours.append(_append(log, _records(topics[0], given.records), given.chunk))
                bare_read.append(_bare_read(bootstrap, topics[1], given.records))
                read.append(_read(log, topics[0], given.records))
            _report("Kafka append", ours, bare)
            _report("Kafka read", read, bare_read)
            log.close()
        finally:
            services.stop_kafka(root, wipe=True)
        embedded = EmbeddedLog(root / "log.sqlite")
        embedded.ensure_topics([TopicSpec("ours", PARTITIONS)])
        appended = _append(embedded, _records("ours", given.records), given.chunk)
        print(f"{'embedded append':<22}{appended:>10,.0f}/s")
        print(f"{'embedded read':<22}{_read(embedded, 'ours', given.records):>10,.0f}/s")
        embedded.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
