"""A unit's list of tasks (挂图作战), and the issuer's chasing of what is late.

1. A task has an organ of the unit that answers for it, and a fixed day. The unit lists its own;
   the issuer may add to the list of a unit. Whoever says that it is done says what came of it.
2. The issuer chases what a unit still owes: a report, a task, a problem. The unit answers, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.campaign import state
from domain.campaign.facts import (
    UNITS,
    ChaseAnswered,
    ProblemFound,
    ProblemSettled,
    Progress,
    ReportSubmitted,
    TaskAssigned,
    TaskProgressed,
    UnitChased,
    unit_of,
)
from domain.campaign.state import Campaign
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.facts import Fact, Recorded
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import FileRef, Identifier, OrganCode, Reason, RegionCode, ShortText, Term


@command(zh="列入任务清单", en="Assign a task", source=f"{CAMPAIGN_PLAN}五（一）")
@dataclass(frozen=True, kw_only=True)
class AssignTask(Command):
    """Adds a task to a unit's list; `region` is the unit, of itself the post's."""

    campaign: Identifier
    what: ShortText
    organ: OrganCode
    due: Annotated[date, Term(zh="完成时限", en="Due")]
    region: RegionCode | None = None


@command(zh="登记任务进展", en="Report the progress of a task", source=f"{CAMPAIGN_PLAN}五（一）")
@dataclass(frozen=True, kw_only=True)
class ReportProgress(Command):
    """Says how far a task is."""

    campaign: Identifier
    task: Identifier
    progress: Annotated[Progress, Term(zh="进展", en="Progress")]
    note: Reason | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()
    region: RegionCode | None = None


@command(zh="催办", en="Chase a unit", source=f"{CAMPAIGN_PLAN}五（二）")
@dataclass(frozen=True, kw_only=True)
class ChaseUnit(Command):
    """Asks a unit for what it still owes: `about` is a report's code, a task or a problem."""

    campaign: Identifier
    unit: RegionCode
    about: Identifier
    message: Reason
    answer_by: Annotated[date, Term(zh="答复期限", en="Answer by")]


@command(zh="答复催办", en="Answer a chase", source=f"{CAMPAIGN_PLAN}五（二）")
@dataclass(frozen=True, kw_only=True)
class AnswerChase(Command):
    """Answers the issuer, once."""

    campaign: Identifier
    chase: Identifier
    answer: Reason
    region: RegionCode | None = None


class OrganNotOfUnit(Refusal):
    """An organ that acts for no unit was made to answer for something."""

    zh = "{organ}不是报送单位的机构，不能作为责任机构。"
    en = "{organ} acts for no unit and cannot answer for this."
    next_zh = "请在{organs}中选择；需要其他部门配合的，另行移送或协调。"
    next_en = "Choose one of {organs}; turn to others by a lead or a request."
    source = f"{CAMPAIGN_PLAN}五（一）（层层明确责任）"
    field = "organ"


class CampaignTermPast(Refusal):
    """A term that is set today would have ended before today."""

    zh = "时限{due}早于今天{today}。"
    en = "The term would end on {due}, before today, {today}."
    next_zh = "请改为今天或以后的日期。"
    next_en = "Name today or a later day."
    source = f"{CAMPAIGN_PLAN}五（一）（完成时限）"
    field = "due"


class ChaseTermPast(CampaignTermPast):
    """A chase would have had to be answered before today."""

    field = "answer_by"


class CampaignTaskUnknown(Refusal):
    """The unit has no such task."""

    zh = "{unit}的任务清单中没有编号为{task}的任务。"
    en = "{unit} has no task {task} on its list."
    next_zh = "请核对编号。"
    next_en = "Check the number."
    source = f"{CAMPAIGN_PLAN}五（一）"
    field = "task"


