"""Decisions about parked records: who may take them, about what, and once at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.clocks.reckoning import Clock, clocks_from
from domain.delivery.parked import ParkedDecided, ParkedRemained
from domain.delivery.quarantine import keeper_of
from domain.departments import NODES, ORGANS, PUBLIC
from domain.facts import Fact, instant
from domain.policy import policy_for
from tests.domain.story import Story, day, refused

GROUP = "QG-3SMWC5R7YQ2J4KLD"
RULE = "DL-QUARANTINE"


def parked(cause: str = "POISONED") -> Story:
    """A story of which 人社 has set records aside."""
    story = Story()
    assert opened(story, cause)
    return story


def opened(story: Story, cause: str = "POISONED") -> list[Fact]:
    return story.clock(
        "HRSS",
        "OpenParkedGroup",
        group=GROUP,
        topic="labour.samr.push",
        cause=cause,
        detail="x",
        records=2,
        waiting=3,
        since=instant(story.now),
        cases=("P-1",),
        cases_in_all=1,
    )


def settled(story: Story, **more: Any) -> list[Fact]:
    data: dict[str, Any] = {"done": 2, "failed": 0, "remaining": 0, "outcome": "RELEASED"}
    return story.clock("HRSS", "SettleParked", group=GROUP, reason="已处理", **{**data, **more})


def released(story: Story, organ: str = "HRSS_MKT") -> list[Fact]:
    return story.give(organ, "ReleaseParked", group=GROUP, reason="已修复")


def discarded(story: Story, role: str = "HEAD") -> list[Fact]:
    return story.give(f"HRSS_INSP.{role}", "DiscardParked", group=GROUP, reason="无法修复")


def decided(story: Story) -> str:
    return str(story.of(ParkedDecided)[-1].id)


def running(story: Story) -> Clock:
    """The one term of the story's group."""
    (term,) = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == RULE]
    return term


def twice() -> list[Fact]:
    story = parked()
    released(story)
    return released(story, "HRSS_INSP")


REFUSED: dict[str, Callable[[], Any]] = {
    "ParkedGroupUnknown": lambda: released(Story()),
    "ParkedDecisionRunning": twice,
    "ForeignOnlyDiscarded": lambda: released(parked("FOREIGN")),
    "EarlyRecordsWait": lambda: discarded(parked("HOLE")),
    "HeadDiscardsParked": lambda: discarded(parked(), "OFFICER"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rule_refuses_by_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_an_organ_of_another_department_has_no_group_to_decide_about() -> None:
    refused("ParkedGroupUnknown", lambda: released(parked(), "SAMR"))


def test_a_group_is_told_of_once_and_again_after_it_ended() -> None:
    story = parked()
    assert opened(story) == []
    assert [one.TYPE for one in settled(story)] == ["delivery.parked_settled.v1"]
    assert settled(story) == []
    assert [one.TYPE for one in opened(story)] == ["delivery.records_parked.v1"]


def test_what_is_left_after_a_decision_leaves_the_group_open_for_another() -> None:
    story = parked()
    released(story)
    assert settled(story) == []
    (left,) = settled(story, decision=decided(story), act="RELEASE", done=1, failed=1, remaining=1)
    assert left == ParkedRemained(group=GROUP, act="RELEASE", done=1, failed=1, remaining=1)
    discarded(story)
    (end,) = settled(story, decision=decided(story), act="DISCARD", done=1, outcome="DISCARDED")
    assert getattr(end, "outcome", None) == "DISCARDED"


def test_foreign_records_can_be_discarded() -> None:
    assert discarded(parked("CONFLICT"))


def test_each_department_has_an_organ_that_owes_the_treatment() -> None:
    for node in NODES:
        organ = keeper_of(node)
        assert ORGANS[organ].node == node
        assert organ in PUBLIC


def test_the_term_runs_from_the_day_the_oldest_was_set_aside_until_nothing_is_left() -> None:
    story = parked()
    term = running(story)
    assert (term.owner, term.due.day) == ("HRSS", day("2024-11-04"))
    released(story)
    settled(story, decision=decided(story), act="RELEASE", done=1, failed=1, remaining=1)
    term = running(story)
    assert term.open
    settled(story)
    term = running(story)
    assert not term.open
