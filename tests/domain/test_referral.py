"""Police referral: each step of the reference's table, and each step out of its order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from domain import finding
from domain.document.facts import DocumentSealed
from domain.document.facts import stream_of as document_of
from domain.enforcement.facts import PenaltyDecided
from domain.facts import CHINA
from domain.referral.facts import (
    CriminalFilingDecided,
    CriminalOutcome,
    FilingDecision,
    FilingNoticeReceived,
    ReferralDecided,
    ReferralDocument,
    ReferralDocumentCode,
    ReferralQuestionAnswered,
    ReferralReceipted,
    ReferralTransferred,
    ReviewKind,
    ReviewOutcome,
    questions_of,
)
from domain.referral.state import Stage, barring, fold
from tests.domain.casework import OFFICERS, filed, given_fact
from tests.domain.leads import assess, send, sign
from tests.domain.referrals import (
    DOCUMENTS,
    FINDING,
    LETTER_NO,
    NO_TESTS,
    approved,
    ask,
    decide,
    enclosed,
    file,
    file_of,
    filed_on_reconsideration,
    found,
    police,
    propose,
    proposed,
    receipted,
    reconsider,
    reconsidering,
    refused_by_police,
    sender,
    supervised,
    suspected,
    transfer,
    transferred,
    upheld,
    without,
)
from tests.domain.story import LN_A, LN_B, Story, day, refused

RECONSIDERATION, SUPERVISION = ReviewKind.RECONSIDERATION, ReviewKind.SUPERVISION


def stage(story: Story, referral: str) -> Stage:
    return fold(story.facts)[referral].stage


def no(story: Story, case: str, **data: Any) -> Any:
    asked = {"about": case, "organisation": LN_A, "reason": "未达追诉标准", **data}
    return story.give("HRSS_INSP", "AnswerReferralQuestion", **asked)


def proc(story: Story, command: str, referral: str, /, **data: Any) -> Any:
    return story.give("PROC", command, referral=referral, **data)


def reject(story: Story, referral: str, **data: Any) -> Any:
    return proc(
        story,
        "DecideFilingReview",
        referral,
        **{
            "outcome": ReviewOutcome.SUPERVISION_REJECTED,
            "notice_no": "沈河检监〔2025〕1号",
            "reason": "不立案理由成立",
            **data,
        },
    )


def outcome(
    story: Story, referral: str, what: CriminalOutcome, organ: str = "PSB", **d: Any
) -> Any:
    return story.give(organ, "RecordCriminalOutcome", referral=referral, outcome=what, **d)


def hand_over(story: Story, referral: str, **data: Any) -> Any:
    return sender(story, "HandOverMaterials", referral, **{"items": ("账册3本",), **data})


def sealed(
    kind: str = "REFERRAL_LETTER", number: str = LETTER_NO, subject: str = LN_A
) -> tuple[Story, str]:
    """An approved referral and a document sealed for it."""
    story, referral = approved()
    given_fact(
        story,
        "HRSS_INSP",
        document_of("DOC-1"),
        DocumentSealed(
            document_id="DOC-1",
            kind=kind,
            number=number,
            about=fold(story.facts)[referral].about,
            subject_id=subject,
            content=file_of("内容"),
            docx=file_of("docx"),
            pdf=file_of("pdf"),
        ),
        subject=subject,
        matter=story.facts[-1].matter,
    )
    return story, referral


def letter(text: str | None = None) -> tuple[ReferralDocument, ...]:
    """The documents with the letter named by its number."""
    named = ReferralDocument(
        code=ReferralDocumentCode.D1,
        document_id="DOC-1",
        file=None if text is None else file_of(text),
    )
    return (named, *without("D1"))


def after(begin: Callable[[], tuple[Story, str]], act: Callable[[Story, str], Any]) -> Any:
    story, name = begin()
    return act(story, name)


def both(begin: Callable[[], tuple[Story, str]], *acts: Callable[[Story, str], Any]) -> Any:
    story, name = begin()
    for act in acts:
        act(story, name)


REFUSED: dict[str, Callable[[], Any]] = {
    "FilingTermRunning": lambda: after(
        receipted, lambda s, r: proc(s.on("2025-03-13"), "DemandExplanation", r)
    ),
    # the question and the report
    "ReferralGroundUnknown": lambda: after(suspected, lambda s, _: propose(s, "CASE-NONE")),
    "ReferralOfAnotherSubject": lambda: after(
        suspected, lambda s, c: propose(s, c, organisation=LN_B, findings=())
    ),
    "ReferredFindingUnknown": lambda: after(
        suspected, lambda s, c: propose(s, c, findings=("VF-NONE",))
    ),
    "NoReferralQuestion": lambda: after(filed, no),
    "QuestionAlreadyAnswered": lambda: both(suspected, no, no),
    "ReferralAlreadyProposed": lambda: both(suspected, propose, propose),
    "TeamOfOne": lambda: after(
        suspected, lambda s, c: propose(s, c, team=(OFFICERS[0], OFFICERS[0]))
    ),
    "ReportInFuture": lambda: after(
        suspected, lambda s, c: propose(s, c, report_received_on=day("2025-03-06"))
    ),
    "ReportBeforeGround": lambda: after(
        suspected, lambda s, c: propose(s, c, report_received_on=day("2025-02-13"))
    ),
    # the decision
    "ReferralUnknown": lambda: after(suspected, lambda s, c: decide(s, f"{c}.RF-NONE")),
    "HeadMustDecide": lambda: after(proposed, lambda s, r: decide(s, r, "HRSS.OFFICER")),
    "ReferralAlreadyDecided": lambda: both(proposed, decide, decide),
    "ReferralRefusalNeedsReason": lambda: after(
        proposed, lambda s, r: decide(s, r, approved=False)
    ),
    # the transfer
    "ReferralNotApproved": lambda: after(proposed, transfer),
    "ReferralAlreadyTransferred": lambda: both(approved, transfer, transfer),
    "PoliceNotSameLevel": lambda: after(approved, lambda s, r: transfer(s, r, to_region="210100")),
    "ReferralDocumentMissing": lambda: after(
        approved, lambda s, r: transfer(s, r, documents=without("D2"))
    ),
    "NoTestReport": lambda: after(approved, lambda s, r: transfer(s, r, documents=without("D4"))),
    "NotApplicableButEnclosed": lambda: after(
        approved, lambda s, r: transfer(s, r, documents=(*DOCUMENTS, enclosed("D4")))
    ),
    "ReferralDocumentTwice": lambda: after(
        approved, lambda s, r: transfer(s, r, documents=(*DOCUMENTS, enclosed("D1")))
    ),
    "ReferralDocumentNotSealed": lambda: after(
        approved, lambda s, r: transfer(s, r, documents=letter("pdf"))
    ),
    "ReferralDocumentDiffers": lambda: after(
        sealed, lambda s, r: transfer(s, r, documents=letter("改动后的内容"))
    ),
    "ReferralDocumentWrongKind": lambda: after(
        lambda: sealed(kind="GOODS_LIST"), lambda s, r: transfer(s, r, documents=letter())
    ),
    "LetterNumberDiffers": lambda: after(
        lambda: sealed(number="沈河人社移字〔2025〕2号"),
        lambda s, r: transfer(s, r, documents=letter()),
    ),
    "CopyNotInSameAct": lambda: after(
        approved, lambda s, r: transfer(s, r, copied_to_procuratorate_on=day("2025-03-11"))
    ),
    # the police
    "ReferralNotReceived": lambda: police(Story(), "ReceiptReferral", "CASE-1.RF-1"),
    "ReferralNotWithPolice": lambda: after(approved, lambda s, r: police(s, "ReceiptReferral", r)),
    "ReferralAlreadyReceipted": lambda: after(
        receipted, lambda s, r: police(s, "ReceiptReferral", r)
    ),
    "NotOursNeedsReason": lambda: after(
        transferred, lambda s, r: police(s, "ReceiptReferral", r, not_ours=True)
    ),
    "ReferralNotReceipted": lambda: after(transferred, lambda s, r: file(s, r, files=True)),
    "ForwardNeedsOtherPolice": lambda: after(
        receipted,
        lambda s, r: police(s, "ForwardReferral", r, to_region="210102", notice_no="公转1号"),
    ),
    "NotThisPolice": lambda: after(not_theirs, lambda s, r: file(s, r, files=True)),
    "FilingAlreadyDecided": lambda: after(refused_by_police, lambda s, r: file(s, r, files=True)),
    "NotFiledNeedsReason": lambda: after(
        receipted, lambda s, r: file(s, r, files=False, reason=None)
    ),
    "AdministrativeOnlyWhenNotFiled": lambda: after(
        receipted, lambda s, r: file(s, r, files=True, administrative=True)
    ),
    "FilingDemandBinds": lambda: after(demanded, lambda s, r: file(s, r, files=False)),
    "FilingDecidedInFuture": lambda: after(
        receipted, lambda s, r: file(s, r, files=True, decided_on=day("2025-03-11"))
    ),
    "FilingDecidedBeforeTransfer": lambda: after(
        receipted, lambda s, r: file(s, r, files=True, decided_on=day("2025-03-09"))
    ),
    "ReviewTermEnded": lambda: after(
        receipted, lambda s, r: lengthen(s.on("2025-03-20"), r, days=20)
    ),
    "ReviewNotLengthened": lambda: both(receipted, lengthen, lengthen),
    "SuperiorPoliceApproves": lambda: after(receipted, lambda s, r: lengthen(s, r, days=60)),
    "ExplanationNotDemanded": lambda: after(
        supervised, lambda s, r: police(s, "ExplainRefusal", r, reason="证据不足")
    ),
    # notices and reviews
    "NoNoticeToRecord": lambda: after(receipted, lambda s, r: sender(s, "RecordFilingNotice", r)),
    "AcceptedOnlyWhenRefused": lambda: both(
        receipted,
        lambda s, r: file(s, r, files=True),
        lambda s, r: sender(s, "RecordFilingNotice", r, accepted=True),
    ),
    "FilingNoticeInFuture": lambda: both(
        receipted,
        lambda s, r: file(s, r, files=True),
        lambda s, r: sender(s, "RecordFilingNotice", r, received_on=day("2025-03-11")),
    ),
    "FilingNoticeBeforeDecision": lambda: both(
        receipted,
        lambda s, r: file(s, r, files=True),
        lambda s, r: sender(s, "RecordFilingNotice", r, received_on=day("2025-03-09")),
    ),
    "NothingToReview": lambda: after(receipted, lambda s, r: ask(s, r, RECONSIDERATION)),
    "ReviewAlreadyRequested": lambda: after(upheld, lambda s, r: ask(s, r, RECONSIDERATION)),
    "ReconsiderationGivenUp": lambda: both(
        refused_by_police,
        lambda s, r: ask(s, r, SUPERVISION),
        lambda s, r: ask(s, r, RECONSIDERATION),
    ),
    "ReconsiderationPending": lambda: after(reconsidering, lambda s, r: ask(s, r, SUPERVISION)),
    "FilingRefusalFinal": lambda: both(
        receipted,
        lambda s, r: file(s, r, files=False),
        lambda s, r: sender(s, "RecordFilingNotice", r, accepted=True),
        lambda s, r: ask(s, r, RECONSIDERATION),
    ),
    "ReviewRequestedInFuture": lambda: after(
        refused_by_police,
        lambda s, r: ask(s, r, RECONSIDERATION, requested_on=day("2025-03-15")),
    ),
    "ReviewRequestedBeforeNotice": lambda: after(
        refused_by_police,
        lambda s, r: ask(s, r, RECONSIDERATION, requested_on=day("2025-03-13")),
    ),
    "ReviewNotRequested": lambda: after(
        refused_by_police, lambda s, r: reconsider(s, r, ReviewOutcome.FILE)
    ),
    "ReviewOutcomeNotThisOrgans": lambda: after(
        supervised, lambda s, r: reconsider(s, r, ReviewOutcome.SUPERVISION_REJECTED)
    ),
    "ReviewNeedsReason": lambda: after(
        reconsidering, lambda s, r: reconsider(s, r, ReviewOutcome.UPHOLD)
    ),
    "ReviewDecidedInFuture": lambda: after(
        reconsidering,
        lambda s, r: reconsider(s, r, ReviewOutcome.FILE, decided_on=day("2025-03-18")),
    ),
    "ReviewDecidedBeforeRequest": lambda: after(
        reconsidering,
        lambda s, r: reconsider(s, r, ReviewOutcome.FILE, decided_on=day("2025-03-16")),
    ),
    "ExplanationAlreadyDemanded": lambda: both(
        supervised,
        lambda s, r: proc(s, "DemandExplanation", r),
        lambda s, r: proc(s, "DemandExplanation", r),
    ),
    "ExplanationAwaited": lambda: both(
        supervised,
        lambda s, r: proc(s, "DemandExplanation", r),
        lambda s, r: proc(s.on("2025-03-28"), "DemandFiling", r),
    ),
    "FilingAlreadyDemanded": lambda: after(demanded, reject),
    # the hand-over and the criminal case
    "CriminalCaseNotFiled": lambda: after(refused_by_police, hand_over),
    "MaterialsAlreadyHandedOver": lambda: both(filed_on_reconsideration, hand_over, hand_over),
    "HandOverInFuture": lambda: after(
        filed_on_reconsideration, lambda s, r: hand_over(s, r, handed_over_on=day("2025-03-21"))
    ),
    "HandOverBeforeNotice": lambda: after(
        filed_on_reconsideration, lambda s, r: hand_over(s, r, handed_over_on=day("2025-03-19"))
    ),
    "OutcomeNotThisOrgans": lambda: after(
        filed_on_reconsideration, lambda s, r: outcome(s, r, CriminalOutcome.CONVICTED)
    ),
    "OutcomeBeforeFilingDecision": lambda: after(
        receipted, lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN)
    ),
    "CriminalOutcomeOutOfOrder": lambda: both(
        filed_on_reconsideration,
        lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN),
        lambda s, r: outcome(s, r, CriminalOutcome.TRANSFERRED_FOR_PROSECUTION),
    ),
    "NotYetProsecuted": lambda: after(
        filed_on_reconsideration, lambda s, r: outcome(s, r, CriminalOutcome.CONVICTED, "COURT")
    ),
    "CriminalFineNeedsConviction": lambda: after(
        filed_on_reconsideration,
        lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN, criminal_fine_fen=100),
    ),
    "CaseReturnNeedsReason": lambda: after(
        filed_on_reconsideration, lambda s, r: outcome(s, r, CriminalOutcome.RETURNED_FOR_ADMIN)
    ),
    "OrganOnlyForReturn": lambda: after(
        filed_on_reconsideration,
        lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN, to_organ="HRSS_INSP"),
    ),
    "CriminalOutcomeInFuture": lambda: after(
        filed_on_reconsideration,
        lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN, on=day("2025-03-21")),
    ),
    "CriminalOutcomeBeforeTransfer": lambda: after(
        filed_on_reconsideration,
        lambda s, r: outcome(s, r, CriminalOutcome.WITHDRAWN, on=day("2025-03-09")),
    ),
}


def not_theirs() -> tuple[Story, str]:
    """The police of 沈河 signed, and said whose it is."""
    story, referral = transferred()
    police(story, "ReceiptReferral", referral, not_ours=True, reason="犯罪地在和平区")
    return story, referral


def demanded() -> tuple[Story, str]:
    """The procuratorate heard the police and told them to file."""
    story, referral = supervised()
    proc(story, "DemandExplanation", referral)
    police(story.on("2025-03-25"), "ExplainRefusal", referral, reason="证据不足")
    proc(story.on("2025-03-26"), "DemandFiling", referral)
    return story, referral


def lengthen(story: Story, referral: str, **data: Any) -> Any:
    asked = {"days": 10, "approver": "PSB.HEAD@210103", "reason": "经济犯罪案件", **data}
    return police(story, "ExtendFilingReview", referral, **asked)


@pytest.mark.parametrize("rule", REFUSED)
def test_a_step_out_of_place_is_refused_by_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_a_referral_refused_by_the_police_is_filed_on_reconsideration_and_handed_over() -> None:
    story, referral = filed_on_reconsideration()
    (handed,) = hand_over(story.on("2025-03-24"), referral, items=("账册3本", "手机2部"))
    assert handed.handed_over_on == day("2025-03-24")
    assert stage(story, referral) is Stage.HANDED_OVER
    transferred_fact = story.of(ReferralTransferred)[0]
    assert transferred_fact.fact.copied_to_procuratorate_on == day("2025-03-10")
    assert transferred_fact.fact.to_region == "210103"
    assert transferred_fact.fact.crimes == ("XF-266",)
    assert story.of(ReferralDecided)[0].decided == datetime(2025, 3, 10, 10, tzinfo=CHINA)
    refusal = story.of(CriminalFilingDecided)[0].fact
    assert (refusal.decision, refusal.file_returned) == (FilingDecision.NOT_FILED, True)
    told = [one.fact for one in story.of(FilingNoticeReceived)]
    assert [(one.decision, one.after, one.final) for one in told] == [
        (FilingDecision.NOT_FILED, None, False),
        (FilingDecision.FILED, RECONSIDERATION, False),
    ]
    matters = {one.matter for one in story.facts if hasattr(one.fact, "referral_id")}
    assert len(matters) == 1


def test_the_question_is_answered_no_with_reasons_and_asked_again_by_a_new_finding() -> None:
    story, case = suspected()
    (answered,) = no(story, case, findings=(FINDING,))
    assert isinstance(answered, ReferralQuestionAnswered)
    found(story, case, name="VF-2")
    assert len(no(story, case, findings=(FINDING,))) == 1


def test_a_lead_under_suspicion_raises_the_question_before_any_case() -> None:
    story = Story().on("2025-02-12")
    lead = send(story, "CAC", "HRSS_INSP")
    sign(story, "HRSS_INSP", lead)
    refused("NoReferralQuestion", lambda: no(story, lead))
    assess(story, "HRSS_INSP", lead, "V-CON-08", crime_suspected=True)
    assert len(no(story, lead)) == 1
    (reported,) = propose(story, lead, findings=())
    assert reported.about == lead


def test_after_a_no_of_the_head_a_new_report_is_open() -> None:
    story, referral = proposed()
    decide(story, referral, approved=False, reason="事实不清")
    assert stage(story, referral) is Stage.NOT_APPROVED
    refused("ReferralNotApproved", lambda: transfer(story, referral))
    (again,) = propose(story, fold(story.facts)[referral].about)
    assert again.referral_id != referral


def test_the_inspection_proposes_and_the_bureau_decides() -> None:
    story, referral = proposed()
    refused("NoPower", lambda: decide(story, referral, "HRSS_INSP"))
    refused("HeadMustDecide", lambda: decide(story, referral, "HRSS.REVIEWER"))
    decide(story, referral, "HRSS.HEAD")
    assert stage(story, referral) is Stage.APPROVED


def test_a_late_decision_and_a_late_transfer_are_accepted() -> None:
    story, referral = proposed()
    decide(story.on("2025-03-20"), referral)
    transfer(story.on("2025-04-01"), referral)
    assert stage(story, referral) is Stage.TRANSFERRED


@pytest.mark.parametrize("code", ["D1", "D2", "D3", "D5"])
def test_only_test_reports_may_be_absent(code: str) -> None:
    story, referral = approved()
    refused("ReferralDocumentMissing", lambda: transfer(story, referral, documents=without(code)))
    said = ReferralDocument(code=ReferralDocumentCode(code), not_applicable=True, reason="没有")
    refused(
        "ReferralDocumentMissing",
        lambda: transfer(story, referral, documents=(*without(code), said)),
    )
    assert story.of(ReferralTransferred) == []


def test_absent_test_reports_are_said_to_be_so_with_the_reason() -> None:
    story, referral = approved()
    silent = ReferralDocument(code=ReferralDocumentCode.D4, not_applicable=True)
    refused(
        "NoTestReport",
        lambda: transfer(story, referral, documents=(*without("D4"), silent)),
    )
    transfer(story, referral, documents=(*without("D4"), enclosed("D4"), enclosed("D4", "第二份")))
    assert NO_TESTS not in story.of(ReferralTransferred)[0].fact.documents


def test_a_document_named_by_its_number_goes_with_its_sealed_file() -> None:
    story, referral = sealed()
    transfer(story, referral, documents=letter())
    assert story.of(ReferralTransferred)[0].fact.documents[0].file == file_of("pdf")
    story, referral = sealed()
    transfer(story, referral, documents=letter("docx"))


def test_a_document_about_somebody_else_does_not_go() -> None:
    story, referral = sealed(subject=LN_B)
    refused("ReferralDocumentWrongKind", lambda: transfer(story, referral, documents=letter()))


def test_penalties_decided_before_the_transfer_go_on_and_are_named() -> None:
    story, referral = approved()
    case = fold(story.facts)[referral].about
    given_fact(
        story,
        "HRSS_INSP",
        f"case/{case}",
        PenaltyDecided(
            decision_id="PD-1",
            case_id=case,
            subject_id=LN_A,
            decision_no="沈河人社罚字〔2025〕1号",
            measures=(),
            fine_fen=0,
            confiscated_fen=0,
            codes=("V-CON-08",),
            decided_on=day("2025-03-09"),
            law_of=day("2025-03-09"),
            reason="警告",
        ),
        subject=LN_A,
        matter="M-1",
    )
    transfer(story, referral)
    assert story.of(ReferralTransferred)[0].fact.penalties_before == ("PD-1",)


def test_the_police_of_another_territory_may_not_touch_it_until_it_is_forwarded() -> None:
    story, referral = transferred()
    refused(
        "OutsideTerritory",
        lambda: story.give("PSB", "ReceiptReferral", at="210102", referral=referral),
    )
    police(story, "ReceiptReferral", referral, not_ours=True, reason="犯罪地在和平区")
    police(story, "ForwardReferral", referral, to_region="210102", notice_no="公转1号")
    assert stage(story, referral) is Stage.FORWARDED
    refused("OutsideTerritory", lambda: police(story, "ReceiptReferral", referral))
    story.give("PSB", "ReceiptReferral", at="210102", referral=referral)
    assert [one.region for one in story.of(ReferralReceipted)] == ["210103", "210102"]
    story.give(
        "PSB",
        "DecideFiling",
        at="210102",
        referral=referral,
        decision=FilingDecision.FILED,
        notice_no="和公立字1号",
    )
    assert stage(story, referral) is Stage.FILED


def test_a_long_review_is_approved_by_the_superior_police() -> None:
    story, referral = receipted()
    lengthen(story, referral)
    lengthen(story, referral, days=30)
    refused(
        "SuperiorPoliceApproves",
        lambda: lengthen(story, referral, days=60, approver="PSB.HEAD@210103"),
    )
    refused(
        "SuperiorPoliceApproves",
        lambda: lengthen(story, referral, days=60, approver="PROC:210100"),
    )
    lengthen(story, referral, days=60, approver="PSB.HEAD@210100")
    assert fold(story.facts)[referral].review_days == 60
    file(story, referral, files=True)
    refused("FilingAlreadyDecided", lambda: lengthen(story, referral, days=60))


def test_supervision_may_be_suggested_instead_of_reconsideration() -> None:
    story, referral = refused_by_police()
    ask(story, referral, SUPERVISION)
    assert stage(story, referral) is Stage.SUPERVISION


def test_told_to_file_the_police_file_and_the_notice_says_after_which_review() -> None:
    story, referral = demanded()
    file(story.on("2025-04-01"), referral, files=True)
    assert stage(story, referral) is Stage.FILED
    (told,) = sender(story.on("2025-04-02"), "RecordFilingNotice", referral)
    assert (told.decision, told.after, told.final) == (FilingDecision.FILED, SUPERVISION, False)
    hand_over(story, referral)


def test_the_procuratorate_may_tell_them_to_file_when_no_explanation_comes() -> None:
    story, referral = supervised()
    refused("ExplanationAwaited", lambda: proc(story, "DemandFiling", referral))
    proc(story, "DemandExplanation", referral)
    proc(story.on("2025-03-29"), "DemandFiling", referral)
    refused("FilingAlreadyDemanded", lambda: proc(story, "DemandFiling", referral))


def test_a_rejected_suggestion_makes_the_refusal_final() -> None:
    story, referral = supervised()
    reject(story, referral)
    refused("ReviewNotRequested", lambda: reject(story, referral))
    refused("ReviewNotRequested", lambda: proc(story, "DemandExplanation", referral))
    (told,) = sender(story, "RecordFilingNotice", referral)
    assert told.final
    assert stage(story, referral) is Stage.SUPERVISION_REJECTED
    refused("FilingRefusalFinal", lambda: ask(story, referral, SUPERVISION))


def test_notices_are_recorded_one_by_one_and_each_once() -> None:
    story, referral = refused_by_police()
    refused("NoNoticeToRecord", lambda: sender(story, "RecordFilingNotice", referral))
    refused(
        "NoNoticeToRecord",
        lambda: sender(story, "RecordFilingNotice", referral, concerns="E-none"),
    )


def test_what_the_police_have_bars_a_penalty_and_what_came_back_does_not() -> None:
    def bars(begin: Callable[[], tuple[Story, str]]) -> bool:
        story, name = begin()
        case = name.split(".")[0]
        return bool(barring(story.stream(questions_of(case), "hr")))

    assert not bars(suspected)
    for begin in (proposed, approved, transferred, receipted, reconsidering, supervised):
        assert bars(begin), begin
    assert bars(filed_on_reconsideration)
    assert not bars(refused_by_police)
    assert not bars(upheld)


def test_a_criminal_case_goes_to_court_and_its_fine_is_recorded() -> None:
    story, referral = filed_on_reconsideration()
    story.on("2025-05-01")
    outcome(story, referral, CriminalOutcome.TRANSFERRED_FOR_PROSECUTION)
    (convicted,) = outcome(
        story, referral, CriminalOutcome.CONVICTED, "COURT", criminal_fine_fen=5_000_000
    )
    assert convicted.criminal_fine_fen == 5_000_000
    refused(
        "CriminalOutcomeOutOfOrder",
        lambda: outcome(story, referral, CriminalOutcome.CONVICTED, "COURT"),
    )
    (returned,) = outcome(
        story, referral, CriminalOutcome.RETURNED_FOR_ADMIN, "PROC", reason="建议吊销许可"
    )
    assert returned.to_organ == "HRSS_INSP"
    assert stage(story, referral) is Stage.ENDED
    case = fold(story.facts)[referral].about
    assert barring(story.stream(questions_of(case), "hr"), story.facts) == []


def test_a_finding_alone_may_be_referred() -> None:
    story, _ = suspected()
    story.facts = [one for one in story.facts if not one.stream.startswith("case/")]
    (reported,) = propose(story, FINDING)
    assert reported.about == FINDING
    assert finding.stream_of(LN_A) in {one.stream for one in story.facts}


def test_police_who_let_their_term_pass_are_asked_why_without_a_suggestion() -> None:
    story, referral = receipted()
    proc(story.on("2025-03-14"), "DemandExplanation", referral)
    refused("ExplanationAwaited", lambda: proc(story, "DemandFiling", referral))
    police(story, "ExplainRefusal", referral, reason="正在核查")
    proc(story, "DemandFiling", referral)
    referrals_file = {"decision": FilingDecision.NOT_FILED, "notice_no": "不立1号", "reason": "无"}
    refused("FilingDemandBinds", lambda: police(story, "DecideFiling", referral, **referrals_file))


def test_a_longer_review_lengthens_the_time_before_the_police_are_asked() -> None:
    story, referral = receipted()
    lengthen(story, referral)
    refused(
        "FilingTermRunning", lambda: proc(story.on("2025-03-19"), "DemandExplanation", referral)
    )
    assert proc(story.on("2025-03-21"), "DemandExplanation", referral)
