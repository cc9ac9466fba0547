"""Who may send what to whom (reference 1.1, 1.3, 7.3, 8.6): a table, and the rules of level.

Agencies, associations and the leading group itself receive no leads: the group's office does.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.departments import ORGANS, covers
from domain.enforcement.facts import ENFORCERS
from domain.errors import Refusal
from domain.lead.facts import LeadKind, Stage

CANNOT_RECEIVE = ("AGENCY", "ASSOC", "LG")
COORDINATORS = ("LGO", "FAO")
"""Organs that coordinate a joint action (总体协调)."""

HUMAN_RESOURCES = ("HRSS", "HRSS_MKT", "HRSS_APPR", "HRSS_INSP", "HRSS_LR")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Which organs may send a kind of lead and which may receive it; None: any that can."""

    kind: LeadKind
    senders: tuple[str, ...] | None
    receivers: tuple[str, ...] | None
    zh: str
    source: str


CHANNELS: dict[LeadKind, Channel] = {
    one.kind: one
    for one in (
        Channel(
            kind=LeadKind.DISCOVERY,
            senders=None,
            receivers=None,
            zh="发现线索",
            source="友好区涉外劳务专项整治方案（2023）；平台规则（线索移送）",
        ),
        Channel(
            kind=LeadKind.PENALTY_LEAD,
            senders=None,
            receivers=ENFORCERS,
            zh="涉行政处罚线索",
            source="辽宁省人力资源市场管理通知（2024-11-11）八；行政处罚法第17条",
        ),
        Channel(
            kind=LeadKind.OUTCOME_NOTICE,
            senders=None,
            receivers=None,
            zh="处理结果反馈",
            source="辽宁省人力资源市场管理通知（2024-11-11）八；平台规则（DL-LEAD-04）",
        ),
        Channel(
            kind=LeadKind.PUBLIC_ORDER,
            senders=None,
            receivers=("PSB",),
            zh="涉治安线索",
            source="治安管理处罚法（案件移送公安机关）",
        ),
        Channel(
            kind=LeadKind.REQUEST_TO_DEAL,
            senders=("DRC", "COM"),
            receivers=("SAMR",),
            zh="提请查处",
            source="对外劳务合作管理条例第39条；无证无照经营查处办法第8条",
        ),
        Channel(
            kind=LeadKind.REVOCATION_REQUEST,
            senders=HUMAN_RESOURCES,
            receivers=("SAMR",),
            zh="提请吊销营业执照",
            source="辽宁省人力资源市场管理通知（2024-11-11）八",
        ),
        Channel(
            kind=LeadKind.UPWARD,
            senders=None,
            receivers=None,
            zh="上报",
            source="平台规则（重大线索上报）",
        ),
        Channel(
            kind=LeadKind.ASSIGNMENT,
            senders=None,
            receivers=None,
            zh="交办",
            source="平台规则（上级交办、指定管辖）",
        ),
    )
}
"""One row for each kind."""

LGO_SENDS = (
    LeadKind.DISCOVERY,
    LeadKind.OUTCOME_NOTICE,
    LeadKind.UPWARD,
    LeadKind.ASSIGNMENT,
)
"""What the office of a coordinating body may send: it hands on and assigns, it requests nothing."""


class NoSuchOrgan(Refusal):
    """No organ has this code."""

    zh = "没有机关{organ}。"
    en = "There is no organ {organ}."
    next_zh = "请从机关目录中选择。"
    next_en = "Choose an organ of the directory."
    source = "平台机关目录"
    field = "to_organ"


class OrganCannotReceiveLeads(Refusal):
    """The organ has no office that deals with leads."""

    zh = "{organ_zh}（{organ}）不能接收线索。"
    en = "{organ} cannot receive leads."
    next_zh = "请移送有权处理的机关；需协调的移送领导小组办公室。"
    next_en = "Send it to a competent organ, or to the leading group's office for coordination."
    source = "国办发〔2024〕54号；平台机关目录"
    field = "to_organ"


class LeadToItself(Refusal):
    """Sender and receiver are one office."""

    zh = "移送方与接收方同为{organ}（{region}）。"
    en = "Sender and receiver are both {organ} in {region}."
    next_zh = "本机关有权处理的直接办理，无需移送。"
    next_en = "Deal with it; nothing is sent to oneself."
    source = "平台规则（线索移送）"
    field = "to_organ"


