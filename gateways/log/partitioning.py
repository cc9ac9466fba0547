"""Which partition a key belongs to: murmur2 as every Kafka client computes it.

The partition is part of the contract: it is computed once, when the event is recorded,
and a reader in any language finds one subject's events in one partition.
"""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2

KEYS_KEPT = 1 << 16


@lru_cache(maxsize=KEYS_KEPT)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key among `partitions`: murmur2, sign bit cleared, modulo."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)
