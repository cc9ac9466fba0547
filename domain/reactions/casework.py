"""Reactions of leads, complaints, cases, referral, online disposal and review (reference 7.6, 14.3).

1. A machine counts risks, disposes of the leads of a closed case, and takes back what was
   published or pushed about a decision that no longer stands.
2. Everything that weighs facts is an officer's duty: the rule names the command and the clock.
"""

from __future__ import annotations

from typing import Any

from domain.departments import node_of
from domain.reactions.licensing import ends_the_subject
from domain.reactions.words import Kind, Rule, Seen, always, subject
from domain.referral.facts import about_of
from domain.referral.state import ENDING
from domain.review.overturning import UNDOES
from domain.terms import is_uscc

_COMPLAINED, _ASSESSED = "complaint.received.v1", "lead.assessed.v1"
_PROPOSED, _FOUND = "referral.proposed.v1", "finding.violation_found.v1"
_HIT, _REVIEWS = "online.hit_judged.v1", "online.bad_reviews_recorded.v1"
_OVERTURNED, _PENALISED = "review.decision_overturned.v1", "case.penalty_decided.v1"
_CLOSED, _WARNED = "case.closed.v1", "risk.warning_raised.v1"
_CORRECTED, _REGISTRATION = "correction.verified.v1", "subject.registration_changed.v1"
_NOTICE, _REFUSAL_FINAL = "referral.notice_received.v1", "referral.refusal_final.v1"

_MARKET = "HRSS_MKT"
_NOT_TRIVIAL = ("GEN", "SER", "MAJ")
_UNCORRECTED = ("NOT_CORRECTED", "REFUSED")
_RISK_SOURCE = "辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（风险预警，阈值可配置）"


def _organisation(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.subject}


def _organisation_and_fact(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.subject, "about": seen.id}


def _operator(seen: Seen) -> str:
    """Whom a hit concerns; any other fact concerns its subject."""
    return str(getattr(seen.fact, "operator", None) or seen.subject)


def _risk(seen: Seen) -> dict[str, Any]:
    return {"organisation": _operator(seen), "about": seen.id}


def _bears_on_risk(seen: Seen) -> bool:
    fact = seen.fact
    if seen.type == _ASSESSED:
        return bool(fact.crime_suspected or fact.persons)
    if seen.type == _FOUND:
        return fact.persons is not None
    if seen.type == _HIT:
        return fact.judgement.value == "CONFIRMED" and fact.operator is not None
    return True


def _of_human_resources(organ: str) -> bool:
    return node_of(organ).id == "hr"


def _annulled(seen: Seen) -> bool:
    return seen.fact.result in UNDOES


def _lost_its_ground(seen: Seen) -> bool:
    return seen.fact.result.value in ("ANNULLED", "VOID", "CHANGED", "FOUND_UNLAWFUL")


def _pushed_decision(seen: Seen) -> bool:
    gone = _annulled(seen) or seen.fact.result.value == "CHANGED"
    return gone and _of_human_resources(seen.fact.owner_organ) and is_uscc(seen.subject)


def _overturned_penalty(seen: Seen) -> bool:
    return _annulled(seen) and seen.fact.target_type == _PENALISED


def _online(seen: Seen) -> bool:
    if seen.organ != _MARKET:
        return False
    if seen.type == _ASSESSED:
        return bool(seen.fact.online)
    return bool(seen.fact.code == "V-LIC-04")


def _disposal(seen: Seen) -> dict[str, Any]:
    data: dict[str, Any] = {"organisation": seen.subject}
    if seen.type == _ASSESSED:
        data["lead"] = seen.fact.lead_id
    return data


def _needs_penalty(seen: Seen) -> bool:
    if seen.organ != _MARKET:
        return False
    if seen.type == _FOUND:
        return bool(seen.fact.needs_penalty)
    return bool(seen.fact.outcome.value in _UNCORRECTED)


def _penalty_lead(seen: Seen) -> dict[str, Any]:
    data: dict[str, Any] = {
        "organisation": seen.subject,
        "kind": "PENALTY_LEAD",
        "to_organ": "HRSS_INSP",
        "about": seen.fact.about,
    }
    if seen.type == _FOUND:
        data |= {"codes": (seen.fact.code,), "persons": seen.fact.persons}
    return data


