"""Teams: drawn inspectors of both departments, recusal and the drawn replacement (reference 6.2).

1. A team has at least two, and one of each department (条例 34; 行政处罚法 42; S3 二（一）).
2. Nobody picks: the record of the draw names the inspectors. Of each department the first
   task of the draw gets the first drawn, the next task the next; where fewer were drawn than
   there are tasks, they come round again.
3. Of two draws that two departments opened for a task at the same time, the first counts, so
   that nobody chooses between two results; the other serves when the first is void.
4. An inspector with a relation to the subject, without a valid certificate, or away for the
   whole window is refused by name; the head decides the recusal, a replacement is drawn, and
   the team is matched from both draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Read,
    Received,
    command,
    decides,
)
from domain.departments import node_of
from domain.draw.facts import DrawOpened, DrawVoided, draw_of
from domain.draw.plan import DrawKind
from domain.errors import Refusal
from domain.inspection import inspectors
from domain.inspection import task as tasks
from domain.inspection.drawn import ids_of
from domain.inspection.facts import (
    InspectorRecused,
    Member,
    RecusalGround,
    TeamMatched,
    inspector_of,
    task_of,
)
from domain.inspection.inspectors import Inspector
from domain.inspection.sending import DrawnNotFilledIn, TaskNotClaimed, executed, opened
from domain.inspection.task import Task
from domain.lead.halves import both
from domain.terms import Identifier, Reason, Term

_WAY = "鄂人社函〔2022〕97号二（一）；人力资源市场暂行条例第34条"
TEAM_LEAST = 2


@dataclass(frozen=True, kw_only=True)
class DrawnInspectors:
    """The inspectors that a draw drew, in the order of its record."""

    draw: Identifier
    inspectors: Annotated[tuple[Identifier, ...], Term(zh="抽中人员", en="Inspectors")]


@command(zh="匹配执法检查组", en="Match the team of a task", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class MatchTeam(Command):
    """Makes drawn inspectors the team of a task; `drawn` is filled in from the records.

    `replacements` are the draws that replace whoever was recused.
    """

    task: Identifier
    draw: Identifier
    replacements: Annotated[
        tuple[Identifier, ...], Term(zh="替补抽取", en="Replacement draws")
    ] = ()
    drawn: Annotated[tuple[DrawnInspectors, ...], Term(zh="抽取结果", en="Drawn")] = ()


@command(
    zh="决定执法人员回避",
    en="Recuse an inspector",
    source="劳动保障监察条例第16条；行政处罚法第43条",
)
@dataclass(frozen=True, kw_only=True)
class RecuseInspector(Command):
    """The head decides that an inspector does not inspect a subject."""

    task: Identifier
    inspector: Identifier
    ground: Annotated[RecusalGround, Term(zh="回避事由", en="Ground")]
    reason: Reason


class TaskNotInDraw(Refusal):
    """Inspectors were drawn for other tasks."""

    zh = "抽取{draw}不是为任务{task}抽取的。"
    en = "The draw {draw} was not opened for the task {task}."
    next_zh = "请使用列明该任务的人员抽取。"
    next_en = "Use the draw that names the task."
    source = "平台规则（抽取可复算）"
    field = "draw"


class TaskOfEarlierDraw(Refusal):
    """Another draw was opened for the task before this one, and stands."""

    zh = "任务{task}的执法人员以先开启的抽取{draw}为准。"
    en = "The draw {draw} was opened for the task {task} first, and counts."
    next_zh = "请使用该次抽取；该次抽取作废的，方可使用后一次。"
    next_en = "Use that draw; a later one serves only where it was voided."
    source = "平台规则（每次抽取均登记，不得重抽择优）"
    field = "draw"


class TeamAlreadyMatched(Refusal):
    """A team is not exchanged for one of another draw."""

    zh = "任务{task}已按抽取{draw}匹配检查组。"
    en = "The team of {task} was matched from the draw {draw}."
    next_zh = "有人员回避的，由负责人决定后抽取替补，再以原抽取和替补抽取重新匹配。"
    next_en = "Where one is recused, draw a replacement and match from both draws again."
    source = "平台规则（随机抽取，不得挑选）"
    field = "draw"


class TeamTooSmall(Refusal):
    """Two inspectors at least."""

    zh = "检查组只有{count}人，不得少于{least}人。"
    en = "The team has {count}; at least {least} inspect."
    next_zh = "请扩大人员抽取数量，或对回避人员抽取替补。"
    next_en = "Draw more inspectors, or replacements of those recused."
    source = "人力资源市场暂行条例第34条；行政处罚法第42条"
    field = "draw"


class TeamOfOneDepartment(Refusal):
    """A joint team has one of each department."""

    zh = "联合检查组只有{departments}的人员，人社和市场监管部门各不得少于1人。"
    en = "The team is of {departments} alone; 人社 and 市场监管 each have one in it."
    next_zh = "请从两个部门的执法人员库分别抽取。"
    next_en = "Draw from the registers of both departments."
    source = "鄂人社函〔2022〕97号二（一）（联合执法检查组）"
    field = "draw"


class InspectorHasRelation(Refusal):
    """The inspector has a ground for recusal."""

    zh = "执法人员{inspector}与{organisation}有应当回避的情形（{ground}）。"
    en = "The inspector {inspector} is to be recused from {organisation}: {ground}."
    next_zh = "请由负责人决定回避，另行抽取替补人员，不得指定。"
    next_en = "Let the head decide the recusal and draw a replacement; nobody is picked."
    source = "劳动保障监察条例第16条；行政处罚法第43条"
    field = "draw"


class InspectorAway(Refusal):
    """The inspector is away for as long as there is to inspect."""

    zh = "执法人员{inspector}自{start}至{end}不可用，无法在任务期限内检查。"
    en = "The inspector {inspector} is away from {start} to {end}, the whole window."
    next_zh = "请由负责人决定更换，另行抽取替补人员。"
    next_en = "Let the head release the inspector and draw a replacement."
    source = "鄂人社函〔2022〕97号二（一）（执法人员库）"
    field = "draw"


class HeadDecidesRecusal(Refusal):
    """A recusal is the head's decision."""

    zh = "回避由负责人决定，岗位{post}不能决定。"
    en = "The head decides a recusal, not {post}."
    next_zh = "请报负责人决定；决定前不停止检查。"
    next_en = "Put it to the head; meanwhile the inspection goes on."
    source = "行政处罚法第43条；劳动保障监察条例第16条"
    field = "inspector"


