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
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import structlog

from domain.departments import TOPICS
from gateways.department.publishing.comparing import compare, own_topics
from gateways.department.publishing.control import closed_record
from gateways.department.publishing.marks import BEGINNING, Loss, Marks
from gateways.department.publishing.refill import Told, record_of, send_again, stands
from gateways.department.time import Clock
from gateways.log.kept_writer import KeptWriter
from gateways.log.port import (
    Log,
    LogUnavailable,
    OutRecord,
    PositionOutOfRange,
    TopicMismatch,
    TopicPartition,
    TopicSpec,
)
from gateways.store.port import EventStore, Head, StoreUnavailable

_log = structlog.get_logger("liandong.relay")

CHUNK, FIRST_CHUNK = 15000, 4000
CHUNK_BYTES = 32_000_000
LEASE_S = 6.0
RENEW_S = 1.5


class Outbox(Protocol):
    """Control records that other parts of a department have made for its one writer."""

    def pending(self) -> list[tuple[int, OutRecord]]:
        """What waits, oldest first, each with its place."""
        ...

    def sent(self, places: Sequence[int]) -> None:
        """Forgets what the log has acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """Control records that go out with the next events: a closed stamp (0 for none), and others."""

    records: list[OutRecord]
    places: list[int]
    closed: int


class Relay:
    """Sends one department's events, and its control records, to the shared log."""

    def __init__(
        self,
        store: EventStore,
        log: Log,
        clock: Clock,
        holder: str,
        marks: Marks | None = None,
        outbox: Outbox | None = None,
    ) -> None:
        self._store, self._log, self._clock, self._holder = store, log, clock, holder
        self._marks, self._outbox = marks, outbox
        self._mismatch = ""
        self._lost: dict[TopicPartition, str] = {}
        self._writer = KeptWriter(log, f"{store.department}-{holder}")
        self._active = self._held = False
        # Where this relay left the cursor; None where the store must be asked.
        self._cursor: int | None = None
        self._asked = float("-inf")
        self._closed_stamp = 0
        self._closing: tuple[Head, dict[TopicPartition, int], int] | None = None
        # Made ready by one thread and sent by the other; what is gone is noted by the first.
        self._ready: Ready | None = None
        self._gone: Ready | None = None
        self._looking = Lock()
        self._to_mend = False
        self._reading = ThreadPoolExecutor(1, f"{store.department}-relay-reading")
        self._ahead: tuple[int, int, Future[tuple[int, list[OutRecord]]]] | None = None
        self._at_once, self._slow = FIRST_CHUNK, False

    @property
    def active(self) -> bool:
        """Whether this relay held the lease at its last step."""
        return self._active

    @property
    def alarm(self) -> str:
        """What an operator must mend on this department's topics; empty where nothing."""
        lost = [
            f"{topic}[{number}]: {why}; give `liandong topics refill {topic}`"
            for (topic, number), why in sorted(self._lost.items())
        ]
        return "; ".join([*lost, *([self._mismatch] if self._mismatch else [])])

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
        last, records, more = self._read(cursor, min(limit, self._at_once))
        ready = self._ready
        if not records:
            if ready is not None:
                self._send_ready(ready, [])
            return 0
        fitting = CHUNK_BYTES * len(records) // max(1, sum(len(one.value) for one in records))
        if more:
            # More is waiting: it is read while the log acknowledges this.
            asked = max(1, min(limit, self._at_once, fitting))
            self._ahead = (last, asked, self._reading.submit(self._chunk, last, asked))
        try:
            self._send_ready(ready, records)
        except LogUnavailable:
            # A slow log acknowledges fewer in time; the same many would fail for ever.
            self._at_once, self._slow = max(1, len(records) // 4), True
            raise
        more_at_once = self._at_once * 5 // 4 + 1 if self._slow else 2 * self._at_once
        self._at_once = max(1, min(more_at_once, CHUNK, fitting))
        self._slow = self._slow and self._at_once < CHUNK
        self._cursor = None
        if not self._store.move_cursor(cursor, last):
            self._stand_by()
            return 0
        self._cursor = last
        return len(records)

    def _read(self, cursor: int, limit: int) -> tuple[int, list[OutRecord], bool]:
        """The next records after the cursor, with the last one's sequence; whether more wait."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            after, asked, chunk = ahead
            last, records = chunk.result()
            if after == cursor and asked <= limit and records:
                return last, records, len(records) == asked
        last, records = self._chunk(cursor, limit)
        return last, records, len(records) == limit

    def _chunk(self, after: int, limit: int) -> tuple[int, list[OutRecord]]:
        events = self._store.after(after, limit=limit)
        last = events[-1].sequence if events else after
        return last, [record_of(event) for event in events]

    def close_topics(self) -> bool:
        """Publishes a closed stamp once everything recorded before it stands on the log.

        False where that is still to come: the stamp was fixed, and a later call publishes it,
        however busy the store is meanwhile.
        """
        if not self._active or not self._hold():
            self._closing = None
            return False
        closing = self._closed_record()
        if closing is None:
            return False
        self._writer.append([closing[1]])
        self._closed_stamp = closing[0]
        return True

    def _closed_record(self) -> tuple[int, OutRecord] | None:
        """A closed stamp with its record, once everything recorded before it stands on the log."""
        if self._closing is None:
            head = self._store.close_at(self._clock.now())
            if head.stamp <= self._closed_stamp:
                return None
            ends = self._store.partition_ends()
            # An event recorded between the two is past the closed stamp and counted all the
            # same: what a stamp counts has to be on the log before it.
            self._closing = head, ends, self._store.head().sequence
        head, ends, last = self._closing
        if self._store.cursor() < last:
            return None
        self._closing = None
        return head.stamp, closed_record(self._store.department, head, ends)

    def prepare(self, *, closing: bool) -> Ready | None:
        """Makes control records ready, beside the sending: no event waits for these looks.

        They go out with the next events (see `step`), where `closing` with a closed stamp.
        None where there is nothing to send. Raises StoreUnavailable.
        """
        if self._ready is not None:
            return self._ready
        gone, self._gone = self._gone, None
        if gone is not None and gone.places and self._outbox is not None:
            self._outbox.sent(gone.places)
        if not self._active:
            self._closing = None
            return None
        waiting = self._outbox.pending() if self._outbox is not None else []
        closed = self._closed_record() if closing else None
        if not waiting and closed is None:
            return None
        records = [record for _, record in waiting]
        if closed is not None:
            records.append(closed[1])
        ready = Ready(records, [place for place, _ in waiting], closed[0] if closed else 0)
        self._ready = ready
        return ready

    def _send_ready(self, ready: Ready | None, records: list[OutRecord]) -> None:
        """Sends events, and the control records that were made ready, in one go."""
        if ready is None:
            self._writer.append(records)
            return
        self._writer.append([*records, *ready.records])
        self._closed_stamp = max(self._closed_stamp, ready.closed)
        self._gone, self._ready = ready, None

    def send_control(self) -> int:
        """Sends control records that wait; how many. One sent twice has the same id."""
        if self._outbox is None or not self._active or not self._hold():
            return 0
        waiting = self._outbox.pending()
        if waiting:
            self._writer.append([record for _, record in waiting])
            self._outbox.sent([place for place, _ in waiting])
        return len(waiting)

    def stop(self) -> None:
        """Gives the lease back and closes the writer."""
        if self._held:
            # What cannot be given back lapses; the other departments of the process stop too.
            with suppress(StoreUnavailable):
                self._store.release("relay", self._holder)
        self._stand_by()
        self._asked = float("-inf")
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            # The store may be closed next: nothing may be reading from it then.
            wait([ahead[2]])

    def renew(self) -> bool:
        """Keeps the lease while there is nothing to send; whether this relay is at work."""
        return self._active and self._hold()

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

    def _stand_by(self) -> None:
        self._active = self._held = False
        self._cursor = self._ready = None
        self._writer.close()

    def _take_over(self) -> None:
        """Compares each partition's tail with the store and sends again what is missing."""
        self._make_missing()
        for place, through in compare(self._store, self._log).items():
            self._resend(place, through)
        self._active = True

    def _make_missing(self) -> None:
        """Makes a deleted topic anew, empty: what was on it is then found missing."""
        own = [TOPICS[name] for name in own_topics(self._store.department)]
        try:
            self._log.ensure_topics(TopicSpec(topic.name, topic.partitions) for topic in own)
            self._mismatch = ""
        except TopicMismatch as mismatch:
            self._mismatch = str(mismatch)

    @property
    def to_mend(self) -> bool:
        """Whether `look` found something that `check_topics` mends."""
        return self._to_mend

    def look(self) -> bool:
        """Looks, beside the sending, whether all that was published still stands.

        True where `check_topics` has something to mend: it sends, so it is the sender's.
        Raises LogUnavailable.
        """
        if self._marks is None or not self._active:
            return False
        with self._looking:
            self._make_missing()
            try:
                found = self._marks.losses()
            except PositionOutOfRange:
                return False  # cut while it was looked at: the next look tells
            self._to_mend = bool(found or self._lost or self._marks.asked())
            if not self._to_mend:
                self._marks.note()
            return self._to_mend

    def check_topics(self) -> list[Loss]:
        """Looks whether all that was published still stands, and sends again what does not.

        A topic that was deleted, made anew or cut at its end is refilled at once; one whose
        beginning was cut off waits for an operator, because it would be filled again whole
        while somebody may be making room on a disk. Returns what was found. Raises
        LogUnavailable, StoreForked.
        """
        if self._marks is None or not self._active or not self._hold():
            return []
        with self._looking:
            self._to_mend = False
            return self._check(self._marks)

    def _check(self, marks: Marks) -> list[Loss]:
        self._make_missing()
        try:
            return self._mend_losses(marks)
        except PositionOutOfRange:
            return []  # cut while it was looked at: the next look tells

    def _mend_losses(self, marks: Marks) -> list[Loss]:
        found = marks.losses()
        wanted = dict.fromkeys(marks.asked())
        begun = {loss.place: loss.why for loss in found if loss.why.endswith(BEGINNING)}
        for loss in found:
            _log.warning("topic lost records", topic=loss.place[0], why=loss.why)
            if loss.place not in begun:
                wanted[loss.place] = None
        for place in wanted:
            self._refill(place)
        self._lost = {place: why for place, why in begun.items() if place not in wanted}
        marks.tell(self._lost)
        marks.note()
        return found

    def refill(
        self, topics: Sequence[str], *, told: Told | None = None
    ) -> dict[TopicPartition, int] | None:
        """Reads own topics through and sends again what a reader in order would lack.

        The events sent for each partition; None where another relay is at work: it must be
        asked (see `Marks.ask`). Raises StoreForked, LogUnavailable.
        """
        if not self._hold():
            return None
        self._make_missing()
        compare(self._store, self._log)
        sent = {}
        for place in self._log.partitions(topics):
            sent[place] = self._refill(place, told=told)
            self._hold()
        if self._marks is not None:
            self._marks.note()
        return sent

    def _refill(self, place: TopicPartition, *, told: Told | None = None) -> int:
        standing = stands(self._store, self._log, place, told=told)

        def send(records: list[OutRecord]) -> None:
            if not self._hold():
                raise LogUnavailable(f"{place[0]}: another relay took over; it goes on")
            self._writer.append(records)

        sent = send_again(self._store, place, standing.through, send, told=told)
        if sent:
            _log.warning("topic refilled", topic=place[0], partition=place[1], events=sent)
        if self._marks is not None:
            begins_at = standing.begins_at if standing.through else standing.end
            self._marks.mended(place, begins_at, sent, self._clock.now())
        return sent

    def _resend(self, place: TopicPartition, after: int) -> None:
        """Sends what the cursor says was sent and the partition does not hold."""
        sent = send_again(self._store, place, after, self._writer.append)
        if sent and self._marks is not None:
            self._marks.mended(place, None, sent, self._clock.now())