def _question(seen: Seen) -> bool:
    if not seen.organ.startswith("HRSS"):
        return False
    return bool(seen.fact.question if seen.type == _FOUND else seen.fact.crime_suspected)


def _question_form(seen: Seen) -> dict[str, Any]:
    if seen.type == _FOUND:
        return {
            "organisation": seen.subject,
            "about": seen.fact.about,
            "findings": (seen.fact.finding_id,),
        }
    return {"organisation": seen.subject, "about": seen.fact.lead_id}


def _referral(seen: Seen) -> dict[str, Any]:
    return {"referral": seen.fact.referral_id}


def _by_human_resources(seen: Seen) -> bool:
    return seen.organ.startswith("HRSS")


def _interview(type_: str) -> Any:
    return lambda seen: {"organisation": seen.subject, "type": type_, "about": seen.id}


def _reminder(seen: Seen) -> bool:
    if seen.type == _WARNED:
        return bool(seen.fact.level.value == "YELLOW" and seen.fact.rule.startswith("RW-"))
    fact = seen.fact
    return seen.organ == _MARKET and not fact.earlier and fact.severity.value in _NOT_TRIVIAL


def _warning(seen: Seen) -> bool:
    if seen.type == _WARNED:
        return bool(seen.fact.level.value == "ORANGE" and seen.fact.rule.startswith("RW-"))
    if seen.organ != _MARKET:
        return False
    if seen.type == _FOUND:
        return bool(seen.fact.earlier > 0)
    return bool(seen.fact.outcome.value in _UNCORRECTED)


def _final(seen: Seen) -> bool:
    if seen.type == _NOTICE:
        return bool(seen.fact.decision.value == "NOT_FILED" and seen.fact.final)
    if seen.type == _REFUSAL_FINAL:
        return True
    return bool(seen.fact.outcome in ENDING)


def _resumption(seen: Seen) -> dict[str, Any]:
    referral: str = seen.fact.referral_id
    ground = "NOT_FILED_BY_POLICE"
    if seen.type not in (_NOTICE, _REFUSAL_FINAL):
        returned = seen.fact.outcome.value == "RETURNED_FOR_ADMIN"
        ground = "RETURNED_FOR_ADMIN" if returned else "CRIMINAL_CASE_ENDED"
    return {"case": about_of(referral), "ground": ground, "about": referral}


def _own_leads(node: str) -> Any:
    return lambda seen: seen.department == node and bool(seen.fact.leads)


def _own_publication(node: str) -> Any:
    return lambda seen: (
        _lost_its_ground(seen)
        and seen.fact.case_id is not None
        and node_of(seen.fact.owner_organ).id == node
    )


_ENFORCERS = (("", "HRSS_INSP"), ("-SAMR", "SAMR"), ("-COM", "COM"))

