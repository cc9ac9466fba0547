"""Reactions of inspections (reference 6.3, 14.3): every one leaves its decision to an officer.

1. Who is sent a task claims it; who recorded a result publishes it when it may be public.
2. 市场监管 looks for a firm that was not found, and decides on the list (R09).
3. What was found and needs a case or a lead is pursued by the organ that found it.
"""

from __future__ import annotations

from typing import Any

from domain.clocks.rules_inspections import needs_follow_up, unreachable
from domain.inspection.facts import INSPECTING, SENDERS
from domain.inspection.publication import AT_ONCE
from domain.reactions.words import Kind, Rule, Seen, subject

_SENT, _RESULT = "inspection.task_sent.v1", "inspection.result_recorded.v1"
_VERIFIED = "inspection.address_verified.v1"
_CLAIM = "鄂人社函〔2022〕97号二（一）；平台规则（认领任务，默认5个工作日，可配置）"


def _task(seen: Seen) -> str:
    return str(seen.fact.task_id)


def _to_claim(seen: Seen) -> dict[str, Any]:
    return {"tasks": (seen.fact.task_id,)}


def _of_task(seen: Seen) -> dict[str, Any]:
    return {"task": seen.fact.task_id}


def _of_task_and_firm(seen: Seen) -> dict[str, Any]:
    return {"task": seen.fact.task_id, "organisation": seen.subject}


def _sent_by(organ: str) -> Any:
    return lambda seen: seen.organ == organ


def _publishes(organ: str) -> Any:
    def given(seen: Seen) -> bool:
        fact = seen.fact
        drawn = fact.kind.value == "DOUBLE_RANDOM"
        return seen.organ == organ and drawn and fact.category in AT_ONCE

    return given


def _pursues(organ: str) -> Any:
    return lambda seen: seen.organ == organ and bool(needs_follow_up(seen))


def _entry(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.subject, "action": "ENTERED", "basis": seen.fact.task_id}


def _lead(seen: Seen) -> dict[str, Any]:
    return {
        "organisation": seen.subject,
        "kind": "PENALTY_LEAD",
        "to_organ": "HRSS_INSP",
        "about": seen.fact.task_id,
    }


def _case(seen: Seen) -> dict[str, Any]:
    return {"organisation": seen.subject, "findings": tuple(seen.fact.findings)}


INSPECTING_RULES: tuple[Rule, ...] = (
    *(
        Rule(
            id=f"TASK-CLAIM-{organ.removeprefix('HRSS_')}",
            kind=Kind.DUTY,
            owner_organ=organ,
            when=(_SENT,),
            given=given,
            command_name="ClaimTasks",
            command=_to_claim,
            target=_task,
            clock=clock,
            zh="上级下派检查任务的，及时认领",
            en="A task that was sent down is claimed",
            source=_CLAIM,
        )
        for organ, clock, given in (
            *((organ, "TASK-CLAIM", _sent_by(organ)) for organ in SENDERS),
            ("SAMR", "TASK-CLAIM-SAMR", lambda _: True),
        )
    ),
    *(
        Rule(
            id=f"R10-{organ.removeprefix('HRSS_')}",
            kind=Kind.DUTY,
            owner_organ=organ,
            when=(_RESULT,),
            given=_publishes(organ),
            command_name="PublishResult",
            command=_of_task,
            target=_task,
            clock="R10",
            zh="双随机检查结果未发现问题的，及时公开",
            en="A drawn object's result without a problem is published",
            source="人力资源市场暂行条例第35条；平台规则（R10，默认20个工作日，可配置）",
        )
        for organ in INSPECTING
    ),
    Rule(
        id="R09-VERIFY",
        kind=Kind.DUTY,
        owner_organ="SAMR",
        when=(_RESULT,),
        given=unreachable,
        command_name="VerifyAddress",
        command=_of_task_and_firm,
        target=_task,
        clock="R09-VERIFY",
        zh="检查中通过登记住所无法联系的，通报市场监管部门核实",
        en="A firm that was not found is reported to market regulation, which looks for it",
        source="企业信息公示暂行条例；平台规则（住所核实，默认10个工作日，可配置）",
    ),
    Rule(
        id="R09",
        kind=Kind.DUTY,
        owner_organ="SAMR",
        when=(_VERIFIED,),
        given=lambda seen: not seen.fact.reachable,
        command_name="ChangeAbnormalList",
        command=_entry,
        target=_task,
        clock="R09",
        zh="经核实无法联系的，决定列入经营异常名录",
        en="Where it is verified that nobody is there, the list is decided on",
        source="企业信息公示暂行条例（未经原文核对）；平台规则（R09，默认10个工作日，可配置）",
    ),
    *(
        Rule(
            id=f"FOLLOW-UP-{organ.removeprefix('HRSS_')}",
            kind=Kind.DUTY,
            owner_organ=organ,
            when=(_RESULT,),
            given=_pursues(organ),
            command_name=name,
            command=form,
            target=subject,
            clock="FOLLOW-UP",
            zh="检查发现问题待后续处理、不配合情节严重的，立案或移送线索",
            en="What waits to be pursued becomes a case or a lead",
            source="鄂人社函〔2022〕97号二（二）；平台规则（后续处理，默认5个工作日，可配置）",
        )
        for organ, name, form in (
            ("HRSS_INSP", "FileCase", _case),
            ("SAMR", "FileCase", _case),
            ("HRSS_MKT", "TransferLead", _lead),
            ("HRSS_APPR", "TransferLead", _lead),
            ("HRSS_LR", "TransferLead", _lead),
        )
    ),
)
"""The duties of inspections."""
