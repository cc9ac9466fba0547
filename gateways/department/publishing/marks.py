"""Marks on a department's own topics: what must still stand on the log, and where.

For each partition: the offset at which its first event stands, and one of its last events with
its offset. A topic that was deleted, made anew, or cut at either end no longer fits its marks;
to look costs the same however long the topic is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from gateways.department.database import TOPIC_MARKS, Database
from gateways.department.publishing.comparing import own_sequence, own_topics
from gateways.log.port import Log, LogRecord, TopicPartition
from gateways.store.inserting import insert_into

BEGINNING = "its beginning was cut off"
MARKED_BYTES_MAX = 64_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one own partition.

    `begins_at` is the offset of its first event; at `at_offset` stands the event with the
    partition sequence `at_sequence` (0 where nothing was seen yet). `lost` says what was found
    missing, `asked` that an operator wants it refilled; `refilled` events were sent again in
    all, the last of them at `refilled_at`.
    """

    topic: str
    partition: int
    begins_at: int = 0
    at_offset: int = -1
    at_sequence: int = 0
    lost: str = ""
    asked: int = 0
    refilled: int = 0
    refilled_at: int = 0

    @property
    def place(self) -> TopicPartition:
        """Topic and partition."""
        return self.topic, self.partition


@dataclass(frozen=True, slots=True)
class Loss:
    """A partition that no longer fits its mark."""

    place: TopicPartition
    why: str


class Marks:
    """The marks of one department, in its own database."""

    def __init__(self, department: str, mode: str, log: Log, database: Database) -> None:
        self._department, self._mode, self._log, self._database = department, mode, log, database
        self.topics = own_topics(department)

    def all(self) -> dict[TopicPartition, Mark]:
        """Every mark there is."""
        with self._database.reading() as connection:
            found = [Mark(**row._mapping) for row in connection.execute(select(TOPIC_MARKS))]
        return {mark.place: mark for mark in found}

    def losses(self) -> list[Loss]:
        """The partitions that hold less than was on them. Raises LogUnavailable."""
        marks = [mark for mark in self.all().values() if mark.at_sequence]
        if not marks:
            return []
        begins, ends = self._log.begins(self.topics), self._log.ends(self.topics)
        found, standing = [], []
        for mark in marks:
            if why := _cut(mark, begins.get(mark.place, 0), ends.get(mark.place, 0)):
                found.append(Loss(mark.place, why))
            else:
                standing.append(mark)
        return found + list(self._replaced(standing))

    def _replaced(self, marks: list[Mark]) -> Iterator[Loss]:
        """Where another record stands than the one that was marked."""
        records = self._read({mark.place: mark.at_offset for mark in marks})
        for mark in marks:
            record = records.get(mark.place)
            here = record is not None and record.offset == mark.at_offset
            own = self._own(record) if record is not None and here else None
            if own != mark.at_sequence:
                yield Loss(
                    mark.place,
                    f"at offset {mark.at_offset} stood partition sequence {mark.at_sequence}:"
                    " the topic was made anew",
                )

    def note(self) -> None:
        """Marks the last record of each partition; where it is not our own, the old mark stays."""
        known = self.all()
        ends = {
            place: end - 1
            for place, end in self._log.ends(self.topics).items()
            if end and (place not in known or known[place].at_offset != end - 1)
        }
        fresh = []
        for place, record in self._read(ends).items():
            own = self._own(record)
            if own is not None:
                mark = known.get(place) or Mark(*place)
                fresh.append(replace(mark, at_offset=record.offset, at_sequence=own))
        self._write(fresh, "at_offset", "at_sequence")

    def _write(self, marks: list[Mark], *fields: str) -> None:
        """Writes these fields of marks; what another process says by the others stands."""
        if not marks:
            return
        with self._database.writing() as connection:
            put = insert_into(connection, TOPIC_MARKS)
            put = put.on_conflict_do_update(
                index_elements=["topic", "partition"],
                set_={name: put.excluded[name] for name in fields},
            )
            # One order for all writers: two of them then never wait for each other.
            rows = sorted(marks, key=lambda mark: mark.place)
            connection.execute(
                put, [{name: getattr(mark, name) for name in Mark.__slots__} for mark in rows]
            )

    def ask(self, topic: str, partitions: int) -> None:
        """Asks the relay that is at work elsewhere to refill a topic."""
        self._write([Mark(topic, at, asked=1) for at in range(partitions)], "asked")

    def asked(self) -> list[TopicPartition]:
        """The partitions that an operator wants refilled."""
        return [mark.place for mark in self.all().values() if mark.asked]

    def mended(self, place: TopicPartition, begins_at: int | None, sent: int, now: int) -> None:
        """Notes that a partition is whole again, from which offset on, and at what cost.

        `begins_at` is None where only its end was sent again. What was asked is done.
        """
        known = self.all().get(place) or Mark(*place)
        fresh = replace(
            known,
            lost="",
            asked=0,
            refilled=known.refilled + sent,
            refilled_at=now if sent else known.refilled_at,
        )
        fields = ["lost", "asked", "refilled", "refilled_at"]
        if begins_at is not None:
            fresh = replace(fresh, begins_at=begins_at, at_offset=-1, at_sequence=0)
            fields += ["begins_at", "at_offset", "at_sequence"]
        self._write([fresh], *fields)

    def tell(self, lost: Mapping[TopicPartition, str]) -> None:
        """Keeps what is missing where doctor and metrics find it."""
        self._write(
            [
                replace(mark, lost=lost.get(mark.place, ""))
                for mark in self.all().values()
                if mark.lost != lost.get(mark.place, "")
            ],
            "lost",
        )

    def _read(self, offsets: Mapping[TopicPartition, int]) -> dict[TopicPartition, LogRecord]:
        if not offsets:
            return {}
        records = self._log.read(offsets, limit=len(offsets), bytes_max=MARKED_BYTES_MAX)
        return {(record.topic, record.partition): record for record in records}

    def _own(self, record: LogRecord) -> int | None:
        return own_sequence(record.value, self._department, self._mode)


def _cut(mark: Mark, begins: int, end: int) -> str:
    if end <= mark.at_offset:
        return (
            f"it ends at offset {end}; partition sequence {mark.at_sequence} stood at"
            f" {mark.at_offset}: the topic was deleted or its end was cut off"
        )
    if begins > mark.begins_at:
        return (
            f"it begins at offset {begins}; its first event stood at {mark.begins_at}: {BEGINNING}"
        )
    return ""
