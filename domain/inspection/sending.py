"""Sending drawn objects down, claiming and dispatching them (reference 6.2; S3 二（一）).

1. The province draws and sends down; each drawn object is one task of its own territory. A
   batch holds at most 500; a batch that was sent is not sent again.
2. The objects come from the record of the draw, never from the officer: the gateway fills
   them in, and their number must be that of the draw.
3. 人社 and 市场监管 of the territory each claim a task; a city dispatches it to its counties.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.departments import covers
from domain.draw.facts import (
    DrawExecuted,
    DrawOpened,
    InspectionPlanApproved,
    PlanDrafted,
    draw_of,
    plan_of,
)
from domain.draw.plan import DrawKind
from domain.errors import Refusal
from domain.inspection import task as tasks
from domain.inspection.drawn import batch_of, executed_of, opened_of
from domain.inspection.facts import (
    InspectionTaskClaimed,
    TaskDispatched,
    TaskSent,
    task_of,
)
from domain.lead.halves import both, known
from domain.terms import Identifier, RegionCode, SubjectId, Term

_WAY = "鄂人社函〔2022〕97号二（一）"


@dataclass(frozen=True, kw_only=True)
class DrawnObject:
    """A drawn object and its territory, as the record and the population of the draw have them."""

    subject: SubjectId
    region: RegionCode


@command(zh="下派检查任务", en="Send inspection tasks down", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class SendTasks(Command):
    """Sends one batch of 500 of a draw's objects down; `objects` are filled in from its record."""

    draw: Identifier
    batch: Annotated[int, Term(zh="批次（每批500）", en="Batch of 500", minimum=1, maximum=200)] = 1
    objects: Annotated[tuple[DrawnObject, ...], Term(zh="抽中对象", en="Drawn objects")] = ()


TaskIds = Annotated[tuple[Identifier, ...], Term(zh="任务编号", en="Tasks", min_items=1)]


