"""The shared log on Apache Kafka, through kafka-python.

Theory of operation. Positions live in the readers' own transactions, so nothing is ever
committed to Kafka and no reset rule applies: a position that is not on the log is named
as an error. Groups only divide partitions and notice dead readers. Consumers raise nothing
while a broker is away, they are just empty: whoever reads watches the lag.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from kafka import KafkaConsumer
from kafka import TopicPartition as Place
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import ClusterAuthorizationFailedError, TopicAuthorizationFailedError

from gateways.log.drift import KEPT_FOR_EVER
from gateways.log.kafka_client import KafkaAccess
from gateways.log.kafka_pages import KafkaPages
from gateways.log.kafka_reader import READING, KafkaReader
from gateways.log.kafka_writer import KafkaWriter
from gateways.log.port import (
    LogRecord,
    LogRefused,
    Positions,
    TopicMismatch,
    TopicPartition,
    TopicSpec,
)

TOPIC_EXISTS = 36
UNKNOWN_TOPIC = 3
NOT_ALLOWED = (TopicAuthorizationFailedError.errno, ClusterAuthorizationFailedError.errno)
TAIL_S_MAX = 10.0
OFFSETS_S_MAX = 15.0
"""How long to ask where partitions end: a busy broker elects the leaders of new topics one by one."""
LEADER_S = 0.05

Answer = TypeVar("Answer")


class KafkaLog:
    """The shared log at the brokers that `access` names.

    `replication` is the number of copies for new topics, None for the brokers' default.
    """

    def __init__(self, access: KafkaAccess | str, *, replication: int | None = None) -> None:
        self._access = KafkaAccess(access) if isinstance(access, str) else access
        self._replication = replication
        self._lock = threading.RLock()
        self._admin: Any = None
        self._probe: Any = None
        self._partitions: dict[str, int] = {}
        self._pages = KafkaPages(self._access)
        # Weakly: a relay makes a new writer after every failure of a long outage.
        self._open: weakref.WeakSet[KafkaReader | KafkaWriter] = weakref.WeakSet()

    def ensure_topics(self, topics: Iterable[TopicSpec]) -> None:
        """Creates what is missing; raises TopicMismatch where the contract is broken."""
        specs = {spec.name: spec for spec in topics}
        if specs:
            self._ask(lambda admin: self._ensure(admin, specs))

    def _ensure(self, admin: Any, specs: Mapping[str, TopicSpec]) -> None:
        found = self._counts(admin, list(specs))
        missing = {
            name: {
                "num_partitions": spec.partitions,
                "replication_factor": self._replication or -1,
                "configs": KEPT_FOR_EVER,
            }
            for name, spec in specs.items()
            if name not in found
        }
        if missing:
            answer = admin.create_topics(missing, raise_errors=False)
            for topic in answer["topics"]:
                if topic["error_code"] not in (0, TOPIC_EXISTS):
                    why = topic.get("error_message") or topic["error_code"]
                    if topic["error_code"] in NOT_ALLOWED:
                        raise LogRefused(
                            f"{self._access.username} may not create {topic['name']}:"
                            " an operator runs `liandong topics apply` first"
                        )
                    raise self._access.unavailable(f"{topic['name']} cannot be created: {why}")
            admin.wait_for_topics(list(missing))
            found = self._counts(admin, list(specs))
        wrong = [
            f"{name} has {found.get(name)} partitions, not {spec.partitions}"
            for name, spec in specs.items()
            if found.get(name) != spec.partitions
        ]
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in specs]
        for name, stands in admin.describe_configs(asked, config_filter="all")["topic"].items():
            wrong += [
                f"{name} has {key}={stands[key]['value']}, not {value}"
                for key, value in KEPT_FOR_EVER.items()
                if stands[key]["value"] != value
            ]
        if wrong:
            raise TopicMismatch("; ".join(wrong))
        self._partitions |= found

    def _counts(self, admin: Any, names: list[str]) -> dict[str, int]:
        """The number of partitions of those topics that exist. Raises LogRefused."""
        found = admin.describe_topics(names)
        hidden = [one["name"] for one in found if one["error_code"] in NOT_ALLOWED]
        if hidden:
            raise self._access.unavailable(TopicAuthorizationFailedError(", ".join(hidden)))
        return {
            one["name"]: len(one["partitions"])
            for one in found
            if one["error_code"] != UNKNOWN_TOPIC
        }

    def partitions(self, topics: Sequence[str]) -> list[TopicPartition]:
        """Every partition of the topics. Raises TopicMismatch for a topic that is not there."""
        with self._lock:
            unknown = [topic for topic in topics if topic not in self._partitions]
            if unknown:
                self._partitions |= self._ask(lambda admin: self._counts(admin, unknown))
            for topic in unknown:
                if topic not in self._partitions:
                    raise TopicMismatch(
                        f"the topic {topic} is not on the log at {self._access.bootstrap}"
                    )
            return [(topic, n) for topic in topics for n in range(self._partitions[topic])]

    def writer(self, name: str) -> KafkaWriter:
        """A writer for one relay."""
        writer = KafkaWriter(self._access, name)
        self._open.add(writer)
        return writer

    def reader(
        self, name: str, topics: Sequence[str], positions: Positions, *, shared: bool = True
    ) -> KafkaReader:
        """A reader; `name` is the Kafka group of `shared` readers."""
        reader = KafkaReader(
            self._access, name if shared else None, topics, positions, self.partitions
        )
        self._open.add(reader)
        return reader

    def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The next offset of each partition: everything below it is acknowledged."""
        places = [Place(*place) for place in self.partitions(topics)]
        ends = self._look(lambda probe: self._offsets(probe.end_offsets, places))
        return {(place.topic, place.partition): end for place, end in ends.items()}

    def begins(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        """The first offset of each partition that still stands; its end where none does."""
        places = [Place(*place) for place in self.partitions(topics)]
        begins = self._look(lambda probe: self._offsets(probe.beginning_offsets, places))
        return {(place.topic, place.partition): first for place, first in begins.items()}

    def tail(self, topic: str, partition: int, count: int) -> list[LogRecord]:
        """The last `count` records of a partition, oldest first."""
        return self._look(lambda probe: self._tail(probe, Place(topic, partition), count))

    def read(
        self, positions: Mapping[TopicPartition, int], *, limit: int, bytes_max: int
    ) -> list[LogRecord]:
        """The records from the positions on; see the port."""
        return self._pages.read(positions, limit=limit, bytes_max=bytes_max)

    def _tail(self, probe: Any, place: Any, count: int) -> list[LogRecord]:
        first = self._offsets(probe.beginning_offsets, [place])[place]
        end = self._offsets(probe.end_offsets, [place])[place]
        start = max(first, end - count)
        if start >= end:
            return []
        probe.assign([place])
        probe.seek(place, start)
        records: list[LogRecord] = []
        late = time.monotonic() + TAIL_S_MAX
        while not records or records[-1].offset < end - 1:
            if time.monotonic() > late:
                raise self._access.unavailable(f"{place.topic} did not answer")
            for found in probe.poll(timeout_ms=200).values():
                records += [
                    LogRecord(it.topic, it.partition, it.offset, it.key, it.value)
                    for it in found
                    if it.offset < end
                ]
        probe.assign([])
        return records

    def _offsets(self, asked: Callable[..., dict[Any, int]], places: list[Any]) -> dict[Any, int]:
        """The answer for every place: the client leaves out, with a KeyError, partitions whose
        leader it has only just asked for.
        """
        late = time.monotonic() + OFFSETS_S_MAX
        while True:
            try:
                return asked(places, timeout_ms=int(OFFSETS_S_MAX * 1000))
            except KeyError as unknown:
                if time.monotonic() > late:
                    raise self._access.unavailable(f"no leader is known for {unknown}") from None
                time.sleep(LEADER_S)

    def _ask(self, question: Callable[[Any], Answer]) -> Answer:
        """Asks an admin client, which is made when first needed and after any failure."""
        with self._lock:
            if self._admin is None:
                self._admin = self._access.open(KafkaAdminClient, client_id="liandong-admin")
            try:
                with self._access.guarded():
                    return question(self._admin)
            except BaseException:
                admin, self._admin = self._admin, None
                with contextlib.suppress(Exception):
                    admin.close()
                raise

    def _look(self, question: Callable[[Any], Answer]) -> Answer:
        """Asks a consumer without a group, made when first needed and after any failure."""
        with self._lock:
            if self._probe is None:
                self._probe = self._access.open(
                    KafkaConsumer, client_id="liandong-tail", group_id=None, **READING
                )
            try:
                with self._access.guarded():
                    return question(self._probe)
            except BaseException:
                probe, self._probe = self._probe, None
                with contextlib.suppress(Exception):
                    probe.close(autocommit=False, timeout_ms=1000)
                raise

    def close(self) -> None:
        """Closes every writer, reader and client of this log."""
        for opened in list(self._open):
            opened.close()
        self._pages.close()
        with self._lock, self._access.guarded():
            if self._admin is not None:
                self._admin.close()
            if self._probe is not None:
                self._probe.close(autocommit=False, timeout_ms=1000)
            self._admin = self._probe = None
