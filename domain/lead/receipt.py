"""Receiving a lead: signed for or returned, its background checked, assessed (签收、核查、研判).

1. The receiver signs, or returns with a reason and names the competent organ; a designated
   lead is not returned.
2. An assessment names codes of the catalogue, says whether a crime is suspected and who deals
   with it. One that finds nothing to do closes the lead in the same act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, command, decides
from domain.errors import Refusal
from domain.lead.channels import can_receive
from domain.lead.facts import (
    Assessment,
    BackgroundChecked,
    Disposal,
    LeadAssessed,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    ReceiptOutcome,
    receipt_of,
)
from domain.lead.halves import known
from domain.lead.state import (
    Lead,
    LeadAlreadyDisposed,
    NoticeNeedsNoAct,
    NotReceiverOfLead,
    must_be_known,
    must_be_received,
    must_hold,
    reads_of,
)
from domain.terms import Code, Identifier, OrganCode, Persons, Reason, RegionCode, Term
from domain.violations.catalogue import check_codes

ONLINE_CODES = ("V-LIC-04",)
"""Codes of unlicensed online intermediation: they open the request to 网信 (R04)."""


@command(
    zh="签收或退回线索",
    en="Sign for a lead or return it",
    source="平台规则（DL-LEAD-01、DL-LEAD-05）；无证无照经营查处办法第8条",
)
@dataclass(frozen=True, kw_only=True)
class ReceiptLead(Command):
    """Signs for a lead, or returns it with a reason and the competent organ."""

    lead: Identifier
    outcome: Annotated[ReceiptOutcome, Term(zh="签收结果", en="Outcome")] = ReceiptOutcome.ACCEPTED
    returned_to: OrganCode | None = None
    returned_region: RegionCode | None = None
    reason: Reason | None = None


@command(
    zh="研判线索",
    en="Assess a lead",
    source="平台规则（DL-LEAD-02）；友好区涉外劳务专项整治方案（2023）（研判）",
)
@dataclass(frozen=True, kw_only=True)
class AssessLead(Command):
    """Judges a lead that was signed for: codes, suspicion of a crime, who deals with it."""

    lead: Identifier
    codes: Annotated[tuple[Code, ...], Term(zh="研判的违法行为代码", en="Codes")] = ()
    crime_suspected: Annotated[bool, Term(zh="涉嫌犯罪", en="Crime suspected")] = False
    assessment: Annotated[Assessment, Term(zh="研判结论", en="Assessment")] = Assessment.HANDLE
    assigned_to: Annotated[tuple[OrganCode, ...], Term(zh="承办机关", en="Assigned to")] = ()
    persons: Persons | None = None
    grounds: Reason


@command(
    zh="核查线索背景",
    en="Check the background of a lead",
    source="友好区涉外劳务专项整治方案（2023）（立即核查背景）",
)
@dataclass(frozen=True, kw_only=True)
class CheckBackground(Command):
    """Records what the first check of a discovered lead found."""

    lead: Identifier
    result: Reason


class LeadAlreadyReceipted(Refusal):
    """The lead of this round was signed for or returned."""

    zh = "线索{lead}第{round}次移送已由{organ}办理签收（{outcome}）。"
    en = "Round {round} of the lead {lead} was receipted by {organ} ({outcome})."
    next_zh = "无需再次签收；已签收的请研判。"
    next_en = "Nothing to sign; assess it where it was accepted."
    source = "平台规则（DL-LEAD-01）"
    field = "lead"


class ReturnNeedsCompetentOrgan(Refusal):
    """A return names who is competent, and why the receiver is not."""

    zh = "退回线索须指明有管辖权的机关并说明理由。"
    en = "A return names the competent organ and gives the reason."
    next_zh = "请填写有管辖权的机关和理由；无法确定的，签收后移送领导小组办公室协调。"
    next_en = "Enter both; where you cannot tell, sign for it and send it to LGO."
    source = "平台规则（线索退回）；无证无照经营查处办法第8条"
    field = "returned_to"


class ReturnedToOneself(Refusal):
    """The returning organ named itself."""

    zh = "退回时指明的机关{organ}（{region}）就是本机关。"
    en = "The organ named as competent, {organ} in {region}, is the one that returns the lead."
    next_zh = "本机关有管辖权的请签收；属其他地区的请填写地区代码。"
    next_en = "Sign for it, or enter the other territory."
    source = "平台规则（线索退回）"
    field = "returned_to"


class AcceptanceNamesNoOther(Refusal):
    """A lead was accepted and another organ named as competent."""

    zh = "签收线索时不应填写退回机关{returned_to}。"
    en = "A lead that is accepted names no other competent organ ({returned_to})."
    next_zh = "请删去退回机关，或改为退回。"
    next_en = "Leave it out, or return the lead."
    source = "平台规则（DL-LEAD-01）"
    field = "returned_to"


class DesignatedNotReturned(Refusal):
    """A designated lead stays where it was sent."""

    zh = "线索{lead}由{from_organ}（{from_region}）交办（指定管辖），不能退回。"
    en = "The lead {lead} was assigned by {from_organ} in {from_region} and is not returned."
    next_zh = "请签收办理；确有困难的，办理后向交办机关报告。"
    next_en = "Sign for it; report difficulties to the organ that assigned it."
    source = "平台规则（指定管辖）；行政处罚法第25条"
    field = "outcome"


class LeadAlreadyAssessed(Refusal):
    """The lead was assessed in this round."""

    zh = "线索{lead}已研判。"
    en = "The lead {lead} has been assessed."
    next_zh = "有新情况的，记录违法事项或立案；误填的请办理更正。"
    next_en = "Record a finding or file a case on what is new; correct the fact if it was wrong."
    source = "平台规则（DL-LEAD-02）"
    field = "lead"


class HandlingNeedsCode(Refusal):
    """An assessment to deal with a lead names what is violated."""

    zh = "研判结论为处理的，须填写至少一个违法行为代码。"
    en = "An assessment to deal with the lead names at least one code."
    next_zh = "请从违法行为目录中选择；不构成违法的，结论选“不予处理”。"
    next_en = "Choose a code, or conclude that there is nothing to do."
    source = "平台规则（DL-LEAD-02）；平台违法行为目录"
    field = "codes"


class CrimeNeedsHandling(Refusal):
    """A crime is suspected, and nothing was to be done."""

    zh = "涉嫌犯罪的线索不能以“不予处理”结束。"
    en = "A lead with a suspicion of crime is not closed without action."
    next_zh = "请将结论改为处理，并作移送判断。"
    next_en = "Conclude to deal with it, and answer the referral question."
    source = "行政处罚法第27条；行政执法机关移送涉嫌犯罪案件的规定第3条"
    field = "assessment"


class BackgroundAlreadyChecked(Refusal):
    """The organ has recorded its check."""

    zh = "{organ}已登记线索{lead}的背景核查结果。"
    en = "{organ} has recorded its check of the lead {lead}."
    next_zh = "请继续研判。"
    next_en = "Go on to the assessment."
    source = "友好区涉外劳务专项整治方案（2023）（立即核查背景）"
    field = "lead"


@decides(ReceiptLead, reads=lambda asked: reads_of(asked.lead))
def receipt(asked: ReceiptLead, history: History, context: Context) -> Iterator[Decided]:
    """Signs for a lead or returns it, once in each round."""
    lead = must_be_received(history, asked.lead, context.post)
    sent = lead.sent
    if lead.receipt is not None:
        raise LeadAlreadyReceipted(
            lead=asked.lead,
            round=sent.round,
            organ=lead.receipt.organ,
            outcome=lead.receipt.outcome.value,
        )
    if asked.outcome is ReceiptOutcome.RETURNED:
        _check_return(asked, lead)
    elif asked.returned_to is not None:
        raise AcceptanceNamesNoOther(returned_to=asked.returned_to)
    yield _decided(
        lead,
        LeadReceipted(
            lead_id=asked.lead,
            round=sent.round,
            kind=sent.kind,
            outcome=asked.outcome,
            organ=sent.to_organ,
            from_organ=sent.from_organ,
            from_region=sent.from_region,
            subject_id=sent.subject_id,
            returned_to=asked.returned_to,
            returned_region=asked.returned_region,
            reason=asked.reason,
        ),
    )


def _check_return(asked: ReceiptLead, lead: Lead) -> None:
    sent = lead.sent
    if sent.kind is LeadKind.OUTCOME_NOTICE:
        raise NoticeNeedsNoAct(lead=asked.lead)
    if sent.designated:
        raise DesignatedNotReturned(
            lead=asked.lead, from_organ=sent.from_organ, from_region=sent.from_region
        )
    if asked.returned_to is None or asked.reason is None:
        raise ReturnNeedsCompetentOrgan()
    can_receive(asked.returned_to)
    region = asked.returned_region or sent.to_region
    if (asked.returned_to, region) == (sent.to_organ, sent.to_region):
        raise ReturnedToOneself(organ=asked.returned_to, region=region)


@decides(AssessLead, reads=lambda asked: reads_of(asked.lead))
def assess(asked: AssessLead, history: History, context: Context) -> Iterator[Decided]:
    """Judges a lead once in each round; nothing to do closes it."""
    lead = must_hold(history, asked.lead, context.post)
    if lead.assessed is not None:
        raise LeadAlreadyAssessed(lead=asked.lead)
    check_codes(asked.codes, context.today)
    for organ in asked.assigned_to:
        can_receive(organ)
    closes = asked.assessment is Assessment.NO_ACTION
    if closes and asked.crime_suspected:
        raise CrimeNeedsHandling()
    if not closes and not asked.codes:
        raise HandlingNeedsCode()
    subject = lead.sent.subject_id
    yield _decided(
        lead,
        LeadAssessed(
            lead_id=asked.lead,
            subject_id=subject,
            codes=asked.codes,
            crime_suspected=asked.crime_suspected,
            assessment=asked.assessment,
            assigned_to=() if closes else asked.assigned_to or (lead.sent.to_organ,),
            online=not closes and any(code in ONLINE_CODES for code in asked.codes),
            persons=asked.persons,
            grounds=asked.grounds,
        ),
    )
    if closes:
        yield _decided(
            lead,
            LeadDisposed(
                lead_id=asked.lead,
                subject_id=subject,
                outcome=Disposal.NO_ACTION,
                basis=asked.lead,
            ),
        )


@decides(CheckBackground, reads=lambda asked: reads_of(asked.lead))
def check(asked: CheckBackground, history: History, context: Context) -> Iterator[Decided]:
    """Records the check of the organ that found the lead or received it, once for each."""
    lead = must_be_known(history, asked.lead)
    if lead.sent.kind is LeadKind.OUTCOME_NOTICE:
        raise NoticeNeedsNoAct(lead=asked.lead)
    if not (lead.received_by(context.post) or lead.sent_by(context.post)):
        raise NotReceiverOfLead(
            lead=asked.lead,
            to_organ=lead.sent.to_organ,
            to_region=lead.sent.to_region,
            post=context.post.id,
        )
    if lead.disposed is not None:
        raise LeadAlreadyDisposed(lead=asked.lead, outcome=lead.disposed.outcome.value)
    for one in known(history, receipt_of(asked.lead)):
        if isinstance(one.fact, BackgroundChecked) and one.organ == context.post.organ:
            raise BackgroundAlreadyChecked(organ=one.organ, lead=asked.lead)
    yield _decided(
        lead,
        BackgroundChecked(lead_id=asked.lead, subject_id=lead.sent.subject_id, result=asked.result),
        region=lead.sent.to_region if lead.received_by(context.post) else lead.sent.from_region,
    )


def _decided(
    lead: Lead,
    fact: LeadReceipted | LeadAssessed | LeadDisposed | BackgroundChecked,
    region: str | None = None,
) -> Decided:
    return Decided(
        stream=receipt_of(lead.lead_id),
        subject=lead.sent.subject_id,
        matter=lead.matter,
        region=region or lead.sent.to_region,
        fact=fact,
    )
