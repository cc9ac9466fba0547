"""Append: our store against stock `Application.save` and a raw insert of the same rows.

`python -m ops.benchmarks.append`. From prepared events to durable commit, on both databases;
ours and the floor run in turn, so that a noisy machine slows both. Targets: PostgreSQL 6 times
stock at 16 clients, 8 times at 32, batches of 100 at 0.5 of the raw insert from unnest; SQLite
0.7 of raw executemany into the same tables. Exit code 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent
from psycopg.conninfo import conninfo_to_dict

from gateways.store import migrate
from gateways.store.planning import Plan, Standing, plan
from gateways.store.port import Accepted, Append, Draft, EventStore
from gateways.store.postgres import PostgresStore, record
from gateways.store.sessions import connect
from gateways.store.sqlite import SQLiteStore, connect_file, record_rows, transaction
from ops import services

CLIENTS = (1, 16, 32)
BODY_BYTES = 900
"""About what the envelope below comes to."""

TOPIC = "labour.hr.licensing"
SOURCE = "/labour/hr/simulated/benchmark"
ENVELOPE = {
    "specversion": "1.0",
    "type": "licence.granted.v1",
    "subject": "91210103MAYTX0128N",
    "time": "2024-11-25T10:00:00.000000+08:00",
    "datacontenttype": "application/json",
    "dataschema": "urn:liandong:schema:licence.granted.v1",
    "effective": "2024-11-25",
    "matter": "0b0dd7f6-8d0f-5a5c-9d0e-3b1f1a2c3d4e",
    "commandname": "GrantLicence",
    "post": "HRSS_APPR@210103",
    "organ": "HRSS_APPR",
    "region": "210103",
    "confidentiality": "PUBLIC",
    "data": {"number": "210103000001", "valid_to": "2029-11-24", "scope": "职业中介"},
}

_numbers = itertools.count()


@dataclass(frozen=True)
class Prepared:
    """An event as the stock application stores it: any object with these two attributes."""

    originator_id: Any
    originator_version: int
    body: bytes


class PreparedMapper(Mapper[Any]):
    """Hands prepared bytes over, so that stock pays for recording alone."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The stored event of a prepared one."""
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            "licence.granted.v1",
            domain_event.body,
        )


class Stock(Application[Any]):
    """The library as it comes."""


def a_command(events: int = 1) -> Append:
    """A command on a stream of its own, as a gateway would hand it over."""
    number = next(_numbers)
    stream = f"licence/{number:018d}:LIC_HRS"
    command_id = str(uuid.UUID(int=number))
    return Append(
        command_id,
        f"hr|local|{number:032d}",
        f"{number:064x}",
        "GrantLicence",
        {stream: 0},
        [
            Draft(
                stream,
                "licence.granted.v1",
                TOPIC,
                number % 6,
                "91210103MAYTX0128N",
                {
                    **ENVELOPE,
                    "id": str(uuid.UUID(int=(number << 32) + index)),
                    "command": command_id,
                    "stream": stream,
                },
            )
            for index in range(events)
        ],
        time.time_ns() // 1000,
    )


def per_second(work: Sequence[Sequence[Callable[[], int]]]) -> float:
    """Events a second when each client does its share of prepared work, one call after another."""
    counts = [0] * len(work)
    ready = threading.Barrier(len(work) + 1)

    def client(number: int) -> None:
        ready.wait()
        for call in work[number]:
            counts[number] += call()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def ours(store: EventStore, commands: int, events: int) -> Callable[[], int]:
    """Prepared commands handed over together; every one must be accepted."""
    appends = [a_command(events) for _ in range(commands)]

    def give() -> int:
        outcomes = store.append_many(appends) if commands > 1 else [store.append(appends[0])]
        if not all(isinstance(outcome, Accepted) for outcome in outcomes):
            raise RuntimeError(outcomes)
        return commands * events

    return give


def stock(application: Stock, events: int) -> Callable[[], int]:
    """Prepared events of one aggregate through the library's `save`."""
    originator = uuid4()
    prepared = [Prepared(originator, n + 1, b"x" * BODY_BYTES) for n in range(events)]

    def give() -> int:
        application.save(*prepared)
        return events

    return give


class Raw:
    """Inserts prepared rows in one transaction, without lock, look-up or plan."""

    def __init__(self, insert: Callable[[Plan], None]) -> None:
        self._insert = insert
        self._standing = Standing(0, 0, 0, {}, {}, {})

    def work(self, commands: int, events: int) -> Callable[[], int]:
        """One transaction of the same rows that our store writes for the same commands."""
        made = plan(self._standing, SOURCE, [a_command(events) for _ in range(commands)])
        ends = {**self._standing.ends, **made.ends}
        self._standing = Standing(made.sequence, 0, made.stamp, {}, {}, ends)

        def give() -> int:
            self._insert(made)
            return commands * events

        return give


def raw_postgres(connection: psycopg.Connection[tuple[Any, ...]]) -> Raw:
    """One statement from unnest, then the commit."""

    def insert(made: Plan) -> None:
        connection.execute("BEGIN")
        record(connection, made)

    return Raw(insert)


def raw_sqlite(connection: sqlite3.Connection) -> Raw:
    """executemany into the same tables and indexes."""

    def insert(made: Plan) -> None:
        with transaction(connection):
            record_rows(connection, made)

    return Raw(insert)


@dataclass(frozen=True)
class Contestants:
    """One database: our store, a stock application, and a raw connection."""

    name: str
    store: EventStore
    application: Stock
    raw: Raw


