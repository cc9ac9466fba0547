"""Disposal of outlets by 网信 on the opinion of 人社 (reference 14.3 R04; S2 items 二, 三).

1. 人社 says what was found and what it proposes; whether a licence is needed is its opinion,
   never 网信's. An operator with a licence in force is not reported as unlicensed.
2. A measure fits the outlet: an account is closed, an app removed, a site closed.
3. 网信 takes measures, its own where it sees fit, or declines with reasons; what it took it may
   lift, with reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.facts import receipt_of as lead_receipt_of
from domain.lead.facts import stream_of as lead_of
from domain.lead.halves import both, known
from domain.online.facts import (
    DisposalAnswer,
    OnlineDisposalRequested,
    OnlineDisposalTaken,
    OnlineMeasure,
    OutletKind,
    answer_of,
    outlet_of,
    request_of,
)
from domain.online.register import is_licensed, licences_of, outlet_known
from domain.terms import Code, FileRef, Identifier, Reason, SubjectId, Term
from domain.violations import catalogue

UNLICENSED = "V-LIC-04"
"""The code of online recruitment without a licence (reference 5.2)."""

FITS: dict[OnlineMeasure, tuple[OutletKind, ...]] = {
    OnlineMeasure.LABELLED: tuple(OutletKind),
    OnlineMeasure.RECRUITMENT_SUSPENDED: tuple(OutletKind),
    OnlineMeasure.ACCOUNT_CLOSED: (
        OutletKind.ACCOUNT,
        OutletKind.GROUP,
        OutletKind.SHORT_VIDEO,
        OutletKind.LIVE_STREAM,
    ),
    OnlineMeasure.APP_REMOVED: (OutletKind.APP,),
    OnlineMeasure.SITE_CLOSED: (OutletKind.SITE,),
}
"""Which outlets each measure is for."""


@command(
    zh="提请网信部门处置",
    en="Request an online disposal",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、三",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class RequestOnlineDisposal(Command):
    """Asks 网信 to deal with outlets, with 人社's opinion and the measures it proposes."""

    organisation: SubjectId
    lead: Identifier | None = None
    outlets: Annotated[tuple[Identifier, ...], Term(zh="处置对象", en="Outlets", min_items=1)]
    codes: Annotated[tuple[Code, ...], Term(zh="违法行为代码", en="Codes", min_items=1)]
    opinion: Reason
    measures: Annotated[tuple[OnlineMeasure, ...], Term(zh="建议措施", en="Measures", min_items=1)]
    document: Annotated[FileRef | None, Term(zh="提请函", en="Letter")] = None


@command(
    zh="答复处置提请",
    en="Answer a disposal request",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、三",
)
@dataclass(frozen=True, kw_only=True)
class AnswerOnlineDisposal(Command):
    """Takes measures on a request, declines it, or lifts what was taken."""

    request: Identifier
    answer: Annotated[DisposalAnswer, Term(zh="答复", en="Answer")]
    outlets: Annotated[tuple[Identifier, ...], Term(zh="处置对象", en="Outlets")] = ()
    measures: Annotated[tuple[OnlineMeasure, ...], Term(zh="措施", en="Measures")] = ()
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    reason: Reason | None = None


class DisposalLeadUnknown(Refusal):
    """The lead that is named is not known here, or concerns somebody else."""

    zh = "本部门没有关于{organisation}的线索{lead}。"
    en = "No lead {lead} about {organisation} is known here."
    next_zh = "请核对线索编号和对象。"
    next_en = "Check the lead and the subject."
    source = "平台规则（R04）"
    field = "lead"


class MeasureDoesNotFit(Refusal):
    """A measure is for another kind of outlet."""

    zh = "措施“{measure}”不适用于所列账号平台（{kinds}）。"
    en = "The measure {measure} is not for the outlets named ({kinds})."
    next_zh = "账号可关停，应用可下架，网站可关闭；请改选措施或处置对象。"
    next_en = "Accounts are closed, apps removed, sites closed; choose another measure or outlet."
    source = "辽宁省人力资源市场管理通知（2024-11-11）三"
    field = "measures"


class OperatorIsLicensed(Refusal):
    """Who holds a licence in force is not unlicensed."""

    zh = "{organisation}持有有效的人力资源服务许可证，不能以{code}（未经许可）提请处置。"
    en = "{organisation} holds a licence in force and is not reported as {code}, unlicensed."
    next_zh = "请核对许可状态，或改为实际违法行为的代码。"
    next_en = "Check the licence, or name the violation that was found."
    source = "人力资源市场暂行条例第18条；辽宁省人力资源市场管理通知（2024-11-11）二"
    field = "codes"


class OutletOfAnotherOperator(Refusal):
    """An outlet's registered operator is somebody else."""

    zh = "账号平台{outlet}登记的经营者是{operator}，不是{organisation}。"
    en = "The registered operator of {outlet} is {operator}, not {organisation}."
    next_zh = "请对各经营者分别提请。"
    next_en = "Make a request for each operator."
    source = "平台规则（R04）"
    field = "outlets"


