"""What an administrative case may still do after the criminal one, and which questions it answers.

Source: 行政处罚法 8, 27, 35; Decree 310 art. 3, 10, 11, 13; reference 8.4, 8.5.
"""

from __future__ import annotations

from typing import Any

import pytest

from domain.enforcement.case import CaseState
from domain.enforcement.facts import (
    CaseFiled,
    CaseOutcome,
    Measure,
    MeasureKind,
    PenaltyDecided,
    PeriodGround,
    ReviewOpinion,
)
from domain.enforcement.state import fold
from domain.reactions import RULES
from domain.referral.facts import CriminalCaseOutcomeRecorded, CriminalOutcome
from tests.domain import referrals
from tests.domain.casework import accepted, act, file, filed
from tests.domain.story import LN_A, Story, refused

ARTICLE = "人力资源市场暂行条例第43条"
CODE = "V-CON-08"
FINE = Measure(kind=MeasureKind.FINE, amount_fen=1_000_000, code=CODE, basis=ARTICLE)
REVOKED = Measure(kind=MeasureKind.REVOKE_PERMIT, code=CODE, basis=ARTICLE)


def with_police() -> tuple[Story, str, str]:
    """The police filed; the case is suspended."""
    story, referral = referrals.filed_on_reconsideration()
    case = story.of(CaseFiled)[-1].fact.case_id
    act(story, "SuspendCase", case, ground=PeriodGround.PENDING_CRIMINAL, about=referral)
    return story.on("2025-06-20"), referral, case


def outcome(
    story: Story, referral: str, what: CriminalOutcome, organ: str = "PSB", **data: Any
) -> Any:
    return story.give(organ, "RecordCriminalOutcome", referral=referral, outcome=what, **data)


def convicted(**data: Any) -> tuple[Story, str, str]:
    """The court convicted, on 2025-06-20."""
    story, referral, case = with_police()
    outcome(story, referral, CriminalOutcome.TRANSFERRED_FOR_PROSECUTION)
    outcome(story, referral, CriminalOutcome.CONVICTED, "COURT", **data)
    return story, referral, case


def resume(story: Story, case: str, referral: str, **data: Any) -> Any:
    asked = {"ground": PeriodGround.CRIMINAL_CASE_ENDED, "about": referral, **data}
    return act(story, "ResumeCase", case, **asked)


def concluded(story: Story, case: str, *told: Measure) -> None:
    """Investigated as grave, told, reviewed and discussed; 2025-07-07 is past every term."""
    act(
        story,
        "ConcludeInvestigation",
        case,
        illegal_income_fen=34_200_000,
        serious=True,
        licensed=True,
        refused_correction=True,
        proposal="建议处罚",
    )
    act(story, "ServePenaltyNotice", case, notice_no="告1号", proposed=told)
    story.on("2025-07-07")
    agreed = {"case": case, "opinion": ReviewOpinion.AGREED}
    story.give("HRSS_LEGAL", "ReviewLegality", reason="合法", **agreed)
    story.give("HRSS", "DiscussCase", present=5, **agreed)


def decide(story: Story, case: str, referral: str, *measures: Measure) -> Any:
    return story.give(
        "HRSS_INSP.HEAD",
        "DecidePenalty",
        case=case,
        decision_no="罚1号",
        measures=measures,
        reason="违法事实清楚",
        referrals=(referral,),
    )


def test_a_case_whose_crime_was_withdrawn_goes_on_and_is_punished() -> None:
    story, referral, case = with_police()
    outcome(story, referral, CriminalOutcome.WITHDRAWN, reason="情节显著轻微")
    resume(story, case, referral)
    concluded(story, case, FINE)
    decide(story, case, referral, FINE)
    assert story.of(PenaltyDecided)[-1].fact.fine_fen == 1_000_000


def test_after_a_criminal_fine_the_licence_is_revoked_and_no_fine_follows() -> None:
    story, referral, case = convicted(criminal_fine_fen=5_000_000)
    resume(story, case, referral)
    concluded(story, case, FINE, REVOKED)
    refused("FineAfterCriminalFine", lambda: decide(story, case, referral, FINE, REVOKED))
    decide(story, case, referral, REVOKED)
    assert story.of(PenaltyDecided)[-1].fact.fine_fen == 0


def test_a_conviction_without_a_fine_leaves_the_administrative_fine_open() -> None:
    story, referral, case = convicted()
    resume(story, case, referral)
    concluded(story, case, FINE)
    assert decide(story, case, referral, FINE)


def test_a_prosecution_alone_keeps_the_case_waiting() -> None:
    story, referral, case = with_police()
    outcome(story, referral, CriminalOutcome.TRANSFERRED_FOR_PROSECUTION)
    refused("StillWithPolice", lambda: resume(story, case, referral))


def test_a_withdrawal_is_no_return_and_a_return_no_withdrawal() -> None:
    story, referral, case = with_police()
    outcome(story, referral, CriminalOutcome.WITHDRAWN, reason="情节显著轻微")
    refused(
        "StillWithPolice",
        lambda: resume(story, case, referral, ground=PeriodGround.RETURNED_FOR_ADMIN),
    )


