"""Reactions around a licence: push, claim, correction, ending, credit (reference 14.3)."""

from __future__ import annotations

from typing import Any

from domain.departments import node_of
from domain.licence.facts import HR_LICENCES
from domain.organisation import ENDINGS
from domain.reactions.words import Kind, Rule, Seen, always, subject


def _firm(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.subject}


def _firm_and_push(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.fact.uscc, "push": seen.fact.push_id}


def _firm_and_fact(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.fact.uscc, "about": seen.id}


def _licence_and_fact(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.fact.uscc, "type": seen.fact.type.value, "about": seen.id}


def _licence(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.fact.uscc, "type": seen.fact.type.value}


def _of_hr(seen: Seen) -> bool:
    return seen.fact.type.value in HR_LICENCES


def _registers_a_scope(seen: Seen) -> bool:
    return seen.type == "subject.registered.v1" or seen.fact.change.value == "SCOPE"


def ends_the_subject(seen: Seen) -> bool:
    """Whether a changed registration is the end of the firm."""
    return seen.fact.change in ENDINGS


def _end_cause(seen: Seen) -> str:
    return "ANNULLED" if seen.type == "licence.annulled.v1" else "REVOKED"


ENDS = ("licence.annulled.v1", "licence.revoked.v1")

LICENSING: tuple[Rule, ...] = (
    Rule(
        id="R01",
        kind=Kind.AUTOMATIC,
        owner_organ="SAMR",
        when=("subject.registered.v1", "subject.registration_changed.v1"),
        given=_registers_a_scope,
        command_name="PushBusinessScope",
        command=lambda seen: {"organisation": seen.fact.uscc, "registration_event": seen.id},
        target=subject,
        clock="R01",
        zh="登记或变更的经营范围命中关键词的，推送主管人社部门",
        en="A registered scope that matches a keyword is pushed to the supervising HR department",
        source="辽宁省人力资源市场管理通知（2024-11-11）八（及时）；平台规则（R01，默认3个工作日，可配置）",
    ),
    Rule(
        id="R02",
        kind=Kind.DUTY,
        owner_organ="HRSS_MKT",
        when=("push.scope_pushed.v1",),
        given=always,
        command_name="ClaimPush",
        command=_firm_and_push,
        target=subject,
        clock="R02",
        zh="收到推送后认领",
        en="A push is claimed",
        source="平台规则（R02，默认5个工作日，可配置）",
    ),
    Rule(
        id="R03",
        kind=Kind.DUTY,
        owner_organ="HRSS_MKT",
        when=("push.claimed.v1",),
        given=lambda seen: bool(seen.fact.needs),
        command_name="IssueLicensingGuidance",
        command=_firm_and_push,
        target=subject,
        clock="R03",
        zh="认领后需许可或备案的，出具指引",
        en="A claimed push that needs a licence or filing gets guidance",
        source="平台规则（R03，默认5个工作日，可配置）",
    ),
    Rule(
        id="P43-SATISFIED",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_MKT",
        when=("licence.granted.v1", "filing.recorded.v1"),
        given=lambda seen: seen.type != "licence.granted.v1" or _of_hr(seen),
        command_name="DisposeSatisfiedPushes",
        command=_firm,
        target=subject,
        clock=None,
        zh="已取得许可或已备案的，推送按“已许可”“已备案”办结",
        en="A push whose needs a licence or filing meets is disposed LICENSED or FILED",
        source="平台规则（推送办结）",
    ),
    Rule(
        id="R05-ORDER",
        kind=Kind.DUTY,
        owner_organ="HRSS_APPR",
        when=("licence.commitment_verified.v1",),
        given=lambda seen: seen.fact.result.value == "FAILED",
        command_name="OrderCorrection",
        command=_firm,
        target=subject,
        clock="R05-ORDER",
        zh="承诺核查不实的，当日责令限期改正",
        en="A failed commitment is ordered to be corrected the same day",
        source="平台规则（R05，当日责令，是否先行责令可配置）",
    ),
    Rule(
        id="R05-ANNUL",
        kind=Kind.DUTY,
        owner_organ="HRSS_APPR",
        when=("correction.verified.v1",),
        given=lambda seen: (
            seen.organ in ("HRSS_APPR", "HRSS_LR")
            and seen.fact.outcome.value in ("NOT_CORRECTED", "REFUSED")
        ),
        command_name="AnnulLicence",
        command=_firm,
        target=subject,
        clock="R05-ANNUL",
        zh="逾期未改正的，依法撤销许可",
        en="A licence whose failed commitment is not corrected is annulled",
        source="平台规则（R05，默认20个工作日，可配置）；行政许可法第69条",
    ),
    Rule(
        id="R05-DEREG",
        kind=Kind.DUTY,
        owner_organ="HRSS_APPR",
        when=ENDS,
        given=_of_hr,
        command_name="DeregisterLicence",
        command=lambda seen: {**_licence(seen), "cause": _end_cause(seen)},
        target=subject,
        clock="R05-DEREG",
        zh="许可被撤销或吊销的，办理注销",
        en="An annulled or revoked licence is deregistered",
        source="平台规则（R05，默认10个工作日，可配置）；行政许可法第70条",
    ),
    Rule(
        id="R11-NOTICE",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_APPR",
        when=ENDS,
        given=_of_hr,
        command_name="NotifyRegistrar",
        command=_licence_and_fact,
        target=subject,
        clock="R11-NOTICE",
        zh="许可被撤销或吊销的，通知市场监管部门清理经营范围",
        en="Market regulation is told that a licence was annulled or revoked",
        source="平台规则（R11，默认5个工作日，可配置）",
    ),
    Rule(
        id="R11-CREDIT",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_MKT",
        when=ENDS,
        given=_of_hr,
        command_name="PushCreditRecord",
        command=_firm_and_fact,
        target=subject,
        clock="R11-CREDIT",
        zh="许可被撤销或吊销的，推送信用平台",
        en="The end of a licence is pushed to the credit platform",
        source="平台规则（R11，默认5个工作日，可配置）",
    ),
    Rule(
        id="R11-DIR",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_MKT",
        when=ENDS,
        given=_of_hr,
        command_name="RefreshDirectory",
        command=lambda seen: {"region": seen.fact.region, "about": seen.id},
        target=lambda seen: str(seen.fact.region),
        clock="R11-DIR",
        zh="许可被撤销或吊销的，移出名录并重新公布",
        en="The directory is published again without the firm",
        source="平台规则（R11，默认5个工作日，可配置）；人力资源市场暂行条例第22条",
    ),
    Rule(
        id="R14-DIR",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_MKT",
        when=("fact.corrected.v1",),
        given=lambda seen: (
            seen.fact.kind.value == "VOID"
            and seen.fact.target_type in ENDS
            and node_of(seen.organ).id == "hr"
        ),
        command_name="RefreshDirectory",
        command=lambda seen: {"region": seen.region, "about": seen.id},
        target=lambda seen: str(seen.region),
        clock=None,
        zh="许可自始恢复的，名录重新公布",
        en="The directory is published again when a licence stands again",
        source="平台规则（R14）；人力资源市场暂行条例第22条",
    ),
    Rule(
        id="R12",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS_MKT",
        when=("licence.granted.v1",),
        given=_of_hr,
        command_name="PushCreditRecord",
        command=_firm_and_fact,
        target=subject,
        clock="DL-LIC-14",
        zh="准予许可的，推送信用平台公示（双公示）",
        en="A grant is pushed to the credit platform for publication",
        source="双公示；平台规则（R12，默认7个工作日，可配置）",
    ),
    Rule(
        id="DRC-RECEIVE",
        kind=Kind.AUTOMATIC,
        owner_organ="DRC",
        when=("credit.record_pushed.v1",),
        given=always,
        command_name="ReceiveCreditRecord",
        command=lambda seen: {"organisation": seen.fact.uscc, "push_event": seen.id},
        target=subject,
        clock=None,
        zh="收到推送的信用信息后归集或撤下",
        en="A pushed credit record is kept or withdrawn, and the sender told",
        source="平台规则（R12）",
    ),
    Rule(
        id="R22",
        kind=Kind.DUTY,
        owner_organ="HRSS_APPR",
        when=("subject.registration_changed.v1",),
        given=ends_the_subject,
        command_name="DeregisterLicence",
        command=lambda seen: {"organisation": seen.fact.uscc, "cause": "SUBJECT_ENDED"},
        target=subject,
        clock="R22",
        zh="市场主体注销或被吊销营业执照的，注销其许可",
        en="The licences of an ended subject are deregistered",
        source="平台规则（R22，默认10个工作日，可配置）；行政许可法第70条",
    ),
)
"""The reactions of registration, push, licensing and credit."""
