"""Quarantine: what a post may decide about records that could not be applied.

1. Any post of an organ of the department lets parked records be tried again or has them
   converted by a named repair; only the head (or a whole office) discards, because what is
   discarded is never applied here.
2. A record that is no event of ours is never applied: it can only be discarded, and stays on
   record. One that came early waits for the records before it: its owner sends them again.
3. The decision is recorded with its reason first and carried out after; while one is being
   carried out, another is refused.
Source: platform rules; promise G2, reference 14.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.delivery.facts import (
    Cases,
    Cause,
    Instant,
    Outcome,
    ParkedSettled,
    Records,
    RecordsParked,
    TopicName,
)
from domain.delivery.parked import (
    EARLY,
    NOT_OURS,
    NOWHERE,
    OUTCOME_OF,
    Act,
    Group,
    GroupId,
    Numbers,
    ParkedDecided,
    ParkedRemained,
    RepairName,
    Through,
    group_of,
    stream_of,
)
from domain.departments import NODES, ORGANS, PUBLIC
from domain.errors import Refusal
from domain.terms import Identifier, Reason, RegionCode, ShortText, Term

SOURCE = "平台规则（隔离处理）"


def keeper_of(node: str) -> str:
    """The organ of a department that owes the treatment of its parked records: its first one."""
    return next(
        one.id for one in ORGANS.values() if one.node == NODES[node].id and one.id in PUBLIC
    )


@command(zh="登记隔离记录", en="Open a group of parked records", source=SOURCE, automatic=True)
@dataclass(frozen=True, kw_only=True)
class OpenParkedGroup(Command):
    """Given by the department itself when records of a new cause were set aside."""

    group: GroupId
    topic: TopicName
    cause: Cause
    detail: ShortText
    records: Records
    waiting: Records
    since: Instant
    cases: Cases
    cases_in_all: Records
    region: RegionCode | None = None


@command(zh="重试隔离记录", en="Try parked records again", source=SOURCE)
@dataclass(frozen=True, kw_only=True)
class ReleaseParked(Command):
    """Lets the records of a group be tried again, each with its followers in order."""

    group: GroupId
    reason: Reason
    through: Through | None = None


@command(zh="转换隔离记录", en="Convert parked records", source=SOURCE)
@dataclass(frozen=True, kw_only=True)
class FixParked(Command):
    """Has the records of a group converted by a named repair and tried again."""

    group: GroupId
    upcaster: RepairName
    reason: Reason
    through: Through | None = None


@command(zh="作废隔离记录", en="Discard parked records", source=SOURCE, irreversible=True)
@dataclass(frozen=True, kw_only=True)
class DiscardParked(Command):
    """Gives records of a group up: they stay on record, are never applied, and hold up nobody."""

    group: GroupId
    reason: Reason
    records: Numbers = ()
    through: Through | None = None


@command(zh="办结隔离记录", en="Settle parked records", source=SOURCE, automatic=True)
@dataclass(frozen=True, kw_only=True)
class SettleParked(Command):
    """Given when a decision was carried out, or when what a group waited for has come."""

    group: GroupId
    done: Records
    failed: Records
    remaining: Records
    decision: Identifier | None = None
    act: Act | None = None
    outcome: Outcome | None = None
    reason: Annotated[str, Term(zh="理由", en="Reason", max_length=2000)] = ""


class ParkedGroupUnknown(Refusal):
    """There is no such group here, or nothing of it is left."""

    zh = "本部门没有待处理的隔离组{group}。"
    en = "There is no open group {group} of parked records here."
    next_zh = "请查看隔离清单；已处理的记录在历史中。"
    next_en = "Look at the list of the quarantine; what was settled stands in the history."
    source = SOURCE
    field = "group"


class ParkedDecisionRunning(Refusal):
    """A decision about the group is on record and not carried out yet."""

    zh = "{post}已于{decided}对隔离组{group}作出决定，正在执行。"
    en = "{post} decided about the group {group} at {decided}; that is being carried out."
    next_zh = "执行完毕后请刷新清单，仍有剩余的再作决定。"
    next_en = "Look again when it is done, and decide about what is left."
    source = SOURCE
    field = "group"


class ForeignOnlyDiscarded(Refusal):
    """Records that are no event of the topic's department are never applied."""

    zh = "隔离组{group}是外来记录（{cause}），不能重试或者转换，只能作废。"
    en = "The records of {group} are not ours ({cause}): they are discarded, never applied."
    next_zh = "请查明是谁写入该主题，再作废留痕。"
    next_en = "Find out who wrote to that topic, then discard them; they stay on record."
    source = SOURCE
    field = "group"


class EarlyRecordsWait(Refusal):
    """Early records are applied by themselves when the missing ones come."""

    zh = "隔离组{group}的记录先到，须等前面的记录到齐后自动处理，不能人工处理。"
    en = "The records of {group} came early: they are applied when the missing ones come."
    next_zh = "请发布部门补发该主题的缺失记录。"
    next_en = "Let the department that publishes the topic send the missing records again."
    source = SOURCE
    field = "group"