@command(zh="认领检查任务", en="Claim inspection tasks", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class ClaimTasks(Command):
    """Claims tasks of the post's territory for its department."""

    tasks: TaskIds


@command(zh="派发检查任务", en="Dispatch inspection tasks", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class DispatchTasks(Command):
    """Passes claimed tasks on to a county."""

    tasks: TaskIds
    to_region: RegionCode


class DrawNotExecuted(Refusal):
    """There is no result of this draw."""

    zh = "抽取{draw}尚未完成，没有抽取结果。"
    en = "The draw {draw} has no result yet."
    next_zh = "双方揭示密值、抽取完成后再办理。"
    next_en = "Act when both secrets are out and the draw was executed."
    source = "鄂人社函〔2022〕97号二（一）；平台规则（抽取可复算）"
    field = "draw"
    transient = True


class DrawOfOtherKind(Refusal):
    """Objects are sent down, inspectors are matched."""

    zh = "抽取{draw}的种类是{kind}，不能用于此项办理。"
    en = "The draw {draw} is of {kind} and does not serve for this."
    next_zh = "下派任务须用对象抽取，匹配人员须用人员抽取或替补抽取。"
    next_en = "Objects are sent down; inspectors and replacements are matched."
    source = _WAY
    field = "draw"


class DrawnNotFilledIn(Refusal):
    """What the command names is not what the record of the draw has."""

    zh = "抽取{draw}此处应有{expected}个抽取结果，实际{given}个。"
    en = "The draw {draw} has {expected} results here, and {given} were given."
    next_zh = "抽取结果由系统从抽取记录读取，不得自行填写；请核对批次和抽取编号。"
    next_en = (
        "They are read from the record of the draw, never typed; check the batch and the draw."
    )
    source = "平台规则（抽取可复算）"
    field = "objects"


class TaskAlreadyClaimed(Refusal):
    """The department has claimed it."""

    zh = "任务{task}已由本部门认领。"
    en = "This department has claimed the task {task}."
    next_zh = "无需再次认领。"
    next_en = "Nothing to do."
    source = _WAY
    field = "tasks"


class TaskNotClaimed(Refusal):
    """Nobody of the department has claimed it."""

    zh = "任务{task}尚未由{missing}认领。"
    en = "The task {task} has not been claimed by {missing}."
    next_zh = "请先认领任务。"
    next_en = "Let it be claimed first."
    source = _WAY
    field = "tasks"


class TaskNamedTwice(Refusal):
    """A task stands twice in one command."""

    zh = "任务{task}重复。"
    en = "The task {task} stands twice."
    next_zh = "请删除重复的编号。"
    next_en = "Name it once."
    source = _WAY
    field = "tasks"


class DispatchNotBelow(Refusal):
    """A task goes down, never elsewhere."""

    zh = "任务{task}属于{region}，不能派发到{to_region}。"
    en = "The task {task} is of {region} and cannot be dispatched to {to_region}."
    next_zh = "请派发到下级区县；对象在其他地区的，由上级重新下派。"
    next_en = "Dispatch it to a territory below; what lies elsewhere is sent from above."
    source = _WAY
    field = "to_region"


class TaskAlreadyUnderWay(Refusal):
    """The task has its team."""

    zh = "任务{task}已匹配检查组，不再派发。"
    en = "The task {task} has its team and is not dispatched."
    next_zh = "请由该检查组完成检查。"
    next_en = "Let that team finish it."
    source = _WAY
    field = "tasks"


def executed(history: History, draw: str, *kinds: DrawKind) -> DrawExecuted:
    """The result of a draw of one of the kinds, or why there is none."""
    found = executed_of(known(history, draw_of(draw)))
    if found is None:
        raise DrawNotExecuted(draw=draw)
    if found.kind not in kinds:
        raise DrawOfOtherKind(draw=draw, kind=found.kind.value)
    return found


def opened(history: History, draw: str) -> DrawOpened | None:
    """How a draw was opened."""
    return opened_of(known(history, draw_of(draw)))


def _plan(history: History, plan: str) -> tuple[PlanDrafted | None, InspectionPlanApproved | None]:
    drafted, approved = None, None
    for one in known(history, plan_of(plan)):
        if isinstance(one.fact, PlanDrafted):
            drafted = one.fact
        elif isinstance(one.fact, InspectionPlanApproved):
            approved = one.fact
    return drafted, approved


def _reads_sending(asked: SendTasks) -> tuple[Read, ...]:
    named = (Own(stream=task_of(tasks.task_id(asked.draw, one.subject))) for one in asked.objects)
    return (*both(draw_of(asked.draw)), *dict.fromkeys(named))


def _plan_of_draw(asked: SendTasks, history: History) -> tuple[Read, ...]:
    return both(plan_of(executed(history, asked.draw, DrawKind.OBJECTS).plan_id))


@decides(SendTasks, reads=_reads_sending, then=_plan_of_draw)
def send(asked: SendTasks, history: History, context: Context) -> Iterator[Decided]:
    """Makes each drawn object of a batch a task of its territory, once."""
    result = executed(history, asked.draw, DrawKind.OBJECTS)
    begun = opened(history, asked.draw)
    drafted, approved = _plan(history, result.plan_id)
    expected = batch_of(begun, result, asked.batch, context.lines) if begun else ()
    given = tuple((one.subject, one.region) for one in asked.objects)
    if drafted is None or not expected or given != expected:
        raise DrawnNotFilledIn(draw=asked.draw, expected=len(expected), given=len(given))
    window = approved or drafted
    for one in asked.objects:
        name = tasks.task_id(asked.draw, one.subject)
        if history.own(task_of(name)):
            continue
        yield Decided(
            stream=task_of(name),
            subject=one.subject,
            matter=context.mint("M"),
            region=one.region,
            fact=TaskSent(
                task_id=name,
                draw_id=asked.draw,
                plan_id=result.plan_id,
                subject_id=one.subject,
                to_region=one.region,
                items=drafted.items,
                window_from=window.window_from,
                window_to=window.window_to,
            ),
        )


def _reads_tasks(asked: ClaimTasks | DispatchTasks) -> tuple[Read, ...]:
    return tuple(read for name in dict.fromkeys(asked.tasks) for read in both(task_of(name)))


def _named(asked: ClaimTasks | DispatchTasks, history: History) -> Iterator[tasks.Task]:
    for place, name in enumerate(asked.tasks):
        if name in asked.tasks[:place]:
            raise TaskNamedTwice(task=name)
        found = tasks.must_know(history, name)
        tasks.must_be_open(found)
        yield found


@decides(ClaimTasks, reads=_reads_tasks)
def claim(asked: ClaimTasks, history: History, context: Context) -> Iterator[Decided]:
    """Claims each named task for the department, all of them or none."""
    for found in _named(asked, history):
        if context.department in found.claimed:
            raise TaskAlreadyClaimed(task=found.task_id)
        yield tasks.of(
            found,
            InspectionTaskClaimed(
                task_id=found.task_id,
                subject_id=found.subject,
                organ=context.post.organ,
                region=context.post.region,
            ),
        )


@decides(DispatchTasks, reads=_reads_tasks)
def dispatch(asked: DispatchTasks, history: History, context: Context) -> Iterator[Decided]:
    """Passes each named task down, all of them or none."""
    for found in _named(asked, history):
        if context.department not in found.claimed:
            raise TaskNotClaimed(task=found.task_id, missing=context.department)
        if found.team:
            raise TaskAlreadyUnderWay(task=found.task_id)
        if found.region == asked.to_region or not covers(found.region, asked.to_region):
            raise DispatchNotBelow(
                task=found.task_id, region=found.region, to_region=asked.to_region
            )
        yield tasks.of(
            found,
            TaskDispatched(
                task_id=found.task_id, subject_id=found.subject, to_region=asked.to_region
            ),
            region=asked.to_region,
        )
