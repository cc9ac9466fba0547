"""What a publisher knows of its own partitions: how far they stand on the log, and its bytes.

Up to where a partition was published is known by the trick of the closed stamp: the head is
fixed, and once the relay has passed it, every partition stands as far as it did then.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from gateways.contracts import canonical
from gateways.department.ledger.ranges import Range
from gateways.log.port import TopicPartition
from gateways.store.port import EventStore

CHUNK = 1000
KEPT = 5000
"""Hashes of a partition that are kept, so that eleven readers cost one look at the store."""

CASES_LOOKED_AT = 2000
"""Records that are looked through for the matters they are of."""


class Published:
    """One department's own partitions, as the ledger asks for them."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._ends: dict[TopicPartition, int] = {}
        self._fixed: tuple[int, dict[TopicPartition, int]] | None = None
        self._known: dict[TopicPartition, dict[int, bytes]] = {}

    def look(self) -> None:
        """Finds out how far the partitions stand on the log now."""
        for _ in range(2):
            if self._fixed is None:
                # The head is read after the ends, so that it is at or past all of them.
                ends = {place: end for place, end in self._store.partition_ends().items() if end}
                self._fixed = (self._store.head().sequence, ends)
            if self._fixed[0] > self._store.cursor():
                return
            self._ends, self._fixed = self._fixed[1], None

    @property
    def ends(self) -> dict[TopicPartition, int]:
        """The last partition sequence that stands on the log, by partition."""
        return self._ends

    def given_out(self) -> dict[TopicPartition, int]:
        """The last partition sequence that the store gave out at all, by partition."""
        return self._store.partition_ends()

    def hashes(self, place: TopicPartition, first: int, last: int) -> Iterator[bytes]:
        """The SHA-256 of each record's value, from one sequence to another."""
        known = self._known.setdefault(place, {})
        at = first
        while at <= last:
            held = known.get(at)
            if held is not None:
                yield held
                at += 1
                continue
            events = self._store.partition_after(*place, at - 1, limit=min(CHUNK, last - at + 1))
            if not events:
                return
            for event in events:
                known[event.partition_sequence] = sha256(event.body).digest()
                yield known[event.partition_sequence]
            at = events[-1].partition_sequence + 1
            while len(known) > KEPT:
                del known[next(iter(known))]

    def stamp(self, place: TopicPartition, sequence: int) -> int | None:
        """When an event was recorded; None where there is none."""
        events = self._store.partition_after(*place, sequence - 1, limit=1)
        return events[0].stamp if events else None

    def concerned(self, place: TopicPartition, span: Range) -> tuple[list[str], str, int]:
        """The matters of a range in their order, the first one's region, the first one's stamp."""
        matters: dict[str, None] = {}
        region, since, at = "", 0, span[0]
        looked = 0
        while at <= span[1] and looked < CASES_LOOKED_AT:
            events = self._store.partition_after(*place, at - 1, limit=min(500, span[1] - at + 1))
            if not events:
                break
            for event in events:
                envelope = canonical.decode(event.body)
                matters.setdefault(str(envelope["matter"]))
                region = region or str(envelope["region"])
                since = since or event.stamp
            looked += len(events)
            at = events[-1].partition_sequence + 1
        return list(matters), region, since
