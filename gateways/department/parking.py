"""Parking: records that cannot be applied now, with their key and cause; and their release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select, update

from gateways.contracts import canonical
from gateways.department.database import PARKED
from gateways.department.judging import Judge, Parked, Taken
from gateways.log.port import LogRecord, TopicPartition
from projections import received as received_log

OPEN_STATES = ("FOREIGN", "EARLY", "BLOCKING", "WAITING")


class Desk:
    """What one transaction knows of parked records while it judges a batch.

    `poisoned` are the records, by topic, partition and offset, that could not be applied in
    an earlier attempt at this batch.
    """

    def __init__(
        self,
        connection: Connection,
        now: int,
        poisoned: Mapping[tuple[str, int, int], Exception] | None = None,
    ) -> None:
        self.now = now
        self._poisoned = poisoned or {}
        self._connection = connection
        self._blocked = {
            (row.topic, bytes(row.key))
            for row in connection.execute(
                select(PARKED.c.topic, PARKED.c.key).where(
                    PARKED.c.state.in_(("BLOCKING", "WAITING"))
                )
            )
        }
        self._early: dict[TopicPartition, dict[int, int]] = {}
        for row in connection.execute(
            select(
                PARKED.c.topic, PARKED.c.partition, PARKED.c.partition_sequence, PARKED.c.parked_id
            ).where(PARKED.c.state == "EARLY")
        ):
            held = self._early.setdefault((row.topic, row.partition), {})
            held[row.partition_sequence] = row.parked_id
        self._held: dict[tuple[str, int, int], LogRecord] = {}
        self._judged: dict[tuple[str, int, int], bytes] = {}
        self.caught_up: set[tuple[str, int, int]] = set()
        """Places held and taken within this batch: they need not be written as parked."""

    def blocked(self, record: LogRecord) -> bool:
        """Whether a record of the same topic and key is parked ahead of this one."""
        return bool(self._blocked) and (record.topic, record.key) in self._blocked

    def poison(self, record: LogRecord) -> Exception | None:
        """Why applying this record failed before; None where it did not."""
        return self._poisoned.get((record.topic, record.partition, record.offset))

    def note(self, record: LogRecord, sequence: int) -> None:
        """Remembers the bytes that this batch found at a place, to tell a repeat from a conflict."""
        self._judged[record.topic, record.partition, sequence] = record.value

    def free(self, record: LogRecord) -> None:
        """Lets a record of a blocked key be tried: it is the head of its line."""
        self._blocked.discard((record.topic, record.key))

    def foreign(self, record: LogRecord, detail: str) -> Parked:
        """Sets a record aside that is no event of the topic's department."""
        return Parked(record, "FOREIGN", "FOREIGN", detail, self.now)

    def hold(self, record: LogRecord, sequence: int, detail: str) -> Parked | None:
        """Holds a record that came before the ones it follows; None where it is held already."""
        held = self._early.setdefault((record.topic, record.partition), {})
        if sequence in held:
            return self.duplicate(record, sequence)
        held[sequence] = 0
        self.note(record, sequence)
        self._held[record.topic, record.partition, sequence] = record
        return Parked(record, "EARLY", "HOLE", detail, self.now, own_sequence=sequence)

    def block(self, record: LogRecord, sequence: int, cause: str, detail: str) -> Parked:
        """Parks a record; those of its key wait from now on."""
        self._blocked.add((record.topic, record.key))
        return Parked(
            record, "BLOCKING", cause, detail[:2000], self.now, sequence, own_sequence=sequence
        )

    def wait(self, record: LogRecord, sequence: int) -> Parked:
        """Parks a record behind one of its key."""
        return Parked(
            record,
            "WAITING",
            "BEHIND",
            "an earlier record of this key is parked",
            self.now,
            sequence,
            own_sequence=sequence,
        )

    def duplicate(self, record: LogRecord, sequence: int) -> Parked | None:
        """Nothing for a true duplicate; a different record of the same place is set aside."""
        before = self._known(record.topic, record.partition, sequence)
        if before is None or before == record.value:
            return None
        return Parked(
            record,
            "FOREIGN",
            "CONFLICT",
            f"partition sequence {sequence} was received before with other bytes",
            self.now,
        )

    def _known(self, topic: str, partition: int, sequence: int) -> bytes | None:
        """The bytes found at a place before: in this batch, received, or parked."""
        judged = self._judged.get((topic, partition, sequence))
        if judged is not None:
            return judged
        taken = received_log.body_at(self._connection, topic, partition, sequence)
        if taken is not None:
            return taken
        parked = self._connection.execute(
            select(PARKED.c.body).where(
                and_(
                    PARKED.c.state.in_(("EARLY", "BLOCKING", "WAITING")),
                    PARKED.c.topic == topic,
                    PARKED.c.partition == partition,
                    PARKED.c.partition_sequence == sequence,
                )
            )
        ).scalar()
        return None if parked is None else bytes(parked)

    def early(self, partition: TopicPartition, last: int, judge: Judge) -> Iterator[Taken | Parked]:
        """The held records that are next after `last`, in order."""
        held = self._early.get(partition)
        while held and last + 1 in held:
            last += 1
            parked_id = held.pop(last)
            record = self._held.pop((*partition, last), None)
            if record is not None:
                self.caught_up.add((*partition, last))
            else:
                row = self._connection.execute(
                    select(PARKED).where(PARKED.c.parked_id == parked_id)
                ).one()
                record = record_of(row)
            self._connection.execute(
                update(PARKED)
                .where(
                    and_(
                        PARKED.c.state == "EARLY",
                        PARKED.c.topic == partition[0],
                        PARKED.c.partition == partition[1],
                        PARKED.c.partition_sequence == last,
                    )
                )
                .values(state="RELEASED", settled_at=self.now)
            )
            yield judge.take(record, canonical.decode(record.value), last, self)


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


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """A parked record as an operator sees it."""

    parked_id: int
    topic: str
    partition: int
    offset: int
    key: str
    state: str
    cause: str
    detail: str
    parked_at: int
    behind: int


