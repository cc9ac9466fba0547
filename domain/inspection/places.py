"""Places without a code: a spontaneous labour market, a stall, premises without an operator.

They are inspected like a firm (S3 二（二）), under an id of ours that is the same whoever
registers the place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, command, decides
from domain.directory import RegionNotNamed
from domain.errors import Refusal
from domain.inspection.facts import PlaceKind, PlaceRegistered, relations_of
from domain.lead.halves import both, known
from domain.online.screening import plain
from domain.terms import OrganisationName, RegionCode, ShortText, Term


@command(
    zh="登记无证照场所",
    en="Register a place without a code",
    source="鄂人社函〔2022〕97号二（二）",
)
@dataclass(frozen=True, kw_only=True)
class RegisterPlace(Command):
    """Registers a market, a stall or premises without a registered operator."""

    kind: Annotated[PlaceKind, Term(zh="场所类型", en="Kind")]
    name: OrganisationName
    address: ShortText
    region: RegionCode | None = None


class PlaceAlreadyRegistered(Refusal):
    """The place is in the register."""

    zh = "“{name}”（{address}）已登记，编号{place}。"
    en = "“{name}” at {address} is registered as {place}."
    next_zh = "请使用该编号。"
    next_en = "Use that id."
    source = "鄂人社函〔2022〕97号二（二）；平台规则（无证照对象编号）"
    field = "name"


def place_id(region: str, name: str, address: str) -> str:
    """The id of a place: the same whoever registers it, however it is spaced."""
    spelled = f"{region}\n{plain(name) or name}\n{plain(address) or address}"
    return f"UN-{hashlib.sha256(spelled.encode()).hexdigest()[:20].upper()}"


def _stream(asked: RegisterPlace) -> str:
    return relations_of(place_id(asked.region or "", asked.name, asked.address))


@decides(RegisterPlace, reads=lambda asked: both(_stream(asked)))
def register(asked: RegisterPlace, history: History, context: Context) -> Iterator[Decided]:
    """Registers a place once, whichever department saw it first."""
    if asked.region is None:
        raise RegionNotNamed()
    place = place_id(asked.region, asked.name, asked.address)
    if known(history, _stream(asked)):
        raise PlaceAlreadyRegistered(name=asked.name, address=asked.address, place=place)
    yield Decided(
        stream=_stream(asked),
        subject=place,
        matter=context.mint("M"),
        region=asked.region,
        fact=PlaceRegistered(
            subject_id=place,
            kind=asked.kind,
            name=asked.name,
            address=asked.address,
            region=asked.region,
        ),
    )