class KindNotForSender(Refusal):
    """This organ may not send this kind."""

    zh = "{sender}不能发出“{kind_zh}”，该类移送由{allowed}发出。"
    en = "{sender} may not send {kind}; it is sent by {allowed}."
    next_zh = "请改选移送种类，或交由有权机关发出。"
    next_en = "Choose another kind, or let an entitled organ send it."
    source = "平台规则（线索移送对象表）"
    field = "kind"


class KindNotForReceiver(Refusal):
    """This organ does not deal with this kind."""

    zh = "“{kind_zh}”应移送{allowed}，不能移送{receiver}。"
    en = "{kind} goes to {allowed}, not to {receiver}."
    next_zh = "请改选接收机关或移送种类。"
    next_en = "Choose another receiver or another kind."
    source = "平台规则（线索移送对象表）"
    field = "to_organ"


class NotUpward(Refusal):
    """An upward lead went to a territory that is not superior."""

    zh = "上报应送上级地区，{to_region}不是{from_region}的上级。"
    en = "An upward lead goes to a superior territory; {to_region} is none of {from_region}."
    next_zh = "请填写上级地区代码；同级机关之间请用其他移送种类。"
    next_en = "Enter the superior territory, or choose another kind between organs of one level."
    source = "平台规则（重大线索上报）"
    field = "to_region"


class NotDownward(Refusal):
    """An assignment came neither from a superior nor from the coordinating office."""

    zh = "交办由上级机关或领导小组办公室作出，{sender}（{from_region}）不能向{to_region}交办。"
    en = "Only a superior or the leading group's office assigns; {sender} in {from_region} cannot assign to {to_region}."
    next_zh = "同级机关之间请改用其他移送种类。"
    next_en = "Between organs of one level choose another kind."
    source = "平台规则（上级交办、指定管辖）"
    field = "kind"


class CoordinationNotItsTask(Refusal):
    """Only a coordinating office moves a lead to the stage of coordination."""

    zh = "“协调”环节由{allowed}办理，{sender}不能发起。"
    en = "Coordination is the task of {allowed}; {sender} cannot begin it."
    next_zh = "请移送领导小组办公室协调，环节选“研判”或“处置”。"
    next_en = "Send it to the leading group's office and choose another stage."
    source = "友好区涉外劳务专项整治方案（2023）（协调）"
    field = "stage"


def can_receive(organ: str) -> str:
    """An organ that can receive leads, or why it cannot."""
    if organ not in ORGANS:
        raise NoSuchOrgan(organ=organ)
    if organ in CANNOT_RECEIVE:
        raise OrganCannotReceiveLeads(organ=organ, organ_zh=ORGANS[organ].zh)
    return organ


def is_superior(region: str, other: str) -> bool:
    """Whether a territory stands above another."""
    return region != other and covers(region, other)


def check_channel(
    kind: LeadKind,
    stage: Stage,
    *,
    sender: str,
    from_region: str,
    receiver: str,
    to_region: str,
) -> None:
    """Refuses a lead that this sender may not send, or not to this receiver."""
    can_receive(receiver)
    if sender == receiver and from_region == to_region:
        raise LeadToItself(organ=sender, region=from_region)
    row = CHANNELS[kind]
    senders = row.senders
    if sender == "LGO" and kind not in LGO_SENDS:
        senders = senders or tuple(one for one in ORGANS if one not in (*CANNOT_RECEIVE, "LGO"))
    if senders is not None and sender not in senders:
        raise KindNotForSender(
            sender=sender, kind=kind.value, kind_zh=row.zh, allowed="、".join(senders)
        )
    if row.receivers is not None and receiver not in row.receivers:
        raise KindNotForReceiver(
            receiver=receiver, kind=kind.value, kind_zh=row.zh, allowed="、".join(row.receivers)
        )
    if kind is LeadKind.UPWARD and not is_superior(to_region, from_region):
        raise NotUpward(from_region=from_region, to_region=to_region)
    if kind is LeadKind.ASSIGNMENT and not assigns(sender, from_region, to_region):
        raise NotDownward(sender=sender, from_region=from_region, to_region=to_region)
    if stage is Stage.COORDINATE and sender not in COORDINATORS:
        raise CoordinationNotItsTask(sender=sender, allowed="、".join(COORDINATORS))


def assigns(sender: str, from_region: str, to_region: str) -> bool:
    """Whether an organ may assign to a territory: from above, or as the coordinating office."""
    return is_superior(from_region, to_region) or (
        sender == "LGO" and covers(from_region, to_region)
    )
