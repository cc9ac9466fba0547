"""Treatment of parked records: groups are told of, decisions are carried out and settled.

Crash safety. A decision is a fact before anything is done. Carrying it out begins by picking
its records, once, in one transaction; each of them is then done in a transaction of its own
that also notes it; whoever comes next goes on with those that are left. Two processes at the
same decision meet at the rows and do each once. The end is an automatic command of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from domain.delivery.parked import (
    CAUSES,
    NOWHERE,
    OUTCOME_OF,
    Group,
    group_of,
    stream_of,
)
from domain.delivery.quarantine import keeper_of
from domain.facts import Recorded, instant
from gateways.contracts.envelope import fact_of
from gateways.department.database import (
    PARKED,
    PARKED_ACTS,
    PARKED_DECISIONS,
    PARKED_GROUPS,
    PARKED_PROMOTED,
    Database,
)
from gateways.department.deciding.answers import KeyReused
from gateways.department.deciding.commands import CommandGateway
from gateways.department.quarantine import grouping
from gateways.department.quarantine.grouping import Labels, ParkedGroup
from gateways.department.quarantine.parked_listing import parked_rows, told_record
from gateways.department.quarantine.releasing import Attempt, Noted, Quarantine, followed
from gateways.department.reacting.intents import rule_post
from gateways.department.time import Clock
from gateways.store.inserting import insert_into
from gateways.store.port import EventStore
from projections.received import RECEIVED

RULE = "DL-QUARANTINE"
CREDENTIAL = "quarantine"
EARLY_GRACE_US = 60_000_000
"""Records that came early are told of when they have waited this long: mostly they need not."""

REHEARSED = 10
"""Records that a preview tries."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a decision came to: records done, failed again, and what is left of the group."""

    group: str
    act: str
    done: int
    failed: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What an act would bring about now: how many were tried, and why some would fail again."""

    tried: int
    applied: int
    why: tuple[str, ...]


class Treatment:
    """The groups of one department's parked records, and what is decided about them."""

    def __init__(
        self,
        department: str,
        store: EventStore,
        database: Database,
        gateway: CommandGateway,
        clock: Clock,
        quarantine: Quarantine,
    ) -> None:
        self._department, self._store, self._database = department, store, database
        self._gateway, self._clock, self._quarantine = gateway, clock, quarantine
        self._labels = Labels(department)
        self._organ = keeper_of(department)
        self._seen: tuple[tuple[object, ...] | None, list[ParkedGroup]] = (None, [])

    def groups(self) -> list[ParkedGroup]:
        """The groups of what is parked now, worst first, with what stands decided about each."""
        with self._database.reading() as connection:
            found = grouping.groups(connection, self._department, self._labels)
        for one in found:
            stands = self._stands(one.group)
            one.opened = stands.opened is not None
            one.deciding = stands.decided.fact.act if stands.decided else None
        return found

    def group(self, group: str) -> ParkedGroup | None:
        """One group of what is parked now."""
        return next((one for one in self.groups() if one.group == group), None)

    def history(self, group: str) -> list[Recorded[Any]]:
        """What is on record about a group: openings, decisions, endings."""
        return [fact_of(one.body) for one in self._store.stream(stream_of(group))]

    def step(self) -> int:
        """Tells of new groups and carries out what is decided; how many records were done.

        Raises StoreUnavailable; what is left undone is done by a later step.
        """
        told = self.tell()
        return sum(self._advance(group, records) for group, records in sorted(told.items()))

    def tell(self) -> dict[str, int]:
        """Opens the groups that nobody was told of yet; all that are open, with their records."""
        now = self._clock.now()
        with self._database.reading() as connection:
            here = self._here(connection)
            known = {
                row.group_id
                for row in connection.execute(
                    select(PARKED_GROUPS).where(PARKED_GROUPS.c.state == "OPEN")
                )
            }
        for one in here:
            early = one.kind == "EARLY" and now - one.oldest < EARLY_GRACE_US
            if one.group not in known and not early:
                self._open(one)
                known.add(one.group)
        records = {one.group: one.records for one in here}
        return {group: records.get(group, 0) for group in known}

    def _here(self, connection: Connection) -> list[ParkedGroup]:
        """The groups of what is parked now; made anew only where they may have changed."""
        standing = grouping.standing_of(connection)
        seen, found = self._seen
        if standing is None or standing != seen:
            found = grouping.groups(connection, self._department, self._labels)
            self._seen = standing, found
        return found

    def carry_out(self, group: str) -> Carried | None:
        """Does what is decided about a group, and says what it came to; None for nothing decided."""
        stands = self._stands(group)
        if stands.decided is None:
            return None
        decided = stands.decided
        self._pick(decided)
        for parked_id in self._pending(decided.id):
            self._do(decided, parked_id)
        return self._settle(group, stands)

    def rehearse(self, one: ParkedGroup, repair: str | None = None) -> Rehearsed:
        """What trying the first records of a group would come to now; nothing is kept."""
        with self._database.reading() as connection:
            heads = self._of_group(connection, one.group)[:REHEARSED]
        tried = [self._quarantine.rehearse(row.parked_id, repair) for row in heads]
        why = dict.fromkeys(attempt.detail for attempt in tried if attempt.state == "FAILED")
        applied = sum(attempt.state == "APPLIED" for attempt in tried)
        return Rehearsed(len(tried), applied, tuple(why)[:3])

    def records(self, group: str | None = None, *, settled: bool = False) -> list[dict[str, Any]]:
        """Parked records, all or of one group; with `settled` also those that are dealt with.

        A settled one says by whose decision, when and why it was applied, repaired or discarded.
        """
        with self._database.reading() as connection:
            rows = parked_rows(connection, settled=settled, group=group)
            labels = self._labels.of(
                connection, [row for row in rows if row.state in ("BLOCKING", "FOREIGN", "EARLY")]
            )
            lines = {
                (row.topic, bytes(row.key)): labels[row.parked_id].group
                for row in rows
                if row.state == "BLOCKING" and row.parked_id in labels
            }
        found = [told_record(row, labels, lines, self._department) for row in rows]
        return [one for one in found if group in (None, one["group"])]

    def _stands(self, group: str) -> Group:
        return group_of(self.history(group))

    def _open(self, one: ParkedGroup) -> None:
        version = len(self._store.stream(stream_of(one.group)))
        zh, en = CAUSES.get(one.cause, (one.cause, one.cause))
        data: dict[str, Any] = {
            "group": one.group,
            "topic": one.topic,
            "cause": one.cause,
            "detail": f"{zh} / {en}" + (f" ({one.event_type})" if one.event_type else ""),
            "records": one.records,
            "waiting": one.waiting,
            "since": instant(one.oldest).isoformat(),
            "cases": one.cases,
            "cases_in_all": one.cases_in_all,
        }
        region = one.region or self._region()
        self._give("OpenParkedGroup", data, f"{one.group}/{version}", region)
        self._mark(one.group, "OPEN")

    def _advance(self, group: str, records: int) -> int:
        stands = self._stands(group)
        if stands.decided is not None:
            carried = self.carry_out(group)
            return carried.done if carried else 0
        if stands.opened is None:
            self._mark(group, "CLOSED")
        elif not records and not self._remaining(group):
            self._settle(group, stands)
        return 0

    def _pick(self, decided: Recorded[Any]) -> None:
        """Notes which records a decision is about: the heads that stood in its group then."""
        fact = decided.fact
        with self._database.writing() as connection:
            if not _insert_new(connection, decided):
                return
            later = set(
                connection.execute(
                    select(PARKED_PROMOTED.c.parked_id).where(PARKED_PROMOTED.c.at > decided.stamp)
                ).scalars()
            )
            picked = [
                row.parked_id
                for row in self._of_group(connection, fact.group)
                if row.parked_at <= decided.stamp
                and row.parked_id not in later
                and (fact.through is None or row.parked_id <= fact.through)
                and (not fact.numbers or str(row.parked_id) in fact.numbers)
            ]
            if picked:
                connection.execute(
                    PARKED_ACTS.insert(),
                    [
                        {"decision": decided.id, "parked_id": one, "state": "PENDING", "detail": ""}
                        for one in picked
                    ],
                )

    def _do(self, decided: Recorded[Any], parked_id: int) -> None:
        """Carries a decision out on one record, and lets its followers go on in order."""
        act, repair = decided.fact.act, decided.fact.repair
        noted = _note(decided.id, parked_id)
        with self._database.reading() as connection:
            row = connection.execute(
                select(PARKED.c.topic, PARKED.c.key).where(PARKED.c.parked_id == parked_id)
            ).one()
        if act == "DISCARD":
            self._quarantine.discard(parked_id, noted)
        elif self._quarantine.attempt(parked_id, repair, noted).state == "FAILED":
            return

        def again(follower: int, failed: Attempt) -> Attempt:
            same = repair is not None and self._is_of(follower, decided.fact.group)
            noted = followed(decided.id, follower)
            return self._quarantine.attempt(follower, repair, noted) if same else failed

        self._quarantine.follow(row.topic, bytes(row.key), again, decided.id)

    def _settle(self, group: str, stands: Group) -> Carried:
        """Records what a decision came to, or that what the group waited for has come."""
        decided, remaining = stands.decided, self._remaining(group)
        data: dict[str, Any] = {"group": group, "done": 0, "failed": 0, "remaining": remaining}
        if decided is None:
            reason = "所等待的记录已到，已按序处理"
            data |= {"outcome": "RELEASED", "reason": reason}
            key = f"{group}/{len(self._store.stream(stream_of(group)))}"
        else:
            counts = self._counts(decided.id)
            done, failed = counts.get("DONE", 0), counts.get("FAILED", 0)
            act = decided.fact.act
            outcome = "MOVED" if failed and not done else OUTCOME_OF[act]
            data |= {
                "done": done,
                "failed": failed,
                "decision": decided.id,
                "act": act,
                "outcome": outcome,
                "reason": decided.fact.reason,
            }
            key = decided.id
        assert stands.opened is not None
        self._give("SettleParked", data, key, stands.opened.region, cause=decided)
        if not remaining:
            self._mark(group, "CLOSED")
        return Carried(group, data.get("act", ""), data["done"], data["failed"], remaining)

    def _give(
        self,
        name: str,
        data: dict[str, Any],
        key: str,
        region: str,
        cause: Recorded[Any] | None = None,
    ) -> None:
        post = rule_post(RULE, self._organ, region)
        try:
            self._gateway.give(name, data, post, key=key, credential=CREDENTIAL, cause=cause)
        except KeyReused:
            # Another process said the same a moment ago, with the numbers of that moment.
            return

    def _region(self) -> str:
        """The territory of the newest fact that this department recorded, else of one it received."""
        own = (
            select(RECEIVED.c.region)
            .where(RECEIVED.c.department == self._department)
            .order_by(RECEIVED.c.sequence.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            for query in (own, select(RECEIVED.c.region).limit(1)):
                found = connection.execute(query).scalar()
                if found:
                    return str(found)
        return NOWHERE

    def _of_group(self, connection: Connection, group: str) -> list[Any]:
        """The heads of a group, oldest first."""
        rows = grouping.heads(connection)
        labels = self._labels.of(connection, rows)
        return [
            row for row in rows if row.parked_id in labels and labels[row.parked_id].group == group
        ]

    def _is_of(self, parked_id: int, group: str) -> bool:
        with self._database.reading() as connection:
            return any(row.parked_id == parked_id for row in self._of_group(connection, group))

    def _remaining(self, group: str) -> int:
        with self._database.reading() as connection:
            here = grouping.groups(connection, self._department, self._labels)
        return sum(one.records for one in here if one.group == group)

    def _pending(self, decision: str) -> Sequence[int]:
        with self._database.reading() as connection:
            return list(
                connection.execute(
                    select(PARKED_ACTS.c.parked_id)
                    .where(PARKED_ACTS.c.decision == decision, PARKED_ACTS.c.state == "PENDING")
                    .order_by(PARKED_ACTS.c.parked_id)
                ).scalars()
            )

    def _counts(self, decision: str) -> dict[str, int]:
        with self._database.reading() as connection:
            found = connection.execute(
                select(PARKED_ACTS.c.state, func.count().label("n"))
                .where(PARKED_ACTS.c.decision == decision)
                .group_by(PARKED_ACTS.c.state)
            )
            return {row.state: row.n for row in found}

    def _mark(self, group: str, state: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                insert_into(connection, PARKED_GROUPS)
                .values(group_id=group, state=state)
                .on_conflict_do_update(index_elements=["group_id"], set_={"state": state})
            )


def _note(decision: str, parked_id: int) -> Noted:
    """Writes what became of a picked record, with what was done to it."""
    states = {"APPLIED": "DONE", "FAILED": "FAILED", "GONE": "GONE"}

    def noted(connection: Connection, tried: Attempt) -> None:
        connection.execute(
            update(PARKED_ACTS)
            .where(
                and_(
                    PARKED_ACTS.c.decision == decision,
                    PARKED_ACTS.c.parked_id == parked_id,
                    PARKED_ACTS.c.state == "PENDING",
                )
            )
            .values(state=states[tried.state], detail=tried.detail[:2000])
        )

    return noted


def _insert_new(connection: Connection, decided: Recorded[Any]) -> bool:
    """Notes a decision; False where another process has, so that records are picked once."""
    made = connection.execute(
        insert_into(connection, PARKED_DECISIONS)
        .values(
            decision=decided.id,
            group_id=decided.fact.group,
            act=decided.fact.act,
            repair=decided.fact.repair,
            post=decided.post,
            reason=decided.fact.reason,
            decided=decided.stamp,
        )
        .on_conflict_do_nothing()
        .returning(PARKED_DECISIONS.c.decision)
    )
    return made.first() is not None