class TaskAlreadyDone(Refusal):
    """The task is done."""

    zh = "任务{task}已完成。"
    en = "The task {task} is done."
    next_zh = "无需再次登记。"
    next_en = "Nothing is left to report."
    source = f"{CAMPAIGN_PLAN}五（一）"
    field = "task"


class TaskDoneNeedsNote(Refusal):
    """A task was said to be done, and nothing came of it."""

    zh = "任务{task}登记为完成，须写明完成情况或附佐证材料。"
    en = "The task {task} is done: say what came of it, or attach evidence."
    next_zh = "请填写说明或上传材料。"
    next_en = "Enter a note or a file."
    source = f"{CAMPAIGN_PLAN}五（一）（挂图作战）"
    field = "note"


class ChaseAboutUnknown(Refusal):
    """The unit owes nothing of this name."""

    zh = "{unit}没有编号或代码为{about}的报送、任务或问题。"
    en = "{unit} owes no report, task or problem {about}."
    next_zh = "请核对报送代码、任务编号或问题编号。"
    next_en = "Check the report's code, or the number of the task or problem."
    source = f"{CAMPAIGN_PLAN}五（二）"
    field = "about"


class ChasedAlreadyDone(Refusal):
    """What the unit is chased for was done."""

    zh = "{unit}已完成{about}，无需催办。"
    en = "{unit} did {about}; there is nothing to chase."
    next_zh = "无需操作。"
    next_en = "Nothing is to be done."
    source = f"{CAMPAIGN_PLAN}五（二）"
    field = "about"


class ChaseUnknown(Refusal):
    """The unit was not chased under this number."""

    zh = "{unit}没有编号为{chase}的催办。"
    en = "{unit} was not chased as {chase}."
    next_zh = "请核对编号。"
    next_en = "Check the number."
    source = f"{CAMPAIGN_PLAN}五（二）"
    field = "chase"


class ChaseAlreadyAnswered(Refusal):
    """The chase was answered."""

    zh = "催办{chase}已答复。"
    en = "The chase {chase} was answered."
    next_zh = "无需再次答复；有新情况的，请登记进展。"
    next_en = "Nothing is left to answer; report progress instead."
    source = f"{CAMPAIGN_PLAN}五（二）"
    field = "chase"


def must_be_organ_of_unit(organ: str) -> None:
    """Refuses an organ that acts for no unit."""
    if organ not in UNITS:
        raise OrganNotOfUnit(organ=organ, organs="、".join(UNITS))


def must_not_be_past(
    due: date, context: Context, refusal: type[CampaignTermPast] = CampaignTermPast
) -> None:
    """Refuses a term that ends before it is set."""
    if due < context.today:
        raise refusal(due=due.isoformat(), today=context.today.isoformat())


def unit_reads(asked: Any) -> tuple[Read, ...]:
    """The campaign, and the stream of the unit that `region` names."""
    return (state.read(asked.campaign), Own(stream=unit_of(asked.campaign, asked.region or "")))


def in_unit(found: Campaign, unit: str, fact: Fact) -> Decided:
    """A fact of a unit's stream."""
    return Decided(
        stream=unit_of(found.id, unit),
        subject=found.id,
        matter=found.matter,
        region=unit,
        fact=fact,
    )


@decides(AssignTask, reads=unit_reads)
def assign(asked: AssignTask, history: History, context: Context) -> Iterator[Decided]:
    """Lists a task of the post's own unit, or as the issuer of a unit."""
    found = state.running(history, asked.campaign)
    if context.post.region == found.issuer and context.region != found.issuer:
        unit = context.region
        state.must_be_unit(found, unit)
    else:
        unit = state.acting_unit(found, context, issuer_too=True)
    must_be_organ_of_unit(asked.organ)
    must_not_be_past(asked.due, context)
    yield in_unit(
        found,
        unit,
        TaskAssigned(
            task_id=context.mint("CTK"),
            campaign_id=found.id,
            unit=unit,
            what=asked.what,
            organ=asked.organ,
            due=asked.due,
        ),
    )


