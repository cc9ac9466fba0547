"""The referral question, the report to the head, and the head's decision (reference 8.1, 8.5).

1. A crime suspected raises the question; the answer is a report to the head, or a recorded no
   with its reasons (R07).
2. A special team of two officers or more reports in writing (Decree 310 art. 5).
3. The principal head, or the head in charge of the work, decides; within 人社 that is the
   bureau's head and not the inspection. A no has its reasons on file.
4. Nothing forbids a late decision: it is accepted, and its clock tells that it was late.
5. One referral of a case at a time; after a no a new report is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain import finding
from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.enforcement.facts import CaseFiled
from domain.enforcement.facts import stream_of as case_of
from domain.errors import Refusal
from domain.facts import Recorded
from domain.finding import ViolationFound
from domain.lead.facts import LeadAssessed
from domain.lead.facts import receipt_of as lead_receipt_of
from domain.lead.facts import stream_of as lead_of
from domain.lead.halves import both, known
from domain.referral.facts import (
    CrimeCode,
    ReferralDecided,
    ReferralProposed,
    ReferralQuestionAnswered,
    Signatory,
    questions_of,
    stream_of,
)
from domain.referral.found_in import found_in
from domain.referral.rules import as_sender, on_referral, reads_of_sender
from domain.referral.state import fold
from domain.terms import (
    CertificateNumber,
    FileRef,
    Identifier,
    MoneyFen,
    Persons,
    Reason,
    SubjectId,
    Term,
)

TEAM_MIN = 2
"""Least officers of a special team (Decree 310 art. 5)."""


@command(zh="记录不予移送的判断", en="Answer the referral question no", source="平台规则（R07）")
@dataclass(frozen=True, kw_only=True)
class AnswerReferralQuestion(Command):
    """Records that a case or lead is not referred, with reasons; a yes is a report to the head."""

    about: Identifier
    organisation: SubjectId
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    reason: Reason


@command(
    zh="提出移送报告", en="Propose a referral", source="行政执法机关移送涉嫌犯罪案件的规定第5条"
)
@dataclass(frozen=True, kw_only=True)
class ProposeReferral(Command):
    """A special team reports to the head, who has 3 days from receiving the report."""

    about: Identifier
    organisation: SubjectId
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    team: Annotated[
        tuple[CertificateNumber, ...], Term(zh="专案组执法证号", en="Special team", min_items=1)
    ]
    report_received_on: Annotated[
        date | None, Term(zh="负责人收到报告日期", en="Report received on")
    ] = None
    report: Annotated[FileRef | None, Term(zh="书面报告", en="Written report")] = None
    crimes: Annotated[
        tuple[CrimeCode, ...],
        Term(zh="涉嫌罪名条款", en="Articles of the criminal law", min_items=1),
    ]
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None


@command(
    zh="作出移送决定",
    en="Decide on a referral",
    source="行政执法机关移送涉嫌犯罪案件的规定第5条",
)
@dataclass(frozen=True, kw_only=True)
class DecideReferral(Command):
    """The head approves or refuses a referral; the case goes to the police within 24 hours."""

    referral: Identifier
    approved: Annotated[bool, Term(zh="批准", en="Approved")]
    signatory: Annotated[Signatory, Term(zh="决定人", en="Signatory")] = Signatory.PRINCIPAL_HEAD
    reason: Reason | None = None


class ReferralGroundUnknown(Refusal):
    """What the referral is about is no case, lead or finding of this department."""

    zh = "本部门没有编号为{about}的案件、线索或违法事项。"
    en = "{about} is no case, lead or finding of this department."
    next_zh = "请填写本部门案件或线索的编号。"
    next_en = "Name a case or lead of this department."
    source = "行政执法机关移送涉嫌犯罪案件的规定第3条"
    field = "about"


class ReferralOfAnotherSubject(Refusal):
    """The case or lead concerns somebody else."""

    zh = "{about}的对象是{subject}，不是{organisation}。"
    en = "{about} concerns {subject}, not {organisation}."
    next_zh = "请核对对象或案件编号。"
    next_en = "Check the subject, or the number of the case."
    source = "行政执法机关移送涉嫌犯罪案件的规定第3条"
    field = "organisation"


class ReferredFindingUnknown(Refusal):
    """A finding is named that was not recorded about this subject."""

    zh = "{organisation}没有编号为{finding}的违法事项。"
    en = "No finding {finding} about {organisation} is on record."
    next_zh = "请先记录违法事项，或核对编号。"
    next_en = "Record the finding first, or check its number."
    source = "行政执法机关移送涉嫌犯罪案件的规定第3条"
    field = "findings"


class NoReferralQuestion(Refusal):
    """Nothing on record raises the question."""

    zh = "{organisation}没有须作移送判断的违法事项或线索。"
    en = "No finding or lead about {organisation} raises the referral question."
    next_zh = "无需判断；如涉嫌犯罪，请先记录违法事项及其情形。"
    next_en = "Nothing to answer; if a crime is suspected, record the finding and its signs."
    source = "平台规则（R07）；行政处罚法第27条"
    field = "about"


class QuestionAlreadyAnswered(Refusal):
    """The question was answered and nothing has come since."""

    zh = "{about}的移送判断已于{answered_on}作出，此后没有新的违法事项。"
    en = "The question about {about} was answered on {answered_on}, and nothing has come since."
    next_zh = "无需再次判断；发现新事实的，先记录违法事项。"
    next_en = "Nothing to answer; record new facts as a finding first."
    source = "平台规则（R07）"
    field = "about"


class ReferralAlreadyProposed(Refusal):
    """A referral of this case is under way."""

    zh = "{about}的移送{referral}正在办理，现处于{stage}。"
    en = "The referral {referral} of {about} is under way, at {stage}."
    next_zh = "请在该移送中继续办理。"
    next_en = "Go on with that referral."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "about"


class TeamOfOne(Refusal):
    """A special team has two officers or more."""

    zh = "专案组须有2名以上执法人员，现为{count}名。"
    en = "A special team has 2 officers or more; {count} are named."
    next_zh = "请填写两个以上不同的执法证号。"
    next_en = "Name two different certificates or more."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "team"


class ReportInFuture(DateInFuture):
    """The head has not received the report yet."""

    field = "report_received_on"


class ReportBeforeGround(DateBeforeItsGround):
    """The report is dated before the case or finding it rests on."""

    field = "report_received_on"


class HeadMustDecide(Refusal):
    """Only the head of the organ decides on a referral."""

    zh = "移送由本机关正职负责人或者主持工作的负责人决定，岗位{post}不能决定。"
    en = "The principal head or the head in charge decides on a referral; {post} may not."
    next_zh = "请由负责人岗位决定。"
    next_en = "Let the head's post decide."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "signatory"


class ReferralAlreadyDecided(Refusal):
    """The head has decided."""

    zh = "移送{referral}已决定，现处于{stage}。"
    en = "The referral {referral} has been decided; it stands at {stage}."
    next_zh = "不批准的，可凭新的事实另行提出移送报告。"
    next_en = "After a refusal, new facts may be reported again."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "referral"


class ReferralRefusalNeedsReason(Refusal):
    """A no has its reasons on file."""

    zh = "不批准移送{referral}须记明理由。"
    en = "The reasons for not referring {referral} go on file."
    next_zh = "请填写不批准的理由。"
    next_en = "Enter the reasons."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "reason"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a referral rests on: whose matter it is, where, and since when."""

    matter: str
    region: str
    subjects: tuple[str, ...]
    since: date | None
    raises: bool


