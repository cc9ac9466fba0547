"""The publisher's side: one row for each reader and partition, and the faults that they show.

One process of a department keeps its ledger, by a lease. A receipt is compared with the
store; a reader that stays behind without moving is stalled, whether it still gives signs of
life or not. A fault is kept with its cases, declared as a fact once, and declared mended
once the receipts agree again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from domain.delivery.facts import CASES_NAMED
from domain.departments import CONTROL_FAMILY, TOPICS, readers_of
from gateways.contracts import canonical
from gateways.department.database import Database
from gateways.department.deciding.commands import CommandGateway
from gateways.department.ledger import ranges, timing
from gateways.department.ledger.comparing import GAP, Compared, Standing, compare
from gateways.department.ledger.faults import (
    STALLED,
    Fault,
    found_data,
    mended_data,
    name_of,
    not_held,
    organ_of,
    place_of,
    told_of,
)
from gateways.department.ledger.publishing import CASES_LOOKED_AT, Published
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.receipts import Entry, read_receipt
from gateways.department.ledger.tables import (
    FAULTS,
    INBOX,
    READERS,
    STANDINGS,
)
from gateways.department.ledger.timing import Place
from gateways.department.reacting.intents import rule_post
from gateways.department.time import Clock
from gateways.log.port import TopicPartition
from gateways.store.port import EventStore

LOOK_EVERY_S = 2.0
LEASE_S = 15.0
STALLED_AFTER_US = 40_000_000
"""A reader that is behind and has not moved for so long is stalled: found within the minute."""

SILENT_AFTER_US = 35_000_000
"""A reader that gave no sign of life for so long is taken to be down."""

AT_ONCE = 100
IDS_KNOWN = 200
CREDENTIAL = "ledger"
RULE = "G3"


class Ledger:
    """Keeps the ledger of what one department publishes."""

    def __init__(
        self,
        department: str,
        database: Database,
        store: EventStore,
        gateway: CommandGateway,
        clock: Clock,
        holder: str,
        *,
        kept_days: int = timing.KEPT_DAYS,
    ) -> None:
        self._department, self._database, self._store = department, database, store
        self._gateway, self._clock, self._holder = gateway, clock, holder
        self._kept_us = kept_days * timing.DAY_US
        self.published = Published(store)
        self._looked = float("-inf")
        # Where a reader is seen behind without moving, and since when.
        self._behind: dict[Place, tuple[int, int]] = {}
        self._down: set[str] = set()

    def step(self) -> bool:
        """Compares what came in and declares what it shows, where nobody else does it."""
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return False
        self._looked = time.monotonic()
        if not self._store.lease("ledger", self._holder, LEASE_S):
            self._behind.clear()
            return False
        more = self.take_in() == AT_ONCE
        self.watch()
        self.declare()
        return more

    def stop(self) -> None:
        """Gives the lease back."""
        if self._looked > float("-inf"):
            self._store.release("ledger", self._holder)

    def take_in(self) -> int:
        """Compares receipts that came in, in their order; how many records of them."""
        with self._database.reading() as connection:
            waiting = connection.execute(select(INBOX).order_by(INBOX.c.place).limit(AT_ONCE)).all()
            if not waiting:
                return 0
            stands = standings(connection)
            known = {
                row.reader: json.loads(row.known) for row in connection.execute(select(READERS))
            }
        ends = self.published.given_out()
        found: list[Fault] = []
        compared: list[tuple[Place, Entry, Compared, int]] = []
        for row in waiting:
            receipt = read_receipt(canonical.decode(bytes(row.body)))
            seen = known.setdefault(row.reader, [])
            if receipt.id in seen:
                continue
            seen.append(receipt.id)
            for (topic, partition), entry in sorted(receipt.entries.items()):
                if not _ours(self._department, row.reader, topic, partition):
                    continue
                place = (row.reader, topic, partition)
                one = self._compared(place, entry, stands.get(place, Standing()), ends)
                stands[place] = one.standing
                compared.append((place, entry, one, receipt.said))
                found += [
                    Fault(
                        reader=row.reader,
                        topic=topic,
                        partition=partition,
                        kind=finding.kind,
                        span=finding.span,
                        why=finding.why,
                    )
                    for finding in one.findings
                ]
        with self._database.writing() as connection:
            gone = connection.execute(
                delete(INBOX).where(INBOX.c.place.in_([row.place for row in waiting]))
            )
            if gone.rowcount != len(waiting):
                # Another process compared them meanwhile: its word stands.
                connection.rollback()
                return 0
            self._write(connection, stands, compared, known, {row.reader for row in waiting})
            for fault in found:
                self._note(connection, fault)
        return len(waiting)

    def watch(self) -> None:
        """Looks for readers that stay behind, and for faults that are no more."""
        self.published.look()
        now = self._clock.now()
        with self._database.reading() as connection:
            stands = standings(connection)
            heard = {row.reader: row.heard for row in connection.execute(select(READERS))}
            opened = connection.execute(select(FAULTS).where(FAULTS.c.mended_at.is_(None))).all()
        ends = self.published.given_out() if opened else {}
        mended = [row.fault for row in opened if _agrees(row, stands, ends)]
        found = not_held(self._stalled(stands, heard, now), opened)
        if found or mended:
            with self._database.writing() as connection:
                for fault in found:
                    self._note(connection, fault)
                for name in mended:
                    connection.execute(
                        update(FAULTS)
                        .where(and_(FAULTS.c.fault == name, FAULTS.c.mended_at.is_(None)))
                        .values(mended_at=now)
                    )

    def declare(self) -> int:
        """Gives the facts of faults found and mended that were not given; how many."""
        with self._database.reading() as connection:
            waiting = connection.execute(
                select(FAULTS)
                .where(
                    (FAULTS.c.declared == 0)
                    | and_(FAULTS.c.declared == 1, FAULTS.c.mended_at.is_not(None))
                )
                .order_by(FAULTS.c.found_at, FAULTS.c.fault)
            ).all()
        for row in waiting:
            if row.declared == 0:
                self._give("DeclareDeliveryFault", row, f"found/{row.found_at}", found_data(row))
            if row.mended_at is not None:
                self._give("DeclareDeliveryMended", row, f"mended/{row.found_at}", mended_data(row))
            with self._database.writing() as connection:
                connection.execute(
                    update(FAULTS)
                    .where(and_(FAULTS.c.fault == row.fault, FAULTS.c.found_at == row.found_at))
                    .values(declared=1 if row.mended_at is None else 2)
                )
        return len(waiting)

    def _compared(
        self, place: Place, entry: Entry, standing: Standing, ends: Mapping[TopicPartition, int]
    ) -> Compared:
        at = place[1:]
        return compare(
            standing,
            entry,
            end=ends.get(at, 0),
            hashes=lambda first, last: self.published.hashes(at, first, last),
        )

    def _stalled(
        self, stands: Mapping[Place, Standing], heard: Mapping[str, int], now: int
    ) -> list[Fault]:
        """Readers that were seen behind for too long without moving."""
        down = {reader for reader, at in heard.items() if now - at >= SILENT_AFTER_US}
        # A reader that is back is given the same time as any other before it is called stalled.
        back, self._down = self._down - down, down
        # Receipts come by this department's own intake: while it is away, nobody can be judged
        # but itself, and when it is back, everybody's time begins anew.
        blind = self._department in down or self._department not in heard
        if self._department in back:
            self._behind.clear()
        found: dict[tuple[str, str], dict[TopicPartition, Range]] = {}
        for (topic, partition), end in sorted(self.published.ends.items()):
            for reader in readers_of(TOPICS[topic]):
                place = (reader, topic, partition)
                stand = stands.get(place, Standing())
                if stand.accounted >= end:
                    self._behind.pop(place, None)
                    continue
                at, since = self._behind.get(place, (-1, now))
                if at != stand.accounted or reader in back:
                    since = now
                self._behind[place] = (stand.accounted, since)
                # One never heard at all is not connected yet, which listings and checks say.
                if now - since < STALLED_AFTER_US or reader not in heard:
                    continue
                if blind and reader != self._department:
                    continue
                why = "HELD_UP" if stand.delivered > stand.accounted else "STALLED"
                if reader in down:
                    why = "SILENT"
                waiting = found.setdefault((reader, why), {})
                waiting[topic, partition] = (stand.accounted + 1, end)
        return [self._waiting(reader, why, waiting) for (reader, why), waiting in found.items()]

    def _waiting(self, reader: str, why: str, waiting: Mapping[TopicPartition, Range]) -> Fault:
        """One fault for all that waits of a reader for one reason: the oldest record names it."""
        topic, partition = min(
            waiting, key=lambda one: (self.published.stamp(one, waiting[one][0]) or 0, one)
        )
        return Fault(
            reader=reader,
            topic=topic,
            partition=partition,
            kind=GAP if why == "HELD_UP" else STALLED,
            span=waiting[topic, partition],
            why=why,
            waiting=waiting,
        )

    def _note(self, connection: Connection, fault: Fault) -> None:
        """Keeps a fault with its cases, unless one of the kind that stands holds it already."""
        standing = connection.execute(
            select(FAULTS).where(
                and_(
                    FAULTS.c.reader == fault.reader,
                    FAULTS.c.topic == fault.topic,
                    FAULTS.c.partition == fault.partition,
                    FAULTS.c.kind == fault.kind,
                    FAULTS.c.mended_at.is_(None),
                )
            )
        ).all()
        left = ranges.without([fault.span], [(row.first, row.last) for row in standing])
        for first, last in left:
            self._keep(connection, fault, (first, last))

    def _keep(self, connection: Connection, fault: Fault, span: Range) -> None:
        now = self._clock.now()
        here = (fault.topic, fault.partition)
        matters, region, since = self.published.concerned(here, span)
        for place, waiting in fault.waiting.items():
            if place != here and len(matters) < CASES_LOOKED_AT:
                matters += self.published.concerned(place, waiting)[0]
        matters = list(dict.fromkeys(matters))
        marks = {f"{topic}/{at}": last for (topic, at), (_, last) in fault.waiting.items()}
        row = {
            "fault": name_of(self._department, fault, span[0]),
            "reader": fault.reader,
            "topic": fault.topic,
            "partition": fault.partition,
            "kind": fault.kind,
            "why": fault.why,
            "first": span[0],
            "last": span[1],
            "since": since or now,
            "marks": json.dumps(marks),
            "told": told_of(fault, span),
            "cases": json.dumps(matters[:CASES_NAMED]),
            "cases_in_all": len(matters),
            "region": region or "000000",
            "found_at": now,
            "mended_at": None,
            "declared": 0,
        }
        connection.execute(delete(FAULTS).where(FAULTS.c.fault == row["fault"]))
        connection.execute(FAULTS.insert(), row)

    def _give(self, name: str, row: Any, key: str, data: dict[str, Any]) -> None:
        post = rule_post(RULE, organ_of(self._department), row.region)
        self._gateway.give(name, data, post, key=f"{row.fault}/{key}", credential=CREDENTIAL)

    def _write(
        self,
        connection: Connection,
        stands: Mapping[Place, Standing],
        compared: Sequence[tuple[Place, Entry, Compared, int]],
        known: Mapping[str, list[str]],
        readers: set[str],
    ) -> None:
        """Writes the standings that moved, what each receipt said of its times, and the ids."""
        for reader in sorted(readers):
            connection.execute(
                update(READERS)
                .where(READERS.c.reader == reader)
                .values(known=json.dumps(known[reader][-IDS_KNOWN:]))
            )
        for place in sorted({place for place, *_ in compared}):
            connection.execute(delete(STANDINGS).where(timing.at(STANDINGS, place)))
            connection.execute(STANDINGS.insert(), _row(place, stands[place]))
        before = self._clock.now() - self._kept_us
        for place, entry, one, said in compared:
            timing.keep(connection, place, entry, one, said=said, before=before)


def _agrees(row: Any, stands: Mapping[Place, Standing], ends: Mapping[TopicPartition, int]) -> bool:
    """Whether what a fault says is no longer so."""
    stand = stands.get((row.reader, row.topic, row.partition), Standing())
    marks = json.loads(row.marks)
    if marks:
        behind = (
            stands.get((row.reader, *place_of(name)), Standing()).accounted < last
            for name, last in marks.items()
        )
        return not any(behind)
    # While receipts are being said anew, nothing is known yet of what they have not reached.
    if stand.accounted < min(row.last, ends.get((row.topic, row.partition), 0)):
        return False
    wanted = stand.missing if row.kind == GAP else stand.wrong
    return not ranges.common([(row.first, row.last)], wanted)


def standings(connection: Connection) -> dict[Place, Standing]:
    """Where every reader stands, by reader, topic and partition."""
    return {
        (row.reader, row.topic, row.partition): Standing(
            accounted=row.accounted,
            delivered=row.delivered,
            acted=row.acted,
            delivered_at=row.delivered_at,
            applied_at=row.applied_at,
            acted_at=row.acted_at,
            parked=_spans(row.parked),
            missing=_spans(row.missing),
            wrong=_spans(row.wrong),
        )
        for row in connection.execute(select(STANDINGS))
    }


def _spans(text: str) -> tuple[Range, ...]:
    return tuple((first, last) for first, last in json.loads(text))


def _row(place: Place, stand: Standing) -> dict[str, Any]:
    return timing.of(place) | {
        "accounted": stand.accounted,
        "delivered": stand.delivered,
        "acted": stand.acted,
        "delivered_at": stand.delivered_at,
        "applied_at": stand.applied_at,
        "acted_at": stand.acted_at,
        "parked": json.dumps(stand.parked),
        "missing": json.dumps(stand.missing),
        "wrong": json.dumps(stand.wrong),
    }


def _ours(department: str, reader: str, topic: str, partition: int) -> bool:
    """Whether a reader may speak of a partition, and it is ours."""
    known = TOPICS.get(topic)
    return (
        known is not None
        and known.node == department
        and known.family != CONTROL_FAMILY
        and 0 <= partition < known.partitions
        and reader in readers_of(known)
    )
