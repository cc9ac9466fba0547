"""Where a reader's receipts stand in each partition, and what it holds of what they speak of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from gateways.department.ledger import ranges
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.tables import SAID
from gateways.log.port import TopicPartition
from projections.received import RECEIVED

GOES_ON, ANEW, UNSENT, RESTATED_ANEW, RESTATED_ON = range(5)
"""How the next receipt of a partition begins: after the last one; voiding what was said after it;
the same, and made of the received log instead of notes (after a restore, or because an operator
asked); further on in a restatement."""


@dataclass
class Moved:
    """What was applied of a partition since the last receipt."""

    runs: list[Range] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    first_at: int | None = None
    last_at: int | None = None


@dataclass
class Stand:
    """Where this reader's receipts stand in a partition."""

    accounted: int = 0
    delivered: int = 0
    acted: int = 0
    parked: list[Range] = field(default_factory=list)
    anew: int = GOES_ON


def stand_of(row: Any) -> Stand:
    return Stand(
        row.accounted,
        row.delivered,
        row.acted,
        [(first, last) for first, last in json.loads(row.parked)],
        row.anew,
    )


def received(connection: Connection, place: TopicPartition, among: Sequence[Range]) -> Moved:
    """Which of these records the received log holds, with their hashes and times."""
    held = Moved()
    sequences: list[int] = []
    for first, last in among:
        for row in connection.execute(
            select(RECEIVED.c.partition_sequence, RECEIVED.c.received, RECEIVED.c.body)
            .where(
                and_(
                    RECEIVED.c.topic == place[0],
                    RECEIVED.c.partition == place[1],
                    RECEIVED.c.partition_sequence.between(first, last),
                )
            )
            .order_by(RECEIVED.c.partition_sequence)
            .execution_options(yield_per=500)
        ):
            sequences.append(row.partition_sequence)
            held.hashes.append(sha256(bytes(row.body)).digest())
            held.first_at = min(held.first_at or row.received, row.received)
            held.last_at = max(held.last_at or 0, row.received)
    held.runs = ranges.runs(sequences)
    return held


def row_of(place: TopicPartition, stand: Stand) -> dict[str, Any]:
    return {
        "at_topic": place[0],
        "at_partition": place[1],
        "accounted": stand.accounted,
        "delivered": stand.delivered,
        "acted": stand.acted,
        "parked": json.dumps(stand.parked),
        "anew": stand.anew,
    }


def keep(
    connection: Connection, fresh: Sequence[dict[str, Any]], changed: Sequence[dict[str, Any]]
) -> None:
    values = ("accounted", "delivered", "acted", "parked", "anew")
    if fresh:
        connection.execute(
            SAID.insert(),
            [
                {
                    "topic": row["at_topic"],
                    "partition": row["at_partition"],
                    **{name: row[name] for name in values},
                }
                for row in fresh
            ],
        )
    if changed:
        connection.execute(
            update(SAID)
            .where(
                and_(
                    SAID.c.topic == bindparam("at_topic"),
                    SAID.c.partition == bindparam("at_partition"),
                )
            )
            .values({name: bindparam(name) for name in values}),
            changed,
        )