class HeadDiscardsParked(Refusal):
    """Discarding is the head's decision."""

    zh = "岗位{post}不是负责人，无权作废隔离记录。"
    en = "{post} is not the head and may not discard parked records."
    next_zh = "请报负责人决定，或者先重试、转换。"
    next_en = "Let the head decide, or try them again or have them converted."
    source = SOURCE


@decides(OpenParkedGroup, reads=lambda asked: (Own(stream=stream_of(asked.group)),))
def open_group(asked: OpenParkedGroup, history: History, _context: Context) -> Iterator[Decided]:
    """Tells once that records of a cause wait; nothing while the group is open."""
    if group_of(history.own(stream_of(asked.group))).opened is not None:
        return
    yield Decided(
        stream=stream_of(asked.group),
        subject=asked.group,
        matter=asked.group,
        region=asked.region,
        fact=RecordsParked(
            group=asked.group,
            topic=asked.topic,
            cause=asked.cause,
            detail=asked.detail,
            records=asked.records,
            waiting=asked.waiting,
            since=asked.since,
            cases=asked.cases,
            cases_in_all=asked.cases_in_all,
        ),
    )


@decides(ReleaseParked, reads=lambda asked: (Own(stream=stream_of(asked.group)),))
def release(asked: ReleaseParked, history: History, _context: Context) -> Iterator[Decided]:
    """Decides that a group is tried again."""
    group = _must_be_ours(asked.group, history)
    yield _of(
        group,
        ParkedDecided(group=asked.group, act="RELEASE", reason=asked.reason, through=asked.through),
    )


@decides(FixParked, reads=lambda asked: (Own(stream=stream_of(asked.group)),))
def fix(asked: FixParked, history: History, _context: Context) -> Iterator[Decided]:
    """Decides that a group is converted and tried again."""
    group = _must_be_ours(asked.group, history)
    yield _of(
        group,
        ParkedDecided(
            group=asked.group,
            act="FIX",
            reason=asked.reason,
            repair=asked.upcaster,
            through=asked.through,
        ),
    )


@decides(DiscardParked, reads=lambda asked: (Own(stream=stream_of(asked.group)),))
def discard(asked: DiscardParked, history: History, context: Context) -> Iterator[Decided]:
    """Decides that records are given up; the head alone."""
    if context.post.role not in ("", "HEAD"):
        raise HeadDiscardsParked(post=context.post.id)
    group = _must_be_open(asked.group, history)
    yield _of(
        group,
        ParkedDecided(
            group=asked.group,
            act="DISCARD",
            reason=asked.reason,
            numbers=tuple(dict.fromkeys(asked.records)),
            through=asked.through,
        ),
    )


@decides(SettleParked, reads=lambda asked: (Own(stream=stream_of(asked.group)),))
def settle(asked: SettleParked, history: History, _context: Context) -> Iterator[Decided]:
    """Records what a decision came to, once; a group of which nothing is left ends."""
    group = group_of(history.own(stream_of(asked.group)))
    pending = None if group.decided is None else group.decided.id
    if group.opened is None or pending != asked.decision:
        return
    if not asked.remaining:
        outcome = asked.outcome or OUTCOME_OF[asked.act or "RELEASE"]
        yield _of(
            group,
            ParkedSettled(
                group=asked.group, outcome=outcome, records=asked.done, reason=asked.reason
            ),
        )
    elif asked.act is not None:
        yield _of(
            group,
            ParkedRemained(
                group=asked.group,
                act=asked.act,
                done=asked.done,
                failed=asked.failed,
                remaining=asked.remaining,
            ),
        )


def _must_be_open(name: str, history: History) -> Group:
    """The group where nothing bars a decision about it."""
    group = group_of(history.own(stream_of(name)))
    if group.opened is None:
        raise ParkedGroupUnknown(group=name)
    if group.opened.fact.cause == EARLY:
        raise EarlyRecordsWait(group=name)
    if group.decided is not None:
        raise ParkedDecisionRunning(
            group=name,
            post=group.decided.post,
            decided=group.decided.recorded.isoformat(timespec="seconds"),
        )
    return group


def _must_be_ours(name: str, history: History) -> Group:
    group = _must_be_open(name, history)
    assert group.opened is not None
    if group.opened.fact.cause in NOT_OURS:
        raise ForeignOnlyDiscarded(group=name, cause=group.opened.fact.cause)
    return group


def _of(group: Group, fact: ParkedDecided | ParkedSettled | ParkedRemained) -> Decided:
    assert group.opened is not None
    return Decided(
        stream=stream_of(fact.group),
        subject=fact.group,
        matter=fact.group,
        region=None if group.opened.region == NOWHERE else group.opened.region,
        fact=fact,
    )
