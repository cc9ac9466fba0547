"""What becomes of inspections: places without a code, orders that are obeyed, terms, other kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from domain.clocks.reckoning import Clock, State, clocks_from
from domain.correction import CorrectionOrdered, CorrectionOutcome
from domain.enforcement.facts import CaseOutcome
from domain.inspection.dealing import is_dealt_with
from domain.inspection.facts import (
    Category,
    InspectionKind,
    InspectionOpened,
    InspectionResultPublished,
    ItemListPublished,
    ItemResult,
    ListAction,
    ListEntryChanged,
    PlaceKind,
    task_of,
)
from domain.inspection.items import SEED_ITEMS
from domain.inspection.task import fold as fold_task
from domain.policy import policy_for
from tests.domain.inspections import (
    HR_ONE,
    HR_TWO,
    PROVINCE,
    TASK_A,
    claimed,
    enter,
    found,
    inspected,
    matched,
    open_one,
    people,
    publish,
    sent,
    staffed,
    violation,
)
from tests.domain.story import LN_A, LN_B, Story, granted, refused
from tests.domain.test_inspections_refused import list_firm, listed, verified


def clocks(story: Story, code: str) -> list[Clock]:
    """The clocks of a code that the story's facts make."""
    return [one for one in clocks_from(story.facts, policy_for) if one.rule.code == code]


def test_the_list_of_the_seed_holds_its_own_items_in_versions() -> None:
    story = Story().on("2022-06-02")
    story.give("HRSS_INSP", "PublishItemList", at=PROVINCE)
    story.give("SAMR", "PublishItemList", at=PROVINCE, items=SEED_ITEMS[:3])
    versions = [(one.fact.list_id, len(one.fact.items)) for one in story.of(ItemListPublished)]
    assert versions == [("IL-210000-1", len(SEED_ITEMS)), ("IL-210000-2", 3)]
    codes = {code for one in SEED_ITEMS for code in one.violations}
    assert {"V-EMP-03", "V-EMP-04", "V-LIC-01", "V-LIC-02", "V-LIC-03", "V-LIC-04"} <= codes


def test_a_stall_without_a_code_is_registered_inspected_and_its_violation_recorded() -> None:
    story = staffed(Story().on("2025-06-02"))
    (place,) = story.give(
        "HRSS_INSP",
        "RegisterPlace",
        kind=PlaceKind.SPONTANEOUS_MARKET,
        name="鲁园零工市场",
        address="沈河区小西路1号",
    )
    subject: Any = place.subject_id  # type: ignore[attr-defined]
    assert subject.startswith("UN-")
    (opened,) = open_one(story, organisation=subject, items=("ITEM-INTERMEDIATION",))
    assert story.of(InspectionOpened)[0].matter == story.facts[-2].matter
    finding = violation(story, opened.task_id, subject)
    found(
        story,
        task=opened.task_id,
        items=(ItemResult(item="ITEM-INTERMEDIATION", category=Category.PENDING_FOLLOW_UP),),
        team=(HR_ONE, HR_TWO),
        findings=(finding,),
    )
    assert len(clocks(story, "FOLLOW-UP")) == 1


def test_a_problem_is_published_when_its_correction_was_ordered() -> None:
    story = matched().on("2025-06-10")
    finding = violation(story)
    story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    found(story, Category.CORRECTION_ORDERED, findings=(finding,))
    story.settle()
    (clock,) = clocks(story, "R10-DEALT")
    assert clock.due.day == date(2025, 7, 8)
    publish(story)
    assert clocks(story, "R10-DEALT")[0].state(story.now) is State.FULFILLED
    assert clocks(story, "R10") == []
    assert story.of(InspectionResultPublished)[0].fact.category is Category.CORRECTION_ORDERED


def test_an_order_that_was_not_obeyed_deals_with_nothing_until_its_case_is_decided() -> None:
    story = matched().on("2025-06-10")
    finding = violation(story, code="V-LIC-03")
    story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    found(story, Category.CORRECTION_ORDERED, findings=(finding,))
    story.on("2025-06-25").give(
        "HRSS_INSP",
        "VerifyCorrection",
        organisation=LN_A,
        outcome=CorrectionOutcome.NOT_CORRECTED,
    )
    story.settle()
    assert State.RUNNING not in [one.state(story.now) for one in clocks(story, "R10-DEALT")]
    refused("ProblemNotDealtWith", lambda: publish(story))
    (case, *_) = story.give(
        "HRSS_INSP",
        "FileCase",
        organisation=LN_A,
        codes=("V-LIC-03",),
        findings=(finding,),
        officers=(HR_ONE, HR_TWO),
    )
    refused("ProblemNotDealtWith", lambda: publish(story))
    about: Any = case.case_id  # type: ignore[attr-defined]
    story.give(
        "HRSS_INSP",
        "ConcludeInvestigation",
        case=about,
        illegal_income_fen=0,
        proposal="违法行为轻微，已改正",
    )
    story.give(
        "HRSS_INSP",
        "CloseCase",
        case=about,
        outcome=CaseOutcome.FILING_WITHDRAWN,
        reason="违法行为轻微，立案后已改正",
    )
    publish(story)


