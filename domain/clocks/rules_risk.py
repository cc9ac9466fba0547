"""The clocks of findings, risk warnings, interviews and online disposal (reference 7.6, 14.3).

1. What market supervision finds and cannot punish goes to the inspection (R06).
2. Unlicensed dealing in jobs online is put to 网信, which answers (R04).
3. A warning of the risk rules, and what market supervision itself found or saw uncorrected,
   calls for an interview (IV-1, IV-2); a warning interview serves for a reminder.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.clocks.conditions import (
    CORRECTED,
    OFFICE,
    PARTY,
    REGISTRATION_CHANGED,
    WARNED,
    WD,
    both,
    day_of,
    is_one_of,
)
from domain.clocks.rules_leads import ASSESSED, FILED_CASE, SENT
from domain.clocks.words import (
    ClockRule,
    Seen,
    Start,
    Stop,
    field,
    owner_of_ground,
    subject_id,
    uscc,
)
from domain.enforcement.facts import CaseClosed
from domain.finding import ViolationFound
from domain.online.facts import OnlineDisposalRequested, OnlineDisposalTaken
from domain.risk.facts import InterviewHeld

CASE_CLOSED = CaseClosed.TYPE
FOUND = ViolationFound.TYPE
INTERVIEWED = InterviewHeld.TYPE
REQUESTED = OnlineDisposalRequested.TYPE
ANSWERED = OnlineDisposalTaken.TYPE

HR_MARKET = "HRSS_MKT"
UNLICENSED_ONLINE = "V-LIC-04"
NOT_TRIVIAL = ("GEN", "SER", "MAJ")


def _by_market(seen: Seen) -> bool:
    return bool(seen.organ == HR_MARKET)


def _needs_penalty(seen: Seen) -> bool:
    return _by_market(seen) and bool(seen.fact.needs_penalty)


_uncorrected = both(_by_market, is_one_of("outcome", "NOT_CORRECTED", "REFUSED"))


def _first_finding(seen: Seen) -> bool:
    fact = seen.fact
    return _by_market(seen) and fact.earlier == 0 and fact.severity.value in NOT_TRIVIAL


def _second_finding(seen: Seen) -> bool:
    return _by_market(seen) and seen.fact.earlier > 0


def _risk(level: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.fact.level.value == level and seen.fact.rule.startswith("RW-")


def _online(seen: Seen) -> bool:
    return _by_market(seen) and bool(seen.fact.online)


def _unlicensed_online(seen: Seen) -> bool:
    return _by_market(seen) and bool(seen.fact.code == UNLICENSED_ONLINE)


RISK_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="R04",
        zh="提请网信部门处置",
        en="Ask for online disposal",
        debtor=OFFICE,
        owner=HR_MARKET,
        period=WD(3),
        setting="online_request_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（R04，默认3个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=ASSESSED, key=subject_id, when=_online),
            Start(type=FOUND, key=subject_id, when=_unlicensed_online),
        ),
        stopped_by=(Stop(type=REQUESTED, key=subject_id),),
        on_elapse="breach",
        commands=("RequestOnlineDisposal",),
    ),
    ClockRule(
        code="R04-ANSWER",
        zh="网信部门答复处置提请",
        en="Answer a request for online disposal",
        debtor=OFFICE,
        owner="CAC",
        period=WD(3),
        setting="online_answer_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（R04，默认3个工作日，可配置）",
        mark="P",
        started_by=(Start(type=REQUESTED, key=field("request_id")),),
        stopped_by=(Stop(type=ANSWERED, key=field("request_id")),),
        on_elapse="breach",
        commands=("AnswerOnlineDisposal",),
    ),
    ClockRule(
        code="R06",
        zh="向劳动监察移送处罚线索",
        en="Send a penalty lead to the inspection",
        debtor=OFFICE,
        owner=HR_MARKET,
        period=WD(5),
        setting="penalty_lead_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）八；平台规则（R06，默认5个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=FOUND, key=subject_id, when=_needs_penalty),
            Start(type=CORRECTED, key=subject_id, when=_uncorrected),
        ),
        stopped_by=(Stop(type=SENT, key=subject_id, when=is_one_of("kind", "PENALTY_LEAD")),),
        on_elapse="breach",
        commands=("TransferLead",),
    ),
    ClockRule(
        code="IV-1",
        zh="提示约谈",
        en="Hold a reminder interview",
        debtor=OFFICE,
        owner=HR_MARKET,
        period=WD(10),
        setting="interview_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（约谈，默认10个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=WARNED, key=subject_id, when=_risk("YELLOW")),
            Start(type=FOUND, key=subject_id, when=_first_finding),
        ),
        stopped_by=(Stop(type=INTERVIEWED, key=subject_id, on=day_of("held_on")),),
        on_elapse="breach",
        commands=("HoldInterview",),
    ),
    ClockRule(
        code="IV-2",
        zh="警示约谈",
        en="Hold a warning interview",
        debtor=OFFICE,
        owner=HR_MARKET,
        period=WD(5),
        setting="warning_interview_working_days",
        basis="辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（约谈，默认5个工作日，可配置）",
        mark="P",
        started_by=(
            Start(type=WARNED, key=subject_id, when=_risk("ORANGE")),
            Start(type=FOUND, key=subject_id, when=_second_finding),
            Start(type=CORRECTED, key=subject_id, when=_uncorrected),
        ),
        stopped_by=(
            Stop(
                type=INTERVIEWED,
                key=subject_id,
                when=is_one_of("type", "WARNING"),
                on=day_of("held_on"),
            ),
        ),
        on_elapse="breach",
        commands=("HoldInterview",),
    ),
    ClockRule(
        code="R22-CASE",
        watched=True,
        zh="处理已终止主体的在办案件",
        en="Look at the open cases of an ended subject",
        debtor=PARTY,
        owner=None,
        period=WD(10),
        setting="ended_subject_working_days",
        basis="平台规则（R22，默认10个工作日，可配置）",
        mark="P",
        started_by=(
            Start(
                type=REGISTRATION_CHANGED,
                key=uscc,
                when=is_one_of("change", "CANCELLED", "BUSINESS_LICENCE_REVOKED"),
                owner=owner_of_ground,
                region=owner_of_ground,
            ),
        ),
        grounds=(Stop(type=FILED_CASE, key=subject_id, item=field("case_id")),),
        stopped_by=(Stop(type=CASE_CLOSED, key=subject_id, item=field("case_id")),),
        commands=("CloseCase",),
        note="只作提示，不计逾期 / a reminder, never counted",
    ),
)
"""Terms around findings and warnings."""
