"""Fetching back from the log what a restored store has lost: the owner's own newer events.

A store that was restored from a backup lacks what it acknowledged since. What it published
stands on the log, in bytes that carry everything a row of the store holds: id, stream and its
version, sequence, stamp, partition sequence, command. So those events come back as they were,
and new ones go on after them: the log gets no fork.

What was never on the log does not come back: facts for the owner alone, values of the vault,
and what was acknowledged in the last moment and not yet published. The report names it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateways.contracts import canonical
from gateways.contracts.envelope import recorded_stamp
from gateways.department.deciding.command_ids import command_id_of
from gateways.department.publishing.comparing import compare, last_closure, own_sequence, own_topics
from gateways.department.publishing.refill import pages
from gateways.log.port import Log, TopicPartition
from gateways.store.identity import fresh_incarnation
from gateways.store.planning import CommandRow, EventRow, Plan
from gateways.store.port import Accepted, Appended, EventStore, Head, StoreForked

CHUNK = 5000
SCOPE = "recovered/"
"""What stands before the id of a command that came back: its own scope is not in the bytes."""


class NotRecoverable(Exception):
    """Events are missing in the middle of what is on the log; `zh` and `en` name them."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Found:
    """One of the owner's events on the log that its store lacks."""

    row: EventRow
    command: str
    command_name: str
    event_id: str
    envelope: Mapping[str, Any]


@dataclass
class Report:
    """What came back, and what did not.

    `lost_sequences` are events that were acknowledged and stand nowhere; `lost_private` the
    (stream, from version, to version) of facts for the owner alone; `persons` are references
    with commitments, `files` digests that fetched events name: whoever called checks them.
    """

    department: str
    held: int
    fetched: int = 0
    commands: int = 0
    through: int = 0
    lost_sequences: list[tuple[int, int]] = field(default_factory=list)
    lost_private: list[tuple[str, int, int]] = field(default_factory=list)
    persons: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def fetch_back(store: EventStore, log: Log, *, accept_loss: bool = False) -> Report:
    """Brings a restored store up to what it published. Once more changes nothing.

    Every event is looked at before any is written. Raises NotRecoverable where the log lacks
    some in the middle (unless `accept_loss`: then their numbers stay unused), StoreForked
    where the log holds other bytes than the store at the place where the store ends.
    """
    head = store.head()
    report = Report(store.department, head.sequence, through=head.sequence)
    closed = last_closure(log, store.department, head.mode)
    reached = max(head.sequence, closed.sequence if closed else 0)
    versions: dict[str, int] = {}
    commands: set[str] = set()
    for found in _newer(store, log, head):
        _note(report, found, versions, store)
        commands.add(found.command)
    if reached > report.through:
        report.lost_sequences.append((report.through + 1, reached))
        report.through = reached
    if report.lost_sequences and not accept_loss:
        lost = ", ".join(f"{first} to {last}" for first, last in report.lost_sequences)
        missing = "、".join(f"{first} 至 {last}" for first, last in report.lost_sequences)
        raise NotRecoverable(
            f"{store.department} 发布过序号为 {missing} 的事件，其事实库与共享日志中均已没有："
            "请用更新的备份恢复，或用此库的另一份副本补发日志，或用 --accept-loss 舍弃它们继续",
            f"{store.department} published the events with sequence {lost}, and neither its store"
            " nor the log holds them: restore a newer backup, refill the log from another copy of"
            " this store, or go on without them with --accept-loss",
        )
    report.commands = len(commands)
    if report.fetched or report.through > head.sequence:
        _write(store, log, head, report, closed.stamp if closed else 0)
    _move_cursor(store, compare(store, log))
    return report


def known_command(store: EventStore, scope: str) -> tuple[str, Accepted] | None:
    """(name, answer) of a command that came back from the log; None where it did not.

    Its body is not known: only a digest of it was kept, and that is lost.
    """
    return store.find_command(SCOPE + command_id_of(scope))


def _newer(store: EventStore, log: Log, head: Head) -> Iterator[Found]:
    """The owner's events that the store lacks, in the order in which they were recorded."""
    ends = store.partition_ends()
    lanes = [
        _lane(store, log, place, ends.get(place, 0), head.mode)
        for place in log.partitions(own_topics(store.department))
    ]
    return heapq.merge(*lanes, key=lambda found: found.row.notification_id)


