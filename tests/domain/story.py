"""Given facts, when a command, then facts or a refusal: departments in one room, no machinery.

A story keeps every fact that was decided. Each department has all of them as received the
moment they are decided; rules are run only when a test asks for it.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pytest

import domain.law  # noqa: F401
from domain import powers
from domain.commands import COMMANDS, DECIDERS, Context, Decided, Own, Post, Read, Received
from domain.correction import CorrectionOutcome
from domain.departments import covers, node_of
from domain.errors import Refusal
from domain.facts import CHINA, Fact, Recorded, stamp_of
from domain.licence.facts import AnnulmentCause, EndCause, LicenceType, Mode, VerificationResult
from domain.policy import policy_for
from domain.reactions import RULES, Kind
from domain.review.standing import CORRECTED, corrections, standing, voids
from domain.terms import FileRef
from gateways.department.deciding.command_ids import minting

REGION = "210103"
LN_A = "91210103MAYTX011XN"
LN_B = "91210103MAYTX0128N"
LN_A_SCOPE = "人力资源服务（不含职业中介活动、劳务派遣服务）；软件开发"
LN_B_SCOPE = "职业中介活动"


def box(public_key: str, label: bytes, secret: bytes) -> str:
    """A deposit that hides nothing: what a story needs to know is what it is bound to."""
    return base64.b64encode(
        b"\0".join((public_key.encode(), label, secret.hex().encode()))
    ).decode()


def unboxed(key: str, label: bytes, deposit: str) -> bytes | None:
    """The secret of such a deposit; None where key or label are others."""
    made_for, bound_to, secret = base64.b64decode(deposit).split(b"\0")
    mine = (made_for, bound_to) == (key.encode(), label)
    return bytes.fromhex(secret.decode()) if mine else None


def moment_of(text: str) -> int:
    """The stamp of `2024-11-18` (09:00) or `2024-11-18T10:30` in China."""
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T09:00")
    return stamp_of(moment.replace(tzinfo=CHINA))


def post(organ: str, region: str = REGION) -> Post:
    """A post of an organ; `AGENCY:<USCC>` acts for that firm."""
    return Post(
        id=f"{organ}@{region}",
        organ=organ.split(":")[0].split(".")[0],
        region=region,
        appointment="test",
    )


@dataclass
class Loaded:
    """What a decider asked for, and nothing else."""

    streams: dict[str, tuple[Recorded[Any], ...]]
    reads: dict[Received, tuple[Recorded[Any], ...]]

    def own(self, stream: str) -> tuple[Recorded[Any], ...]:
        return self.streams[stream]

    def received(self, read: Received) -> tuple[Recorded[Any], ...]:
        return self.reads[read]


@dataclass
class Story:
    """All facts so far, and the moment."""

    now: int = field(default_factory=lambda: moment_of("2024-11-01"))
    facts: list[Recorded[Any]] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    commands_given: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    drawn: int = 0

    def on(self, text: str) -> Story:
        """Moves the story to a moment."""
        self.now = moment_of(text)
        return self

    def give(self, organ: str, command: str, /, *, at: str = REGION, **data: Any) -> list[Fact]:
        """Gives a person's command and keeps what it brings about."""
        return self.decide(command, post(organ, at), data)

    def decide(
        self, name: str, actor: Post, data: dict[str, Any], cause: Recorded[Any] | None = None
    ) -> list[Fact]:
        """Decides a command as the gateway does: powers, histories, decision, record."""
        region = str(data.get("region") or actor.region)
        today = datetime.fromtimestamp(self.now / 1e6, CHINA).date()
        powers.may(actor, name, region, today)
        if "region" in COMMANDS[name].__dataclass_fields__:
            data = {**data, "region": region}
        command = COMMANDS[name](**data)
        node = node_of(actor.organ).id
        decider = DECIDERS[name]
        reads = decider.reads(command)
        if decider.then is not None:
            reads = (*reads, *decider.then(command, self._load(node, reads)))
        self.commands_given += 1
        command_id = f"C{self.commands_given}"
        context = Context(
            now=self.now,
            post=actor,
            department=node,
            region=region,
            mint=minting(command_id),
            cause=cause,
            policy={**policy_for(region, today), **self.policy},
            draw=self._draw,
            seal=box,
            unseal=unboxed,
            lines=lambda sha256: self.files[sha256].splitlines(keepends=True),
        )
        decided = tuple(decider.decide(command, self._load(node, reads), context))
        read_streams = {one.stream for one in reads if isinstance(one, Own)}
        for one in decided:
            powers.check_territory(actor, name, one.region or region)
            self._check(one, actor, node, read_streams)
        for place, one in enumerate(decided):
            for body, _ in one.keeps:
                self.keep(body)
            self._record(one, place, actor, node, region, command_id, name, cause)
        return [one.fact for one in decided]

    def keep(self, body: bytes, media_type: str = "text/plain") -> FileRef:
        """Keeps a file in the one folder of all departments."""
        digest = hashlib.sha256(body).hexdigest()
        self.files[digest] = body
        return FileRef(sha256=digest, length=len(body), media_type=media_type)

    def _draw(self, length: int) -> bytes:
        self.drawn += 1
        return hashlib.sha256(f"drawn {self.drawn}".encode()).digest()[:length]

    def _check(self, one: Decided, actor: Post, node: str, read_streams: set[str]) -> None:
        fact = one.fact
        assert actor.organ in fact.ORGANS, f"{actor.organ} may not emit {fact.TYPE}"
        known = self.stream(one.stream, node)
        assert one.stream in read_streams or not known, f"{one.stream} was written unread"

    def _record(
        self,
        one: Decided,
        place: int,
        actor: Post,
        node: str,
        region: str,
        command_id: str,
        name: str,
        cause: Recorded[Any] | None,
    ) -> None:
        sequence = 1 + sum(each.department == node for each in self.facts)
        stamp = max([self.now, *(each.stamp + 1 for each in self.facts)])
        moment = datetime.fromtimestamp(self.now / 1e6, CHINA)
        self.facts.append(
            Recorded(
                fact=one.fact,
                id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{command_id}/{place}")),
                type=one.fact.TYPE,
                stream=one.stream,
                stream_version=1 + len(self.stream(one.stream, node)),
                department=node,
                sequence=sequence,
                stamp=stamp,
                subject=one.subject,
                region=one.region or region,
                matter=one.matter,
                organ=actor.organ,
                post=actor.id,
                command=command_id,
                command_name=name,
                cause=cause.id if cause else None,
                occurred=one.occurred or moment,
                effective=one.effective or moment.date(),
                decided=one.decided,
                served=one.served,
            )
        )

    def _load(self, node: str, reads: tuple[Read, ...]) -> Loaded:
        loaded = Loaded({}, {})
        for read in reads:
            if isinstance(read, Own):
                known = self.stream(read.stream, node)
                loaded.streams[read.stream] = known[-1:] if read.latest else known
            else:
                loaded.reads[read] = tuple(
                    replace(one, received=one.stamp)
                    for one in self.facts
                    if (read.stream is None or one.stream == read.stream)
                    and (read.subject is None or one.subject == read.subject)
                    and (read.region is None or covers(read.region, one.region))
                    and (read.event is None or one.id == read.event)
                    and (not read.types or one.type in (*read.types, CORRECTED))
                )
        told = corrections(self.facts)
        for read in reads:
            if isinstance(read, Own) and not (read.as_recorded or read.latest):
                loaded.streams[read.stream] = standing(loaded.streams[read.stream], told)
            elif isinstance(read, Received) and read.event is None:
                loaded.reads[read] = standing(loaded.reads[read], told)
        return loaded

    def stream(self, stream: str, node: str) -> tuple[Recorded[Any], ...]:
        """One stream of one department, oldest first."""
        return tuple(one for one in self.facts if one.stream == stream and one.department == node)

    def settle(self) -> list[str]:
        """Runs the automatic rules on every fact, in order, until nothing new comes."""
        ran: list[str] = []
        place = 0
        while place < len(self.facts):
            seen = self.facts[place]
            place += 1
            for rule in RULES:
                if rule.kind is Kind.AUTOMATIC and rule.applies(seen):
                    try:
                        self.run(rule.id, seen)
                    except Refusal:
                        if voids(seen.id, self.facts):
                            continue
                        raise
                    ran.append(rule.id)
        return ran

    def run(self, rule_id: str, seen: Recorded[Any]) -> list[Fact]:
        """Runs one automatic rule on one fact."""
        rule = next(one for one in RULES if one.id == rule_id)
        actor = Post(
            id=f"AUTO:{rule.id}@{rule.owner_organ}",
            organ=rule.owner_organ,
            region=seen.region,
            appointment="rule",
            automatic=True,
        )
        return self.decide(rule.command_name, actor, _typed(rule.command(seen)), cause=seen)

    def clock(self, organ: str, command: str, /, **data: Any) -> list[Fact]:
        """Gives a command as a clock does."""
        actor = Post(
            id=f"AUTO:clock@{organ}",
            organ=organ,
            region=REGION,
            appointment="clock",
            automatic=True,
        )
        return self.decide(command, actor, data)

    def of(self, kind: type[Fact]) -> list[Recorded[Any]]:
        """The facts of a class so far."""
        return [one for one in self.facts if isinstance(one.fact, kind)]

    def names(self) -> list[str]:
        """The class names of all facts so far, in order."""
        return [type(one.fact).__name__ for one in self.facts]