def test_of_two_orders_one_that_was_obeyed_does_not_deal_with_the_other() -> None:
    story = matched().on("2025-06-10")
    named = [violation(story), violation(story, code="V-LIC-03")]
    for finding in named:
        story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    found(story, Category.CORRECTION_ORDERED, findings=tuple(named))
    first, second = (one.fact.order_id for one in story.of(CorrectionOrdered))
    verify = partial(story.give, "HRSS_INSP", "VerifyCorrection", organisation=LN_A)
    verify(order=first, outcome=CorrectionOutcome.CORRECTED)
    verify(order=second, outcome=CorrectionOutcome.REFUSED)
    refused("ProblemNotDealtWith", lambda: publish(story))


def test_a_firm_taken_off_the_list_is_not_dealt_with_by_that() -> None:
    story = listed()
    entered = story.of(ListEntryChanged)[-1]
    removed = replace(entered, fact=replace(entered.fact, action=ListAction.REMOVED))
    task = fold_task(story.stream(task_of(TASK_A), "hr"))
    assert task is not None
    for one, dealt in ((entered, True), (removed, False)):
        assert is_dealt_with(Category.INFO_FALSE, task, (one,)) is dealt


def test_a_result_in_time_is_public_within_twenty_working_days() -> None:
    story = inspected()
    (clock,) = clocks(story, "R10")
    assert clock.due.day == date(2025, 7, 8)
    publish(story.on("2025-07-08"))
    assert clocks(story, "R10")[0].state(story.now) is State.FULFILLED
    states = sorted(one.state(story.now) for one in clocks(story, "TASK-RESULT"))
    assert states == [State.FULFILLED, State.RUNNING]


def test_each_department_has_its_own_term_to_claim() -> None:
    story = claimed()
    assert len(clocks(story, "TASK-CLAIM")) == len(clocks(story, "TASK-CLAIM-SAMR")) == 2
    assert all(not one.open for one in clocks(story, "TASK-CLAIM-SAMR"))


def test_an_unreachable_firm_is_looked_for_listed_and_removed_again() -> None:
    story = verified()
    assert clocks(story, "R09")[0].due.day == date(2025, 6, 30)
    story = listed()
    assert clocks(story, "R09")[0].state(story.now) is State.FULFILLED
    list_firm(story.on("2025-08-01"), ListAction.REMOVED, document_no="沈河市监移〔2025〕1号")
    entries = [one.fact for one in story.of(ListEntryChanged)]
    assert [one.action for one in entries] == [ListAction.ENTERED, ListAction.REMOVED]
    assert entries[0].entry_id == entries[1].entry_id


def test_a_commitment_is_checked_in_the_matter_of_its_licence() -> None:
    story = granted().on("2025-01-06")
    for certificate in (HR_ONE, HR_TWO):
        enter(story, "HRSS_APPR", certificate)
    open_one(
        story,
        "HRSS_APPR",
        kind=InspectionKind.COMMITMENT_CHECK,
        organisation=LN_B,
        items=("ITEM-DISPLAY",),
        team=people(HR_ONE, HR_TWO),
    )
    licence = next(one for one in story.facts if one.stream.startswith("licence/"))
    assert story.of(InspectionOpened)[0].matter == licence.matter


def test_a_task_of_another_city_is_not_claimed() -> None:
    refused(
        "OutsideTerritory",
        lambda: sent().give("HRSS_INSP", "ClaimTasks", at="210200", tasks=(TASK_A,)),
    )


def test_a_problem_left_open_is_published_once_an_order_deals_with_it() -> None:
    story = matched().on("2025-06-10")
    finding = violation(story)
    found(story, Category.PENDING_FOLLOW_UP, findings=(finding,))
    refused("ProblemNotDealtWith", lambda: publish(story))
    assert (clocks(story, "R10"), clocks(story, "R10-DEALT")) == ([], [])
    story.on("2025-06-11").give(
        "HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,)
    )
    story.settle()
    (clock,) = clocks(story, "R10-DEALT")
    assert clock.due.day == date(2025, 7, 9)
    assert [one.state(story.now) for one in clocks(story, "FOLLOW-UP")] == [State.FULFILLED]
    publish(story)
