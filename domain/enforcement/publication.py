"""Penalty decisions made public, and serious cases exposed: approve, redact, publish, withdraw.

1. A decision of some influence on society must be public (行政处罚法 48); a serious case may be
   exposed (S2 item 11). Exposure is no penalty.
2. The head approves the text and names its legal basis; what identifies persons is redacted
   before it is published.
3. What was published is withdrawn within 3 working days after its decision was changed,
   annulled, found unlawful or void; a rule does it by itself (48; R14).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.case import Case, Publication
from domain.enforcement.conducting import CaseOfAnotherOrgan, must_know, on_case, own_case
from domain.enforcement.execution import CaseDecisionUnknown
from domain.enforcement.facts import (
    CaseId,
    DecisionId,
    PublicationChanged,
    PublicationId,
    PublicationKind,
    PublicationStep,
)
from domain.enforcement.notice import must_be_concluded
from domain.errors import Refusal
from domain.review.facts import DecisionOverturned, OverturnResult
from domain.terms import FileRef, Identifier, ShortText, Term


@command(
    zh="批准公开",
    en="Approve a publication",
    source="行政处罚法第48条；辽宁省人力资源市场管理通知（2024-11-11）十一",
)
@dataclass(frozen=True, kw_only=True)
class ApprovePublication(Command):
    """The head approves the publication of a decision, or the exposure of a serious case."""

    case: CaseId
    kind: Annotated[PublicationKind, Term(zh="公开种类", en="Kind")]
    decision: DecisionId | None = None
    text: Annotated[FileRef | None, Term(zh="公开文本", en="Text")] = None
    legal_basis: Annotated[str, Term(zh="法律依据", en="Legal basis", min_length=1, max_length=400)]


@command(zh="隐去个人信息", en="Redact a publication", source="个人信息保护法第28条")
@dataclass(frozen=True, kw_only=True)
class RedactPublication(Command):
    """Records the text without what identifies persons."""

    case: CaseId
    publication: PublicationId
    text: Annotated[FileRef, Term(zh="隐去后的文本", en="Redacted text")]


@command(
    zh="公开处罚决定（案件曝光）",
    en="Publish",
    source="行政处罚法第48条；辽宁省人力资源市场管理通知（2024-11-11）十一",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class PublishDecision(Command):
    """Records where and when an approved and redacted text was made public."""

    case: CaseId
    publication: PublicationId
    channel: ShortText
    on: Annotated[date | None, Term(zh="日期", en="On")] = None


@command(zh="撤回公开", en="Withdraw a publication", source="行政处罚法第48条第2款")
@dataclass(frozen=True, kw_only=True)
class WithdrawPublication(Command):
    """Takes back what was made public, and says so publicly."""

    case: CaseId
    publication: PublicationId
    because: Identifier | None = None
    on: Annotated[date | None, Term(zh="日期", en="On")] = None


@command(
    zh="撤回被纠正决定的公开",
    en="Withdraw what an overturned decision published",
    source="行政处罚法第48条第2款；平台规则（R14）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class WithdrawOverturnedPublication(Command):
    """R14: takes back what rested on an overturned decision; `about` is the overturning's event."""

    case: CaseId
    about: Identifier


class HeadMustApprovePublication(Refusal):
    """Another post than the head approves."""

    zh = "公开由机关负责人批准，岗位{post}不能批准。"
    en = "The head of the organ approves publications; {post} does not."
    next_zh = "请由负责人岗位批准。"
    next_en = "Let the head's post approve it."
    source = "辽宁省人力资源市场管理通知（2024-11-11）十一；平台规则（公开审批）"
    field = "case"


class ExposureNeedsSeriousCase(Refusal):
    """The case is not serious."""

    zh = "案件{case}未认定情节严重，不能曝光。"
    en = "{case} was not established as serious; it is not exposed."
    next_zh = "处罚决定可依法公开。"
    next_en = "Its decision may be made public as the law says."
    source = "辽宁省人力资源市场管理通知（2024-11-11）十一"
    field = "kind"


class PublicationUnknown(Refusal):
    """The case has no such publication."""

    zh = "案件{case}没有编号为{publication}的公开事项。"
    en = "{case} has no publication {publication}."
    next_zh = "请核对编号，或先批准公开。"
    next_en = "Check the id, or approve it first."
    source = "行政处罚法第48条"
    field = "publication"


class PublicationOutOfOrder(Refusal):
    """The step does not follow where the publication stands."""

    zh = "公开事项{publication}处于{step}，不能办理“{wanted}”（须先：{before}）。"
    en = "The publication {publication} stands at {step}; {wanted} follows {before} only."
    next_zh = "请按批准、隐去、公开、撤回的顺序办理。"
    next_en = "Approve, redact, publish, withdraw: in this order."
    source = "行政处罚法第48条；平台规则（公开审批）"
    field = "publication"


class PublicationInFuture(DateInFuture):
    """The day has not come."""

    field = "on"


class PublishedBeforeFiling(DateBeforeItsGround):
    """The day lies before the case, or before its decision."""

    field = "on"


BEFORE: dict[PublicationStep, tuple[PublicationStep, ...]] = {
    PublicationStep.REDACTED: (PublicationStep.APPROVED, PublicationStep.REDACTED),
    PublicationStep.PUBLISHED: (PublicationStep.REDACTED,),
    PublicationStep.WITHDRAWN: (PublicationStep.PUBLISHED,),
}
"""From which steps a publication goes on."""

