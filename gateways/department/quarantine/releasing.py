"""Parked records tried again in order, as the intake would have applied them, or given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, delete
from sqlalchemy.exc import OperationalError

from domain.departments import NODES
from gateways.contracts import canonical
from gateways.department.database import PARKED_ACTS, Database
from gateways.department.quarantine import parking
from gateways.department.quarantine.repairs import repaired
from gateways.department.taking_in.applying import apply_facts
from gateways.department.taking_in.desk import Desk
from gateways.department.taking_in.judging import Judge
from gateways.department.taking_in.verdicts import Parked
from gateways.department.time import Clock
from projections.catalogue import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Attempt:
    """What trying one record came to: APPLIED, FAILED (why) or GONE (settled by another)."""

    state: str
    cause: str = ""
    detail: str = ""


Noted = Callable[[Connection, Attempt], None]
"""What is written in the same transaction as an attempt."""


def followed(decision: str | None, parked_id: int) -> Noted:
    """Notes that a follower went on because of a decision about its head."""

    def noted(connection: Connection, tried: Attempt) -> None:
        if decision is not None and tried.state == "APPLIED":
            row = {"decision": decision, "parked_id": parked_id}
            connection.execute(delete(PARKED_ACTS).filter_by(**row))
            connection.execute(PARKED_ACTS.insert(), row | {"state": "FOLLOWED", "detail": ""})

    return noted


class _Undone(Exception):
    """Leaves a transaction in which something was only rehearsed."""


class Quarantine:
    """The parked records of one department."""

    def __init__(self, department: str, database: Database, clock: Clock, mode: str) -> None:
        self._department, self._database, self._clock = department, database, clock
        self._judge = Judge(department, mode)
        self._projections = [PROJECTIONS[name] for name in NODES[department].projections]

    def resume_headless(self) -> int:
        """Applies followers whose head was settled: by others, or just before a crash."""
        with self._database.reading() as connection:
            lines = parking.headless_lines(connection)
        return sum(self._resume(parked_id) for parked_id in lines)

    def _resume(self, parked_id: int) -> int:
        """Tries a line of followers, by the decision that settled its head, where there was one."""
        with self._database.reading() as connection:
            row = parking.open_row(connection, parked_id)
            if row is None:
                return 0
            decision = parking.decision_before(connection, row)
        return self.follow(row.topic, bytes(row.key), lambda _, failed: failed, decision)

    def follow(
        self,
        topic: str,
        key: bytes,
        again: Callable[[int, Attempt], Attempt],
        decision: str | None = None,
    ) -> int:
        """Tries what waits behind a head that was settled, in order, until one fails; how many.

        `again` is asked about a follower that failed, and may have mended it. Each that goes on
        is noted under the decision that settled the head.
        """
        with self._database.reading() as connection:
            waiting = parking.followers(connection, topic, key)
        applied = 0
        for parked_id in waiting:
            tried = self.attempt(parked_id, noted=followed(decision, parked_id))
            if tried.state == "FAILED":
                tried = again(parked_id, tried)
            if tried.state == "FAILED":
                break
            applied += tried.state == "APPLIED"
        return applied

    def discard(self, parked_id: int, noted: Noted) -> bool:
        """Gives a head or a foreign record up, in a transaction of its own; its bytes stay."""
        with self._database.writing() as connection:
            row = parking.open_row(connection, parked_id, ("BLOCKING", "FOREIGN"))
            if row is not None:
                parking.settle(connection, parked_id, self._clock.now(), "DISCARDED")
            noted(connection, Attempt("GONE" if row is None else "APPLIED"))
        return row is not None

    def attempt(
        self, parked_id: int, repair: str | None = None, noted: Noted | None = None
    ) -> Attempt:
        """Applies one parked record, repaired where a repair is named, in its own transaction."""
        with self._database.writing() as connection:
            tried = self._tried(connection, parked_id, repair)
            if noted is not None:
                noted(connection, tried)
        return tried

    def rehearse(self, parked_id: int, repair: str | None = None) -> Attempt:
        """What trying a record would come to now; nothing is kept."""
        tried = Attempt("GONE")
        try:
            with self._database.writing() as connection:
                tried = self._tried(connection, parked_id, repair)
                raise _Undone
        except _Undone:
            return tried

    def _tried(self, connection: Connection, parked_id: int, repair: str | None) -> Attempt:
        row = parking.open_row(connection, parked_id)
        if row is None:
            return Attempt("GONE")
        try:
            problem = self._apply(connection, row, repair)
        except OperationalError:
            raise
        except Exception as error:
            problem = Attempt("FAILED", "POISONED", f"{type(error).__name__}: {error}")
        now = self._clock.now()
        if problem is not None:
            # A repair that did not help changes nothing: the record is still the one that came.
            if repair is None:
                parking.block_again(connection, row, problem.cause, problem.detail, now)
            return problem
        parking.settle(connection, parked_id, now, "FIXED" if repair else "RELEASED")
        return Attempt("APPLIED")

    def _apply(self, connection: Connection, row: Any, repair: str | None) -> Attempt | None:
        """Judges and applies a parked record; why it must stay, or None where it was applied."""
        record = parking.record_of(row)
        if repair is not None:
            try:
                record = structs.replace(record, value=repaired(record.value, repair))
            except ValueError as error:
                return Attempt("FAILED", row.cause, str(error))
        desk = Desk(connection, self._clock.now())
        desk.free(record)
        verdict = self._judge.take(
            record, canonical.decode(record.value), row.partition_sequence, desk
        )
        if isinstance(verdict, Parked):
            return Attempt("FAILED", verdict.cause, verdict.detail)
        with connection.begin_nested():
            apply_facts(
                connection,
                self._department,
                [verdict],
                self._projections,
                received=self._clock.now(),
            )
        return None
