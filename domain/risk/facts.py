"""Risk warnings and interviews (风险预警、约谈): the facts (reference 7.6).

An interview is no penalty and no 查处; it cannot take the place of an order to correct.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Fact, fact
from domain.terms import Code, FileRef, Identifier, Persons, Reason, SubjectId, Term


class Level(StrEnum):
    """How grave a risk warning is."""

    BLUE = "BLUE"
    YELLOW = "YELLOW"
    ORANGE = "ORANGE"
    RED = "RED"


class InterviewType(StrEnum):
    """提示约谈 and 警示约谈."""

    REMINDER = "REMINDER"
    WARNING = "WARNING"


@fact(
    "risk.warning_raised.v1",
    family="supervision",
    organs=("HRSS_MKT",),
    zh="风险预警",
    en="Risk warning raised",
    source="辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（风险预警，阈值可配置）",
)
@dataclass(frozen=True, kw_only=True)
class RiskWarningRaised(Fact):
    """A rule raised a risk warning about a subject; `about` is what it rests on.

    `count` is what the rule counted in its window (complaints, hits, persons). ORANGE and RED
    put the subject under key supervision (重点监管).
    """

    warning_id: Identifier
    subject_id: SubjectId
    rule: Code
    level: Annotated[Level, Term(zh="预警级别", en="Level")]
    about: Identifier
    count: Persons | None = None


@fact(
    "risk.interview_held.v1",
    family="supervision",
    organs=("HRSS_MKT", "HRSS_INSP"),
    zh="约谈",
    en="Interview held",
    source="辽宁省人力资源市场管理通知（2024-11-11）四、七；平台规则（IV-1、IV-2）",
)
@dataclass(frozen=True, kw_only=True)
class InterviewHeld(Fact):
    """A subject was interviewed; `minutes` is the sealed record (约谈记录) where there is one."""

    interview_id: Identifier
    subject_id: SubjectId
    type: Annotated[InterviewType, Term(zh="约谈种类", en="Type")]
    held_on: Annotated[date, Term(zh="约谈日期", en="Held on")]
    attended: Annotated[bool, Term(zh="对象到场", en="Attended")] = True
    about: Identifier | None = None
    points: Reason
    minutes: Annotated[FileRef | None, Term(zh="约谈记录", en="Minutes")] = None


def stream_of(subject: str) -> str:
    """The stream of a subject's warnings and interviews."""
    return f"supervision/{subject}"
