"""An invented province: 20,000 firms of five prefectures, and a door for what was before.

What 市场监管 registered before the platform existed comes in as history: each command is checked,
decided on the stored histories and recorded in the department's store, many in one commit.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from domain import powers
from domain.commands import DECIDERS, Context, Post
from domain.departments import PARTITIONS, topic_name
from domain.facts import instant
from domain.policy import policy_for
from gateways.contracts.envelope import draft_envelope
from gateways.contracts.validation import build_command, validate_command
from gateways.department.deciding.command_ids import COMMAND_NAMESPACE
from gateways.department.deciding.histories import load
from gateways.department.node import Department
from gateways.log.partitioning import partition_of
from gateways.store.port import Accepted, Append, Draft
from ops.posts import post_of
from tests.faults.organisations import uscc

FIRMS = 20_500
"""Registered firms; every forty-first has none of the eight phrases in its scope."""
POPULATION = 20_000
"""Firms of which a draw by the eight phrases takes its sample."""

PROVINCE = "420000"
PREFECTURES = {
    "420100": ("420102", "420106", "420111"),
    "420500": ("420502", "420506"),
    "420600": ("420602", "420606"),
    "421000": ("421002", "421003"),
    "421100": ("421102", "421126"),
}
"""The prefectures and those of their counties that register firms."""

PHRASED = (
    "职业中介活动；企业管理咨询",
    "劳务派遣服务；职业中介活动",
    "人力资源服务（不含职业中介活动、劳务派遣服务）",
    "人力资源招聘；软件开发",
    "人力资源外包；人力资源培训",
    "许可项目：职业介绍；一般项目：会议服务",
    "信息技术咨询；发布招聘信息",
)
"""Scopes of the population: each of the eight phrases stands in one of them."""
OTHER = "餐饮服务；网络招聘"
GRADES = "AAAAABBBBCCCD"
AT_ONCE = 500


@dataclass(frozen=True)
class Firm:
    """A firm as it is registered; `grade` is empty where 市场监管 has not classed it."""

    code: str
    name: str
    scope: str
    region: str
    grade: str
    tags: tuple[str, ...]

    @property
    def phrased(self) -> bool:
        """Whether the scope, as registered, contains one of the eight phrases."""
        return self.scope != OTHER

    @property
    def post(self) -> str:
        """The post that registers and classes the firm."""
        return f"SAMR@{self.region}"


Act = tuple[str, str, dict[str, Any]]
"""The post, the command and its data."""


def firms(count: int = FIRMS) -> Iterator[Firm]:
    """So many firms, always the same: a third of them in the capital, some of the city itself."""
    prefectures = (*PREFECTURES, next(iter(PREFECTURES)))
    for number in range(count):
        prefecture = prefectures[number % len(prefectures)]
        offices = (*PREFECTURES[prefecture], prefecture)
        region = offices[number // len(prefectures) % len(offices)]
        classed = number % 11 == 3
        yield Firm(
            code=uscc(number, region),
            name=f"湖北虚例{number:05d}号人力资源有限公司",
            scope=OTHER if number % 41 == 40 else PHRASED[number % len(PHRASED)],
            region=region,
            grade=GRADES[number // 11 % len(GRADES)] if classed else "",
            tags=("SEASON_GRADUATION",) if classed and number % 2 == 0 else (),
        )


def registrations(found: Iterable[Firm]) -> Iterator[Act]:
    """How these firms were registered."""
    for one in found:
        data = {"organisation": one.code, "name": one.name, "scope": one.scope}
        yield one.post, "RegisterOrganisation", data


def classes(found: Iterable[Firm]) -> Iterator[Act]:
    """How 市场监管 classed those of these firms that it has classed."""
    for one in found:
        if one.grade:
            yield (
                one.post,
                "ClassObject",
                {
                    "organisation": one.code,
                    "grade_scheme": "SAMR-RISK",
                    "grade": one.grade,
                    "tags": list(one.tags),
                    "basis": "企业信用风险分类2022年第一季度结果",
                },
            )


def bring_in(department: Department, acts: Iterable[Act], at: int) -> int:
    """Records what a department did before the platform existed; the number of commands.

    As the gateway does with `history_at`, but with 500 commands in a commit: no two of them may
    be about the same stream.
    """
    appends = (_append(department, act, at) for act in acts)
    count = 0
    while chunk := list(islice(appends, AT_ONCE)):
        outcomes = department.store.append_many(chunk)
        assert all(isinstance(one, Accepted) for one in outcomes)
        count += len(chunk)
    return count


def _append(department: Department, act: Act, at: int) -> Append:
    named, name, data = act
    post, day = post_of(named), instant(at).date()
    assert not validate_command(name, data), validate_command(name, data)
    powers.may(post, name, post.region, day)
    scope = f"{department.id}/before/{name}/{data['organisation']}"
    command_id = str(uuid.uuid5(COMMAND_NAMESPACE, scope))
    command: Any = build_command(name, data)
    if "region" in command.__dataclass_fields__:
        command = replace(command, region=command.region or post.region)
    decider = DECIDERS[name]
    histories, versions = load(decider.reads(command), department.store, department.database)
    decided = tuple(decider.decide(command, histories, _context(department, post, command_id, at)))
    return Append(
        command_id=command_id,
        scope=scope,
        body_digest="",
        command_name=name,
        expected={one.stream: versions[one.stream] for one in decided},
        drafts=[
            Draft(
                one.stream,
                one.fact.TYPE,
                topic_name(department.id, one.fact.FAMILY),
                partition_of(one.subject.encode(), PARTITIONS),
                one.subject,
                draft_envelope(
                    one,
                    event_id=str(uuid.uuid5(uuid.UUID(command_id), str(place))),
                    command_id=command_id,
                    command_name=name,
                    post=post.id,
                    organ=post.organ,
                    appointment=post.appointment,
                    powers=powers.POWERS_VERSION,
                    region=post.region,
                    cause=None,
                    now=at,
                    history=True,
                ),
            )
            for place, one in enumerate(decided)
        ],
        now=department.clock.now(),
        cause_stamp=histories.latest,
    )


def _context(department: Department, post: Post, command_id: str, at: int) -> Context:
    return Context(
        now=at,
        post=post,
        department=department.id,
        region=post.region,
        mint=_mint(command_id),
        cause=None,
        policy=policy_for(post.region, instant(at).date()),
        draw=_nothing,
        seal=_nothing,
        unseal=_nothing,
        lines=_nothing,
    )


def _mint(command_id: str) -> Callable[[str], str]:
    return lambda kind: f"{kind}-{hashlib.sha256(command_id.encode()).hexdigest()[:16].upper()}"


def _nothing(*_: object) -> Any:
    raise AssertionError("neither a registration nor a class draws, seals or reads files")
