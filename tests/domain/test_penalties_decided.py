"""The penalty procedure (reference 12.1): notice, hearing, decision, service, payment, closing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commands import Post
from domain.enforcement.case import CaseState, Decision
from domain.enforcement.execution import surcharge_cap
from domain.enforcement.facts import (
    CaseClosed,
    CaseFiled,
    CaseOutcome,
    CaseReopened,
    EvidencePreserved,
    Measure,
    MeasureKind,
    Payment,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    PeriodGround,
    Procedure,
    PublicationChanged,
    PublicationKind,
    PublicationStep,
    ReviewOpinion,
    ServiceMethod,
)
from domain.enforcement.state import fold
from domain.licence.facts import LicenceRevoked
from domain.referral.facts import (
    CriminalCaseOutcomeRecorded,
    CriminalOutcome,
    FilingDecision,
    FilingNoticeReceived,
    ReferralProposed,
    ReferralQuestionAnswered,
    outcome_of,
    questions_of,
)
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    OverturnedBy,
    OverturnResult,
    overturned_of,
)
from domain.terms import FileRef
from tests.domain.casework import OFFICERS, act, filed, given_fact, revoking
from tests.domain.story import LN_A, LN_B, Story, day, granted, refused

ARTICLE = "就业促进法第65条"
CODE = "V-CON-01"
HEAD = "HRSS_INSP.HEAD"


def measure(kind: MeasureKind, amount: int | None = None) -> Measure:
    return Measure(kind=kind, amount_fen=amount, code=CODE, basis=ARTICLE)


FINE = measure(MeasureKind.FINE, 1_500_000)
BIG_FINE = measure(MeasureKind.FINE, 3_000_000)
CONFISCATION = measure(MeasureKind.CONFISCATE_INCOME, 400_000)


def concluded(**data: Any) -> tuple[Story, str]:
    """A case of V-CON-01, investigated on 2025-03-03 with 4,000 yuan of illegal income."""
    filing: dict[str, Any] = {"codes": (CODE,)}
    filing |= {key: data.pop(key) for key in ("procedure", "act_from") if key in data}
    story, case = filed(**filing)
    act(
        story.on("2025-03-03"),
        "ConcludeInvestigation",
        case,
        **{"illegal_income_fen": 400_000, "proposal": "建议罚款", **data},
    )
    return story, case


def notified(*measures: Measure, **data: Any) -> tuple[Story, str]:
    """The party was told on 2025-03-04 (Tuesday)."""
    story, case = concluded(**data)
    act(
        story.on("2025-03-04"),
        "ServePenaltyNotice",
        case,
        notice_no="沈河人社罚告字〔2025〕第1号",
        proposed=measures or (FINE, CONFISCATION),
    )
    return story, case


def decide(story: Story, case: str, *measures: Measure, organ: str = HEAD, **data: Any) -> Any:
    return story.give(
        organ,
        "DecidePenalty",
        **{
            "case": case,
            "decision_no": "沈河人社罚字〔2025〕第1号",
            "measures": measures or (FINE, CONFISCATION),
            "reason": "违法事实清楚",
            **data,
        },
    )


def decided(*measures: Measure, **data: Any) -> tuple[Story, str]:
    story, case = notified(*measures, **data)
    decide(story.on("2025-03-12"), case, *measures)
    return story, case


def served(*measures: Measure, **data: Any) -> tuple[Story, str]:
    story, case = decided(*measures, **data)
    act(story.on("2025-03-13"), "ServePenalty", case, method=ServiceMethod.DIRECT)
    return story, case


def pay(story: Story, case: str, amount: int, kind: Payment = Payment.PAID, **data: Any) -> Any:
    return act(story, "RecordPerformance", case, kind=kind, amount_fen=amount, **data)


def state_of(story: Story, case: str) -> Any:
    return fold(story.stream(f"case/{case}", "hr"))


def review(story: Story, case: str, opinion: ReviewOpinion = ReviewOpinion.AGREED) -> Any:
    return story.give("HRSS_LEGAL", "ReviewLegality", case=case, opinion=opinion, reason="合法")


def discuss(story: Story, case: str, **data: Any) -> Any:
    return story.give(
        "HRSS",
        "DiscussCase",
        **{"case": case, "opinion": ReviewOpinion.AGREED, "present": 5, **data},
    )


def requested(on: str = "2025-03-11") -> tuple[Story, str]:
    story, case = notified(BIG_FINE)
    act(story.on(on), "RequestHearing", case)
    return story, case


def test_a_penalty_runs_from_notice_to_closing() -> None:
    story, case = served()
    pay(story.on("2025-03-20"), case, 1_900_000)
    assert story.of(PenaltyPerformed)[-1].fact.settled
    assert state_of(story, case).state is CaseState.PERFORMED
    act(story, "CloseCase", case, outcome=CaseOutcome.PENALISED, reason="已履行")
    closed = story.of(CaseClosed)[-1].fact
    assert closed.outcome is CaseOutcome.PENALISED
    decision = story.of(PenaltyDecided)[0].fact
    assert (decision.fine_fen, decision.confiscated_fen) == (1_500_000, 400_000)
    assert decision.decision_id.startswith(f"{case}.")
    assert story.of(PenaltyServed)[0].fact.has_fine


@pytest.mark.parametrize(
    ("proposed", "right"),
    [
        ((FINE,), False),
        ((measure(MeasureKind.FINE, 1_999_999),), False),
        ((measure(MeasureKind.FINE, 2_000_000),), True),
    ],
)
def test_a_larger_fine_gives_the_right_to_a_hearing(
    proposed: tuple[Measure, ...], right: bool
) -> None:
    story, _ = notified(*proposed)
    assert story.of(PenaltyNoticeServed)[0].fact.hearing_right is right


def test_revocation_always_gives_the_right_to_a_hearing() -> None:
    story, _ = notified(measure(MeasureKind.REVOKE_PERMIT), serious=True, licensed=True)
    assert story.of(PenaltyNoticeServed)[0].fact.hearing_right


def test_five_working_days_pass_before_a_decision_that_may_be_heard() -> None:
    story, case = notified(BIG_FINE)
    refused("HearingTermRunning", lambda: decide(story.on("2025-03-11"), case, BIG_FINE))
    assert decide(story.on("2025-03-12"), case, BIG_FINE)


def test_a_party_asks_for_its_own_hearing_in_time() -> None:
    story, case = notified(BIG_FINE)
    story.on("2025-03-11")
    refused(
        "NotOwnOrganisation",
        lambda: story.give(f"AGENCY:{LN_B}", "RequestHearing", case=case),
    )
    assert story.give(f"AGENCY:{LN_A}", "RequestHearing", case=case)


def test_a_hearing_lies_seven_working_days_after_its_notice() -> None:
    story, case = requested()

    def told(on: str) -> Any:
        return act(story, "NotifyHearing", case, hearing_on=day(on), place="三楼会议室")

    refused("HearingTooSoon", lambda: told("2025-03-19"))
    told("2025-03-20")
    refused("HearingNotHeld", lambda: decide(story, case, BIG_FINE))
    act(story.on("2025-03-20"), "HoldHearing", case, attended=False)
    refused("LegalReviewMissing", lambda: decide(story, case, BIG_FINE))
    review(story, case, ReviewOpinion.CHANGE_NEEDED)
    refused("LegalReviewMissing", lambda: decide(story, case, BIG_FINE))
    review(story, case)
    assert decide(story, case, BIG_FINE)


def test_a_grave_case_is_reviewed_and_discussed() -> None:
    story, case = notified(serious=True)
    story.on("2025-03-12")
    refused("LegalReviewMissing", lambda: decide(story, case))
    review(story, case)
    refused("DiscussionMissing", lambda: decide(story, case))
    discuss(story, case)
    assert decide(story, case)


def test_a_fine_above_the_article_is_refused_by_name() -> None:
    story, case = concluded()
    refused(
        "FineAboveArticle",
        lambda: act(
            story,
            "ServePenaltyNotice",
            case,
            notice_no="告1号",
            proposed=(measure(MeasureKind.FINE, 5_000_001),),
        ),
    )


def test_without_illegal_income_there_is_no_fine() -> None:
    story, case = concluded(illegal_income_fen=0)
    refused(
        "NoFineWithoutIncome",
        lambda: act(story, "ServePenaltyNotice", case, notice_no="告1号", proposed=(FINE,)),
    )


def test_a_decision_is_not_heavier_than_its_notice() -> None:
    story, case = notified()
    more = measure(MeasureKind.FINE, 1_500_001)
    refused("DecisionBeyondNotice", lambda: decide(story.on("2025-03-12"), case, more))
    less = measure(MeasureKind.FINE, 999_999)
    refused("FineBelowArticle", lambda: decide(story, case, less))
    assert decide(story, case, less, mitigation_reason="主动消除危害后果")


def test_the_simple_procedure_knows_small_fines_only() -> None:
    story, case = concluded(procedure=Procedure.SIMPLE)
    refused("SimpleProcedureExceeded", lambda: decide(story, case, FINE))


def test_a_penalty_never_takes_the_place_of_a_referral() -> None:
    story, case = notified()
    story.on("2025-03-12")
    referral = f"{case}.RF-1"

    def told(fact: Any, organ: str = "HRSS_INSP", stream: str = "") -> None:
        given_fact(story, organ, stream or questions_of(case), fact, subject=LN_A, matter="M-x")

    told(
        ReferralProposed(
            referral_id=referral,
            about=case,
            subject_id=LN_A,
            team=OFFICERS,
            report_received_on=day("2025-03-07"),
            crimes=("XF-266",),
        )
    )
    refused("CaseWithPolice", lambda: decide(story, case))
    act(story, "SuspendCase", case, ground=PeriodGround.PENDING_CRIMINAL)
    refused("CaseSuspended", lambda: decide(story, case))
    told(
        FilingNoticeReceived(
            referral_id=referral,
            about=case,
            subject_id=LN_A,
            concerns="E-1",
            decision=FilingDecision.NOT_FILED,
            received_on=day("2025-03-12"),
            final=True,
        )
    )
    act(story, "ResumeCase", case, ground=PeriodGround.NOT_FILED_BY_POLICE)
    refused("ReferralNotNamed", lambda: decide(story, case))
    told(
        CriminalCaseOutcomeRecorded(
            referral_id=referral,
            subject_id=LN_A,
            outcome=CriminalOutcome.CONVICTED,
            on=day("2025-03-12"),
            criminal_fine_fen=100,
        ),
        "COURT",
        outcome_of(referral),
    )
    refused("FineAfterCriminalFine", lambda: decide(story, case, referrals=(referral,)))
    assert decide(story, case, CONFISCATION, referrals=(referral,))


def test_a_code_that_may_be_a_crime_needs_an_answer_first() -> None:
    story, case = filed(codes=("V-LIC-01",))
    act(
        story.on("2025-03-03"),
        "ConcludeInvestigation",
        case,
        illegal_income_fen=400_000,
        proposal="建议罚款",
    )
    fine = Measure(
        kind=MeasureKind.FINE,
        amount_fen=1_500_000,
        code="V-LIC-01",
        basis="人力资源市场暂行条例第42条第1款",
    )
    act(story, "ServePenaltyNotice", case, notice_no="告1号", proposed=(fine,))
    story.on("2025-03-12")
    refused("ReferralQuestionOpen", lambda: decide(story, case, fine))
    given_fact(
        story,
        "HRSS_INSP",
        questions_of(case),
        ReferralQuestionAnswered(about=case, subject_id=LN_A, reason="数额未达立案标准"),
        subject=LN_A,
        matter="M-x",
    )
    assert decide(story, case, fine)


def test_public_notice_counts_thirty_days_later() -> None:
    story, case = decided()
    act(story.on("2025-03-13"), "ServePenalty", case, method=ServiceMethod.PUBLIC_NOTICE)
    assert story.of(PenaltyServed)[0].fact.served_on == day("2025-04-12")


def test_a_refund_is_negative_and_not_above_what_was_paid() -> None:
    story, case = served()
    pay(story.on("2025-03-20"), case, 1_900_000)
    refused("RefundAbovePaid", lambda: pay(story, case, -1_900_001, Payment.REFUND))
    pay(story, case, -1_900_000, Payment.REFUND)
    assert state_of(story, case).decisions[0].paid_fen == 0


@given(fine=st.integers(1, 10**9), late=st.integers(-40, 400))
def test_the_surcharge_is_three_percent_a_day_and_never_above_the_fine(
    fine: int, late: int
) -> None:
    decision = Decision(
        decision_id="PD",
        party=LN_A,
        event="E",
        decision_no="1",
        measures=(),
        fine_fen=fine,
        confiscated_fen=0,
        decided_on=day("2025-03-12"),
        publish=True,
        counts_from=day("2025-03-13"),
    )
    last = day("2025-03-28")
    days, most = surcharge_cap(decision, last.fromordinal(last.toordinal() + late))
    assert days == max(0, late)
    assert most == min(fine, fine * 3 * days // 100)


def test_a_surcharge_is_recorded_up_to_its_cap() -> None:
    story, case = served()
    story.on("2025-03-31")
    refused("SurchargeTooHigh", lambda: pay(story, case, 135_001, Payment.SURCHARGE))
    assert pay(story, case, 135_000, Payment.SURCHARGE)


def test_the_court_is_asked_after_remedies_and_a_demand() -> None:
    story, case = served()

    def urge() -> Any:
        return act(story, "DemandPerformance", case)

    def ask() -> Any:
        return act(story, "ApplyForEnforcement", case)

    refused("PaymentTermRunning", urge)
    refused("DemandMissing", lambda: (story.on("2025-04-10"), ask()))
    urge()
    refused("DemandTermRunning", lambda: (story.on("2025-04-24"), ask()))
    refused("RemedyTermRunning", lambda: (story.on("2025-09-15"), ask()))
    refused("EnforcementTermPassed", lambda: (story.on("2025-12-16"), ask()))
    story.on("2025-12-15")
    assert ask()
    assert act(story, "CloseCase", case, outcome=CaseOutcome.PENALISED, reason="已申请强制执行")


def overturn(story: Story, result: OverturnResult) -> str:
    decision = story.of(PenaltyDecided)[0]
    given_fact(
        story,
        "RECON",
        overturned_of(decision.id),
        DecisionOverturned(
            overturn_id="OV-1",
            target=decision.id,
            target_type=decision.type,
            decision_id=decision.fact.decision_id,
            owner_organ="HRSS_INSP",
            subject_id=LN_A,
            by=OverturnedBy.RECONSIDERATION,
            result=result,
            effect=Effect.EX_TUNC,
            decided_on=day("2025-03-20"),
            document_no="复议1号",
            reason="事实不清",
        ),
        subject=LN_A,
        matter="M-x",
    )
    return story.of(DecisionOverturned)[-1].id


def test_an_annulled_decision_lets_the_case_begin_again() -> None:
    story, case = served()
    event = overturn(story.on("2025-03-20"), OverturnResult.ANNULLED)
    act(story, "ReopenCase", case, overturned=event, reason="重新调查")
    assert story.of(CaseReopened)
    assert state_of(story, case).state is CaseState.REOPENED
    refused(
        "CaseAlreadyReopened",
        lambda: act(story, "ReopenCase", case, overturned=event, reason="重新调查"),
    )
    refused("InvestigationNotConcluded", lambda: decide(story, case))


def test_a_decision_that_stands_reopens_nothing() -> None:
    story, case = served()
    event = overturn(story.on("2025-03-20"), OverturnResult.FOUND_UNLAWFUL)
    refused(
        "DecisionStands",
        lambda: act(story, "ReopenCase", case, overturned=event, reason="重新调查"),
    )
    refused(
        "OverturningNotReceived",
        lambda: act(story, "ReopenCase", case, overturned="E-0", reason="重新调查"),
    )


TEXT = FileRef(sha256="0" * 64, length=1, media_type="text/plain")


def approve(story: Story, case: str, organ: str = HEAD, **data: Any) -> Any:
    return story.give(
        organ,
        "ApprovePublication",
        **{
            "case": case,
            "kind": PublicationKind.DECISION,
            "legal_basis": "行政处罚法第48条",
            **data,
        },
    )


def published(story: Story, case: str) -> str:
    approve(story, case)
    name = str(story.of(PublicationChanged)[-1].fact.publication_id)
    refused(
        "PublicationOutOfOrder",
        lambda: act(story, "PublishDecision", case, publication=name, channel="官网"),
    )
    act(story, "RedactPublication", case, publication=name, text=TEXT)
    act(story, "PublishDecision", case, publication=name, channel="官网")
    return name


def test_a_decision_is_approved_redacted_published_and_withdrawn() -> None:
    story, case = served()
    name = published(story, case)
    act(story, "WithdrawPublication", case, publication=name)
    steps = [one.fact.step for one in story.of(PublicationChanged)]
    assert steps == [
        PublicationStep.APPROVED,
        PublicationStep.REDACTED,
        PublicationStep.PUBLISHED,
        PublicationStep.WITHDRAWN,
    ]


def test_what_an_overturned_decision_published_is_withdrawn_by_rule() -> None:
    story, case = served()
    published(story, case)
    overturn(story.on("2025-03-20"), OverturnResult.ANNULLED)
    cause = story.of(DecisionOverturned)[0]
    rule = Post(
        id="AUTO:R14@HRSS_INSP",
        organ="HRSS_INSP",
        region="210103",
        appointment="rule",
        automatic=True,
    )
    story.decide("WithdrawOverturnedPublication", rule, {"case": case, "about": cause.id}, cause)
    last = story.of(PublicationChanged)[-1].fact
    assert (last.step, last.because) == (PublicationStep.WITHDRAWN, cause.id)


def test_a_served_decision_revokes_the_licence() -> None:
    story = granted().on("2025-03-10")
    give = {"organisation": LN_B, "document_no": "罚字1号", "penalty_decision_id": "CASE-1.PD-1"}
    refused("RevocationNeedsPenalty", lambda: story.give("HRSS_INSP", "RevokeLicence", **give))
    revoking(story, LN_B, day("2025-03-10"))
    story.give("HRSS_INSP", "RevokeLicence", **give)
    assert story.of(LicenceRevoked)


REVOKE = measure(MeasureKind.REVOKE_PERMIT)


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("OutcomeNeedsPenalty", CaseOutcome.PENALISED),
        ("OutcomeNeedsHandling", CaseOutcome.HANDLED),
        ("NotPromptlyCorrected", CaseOutcome.NO_PENALTY_EDUCATED),
    ],
)
def test_a_case_ends_as_its_history_bears(rule: str, outcome: CaseOutcome) -> None:
    story, case = concluded()
    refused(rule, lambda: act(story, "CloseCase", case, outcome=outcome, reason="结案"))


def test_a_handled_case_and_an_educated_one_end_without_a_penalty() -> None:
    story, case = concluded(corrected_promptly=True)
    act(
        story,
        "DecideHandling",
        case,
        decision_no="沈河人社处字〔2025〕第1号",
        orders=("退还收取的费用",),
        working_days=15,
    )
    act(story, "CloseCase", case, outcome=CaseOutcome.HANDLED, reason="已退还")
    story, case = concluded(corrected_promptly=True)
    assert act(story, "CloseCase", case, outcome=CaseOutcome.NO_PENALTY_EDUCATED, reason="教育")


def test_each_refusal_before_a_decision_is_met() -> None:
    story, case = filed(codes=(CODE,))
    story.on("2025-03-03")

    def notice(**data: Any) -> Any:
        give = {"notice_no": "告1号", "proposed": (BIG_FINE,), **data}
        return act(story, "ServePenaltyNotice", case, **give)

    def end(**data: Any) -> Any:
        give = {"illegal_income_fen": 400_000, "proposal": "建议罚款", **data}
        return act(story, "ConcludeInvestigation", case, **give)

    refused("InvestigationNotConcluded", notice)
    refused("ConclusionInFuture", lambda: end(concluded_on=day("2030-01-01")))
    refused("ConcludedBeforeFiling", lambda: end(concluded_on=day("2025-02-13")))
    end()
    refused("PartyNotNotified", lambda: decide(story, case))
    refused("PenaltyNoticeInFuture", lambda: notice(served_on=day("2030-01-01")))
    refused("NoticeBeforeConclusion", lambda: notice(served_on=day("2025-03-02")))
    notice()
    give = {"accepted": False, "reason": "理由不成立"}
    refused(
        "DefenceInFuture", lambda: act(story, "HearDefence", case, on=day("2030-01-01"), **give)
    )
    refused(
        "DefenceBeforeNotice", lambda: act(story, "HearDefence", case, on=day("2025-03-02"), **give)
    )
    assert act(story, "HearDefence", case, **give)
    refused("HearingNotRequested", lambda: act(story, "HoldHearing", case))
    refused(
        "HearingRequestInFuture",
        lambda: act(story, "RequestHearing", case, requested_on=day("2030-01-01")),
    )
    refused(
        "RequestedBeforeNotice",
        lambda: act(story, "RequestHearing", case, requested_on=day("2025-03-02")),
    )
    story.on("2025-03-11")
    refused("HearingRequestTooLate", lambda: act(story, "RequestHearing", case))
    act(story, "RequestHearing", case, requested_on=day("2025-03-10"))
    refused("HearingAlreadyRequested", lambda: act(story, "RequestHearing", case))
    refused("HearingNotNotified", lambda: act(story, "HoldHearing", case))

    def told(**data: Any) -> Any:
        give = {"hearing_on": day("2025-03-21"), "place": "三楼", **data}
        return act(story, "NotifyHearing", case, **give)

    refused("HearingNoticeInFuture", lambda: told(notified_on=day("2030-01-01")))
    refused("NotifiedBeforeRequest", lambda: told(notified_on=day("2025-03-09")))
    told()
    refused("HearingInFuture", lambda: act(story, "HoldHearing", case, held_on=day("2030-01-01")))
    refused("HeldBeforeItsDay", lambda: act(story, "HoldHearing", case))
    act(story.on("2025-03-21"), "HoldHearing", case)
    refused("HearingAlreadyHeld", lambda: act(story, "HoldHearing", case))
    refused("DiscussionInFuture", lambda: discuss(story, case, on=day("2030-01-01")))
    refused("DiscussedBeforeConclusion", lambda: discuss(story, case, on=day("2025-03-02")))


def test_who_concluded_a_case_does_not_review_it() -> None:
    story = a_case_of("SAMR")
    give = {"opinion": ReviewOpinion.AGREED, "reason": "合法"}
    story.give(
        "SAMR.OFFICER",
        "ConcludeInvestigation",
        case="CASE-9",
        illegal_income_fen=0,
        proposal="建议",
    )
    refused(
        "ReviewerHandledCase",
        lambda: story.give("SAMR.OFFICER", "ReviewLegality", case="CASE-9", **give),
    )
    assert story.give("SAMR.REVIEWER", "ReviewLegality", case="CASE-9", **give)


def test_each_refusal_of_a_decision_is_met() -> None:
    story, case = notified()
    refused("NoHearingRight", lambda: act(story, "RequestHearing", case))
    refused("HeadMustDecidePenalty", lambda: decide(story, case, organ="HRSS_INSP.OFFICER"))
    refused("PenaltyDateInFuture", lambda: decide(story, case, decided_on=day("2030-01-01")))
    refused("PenaltyBeforeItsGround", lambda: decide(story, case, decided_on=day("2025-03-03")))
    refused(
        "CaseOfAnotherOrgan",
        lambda: act(a_case_of("HRSS_APPR"), "PreserveEvidence", "CASE-9", items=("账册",)),
    )
    decide(story.on("2025-03-12"), case)
    refused("PenaltyAlreadyDecided", lambda: decide(story, case))
    refused(
        "HeadMustApprovePublication",
        lambda: approve(story, case, organ="HRSS_INSP.OFFICER"),
    )
    refused(
        "ExposureNeedsSeriousCase",
        lambda: approve(story, case, kind=PublicationKind.EXPOSURE),
    )
    refused(
        "PublicationUnknown",
        lambda: act(story, "RedactPublication", case, publication="PB-0", text=TEXT),
    )


def a_case_of(organ: str) -> Story:
    story = Story().on("2025-03-03")
    fact = CaseFiled(
        case_id="CASE-9",
        subject_id=LN_A,
        parties=(LN_A,),
        codes=(CODE,),
        filed_on=day("2025-03-03"),
        officers=OFFICERS,
        labour=False,
    )
    given_fact(story, organ, "case/CASE-9", fact, subject=LN_A, matter="M-x")
    return story


def test_each_refusal_of_service_and_payment_is_met() -> None:
    story, case = decided()

    def serve(**data: Any) -> Any:
        return act(story, "ServePenalty", case, **{"method": ServiceMethod.DIRECT, **data})

    refused("PenaltyNotServed", lambda: act(story, "DemandPerformance", case))
    refused("PenaltyServiceInFuture", lambda: serve(served_on=day("2030-01-01")))
    refused("ServedBeforePenalty", lambda: serve(served_on=day("2025-03-11")))
    refused("PenaltyNotServed", lambda: pay(story, case, 1_900_000))
    refused("CaseDecisionUnknown", lambda: serve(decision="PD-0"))
    refused("ElectronicServiceNeedsConsent", lambda: serve(method=ServiceMethod.ELECTRONIC))
    refused(
        "PenaltyNotPerformed",
        lambda: act(story, "CloseCase", case, outcome=CaseOutcome.PENALISED, reason="结案"),
    )
    refused(
        "CaseHasPenalty",
        lambda: act(story, "CloseCase", case, outcome=CaseOutcome.UNFOUNDED, reason="结案"),
    )
    serve()
    refused("PenaltyAlreadyServed", serve)
    refused("PerformanceInFuture", lambda: pay(story, case, 1, on=day("2030-01-01")))
    refused("PerformedBeforeDecision", lambda: pay(story, case, 1, on=day("2025-03-11")))
    refused("AmountHasWrongSign", lambda: pay(story, case, -1))
    refused("AmountHasWrongSign", lambda: pay(story, case, 1, Payment.REFUND))
    refused("PaidMoreThanOwed", lambda: pay(story, case, 1_900_001))
    pay(story, case, 1_900_000)
    refused("PenaltyAlreadyPerformed", lambda: act(story, "DemandPerformance", case))
    name = published(story, case)
    refused(
        "PublicationInFuture",
        lambda: act(story, "WithdrawPublication", case, publication=name, on=day("2030-01-01")),
    )
    refused(
        "PublishedBeforeFiling",
        lambda: act(story, "WithdrawPublication", case, publication=name, on=day("2025-01-01")),
    )


def test_each_refusal_of_closing_is_met() -> None:
    story, case = concluded()

    def close(**data: Any) -> Any:
        give = {"outcome": CaseOutcome.UNFOUNDED, "reason": "违法事实不成立", **data}
        return act(story, "CloseCase", case, **give)

    refused("ClosingInFuture", lambda: close(closed_on=day("2030-01-01")))
    refused("ClosedBeforeItsSteps", lambda: close(closed_on=day("2025-02-13")))
    act(story, "PreserveEvidence", case, items=("账册",))
    refused("EvidenceNotSettled", close)
    kept = story.of(EvidencePreserved)[-1].fact.preservation_id
    act(story, "SettleEvidence", case, preservation=kept, decision="RETURNED")
    close()
    refused("CaseAlreadyClosed", close)
