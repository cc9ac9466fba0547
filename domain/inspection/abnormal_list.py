"""Unreachable firms and the list of abnormal operations (经营异常名录; reference 6.3, R09).

1. That a firm could not be found is reported to 市场监管, which looks for itself and decides.
2. Only a registered firm is entered, on what was verified or found; removal names the entry's
   end and closes it. It is not rule C4 (失联1年以上) of the credit rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection import task as tasks
from domain.inspection.facts import (
    AddressVerified,
    Category,
    ListAction,
    ListEntryChanged,
    ListName,
    entries_of,
    task_of,
)
from domain.inspection.task import Task
from domain.lead.halves import both, known
from domain.terms import DocumentNumber, Identifier, Reason, SubjectId, Term, is_uscc

_BASIS = "企业信息公示暂行条例；企业经营异常名录管理办法（未经原文核对）"

LISTED_FOR = (
    Category.ANNUAL_REPORT_NOT_DISCLOSED,
    Category.INFO_NOT_DISCLOSED,
    Category.INFO_FALSE,
)
"""Results that 市场监管 enters on their own; an unreachable firm is verified first."""


@command(zh="核实登记住所", en="Verify a registered address", source=_BASIS)
@dataclass(frozen=True, kw_only=True)
class VerifyAddress(Command):
    """Records whether a firm reported as unreachable is found at its registered address."""

    task: Identifier
    organisation: SubjectId
    reachable: Annotated[bool, Term(zh="可以联系", en="Reachable")]
    verified_on: Annotated[date | None, Term(zh="核实日期", en="Verified on")] = None
    how: Reason


@command(zh="变更经营异常名录", en="Change the list of abnormal operations", source=_BASIS)
@dataclass(frozen=True, kw_only=True)
class ChangeAbnormalList(Command):
    """Enters a firm in the list on a task's result, or removes it."""

    organisation: SubjectId
    action: Annotated[ListAction, Term(zh="动作", en="Action")]
    basis: Identifier
    document_no: DocumentNumber
    on: Annotated[date | None, Term(zh="日期", en="On")] = None


class NothingToVerifyThere(Refusal):
    """Nobody reported the firm as unreachable."""

    zh = "任务{task}的结果不是“无法联系”，或对象不是{organisation}。"
    en = "The task {task} did not find {organisation} unreachable."
    next_zh = "请核对任务编号和对象。"
    next_en = "Check the task and the subject."
    source = _BASIS
    field = "task"


class AddressAlreadyVerified(Refusal):
    """The address was looked at."""

    zh = "任务{task}的登记住所已于{verified_on}核实。"
    en = "The address of {task} was verified on {verified_on}."
    next_zh = "请据此决定是否列入经营异常名录。"
    next_en = "Decide on the list by that."
    source = _BASIS
    field = "task"


class VerifiedInFuture(DateInFuture):
    """A day that has not come."""

    field = "verified_on"


class VerifiedBeforeInspection(DateBeforeItsGround):
    """A verification before the report."""

    field = "verified_on"


class ListNeedsRegistered(Refusal):
    """Whoever is not registered stands in no list of registered firms."""

    zh = "{organisation}没有登记，不能列入经营异常名录。"
    en = "{organisation} is not registered and cannot be entered in the list."
    next_zh = "无证照对象请按违法事项和线索办理。"
    next_en = "Deal with it as a finding or a lead."
    source = _BASIS
    field = "organisation"


class ListGroundMissing(Refusal):
    """Nothing on record calls for an entry."""

    zh = "{basis}不能作为列入{organisation}的依据。"
    en = "{basis} is no ground to enter {organisation}."
    next_zh = "无法联系的，须先核实登记住所；其他情形须有相应的检查结果。"
    next_en = "Verify the address of an unreachable firm first; else a result must say so."
    source = _BASIS
    field = "basis"


class AlreadyListed(Refusal):
    """The firm is in the list."""

    zh = "{organisation}已于{on}列入经营异常名录。"
    en = "{organisation} has been in the list since {on}."
    next_zh = "无需再次列入；情形消除的，办理移出。"
    next_en = "Nothing to enter; remove it when its ground is gone."
    source = _BASIS
    field = "action"


