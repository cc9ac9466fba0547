"""Shares of a page: what one read of several partitions may take from each of them.

Every partition that has something new gets the same share of records and of bytes, so that
a busy one cannot keep the others waiting for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gateways.log.port import LogRecord


@dataclass(slots=True)
class Page:
    """A page being filled: at most `limit` records, `partitions` of which may give some.

    `bytes_max` bounds the values; each partition may go over its share by one record, and
    gives at least one, so that a record larger than the bound is read all the same.
    """

    limit: int
    bytes_max: int
    partitions: int
    records: list[LogRecord] = field(default_factory=list)
    _taken: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def share(self) -> int:
        """The records that one partition may give."""
        return -(-self.limit // self.partitions)

    def wants(self, topic: str, partition: int) -> bool:
        """Whether a partition may give another record."""
        count, size = self._taken.get((topic, partition), (0, 0))
        return (
            len(self.records) < self.limit
            and count < self.share
            and size * self.partitions < self.bytes_max
        )

    def take(self, record: LogRecord) -> None:
        """Adds a record."""
        place = record.topic, record.partition
        count, size = self._taken.get(place, (0, 0))
        self._taken[place] = count + 1, size + len(record.value)
        self.records.append(record)
