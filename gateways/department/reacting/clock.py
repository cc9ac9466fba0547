"""The department's clocks: what falls due is declared once, at its second, by its owner.

A missed office clock becomes `DeadlineBreached`; a term whose silence has an effect (deemed
accepted, deemed renewed, a warning) gives that command. Where a fact of another department
could have stopped the clock, nothing is declared until that department is closed past the
due instant.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import Connection

from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import RULES_BY_CODE
from domain.departments import TOPICS
from domain.errors import Refusal
from gateways.department.database import Database
from gateways.department.deciding.answers import KeyReused
from gateways.department.deciding.commands import CommandGateway
from gateways.department.publishing.control import closed_through
from gateways.department.reacting.intents import OUTAGES, RuleFailed, rule_post
from gateways.department.time import Clock
from projections import clocks as clock_rows

CREDENTIAL = "clock"

_log = structlog.get_logger("liandong.clock")


class Clocks:
    """Fires one department's clocks."""

    def __init__(
        self, department: str, gateway: CommandGateway, database: Database, clock: Clock
    ) -> None:
        self.department = department
        self._gateway, self._database, self._clock = gateway, database, clock
        self._calendar = ""
        self._failing: set[str] = set()
        self._next: tuple[int | None, int | None] = (None, None)
        self.held_back = False
        """Whether at the last step a clock waited for another department to be closed past it."""

    def step(self) -> int:
        """Acts on every clock that has run out and may be declared; how many were.

        Raises StoreUnavailable; RuleFailed once the others were tried.
        """
        self._follow_calendar()
        now = self._clock.now()
        with self._database.reading() as connection:
            elapsed = clock_rows.elapsed(connection, now, department=self.department)
            closed: dict[frozenset[str], int] = {}
            due = [row for row in elapsed if self._may_declare(connection, row, closed)]
        declared, failed = 0, list[str]()
        for row in due:
            try:
                declared += self._declare(row)
            except OUTAGES:
                raise
            except Exception as defect:
                if row.clock_id not in self._failing:
                    _log.exception("clock failed", department=self.department, id=row.clock_id)
                    self._failing.add(row.clock_id)
                failed.append(f"{row.code} {row.clock_id}: {type(defect).__name__}")
        self.held_back = declared < len(elapsed)
        if failed:
            raise RuleFailed(failed)
        return declared

    def _follow_calendar(self) -> None:
        """Recomputes provisional dates once after the program brought a newer calendar."""
        if self._calendar != CALENDAR.version:
            with self._database.writing() as connection:
                clock_rows.recompute(connection, CALENDAR)
            self._calendar = CALENDAR.version

    def next_due(self) -> int | None:
        """The instant at which the next running clock of this department runs out."""
        self._follow_calendar()
        version = self._database.version()
        if version is None or version != self._next[0]:
            with self._database.reading() as connection:
                self._next = version, clock_rows.next_due(connection, department=self.department)
        return self._next[1]

    def _may_declare(
        self, connection: Connection, row: Any, closed: dict[frozenset[str], int]
    ) -> bool:
        awaited = RULES_BY_CODE[row.code].awaited_topics(self.department)
        nodes = frozenset(TOPICS[topic].node for topic in awaited)
        if nodes and nodes not in closed:
            closed[nodes] = closed_through(connection, nodes)
        return not nodes or closed[nodes] >= row.due_at

    def _declare(self, row: Any) -> bool:
        """Gives the command that follows; False where it must be given again later."""
        rule = RULES_BY_CODE[row.code]
        name, data = clock_rows.consequence(rule, row)
        post = rule_post(row.code, row.owner, row.region)
        try:
            self._gateway.give(
                name, data, post, key=f"{row.clock_id}/{row.due_at}", credential=CREDENTIAL
            )
        except KeyReused:
            # Declared before a crash, in the words of the row as it stood then: that holds.
            self._mark(row, None)
        except Refusal as refusal:
            if refusal.transient:
                return False
            self._mark(row, refusal.rule)
        else:
            self._mark(row, None)
        return True

    def _mark(self, row: Any, refused: str | None) -> None:
        with self._database.writing() as connection:
            clock_rows.mark_declared(connection, row.clock_id, self._clock.now(), refused)
