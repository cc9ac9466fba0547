"""The intake: one transaction takes records into the received log and all that follows.

Received log, live projections, intents and positions move together, positions by
compare-and-set: a reader that was overtaken changes nothing. A record is judged before it
is applied (see `judging`); what cannot be applied is parked with its key, followers of
that key wait behind it in order, and everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    Connection,
)
from sqlalchemy.exc import OperationalError

from domain.departments import CONTROL_FAMILY, NODES, TOPICS, entitled_topics
from gateways.contracts.receipts import RECEIPT_TYPE
from gateways.department.database import Database
from gateways.department.ledger import inbox
from gateways.department.ledger.receipts import read_receipt
from gateways.department.publishing.control import Closure, follow_closures, read_closure
from gateways.department.quarantine import parking
from gateways.department.taking_in import finding, positions
from gateways.department.taking_in.applying import apply_facts
from gateways.department.taking_in.desk import Desk
from gateways.department.taking_in.finding import Holes
from gateways.department.taking_in.judging import Judge
from gateways.department.taking_in.positions import Overtaken, Position
from gateways.department.taking_in.verdicts import Parked, Taken
from gateways.department.time import Clock
from gateways.log.port import (
    Log,
    LogReader,
    LogRecord,
    LogUnavailable,
    PositionOutOfRange,
    TopicPartition,
)
from gateways.store.port import StoreUnavailable
from projections.catalogue import PROJECTIONS

BATCH = 2000
GATHER_S = 1.0


@dataclass
class _Batch:
    """What one transaction does: judged records, closures, and the positions it moves."""

    items: list[Taken | Parked] = field(default_factory=list)
    closures: dict[str, list[Closure]] = field(default_factory=dict)
    receipts: list[tuple[str, bytes, bool]] = field(default_factory=list)
    positions: dict[TopicPartition, Position] = field(default_factory=dict)
    more: set[TopicPartition] = field(default_factory=set)


class Intake:
    """Reads what one department is entitled to."""

    def __init__(
        self,
        department: str,
        log: Log,
        database: Database,
        clock: Clock,
        mode: str,
        *,
        shared: bool,
    ) -> None:
        self.department = department
        self.log, self._database, self._clock = log, database, clock
        self.topics = tuple(topic.name for topic in entitled_topics(department))
        self._entitled = frozenset(self.topics)
        self._judge = Judge(department, mode)
        self._projections = [PROJECTIONS[name] for name in NODES[department].projections]
        self._remembered: dict[TopicPartition, Position] = {}
        self._reader: LogReader | None = None
        self._shared = shared
        self._read: list[LogRecord] = []
        self._behind = False
        self._since = 0.0
        self._awaiting = True
        self._holes = Holes()
        # Partitions whose place is lost, each with the time at which to look for it again.
        self._astray: dict[TopicPartition, float] = {}
        # Partitions whose next record is held already: more than one transaction takes.
        self._more: set[TopicPartition] = set()
        self._on_applied: list[Callable[[], None]] = []

    def on_applied(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each transaction that applied something."""
        self._on_applied.append(listener)

    def step(self, *, limit: int = BATCH, timeout_s: float = 0.0) -> int:
        """Takes in up to `limit` records; the number of records read.

        Closed stamps that come alone are gathered for a moment, so that an idle town costs
        next to nothing. Raises StoreUnavailable where the database is out of reach: what
        was read is kept and taken in by a later step.
        """
        reader = self._open()
        read = 0
        self._look_for_places(reader)
        if not self._behind:
            try:
                records = reader.poll(limit=limit, timeout_s=timeout_s)
            except PositionOutOfRange as cut:
                # Kept until it is found: this is said once, and an outage may come between.
                self._astray[cut.topic, cut.partition] = 0.0
                self._look_for_places(reader)
                return 1
            if records and not self._read:
                self._since = time.monotonic()
            self._read += records
            read = len(records)
        if self._more or (self._read and (timeout_s == 0.0 or self._worth_a_transaction())):
            self._behind = True
            self._take(self._read)
            self._read, self._behind = [], False
        return read

    def _look_for_places(self, reader: LogReader) -> None:
        """Goes back where a place is lost or a hole lasts; a topic that is away holds up no other."""
        now = time.monotonic()
        for partition, due in list(self._astray.items()):
            if now < due:
                continue
            try:
                self._find_anew(partition)
            except LogUnavailable:
                self._astray[partition] = time.monotonic() + finding.HOLE_S
        for partition in self._holes.lasting():
            if partition in reader.assigned():
                self._find_anew(partition)

    def _worth_a_transaction(self) -> bool:
        """Whether anything but closed stamps was read, or they have waited long enough."""
        if time.monotonic() - self._since >= GATHER_S:
            return True
        return any(TOPICS[record.topic].family != CONTROL_FAMILY for record in self._read)

    def catch_up(self, ends: Mapping[TopicPartition, int] | None = None) -> int:
        """Takes in everything that stands on the log now; the number of records read.

        `ends` tells where the topics end, where somebody asked for several readers at once.
        """
        known = self.log.ends(self.topics) if ends is None else ends
        if any(self._next_offset(place) > end for place, end in known.items()):
            known = self._cut_off()
        behind = [one for one in known.items() if one[0][0] in self._entitled]
        taken = 0
        while any(self._next_offset(partition) < end for partition, end in behind):
            taken += self.step(timeout_s=0.5)
            if self._read:
                taken += self.step()
        while self._more:
            taken += self.step()
        return taken

    @property
    def alarm(self) -> str:
        """What this reader misses, where that lasts; empty where nothing is wrong."""
        # What another reader took over is that reader's to tell.
        holes = self._holes.told(self._reader.assigned() if self._reader is not None else ())
        lost = [
            f"{topic}[{number}]: the place to go on is looked for, and the log does not say where"
            for (topic, number), due in sorted(self._astray.items())
            if due
        ]
        return "; ".join([*lost, *([holes] if holes else [])])

    def _cut_off(self) -> Mapping[TopicPartition, int]:
        """Where the topics end now; a position beyond that is found anew."""
        ends = self.log.ends(self.topics)
        for place, end in ends.items():
            if self._next_offset(place) > end:
                self._find_anew(place)
        return ends

    def _find_anew(self, partition: TopicPartition) -> None:
        """Reads a partition from its beginning: what was taken is known by its partition sequence.

        Where a topic was cut, or made and filled again, offsets mean something else.
        """
        held = self._remembered.get(partition)
        if held is not None:
            first = self.log.begins([partition[0]])[partition]
            with self._database.writing() as connection:
                if finding.rewind(connection, partition, held, first):
                    held = Position(first, held.partition_sequence)
            self._remembered[partition] = held
        self._read = [one for one in self._read if (one.topic, one.partition) != partition]
        self._open().again(partition)
        self._holes.went_back(partition)
        self._astray.pop(partition, None)

    def wake(self) -> None:
        """Makes a waiting step return."""
        if self._reader is not None:
            self._reader.wake()

    def stop(self) -> None:
        """Leaves the log; positions stay as they were committed."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._read, self._behind = [], False
        self._remembered.clear()

    def reached(self) -> dict[TopicPartition, int]:
        """The last partition sequence that this reader has committed, by partition."""
        return {place: one.partition_sequence for place, one in list(self._remembered.items())}

    def _open(self) -> LogReader:
        if self._reader is None:
            self._reader = self.log.reader(
                f"labour.{self.department}.intake", self.topics, self._load, shared=self._shared
            )
        return self._reader

    def _load(self, partitions: Iterable[TopicPartition]) -> Mapping[TopicPartition, int]:
        """The positions of newly assigned partitions, from the database."""
        wanted = list(partitions)
        with self._database.writing() as connection:
            known = positions.standing(connection)
            missing = [partition for partition in wanted if partition not in known]
            if missing:
                positions.begin(connection, missing)
            held = finding.open_holes(connection)
            self._holes.found_open(held, known)
            self._more |= set(held) & set(wanted)
        for partition in wanted:
            self._remembered[partition] = known.get(partition, Position(0, 0))
        return {partition: self._remembered[partition].next_offset for partition in wanted}

    def _next_offset(self, partition: TopicPartition) -> int:
        held = self._remembered.get(partition)
        return held.next_offset if held else 0

    def _take(self, records: Sequence[LogRecord]) -> None:
        """Judges and applies a batch; a record that fails is parked and the rest tried again."""
        poisoned: dict[tuple[str, int, int], Exception] = {}
        while True:
            try:
                applied = self._transact(records, poisoned)
                break
            except Overtaken as overtaken:
                self._remembered.pop(overtaken.partition, None)
                self._more.discard(overtaken.partition)
                if self._reader is not None:
                    self._reader.drop(overtaken.partition)
                records = [
                    record
                    for record in records
                    if (record.topic, record.partition) != overtaken.partition
                ]
                if not records and not self._more:
                    return
        if applied:
            for listener in self._on_applied:
                listener()

    def _transact(
        self, records: Sequence[LogRecord], poisoned: dict[tuple[str, int, int], Exception]
    ) -> int:
        while True:
            try:
                with self._database.writing() as connection:
                    batch = self._judge_all(connection, records, poisoned)
                    applied = self._apply(connection, batch)
                    self._move(connection, batch)
            except (Overtaken, StoreUnavailable):
                raise
            except Exception:
                # What another reader has taken in cannot be taken in again: no record is at fault.
                concerned = {(one.topic, one.partition) for one in records} | self._more
                for partition in self._moved_on(concerned):
                    raise Overtaken(partition) from None
                culprits = self._find_culprits(records, poisoned)
                if not culprits:
                    raise
                # The next round judges afresh: the culprits are parked, their followers wait.
                poisoned.update(culprits)
                continue
            self._remembered.update(batch.positions)
            self._more = batch.more
            early = {
                (item.record.topic, item.record.partition)
                for item in batch.items
                if isinstance(item, Parked) and item.state == "EARLY"
            }
            self._holes.look(early, batch.positions)
            return applied

    def _moved_on(self, partitions: set[TopicPartition]) -> list[TopicPartition]:
        """The partitions that another reader has moved on since this one looked."""
        with self._database.reading() as connection:
            stands = positions.standing(connection)
        return [
            place
            for place in sorted(partitions)
            if (held := self._remembered.get(place)) is not None and stands.get(place) != held
        ]

    def _judge_all(
        self,
        connection: Connection,
        records: Sequence[LogRecord],
        poisoned: Mapping[tuple[str, int, int], Exception],
    ) -> _Batch:
        batch = _Batch()
        desk = Desk(connection, self._clock.now(), poisoned)
        for partition in sorted(self._more & self._remembered.keys()):
            stands = self._remembered[partition]
            at = Position(stands.next_offset, stands.partition_sequence)
            if self._go_on(batch, partition, at, desk):
                batch.positions[partition] = at
        for record in records:
            partition = (record.topic, record.partition)
            position = batch.positions.get(partition)
            if position is None:
                held = self._remembered.get(partition)
                if held is None:
                    continue
                position = Position(held.next_offset, held.partition_sequence)
            if record.offset < position.next_offset:
                continue
            if TOPICS[record.topic].family == CONTROL_FAMILY:
                self._note_control(batch, record, desk)
            else:
                verdict = self._judge.judge(record, position.partition_sequence, desk)
                if verdict is not None:
                    batch.items.append(verdict)
                    if verdict.partition_sequence is not None:
                        position.partition_sequence = max(
                            position.partition_sequence, verdict.partition_sequence
                        )
                    self._go_on(batch, partition, position, desk)
            position.next_offset = record.offset + 1
            batch.positions[partition] = position
        batch.items = [item for item in batch.items if not _caught_up(item, desk)]
        batch.more = desk.more
        return batch

    def _go_on(
        self, batch: _Batch, partition: TopicPartition, position: Position, desk: Desk
    ) -> bool:
        """Takes the held records that are next in a partition; whether there were any."""
        before = position.partition_sequence
        for early in self._judge.caught_up(partition, before, desk):
            batch.items.append(early)
            assert early.partition_sequence is not None
            position.partition_sequence = early.partition_sequence
        return position.partition_sequence > before

    def _note_control(self, batch: _Batch, record: LogRecord, desk: Desk) -> None:
        try:
            envelope = self._judge.decode(record.value)
            if envelope["type"] == RECEIPT_TYPE:
                receipt = read_receipt(envelope)
                writer, mode = receipt.reader, receipt.mode
            else:
                closure = read_closure(envelope)
                writer, mode = closure.node, closure.mode
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            batch.items.append(desk.foreign(record, f"not a control record: {error}"))
            return
        if writer != TOPICS[record.topic].node or mode != self._judge.mode:
            batch.items.append(desk.foreign(record, "another department's control record"))
        elif envelope["type"] == RECEIPT_TYPE:
            ours = any(inbox.published_by(self.department, topic) for topic, _ in receipt.entries)
            batch.receipts.append((writer, record.value, ours))
        else:
            batch.closures.setdefault(writer, []).append(closure)

    def _apply(self, connection: Connection, batch: _Batch) -> int:
        taken = [item for item in batch.items if isinstance(item, Taken)]
        apply_facts(
            connection,
            self.department,
            taken,
            self._projections,
            received=self._clock.now(),
        )
        parked = [item for item in batch.items if isinstance(item, Parked)]
        parking.park(connection, finding.not_yet_aside(connection, parked))
        inbox.take_in(connection, batch.receipts, heard=self._clock.now())
        return len(taken)

    def _find_culprits(
        self, records: Sequence[LogRecord], poisoned: dict[tuple[str, int, int], Exception]
    ) -> dict[tuple[str, int, int], Exception]:
        """The records that cannot be applied on top of those before them; nothing is kept."""
        culprits: dict[tuple[str, int, int], Exception] = {}
        lines: set[tuple[str, bytes]] = set()
        with self._database.writing() as connection:
            batch = self._judge_all(connection, records, poisoned)
            for item in batch.items:
                if not isinstance(item, Taken) or (item.record.topic, item.record.key) in lines:
                    continue
                try:
                    with connection.begin_nested():
                        apply_facts(
                            connection,
                            self.department,
                            [item],
                            self._projections,
                            received=self._clock.now(),
                        )
                except OperationalError:
                    raise
                except Exception as error:
                    at = item.record
                    culprits[at.topic, at.partition, at.offset] = error
                    lines.add((at.topic, at.key))
            connection.rollback()
        return culprits

    def _move(self, connection: Connection, batch: _Batch) -> None:
        """Moves all positions by one compare-and-set: the last statements before the commit."""
        if batch.positions:
            positions.move(connection, self._remembered, batch.positions)
        if batch.closures or self._awaiting:
            self._awaiting = follow_closures(connection, batch.closures, self._entitled)


def _caught_up(item: Taken | Parked, desk: Desk) -> bool:
    """Whether an early record was taken within the same batch after all."""
    if not isinstance(item, Parked) or item.state != "EARLY":
        return False
    record = item.record
    return (record.topic, record.partition, item.own_sequence) in desk.caught_up
