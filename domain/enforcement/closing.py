"""A case is closed with an outcome that its history bears, and reopened when its decision falls.

1. Penalised when a decision stands and was performed (or the court was asked); educated when
   the act was minor and promptly corrected (行政处罚法 33); handled when a handling decision
   stands; unfounded or withdrawn when the investigation says so; transferred when it is
   another's (57; 监察条例 18).
2. Evidence that was kept first is settled before, and findings that may be crimes are answered.
3. A decision that was annulled or is void lets the case be dealt with again (reference 12.4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Received, command, decides
from domain.enforcement.case import Case
from domain.enforcement.conducting import (
    CaseOfAnotherOrgan,
    CaseSuspended,
    must_know,
    must_not_be_closed,
    on_case,
    own_case,
)
from domain.enforcement.execution import CaseDecisionUnknown
from domain.enforcement.facts import CaseClosed, CaseId, CaseOutcome, CaseReopened
from domain.enforcement.notice import must_be_concluded
from domain.enforcement.payments import paid_case, reads_paid
from domain.enforcement.referred import must_be_answered, reads_questions
from domain.errors import Refusal
from domain.review.facts import DecisionOverturned
from domain.review.overturning import UNDOES
from domain.terms import Identifier, Reason, Term


@command(zh="结案", en="Close a case", source="行政处罚法第57条", irreversible=True)
@dataclass(frozen=True, kw_only=True)
class CloseCase(Command):
    """Closes a case; the senders of its leads are told."""

    case: CaseId
    outcome: Annotated[CaseOutcome, Term(zh="结案结果", en="Outcome")]
    closed_on: Annotated[date | None, Term(zh="结案日期", en="Closed on")] = None
    reason: Reason


@command(zh="重新办理案件", en="Reopen a case", source="行政复议法第64条；平台规则（R14）")
@dataclass(frozen=True, kw_only=True)
class ReopenCase(Command):
    """Deals again with a case whose decision fell; `overturned` is the event that says so."""

    case: CaseId
    overturned: Identifier
    reason: Reason


class ClosingInFuture(DateInFuture):
    """The case has not ended yet."""

    field = "closed_on"


class ClosedBeforeItsSteps(DateBeforeItsGround):
    """The case ends before it was filed, resumed or decided."""

    field = "closed_on"


class OutcomeNeedsPenalty(Refusal):
    """No penalty was decided."""

    zh = "案件{case}没有有效的处罚决定，不能以“{outcome}”结案。"
    en = "No penalty stands in {case}; it does not end as {outcome}."
    next_zh = "请选择其他结案结果，或先作出决定。"
    next_en = "Choose another outcome, or decide first."
    source = "行政处罚法第57条"
    field = "outcome"


class CaseHasPenalty(Refusal):
    """A penalty stands."""

    zh = "案件{case}的处罚决定{decision_no}有效，不能以“{outcome}”结案。"
    en = "The penalty {decision_no} stands in {case}; it does not end as {outcome}."
    next_zh = "请以处罚结案。"
    next_en = "Close it as penalised."
    source = "行政处罚法第57条"
    field = "outcome"


class PenaltyNotPerformed(Refusal):
    """The penalty was neither performed nor is the court asked."""

    zh = "处罚决定{decision_no}尚欠{owed_fen}分或者未送达，不能结案。"
    en = "{decision_no} is not served, or {owed_fen} fen are owed; the case stays open."
    next_zh = "请登记送达和履行，或申请强制执行。"
    next_en = "Record service and payment, or apply for enforcement."
    source = "行政处罚法第66、72条"
    field = "outcome"


class OutcomeNeedsHandling(Refusal):
    """No handling decision was made."""

    zh = "案件{case}没有行政处理决定，不能以“已作处理”结案。"
    en = "No handling decision was made in {case}."
    next_zh = "请先作出行政处理决定，或选择其他结果。"
    next_en = "Make it first, or choose another outcome."
    source = "劳动保障监察条例第18条第（二）项"
    field = "outcome"


class NotPromptlyCorrected(Refusal):
    """The act was not corrected promptly, or did harm."""

    zh = "案件{case}查明的事实不是及时改正且没有危害后果，不能以“不予处罚”结案。"
    en = "What {case} established is no prompt correction without harm."
    next_zh = "请依法作出处罚决定，或选择其他结果。"
    next_en = "Decide the penalty, or choose another outcome."
    source = "行政处罚法第33条"
    field = "outcome"


class EvidenceNotSettled(Refusal):
    """Evidence that was kept first waits for a decision."""

    zh = "案件{case}先行登记保存的证据{preservations}尚未处理。"
    en = "The preserved evidence {preservations} of {case} is not settled."
    next_zh = "请先处理证据。"
    next_en = "Settle it first."
    source = "行政处罚法第56条"
    field = "case"


class OverturningNotReceived(Refusal):
    """This department knows of no such result of a review."""

    zh = "本部门尚未收到编号为{overturned}的复议、诉讼或者自行纠正结果。"
    en = "This department has received no result of a review {overturned}."
    next_zh = "请核对编号；结果送达后再办理。"
    next_en = "Check the id; try again when the result has arrived."
    source = "行政复议法第64条；平台规则（R14）"
    field = "overturned"
    transient = True


class DecisionStands(Refusal):
    """The decision was not annulled."""

    zh = "案件{case}的处罚决定{decision_no}未被撤销或者确认无效（{result}），不能重新办理。"
    en = "The decision {decision_no} in {case} was not annulled or found void ({result})."
    next_zh = "收到撤销决定后再办理。"
    next_en = "Wait for what annuls it."
    source = "行政复议法第64、67条；平台规则（R14）"
    field = "overturned"


class CaseAlreadyReopened(Refusal):
    """The case was reopened on this ground."""

    zh = "案件{case}已就决定{decision_no}重新办理。"
    en = "{case} was reopened for {decision_no} already."
    next_zh = "请继续办理该案。"
    next_en = "Go on with the case."
    source = "平台规则（R14）"
    field = "overturned"


@decides(
    CloseCase,
    reads=lambda asked: reads_paid(asked.case),
    then=lambda asked, history: reads_questions(asked.case, history),
)
def close(asked: CloseCase, history: History, context: Context) -> Iterator[Decided]:
    """Closes a case with an outcome that its history bears."""
    case = must_not_be_closed(paid_case(history, asked.case))
    if case.organ != context.post.organ:
        raise CaseOfAnotherOrgan(case=asked.case, owner=case.organ, organ=context.post.organ)
    if case.suspended is not None and asked.outcome is not CaseOutcome.TRANSFERRED:
        raise CaseSuspended(case=asked.case, on=case.changed_on, ground=case.suspended.value)
    closed_on = asked.closed_on or context.today
    must_have_come(closed_on, context.today, ClosingInFuture)
    last = max([case.changed_on, *(one.decided_on for one in case.standing)])
    must_follow(closed_on, last, ClosedBeforeItsSteps)
    if case.unsettled:
        raise EvidenceNotSettled(case=asked.case, preservations="、".join(case.unsettled))
    _must_bear(case, asked.outcome)
    must_be_answered(case, history)
    yield on_case(
        case,
        CaseClosed(
            case_id=case.case_id,
            subject_id=case.subject,
            outcome=asked.outcome,
            closed_on=closed_on,
            leads=case.leads,
            reason=asked.reason,
        ),
        effective=closed_on,
        decided=context.moment,
    )


def _must_bear(case: Case, outcome: CaseOutcome) -> None:
    """Refuses an outcome that the case's history contradicts."""
    if outcome is CaseOutcome.PENALISED:
        if not case.standing:
            raise OutcomeNeedsPenalty(case=case.case_id, outcome=outcome.value)
        for one in case.standing:
            if one.counts_from is None or (one.owed_fen > 0 and one.applied_on is None):
                raise PenaltyNotPerformed(decision_no=one.decision_no, owed_fen=one.owed_fen)
        return
    if case.standing:
        raise CaseHasPenalty(
            case=case.case_id, decision_no=case.standing[-1].decision_no, outcome=outcome.value
        )
    if outcome is CaseOutcome.TRANSFERRED:
        return
    concluded = must_be_concluded(case, case.subject)
    if outcome is CaseOutcome.HANDLED and case.handled_on is None:
        raise OutcomeNeedsHandling(case=case.case_id)
    educated = concluded.corrected_promptly and not (concluded.harm or concluded.serious)
    if outcome is CaseOutcome.NO_PENALTY_EDUCATED and not educated:
        raise NotPromptlyCorrected(case=case.case_id)


