"""Reads and erasures of protected values: facts for the owner alone, never published (G7, G8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Audience, Confidentiality, Fact, fact
from domain.matter import ANY
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
    organs=ANY,
    zh="查阅个人信息",
    en="Protected value read",
    source="design G8; 个人信息保护法",
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
    organs=ANY,
    zh="删除个人信息",
    en="Protected value erased",
    source="design G7; 个人信息保护法 47",
    confidentiality=Confidentiality.REPORTER_SECRET,
    audience=Audience.OWNER_ONLY,
)
@dataclass(frozen=True, kw_only=True)
class PersonErased(Fact):
    """Value, salt and key of a person were destroyed; every proof stays valid."""

    person: Person
    reason: Reason


@command(zh="查阅个人信息", en="Read a protected value", source="design G8")
@dataclass(frozen=True, kw_only=True)
class ReadProtectedValue(Command):
    """Asks for a value by its reference, with the purpose."""

    person: Person
    purpose: Reason


@command(zh="删除个人信息", en="Erase a person", source="个人信息保护法 47", irreversible=True)
@dataclass(frozen=True, kw_only=True)
class ErasePerson(Command):
    """Destroys value, salt and key; the commitment in the events stays."""

    person: Person
    reason: Reason
