"""The decision: a penalty within its articles, after everything that must come before it.

1. The head of the organ decides, when the investigation is concluded (行政处罚法 57).
2. The party was told and heard; the term to ask for a hearing has passed, or the hearing was
   held. The decision is not heavier than the notice (44, 45, 62, 64).
3. Legal review and collective discussion agreed where they are required (57, 58).
4. No penalty takes the place of a referral: the question was answered, nothing is with the
   police, and after a criminal fine there is no administrative one (Decree 310 art. 11; 处罚法
   8, 27, 35).
5. A handling decision (pay wages, return documents) is no penalty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, command, decides
from domain.enforcement.case import Case
from domain.enforcement.conducting import must_be_party, must_run, on_case, own_case
from domain.enforcement.facts import (
    CaseId,
    HandlingDecided,
    InvestigationConcluded,
    Measure,
    MeasureKind,
    PenaltyDecided,
    PenaltyNoticeServed,
    PeriodGround,
    Procedure,
    ReviewOpinion,
)
from domain.enforcement.hearing import hearing_term
from domain.enforcement.measures import must_be_allowed, must_be_simple, party_of, total
from domain.enforcement.notice import (
    must_be_concluded,
    must_be_notified,
    must_be_undecided,
)
from domain.enforcement.referred import (
    codes_answered,
    must_be_answered,
    named_referrals,
    reads_questions,
    reads_referrals,
)
from domain.errors import Refusal
from domain.lead.halves import known
from domain.referral.facts import CriminalCaseOutcomeRecorded, outcome_of, questions_of
from domain.terms import DocumentNumber, Identifier, Reason, SubjectId, Term
from domain.violations.catalogue import violation
from domain.violations.words import Criminal

CONFISCATIONS = (MeasureKind.CONFISCATE_INCOME, MeasureKind.CONFISCATE_GOODS)


@command(
    zh="作出处罚决定",
    en="Decide a penalty",
    source="行政处罚法第57、59、60条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class DecidePenalty(Command):
    """Decides a penalty; `referrals` names those of the case, if it was referred."""

    case: CaseId
    decision_no: DocumentNumber
    measures: Annotated[tuple[Measure, ...], Term(zh="处罚", en="Measures", min_items=1)]
    decided_on: Annotated[date | None, Term(zh="决定日期", en="Decided on")] = None
    reason: Reason
    mitigation_reason: Annotated[
        str | None,
        Term(zh="从轻减轻理由", en="Reason to mitigate", min_length=2, max_length=2000, long=True),
    ] = None
    publish: Annotated[bool, Term(zh="应当公开", en="Must be public")] = True
    referrals: Annotated[tuple[Identifier, ...], Term(zh="移送编号", en="Referrals")] = ()


@command(
    zh="作出行政处理决定",
    en="Decide a handling",
    source="劳动保障监察条例第18条第（二）项",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class DecideHandling(Command):
    """Orders a party (the subject where none is named) to do within a term what it owes."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    decision_no: DocumentNumber
    orders: Annotated[tuple[Reason, ...], Term(zh="处理内容", en="Orders", min_items=1)]
    working_days: Annotated[
        int, Term(zh="期限（工作日）", en="Working days", minimum=1, maximum=250, example="15")
    ]


class PenaltyDateInFuture(DateInFuture):
    """The decision has not been made yet."""

    field = "decided_on"


class PenaltyBeforeItsGround(DateBeforeItsGround):
    """The decision is dated before the investigation, the notice or the hearing."""

    field = "decided_on"


class HeadMustDecidePenalty(Refusal):
    """Another post than the head decides."""

    zh = "处罚决定由机关负责人作出，岗位{post}不能决定。"
    en = "The head of the organ decides on penalties; {post} does not."
    next_zh = "请由负责人岗位决定。"
    next_en = "Let the head's post decide."
    source = "行政处罚法第57条"
    field = "case"


class HearingTermRunning(Refusal):
    """The party may still ask for a hearing."""

    zh = "告知书于{served_on}送达，当事人可在{until}（含当日）前要求听证，{decided_on}不能决定。"
    en = "Notice was served on {served_on}; a hearing may be asked for to {until}: none on {decided_on}."
    next_zh = "请在期限届满后再作决定。"
    next_en = "Decide when the term has passed."
    source = "行政处罚法第64条第（一）项、第85条"
    field = "decided_on"


class HearingNotHeld(Refusal):
    """The hearing that was asked for was not held."""

    zh = "案件{case}的当事人已要求听证，尚未举行。"
    en = "The hearing that was asked for in {case} was not held."
    next_zh = "请先通知并举行听证；当事人不到场的如实登记。"
    next_en = "Notify and hold it first; record it if the party stays away."
    source = "行政处罚法第63、64、65条"
    field = "case"


