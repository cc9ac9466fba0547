"""What an object of the draw is like: who says it, by which scheme, from when until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.draw.classes import Said
from domain.draw.classing import ObjectClassed, class_of, classes_of
from domain.draw.facts import PlanDrafted
from domain.facts import Recorded
from domain.inspection.cycles import full_due, is_full
from domain.inspection.facts import PlaceKind
from domain.organisation import RegistrationChange
from domain.policy import policy_for
from tests.domain.draws import planned
from tests.domain.story import LN_B, Story, day, refused, registered

CREDIT, RISK = "HRSS-CREDIT", "SAMR-RISK"
STALL: dict[str, Any] = {
    "kind": PlaceKind.SPONTANEOUS_MARKET,
    "name": "某自发性零工市场",
    "address": "某路与某街交叉口",
}


def classed(story: Story, organ: str = "HRSS_MKT", **data: Any) -> Any:
    asked = {"organisation": LN_B, "basis": "2024年度信用等级评价结果", **data}
    return story.give(organ, "ClassObject", **asked)


def history(story: Story, subject: str = LN_B) -> list[Recorded[Any]]:
    return [one for one in story.facts if one.stream == classes_of(subject)]


def on(story: Story, text: str) -> tuple[dict[str, str], set[str]]:
    found = class_of(history(story), day(text))
    return dict(found.grades), set(found.tags)


def test_each_department_classes_by_its_own_scheme_and_both_stand() -> None:
    story = registered()
    classed(story, grade_scheme=CREDIT, grade="C")
    classed(story, "SAMR", grade_scheme=RISK, grade="B", tags=("AREA_ONLINE",))
    classed(story, tags=("SEASON_SPRING", "AREA_KEY"))
    found = class_of(history(story), day("2024-12-01"))
    assert found.grades == {CREDIT: "C", RISK: "B"}
    assert found.tags == {"AREA_ONLINE", "SEASON_SPRING", "AREA_KEY"}
    assert found.key


def test_a_later_word_takes_the_place_of_what_was_said_under_the_same_scheme() -> None:
    story = registered(on="2024-11-18")
    classed(story, grade_scheme=CREDIT, grade="D", valid_until=day("2025-11-17"))
    classed(story, tags=("SEASON_SPRING",))
    story.on("2025-02-10")
    classed(story, grade_scheme=CREDIT, grade="B")
    story.on("2025-03-01")
    classed(story)
    assert on(story, "2024-11-17") == ({}, set())
    assert on(story, "2025-02-09") == ({CREDIT: "D"}, {"SEASON_SPRING"})
    assert on(story, "2025-02-10") == ({CREDIT: "B"}, {"SEASON_SPRING"})
    assert on(story, "2025-03-01") == ({CREDIT: "B"}, set())


def test_a_grade_that_ran_out_is_no_grade_and_the_one_before_it_does_not_come_back() -> None:
    story = registered()
    classed(story, grade_scheme=CREDIT, grade="C")
    story.on("2024-12-01")
    classed(story, grade_scheme=CREDIT, grade="A", valid_until=day("2024-12-31"))
    assert on(story, "2024-12-31") == ({CREDIT: "A"}, set())
    assert on(story, "2025-01-01") == ({}, set())


def test_the_same_again_is_nothing_new() -> None:
    story = registered()
    classed(story, grade_scheme=CREDIT, grade="C")
    assert classed(story, grade_scheme=CREDIT, grade="C") == []
    assert len(story.of(ObjectClassed)) == 1


def test_a_place_without_a_code_is_tagged_in_its_territory() -> None:
    story = Story().on("2024-11-18")
    place: Any = story.give("HRSS_INSP", "RegisterPlace", **STALL)[0]
    classed(story, "HRSS_INSP", organisation=place.subject_id, tags=("AREA_DAY_LABOUR",))
    assert class_of(history(story, place.subject_id), day("2024-11-18")).tags == {"AREA_DAY_LABOUR"}


def test_a_superior_classes_what_lies_below_it_and_a_neighbour_does_not() -> None:
    story = registered()
    classed(story, at="210100", grade_scheme=CREDIT, grade="C")
    assert story.of(ObjectClassed)[0].region == "210103"
    refused("OutsideTerritory", lambda: classed(story, at="210102", grade_scheme=CREDIT, grade="D"))
    refused("NoPower", lambda: classed(story, "LGO", grade_scheme=CREDIT, grade="D"))


REFUSED: dict[str, Callable[[], Any]] = {
    "ObjectUnknown": lambda: classed(Story(), grade_scheme=CREDIT, grade="C"),
    "GradeSchemeUnknown": lambda: classed(registered(), grade_scheme="S9", grade="C"),
    "GradeUnknown": lambda: classed(registered(), grade_scheme=CREDIT, grade="E"),
    "GradeNeedsScheme": lambda: classed(registered(), grade="C"),
    "SchemeOfOtherDepartment": lambda: classed(registered(), grade_scheme=RISK, grade="C"),
    "TagUnknown": lambda: classed(registered(), tags=("SEASON_MOON",)),
    "NothingToTakeAway": lambda: classed(registered(), grade_scheme=CREDIT),
    "ClassedInFuture": lambda: classed(registered(), tags=("AREA_KEY",), since=day("2024-11-19")),
    "ClassEndsBeforeItBegins": lambda: classed(
        registered(), tags=("AREA_KEY",), valid_until=day("2024-11-17")
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_class_that_nobody_could_mean_is_refused_by_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_whoever_ended_is_not_classed() -> None:
    story = registered()
    story.give("SAMR", "ChangeRegistration", organisation=LN_B, change=RegistrationChange.CANCELLED)
    refused("SubjectEnded", lambda: classed(story, tags=("AREA_KEY",)))


def test_a_plan_names_schemes_and_tags_that_are_known() -> None:
    story = planned(grade_scheme=RISK, tags=("KEY", "SEASON_SPRING"), only_tags=("AREA_ONLINE",))
    assert story.of(PlanDrafted)[0].fact.only_tags == ("AREA_ONLINE",)
    refused("GradeSchemeUnknown", lambda: planned(grade_scheme="S9"))
    refused("TagUnknown", lambda: planned(tags=("SEASON_MOON",)))
    refused("TagUnknown", lambda: planned(only_tags=("SEASON_MOON",)))


def graded(grade: str | None, since: str = "2024-01-10", until: str | None = None) -> list[Said]:
    return [
        Said(
            keeper="hr",
            scheme=CREDIT,
            grade=grade,
            tags=(),
            since=day(since),
            until=day(until) if until else None,
        )
    ]


@pytest.mark.parametrize(
    ("grade", "due"),
    [
        ("A", "2026-01-31"),
        ("B", "2025-01-31"),
        ("C", "2024-07-31"),
        ("D", "2024-04-30"),
        (None, "2025-01-31"),
    ],
)
def test_the_cycle_of_a_full_inspection_is_that_of_the_grade(grade: str | None, due: str) -> None:
    assert full_due(day("2024-01-31"), graded(grade), "411002") == day(due)


def test_a_grade_that_comes_later_makes_nothing_due_before_its_first_day() -> None:
    assert full_due(day("2023-09-01"), graded("D", "2024-05-06"), "411002") == day("2024-05-06")


def test_a_grade_that_runs_out_leaves_the_cycle_of_the_unrated() -> None:
    running = graded("C", until="2024-06-30")
    assert full_due(day("2024-01-31"), running, "411002") == day("2025-01-31")
    lenient = graded("A", until="2025-06-30")
    assert full_due(day("2024-01-31"), lenient, "411002") == day("2025-07-01")


def test_another_schemes_class_leaves_the_cycle_alone() -> None:
    risk = [Said(keeper="samr", scheme=RISK, grade="D", tags=(), since=day("2024-01-10"))]
    assert full_due(day("2024-01-31"), risk, "411002") == day("2025-01-31")


def test_a_cycle_that_began_before_there_were_settings_has_a_due_day() -> None:
    assert full_due(date(1999, 3, 1), (), "411002") == date(2000, 3, 1)
    assert policy_for("411002", date(2024, 1, 1))["full_inspection_months_C"] == 6


def test_what_looks_at_one_matter_or_did_not_come_about_is_no_full_inspection() -> None:
    assert is_full("DAILY", "NO_PROBLEM")
    assert is_full("DOUBLE_RANDOM", "CORRECTION_ORDERED")
    assert not is_full("TARGETED", "NO_PROBLEM")
    assert not is_full("WRITTEN_REVIEW", "NO_PROBLEM")
    assert not is_full("DAILY", "UNREACHABLE")
