"""Matters: what a case history is about, and how several are joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.departments import PUBLIC
from domain.errors import Refusal
from domain.facts import Fact, fact
from domain.terms import Identifier, Reason, Term


@fact(
    "matter.linked.v1",
    family="matter",
    organs=(*PUBLIC, "AGENCY"),
    zh="事项关联",
    en="Matters linked",
    source="平台规则（事项关联）",
)
@dataclass(frozen=True, kw_only=True)
class MatterLinked(Fact):
    """One matter was joined to another: their histories are read as one."""

    one: Identifier
    other: Identifier
    because: Annotated[
        str,
        Term(
            zh="关联原因", en="Because", min_length=2, max_length=400, example="许可申请源于该推送"
        ),
    ]


@command(zh="关联事项", en="Link matters", source="平台规则（事项关联）")
@dataclass(frozen=True, kw_only=True)
class LinkMatters(Command):
    """Joins two matters that this department has facts of."""

    one: Identifier
    other: Identifier
    because: Reason


def stream_of(matter: str) -> str:
    """The stream of a matter's links."""
    return f"matter/{matter}"


class LinkedToItself(Refusal):
    """Both matters are the same."""

    zh = "两个事项相同（{one}），不能关联。"
    en = "Both matters are {one}; a matter is not joined to itself."
    next_zh = "请填写另一个事项编号。"
    next_en = "Name another matter."
    source = "平台规则（事项关联）"
    field = "other"


class AlreadyLinked(Refusal):
    """The matters are joined."""

    zh = "事项{one}与{other}已关联。"
    en = "The matters {one} and {other} are joined."
    next_zh = "无需再次关联。"
    next_en = "Nothing to do."
    source = "平台规则（事项关联）"
    field = "other"


@decides(
    LinkMatters,
    reads=lambda asked: (Own(stream=stream_of(asked.one)), Own(stream=stream_of(asked.other))),
)
def link(asked: LinkMatters, history: History, _context: Context) -> Iterator[Decided]:
    """Joins two matters once, in whichever order they are named."""
    if asked.one == asked.other:
        raise LinkedToItself(one=asked.one)
    pair = {asked.one, asked.other}
    known = (*history.own(stream_of(asked.one)), *history.own(stream_of(asked.other)))
    if any({one.fact.one, one.fact.other} == pair for one in known):
        raise AlreadyLinked(one=asked.one, other=asked.other)
    yield Decided(
        stream=stream_of(asked.one),
        subject=asked.one,
        matter=asked.one,
        fact=MatterLinked(one=asked.one, other=asked.other, because=asked.because),
    )
