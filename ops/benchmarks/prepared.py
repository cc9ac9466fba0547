"""Prepared events: whole valid envelopes of many firms, recorded in real stores.

Ten facts for each firm, from its registration to the receipt of its credit record; three
departments write them, in the order in which they would come to pass.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from domain.commands import Decided
from domain.departments import PARTITIONS, TOPICS, topic_name
from domain.powers import POWERS_VERSION
from domain.terms import organisation_code_check_character, uscc_check_character
from gateways.contracts.envelope import draft_envelope
from gateways.department.database import Database
from gateways.log.kafka import KafkaLog
from gateways.log.partitioning import partition_of
from gateways.log.port import OutRecord, TopicSpec
from gateways.store import migrate
from gateways.store.port import Append, Draft, EventStore, StoredEvent
from gateways.store.postgres import PostgresStore
from ops.benchmarks.projection import firm_facts
from ops.wiring import tables_of

WRITERS = ("samr", "hr", "drc")
MODE = "simulated"
START = 1_750_000_000_000_000
STEP_US = 1_000
CHUNK = 500
_NAMES = uuid.UUID("5d0e5d86-9c4b-5b0e-8d1c-62656e63686d")


def uscc(number: int) -> str:
    """The code of firm `number` (below a million), fictional, with both check characters right."""
    organisation = f"MA{number:06d}"
    first_17 = f"91210103{organisation}{organisation_code_check_character(organisation)}"
    return first_17 + uscc_check_character(first_17)


def appends(count: int, *, first_firm: int = 0) -> Iterator[tuple[str, Append]]:
    """`count` single-fact commands of `count / 10` firms, each with the department that gives it."""
    for number in range(first_firm, first_firm + count // 10):
        code, versions = uscc(number), defaultdict[str, int](int)
        for place, (department, stream, fact) in enumerate(firm_facts(number)):
            stream = stream.replace(fact.uscc, code)  # type: ignore[attr-defined]
            now = START + (number * 10 + place) * STEP_US
            command = str(uuid.uuid5(_NAMES, f"{number}/{place}"))
            organ = fact.ORGANS[0]
            decided = Decided(
                stream=stream,
                fact=replace(fact, uscc=code),  # type: ignore[call-arg]
                subject=code,
                matter=f"M-{number}",
            )
            yield (
                department,
                Append(
                    command_id=command,
                    scope=f"benchmark/{command}",
                    body_digest="",
                    command_name="Benchmark",
                    expected={stream: versions[stream]},
                    drafts=[
                        Draft(
                            stream,
                            fact.TYPE,
                            topic_name(department, fact.FAMILY),
                            partition_of(code.encode(), PARTITIONS),
                            code,
                            draft_envelope(
                                decided,
                                event_id=str(uuid.uuid5(_NAMES, command)),
                                command_id=command,
                                command_name="Benchmark",
                                post=f"{organ}@210103",
                                organ=organ,
                                appointment="benchmark",
                                powers=POWERS_VERSION,
                                region="210103",
                                cause=None,
                                now=now,
                            ),
                        )
                    ],
                    now=now,
                ),
            )
            versions[stream] += 1


def fill(stores: dict[str, EventStore], count: int) -> None:
    """Records `count` prepared events in the stores of their departments."""
    waiting: dict[str, list[Append]] = defaultdict(list)
    for department, append in appends(count):
        held = waiting[department]
        held.append(append)
        if len(held) == CHUNK:
            stores[department].append_many(held)
            held.clear()
    for department, held in waiting.items():
        if held:
            stores[department].append_many(held)


def published(store: EventStore) -> list[StoredEvent]:
    """Every published event of a store, in sequence."""
    events: list[StoredEvent] = []
    while found := store.after(events[-1].sequence if events else 0, limit=5_000):
        events += found
    return events


@dataclass(frozen=True)
class Ground:
    """Where a benchmark stands: a server's schemas, dropped afterwards, and a broker's topics."""

    postgres: str
    bootstrap: str
    stores: dict[str, EventStore]
    schemas: dict[str, str]

    def database(self, department: str) -> Database:
        """A department's database; the caller closes it."""
        address = "postgresql+psycopg:" + self.postgres.split(":", 1)[1]
        return Database(address, schema=self.schemas[department])


@contextmanager
def ground(postgres: str, bootstrap: str, count: int) -> Iterator[Ground]:
    """Three departments' stores that hold `count` prepared events, and the platform's topics."""
    run = uuid.uuid4().hex[:8]
    schemas = {name: f"bench_{run}_{name}" for name in WRITERS}
    with ExitStack() as stack:
        stack.callback(drop, postgres, list(schemas.values()))
        stores: dict[str, EventStore] = {}
        for name, schema in schemas.items():
            migrate.upgrade(postgres, schema, extra=tables_of(name))
            stores[name] = PostgresStore.open(
                postgres, schema, name, MODE, incarnation=f"benchmark-{run}"
            )
            stack.callback(stores[name].close)
        fill(stores, count)
        yield Ground(postgres, bootstrap, stores, schemas)


def ensure_topics(log: Any) -> None:
    """Makes the platform's topics."""
    log.ensure_topics(TopicSpec(topic.name, topic.partitions) for topic in TOPICS.values())


def put_on_log(bootstrap: str, records: Sequence[OutRecord]) -> None:
    """Appends records to the broker, all acknowledged."""
    log = KafkaLog(bootstrap)
    try:
        ensure_topics(log)
        writer = log.writer("benchmark")
        for start in range(0, len(records), 5_000):
            writer.append(records[start : start + 5_000])
    finally:
        log.close()


def drop(postgres: str, schemas: Sequence[str]) -> None:
    """Removes schemas of the benchmarks' own server."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'.encode())
