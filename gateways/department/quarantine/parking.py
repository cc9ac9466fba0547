"""Parking: records that cannot be applied now, with their key and cause, until they are settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select, update

from gateways.department.database import PARKED, PARKED_ACTS, PARKED_PROMOTED
from gateways.department.taking_in.verdicts import Parked
from gateways.log.port import LogRecord

OPEN_STATES = ("FOREIGN", "EARLY", "BLOCKING", "WAITING")


_HEAD = PARKED.alias()
_HEADLESS = (
    select(func.min(PARKED.c.parked_id))
    .where(
        PARKED.c.state == "WAITING",
        ~exists().where(
            _HEAD.c.state == "BLOCKING",
            _HEAD.c.topic == PARKED.c.topic,
            _HEAD.c.key == PARKED.c.key,
        ),
    )
    .group_by(PARKED.c.topic, PARKED.c.key)
)
"""Asked every second by every department: to build it takes longer than to answer it."""


def park(connection: Connection, items: Sequence[Parked]) -> None:
    """Writes parked records; nothing of them is lost."""
    if items:
        connection.execute(
            PARKED.insert(),
            [
                {
                    "topic": item.record.topic,
                    "partition": item.record.partition,
                    "offset": item.record.offset,
                    "partition_sequence": item.own_sequence,
                    "key": item.record.key,
                    "cause": item.cause,
                    "detail": item.detail,
                    "body": item.record.value,
                    "parked_at": item.parked_at,
                    "state": item.state,
                }
                for item in items
            ],
        )


def headless_lines(connection: Connection) -> list[int]:
    """One parked id of each line whose blocking head was released while a follower arrived."""
    return list(connection.execute(_HEADLESS).scalars())


def settle(connection: Connection, parked_id: int, now: int, state: str = "RELEASED") -> None:
    """Marks a parked record as RELEASED, FIXED or DISCARDED; its bytes stay."""
    connection.execute(
        update(PARKED).where(PARKED.c.parked_id == parked_id).values(state=state, settled_at=now)
    )


def block_again(connection: Connection, row: Any, cause: str, detail: str, now: int) -> None:
    """Keeps a record parked, as the head of its line, with what went wrong this time."""
    if row.state == "WAITING":
        connection.execute(PARKED_PROMOTED.insert(), {"parked_id": row.parked_id, "at": now})
    connection.execute(
        update(PARKED)
        .where(PARKED.c.parked_id == row.parked_id)
        .values(state="BLOCKING", cause=cause, detail=detail[:2000])
    )


def open_row(
    connection: Connection, parked_id: int, states: Sequence[str] = ("BLOCKING", "WAITING")
) -> Any | None:
    """A record in one of these states, locked, or None where it was settled meanwhile."""
    return connection.execute(
        select(PARKED)
        .where(and_(PARKED.c.parked_id == parked_id, PARKED.c.state.in_(states)))
        .with_for_update()
    ).one_or_none()


def followers(connection: Connection, topic: str, key: bytes) -> list[int]:
    """The parked ids of a line that wait behind its head, in partition order."""
    return list(
        connection.execute(
            select(PARKED.c.parked_id)
            .where(PARKED.c.topic == topic, PARKED.c.key == key, PARKED.c.state == "WAITING")
            .order_by(PARKED.c.partition_sequence)
        ).scalars()
    )


def decision_before(connection: Connection, row: Any) -> str | None:
    """The last decision that was carried out on the line ahead of a follower."""
    decision: str | None = connection.execute(
        select(PARKED_ACTS.c.decision)
        .join(PARKED, PARKED.c.parked_id == PARKED_ACTS.c.parked_id)
        .where(
            PARKED.c.topic == row.topic,
            PARKED.c.key == row.key,
            PARKED.c.state.in_(("RELEASED", "FIXED", "DISCARDED")),
            PARKED.c.partition_sequence < row.partition_sequence,
            PARKED_ACTS.c.state.in_(("DONE", "FOLLOWED")),
        )
        .order_by(PARKED.c.settled_at.desc(), PARKED.c.partition_sequence.desc())
        .limit(1)
    ).scalar()
    return decision


def record_of(row: Any) -> LogRecord:
    """The record of a parked row, as it stood on the log."""
    return LogRecord(row.topic, row.partition, row.offset, bytes(row.key), bytes(row.body))
