"""Commands: validated, checked against the powers, decided on folded histories, recorded once.

The same scope (department, credential, idempotency key) and body get the same answer for
ever; another body is refused. A stream that moved on while deciding is folded again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import domain.law  # noqa: F401 -- completes the tables of facts, commands and deciders
from domain import powers
from domain.commands import (
    COMMANDS,
    DECIDERS,
    Command,
    Context,
    Decided,
    Own,
    Post,
    Read,
)
from domain.departments import ORGANS, PARTITIONS, topic_name
from domain.errors import HistoryMovedOn, Refusal
from domain.facts import Audience, Recorded, day_of, instant
from domain.policy import policy_for
from domain.review.facts import FactCorrected
from domain.review.reading import object_of
from gateways.contracts import canonical
from gateways.contracts.envelope import draft_envelope
from gateways.contracts.validation import (
    build_command,
    normalise_command,
    validate_command,
    validate_data,
)
from gateways.department.database import Database
from gateways.department.deciding.answers import (
    Given,
    GivenEvent,
    InvalidCommand,
    KeyReused,
    TooBusy,
    UnknownCommand,
)
from gateways.department.deciding.command_ids import command_id_of, minting, scope_of
from gateways.department.deciding.draws import Draws
from gateways.department.deciding.foresight import NOBODY, foreseen
from gateways.department.deciding.histories import Histories, Versions, load
from gateways.department.deciding.preparing import Preparing
from gateways.department.deciding.sealing import Sealing, personal_fields
from gateways.department.deciding.together import in_its_versions
from gateways.department.publishing import fetching_back
from gateways.department.time import Clock
from gateways.files.keeping import Files
from gateways.log.partitioning import partition_of
from gateways.store.port import (
    Accepted,
    Append,
    Conflict,
    Draft,
    EventStore,
    OtherBody,
    Repeated,
)
from gateways.trust.vault import Vault

ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """A valid command on its way to a decision."""

    name: str
    command: Command
    command_id: str
    scope: str
    digest: str
    post: Post
    region: str
    cause: Recorded[Any] | None
    history_at: int | None
    expected: Mapping[str, int]

    def context(
        self, department: str, now: int, draw: Callable[[int], bytes], draws: Draws
    ) -> Context:
        """What the decision knows besides histories; of history, the moment it was given."""
        moment = self.history_at or now
        return Context(
            now=moment,
            post=self.post,
            department=department,
            region=self.region,
            mint=minting(self.command_id),
            cause=self.cause,
            policy=policy_for(self.region, instant(moment).date()),
            draw=draw,
            seal=draws.seal,
            unseal=draws.unseal,
            lines=draws.lines,
        )


class CommandGateway:
    """Gives commands to one department: the only way a fact comes into being."""

    def __init__(
        self,
        department: str,
        store: EventStore,
        database: Database,
        vault: Vault,
        files: Files,
        clock: Clock,
        draw: Callable[[int], bytes],
        mode: str,
    ) -> None:
        self.department = department
        self.appends = 0
        """How often this gateway has asked the store to record something."""
        self._store, self._database, self._vault = store, database, vault
        self._files, self._clock, self._draw = files, clock, draw
        self._draws = Draws(files.store, database, vault, draw, simulated=mode == "simulated")
        self._preparing = Preparing(store, database, files, self._draws)
        self._sealing = Sealing(database, vault, draw)

    def give(
        self,
        name: str,
        data: Mapping[str, Any],
        post: Post,
        *,
        key: str,
        credential: str = "local",
        cause: Recorded[Any] | None = None,
        history_at: int | None = None,
        expected: Mapping[str, int] | None = None,
    ) -> Given:
        """Decides a command and records what it brings about.

        `expected` are the stream versions the giver has seen: a stream that has moved on
        since refuses the command (HistoryMovedOn). With `history_at` the command was given
        before the platform existed, at that stamp: it is decided as of then and its facts are
        marked as history. Raises UnknownCommand, InvalidCommand, KeyReused, TooBusy, a named
        Refusal, or StoreUnavailable; in each case nothing is recorded.
        """
        data = _valid(name, data)
        scope = scope_of(self.department, credential, key)
        digest = self._digest(name, data)
        before = self._store.find_command(scope)
        if before is None and self._fetched:
            before = self._fetched_back(scope, name, digest)
        if before is not None:
            if before[0] != digest:
                raise KeyReused(key)
            return self._given(before[1], repeated=True)
        now = self._clock.now()
        region = self._allowed(name, data, post, history_at or now)
        prepared = self._preparing.prepared(name, data, post, region, now)
        sealed, persons = self._sealing.sealed(name, prepared, post, scope, now)
        asked = _Asked(
            name=name,
            command=build_command(name, sealed),
            command_id=command_id_of(scope),
            scope=scope,
            digest=digest,
            post=post,
            region=region,
            cause=cause,
            history_at=history_at,
            expected=dict(expected or {}),
        )
        outcome: Accepted | Repeated | OtherBody | None
        try:
            outcome = self._decide(asked)
        except Refusal:
            # The same command given twice at once: what it brought about refuses its twin.
            twin = self._store.find_command(scope)
            if twin is None:
                raise
            outcome = Repeated(twin[1]) if twin[0] == digest else OtherBody(asked.command_id)
        if outcome is None:
            return Given(asked.command_id, self.department, ())
        if isinstance(outcome, OtherBody):
            raise KeyReused(key)
        if isinstance(outcome, Repeated):
            return self._given(outcome.answer, repeated=True)
        self._sealing.confirm(persons)
        return self._given(outcome)

    @cached_property
    def _fetched(self) -> bool:
        """Whether this store was restored and has commands that came back from the log."""
        return self._store.find_command(fetching_back.SCOPE) is not None

    def _fetched_back(self, scope: str, name: str, digest: str) -> tuple[str, Accepted] | None:
        """The answer of a command that came back from the log: its name is known, not its body."""
        found = fetching_back.known_command(self._store, scope)
        if found is None:
            return None
        return (digest if found[0] == name else ""), found[1]

    def foresee(
        self,
        name: str,
        data: Mapping[str, Any],
        post: Post,
        *,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Recorded[Any], ...]:
        """The facts that a command would bring about now; nothing is recorded and nobody sealed.

        Refuses what `give` would refuse, in the same words.
        """
        data = _valid(name, data)
        now = self._clock.now()
        region = self._allowed(name, data, post, now)
        prepared = self._preparing.prepared(name, data, post, region, now, rehearsed=True)
        nobody = dict.fromkeys(set(personal_fields(name)) & set(prepared), NOBODY)
        asked = _Asked(
            name=name,
            command=build_command(name, {**prepared, **nobody}),
            command_id=command_id_of(f"{self.department}/foresee/{post.id}"),
            scope="",
            digest="",
            post=post,
            region=region,
            cause=None,
            history_at=None,
            expected=dict(expected or {}),
        )
        histories, versions, _, decided = self._weighed(
            asked, asked.context(self.department, now, self._draw, self._draws)
        )
        stamp = max(now, histories.latest)
        return tuple(
            foreseen(
                one,
                place,
                versions[one.stream],
                command_id=asked.command_id,
                command_name=name,
                department=self.department,
                post=post,
                region=region,
                stamp=stamp,
            )
            for place, one in enumerate(decided)
        )

    def _allowed(self, name: str, data: Mapping[str, Any], post: Post, at: int) -> str:
        """The region of valid data, once the post may give the command there at a stamp."""
        region = str(data.get("region") or post.region)
        powers.may(post, name, region, instant(at).date())
        self._sealing.must_keep(name, data, post)
        return region

    def _digest(self, name: str, data: Mapping[str, Any]) -> str:
        return self._vault.digest(canonical.encode({"command": name, "data": dict(data)}))

    def _decide(self, asked: _Asked) -> Accepted | Repeated | OtherBody | None:
        """Folds, decides and records, again while the streams move on; None for no facts."""
        for _ in range(ATTEMPTS):
            now = self._clock.now()
            context = asked.context(self.department, now, self._draw, self._draws)
            histories, versions, reads, decided = self._weighed(asked, context)
            if not decided:
                return None
            for one in decided:
                for body, media_type in one.keeps:
                    self._files.keep([body], media_type, asked.post, now=now)
            self.appends += 1
            outcome = self._store.append(
                Append(
                    command_id=asked.command_id,
                    scope=asked.scope,
                    body_digest=asked.digest,
                    command_name=asked.name,
                    expected=_as_read(reads, decided, versions),
                    drafts=[
                        draft
                        for place, one in enumerate(decided)
                        for draft in in_its_versions(
                            self._draft(place, one, asked, context.now), one.fact, day_of(now)
                        )
                    ],
                    now=now,
                    cause_stamp=max(histories.latest, asked.cause.stamp if asked.cause else 0),
                )
            )
            if not isinstance(outcome, Conflict):
                return outcome
        raise TooBusy(f"{asked.name}: the history kept changing while it was decided")

    def _weighed(
        self, asked: _Asked, context: Context
    ) -> tuple[Histories, Versions, tuple[Read, ...], tuple[Decided, ...]]:
        """One decision on the histories as they stand now, with what it read and at which version."""
        decider = DECIDERS[asked.name]
        reads = decider.reads(asked.command)
        histories, versions = load(reads, self._store, self._database)
        if decider.then is not None:
            reads = (*reads, *decider.then(asked.command, histories))
            histories, versions = load(reads, self._store, self._database)
        for stream, seen in asked.expected.items():
            if versions[stream] != seen:
                raise HistoryMovedOn(stream=stream, seen=seen, actual=versions[stream])
        decided = tuple(decider.decide(asked.command, histories, context))
        for one in decided:
            _must_fit(asked.name, one)
            powers.check_territory(asked.post, asked.name, one.region or asked.region)
        return histories, versions, reads, decided

    def _draft(self, place: int, decided: Decided, asked: _Asked, now: int) -> Draft:
        fact, post = decided.fact, asked.post
        published = fact.AUDIENCE is Audience.DEPARTMENTS
        if ORGANS[post.organ].node != self.department:
            raise ValueError(f"{post.organ} does not act in {self.department}")
        return Draft(
            stream=decided.stream,
            type=fact.TYPE,
            topic=topic_name(self.department, decided.family or fact.FAMILY) if published else None,
            partition=partition_of(decided.subject.encode(), PARTITIONS) if published else 0,
            key=decided.subject,
            envelope=draft_envelope(
                decided,
                event_id=str(uuid.uuid5(uuid.UUID(asked.command_id), str(place))),
                command_id=asked.command_id,
                command_name=asked.name,
                post=post.id,
                organ=post.organ,
                appointment=post.appointment,
                powers=powers.POWERS_VERSION,
                region=asked.region,
                cause=asked.cause.id if asked.cause else None,
                now=now,
                history=asked.history_at is not None,
            ),
        )

    def _given(self, answer: Accepted, *, repeated: bool = False) -> Given:
        return Given(
            answer.command_id,
            self.department,
            tuple(
                GivenEvent(
                    event.id,
                    event.type,
                    event.sequence,
                    event.topic,
                    event.partition,
                    event.partition_sequence,
                )
                for event in answer.events
            ),
            repeated,
        )


def _valid(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Data that fits its command, as it is judged. Raises UnknownCommand, InvalidCommand."""
    if name not in COMMANDS:
        raise UnknownCommand(name)
    problems = validate_command(name, data)
    if problems:
        raise InvalidCommand(name, problems)
    return normalise_command(name, data)


def _as_read(
    reads: Sequence[Read], decided: Sequence[Decided], versions: Mapping[str, int]
) -> dict[str, int]:
    """Every own stream that was read or is written, at the version that the decision rests on.

    A stream that was only read may have forbidden the decision by now: a referral reported
    meanwhile bars the penalty.
    """
    read = {one.stream: versions[one.stream] for one in reads if isinstance(one, Own)}
    return read | {one.stream: versions[one.stream] for one in decided}


def _must_fit(name: str, decided: Decided) -> None:
    """Refuses a replacement that leaves a fact which its own schema does not allow."""
    fact = decided.fact
    if not isinstance(fact, FactCorrected) or fact.replaces_with is None:
        return
    data = {**object_of(fact.target_data), **object_of(fact.replaces_with)}
    problems = validate_data(
        fact.target_type, {key: value for key, value in data.items() if value is not None}
    )
    if problems:
        raise InvalidCommand(
            name,
            [replace(one, field=f"replaces_with.{one.field}".rstrip(".")) for one in problems],
        )
