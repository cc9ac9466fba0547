"""Reads and erasures of protected values: facts for the owner alone, never published (G7, G8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, Post, command, decides
from domain.departments import PUBLIC
from domain.errors import Refusal
from domain.facts import Audience, Confidentiality, Fact, fact
from domain.terms import Reason, Term

Person = Annotated[
    str,
    Term(
        zh="人员引用",
        en="Opaque reference",
        pattern=r"^VP-[0-9A-Z]{16,40}$",
        example="VP-0123456789ABCDEFGHJK",
    ),
]


@fact(
    "access.value_read.v1",
    family="access",
    organs=PUBLIC,
    zh="查阅个人信息",
    en="Protected value read",
    source="个人信息保护法；平台规则（个人信息查阅留痕）",
    confidentiality=Confidentiality.REPORTER_SECRET,
    audience=Audience.OWNER_ONLY,
)
@dataclass(frozen=True, kw_only=True)
class ProtectedValueRead(Fact):
    """A post read a protected value for a stated purpose; recorded before the value is returned."""

    person: Person
    purpose: Reason


@fact(
    "access.person_erased.v1",
    family="access",
    organs=PUBLIC,
    zh="删除个人信息",
    en="Protected value erased",
    source="个人信息保护法第47条",
    confidentiality=Confidentiality.REPORTER_SECRET,
    audience=Audience.OWNER_ONLY,
)
@dataclass(frozen=True, kw_only=True)
class PersonErased(Fact):
    """Value, salt and key of a person were destroyed; every proof stays valid."""

    person: Person
    reason: Reason


@command(zh="查阅个人信息", en="Read a protected value", source="平台规则（个人信息查阅留痕）")
@dataclass(frozen=True, kw_only=True)
class ReadProtectedValue(Command):
    """Asks for a value by its reference, with the purpose."""

    person: Person
    purpose: Reason


@command(zh="删除个人信息", en="Erase a person", source="个人信息保护法第47条", irreversible=True)
@dataclass(frozen=True, kw_only=True)
class ErasePerson(Command):
    """Destroys value, salt and key; the commitment in the events stays."""

    person: Person
    reason: Reason


class PersonAlreadyErased(Refusal):
    """The value is gone."""

    zh = "{person}的信息已于{erased_on}删除。"
    en = "The value of {person} was erased on {erased_on}."
    next_zh = "信息无法恢复；历史中的承诺值仍可验证。"
    next_en = "It cannot come back; the commitments on record stay valid."
    source = "个人信息保护法第47条"
    field = "person"


class NotKeeperOfValue(Refusal):
    """A value lies with another organ of the department, or of another territory."""

    zh = "{person}的信息由{keeper}接收并保管，{post}不得查阅或者删除。"
    en = "{keeper} received the value of {person} and keeps it; {post} neither reads nor erases it."
    next_zh = "举报人、投诉人信息只由接收机关保管；确需核实的，请接收机关办理。"
    next_en = "Only the organ that received it opens it; let that organ act."
    source = "劳动保障监察条例第12条；个人信息保护法第6条；平台规则（举报人信息不出接收机关）"
    field = "person"


ABOUT_SEALED = ("ReadProtectedValue", "ErasePerson")
"""The commands about a value that is sealed already: its keeper's alone."""

RECEIVER = "HRSS_APPR"
"""The section that receives what a firm sends in."""

RECEIVES_FOR = {"LIC_DISPATCH": "HRSS_LR"}
"""Other sections that receive it, by licence."""


def keeper_of(post: Post, licence: str | None = None) -> str:
    """The organ that receives, and so keeps, what a post enters; a firm keeps nothing itself."""
    return RECEIVES_FOR.get(licence or "", RECEIVER) if post.organ == "AGENCY" else post.organ


def must_keep(person: str, organ: str, region: str, post: Post) -> None:
    """Refuses a post of another organ or territory than the value's keeper."""
    if organ and (post.organ, post.region) != (organ, region):
        raise NotKeeperOfValue(person=person, keeper=f"{organ}@{region}", post=post.id)


def stream_of(person: str) -> str:
    """The owner's own stream of reads and erasure of one person."""
    return f"access/{person}"


def _must_be_kept(person: str, history: History) -> None:
    for recorded in history.own(stream_of(person)):
        if isinstance(recorded.fact, PersonErased):
            raise PersonAlreadyErased(person=person, erased_on=recorded.recorded_on)


@decides(ReadProtectedValue, reads=lambda asked: (Own(stream=stream_of(asked.person)),))
def read(asked: ReadProtectedValue, history: History, _context: Context) -> Iterator[Decided]:
    """Records who reads a value and why, before it is shown."""
    _must_be_kept(asked.person, history)
    yield Decided(
        stream=stream_of(asked.person),
        subject=asked.person,
        matter=asked.person,
        fact=ProtectedValueRead(person=asked.person, purpose=asked.purpose),
    )


@decides(ErasePerson, reads=lambda asked: (Own(stream=stream_of(asked.person)),))
def erase(asked: ErasePerson, history: History, _context: Context) -> Iterator[Decided]:
    """Records the erasure of a person, once."""
    _must_be_kept(asked.person, history)
    yield Decided(
        stream=stream_of(asked.person),
        subject=asked.person,
        matter=asked.person,
        fact=PersonErased(person=asked.person, reason=asked.reason),
    )