class LegalReviewMissing(Refusal):
    """Legal review has not agreed."""

    zh = "案件{case}经过听证、情节复杂或者严重，未经法制审核同意（{opinion}）。"
    en = "{case} was heard, is complex or grave; legal review has not agreed ({opinion})."
    next_zh = "请先送法制审核；要求修改的，修改后再送审。"
    next_en = "Send it to legal review first, changed where a change was asked for."
    source = "行政处罚法第58条"
    field = "case"


class DiscussionMissing(Refusal):
    """The heads have not agreed together."""

    zh = "案件{case}情节复杂或者违法行为重大，未经负责人集体讨论同意（{opinion}）。"
    en = "{case} is complex or grave; the heads have not agreed together ({opinion})."
    next_zh = "请先集体讨论。"
    next_en = "Discuss it first."
    source = "行政处罚法第57条第2款"
    field = "case"


class DecisionBeyondNotice(Refusal):
    """The decision is heavier than what the party was told."""

    zh = "“{kind}”（{amount_fen}分）超出事先告知的内容（{told_fen}分）。"
    en = "{kind} ({amount_fen} fen) goes beyond the notice ({told_fen} fen)."
    next_zh = "确需加重的，按新查明的事实重新告知。"
    next_en = "If new facts call for more, serve a new notice."
    source = "行政处罚法第44、45、62条"
    field = "measures"


class ReferralQuestionOpen(Refusal):
    """A code of the case may be a crime, and nobody answered whether it is referred."""

    zh = "案件{case}涉及{codes}，须先判断是否移送公安机关，尚无判断。"
    en = "{codes} in {case} may be a crime; whether it is referred was not answered."
    next_zh = "请先提出移送，或者记明不移送的理由。"
    next_en = "Propose a referral, or record why not."
    source = "行政处罚法第8、27条；平台规则（R07）"
    field = "case"


class CaseWithPolice(Refusal):
    """A referral of the case is with the police."""

    zh = "案件{case}的移送{referral}处于{stage}，不得以行政处罚代替移送。"
    en = "The referral {referral} of {case} stands at {stage}; no penalty takes its place."
    next_zh = "待公安机关不予立案或者退回后，恢复案件再决定。"
    next_en = "Wait until the police refuse or return it, resume the case, then decide."
    source = "行政执法机关移送涉嫌犯罪案件的规定第11条；行政处罚法第27、57条"
    field = "case"


class ReferralNotNamed(Refusal):
    """The case was referred, and the decision does not name the referral."""

    zh = "案件{case}曾移送公安机关，决定未列明移送{referrals}。"
    en = "{case} was referred to the police; the decision does not name {referrals}."
    next_zh = "请列明移送编号，以便核对刑事处理结果。"
    next_en = "Name the referral, so that what became of it is looked at."
    source = "行政处罚法第35条"
    field = "referrals"


class FineAfterCriminalFine(Refusal):
    """The court imposed a criminal fine."""

    zh = "人民法院已判处罚金{criminal_fine_fen}分，不得再处罚款。"
    en = "The court imposed a fine of {criminal_fine_fen} fen; no administrative one may follow."
    next_zh = "请去掉罚款。"
    next_en = "Leave the fine out."
    source = "行政处罚法第35条"
    field = "measures"


@decides(
    DecidePenalty,
    reads=lambda asked: (own_case(asked.case), *reads_referrals(asked.case, asked.referrals)),
    then=lambda asked, history: reads_questions(asked.case, history),
)
def decide(asked: DecidePenalty, history: History, context: Context) -> Iterator[Decided]:
    """Decides within the articles, when nothing that comes before is missing."""
    case = must_run(history, asked.case, context.post.organ, (PeriodGround.HEARING,))
    if context.post.role not in ("", "HEAD"):
        raise HeadMustDecidePenalty(post=context.post.id)
    party = party_of(asked.measures, case)
    must_be_undecided(case, party)
    concluded = must_be_concluded(case, party)
    decided_on = asked.decided_on or context.today
    must_have_come(decided_on, context.today, PenaltyDateInFuture)
    must_follow(decided_on, concluded.concluded_on, PenaltyBeforeItsGround)
    _must_not_replace_referral(asked, case, history, decided_on)
    if case.procedure is Procedure.SIMPLE:
        must_be_simple(asked.measures, party)
    else:
        _must_be_heard(asked, case, must_be_notified(case, party), decided_on)
        _must_be_agreed(case, concluded)
    law_of = must_be_allowed(case, concluded, asked.measures, decided_on, asked.mitigation_reason)
    yield on_case(
        case,
        PenaltyDecided(
            decision_id=f"{case.case_id}.{context.mint('PD')}",
            case_id=case.case_id,
            subject_id=party,
            decision_no=asked.decision_no,
            measures=asked.measures,
            fine_fen=total(asked.measures, MeasureKind.FINE),
            confiscated_fen=total(asked.measures, *CONFISCATIONS),
            codes=tuple(dict.fromkeys(one.code for one in asked.measures)),
            decided_on=decided_on,
            law_of=law_of,
            reason=asked.reason,
            publish=asked.publish,
        ),
        party=party,
        effective=decided_on,
        decided=context.moment,
    )