@decides(ReportProgress, reads=unit_reads)
def progress(asked: ReportProgress, history: History, context: Context) -> Iterator[Decided]:
    """Records progress of a task of the list until it is done."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context, issuer_too=True)
    tasks = tasks_of(history.own(unit_of(found.id, unit)))
    if asked.task not in tasks:
        raise CampaignTaskUnknown(unit=unit, task=asked.task)
    if tasks[asked.task] is Progress.DONE:
        raise TaskAlreadyDone(task=asked.task)
    if asked.progress is Progress.DONE and asked.note is None and not asked.evidence:
        raise TaskDoneNeedsNote(task=asked.task)
    yield in_unit(
        found,
        unit,
        TaskProgressed(
            task_id=asked.task,
            campaign_id=found.id,
            unit=unit,
            progress=asked.progress,
            note=asked.note,
            evidence=asked.evidence,
        ),
    )


def tasks_of(facts: Iterable[Recorded[Any]]) -> dict[str, Progress]:
    """How far each task of a unit is."""
    found: dict[str, Progress] = {}
    for one in facts:
        if isinstance(one.fact, TaskAssigned):
            found[one.fact.task_id] = Progress.TO_DO
        elif isinstance(one.fact, TaskProgressed):
            found[one.fact.task_id] = one.fact.progress
    return found


def _chase_reads(asked: ChaseUnit) -> tuple[Read, ...]:
    return (state.read(asked.campaign), Own(stream=unit_of(asked.campaign, asked.unit)))


@decides(ChaseUnit, reads=_chase_reads)
def chase(asked: ChaseUnit, history: History, context: Context) -> Iterator[Decided]:
    """Chases a unit for what it has not done yet."""
    found = state.running(history, asked.campaign)
    state.must_be_issuer(found, context.post)
    state.must_be_unit(found, asked.unit)
    facts = history.own(unit_of(found.id, asked.unit))
    owed = {one.code: False for one in found.launched.fact.reports}
    owed.update((task, how is Progress.DONE) for task, how in tasks_of(facts).items())
    for one in facts:
        if isinstance(one.fact, ReportSubmitted):
            owed[one.fact.code] = True
        elif isinstance(one.fact, ProblemFound):
            owed[one.fact.problem_id] = False
        elif isinstance(one.fact, ProblemSettled):
            owed[one.fact.problem_id] = True
    if asked.about not in owed:
        raise ChaseAboutUnknown(unit=asked.unit, about=asked.about)
    if owed[asked.about]:
        raise ChasedAlreadyDone(unit=asked.unit, about=asked.about)
    must_not_be_past(asked.answer_by, context, ChaseTermPast)
    yield in_unit(
        found,
        asked.unit,
        UnitChased(
            chase_id=context.mint("CHS"),
            campaign_id=found.id,
            unit=asked.unit,
            about=asked.about,
            message=asked.message,
            answer_by=asked.answer_by,
        ),
    )


@decides(AnswerChase, reads=unit_reads)
def answer(asked: AnswerChase, history: History, context: Context) -> Iterator[Decided]:
    """Answers a chase of the unit, once."""
    found = state.running(history, asked.campaign)
    unit = state.acting_unit(found, context)
    facts = history.own(unit_of(found.id, unit))
    if not any(isinstance(one.fact, UnitChased) and _is(one, asked.chase) for one in facts):
        raise ChaseUnknown(unit=unit, chase=asked.chase)
    if any(isinstance(one.fact, ChaseAnswered) and _is(one, asked.chase) for one in facts):
        raise ChaseAlreadyAnswered(chase=asked.chase)
    yield in_unit(
        found,
        unit,
        ChaseAnswered(chase_id=asked.chase, campaign_id=found.id, unit=unit, answer=asked.answer),
    )


def _is(one: Recorded[Any], chase: str) -> bool:
    return bool(one.fact.chase_id == chase)
