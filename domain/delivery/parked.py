"""A group of parked records: what was decided about it, and where it stands.

1. A group holds the records of one topic that one cause set aside. It opens when the first of
   them is told (`RecordsParked`) and ends when none is left (`ParkedSettled`); it may open again.
2. A decision (`ParkedDecided`) is on record before anything is carried out. One decision stands
   at a time; it is carried out when the group ends or `ParkedRemained` says what still waits.
3. The clock of a group runs from its opening until it ends, whatever was tried between.
Source: platform rules; promise G2, reference 14.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from domain.delivery.facts import ParkedSettled, Records, RecordsParked
from domain.departments import PUBLIC
from domain.facts import Fact, Recorded, fact
from domain.terms import Reason, Term

ACTS: dict[str, tuple[str, str]] = {
    "RELEASE": ("重试", "Try again"),
    "FIX": ("转换后重试", "Convert and try again"),
    "DISCARD": ("作废", "Discard"),
}
"""What may be decided about a group."""

OUTCOME_OF = {"RELEASE": "RELEASED", "FIX": "FIXED", "DISCARD": "DISCARDED"}
"""How a group ends when a decision was carried out on all of it."""

NOT_OURS = ("FOREIGN", "CONFLICT")
"""Causes of records that are no event of the topic's department: never applied."""

EARLY = "HOLE"
"""The cause of records that came before the ones they follow."""

NOWHERE = "000000"
"""The region of a group of which nothing says where it belongs: any post decides about it."""

CAUSES: dict[str, tuple[str, str]] = {
    "POISONED": ("处理时出错", "Applying it failed"),
    "INVALID": ("不符合契约", "It does not fit the contract"),
    "UNKNOWN_TYPE": ("事件类型未知", "Its type is not known here"),
    "FUTURE_STAMP": ("时间戳超前", "Its stamp lies in the future"),
    "FOREIGN": ("外来记录", "It is no record of the topic's department"),
    "CONFLICT": ("同一序号内容不同", "Other bytes for a place that is taken"),
    EARLY: ("等待前面的记录", "It came before the ones it follows"),
}
"""Why records are set aside."""

REPAIRS: dict[str, tuple[str, str]] = {
    "ABSENT_NOT_EMPTY": (
        "把空值（null、空文字、空列表）视为未填写",
        "What is null, an empty text or an empty list counts as not given",
    ),
    "TRIMMED_TEXT": (
        "去掉文字首尾空白，并按NFC规范化",
        "Texts lose the space around them and are in NFC",
    ),
}
"""The named repairs of records that do not fit their contract."""


def _one_of(table: dict[str, tuple[str, str]]) -> str:
    return "^(?:" + "|".join(table) + ")$"


Act = Annotated[str, Term(zh="处理方式", en="Act", pattern=_one_of(ACTS), example="RELEASE")]
RepairName = Annotated[
    str,
    Term(zh="转换规则", en="Repair", pattern=_one_of(REPAIRS), example="ABSENT_NOT_EMPTY"),
]
GroupId = Annotated[
    str,
    Term(
        zh="隔离组",
        en="Group",
        pattern=r"^QG-[0-9A-Z]{16}$",
        example="QG-3SMWC5R7YQ2J4KLD",
    ),
]
Number = Annotated[
    str, Term(zh="隔离记录号", en="Parked record", pattern=r"^[1-9][0-9]{0,14}$", example="17")
]
Numbers = Annotated[
    tuple[Number, ...],
    Term(zh="隔离记录号（不填为整组）", en="Parked records (all of the group if none)"),
]
Through = Annotated[
    int,
    Term(
        zh="所见最后一条隔离记录号（之后到达的不在处理之列）",
        en="Last parked record that was seen: what came after it is left alone",
        minimum=1,
        maximum=9007199254740991,
    ),
]


@fact(
    "delivery.parked_decided.v1",
    family="delivery",
    organs=PUBLIC,
    zh="隔离记录处理决定",
    en="Parked records decided",
    source="平台规则（隔离处理）",
)
@dataclass(frozen=True, kw_only=True)
class ParkedDecided(Fact):
    """A post decided what becomes of a group of parked records; it is carried out after this."""

    group: GroupId
    act: Act
    reason: Reason
    repair: RepairName | None = None
    numbers: Numbers = ()
    through: Through | None = None


@fact(
    "delivery.parked_remained.v1",
    family="delivery",
    organs=PUBLIC,
    zh="隔离记录处理后仍有剩余",
    en="Parked records remained",
    source="平台规则（隔离处理）",
)
@dataclass(frozen=True, kw_only=True)
class ParkedRemained(Fact):
    """A decision was carried out and records of the group still wait: some failed again."""

    group: GroupId
    act: Act
    done: Records
    failed: Records
    remaining: Records


def stream_of(group: str) -> str:
    """The stream of one group: its openings, decisions and endings."""
    return f"quarantine/{group}"


@dataclass(frozen=True)
class Group:
    """Where a group stands: the fact that opened it, and the decision that is not carried out yet."""

    opened: Recorded[Any] | None = None
    decided: Recorded[Any] | None = None


def group_of(facts: Iterable[Recorded[Any]]) -> Group:
    """A group as its facts make it."""
    opened: Recorded[Any] | None = None
    decided: Recorded[Any] | None = None
    for one in facts:
        if isinstance(one.fact, RecordsParked):
            opened = opened or one
        elif isinstance(one.fact, ParkedDecided):
            decided = one
        elif isinstance(one.fact, ParkedRemained):
            decided = None
        elif isinstance(one.fact, ParkedSettled):
            opened = decided = None
    return Group(opened, decided)
