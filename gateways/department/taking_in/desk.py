"""The desk at which one transaction judges: what is parked, held, poisoned or seen before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select, update

from gateways.department.database import PARKED
from gateways.department.quarantine.parking import record_of
from gateways.department.taking_in.verdicts import Parked
from gateways.log.port import LogRecord, TopicPartition
from projections import received as received_log

LINES_MAX = 1000
"""Records in line that are read at once; where more wait, each line is asked for by its key."""

EARLY_AT_ONCE = 2000
"""Held records that one transaction takes; the next one goes on with those that are left."""

HELD_PAGE, SEQUENCES_PAGE = 100, 2000

_IN_LINE = PARKED.c.state.in_(("BLOCKING", "WAITING"))
_ANY = select(
    exists().where(_IN_LINE).label("in_line"),
    exists().where(PARKED.c.state == "EARLY").label("early"),
)
_LINES = select(PARKED.c.topic, PARKED.c.key).where(_IN_LINE).limit(LINES_MAX + 1)


class Desk:
    """What one transaction knows of parked records while it judges a batch.

    It costs the same however many are parked. `poisoned` are the records, by topic, partition
    and offset, that could not be applied in an earlier attempt at this batch.
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
        self._any: Any = None
        self._lines: dict[tuple[str, bytes], bool] = {}
        self._all_lines: bool | None = None
        self._lowest: dict[TopicPartition, int | None] = {}
        self._pages: dict[TopicPartition, deque[Any]] = {}
        self._sequences: dict[TopicPartition, tuple[int, float, set[int]]] = {}
        self._taken = 0
        self._held: dict[tuple[str, int, int], LogRecord] = {}
        self._judged: dict[tuple[str, int, int], bytes] = {}
        self.caught_up: set[tuple[str, int, int]] = set()
        """Places held and taken within this batch: they need not be written as parked."""
        self.more: set[TopicPartition] = set()
        """Partitions of which the next held record is left to another transaction."""

    def blocked(self, record: LogRecord) -> bool:
        """Whether a record of the same topic and key is parked ahead of this one."""
        line = record.topic, record.key
        known = self._lines.get(line)
        if known is None:
            known = self._in_line(line)
        return known

    def _in_line(self, line: tuple[str, bytes]) -> bool:
        if not self._parked.in_line:
            return False
        if self._all_lines is None:
            rows = self._connection.execute(_LINES).all()
            self._all_lines = len(rows) <= LINES_MAX
            for row in rows:
                self._lines.setdefault((row.topic, bytes(row.key)), True)
            if line in self._lines:
                return True
        if self._all_lines:
            return False
        found = self._connection.execute(
            select(PARKED.c.parked_id)
            .where(and_(PARKED.c.topic == line[0], PARKED.c.key == line[1], _IN_LINE))
            .limit(1)
        ).first()
        self._lines[line] = found is not None
        return self._lines[line]

    @property
    def _parked(self) -> Any:
        """Whether anything waits in a line, or was early, when this transaction began."""
        if self._any is None:
            self._any = self._connection.execute(_ANY).one()
        return self._any

    def poison(self, record: LogRecord) -> Exception | None:
        """Why applying this record failed before; None where it did not."""
        return self._poisoned.get((record.topic, record.partition, record.offset))

    def note(self, record: LogRecord, sequence: int) -> None:
        """Remembers the bytes that this batch found at a place, to tell a repeat from a conflict."""
        self._judged[record.topic, record.partition, sequence] = record.value

    def free(self, record: LogRecord) -> None:
        """Lets a record of a blocked key be tried: it is the head of its line."""
        self._lines[record.topic, record.key] = False

    def foreign(self, record: LogRecord, detail: str) -> Parked:
        """Sets a record aside that is no event of the topic's department."""
        return Parked(record, "FOREIGN", "FOREIGN", detail, self.now)

    def hold(self, record: LogRecord, sequence: int, detail: str) -> Parked | None:
        """Holds a record that came before the ones it follows; None where it is held already."""
        place = record.topic, record.partition
        if (*place, sequence) in self._held or self._stands_early(place, sequence):
            return self.duplicate(record, sequence)
        self.note(record, sequence)
        self._held[record.topic, record.partition, sequence] = record
        return Parked(record, "EARLY", "HOLE", detail, self.now, own_sequence=sequence)

    def block(self, record: LogRecord, sequence: int, cause: str, detail: str) -> Parked:
        """Parks a record; those of its key wait from now on."""
        self._lines[record.topic, record.key] = True
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
        while True:
            place = (*partition, last + 1)
            if self._taken >= EARLY_AT_ONCE:
                if place in self._held or self._stands_early(partition, last + 1):
                    self.more.add(partition)
                return
            record = self._held.pop(place, None)
            if record is not None:
                self.caught_up.add(place)
            else:
                row = self._next_held(partition, last + 1)
                if row is None:
                    return
                self._connection.execute(
                    update(PARKED)
                    .where(PARKED.c.parked_id == row.parked_id)
                    .values(state="RELEASED", settled_at=self.now)
                )
                record = record_of(row)
            self._taken += 1
            last += 1
            yield last, record

    def _next_held(self, partition: TopicPartition, sequence: int) -> Any | None:
        """The row of the held record with this partition sequence, if there is one."""
        if not self._parked.early:
            return None
        if partition not in self._lowest:
            self._lowest[partition] = self._connection.execute(
                select(func.min(PARKED.c.partition_sequence)).where(_early_of(partition))
            ).scalar()
        lowest = self._lowest[partition]
        if lowest is None or lowest > sequence:
            return None
        page = self._pages.setdefault(partition, deque())
        while page and page[0].partition_sequence < sequence:
            page.popleft()
        if not page:
            page.extend(
                self._connection.execute(
                    select(PARKED)
                    .where(_early_of(partition), PARKED.c.partition_sequence >= sequence)
                    .order_by(PARKED.c.partition_sequence)
                    .limit(HELD_PAGE)
                )
            )
        self._lowest[partition] = page[0].partition_sequence if page else None
        return page.popleft() if page and page[0].partition_sequence == sequence else None

    def _stands_early(self, partition: TopicPartition, sequence: int) -> bool:
        """Whether a record of this place was held before this transaction, and is still."""
        if not self._parked.early:
            return False
        first, through, known = self._sequences.get(partition, (0, -1.0, set[int]()))
        if not first <= sequence <= through:
            found = list(
                self._connection.execute(
                    select(PARKED.c.partition_sequence)
                    .where(_early_of(partition), PARKED.c.partition_sequence >= sequence)
                    .order_by(PARKED.c.partition_sequence)
                    .limit(SEQUENCES_PAGE)
                ).scalars()
            )
            through = found[-1] if len(found) == SEQUENCES_PAGE else float("inf")
            known = set(found)
            self._sequences[partition] = sequence, through, known
        return sequence in known


def _early_of(partition: TopicPartition) -> Any:
    return and_(
        PARKED.c.state == "EARLY",
        PARKED.c.topic == partition[0],
        PARKED.c.partition == partition[1],
    )