class NotListed(Refusal):
    """The firm is not in the list."""

    zh = "{organisation}不在经营异常名录中。"
    en = "{organisation} is not in the list."
    next_zh = "请核对对象。"
    next_en = "Check the subject."
    source = _BASIS
    field = "action"


class ListedInFuture(DateInFuture):
    """A day that has not come."""

    field = "on"


class ListedBeforeGround(DateBeforeItsGround):
    """An entry before what it rests on, or a removal before the entry."""

    field = "on"


def entry_of(facts: Iterable[Recorded[Any]]) -> Recorded[ListEntryChanged] | None:
    """The entry that stands, None after its removal."""
    standing: Recorded[ListEntryChanged] | None = None
    for one in facts:
        if isinstance(one.fact, ListEntryChanged):
            standing = one if one.fact.action is ListAction.ENTERED else None
    return standing


@decides(VerifyAddress, reads=lambda asked: both(task_of(asked.task)))
def verify(asked: VerifyAddress, history: History, context: Context) -> Iterator[Decided]:
    """Records once what 市场监管 found at the address of a firm reported as unreachable."""
    task = tasks.must_know(history, asked.task)
    result = tasks.must_have_result(task)
    found = any(one.category is Category.UNREACHABLE for one in result.fact.items)
    if not found or task.subject != asked.organisation:
        raise NothingToVerifyThere(task=asked.task, organisation=asked.organisation)
    if task.address is not None:
        raise AddressAlreadyVerified(task=asked.task, verified_on=task.address.verified_on)
    on = asked.verified_on or context.today
    must_have_come(on, context.today, VerifiedInFuture)
    must_follow(on, result.fact.inspected_on, VerifiedBeforeInspection)
    yield tasks.of(
        task,
        AddressVerified(
            task_id=asked.task,
            subject_id=asked.organisation,
            reachable=asked.reachable,
            verified_on=on,
            how=asked.how,
        ),
        effective=on,
    )


def _reads(asked: ChangeAbnormalList) -> tuple[Read, ...]:
    return (Own(stream=entries_of(asked.organisation)), *both(task_of(asked.basis)))


def _ground(asked: ChangeAbnormalList, history: History) -> tuple[Task, date]:
    """The task that calls for an entry, and the day of its ground."""
    task = tasks.fold(known(history, task_of(asked.basis)))
    if task is not None and task.result is not None and task.subject == asked.organisation:
        if task.address is not None and not task.address.reachable:
            return task, task.address.verified_on
        if any(one.category in LISTED_FOR for one in task.result.fact.items):
            return task, task.result.fact.inspected_on
    raise ListGroundMissing(basis=asked.basis, organisation=asked.organisation)


@decides(ChangeAbnormalList, reads=_reads)
def change(asked: ChangeAbnormalList, history: History, context: Context) -> Iterator[Decided]:
    """Enters a registered firm on its ground, or removes it from the list."""
    if not is_uscc(asked.organisation):
        raise ListNeedsRegistered(organisation=asked.organisation)
    standing = entry_of(history.own(entries_of(asked.organisation)))
    on = asked.on or context.today
    must_have_come(on, context.today, ListedInFuture)
    if asked.action is ListAction.ENTERED:
        if standing is not None:
            raise AlreadyListed(organisation=asked.organisation, on=standing.fact.on)
        task, ground = _ground(asked, history)
        entry_id, matter, region = context.mint("LE"), task.matter, task.region
    else:
        if standing is None:
            raise NotListed(organisation=asked.organisation)
        ground, entry_id = standing.fact.on, standing.fact.entry_id
        matter, region = standing.matter, standing.region
    must_follow(on, ground, ListedBeforeGround)
    yield Decided(
        stream=entries_of(asked.organisation),
        subject=asked.organisation,
        matter=matter,
        region=region,
        effective=on,
        decided=context.moment,
        fact=ListEntryChanged(
            entry_id=entry_id,
            list=ListName.ABNORMAL,
            action=asked.action,
            subject_id=asked.organisation,
            basis=asked.basis,
            document_no=asked.document_no,
            on=on,
        ),
    )
