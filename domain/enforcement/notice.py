"""Investigation concluded, the party told what is intended, and its defence heard.

1. The investigation ends with what it established and proposes (行政处罚法 57; 监察条例 17).
2. Before any decision the party is told its content, facts, reasons and basis, and that it may
   state, defend and, where the law says so, ask for a hearing; without that there is no
   decision (44, 62).
3. What the party states is considered; it makes nothing worse (45).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.case import Case
from domain.enforcement.conducting import must_be_party, must_run, on_case, own_case
from domain.enforcement.facts import (
    CaseId,
    DefenceHeard,
    InvestigationConcluded,
    Measure,
    PenaltyNoticeServed,
    PeriodGround,
)
from domain.enforcement.measures import gives_hearing, must_be_allowed, party_of
from domain.errors import Refusal
from domain.facts import CHINA
from domain.terms import DocumentNumber, MoneyFen, Persons, Reason, SubjectId, Term

WHILE_HEARD = (PeriodGround.HEARING, PeriodGround.NOTICE)
"""Suspensions in which notice and hearing go on: their time is not counted."""


@command(
    zh="调查终结",
    en="Conclude the investigation",
    source="行政处罚法第57条；劳动保障监察条例第17条",
)
@dataclass(frozen=True, kw_only=True)
class ConcludeInvestigation(Command):
    """Ends the investigation of one party with what it established; amounts are fen."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    concluded_on: Annotated[date | None, Term(zh="终结日期", en="Concluded on")] = None
    illegal_income_fen: Annotated[
        int, Term(zh="违法所得（分）", en="Illegal income in fen", minimum=0)
    ]
    refund_due_fen: Annotated[
        int, Term(zh="应退赔（分）", en="Owed to victims in fen", minimum=0)
    ] = 0
    sum_fen: MoneyFen | None = None
    turnover_fen: Annotated[
        int | None, Term(zh="上一年度营业额（分）", en="Turnover in fen", minimum=0)
    ] = None
    persons: Persons | None = None
    refused_correction: Annotated[bool, Term(zh="拒不改正", en="Refused to correct")] = False
    serious: Annotated[bool, Term(zh="情节严重", en="Serious")] = False
    complex: Annotated[bool, Term(zh="情节复杂", en="Complex")] = False
    corrected_promptly: Annotated[bool, Term(zh="及时改正", en="Corrected promptly")] = False
    licensed: Annotated[bool, Term(zh="持有许可证", en="Holds a licence")] = False
    harm: Annotated[bool, Term(zh="造成危害后果", en="Did harm")] = False
    safety: Annotated[bool, Term(zh="危害人身或者财产安全", en="Harmed safety")] = False
    proposal: Reason


@command(zh="送达处罚事先告知书", en="Serve the penalty notice", source="行政处罚法第44、62、63条")
@dataclass(frozen=True, kw_only=True)
class ServePenaltyNotice(Command):
    """Tells the party what is intended; the right to a hearing follows from the measures."""

    case: CaseId
    notice_no: DocumentNumber
    proposed: Annotated[tuple[Measure, ...], Term(zh="拟处罚", en="Proposed", min_items=1)]
    mitigation_reason: Annotated[
        str | None,
        Term(zh="从轻减轻理由", en="Reason to mitigate", min_length=2, max_length=2000, long=True),
    ] = None
    served_on: Annotated[date | None, Term(zh="送达日期", en="Served on")] = None


@command(zh="听取陈述申辩", en="Hear the defence", source="行政处罚法第45条")
@dataclass(frozen=True, kw_only=True)
class HearDefence(Command):
    """Records what the party stated and whether its grounds were accepted."""

    case: CaseId
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    accepted: Annotated[bool, Term(zh="采纳", en="Accepted")]
    reason: Reason


class ConclusionInFuture(DateInFuture):
    """The investigation has not ended yet."""

    field = "concluded_on"


class ConcludedBeforeFiling(DateBeforeItsGround):
    """The investigation ends before the case was filed."""

    field = "concluded_on"


class PenaltyNoticeInFuture(DateInFuture):
    """The notice has not been served yet."""

    field = "served_on"


class NoticeBeforeConclusion(DateBeforeItsGround):
    """The notice is dated before the investigation ended."""

    field = "served_on"


class DefenceInFuture(DateInFuture):
    """The party has not been heard yet."""

    field = "on"


class DefenceBeforeNotice(DateBeforeItsGround):
    """The party is heard before it was told anything."""

    field = "on"


class InvestigationNotConcluded(Refusal):
    """Nothing is established yet."""

    zh = "案件{case}对{party}的调查尚未终结。"
    en = "The investigation of {party} in {case} is not concluded."
    next_zh = "请先办理调查终结，写明查明的事实。"
    next_en = "Conclude the investigation first, with what it established."
    source = "行政处罚法第57条"
    field = "case"