@decides(
    ReopenCase,
    reads=lambda asked: (own_case(asked.case), Received(event=asked.overturned)),
)
def reopen(asked: ReopenCase, history: History, context: Context) -> Iterator[Decided]:
    """Begins again where a decision of the case was annulled or is void."""
    case = must_know(history, asked.case)
    if case.organ != context.post.organ:
        raise CaseOfAnotherOrgan(case=asked.case, owner=case.organ, organ=context.post.organ)
    results = [
        one.fact
        for one in history.received(Received(event=asked.overturned))
        if isinstance(one.fact, DecisionOverturned)
    ]
    if not results:
        raise OverturningNotReceived(overturned=asked.overturned)
    result = results[0]
    meant = [one for one in case.decisions if one.event == result.target]
    if not meant:
        raise CaseDecisionUnknown(case=asked.case, decision=result.decision_id)
    if meant[0].overturned:
        raise CaseAlreadyReopened(case=asked.case, decision_no=meant[0].decision_no)
    if result.result not in UNDOES:
        raise DecisionStands(
            case=asked.case, decision_no=meant[0].decision_no, result=result.result.value
        )
    yield on_case(
        case,
        CaseReopened(
            case_id=case.case_id,
            subject_id=case.subject,
            decision_id=meant[0].decision_id,
            overturned=asked.overturned,
            reason=asked.reason,
        ),
    )