class DisposalAlreadyRequested(Refusal):
    """An open request asks for this outlet already."""

    zh = "账号平台{outlet}已于{requested_on}提请处置（{request}），尚未答复。"
    en = "The disposal of {outlet} was requested on {requested_on} ({request}) and is not answered."
    next_zh = "请等待网信部门答复；需要补充的，另行致函说明。"
    next_en = "Wait for the answer; send a letter about what is to be added."
    source = "平台规则（R04）"
    field = "outlets"


class DisposalRequestNotReceived(Refusal):
    """The request has not reached 网信 (yet)."""

    zh = "尚未收到处置提请{request}。"
    en = "The request {request} has not been received."
    next_zh = "提请送达后即可答复；请核对编号。"
    next_en = "It can be answered once it has arrived; check its number."
    source = "平台规则（R04）"
    field = "request"
    transient = True


class DisposalAlreadyAnswered(Refusal):
    """The request has its answer."""

    zh = "处置提请{request}已答复，结果为{answer}。"
    en = "The request {request} was answered: {answer}."
    next_zh = "措施需要解除的，答复“解除”；需要新的处置的，由人社部门另行提请。"
    next_en = "What was taken may be lifted; new measures take a new request."
    source = "平台规则（R04）"
    field = "request"


class NothingToLift(Refusal):
    """No measure of this request stands."""

    zh = "处置提请{request}没有可解除的措施。"
    en = "No measure of the request {request} stands to be lifted."
    next_zh = "只能解除已采取且尚未解除的措施。"
    next_en = "Only what was taken and not lifted can be lifted."
    source = "平台规则（R04）"
    field = "answer"


class DisposalNeedsMeasures(Refusal):
    """What was taken is said."""

    zh = "答复“已处置”须写明采取的措施。"
    en = "An answer that says taken names the measures."
    next_zh = "请选择措施；不予处置的，答复“不予处置”并说明理由。"
    next_en = "Name the measures, or decline with the reason."
    source = "辽宁省人力资源市场管理通知（2024-11-11）三"
    field = "measures"


class DisposalReasonMissing(Refusal):
    """Declining and lifting have their reasons."""

    zh = "不予处置或者解除措施，须说明理由。"
    en = "Declining and lifting state their reasons."
    next_zh = "请填写理由。"
    next_en = "Enter the reasons."
    source = "平台规则（R04）"
    field = "reason"


class MeasuresOnlyWhenTaken(Refusal):
    """Who declines takes no measures."""

    zh = "不予处置的答复不写措施。"
    en = "An answer that declines names no measures."
    next_zh = "请去掉措施，或改为“已处置”。"
    next_en = "Leave out the measures, or answer that they were taken."
    source = "平台规则（R04）"
    field = "measures"


class OutletNotRequested(Refusal):
    """The answer is about what was asked."""

    zh = "账号平台{outlet}不在处置提请{request}之中。"
    en = "The outlet {outlet} is not part of the request {request}."
    next_zh = "请只答复提请所列的对象；其他对象请告知人社部门另行提请。"
    next_en = "Answer about the outlets of the request; others take one of their own."
    source = "平台规则（R04）"
    field = "outlets"


class DisposalInFuture(DateInFuture):
    """The measure has not been taken yet."""

    field = "on"


class DisposalBeforeRequest(DateBeforeItsGround):
    """The measure is dated before the request."""

    field = "on"


def _disposals(subject: str) -> Received:
    """The read of every request about a subject and its answers."""
    return Received(subject=subject, types=(OnlineDisposalRequested.TYPE, OnlineDisposalTaken.TYPE))


def _must_not_be_open(asked: RequestOnlineDisposal, history: History) -> None:
    facts = history.received(_disposals(asked.organisation))
    answered = {one.fact.request_id for one in facts if isinstance(one.fact, OnlineDisposalTaken)}
    for one in facts:
        if not isinstance(one.fact, OnlineDisposalRequested) or one.fact.request_id in answered:
            continue
        for outlet in asked.outlets:
            if outlet in one.fact.outlets:
                raise DisposalAlreadyRequested(
                    outlet=outlet,
                    requested_on=one.occurred.date(),
                    request=one.fact.request_id,
                )


def _reads_to_request(asked: RequestOnlineDisposal) -> tuple[Read, ...]:
    lead: tuple[Read, ...] = ()
    if asked.lead is not None:
        lead = (*both(lead_of(asked.lead)), *both(lead_receipt_of(asked.lead)))
    return (
        *lead,
        _disposals(asked.organisation),
        *licences_of(asked.organisation),
        *(read for one in dict.fromkeys(asked.outlets) for read in both(outlet_of(one))),
    )


