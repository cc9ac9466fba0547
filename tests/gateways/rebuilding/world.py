"""A department's database as its intake leaves it, with facts that bear on every projection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from domain.departments import NODES
from gateways.department.database import METADATA as DEPARTMENT_TABLES
from gateways.department.database import PARKED, POSITIONS, Database
from gateways.department.reacting import intents
from gateways.rebuilding.filling import Pace
from gateways.rebuilding.rebuild import Rebuild
from gateways.rebuilding.tables import METADATA as REBUILD_TABLES
from gateways.rebuilding.tables import projection_tables
from gateways.rebuilding.versions import note_new
from projections import received
from projections.catalogue import PROJECTIONS
from projections.rows import Rows
from tests.projections import reading
from tests.projections.casework import casework
from tests.projections.ending import ending
from tests.projections.facts import Log, Taken, more, story
from tests.projections.inspections import campaign

BATCH = 40
SMALL = Pace(facts=25, pause=0.0)

Contents = dict[str, list[tuple[Any, ...]]]


def told() -> Log:
    """The facts of every story of the projections' tests."""
    return campaign(ending(casework(more(story()))))


def keeper(name: str) -> str:
    """A department that keeps a projection."""
    return next(node.id for node in NODES.values() if name in node.projections)


class World:
    """One database with all projections, and the facts it takes in as an intake does."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def create(self) -> None:
        """All tables, empty."""
        with self.database.writing() as connection:
            for metadata in (
                DEPARTMENT_TABLES,
                REBUILD_TABLES,
                received.METADATA,
                *(projection.metadata for projection in PROJECTIONS.values()),
            ):
                metadata.create_all(connection)
            note_new(connection, PROJECTIONS)

    def rebuild(self, name: str, by: str = "zhang", pace: Pace | None = SMALL) -> Rebuild:
        """The rebuilds of a department that keeps a projection."""
        return Rebuild(keeper(name), self.database, by, pace=pace)

    def take(self, facts: Sequence[Taken], live: Iterable[str] = PROJECTIONS) -> None:
        """One transaction of an intake: received log, these live rows, intents, positions."""
        with self.database.writing() as connection:
            rows = Rows(connection)
            received.append(rows, [reading.entry(one) for one in facts])
            for name in live:
                reads = PROJECTIONS[name].reads
                PROJECTIONS[name].apply([one.fact for one in facts if one.fact.type in reads], rows)
            intents.form(rows, "hr", [one.fact for one in facts], now=0)
            rows.flush()
            self.move(connection, facts)

    def take_all(self, facts: Sequence[Taken], live: Iterable[str] = PROJECTIONS) -> None:
        """Facts in transactions of an intake."""
        kept = tuple(live)
        for start in range(0, len(facts), BATCH):
            self.take(facts[start : start + BATCH], kept)

    def move(self, connection: Connection, facts: Iterable[Taken]) -> None:
        """Moves the positions past these facts."""
        for one in facts:
            reached = one.partition_sequence
            here = (POSITIONS.c.topic == one.topic) & (POSITIONS.c.partition == 0)
            known = connection.execute(select(POSITIONS).where(here)).one_or_none()
            to = {"next_offset": reached, "partition_sequence": reached}
            if known is None:
                connection.execute(insert(POSITIONS).values(topic=one.topic, partition=0, **to))
            elif known.partition_sequence < reached:
                connection.execute(update(POSITIONS).where(here).values(**to))

    def park(self, one: Taken) -> None:
        """Sets a record aside: the positions pass it, and it is not received."""
        with self.database.writing() as connection:
            connection.execute(
                insert(PARKED).values(
                    topic=one.topic,
                    partition=0,
                    offset=one.partition_sequence - 1,
                    partition_sequence=one.partition_sequence,
                    key=one.fact.subject.encode(),
                    cause="POISONED",
                    detail="",
                    body=one.body,
                    parked_at=0,
                    state="BLOCKING",
                )
            )
            self.move(connection, [one])

    def release(self, one: Taken, live: Iterable[str] = PROJECTIONS) -> None:
        """Takes in a record that was parked, as the quarantine does."""
        with self.database.writing() as connection:
            connection.execute(
                update(PARKED)
                .where(PARKED.c.partition_sequence == one.partition_sequence)
                .where(PARKED.c.topic == one.topic)
                .values(state="RELEASED")
            )
        self.take([one], live)

    def contents(self, name: str, rename: Callable[[str], str] = lambda one: one) -> Contents:
        """Every row of a projection's tables that follow from facts, sorted."""
        with self.database.reading() as connection:
            found: Contents = {}
            for table in projection_tables(PROJECTIONS[name]):
                columns = ", ".join(f'"{column.name}"' for column in table.columns)
                query = text(f'SELECT {columns} FROM "{rename(table.name)}"')
                found[table.name] = sorted(
                    (tuple(row) for row in connection.execute(query)), key=repr
                )
            return found

    def spoil(self, table: str, column: str, value: str) -> None:
        """Writes a wrong value into every live row of a table."""
        with self.database.writing() as connection:
            connection.execute(text(f'UPDATE "{table}" SET "{column}" = :value'), {"value": value})

    def empty(self, table: Any) -> None:
        """Removes every row of a table."""
        with self.database.writing() as connection:
            connection.execute(delete(table))
