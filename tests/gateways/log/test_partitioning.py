"""A key's partition is the one that every Kafka client computes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner

from gateways.log.partitioning import partition_of


class _Cluster:
    """What the partitioner asks a cluster."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions

    def topics(self) -> set[str]:
        return {"t"}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(self._partitions))

    available_partitions_for_topic = partitions_for_topic


@given(st.binary(), st.integers(1, 64))
def test_a_key_goes_where_the_kafka_client_sends_it(key: bytes, partitions: int) -> None:
    expected = DefaultPartitioner().partition("t", key, key, b"", b"", _Cluster(partitions))
    assert partition_of(key, partitions) == expected


def test_the_partitions_of_known_keys_never_change() -> None:
    # Hash values that Kafka's own tests pin: "21" is -973932308, "foobar" is -790332482.
    assert partition_of(b"21", 1000) == (-973932308 & 0x7FFFFFFF) % 1000
    assert partition_of(b"foobar", 1000) == (-790332482 & 0x7FFFFFFF) % 1000