def refused(rule: str, act: Callable[[], Any]) -> Refusal:
    """The refusal of an act by the named rule, checked for both languages."""
    with pytest.raises(Refusal) as caught:
        act()
    refusal = caught.value
    assert refusal.rule == rule, f"{refusal.rule}: {refusal}"
    for language in ("zh", "en"):
        assert "{" not in refusal.sentence(language)
        assert "{" not in refusal.advice(language)
    return refusal


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    kinds = {"type": LicenceType, "cause": EndCause}
    return {key: kinds[key](value) if key in kinds else value for key, value in data.items()}


def registered(uscc: str = LN_B, scope: str = LN_B_SCOPE, on: str = "2024-11-18") -> Story:
    """A firm is registered and its scope pushed."""
    story = Story().on(on)
    story.give("SAMR", "RegisterOrganisation", organisation=uscc, name="沈阳虚例", scope=scope)
    story.settle()
    return story


def applied(mode: str = "COMMITMENT", **data: Any) -> Story:
    """LN-B's push is claimed and guided, and the licence applied for."""
    story = registered().on("2024-11-20")
    story.give("HRSS_MKT", "ClaimPush", organisation=LN_B)
    story.give("HRSS_MKT", "IssueLicensingGuidance", organisation=LN_B)
    story.on("2024-11-25")
    story.give("HRSS_APPR", "ApplyForLicence", organisation=LN_B, mode=Mode(mode), **data)
    return story


