"""Draws and tasks of the provincial supervision platform, taken over from its files (S3 二（一）).

1. Where the province draws on its own platform, its draw is entered with its number, its items
   and its window; it is not one of ours, and nobody can draw it again from our records.
2. Each object that it sent down becomes a task of its territory, claimed and inspected like
   any other. The same task again is nothing new; a draw entered again with other contents is
   refused.
3. Its inspectors are drawn here (S3 二（一）: 市州抽取、匹配执法检查人员), within its window, or by
   the province too (domain.inspection.outside_teams); its results are recorded as those of any task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateInFuture, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.draw.facts import DrawOpened, draw_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection import task as tasks
from domain.inspection.facts import OutsideDrawEntered, TaskSent, outside_draw_of, task_of
from domain.lead.halves import both, known
from domain.terms import Code, Identifier, RegionCode, ShortText, SubjectId, Term

_WAY = "鄂人社函〔2022〕97号二（一）"


@command(zh="登记省级平台抽取", en="Enter a draw of the provincial platform", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class EnterOutsideDraw(Command):
    """Enters a draw that the province made on its own platform."""

    draw: Identifier
    plan: Identifier
    title: ShortText
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
    population: Annotated[int | None, Term(zh="对象数", en="Population", minimum=1)] = None
    drawn: Annotated[int, Term(zh="抽取数", en="Drawn", minimum=1)]
    drawn_on: Annotated[date, Term(zh="抽取日期", en="Drawn on")]
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]
    region: RegionCode | None = None


@command(zh="登记省级平台任务", en="Enter a task of the provincial platform", source=_WAY)
@dataclass(frozen=True, kw_only=True)
class EnterOutsideTask(Command):
    """Enters one object that the province sent down; `items` are all of its draw by default."""

    draw: Identifier
    organisation: SubjectId
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items")] = ()
    region: RegionCode | None = None


class OutsideDrawUnknown(Refusal):
    """The draw of a task was not entered."""

    zh = "省级平台抽取{draw}尚未登记。"
    en = "The draw {draw} of the provincial platform has not been entered."
    next_zh = "请先登记（导入）该次抽取，再登记其任务。"
    next_en = "Enter (import) the draw first, then its tasks."
    source = _WAY
    field = "draw"
    transient = True


class OutsideDrawDiffers(Refusal):
    """The draw is on record with other contents."""

    zh = "省级平台抽取{draw}已登记，且{field_zh}与此次填写的不同。"
    en = "The draw {draw} is on record with another {field_en}."
    next_zh = "请与省级平台核对；确有错误的，先办理更正。"
    next_en = "Ask the provincial platform; what is wrong on record is corrected first."
    source = "平台规则（省级平台文件交换）"
    field = "draw"


class DrawIsOurs(Refusal):
    """The number is that of a draw made here."""

    zh = "{draw}是本平台的抽取，不得作为省级平台抽取登记。"
    en = "{draw} is a draw of this platform and is not entered as one from outside."
    next_zh = "请核对抽取编号；本平台抽取的任务由系统下派。"
    next_en = "Check the number; tasks of our own draws are sent down from their record."
    source = "平台规则（抽取可复算）"
    field = "draw"


class OutsideWindowWrong(Refusal):
    """The window ends before it begins."""

    zh = "检查期间{window_from}至{window_to}不成立。"
    en = "The window {window_from} to {window_to} ends before it begins."
    next_zh = "请核对检查起止日期。"
    next_en = "Check the window."
    source = "鄂人社函〔2022〕97号二（二）"
    field = "window_to"


class DrawnBeyondPopulation(Refusal):
    """More were drawn than there are."""

    zh = "抽取数{drawn}超过对象数{population}。"
    en = "{drawn} drawn from {population} cannot be."
    next_zh = "请核对对象数和抽取数。"
    next_en = "Check both numbers."
    source = _WAY
    field = "drawn"


class DrawnInFuture(DateInFuture):
    """A draw on a day that has not come."""

    field = "drawn_on"


class ItemNotOfOutsideDraw(Refusal):
    """The item is none of the draw's."""

    zh = "事项{item}不在省级平台抽取{draw}的检查事项内。"
    en = "The item {item} is not one of the draw {draw}."
    next_zh = "请核对检查事项。"
    next_en = "Check the items."
    source = _WAY
    field = "items"


