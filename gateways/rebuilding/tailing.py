"""What comes to the received log after the places where a copy stands, and what had been parked.

A partition's records are received in the order of their partition sequence, without a gap: but
for those that were parked, and may be released at any time. These are noted as holes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select, update

from domain import law
from domain.facts import Recorded
from domain.versions import with_older
from gateways.contracts.envelope import fact_of
from gateways.department.database import PARKED, POSITIONS
from gateways.rebuilding.tables import REBUILD_HOLES, REBUILD_PLACES
from projections.reader import Projection
from projections.received import RECEIVED

Place = tuple[str, int]


@dataclass
class Tail:
    """A piece of what came in: facts, partitions moved from and to, holes found and filled."""

    facts: list[Recorded[Any]]
    places: dict[Place, tuple[int, int]]
    known: frozenset[Place]
    holes: list[tuple[str, int, int]]
    filled: list[tuple[str, int, int]]
    more: bool

    def __bool__(self) -> bool:
        return bool(self.places or self.filled)


def read_tail(connection: Connection, projection: Projection, copy: str, limit: int) -> Tail:
    """What came in after the copy's places, and what filled one of its holes."""
    name = projection.name
    mine = {
        (row.topic, row.partition): row.partition_sequence
        for row in connection.execute(
            select(REBUILD_PLACES).where(
                REBUILD_PLACES.c.projection == name, REBUILD_PLACES.c.copy == copy
            )
        )
    }
    ends = {
        (row.topic, row.partition): row.partition_sequence
        for row in connection.execute(select(POSITIONS))
    }
    tail = Tail(facts=[], places={}, known=frozenset(mine), holes=[], filled=[], more=False)
    _fill_holes(connection, projection, copy, limit, tail)
    for place, end in sorted(ends.items()):
        start = mine.get(place, 0)
        if end <= start:
            continue
        left = limit - len(tail.facts)
        if left <= 0:
            tail.more = True
            break
        reached = _read_on(connection, projection, place, (start, end), left, tail)
        tail.places[place] = (start, reached)
        tail.more = tail.more or reached < end
    if tail.places:
        tail.holes = list(_holes(connection, tail.places))
    return tail


def _read_on(
    connection: Connection,
    projection: Projection,
    place: Place,
    span: tuple[int, int],
    limit: int,
    tail: Tail,
) -> int:
    """Adds facts of a partition after the first to the last of a span; where it got to."""
    start, end = span
    sequence = RECEIVED.c.partition_sequence
    found = connection.execute(
        wanted(
            select(sequence, RECEIVED.c.body).where(
                RECEIVED.c.topic == place[0],
                RECEIVED.c.partition == place[1],
                sequence > start,
                sequence <= end,
            ),
            projection,
        )
        .order_by(sequence)
        .limit(limit)
    ).all()
    tail.facts += facts_of((row[1] for row in found), projection)
    return int(found[-1][0]) if len(found) == limit else end


def _fill_holes(
    connection: Connection, projection: Projection, copy: str, limit: int, tail: Tail
) -> None:
    """Adds the facts that came in at places that were holes."""
    holes = REBUILD_HOLES
    same = (
        (RECEIVED.c.topic == holes.c.topic)
        & (RECEIVED.c.partition == holes.c.partition)
        & (RECEIVED.c.partition_sequence == holes.c.partition_sequence)
    )
    query = (
        select(
            RECEIVED.c.topic,
            RECEIVED.c.partition,
            RECEIVED.c.partition_sequence,
            RECEIVED.c.body,
        )
        .select_from(holes.join(RECEIVED, same))
        .where(holes.c.projection == projection.name, holes.c.copy == copy)
        .limit(limit)
    )
    for row in connection.execute(query):
        tail.filled.append((row[0], row[1], row[2]))
        tail.facts += facts_of([row[3]], projection)
    tail.more = len(tail.filled) == limit


def move(connection: Connection, name: str, copy: str, tail: Tail) -> None:
    """Notes the places that a copy has reached, and its holes."""
    key = {"projection": name, "copy": copy}
    for (topic, partition), (_, reached) in tail.places.items():
        place = {"topic": topic, "partition": partition}
        if (topic, partition) in tail.known:
            connection.execute(
                update(REBUILD_PLACES).filter_by(**key, **place).values(partition_sequence=reached)
            )
        else:
            connection.execute(
                insert(REBUILD_PLACES).values(**key, **place, partition_sequence=reached)
            )
    for topic, partition, sequence in tail.filled:
        connection.execute(
            delete(REBUILD_HOLES).filter_by(
                **key, topic=topic, partition=partition, partition_sequence=sequence
            )
        )
    if tail.holes:
        connection.execute(
            insert(REBUILD_HOLES),
            [
                {**key, "topic": topic, "partition": partition, "partition_sequence": sequence}
                for topic, partition, sequence in tail.holes
            ],
        )


def holes_at_the_start(connection: Connection, name: str, copy: str) -> None:
    """Notes the records that are parked below the places where a copy begins."""
    places = {
        (row.topic, row.partition): (0, row.partition_sequence)
        for row in connection.execute(
            select(REBUILD_PLACES).where(
                REBUILD_PLACES.c.projection == name, REBUILD_PLACES.c.copy == copy
            )
        )
    }
    found = [
        {
            "projection": name,
            "copy": copy,
            "topic": topic,
            "partition": partition,
            "partition_sequence": sequence,
        }
        for topic, partition, sequence in _holes(connection, places)
    ]
    if found:
        connection.execute(insert(REBUILD_HOLES), found)


def _holes(
    connection: Connection, places: dict[Place, tuple[int, int]]
) -> Iterator[tuple[str, int, int]]:
    """The parked records between these places that were never received."""
    query = (
        select(PARKED.c.topic, PARKED.c.partition, PARKED.c.partition_sequence)
        .where(
            PARKED.c.partition_sequence.is_not(None),
            ~exists().where(
                RECEIVED.c.topic == PARKED.c.topic,
                RECEIVED.c.partition == PARKED.c.partition,
                RECEIVED.c.partition_sequence == PARKED.c.partition_sequence,
            ),
        )
        .distinct()
    )
    for topic, partition, sequence in connection.execute(query):
        start, end = places.get((topic, partition), (0, 0))
        if start < sequence <= end:
            yield topic, partition, sequence


def wanted(query: Any, projection: Projection) -> Any:
    """A query of the received log, for the types that a projection reads."""
    if projection.reads.issuperset(law.FACTS):
        return query
    return query.where(RECEIVED.c.type.in_(sorted(with_older(projection.reads))))


def facts_of(bodies: Iterable[bytes], projection: Projection) -> list[Recorded[Any]]:
    """The facts that these records tell, of those that a projection reads."""
    facts = (fact_of(bytes(body)) for body in bodies)
    return [fact for fact in facts if fact.type in projection.reads and not fact.twin]
