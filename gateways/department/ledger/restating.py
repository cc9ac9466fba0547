"""Receipts said again: after a restore, and where an operator asks for it once a cause was mended.

Both set a mark on where the receipts of a partition stand; the next receipts void what was said
and speak of the received log, some thousand records each, until they have caught up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from domain.departments import CONTROL_FAMILY, TOPICS, readers_of
from gateways.contracts import canonical
from gateways.department.database import POSITIONS
from gateways.department.ledger import ranges
from gateways.department.ledger.receipts import read_receipt
from gateways.department.ledger.standing import (
    ANEW,
    RESTATED_ANEW,
    RESTATED_ON,
    UNSENT,
    Moved,
    Stand,
    keep,
    received,
    row_of,
    stand_of,
)
from gateways.department.ledger.tables import OUTBOX, RESTATED, SAID
from gateways.log.port import TopicPartition

LOOKED_BACK = 5000
"""Records of the received log of which one receipt speaks at most: a restatement is many."""

REASON_MAX = 400


class NothingTaken(LookupError):
    """This department has taken in nothing of that partition."""


def begin_anew(connection: Connection, department: str) -> None:
    """Has the next receipts void what was said beyond where this database stands.

    Receipts that waited for the relay in a backup may have been sent or not: they are dropped,
    and said again.
    """
    reads = [
        (topic, partition)
        for topic, one in TOPICS.items()
        if one.family != CONTROL_FAMILY and department in readers_of(one)
        for partition in range(one.partitions)
    ]
    waiting = connection.execute(select(OUTBOX.c.body)).scalars().all()
    connection.execute(delete(OUTBOX))
    connection.execute(update(SAID).values(anew=ANEW))
    stands = {(row.topic, row.partition): stand_of(row) for row in connection.execute(select(SAID))}
    fresh = [row_of(place, Stand(anew=ANEW)) for place in reads if place not in stands]
    keep(connection, fresh, _unsent(waiting, stands))


def ask(connection: Connection, topic: str, partition: int, reason: str, now: int) -> int:
    """Has this reader say anew, from the received log, what it took in; up to which sequence.

    Raises NothingTaken.
    """
    here = and_(SAID.c.topic == topic, SAID.c.partition == partition)
    through = connection.execute(
        select(POSITIONS.c.partition_sequence)
        .join(
            SAID,
            and_(SAID.c.topic == POSITIONS.c.topic, SAID.c.partition == POSITIONS.c.partition),
        )
        .where(here)
    ).scalar()
    if not through:
        raise NothingTaken(f"{topic}[{partition}]")
    connection.execute(
        update(SAID)
        .where(here)
        .values(accounted=0, delivered=0, acted=0, parked="[]", anew=RESTATED_ANEW)
    )
    row = {"topic": topic, "partition": partition, "asked": now}
    connection.execute(delete(RESTATED).filter_by(**row))
    connection.execute(RESTATED.insert(), row | {"reason": reason[:REASON_MAX]})
    return int(through)


def again(connection: Connection, place: TopicPartition, stand: Stand, noted: Moved) -> Moved:
    """What is noted of a partition that is restated: only what the restatement said is set aside.

    All else stands in the received log, where the restatement finds it.
    """
    late = ranges.common(noted.runs, stand.parked)
    return received(connection, place, late) if late else Moved()


def looking_back(connection: Connection) -> bool:
    """Whether a restatement has more to say."""
    return (
        connection.execute(select(SAID.c.topic).where(SAID.c.anew == RESTATED_ON).limit(1)).first()
        is not None
    )


def reason_of(connection: Connection, place: TopicPartition) -> str | None:
    """Why a partition is restated, as the operator said it last."""
    return connection.execute(
        select(RESTATED.c.reason)
        .where(and_(RESTATED.c.topic == place[0], RESTATED.c.partition == place[1]))
        .order_by(RESTATED.c.asked.desc())
        .limit(1)
    ).scalar()


def _unsent(
    bodies: Sequence[bytes], stands: Mapping[TopicPartition, Stand]
) -> list[dict[str, Any]]:
    """Where partitions stand before the earliest of these receipts, to be looked back to."""
    lowest: dict[TopicPartition, int] = {}
    for body in bodies:
        for place, entry in read_receipt(canonical.decode(bytes(body))).entries.items():
            first = min([entry.first, *(one[0] for one in (*entry.applied, *entry.discarded))])
            lowest[place] = min(lowest.get(place, first), first)
    changed = []
    for place, first in lowest.items():
        stand, kept = stands[place], first - 1
        void = [(first, max(first, stand.accounted))]
        parked = ranges.without(stand.parked, void)
        again = Stand(kept, kept, min(stand.acted, kept), parked, UNSENT)
        changed.append(row_of(place, again))
    return changed