def listing(connection: Connection) -> list[ParkedRecord]:
    """Every parked record that is not settled; `behind` counts those that wait for its key."""
    waiting = {
        (row.topic, bytes(row.key)): row.waiting
        for row in connection.execute(
            select(PARKED.c.topic, PARKED.c.key, func.count().label("waiting"))
            .where(PARKED.c.state == "WAITING")
            .group_by(PARKED.c.topic, PARKED.c.key)
        )
    }
    return [
        ParkedRecord(
            row.parked_id,
            row.topic,
            row.partition,
            row.offset,
            bytes(row.key).decode("utf-8", "replace"),
            row.state,
            row.cause,
            row.detail,
            row.parked_at,
            waiting.get((row.topic, bytes(row.key)), 0) if row.state == "BLOCKING" else 0,
        )
        for row in connection.execute(
            select(PARKED).where(PARKED.c.state.in_(OPEN_STATES)).order_by(PARKED.c.parked_id)
        )
    ]


def blocked_lines(connection: Connection, parked_id: int | None = None) -> list[list[Any]]:
    """The lines to try again, each a blocking row and its followers in partition order.

    With `parked_id`, only that record's key. Also a line of followers whose head is gone.
    """
    heads = select(PARKED.c.topic, PARKED.c.key).where(PARKED.c.state.in_(("BLOCKING", "WAITING")))
    if parked_id is not None:
        heads = heads.where(PARKED.c.parked_id == parked_id)
    return [
        list(
            connection.execute(
                select(PARKED)
                .where(
                    and_(
                        PARKED.c.topic == row.topic,
                        PARKED.c.key == row.key,
                        PARKED.c.state.in_(("BLOCKING", "WAITING")),
                    )
                )
                .order_by(PARKED.c.partition_sequence)
            )
        )
        for row in connection.execute(heads.distinct())
    ]


def headless_lines(connection: Connection) -> list[int]:
    """One parked id of each line whose blocking head was released while a follower arrived."""
    other = PARKED.alias()
    return list(
        connection.execute(
            select(func.min(PARKED.c.parked_id))
            .where(
                and_(
                    PARKED.c.state == "WAITING",
                    ~exists().where(
                        and_(
                            other.c.state == "BLOCKING",
                            other.c.topic == PARKED.c.topic,
                            other.c.key == PARKED.c.key,
                        )
                    ),
                )
            )
            .group_by(PARKED.c.topic, PARKED.c.key)
        ).scalars()
    )


def settle(connection: Connection, parked_id: int, now: int) -> None:
    """Marks a parked record as released."""
    connection.execute(
        update(PARKED)
        .where(PARKED.c.parked_id == parked_id)
        .values(state="RELEASED", settled_at=now)
    )


def block_again(connection: Connection, parked_id: int, cause: str, detail: str) -> None:
    """Keeps a record parked, as the head of its line, with what went wrong this time."""
    connection.execute(
        update(PARKED)
        .where(PARKED.c.parked_id == parked_id)
        .values(state="BLOCKING", cause=cause, detail=detail[:2000])
    )


def open_row(connection: Connection, parked_id: int) -> Any | None:
    """A blocking or waiting record, locked, or None where it was settled meanwhile."""
    return connection.execute(
        select(PARKED)
        .where(and_(PARKED.c.parked_id == parked_id, PARKED.c.state.in_(("BLOCKING", "WAITING"))))
        .with_for_update()
    ).one_or_none()


def record_of(row: Any) -> LogRecord:
    """The record of a parked row, as it stood on the log."""
    return LogRecord(row.topic, row.partition, row.offset, bytes(row.key), bytes(row.body))
