"""One case, one inbox page, one figure, in a small log and in a large one.

`python -m ops.benchmarks replay`. The leading group's office reads everything: its database is
filled twice, with 10,000 events and with a hundred times as many, through the same path as
the intake's. A question should cost the same in both: a ratio of about 1.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import Connection, text

from domain.departments import NODES
from gateways.contracts.envelope import fact_of, source_of
from gateways.department.database import Database
from gateways.department.taking_in.applying import apply_facts
from gateways.department.taking_in.verdicts import Taken
from gateways.log.port import LogRecord
from gateways.store import migrate
from gateways.store.planning import Standing, plan
from gateways.store.port import Append
from ops.benchmarks.figures import Figure
from ops.benchmarks.prepared import MODE, START, STEP_US, appends, drop
from ops.wiring import tables_of
from projections import audit, clocks, leadership
from projections.catalogue import PROJECTIONS

READER = "lgo"
SMALLER = 10_000
LARGER = 1_000_000
CHUNK = 2_000
ASKED = 40
PAGE = 50
ORGAN = "HRSS_APPR"


def measure(postgres: str, *, smaller: int = SMALLER, larger: int = LARGER) -> list[Figure]:
    """The median milliseconds of each question, and the larger log's against the smaller's."""
    found: dict[int, dict[str, float]] = {}
    for count in (smaller, larger):
        schema = f"bench_{uuid.uuid4().hex[:8]}_{READER}"
        migrate.upgrade(postgres, schema, extra=tables_of(READER))
        database = Database("postgresql+psycopg:" + postgres.split(":", 1)[1], schema=schema)
        try:
            _fill(database, count)
            found[count] = _ask(database, count)
        finally:
            database.close()
            drop(postgres, [schema])
    figures = []
    for question, dear in found[larger].items():
        cheap = found[smaller][question]
        note = f"{cheap:.2f} ms in {smaller:,} events, {dear:.2f} ms in {larger:,}"
        figures.append(
            Figure("replay", f"{question}, larger log", dear / cheap, "ratio", 2.0, True, note=note)
        )
    return figures


def _fill(database: Database, count: int) -> None:
    """Takes prepared events in as the intake does, without a log in between."""
    readers = [PROJECTIONS[name] for name in NODES[READER].projections]
    for taken in as_taken(count):
        with database.writing() as connection:
            apply_facts(connection, READER, taken, readers, received=taken[-1].fact.stamp)
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def as_taken(count: int) -> Iterator[list[Taken]]:
    heads: dict[str, Standing] = {}
    made = appends(count)
    while chunk := list(islice(made, CHUNK)):
        taken: list[Taken] = []
        by_department: dict[str, list[Append]] = defaultdict(list)
        for department, append in chunk:
            by_department[department].append(append)
        for department, given in by_department.items():
            head = heads.get(department) or Standing(0, 0, 0, {}, {}, {})
            done = plan(head, source_of(department, MODE, "benchmark"), given)
            heads[department] = Standing(
                done.sequence, 0, done.stamp, {}, {}, {**head.ends, **done.ends}
            )
            for row in done.events:
                assert row.log_topic is not None
                place = row.partition_sequence
                key = row.record_key.encode()
                record = LogRecord(row.log_topic, row.log_partition, place - 1, key, row.state)
                taken.append(Taken(record, fact_of(row.state), place))
        yield sorted(taken, key=lambda one: one.fact.stamp)


def _ask(database: Database, count: int) -> dict[str, float]:
    """The median of many askings, each about another firm."""
    firms = count // 10
    matters = [f"M-{number}" for number in range(0, firms, max(1, firms // ASKED))][:ASKED]
    now = START + count * STEP_US

    def case(connection: Connection, matter: str) -> int:
        return len(audit.history(connection, matter).facts)

    def inbox(connection: Connection, _: str) -> int:
        return len(
            clocks.open_tasks(connection, organs=(ORGAN,), region="210103", now=now, limit=PAGE)
        )

    def figure(connection: Connection, _: str) -> int:
        return leadership.figure(connection, "subjects_registered").value

    questions: dict[str, Callable[[Connection, str], int]] = {
        "history of one case": case,
        "one inbox page": inbox,
        "one figure": figure,
    }
    medians = {}
    for name, question in questions.items():
        spent = []
        for matter in matters:
            with database.reading() as connection:
                began = time.perf_counter()
                answered = question(connection, matter)
                spent.append(time.perf_counter() - began)
            if not answered:
                raise AssertionError(f"{name} of {matter} is empty")
        medians[name] = statistics.median(spent) * 1000
    return medians
