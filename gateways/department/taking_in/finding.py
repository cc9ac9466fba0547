"""Finding a reader's place anew: where a topic was cut, or made again and filled from the store.

Offsets then mean something else, and partition sequences mean what they always meant. So a
reader goes back to the beginning of the partition and discards what it has: nothing is lost,
nothing is applied twice, whatever was cut and in whatever order it came back. A position off
the log shows it at once; a hole that lasts shows it where the log has grown past the position.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, and_, select, update

from gateways.department.database import PARKED, POSITIONS
from gateways.department.taking_in.verdicts import Parked
from gateways.log.port import TopicPartition

HOLE_S = 5.0
"""Seconds for which a hole may be on its way; a refilled topic has none for longer."""


class Place(Protocol):
    """Where a reader stands in a partition."""

    next_offset: int
    partition_sequence: int


class Holes:
    """The partitions in which something came before what it follows, and since when."""

    def __init__(self) -> None:
        self._open: dict[TopicPartition, tuple[int, float]] = {}
        self._gone_back: dict[TopicPartition, int] = {}

    def found_open(
        self, places: Iterable[TopicPartition], positions: Mapping[TopicPartition, Place]
    ) -> None:
        """Notes the holes that an earlier process of this reader left."""
        for place in places:
            if place in positions:
                last = positions[place].partition_sequence
                self._open.setdefault(place, (last, time.monotonic()))

    def look(
        self, early: Collection[TopicPartition], positions: Mapping[TopicPartition, Place]
    ) -> None:
        """Notes new holes of a transaction, and forgets those that it has filled."""
        for place, at in positions.items():
            known = self._open.get(place)
            if known is not None and at.partition_sequence > known[0]:
                del self._open[place]
            if place in early:
                self._open.setdefault(place, (at.partition_sequence, time.monotonic()))

    def lasting(self) -> list[TopicPartition]:
        """The partitions to read again: their hole lasts, and nobody has gone back for it."""
        if not self._open:
            return []
        now = time.monotonic()
        return [
            place
            for place, (last, since) in self._open.items()
            if now - since > HOLE_S and self._gone_back.get(place) != last
        ]

    def went_back(self, place: TopicPartition) -> None:
        """Notes that a partition is read again: once for each hole."""
        if place in self._open:
            self._gone_back[place] = self._open[place][0]

    def told(self, held: Collection[TopicPartition]) -> str:
        """The holes of held partitions that going back has not filled, as a sentence."""
        return "; ".join(
            f"{topic}[{number}]: partition sequence {last + 1} is not on the log;"
            f" give `liandong topics refill {topic}` where its owner's store is"
            for (topic, number), (last, _) in sorted(self._open.items())
            if self._gone_back.get((topic, number)) == last and (topic, number) in held
        )


def rewind(connection: Connection, partition: TopicPartition, known: Place, first: int) -> bool:
    """Moves a position back to `first` by compare-and-set; False where another reader moved it."""
    return bool(
        connection.execute(
            update(POSITIONS)
            .where(
                and_(
                    POSITIONS.c.topic == partition[0],
                    POSITIONS.c.partition == partition[1],
                    POSITIONS.c.next_offset == known.next_offset,
                    POSITIONS.c.partition_sequence == known.partition_sequence,
                )
            )
            .values(next_offset=first)
        ).rowcount
    )


def open_holes(connection: Connection) -> list[TopicPartition]:
    """The partitions of which records are held until what they follow has come."""
    held = select(PARKED.c.topic, PARKED.c.partition).where(PARKED.c.state == "EARLY")
    return [(row.topic, row.partition) for row in connection.execute(held.distinct())]


def not_yet_aside(connection: Connection, items: Sequence[Parked]) -> list[Parked]:
    """The items without foreign records that were set aside, or given up, when read before."""
    offsets: dict[TopicPartition, list[int]] = {}
    for item in items:
        if item.state == "FOREIGN":
            place = item.record.topic, item.record.partition
            offsets.setdefault(place, []).append(item.record.offset)
    aside = {
        (topic, partition, row.offset, bytes(row.body))
        for (topic, partition), found in offsets.items()
        for row in connection.execute(
            select(PARKED.c.offset, PARKED.c.body).where(
                and_(
                    PARKED.c.state.in_(("FOREIGN", "DISCARDED")),
                    PARKED.c.topic == topic,
                    PARKED.c.partition == partition,
                    PARKED.c.partition_sequence.is_(None),
                    PARKED.c.offset.between(min(found), max(found)),
                )
            )
        )
    }
    return [
        item
        for item in items
        if item.state != "FOREIGN"
        or (item.record.topic, item.record.partition, item.record.offset, item.record.value)
        not in aside
    ]
