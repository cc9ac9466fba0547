"""Who sent a lead hears what became of it: by a notice about the lead, or about its case."""

from __future__ import annotations

from typing import Any

from domain.clocks.reckoning import Clock, clocks_from
from domain.enforcement.facts import CaseFiled, CaseOutcome
from domain.lead.facts import Disposal, LeadKind, LeadTransferred
from domain.policy import policy_for
from tests.domain.casework import file
from tests.domain.leads import send, sign
from tests.domain.story import LN_A, Story, refused


def owed(story: Story) -> dict[str, Clock]:
    """The open feedback of each lead."""
    return {
        one.item: one
        for one in clocks_from(story.facts, policy_for)
        if one.rule.code == "DL-LEAD-04" and one.open
    }


def closed() -> tuple[Story, str, str, str]:
    """A closed case that names a lead of 网信 and one of 市场监管, both disposed of by it."""
    story = Story().on("2025-02-10")
    first = send(story, "CAC", "HRSS_INSP")
    second = send(story, "SAMR", "HRSS_INSP")
    for lead in (first, second):
        sign(story, "HRSS_INSP", lead)
    file(story.on("2025-02-14"), leads=(first, second))
    case = story.of(CaseFiled)[-1].fact.case_id
    story.on("2025-04-01").give(
        "HRSS_INSP",
        "CloseCase",
        case=case,
        outcome=CaseOutcome.TRANSFERRED,
        reason="移送有管辖权的机关",
    )
    story.settle()
    return story, case, first, second


def tell(story: Story, to: str, about: str, **data: Any) -> str:
    """The inspection tells a sender what came of a lead or case."""
    asked = {"outcome": Disposal.CASE_CLOSED, **data}
    return send(story, "HRSS_INSP", to, LeadKind.OUTCOME_NOTICE, about=about, **asked)


def test_every_lead_of_a_closed_case_is_owed_its_feedback() -> None:
    story, _, first, second = closed()
    assert set(owed(story)) == {first, second}


def test_a_notice_about_the_lead_ends_the_term_of_that_lead() -> None:
    story, _, first, second = closed()
    tell(story, "CAC", first)
    assert set(owed(story)) == {second}


def test_a_notice_about_the_case_ends_the_terms_of_the_leads_it_answers() -> None:
    story, case, first, second = closed()
    tell(story, "CAC", case, answers=(first,))
    assert story.of(LeadTransferred)[-1].fact.answers == (first,)
    assert set(owed(story)) == {second}
    tell(story, "SAMR", case, answers=(second,))
    assert owed(story) == {}


def test_a_notice_answers_only_leads_of_its_case_that_its_receiver_sent() -> None:
    story, case, first, second = closed()
    other = send(story, "CAC", "HRSS_INSP")
    refused("NotALeadOfTheCase", lambda: tell(story, "CAC", case, answers=(other,)))
    refused("NotALeadOfTheCase", lambda: tell(story, "CAC", case, answers=("LD-NONE",)))
    refused("NoticeGoesToSender", lambda: tell(story, "CAC", case, answers=(second,)))
    refused(
        "OutcomeDiffers",
        lambda: tell(story, "CAC", case, answers=(first,), outcome=Disposal.CORRECTED),
    )
    refused(
        "OutcomeOnlyInNotice",
        lambda: send(story, "CAC", "SAMR", organisation=LN_A, answers=(first,)),
    )


def test_a_notice_waits_for_the_lead_to_be_disposed_of() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_INSP")
    sign(story, "HRSS_INSP", lead)
    file(story.on("2025-02-14"), leads=(lead,))
    case = story.of(CaseFiled)[-1].fact.case_id
    story.give(
        "HRSS_INSP",
        "CloseCase",
        case=case,
        outcome=CaseOutcome.TRANSFERRED,
        reason="移送有管辖权的机关",
    )
    refused("OutcomeNotReached", lambda: tell(story, "CAC", case, answers=(lead,)))
