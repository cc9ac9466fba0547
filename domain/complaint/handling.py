"""Complaints and reports: received, completed, decided (reference 7.1, 7.2).

1. Whoever complains or reports is received; who it was lies in this organ's vault alone.
2. A complaint is accepted when the act ended at most two years before it came, it names an
   employer and an own damage (a report needs none), and the matter is this organ's.
3. Failing the first it is refused in writing; failing the second the complainant is asked to
   complete it; failing the third he is told whose matter it is.
4. What is before an arbitrator or a court goes that way (监察条例 21).
5. An accepted complaint is filed on the same day, or joins an open case about the same subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.calendar.deadlines import Period, Unit, due
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.complaint.facts import (
    Channel,
    ComplaintCompleted,
    ComplaintDecided,
    ComplaintId,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintReceived,
    stream_of,
)
from domain.complaint.state import Complaint, ComplaintState, fold
from domain.departments import ORGANS, covers
from domain.enforcement import facts as case_facts
from domain.enforcement.conducting import must_know, must_not_be_closed
from domain.errors import Refusal
from domain.matter import MatterLinked
from domain.matter import stream_of as matter_stream
from domain.terms import (
    Code,
    Digest,
    MoneyFen,
    OrganCode,
    OrganisationName,
    PersonRef,
    Persons,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)
from domain.violations import catalogue

LIMITATION = Period(2, Unit.YR)
"""DL-CMP-06: two years from the act or its end (监察条例 20)."""


@command(zh="登记投诉举报", en="Register a complaint", source="劳动保障监察条例第9条")
@dataclass(frozen=True, kw_only=True)
class RegisterComplaint(Command):
    """Receives a complaint or report; one that names no registered subject gets an id of ours."""

    kind: Annotated[ComplaintKind, Term(zh="种类", en="Kind")]
    channel: Annotated[Channel, Term(zh="渠道", en="Channel")]
    organisation: SubjectId | None = None
    organisation_name: OrganisationName | None = None
    received_on: Annotated[date | None, Term(zh="收到日期", en="Received on")] = None
    persons: Persons = 1
    reporter: Annotated[PersonRef | None, Term(zh="投诉举报人", en="Complainant")] = None
    codes: Annotated[tuple[Code, ...], Term(zh="涉及违法行为代码", en="Codes")] = ()
    about_what: ShortText
    amount_fen: MoneyFen | None = None
    act_from: Annotated[date | None, Term(zh="行为起日", en="Act from")] = None
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None
    work_region: RegionCode | None = None
    named_subject: Annotated[bool, Term(zh="有明确的被投诉单位", en="Named subject")] = True
    own_right: Annotated[bool, Term(zh="本人权益受侵害", en="Own right infringed")] = True
    in_arbitration: Annotated[bool, Term(zh="已仲裁或诉讼", en="In arbitration")] = False
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()


@command(
    zh="登记补正材料",
    en="Record a completed complaint",
    source="关于实施《劳动保障监察条例》若干规定第18条",
)
@dataclass(frozen=True, kw_only=True)
class CompleteComplaint(Command):
    """Records what the complainant supplied; the term to decide begins again."""

    organisation: SubjectId
    complaint: ComplaintId
    received_on: Annotated[date | None, Term(zh="收到日期", en="Received on")] = None
    named_subject: Annotated[bool, Term(zh="有明确的被投诉单位", en="Named subject")] = True
    own_right: Annotated[bool, Term(zh="本人权益受侵害", en="Own right infringed")] = True


@command(
    zh="作出受理决定",
    en="Decide on a complaint",
    source="关于实施《劳动保障监察条例》若干规定第18条",
)
@dataclass(frozen=True, kw_only=True)
class DecideComplaint(Command):
    """Accepts a complaint (into an open case or for a new one), or says why not and where to go."""

    organisation: SubjectId
    complaint: ComplaintId
    outcome: Annotated[ComplaintOutcome, Term(zh="处理决定", en="Outcome")]
    case: case_facts.CaseId | None = None
    redirected_to: OrganCode | None = None
    reason: Reason | None = None


class ComplaintDateInFuture(DateInFuture):
    """The complaint has not come yet."""

    field = "received_on"


class ComplainedActInFuture(DateInFuture):
    """The act that is complained of has not happened."""

    field = "act_from"


class ActEndsBeforeStart(DateBeforeItsGround):
    """The act ends before it begins."""

    field = "act_to"


class CompletedBeforeReceipt(DateBeforeItsGround):
    """The complaint was completed before it was sent back."""

    field = "received_on"


class ComplaintCompletionInFuture(DateInFuture):
    """What was missing has not come yet."""

    field = "received_on"


class NobodyComplains(Refusal):
    """A complaint without a person."""

    zh = "投诉举报人数为{persons}，至少一人。"
    en = "A complaint by {persons} persons: there is at least one."
    next_zh = "请填写人数；匿名举报按一人登记。"
    next_en = "Enter how many complain; an anonymous report counts one."
    source = "劳动保障监察条例第9条"
    field = "persons"


class ComplaintUnknown(Refusal):
    """The organ has received no such complaint about this subject."""

    zh = "{organisation}没有编号为{complaint}的投诉举报。"
    en = "No complaint {complaint} about {organisation} was received."
    next_zh = "请核对编号和被投诉单位。"
    next_en = "Check the complaint and its subject."
    source = "劳动保障监察条例第9条"
    field = "complaint"


class ComplaintAlreadyDecided(Refusal):
    """The complaint was decided."""

    zh = "投诉举报{complaint}已处理（{state}）。"
    en = "The complaint {complaint} is decided ({state})."
    next_zh = "无需再次处理；有新情况的，另行登记。"
    next_en = "Nothing to decide; register what is new."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "complaint"


class ComplaintAwaitsCompletion(Refusal):
    """The complainant was asked to complete it and has not."""

    zh = "投诉举报{complaint}已通知补正，材料尚未补齐。"
    en = "The complaint {complaint} waits for what its complainant was asked to supply."
    next_zh = "请先登记补正材料；不补正的，可书面不予受理。"
    next_en = "Record what is supplied first; refuse it in writing if nothing comes."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "outcome"


class CompletionNotAsked(Refusal):
    """Nobody was asked to complete this complaint."""

    zh = "投诉举报{complaint}未通知补正（{state}）。"
    en = "Nobody was asked to complete {complaint} ({state})."
    next_zh = "请直接作出受理决定。"
    next_en = "Decide on it as it stands."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "complaint"


class ComplaintOutOfTime(Refusal):
    """The act ended more than two years before the complaint came."""

    zh = "行为终了于{act_end}，至{received_on}收到时已超过二年（{until}届满），不能受理。"
    en = "The act ended on {act_end}; two years had passed ({until}) when it came on {received_on}."
    next_zh = "请在五个工作日内书面告知不予受理。"
    next_en = "Refuse it in writing within five working days."
    source = "劳动保障监察条例第20条；关于实施《劳动保障监察条例》若干规定第18条"
    field = "outcome"


class ComplaintIncomplete(Refusal):
    """No subject is named, or no own damage."""

    zh = "投诉{complaint}缺少{missing}，不能受理。"
    en = "The complaint {complaint} lacks {missing_en}; it cannot be accepted yet."
    next_zh = "请通知投诉人补正。"
    next_en = "Ask the complainant to complete it."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "outcome"


class WorkDoneElsewhere(Refusal):
    """The work is done in another territory."""

    zh = "用工所在地为{work_region}，不在{region}辖区内，不能受理。"
    en = "The work is done in {work_region}, outside {region}; it cannot be accepted here."
    next_zh = "请告知投诉人向用工所在地的劳动保障监察机构投诉。"
    next_en = "Direct the complainant to the labour inspection of that place."
    source = "劳动保障监察条例第13条"
    field = "outcome"


class ComplaintNotOurs(Refusal):
    """None of the codes is a matter of labour inspection."""

    zh = "{codes}均不属劳动保障监察职权，由{competent}处理，不能受理。"
    en = "{codes} are matters of {competent}, not of labour inspection."
    next_zh = "请告知投诉人向有权机关投诉，并可移送线索。"
    next_en = "Direct the complainant there, and pass the lead on."
    source = "关于实施《劳动保障监察条例》若干规定第18条；平台违法行为目录"
    field = "outcome"


class BeforeArbitrator(Refusal):
    """The matter is before an arbitrator or a court."""

    zh = "投诉{complaint}的事项已申请仲裁或提起诉讼，不能受理。"
    en = "What {complaint} is about is before an arbitrator or a court."
    next_zh = "请告知投诉人依照仲裁、诉讼程序办理。"
    next_en = "Tell the complainant to follow that way."
    source = "劳动保障监察条例第21条"
    field = "outcome"


class ComplaintReasonMissing(Refusal):
    """A complaint was not accepted, and no reason is given."""

    zh = "作出“{outcome}”须写明理由或需补正的内容。"
    en = "{outcome} needs its reason, or what is missing."
    next_zh = "请填写理由。"
    next_en = "Give the reason."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "reason"


class CompetentOrganMissing(Refusal):
    """The complainant is sent away without being told where to."""

    zh = "告知另行投诉须指明有权机关（填写的是“{redirected_to}”）。"
    en = "A redirection names the competent organ (given: {redirected_to})."
    next_zh = "请选择有权处理的其他机关。"
    next_en = "Choose the other organ whose matter it is."
    source = "关于实施《劳动保障监察条例》若干规定第18条"
    field = "redirected_to"


class CaseOnlyForAccepted(Refusal):
    """Only an accepted complaint joins a case."""

    zh = "只有受理的投诉举报才能并入案件{case}。"
    en = "Only an accepted complaint joins the case {case}."
    next_zh = "请去掉案件编号，或选择受理。"
    next_en = "Leave the case out, or accept the complaint."
    source = "平台规则（并案处理）"
    field = "case"


class CaseOfAnotherSubject(Refusal):
    """The case looks at somebody else."""

    zh = "案件{case}的当事人中没有{organisation}，不能并入。"
    en = "{organisation} is no party of the case {case}."
    next_zh = "请选择该单位的案件，或另行立案。"
    next_en = "Choose a case about this subject, or file a new one."
    source = "平台规则（并案处理）"
    field = "case"


@decides(
    RegisterComplaint,
    reads=lambda asked: (
        () if asked.organisation is None else (Own(stream=stream_of(asked.organisation)),)
    ),
)
def register(asked: RegisterComplaint, _history: History, context: Context) -> Iterator[Decided]:
    """Receives a complaint; each has a matter of its own until a case takes it in."""
    if asked.persons < 1:
        raise NobodyComplains(persons=asked.persons)
    catalogue.check_codes(asked.codes, context.today)
    received_on = asked.received_on or context.today
    must_have_come(received_on, context.today, ComplaintDateInFuture)
    if asked.act_from is not None:
        must_have_come(asked.act_from, context.today, ComplainedActInFuture)
        if asked.act_to is not None:
            must_follow(asked.act_to, asked.act_from, ActEndsBeforeStart)
    subject = asked.organisation or context.mint("UN")
    yield Decided(
        stream=stream_of(subject),
        subject=subject,
        matter=context.mint("M"),
        region=context.region,
        effective=received_on,
        fact=ComplaintReceived(
            complaint_id=context.mint("CP"),
            kind=asked.kind,
            channel=asked.channel,
            subject_id=subject,
            subject_name=asked.organisation_name,
            received_on=received_on,
            persons=asked.persons,
            reporter=asked.reporter,
            codes=asked.codes,
            about_what=asked.about_what,
            amount_fen=asked.amount_fen,
            act_from=asked.act_from,
            act_to=asked.act_to,
            work_region=asked.work_region or context.region,
            named_subject=asked.named_subject,
            own_right=asked.own_right,
            in_arbitration=asked.in_arbitration,
            evidence=asked.evidence,
        ),
    )


def _complaint(organisation: str, complaint: str, history: History) -> Complaint:
    known = fold(history.own(stream_of(organisation)))
    if complaint not in known:
        raise ComplaintUnknown(organisation=organisation, complaint=complaint)
    return known[complaint]


@decides(CompleteComplaint, reads=lambda asked: (Own(stream=stream_of(asked.organisation)),))
def complete(asked: CompleteComplaint, history: History, context: Context) -> Iterator[Decided]:
    """Records what was missing, once it was asked for."""
    complaint = _complaint(asked.organisation, asked.complaint, history)
    if complaint.state is not ComplaintState.INCOMPLETE:
        raise CompletionNotAsked(complaint=asked.complaint, state=complaint.state.value)
    received_on = asked.received_on or context.today
    must_have_come(received_on, context.today, ComplaintCompletionInFuture)
    must_follow(received_on, complaint.last_on, CompletedBeforeReceipt)
    yield Decided(
        stream=stream_of(asked.organisation),
        subject=asked.organisation,
        matter=complaint.matter,
        region=complaint.region,
        effective=received_on,
        fact=ComplaintCompleted(
            complaint_id=asked.complaint,
            subject_id=asked.organisation,
            received_on=received_on,
            named_subject=asked.named_subject,
            own_right=asked.own_right,
        ),
    )


def _reads_decision(asked: DecideComplaint) -> tuple[Read, ...]:
    own = Own(stream=stream_of(asked.organisation))
    if asked.case is None:
        return (own,)
    return (
        own,
        Own(stream=case_facts.stream_of(asked.case)),
        Own(stream=matter_stream(asked.complaint)),
    )


@decides(DecideComplaint, reads=_reads_decision)
def decide(asked: DecideComplaint, history: History, context: Context) -> Iterator[Decided]:
    """Accepts what meets all conditions; anything else says why and where to go."""
    complaint = _complaint(asked.organisation, asked.complaint, history)
    if complaint.state is ComplaintState.INCOMPLETE:
        if asked.outcome in (ComplaintOutcome.ACCEPTED, ComplaintOutcome.COMPLETION):
            raise ComplaintAwaitsCompletion(complaint=asked.complaint)
    elif complaint.state is not ComplaintState.RECEIVED:
        raise ComplaintAlreadyDecided(complaint=asked.complaint, state=complaint.state.value)
    if asked.outcome is ComplaintOutcome.ACCEPTED:
        _must_be_acceptable(complaint, context)
    else:
        if asked.case is not None:
            raise CaseOnlyForAccepted(case=asked.case)
        if asked.outcome is not ComplaintOutcome.REDIRECTED and asked.reason is None:
            raise ComplaintReasonMissing(outcome=asked.outcome.value)
    if asked.outcome is ComplaintOutcome.REDIRECTED and asked.redirected_to not in ORGANS:
        raise CompetentOrganMissing(redirected_to=asked.redirected_to or "")
    yield Decided(
        stream=stream_of(asked.organisation),
        subject=asked.organisation,
        matter=complaint.matter,
        region=complaint.region,
        decided=context.moment,
        fact=ComplaintDecided(
            complaint_id=asked.complaint,
            subject_id=asked.organisation,
            outcome=asked.outcome,
            case_id=asked.case,
            redirected_to=asked.redirected_to,
            reason=asked.reason,
        ),
    )
    if asked.case is not None:
        yield from _joined(asked, asked.case, complaint, history)


def _joined(
    asked: DecideComplaint, case_id: str, complaint: Complaint, history: History
) -> Iterator[Decided]:
    """The link between the complaint's matter and that of the open case it joins."""
    case = must_not_be_closed(must_know(history, case_id))
    if asked.organisation not in case.parties:
        raise CaseOfAnotherSubject(case=case_id, organisation=asked.organisation)
    if case.matter != complaint.matter:
        yield Decided(
            stream=matter_stream(asked.complaint),
            subject=asked.organisation,
            matter=complaint.matter,
            region=complaint.region,
            fact=MatterLinked(one=complaint.matter, other=case.matter, because="投诉举报并入案件"),
        )


