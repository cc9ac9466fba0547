"""The clocks of reconsideration, litigation and what follows an overturned decision (12.3, 12.4).

1. 复议法: 三日, 五日, 七日 and 十日 are working days (art. 88), 六十日 calendar days.
2. Reconsideration organ and court are outside the platform's debtors: shown, never counted.
3. A decision annulled or void: its push is taken back in 1 working day, what rested on it is
   corrected and the case reopened or closed in 5 (reference 14.3 R14).
"""

from __future__ import annotations

from collections.abc import Callable

from domain.calendar.deadlines import Period, Unit
from domain.clocks.conditions import (
    CD,
    CREDIT_PUSHED,
    OFFICE,
    PARTY,
    SERVED,
    WD,
    both,
    day_of,
    is_one_of,
)
from domain.clocks.rules_cases import CLOSED, OVERTURNED, REMEDY, REOPENED, annulled
from domain.clocks.rules_cases import SERVED as PENALTY_SERVED
from domain.clocks.words import (
    ClockRule,
    Debtor,
    Ending,
    Extension,
    Keys,
    Seen,
    Start,
    Stop,
    event,
    field,
    subject_id,
)
from domain.review.facts import FactCorrected

CORRECTED = FactCorrected.TYPE
OUTSIDE = Debtor.OUTSIDE
remedy = field("remedy_id")


def _step(step: str, *kinds: str) -> Callable[[Seen], bool]:
    return lambda seen: (
        seen.fact.step.value == step and (not kinds or seen.fact.kind.value in kinds)
    )


def _simple(simple: bool) -> Callable[[Seen], bool]:
    return lambda seen: seen.fact.simple is simple


def _decision(seen: Seen) -> str | None:
    found: str | None = seen.fact.decision_id
    return found


def _remedy(seen: Seen) -> Keys:
    return seen.fact.remedy_id or ()


def _subject(seen: Seen) -> str:
    return seen.subject


