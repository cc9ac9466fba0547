"""A reader of the embedded log: positions from its owner, rows in bounded bites.

It looks at the topics that it was told of and at no others: a department reads hundreds of
partitions, and hardly one of them has moved since it looked last.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gateways.log.leases import Lease
from gateways.log.port import (
    LogRecord,
    PositionOutOfRange,
    Positions,
    TopicMismatch,
    TopicPartition,
)

if TYPE_CHECKING:
    from gateways.log.embedded import EmbeddedLog

LEASE_EVERY_S = 0.25
DROPPED_S = 10.0
"""After this long, a partition that was dropped and is still held is asked for anew: by then
a reader that had lost its lease has found out."""


class EmbeddedReader:
    """Reads records in offset order from every partition of its topics while it holds them."""

    def __init__(
        self, log: EmbeddedLog, topics: Sequence[str], positions: Positions, lease: Lease | None
    ) -> None:
        self._log, self._topics, self._positions, self._lease = log, topics, positions, lease
        self._wanted = frozenset(topics)
        self._connection = log.connect()
        self._lock = threading.Lock()
        self._news = threading.Event()
        # Topics of which something may be read; what they hold is looked at by the next read.
        self._moved: set[str] = set()
        self._next: dict[TopicPartition, int] = {}
        self._dropped: dict[TopicPartition, float] = {}
        self._missing: set[TopicPartition] = set()
        self._term: int | None = None
        self._turn = 0
        self._woken = False

    def poll(self, *, limit: int, timeout_s: float) -> list[LogRecord]:
        """Up to `limit` records; see the port."""
        deadline = time.monotonic() + timeout_s
        while True:
            self._news.clear()
            if self._hold():
                self._take_up()
                records = self._read(limit)
                if records:
                    return records
            left = deadline - time.monotonic()
            if self._woken or left <= 0:
                self._woken = False
                return []
            self._news.wait(min(left, LEASE_EVERY_S))

    def _hold(self) -> bool:
        """True while the partitions are this reader's; a new term begins with nothing held."""
        term = 0
        if self._lease is not None:
            if not self._lease.held():
                with self._lock:
                    self._next.clear()
                self._term = None
                return False
            term = self._lease.term
        if term != self._term:
            try:
                partitions = self._log.partitions(self._topics)
            except TopicMismatch:
                return False  # not created yet: their owner's node may start later
            with self._lock:
                self._next.clear()
                self._dropped.clear()
                self._missing = set(partitions)
            self._term = term
        return True

    def _take_up(self) -> None:
        """Asks where to go on for what is newly held."""
        now = time.monotonic()
        with self._lock:
            for place, since in list(self._dropped.items()):
                if now - since > DROPPED_S:
                    del self._dropped[place]
                    self._missing.add(place)
            wanted = sorted(self._missing)
        if not wanted:
            return
        positions = self._positions(wanted)
        ends = self._log.ends(self._topics)
        wrong = None
        with self._lock:
            for place in wanted:
                position = positions.get(place, 0)
                if 0 <= position <= ends[place]:
                    self._missing.discard(place)
                    self._next[place] = position
                    self._moved.add(place[0])
                elif wrong is None:
                    # One at a time: the others stay, and the next poll names them.
                    self._missing.discard(place)
                    wrong = PositionOutOfRange(*place, position, 0, ends[place])
        if wrong is not None:
            raise wrong

    def look_at(self, topics: Iterable[str]) -> None:
        """Tells that the ends of topics have moved; wakes the reader where it reads one of them."""
        moved = self._wanted.intersection(topics)
        if moved:
            with self._lock:
                self._moved |= moved
            self._news.set()

    def _must_stand(self, topics: frozenset[str]) -> None:
        """Raises PositionOutOfRange for a place that was cut off while it was being read."""
        with self._lock:
            beyond = [
                place
                for place, at in self._next.items()
                if place[0] in topics and self._log.end(place) < at
            ]
        if not beyond:
            return
        ends = self._log.ends(sorted({topic for topic, _ in beyond}))
        for place in beyond:
            with self._lock:
                at = self._next.get(place, 0)
                if at > ends[place]:
                    del self._next[place]
                    raise PositionOutOfRange(*place, at, 0, ends[place])

    def _read(self, limit: int) -> list[LogRecord]:
        with self._lock:
            moved = frozenset(self._moved)
        if not moved:
            return []
        self._must_stand(moved)
        with self._lock:
            self._moved -= moved
            behind = [
                (place, at)
                for place, at in self._next.items()
                if place[0] in moved and self._log.end(place) > at
            ]
        if not behind:
            return []
        self._turn += 1
        first = self._turn % len(behind)
        records: list[LogRecord] = []
        for (topic, partition), at in behind[first:] + behind[:first]:
            rows = self._rows(topic, partition, at, limit - len(records))
            with self._lock:
                if not rows or (topic, partition) not in self._next:
                    continue
                self._next[topic, partition] = rows[-1][0] + 1
            records += [LogRecord(topic, partition, *row) for row in rows]
            if len(records) >= limit:
                break
        with self._lock:
            # What the limit or an outage left is read next.
            self._moved |= {place[0] for place, _ in behind}
        return records

    def _rows(
        self, topic: str, partition: int, at: int, limit: int
    ) -> list[tuple[int, bytes, bytes]]:
        try:
            return self._connection.execute(
                'select "offset", key, value from records'
                ' where topic = ? and partition = ? and "offset" >= ? order by "offset" limit ?',
                (self._log.topic_id(topic), partition, at, limit),
            ).fetchall()
        except sqlite3.OperationalError:
            time.sleep(LEASE_EVERY_S)
            return []  # an outage: the port promises an empty poll, the owner watches its lag

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions this reader holds now."""
        with self._lock:
            return frozenset(self._next)

    def drop(self, partition: TopicPartition) -> None:
        """Stops delivering a partition until it is assigned anew."""
        with self._lock:
            if self._next.pop(partition, None) is not None:
                self._dropped[partition] = time.monotonic()

    def again(self, partition: TopicPartition) -> None:
        """Asks its owner anew where a held partition goes on, at the next poll."""
        with self._lock:
            self._next.pop(partition, None)
            self._dropped.pop(partition, None)
            self._missing.add(partition)

    def wake(self) -> None:
        """Makes a waiting poll return at once."""
        self._woken = True
        self._news.set()

    def close(self) -> None:
        """Gives the lease back and closes the file."""
        self._log.forget(self)
        if self._lease is not None:
            self._lease.release()
        with self._lock:
            self._next.clear()
        self._connection.close()