def _must_be_acceptable(complaint: Complaint, context: Context) -> None:
    """The three conditions of acceptance, and that no arbitrator or court has the matter."""
    if complaint.act_end is not None:
        until = due(complaint.act_end, LIMITATION, rolls=False).day
        if complaint.received_on > until:
            raise ComplaintOutOfTime(
                act_end=complaint.act_end, received_on=complaint.received_on, until=until
            )
    missing = [
        words
        for words, there in (
            (("明确的被投诉单位", "a named subject"), complaint.named_subject),
            (("本人权益受侵害的事实", "an own right infringed"), complaint.own),
        )
        if not there
    ]
    if missing:
        raise ComplaintIncomplete(
            complaint=complaint.complaint_id,
            missing="、".join(zh for zh, _ in missing),
            missing_en=" and ".join(en for _, en in missing),
        )
    if complaint.in_arbitration:
        raise BeforeArbitrator(complaint=complaint.complaint_id)
    if not covers(context.post.region, complaint.work_region):
        raise WorkDoneElsewhere(work_region=complaint.work_region, region=context.post.region)
    competent = _competent(complaint.codes, context.today)
    if competent and "HRSS_INSP" not in competent:
        raise ComplaintNotOurs(codes="、".join(complaint.codes), competent="、".join(competent))


def _competent(codes: tuple[str, ...], on: date) -> tuple[str, ...]:
    """The organs that decide on the codes; a code of no catalogue row leaves it open."""
    found: dict[str, None] = {}
    for code in codes:
        try:
            row: Any = catalogue.violation(code, on)
        except KeyError:
            return ()
        found.update(dict.fromkeys(row.leads))
    return tuple(found)
