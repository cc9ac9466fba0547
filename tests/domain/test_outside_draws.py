"""Draws and tasks of the provincial platform: entered once, refused where they contradict."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.draw.facts import DrawEntered, DrawOpened
from domain.draw.plan import DrawKind
from domain.facts import Fact
from domain.inspection.facts import OutsideDrawEntered, TaskSent
from tests.domain.draws import (
    PROVINCE,
    audited,
    inspectors,
    kept,
    opened,
    plan_of,
    planned,
)
from tests.domain.story import LN_A, Story, refused

DRAW = {
    "draw": "HB-2022-001",
    "plan": "HB-P-1",
    "title": "清理整顿专项",
    "items": ("I-LIC-01", "I-INF-01"),
    "population": 20000,
    "drawn": 1000,
    "drawn_on": date(2022, 6, 5),
    "window_from": date(2022, 6, 11),
    "window_to": date(2022, 7, 20),
}


def enter(story: Story, **changed: Any) -> list[Fact]:
    return story.give("HRSS_INSP", "EnterOutsideDraw", **{**DRAW, **changed})


def task(story: Story, **changed: Any) -> list[Fact]:
    data = {"draw": "HB-2022-001", "organisation": LN_A, **changed}
    return story.give("HRSS_INSP", "EnterOutsideTask", **data)


def begun() -> Story:
    story = Story().on("2022-06-06")
    enter(story)
    return story


def test_a_draw_is_entered_once_and_its_objects_become_tasks_of_their_territory() -> None:
    story = Story().on("2022-06-06")

    (draw,) = enter(story)
    (sent,) = task(story)

    assert isinstance(draw, OutsideDrawEntered)
    assert isinstance(sent, TaskSent)
    assert (sent.items, sent.plan_id, sent.to_region) == (DRAW["items"], "HB-P-1", "210103")
    assert enter(story) == task(story) == []


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("DrawnInFuture", {"drawn_on": date(2022, 6, 7)}),
        ("OutsideWindowWrong", {"window_to": date(2022, 6, 10)}),
        ("DrawnBeyondPopulation", {"population": 999}),
    ],
)
def test_a_draw_that_cannot_be_is_refused(rule: str, changed: dict[str, Any]) -> None:
    refused(rule, lambda: enter(Story().on("2022-06-06"), **changed))


@pytest.mark.parametrize(
    "changed", [{"items": ("I-LIC-01",)}, {"drawn": 999}, {"title": "另一专项"}, {"plan": "P-2"}]
)
def test_a_draw_on_record_is_not_entered_with_other_contents(changed: dict[str, Any]) -> None:
    refused("OutsideDrawDiffers", lambda: enter(begun(), **changed))


def test_a_task_needs_its_draw_and_keeps_to_its_items() -> None:
    refused("OutsideDrawUnknown", lambda: task(Story().on("2022-06-06")))
    refused("ItemNotOfOutsideDraw", lambda: task(begun(), items=("I-FEE-01",)))


def test_a_draw_of_this_platform_is_not_entered_as_one_from_outside() -> None:
    story, ours = opened()

    refused("DrawIsOurs", lambda: enter(story, draw=ours, drawn_on=date(2022, 6, 2)))
    refused("DrawIsOurs", lambda: task(story, draw=ours))


def teams(story: Story, **changed: Any) -> list[Fact]:
    tasks = tuple(one.fact.task_id for one in story.of(TaskSent))
    asked = {"plan": "HB-P-1", "kind": DrawKind.INSPECTORS, "tasks": tasks, **changed}
    return story.give("HRSS", "OpenDraw", population=kept(story, inspectors(hr=3, samr=3)), **asked)


def test_inspectors_of_a_task_from_outside_are_drawn_here_within_its_window() -> None:
    story = begun()
    task(story)

    opened_draw, entered = teams(story)

    assert isinstance(opened_draw, DrawOpened)
    assert (opened_draw.plan_id, opened_draw.kind) == ("HB-P-1", DrawKind.INSPECTORS)
    assert isinstance(entered, DrawEntered)
    refused("TaskAlreadyDrawn", lambda: teams(story))
    refused("PlanWindowOver", lambda: teams(story.on("2022-07-21")))


def test_a_plan_from_outside_draws_no_objects_here_and_no_team_for_other_tasks() -> None:
    story = begun()
    task(story)
    refused("PlanUnknown", lambda: teams(story, kind=DrawKind.OBJECTS, tasks=()))
    refused("PlanUnknown", lambda: teams(story, plan="HB-P-2"))
    refused("PlanUnknown", lambda: teams(story, tasks=("TSK-9",)))


def test_what_the_province_sent_down_counts_for_the_cap_of_the_year() -> None:
    story = planned()
    entered = {**DRAW, "drawn": 90, "drawn_on": date(2022, 6, 1)}
    story.give("HRSS_INSP", "EnterOutsideDraw", at=PROVINCE, **entered)
    audited(story)
    story.policy["annual_inspection_cap"] = 109
    approve = {"at": PROVINCE, "plan": plan_of(story)}
    refused("AnnualCapExceeded", lambda: story.give("HRSS.HEAD", "ApprovePlan", **approve))
    story.policy["annual_inspection_cap"] = 110
    story.give("HRSS.HEAD", "ApprovePlan", **approve)
