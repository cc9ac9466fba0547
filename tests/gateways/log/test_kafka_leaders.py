"""A reader meets a broker that is about to choose its leaders: what it was given stays its own."""

from __future__ import annotations

from typing import Any

from kafka import TopicPartition as Place

from gateways.log.kafka_client import KafkaAccess
from gateways.log.kafka_reader import KafkaReader

PLACES = [Place("facts", 0), Place("facts", 1)]


class Leaderless:
    """A consumer that answers as kafka-python does while a partition has no leader."""

    _coordinator = None

    def __init__(self) -> None:
        self.leaders = False

    def beginning_offsets(self, places: list[Any], **_: Any) -> dict[Any, int]:
        found = {places[0]: 0} if not self.leaders else dict.fromkeys(places, 0)
        return {place: found[place] for place in places}

    end_offsets = beginning_offsets

    def poll(self, **_: Any) -> dict[Any, Any]:
        return {}

    def assignment(self) -> set[Any]:
        return set(PLACES)

    def seek(self, *_: Any) -> None: ...
    def pause(self, *_: Any) -> None: ...
    def resume(self, *_: Any) -> None: ...


def test_a_reader_waits_for_the_leaders_of_its_partitions() -> None:
    reader = KafkaReader(
        KafkaAccess("nowhere:1"),
        "group",
        ["facts"],
        lambda places: dict.fromkeys(places, 0),
        lambda _: [("facts", 0), ("facts", 1)],
    )
    consumer = reader._consumer = Leaderless()
    reader._assigned(PLACES)
    assert reader.poll(limit=10, timeout_s=0.0) == []
    assert reader.assigned() == frozenset()
    consumer.leaders = True
    reader.poll(limit=10, timeout_s=0.0)
    assert reader.assigned() == {("facts", 0), ("facts", 1)}
