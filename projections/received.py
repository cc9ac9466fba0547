"""The received log: every record a department has taken from the shared log, byte for byte.

It only grows, survives every rebuild, and says when this department learned of each fact
(`received`, in microseconds): the third axis of a case history. Decisions read other
departments' facts from here, auditors whole matters.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

from domain.facts import Recorded
from domain.versions import with_older
from projections.rows import Rows

METADATA = MetaData()

STREAMS_AT_ONCE = 500
"""Streams that one question names."""

RECEIVED = Table(
    "received",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", BigInteger, primary_key=True, autoincrement=False),
    Column("partition_sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("stream_version", BigInteger, nullable=False),
    Column("department", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("cause", Text),
    Column("confidentiality", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("event_id", name="received_event"),
    Index("received_matter", "matter", "stamp"),
    Index("received_stream", "stream", "stream_version"),
    Index("received_subject", "subject", "type"),
    Index("received_region", "region", "type"),
    Index("received_sequence", "department", "sequence"),
)

Decode = Callable[[bytes, int], Recorded[Any]]
"""Makes a fact on record from its exact bytes and the stamp at which it was received."""


class NotReceived(LookupError):
    """The department has no record of this event: it is not entitled to it, or it has not come yet."""


def entry(
    fact: Recorded[Any],
    *,
    topic: str,
    partition: int,
    partition_sequence: int,
    offset: int,
    received: int,
    confidentiality: str,
    body: bytes,
) -> tuple[Any, ...]:
    """A record as the received log holds it, for `append`."""
    return (
        topic,
        partition,
        partition_sequence,
        offset,
        fact.id,
        fact.type,
        fact.stream,
        fact.stream_version,
        fact.department,
        fact.sequence,
        fact.stamp,
        received,
        fact.subject,
        fact.region,
        fact.matter,
        fact.cause,
        confidentiality,
        body,
    )


def append(rows: Rows, entries: Iterable[Sequence[Any]]) -> None:
    """Adds records; an event id or a partition sequence that stands already fails the transaction."""
    rows.append_all(RECEIVED, entries)


def of_stream(
    connection: Connection,
    stream: str,
    decode: Decode,
    *,
    types: Sequence[str] = (),
) -> tuple[Recorded[Any], ...]:
    """What was received of one stream, oldest first; all types where none is named."""
    query = _bodies().where(RECEIVED.c.stream == stream)
    return _facts(connection, _of_types(query, types), decode)


def of_streams(
    connection: Connection, streams: Collection[str], decode: Decode
) -> dict[str, tuple[Recorded[Any], ...]]:
    """What was received of each of these streams, as `of_stream` has it, by one question."""
    found: dict[str, list[Recorded[Any]]] = {stream: [] for stream in streams}
    query, names = _bodies().add_columns(RECEIVED.c.stream), list(found)
    for first in range(0, len(names), STREAMS_AT_ONCE):
        part = names[first : first + STREAMS_AT_ONCE]
        for row in connection.execute(query.where(RECEIVED.c.stream.in_(part))):
            fact = decode(bytes(row[0]), row[1])
            if not fact.twin:
                found[row[2]].append(fact)
    return {stream: tuple(facts) for stream, facts in found.items()}


def of_region(
    connection: Connection, region: str, decode: Decode, *, types: Sequence[str]
) -> tuple[Recorded[Any], ...]:
    """What was received of these types in exactly this region, in the one order of facts."""
    query = _bodies().where(RECEIVED.c.region == region)
    return _facts(connection, _of_types(query, types), decode)


def of_subject(
    connection: Connection, subject: str, decode: Decode, *, types: Sequence[str] = ()
) -> tuple[Recorded[Any], ...]:
    """What was received about one subject, in the one order of facts."""
    query = _bodies().where(RECEIVED.c.subject == subject)
    return _facts(connection, _of_types(query, types), decode)


def of_matter(
    connection: Connection, matter: str, decode: Decode, *, types: Sequence[str] = ()
) -> tuple[Recorded[Any], ...]:
    """What was received of one matter, in the one order of facts; links are not followed."""
    query = _bodies().where(RECEIVED.c.matter == matter)
    return _facts(connection, _of_types(query, types), decode)


def of_event(connection: Connection, event_id: str, decode: Decode) -> Recorded[Any]:
    """One received fact that counts. Raises NotReceived where there is none."""
    found = _facts(connection, _bodies().where(RECEIVED.c.event_id == event_id), decode)
    if not found:
        raise NotReceived(f"the event {event_id} has not been received")
    return found[0]


def body(connection: Connection, event_id: str) -> bytes:
    """The exact bytes of one received event. Raises NotReceived where there is none."""
    found = connection.execute(
        select(RECEIVED.c.body).where(RECEIVED.c.event_id == event_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotReceived(f"the event {event_id} has not been received")
    return bytes(found)


def body_at(
    connection: Connection, topic: str, partition: int, partition_sequence: int
) -> bytes | None:
    """The exact bytes received at a place of a partition; None where nothing was received there."""
    found = connection.execute(
        select(RECEIVED.c.body).where(
            RECEIVED.c.topic == topic,
            RECEIVED.c.partition == partition,
            RECEIVED.c.partition_sequence == partition_sequence,
        )
    ).scalar_one_or_none()
    return None if found is None else bytes(found)


def has(connection: Connection, event_ids: Sequence[str]) -> frozenset[str]:
    """Which of these events have been received."""
    return frozenset(
        connection.execute(
            select(RECEIVED.c.event_id).where(RECEIVED.c.event_id.in_(list(event_ids)))
        ).scalars()
    )


def after(
    connection: Connection, topic: str, partition: int, partition_sequence: int, *, limit: int
) -> list[tuple[int, int, bytes]]:
    """(partition sequence, received stamp, bytes) after a partition sequence, in order: for rebuilds."""
    found = connection.execute(
        select(RECEIVED.c.partition_sequence, RECEIVED.c.received, RECEIVED.c.body)
        .where(
            RECEIVED.c.topic == topic,
            RECEIVED.c.partition == partition,
            RECEIVED.c.partition_sequence > partition_sequence,
        )
        .order_by(RECEIVED.c.partition_sequence)
        .limit(limit)
    )
    return [(row[0], row[1], bytes(row[2])) for row in found]


def partitions(connection: Connection) -> dict[tuple[str, int], int]:
    """The last received partition sequence of each (topic, partition)."""
    found = connection.execute(
        select(
            RECEIVED.c.topic, RECEIVED.c.partition, func.max(RECEIVED.c.partition_sequence)
        ).group_by(RECEIVED.c.topic, RECEIVED.c.partition)
    )
    return {(row[0], row[1]): row[2] for row in found}


def _bodies() -> Select[Any]:
    return select(RECEIVED.c.body, RECEIVED.c.received).order_by(
        RECEIVED.c.stamp, RECEIVED.c.department, RECEIVED.c.sequence
    )


def _of_types(query: Select[Any], types: Sequence[str]) -> Select[Any]:
    """Those of these types, of which older versions were received under their own names."""
    return query.where(RECEIVED.c.type.in_(with_older(types))) if types else query


def _facts(connection: Connection, query: Select[Any], decode: Decode) -> tuple[Recorded[Any], ...]:
    """What counts of the records found: of one fact in two versions, one."""
    told = (decode(bytes(row[0]), row[1]) for row in connection.execute(query))
    return tuple(fact for fact in told if not fact.twin)
