"""Facts into a reader's database as an intake does it, and its rows out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, inspect, select

from projections import received
from projections.catalogue import PROJECTIONS
from projections.reader import Projection
from projections.rows import Rows
from tests.projections.facts import Taken

READERS: tuple[Projection, ...] = tuple(PROJECTIONS.values())


def create(engine: Engine, readers: Sequence[Projection] = READERS) -> None:
    """The tables of these readers and of the received log, empty."""
    parts = (received.METADATA, *(reader.metadata for reader in readers))
    tables = [table for metadata in parts for table in metadata.sorted_tables]
    if not {table.name for table in tables} <= set(inspect(engine).get_table_names()):
        for metadata in parts:
            metadata.create_all(engine)
    with engine.begin() as connection:
        for table in tables:
            connection.execute(table.delete())


def take(
    engine: Engine,
    batch: Iterable[Taken],
    readers: Sequence[Projection] = READERS,
    *,
    log: bool = True,
) -> None:
    """One intake transaction: received log (one minute after the record) and live projections."""
    taken = list(batch)
    with engine.begin() as connection:
        rows = Rows(connection)
        if log:
            received.append(rows, [entry(one) for one in taken])
        for reader in readers:
            reader.apply([one.fact for one in taken if one.fact.type in reader.reads], rows)
        rows.flush()


def entry(one: Taken) -> tuple[Any, ...]:
    """The received log's record of a fact."""
    return received.entry(
        one.fact,
        topic=one.topic,
        partition=0,
        partition_sequence=one.partition_sequence,
        offset=one.partition_sequence - 1,
        received=one.fact.stamp + 60_000_000,
        confidentiality=type(one.fact.fact).CONFIDENTIALITY.value,
        body=one.body,
    )


def contents(
    engine: Engine, readers: Sequence[Projection] = READERS
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these readers' tables, sorted."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for reader in readers
            for table in reader.metadata.sorted_tables
        }
