"""A refusal to file that nobody has reviewed in time becomes final, and the case is resumed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.clocks.reckoning import Clock, State, clocks_from, what_elapses
from domain.enforcement.facts import PeriodGround
from domain.facts import Recorded, end_of
from domain.policy import policy_for
from domain.reactions import rules_for
from domain.referral.facts import (
    FilingNoticeReceived,
    FilingRefusalBecameFinal,
    ReviewKind,
    about_of,
)
from domain.referral.state import Stage, fold
from tests.domain.referrals import ask, receipted, refused_by_police, sender, upheld
from tests.domain.referrals import file as decide_filing
from tests.domain.story import Story, day, refused

RECONSIDERATION, SUPERVISION = ReviewKind.RECONSIDERATION, ReviewKind.SUPERVISION


def clocks(story: Story, code: str) -> list[Clock]:
    return [one for one in clocks_from(story.facts, policy_for) if one.rule.code == code]


def notices(story: Story) -> list[Recorded[FilingNoticeReceived]]:
    return story.of(FilingNoticeReceived)


def lapse(story: Story, referral: str, **data: Any) -> Any:
    """What the clock gives at the end of the term."""
    asked = {"referral": referral, "notice": notices(story)[-1].id, **data}
    return story.clock("HRSS", "RecordFinalRefusal", **asked)


def final(suspended: bool = False) -> tuple[Story, str]:
    """Nobody asked for a review of the notice received on 2025-03-14."""
    story, referral = receipted()
    if suspended:
        story.give(
            "HRSS_INSP",
            "SuspendCase",
            case=about_of(referral),
            ground=PeriodGround.PENDING_CRIMINAL,
            about=referral,
        )
    decide_filing(story.on("2025-03-13"), referral, files=False)
    sender(story.on("2025-03-14"), "RecordFilingNotice", referral)
    lapse(story.on("2025-03-18T00:00"), referral)
    return story, referral


def test_the_end_of_the_term_gives_the_command_that_makes_the_refusal_final() -> None:
    story, referral = refused_by_police()
    (clock,) = clocks(story, "DL-REF-10")
    given = {"referral": referral, "notice": notices(story)[0].id}
    assert clock.due.day == day("2025-03-17")
    assert what_elapses(clock) == ("RecordFinalRefusal", given)


def test_a_refusal_nobody_reviews_is_final_from_the_end_of_the_third_day() -> None:
    story, referral = final()
    (fact,) = story.of(FilingRefusalBecameFinal)
    assert (fact.fact.on, fact.matter) == (day("2025-03-17"), notices(story)[0].matter)
    assert fold(story.facts)[referral].final
    (clock,) = clocks(story, "DL-REF-10")
    assert clock.state(end_of(date(2025, 3, 20))) is State.LAPSED
    assert not clock.open
    refused("FilingRefusalFinal", lambda: ask(story, referral, RECONSIDERATION))


def test_the_case_is_then_resumed_within_three_working_days() -> None:
    story, _ = final(suspended=True)
    (clock,) = clocks(story, "R21")
    assert (clock.owner, clock.due.day, clock.open) == ("HRSS_INSP", day("2025-03-20"), True)
    (rule,) = (one for one in rules_for(FilingRefusalBecameFinal.TYPE) if one.id == "R21")
    seen = story.of(FilingRefusalBecameFinal)[0]
    assert rule.applies(seen)
    story.on("2025-03-19").give("HRSS_INSP", rule.command_name, **rule.command(seen))
    (clock,) = clocks(story, "R21")
    assert clock.state(end_of(date(2025, 3, 31))) is State.FULFILLED


def test_the_term_must_have_passed() -> None:
    story, referral = refused_by_police()
    refused("ReviewTermRunning", lambda: lapse(story.on("2025-03-17T23:59"), referral))


def test_an_upheld_refusal_becomes_final_when_no_supervision_is_suggested() -> None:
    story, referral = upheld()
    (clock,) = clocks(story, "DL-REF-12")
    assert what_elapses(clock) == (
        "RecordFinalRefusal",
        {"referral": referral, "notice": notices(story)[-1].id},
    )
    assert clock.due.day == day("2025-03-24")
    assert lapse(story.on("2025-03-25T00:00"), referral)
    refused("FilingRefusalFinal", lambda: ask(story, referral, SUPERVISION))
    assert fold(story.facts)[referral].stage is Stage.UPHELD


def test_a_refusal_that_was_accepted_waits_for_nothing() -> None:
    story, referral = receipted()
    decide_filing(story.on("2025-03-13"), referral, files=False)
    sender(story.on("2025-03-14"), "RecordFilingNotice", referral, accepted=True)
    assert clocks(story, "DL-REF-10") == []
    assert lapse(story.on("2025-03-20"), referral) == []


def test_a_request_made_in_the_term_and_recorded_later_counts() -> None:
    story, referral = final(suspended=True)
    story.on("2025-03-18T10:00")
    ask(story, referral, RECONSIDERATION, requested_on=day("2025-03-17"))
    assert not fold(story.facts)[referral].final
    now = end_of(date(2025, 3, 31))
    assert [one.state(now) for one in clocks(story, "DL-REF-10")] == [State.FULFILLED]
    assert [one.state(now) for one in clocks(story, "R21")] == [State.MOOT]


@pytest.mark.parametrize("kind", [RECONSIDERATION, SUPERVISION])
def test_a_review_asked_for_ends_the_term_and_silence_gives_nothing(kind: ReviewKind) -> None:
    story, referral = refused_by_police()
    ask(story.on("2025-03-17"), referral, kind)
    (clock,) = clocks(story, "DL-REF-10")
    assert not clock.open
    assert lapse(story.on("2025-03-18T00:00"), referral) == []


def test_the_same_end_twice_is_recorded_once() -> None:
    story, referral = final()
    assert lapse(story, referral) == []
    assert lapse(story, referral, notice="E-none") == []
