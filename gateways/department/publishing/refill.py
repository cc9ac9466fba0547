"""Refilling a topic from its owner's store: the same bytes, in order, where the log lost them.

A topic is whole where somebody who reads it once, in order, and keeps nothing that comes too
early, gets every event that was published. What such a reader lacks is sent again, from the
first event that is missing to the last that was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateways.department.publishing.comparing import own_sequence
from gateways.log.port import Log, LogRecord, OutRecord, TopicPartition
from gateways.store.port import EventStore, StoredEvent, StoreForked

PAGE, PAGE_BYTES_MAX = 5000, 8_000_000
CHUNK = 5000

Send = Callable[[list[OutRecord]], None]
Told = Callable[[TopicPartition, int], None]
"""Hears of progress: the partition, and how many of its records were looked at or sent."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a partition holds for a reader in order: up to which event, and where the first is."""

    through: int
    begins_at: int
    end: int


def stands(
    store: EventStore, log: Log, place: TopicPartition, *, told: Told | None = None
) -> Standing:
    """Reads a partition through and compares each of its events with the store's bytes.

    Raises StoreForked where they differ, LogUnavailable.
    """
    mode, through, begins_at = store.head().mode, 0, 0
    stored: dict[int, bytes] = {}
    at = log.begins([place[0]])[place]
    for record in pages(log, place, at):
        at = record.offset + 1
        own = own_sequence(record.value, store.department, mode)
        if own != through + 1:
            continue
        if own not in stored:
            stored = {
                event.partition_sequence: event.body
                for event in store.partition_after(*place, through, limit=CHUNK)
            }
        if stored.get(own) != record.value:
            raise StoreForked(
                f"{place[0]}[{place[1]}] differs from the store of {store.department} at"
                f" partition sequence {own}: nothing is sent"
            )
        begins_at = record.offset if own == 1 else begins_at
        through = own
        if told is not None and through % PAGE == 0:
            told(place, through)
    return Standing(through, begins_at, at)


def pages(log: Log, place: TopicPartition, at: int) -> Iterator[LogRecord]:
    """The records of a partition from an offset to its end, page by page."""
    while records := log.read({place: at}, limit=PAGE, bytes_max=PAGE_BYTES_MAX):
        yield from records
        at = records[-1].offset + 1


def send_again(
    store: EventStore,
    place: TopicPartition,
    after: int,
    send: Send,
    *,
    told: Told | None = None,
) -> int:
    """Sends what a partition was given after a partition sequence, as far as it was published."""
    cursor, sent = store.cursor(), 0
    while events := store.partition_after(*place, after, limit=CHUNK):
        published = [event for event in events if event.sequence <= cursor]
        if not published:
            break
        send([record_of(event) for event in published])
        after, sent = published[-1].partition_sequence, sent + len(published)
        if told is not None:
            told(place, sent)
    return sent


def record_of(event: StoredEvent) -> OutRecord:
    """The record of an event, as it is published for the first time and every time after."""
    assert event.topic is not None
    return OutRecord(event.topic, event.partition, event.key.encode(), event.body)
