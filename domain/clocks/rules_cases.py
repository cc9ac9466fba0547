"""The clocks of complaints and of labour inspection (reference 7.2).

1. 监察条例 and 若干规定 say 工作日; the labour term of 60 working days and the 90 days of the
   penalty law (`rules_penalties`) run side by side.
2. A suspended case keeps the days that it used of both terms (reference 8.4).
3. What names no term of its own, the limitation of two years, binds nobody here: it is shown.
"""

from __future__ import annotations

from datetime import date

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import CD, OFFICE, PARTY, WD, day_of, is_one_of
from domain.clocks.words import (
    ClockRule,
    Extension,
    Pause,
    Seen,
    Start,
    Stop,
    field,
)
from domain.complaint import facts as complaints
from domain.enforcement import facts as cases
from domain.review import facts as reviews
from domain.review.overturning import UNDOES

RECEIVED = complaints.ComplaintReceived.TYPE
COMPLETED = complaints.ComplaintCompleted.TYPE
DECIDED = complaints.ComplaintDecided.TYPE
FILED = cases.CaseFiled.TYPE
PERIOD_CHANGED = cases.CasePeriodChanged.TYPE
CONCLUDED = cases.InvestigationConcluded.TYPE
PENALISED = cases.PenaltyDecided.TYPE
HANDLED = cases.HandlingDecided.TYPE
SERVED = cases.PenaltyServed.TYPE
CLOSED = cases.CaseClosed.TYPE
REOPENED = cases.CaseReopened.TYPE
OVERTURNED = reviews.DecisionOverturned.TYPE
REMEDY = reviews.RemedyStepTaken.TYPE

complaint = field("complaint_id")
case = field("case_id")
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


def annulled(seen: Seen) -> bool:
    """A review after which the decision counts no longer."""
    return seen.fact.result in UNDOES


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


def lengthened(name: str) -> Extension:
    """What an approved extension adds, in the field of that name."""
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
        extended_by=(lengthened("working_days"),),
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
