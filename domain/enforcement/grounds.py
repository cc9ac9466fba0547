"""What a case is filed on: leads, complaints, findings, and the marks that the filing leaves.

1. A lead counts while its receiver has it: signed for in this round, not passed on, not disposed
   of. One lead may open several cases about different acts (一线多查), none twice on one code.
2. A complaint counts once it is accepted, and for one case.
3. The mark stands in the lead's and the complaint's own stream, so of two filings at once one is
   refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain import finding
from domain.commands import Context, Decided, History
from domain.complaint import facts as complaint_facts
from domain.complaint.state import Complaint, ComplaintState
from domain.complaint.state import fold as fold_complaints
from domain.errors import Refusal
from domain.finding import ViolationFound
from domain.lead.facts import CaseFiledOnLead, LeadKind, LeadReceipted, receipt_of
from domain.lead.halves import known
from domain.lead.state import (
    Lead,
    LeadAlreadyDisposed,
    NoticeNeedsNoAct,
    NotReceiverOfLead,
    find,
)


class CaseLeadNotReceipted(Refusal):
    """This organ has not signed for the lead."""

    zh = "{organ}尚未签收线索{lead}，不能据以立案。"
    en = "{organ} has not signed for the lead {lead}; no case rests on it yet."
    next_zh = "请先签收线索。"
    next_en = "Sign for the lead first."
    source = "平台规则（DL-LEAD-01）"
    field = "leads"


class LeadOfAnotherSubject(Refusal):
    """The lead is about somebody who is no party."""

    zh = "线索{lead}涉及{subject}，不在本案当事人之中。"
    en = "The lead {lead} is about {subject}, who is no party of this case."
    next_zh = "请核对线索，或将其列为当事人。"
    next_en = "Check the lead, or add the party."
    source = "行政处罚法第54条；平台规则（一案多查）"
    field = "leads"


class ComplaintNotAccepted(Refusal):
    """The complaint is unknown here, or was not accepted."""

    zh = "投诉举报{complaint}（{state}）未受理，不能据以立案。"
    en = "The complaint {complaint} is {state}, not accepted; no case rests on it."
    next_zh = "请先受理投诉举报。"
    next_en = "Accept the complaint first."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "complaints"


class FindingUnknown(Refusal):
    """No finding about a party has this id."""

    zh = "没有关于当事人的违法事项{finding}。"
    en = "No finding {finding} about a party is on record."
    next_zh = "请核对违法事项编号和当事人。"
    next_en = "Check the finding and its subject."
    source = "行政处罚法第54条"
    field = "findings"


class LeadAlreadyFiled(Refusal):
    """A case was filed on this lead for the same code."""

    zh = "线索{lead}所涉{codes}已立案（{case}）。"
    en = "A case ({case}) was filed on the lead {lead} for {codes}."
    next_zh = "请在该案中办理；同一线索另查其他行为的，只列尚未立案的代码。"
    next_en = "Go on with that case; for another act of the lead name only its own codes."
    source = "行政处罚法第54条；平台规则（一线多查）"
    field = "leads"


class ComplaintAlreadyFiled(Refusal):
    """A case was filed on this complaint, or took it in."""

    zh = "投诉举报{complaint}已立案或者并入案件（{case}）。"
    en = "The complaint {complaint} belongs to a case already ({case})."
    next_zh = "请在该案中办理。"
    next_en = "Go on with that case."
    source = "关于实施《劳动保障监察条例》若干规定第18条；平台规则（并案处理）"
    field = "complaints"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a case rests on: its matter and territory, and the day it came to the organ.

    `lead` or `complaint` is what the filing marks; a finding takes no mark.
    """

    matter: str
    region: str
    on: date
    lead: Lead | None = None
    complaint: Complaint | None = None


def of_lead(
    lead_id: str,
    parties: tuple[str, ...],
    codes: tuple[str, ...],
    history: History,
    context: Context,
) -> Ground:
    """The lead as a ground, where the organ still has it and none of the codes was filed on."""
    lead = find(history, lead_id)
    if lead is not None and not lead.received_by(context.post):
        raise NotReceiverOfLead(
            lead=lead_id,
            to_organ=lead.sent.to_organ,
            to_region=lead.sent.to_region,
            post=context.post.id,
        )
    signed = [
        one for one in history.own(receipt_of(lead_id)) if isinstance(one.fact, LeadReceipted)
    ]
    if lead is None or not lead.accepted or not signed:
        raise CaseLeadNotReceipted(lead=lead_id, organ=context.post.organ)
    if lead.sent.kind is LeadKind.OUTCOME_NOTICE:
        raise NoticeNeedsNoAct(lead=lead_id)
    if lead.disposed is not None:
        raise LeadAlreadyDisposed(lead=lead_id, outcome=lead.disposed.outcome.value)
    if lead.sent.subject_id not in parties:
        raise LeadOfAnotherSubject(lead=lead_id, subject=lead.sent.subject_id)
    for mark in lead.filed:
        shared = [code for code in codes if code in mark.codes]
        if shared:
            raise LeadAlreadyFiled(lead=lead_id, codes="、".join(shared), case=mark.case_id)
    receipt = signed[-1]
    return Ground(matter=receipt.matter, region=receipt.region, on=receipt.effective, lead=lead)


def of_complaints(
    names: tuple[str, ...], parties: tuple[str, ...], history: History
) -> Iterator[Ground]:
    if not names:
        return
    found: dict[str, Complaint] = {}
    for party in parties:
        found.update(fold_complaints(history.own(complaint_facts.stream_of(party))))
    for name in dict.fromkeys(names):
        complaint = found.get(name)
        if complaint is None or complaint.state is not ComplaintState.ACCEPTED:
            state = "UNKNOWN" if complaint is None else complaint.state.value
            raise ComplaintNotAccepted(complaint=name, state=state)
        if complaint.case_id is not None:
            raise ComplaintAlreadyFiled(complaint=name, case=complaint.case_id)
        yield Ground(
            matter=complaint.matter,
            region=complaint.region,
            on=complaint.received_on,
            complaint=complaint,
        )


def of_findings(
    names: tuple[str, ...], parties: tuple[str, ...], history: History
) -> Iterator[Ground]:
    if not names:
        return
    found = {
        recorded.fact.finding_id: recorded
        for party in parties
        for recorded in known(history, finding.stream_of(party))
        if isinstance(recorded.fact, ViolationFound)
    }
    for name in names:
        if name not in found:
            raise FindingUnknown(finding=name)
        recorded = found[name]
        yield Ground(matter=recorded.matter, region=recorded.region, on=recorded.effective)


def marked(ground: Ground, case_id: str, codes: tuple[str, ...]) -> Iterator[Decided]:
    """The mark of a case on the lead or the complaint that it was filed on."""
    if ground.lead is not None:
        lead = ground.lead
        yield Decided(
            stream=receipt_of(lead.lead_id),
            subject=lead.sent.subject_id,
            matter=ground.matter,
            region=ground.region,
            fact=CaseFiledOnLead(
                lead_id=lead.lead_id,
                subject_id=lead.sent.subject_id,
                case_id=case_id,
                codes=codes,
            ),
        )
    if ground.complaint is not None:
        complaint = ground.complaint
        yield Decided(
            stream=complaint_facts.stream_of(complaint.subject),
            subject=complaint.subject,
            matter=ground.matter,
            region=ground.region,
            fact=complaint_facts.CaseFiledOnComplaint(
                complaint_id=complaint.complaint_id,
                subject_id=complaint.subject,
                case_id=case_id,
            ),
        )
