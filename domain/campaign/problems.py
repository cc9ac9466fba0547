"""Problems that a campaign finds, in three classes (实施方案五（二）).

1. What can be solved is solved by its day; what needs a rule has one proposed by its day.
2. What cannot be solved yet is told to the issuer with a proposal, within a term of the platform.
3. Any problem may be told upward, once; a settled one is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.campaign import state
from domain.campaign.facts import (
    ProblemClass,
    ProblemFound,
    ProblemReportedUp,
    ProblemSettled,
    unit_of,
)
from domain.campaign.tasks import in_unit, must_be_organ_of_unit, must_not_be_past, unit_reads
from domain.commands import Command, Context, Decided, History, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import FileRef, Identifier, OrganCode, Reason, RegionCode, SubjectId, Term

_RULE = f"{CAMPAIGN_PLAN}五（二）"


@command(zh="登记发现的问题", en="Record a problem", source=_RULE)
@dataclass(frozen=True, kw_only=True)
class RecordProblem(Command):
    """Records a problem of the unit, its class, who answers for it and by when."""

    campaign: Identifier
    what: Reason
    problem_class: Annotated[ProblemClass, Term(zh="问题类别", en="Class")]
    organ: OrganCode
    due: Annotated[date, Term(zh="完成时限", en="Due")]
    organisation: SubjectId | None = None
    region: RegionCode | None = None


@command(zh="上报问题", en="Report a problem up", source=f"{_RULE}（及时向州级上报相关情况）")
@dataclass(frozen=True, kw_only=True)
class ReportProblemUp(Command):
    """Tells the issuer of a problem, with what is proposed."""

    campaign: Identifier
    problem: Identifier
    proposal: Reason
    region: RegionCode | None = None


@command(zh="办结问题", en="Settle a problem", source=_RULE)
@dataclass(frozen=True, kw_only=True)
class SettleProblem(Command):
    """Says how a problem was solved."""

    campaign: Identifier
    problem: Identifier
    how: Reason
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()
    region: RegionCode | None = None


class ProblemUnknown(Refusal):
    """The unit has no such problem on record."""

    zh = "{unit}没有编号为{problem}的问题。"
    en = "{unit} has no problem {problem} on record."
    next_zh = "请核对编号，或先登记。"
    next_en = "Check the number, or record it first."
    source = _RULE
    field = "problem"


class ProblemAlreadySettled(Refusal):
    """The problem was settled."""

    zh = "问题{problem}已办结。"
    en = "The problem {problem} was settled."
    next_zh = "无需再次办理；再次发生的，请另行登记。"
    next_en = "Nothing is left to do; record it anew where it came again."
    source = _RULE
    field = "problem"


class ProblemAlreadyReportedUp(Refusal):
    """The issuer was told of the problem."""

    zh = "问题{problem}已上报。"
    en = "The issuer was told of {problem}."
    next_zh = "无需再次上报。"
    next_en = "Nothing is left to report."
    source = _RULE
    field = "problem"


@decides(RecordProblem, reads=unit_reads)
def record(asked: RecordProblem, history: History, context: Context) -> Iterator[Decided]:
    """Records a problem of the post's own unit."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    must_be_organ_of_unit(asked.organ)
    must_not_be_past(asked.due, context)
    yield in_unit(
        found,
        unit,
        ProblemFound(
            problem_id=context.mint("PRB"),
            campaign_id=found.id,
            unit=unit,
            what=asked.what,
            problem_class=asked.problem_class,
            organ=asked.organ,
            due=asked.due,
            subject_id=asked.organisation,
        ),
    )


@decides(ReportProblemUp, reads=unit_reads)
def report_up(asked: ReportProblemUp, history: History, context: Context) -> Iterator[Decided]:
    """Tells the issuer of an open problem, once."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context)
    about = _open(asked, history, unit)
    if any(isinstance(one.fact, ProblemReportedUp) for one in about):
        raise ProblemAlreadyReportedUp(problem=asked.problem)
    yield in_unit(
        found,
        unit,
        ProblemReportedUp(
            problem_id=asked.problem,
            campaign_id=found.id,
            unit=unit,
            proposal=asked.proposal,
        ),
    )


@decides(SettleProblem, reads=unit_reads)
def settle(asked: SettleProblem, history: History, context: Context) -> Iterator[Decided]:
    """Closes an open problem."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    _open(asked, history, unit)
    yield in_unit(
        found,
        unit,
        ProblemSettled(
            problem_id=asked.problem,
            campaign_id=found.id,
            unit=unit,
            how=asked.how,
            evidence=asked.evidence,
        ),
    )


def _open(
    asked: ReportProblemUp | SettleProblem, history: History, unit: str
) -> tuple[Recorded[Any], ...]:
    """The facts of an open problem. Raises ProblemUnknown, ProblemAlreadySettled."""
    about = tuple(
        one
        for one in history.own(unit_of(asked.campaign, unit))
        if getattr(one.fact, "problem_id", None) == asked.problem
    )
    if not any(isinstance(one.fact, ProblemFound) for one in about):
        raise ProblemUnknown(unit=unit, problem=asked.problem)
    if any(isinstance(one.fact, ProblemSettled) for one in about):
        raise ProblemAlreadySettled(problem=asked.problem)
    return about
