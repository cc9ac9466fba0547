"""The reader's side: receipts made of what was noted, put where the relay takes them from.

One process of a department says them, by a lease, every few seconds and only where something
moved; otherwise a sign of life. Everything comes from the department's database, so that it
does not matter which copy of the intake applied what.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, text, update

from domain.departments import CONTROL_FAMILY, TOPICS
from gateways.department.database import INTENTS, PARKED, POSITIONS, Database
from gateways.department.ledger import ranges, restating
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.receipts import Entry, digest_of, receipt_record
from gateways.department.ledger.standing import (
    ANEW,
    GOES_ON,
    RESTATED_ANEW,
    RESTATED_ON,
    UNSENT,
    Moved,
    Stand,
    keep,
    received,
    row_of,
    stand_of,
)
from gateways.department.ledger.tables import APPLIED, OUTBOX, RATES, SAID
from gateways.department.time import Clock
from gateways.log.port import OutRecord, TopicPartition
from gateways.store.port import EventStore
from projections.received import RECEIVED

SAY_EVERY_S = 5.0
BEAT_EVERY_S = 10.0
LEASE_S = 15.0
NOTES = 500
"""Transactions of which one record of receipts speaks at most."""

ENTRIES = 200
"""Partitions of which one record speaks at most: it stays far below what the log takes."""

RATES_KEPT = 60
MINUTE_US = 60_000_000
_HASH = 32


class Receipts:
    """Says what one department took in."""

    def __init__(
        self, department: str, database: Database, store: EventStore, clock: Clock, holder: str
    ) -> None:
        self._department, self._database, self._store = department, database, store
        self._clock, self._holder = clock, holder
        self._looked = self._said = float("-inf")

    def step(self) -> bool:
        """Says what moved, or gives a sign of life, where it is time and nobody else does it."""
        now = time.monotonic()
        if now - self._looked < SAY_EVERY_S:
            return False
        if not self._store.lease("receipts", self._holder, LEASE_S):
            self._looked = now
            return False
        moved, more = self.say(sign_of_life=now - self._said >= BEAT_EVERY_S)
        if moved:
            self._said = now
        if not more:
            self._looked = now
        return more

    def stop(self) -> None:
        """Gives the lease back."""
        if self._looked > float("-inf"):
            self._store.release("receipts", self._holder)

    def say(self, *, sign_of_life: bool = True) -> tuple[bool, bool]:
        """Puts receipts of all that moved into the outbox: whether any, and whether more waits."""
        head = self._store.head()
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                # Notes, positions and parked records of one moment: a note that is committed
                # between two looks would read as a record that was skipped.
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            notes = connection.execute(select(APPLIED).order_by(APPLIED.c.note).limit(NOTES)).all()
            now = self._clock.now()
            entries = self._entries(connection, notes, now)
            if not entries and not sign_of_life:
                return False, False
            places = sorted(entries)
            chunks = [places[at : at + ENTRIES] for at in range(0, len(places), ENTRIES)] or [[]]
            records = [
                receipt_record(
                    self._department,
                    incarnation=head.incarnation,
                    mode=head.mode,
                    identity=f"{head.incarnation}-receipt-{uuid.uuid4().hex}",
                    said=now,
                    entries={place: entries[place] for place in chunk},
                )
                for chunk in chunks
            ]
            connection.execute(
                OUTBOX.insert(),
                [{"topic": one.topic, "key": one.key, "body": one.value} for one in records],
            )
            if notes:
                connection.execute(
                    delete(APPLIED).where(APPLIED.c.note.in_([row.note for row in notes]))
                )
            more = len(notes) == NOTES or restating.looking_back(connection)
        return True, more

    def begin_anew(self) -> None:
        """Voids what was said beyond where this database stands: for one restored from a backup."""
        with self._database.writing() as connection:
            restating.begin_anew(connection, self._department)

    def restate(self, topic: str, partition: int, reason: str) -> int:
        """Asks for a restatement (see `restating.ask`), which `say` then makes."""
        with self._database.writing() as connection:
            return restating.ask(connection, topic, partition, reason, self._clock.now())

    def pending(self, limit: int = 20) -> list[tuple[int, OutRecord]]:
        """Control records that wait for the relay, oldest first."""
        with self._database.reading() as connection:
            return [
                (row.place, OutRecord(row.topic, 0, bytes(row.key), bytes(row.body)))
                for row in connection.execute(select(OUTBOX).order_by(OUTBOX.c.place).limit(limit))
            ]

    def sent(self, places: Sequence[int]) -> None:
        """Forgets what the log has acknowledged."""
        with self._database.writing() as connection:
            connection.execute(delete(OUTBOX).where(OUTBOX.c.place.in_(list(places))))

    def _entries(
        self, connection: Connection, notes: Sequence[Any], now: int
    ) -> dict[TopicPartition, Entry]:
        moved = _moved(notes)
        _count(connection, moved, now)
        stands = {
            (row.topic, row.partition): stand_of(row) for row in connection.execute(select(SAID))
        }
        early = _early(connection)
        waiting = _unsettled(connection)
        found: dict[TopicPartition, Entry] = {}
        fresh: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row in connection.execute(select(POSITIONS)):
            place = (row.topic, row.partition)
            if TOPICS[row.topic].family == CONTROL_FAMILY:
                continue
            stand = stands.get(place, Stand())
            reached = row.partition_sequence
            held = moved.get(place, Moved())
            more = len(notes) == NOTES
            if more and reached > stand.accounted:
                # More notes wait: what they hold is said with them.
                reached = max([stand.accounted, *(last for _, last in held.runs)])
            if stand.anew >= UNSENT:
                reached = min(row.partition_sequence, stand.accounted + restating.LOOKED_BACK)
                reached = stand.accounted if more else reached
                held = restating.again(connection, place, stand, held)
            entry = self._entry(
                connection,
                place,
                stand,
                reached=reached,
                delivered=max(row.partition_sequence, early.get(place, 0)),
                acted=waiting.get(place, reached + 1) - 1,
                moved=held,
                now=now,
            )
            if entry is None:
                continue
            goes_on = stand.anew >= UNSENT and entry.to < row.partition_sequence
            found[place] = entry
            left = ranges.without(
                [*stand.parked, *entry.parked], [*entry.applied, *entry.discarded]
            )
            told = Stand(
                entry.to, entry.delivered, entry.acted, left, RESTATED_ON if goes_on else GOES_ON
            )
            (changed if place in stands else fresh).append(row_of(place, told))
        keep(connection, fresh, changed)
        return found

    def _entry(
        self,
        connection: Connection,
        place: TopicPartition,
        stand: Stand,
        *,
        reached: int,
        delivered: int,
        acted: int,
        moved: Moved,
        now: int,
    ) -> Entry | None:
        """What is to be said of a partition; None where nothing moved."""
        first = stand.accounted + 1
        to = max(stand.accounted, reached, *(last for _, last in moved.runs), 0)
        told, hashes = list(moved.runs), list(moved.hashes)
        open_ranges = ranges.without([(first, to)] if to >= first else [], told)
        parked: tuple[Range, ...] = ()
        discarded: tuple[Range, ...] = ()
        if open_ranges:
            aside, given_up = _set_aside(connection, place, open_ranges)
            left = ranges.without(open_ranges, [*aside, *given_up])
            if left:
                older = received(connection, place, left)
                told, hashes = [*older.runs, *told], [*older.hashes, *hashes]
                moved = older if moved.first_at is None else moved
            parked, discarded = tuple(aside), tuple(given_up)
        if stand.parked:
            _, given_up = _set_aside(connection, place, stand.parked)
            discarded = tuple(ranges.joined([*discarded, *given_up]))
        acted = max(stand.acted, min(acted, to))
        delivered = max(delivered, to)
        same = (to, acted, delivered) == (stand.accounted, stand.acted, stand.delivered)
        anew = stand.anew in (ANEW, UNSENT, RESTATED_ANEW)
        if same and not told and not discarded and not anew:
            return None
        if any(then[0] <= before[1] for before, then in pairwise(told)):
            # What was set aside and applied at last since the last receipt is said to be both.
            at_last = _once_aside(connection, place, told, ("RELEASED", "FIXED"))
            parked = tuple(ranges.joined([*parked, *ranges.without(at_last, stand.parked)]))
        late = ranges.common(told, [*stand.parked, *parked])
        reason = restating.reason_of(connection, place) if stand.anew >= RESTATED_ANEW else None
        return Entry(
            first=first,
            to=to,
            digest=digest_of(hashes),
            applied=tuple(told),
            parked=parked,
            discarded=discarded,
            converted=tuple(_once_aside(connection, place, late, ("FIXED",))),
            delivered=delivered,
            acted=acted,
            # What is only restated was taken in before: the times said then hold.
            delivered_at=None if reason else moved.first_at,
            applied_at=None if reason else moved.last_at,
            acted_at=now if acted > stand.acted and not reason else None,
            anew=anew,
            reason=reason,
        )


def rates(connection: Connection, now: int) -> dict[str, float]:
    """Records a minute applied of each topic: the mean of the last five minutes."""
    since = now // MINUTE_US - 4
    return {
        row.topic: row.records / 5
        for row in connection.execute(
            select(RATES.c.topic, func.sum(RATES.c.records).label("records"))
            .where(RATES.c.minute >= since)
            .group_by(RATES.c.topic)
        )
    }


def _moved(notes: Sequence[Any]) -> dict[TopicPartition, Moved]:
    found: dict[TopicPartition, Moved] = {}
    for row in notes:
        hashes, at = bytes(row.hashes), 0
        for topic, partition, told in json.loads(row.places):
            one = found.setdefault((topic, partition), Moved())
            for first, last in told:
                if one.runs and one.runs[-1][1] + 1 == first:
                    one.runs[-1] = (one.runs[-1][0], last)
                else:
                    one.runs.append((first, last))
                size = (last - first + 1) * _HASH
                one.hashes.append(hashes[at : at + size])
                at += size
            one.first_at = row.received if one.first_at is None else min(one.first_at, row.received)
            one.last_at = max(one.last_at or 0, row.received)
    return found


def _count(connection: Connection, moved: Mapping[TopicPartition, Moved], now: int) -> None:
    """Adds to the rates of the present minute, and forgets those of more than an hour ago."""
    by_topic: dict[str, int] = {}
    for (topic, _), one in moved.items():
        by_topic[topic] = by_topic.get(topic, 0) + ranges.count(one.runs)
    minute = now // MINUTE_US
    for topic, records in sorted(by_topic.items()):
        this = and_(RATES.c.topic == topic, RATES.c.minute == minute)
        if not connection.execute(
            update(RATES).where(this).values(records=RATES.c.records + records)
        ).rowcount:
            connection.execute(
                RATES.insert(), {"topic": topic, "minute": minute, "records": records}
            )
    if by_topic:
        connection.execute(delete(RATES).where(RATES.c.minute < minute - RATES_KEPT))


def _early(connection: Connection) -> dict[TopicPartition, int]:
    """The furthest record that is held behind a hole, by partition."""
    return {
        (row.topic, row.partition): row.last
        for row in connection.execute(
            select(
                PARKED.c.topic,
                PARKED.c.partition,
                func.max(PARKED.c.partition_sequence).label("last"),
            )
            .where(PARKED.c.state == "EARLY")
            .group_by(PARKED.c.topic, PARKED.c.partition)
        )
    }


def _unsettled(connection: Connection) -> dict[TopicPartition, int]:
    """The first record, by partition, about which an automatic rule has still to act."""
    return {
        (row.topic, row.partition): row.first
        for row in connection.execute(
            select(
                RECEIVED.c.topic,
                RECEIVED.c.partition,
                func.min(RECEIVED.c.partition_sequence).label("first"),
            )
            .join(INTENTS, INTENTS.c.event_id == RECEIVED.c.event_id)
            .where(INTENTS.c.state.in_(("PENDING", "WAITING")))
            .group_by(RECEIVED.c.topic, RECEIVED.c.partition)
        )
    }


def _once_aside(
    connection: Connection, place: TopicPartition, among: Sequence[Range], states: Sequence[str]
) -> list[Range]:
    """Which of these records were parked and settled in one of these ways."""
    found: set[int] = set()
    for first, last in among:
        found.update(
            connection.execute(
                select(PARKED.c.partition_sequence).where(
                    PARKED.c.state.in_(states),
                    PARKED.c.topic == place[0],
                    PARKED.c.partition == place[1],
                    PARKED.c.partition_sequence.between(first, last),
                )
            ).scalars()
        )
    return ranges.runs(sorted(found))


def _set_aside(
    connection: Connection, place: TopicPartition, among: Sequence[Range]
) -> tuple[list[Range], list[Range]]:
    """Which of these records are parked, and which were given up."""
    aside: list[int] = []
    given_up: list[int] = []
    for first, last in among:
        for row in connection.execute(
            select(PARKED.c.partition_sequence, PARKED.c.state).where(
                and_(
                    PARKED.c.topic == place[0],
                    PARKED.c.partition == place[1],
                    PARKED.c.state.not_in(("FOREIGN", "EARLY")),
                    PARKED.c.partition_sequence.between(first, last),
                )
            )
        ):
            (given_up if row.state == "DISCARDED" else aside).append(row.partition_sequence)
    return ranges.runs(sorted({*aside} - {*given_up})), ranges.runs(sorted({*given_up}))
