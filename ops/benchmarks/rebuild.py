"""How fast a projection is rebuilt from the received log, beside reading that log alone.

`python -m ops.benchmarks rebuild`. A received log of prepared events stands in PostgreSQL; each
projection is built beside the live tables by one process, from the first chunk to the last fact,
indexes included. The floor reads the same records in the same pages and does nothing with
them. Target: 15,000 facts/s on two cores, which the server shares.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from sqlalchemy import text

from gateways.department.database import POSITIONS, Database
from gateways.rebuilding import standing
from gateways.rebuilding.filling import Filling
from gateways.rebuilding.tables import NEW
from gateways.store import migrate
from ops.benchmarks.figures import Figure
from ops.benchmarks.prepared import drop
from ops.benchmarks.replay import as_taken
from ops.wiring import tables_of
from projections import received
from projections.catalogue import PROJECTIONS
from projections.rows import Rows

NODE = "lgo"
EVENTS = 200_000
FACTS_MIN = 15_000
READERS = (
    "human_resources",
    "market_supervision",
    "development_reform",
    "leadership",
    "clocks",
    "audit",
)


def measure(postgres: str, events: int = EVENTS, readers: Sequence[str] = READERS) -> list[Figure]:
    """Facts a second of each projection, and its ratio to reading the log alone."""
    schema = f"bench_{uuid.uuid4().hex[:8]}_{NODE}"
    extra = [*tables_of(NODE), *(PROJECTIONS[name].metadata for name in readers)]
    migrate.upgrade(postgres, schema, extra=list({id(one): one for one in extra}.values()))
    database = Database("postgresql+psycopg:" + postgres.split(":", 1)[1], schema=schema)
    try:
        fill(database, events)
        return [figure for name in readers for figure in _measured(database, name)]
    finally:
        database.close()
        drop(postgres, [schema])


def fill(database: Database, events: int) -> None:
    """Prepared events in the received log alone, as an intake leaves them there."""
    reached: dict[tuple[str, int], int] = {}
    for taken in as_taken(events):
        with database.writing() as connection:
            rows = Rows(connection)
            received.append(
                rows,
                [
                    received.entry(
                        one.fact,
                        topic=one.record.topic,
                        partition=one.record.partition,
                        partition_sequence=one.partition_sequence or 0,
                        offset=one.record.offset,
                        received=one.fact.stamp,
                        confidentiality=one.fact.fact.CONFIDENTIALITY.value,
                        body=one.record.value,
                    )
                    for one in taken
                ],
            )
            rows.flush()
        for one in taken:
            place = (one.record.topic, one.record.partition)
            reached[place] = max(reached.get(place, 0), one.partition_sequence or 0)
    with database.writing() as connection:
        connection.execute(
            POSITIONS.insert(),
            [
                {"topic": topic, "partition": partition, "next_offset": n, "partition_sequence": n}
                for (topic, partition), n in reached.items()
            ],
        )
        connection.execute(text("ANALYZE"))


def _measured(database: Database, name: str) -> list[Figure]:
    projection = PROJECTIONS[name]
    with database.writing() as connection:
        standing.begin(connection, projection, standing.this_builder("benchmark"))
    filling = Filling(database, projection, NEW)
    began = time.perf_counter()
    read = filling.read_alone()
    floor = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    filling.fill()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    with database.reading() as connection:
        known = standing.standing(connection, name, NEW)
        assert known is not None
        assert known.done == read
    standing.drop(database, name, NEW)
    rate = read / seconds
    return [
        Figure(
            "rebuild",
            f"{name}: {read:,} facts",
            rate,
            "facts/s",
            FACTS_MIN,
            note=f"{rate * floor / read:.2f} of reading the log alone, {read / floor:,.0f}/s;"
            f" {cpu / read * 1e6:.0f} us of CPU a fact beside the server's",
        )
    ]