class InspectorAlreadyRecused(Refusal):
    """The recusal is on record."""

    zh = "执法人员{inspector}在任务{task}中已回避。"
    en = "{inspector} is recused from the task {task} already."
    next_zh = "请抽取替补人员。"
    next_en = "Draw a replacement."
    source = "行政处罚法第43条"
    field = "inspector"


class InspectorNotInTeam(Refusal):
    """The inspector is not of this team."""

    zh = "执法人员{inspector}不在任务{task}的检查组中。"
    en = "{inspector} is not in the team of {task}."
    next_zh = "请核对人员编号。"
    next_en = "Check the number."
    source = "行政处罚法第43条"
    field = "inspector"


def assigned(drawn: Sequence[Inspector], place: int, count: int) -> tuple[Inspector, ...]:
    """The drawn inspectors that fall to the task at a place among `count` tasks.

    Of each department in the order of the record: as many for each task as there are enough
    for, one at least; the next task goes on where this one ended.
    """
    found: list[Inspector] = []
    for node in dict.fromkeys(one.node for one in drawn):
        of_node = [one for one in drawn if one.node == node]
        each = max(1, len(of_node) // count)
        found += [of_node[(place * each + n) % len(of_node)] for n in range(each)]
    return tuple(found)


def must_be_fit(found: Inspector, task: Task, context: Context) -> None:
    """Refuses whoever may not inspect a subject in a task's window, by name."""
    inspector = found.entry.inspector_id
    inspectors.must_be_certified(found, max(task.window_to, context.today))
    ground = found.relation_to(task.subject)
    if ground is not None:
        raise InspectorHasRelation(
            inspector=inspector, organisation=task.subject, ground=ground.value
        )
    first = max(task.window_from, context.today)
    absence = found.absent(first, max(task.window_to, first))
    if absence is not None:
        raise InspectorAway(inspector=inspector, start=absence[0], end=absence[1])


def must_be_joint(team: Iterable[Member]) -> None:
    """Refuses a team of one, or of one department."""
    members = tuple(team)
    if len(members) < TEAM_LEAST:
        raise TeamTooSmall(count=len(members), least=TEAM_LEAST)
    departments = tasks.departments_of(members)
    if len(departments) < 2:
        names = {"hr": "人社", "samr": "市场监管"}
        raise TeamOfOneDepartment(
            departments="、".join(names.get(one, one) for one in sorted(departments))
        )


def _reads(asked: MatchTeam) -> tuple[Read, ...]:
    draws = dict.fromkeys((asked.draw, *asked.replacements))
    people = dict.fromkeys(name for one in asked.drawn for name in one.inspectors)
    return (
        *both(task_of(asked.task)),
        *(read for draw in draws for read in both(draw_of(draw))),
        *(read for name in people for read in both(inspector_of(name))),
    )


def _drawn(
    asked: MatchTeam, draw: str, kind: DrawKind, history: History, context: Context
) -> tuple[Inspector, ...]:
    """The inspectors of one draw that fall to the task."""
    result = executed(history, draw, kind)
    begun = opened(history, draw)
    if begun is None or asked.task not in begun.tasks:
        raise TaskNotInDraw(draw=draw, task=asked.task)
    given = [name for one in asked.drawn if one.draw == draw for name in one.inspectors]
    if tuple(given) != ids_of(result, context.lines):
        raise DrawnNotFilledIn(draw=draw, expected=result.drawn, given=len(given))
    people = [inspectors.must_know(history, name) for name in given]
    return assigned(people, begun.tasks.index(asked.task), len(begun.tasks))


def _draws_beside(asked: MatchTeam, history: History) -> tuple[Read, ...]:
    begun = opened(history, asked.draw)
    return () if begun is None else (draws_under(begun.plan_id),)


def draws_under(plan: str) -> Received:
    """The read of the draws that were opened under a plan."""
    return Received(subject=plan, types=(DrawOpened.TYPE, DrawVoided.TYPE))


def first_draw_for(task: str, plan: str, history: History) -> str | None:
    """The first draw of inspectors under a plan that was opened for a task and stands."""
    facts = sorted(history.received(draws_under(plan)), key=lambda one: one.order)
    void = {one.fact.draw_id for one in facts if isinstance(one.fact, DrawVoided)}
    return next(
        (
            one.fact.draw_id
            for one in facts
            if isinstance(one.fact, DrawOpened)
            and one.fact.kind is DrawKind.INSPECTORS
            and task in one.fact.tasks
            and one.fact.draw_id not in void
        ),
        None,
    )


def _must_be_first(asked: MatchTeam, history: History) -> None:
    """Refuses a draw while one that was opened before it for the task stands."""
    begun = opened(history, asked.draw)
    if begun is None:
        return
    first = first_draw_for(asked.task, begun.plan_id, history)
    if first not in (None, asked.draw):
        raise TaskOfEarlierDraw(task=asked.task, draw=first)


@decides(MatchTeam, reads=_reads, then=_draws_beside)
def match(asked: MatchTeam, history: History, context: Context) -> Iterator[Decided]:
    """Makes those who fall to a task its team, without the recused and with their replacements."""
    found = tasks.must_know(history, asked.task)
    tasks.must_be_open(found)
    missing = sorted({"hr", "samr"} - set(found.claimed))
    if missing:
        raise TaskNotClaimed(task=asked.task, missing="、".join(missing))
    if found.matched is not None and (asked.draw != found.matched or not found.vacant):
        raise TeamAlreadyMatched(task=asked.task, draw=found.matched)
    _must_be_first(asked, history)
    people = list(_drawn(asked, asked.draw, DrawKind.INSPECTORS, history, context))
    for draw in asked.replacements:
        people += _drawn(asked, draw, DrawKind.REPLACEMENT, history, context)
    chosen = {
        one.entry.inspector_id: one for one in people if one.entry.inspector_id not in found.recused
    }
    for one in chosen.values():
        must_be_fit(one, found, context)
    team = tuple(one.member for one in chosen.values())
    must_be_joint(team)
    yield tasks.of(
        found,
        TeamMatched(
            task_id=asked.task,
            subject_id=found.subject,
            draw_id=asked.draw,
            replacements=asked.replacements,
            team=team,
        ),
    )


@decides(
    RecuseInspector,
    reads=lambda asked: (*both(task_of(asked.task)), *both(inspector_of(asked.inspector))),
)
def recuse(asked: RecuseInspector, history: History, context: Context) -> Iterator[Decided]:
    """Records the head's decision; the team is matched again from a replacement draw."""
    if context.post.role not in ("", "HEAD"):
        raise HeadDecidesRecusal(post=context.post.id)
    found = tasks.must_know(history, asked.task)
    tasks.must_be_open(found)
    inspector = inspectors.must_know(history, asked.inspector)
    if asked.inspector in found.recused:
        raise InspectorAlreadyRecused(inspector=asked.inspector, task=asked.task)
    if found.team and all(one.inspector_id != asked.inspector for one in found.team):
        raise InspectorNotInTeam(inspector=asked.inspector, task=asked.task)
    if node_of(inspector.entry.organ).id != context.department:
        raise inspectors.InspectorOfOtherOrgan(
            inspector=asked.inspector, organ=inspector.entry.organ, post=context.post.id
        )
    yield tasks.of(
        found,
        InspectorRecused(
            task_id=asked.task,
            subject_id=found.subject,
            inspector_id=asked.inspector,
            ground=asked.ground,
            reason=asked.reason,
        ),
    )
