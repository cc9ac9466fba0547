"""Sending a lead (线索移送): to another organ, again after a return, onward by its receiver.

1. Who may send what to whom stands in the table of channels.
2. A returned lead is sent again by its sender, not to the organ that returned it; after two
   returns only to the office of the leading group or to a superior, who designates.
3. A receiver that signed for a lead may pass it on: the round goes on counting.
4. An outcome notice goes back to the sender of the lead and says what came of it; one about a
   case answers those of its leads that it names.
5. A request to revoke a business licence rests on a grave finding or a penalty decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.errors import Refusal
from domain.lead.channels import check_channel
from domain.lead.facts import (
    Disposal,
    LeadKind,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
    stream_of,
)
from domain.lead.grounds import Ground, ground_of, reads_for
from domain.lead.state import (
    Lead,
    LeadAlreadyDisposed,
    LeadNotSignedFor,
    find,
    must_be_known,
    reads_of,
)
from domain.terms import (
    Code,
    Digest,
    Identifier,
    MoneyFen,
    OrganCode,
    OrganisationName,
    PersonRef,
    Persons,
    Reason,
    RegionCode,
    SubjectId,
    Term,
)
from domain.violations.catalogue import violation

RETURNS_MAX = 2
"""After so many returns the lead is designated, not sent round again (reference 7.3)."""


@command(
    zh="移送线索",
    en="Send a lead",
    source="辽宁省人力资源市场管理通知（2024-11-11）六、七、八；平台规则（线索移送）",
)
@dataclass(frozen=True, kw_only=True)
class TransferLead(Command):
    """Sends a lead to an organ; with `lead`, one that came back or that is passed on.

    `to_region` is the sender's own territory where it is left out.
    """

    lead: Identifier | None = None
    kind: Annotated[LeadKind, Term(zh="移送种类", en="Kind")]
    stage: Annotated[Stage, Term(zh="环节", en="Stage")] = Stage.DISCOVER
    source: Annotated[LeadSource, Term(zh="线索来源", en="Source of the lead")]
    to_organ: OrganCode
    to_region: RegionCode | None = None
    organisation: SubjectId
    organisation_name: OrganisationName | None = None
    codes: Annotated[tuple[Code, ...], Term(zh="涉嫌违法行为代码", en="Codes")] = ()
    summary: Reason
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None
    passports_held: Annotated[bool, Term(zh="涉及扣押证件", en="Documents withheld")] = False
    major: Annotated[bool, Term(zh="重大线索", en="Major")] = False
    about: Identifier | None = None
    outcome: Annotated[Disposal | None, Term(zh="处理结果", en="Outcome")] = None
    answers: Annotated[tuple[Identifier, ...], Term(zh="所反馈的线索", en="Leads answered")] = ()
    reporter: Annotated[PersonRef | None, Term(zh="反映人", en="Who reported it")] = None
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()
    report_back: Annotated[bool, Term(zh="要求反馈", en="Report back")] = True
    due: Annotated[date | None, Term(zh="交办期限", en="Term of the assignment")] = None


class LeadGroundUnknown(Refusal):
    """What the lead is said to rest on is not known here."""

    zh = "本部门没有编号为{about}的线索、案件、违法事项、投诉或网络主体。"
    en = "This department knows no lead, case, finding, complaint or outlet {about}."
    next_zh = "请核对编号；无依据事项的可留空。"
    next_en = "Check the number, or leave it empty."
    source = "平台规则（线索移送）"
    field = "about"


class LeadSubjectDiffers(Refusal):
    """The lead concerns another subject."""

    zh = "{lead}的对象是{subject}，不是{organisation}。"
    en = "{lead} concerns {subject}, not {organisation}."
    next_zh = "请填写同一对象；另有对象的另行移送。"
    next_en = "Name the same subject; send another lead about another one."
    source = "平台规则（线索移送）"
    field = "organisation"


class LeadCodeUnknown(Refusal):
    """The catalogue has no such code on this day."""

    zh = "违法行为目录在{on}没有代码{code}。"
    en = "The catalogue of violations has no code {code} on {on}."
    next_zh = "请从违法行为目录中选择。"
    next_en = "Choose a code of the catalogue."
    source = "平台违法行为目录"
    field = "codes"


class AssignmentNeedsTerm(Refusal):
    """A superior assigns with a term of its own."""

    zh = "交办须写明办结期限。"
    en = "An assignment states by when it must be done."
    next_zh = "请填写交办期限。"
    next_en = "Enter the term."
    source = "平台规则（上级交办）"
    field = "due"


class AssignmentTermPassed(Refusal):
    """The term of the assignment has passed."""

    zh = "交办期限{due}早于今天{today}。"
    en = "The term {due} has passed; today is {today}."
    next_zh = "请填写今天以后的期限。"
    next_en = "Enter a day from today on."
    source = "平台规则（上级交办）"
    field = "due"


class TermOnlyForAssignment(Refusal):
    """Between equals nobody sets the other a term."""

    zh = "只有交办可以写明期限，{kind}的期限由规则确定。"
    en = "Only an assignment sets a term; that of {kind} follows from the rules."
    next_zh = "请删去期限，或改选“交办”。"
    next_en = "Leave the term out, or choose an assignment."
    source = "平台规则（上级交办；DL-LEAD-01至05）"
    field = "due"


class OutcomeMissing(Refusal):
    """An outcome notice says neither what it is about nor what came of it."""

    zh = "处理结果反馈须写明所反馈的事项和处理结果。"
    en = "An outcome notice names what it is about and what came of it."
    next_zh = "请填写所依据的线索或案件，以及处理结果。"
    next_en = "Enter the lead or case, and the outcome."
    source = "平台规则（DL-LEAD-04）"
    field = "outcome"


class OutcomeOnlyInNotice(Refusal):
    """Another kind of lead carries no outcome."""

    zh = "只有处理结果反馈可以填写处理结果，{kind}不填。"
    en = "Only an outcome notice carries an outcome, {kind} does not."
    next_zh = "请删去处理结果，或改选“处理结果反馈”。"
    next_en = "Leave the outcome out, or choose an outcome notice."
    source = "平台规则（线索移送）"
    field = "outcome"


class OutcomeNotReached(Refusal):
    """Nothing has come of the lead or case yet."""

    zh = "{about}尚未办结，没有可反馈的处理结果。"
    en = "Nothing has come of {about} yet."
    next_zh = "请先登记线索处置结果，或作出案件决定。"
    next_en = "Dispose of the lead or decide the case first."
    source = "平台规则（DL-LEAD-04）"
    field = "about"


class OutcomeDiffers(Refusal):
    """The notice says another outcome than the record."""

    zh = "{about}的处理结果是{outcome}，不是{said}。"
    en = "{about} ended with {outcome}, not with {said}."
    next_zh = "请按登记的处理结果反馈。"
    next_en = "Tell the outcome that is on record."
    source = "平台规则（DL-LEAD-04）"
    field = "outcome"


class NoticeGoesToSender(Refusal):
    """The outcome of a lead is told to whoever sent it."""

    zh = "{about}由{sender}（{region}）移送，处理结果应反馈给该机关。"
    en = "{about} was sent by {sender} in {region}: the outcome goes back there."
    next_zh = "请将接收方改为原移送机关。"
    next_en = "Choose the sender of the lead as the receiver."
    source = "平台规则（DL-LEAD-04）"
    field = "to_organ"


class NotALeadOfTheCase(Refusal):
    """A notice about a case answers leads on which that case was filed."""

    zh = "线索{lead}不是{about}立案所依据的线索。"
    en = "{about} was not filed on the lead {lead}."
    next_zh = "请填写案件所依据的线索编号；另有线索的另行反馈。"
    next_en = "Name leads that the case names; answer another lead by a notice of its own."
    source = "平台规则（DL-LEAD-04）"
    field = "answers"


class RevocationNeedsGraveGround(Refusal):
    """A business licence is revoked only for a grave violation."""

    zh = "提请吊销营业执照须依据严重违法事项或处罚决定，{about}不是。"
    en = "A request to revoke rests on a grave finding or a penalty decision; {about} is neither."
    next_zh = "请填写严重以上的违法事项编号，或已作处罚决定、认定情节严重的案件编号。"
    next_en = "Name a grave finding, or a case with a penalty decision or found to be serious."
    source = "辽宁省人力资源市场管理通知（2024-11-11）八"
    field = "about"


class NotHolderOfLead(Refusal):
    """Only who has the lead may send it on."""

    zh = "线索{lead}现由{holder}（{region}）办理，岗位{post}不能再移送。"
    en = "The lead {lead} is with {holder} in {region}; {post} cannot send it on."
    next_zh = "请由现承办机关移送；退回的由原移送机关再次移送。"
    next_en = "Let its holder send it on; a returned lead is sent again by its sender."
    source = "平台规则（线索移送）"
    field = "lead"


class ReturnedTwice(Refusal):
    """After two returns the lead is designated."""

    zh = "线索{lead}已被退回{returns}次，应移送领导小组办公室或上级机关指定管辖。"
    en = "The lead {lead} came back {returns} times: it goes to the leading group's office or a superior."
    next_zh = "请移送领导小组办公室（LGO）；没有领导小组的，上报上级地区。"
    next_en = "Send it to LGO, or upward where there is no leading group."
    source = "平台规则（两次退回后指定管辖）；行政处罚法第25条"
    field = "to_organ"


class SentBackToReturner(Refusal):
    """The organ returned the lead before."""

    zh = "{organ}（{region}）已退回线索{lead}，并指明由{returned_to}管辖。"
    en = "{organ} in {region} returned the lead {lead} and named {returned_to}."
    next_zh = "请移送其指明的机关；有争议的移送领导小组办公室或上级机关。"
    next_en = "Send it to the organ it named, or to the coordinating office or a superior."
    source = "平台规则（线索退回）；行政处罚法第25条"
    field = "to_organ"


def check_codes(codes: tuple[str, ...], on: date) -> None:
    """Refuses a code that the catalogue does not hold on a day."""
    for code in codes:
        try:
            violation(code, on)
        except KeyError:
            raise LeadCodeUnknown(code=code, on=on.isoformat()) from None


def _reads(asked: TransferLead) -> tuple[Read, ...]:
    return (
        *(reads_of(asked.lead) if asked.lead is not None else ()),
        *reads_for(asked.about, asked.organisation),
        *(read for lead in asked.answers for read in reads_of(lead)),
    )


@decides(TransferLead, reads=_reads)
def transfer(asked: TransferLead, history: History, context: Context) -> Iterator[Decided]:
    """Sends a lead to an organ that may receive it, in the matter it rests on or a new one."""
    from_region = context.region
    to_region = asked.to_region or from_region
    check_channel(
        asked.kind,
        asked.stage,
        sender=context.post.organ,
        from_region=from_region,
        receiver=asked.to_organ,
        to_region=to_region,
    )
    check_codes(asked.codes, context.today)
    _check_term(asked, context.today)
    earlier = must_be_known(history, asked.lead) if asked.lead is not None else None
    if earlier is not None:
        _check_resent(asked, earlier, to_region, context)
    ground = _ground(asked, history)
    _check_outcome(asked, ground, to_region)
    for answered in asked.answers:
        _check_answered(asked, answered, ground, history, to_region)
    if asked.kind is LeadKind.REVOCATION_REQUEST and (ground is None or not ground.serious):
        raise RevocationNeedsGraveGround(about=asked.about or "—")
    lead = asked.lead or context.mint("LD")
    if earlier is not None:
        matter = earlier.matter
    else:
        matter = ground.matter if ground is not None else context.mint("M")
    yield Decided(
        stream=stream_of(lead),
        subject=asked.organisation,
        matter=matter,
        region=to_region,
        fact=LeadTransferred(
            lead_id=lead,
            kind=asked.kind,
            stage=asked.stage,
            source=asked.source,
            round=earlier.sent.round + 1 if earlier is not None else 1,
            designated=asked.kind is LeadKind.ASSIGNMENT,
            from_organ=context.post.organ,
            from_region=from_region,
            to_organ=asked.to_organ,
            to_region=to_region,
            subject_id=asked.organisation,
            subject_name=asked.organisation_name,
            codes=asked.codes,
            summary=asked.summary,
            persons=asked.persons,
            amount_fen=asked.amount_fen,
            passports_held=asked.passports_held,
            major=asked.major,
            about=asked.about,
            outcome=asked.outcome,
            answers=asked.answers,
            reporter=asked.reporter,
            evidence=asked.evidence,
            report_back=asked.report_back and asked.kind is not LeadKind.OUTCOME_NOTICE,
            due=asked.due,
        ),
    )


def _check_term(asked: TransferLead, today: date) -> None:
    if asked.kind is not LeadKind.ASSIGNMENT:
        if asked.due is not None:
            raise TermOnlyForAssignment(kind=asked.kind.value)
        return
    if asked.due is None:
        raise AssignmentNeedsTerm()
    if asked.due < today:
        raise AssignmentTermPassed(due=asked.due.isoformat(), today=today.isoformat())


def _check_resent(asked: TransferLead, lead: Lead, to_region: str, context: Context) -> None:
    """A returned lead is sent by its sender, an accepted one by its receiver, no other at all."""
    if asked.organisation != lead.sent.subject_id:
        raise LeadSubjectDiffers(
            lead=lead.lead_id, subject=lead.sent.subject_id, organisation=asked.organisation
        )
    if lead.disposed is not None:
        raise LeadAlreadyDisposed(lead=lead.lead_id, outcome=lead.disposed.outcome.value)
    if lead.receipt is None:
        raise LeadNotSignedFor(lead=lead.lead_id)
    returned = lead.receipt.outcome is ReceiptOutcome.RETURNED
    holds = lead.sent_by if returned else lead.received_by
    if not holds(context.post):
        raise NotHolderOfLead(
            lead=lead.lead_id,
            holder=lead.sent.from_organ if returned else lead.sent.to_organ,
            region=lead.sent.from_region if returned else lead.sent.to_region,
            post=context.post.id,
        )
    if asked.kind is LeadKind.ASSIGNMENT:
        return
    if returned and (asked.to_organ, to_region) == (lead.sent.to_organ, lead.sent.to_region):
        raise SentBackToReturner(
            organ=lead.sent.to_organ,
            region=lead.sent.to_region,
            lead=lead.lead_id,
            returned_to=lead.receipt.returned_to,
        )
    designates = asked.to_organ == "LGO" or asked.kind is LeadKind.UPWARD
    if lead.returns >= RETURNS_MAX and not designates:
        raise ReturnedTwice(lead=lead.lead_id, returns=lead.returns)


def _ground(asked: TransferLead, history: History) -> Ground | None:
    if asked.about is None:
        return None
    ground = ground_of(history, asked.about, asked.organisation)
    if ground is None:
        raise LeadGroundUnknown(about=asked.about)
    return ground


def _check_outcome(asked: TransferLead, ground: Ground | None, to_region: str) -> None:
    if asked.kind is not LeadKind.OUTCOME_NOTICE:
        if asked.outcome is not None:
            raise OutcomeOnlyInNotice(kind=asked.kind.value)
        return
    if ground is None or asked.outcome is None:
        raise OutcomeMissing()
    if not ground.settled:
        raise OutcomeNotReached(about=asked.about)
    if ground.lead is not None:
        _check_told(asked, ground.lead, to_region)


def _check_answered(
    asked: TransferLead, name: str, ground: Ground | None, history: History, to_region: str
) -> None:
    """What a notice about a case answers: a lead of the case, disposed of, sent by the receiver."""
    if asked.kind is not LeadKind.OUTCOME_NOTICE:
        raise OutcomeOnlyInNotice(kind=asked.kind.value)
    lead = find(history, name)
    if ground is None or name not in ground.leads or lead is None:
        raise NotALeadOfTheCase(lead=name, about=asked.about)
    if lead.disposed is None:
        raise OutcomeNotReached(about=name)
    _check_told(asked, lead, to_region)


def _check_told(asked: TransferLead, lead: Lead, to_region: str) -> None:
    if lead.disposed is None or asked.outcome is None:
        return
    if (asked.to_organ, to_region) not in _senders(lead):
        raise NoticeGoesToSender(
            about=lead.lead_id, sender=lead.sent.from_organ, region=lead.sent.from_region
        )
    if asked.outcome is not lead.disposed.outcome:
        raise OutcomeDiffers(
            about=lead.lead_id, outcome=lead.disposed.outcome.value, said=asked.outcome.value
        )


def _senders(lead: Lead) -> tuple[tuple[str, str], ...]:
    """Who sent the lead: the first time, and in the present round."""
    return tuple((one.from_organ, one.from_region) for one in (lead.first, lead.sent))
