"""The clocks of complaints, cases and penalties (reference 7.2, 12.1).

1. In 行政处罚法 二日, 三日, 五日 and 七日 are working days (art. 85); 十五日 and 九十日 are calendar
   days. The labour term of 60 working days and the penalty term of 90 days run side by side.
2. A suspended case keeps the days that it used of both terms (reference 8.4).
3. Terms of the law of 2021 hold from 2021-07-15; before, a hearing was asked for in 3 days.
4. A party's missed term is the ground for the office's next act, never a breach.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from domain.calendar.deadlines import Period, Unit, add_months
from domain.calendar.working_days import CALENDAR
from domain.clocks.conditions import CD, CREDIT_PUSHED, OFFICE, PARTY, WD, about, day_of, is_one_of
from domain.clocks.words import (
    ClockRule,
    Ending,
    Extension,
    Pause,
    Policy,
    Seen,
    Start,
    Stop,
    event,
    field,
    subject_id,
)
from domain.complaint import facts as complaints
from domain.enforcement import facts as cases
from domain.review import facts as reviews
from domain.terms import is_uscc

RECEIVED = complaints.ComplaintReceived.TYPE
COMPLETED = complaints.ComplaintCompleted.TYPE
DECIDED = complaints.ComplaintDecided.TYPE
FILED = cases.CaseFiled.TYPE
PERIOD_CHANGED = cases.CasePeriodChanged.TYPE
PRESERVED = cases.EvidencePreserved.TYPE
SETTLED = cases.EvidenceSettled.TYPE
CONCLUDED = cases.InvestigationConcluded.TYPE
NOTICE_SERVED = cases.PenaltyNoticeServed.TYPE
HEARING_REQUESTED = cases.HearingRequested.TYPE
HEARING_NOTIFIED = cases.HearingNotified.TYPE
PENALISED = cases.PenaltyDecided.TYPE
HANDLED = cases.HandlingDecided.TYPE
SERVED = cases.PenaltyServed.TYPE
PERFORMED = cases.PenaltyPerformed.TYPE
ENFORCEMENT = cases.EnforcementApplied.TYPE
CLOSED = cases.CaseClosed.TYPE
REOPENED = cases.CaseReopened.TYPE
PUBLICATION = cases.PublicationChanged.TYPE
OVERTURNED = reviews.DecisionOverturned.TYPE
REMEDY = reviews.RemedyStepTaken.TYPE

complaint = field("complaint_id")
case = field("case_id")
decision = field("decision_id")
PENALTY_LAW_2021 = date(2021, 7, 15)
TWO_YEARS = Period(2, Unit.YR)


def named_complaints(seen: Seen) -> tuple[str, ...]:
    """The complaints that a case names."""
    return tuple(seen.fact.complaints)


def _labour(seen: Seen) -> bool:
    return bool(seen.fact.labour)


def _by_inspection(seen: Seen) -> bool:
    return bool(seen.organ == "HRSS_INSP")


def _accepted_alone(seen: Seen) -> bool:
    return seen.fact.outcome.value == "ACCEPTED" and seen.fact.case_id is None


def _act_known(seen: Seen) -> bool:
    return (seen.fact.act_to or seen.fact.act_from) is not None


def _end_of_act(seen: Seen) -> date:
    ended: date = seen.fact.act_to or seen.fact.act_from
    return ended


def _told_of_hearing(new_law: bool) -> Callable[[Seen], bool]:
    return lambda seen: (
        seen.fact.hearing_right and (seen.fact.served_on >= PENALTY_LAW_2021) is new_law
    )


def _settled(seen: Seen) -> bool:
    return bool(seen.fact.settled)


def _of_human_resources(seen: Seen) -> bool:
    return seen.department == "hr" and is_uscc(seen.subject)


def annulled(seen: Seen) -> bool:
    """A review after which the decision counts no longer."""
    return seen.fact.result.value in ("ANNULLED", "VOID")


def told_in_time(seen: Seen, _: Policy) -> date:
    """The last day with seven working days left before the hearing."""
    day: date = seen.fact.hearing_on
    while CALENDAR.working_days_between(day, seen.fact.hearing_on) < 7:
        day -= timedelta(days=1)
    return day


def after_remedies(seen: Seen) -> date:
    """The day on which six months to sue have passed since the service."""
    return add_months(seen.fact.served_on, 6)


ENDED = (Stop(type=PENALISED, key=case), Stop(type=CLOSED, key=case))
PAUSED = tuple(
    Pause(
        type=PERIOD_CHANGED,
        key=case,
        on=day_of("on"),
        when=is_one_of("kind", kind),
        resumes=kind == "RESUMED",
    )
    for kind in ("SUSPENDED", "RESUMED")
)
GONE = Stop(type=OVERTURNED, key=decision, when=annulled, ending=Ending.MOOT)


def _lengthened(name: str) -> Extension:
    return Extension(
        type=PERIOD_CHANGED,
        key=case,
        when=is_one_of("kind", "EXTENDED"),
        by=lambda seen: getattr(seen.fact, name),
    )


COMPLAINT_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-CMP-01",
        zh="决定是否受理投诉举报",
        en="Decide on a complaint",
        debtor=OFFICE,
        owner="HRSS_INSP",
        period=WD(5),
        basis="关于实施《劳动保障监察条例》若干规定第18条（未经原文核对）",
        mark="W",
        started_by=tuple(
            Start(type=name, key=complaint, on=day_of("received_on"))
            for name in (RECEIVED, COMPLETED)
        ),
        stopped_by=(Stop(type=DECIDED, key=complaint),),
        on_elapse="breach",
        commands=("DecideComplaint",),
    ),
    ClockRule(
        code="DL-CMP-02",
        zh="受理当日立案",
        en="File the case on the day of acceptance",
        debtor=OFFICE,
        owner="HRSS_INSP",
        period=CD(0),
        rolls=False,
        basis="关于实施《劳动保障监察条例》若干规定第18条（未经原文核对）",
        mark="W",
        started_by=(Start(type=DECIDED, key=complaint, when=_accepted_alone),),
        stopped_by=(
            Stop(type=FILED, key=named_complaints),
            Stop(type=DECIDED, key=complaint),
        ),
        on_elapse="breach",
        commands=("FileCase",),
        note="并入在办案件的不另立案 / one that joins an open case opens none",
    ),
    ClockRule(
        code="DL-CMP-03",
        zh="完成劳动保障监察调查",
        en="Finish the investigation",
        debtor=OFFICE,
        owner=None,
        period=WD(60),
        basis="劳动保障监察条例第17条",
        mark="V",
        started_by=(
            Start(type=FILED, key=case, when=_labour, on=day_of("filed_on")),
            Start(type=REOPENED, key=case, when=_by_inspection),
        ),
        stopped_by=(*ENDED, Stop(type=HANDLED, key=case)),
        extended_by=(_lengthened("working_days"),),
        paused_by=PAUSED,
        on_elapse="breach",
        commands=("ConcludeInvestigation", "ExtendCasePeriod", "CloseCase"),
        note="DL-CMP-04：经批准可延长30个工作日 / extended by 30 working days when approved",
    ),
    ClockRule(
        code="DL-CMP-05",
        zh="调查终结后作出决定",
        en="Decide after the investigation",
        debtor=OFFICE,
        owner=None,
        period=WD(15),
        basis="关于实施《劳动保障监察条例》若干规定（未经原文核对）",
        mark="W",
        started_by=(
            Start(type=CONCLUDED, key=case, when=_by_inspection, on=day_of("concluded_on")),
        ),
        stopped_by=(*ENDED, Stop(type=HANDLED, key=case)),
        paused_by=PAUSED,
        on_elapse="breach",
        commands=("ServePenaltyNotice", "DecidePenalty", "DecideHandling", "CloseCase"),
    ),
    ClockRule(
        code="DL-CMP-06",
        zh="查处时效",
        en="Limitation of labour inspection",
        debtor=PARTY,
        owner="HRSS_INSP",
        period=TWO_YEARS,
        basis="劳动保障监察条例第20条",
        mark="V",
        started_by=(Start(type=RECEIVED, key=complaint, when=_act_known, on=_end_of_act),),
        stopped_by=(
            Stop(type=FILED, key=named_complaints),
            Stop(type=DECIDED, key=complaint),
        ),
    ),
)
"""Terms of complaints and of labour inspection."""

PENALTY_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-PEN-02",
        zh="处理先行登记保存的证据",
        en="Decide on preserved evidence",
        debtor=OFFICE,
        owner=None,
        period=WD(7),
        basis="行政处罚法第56、85条",
        mark="V",
        started_by=(Start(type=PRESERVED, key=field("preservation_id"), on=day_of("on")),),
        stopped_by=(Stop(type=SETTLED, key=field("preservation_id")),),
        on_elapse="breach",
        commands=("SettleEvidence",),
    ),
    ClockRule(
        code="DL-PEN-03",
        zh="作出行政处罚决定",
        en="Decide the penalty",
        debtor=OFFICE,
        owner=None,
        period=CD(90),
        basis="行政处罚法第60条",
        mark="V",
        started_by=(
            Start(type=FILED, key=case, on=day_of("filed_on")),
            Start(type=REOPENED, key=case),
        ),
        stopped_by=ENDED,
        extended_by=(_lengthened("calendar_days"),),
        paused_by=PAUSED,
        on_elapse="breach",
        commands=("DecidePenalty", "ExtendCasePeriod", "CloseCase"),
        valid_from=PENALTY_LAW_2021,
        note="DL-CMP-07同此期限，与DL-CMP-03并行 / the same term in labour cases, beside DL-CMP-03",
    ),
    ClockRule(
        code="DL-PEN-04",
        zh="要求听证",
        en="Ask for a hearing",
        debtor=PARTY,
        owner=None,
        period=WD(5),
        basis="行政处罚法第64条第（一）项、第85条",
        mark="V",
        started_by=tuple(
            Start(
                type=NOTICE_SERVED,
                key=case,
                item=subject_id,
                when=_told_of_hearing(new),
                on=day_of("served_on"),
                period=None if new else CD(3),
            )
            for new in (True, False)
        ),
        stopped_by=(
            Stop(type=HEARING_REQUESTED, key=case, item=subject_id, on=day_of("requested_on")),
            Stop(type=PENALISED, key=case, item=subject_id, ending=Ending.MOOT),
            Stop(type=CLOSED, key=case, ending=Ending.MOOT),
        ),
        note="2021-07-15以前为三日 / three days before 2021-07-15",
    ),
    ClockRule(
        code="DL-PEN-05",
        zh="通知听证时间地点",
        en="Tell time and place of the hearing",
        debtor=OFFICE,
        owner=None,
        period=None,
        rolls=False,
        basis="行政处罚法第64条第（二）项、第85条（听证七日前）",
        mark="V",
        started_by=(Start(type=HEARING_NOTIFIED, key=case, item=event, until=told_in_time),),
        stopped_by=(Stop(type=HEARING_NOTIFIED, key=case, item=event, on=day_of("notified_on")),),
        same_fact=True,
        on_elapse="breach",
    ),
    ClockRule(
        code="DL-PEN-06",
        zh="送达处罚决定书",
        en="Serve the decision",
        debtor=OFFICE,
        owner=None,
        period=WD(7),
        basis="行政处罚法第61、85条",
        mark="V",
        started_by=(Start(type=PENALISED, key=decision, on=day_of("decided_on")),),
        stopped_by=(Stop(type=SERVED, key=decision, on=day_of("served_on")), GONE),
        on_elapse="breach",
        commands=("ServePenalty",),
    ),
    ClockRule(
        code="DL-PEN-07",
        watched=True,
        zh="缴纳罚款",
        en="Pay the fine",
        debtor=PARTY,
        owner=None,
        period=CD(15),
        basis="行政处罚法第67条",
        mark="V",
        started_by=(
            Start(
                type=SERVED,
                key=decision,
                when=lambda seen: seen.fact.has_fine,
                on=day_of("served_on"),
            ),
        ),
        stopped_by=(Stop(type=PERFORMED, key=decision, when=_settled, on=day_of("on")), GONE),
        commands=("RecordPerformance", "DemandPerformance"),
    ),
    ClockRule(
        code="DL-PEN-08",
        zh="申请法院强制执行",
        en="Apply to the court for enforcement",
        debtor=OFFICE,
        owner=None,
        period=Period(3, Unit.MO),
        basis="行政强制法第53、54、69条（救济期限届满之日起3个月内，先行催告10个工作日）",
        mark="V",
        started_by=(
            Start(
                type=SERVED,
                key=subject_id,
                item=decision,
                when=lambda seen: seen.fact.has_fine,
                on=after_remedies,
            ),
        ),
        stopped_by=(
            Stop(type=ENFORCEMENT, key=subject_id, item=decision, on=day_of("on")),
            Stop(type=PERFORMED, key=subject_id, item=decision, when=_settled, ending=Ending.MOOT),
            Stop(type=OVERTURNED, key=subject_id, item=decision, when=annulled, ending=Ending.MOOT),
            Stop(
                type=REMEDY,
                key=subject_id,
                item=lambda seen: seen.fact.decision_id,
                when=is_one_of("step", "APPLIED"),
                ending=Ending.MOOT,
            ),
        ),
        on_elapse="breach",
        commands=("DemandPerformance", "ApplyForEnforcement"),
    ),
    ClockRule(
        code="DL-PEN-09",
        zh="公开处罚决定",
        en="Publish the decision",
        debtor=OFFICE,
        owner=None,
        period=WD(7),
        setting="penalty_publication_working_days",
        basis="行政处罚法第48条；平台规则（默认7个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=PENALISED,
                key=decision,
                when=lambda seen: seen.fact.publish,
                on=day_of("decided_on"),
            ),
        ),
        stopped_by=(
            Stop(
                type=PUBLICATION,
                key=lambda seen: seen.fact.decision_id or "",
                when=is_one_of("step", "PUBLISHED"),
                on=day_of("on"),
            ),
            GONE,
        ),
        on_elapse="breach",
        commands=("ApprovePublication", "RedactPublication", "PublishDecision"),
        valid_from=PENALTY_LAW_2021,
    ),
    ClockRule(
        code="DL-PEN-10",
        zh="撤回已公开的处罚决定",
        en="Withdraw what was published",
        debtor=OFFICE,
        owner=None,
        period=WD(3),
        basis="行政处罚法第48条第2款、第85条",
        mark="V",
        started_by=(
            Start(
                type=OVERTURNED,
                key=decision,
                when=lambda seen: (
                    seen.fact.result.value in ("ANNULLED", "VOID", "CHANGED", "FOUND_UNLAWFUL")
                ),
                owner=field("owner_organ"),
            ),
        ),
        grounds=(
            Stop(
                type=PUBLICATION,
                key=lambda seen: seen.fact.decision_id or "",
                item=field("publication_id"),
                when=is_one_of("step", "PUBLISHED"),
            ),
        ),
        stopped_by=(
            Stop(
                type=PUBLICATION,
                key=lambda seen: seen.fact.decision_id or "",
                item=field("publication_id"),
                when=is_one_of("step", "WITHDRAWN"),
                on=day_of("on"),
            ),
        ),
        on_elapse="breach",
        commands=("WithdrawPublication",),
        valid_from=PENALTY_LAW_2021,
    ),
    ClockRule(
        code="HANDLING",
        watched=True,
        zh="履行行政处理决定",
        en="Obey a handling decision",
        debtor=PARTY,
        owner=None,
        period=None,
        rolls=False,
        basis="行政处理决定书所定期限；劳动保障监察条例第18条",
        mark="V",
        started_by=(
            Start(type=HANDLED, key=case, item=decision, until=lambda seen, _: seen.fact.due),
        ),
        stopped_by=(
            Stop(type=PERFORMED, key=case, item=decision, when=_settled, on=day_of("on")),
            Stop(type=CLOSED, key=case),
        ),
        commands=("DemandPerformance", "ApplyForEnforcement", "CloseCase"),
    ),
    ClockRule(
        code="R12",
        zh="处罚信息推送公示（双公示）",
        en="Push a penalty to the credit platform",
        debtor=OFFICE,
        owner="HRSS_MKT",
        period=WD(7),
        setting="publication_working_days",
        basis="双公示；平台规则（R12，默认7个工作日，可配置）",
        mark="W",
        started_by=(
            Start(type=PENALISED, key=event, when=_of_human_resources, on=day_of("decided_on")),
        ),
        stopped_by=(Stop(type=CREDIT_PUSHED, key=about),),
        on_elapse="breach",
    ),
)
"""Terms of a case from its filing to its publication."""
