"""Risk warnings count what their rule says; interviews follow them and replace nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commands import Post
from domain.complaint.facts import Channel, ComplaintKind, ComplaintReceived
from domain.complaint.facts import stream_of as complaints_of
from domain.correction import CorrectionOutcome
from domain.facts import Fact, Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.lead.facts import LeadAssessed
from domain.online.facts import (
    BadReviewsRecorded,
    HitJudged,
    HitJudgement,
    ListCategory,
    reviews_of,
)
from domain.risk.facts import InterviewHeld, InterviewType, Level, RiskWarningRaised
from domain.risk.warning import RISK_RULES
from domain.violations.catalogue import Severity
from tests.domain.leads import assess, send, sign, tell
from tests.domain.story import LN_A, LN_B, REGION, Story, day, failed, refused

JUDGE = Post(
    id="AUTO:RW@HRSS_MKT", organ="HRSS_MKT", region=REGION, appointment="rule", automatic=True
)


def judge(story: Story, cause: Recorded[Any] | None = None) -> list[Any]:
    cause = cause or story.facts[-1]
    data = {"organisation": cause.subject, "about": cause.id}
    return story.decide("JudgeRisk", JUDGE, data, cause=cause)


def complain(
    story: Story, on: str, *, persons: int = 1, matter: str | None = None
) -> list[tuple[str, Level]]:
    """A complaint about LN-A comes in; what the rules raise then."""
    number = len(story.facts)
    cause = tell(
        story.on(on),
        "HRSS_INSP",
        complaints_of(LN_A),
        ComplaintReceived(
            complaint_id=f"CP-{number}",
            kind=ComplaintKind.COMPLAINT,
            channel=Channel.VISIT,
            subject_id=LN_A,
            received_on=day(on),
            persons=persons,
            about_what="内部推荐收费",
            work_region=REGION,
        ),
        matter or f"M-{number}",
    )
    return [(one.rule, one.level) for one in judge(story, cause)]


def test_the_third_complaint_within_ninety_days_raises_a_yellow_warning() -> None:
    story = Story()
    assert complain(story, "2025-02-12") == []
    assert complain(story, "2025-02-18") == []
    assert complain(story, "2025-02-21") == [("RW-1", Level.YELLOW)]
    assert story.facts[-1].matter == story.facts[-2].matter


def test_the_fifth_raises_orange_and_the_fourth_nothing_new() -> None:
    story = Story()
    raised = [complain(story, f"2025-02-{11 + step}") for step in range(6)]
    assert raised == [[], [], [("RW-1", Level.YELLOW)], [], [("RW-2", Level.ORANGE)], []]


def test_the_ninetieth_day_still_counts_and_the_next_does_not() -> None:
    for last, raised in (("2025-05-02", True), ("2025-05-03", False)):
        story = Story()
        complain(story, "2025-02-01")
        complain(story, "2025-03-01")
        assert bool(complain(story, last)) is raised


def test_a_rule_is_raised_again_once_its_window_has_passed() -> None:
    story = Story()
    for on in ("2025-01-02", "2025-01-03", "2025-01-06"):
        complain(story, on)
    for on in ("2025-04-07", "2025-04-08"):
        assert complain(story, on) == []
    assert complain(story, "2025-04-09") == [("RW-1", Level.YELLOW)]


def test_ten_complainants_in_one_matter_raise_orange_and_nine_do_not() -> None:
    assert complain(Story(), "2025-02-12", persons=10) == [("RW-2", Level.ORANGE)]
    story = Story()
    assert complain(story, "2025-02-12", persons=5, matter="M-1") == []
    assert complain(story, "2025-02-13", persons=4, matter="M-1") == []
    assert complain(story, "2025-02-14", persons=1, matter="M-1") == [
        ("RW-1", Level.YELLOW),
        ("RW-2", Level.ORANGE),
    ]


def test_a_suspected_crime_is_red_at_once() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_MKT")
    sign(story, "HRSS_MKT", lead)
    assess(story, "HRSS_MKT", lead, "V-LIC-04", crime_suspected=True)
    (warning,) = judge(story, story.of(LeadAssessed)[0])
    assert (warning.rule, warning.level) == ("RW-3", Level.RED)
    assert judge(story, story.of(LeadAssessed)[0]) == []


def found(story: Story, matter: str = "M-1", persons: int | None = None) -> Recorded[Any]:
    return tell(
        story,
        "HRSS_INSP",
        findings_of(LN_A),
        ViolationFound(
            finding_id=f"F-{len(story.facts)}",
            code="V-CON-08",
            severity=Severity.SERIOUS,
            subject_id=LN_A,
            about="CS-1",
            facts=("收取费用",),
            act_from=day("2025-01-10"),
            persons=persons,
        ),
        matter,
    )


@pytest.mark.parametrize(("persons", "raised"), [(20, 0), (21, 1), (None, 0)])
def test_more_than_twenty_persons_are_red_and_twenty_are_not(
    persons: int | None, raised: int
) -> None:
    story = Story().on("2025-03-05")
    assert len(judge(story, found(story, persons=persons))) == raised


def hit(
    story: Story,
    on: str,
    judgement: HitJudgement = HitJudgement.CONFIRMED,
    category: ListCategory = ListCategory.DISCRIMINATION,
) -> list[Any]:
    cause = tell(
        story.on(on),
        "HRSS_MKT",
        reviews_of(LN_A),
        HitJudged(
            hit_id=f"H-{len(story.facts)}",
            outlet_id="OL-1",
            operator=LN_A,
            judgement=judgement,
            categories=(category,),
            reason="限男性",
        ),
    )
    return judge(story, cause)


def test_two_confirmed_discrimination_hits_within_thirty_days_raise_yellow() -> None:
    story = Story()
    assert hit(story, "2025-02-01") == []
    (warning,) = hit(story, "2025-03-03")
    assert (warning.rule, warning.level, warning.count) == ("RW-4", Level.YELLOW, 2)


def test_a_dismissed_hit_another_category_or_an_old_hit_does_not_count() -> None:
    story = Story()
    hit(story, "2025-02-01", HitJudgement.DISMISSED)
    hit(story, "2025-02-01", category=ListCategory.FEES)
    assert hit(story, "2025-02-02") == []
    assert hit(story, "2025-03-05") == []


def test_ten_bad_reviews_raise_yellow() -> None:
    story = Story().on("2025-02-10")
    for count, raised in ((9, 0), (1, 1)):
        fact = BadReviewsRecorded(
            subject_id=LN_A, count=count, from_day=day("2025-02-01"), to_day=day("2025-02-09")
        )
        assert len(judge(story, tell(story, "HRSS_MKT", reviews_of(LN_A), fact))) == raised


def test_a_region_sets_its_own_thresholds() -> None:
    story = Story(policy={"risk_complaints_yellow": 2})
    complain(story, "2025-02-12")
    assert complain(story, "2025-02-13") == [("RW-1", Level.YELLOW)]


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=1, max_size=12))
def test_no_rule_is_raised_twice_within_its_window(days: list[int]) -> None:
    story = Story()
    start = date(2025, 1, 1)
    for offset in sorted(days):
        complain(story, (start + timedelta(days=offset)).isoformat())
    for rule in RISK_RULES:
        on = [one.recorded_on for one in story.of(RiskWarningRaised) if one.fact.rule == rule.id]
        assert all((later - earlier).days > 90 for earlier, later in pairwise(on))


def interview(story: Story, type_: InterviewType, **data: Any) -> list[Fact]:
    return story.give(
        "HRSS_MKT",
        "HoldInterview",
        **{"organisation": LN_A, "type": type_, "points": "提示收费风险", **data},
    )


def warned() -> Story:
    story = Story()
    for on in ("2025-02-12", "2025-02-18", "2025-02-21"):
        complain(story, on)
    return story.on("2025-02-26")


def test_an_interview_stands_in_the_matter_of_the_warning_it_follows() -> None:
    story = warned()
    warning = story.of(RiskWarningRaised)[0]
    interview(story, InterviewType.REMINDER)
    interview(story, InterviewType.REMINDER, about=warning.fact.warning_id)
    assert {one.matter for one in story.of(InterviewHeld)} == {warning.matter}


def test_an_interview_needs_neither_a_ground_nor_the_presence_of_its_subject() -> None:
    (held,) = interview(Story().on("2025-02-26"), InterviewType.REMINDER, attended=False)
    assert isinstance(held, InterviewHeld)
    assert not held.attended


def test_a_warning_interview_follows_a_high_warning() -> None:
    refused("WarningInterviewNeedsGround", lambda: interview(warned(), InterviewType.WARNING))
    story = warned()
    for on in ("2025-02-24", "2025-02-25"):
        complain(story, on)
    interview(story.on("2025-02-26"), InterviewType.WARNING)


def test_a_warning_interview_follows_a_second_matter_within_twelve_months() -> None:
    story = Story().on("2025-03-05")
    found(story, "M-1")
    found(story, "M-1")
    refused("WarningInterviewNeedsGround", lambda: interview(story, InterviewType.WARNING))
    found(story, "M-2")
    interview(story, InterviewType.WARNING)


def test_a_warning_interview_follows_an_overdue_or_failed_correction() -> None:
    story = failed()
    story.give("HRSS_APPR", "OrderCorrection", organisation=LN_B)
    refused(
        "WarningInterviewNeedsGround",
        lambda: interview(story, InterviewType.WARNING, organisation=LN_B),
    )
    interview(story.on("2025-01-26"), InterviewType.WARNING, organisation=LN_B)
    story.give(
        "HRSS_APPR",
        "VerifyCorrection",
        organisation=LN_B,
        outcome=CorrectionOutcome.NOT_CORRECTED,
    )
    interview(story, InterviewType.WARNING, organisation=LN_B)


def test_an_interview_of_tomorrow_or_about_nothing_known_is_refused() -> None:
    story = warned()
    refused(
        "InterviewDateInFuture",
        lambda: interview(story, InterviewType.REMINDER, held_on=day("2025-02-27")),
    )
    refused(
        "InterviewGroundUnknown",
        lambda: interview(story, InterviewType.REMINDER, about="F-NONE"),
    )


def test_a_judgement_rests_on_the_findings_of_its_subject_alone() -> None:
    story = warned()
    other = replace(story.facts[-1], subject=LN_B)
    assert judge(story, other) == []