def _by(*organs: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.fact.by.value in organs


def _of_human_resources(seen: Seen) -> bool:
    return seen.fact.owner_organ.startswith("HRSS") and annulled(seen)


def _penalty(seen: Seen) -> bool:
    return seen.fact.target_type == "case.penalty_decided.v1" and annulled(seen)


SERVICES = (
    Start(type=SERVED, key=field("uscc"), item=field("licence_id"), on=day_of("served_on")),
    Start(type=PENALTY_SERVED, key=subject_id, item=field("decision_id"), on=day_of("served_on")),
)
"""The service of a decision against which a remedy is open."""


def applied(*kinds: str, ending: Ending = Ending.FULFILLED) -> Stop:
    """The application for a remedy of these kinds; of every decision where it names none."""
    return Stop(
        type=REMEDY,
        key=subject_id,
        item=_decision,
        when=_step("APPLIED", *kinds),
        on=day_of("on"),
        ending=ending,
    )


REVIEW_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="DL-REM-01",
        zh="申请行政复议",
        en="Apply for reconsideration",
        debtor=PARTY,
        owner=None,
        period=CD(60),
        basis="行政复议法（2023）第20条",
        mark="V",
        started_by=SERVICES,
        stopped_by=(
            applied("RECONSIDERATION"),
            applied("LITIGATION", ending=Ending.MOOT),
        ),
    ),
    ClockRule(
        code="DL-REM-02",
        zh="审查复议申请",
        en="Examine the application",
        debtor=OUTSIDE,
        owner="RECON",
        period=WD(5),
        basis="行政复议法（2023）第30、88条（逾期视为受理）",
        mark="V",
        started_by=(
            Start(
                type=REMEDY,
                key=remedy,
                when=_step("APPLIED", "RECONSIDERATION"),
                on=day_of("on"),
            ),
        ),
        stopped_by=tuple(
            Stop(type=REMEDY, key=remedy, when=_step(step), on=day_of("on"))
            for step in ("ACCEPTED", "NOT_ACCEPTED")
        ),
    ),
    ClockRule(
        code="DL-REM-03",
        zh="向被申请人发送申请书副本",
        en="Send the application to the respondent",
        debtor=OUTSIDE,
        owner="RECON",
        period=WD(7),
        basis="行政复议法（2023）第48、88条",
        mark="V",
        started_by=(
            Start(
                type=REMEDY,
                key=remedy,
                when=_step("ACCEPTED", "RECONSIDERATION"),
                on=day_of("on"),
            ),
        ),
        stopped_by=(
            Stop(type=REMEDY, key=remedy, when=_step("SENT_TO_RESPONDENT"), on=day_of("on")),
        ),
    ),
    ClockRule(
        code="DL-REM-03-ANSWER",
        zh="被申请人书面答复",
        en="Answer as respondent, with the evidence",
        debtor=OFFICE,
        owner=None,
        period=WD(10),
        basis="行政复议法（2023）第48、88条",
        mark="V",
        started_by=(
            Start(
                type=REMEDY,
                key=remedy,
                when=_step("SENT_TO_RESPONDENT", "RECONSIDERATION"),
                on=day_of("on"),
                owner=field("respondent"),
            ),
        ),
        stopped_by=(
            Stop(type=REMEDY, key=remedy, when=_step("ANSWERED"), on=day_of("on")),
            Stop(type=OVERTURNED, key=_remedy, ending=Ending.MOOT),
        ),
        on_elapse="breach",
        commands=("RecordRemedyStep",),
    ),
    ClockRule(
        code="DL-REM-04",
        zh="作出行政复议决定",
        en="Decide the reconsideration",
        debtor=OUTSIDE,
        owner="RECON",
        period=CD(60),
        basis="行政复议法（2023）第62条（简易程序30日；可延长30日）",
        mark="V",
        started_by=tuple(
            Start(
                type=REMEDY,
                key=remedy,
                when=both(_step("ACCEPTED", "RECONSIDERATION"), _simple(simple)),
                on=day_of("on"),
                period=CD(30) if simple else None,
            )
            for simple in (False, True)
        ),
        stopped_by=(Stop(type=OVERTURNED, key=_remedy, on=day_of("decided_on")),),
        extended_by=(Extension(type=REMEDY, key=remedy, by=30, when=_step("EXTENDED")),),
    ),
    ClockRule(
        code="DL-REM-05",
        zh="不服复议决定提起诉讼",
        en="Sue after reconsideration",
        debtor=PARTY,
        owner=None,
        period=CD(15),
        basis="行政诉讼法第45条",
        mark="V",
        started_by=(
            Start(
                type=OVERTURNED,
                key=subject_id,
                item=field("decision_id"),
                when=_by("RECONSIDERATION"),
                on=day_of("decided_on"),
            ),
        ),
        stopped_by=(applied("LITIGATION"),),
    ),
    ClockRule(
        code="DL-REM-06",
        zh="直接提起诉讼",
        en="Sue directly",
        debtor=PARTY,
        owner=None,
        period=Period(6, Unit.MO),
        basis="行政诉讼法第46条",
        mark="V",
        started_by=SERVICES,
        stopped_by=(
            applied("LITIGATION"),
            applied("RECONSIDERATION", ending=Ending.MOOT),
        ),
    ),
    *(
        ClockRule(
            code=code,
            zh=zh,
            en=en,
            debtor=OUTSIDE,
            owner="COURT",
            period=Period(months, Unit.MO),
            basis=basis,
            mark="V",
            started_by=(
                Start(type=REMEDY, key=remedy, when=_step("ACCEPTED", kind), on=day_of("on")),
            ),
            stopped_by=(Stop(type=OVERTURNED, key=_remedy, on=day_of("decided_on")),),
        )
        for code, zh, en, kind, months, basis in (
            (
                "DL-REM-07",
                "作出一审判决",
                "Give the first judgment",
                "LITIGATION",
                6,
                "行政诉讼法第81条",
            ),
            (
                "DL-REM-09",
                "作出二审判决",
                "Give the second judgment",
                "APPEAL",
                3,
                "行政诉讼法第88条",
            ),
        )
    ),
    ClockRule(
        code="DL-REM-08",
        zh="提起上诉",
        en="Appeal",
        debtor=PARTY,
        owner=None,
        period=CD(15),
        basis="行政诉讼法第85条（判决15日）",
        mark="V",
        started_by=(
            Start(
                type=OVERTURNED,
                key=subject_id,
                item=lambda seen: seen.fact.remedy_id or "",
                when=both(_by("COURT"), lambda seen: seen.fact.remedy_id is not None),
                on=day_of("decided_on"),
            ),
        ),
        grounds=(
            Stop(type=REMEDY, key=subject_id, item=remedy, when=_step("ACCEPTED", "LITIGATION")),
        ),
        stopped_by=(
            Stop(
                type=REMEDY,
                key=subject_id,
                when=_step("APPLIED", "APPEAL"),
                on=day_of("on"),
            ),
        ),
        note="裁定十日：尚无裁定事件 / ten days for rulings: no ruling is an event yet",
    ),
    ClockRule(
        code="R14-PUSH",
        zh="撤回已推送的信用信息",
        en="Take back what was pushed to the credit platform",
        debtor=OFFICE,
        owner="HRSS_MKT",
        period=WD(1),
        setting="push_withdrawal_working_days",
        basis="平台规则（R14，默认1个工作日，可配置）",
        mark="P",
        started_by=(Start(type=OVERTURNED, key=field("decision_id"), when=_of_human_resources),),
        grounds=(
            Stop(
                type=CREDIT_PUSHED,
                key=field("concerns"),
                item=field("record_id"),
                when=is_one_of("kind", "PUSH"),
            ),
        ),
        stopped_by=(
            Stop(
                type=CREDIT_PUSHED,
                key=field("concerns"),
                item=field("record_id"),
                when=is_one_of("kind", "WITHDRAW"),
            ),
        ),
        on_elapse="breach",
    ),
    ClockRule(
        code="R14-CASE",
        zh="重新办理或结案并更正相关事实",
        en="Reopen or close the case and correct what rested on the decision",
        debtor=OFFICE,
        owner=None,
        period=WD(5),
        setting="dependent_facts_working_days",
        basis="行政复议法（2023）第64条；平台规则（R14，默认5个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=OVERTURNED,
                key=_subject,
                item=event,
                when=_penalty,
                owner=field("owner_organ"),
            ),
        ),
        stopped_by=(
            Stop(type=REOPENED, key=_subject, item=field("overturned")),
            Stop(type=CORRECTED, key=_subject, item=lambda seen: seen.fact.because or "-"),
            Stop(type=CLOSED, key=_subject),
        ),
        on_elapse="breach",
        commands=("ReopenCase", "CloseCase", "CorrectFact"),
    ),
)
"""Terms of remedies and of what follows them."""
