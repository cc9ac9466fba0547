"""The desk at which one transaction judges: what is parked, held, poisoned or seen before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, and_, select, update

from gateways.department.database import PARKED
from gateways.department.parking import record_of
from gateways.department.verdicts import Parked
from gateways.log.port import LogRecord, TopicPartition
from projections import received as received_log

_OPEN = select(
    PARKED.c.state,
    PARKED.c.topic,
    PARKED.c.key,
    PARKED.c.partition,
    PARKED.c.partition_sequence,
    PARKED.c.parked_id,
).where(PARKED.c.state.in_(("EARLY", "BLOCKING", "WAITING")))


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
        self._blocked: set[tuple[str, bytes]] = set()
        self._early: dict[TopicPartition, dict[int, int]] = {}
        for row in connection.execute(_OPEN):
            if row.state == "EARLY":
                held = self._early.setdefault((row.topic, row.partition), {})
                held[row.partition_sequence] = row.parked_id
            else:
                self._blocked.add((row.topic, bytes(row.key)))
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
        before = self._known(record.topic, record.partition, sequence, record.value)
        if before is None or before == record.value:
            return None
        return Parked(
            record,
            "FOREIGN",
            "CONFLICT",
            f"partition sequence {sequence} was received before with other bytes",
            self.now,
        )

    def _known(self, topic: str, partition: int, sequence: int, value: bytes) -> bytes | None:
        """The bytes found at a place before: in this batch, received, or parked."""
        judged = self._judged.get((topic, partition, sequence))
        if judged is not None:
            return judged
        taken = received_log.body_at(self._connection, topic, partition, sequence)
        if taken is not None and taken == value:
            return taken
        # A record that was repaired or discarded is known by the bytes that came, kept as parked.
        parked = self._connection.execute(
            select(PARKED.c.body).where(
                and_(
                    PARKED.c.state.in_(("EARLY", "BLOCKING", "WAITING", "FIXED", "DISCARDED")),
                    PARKED.c.topic == topic,
                    PARKED.c.partition == partition,
                    PARKED.c.partition_sequence == sequence,
                )
            )
        ).scalar()
        return taken if parked is None else bytes(parked)

    def early(self, partition: TopicPartition, last: int) -> Iterator[tuple[int, LogRecord]]:
        """The held records that are next after `last`, in order, with their sequences."""
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
            yield last, record