CASEWORK: tuple[Rule, ...] = (
    Rule(
        id="RW",
        kind=Kind.AUTOMATIC,
        owner_organ=_MARKET,
        when=(_COMPLAINED, _ASSESSED, _PROPOSED, _FOUND, _HIT, _REVIEWS),
        given=_bears_on_risk,
        command_name="JudgeRisk",
        command=_risk,
        target=_operator,
        clock=None,
        zh="投诉举报、线索、移送、违法事项和网络信息达到阈值的，发出风险预警",
        en="Complaints, leads, referrals, findings and online hits are counted, and warnings raised",
        source=_RISK_SOURCE,
    ),
    *(
        Rule(
            id=f"LEAD-DISPOSED{suffix}",
            kind=Kind.AUTOMATIC,
            owner_organ=organ,
            when=(_CLOSED,),
            given=_own_leads(node_of(organ).id),
            command_name="DisposeLeadsOfCase",
            command=lambda seen: {"case": seen.fact.case_id, "leads": seen.fact.leads},
            target=lambda seen: str(seen.fact.case_id),
            clock="DL-LEAD-04",
            zh="案件结案的，其依据的线索随之办结",
            en="The leads that a closed case names are disposed of",
            source="平台规则（线索反馈，默认5个工作日）",
        )
        for suffix, organ in _ENFORCERS
    ),
    Rule(
        id="R04",
        kind=Kind.DUTY,
        owner_organ=_MARKET,
        when=(_ASSESSED, _FOUND),
        given=_online,
        command_name="RequestOnlineDisposal",
        command=_disposal,
        target=subject,
        clock="R04",
        zh="发现未经许可从事网络招聘服务的，提请网信部门处置",
        en="Unlicensed dealing in jobs online is put to 网信 with an opinion",
        source="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（R04，默认3个工作日，可配置）",
    ),
    Rule(
        id="R04-ANSWER",
        kind=Kind.DUTY,
        owner_organ="CAC",
        when=("online.disposal_requested.v1",),
        given=always,
        command_name="AnswerOnlineDisposal",
        command=lambda seen: {"request": seen.fact.request_id},
        target=subject,
        clock="R04-ANSWER",
        zh="收到处置提请的，处置并答复",
        en="A request for online disposal is answered",
        source="辽宁省人力资源市场管理通知（2024-11-11）二；平台规则（R04，默认3个工作日，可配置）",
    ),
    Rule(
        id="R06",
        kind=Kind.DUTY,
        owner_organ=_MARKET,
        when=(_FOUND, _CORRECTED),
        given=_needs_penalty,
        command_name="TransferLead",
        command=_penalty_lead,
        target=subject,
        clock="R06",
        zh="监管发现需处罚或逾期未改正的，移送劳动监察",
        en="What market supervision finds and cannot punish goes to the inspection",
        source="辽宁省人力资源市场管理通知（2024-11-11）八；平台规则（R06，默认5个工作日，可配置）",
    ),
    Rule(
        id="R07",
        kind=Kind.DUTY,
        owner_organ="HRSS_INSP",
        when=(_FOUND, _ASSESSED),
        given=_question,
        command_name="ProposeReferral",
        command=_question_form,
        target=subject,
        clock="R07",
        zh="涉嫌犯罪的，判断是否移送公安机关",
        en="Where a crime is suspected the referral question is asked and answered",
        source="行政处罚法第27条；平台规则（R07，默认3个工作日，可配置）",
    ),
    Rule(
        id="R08-DECIDE",
        kind=Kind.DUTY,
        owner_organ="HRSS",
        when=(_PROPOSED,),
        given=_by_human_resources,
        command_name="DecideReferral",
        command=_referral,
        target=subject,
        clock="DL-REF-03",
        zh="收到移送报告的，正职负责人作出决定",
        en="The principal head decides on a reported referral",
        source="行政执法机关移送涉嫌犯罪案件的规定第5条",
    ),
    Rule(
        id="R08-TRANSFER",
        kind=Kind.DUTY,
        owner_organ="HRSS",
        when=("referral.decided.v1",),
        given=lambda seen: _by_human_resources(seen) and seen.fact.approved,
        command_name="TransferReferral",
        command=_referral,
        target=subject,
        clock="DL-REF-04",
        zh="批准移送的，二十四小时内移送公安机关并抄送检察机关",
        en="An approved referral goes to the police within 24 hours, with its copy",
        source="行政执法机关移送涉嫌犯罪案件的规定第5条",
    ),
    Rule(
        id="R12-PENALTY",
        kind=Kind.AUTOMATIC,
        owner_organ=_MARKET,
        when=(_PENALISED,),
        given=lambda seen: seen.department == "hr" and is_uscc(seen.subject),
        command_name="PushCreditRecord",
        command=_organisation_and_fact,
        target=subject,
        clock="R12",
        zh="作出行政处罚决定的，推送信用平台公示（双公示）",
        en="A penalty is pushed to the credit platform for publication",
        source="双公示；平台规则（R12，默认7个工作日，可配置）",
    ),
    *(
        Rule(
            id=f"R14-PUB{suffix}",
            kind=Kind.AUTOMATIC,
            owner_organ=organ,
            when=(_OVERTURNED,),
            given=_own_publication(node_of(organ).id),
            command_name="WithdrawOverturnedPublication",
            command=lambda seen: {"case": seen.fact.case_id, "about": seen.id},
            target=lambda seen: str(seen.fact.case_id),
            clock="DL-PEN-10",
            zh="处罚决定被撤销、变更或确认违法、无效的，撤回已公开的信息",
            en="What was published about an overturned decision is withdrawn",
            source="行政处罚法第48条第2款",
        )
        for suffix, organ in _ENFORCERS
    ),
    Rule(
        id="R14-PUSH",
        kind=Kind.AUTOMATIC,
        owner_organ=_MARKET,
        when=(_OVERTURNED,),
        given=_pushed_decision,
        command_name="WithdrawCreditRecord",
        command=_organisation_and_fact,
        target=subject,
        clock="R14-PUSH",
        zh="决定被撤销或确认无效的，撤回已推送的信用信息",
        en="What was pushed about an annulled decision is taken back",
        source="平台规则（R14，默认1个工作日，可配置）",
    ),
    Rule(
        id="R14-LICENCE",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_APPR",
        when=(_OVERTURNED,),
        given=_pushed_decision,
        command_name="RestoreLicence",
        command=_organisation_and_fact,
        target=subject,
        clock=None,
        zh="撤销许可的决定、吊销所依据的处罚被撤销或确认无效的，许可自始恢复",
        en="A licence stands again when what ended it was annulled or void",
        source="行政复议法第64、67条；行政诉讼法第70、75条；平台规则（R14）",
    ),
    Rule(
        id="R14-CASE",
        kind=Kind.DUTY,
        owner_organ="HRSS_INSP",
        when=(_OVERTURNED,),
        given=lambda seen: _overturned_penalty(seen) and _of_human_resources(seen.fact.owner_organ),
        command_name="ReopenCase",
        command=lambda seen: {"case": seen.fact.case_id, "overturned": seen.id},
        target=subject,
        clock="R14-CASE",
        zh="处罚决定被撤销或确认无效的，重新办理或结案，更正相关事实",
        en="The case of an annulled penalty is reopened or closed, and what rested on it corrected",
        source="行政复议法第64条；平台规则（R14，默认5个工作日，可配置）",
    ),
    *(
        Rule(
            id=code,
            kind=Kind.DUTY,
            owner_organ=_MARKET,
            when=when,
            given=given,
            command_name="HoldInterview",
            command=_interview(type_),
            target=subject,
            clock=code,
            zh=zh,
            en=en,
            source=f"辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（约谈，默认{days}个工作日，可配置）",
        )
        for code, type_, when, given, days, zh, en in (
            (
                "IV-1",
                "REMINDER",
                (_WARNED, _FOUND),
                _reminder,
                10,
                "黄色预警或首次发现一般以上违法事项的，提示约谈",
                "A yellow warning or a first finding calls for a reminder interview",
            ),
            (
                "IV-2",
                "WARNING",
                (_WARNED, _FOUND, _CORRECTED),
                _warning,
                5,
                "橙色预警、再次发现违法事项或逾期未改正的，警示约谈",
                "An orange warning, a second finding or a failed correction calls for a warning interview",
            ),
        )
    ),
    Rule(
        id="R21",
        kind=Kind.DUTY,
        owner_organ="HRSS_INSP",
        when=(_NOTICE, _REFUSAL_FINAL, "referral.criminal_outcome.v1"),
        given=_final,
        command_name="ResumeCase",
        command=_resumption,
        target=subject,
        clock="R21",
        zh="公安机关终局不立案、退回行政处理，或者刑事案件撤销、判决的，恢复办理行政案件",
        en="A case that the police finally do not file or return, or whose crime is dealt with, is resumed",
        source="行政执法机关移送涉嫌犯罪案件的规定第10条；平台规则（R21，默认3个工作日，可配置）",
    ),
    Rule(
        id="R22-CASE",
        kind=Kind.DUTY,
        owner_organ="HRSS_INSP",
        when=(_REGISTRATION,),
        given=ends_the_subject,
        command_name="CloseCase",
        command=lambda _: {},
        target=subject,
        clock="R22-CASE",
        zh="市场主体终止的，检视其在办案件",
        en="The open cases of an ended subject are looked at",
        source="平台规则（R22，默认10个工作日，可配置）",
    ),
)
"""The reactions of leads, cases, referral, online disposal and review."""