def _reads(asked: AnswerReferralQuestion | ProposeReferral) -> tuple[Read, ...]:
    return (
        Own(stream=case_of(asked.about)),
        *both(lead_of(asked.about)),
        *both(lead_receipt_of(asked.about)),
        *both(finding.stream_of(asked.organisation)),
        Own(stream=questions_of(asked.about)),
    )


def _findings(history: History, subject: str) -> list[Recorded[ViolationFound]]:
    return [
        one
        for one in history.own(finding.stream_of(subject))
        if isinstance(one.fact, ViolationFound)
    ]


def _ground(asked: AnswerReferralQuestion | ProposeReferral, history: History) -> Ground:
    """The case, lead or finding that is meant, or the refusal that says what is wrong."""
    findings = _findings(history, asked.organisation)
    for named in asked.findings:
        if not any(one.fact.finding_id == named for one in findings):
            raise ReferredFindingUnknown(organisation=asked.organisation, finding=named)
    found = _case_or_lead(asked.about, history) or _finding(asked.about, findings)
    if found is None:
        raise ReferralGroundUnknown(about=asked.about)
    if asked.organisation not in found.subjects:
        raise ReferralOfAnotherSubject(
            about=asked.about, subject=found.subjects[0], organisation=asked.organisation
        )
    return found