def _lead(asked: RequestOnlineDisposal, history: History) -> Recorded[Any] | None:
    """The lead that the request rests on, None where none is named."""
    if asked.lead is None:
        return None
    facts = (
        *known(history, lead_of(asked.lead)),
        *known(history, lead_receipt_of(asked.lead)),
    )
    if not facts or facts[0].fact.subject_id != asked.organisation:
        raise DisposalLeadUnknown(organisation=asked.organisation, lead=asked.lead)
    return facts[0]


@decides(RequestOnlineDisposal, reads=_reads_to_request)
def request(asked: RequestOnlineDisposal, history: History, context: Context) -> Iterator[Decided]:
    """Asks 网信 for measures that fit the outlets, with 人社's opinion."""
    for code in asked.codes:
        catalogue.known(code, context.today)
    lead = _lead(asked, history)
    outlets = [outlet_known(history, one) for one in dict.fromkeys(asked.outlets)]
    for outlet in outlets:
        if outlet.entry.operator not in (None, asked.organisation):
            raise OutletOfAnotherOperator(
                outlet=outlet.outlet_id,
                operator=outlet.entry.operator,
                organisation=asked.organisation,
            )
    _must_fit(asked.measures, tuple(one.entry.kind for one in outlets))
    if UNLICENSED in asked.codes and is_licensed(history, asked.organisation, context):
        raise OperatorIsLicensed(organisation=asked.organisation, code=UNLICENSED)
    _must_not_be_open(asked, history)
    name = context.mint("OD")
    yield Decided(
        stream=request_of(name),
        subject=asked.organisation,
        matter=(lead or outlets[0]).matter,
        region=lead.region if lead else None,
        fact=OnlineDisposalRequested(
            request_id=name,
            subject_id=asked.organisation,
            lead_id=asked.lead,
            outlets=tuple(one.outlet_id for one in outlets),
            codes=tuple(dict.fromkeys(asked.codes)),
            opinion=asked.opinion,
            measures=tuple(dict.fromkeys(asked.measures)),
            document=asked.document,
        ),
    )


def _must_fit(measures: tuple[OnlineMeasure, ...], kinds: tuple[OutletKind, ...]) -> None:
    for measure in measures:
        if kinds and not any(kind in FITS[measure] for kind in kinds):
            raise MeasureDoesNotFit(
                measure=measure.value, kinds="、".join(sorted({one.value for one in kinds}))
            )


def _reads_to_answer(asked: AnswerOnlineDisposal) -> tuple[Read, ...]:
    return (
        Received(stream=request_of(asked.request)),
        Own(stream=answer_of(asked.request)),
        *(read for one in dict.fromkeys(asked.outlets) for read in both(outlet_of(one))),
    )


def _must_be_open(asked: AnswerOnlineDisposal, answers: tuple[Recorded[Any], ...]) -> None:
    latest = answers[-1].fact.answer if answers else None
    if asked.answer is DisposalAnswer.LIFTED:
        if latest is not DisposalAnswer.TAKEN:
            raise NothingToLift(request=asked.request)
    elif latest is not None:
        raise DisposalAlreadyAnswered(request=asked.request, answer=latest.value)


@decides(AnswerOnlineDisposal, reads=_reads_to_answer)
def answer(asked: AnswerOnlineDisposal, history: History, context: Context) -> Iterator[Decided]:
    """Answers a request once; what was taken may be lifted later."""
    received = history.received(Received(stream=request_of(asked.request)))
    if not received:
        raise DisposalRequestNotReceived(request=asked.request)
    requested = received[0]
    answers = history.own(answer_of(asked.request))
    _must_be_open(asked, answers)
    if asked.answer is DisposalAnswer.TAKEN:
        if not asked.measures:
            raise DisposalNeedsMeasures()
    elif asked.reason is None:
        raise DisposalReasonMissing()
    if asked.answer is DisposalAnswer.DECLINED and asked.measures:
        raise MeasuresOnlyWhenTaken()
    for outlet in asked.outlets:
        if outlet not in requested.fact.outlets:
            raise OutletNotRequested(outlet=outlet, request=asked.request)
    _must_fit(
        asked.measures,
        tuple(outlet_known(history, one).entry.kind for one in asked.outlets),
    )
    on = asked.on or context.today
    must_have_come(on, context.today, DisposalInFuture)
    must_follow(on, requested.occurred.date(), DisposalBeforeRequest)
    lifted = answers[-1].fact.measures if asked.answer is DisposalAnswer.LIFTED else ()
    yield Decided(
        stream=answer_of(asked.request),
        subject=requested.subject,
        matter=requested.matter,
        region=requested.region,
        fact=OnlineDisposalTaken(
            request_id=asked.request,
            subject_id=requested.fact.subject_id,
            answer=asked.answer,
            outlets=asked.outlets or requested.fact.outlets,
            measures=tuple(dict.fromkeys(asked.measures)) or lifted,
            on=on,
            reason=asked.reason,
        ),
    )