LEFT_AS_IT_IS = (OverturnResult.UPHELD, OverturnResult.PERFORM)
"""Results of a review after which what is public stays public (行政处罚法 48)."""

_Asked = (
    ApprovePublication
    | RedactPublication
    | PublishDecision
    | WithdrawPublication
    | WithdrawOverturnedPublication
)


def _own(asked: _Asked) -> tuple[Read, ...]:
    return (own_case(asked.case),)


def _case(asked: _Asked, history: History, context: Context) -> Case:
    """The organ's own case, closed or not: what is public outlives the case."""
    case = must_know(history, asked.case)
    if case.organ != context.post.organ:
        raise CaseOfAnotherOrgan(case=asked.case, owner=case.organ, organ=context.post.organ)
    return case


def _publication(case: Case, name: str, wanted: PublicationStep) -> Publication:
    found = case.publication(name)
    if found is None:
        raise PublicationUnknown(case=case.case_id, publication=name)
    if found.step not in BEFORE[wanted]:
        raise PublicationOutOfOrder(
            publication=name,
            step=found.step.value,
            wanted=wanted.value,
            before="、".join(one.value for one in BEFORE[wanted]),
        )
    return found


def _party(case: Case, decision_id: str | None) -> str:
    """Who a publication is about: the party of its decision, else the case's subject."""
    found = [one.party for one in case.decisions if one.decision_id == decision_id]
    return found[0] if found else case.subject


def _next(
    case: Case,
    publication: Publication,
    step: PublicationStep,
    on: date,
    *,
    text: FileRef | None = None,
    channel: str | None = None,
    because: str | None = None,
) -> Decided:
    return on_case(
        case,
        PublicationChanged(
            publication_id=publication.publication_id,
            case_id=case.case_id,
            decision_id=publication.decision_id,
            subject_id=_party(case, publication.decision_id),
            kind=publication.kind,
            step=step,
            on=on,
            text=text,
            channel=channel,
            because=because,
        ),
        party=_party(case, publication.decision_id),
        effective=on,
    )


@decides(ApprovePublication, reads=_own)
def approve(asked: ApprovePublication, history: History, context: Context) -> Iterator[Decided]:
    """Approves the publication of a standing decision, or of a case that is serious."""
    case = _case(asked, history, context)
    if context.post.role not in ("", "HEAD"):
        raise HeadMustApprovePublication(post=context.post.id)
    decision_id = asked.decision
    if asked.kind is PublicationKind.DECISION or asked.decision is not None:
        meant = [one for one in case.standing if asked.decision in (None, one.decision_id)]
        if not meant:
            raise CaseDecisionUnknown(case=asked.case, decision=asked.decision or "")
        decision_id = meant[-1].decision_id
    if (
        asked.kind is PublicationKind.EXPOSURE
        and not must_be_concluded(case, _party(case, decision_id)).serious
    ):
        raise ExposureNeedsSeriousCase(case=asked.case)
    yield on_case(
        case,
        PublicationChanged(
            publication_id=context.mint("PB"),
            case_id=case.case_id,
            decision_id=decision_id,
            subject_id=_party(case, decision_id),
            kind=asked.kind,
            step=PublicationStep.APPROVED,
            on=context.today,
            text=asked.text,
            legal_basis=asked.legal_basis,
        ),
        party=_party(case, decision_id),
        decided=context.moment,
    )


@decides(RedactPublication, reads=_own)
def redact(asked: RedactPublication, history: History, context: Context) -> Iterator[Decided]:
    """Replaces the text by one without personal information."""
    case = _case(asked, history, context)
    found = _publication(case, asked.publication, PublicationStep.REDACTED)
    yield _next(case, found, PublicationStep.REDACTED, context.today, text=asked.text)


@decides(PublishDecision, reads=_own)
def publish(asked: PublishDecision, history: History, context: Context) -> Iterator[Decided]:
    """Makes a redacted text public."""
    case = _case(asked, history, context)
    found = _publication(case, asked.publication, PublicationStep.PUBLISHED)
    on = asked.on or context.today
    must_have_come(on, context.today, PublicationInFuture)
    decided = [one.decided_on for one in case.decisions if one.decision_id == found.decision_id]
    must_follow(on, max([case.filed_on, *decided]), PublishedBeforeFiling)
    yield _next(case, found, PublicationStep.PUBLISHED, on, channel=asked.channel)


@decides(WithdrawPublication, reads=_own)
def withdraw(asked: WithdrawPublication, history: History, context: Context) -> Iterator[Decided]:
    """Takes back what is public."""
    case = _case(asked, history, context)
    found = _publication(case, asked.publication, PublicationStep.WITHDRAWN)
    on = asked.on or context.today
    must_have_come(on, context.today, PublicationInFuture)
    must_follow(on, case.filed_on, PublishedBeforeFiling)
    yield _next(case, found, PublicationStep.WITHDRAWN, on, because=asked.because)


@decides(WithdrawOverturnedPublication, reads=_own)
def withdraw_overturned(
    asked: WithdrawOverturnedPublication, history: History, context: Context
) -> Iterator[Decided]:
    """Takes back every publication that rests on the decision that was overturned."""
    case = must_know(history, asked.case)
    cause = None if context.cause is None else context.cause.fact
    if not isinstance(cause, DecisionOverturned) or cause.result in LEFT_AS_IT_IS:
        return
    for one in case.publications:
        if one.decision_id == cause.decision_id and one.step is PublicationStep.PUBLISHED:
            yield _next(case, one, PublicationStep.WITHDRAWN, context.today, because=asked.about)