def _case_or_lead(about: str, history: History) -> Ground | None:
    for recorded in history.own(case_of(about)):
        if isinstance(recorded.fact, CaseFiled):
            return Ground(
                matter=recorded.matter,
                region=recorded.region,
                subjects=recorded.fact.parties,
                since=recorded.fact.filed_on,
                raises=False,
            )
    lead = (*known(history, lead_receipt_of(about)), *known(history, lead_of(about)))
    if not lead:
        return None
    return Ground(
        matter=lead[0].matter,
        region=lead[0].region,
        subjects=(lead[0].fact.subject_id,),
        since=None,
        raises=any(isinstance(one.fact, LeadAssessed) and one.fact.crime_suspected for one in lead),
    )


def _finding(about: str, findings: list[Recorded[ViolationFound]]) -> Ground | None:
    for recorded in findings:
        if about in (recorded.fact.finding_id, recorded.fact.about):
            return Ground(
                matter=recorded.matter,
                region=recorded.region,
                subjects=(recorded.fact.subject_id,),
                since=recorded.fact.act_from,
                raises=recorded.fact.question,
            )
    return None


def _must_be_free(about: str, questions: tuple[Recorded[Any], ...]) -> None:
    for referral in fold(questions).values():
        if referral.with_police:
            raise ReferralAlreadyProposed(
                about=about, referral=referral.referral_id, stage=referral.stage.value
            )


@decides(AnswerReferralQuestion, reads=_reads)
def answer(asked: AnswerReferralQuestion, history: History, _: Context) -> Iterator[Decided]:
    """Records a no to a question that the findings or the assessment raised."""
    ground = _ground(asked, history)
    questions = history.own(questions_of(asked.about))
    _must_be_free(asked.about, questions)
    raising = [one for one in _findings(history, asked.organisation) if one.fact.question]
    if not raising and not ground.raises:
        raise NoReferralQuestion(organisation=asked.organisation)
    for one in questions:
        answered = one.fact
        if (
            isinstance(answered, ReferralQuestionAnswered)
            and answered.subject_id == asked.organisation
            and set(asked.findings) <= set(answered.findings)
            and not any(each.order > one.order for each in raising)
        ):
            raise QuestionAlreadyAnswered(about=asked.about, answered_on=one.recorded_on)
    yield Decided(
        stream=questions_of(asked.about),
        subject=asked.organisation,
        matter=ground.matter,
        region=ground.region,
        fact=ReferralQuestionAnswered(
            about=asked.about,
            subject_id=asked.organisation,
            findings=asked.findings,
            found_in=found_in(asked.about, asked.organisation, asked.findings, history),
            reason=asked.reason,
        ),
    )


@decides(ProposeReferral, reads=_reads)
def propose(asked: ProposeReferral, history: History, context: Context) -> Iterator[Decided]:
    """The team's report reaches the head: the 3 days begin."""
    if len(set(asked.team)) < TEAM_MIN:
        raise TeamOfOne(count=len(set(asked.team)))
    ground = _ground(asked, history)
    _must_be_free(asked.about, history.own(questions_of(asked.about)))
    received_on = asked.report_received_on or context.today
    must_have_come(received_on, context.today, ReportInFuture)
    if ground.since is not None:
        must_follow(received_on, ground.since, ReportBeforeGround)
    yield Decided(
        stream=questions_of(asked.about),
        subject=asked.organisation,
        matter=ground.matter,
        region=ground.region,
        effective=received_on,
        fact=ReferralProposed(
            referral_id=f"{asked.about}.{context.mint('RF')}",
            about=asked.about,
            subject_id=asked.organisation,
            findings=asked.findings,
            found_in=found_in(asked.about, asked.organisation, asked.findings, history),
            team=tuple(dict.fromkeys(asked.team)),
            report_received_on=received_on,
            report=asked.report,
            crimes=asked.crimes,
            persons=asked.persons,
            amount_fen=asked.amount_fen,
        ),
    )


@decides(DecideReferral, reads=lambda asked: reads_of_sender(asked.referral))
def decide(asked: DecideReferral, history: History, context: Context) -> Iterator[Decided]:
    """The head approves or refuses, once."""
    if context.post.role not in ("", "HEAD"):
        raise HeadMustDecide(post=context.post.id)
    referral = as_sender(history, asked.referral)
    if referral.decision is not None:
        raise ReferralAlreadyDecided(referral=asked.referral, stage=referral.stage.value)
    if not asked.approved and asked.reason is None:
        raise ReferralRefusalNeedsReason(referral=asked.referral)
    yield on_referral(
        stream_of(asked.referral),
        referral,
        ReferralDecided(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            approved=asked.approved,
            signatory=asked.signatory,
            decided_at=context.moment,
            reason=asked.reason,
        ),
        decided=context.moment,
    )
