"""The relay: a store's bytes to the log, in sequence, acknowledged before the cursor moves.

One relay of a department is active at a time by a lease in its database; a standby takes
over when the lease runs out. What a paused relay sends late is only old bytes again, and
readers discard it by partition sequence. On taking over, each partition's tail is
compared with the store: a topic behind is sent again, a topic ahead or different stops
the relay with a named error.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from domain.departments import CONTROL_FAMILY, TOPICS
from gateways.contracts import canonical
from gateways.contracts.envelope import read_source
from gateways.department.control import closed_record
from gateways.department.time import Clock
from gateways.log.port import Log, LogUnavailable, LogWriter, OutRecord, TopicPartition
from gateways.store.port import EventStore, Head, StoredEvent, StoreForked

CHUNK = 15000
LEASE_S = 6.0
RENEW_S = 1.5
TAIL = 200


@dataclass(frozen=True, slots=True)
class _Tail:
    """The highest of our own events found at the end of a partition."""

    partition_sequence: int
    body: bytes


class Outbox(Protocol):
    """Control records that other parts of a department have made for its one writer."""

    def pending(self) -> list[tuple[int, OutRecord]]:
        """What waits, oldest first, each with its place."""
        ...

    def sent(self, places: Sequence[int]) -> None:
        """Forgets what the log has acknowledged."""
        ...


class Relay:
    """Sends one department's events, and its control records, to the shared log."""

    def __init__(
        self, store: EventStore, log: Log, clock: Clock, holder: str, outbox: Outbox | None = None
    ) -> None:
        self._store, self._log, self._clock, self._holder = store, log, clock, holder
        self._outbox = outbox
        self._writer: LogWriter | None = None
        self._active = self._held = False
        # Where this relay left the cursor; None where the store must be asked.
        self._cursor: int | None = None
        self._asked = float("-inf")
        self._closed_stamp = 0
        self._closing: tuple[Head, dict[TopicPartition, int]] | None = None
        self._reading = ThreadPoolExecutor(1, f"{store.department}-relay-reading")
        self._ahead: tuple[int, int, Future[tuple[int, list[OutRecord]]]] | None = None

    @property
    def active(self) -> bool:
        """Whether this relay held the lease at its last step."""
        return self._active

    def step(self, *, limit: int = CHUNK) -> int:
        """Sends up to `limit` events; 0 where there is nothing to send or another relay is active.

        Raises LogUnavailable (try again), StoreForked (stop: an operator must act).
        """
        if not self._hold():
            return 0
        if not self._active:
            self._take_over()
        if self._cursor is None:
            self._cursor = self._store.cursor()
        cursor = self._cursor
        last, records = self._read(cursor, limit)
        if not records:
            return 0
        if len(records) == limit:
            # More is waiting: it is read while the log acknowledges this.
            self._ahead = (last, limit, self._reading.submit(self._chunk, last, limit))
        self._send(records)
        self._cursor = None
        if not self._store.move_cursor(cursor, last):
            self._stand_by()
            return 0
        self._cursor = last
        return len(records)

    def _read(self, cursor: int, limit: int) -> tuple[int, list[OutRecord]]:
        """The next records after the cursor, with the last one's sequence."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            after, asked, chunk = ahead
            found = chunk.result()
            if (after, asked) == (cursor, limit) and found[1]:
                return found
        return self._chunk(cursor, limit)

    def _chunk(self, after: int, limit: int) -> tuple[int, list[OutRecord]]:
        events = self._store.after(after, limit=limit)
        last = events[-1].sequence if events else after
        return last, [_record(event) for event in events]

    def close_topics(self) -> bool:
        """Publishes a closed stamp once everything recorded before it stands on the log.

        False where that is still to come: the stamp was fixed, and a later call publishes it,
        however busy the store is meanwhile.
        """
        if not self._active or not self._hold():
            self._closing = None
            return False
        if self._closing is None:
            head = self._store.close_at(self._clock.now())
            if head.stamp <= self._closed_stamp:
                return False
            # The counts are read after the head: an event recorded since is past the closed
            # stamp, and naming its partition sequence only makes readers wait for it.
            self._closing = head, self._store.partition_ends()
        head, ends = self._closing
        if self._store.cursor() < head.sequence:
            return False
        self._closing = None
        self._send([closed_record(self._store.department, head, ends)])
        self._closed_stamp = head.stamp
        return True

    def send_control(self) -> int:
        """Sends control records that wait; how many. One sent twice has the same id."""
        if self._outbox is None or not self._active or not self._hold():
            return 0
        waiting = self._outbox.pending()
        if waiting:
            self._send([record for _, record in waiting])
            self._outbox.sent([place for place, _ in waiting])
        return len(waiting)

    def stop(self) -> None:
        """Gives the lease back and closes the writer."""
        if self._held:
            self._store.release("relay", self._holder)
        self._stand_by()
        self._asked = float("-inf")
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            # The store may be closed next: nothing may be reading from it then.
            wait([ahead[2]])

    def _hold(self) -> bool:
        """Whether this relay may act: the lease is renewed in time, and asked for while idle."""
        since = time.monotonic() - self._asked
        if since < RENEW_S:
            return self._held
        self._held = self._store.lease("relay", self._holder, LEASE_S)
        self._asked = time.monotonic()
        if not self._held:
            self._stand_by()
        return self._held

    def _send(self, records: list[OutRecord]) -> None:
        if self._writer is None:
            self._writer = self._log.writer(f"{self._store.department}-{self._holder}")
        try:
            self._writer.append(records)
        except LogUnavailable:
            self._writer.close()
            self._writer = None
            raise

    def _stand_by(self) -> None:
        self._active = self._held = False
        self._cursor = None
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _take_over(self) -> None:
        """Compares each partition's tail with the store and sends again what is missing."""
        given, head = self._store.partition_ends(), self._store.head()
        own = [
            topic.name
            for topic in TOPICS.values()
            if topic.node == self._store.department and topic.family != CONTROL_FAMILY
        ]
        for (topic, partition), end in sorted(self._log.ends(own).items()):
            # Most partitions of a young town are empty, and looking at a tail is a slow question.
            tail = self._tail(topic, partition, head.mode) if end else None
            if tail is None:
                self._resend(topic, partition, 0)
            elif tail.partition_sequence > given.get((topic, partition), 0):
                raise StoreForked(
                    f"{topic}[{partition}] holds partition sequence "
                    f"{tail.partition_sequence}, the store of {self._store.department} "
                    f"only {given.get((topic, partition), 0)}: this store is older than what it"
                    " published"
                )
            else:
                self._compare(topic, partition, tail)
                self._resend(topic, partition, tail.partition_sequence)
        self._active = True

    def _tail(self, topic: str, partition: int, mode: str) -> _Tail | None:
        """The highest own event near the end; late duplicates may stand behind it."""
        best: _Tail | None = None
        for record in self._log.tail(topic, partition, TAIL):
            own = _own_event(record.value, self._store.department, mode)
            if own is not None and (best is None or own > best.partition_sequence):
                best = _Tail(own, record.value)
        return best

    def _compare(self, topic: str, partition: int, tail: _Tail) -> None:
        stored = self._store.partition_after(topic, partition, tail.partition_sequence - 1, limit=1)
        if not stored or stored[0].body != tail.body:
            raise StoreForked(
                f"{topic}[{partition}] differs from the store of {self._store.department} "
                f"at partition sequence {tail.partition_sequence}: the store was forked"
            )

    def _resend(self, topic: str, partition: int, after: int) -> None:
        """Sends what the cursor says was sent and the partition does not hold."""
        cursor = self._store.cursor()
        while events := self._store.partition_after(topic, partition, after, limit=CHUNK):
            lost = [event for event in events if event.sequence <= cursor]
            if not lost:
                return
            self._send([_record(event) for event in lost])
            after = lost[-1].partition_sequence


def _record(event: StoredEvent) -> OutRecord:
    assert event.topic is not None
    return OutRecord(event.topic, event.partition, event.key.encode(), event.body)


def _own_event(body: bytes, department: str, mode: str) -> int | None:
    """The partition sequence of a record this department wrote; None for anything foreign."""
    try:
        envelope = canonical.decode(body)
        owner, written_as, _ = read_source(envelope["source"])
        if (owner, written_as) != (department, mode):
            return None
        return int(envelope["partitionsequence"])
    except (ValueError, KeyError, TypeError):
        return None
