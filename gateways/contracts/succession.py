"""What a new version of a fact still lacks, and how a breaking change is rightly made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain import law
from domain.clocks.reckoning import CLOCK_RULES
from domain.clocks.words import Extension, Pause, Start, Stop
from domain.facts import FACTS, Audience
from domain.versions import SUCCESSIONS, number, stem
from projections.catalogue import PROJECTIONS


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing for a version to follow another; `contract` is the newer type."""

    contract: str
    zh: str
    en: str


def lacking(bound: Iterable[str] = ()) -> list[Lack]:
    """What every version after the first lacks; `bound` are the contracts that were released."""
    released = frozenset(bound)
    return [
        lack
        for name, cls in sorted(FACTS.items())
        if number(name) > 1
        for lack in _lacking(name, cls.AUDIENCE is Audience.DEPARTMENTS, released)
    ]


def _lacking(name: str, published: bool, released: frozenset[str]) -> Iterator[Lack]:
    old = f"{stem(name)}.v{number(name) - 1}"
    if old not in FACTS:
        yield Lack(
            name,
            f"没有 {old} 的类：请保留，日志中的旧事件要永远可读",
            f"{old} has no class: keep it, its events stay on the log for ever",
        )
        return
    found = SUCCESSIONS.get(old)
    if found is None:
        yield Lack(
            name,
            f"没有从 {old} 到 {name} 的转换：请声明 supersedes(“{old}”, “{name}”, upcast=…)",
            f"no upcaster leads from {old} to {name}: declare "
            f'supersedes("{old}", "{name}", upcast=...)',
        )
    elif published and found.until is None and old in released:
        yield Lack(
            name,
            f"{old} 已发布而不再并行发出：请为 supersedes 补上 downcast 和公告的最后日期 until",
            f"{old} was released and no longer goes out beside it: give supersedes a downcast and"
            " the announced last day (until)",
        )
    for what in _named_by(old):
        yield Lack(
            name,
            f"{what} 仍使用 {old}：请改用 {name}",
            f"{what} still names {old}: let it name {name}",
        )


def _named_by(old: str) -> Iterator[str]:
    """Who still names an older version, and so would never see the fact again.

    The case history names every version: it shows what was published, as it was.
    """
    for name, projection in sorted(PROJECTIONS.items()):
        if old in projection.reads and name != "audit":
            yield f"projection {name}"
    for rule in law.RULES:
        if old in rule.when:
            yield f"rule {rule.id}"
    for clock in CLOCK_RULES:
        patterns: tuple[Start | Stop | Extension | Pause, ...] = (
            *clock.started_by,
            *clock.stopped_by,
            *clock.grounds,
            *clock.extended_by,
            *clock.paused_by,
            *clock.acted,
        )
        if any(one.type == old for one in patterns):
            yield f"clock {clock.code}"


def way(contract: str) -> list[tuple[str, str]]:
    """How a breaking change of an event is rightly made, step by step, in both languages."""
    new = f"{stem(contract)}.v{number(contract) + 1}"
    return [
        (f"{contract} 的类、契约和样例保持不变", f"leave the class of {contract} as it was"),
        (f"另声明 {new}，写入要改的内容", f"declare {new} beside it, with what is to change"),
        (
            f"声明 supersedes(“{contract}”, “{new}”, upcast=旧转新, downcast=新转旧, until=公告的最后日期)",
            f'declare supersedes("{contract}", "{new}", upcast=..., downcast=..., until=last day)',
        ),
        (
            f"决定、规则、时限和投影一律改用 {new}；两个版本并行发出至公告日期",
            f"let deciders, rules, clocks and projections name {new}; both go out until that day",
        ),
        (
            "运行 python -m gateways.contracts.generate，提交新契约和新样例",
            "run python -m gateways.contracts.generate and commit the new schema and sample",
        ),
    ]
