"""Positions: where each partition stands, moved by compare-and-set in the intake's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Integer,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from gateways.department.database import POSITIONS
from gateways.log.port import TopicPartition
from gateways.store.inserting import insert_into


class Overtaken(Exception):
    """Another reader moved this partition's position on: this one holds stale records."""

    def __init__(self, partition: TopicPartition) -> None:
        self.partition = partition
        super().__init__(f"{partition[0]}[{partition[1]}] was read on by another reader")


@dataclass
class Position:
    """Where a partition stands: the next offset, and the last partition sequence applied or parked."""

    next_offset: int
    partition_sequence: int


def standing(connection: Connection) -> dict[TopicPartition, Position]:
    """Where every partition that was ever read stands."""
    return {
        (row.topic, row.partition): Position(row.next_offset, row.partition_sequence)
        for row in connection.execute(select(POSITIONS))
    }


def begin(connection: Connection, partitions: Sequence[TopicPartition]) -> None:
    """Notes that partitions stand at their beginning, where nothing is noted of them."""
    connection.execute(
        insert_into(connection, POSITIONS).on_conflict_do_nothing(),
        [
            {"topic": topic, "partition": partition, "next_offset": 0, "partition_sequence": 0}
            for topic, partition in partitions
        ],
    )


def move(
    connection: Connection,
    known: Mapping[TopicPartition, Position],
    to: Mapping[TopicPartition, Position],
) -> None:
    """Moves all positions by one compare-and-set: the last statement before the commit.

    Raises Overtaken where one no longer stands where this reader knew it.
    """
    moves = [
        {
            "topic": topic,
            "partition": partition,
            "known": known[topic, partition].next_offset,
            "known_sequence": known[topic, partition].partition_sequence,
            "next_offset": reached.next_offset,
            "partition_sequence": reached.partition_sequence,
        }
        for (topic, partition), reached in sorted(to.items(), key=itemgetter(0))
    ]
    statement = _MOVING[connection.dialect.name]
    moved = {
        (row.topic, row.partition)
        for row in connection.execute(statement, {"moves": json.dumps(moves)})
    }
    for partition in to:
        if partition not in moved:
            raise Overtaken(partition)


def _moving(dialect: str) -> ReturningUpdate[tuple[str, int]]:
    """The statement that moves each of `moves` from the place it was known to stand at.

    Offset and partition sequence both: after a rewind an offset comes round again. `moves` is JSON, so that the statement is one and the same however many positions move.
    """
    moves = bindparam("moves", type_=Text)
    names: dict[str, type[TypeEngine[Any]]] = {
        "topic": Text,
        "partition": Integer,
        "known": BigInteger,
        "known_sequence": BigInteger,
        "next_offset": BigInteger,
        "partition_sequence": BigInteger,
    }
    if dialect == "postgresql":
        records = func.json_to_recordset(cast(moves, JSON)).table_valued(
            *(column(name, kind) for name, kind in names.items())
        )
        given = select(records.render_derived(with_types=True)).cte("given")
    else:
        each = func.json_each(moves).table_valued("value")
        given = select(
            *(
                func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name)
                for name, kind in names.items()
            )
        ).cte("given")
    return (
        update(POSITIONS)
        .where(
            and_(
                POSITIONS.c.topic == given.c.topic,
                POSITIONS.c.partition == given.c.partition,
                POSITIONS.c.next_offset == given.c.known,
                POSITIONS.c.partition_sequence == given.c.known_sequence,
            )
        )
        .values(next_offset=given.c.next_offset, partition_sequence=given.c.partition_sequence)
        .returning(POSITIONS.c.topic, POSITIONS.c.partition)
    )


_MOVING = {dialect: _moving(dialect) for dialect in ("postgresql", "sqlite")}