@contextmanager
def databases(url: str) -> Iterator[list[Contestants]]:
    """Both databases, each contestant in a file or schema of its own, removed afterwards."""
    schemas = {name: f"bench_{uuid4().hex[:8]}_{name}" for name in ("ours", "stock", "raw")}
    address = migrate.postgres_address(url)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        files = {name: Path(folder) / f"{name}.db" for name in ("ours", "stock", "raw")}
        admin = stack.enter_context(psycopg.connect(address, autocommit=True))
        admin.execute(f"CREATE SCHEMA {schemas['stock']}".encode())
        for schema in schemas.values():
            stack.callback(admin.execute, f"DROP SCHEMA {schema} CASCADE".encode())
        for name in ("ours", "raw"):
            migrate.upgrade(address, schemas[name])
            migrate.upgrade(files[name])
        words = conninfo_to_dict(address)
        connection = connect(address, schemas["raw"])
        stack.callback(connection.close)
        made = [
            Contestants(
                "PostgreSQL",
                PostgresStore.open(address, schemas["ours"], "hr", "simulated"),
                Stock(
                    env={
                        "PERSISTENCE_MODULE": "eventsourcing.postgres",
                        "POSTGRES_DBNAME": str(words["dbname"]),
                        "POSTGRES_HOST": str(words["host"]),
                        "POSTGRES_PORT": str(words.get("port", 5432)),
                        "POSTGRES_USER": str(words["user"]),
                        "POSTGRES_PASSWORD": str(words.get("password", "")),
                        "POSTGRES_SCHEMA": schemas["stock"],
                        "POSTGRES_POOL_SIZE": str(max(CLIENTS)),
                    }
                ),
                raw_postgres(connection),
            ),
            Contestants(
                "SQLite",
                SQLiteStore.open(files["ours"], "hr", "simulated"),
                Stock(
                    env={
                        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                        "SQLITE_DBNAME": str(files["stock"]),
                        "SQLITE_LOCK_TIMEOUT": "30",
                    }
                ),
                raw_sqlite(connect_file(files["raw"])),
            ),
        ]
        for one in made:
            one.application.mapper = one.application.events.mapper = PreparedMapper(
                JSONTranscoder()
            )
            stack.callback(one.application.close)
            stack.callback(one.store.close)
        yield made


@dataclass(frozen=True)
class Comparison:
    """What is compared: `calls` calls by each client, each of `commands` of `events` events."""

    what: str
    floor: str
    clients: int
    calls: int
    commands: int = 1
    events: int = 1
    targets: Mapping[str, float] = field(default_factory=dict)


COMPARISONS = (
    Comparison("1 client", "stock", 1, 300),
    Comparison("16 clients", "stock", 16, 60, targets={"PostgreSQL": 6.0}),
    Comparison("32 clients", "stock", 32, 40, targets={"PostgreSQL": 8.0}),
    Comparison("commands of 100 events", "stock", 1, 40, events=100),
    Comparison("1 client", "raw", 1, 300, targets={"SQLite": 0.7}),
    Comparison(
        "commands of 100 events",
        "raw",
        1,
        40,
        events=100,
        targets={"PostgreSQL": 0.5, "SQLite": 0.7},
    ),
    Comparison("100 commands together", "raw", 1, 40, commands=100),
)


@dataclass(frozen=True)
class Result:
    """The median round of a comparison, in events a second."""

    what: str
    ours: float
    floor: float
    ratio: float
    target: float | None

    @property
    def met(self) -> bool:
        """Whether the target is met; without a target there is nothing to miss."""
        return self.target is None or self.ratio >= self.target

    def __str__(self) -> str:
        aim = "" if self.target is None else f"  target {self.target:g}"
        mark = "" if self.met else "  MISSED"
        return f"{self.what:<52}{self.ours:>9,.0f}{self.floor:>9,.0f}{self.ratio:>7.2f}{aim}{mark}"


def compare(one: Contestants, comparison: Comparison, rounds: int) -> Result:
    """Runs ours and the floor in turn and takes the round with the median ratio."""
    c = comparison
    made: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        mine = per_second(
            [
                [ours(one.store, c.commands, c.events) for _ in range(c.calls)]
                for _ in range(c.clients)
            ]
        )
        theirs = per_second(
            [
                [
                    stock(one.application, c.events)
                    if c.floor == "stock"
                    else one.raw.work(c.commands, c.events)
                    for _ in range(c.calls)
                ]
                for _ in range(c.clients)
            ]
        )
        made.append((mine / theirs, mine, theirs))
    ratio, mine, theirs = sorted(made)[rounds // 2]
    what = f"{one.name}, {c.what}, against {c.floor}"
    return Result(what, mine, theirs, ratio, c.targets.get(one.name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each comparison; 0 where every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="append", description=__doc__)
    parser.add_argument("--postgres", help="address of a server (default: the local service)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison")
    parser.add_argument("--json", action="store_true", help="print results as JSON")
    chosen = parser.parse_args(arguments)
    url = chosen.postgres or services.start_postgres(services.ROOT).url
    results = []
    if not chosen.json:
        print(f"{'events a second':<52}{'ours':>9}{'floor':>9}{'ratio':>7}")
    with databases(url) as made:
        for one in made:
            for comparison in COMPARISONS:
                results.append(compare(one, comparison, chosen.rounds))
                if not chosen.json:
                    print(results[-1], flush=True)
    if chosen.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
