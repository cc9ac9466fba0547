"""Reading from Kafka: the group divides partitions, positions come from the reader's owner.

Listener callbacks run on the client's own I/O loop: they only note what was assigned and
pause it. The next poll, in the caller's thread, asks the owner where to go on, checks that
the log still has that place, and only then lets records flow.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka import TopicPartition as Place
from kafka.errors import AuthorizationError, KafkaError, OffsetOutOfRangeError

from gateways.log.kafka_client import REQUEST_S_MAX, KafkaAccess
from gateways.log.port import (
    LogRecord,
    LogRefused,
    LogUnavailable,
    PositionOutOfRange,
    Positions,
    TopicMismatch,
    TopicPartition,
)

log = logging.getLogger(__name__)

RETRY_S = 0.5
WAKE_EVERY_S = 0.1
DROPPED_S = 15.0
"""After this long, a partition that was dropped and is still assigned is asked for anew: by
then a reader that the group has left behind knows it."""

READING: dict[str, Any] = {
    # Nothing is committed and nothing is reset: positions are the owner's alone.
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    "metadata_max_age_ms": 10_000,
}
GROUP: dict[str, Any] = {
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 2_000,
    "max_poll_interval_ms": 300_000,
}


class KafkaReader:
    """Reads records in offset order from the partitions assigned to it."""

    def __init__(
        self,
        access: KafkaAccess,
        group: str | None,
        topics: Sequence[str],
        positions: Positions,
        partitions: Callable[[Sequence[str]], list[TopicPartition]],
    ) -> None:
        self._access, self._group, self._topics = access, group, list(topics)
        self._positions, self._partitions = positions, partitions
        self._consumer: Any = None
        self._lock = threading.Lock()
        self._assignment = 0
        self._fresh: set[Any] = set()
        self._flowing: set[Any] = set()
        self._dropped: dict[Any, float] = {}
        self._woken = threading.Event()
        self._complained = False

    def poll(self, *, limit: int, timeout_s: float) -> list[LogRecord]:
        """Up to `limit` records; see the port. LogRefused where rights are missing."""
        deadline = time.monotonic() + timeout_s
        while True:
            left = max(0.0, deadline - time.monotonic())
            records = self._round(limit, min(left, WAKE_EVERY_S))
            if records or self._woken.is_set() or time.monotonic() >= deadline:
                self._woken.clear()
                return records

    def _round(self, limit: int, wait_s: float) -> list[LogRecord]:
        try:
            if self._consumer is None:
                self._join()
            self._go_on_joining()
            self._settle()
            batches = self._consumer.poll(timeout_ms=int(wait_s * 1000), max_records=limit)
        except OffsetOutOfRangeError as error:
            raise self._set_aside(error) from error
        except LogRefused:
            raise
        except AuthorizationError as error:
            raise self._access.unavailable(error) from error
        except (KafkaError, LogUnavailable, TopicMismatch) as error:
            if not self._complained:
                log.warning("%s reads nothing for now: %s", self._group or "a reader", error)
                self._complained = True
            self._woken.wait(min(RETRY_S, wait_s))
            return []
        if not batches:
            return []
        self._complained = False
        with self._lock:
            flowing = frozenset(self._flowing)
        return [
            LogRecord(place.topic, place.partition, it.offset, it.key, it.value)
            for place, found in batches.items()
            if place in flowing
            for it in found
        ]

    def _join(self) -> None:
        # A group joined before its topics are known gets an empty assignment first.
        places = self._partitions(self._topics)
        consumer = self._access.open(
            KafkaConsumer,
            client_id=f"reader-{self._group or 'all'}",
            group_id=self._group,
            **READING,
            **(GROUP if self._group is not None else {}),
        )
        self._consumer = consumer
        if self._group is None:
            mine = [Place(*place) for place in places]
            consumer.assign(mine)
            self._assigned(mine)
        else:
            consumer.subscribe(self._topics, listener=_Listener(self._assigned, self._revoked))

    def _assigned(self, places: Iterable[Any]) -> None:
        with self._lock:
            self._assignment += 1
            for place in places:
                # A position keeps the client from looking for a committed one.
                self._consumer.seek(place, 0)
                self._consumer.pause(place)
                self._fresh.add(place)
                self._flowing.discard(place)
                self._dropped.pop(place, None)

    def _revoked(self, places: Iterable[Any]) -> None:
        with self._lock:
            self._assignment += 1
            for place in places:
                self._fresh.discard(place)
                self._flowing.discard(place)
                self._dropped.pop(place, None)

    def _go_on_joining(self) -> None:
        """Ends a join that a poll left unfinished.

        A join begun for new metadata is forgotten by the client when the poll's time ends
        before it does: heartbeats stay off, the group drops the reader, and nothing tells it.
        """
        coordinator = self._consumer._coordinator
        if coordinator is not None and coordinator.rejoining:
            coordinator.request_rejoin()

    def _settle(self) -> None:
        """Lets newly assigned partitions flow from where their owner says."""
        now = time.monotonic()
        with self._lock:
            for place, since in list(self._dropped.items()):
                if now - since > DROPPED_S:
                    del self._dropped[place]
                    self._fresh.add(place)
            fresh, assignment = sorted(self._fresh), self._assignment
        if not fresh:
            return
        positions = self._positions([(place.topic, place.partition) for place in fresh])
        timeout_ms = int(REQUEST_S_MAX * 1000)
        try:
            firsts = self._consumer.beginning_offsets(fresh, timeout_ms=timeout_ms)
            ends = self._consumer.end_offsets(fresh, timeout_ms=timeout_ms)
        except KeyError as unknown:
            # The client leaves out partitions without a leader: they stay fresh till they have one.
            raise self._access.unavailable(f"no leader is known for {unknown}") from None
        wrong = None
        with self._lock:
            if assignment != self._assignment:
                return  # assigned anew meanwhile: the positions may be old
            for place in fresh:
                position = positions.get((place.topic, place.partition), 0)
                if not firsts[place] <= position <= ends[place]:
                    # One at a time: the others stay fresh, and the next poll names them.
                    if wrong is None:
                        self._fresh.discard(place)
                        wrong = PositionOutOfRange(
                            place.topic, place.partition, position, firsts[place], ends[place]
                        )
                    continue
                self._fresh.discard(place)
                self._consumer.seek(place, position)
                self._consumer.resume(place)
                self._flowing.add(place)
        if wrong is not None:
            raise wrong

    def _set_aside(self, error: OffsetOutOfRangeError) -> PositionOutOfRange:
        """Stops the partition whose place went away while it was being read."""
        ((place, position),) = error.args[0].items()
        with self._lock:
            self._flowing.discard(place)
            with contextlib.suppress(KeyError, ValueError):
                self._consumer.seek(place, 0)
                self._consumer.pause(place)
        return PositionOutOfRange(place.topic, place.partition, position, -1, -1)

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions this reader holds now and reads from."""
        with self._lock:
            return frozenset((place.topic, place.partition) for place in self._flowing)

    def drop(self, partition: TopicPartition) -> None:
        """Stops delivering a partition until it is assigned anew."""
        place = Place(*partition)
        with self._lock:
            if place not in self._flowing:
                return
            self._flowing.discard(place)
            self._dropped[place] = time.monotonic()
            with contextlib.suppress(KeyError, ValueError):
                self._consumer.pause(place)

    def again(self, partition: TopicPartition) -> None:
        """Asks its owner anew where a held partition goes on, at the next poll."""
        place = Place(*partition)
        with self._lock:
            if self._consumer is None or place not in self._consumer.assignment():
                return
            self._flowing.discard(place)
            self._dropped.pop(place, None)
            with contextlib.suppress(KeyError, ValueError):
                self._consumer.pause(place)
            self._fresh.add(place)

    def wake(self) -> None:
        """Makes a waiting poll return within a tenth of a second."""
        self._woken.set()

    def close(self) -> None:
        """Leaves the group and releases the reader."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with contextlib.suppress(KafkaError, OSError):
                consumer.close(autocommit=False, timeout_ms=2000)
        with self._lock:
            self._flowing.clear()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the reader what its group gave and took; returns at once."""

    def __init__(
        self, assigned: Callable[[Iterable[Any]], None], revoked: Callable[[Iterable[Any]], None]
    ) -> None:
        self._assigned, self._revoked = assigned, revoked

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Notes what was given."""
        self._assigned(assigned)

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Notes what was taken."""
        self._revoked(revoked)
