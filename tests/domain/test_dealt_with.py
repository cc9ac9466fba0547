"""When the term to publish a problem begins: on the day since which publication is allowed."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from domain.clocks.reckoning import Clock, State, clocks_from
from domain.correction import CorrectionOrdered, CorrectionOutcome, CorrectionVerified
from domain.enforcement.facts import CaseClosed, CaseFiled, CaseOutcome
from domain.enforcement.facts import stream_of as case_stream
from domain.facts import instant
from domain.finding import stream_of as corrections_of
from domain.inspection.dealing import DEALT_WITH_BY
from domain.inspection.facts import (
    Category,
    InspectionResultRecorded,
    ListAction,
    ProblemDealtWith,
)
from domain.lead.facts import Disposal, LeadDisposed
from domain.policy import policy_for
from domain.reactions import RULES
from domain.referral.facts import ReferralTransferred
from domain.review.facts import CorrectionKind
from projections.inspection_life import CLEAN
from tests.domain.casework import given_fact
from tests.domain.inspections import (
    HR_ONE,
    HR_TWO,
    TASK_A,
    found,
    matched,
    publish,
    violation,
)
from tests.domain.story import LN_A, Story, day, refused
from tests.domain.test_inspections_refused import list_firm, unreachable, verify


def term(story: Story) -> list[Clock]:
    """The terms to publish what was dealt with."""
    return [one for one in clocks_from(story.facts, policy_for) if one.rule.code == "R10-DEALT"]


def begun(story: Story) -> date | None:
    """The day from which the result is to be published, None while it may not be.

    The term runs exactly while publication is allowed.
    """
    story.settle()
    running = [one for one in term(story) if one.open]
    if not running:
        refused("ProblemNotDealtWith", lambda: publish(story))
        return None
    (one,) = running
    assert (one.owner, one.start.key) == ("HRSS_INSP", TASK_A)
    assert publish(deepcopy(story))
    return one.start.on


def problem(category: Category, *, orders: int = 0) -> Story:
    """On 2025-06-10 the task of LN-A has a result with a finding and so many orders."""
    story = matched().on("2025-06-10")
    codes = ("V-LIC-03", "V-CON-01")[: max(orders, 1)]
    findings = tuple(violation(story, code=code) for code in codes)
    for finding in findings[:orders]:
        story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    found(story, category, findings=findings)
    return story


def obey(
    story: Story, place: int, outcome: CorrectionOutcome = CorrectionOutcome.CORRECTED
) -> None:
    order = story.of(CorrectionOrdered)[place].fact.order_id
    story.give("HRSS_INSP", "VerifyCorrection", organisation=LN_A, order=order, outcome=outcome)


def case(story: Story, outcome: CaseOutcome = CaseOutcome.FILING_WITHDRAWN) -> None:
    """A case on the finding, in its matter, is closed."""
    finding = story.of(InspectionResultRecorded)[0].fact.findings[0]
    asked = {"organisation": LN_A, "codes": ("V-LIC-03",), "findings": (finding,)}
    story.give("HRSS_INSP", "FileCase", officers=(HR_ONE, HR_TWO), **asked)
    filed = story.of(CaseFiled)[-1]
    closed = CaseClosed(
        case_id=filed.fact.case_id,
        subject_id=LN_A,
        outcome=outcome,
        closed_on=date(2025, 6, 23),
        reason="已办结",
    )
    given_fact(
        story,
        "HRSS_INSP",
        case_stream(filed.fact.case_id),
        closed,
        subject=LN_A,
        matter=filed.matter,
    )


def test_an_order_begins_the_term_and_obeying_it_changes_nothing() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    assert begun(story) == date(2025, 6, 10)
    obey(story.on("2025-06-20"), 0)
    assert begun(story) == date(2025, 6, 10)
    publish(story.on("2025-07-08"))
    assert [one.state(story.now) for one in term(story)] == [State.FULFILLED]


def test_of_two_orders_one_that_failed_takes_the_term_back() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=2)
    assert begun(story) == date(2025, 6, 10)
    obey(story.on("2025-06-12"), 0)
    assert begun(story) == date(2025, 6, 10)
    obey(story.on("2025-06-20"), 1, CorrectionOutcome.REFUSED)
    assert begun(story) is None


def test_an_order_that_was_given_later_takes_the_term_back_once_it_fails() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    obey(story.on("2025-06-12"), 0)
    finding = violation(story.on("2025-06-16"), code="V-CON-01")
    story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    assert begun(story) == date(2025, 6, 10)
    obey(story.on("2025-07-01"), 1, CorrectionOutcome.NOT_CORRECTED)
    assert begun(story) is None
    case(story.on("2025-07-02"))
    assert begun(story) == date(2025, 7, 2)
    assert len(story.of(ProblemDealtWith)) == 2


def test_what_was_obeyed_before_the_result_counts_from_the_inspection() -> None:
    story = matched().on("2025-06-10")
    finding = violation(story)
    story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A, findings=(finding,))
    obey(story, 0)
    found(
        story.on("2025-06-16"),
        Category.CORRECTION_ORDERED,
        findings=(finding,),
        inspected_on=day("2025-06-13"),
    )
    assert begun(story) == date(2025, 6, 13)


def test_an_entry_in_the_abnormal_list_begins_the_term_and_a_removal_does_not() -> None:
    story = problem(Category.INFO_FALSE)
    assert begun(story) is None
    list_firm(story.on("2025-06-18"))
    assert begun(story) == date(2025, 6, 18)
    list_firm(story.on("2025-08-01"), ListAction.REMOVED, document_no="沈河市监移〔2025〕1号")
    assert begun(story) == date(2025, 6, 18)


def test_the_address_that_was_looked_for_begins_the_term_once() -> None:
    story = unreachable().on("2025-06-16")
    assert begun(story) is None
    verify(story)
    assert begun(story) == date(2025, 6, 16)
    list_firm(story.on("2025-06-18"))
    assert begun(story) == date(2025, 6, 16)


@pytest.mark.parametrize("category", [Category.UNCOOPERATIVE, Category.PENDING_FOLLOW_UP])
def test_a_case_that_was_decided_begins_the_term(category: Category) -> None:
    story = problem(category)
    case(story.on("2025-06-23"))
    assert begun(story) == date(2025, 6, 23)


def test_a_case_begins_the_term_of_an_order_that_was_not_obeyed() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    obey(story.on("2025-06-25"), 0, CorrectionOutcome.NOT_CORRECTED)
    assert begun(story) is None
    case(story.on("2025-06-26"))
    assert begun(story) == date(2025, 6, 26)


def test_a_case_that_was_handed_on_begins_nothing() -> None:
    story = problem(Category.PENDING_FOLLOW_UP)
    case(story.on("2025-06-23"), CaseOutcome.TRANSFERRED)
    assert begun(story) is None


def passed_on(story: Story, fact: Any) -> None:
    """A fact of the matter that the inspection's finding began."""
    matter = story.of(InspectionResultRecorded)[0].matter
    given_fact(story, "HRSS_INSP", "elsewhere", fact, subject=LN_A, matter=matter)


