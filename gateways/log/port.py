"""The shared log as the departments see it: topics, partitions, offsets, acknowledged appends.

Two logs implement this port, Kafka and an embedded SQLite file, under one test suite.
Positions are not kept here: each reader keeps its own, in the transaction of its effects.
Records are structs: one is made in a tenth of the time that a frozen dataclass takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from msgspec import Struct

TopicPartition = tuple[str, int]


class OutRecord(Struct, frozen=True, gc=False):
    """A record to append: the partition is the contract's murmur2 of the key, computed once."""

    topic: str
    partition: int
    key: bytes
    value: bytes


class LogRecord(Struct, frozen=True, gc=False):
    """A record as it stands on the log."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic that must exist with exactly this many partitions and unlimited retention."""

    name: str
    partitions: int


class LogUnavailable(Exception):
    """The log cannot be reached or did not acknowledge in time; trying again can help."""


class LogRefused(LogUnavailable):
    """The log is there and refuses this user, or shows no certificate that is trusted.

    An operator must act; trying again helps once he has.
    """


class TopicMismatch(Exception):
    """A topic exists with another partition count or a finite retention; an operator must act."""


class PositionOutOfRange(Exception):
    """A reader's position is not on the log: the log was cut or replaced, or the reader restored.

    The partition is set aside until its reader asks again or it is assigned anew, the others
    go on. An intake finds its place anew by partition sequence; who has only offsets must be
    told where to go on.
    """

    def __init__(self, topic: str, partition: int, position: int, first: int, end: int) -> None:
        self.topic, self.partition, self.position = topic, partition, position
        self.first, self.end = first, end
        super().__init__(
            f"{topic}/{partition}: the position {position} is outside of the log ({first} to {end});"
            " compare the log with this department's received log before going on"
        )


class LogWriter(Protocol):
    """Appends records; one writer per relay."""

    def append(self, records: Sequence[OutRecord]) -> None:
        """Returns once every record is acknowledged durably, in the given order per partition.

        Raises LogUnavailable if any acknowledgement failed or is late: some records may
        then stand on the log all the same, and the caller sends again from its cursor.
        """
        ...

    def close(self) -> None:
        """Releases the writer; never blocks for long."""
        ...


class LogReader(Protocol):
    """Reads records in offset order from the partitions assigned to it."""

    def poll(self, *, limit: int, timeout_s: float) -> list[LogRecord]:
        """Up to `limit` records, waiting at most `timeout_s` for the first. Empty on an outage.

        Positions are asked for inside this call, when partitions are assigned: what an
        earlier call returned should be applied by then. Raises PositionOutOfRange once for
        a partition whose position is not on the log, and LogRefused where we may not read.
        """
        ...

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions this reader holds now."""
        ...

    def drop(self, partition: TopicPartition) -> None:
        """Stops delivering a partition until it is assigned anew (another reader has moved on)."""
        ...

    def again(self, partition: TopicPartition) -> None:
        """Asks its owner anew where a held partition goes on, at the next poll."""
        ...

    def wake(self) -> None:
        """Makes a waiting poll return at once."""
        ...

    def close(self) -> None:
        """Leaves the group and releases the reader."""
        ...


Positions = Callable[[Iterable[TopicPartition]], Mapping[TopicPartition, int]]
"""Where to go on for each partition: the next offset to read, 0 where unknown."""


class Log(Protocol):
    """The shared log."""

    def ensure_topics(self, topics: Iterable[TopicSpec]) -> None:
        """Creates what is missing; raises TopicMismatch where the contract is broken."""
        ...

    def writer(self, name: str) -> LogWriter:
        """A writer for one relay."""
        ...

    def reader(
        self, name: str, topics: Sequence[str], positions: Positions, *, shared: bool = True
    ) -> LogReader:
        """A reader of topics that starts where `positions` says.

        `shared` readers of one name divide the partitions between them and take over from
        one another; otherwise the reader holds every partition itself.
        """
        ...

    def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The next offset of each partition: everything below it is acknowledged."""
        ...

    def begins(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The first offset of each partition that still stands; its end where none does."""
        ...

    def tail(self, topic: str, partition: int, count: int) -> list[LogRecord]:
        """The last `count` records of a partition, oldest first."""
        ...

    def partitions(self, topics: Sequence[str]) -> list[TopicPartition]:
        """Every partition of the topics. Raises TopicMismatch for a topic that is not there."""
        ...

    def read(
        self, positions: Mapping[TopicPartition, int], *, limit: int, bytes_max: int
    ) -> list[LogRecord]:
        """Up to `limit` records from the positions on, each partition's in offset order.

        Never waits for new records. Every partition that has some gives an equal share of
        `limit` and of `bytes_max` (bytes of values), and may go over the latter by one
        record. By seeking: a page costs the same wherever it stands in the log. Raises
        PositionOutOfRange for a position that is not on the log.
        """
        ...

    def close(self) -> None:
        """Releases everything that the log holds."""
        ...
