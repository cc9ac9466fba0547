"""Results: a category for each item, the most serious for the whole (reference 6.3).

1. Only the task's team records, once: two at least, of a joint team one of each department.
   What was entered before the window is refused; what comes after it is late, not void.
2. An order to correct stands on record before a result says that one was given; what waits
   for a case, a lead or the police names its findings.
3. A subject that does not sign needs a witness (现场检查笔录).
4. An entry without notice is made at the hours that the settings allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from domain import correction
from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.errors import Refusal
from domain.facts import CHINA
from domain.finding import stream_of as corrections_of
from domain.inspection import task as tasks
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ItemResult,
    Member,
    task_of,
)
from domain.inspection.opening import AT_A_DESK
from domain.inspection.task import Task
from domain.inspection.teams import TEAM_LEAST, TeamTooSmall, must_be_joint
from domain.lead.halves import both, known
from domain.terms import CertificateNumber, FileRef, Identifier, Term

_BASIS = "人力资源市场暂行条例第34、35条"
SERIOUSNESS = tuple(Category)
"""Categories from the least to the most serious (reference 6.3)."""

NEEDS_FINDINGS = (Category.PENDING_FOLLOW_UP, Category.UNCOOPERATIVE)
"""Categories that lead to a case, a lead or the police, and so name what was found."""


@command(zh="录入检查结果", en="Record the result of an inspection", source=_BASIS)
@dataclass(frozen=True, kw_only=True)
class RecordResult(Command):
    """Records what the task's team found; `team` are the certificates shown on the spot."""

    task: Identifier
    items: Annotated[tuple[ItemResult, ...], Term(zh="各事项结果", en="Items", min_items=1)]
    inspected_on: Annotated[date | None, Term(zh="检查日期", en="Inspected on")] = None
    entered_at: Annotated[datetime | None, Term(zh="进入时刻", en="Entered at")] = None
    team: Annotated[tuple[CertificateNumber, ...], Term(zh="执法证号", en="Team", min_items=1)]
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    signed_by_subject: Annotated[bool, Term(zh="被检查单位签字", en="Signed by the subject")] = True
    witnesses: Annotated[int, Term(zh="见证人数", en="Witnesses", minimum=0, maximum=20)] = 0
    record: FileRef | None = None


class ResultOfAnotherTeam(Refusal):
    """Somebody else's task."""

    zh = "执法证{certificate}不属于任务{task}的检查组。"
    en = "The certificate {certificate} is not of the team of {task}."
    next_zh = "结果由该任务的检查组录入；人员有变动的，先抽取替补并重新匹配。"
    next_en = "Its own team records it; where somebody changed, match the team again first."
    source = _BASIS
    field = "team"


class TaskHasNoTeam(Refusal):
    """No team was matched."""

    zh = "任务{task}尚未匹配检查组。"
    en = "The task {task} has no team yet."
    next_zh = "请先抽取人员并匹配检查组。"
    next_en = "Draw inspectors and match the team first."
    source = _BASIS
    field = "task"


class ItemNotOfTask(Refusal):
    """The item was not to be inspected."""

    zh = "事项{item}不在任务{task}的检查事项内。"
    en = "The item {item} is not one of the task {task}."
    next_zh = "超出范围发现的问题，请作为违法事项登记。"
    next_en = "Record what was found besides as a finding."
    source = _BASIS
    field = "items"


class ItemResultMissing(Refusal):
    """An item has no category, or two."""

    zh = "事项{item}应有且只有一个检查结果。"
    en = "The item {item} has one category, not {count}."
    next_zh = "请为每一事项填写一个结果。"
    next_en = "Give each item one category."
    source = "鄂人社函〔2022〕97号二（二）"
    field = "items"


class InspectedInFuture(DateInFuture):
    """A day that has not come."""

    field = "inspected_on"


