"""Opening a draw: the population is frozen before anybody commits to a secret.

1. Objects are drawn under an approved plan by 人社, once for its territory. Where the sample
   leaves a place short, that place draws in addition (另行抽取), once.
2. Inspectors are drawn afterwards, by 人社 or 市场监管 of the place, for named tasks, each once;
   both departments give the same number. A replacement is drawn for each recusal. Tasks that
   the provincial platform sent down have their inspectors drawn here under its plan.
3. A draw is entered in the list of its plan. A second one for the same purpose is refused while
   the first stands, so that nobody draws until the result pleases.
4. The opening names the frozen file, its hash, its count, and how many are drawn from it. What a
   share comes to, and what is drawn in addition, stays within the cap of the year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Any

from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.departments import covers
from domain.draw import state
from domain.draw.cap import counted_in, must_keep_cap
from domain.draw.facts import (
    DrawEntered,
    DrawOpened,
    InspectionPlanApproved,
    draw_of,
    draws_of,
    plan_of,
)
from domain.draw.plan import DrawKind, DrawPlan, SampleMode
from domain.draw.planning import DEPARTMENTS, PlanUnknown, approval, plan_text, read_plan
from domain.draw.population import Frozen
from domain.draw.reading import frozen_of
from domain.draw.strata import strata_of, total
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection.facts import (
    InspectorRecused,
    OutsideDrawEntered,
    TaskSent,
    outside_draw_of,
    task_of,
)
from domain.inspection.outside import of_task
from domain.lead.halves import both, known
from domain.terms import FileRef, Identifier, RegionCode, Term

TEAM_MIN = 2
"""Inspectors of a team at least (条例 34, 处罚法 42)."""


class PlanNotApproved(Refusal):
    """A draw is opened under a plan that nobody approved."""

    zh = "抽查计划{plan}尚未批准，不得抽取。"
    en = "The plan {plan} was not approved; nothing is drawn under it."
    next_zh = "请先由市场监管部门审核、负责人批准。"
    next_en = "Have it audited and approved first."
    source = "人力资源市场暂行条例第35条；鄂人社函〔2022〕97号二（一）"
    field = "plan"


class PlanWindowOver(Refusal):
    """The window of the plan is past."""

    zh = "抽查计划{plan}的检查期间已于{window_to}结束，不得再抽取。"
    en = "The window of the plan {plan} ended on {window_to}."
    next_zh = "请另行拟定计划。"
    next_en = "Draft another plan."
    source = "鄂人社函〔2022〕97号二（二）（规定时限内完成）"
    field = "plan"


class DrawOutsidePlan(Refusal):
    """The territory of the draw is not the plan's, or does not lie in it."""

    zh = "抽查计划{plan}属于{plan_region}；{region}{extra}在该计划下抽取。"
    en = "The plan {plan} is that of {plan_region}; {region} draws under it otherwise."
    next_zh = "计划的检查对象由制定地抽取；所属地另行抽取的，请注明；其他地区请另行拟定计划。"
    next_en = (
        "The plan's own territory draws its objects; a place below it marks its draw as extra; "
        "others draft a plan of their own."
    )
    source = "鄂人社函〔2022〕97号二（一）（省级集中抽取，各地可以另行抽取）"
    field = "region"


class ObjectsDrawnByHumanResources(Refusal):
    """Objects are drawn by 人社 alone; 市场监管 audits and takes part."""

    zh = "检查对象由人社部门开启抽取，{organ}不得开启。"
    en = "Human resources opens the draw of the objects; {organ} does not."
    next_zh = "请由人社部门开启；市场监管部门参与承诺和揭示。"
    next_en = "Let human resources open it; market regulation commits and reveals."
    source = "鄂人社函〔2022〕97号二（一）"
    field = "kind"


class DrawAlreadyMade(Refusal):
    """The same was drawn before; drawing until the result pleases is no draw."""

    zh = "{region}在计划{plan}下已有抽取{draw}，不得重复抽取。"
    en = "{region} has the draw {draw} under the plan {plan}; it is not made again."
    next_zh = "请使用已有的抽取结果；该次抽取作废后方可另行开启。"
    next_en = "Use its result; another is opened only after it was voided."
    source = "平台规则（每次抽取均登记，不得重抽择优）"
    field = "plan"


