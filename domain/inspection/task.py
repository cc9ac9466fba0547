"""A task as it stands: a drawn object or an inspection outside the draw, to its publication.

A task has a half with each department that takes part. Both halves are folded together, so
that either department sees who claimed, who is in the team and what was found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.commands import Decided, History
from domain.departments import node_of
from domain.errors import Refusal
from domain.facts import Fact, Recorded
from domain.inspection.facts import (
    AddressVerified,
    InspectionKind,
    InspectionOpened,
    InspectionResultPublished,
    InspectionResultRecorded,
    InspectionTaskClaimed,
    InspectorRecused,
    Member,
    ProblemDealtWith,
    TaskDispatched,
    TaskSent,
    TeamMatched,
    task_of,
)
from domain.lead.halves import known


class TaskUnknown(Refusal):
    """No such task is known here."""

    zh = "本部门没有编号为{task}的检查任务。"
    en = "This department knows no inspection task {task}."
    next_zh = "请核对编号；任务下派后即可办理。"
    next_en = "Check the number; it can be dealt with once it was sent down."
    source = "鄂人社函〔2022〕97号二（一）"
    field = "task"
    transient = True


class ResultAlreadyRecorded(Refusal):
    """The task has its result."""

    zh = "任务{task}的检查结果已于{inspected_on}录入。"
    en = "The result of {task} is on record, inspected on {inspected_on}."
    next_zh = "结果有误的，请办理更正并写明理由；不得以重新录入的方式变更。"
    next_en = "Correct it with a reason; it is never changed by recording it again."
    source = "人力资源市场暂行条例第35条；平台规则（以补偿事件更正）"
    field = "task"


class ResultNotRecorded(Refusal):
    """There is no result yet."""

    zh = "任务{task}尚未录入检查结果。"
    en = "The task {task} has no result yet."
    next_zh = "请先由检查组录入结果。"
    next_en = "Let its team record the result first."
    source = "人力资源市场暂行条例第35条"
    field = "task"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task or an inspection outside the draw; `region` is the territory that has it now.

    `matched` is the draw of its inspectors, `vacant` says that one was recused since.
    """

    task_id: str
    kind: InspectionKind
    subject: str
    region: str
    matter: str
    items: tuple[str, ...]
    window_from: date
    window_to: date
    draw: str | None = None
    plan: str | None = None
    without_notice: bool = False
    claimed: tuple[str, ...] = ()
    team: tuple[Member, ...] = ()
    matched: str | None = None
    vacant: bool = False
    recused: tuple[str, ...] = ()
    result: Recorded[InspectionResultRecorded] | None = None
    published: tuple[Recorded[InspectionResultPublished], ...] = ()
    address: AddressVerified | None = None
    dealt: Recorded[ProblemDealtWith] | None = None


def task_id(draw: str, subject: str) -> str:
    """The number of a drawn object's task: the same however often it is sent."""
    spelled = f"{draw}\n{subject}"
    return f"TSK-{hashlib.sha256(spelled.encode()).hexdigest()[:20].upper()}"


def fold(facts: Iterable[Recorded[Any]]) -> Task | None:
    """The task that the facts of both halves make, None where none begins it."""
    state: Task | None = None
    for recorded in facts:
        state = _begun(recorded) if state is None else _evolve(state, recorded)
    return state


def _begun(recorded: Recorded[Any]) -> Task | None:
    match recorded.fact:
        case TaskSent() as sent:
            return Task(
                task_id=sent.task_id,
                kind=InspectionKind.DOUBLE_RANDOM,
                subject=sent.subject_id,
                region=sent.to_region,
                matter=recorded.matter,
                items=sent.items,
                window_from=sent.window_from,
                window_to=sent.window_to,
                draw=sent.draw_id,
                plan=sent.plan_id,
            )
        case InspectionOpened() as opened:
            return Task(
                task_id=opened.task_id,
                kind=opened.kind,
                subject=opened.subject_id,
                region=opened.region,
                matter=recorded.matter,
                items=opened.items,
                window_from=recorded.recorded_on,
                window_to=opened.window_to,
                without_notice=opened.without_notice,
                team=opened.team,
            )
    return None


def _evolve(state: Task, recorded: Recorded[Any]) -> Task:
    match recorded.fact:
        case InspectionTaskClaimed():
            return replace(state, claimed=(*state.claimed, recorded.department))
        case TaskDispatched() as sent:
            return replace(state, region=sent.to_region)
        case TeamMatched() as matched:
            return replace(state, team=matched.team, matched=matched.draw_id, vacant=False)
        case InspectorRecused() as recused:
            return replace(
                state,
                recused=(*state.recused, recused.inspector_id),
                team=tuple(one for one in state.team if one.inspector_id != recused.inspector_id),
                vacant=True,
            )
        case InspectionResultRecorded():
            return replace(state, result=recorded)
        case InspectionResultPublished():
            return replace(state, published=(*state.published, recorded))
        case AddressVerified() as verified:
            return replace(state, address=verified)
        case ProblemDealtWith():
            return replace(state, dealt=recorded)
    return state


def must_know(history: History, task: str) -> Task:
    """The task as both departments have it, or TaskUnknown."""
    found = fold(known(history, task_of(task)))
    if found is None:
        raise TaskUnknown(task=task)
    return found


def must_be_open(found: Task) -> None:
    """Refuses what comes after the result."""
    if found.result is not None:
        raise ResultAlreadyRecorded(task=found.task_id, inspected_on=found.result.fact.inspected_on)


def must_have_result(found: Task) -> Recorded[InspectionResultRecorded]:
    """The result of a task, or ResultNotRecorded."""
    if found.result is None:
        raise ResultNotRecorded(task=found.task_id)
    return found.result


def of(
    found: Task, fact: Fact, region: str | None = None, effective: date | None = None
) -> Decided:
    """A fact of a task: in its stream, of its matter, in the territory that has it."""
    return Decided(
        stream=task_of(found.task_id),
        subject=found.subject,
        matter=found.matter,
        region=region or found.region,
        effective=effective,
        fact=fact,
    )


def departments_of(team: Iterable[Member]) -> frozenset[str]:
    """The departments of which a team has somebody."""
    return frozenset(node_of(one.organ).id for one in team)