class EnteredInFuture(Refusal):
    """An instant that has not come."""

    zh = "进入时刻{entered}晚于现在。"
    en = "The entry at {entered} lies in the future."
    next_zh = "请填写实际进入的时刻。"
    next_en = "Enter when it was."
    source = "平台规则（发生日期与记录时刻分别记载）"
    field = "entered_at"


class InspectedBeforeWindow(DateBeforeItsGround):
    """An inspection before its task's window."""

    field = "inspected_on"


class UnsignedNeedsWitness(Refusal):
    """The subject did not sign, and nobody saw it."""

    zh = "被检查单位未签字的，检查记录须有见证人。"
    en = "Where the subject did not sign, the record needs a witness."
    next_zh = "请填写见证人数，并在检查记录中注明拒签情况。"
    next_en = "Enter how many witnessed it, and note the refusal in the record."
    source = "行政处罚法第55条；人力资源市场暂行条例第34条"
    field = "witnesses"


class NoOrderToCorrect(Refusal):
    """A result says that an order was given, and none is on record."""

    zh = "任务{task}没有在案的责令改正，不能记为已责令改正。"
    en = "No order to correct about {task} is on record."
    next_zh = "请先登记违法事项并责令改正，再录入结果。"
    next_en = "Record the finding and order the correction first."
    source = "行政处罚法第28条；鄂人社函〔2022〕97号二（二）"
    field = "items"


class ResultNeedsFinding(Refusal):
    """A problem to be pursued names what was found."""

    zh = "结果为{category}的，须写明违法事项。"
    en = "The category {category} needs its findings."
    next_zh = "请先登记违法事项（依据为本任务），再录入结果。"
    next_en = "Record the violation about this task first, then the result."
    source = "行政处罚法第54条；鄂人社函〔2022〕97号二（二）"
    field = "findings"


class ResultFindingUnknown(Refusal):
    """The finding is not on record for the subject."""

    zh = "{organisation}没有编号为{finding}的违法事项。"
    en = "{organisation} has no finding {finding} on record."
    next_zh = "请核对违法事项编号。"
    next_en = "Check the number."
    source = "平台违法行为目录"
    field = "findings"
    transient = True


class ResultContradictsFindings(Refusal):
    """No problem, yet findings."""

    zh = "已登记违法事项{finding}，检查结果不能全部为未发现问题。"
    en = "With the finding {finding}, the result cannot be that there is no problem."
    next_zh = "请改正相应事项的结果，或删去违法事项。"
    next_en = "Change the category of the item, or leave the finding out."
    source = _BASIS
    field = "items"


class EntryTimeMissing(Refusal):
    """An entry without notice says when it was."""

    zh = "不事先通知的检查须填写进入时刻。"
    en = "An inspection without notice says when the premises were entered."
    next_zh = "请填写进入时刻。"
    next_en = "Enter the time."
    source = "人力资源市场暂行条例第34条；平台默认值（进入时间）"
    field = "entered_at"


class EntryAtUnlawfulTime(Refusal):
    """Premises are entered without notice at stated hours only."""

    zh = "不事先通知的进入时刻{entered}不在{first}时至{last}时之间。"
    en = "An entry without notice at {entered} is outside {first}:00 to {last}:00."
    next_zh = "请核对时刻；确需在其他时间检查的，按批准的方式另行实施。"
    next_en = "Check the time; at other hours inspect with notice."
    source = "平台默认值（不事先通知检查的进入时间，可配置）"
    field = "entered_at"


def overall(items: tuple[ItemResult, ...]) -> Category:
    """The most serious category of the items."""
    return max((one.category for one in items), key=SERIOUSNESS.index)


def must_cover(items: tuple[ItemResult, ...], task: Task) -> None:
    """Refuses items beside those of the task, and any without exactly one category."""
    given = [one.item for one in items]
    for item in given:
        if item not in task.items:
            raise ItemNotOfTask(item=item, task=task.task_id)
    for item in task.items:
        if given.count(item) != 1:
            raise ItemResultMissing(item=item, count=given.count(item))


