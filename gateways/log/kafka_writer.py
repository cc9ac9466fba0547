"""Appending to Kafka so that nothing acknowledged is lost and order holds per partition.

An idempotent producer keeps order through its own retries. One whose record failed or was
late is never trusted again: it is closed and a new one is made, and the caller sends again
from its cursor, which can only repeat records. Its own delivery time-out is set so long
that it never fires: one that fires wedges the producer.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from gateways.contracts.envelope import CONTENT_TYPE
from gateways.log.kafka_client import KafkaAccess
from gateways.log.port import OutRecord, TopicMismatch

ACKNOWLEDGED_S_MAX = 10.0
IN_FLIGHT_MAX = 20_000
NEVER_MS = 24 * 3600 * 1000
HEADERS = [("content-type", CONTENT_TYPE.encode())]

# A flush ends the linger at once: a long one costs a single record nothing and fills batches.
SETTINGS = {
    "enable_idempotence": True,
    "acks": "all",
    "delivery_timeout_ms": NEVER_MS,
    "max_in_flight_requests_per_connection": 5,
    "max_block_ms": int(ACKNOWLEDGED_S_MAX * 500),
    "batch_size": 131_072,
    "linger_ms": 50,
    "allow_auto_create_topics": False,
}


class KafkaWriter:
    """Appends records; one writer per relay, one append at a time."""

    def __init__(self, access: KafkaAccess, name: str) -> None:
        self._access, self._name = access, name
        self._producer: Any = None
        self._lock = threading.Lock()

    def append(self, records: Sequence[OutRecord]) -> None:
        """Returns once every record is acknowledged; LogUnavailable within a bounded time.

        Thousands at a time flow best: what the broker works on is bounded here.
        """
        if not records:
            return
        with self._lock:
            if self._producer is None:
                self._producer = self._access.open(
                    KafkaProducer, client_id=f"relay-{self._name}", **SETTINGS
                )
            try:
                self._send(self._producer, records)
            except (KafkaError, OSError) as error:
                self._discard()
                raise self._access.unavailable(error) from error
            except BaseException:
                self._discard()
                raise

    def _send(self, producer: Any, records: Sequence[OutRecord]) -> None:
        late = time.monotonic() + ACKNOWLEDGED_S_MAX
        futures: deque[Any] = deque()
        send = producer.send
        for record in records:
            if len(futures) >= IN_FLIGHT_MAX:
                futures.popleft().get(timeout=max(0.0, late - time.monotonic()))
                late = time.monotonic() + ACKNOWLEDGED_S_MAX
            try:
                futures.append(
                    send(record.topic, record.value, record.key, HEADERS, record.partition)
                )
            except ValueError as error:
                raise TopicMismatch(
                    f"{record.topic} has no partition {record.partition}"
                ) from error
        # Does away with the last linger; each acknowledgement is still looked at below.
        producer.flush(timeout=ACKNOWLEDGED_S_MAX)
        for future in futures:
            if not future.is_done:
                raise KafkaTimeoutError(f"no acknowledgement in {ACKNOWLEDGED_S_MAX:.0f} s")
            if future.failed():
                raise future.exception

    def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # Closing flushes first and gives up there when anything is left: end the sender
        # before, so that no batch of a producer that was given up is sent late.
        producer._sender.force_close()
        with contextlib.suppress(KafkaError, OSError):
            producer.close(timeout=1.0)
        producer._sender.join(1.0)

    def close(self) -> None:
        """Releases the producer."""
        with self._lock:
            self._discard()
