"""When the problem that an inspection found is dealt with (reference 6.3; R10).

1. It is dealt with when it is ordered to be corrected, listed, decided in a case, disposed of as
   a lead or with the police: what its category calls for. An order deals with it while its term
   runs (S1 rows 16, 21); one that was not obeyed deals with nothing, nor does the other of two.
2. The department of the result notes by itself the day on which that came to be so: from it the
   term to publish runs. What was ordered before the result counts from the inspection.
3. Where it is so no longer (an order that failed, a correction of what dealt with it), the note
   is void.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from domain.commands import Command, Context, Decided, History, Read, Received, command, decides
from domain.correction import CorrectionOrdered, CorrectionOutcome, CorrectionVerified
from domain.enforcement.facts import CaseClosed, CaseOutcome
from domain.facts import Recorded
from domain.inspection import task as tasks
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ListAction,
    ListEntryChanged,
    ProblemDealtWith,
    task_of,
)
from domain.inspection.task import Task
from domain.lead.halves import both, known
from domain.review.correcting import correction_of
from domain.review.facts import CorrectionKind
from domain.terms import SubjectId

PUBLIC_KINDS = (
    InspectionKind.DOUBLE_RANDOM,
    InspectionKind.TARGETED,
    InspectionKind.KEY,
    InspectionKind.DAILY,
)
"""Kinds whose results are made public (reference 6.1)."""

_CASE = ("case.closed.v1", "case.penalty_decided.v1", "case.handling_decided.v1")
_ORDERED, _LISTED = CorrectionOrdered.TYPE, "list.entry_changed.v1"
_VERIFIED = "inspection.address_verified.v1"
_PASSED_ON = ("lead.disposed.v1", "referral.transferred.v1")

DEALT_WITH_BY = MappingProxyType(
    {
        Category.NO_PROBLEM: (),
        Category.BUSINESS_NOT_FOUND: (),
        Category.INFO_NOT_DISCLOSED: (_ORDERED, _LISTED, *_CASE),
        Category.ANNUAL_REPORT_NOT_DISCLOSED: (_ORDERED, _LISTED, *_CASE),
        Category.CORRECTION_ORDERED: (_ORDERED, *_CASE, *_PASSED_ON),
        Category.UNREACHABLE: (_VERIFIED, _LISTED),
        Category.INFO_FALSE: (_LISTED, _ORDERED, *_CASE),
        Category.UNCOOPERATIVE: _CASE,
        Category.PENDING_FOLLOW_UP: (_ORDERED, *_CASE, *_PASSED_ON),
    }
)
"""For each category the facts by which it is dealt with; none: there is nothing to deal with.

An order to correct that failed is followed by a case, a lead or the police; these then count.
"""

DEALING = (
    *dict.fromkeys(name for names in DEALT_WITH_BY.values() for name in names),
    CorrectionVerified.TYPE,
)
"""Every fact that bears on whether a problem is dealt with."""


def dealing_of(subject: str) -> Received:
    """The read of what bears on it, for one subject."""
    return Received(subject=subject, types=DEALING)


def is_dealt_with(category: Category, task: Task, facts: tuple[Recorded[Any], ...]) -> bool:
    """Whether what a category calls for was done in the task's matter.

    An order counts unless one about the task was not obeyed, a list when the firm was entered,
    a case when it was not merely handed to another organ.
    """
    wanted = DEALT_WITH_BY[category]
    if not wanted:
        return True
    if category is Category.UNREACHABLE and task.address is not None:
        return True
    done = [one for one in facts if one.type in wanted and _concerns(one, task)]
    return any(_settles(one) for one in done) and (
        not _disobeyed(task, facts) or any(one.type != _ORDERED and _settles(one) for one in done)
    )


def _concerns(one: Recorded[Any], task: Task) -> bool:
    named = (getattr(one.fact, name, None) for name in ("about", "basis", "task_id"))
    return one.matter == task.matter or task.task_id in named


def _settles(one: Recorded[Any]) -> bool:
    match one.fact:
        case ListEntryChanged() as changed:
            return changed.action is ListAction.ENTERED
        case CaseClosed() as closed:
            return closed.outcome is not CaseOutcome.TRANSFERRED
    return True


def _disobeyed(task: Task, facts: tuple[Recorded[Any], ...]) -> bool:
    """Whether an order about the task was not obeyed."""
    return any(
        isinstance(one.fact, CorrectionVerified)
        and one.fact.about == task.task_id
        and one.fact.outcome is not CorrectionOutcome.CORRECTED
        for one in facts
    )


def dealt_on(task: Task, facts: tuple[Recorded[Any], ...]) -> date | None:
    """The day since which a result's problem is dealt with without a break; None while it is not.

    The day on which the last of what it took was recorded, and not before the inspection.
    """
    if task.result is None or not DEALT_WITH_BY[task.result.fact.category]:
        return None
    plain = replace(task, address=None)
    told = sorted(facts, key=lambda one: one.order)
    since: date | None = None
    for place, one in enumerate(told, start=1):
        if not is_dealt_with(task.result.fact.category, plain, tuple(told[:place])):
            since = None
        elif since is None:
            since = one.recorded_on
    return None if since is None else max(since, task.result.fact.inspected_on)


@command(
    zh="记明检查发现问题处理情况",
    en="Note whether an inspection's problem is dealt with",
    source="双随机、一公开检查结果公示要求（未经原文核对）；平台规则（R10）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class NoteDealtWith(Command):
    """Notes which problems of a firm's inspections are dealt with now, and which no longer."""

    organisation: SubjectId


def _results(subject: str) -> Received:
    return Received(subject=subject, types=(InspectionResultRecorded.TYPE,))


def _tasks(asked: NoteDealtWith, history: History) -> tuple[str, ...]:
    found = history.received(_results(asked.organisation))
    return tuple(dict.fromkeys(one.fact.task_id for one in found))


def _halves(asked: NoteDealtWith, history: History) -> tuple[Read, ...]:
    found = _tasks(asked, history)
    halves = tuple(read for task in found for read in both(task_of(task)))
    return (*halves, dealing_of(asked.organisation)) if found else ()


@decides(NoteDealtWith, reads=lambda asked: (_results(asked.organisation),), then=_halves)
def note(asked: NoteDealtWith, history: History, context: Context) -> Iterator[Decided]:
    """Notes the day for each own result that is not public yet; voids a note that holds no more."""
    for name in _tasks(asked, history):
        task = tasks.fold(known(history, task_of(name)))
        if task is None or task.result is None or task.result.department != context.department:
            continue
        if task.published or task.kind not in PUBLIC_KINDS:
            continue
        on = dealt_on(task, history.received(dealing_of(asked.organisation)))
        if task.dealt is not None and task.dealt.fact.dealt_on != on:
            yield correction_of(task.dealt, CorrectionKind.VOID, "问题处理情况已变化")
        elif task.dealt is not None:
            continue
        if on is not None:
            yield tasks.of(
                task,
                ProblemDealtWith(
                    task_id=name,
                    subject_id=task.subject,
                    organ=task.result.organ,
                    kind=task.kind,
                    category=task.result.fact.category,
                    dealt_on=on,
                ),
                region=task.result.region,
                effective=on,
            )
