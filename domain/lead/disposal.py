"""Disposing of a lead (办结): what became of it at its receiver, and what that rests on.

1. A lead is disposed of after its assessment. The closing of a case disposes by itself of the
   leads that the case names.
2. CASE_CLOSED rests on a closed case that is known here, or on the notice that told of one;
   REFERRED on a referral.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.enforcement.facts import CaseClosed, CaseFiled
from domain.enforcement.facts import stream_of as case_of
from domain.errors import Refusal
from domain.lead.facts import Disposal, LeadDisposed, LeadKind, receipt_of
from domain.lead.halves import both, known
from domain.lead.state import Lead, find, must_hold, reads_of
from domain.referral.facts import stream_of as referral_of
from domain.terms import Identifier, Reason, Term


@command(
    zh="登记线索处置结果",
    en="Dispose of a lead",
    source="平台规则（DL-LEAD-04）；友好区涉外劳务专项整治方案（2023）（处置）",
)
@dataclass(frozen=True, kw_only=True)
class DisposeLead(Command):
    """Records what became of a lead; `basis` is the case, referral, order or notice it rests on."""

    lead: Identifier
    outcome: Annotated[Disposal, Term(zh="处理结果", en="Outcome")]
    basis: Identifier
    remark: Reason | None = None


@command(
    zh="案件办结后登记线索结果",
    en="Dispose of the leads of a closed case",
    source="平台规则（LEAD-DISPOSED）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class DisposeLeadsOfCase(Command):
    """Disposes of each lead that a closed case names and this department received."""

    case: Identifier
    leads: Annotated[tuple[Identifier, ...], Term(zh="线索", en="Leads")]


class LeadNotAssessed(Refusal):
    """The lead has not been assessed, and no case names it."""

    zh = "线索{lead}尚未研判。"
    en = "The lead {lead} has not been assessed."
    next_zh = "请先研判线索。"
    next_en = "Assess the lead first."
    source = "平台规则（DL-LEAD-02）"
    field = "lead"


class DisposalBasisUnknown(Refusal):
    """What the outcome is said to rest on is not known here."""

    zh = "本部门没有编号为{basis}、可作为“{outcome}”依据的案件、移送或反馈。"
    en = "This department knows no case, referral or notice {basis} for the outcome {outcome}."
    next_zh = "请核对编号；他部门的案件办结并送达后可再次办理。"
    next_en = "Check the number; try again once the other department's outcome has arrived."
    source = "平台规则（DL-LEAD-04）"
    field = "basis"


class CaseNotYetClosed(Refusal):
    """The case that the outcome rests on is still open."""

    zh = "案件{case}尚未结案。"
    en = "The case {case} is still open."
    next_zh = "结案后自动登记所依据线索的处置结果。"
    next_en = "The closing of the case disposes of its leads by itself."
    source = "平台规则（LEAD-DISPOSED）"
    field = "basis"


class CaseClosingUnknown(Refusal):
    """No such closed case is on record here."""

    zh = "本部门没有已结案的案件{case}。"
    en = "This department has no closed case {case}."
    next_zh = "结案登记后自动办理。"
    next_en = "It happens once the closing is on record."
    source = "平台规则（LEAD-DISPOSED）"
    field = "case"
    transient = True


def _reads(asked: DisposeLead) -> tuple[Read, ...]:
    more: tuple[Read, ...] = ()
    if asked.outcome is Disposal.CASE_CLOSED:
        more = (*both(case_of(asked.basis)), *reads_of(asked.basis))
    if asked.outcome is Disposal.REFERRED:
        more = both(referral_of(asked.basis))
    return (*reads_of(asked.lead), *more)


@decides(DisposeLead, reads=_reads)
def dispose(asked: DisposeLead, history: History, context: Context) -> Iterator[Decided]:
    """Records the outcome of a lead that its receiver signed for and assessed, once."""
    lead = must_hold(history, asked.lead, context.post)
    if lead.assessed is None:
        raise LeadNotAssessed(lead=asked.lead)
    _check_basis(asked, history)
    yield disposed(lead, asked.outcome, asked.basis, asked.remark)


def _check_basis(asked: DisposeLead, history: History) -> None:
    if asked.outcome is Disposal.REFERRED and not known(history, referral_of(asked.basis)):
        raise DisposalBasisUnknown(basis=asked.basis, outcome=asked.outcome.value)
    if asked.outcome is not Disposal.CASE_CLOSED:
        return
    facts = known(history, case_of(asked.basis))
    if facts:
        if not any(isinstance(one.fact, CaseClosed) for one in facts):
            raise CaseNotYetClosed(case=asked.basis)
        return
    notice = find(history, asked.basis)
    if notice is None or notice.sent.kind is not LeadKind.OUTCOME_NOTICE:
        raise DisposalBasisUnknown(basis=asked.basis, outcome=asked.outcome.value)


def _reads_of_case(asked: DisposeLeadsOfCase) -> tuple[Read, ...]:
    return (
        Own(stream=case_of(asked.case)),
        *(read for lead in asked.leads for read in reads_of(lead)),
    )


@decides(DisposeLeadsOfCase, reads=_reads_of_case)
def dispose_of_case(
    asked: DisposeLeadsOfCase, history: History, _context: Context
) -> Iterator[Decided]:
    """Each lead that the case named and an organ of this department signed for, once."""
    facts = history.own(case_of(asked.case))
    if not any(isinstance(one.fact, CaseClosed) for one in facts):
        raise CaseClosingUnknown(case=asked.case)
    named = {
        lead
        for one in facts
        if isinstance(one.fact, CaseFiled | CaseClosed)
        for lead in one.fact.leads
    }
    for lead_id in dict.fromkeys(asked.leads):
        lead = find(history, lead_id)
        received = history.own(receipt_of(lead_id))
        if lead_id not in named or lead is None or not received:
            continue
        if lead.accepted and lead.disposed is None:
            yield disposed(lead, Disposal.CASE_CLOSED, asked.case)


def disposed(lead: Lead, outcome: Disposal, basis: str, remark: str | None = None) -> Decided:
    """The fact that a lead reached its outcome."""
    return Decided(
        stream=receipt_of(lead.lead_id),
        subject=lead.sent.subject_id,
        matter=lead.matter,
        region=lead.sent.to_region,
        fact=LeadDisposed(
            lead_id=lead.lead_id,
            subject_id=lead.sent.subject_id,
            outcome=outcome,
            basis=basis,
            remark=remark,
        ),
    )
