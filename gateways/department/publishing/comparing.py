"""Comparing a store with what it published: is this store the one that wrote the log's tails?

A topic that is behind its store can be sent again. A topic that is ahead, or that holds other
bytes at the place of its last record, tells that the store was restored from an older backup
or went another way; nobody may write to it before that is mended.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from domain.departments import CONTROL_FAMILY, TOPICS, topic_name
from gateways.contracts import canonical
from gateways.contracts.envelope import read_source
from gateways.department.publishing.control import Closure, read_closure
from gateways.log.port import Log, LogRecord, LogUnavailable, TopicPartition
from gateways.store.port import EventStore, StoreForked, StoreHeldBack, StoreUnavailable

TAIL = 200
"""Records looked at from the end of a partition: late duplicates may stand behind the last one."""

CLOSURES_LOOKED_AT = 200
PATIENCE_S, AGAIN_S = 10.0, 0.5


RESTORED = (
    "this store is older than what it published; stop this department's processes and fetch back"
    " what it lacks with `liandong restore --from-log`"
)


@dataclass(frozen=True, slots=True)
class Tail:
    """The highest of a department's own events found at the end of a partition."""

    partition_sequence: int
    body: bytes


def own_topics(department: str) -> list[str]:
    """The topics that a department fills from its store; closed stamps are not kept there."""
    return [
        topic.name
        for topic in TOPICS.values()
        if topic.node == department and topic.family != CONTROL_FAMILY
    ]


def own_sequence(body: bytes, department: str, mode: str) -> int | None:
    """The partition sequence of a record this department wrote; None for anything foreign."""
    try:
        envelope = canonical.decode(body)
        owner, written_as, _ = read_source(envelope["source"])
        if (owner, written_as) != (department, mode):
            return None
        return int(envelope["partitionsequence"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def compare(store: EventStore, log: Log) -> dict[TopicPartition, int]:
    """The last partition sequence that stands at the end of each own partition; 0 for none.

    Raises StoreForked, with the command that mends it, and LogUnavailable.
    """
    # The log first: what another process records meanwhile is then in the store's answers.
    mode = store.head().mode
    closed = last_closure(log, store.department, mode)
    tails = {
        place: _tail(log.tail(*place, TAIL), store.department, mode) if end else None
        for place, end in log.ends(own_topics(store.department)).items()
    }
    head, given = store.head(), store.partition_ends()
    if closed is not None and closed.sequence > head.sequence:
        raise StoreForked(
            f"{store.department} closed its topics at sequence {closed.sequence}, its store only"
            f" holds {head.sequence}: {RESTORED}"
        )
    for place, tail in tails.items():
        if tail is not None:
            _must_match(store, place, tail, given.get(place, 0))
    return {place: tail.partition_sequence if tail else 0 for place, tail in tails.items()}


def last_closure(log: Log, department: str, mode: str) -> Closure | None:
    """The latest closed stamp that a department published; None where it has closed nothing."""
    best: Closure | None = None
    for record in log.tail(topic_name(department, CONTROL_FAMILY), 0, CLOSURES_LOOKED_AT):
        try:
            closure = read_closure(canonical.decode(record.value))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        own = (closure.node, closure.mode) == (department, mode)
        if own and (best is None or closure.stamp > best.stamp):
            best = closure
    return best


def fence(store: EventStore, log: Log) -> None:
    """Refuses what would be acknowledged by a store that is older than what it published.

    For the store's `guarded_by`: asked before the first append and after each lost connection,
    for behind either an older copy may have been put in place. Raises StoreHeldBack;
    StoreUnavailable while the log cannot be asked: to give the command again can help.
    """
    late = time.monotonic() + PATIENCE_S
    while True:
        try:
            compare(store, log)
            return
        except StoreForked as fork:
            raise StoreHeldBack(str(fork)) from fork
        except LogUnavailable as away:
            # A broker that has only just started names no leaders for a while.
            if time.monotonic() > late:
                raise StoreUnavailable(
                    f"the store of {store.department} was opened anew and cannot be compared with"
                    f" what it published ({away}); nothing is acknowledged before that"
                ) from away
            time.sleep(AGAIN_S)


def _tail(records: Sequence[LogRecord], department: str, mode: str) -> Tail | None:
    best: Tail | None = None
    for record in records:
        own = own_sequence(record.value, department, mode)
        if own is not None and (best is None or own > best.partition_sequence):
            best = Tail(own, record.value)
    return best


def _must_match(store: EventStore, place: TopicPartition, tail: Tail, given: int) -> None:
    topic, partition = place
    if tail.partition_sequence > given:
        raise StoreForked(
            f"{topic}[{partition}] holds partition sequence {tail.partition_sequence}, the store"
            f" of {store.department} only {given}: {RESTORED}"
        )
    stored = store.partition_after(topic, partition, tail.partition_sequence - 1, limit=1)
    if not stored or stored[0].body != tail.body:
        raise StoreForked(
            f"{topic}[{partition}] differs from the store of {store.department} at partition"
            f" sequence {tail.partition_sequence}: the store was forked"
        )
