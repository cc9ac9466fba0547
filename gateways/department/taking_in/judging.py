"""Judging a record: is it ours, is it next, can it be applied, and must it wait?

A record that is no event of the topic's department (foreign bytes, another source, real
among simulated) is set aside alone: the partition sequence proves that nothing of ours is
missing. A record of ours that cannot be applied blocks its key. A hole in the partition
sequence holds what came early until the missing record arrives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.departments import TOPICS
from gateways.contracts import canonical
from gateways.contracts.envelope import UnknownType, read_source, recorded
from gateways.contracts.validation import envelope_fits, validate_envelope
from gateways.department.taking_in.desk import Desk
from gateways.department.taking_in.verdicts import Parked, Taken
from gateways.log.port import LogRecord, TopicPartition

SKEW_US = 60_000_000
"""A stamp further ahead of the reader's clock than this is not believed."""


class Judge:
    """Judges the records of one reader."""

    def __init__(self, department: str, mode: str) -> None:
        self.department, self.mode = department, mode

    def decode(self, body: bytes) -> Any:
        """The JSON value of a record. Raises ValueError."""
        return canonical.decode(body)

    def judge(self, record: LogRecord, last: int, desk: Desk) -> Taken | Parked | None:
        """What to do with a record after partition sequence `last`; None for a duplicate."""
        try:
            envelope = canonical.decode(record.value)
        except ValueError as error:
            return desk.foreign(record, f"not JSON: {error}")
        problem = self._foreign(envelope, record)
        if problem is not None:
            return desk.foreign(record, problem)
        sequence = int(envelope["partitionsequence"])
        if sequence <= last:
            return desk.duplicate(record, sequence)
        if sequence > last + 1 or (record.topic, record.partition) in desk.more:
            return desk.hold(record, sequence, f"{last + 1} to {sequence - 1} are missing")
        return self.take(record, envelope, sequence, desk)

    def caught_up(
        self, partition: TopicPartition, last: int, desk: Desk
    ) -> Iterator[Taken | Parked]:
        """The records held after a hole that are next once `last` was judged, in order."""
        for sequence, record in desk.early(partition, last):
            yield self.take(record, canonical.decode(record.value), sequence, desk)

    def take(self, record: LogRecord, envelope: Any, sequence: int, desk: Desk) -> Taken | Parked:
        """Takes a record that is next in its partition, or says why its key must wait."""
        desk.note(record, sequence)
        if desk.blocked(record):
            return desk.wait(record, sequence)
        poison = desk.poison(record)
        if poison is not None:
            return desk.block(record, sequence, "POISONED", f"{type(poison).__name__}: {poison}")
        if not envelope_fits(envelope):
            problems = validate_envelope(envelope)
            detail = "; ".join(f"{problem.field}: {problem.en}" for problem in problems[:5])
            return desk.block(record, sequence, "INVALID", detail)
        try:
            fact = recorded(envelope)
        except UnknownType as error:
            return desk.block(record, sequence, "UNKNOWN_TYPE", str(error))
        except (ValueError, KeyError, TypeError) as error:
            return desk.block(record, sequence, "INVALID", f"{type(error).__name__}: {error}")
        if fact.stamp > desk.now + SKEW_US:
            ahead = (fact.stamp - desk.now) // 1_000_000
            return desk.block(record, sequence, "FUTURE_STAMP", f"stamped {ahead} s ahead")
        return Taken(record, fact, sequence)

    def _foreign(self, envelope: Any, record: LogRecord) -> str | None:
        """Why a record is not an event of this topic's department; None where it is."""
        if not isinstance(envelope, dict):
            return "not an object"
        try:
            department, mode, _ = read_source(envelope["source"])
            sequence = int(envelope["partitionsequence"])
        except (KeyError, ValueError, TypeError, AttributeError):
            return "no source or partition sequence of this log"
        if department != TOPICS[record.topic].node:
            return f"written as {department} on the topic of {TOPICS[record.topic].node}"
        if mode != self.mode:
            return f"{mode} among {self.mode}: the two never mix"
        return None if sequence > 0 else "a partition sequence below 1"