def must_be_supported(
    items: tuple[ItemResult, ...], findings: tuple[str, ...], task: Task, history: History
) -> None:
    """Refuses categories without the order or the findings that they speak of."""
    known_here = correction.fold(known(history, corrections_of(task.subject)))
    found = {one.finding_id: one for one in known_here.findings}
    for name in findings:
        if name not in found:
            raise ResultFindingUnknown(organisation=task.subject, finding=name)
    categories = {one.category for one in items}
    if Category.CORRECTION_ORDERED in categories:
        abouts = {task.task_id, *(found[name].about for name in findings)}
        if all(one.about not in abouts for one in known_here.orders):
            raise NoOrderToCorrect(task=task.task_id)
    for category in NEEDS_FINDINGS:
        if category in categories and not findings:
            raise ResultNeedsFinding(category=category.value)
    if findings and categories == {Category.NO_PROBLEM}:
        raise ResultContradictsFindings(finding=findings[0])


def _team(asked: RecordResult, task: Task) -> tuple[Member, ...]:
    """The members who were there, all of the task's team."""
    if not task.team:
        raise TaskHasNoTeam(task=task.task_id)
    by_certificate = {one.certificate: one for one in task.team}
    for certificate in asked.team:
        if certificate not in by_certificate:
            raise ResultOfAnotherTeam(certificate=certificate, task=task.task_id)
    there = tuple(by_certificate[name] for name in dict.fromkeys(asked.team))
    if task.kind is InspectionKind.DOUBLE_RANDOM:
        must_be_joint(there)
    elif len(there) < TEAM_LEAST and task.kind not in AT_A_DESK:
        raise TeamTooSmall(count=len(there), least=TEAM_LEAST)
    return there


def _must_be_timely(asked: RecordResult, task: Task, on: date, context: Context) -> None:
    must_have_come(on, context.today, InspectedInFuture)
    must_follow(on, task.window_from, InspectedBeforeWindow)
    if asked.entered_at is not None and asked.entered_at > context.moment:
        raise EnteredInFuture(entered=asked.entered_at.isoformat())
    if not task.without_notice:
        return
    if asked.entered_at is None:
        raise EntryTimeMissing()
    first = int(context.policy.get("entry_without_notice_from_hour", 8))
    last = int(context.policy.get("entry_without_notice_to_hour", 18))
    entered = asked.entered_at.astimezone(CHINA)
    if not first <= entered.hour < last:
        raise EntryAtUnlawfulTime(entered=entered.strftime("%H:%M"), first=first, last=last)


def _reads(asked: RecordResult) -> tuple[Read, ...]:
    return both(task_of(asked.task))


def _subject(asked: RecordResult, history: History) -> tuple[Read, ...]:
    return both(corrections_of(tasks.must_know(history, asked.task).subject))


@decides(RecordResult, reads=_reads, then=_subject)
def record(asked: RecordResult, history: History, context: Context) -> Iterator[Decided]:
    """Records the result of a task once, by its own team."""
    task = tasks.must_know(history, asked.task)
    tasks.must_be_open(task)
    team = _team(asked, task)
    on = asked.inspected_on or context.today
    _must_be_timely(asked, task, on, context)
    must_cover(asked.items, task)
    if not asked.signed_by_subject and not asked.witnesses:
        raise UnsignedNeedsWitness()
    must_be_supported(asked.items, asked.findings, task, history)
    yield tasks.of(
        task,
        InspectionResultRecorded(
            task_id=task.task_id,
            kind=task.kind,
            subject_id=task.subject,
            region=task.region,
            category=overall(asked.items),
            items=asked.items,
            inspected_on=on,
            entered_at=asked.entered_at,
            team=team,
            findings=asked.findings,
            signed_by_subject=asked.signed_by_subject,
            witnesses=asked.witnesses,
            record=asked.record,
        ),
        effective=on,
    )
