"""Pages of Kafka topics for those who come and go: no group, a seek for each page.

A few consumers stand ready, each serving one page at a time, so that a slow broker holds up
as many readers as there are consumers and never the relay.
"""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Mapping
from typing import Any

from kafka import KafkaConsumer
from kafka import TopicPartition as Place
from kafka.errors import OffsetOutOfRangeError

from gateways.log.kafka_client import REQUEST_S_MAX, KafkaAccess
from gateways.log.kafka_reader import READING
from gateways.log.paging import Page
from gateways.log.port import LogRecord, PositionOutOfRange, TopicPartition

CONSUMERS = 3
PAGE_S_MAX = 10.0
LEADER_S = 0.05
FETCHED_MAX = 100_000

# A page is thrown away beyond its limit: fetching far ahead would cost more than it brings.
FETCHING = {"fetch_max_wait_ms": 50, "max_partition_fetch_bytes": 131_072}


class KafkaPages:
    """Reads pages; safe for many threads."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(CONSUMERS):
            self._idle.put(None)

    def read(
        self, positions: Mapping[TopicPartition, int], *, limit: int, bytes_max: int
    ) -> list[LogRecord]:
        """The records from the positions on; see the port."""
        try:
            consumer = self._idle.get(timeout=PAGE_S_MAX)
        except queue.Empty:
            raise self._access.unavailable("every reader of pages is busy") from None
        try:
            if consumer is None:
                consumer = self._access.open(
                    KafkaConsumer,
                    client_id="liandong-pages",
                    group_id=None,
                    **READING,
                    **FETCHING,
                )
            with self._access.guarded():
                return _page(self._access, consumer, positions, limit, bytes_max)
        except PositionOutOfRange:
            raise
        except BaseException:
            _close(consumer)
            consumer = None
            raise
        finally:
            self._idle.put(consumer)

    def close(self) -> None:
        """Closes every consumer."""
        for _ in range(CONSUMERS):
            with contextlib.suppress(queue.Empty):
                _close(self._idle.get(timeout=PAGE_S_MAX))


def _close(consumer: Any) -> None:
    if consumer is not None:
        with contextlib.suppress(Exception):
            consumer.close(autocommit=False, timeout_ms=1000)


def _page(
    access: KafkaAccess,
    consumer: Any,
    positions: Mapping[TopicPartition, int],
    limit: int,
    bytes_max: int,
) -> list[LogRecord]:
    late = time.monotonic() + PAGE_S_MAX
    ends = _ends(access, consumer, [Place(*place) for place in sorted(positions)], late)
    for place, end in ends.items():
        if not 0 <= positions[place.topic, place.partition] <= end:
            at = positions[place.topic, place.partition]
            raise PositionOutOfRange(place.topic, place.partition, at, 0, end)
    left = {place for place, end in ends.items() if positions[place.topic, place.partition] < end}
    if not left:
        return []
    consumer.assign(sorted(left))
    for place in left:
        consumer.seek(place, positions[place.topic, place.partition])
    page = Page(limit, bytes_max, len(left))
    try:
        while left:
            if time.monotonic() > late:
                raise access.unavailable("no page in time")
            # All that was fetched: what stays in the client holds up the other partitions.
            found = consumer.poll(timeout_ms=200, max_records=FETCHED_MAX)
            for place, records in found.items():
                for it in records:
                    if it.offset < ends[place] and page.wants(place.topic, place.partition):
                        page.take(LogRecord(it.topic, it.partition, it.offset, it.key, it.value))
                if records[-1].offset >= ends[place] - 1:
                    left.discard(place)
            left = {place for place in left if page.wants(place.topic, place.partition)}
    except OffsetOutOfRangeError as error:
        ((place, position),) = error.args[0].items()
        raise PositionOutOfRange(place.topic, place.partition, position, -1, -1) from error
    finally:
        consumer.assign([])
    return page.records


def _ends(access: KafkaAccess, consumer: Any, places: list[Any], late: float) -> dict[Any, int]:
    """The ends: the client leaves out, with a KeyError, partitions whose leader it must ask for."""
    while True:
        try:
            ends: dict[Any, int] = consumer.end_offsets(
                places, timeout_ms=int(REQUEST_S_MAX * 1000)
            )
            return ends
        except KeyError as unknown:
            if time.monotonic() > late:
                raise access.unavailable(f"no leader is known for {unknown}") from None
            time.sleep(LEADER_S)
