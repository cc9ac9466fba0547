"""A decision is served, paid, urged and enforced.

1. It is served on the spot or within 7 working days; electronically only with the party's
   consent; by public notice it counts as served 30 days after (行政处罚法 61; 民事诉讼法 95).
2. A fine is paid within 15 days of receipt (67). Late payment costs 3 % of it a day, together
   not more than the fine (72).
3. 财政 records what came in as the organ does; the case counts both, and one payment once.
4. Whoever neither pays nor attacks the decision is urged; ten working days later the court may
   be asked, within three months after the time for remedies (行政强制法 53, 54).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.case import Case, Decision
from domain.enforcement.conducting import CaseOfAnotherOrgan, on_case
from domain.enforcement.facts import (
    CaseId,
    DecisionId,
    EnforcementApplied,
    Payment,
    PenaltyPerformed,
    PenaltyServed,
    PerformanceDemanded,
    ServiceMethod,
    stream_of,
)
from domain.enforcement.payments import (
    must_be_new,
    must_be_own_or_treasury,
    paid_case,
    reads_paid,
)
from domain.enforcement.state import fold
from domain.errors import Refusal
from domain.facts import CHINA
from domain.lead.halves import known
from domain.review.pending import Remedy, remedies_of, reviews_about
from domain.terms import SignedFen, Term

TERM_TO_PAY = Period(15, Unit.CD)
TERM_TO_WAIT = Period(10, Unit.WD)
TERM_OF_REMEDIES = Period(6, Unit.MO)
TERM_TO_APPLY = Period(3, Unit.MO)
TERM_TO_SUE = Period(15, Unit.CD)
"""行政处罚法 67; 行政强制法 54, 69; 行政诉讼法 46; 行政强制法 53;
行政诉讼法 45, 85: to sue after reconsideration, or to appeal."""

SURCHARGE_PERCENT_A_DAY = 3
NOTICE_DAYS = 30
NOTICE_DAYS_BEFORE_2022 = 60
SINCE_30_DAYS = date(2022, 1, 1)
"""民事诉讼法 95 since its amendment of 2021; sixty days before."""


@command(
    zh="送达处罚决定书",
    en="Serve the penalty decision",
    source="行政处罚法第61条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class ServePenalty(Command):
    """Serves a decision; for a public notice `served_on` is the day of its publication."""

    case: CaseId
    decision: DecisionId | None = None
    served_on: Annotated[date | None, Term(zh="送达（公告）日期", en="Served on")] = None
    method: Annotated[ServiceMethod, Term(zh="送达方式", en="Method")]
    consent: Annotated[bool, Term(zh="当事人同意电子送达", en="Consent")] = False
    repair_notice: Annotated[bool, Term(zh="两书同达", en="Repair notice served")] = True


@command(zh="登记处罚履行", en="Record performance", source="行政处罚法第66、67、72条")
@dataclass(frozen=True, kw_only=True)
class RecordPerformance(Command):
    """Records money paid, enforced, or refunded (a negative amount), in fen."""

    case: CaseId
    decision: DecisionId | None = None
    kind: Annotated[Payment, Term(zh="履行种类", en="Kind")]
    amount_fen: SignedFen
    on: Annotated[date | None, Term(zh="日期", en="On")] = None


@command(zh="催告履行", en="Demand performance", source="行政强制法第54条")
@dataclass(frozen=True, kw_only=True)
class DemandPerformance(Command):
    """Urges the party to perform before the court is asked."""

    case: CaseId
    decision: DecisionId | None = None
    on: Annotated[date | None, Term(zh="催告日期", en="On")] = None


@command(zh="申请强制执行", en="Apply for enforcement", source="行政强制法第53、54条")
@dataclass(frozen=True, kw_only=True)
class ApplyForEnforcement(Command):
    """Asks the court to enforce what was neither performed nor attacked."""

    case: CaseId
    decision: DecisionId | None = None
    on: Annotated[date | None, Term(zh="申请日期", en="On")] = None


class CaseDecisionUnknown(Refusal):
    """The case has no such decision that stands."""

    zh = "案件{case}没有有效的处罚决定{decision}。"
    en = "No decision {decision} stands in {case}."
    next_zh = "请核对决定编号。"
    next_en = "Check the decision."
    source = "行政处罚法第57条"
    field = "decision"


class PenaltyAlreadyServed(Refusal):
    """The decision was served."""

    zh = "处罚决定{decision_no}已送达（{counts_from}起算）。"
    en = "The decision {decision_no} was served and counts from {counts_from}."
    next_zh = "无需再次登记。"
    next_en = "Nothing to record."
    source = "行政处罚法第61条"
    field = "decision"


class PenaltyNotServed(Refusal):
    """The decision was not served, or does not count as served yet."""

    zh = "处罚决定{decision_no}至{on}尚未送达。"
    en = "On {on} the decision {decision_no} was not served."
    next_zh = "请先送达；公告送达的，期满后视为送达。"
    next_en = "Serve it first; a public notice counts when its days have passed."
    source = "行政处罚法第61、67条；民事诉讼法第95条"
    field = "decision"


class ElectronicServiceNeedsConsent(Refusal):
    """The party did not agree to be served electronically."""

    zh = "处罚决定{decision_no}未经当事人签订确认书同意，不能电子送达。"
    en = "The party did not agree to be served {decision_no} electronically."
    next_zh = "请取得确认书，或者采用其他方式送达。"
    next_en = "Get its signed consent, or serve it another way."
    source = "行政处罚法第61条第2款"
    field = "consent"


class PenaltyServiceInFuture(DateInFuture):
    """The decision has not been served yet."""

    field = "served_on"


class ServedBeforePenalty(DateBeforeItsGround):
    """The service is dated before the decision."""

    field = "served_on"


class PerformanceInFuture(DateInFuture):
    """The day has not come."""

    field = "on"


class PerformedBeforeDecision(DateBeforeItsGround):
    """The money moved before the decision."""

    field = "on"


class AmountHasWrongSign(Refusal):
    """A refund is negative, everything else positive; nothing is zero."""

    zh = "“{kind}”的金额{amount_fen}分不正确（退还为负，其余为正，单位为分）。"
    en = "{amount_fen} fen is no amount of {kind}: refunds are negative, all else positive, in fen."
    next_zh = "请核对金额和单位。"
    next_en = "Check the amount and its unit."
    source = "行政处罚法第67、72条；平台规则（金额单位为分）"
    field = "amount_fen"


class PaidMoreThanOwed(Refusal):
    """More is paid than is owed."""

    zh = "处罚决定{decision_no}尚欠{owed_fen}分，不能登记{amount_fen}分。"
    en = "{owed_fen} fen are owed on {decision_no}; {amount_fen} fen are too much."
    next_zh = "请核对金额；加处罚款另行登记。"
    next_en = "Check the amount; a surcharge is recorded by itself."
    source = "行政处罚法第67条"
    field = "amount_fen"


class RefundAbovePaid(Refusal):
    """More is refunded than was paid."""

    zh = "处罚决定{decision_no}已缴{paid_fen}分，不能退还{amount_fen}分。"
    en = "{paid_fen} fen were paid on {decision_no}; {amount_fen} fen cannot be refunded."
    next_zh = "请核对退还金额。"
    next_en = "Check the refund."
    source = "行政处罚法第67条；平台规则（R14）"
    field = "amount_fen"


class SurchargeTooHigh(Refusal):
    """The surcharge exceeds three percent a day, or the fine."""

    zh = "处罚决定{decision_no}逾期{days}日，加处罚款累计{sum_fen}分，超过上限{most_fen}分。"
    en = "{days} days late, the surcharge on {decision_no} may reach {most_fen} fen, not {sum_fen}."
    next_zh = "加处罚款每日为罚款数额的百分之三，总额不超过罚款数额。"
    next_en = "It is three percent of the fine a day, and never more than the fine."
    source = "行政处罚法第72条；行政强制法第45条"
    field = "amount_fen"


class PenaltyAlreadyPerformed(Refusal):
    """Nothing is owed any more."""

    zh = "处罚决定{decision_no}已履行完毕。"
    en = "The decision {decision_no} is performed."
    next_zh = "无需催告或者申请执行。"
    next_en = "There is nothing to urge or enforce."
    source = "行政强制法第53条"
    field = "decision"


class PaymentTermRunning(Refusal):
    """The party still has time to pay."""

    zh = "处罚决定{decision_no}的缴款期限至{until}（含当日），{on}不能催告。"
    en = "{decision_no} may be paid until {until} inclusive; on {on} nobody is urged."
    next_zh = "请在期限届满后催告。"
    next_en = "Urge the party when the term has passed."
    source = "行政处罚法第67条；行政强制法第54条"
    field = "on"


class DemandMissing(Refusal):
    """The party was not urged."""

    zh = "处罚决定{decision_no}尚未催告。"
    en = "The party was not urged to perform {decision_no}."
    next_zh = "请先催告，满十个工作日再申请。"
    next_en = "Urge it first, and wait ten working days."
    source = "行政强制法第54条"
    field = "decision"


class DemandTermRunning(Refusal):
    """Less than ten working days have passed since the party was urged."""

    zh = "{demanded_on}催告，至{until}（含当日）满十个工作日，{on}不能申请执行。"
    en = "The party was urged on {demanded_on}; until {until} inclusive nothing is applied for ({on})."
    next_zh = "请在期满后申请。"
    next_en = "Apply afterwards."
    source = "行政强制法第54、69条"
    field = "on"


class RemedyTermRunning(Refusal):
    """The party may still attack the decision."""

    zh = "当事人可在{until}（含当日）前提起行政诉讼，{on}不能申请执行。"
    en = "The party may sue until {until} inclusive; on {on} the court is not asked."
    next_zh = "请在救济期限届满后三个月内申请。"
    next_en = "Apply within three months after that."
    source = "行政强制法第53条；行政诉讼法第46条"
    field = "on"


class RemedyPending(Refusal):
    """A remedy against the decision is pending."""

    zh = "对处罚决定{decision_no}的复议或者诉讼（{remedy}）正在办理，不能申请执行。"
    en = "A remedy ({remedy}) against {decision_no} is pending; the court is not asked yet."
    next_zh = "请待复议或者诉讼结束后再申请。"
    next_en = "Wait until it has ended."
    source = "行政强制法第53条"
    field = "decision"


class EnforcementTermPassed(Refusal):
    """The three months to ask the court have passed."""

    zh = "申请强制执行的期限已于{until}届满，{on}不能申请。"
    en = "The term to ask the court ended on {until}, before {on}."
    next_zh = "请向负责人报告逾期未申请的情况。"
    next_en = "Report to the head that the term was missed."
    source = "行政强制法第53条"
    field = "on"


_Asked = ServePenalty | RecordPerformance | DemandPerformance | ApplyForEnforcement


def _about_party(asked: _Asked, history: History) -> tuple[Read, ...]:
    """The remedies of every party of the case, once it is known."""
    case = fold(known(history, stream_of(asked.case)))
    return () if case is None else tuple(reviews_about(one) for one in case.parties)


def _remedies(decision: Decision, history: History) -> tuple[Remedy, ...]:
    return remedies_of(history.received(reviews_about(decision.party)), decision.event)


def _paid(asked: _Asked) -> tuple[Read, ...]:
    return reads_paid(asked.case)


def _decided(asked: _Asked, history: History, context: Context) -> tuple[Case, Decision]:
    """The case, closed or not, and the decision that is meant: the last where none is named."""
    case = paid_case(history, asked.case)
    if isinstance(asked, RecordPerformance):
        must_be_own_or_treasury(case, context.post.organ)
    elif case.organ != context.post.organ:
        raise CaseOfAnotherOrgan(case=asked.case, owner=case.organ, organ=context.post.organ)
    refund = isinstance(asked, RecordPerformance) and asked.kind is Payment.REFUND
    meant = [
        one
        for one in (case.decisions if refund else case.standing)
        if asked.decision in (None, one.decision_id)
    ]
    if not meant:
        raise CaseDecisionUnknown(case=asked.case, decision=asked.decision or "")
    return case, meant[-1]


def _served(decision: Decision, on: date) -> date:
    """The day the decision counts from, which has come."""
    if decision.counts_from is None or decision.counts_from > on:
        raise PenaltyNotServed(decision_no=decision.decision_no, on=on)
    return decision.counts_from


@decides(ServePenalty, reads=_paid)
def serve(asked: ServePenalty, history: History, context: Context) -> Iterator[Decided]:
    """Records the service and the day on which the decision counts as served."""
    case, decision = _decided(asked, history, context)
    if decision.counts_from is not None:
        raise PenaltyAlreadyServed(
            decision_no=decision.decision_no, counts_from=decision.counts_from
        )
    served_on = asked.served_on or context.today
    must_have_come(served_on, context.today, PenaltyServiceInFuture)
    must_follow(served_on, decision.decided_on, ServedBeforePenalty)
    if asked.method is ServiceMethod.ELECTRONIC and not asked.consent:
        raise ElectronicServiceNeedsConsent(decision_no=decision.decision_no)
    if asked.method is ServiceMethod.PUBLIC_NOTICE:
        days = NOTICE_DAYS if served_on >= SINCE_30_DAYS else NOTICE_DAYS_BEFORE_2022
        served_on += timedelta(days=days)
    yield on_case(
        case,
        PenaltyServed(
            case_id=case.case_id,
            decision_id=decision.decision_id,
            subject_id=decision.party,
            served_on=served_on,
            method=asked.method,
            repair_notice=asked.repair_notice,
            has_fine=decision.fine_fen > 0,
        ),
        party=decision.party,
        effective=served_on,
        served=datetime.combine(served_on, time(), CHINA),
    )


def surcharge_cap(
    decision: Decision, on: date, remedies: tuple[Remedy, ...] = ()
) -> tuple[int, int]:
    """How many days a payment is late, and the most that the surcharge may reach, in fen.

    Days of reconsideration or litigation that are known here do not count (行政处罚法 73).
    """
    if decision.counts_from is None:
        return 0, 0
    last = due(decision.counts_from, TERM_TO_PAY).day
    late = (on - last).days - sum(one.days(last, on) for one in remedies if one.accepted)
    days = max(0, late)
    most = decision.fine_fen * SURCHARGE_PERCENT_A_DAY * days // 100
    return days, min(most, decision.fine_fen)


@decides(RecordPerformance, reads=_paid, then=_about_party)
def perform(asked: RecordPerformance, history: History, context: Context) -> Iterator[Decided]:
    """Records money within what is owed, was paid, or may be charged for being late."""
    case, decision = _decided(asked, history, context)
    on = asked.on or context.today
    must_have_come(on, context.today, PerformanceInFuture)
    must_follow(on, decision.decided_on, PerformedBeforeDecision)
    if decision.counts_from is None:
        raise PenaltyNotServed(decision_no=decision.decision_no, on=on)
    refund = asked.kind is Payment.REFUND
    if asked.amount_fen == 0 or (asked.amount_fen < 0) is not refund:
        raise AmountHasWrongSign(kind=asked.kind.value, amount_fen=asked.amount_fen)
    must_be_new(decision, asked.kind, asked.amount_fen, on, context.department)
    settled = decision.settled
    if refund:
        if -asked.amount_fen > decision.paid_fen + decision.surcharge_fen:
            raise RefundAbovePaid(
                decision_no=decision.decision_no,
                paid_fen=decision.paid_fen + decision.surcharge_fen,
                amount_fen=-asked.amount_fen,
            )
    elif asked.kind is Payment.SURCHARGE:
        days, most = surcharge_cap(decision, on, _remedies(decision, history))
        if decision.surcharge_fen + asked.amount_fen > most:
            raise SurchargeTooHigh(
                decision_no=decision.decision_no,
                days=days,
                sum_fen=decision.surcharge_fen + asked.amount_fen,
                most_fen=most,
            )
    else:
        if asked.amount_fen > decision.owed_fen:
            raise PaidMoreThanOwed(
                decision_no=decision.decision_no,
                owed_fen=decision.owed_fen,
                amount_fen=asked.amount_fen,
            )
        settled = asked.amount_fen == decision.owed_fen
    yield on_case(
        case,
        PenaltyPerformed(
            case_id=case.case_id,
            decision_id=decision.decision_id,
            subject_id=decision.party,
            kind=asked.kind,
            amount_fen=asked.amount_fen,
            on=on,
            settled=settled,
        ),
        party=decision.party,
        effective=on,
    )


def _unpaid(decision: Decision) -> None:
    if decision.owed_fen <= 0:
        raise PenaltyAlreadyPerformed(decision_no=decision.decision_no)


@decides(DemandPerformance, reads=_paid)
def demand(asked: DemandPerformance, history: History, context: Context) -> Iterator[Decided]:
    """Urges a party that let the term to pay pass."""
    case, decision = _decided(asked, history, context)
    _unpaid(decision)
    on = asked.on or context.today
    must_have_come(on, context.today, PerformanceInFuture)
    until = due(_served(decision, on), TERM_TO_PAY).day
    if on <= until:
        raise PaymentTermRunning(decision_no=decision.decision_no, until=until, on=on)
    yield on_case(
        case,
        PerformanceDemanded(
            case_id=case.case_id,
            decision_id=decision.decision_id,
            subject_id=decision.party,
            on=on,
        ),
        party=decision.party,
        effective=on,
    )


@decides(ApplyForEnforcement, reads=_paid, then=_about_party)
def apply(asked: ApplyForEnforcement, history: History, context: Context) -> Iterator[Decided]:
    """Asks the court, between the end of the remedies and three months later."""
    case, decision = _decided(asked, history, context)
    _unpaid(decision)
    on = asked.on or context.today
    must_have_come(on, context.today, PerformanceInFuture)
    counts_from = _served(decision, on)
    if decision.demanded_on is None:
        raise DemandMissing(decision_no=decision.decision_no)
    waited = due(decision.demanded_on, TERM_TO_WAIT).day
    if on <= waited:
        raise DemandTermRunning(demanded_on=decision.demanded_on, until=waited, on=on)
    known = _remedies(decision, history)
    for one in known:
        if one.until is None:
            raise RemedyPending(decision_no=decision.decision_no, remedy=one.remedy_id)
    remedies = max(
        due(counts_from, TERM_OF_REMEDIES).day,
        *(due(one.until, TERM_TO_SUE).day for one in known if one.until is not None),
        counts_from,
    )
    if on <= remedies:
        raise RemedyTermRunning(until=remedies, on=on)
    until = due(remedies, TERM_TO_APPLY).day
    if on > until:
        raise EnforcementTermPassed(until=until, on=on)
    yield on_case(
        case,
        EnforcementApplied(
            case_id=case.case_id,
            decision_id=decision.decision_id,
            subject_id=decision.party,
            on=on,
        ),
        party=decision.party,
        effective=on,
    )