class PenaltyAlreadyDecided(Refusal):
    """A penalty on this party was decided in this case and stands."""

    zh = "案件{case}已作出处罚决定{decision_no}。"
    en = "The penalty {decision_no} has been decided in {case}."
    next_zh = "无需再次决定；决定被撤销的，先重新办理案件。"
    next_en = "Nothing to decide; reopen the case if the decision was overturned."
    source = "行政处罚法第29、57条"
    field = "case"


class PartyNotNotified(Refusal):
    """The party was not told what is intended."""

    zh = "案件{case}尚未向{party}送达处罚事先告知书。"
    en = "{party} was not told what penalty is intended in {case}."
    next_zh = "请先告知拟处罚的内容、事实、理由、依据和权利。"
    next_en = "Serve the notice first: content, facts, reasons, basis, rights."
    source = "行政处罚法第44、62条"
    field = "case"


def must_be_concluded(case: Case, party: str) -> InvestigationConcluded:
    """What the investigation established of a party, or InvestigationNotConcluded."""
    concluded = case.proceeding(party).concluded
    if concluded is None:
        raise InvestigationNotConcluded(case=case.case_id, party=party)
    return concluded


def must_be_undecided(case: Case, party: str) -> None:
    """Refuses where a decision on the party stands."""
    against = case.against(party)
    if against:
        raise PenaltyAlreadyDecided(case=case.case_id, decision_no=against[-1].decision_no)


def must_be_notified(case: Case, party: str) -> PenaltyNoticeServed:
    """The notice to a party that stands, or PartyNotNotified."""
    notice = case.proceeding(party).notice
    if notice is None:
        raise PartyNotNotified(case=case.case_id, party=party)
    return notice


def _own(asked: ConcludeInvestigation | ServePenaltyNotice | HearDefence) -> tuple[Read, ...]:
    return (own_case(asked.case),)


@decides(ConcludeInvestigation, reads=_own)
def conclude(asked: ConcludeInvestigation, history: History, context: Context) -> Iterator[Decided]:
    """Records what was established; concluding again makes an earlier notice void."""
    case = must_run(history, asked.case, context.post.organ)
    party = must_be_party(case, asked.party)
    must_be_undecided(case, party)
    concluded_on = asked.concluded_on or context.today
    must_have_come(concluded_on, context.today, ConclusionInFuture)
    must_follow(concluded_on, case.filed_on, ConcludedBeforeFiling)
    yield on_case(
        case,
        InvestigationConcluded(
            case_id=case.case_id,
            subject_id=party,
            concluded_on=concluded_on,
            illegal_income_fen=asked.illegal_income_fen,
            refund_due_fen=asked.refund_due_fen,
            sum_fen=asked.sum_fen,
            turnover_fen=asked.turnover_fen,
            persons=asked.persons,
            refused_correction=asked.refused_correction,
            serious=asked.serious,
            complex=asked.complex,
            corrected_promptly=asked.corrected_promptly,
            licensed=asked.licensed,
            harm=asked.harm,
            safety=asked.safety,
            proposal=asked.proposal,
        ),
        party=party,
        effective=concluded_on,
    )


@decides(ServePenaltyNotice, reads=_own)
def notify(asked: ServePenaltyNotice, history: History, context: Context) -> Iterator[Decided]:
    """Serves the notice of measures that the articles allow."""
    case = must_run(history, asked.case, context.post.organ, WHILE_HEARD)
    party = party_of(asked.proposed, case)
    must_be_undecided(case, party)
    concluded = must_be_concluded(case, party)
    served_on = asked.served_on or context.today
    must_have_come(served_on, context.today, PenaltyNoticeInFuture)
    must_follow(served_on, concluded.concluded_on, NoticeBeforeConclusion)
    must_be_allowed(case, concluded, asked.proposed, served_on, asked.mitigation_reason)
    yield on_case(
        case,
        PenaltyNoticeServed(
            case_id=case.case_id,
            subject_id=party,
            notice_no=asked.notice_no,
            proposed=asked.proposed,
            hearing_right=gives_hearing(asked.proposed, case, context.policy),
            served_on=served_on,
        ),
        party=party,
        effective=served_on,
        served=datetime.combine(served_on, time(), CHINA),
    )


@decides(HearDefence, reads=_own)
def hear(asked: HearDefence, history: History, context: Context) -> Iterator[Decided]:
    """Records the party's statement after the notice."""
    case = must_run(history, asked.case, context.post.organ, WHILE_HEARD)
    party = must_be_party(case, asked.party)
    must_be_undecided(case, party)
    notice = must_be_notified(case, party)
    on = asked.on or context.today
    must_have_come(on, context.today, DefenceInFuture)
    must_follow(on, notice.served_on, DefenceBeforeNotice)
    yield on_case(
        case,
        DefenceHeard(
            case_id=case.case_id,
            subject_id=party,
            on=on,
            accepted=asked.accepted,
            reason=asked.reason,
        ),
        party=party,
        effective=on,
    )