def _lane(
    store: EventStore, log: Log, place: TopicPartition, last: int, mode: str
) -> Iterator[Found]:
    early = 0
    for record in pages(log, place, log.begins([place[0]])[place]):
        own = own_sequence(record.value, store.department, mode)
        if own is None:
            continue
        if own == last and not early:
            stored = store.partition_after(*place, own - 1, limit=1)
            if stored and stored[0].body != record.value:
                raise StoreForked(
                    f"{place[0]}[{place[1]}] differs from the store of {store.department} at"
                    f" partition sequence {own}: it went another way, nothing is fetched back"
                )
        if own > last + 1:
            early = max(early, own)
        elif own == last + 1:
            last = own
            yield _found(record.value, record.key, place, own)
    if early > last:
        raise NotRecoverable(
            f"{place[0]}[{place[1]}] 有分区序号 {early} 而没有 {last + 1}："
            "请用此库的另一份副本补发日志，或用更新的备份恢复",
            f"{place[0]}[{place[1]}] holds partition sequence {early} without {last + 1}:"
            " refill the log from another copy of this store, or restore a newer backup",
        )


def _found(body: bytes, key: bytes, place: TopicPartition, own: int) -> Found:
    envelope = canonical.decode(body)
    row = EventRow(
        int(envelope["sequence"]),
        envelope["stream"],
        int(envelope["streamversion"]),
        envelope["type"],
        body,
        recorded_stamp(envelope["recorded"]),
        place[0],
        place[1],
        own,
        key.decode(),
    )
    return Found(row, envelope["command"], envelope["commandname"], envelope["id"], envelope)


def _note(report: Report, found: Found, versions: dict[str, int], store: EventStore) -> None:
    """Checks continuity and gathers what a fetched event names."""
    row = found.row
    if row.notification_id > report.through + 1:
        report.lost_sequences.append((report.through + 1, row.notification_id - 1))
    stream = row.originator_id
    if stream not in versions:
        newest = store.newest(stream)
        versions[stream] = newest.stream_version if newest else 0
    if row.originator_version > versions[stream] + 1:
        report.lost_private.append((stream, versions[stream] + 1, row.originator_version - 1))
    versions[stream] = row.originator_version
    report.through = row.notification_id
    report.fetched += 1
    _names(found.envelope["data"], report)


def _names(value: Any, report: Report) -> None:
    if isinstance(value, dict):
        if set(value) == {"person", "commitment"}:
            report.persons[value["commitment"]] = value["person"]
        if isinstance(value.get("sha256"), str) and "length" in value:
            report.files.add(value["sha256"])
        for part in value.values():
            _names(part, report)
    elif isinstance(value, list):
        for part in value:
            _names(part, report)


def _write(store: EventStore, log: Log, head: Head, report: Report, closed: int) -> None:
    incarnation = fresh_incarnation()
    ends: dict[TopicPartition, int] = {}
    stamp = max(head.stamp, closed)
    chunk: list[Found] = []

    def write(sequence: int) -> None:
        rows = [found.row for found in chunk]
        store.fetch_back(
            Plan(
                sequence,
                head.private_sequence,
                max([stamp, *(row.stamp for row in rows)]),
                rows,
                [_mark(), *_commands(chunk)],
                ends,
                [],
            ),
            incarnation=incarnation,
        )

    for found in _newer(store, log, head):
        if len(chunk) >= CHUNK and found.command != chunk[-1].command:
            write(chunk[-1].row.notification_id)
            stamp = max(stamp, chunk[-1].row.stamp)
            chunk, ends = [], {}
        chunk.append(found)
        assert found.row.log_topic is not None
        ends[found.row.log_topic, found.row.log_partition] = found.row.partition_sequence
    write(report.through)


def _move_cursor(store: EventStore, through: Mapping[TopicPartition, int]) -> None:
    """Moves the relay's cursor over what stands on the log already."""
    unsent = [
        events[0].sequence
        for place, last in through.items()
        if (events := store.partition_after(*place, last, limit=1))
    ]
    known = store.cursor()
    sent = min(unsent, default=store.head().sequence + 1) - 1
    if sent > known:
        store.move_cursor(known, sent)


def _mark() -> CommandRow:
    """Tells at a glance that commands came back here at all."""
    return CommandRow(SCOPE, "", "", "", 0, canonical.encode([]))


def _commands(chunk: list[Found]) -> list[CommandRow]:
    """A row for each command of a chunk: what it is answered if it is given again."""
    events: dict[str, list[Found]] = {}
    for found in chunk:
        events.setdefault(found.command, []).append(found)
    return [
        CommandRow(
            SCOPE + command,
            command,
            several[0].command_name,
            several[0].command_name,
            several[-1].row.stamp,
            canonical.encode([tuple(_appended(found)) for found in several]),
        )
        for command, several in events.items()
    ]


def _appended(found: Found) -> Appended:
    row = found.row
    return Appended(
        found.event_id,
        row.topic,
        row.notification_id,
        row.stamp,
        row.log_topic,
        row.log_partition,
        row.partition_sequence,
    )
