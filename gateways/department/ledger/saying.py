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
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select, text, update

from domain.departments import CONTROL_FAMILY, TOPICS
from gateways.department.database import INTENTS, PARKED, POSITIONS, Database
from gateways.department.ledger import ranges
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.receipts import Entry, digest_of, receipt_record
from gateways.department.ledger.tables import APPLIED, OUTBOX, RATES, SAID
from gateways.department.time import Clock
from gateways.log.port import OutRecord, TopicPartition
from gateways.store.port import EventStore
from projections import received as received_log
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


@dataclass
class _Moved:
    """What was applied of a partition since the last receipt."""

    runs: list[Range] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    first_at: int | None = None
    last_at: int | None = None


@dataclass
class _Stand:
    """Where this reader's receipts stand in a partition."""

    accounted: int = 0
    delivered: int = 0
    acted: int = 0
    parked: list[Range] = field(default_factory=list)
    anew: bool = False


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
        return True, len(notes) == NOTES

    def begin_anew(self) -> None:
        """Voids what was said beyond where this database stands: for one restored from a backup."""
        with self._database.writing() as connection:
            connection.execute(update(SAID).values(anew=1))

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
            (row.topic, row.partition): _stand(row) for row in connection.execute(select(SAID))
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
            stand = stands.get(place, _Stand())
            reached = row.partition_sequence
            if len(notes) == NOTES and reached > stand.accounted:
                # More notes wait: what they hold is said with them.
                told = moved.get(place, _Moved()).runs
                reached = max([stand.accounted, *(last for _, last in told)])
            entry = self._entry(
                connection,
                place,
                stand,
                reached=reached,
                delivered=max(row.partition_sequence, early.get(place, 0)),
                acted=waiting.get(place, reached + 1) - 1,
                moved=moved.get(place, _Moved()),
                now=now,
            )
            if entry is None:
                continue
            found[place] = entry
            left = ranges.without(
                [*stand.parked, *entry.parked], [*entry.applied, *entry.discarded]
            )
            (changed if place in stands else fresh).append(
                {
                    "at_topic": row.topic,
                    "at_partition": row.partition,
                    "accounted": entry.to,
                    "delivered": entry.delivered,
                    "acted": entry.acted,
                    "parked": json.dumps(left),
                    "anew": 0,
                }
            )
        _keep(connection, fresh, changed)
        return found

    def _entry(
        self,
        connection: Connection,
        place: TopicPartition,
        stand: _Stand,
        *,
        reached: int,
        delivered: int,
        acted: int,
        moved: _Moved,
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
                older, older_hashes = _received(connection, place, left)
                told, hashes = [*older, *told], [*older_hashes, *hashes]
            parked, discarded = tuple(aside), tuple(given_up)
        if stand.parked:
            _, given_up = _set_aside(connection, place, stand.parked)
            discarded = tuple(ranges.joined([*discarded, *given_up]))
        acted = max(stand.acted, min(acted, to))
        delivered = max(delivered, to)
        same = (to, acted, delivered) == (stand.accounted, stand.acted, stand.delivered)
        if same and not told and not discarded and not stand.anew:
            return None
        return Entry(
            first=first,
            to=to,
            digest=digest_of(hashes),
            applied=tuple(told),
            parked=parked,
            discarded=discarded,
            delivered=delivered,
            acted=acted,
            delivered_at=moved.first_at,
            applied_at=moved.last_at,
            acted_at=now if acted > stand.acted else None,
            anew=stand.anew,
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


def _moved(notes: Sequence[Any]) -> dict[TopicPartition, _Moved]:
    found: dict[TopicPartition, _Moved] = {}
    for row in notes:
        hashes, at = bytes(row.hashes), 0
        for topic, partition, told in json.loads(row.places):
            one = found.setdefault((topic, partition), _Moved())
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


def _count(connection: Connection, moved: Mapping[TopicPartition, _Moved], now: int) -> None:
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


def _stand(row: Any) -> _Stand:
    return _Stand(
        row.accounted,
        row.delivered,
        row.acted,
        [(first, last) for first, last in json.loads(row.parked)],
        bool(row.anew),
    )


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


def _received(
    connection: Connection, place: TopicPartition, among: Sequence[Range]
) -> tuple[list[Range], list[bytes]]:
    """Which of these records were received before anything was noted, with their hashes."""
    found, hashes = [], []
    for first, last in among:
        after = first - 1
        while after < last and (rows := received_log.after(connection, *place, after, limit=1000)):
            for sequence, _, body in rows:
                if sequence <= last:
                    found.append(sequence)
                    hashes.append(sha256(body).digest())
            after = rows[-1][0]
    return ranges.runs(found), hashes


def _keep(
    connection: Connection, fresh: Sequence[dict[str, Any]], changed: Sequence[dict[str, Any]]
) -> None:
    values = ("accounted", "delivered", "acted", "parked", "anew")
    if fresh:
        connection.execute(
            SAID.insert(),
            [
                {
                    "topic": row["at_topic"],
                    "partition": row["at_partition"],
                    **{name: row[name] for name in values},
                }
                for row in fresh
            ],
        )
    if changed:
        connection.execute(
            update(SAID)
            .where(
                and_(
                    SAID.c.topic == bindparam("at_topic"),
                    SAID.c.partition == bindparam("at_partition"),
                )
            )
            .values({name: bindparam(name) for name in values}),
            changed,
        )