class TasksMissing(Refusal):
    """Inspectors are drawn for tasks: none, or for a replacement not exactly one, was named."""

    zh = "抽取执法人员须写明任务；替补抽取只对一项任务进行。现有{count}项。"
    en = "Inspectors are drawn for tasks, a replacement for one; {count} are named."
    next_zh = "请填写任务编号。"
    next_en = "Name the tasks."
    source = "鄂人社函〔2022〕97号二（一）（抽取、匹配执法人员）"
    field = "tasks"


class TaskAlreadyDrawn(Refusal):
    """The inspectors of a task were drawn before."""

    zh = "任务{task}已在抽取{draw}中抽取执法人员。"
    en = "The inspectors of the task {task} were drawn in {draw}."
    next_zh = "需要更换的，请依回避程序进行替补抽取。"
    next_en = "Draw a replacement after a recusal where one is needed."
    source = "平台规则（每次抽取均登记，不得重抽择优）"
    field = "tasks"


class ReplacementNeedsRecusal(Refusal):
    """A replacement is drawn where nobody was recused, or once too often."""

    zh = "任务{task}没有待替补的回避决定（回避{recusals}人次，已抽取替补{draws}次）。"
    en = "The task {task} has {recusals} recusals and {draws} replacement draws: none is due."
    next_zh = "请先由负责人作出回避决定。"
    next_en = "Let the head decide the recusal first."
    source = "劳动保障监察条例第16条；行政处罚法第43条"
    field = "tasks"


class PopulationMissing(Refusal):
    """No frozen population was given and the registers gave none."""

    zh = "没有冻结的抽查名录，不能开启抽取。"
    en = "There is no frozen population to draw from."
    next_zh = "请从检查对象名录库或执法检查人员名录库冻结名录。"
    next_en = "Freeze one from the register of objects or of inspectors."
    source = "鄂人社函〔2022〕97号三（三）（一单两库）"
    field = "population"


class DepartmentWithoutInspectors(Refusal):
    """A joint team has one inspector of each department, and one of them has none."""

    zh = "执法人员名录中没有{department}的人员，不能组成联合检查组。"
    en = "The register holds no inspector of {department}; no joint team can be drawn."
    next_zh = "请补充执法检查人员名录（人员标签含所属部门hr或samr）后重新冻结。"
    next_en = "Enter inspectors of that department (tagged hr or samr), then freeze again."
    source = "鄂人社函〔2022〕97号二（一）（组成联合执法检查组）；人力资源市场暂行条例第34条"
    field = "population"


class SizeFixedByPlan(Refusal):
    """The number of objects stands in the approved plan."""

    zh = "抽查计划{plan}已确定抽取{planned}，不得改为{size}。"
    en = "The plan {plan} fixes {planned}; {size} are not drawn instead."
    next_zh = "请不填数量；另行抽取的可以填写。"
    next_en = "Leave the size out; an extra draw may name one."
    source = "平台规则（抽查方案）"
    field = "size"


@command(zh="开启抽取", en="Open a draw", source="鄂人社函〔2022〕97号二（一）")
@dataclass(frozen=True, kw_only=True)
class OpenDraw(Command):
    """Opens a draw on a frozen population: both departments then commit and reveal in time.

    Inspectors bear the tag of their department, `hr` or `samr`.
    """

    plan: Identifier
    kind: Annotated[DrawKind, Term(zh="抽取种类", en="Kind")]
    population: FileRef | None = None
    size: Annotated[int | None, Term(zh="抽取数量", en="Size", minimum=1, maximum=100_000)] = None
    tasks: Annotated[tuple[Identifier, ...], Term(zh="任务", en="Tasks")] = ()
    region: RegionCode | None = None
    extra: Annotated[bool, Term(zh="另行抽取", en="Local extra draw")] = False
    commit_hours: Annotated[
        int, Term(zh="承诺时限（小时）", en="Hours to commit", minimum=1, maximum=240)
    ] = 24
    reveal_hours: Annotated[
        int, Term(zh="揭示时限（小时）", en="Hours to reveal", minimum=1, maximum=240)
    ] = 24