def _must_be_heard(
    asked: DecidePenalty, case: Case, notice: PenaltyNoticeServed, decided_on: date
) -> None:
    """The party was told, the hearing is held or given up, and nothing became heavier."""
    must_follow(decided_on, notice.served_on, PenaltyBeforeItsGround)
    proceeding = case.proceeding(notice.subject_id)
    if proceeding.hearing_requested_on is not None:
        if proceeding.hearing is None:
            raise HearingNotHeld(case=case.case_id)
        must_follow(decided_on, proceeding.hearing.held_on, PenaltyBeforeItsGround)
    elif notice.hearing_right:
        until = hearing_term(notice)
        if decided_on <= until:
            raise HearingTermRunning(served_on=notice.served_on, until=until, decided_on=decided_on)
    for one in asked.measures:
        told = _like(one, notice.proposed)
        told_fen, amount_fen = (
            total(those, one.kind) for those in (told, _like(one, asked.measures))
        )
        if not told or amount_fen > told_fen:
            raise DecisionBeyondNotice(
                kind=one.kind.value, amount_fen=amount_fen, told_fen=told_fen
            )


def _like(measure: Measure, measures: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """The measures of the same kind that fall on the same unit or head."""
    return tuple(one for one in measures if (one.kind, one.head) == (measure.kind, measure.head))


def _must_be_agreed(case: Case, concluded: InvestigationConcluded) -> None:
    """Legal review and collective discussion agreed where the law asks for them."""
    grave = concluded.serious or concluded.complex
    heard = case.proceeding(concluded.subject_id).hearing is not None
    if (grave or heard) and case.reviewed is not ReviewOpinion.AGREED:
        raise LegalReviewMissing(
            case=case.case_id, opinion="—" if case.reviewed is None else case.reviewed.value
        )
    if grave and case.discussed is not ReviewOpinion.AGREED:
        raise DiscussionMissing(
            case=case.case_id, opinion="—" if case.discussed is None else case.discussed.value
        )


def _must_not_replace_referral(
    asked: DecidePenalty, case: Case, history: History, on: date
) -> None:
    """Nothing of the case is with the police, and what came of it allows these measures."""
    found = named_referrals(case, asked.referrals, history)
    for referral in found:
        if referral.with_police:
            raise CaseWithPolice(
                case=case.case_id, referral=referral.referral_id, stage=referral.stage.value
            )
    sent = {*case.referrals, *(one.referral_id for one in found if one.transferred is not None)}
    unnamed = sorted(sent - set(asked.referrals))
    if unnamed:
        raise ReferralNotNamed(case=case.case_id, referrals="、".join(unnamed))
    for name in asked.referrals:
        for recorded in known(history, outcome_of(name)):
            fact = recorded.fact
            fined = isinstance(fact, CriminalCaseOutcomeRecorded) and fact.criminal_fine_fen
            if fined and total(asked.measures, MeasureKind.FINE):
                raise FineAfterCriminalFine(criminal_fine_fen=fined)
    if not known(history, questions_of(case.case_id)) and not found:
        answered = codes_answered(case, history)
        codes = [one for one in case.codes if one not in answered and _may_be_crime(one, on)]
        if codes:
            raise ReferralQuestionOpen(case=case.case_id, codes="、".join(codes))
    must_be_answered(case, history)


def _may_be_crime(code: str, on: date) -> bool:
    try:
        return violation(code, on).criminal is Criminal.YES
    except KeyError:
        return False


@decides(DecideHandling, reads=lambda asked: (own_case(asked.case),))
def handle(asked: DecideHandling, history: History, context: Context) -> Iterator[Decided]:
    """Orders what is owed; several such decisions may stand beside a penalty."""
    case = must_run(history, asked.case, context.post.organ)
    party = must_be_party(case, asked.party)
    must_be_concluded(case, party)
    yield on_case(
        case,
        HandlingDecided(
            decision_id=f"{case.case_id}.{context.mint('HD')}",
            case_id=case.case_id,
            subject_id=party,
            decision_no=asked.decision_no,
            orders=asked.orders,
            decided_on=context.today,
            due=due(context.today, Period(asked.working_days, Unit.WD)).day,
        ),
        party=party,
        decided=context.moment,
    )
