"""Inspections: tasks of a draw, joint teams, results, publication, correction, the abnormal list."""

from __future__ import annotations

from domain.draw.plan import DrawKind
from domain.finding import ViolationFound
from domain.inspection.facts import (
    Category,
    InspectionResultPublished,
    InspectionResultRecorded,
    RecusalGround,
    TaskSent,
    TeamMatched,
    task_of,
)
from domain.inspection.teams import DrawnInspectors
from domain.review.standing import corrections, standing
from tests.domain.inspections import (
    CITY,
    DISTRICT,
    FIRST,
    HR_ONE,
    HR_TWO,
    ITEMS,
    PLAN,
    SAMR_ONE,
    SAMR_TWO,
    TASK_A,
    TASK_B,
    drawn,
    found,
    inspected,
    match,
    matched,
    of,
    people,
    planned,
    publish,
    put,
    send,
    sent,
    violation,
)
from tests.domain.story import LN_A, LN_B, day, refused


def test_each_drawn_object_becomes_one_task_and_repeating_gives_nothing() -> None:
    story = sent()
    assert [one.fact.task_id for one in story.of(TaskSent)] == [TASK_A, TASK_B]
    assert send(story) == []


def test_a_county_records_what_it_found_in_a_task_that_the_city_passed_on_to_it() -> None:
    story = planned()
    for task, firm in ((TASK_A, LN_A), (TASK_B, LN_B)):
        to_the_city = TaskSent(
            task_id=task,
            draw_id="DRW-1",
            plan_id=PLAN,
            subject_id=firm,
            to_region=CITY,
            items=ITEMS,
            window_from=day("2025-06-02"),
            window_to=day("2025-07-18"),
        )
        put(story, "HRSS_INSP", to_the_city, task_of(task), firm)
    story.give("HRSS_INSP", "ClaimTasks", at=CITY, tasks=(TASK_A, TASK_B))
    story.give("HRSS_INSP", "DispatchTasks", at=CITY, tasks=(TASK_A,), to_region=DISTRICT)
    violation(story)
    assert [one.region for one in story.of(ViolationFound)] == [DISTRICT]
    refused("OutsideTerritory", lambda: violation(story, TASK_B, LN_B))


def test_a_team_has_one_of_each_department_and_the_next_task_gets_the_next() -> None:
    story = matched()
    teams = [[one.certificate for one in each.fact.team] for each in story.of(TeamMatched)]
    assert teams == [[HR_ONE, SAMR_ONE], [HR_TWO, SAMR_TWO]]


def test_the_whole_is_as_serious_as_its_most_serious_item_and_is_published_once() -> None:
    story = inspected(items=of(Category.NO_PROBLEM, Category.BUSINESS_NOT_FOUND))
    (result,) = story.of(InspectionResultRecorded)
    assert result.fact.category is Category.BUSINESS_NOT_FOUND
    assert result.matter == story.of(TaskSent)[0].matter
    publish(story.on("2025-06-20"))
    refused("ResultAlreadyPublished", lambda: publish(story))
    refused("ResultAlreadyRecorded", lambda: found(story, Category.UNREACHABLE))


def test_a_recused_inspector_is_replaced_by_one_who_is_drawn() -> None:
    story = matched()
    story.give(
        "HRSS_INSP",
        "RecuseInspector",
        at=CITY,
        task=TASK_A,
        inspector=people(HR_ONE)[0],
        ground=RecusalGround.RELATIVE,
        reason="配偶在该单位任职",
    )
    refused("TeamTooSmall", lambda: found(story, team=(SAMR_ONE,)))
    refused("ResultOfAnotherTeam", lambda: found(story))
    drawn(story, "DRW-3", DrawKind.REPLACEMENT, people(HR_TWO), (TASK_A,), CITY)
    third = DrawnInspectors(draw="DRW-3", inspectors=people(HR_TWO))
    match(story, replacements=("DRW-3",), drawn=(FIRST, third))
    team = story.of(TeamMatched)[-1].fact
    assert {one.certificate for one in team.team} == {SAMR_ONE, HR_TWO}
    assert (team.draw_id, team.replacements) == ("DRW-2", ("DRW-3",))
    found(story.on("2025-06-10"), team=(HR_TWO, SAMR_ONE))


def test_a_corrected_result_that_was_public_is_published_again_and_says_so() -> None:
    story = inspected()
    publish(story.on("2025-06-20"))
    before = story.of(InspectionResultPublished)[0].id
    story.on("2025-06-25").give(
        "HRSS_INSP",
        "CorrectResult",
        task=TASK_A,
        items=of(Category.BUSINESS_NOT_FOUND),
        reason="核对后该单位未开展此项业务",
    )
    again = story.of(InspectionResultPublished)[1].fact
    assert (again.corrects, again.category) == (before, Category.BUSINESS_NOT_FOUND)
    stands = standing(story.of(InspectionResultRecorded), corrections(story.facts))
    assert stands[0].fact.category is Category.BUSINESS_NOT_FOUND


def test_a_city_dispatches_a_claimed_task_to_its_county() -> None:
    story = sent()
    refused(
        "TaskNotClaimed",
        lambda: story.give(
            "HRSS_INSP", "DispatchTasks", at=CITY, tasks=(TASK_A,), to_region=DISTRICT
        ),
    )


def test_a_result_takes_the_subject_of_its_task() -> None:
    assert inspected().of(InspectionResultRecorded)[0].subject == LN_A
    assert inspected().of(InspectionResultRecorded)[0].region == DISTRICT