def _plan_reads(asked: OpenDraw) -> tuple[Read, ...]:
    tasks = () if asked.kind is DrawKind.OBJECTS else asked.tasks[:1]
    return (
        *both(plan_of(asked.plan)),
        *both(draws_of(asked.plan)),
        *(read for task in tasks for read in both(task_of(task))),
    )


def _earlier(asked: OpenDraw, history: History) -> tuple[Read, ...]:
    ids = dict.fromkeys(one.fact.draw_id for one in known(history, draws_of(asked.plan)))
    from_outside = dict.fromkeys(
        one.fact.draw_id
        for task in (() if asked.kind is DrawKind.OBJECTS else asked.tasks[:1])
        for one in known(history, task_of(task))
        if isinstance(one.fact, TaskSent) and not known(history, plan_of(asked.plan))
    )
    counted = (counted_in(asked.region or ""),) if asked.kind is DrawKind.OBJECTS else ()
    return (
        *counted,
        *(read for draw in ids for read in both(draw_of(draw))),
        *(read for draw in from_outside for read in both(outside_draw_of(draw))),
    )


@decides(OpenDraw, reads=_plan_reads, then=_earlier)
def open_draw(asked: OpenDraw, history: History, context: Context) -> Iterator[Decided]:
    """Opens a draw once for its purpose, on a population that was read and found canonical."""
    plan = _plan(asked, history)
    if context.today > plan.fact.window_to:
        raise PlanWindowOver(plan=asked.plan, window_to=plan.fact.window_to.isoformat())
    _must_lie_in_plan(asked, plan.fact, context)
    _must_be_new(asked, history, context.region)
    if asked.population is None:
        raise PopulationMissing
    reference = asked.population
    frozen = frozen_of(lambda: context.lines(reference.sha256))
    made = _plan_of_draw(asked, plan.fact, frozen)
    size = total(strata_of(made, frozen.tails))
    _must_keep_cap(asked, plan.fact, size, history, context)
    commit_by = context.moment + timedelta(hours=asked.commit_hours)
    draw = context.mint("DRW")
    yield Decided(
        stream=draw_of(draw),
        subject=asked.plan,
        matter=plan.matter,
        region=context.region,
        fact=DrawOpened(
            draw_id=draw,
            plan_id=asked.plan,
            kind=asked.kind,
            region=context.region,
            departments=DEPARTMENTS,
            extra=asked.extra,
            plan=plan_text(made),
            plan_hash=made.hash,
            population=reference,
            population_hash=frozen.hash,
            count=frozen.count,
            size=size,
            tasks=asked.tasks,
            commit_by=commit_by,
            reveal_by=commit_by + timedelta(hours=asked.reveal_hours),
        ),
    )
    yield Decided(
        stream=draws_of(asked.plan),
        subject=asked.plan,
        matter=plan.matter,
        region=context.region,
        fact=DrawEntered(
            plan_id=asked.plan,
            draw_id=draw,
            kind=asked.kind,
            region=context.region,
            extra=asked.extra,
            tasks=asked.tasks,
        ),
    )


def _must_keep_cap(
    asked: OpenDraw,
    plan: InspectionPlanApproved | OutsideDrawEntered,
    size: int,
    history: History,
    context: Context,
) -> None:
    """Holds an extra draw and the draw of a share to the cap; a number counted when approved."""
    if asked.kind is not DrawKind.OBJECTS or not isinstance(plan, InspectionPlanApproved):
        return
    if asked.extra:
        must_keep_cap(context.region, context.today.year, size, history, context)
    elif plan.size is None:
        must_keep_cap(context.region, plan.window_from.year, size, history, context)


def _plan(
    asked: OpenDraw, history: History
) -> Recorded[InspectionPlanApproved] | Recorded[OutsideDrawEntered]:
    """The approval of the plan; for inspectors of its tasks, a draw of the provincial platform.

    Raises PlanUnknown, PlanNotApproved.
    """
    facts = known(history, plan_of(asked.plan))
    if not facts:
        if asked.kind is not DrawKind.OBJECTS and asked.tasks:
            entered = of_task(lambda one: known(history, one), asked.tasks[0], asked.plan)
            if entered is not None:
                return entered
        raise PlanUnknown(plan=asked.plan)
    plan = approval(facts)
    if plan is None or plan.fact.plan is None:
        raise PlanNotApproved(plan=asked.plan)
    return plan


