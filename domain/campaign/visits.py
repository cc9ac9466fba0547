"""Visits of the issuer's working group to a unit, and what the unit says became of its findings.

1. The group visits as posts of the human-resources department; where the notice names a group,
   only its members. A visit inspects the unit's work, no firm.
2. Findings are numbered 1, 2, 3 and so on; each is answered until it is corrected, also after
   the campaign is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import (
    DateBeforeItsGround,
    DateInFuture,
    must_follow,
    must_have_come,
)
from domain.campaign import state
from domain.campaign.facts import UnitVisited, VisitAnswered, VisitFinding, unit_of
from domain.campaign.state import Campaign
from domain.campaign.tasks import in_unit, unit_reads
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import FileRef, Identifier, PostId, Reason, RegionCode, Term

_VISIT = f"{CAMPAIGN_PLAN}四（二）（州级检查督导）"

FINDINGS_MOST = 30
"""The most findings of one visit; each has a term of its own."""


@command(zh="登记检查督导", en="Record a visit", source=_VISIT)
@dataclass(frozen=True, kw_only=True)
class RecordVisit(Command):
    """Records the issuer's visit to a unit and returns its findings."""

    campaign: Identifier
    unit: RegionCode
    visited_on: Annotated[date | None, Term(zh="督导日期", en="Visited on")] = None
    team: Annotated[tuple[PostId, ...], Term(zh="督导组", en="Team", min_items=1)]
    findings: Annotated[tuple[VisitFinding, ...], Term(zh="反馈问题", en="Findings")] = ()
    minutes: FileRef | None = None


@command(zh="反馈督导问题整改", en="Answer a visit's finding", source=_VISIT)
@dataclass(frozen=True, kw_only=True)
class AnswerVisit(Command):
    """Says what became of one finding of a visit."""

    campaign: Identifier
    visit: Identifier
    number: Annotated[int, Term(zh="序号", en="Number", minimum=1)]
    answer: Reason
    corrected: Annotated[bool, Term(zh="已整改", en="Corrected")]
    region: RegionCode | None = None


class VisitInFuture(DateInFuture):
    """The visit has not taken place."""

    field = "visited_on"


class VisitBeforeCampaign(DateBeforeItsGround):
    """The visit comes before the campaign counts."""

    field = "visited_on"


class VisitAnswerBeforeVisit(DateBeforeItsGround):
    """A finding was to be answered before the visit."""

    field = "findings"


class VisitFindingsOutOfOrder(Refusal):
    """The findings are not numbered one after the other, or are too many."""

    zh = "督导问题的序号应从1起连续编排，最多{most}项。"
    en = "The findings of a visit are numbered 1, 2, 3 and so on, {most} at most."
    next_zh = "请按顺序编号。"
    next_en = "Number them in order."
    source = "平台规则（督导问题）"
    field = "findings"


class VisitorNotInGroup(Refusal):
    """A post of the team is not in the working group that the notice names."""

    zh = "岗位{post}不是专项整治工作小组成员。"
    en = "The post {post} is not in the campaign's working group."
    next_zh = "请由工作小组成员督导。"
    next_en = "Let members of the group visit."
    source = f"{_VISIT}（派出劳务中介专项整治工作小组）"
    field = "team"


class VisitUnknown(Refusal):
    """The unit was not visited under this number, or that visit has no such finding."""

    zh = "{unit}没有编号为{visit}、序号为{number}的督导问题。"
    en = "{unit} has no finding {number} of a visit {visit}."
    next_zh = "请核对督导编号和序号。"
    next_en = "Check the visit and the number."
    source = _VISIT
    field = "visit"


class VisitAlreadyCorrected(Refusal):
    """The finding was said to be corrected."""

    zh = "督导{visit}的第{number}项问题已反馈整改完成。"
    en = "The finding {number} of {visit} was answered as corrected."
    next_zh = "无需再次反馈。"
    next_en = "Nothing is left to answer."
    source = _VISIT
    field = "number"


def _visit_reads(asked: RecordVisit) -> tuple[Read, ...]:
    return (state.read(asked.campaign), Own(stream=unit_of(asked.campaign, asked.unit)))


@decides(RecordVisit, reads=_visit_reads)
def visit(asked: RecordVisit, history: History, context: Context) -> Iterator[Decided]:
    """Records a visit of the issuer's group to a unit of the campaign."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    state.must_be_unit(found, asked.unit)
    visited_on = asked.visited_on or context.today
    must_have_come(visited_on, context.today, VisitInFuture)
    must_follow(visited_on, found.launched.fact.effective_from, VisitBeforeCampaign)
    _must_be_of_group(asked, found)
    numbers = [one.number for one in asked.findings]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) > FINDINGS_MOST:
        raise VisitFindingsOutOfOrder(most=FINDINGS_MOST)
    for one in asked.findings:
        if one.answer_by is not None:
            must_follow(one.answer_by, visited_on, VisitAnswerBeforeVisit)
    yield in_unit(
        found,
        asked.unit,
        UnitVisited(
            visit_id=context.mint("VIS"),
            campaign_id=found.id,
            unit=asked.unit,
            visited_on=visited_on,
            team=asked.team,
            findings=asked.findings,
            minutes=asked.minutes,
        ),
    )


def _must_be_of_group(asked: RecordVisit, found: Campaign) -> None:
    group = {one.post for one in found.launched.fact.group}
    for post in asked.team:
        if group and post not in group:
            raise VisitorNotInGroup(post=post)


@decides(AnswerVisit, reads=unit_reads)
def answer(asked: AnswerVisit, history: History, context: Context) -> Iterator[Decided]:
    """Answers a finding until it is corrected."""
    found = state.known(history, asked.campaign)
    unit = state.acting_unit(found, context)
    facts: list[Any] = [one.fact for one in history.own(unit_of(found.id, unit))]
    known = any(
        isinstance(one, UnitVisited)
        and one.visit_id == asked.visit
        and any(each.number == asked.number for each in one.findings)
        for one in facts
    )
    if not known:
        raise VisitUnknown(unit=unit, visit=asked.visit, number=asked.number)
    if any(
        isinstance(one, VisitAnswered)
        and (one.visit_id, one.number) == (asked.visit, asked.number)
        and one.corrected
        for one in facts
    ):
        raise VisitAlreadyCorrected(visit=asked.visit, number=asked.number)
    yield in_unit(
        found,
        unit,
        VisitAnswered(
            visit_id=asked.visit,
            campaign_id=found.id,
            unit=unit,
            number=asked.number,
            answer=asked.answer,
            corrected=asked.corrected,
        ),
    )
