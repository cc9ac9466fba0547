"""The clocks of a penalty: preserved evidence, notice, hearing, decision, service, payment (12.1).

1. 行政处罚法 says 七日 for evidence, notice of a hearing and service: working days (art. 85).
2. Each party of a case has its own notice and hearing.
3. The terms of the law of 2021 hold from 2021-07-15; before, a hearing was asked for in 3 days.
   The 90 days to decide also bind a case that was pending then and had days of them left.
4. A party's missed term is the ground for the office's next act, never a breach.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from domain.calendar.deadlines import Period, Unit, add_months
from domain.calendar.working_days import CALENDAR
from domain.clocks.conditions import CD, CREDIT_PUSHED, OFFICE, PARTY, WD, about, day_of, is_one_of
from domain.clocks.rules_cases import (
    CLOSED,
    ENDED,
    FILED,
    HANDLED,
    OVERTURNED,
    PAUSED,
    PENALISED,
    REMEDY,
    REOPENED,
    SERVED,
    annulled,
    case,
    lengthened,
)
from domain.clocks.words import (
    ClockRule,
    Ending,
    Policy,
    Seen,
    Start,
    Stop,
    event,
    field,
    subject_id,
)
from domain.enforcement import facts as cases
from domain.terms import is_uscc

PRESERVED = cases.EvidencePreserved.TYPE
SETTLED = cases.EvidenceSettled.TYPE
NOTICE_SERVED = cases.PenaltyNoticeServed.TYPE
HEARING_REQUESTED = cases.HearingRequested.TYPE
HEARING_NOTIFIED = cases.HearingNotified.TYPE
PERFORMED = cases.PenaltyPerformed.TYPE
ENFORCEMENT = cases.EnforcementApplied.TYPE
PUBLICATION = cases.PublicationChanged.TYPE

decision = field("decision_id")
PENALTY_LAW_2021 = date(2021, 7, 15)
PENDING_AT_PENALTY_LAW = PENALTY_LAW_2021 - timedelta(days=90)
"""A case filed since has days of its 90 left when the law comes, and is decided by them (S1)."""
GONE = Stop(type=OVERTURNED, key=decision, when=annulled, ending=Ending.MOOT)


def _told_of_hearing(new_law: bool) -> Callable[[Seen], bool]:
    return lambda seen: (
        seen.fact.hearing_right and (seen.fact.served_on >= PENALTY_LAW_2021) is new_law
    )


def _settled(seen: Seen) -> bool:
    return bool(seen.fact.settled)


def _of_human_resources(seen: Seen) -> bool:
    return seen.department == "hr" and is_uscc(seen.subject)


def told_in_time(seen: Seen, _: Policy) -> date:
    """The last day with seven working days left before the hearing."""
    day: date = seen.fact.hearing_on
    while CALENDAR.working_days_between(day, seen.fact.hearing_on) < 7:
        day -= timedelta(days=1)
    return day


def after_remedies(seen: Seen) -> date:
    """The day on which six months to sue have passed since the service."""
    return add_months(seen.fact.served_on, 6)


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
        extended_by=(lengthened("calendar_days"),),
        paused_by=PAUSED,
        on_elapse="breach",
        commands=("DecidePenalty", "ExtendCasePeriod", "CloseCase"),
        valid_from=PENDING_AT_PENALTY_LAW,
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