def _must_lie_in_plan(
    asked: OpenDraw, plan: InspectionPlanApproved | OutsideDrawEntered, context: Context
) -> None:
    region = context.region
    objects = asked.kind is DrawKind.OBJECTS
    if objects and context.post.organ == "SAMR":
        raise ObjectsDrawnByHumanResources(organ=context.post.organ)
    below = covers(plan.region, region) and region != plan.region
    right = (below if asked.extra else region == plan.region) if objects else True
    if not right or not covers(plan.region, region):
        raise DrawOutsidePlan(
            plan=asked.plan,
            plan_region=plan.region,
            region=region,
            extra="不能另行" if asked.extra else "不能",
        )
    if not objects:
        exact = asked.kind is DrawKind.REPLACEMENT
        if not asked.tasks or (exact and len(asked.tasks) != 1):
            raise TasksMissing(count=len(asked.tasks))


def _must_be_new(asked: OpenDraw, history: History, region: str) -> None:
    """Refuses a second draw for the same purpose while the first stands."""
    standing = [
        one.fact
        for one in known(history, draws_of(asked.plan))
        if isinstance(one.fact, DrawEntered)
        and one.fact.kind is asked.kind
        and not _void(history, one.fact.draw_id)
    ]
    if asked.kind is DrawKind.OBJECTS:
        for one in standing:
            if one.region == region and one.extra == asked.extra:
                raise DrawAlreadyMade(region=region, plan=asked.plan, draw=one.draw_id)
    elif asked.kind is DrawKind.INSPECTORS:
        wanted = set(asked.tasks)
        for one in standing:
            for task in one.tasks:
                if task in wanted:
                    raise TaskAlreadyDrawn(task=task, draw=one.draw_id)
    else:
        (task,) = asked.tasks
        recusals = sum(
            isinstance(one.fact, InspectorRecused) for one in known(history, task_of(task))
        )
        draws = sum(task in one.tasks for one in standing)
        if draws >= recusals:
            raise ReplacementNeedsRecusal(task=task, recusals=recusals, draws=draws)


def _void(history: History, draw: str) -> bool:
    found = state.fold(known(history, draw_of(draw)))
    return found is not None and found.voided is not None


def _plan_of_draw(
    asked: OpenDraw, plan: InspectionPlanApproved | OutsideDrawEntered, frozen: Frozen
) -> DrawPlan:
    """What is drawn: the approved plan itself, or for inspectors a plan of its own."""
    if asked.kind is DrawKind.OBJECTS and isinstance(plan, InspectionPlanApproved):
        assert plan.plan is not None
        approved = read_plan(plan.plan)
        if asked.size is None:
            return approved
        if not asked.extra:
            planned = approved.size if approved.size is not None else approved.rate
            raise SizeFixedByPlan(plan=asked.plan, planned=planned, size=asked.size)
        return replace(approved, mode=SampleMode.SIZE, size=asked.size, rate=None)
    made = DrawPlan(
        id=asked.plan,
        departments=DEPARTMENTS,
        kind=asked.kind,
        mode=SampleMode.SIZE,
        size=asked.size or 1,
    )
    if asked.kind is DrawKind.REPLACEMENT:
        return made
    held = {
        name: sum(times for tail, times in frozen.tails.items() if name in tail.tags)
        for name in DEPARTMENTS
    }
    for name, count in held.items():
        if not count:
            raise DepartmentWithoutInspectors(department=name)
    # Each share goes with the number times the factor: crosswise, both departments give alike.
    first, second = DEPARTMENTS
    return replace(
        made,
        size=asked.size or TEAM_MIN * len(asked.tasks),
        tags=DEPARTMENTS,
        tag_factors={first: Fraction(held[second]), second: Fraction(held[first])},
    )


def opening(facts: tuple[Recorded[Any], ...], draw: str) -> DrawOpened:
    """How a draw was opened. Raises DrawUnknown."""
    return state.folded(facts, draw).opened.fact
