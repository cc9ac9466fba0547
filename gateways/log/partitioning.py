"""Which partition a key belongs to: murmur2 as every Kafka client computes it.

The partition is part of the contract: it is computed once, when the event is recorded,
and a reader in any language finds one subject's events in one partition.
"""

from __future__ import annotations

from functools import lru_cache

KEYS_KEPT = 1 << 16
SEED, MULTIPLIER, SHIFT, WORD = 0x9747B28C, 0x5BD1E995, 24, 0xFFFFFFFF


@lru_cache(maxsize=KEYS_KEPT)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key among `partitions`: murmur2, sign bit cleared, modulo."""
    return int((murmur2(key) & 0x7FFFFFFF) % partitions)


def murmur2(key: bytes) -> int:
    """MurmurHash2 of 32 bits with Kafka's seed. Source: A. Appleby, MurmurHash2 (2008).

    Written out here because the client that also has it takes a tenth of a second to load,
    which an embedded installation never needs.
    """
    mixed = (SEED ^ len(key)) & WORD
    whole = len(key) - len(key) % 4
    for at in range(0, whole, 4):
        block = int.from_bytes(key[at : at + 4], "little") * MULTIPLIER & WORD
        block = (block ^ block >> SHIFT) * MULTIPLIER & WORD
        mixed = mixed * MULTIPLIER & WORD ^ block
    if whole < len(key):
        mixed = (mixed ^ int.from_bytes(key[whole:], "little")) * MULTIPLIER & WORD
    mixed = (mixed ^ mixed >> 13) * MULTIPLIER & WORD
    return mixed ^ mixed >> 15