@pytest.mark.parametrize("what", [CriminalOutcome.WITHDRAWN, CriminalOutcome.CONVICTED])
def test_the_end_of_the_criminal_case_calls_for_the_resumption(what: CriminalOutcome) -> None:
    if what is CriminalOutcome.CONVICTED:
        story, referral, _ = convicted()
    else:
        story, referral, _ = with_police()
        outcome(story, referral, what, reason="情节显著轻微")
    seen = story.of(CriminalCaseOutcomeRecorded)[-1]
    rule = next(one for one in RULES if one.id == "R21")
    assert rule.applies(seen)
    asked = rule.command(seen)
    assert (asked["ground"], asked["about"]) == ("CRIMINAL_CASE_ENDED", referral)


def suspected() -> tuple[Story, str]:
    """A case whose finding raises the question; 2025-03-05."""
    story, case = filed(codes=("V-CON-01",))
    referrals.found(story.on("2025-03-05"), case)
    return story, case


def close(story: Story, case: str) -> Any:
    return act(story, "CloseCase", case, outcome=CaseOutcome.TRANSFERRED, reason="移交主管机关")


def answer(story: Story, case: str, *findings: str) -> Any:
    return story.give(
        "HRSS_INSP",
        "AnswerReferralQuestion",
        about=case,
        organisation=LN_A,
        findings=findings,
        reason="数额未达追诉标准",
    )


def test_a_case_is_not_closed_over_a_finding_that_may_be_a_crime() -> None:
    story, case = suspected()
    assert referrals.FINDING in str(refused("FindingQuestionOpen", lambda: close(story, case)))
    answer(story, case, referrals.FINDING)
    close(story, case)
    closed = fold(story.stream(f"case/{case}", "hr"))
    assert closed is not None
    assert closed.state is CaseState.CLOSED


def test_no_penalty_is_decided_over_a_finding_that_may_be_a_crime() -> None:
    story, case = suspected()
    told = Measure(
        kind=MeasureKind.FINE, amount_fen=1_000_000, code="V-CON-01", basis="就业促进法第65条"
    )
    concluded(story, case, told)
    given = {"case": case, "decision_no": "罚1号", "measures": (told,), "reason": "查明"}
    refused(
        "FindingQuestionOpen",
        lambda: story.give("HRSS_INSP.HEAD", "DecidePenalty", **given),
    )


def test_an_answer_about_one_finding_leaves_the_other_open() -> None:
    story, case = suspected()
    referrals.found(story, case, name="VF-2")
    answer(story, case, referrals.FINDING)
    assert "VF-2" in str(refused("FindingQuestionOpen", lambda: close(story, case)))


def test_what_is_found_after_an_answer_is_answered_anew() -> None:
    story, case = suspected()
    answer(story, case)
    referrals.found(story.on("2025-03-06"), case, name="VF-2")
    refused("FindingQuestionOpen", lambda: close(story, case))
    answer(story, case)
    assert close(story, case)


def test_a_finding_without_a_question_keeps_nothing_open() -> None:
    story, case = filed(codes=("V-CON-01",))
    referrals.found(story.on("2025-03-05"), case, question=False)
    assert close(story, case)


def pursued(*named: str) -> tuple[Story, str]:
    """An inspection found a crime's sign, answered no about itself, and a case was filed on it."""
    story, _ = accepted()
    referrals.found(story.on("2025-02-12"), "TSK-1")
    if named:
        answer(story, "TSK-1", *named)
    file(story.on("2025-02-14"), findings=(referrals.FINDING,), codes=(CODE,))
    return story, story.of(CaseFiled)[-1].fact.case_id


def test_a_question_answered_in_the_inspection_is_not_asked_again_in_its_case() -> None:
    story, case = pursued(referrals.FINDING)
    assert close(story.on("2025-03-05"), case)


def test_a_case_on_a_finding_of_an_inspection_that_nobody_answered_stays_open() -> None:
    story, case = pursued()
    refused("FindingQuestionOpen", lambda: close(story.on("2025-03-05"), case))
    story, case = pursued(referrals.FINDING)
    referrals.found(story.on("2025-03-04"), case, name="VF-2")
    assert "VF-2" in str(refused("FindingQuestionOpen", lambda: close(story, case)))


def test_an_answer_in_another_inspection_of_the_firm_settles_nothing_here() -> None:
    story, case = pursued()
    referrals.found(story.on("2025-03-05"), "TSK-2", name="VF-2")
    answer(story, "TSK-2")
    assert referrals.FINDING in str(refused("FindingQuestionOpen", lambda: close(story, case)))


def test_the_code_that_an_inspection_answered_leaves_the_penalty_free() -> None:
    def decide(story: Story, case: str) -> Any:
        told = Measure(kind=MeasureKind.FINE, amount_fen=1_000_000, code=CODE, basis=ARTICLE)
        concluded(story, case, told)
        given = {"case": case, "decision_no": "罚1号", "measures": (told,), "reason": "查明"}
        return story.give("HRSS_INSP.HEAD", "DecidePenalty", **given)

    refused("ReferralQuestionOpen", lambda: decide(*pursued()))
    assert decide(*pursued(referrals.FINDING))
