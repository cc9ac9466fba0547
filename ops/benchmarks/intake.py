"""The intake against the bare Kafka consumer on the same records: `python -m ops.benchmarks intake`.

The same topics are read three times: by kafka-python alone, by the reader and the judge
(decode, validate, find duplicates), and by the whole intake of 人社 on PostgreSQL (received
log, live projections, intents, positions in one transaction). Targets: 0.4 of the bare
consumer, 0.25 of it, and 15,000 events a second.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import create_engine, update

from domain.departments import entitled_topics
from gateways.department.database import METADATA, POSITIONS, Database
from gateways.department.publishing.refill import record_of
from gateways.department.taking_in.desk import Desk
from gateways.department.taking_in.intake import Intake
from gateways.department.taking_in.judging import Judge
from gateways.department.taking_in.verdicts import Taken
from gateways.department.time import SystemClock
from gateways.log.kafka import KafkaLog
from ops.benchmarks.figures import Figure
from ops.benchmarks.prepared import MODE, Ground, published, put_on_log
from ops.tuning import collect_seldom

READER = "hr"
POLLED_AT_ONCE = 2_000


def measure(ground: Ground, *, rounds: int = 3) -> list[Figure]:
    """The median round of each way of reading, with the garbage collector as a node serves."""
    collect_seldom()
    topics = [topic.name for topic in entitled_topics(READER)]
    events = [
        event
        for store in ground.stores.values()
        for event in published(store)
        if event.topic in topics
    ]
    # As relays side by side would have sent them: all departments advance together.
    events.sort(key=lambda event: event.stamp)
    put_on_log(ground.bootstrap, [record_of(event) for event in events])
    count = len(events)
    made = []
    for _ in range(rounds):
        bare = count / _bare(ground.bootstrap, topics, count)
        judged = count / _judged(ground.bootstrap, topics, count)
        whole = count / _whole(ground, count)
        made.append((bare, judged, whole))
    bare, judged, whole = (sorted(column)[rounds // 2] for column in zip(*made, strict=True))
    judged_ratio = sorted(row[1] / row[0] for row in made)[rounds // 2]
    whole_ratio = sorted(row[2] / row[0] for row in made)[rounds // 2]
    size = f"{count:,} events of {sum(len(event.body) for event in events) // count} bytes"
    return [
        Figure("intake", "bare consumer", bare, "events/s", note=size),
        Figure("intake", "fetch, validate, deduplicate", judged, "events/s"),
        Figure("intake", "validated, against the bare consumer", judged_ratio, "ratio", 0.4),
        Figure("intake", "whole intake on PostgreSQL", whole, "events/s", 15_000),
        Figure("intake", "whole intake, against the bare consumer", whole_ratio, "ratio", 0.25),
    ]


def _bare(bootstrap: str, topics: list[str], count: int) -> float:
    consumer: Any = KafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    consumer.assign(
        [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic))
        ]
    )
    began, got = time.perf_counter(), 0
    while got < count:
        batches = consumer.poll(timeout_ms=1000, max_records=POLLED_AT_ONCE)
        got += sum(map(len, batches.values()))
    seconds = time.perf_counter() - began
    consumer.close()
    return seconds


def _judged(bootstrap: str, topics: list[str], count: int) -> float:
    """Reading, decoding, validating and finding duplicates; nothing is written."""
    log = KafkaLog(bootstrap)
    reader = log.reader("benchmark", topics, _from_start, shared=False)
    first = reader.poll(limit=1, timeout_s=0.0)
    judge, last = Judge(READER, MODE), dict[tuple[str, int], int]()
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        began, got = time.perf_counter(), 0
        while got < count:
            desk = Desk(connection, SystemClock().now())
            records, first = first + reader.poll(limit=POLLED_AT_ONCE, timeout_s=1.0), []
            for record in records:
                place = (record.topic, record.partition)
                verdict = judge.judge(record, last.get(place, 0), desk)
                if not isinstance(verdict, Taken):
                    raise AssertionError(f"a prepared event was not taken: {verdict}")
                last[place] = verdict.partition_sequence
                got += 1
        seconds = time.perf_counter() - began
    log.close()
    return seconds


def _from_start(_places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    return {}


def _whole(ground: Ground, count: int) -> float:
    """The intake of a department whose database is empty."""
    database = ground.database(READER)
    _forget(database)
    log = KafkaLog(ground.bootstrap)
    intake = Intake(READER, log, database, SystemClock(), MODE, shared=False)
    began, got = time.perf_counter(), 0
    while got < count:
        got += intake.step(timeout_s=1.0)
    seconds = time.perf_counter() - began
    intake.stop()
    log.close()
    database.close()
    return seconds


def _forget(database: Database) -> None:
    """Empties what an intake writes: the benchmark's own schema, never a department's."""
    from ops.wiring import tables_of

    with database.writing() as connection:
        for metadata in tables_of(READER):
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        connection.execute(update(POSITIONS).values(next_offset=0))
