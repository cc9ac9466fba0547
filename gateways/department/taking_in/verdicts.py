"""What is decided about a record: it is taken, or it is set aside with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from domain.facts import Recorded
from gateways.log.port import LogRecord


class Taken(Struct, frozen=True, gc=False):
    """A record to apply."""

    record: LogRecord
    fact: Recorded[Any]
    partition_sequence: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A record to set aside: why, and whether its key's followers wait behind it.

    `state` is FOREIGN (alone), EARLY (until the hole before it is filled), BLOCKING (its
    key waits) or WAITING (behind a blocking one). `partition_sequence` is None where the
    record does not move the partition's sequence on.
    """

    record: LogRecord
    state: str
    cause: str
    detail: str
    parked_at: int
    partition_sequence: int | None = None
    own_sequence: int | None = None