def granted() -> Story:
    """LN-B holds a licence granted by commitment on 2024-11-25."""
    story = applied()
    story.give(
        "HRSS_APPR", "GrantLicence", organisation=LN_B, document_no="沈河人社许字〔2024〕第1号"
    )
    story.settle()
    return story


def failed() -> Story:
    """LN-B's commitment was found false on 2025-01-10."""
    story = granted().on("2025-01-10")
    story.give(
        "HRSS_APPR",
        "VerifyCommitment",
        organisation=LN_B,
        result=VerificationResult.FAILED,
        failures=("专职工作人员1人，少于3人", "无固定场所"),
    )
    story.settle()
    return story


def uncorrected() -> Story:
    """LN-B did not obey the order to correct."""
    story = failed()
    story.give("HRSS_APPR", "OrderCorrection", organisation=LN_B)
    story.on("2025-01-26")
    story.give(
        "HRSS_APPR",
        "VerifyCorrection",
        organisation=LN_B,
        outcome=CorrectionOutcome.NOT_CORRECTED,
    )
    return story


ANNULMENT_NO = "沈河人社撤字〔2025〕第3号"


def annul(story: Story, **changes: Any) -> list[Fact]:
    """Annuls LN-B's licence for its false commitment."""
    data: dict[str, Any] = {
        "organisation": LN_B,
        "cause": AnnulmentCause.FALSE_COMMITMENT,
        "document_no": ANNULMENT_NO,
        "holder_told_on": day("2025-02-06"),
        "holder_heard": True,
        **changes,
    }
    return story.give("HRSS_APPR", "AnnulLicence", **data)


def annulled() -> Story:
    """LN-B's licence was annulled on 2025-02-14."""
    story = uncorrected().on("2025-02-14")
    annul(story)
    story.settle()
    return story