_COMPARED = {
    "plan_id": ("计划编号", "plan"),
    "title": ("名称", "title"),
    "items": ("检查事项", "items"),
    "population": ("对象数", "population"),
    "drawn": ("抽取数", "number drawn"),
    "drawn_on": ("抽取日期", "day of the draw"),
    "window_from": ("检查起日", "start of the window"),
    "window_to": ("检查止日", "end of the window"),
}


def entered(history: History, draw: str) -> OutsideDrawEntered | None:
    """A draw of the provincial platform as it was entered."""
    facts = known(history, outside_draw_of(draw))
    return next((one.fact for one in facts if isinstance(one.fact, OutsideDrawEntered)), None)


def of_task(
    history: Callable[[str], tuple[Recorded[Any], ...]], task: str, plan: str
) -> Recorded[OutsideDrawEntered] | None:
    """The draw of the provincial platform under a plan that sent a task down; None for ours."""
    sent = next(
        (one.fact for one in history(task_of(task)) if isinstance(one.fact, TaskSent)), None
    )
    if sent is None or sent.plan_id != plan:
        return None
    facts = history(outside_draw_of(sent.draw_id))
    return next((one for one in facts if isinstance(one.fact, OutsideDrawEntered)), None)


def _must_not_be_ours(history: History, draw: str) -> None:
    if any(isinstance(one.fact, DrawOpened) for one in known(history, draw_of(draw))):
        raise DrawIsOurs(draw=draw)


def _reads_draw(asked: EnterOutsideDraw) -> tuple[Read, ...]:
    return (*both(outside_draw_of(asked.draw)), *both(draw_of(asked.draw)))


@decides(EnterOutsideDraw, reads=_reads_draw)
def enter_draw(asked: EnterOutsideDraw, history: History, context: Context) -> Iterator[Decided]:
    """Enters a draw once; the same again is nothing new, and a different one is refused."""
    _must_not_be_ours(history, asked.draw)
    must_have_come(asked.drawn_on, context.today, DrawnInFuture)
    if asked.window_to < asked.window_from:
        raise OutsideWindowWrong(window_from=asked.window_from, window_to=asked.window_to)
    if asked.population is not None and asked.drawn > asked.population:
        raise DrawnBeyondPopulation(drawn=asked.drawn, population=asked.population)
    made = OutsideDrawEntered(
        draw_id=asked.draw,
        plan_id=asked.plan,
        title=asked.title,
        region=context.region,
        items=asked.items,
        population=asked.population,
        drawn=asked.drawn,
        drawn_on=asked.drawn_on,
        window_from=asked.window_from,
        window_to=asked.window_to,
    )
    before = entered(history, asked.draw)
    if before is not None:
        for name, (zh, en) in _COMPARED.items():
            if getattr(before, name) != getattr(made, name):
                raise OutsideDrawDiffers(draw=asked.draw, field_zh=zh, field_en=en)
        return
    yield Decided(
        stream=outside_draw_of(asked.draw),
        subject=asked.draw,
        matter=context.mint("M"),
        region=context.region,
        fact=made,
        effective=asked.drawn_on,
    )


def _reads_task(asked: EnterOutsideTask) -> tuple[Read, ...]:
    name = tasks.task_id(asked.draw, asked.organisation)
    return (*both(outside_draw_of(asked.draw)), *both(draw_of(asked.draw)), *both(task_of(name)))


@decides(EnterOutsideTask, reads=_reads_task)
def enter_task(asked: EnterOutsideTask, history: History, context: Context) -> Iterator[Decided]:
    """Makes an object that was sent down a task of its territory, once."""
    _must_not_be_ours(history, asked.draw)
    draw = entered(history, asked.draw)
    if draw is None:
        raise OutsideDrawUnknown(draw=asked.draw)
    for item in asked.items:
        if item not in draw.items:
            raise ItemNotOfOutsideDraw(item=item, draw=asked.draw)
    name = tasks.task_id(asked.draw, asked.organisation)
    if known(history, task_of(name)):
        return
    yield Decided(
        stream=task_of(name),
        subject=asked.organisation,
        matter=context.mint("M"),
        region=context.region,
        fact=TaskSent(
            task_id=name,
            draw_id=asked.draw,
            plan_id=draw.plan_id,
            subject_id=asked.organisation,
            to_region=context.region,
            items=asked.items or draw.items,
            window_from=draw.window_from,
            window_to=draw.window_to,
        ),
    )
