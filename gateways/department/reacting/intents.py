"""Intents: what automatic rules are going to do, written with the fact that caused it.

An intent is formed in the intake's transaction and settled in one of its own. Its command
id derives from (event, rule, target), so giving it twice is one command. A refusal stays on
the intent and becomes a task; an intent never vanishes, and a rebuild forms none.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, and_, func, select, tuple_, update

from domain.commands import Post
from domain.errors import Refusal
from domain.facts import Recorded
from domain.reactions import RULES, Kind, Rule
from domain.review.standing import CORRECTED, voids
from gateways.contracts.envelope import fact_of
from gateways.department.database import INTENTS, Database
from gateways.department.deciding.answers import InvalidCommand, KeyReused, TooBusy
from gateways.department.deciding.commands import CommandGateway
from gateways.department.time import Clock
from gateways.log.port import LogUnavailable
from gateways.store.port import StoreUnavailable
from projections import received as received_log
from projections.rows import Rows

_NAMESPACE = uuid.UUID("7d1c7a4e-27b2-5f63-8a2b-696e74656e74")
CREDENTIAL = "rule"
BATCH, ALL = 200, 1 << 30

OUTAGES = (StoreUnavailable, LogUnavailable, TooBusy)
"""What passes by itself: the work stays as it is and is done by a later step."""

_log = structlog.get_logger("liandong.intents")

_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _by_type() -> dict[tuple[str, str], tuple[Rule, ...]]:
    found: dict[tuple[str, str], list[Rule]] = {}
    for rule in RULES:
        if rule.kind is Kind.AUTOMATIC:
            for type_name in rule.when:
                found.setdefault((rule.node, type_name), []).append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


_RULES = _by_type()


def intent_id(event_id: str, rule: str, target: str) -> str:
    """The id of what a rule does about an event and a target."""
    return str(uuid.uuid5(_NAMESPACE, f"{event_id}/{rule}/{target}"))


def form(rows: Rows, department: str, facts: Sequence[Recorded[Any]], *, now: int) -> None:
    """Adds the intents that these newly received facts give rise to; the caller flushes."""
    formed: dict[str, dict[str, Any]] = {}
    for fact in facts:
        for rule in _RULES.get((department, fact.type), ()):
            if not rule.applies(fact):
                continue
            target = rule.target(fact)
            identity = intent_id(fact.id, rule.id, target)
            formed[identity] = {
                "intent_id": identity,
                "rule": rule.id,
                "event_id": fact.id,
                "event_stamp": fact.stamp,
                "event_department": fact.department,
                "event_sequence": fact.sequence,
                "command": rule.command_name,
                "data": _encode(rule.command(fact)),
                "subject": fact.subject,
                "matter": fact.matter,
                "region": fact.region,
                "organ": rule.owner_organ,
                "state": "PENDING",
                "attempts": 0,
                "created": now,
            }
    for row in formed.values():
        rows.append(INTENTS, row)


class RuleFailed(Exception):
    """Automatic acts that failed for a reason which no rule foresaw: a defect of the program.

    All others were done; these stay open and are tried again, so that a mended program does
    them. The message names no values: health shows it to everybody.
    """

    def __init__(self, failed: Sequence[str]) -> None:
        self.failed = tuple(failed)
        more = f" (and {len(failed) - 3} more)" if len(failed) > 3 else ""
        super().__init__(f"{'; '.join(failed[:3])}{more}: the log has more; mend the program")


@dataclass(frozen=True, slots=True)
class IntentCount:
    """How many intents stand in a state."""

    state: str
    count: int


class Intents:
    """Settles one department's intents."""

    def __init__(
        self, department: str, gateway: CommandGateway, database: Database, clock: Clock
    ) -> None:
        self.department = department
        self._gateway, self._database, self._clock = gateway, database, clock
        self._none_at: dict[str, int] = {}
        """The version of the database at which no intent stood in a state."""
        self.held_back = True
        """Whether an intent may be waiting for a fact, as far as this process knows."""
        # The last waiting intent that was tried, where others come after it.
        self._tried: tuple[Any, ...] | None = None

    def step(self, *, waiting: bool = False, limit: int = BATCH) -> int:
        """Tries open intents in the order of their events; how many were settled.

        With `waiting`, those for which a fact had not come yet, `limit` more each time and
        from the first again after the last; else the new ones. Raises StoreUnavailable, and
        RuleFailed once the others were tried; the intent then stays open.
        """
        state = "WAITING" if waiting else "PENDING"
        version = self._database.version()
        if version is not None and version == self._none_at.get(state):
            return 0
        order = [
            INTENTS.c.event_stamp,
            INTENTS.c.event_department,
            INTENTS.c.event_sequence,
            INTENTS.c.rule,
            INTENTS.c.intent_id,
        ]
        query = select(INTENTS).where(INTENTS.c.state == state).order_by(*order).limit(limit)
        from_the_first = not waiting or self._tried is None
        if waiting and self._tried is not None:
            query = query.where(tuple_(*order) > self._tried)
        with self._database.reading() as connection:
            open_intents = connection.execute(query).all()
            causes = {
                row.event_id: received_log.of_event(connection, row.event_id, fact_of)
                for row in open_intents
            }
        if waiting:
            self.held_back = bool(open_intents) or self._tried is not None
            last = open_intents[-1] if len(open_intents) == limit else None
            self._tried = last and tuple(last._mapping[one.name] for one in order)
        if version is not None and from_the_first and not open_intents:
            self._none_at[state] = version
        settled, failed = 0, list[str]()
        for row in open_intents:
            try:
                settled += self._settle(row, causes[row.event_id])
            except OUTAGES:
                raise
            except Exception as defect:
                # One that fails holds up no other; it is tried again with those that wait.
                if row.refusal != type(defect).__name__:
                    _log.exception("intent failed", department=self.department, id=row.intent_id)
                failed.append(f"{row.rule} {row.intent_id}: {type(defect).__name__}")
                self._note(row, "WAITING", defect)
        if failed:
            raise RuleFailed(failed)
        return settled

    def refused(self, connection: Connection) -> list[Any]:
        """The intents that a rule refused: each is a task for an officer."""
        return list(
            connection.execute(
                select(INTENTS).where(INTENTS.c.state == "REFUSED").order_by(INTENTS.c.event_stamp)
            )
        )

    def counts(self, connection: Connection) -> list[IntentCount]:
        """How many intents stand in each state but DONE: those grow with the log."""
        found = connection.execute(
            select(INTENTS.c.state, func.count().label("n"))
            .where(INTENTS.c.state.in_(("PENDING", "WAITING", "REFUSED")))
            .group_by(INTENTS.c.state)
        )
        return [IntentCount(row.state, row.n) for row in found]

    def retry(self, identity: str) -> None:
        """Lets a refused intent be tried again, after what refused it was mended."""
        with self._database.writing() as connection:
            connection.execute(
                update(INTENTS)
                .where(and_(INTENTS.c.intent_id == identity, INTENTS.c.state == "REFUSED"))
                .values(state="PENDING", refusal=None, refusal_values=None, settled=None)
            )

    def _settle(self, row: Any, cause: Recorded[Any]) -> bool:
        post = rule_post(row.rule, row.organ, row.region)
        try:
            self._gateway.give(
                row.command,
                json.loads(row.data),
                post,
                key=row.intent_id,
                credential=CREDENTIAL,
                cause=cause,
            )
        except Refusal as refusal:
            if self._is_void(cause):
                return self._note(row, "DONE", None)
            return self._note(row, "WAITING" if refusal.transient else "REFUSED", refusal)
        except InvalidCommand as invalid:
            return self._note(row, "REFUSED", invalid)
        except KeyReused:
            # Given before a crash, in the words of another version: what it brought about stands.
            return self._note(row, "DONE", None)
        return self._note(row, "DONE", None)

    def _is_void(self, cause: Recorded[Any]) -> bool:
        """Whether the fact was voided meanwhile: then nothing follows from it, and none is told."""
        with self._database.reading() as connection:
            told = received_log.of_stream(connection, cause.stream, fact_of, types=(CORRECTED,))
        return voids(cause.id, told)

    def _note(self, row: Any, state: str, problem: Exception | None) -> bool:
        """Writes what became of an intent; True where it is settled for good."""
        if state == row.state:
            return False
        self.held_back = self.held_back or state == "WAITING"
        values: dict[str, Any] = {"state": state, "attempts": row.attempts + 1}
        if state != "WAITING":
            values["settled"] = self._clock.now()
        if isinstance(problem, Refusal):
            values["refusal"] = problem.rule
            values["refusal_values"] = json.dumps(problem.values, ensure_ascii=False, default=str)
        elif isinstance(problem, InvalidCommand):
            values["refusal"] = "InvalidCommand"
            values["refusal_values"] = json.dumps({"problems": str(problem)}, ensure_ascii=False)
        elif problem is not None:
            values["refusal"], values["refusal_values"] = type(problem).__name__, "{}"
        this = INTENTS.c.intent_id == row.intent_id
        if state != "DONE":
            # Another process may have done it meanwhile: then that stands.
            this = and_(this, INTENTS.c.state == row.state)
        with self._database.writing() as connection:
            noted = connection.execute(update(INTENTS).where(this).values(**values))
        return state != "WAITING" and noted.rowcount == 1


def rule_post(rule: str, organ: str, region: str) -> Post:
    """The post as which a rule acts: `AUTO:R12@HRSS_MKT`."""
    return Post(
        id=f"AUTO:{rule}@{organ}",
        organ=organ,
        region=region,
        appointment=f"rule:{rule}",
        automatic=True,
    )
