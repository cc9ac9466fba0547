"""Interviews (约谈): 提示约谈 and 警示约谈 (reference 7.6).

1. A reminder needs no ground of its own. A warning interview needs one: a high risk (ORANGE or
   RED), a second matter with findings within 12 months, or an order to correct that was not
   obeyed or is overdue (S2 七: 违法违规风险高、多次发生违规失信行为).
2. An interview is no penalty and no 查处, and takes the place of no order to correct.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateInFuture, must_have_come
from domain.calendar.deadlines import add_months
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.correction import CorrectionOutcome
from domain.correction import fold as fold_corrections
from domain.errors import Refusal
from domain.facts import Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.lead.grounds import ground_of, reads_for
from domain.risk.facts import (
    InterviewHeld,
    InterviewType,
    Level,
    RiskWarningRaised,
    stream_of,
)
from domain.terms import FileRef, Identifier, Reason, SubjectId, Term

HIGH = (Level.ORANGE, Level.RED)


@command(
    zh="约谈",
    en="Hold an interview",
    source="辽宁省人力资源市场管理通知（2024-11-11）四、七；平台规则（IV-1、IV-2）",
)
@dataclass(frozen=True, kw_only=True)
class HoldInterview(Command):
    """Records an interview; `about` is the warning, finding, lead or case it follows."""

    organisation: SubjectId
    type: Annotated[InterviewType, Term(zh="约谈种类", en="Type")]
    held_on: Annotated[date | None, Term(zh="约谈日期", en="Held on")] = None
    attended: Annotated[bool, Term(zh="对象到场", en="Attended")] = True
    about: Identifier | None = None
    points: Reason
    minutes: Annotated[FileRef | None, Term(zh="约谈记录", en="Minutes")] = None


class InterviewDateInFuture(DateInFuture):
    """The day of the interview has not come."""

    field = "held_on"


class InterviewGroundUnknown(Refusal):
    """What the interview is said to follow is not known here."""

    zh = "本部门没有关于{organisation}、编号为{about}的预警、违法事项、线索或案件。"
    en = "This department knows no warning, finding, lead or case {about} of {organisation}."
    next_zh = "请核对编号，或留空。"
    next_en = "Check the number, or leave it empty."
    source = "平台规则（约谈）"
    field = "about"


class WarningInterviewNeedsGround(Refusal):
    """Nothing calls for a warning rather than a reminder."""

    zh = "{organisation}没有橙色以上预警、十二个月内第二项违法或逾期未改正，不适用警示约谈。"
    en = "{organisation} has no high warning, no second matter in 12 months and no overdue correction."
    next_zh = "请改为提示约谈。"
    next_en = "Hold a reminder interview."
    source = "辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（IV-2）"
    field = "type"


def _reads(asked: HoldInterview) -> tuple[Read, ...]:
    subject = asked.organisation
    return (Own(stream=stream_of(subject)), *reads_for(asked.about, subject))


@decides(HoldInterview, reads=_reads)
def hold(asked: HoldInterview, history: History, context: Context) -> Iterator[Decided]:
    """Records an interview in the matter of what it follows."""
    subject = asked.organisation
    held_on = asked.held_on or context.today
    must_have_come(held_on, context.today, InterviewDateInFuture)
    warnings = [
        one for one in history.own(stream_of(subject)) if isinstance(one.fact, RiskWarningRaised)
    ]
    findings = history.own(findings_of(subject))
    if asked.type is InterviewType.WARNING and not _calls_for_warning(warnings, findings, held_on):
        raise WarningInterviewNeedsGround(organisation=subject)
    matter, region = _matter(asked, history, warnings, findings, context)
    yield Decided(
        stream=stream_of(subject),
        subject=subject,
        matter=matter,
        region=region,
        effective=held_on,
        fact=InterviewHeld(
            interview_id=context.mint("IV"),
            subject_id=subject,
            type=asked.type,
            held_on=held_on,
            attended=asked.attended,
            about=asked.about,
            points=asked.points,
            minutes=asked.minutes,
        ),
    )


def _calls_for_warning(
    warnings: list[Recorded[Any]], findings: tuple[Recorded[Any], ...], on: date
) -> bool:
    if any(one.fact.level in HIGH for one in warnings):
        return True
    year_ago = add_months(on, -12)
    matters = {
        one.matter
        for one in findings
        if isinstance(one.fact, ViolationFound) and year_ago <= one.recorded_on <= on
    }
    if len(matters) > 1:
        return True
    failed = (CorrectionOutcome.NOT_CORRECTED, CorrectionOutcome.REFUSED)
    return any(
        one.outcome in failed or (one.outcome is None and one.due < on)
        for one in fold_corrections(findings).orders
    )


def _matter(
    asked: HoldInterview,
    history: History,
    warnings: list[Recorded[Any]],
    findings: tuple[Recorded[Any], ...],
    context: Context,
) -> tuple[str, str]:
    """The matter and territory: of the ground named, else of the newest warning or finding."""
    if asked.about is not None:
        for one in warnings:
            if asked.about in (one.fact.warning_id, one.id):
                return one.matter, one.region
        ground = ground_of(history, asked.about, asked.organisation)
        if ground is None or ground.subject != asked.organisation:
            raise InterviewGroundUnknown(about=asked.about, organisation=asked.organisation)
        return ground.matter, ground.region
    found = [one for one in findings if isinstance(one.fact, ViolationFound)]
    newest = max((*warnings, *found), key=lambda one: one.order, default=None)
    if newest is None:
        return context.mint("M"), context.region
    return newest.matter, newest.region
