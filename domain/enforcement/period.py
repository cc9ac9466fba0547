"""The terms of a case: extended, suspended, resumed; evidence kept first.

1. A labour case is investigated within 60 working days, 30 more when it is complex and the
   head approves (监察条例 17). A penalty is decided within 90 days (行政处罚法 60), which
   market regulation may lengthen by 30, and further after collective discussion.
2. While a crime is with the police the case is suspended, and resumed when the police did not
   file or returned it, or the criminal case was withdrawn or ended in a conviction; days used stay used (reference 8.4).
3. Evidence that was registered and kept first is decided on within 7 working days (56).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.calendar.working_days import CALENDAR
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.case import Case
from domain.enforcement.conducting import must_be_open, must_run, on_case, own_case
from domain.enforcement.facts import (
    CaseId,
    CasePeriodChanged,
    EvidencePreserved,
    EvidenceSettled,
    PeriodChange,
    PeriodGround,
    PreservationId,
)
from domain.enforcement.referred import named_referrals, reads_referrals
from domain.errors import Refusal
from domain.referral.facts import CriminalOutcome
from domain.referral.state import CLOSED, Referral
from domain.terms import FileRef, Identifier, PostId, ShortText, Term

TERM_WD = 60
TERM_CD = 90
"""监察条例 17; 行政处罚法 60."""

LABOUR_EXTENSION_WD = 30
"""监察条例 17: once, by thirty working days at most."""

PENALTY_EXTENSION_CD = 30
"""市场监督管理行政处罚程序规定: thirty days at most the first time."""

ENDS: dict[PeriodGround, tuple[PeriodGround, ...]] = {
    PeriodGround.PENDING_CRIMINAL: (
        PeriodGround.NOT_FILED_BY_POLICE,
        PeriodGround.RETURNED_FOR_ADMIN,
        PeriodGround.CRIMINAL_CASE_ENDED,
    ),
    PeriodGround.TESTING: (PeriodGround.TESTING_DONE,),
    PeriodGround.HEARING: (PeriodGround.HEARING,),
    PeriodGround.NOTICE: (PeriodGround.NOTICE,),
}
"""Which grounds end which suspension."""

OUTCOMES: dict[PeriodGround, tuple[CriminalOutcome, ...]] = {
    PeriodGround.RETURNED_FOR_ADMIN: (CriminalOutcome.RETURNED_FOR_ADMIN,),
    PeriodGround.CRIMINAL_CASE_ENDED: (CriminalOutcome.WITHDRAWN, CriminalOutcome.CONVICTED),
}
"""Which outcomes of the criminal case each ground needs; without one the police did not file."""


@command(
    zh="延长办案期限",
    en="Extend a case's period",
    source="劳动保障监察条例第17条；行政处罚法第60条",
)
@dataclass(frozen=True, kw_only=True)
class ExtendCasePeriod(Command):
    """Lengthens the terms of a case; another post than the one that asks approves it."""

    case: CaseId
    working_days: Annotated[
        int | None, Term(zh="延长（工作日）", en="Working days", minimum=1, maximum=250)
    ] = None
    calendar_days: Annotated[
        int | None, Term(zh="延长（日）", en="Calendar days", minimum=1, maximum=365)
    ] = None
    approver: PostId
    ground: Annotated[PeriodGround, Term(zh="原因", en="Ground")] = PeriodGround.COMPLEX


@command(
    zh="中止办案期限",
    en="Suspend a case",
    source="行政处罚法第27条；平台规则（移送期间中止）",
)
@dataclass(frozen=True, kw_only=True)
class SuspendCase(Command):
    """Suspends a case; `about` is the referral while a crime is with the police."""

    case: CaseId
    ground: Annotated[PeriodGround, Term(zh="原因", en="Ground")]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    about: Identifier | None = None


@command(
    zh="恢复办案期限",
    en="Resume a case",
    source="行政执法机关移送涉嫌犯罪案件的规定第10条；平台规则（R21）",
)
@dataclass(frozen=True, kw_only=True)
class ResumeCase(Command):
    """Resumes a suspended case; the rest of its terms runs from that day."""

    case: CaseId
    ground: Annotated[PeriodGround, Term(zh="原因", en="Ground")]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    about: Identifier | None = None


@command(zh="先行登记保存证据", en="Preserve evidence", source="行政处罚法第56条")
@dataclass(frozen=True, kw_only=True)
class PreserveEvidence(Command):
    """Registers evidence that may be lost and keeps it first."""

    case: CaseId
    items: Annotated[tuple[ShortText, ...], Term(zh="证据清单", en="Items", min_items=1)]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    document: Annotated[FileRef | None, Term(zh="保存清单", en="List of what is kept")] = None


@command(zh="处理先行登记保存的证据", en="Settle preserved evidence", source="行政处罚法第56条")
@dataclass(frozen=True, kw_only=True)
class SettleEvidence(Command):
    """Says what becomes of evidence that was kept first."""

    case: CaseId
    preservation: PreservationId
    decision: Annotated[
        str,
        Term(
            zh="处理",
            en="Decision",
            pattern=r"^(?:RETURNED|SEIZED|HANDED_OVER)$",
            example="RETURNED",
        ),
    ]


class ExtensionNeedsDays(Refusal):
    """Neither term is lengthened."""

    zh = "延长案件{case}的期限未填写天数。"
    en = "The extension of {case} names no days."
    next_zh = "请填写延长的工作日数或日数。"
    next_en = "Enter working days or calendar days."
    source = "劳动保障监察条例第17条；行政处罚法第60条"
    field = "working_days"


class ExtensionTooLong(Refusal):
    """The extension exceeds what may be approved."""

    zh = "案件{case}已延长{before}{unit_zh}，再延长{days}{unit_zh}超过上限{most}{unit_zh}。"
    en = "{case} has {before} {unit} added already; {days} more exceed the {most} allowed."
    next_zh = "请缩短延长期限，或依法作出决定。"
    next_en = "Ask for less, or decide the case."
    source = "劳动保障监察条例第17条；市场监督管理行政处罚程序规定（未经原文核对）"
    field = "working_days"


class ExtensionAfterTerm(Refusal):
    """The term has ended and cannot be extended."""

    zh = "案件{case}的期限已于{until}届满，{on}不能延长。"
    en = "The term of {case} ended on {until}; it is not extended on {on}."
    next_zh = "请尽快作出决定，并向负责人说明逾期原因。"
    next_en = "Decide without delay, and tell the head why it is late."
    source = "劳动保障监察条例第17条；行政处罚法第60条"
    field = "case"


class ApproverIsHandler(Refusal):
    """Who asks for the extension approves it."""

    zh = "延长期限由申请岗位{approver}自行批准。"
    en = "{approver} asks for the extension and approves it."
    next_zh = "请报机关负责人批准。"
    next_en = "Have the head of the organ approve it."
    source = "劳动保障监察条例第17条"
    field = "approver"


class NotASuspensionGround(Refusal):
    """The ground suspends nothing."""

    zh = "“{ground}”不是中止的原因（{grounds}）。"
    en = "{ground} is no ground to suspend a case ({grounds} are)."
    next_zh = "请选择中止原因。"
    next_en = "Choose one of them."
    source = "行政处罚法第27条；平台规则（移送期间中止）"
    field = "ground"


class CaseNotSuspended(Refusal):
    """The case is running."""

    zh = "案件{case}未中止，无需恢复。"
    en = "The case {case} is not suspended."
    next_zh = "无需办理。"
    next_en = "Nothing to resume."
    source = "平台规则（案件状态）"
    field = "case"


class GroundDoesNotEnd(Refusal):
    """The ground to resume is none of those that end this suspension."""

    zh = "案件{case}因{suspended}中止，“{ground}”不能使其恢复（可为{grounds}）。"
    en = "{case} is suspended for {suspended}; {ground} does not end that ({grounds} would)."
    next_zh = "请核对恢复原因。"
    next_en = "Check the ground."
    source = "行政执法机关移送涉嫌犯罪案件的规定第10条；平台规则（移送期间中止）"
    field = "ground"


class NothingWithPolice(Refusal):
    """No referral of this case is with the police."""

    zh = "案件{case}没有正在公安机关办理的移送，不能以涉嫌犯罪为由中止。"
    en = "No referral of {case} is with the police; nothing suspends it on that ground."
    next_zh = "请先移送，或选择其他原因。"
    next_en = "Refer the case first, or choose another ground."
    source = "行政处罚法第27条；平台规则（移送期间中止）"
    field = "ground"


class StillWithPolice(Refusal):
    """The police or the procuratorate have not done with the referral as the ground says."""

    zh = "移送{referral}处于{stage}，不足以按“{ground}”恢复案件。"
    en = "The referral {referral} stands at {stage}; that is not {ground}."
    next_zh = "收到公安机关不予立案通知、退回，或者刑事案件撤销、判决后再恢复。"
    next_en = (
        "Resume it when the police refused for good or returned it, or the criminal case ended."
    )
    source = "行政执法机关移送涉嫌犯罪案件的规定第10、11条"
    field = "ground"


class PeriodDateInFuture(DateInFuture):
    """The day has not come."""

    field = "on"


class PeriodBeforeItsGround(DateBeforeItsGround):
    """The day lies before the filing, or before the last change of the period."""

    field = "on"


class EvidenceUnknown(Refusal):
    """No evidence that waits for a decision has this id."""

    zh = "案件{case}没有待处理的先行登记保存{preservation}。"
    en = "No preserved evidence {preservation} of {case} waits for a decision."
    next_zh = "请核对编号；已处理的无需再次处理。"
    next_en = "Check the id; what was settled needs no more."
    source = "行政处罚法第56条"
    field = "preservation"


def _own(asked: ExtendCasePeriod | PreserveEvidence | SettleEvidence) -> tuple[Read, ...]:
    return (own_case(asked.case),)


def _with_referral(asked: SuspendCase | ResumeCase) -> tuple[Read, ...]:
    named = () if asked.about is None else (asked.about,)
    return (own_case(asked.case), *reads_referrals(asked.case, named))


@decides(ExtendCasePeriod, reads=_own)
def extend(asked: ExtendCasePeriod, history: History, context: Context) -> Iterator[Decided]:
    """Lengthens the terms within what the law lets a head approve."""
    case = must_run(history, asked.case, context.post.organ)
    if asked.working_days is None and asked.calendar_days is None:
        raise ExtensionNeedsDays(case=asked.case)
    if asked.approver == context.post.id:
        raise ApproverIsHandler(approver=asked.approver)
    if asked.working_days is not None:
        _must_not_have_ended(case, TERM_WD + case.working_days_added, Unit.WD, context.today)
    if asked.calendar_days is not None:
        _must_not_have_ended(case, TERM_CD + case.calendar_days_added, Unit.CD, context.today)
    if asked.working_days is not None:
        _must_fit(case, asked.working_days, case.working_days_added, LABOUR_EXTENSION_WD, "WD")
    if asked.calendar_days is not None and case.discussed is None:
        _must_fit(case, asked.calendar_days, case.calendar_days_added, PENALTY_EXTENSION_CD, "CD")
    yield on_case(
        case,
        CasePeriodChanged(
            case_id=case.case_id,
            subject_id=case.subject,
            kind=PeriodChange.EXTENDED,
            ground=asked.ground,
            on=context.today,
            working_days=asked.working_days,
            calendar_days=asked.calendar_days,
            approver=asked.approver,
        ),
        decided=context.moment,
    )


def term_end(case: Case, days: int, unit: Unit) -> date:
    """The last day of a term: days used before a pause stay used, the rest runs after it."""
    begun = case.begun_on
    for suspended, resumed in case.pauses:
        used = (
            CALENDAR.working_days_between(begun, suspended)
            if unit is Unit.WD
            else (suspended - begun).days
        )
        days -= used
        begun = resumed
    return due(begun, Period(max(days, 1), unit)).day


def _must_not_have_ended(case: Case, days: int, unit: Unit, today: date) -> None:
    until = term_end(case, days, unit)
    if today > until:
        raise ExtensionAfterTerm(case=case.case_id, until=until, on=today)


def _must_fit(case: Case, days: int, before: int, most: int, unit: str) -> None:
    if before + days > most:
        raise ExtensionTooLong(
            case=case.case_id,
            before=before,
            days=days,
            most=most,
            unit="working days" if unit == "WD" else "days",
            unit_zh="个工作日" if unit == "WD" else "日",
        )


def _day(asked: SuspendCase | ResumeCase, case: Case, today: date) -> date:
    on = asked.on or today
    must_have_come(on, today, PeriodDateInFuture)
    must_follow(on, case.changed_on, PeriodBeforeItsGround)
    return on


@decides(SuspendCase, reads=_with_referral)
def suspend(asked: SuspendCase, history: History, context: Context) -> Iterator[Decided]:
    """Suspends the terms; for a crime only while a referral of the case is with the police."""
    case = must_run(history, asked.case, context.post.organ)
    if asked.ground not in ENDS:
        raise NotASuspensionGround(
            ground=asked.ground.value, grounds="、".join(one.value for one in ENDS)
        )
    about = asked.about
    if asked.ground is PeriodGround.PENDING_CRIMINAL:
        with_police = [one for one in _referrals(asked, case, history) if one.with_police]
        if not with_police:
            raise NothingWithPolice(case=asked.case)
        about = with_police[-1].referral_id
    on = _day(asked, case, context.today)
    yield on_case(
        case,
        CasePeriodChanged(
            case_id=case.case_id,
            subject_id=case.subject,
            kind=PeriodChange.SUSPENDED,
            ground=asked.ground,
            on=on,
            about=about,
        ),
        effective=on,
        decided=context.moment,
    )


@decides(ResumeCase, reads=_with_referral)
def resume(asked: ResumeCase, history: History, context: Context) -> Iterator[Decided]:
    """Resumes the terms when what suspended them has fallen away."""
    case = must_be_open(history, asked.case, context.post.organ)
    if case.suspended is None:
        raise CaseNotSuspended(case=asked.case)
    if asked.ground not in ENDS[case.suspended]:
        raise GroundDoesNotEnd(
            case=asked.case,
            suspended=case.suspended.value,
            ground=asked.ground.value,
            grounds="、".join(one.value for one in ENDS[case.suspended]),
        )
    about = asked.about
    if case.suspended is PeriodGround.PENDING_CRIMINAL:
        about = _done_with(asked, case, history)
    on = _day(asked, case, context.today)
    yield on_case(
        case,
        CasePeriodChanged(
            case_id=case.case_id,
            subject_id=case.subject,
            kind=PeriodChange.RESUMED,
            ground=asked.ground,
            on=on,
            about=about,
        ),
        effective=on,
        decided=context.moment,
    )


def _referrals(asked: SuspendCase | ResumeCase, case: Case, history: History) -> list[Referral]:
    named = () if asked.about is None else (asked.about,)
    found = named_referrals(case, named, history)
    return [one for one in found if asked.about in (None, one.referral_id)]


def _done_with(asked: ResumeCase, case: Case, history: History) -> str:
    """The referral that the police have done with as the ground says, or a named refusal."""
    found = _referrals(asked, case, history)
    if not found:
        raise NothingWithPolice(case=asked.case)
    last = found[-1]
    ended = OUTCOMES.get(asked.ground)
    done = last.stage in CLOSED if ended is None else any(one in ended for one in last.outcomes)
    if not done:
        raise StillWithPolice(
            referral=last.referral_id, stage=last.stage.value, ground=asked.ground.value
        )
    return last.referral_id


@decides(PreserveEvidence, reads=_own)
def preserve(asked: PreserveEvidence, history: History, context: Context) -> Iterator[Decided]:
    """Registers what is kept first."""
    case = must_run(history, asked.case, context.post.organ)
    on = asked.on or context.today
    must_have_come(on, context.today, PeriodDateInFuture)
    must_follow(on, case.filed_on, PeriodBeforeItsGround)
    yield on_case(
        case,
        EvidencePreserved(
            case_id=case.case_id,
            subject_id=case.subject,
            preservation_id=context.mint("EP"),
            items=asked.items,
            on=on,
            document=asked.document,
        ),
        effective=on,
    )


@decides(SettleEvidence, reads=_own)
def settle(asked: SettleEvidence, history: History, context: Context) -> Iterator[Decided]:
    """Decides once what becomes of evidence that was kept first."""
    case = must_be_open(history, asked.case, context.post.organ)
    if asked.preservation not in case.unsettled:
        raise EvidenceUnknown(case=asked.case, preservation=asked.preservation)
    yield on_case(
        case,
        EvidenceSettled(
            case_id=case.case_id,
            subject_id=case.subject,
            preservation_id=asked.preservation,
            decision=asked.decision,
        ),
        decided=context.moment,
    )
