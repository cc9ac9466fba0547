"""Making results public, and correcting them (reference 6.3; R10).

1. The department that recorded a result publishes it; kinds that are no public inspection are
   not published at all.
2. A result without a problem is published at once; one with a problem when it is dealt with:
   ordered to be corrected, listed, decided in a case, disposed of as a lead or with the police.
   An order deals with it while its term runs (S1 rows 16, 21); one that was not obeyed deals
   with nothing, nor does the other of two.
3. Nothing that names a person is published: identity numbers and telephone numbers are looked
   for in every text.
4. A published result is changed only by a correction that gives its reason; it is published
   again and says which publication it corrects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
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
from domain.correction import CorrectionOrdered, CorrectionOutcome, CorrectionVerified
from domain.enforcement.facts import CaseClosed, CaseOutcome
from domain.errors import Refusal
from domain.facts import Recorded
from domain.finding import stream_of as corrections_of
from domain.inspection import task as tasks
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionResultPublished,
    InspectionResultRecorded,
    ItemResult,
    ListAction,
    ListEntryChanged,
    task_of,
)
from domain.inspection.results import must_be_supported, must_cover, overall
from domain.inspection.task import Task
from domain.lead.halves import both
from domain.review.correcting import NotOwnerOfFact, correction_of
from domain.review.facts import CorrectionKind
from domain.review.reading import data_of
from domain.terms import Identifier, Reason, ShortText, Term

_BASIS = "人力资源市场暂行条例第35条；平台规则（R10，默认20个工作日，可配置）"

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

AT_ONCE = tuple(
    category
    for category, types in DEALT_WITH_BY.items()
    if not types or category is Category.CORRECTION_ORDERED
)
"""Categories that wait for nothing: no problem, or one that an order deals with."""

_DEALING = (
    *dict.fromkeys(name for names in DEALT_WITH_BY.values() for name in names),
    CorrectionVerified.TYPE,
)

_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86)?1[3-9][0-9]{9}(?![0-9A-Za-z])")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[ \-.·](?=[0-9Xx])")


@command(zh="公开检查结果", en="Publish the result of an inspection", source=_BASIS)
@dataclass(frozen=True, kw_only=True)
class PublishResult(Command):
    """Makes a result public through a channel."""

    task: Identifier
    channel: ShortText
    published_on: Annotated[date | None, Term(zh="公开日期", en="Published on")] = None


@command(
    zh="更正检查结果",
    en="Correct the result of an inspection",
    source="平台规则（以补偿事件更正）；人力资源市场暂行条例第35条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class CorrectResult(Command):
    """Corrects the categories of a result; what was public is published again and says so."""

    task: Identifier
    items: Annotated[tuple[ItemResult, ...], Term(zh="各事项结果", en="Items", min_items=1)]
    reason: Reason


class ResultOfOtherDepartment(Refusal):
    """The department that recorded the result publishes it."""

    zh = "任务{task}的检查结果由{organ}录入，由其公开。"
    en = "{organ} recorded the result of {task} and publishes it."
    next_zh = "请由录入结果的部门公开，避免重复公开。"
    next_en = "Let that department publish it, once."
    source = _BASIS
    field = "task"


class KindNotPublished(Refusal):
    """Reviews, checks of commitments and patrols are not published."""

    zh = "检查种类{kind}的结果不逐案公开。"
    en = "Results of the kind {kind} are not published one by one."
    next_zh = "如需公开处罚决定，请办理处罚决定公开；汇总情况在报表中公布。"
    next_en = "A penalty is published as such; sums stand in the reports."
    source = "人力资源市场暂行条例第35条；平台规则（检查种类）"
    field = "task"


class ResultAlreadyPublished(Refusal):
    """The result is public."""

    zh = "任务{task}的结果已于{published_on}公开。"
    en = "The result of {task} was published on {published_on}."
    next_zh = "结果有变化的，请办理更正，更正后的结果随之重新公开。"
    next_en = "Correct it where it changed; the correction publishes it again."
    source = _BASIS
    field = "task"


class ProblemNotDealtWith(Refusal):
    """A problem is published when it is dealt with."""

    zh = "任务{task}的结果为{category}，问题尚未处理完毕，暂不公开。"
    en = "The result of {task} is {category}, and the problem is not dealt with yet."
    next_zh = "责令改正、列入名录、作出处理处罚决定或者线索办结后公开。"
    next_en = "Publish it when a correction is ordered, the list changed or the case decided."
    source = "双随机、一公开检查结果公示要求（未经原文核对）；平台规则（R10）"
    field = "task"


class PersonalDataInPublication(Refusal):
    """A text names a person by number."""

    zh = "{where}中含有{what}，不得公开。"
    en = "{where_en} holds {what_en}, which is never published."
    next_zh = "请删去后再公开；已录入结果的说明，请先办理更正。"
    next_en = "Take it out first; the note of a recorded result is corrected."
    source = "个人信息保护法第25条；政府信息公开条例第15条"
    field = "channel"


class PublishedInFuture(DateInFuture):
    """A day that has not come."""

    field = "published_on"


class PublishedBeforeInspection(DateBeforeItsGround):
    """A publication before the inspection."""

    field = "published_on"


class ResultUnchanged(Refusal):
    """The correction says what the result says."""

    zh = "更正后的结果与任务{task}现有结果相同。"
    en = "The result of {task} reads so already."
    next_zh = "请填写更正后的结果。"
    next_en = "Enter what reads differently."
    source = "平台规则（以补偿事件更正）"
    field = "items"


def must_name_nobody(text: str, where: str, where_en: str) -> None:
    """Refuses a text with an identity number or a mobile number, however it is spaced."""
    plain = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    for pattern, what, what_en in (
        (_IDENTITY, "公民身份号码", "an identity number"),
        (_MOBILE, "手机号码", "a mobile number"),
    ):
        if pattern.search(plain):
            raise PersonalDataInPublication(
                where=where, where_en=where_en, what=what, what_en=what_en
            )


def _must_be_clean(channel: str, items: tuple[ItemResult, ...]) -> None:
    must_name_nobody(channel, "公开渠道", "The channel")
    for one in items:
        if one.note is not None:
            must_name_nobody(one.note, f"事项{one.item}的说明", f"The note of {one.item}")


def _dealing(subject: str) -> Received:
    return Received(subject=subject, types=_DEALING)


def _with_subject(asked: PublishResult | CorrectResult, history: History) -> tuple[Read, ...]:
    subject = tasks.must_know(history, asked.task).subject
    return (*both(corrections_of(subject)), _dealing(subject))


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


def _own_result(task: Task, context: Context) -> Recorded[InspectionResultRecorded]:
    result = tasks.must_have_result(task)
    if result.department != context.department:
        raise ResultOfOtherDepartment(task=task.task_id, organ=result.organ)
    return result


@decides(PublishResult, reads=lambda asked: both(task_of(asked.task)), then=_with_subject)
def publish(asked: PublishResult, history: History, context: Context) -> Iterator[Decided]:
    """Makes a result public once, clean of persons, and dealt with where it has a problem."""
    task = tasks.must_know(history, asked.task)
    result = _own_result(task, context)
    if task.kind not in PUBLIC_KINDS:
        raise KindNotPublished(kind=task.kind.value)
    if task.published:
        raise ResultAlreadyPublished(
            task=asked.task, published_on=task.published[-1].fact.published_on
        )
    on = asked.published_on or context.today
    must_have_come(on, context.today, PublishedInFuture)
    must_follow(on, result.fact.inspected_on, PublishedBeforeInspection)
    _must_be_clean(asked.channel, result.fact.items)
    category = result.fact.category
    if not is_dealt_with(category, task, history.received(_dealing(task.subject))):
        raise ProblemNotDealtWith(task=asked.task, category=category.value)
    yield tasks.of(
        task,
        InspectionResultPublished(
            task_id=asked.task,
            subject_id=task.subject,
            category=category,
            channel=asked.channel,
            published_on=on,
        ),
        region=result.region,
        effective=on,
    )


@decides(
    CorrectResult,
    reads=lambda asked: both(task_of(asked.task)),
    then=_with_subject,
)
def correct(asked: CorrectResult, history: History, context: Context) -> Iterator[Decided]:
    """Replaces the categories of an own result; a public one is published again."""
    task = tasks.must_know(history, asked.task)
    result = _own_result(task, context)
    if result.organ != context.post.organ:
        raise NotOwnerOfFact(owner=result.organ, organ=context.post.organ)
    must_cover(asked.items, task)
    if asked.items == result.fact.items:
        raise ResultUnchanged(task=asked.task)
    must_be_supported(asked.items, result.fact.findings, task, history)
    category = overall(asked.items)
    yield correction_of(
        result,
        CorrectionKind.REPLACE,
        asked.reason,
        changes={"items": data_of(asked.items), "category": category.value},
    )
    if not task.published:
        return
    last = task.published[-1]
    _must_be_clean(last.fact.channel, asked.items)
    yield tasks.of(
        task,
        InspectionResultPublished(
            task_id=asked.task,
            subject_id=task.subject,
            category=category,
            channel=last.fact.channel,
            published_on=context.today,
            corrects=last.id,
        ),
        region=result.region,
    )