def test_a_lead_that_was_disposed_of_begins_the_term() -> None:
    story = problem(Category.PENDING_FOLLOW_UP)
    passed_on(
        story.on("2025-06-24"),
        LeadDisposed(lead_id="LD-1", subject_id=LN_A, outcome=Disposal.CASE_CLOSED, basis="CASE-9"),
    )
    assert begun(story) == date(2025, 6, 24)


def test_a_referral_that_went_to_the_police_begins_the_term() -> None:
    story = problem(Category.PENDING_FOLLOW_UP)
    sent = ReferralTransferred(
        referral_id="RF-1",
        about=TASK_A,
        subject_id=LN_A,
        to_region="210103",
        letter_no="沈河人社移〔2025〕1号",
        transferred_at=instant(story.on("2025-06-24").now),
        documents=(),
        copied_to_procuratorate_on=date(2025, 6, 24),
    )
    passed_on(story, sent)
    assert begun(story) == date(2025, 6, 24)


def test_what_happens_in_another_matter_of_the_firm_begins_nothing() -> None:
    story = problem(Category.PENDING_FOLLOW_UP)
    given_fact(
        story.on("2025-06-24"),
        "HRSS_INSP",
        "elsewhere",
        LeadDisposed(lead_id="LD-1", subject_id=LN_A, outcome=Disposal.CASE_CLOSED, basis="CASE-9"),
        subject=LN_A,
        matter="M-OTHER",
    )
    assert begun(story) is None


def test_a_failed_verification_that_was_voided_lets_the_order_deal_with_it_again() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    obey(story.on("2025-06-25"), 0, CorrectionOutcome.NOT_CORRECTED)
    assert begun(story) is None
    (wrong,) = story.of(CorrectionVerified)
    story.on("2025-06-26").give(
        "HRSS_INSP",
        "CorrectFact",
        stream=corrections_of(LN_A),
        event=wrong.id,
        kind=CorrectionKind.VOID,
        reason="核查有误",
    )
    assert begun(story) == date(2025, 6, 10)


def test_a_problem_dealt_with_is_a_task_of_the_organ_of_the_result() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    obey(story, 0)
    story.settle()
    (noted,) = story.of(ProblemDealtWith)
    duties = [one for one in RULES if one.applies(noted)]
    assert [(one.id, one.command_name, one.clock) for one in duties] == [
        ("R10-DEALT-INSP", "PublishResult", "R10-DEALT")
    ]
    assert duties[0].command(noted) == {"task": TASK_A}


def test_a_result_without_a_problem_or_already_public_has_no_such_term() -> None:
    story = problem(Category.CORRECTION_ORDERED, orders=1)
    obey(story, 0)
    publish(story)
    story.settle()
    assert story.of(ProblemDealtWith) == []
    assert all(not DEALT_WITH_BY[Category(one)] for one in CLEAN)
