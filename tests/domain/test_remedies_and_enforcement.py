"""One remedy at a time, and what a pending one holds up: enforcement and the surcharge.

Source: 行政诉讼法 44, 45, 85; 行政复议法 29; 行政强制法 53; 行政处罚法 73.
"""

from __future__ import annotations

from typing import Any

from domain.enforcement.facts import Payment, PenaltyDecided
from domain.review.facts import (
    OverturnedBy,
    OverturnResult,
    RemedyKind,
    RemedyStep,
    RemedyStepTaken,
)
from tests.domain.casework import act
from tests.domain.story import LN_A, Story, day, refused
from tests.domain.test_penalties_decided import FINE, pay, served

RECON, COURT, APPEAL = RemedyKind


def apply(
    story: Story, kind: RemedyKind, step: RemedyStep = RemedyStep.APPLIED, **data: Any
) -> str:
    """A step of a remedy against the story's penalty; the remedy's id."""
    organ = "RECON" if kind is RECON else "COURT"
    target = story.of(PenaltyDecided)[-1]
    given = {"kind": kind, "step": step, "target": target.id, "respondent": "HRSS_INSP"}
    story.give(organ, "RecordRemedyStep", organisation=LN_A, **given, **data)
    return str(story.of(RemedyStepTaken)[-1].fact.remedy_id)


def upheld(story: Story, remedy: str, by: OverturnedBy, organ: str) -> Any:
    target = story.of(PenaltyDecided)[-1]
    return story.give(
        organ,
        "OverturnDecision",
        target=target.id,
        organisation=LN_A,
        by=by,
        result=OverturnResult.UPHELD,
        document_no="沈政复决字〔2025〕第1号",
        reason="事实清楚",
        remedy=remedy,
    )


def test_reconsideration_and_litigation_do_not_run_side_by_side() -> None:
    story, _ = served(FINE)
    remedy = apply(story.on("2025-04-01"), RECON)
    assert remedy in str(refused("AnotherRemedyPending", lambda: apply(story, COURT)))
    refused("AnotherRemedyPending", lambda: apply(story, RECON))


def test_an_application_that_was_not_accepted_leaves_the_way_open() -> None:
    story, _ = served(FINE)
    remedy = apply(story.on("2025-04-01"), RECON)
    apply(story, RECON, RemedyStep.NOT_ACCEPTED, remedy=remedy)
    assert apply(story, COURT)


def test_the_court_follows_reconsideration_and_nothing_leads_back() -> None:
    story, _ = served(FINE)
    upheld(
        story.on("2025-05-01"),
        apply(story.on("2025-04-01"), RECON),
        OverturnedBy.RECONSIDERATION,
        "RECON",
    )
    refused("RemedyOutOfTurn", lambda: apply(story, RECON))
    suit = apply(story, COURT)
    upheld(story.on("2025-06-01"), suit, OverturnedBy.COURT, "COURT")
    refused("RemedyOutOfTurn", lambda: apply(story, RECON))
    refused("RemedyOutOfTurn", lambda: apply(story, COURT))
    assert apply(story, APPEAL)


def test_the_court_is_not_asked_to_enforce_while_a_remedy_is_pending() -> None:
    story, case = served(FINE)
    act(story.on("2025-04-01"), "DemandPerformance", case)
    suit = apply(story.on("2025-09-01"), COURT)
    refused("RemedyPending", lambda: act(story.on("2025-09-20"), "ApplyForEnforcement", case))
    upheld(story.on("2025-12-20"), suit, OverturnedBy.COURT, "COURT")
    refused("RemedyTermRunning", lambda: act(story, "ApplyForEnforcement", case))
    assert act(story.on("2026-01-06"), "ApplyForEnforcement", case)


def test_the_days_of_a_remedy_cost_no_surcharge() -> None:
    story, case = served(FINE)
    remedy = apply(story.on("2025-04-07"), RECON)
    upheld(story.on("2025-05-07"), remedy, OverturnedBy.RECONSIDERATION, "RECON")
    story.on("2025-05-09")
    daily = 1_500_000 * 3 // 100
    refused("SurchargeTooHigh", lambda: pay(story, case, daily * 13, Payment.SURCHARGE))
    assert pay(story, case, daily * 12, Payment.SURCHARGE)
    assert day("2025-05-09") > day("2025-03-28")
