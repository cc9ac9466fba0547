"""A case between lead, complaint and police, with everybody's real commands (S2; reference 8.4)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.complaint.facts import ComplaintOutcome
from domain.enforcement.case import CaseState
from domain.enforcement.facts import CaseFiled, CasePeriodChanged, PeriodGround
from domain.enforcement.state import fold
from domain.lead.facts import LeadKind, LeadTransferred
from domain.matter import MatterLinked
from domain.referral.facts import CriminalOutcome, ReferralProposed
from tests.domain import leads, referrals
from tests.domain.casework import act, complained, decide, file
from tests.domain.story import LN_A, Story, refused


def case_of(story: Story) -> str:
    return str(story.of(CaseFiled)[-1].fact.case_id)


def state_of(story: Story) -> Any:
    return fold(story.stream(f"case/{case_of(story)}", "hr"))


def test_a_case_rests_on_a_penalty_lead_signed_for_and_a_complaint_accepted() -> None:
    story, complaint = complained()
    lead = leads.send(
        story.on("2025-02-13"),
        "HRSS_MKT",
        "HRSS_INSP",
        LeadKind.PENALTY_LEAD,
        codes=("V-LIC-04",),
    )
    decide(story.on("2025-02-14"), complaint, ComplaintOutcome.ACCEPTED)
    refused("CaseLeadNotReceipted", lambda: file(story, leads=(lead,)))
    leads.sign(story, "HRSS_INSP", lead)
    file(story, leads=(lead,), complaints=(complaint,))
    filed = story.of(CaseFiled)[0]
    assert filed.matter == story.of(LeadTransferred)[0].matter
    assert len(story.of(MatterLinked)) == 1


def test_the_case_is_suspended_on_the_day_the_police_file() -> None:
    story, referral = referrals.filed_on_reconsideration()
    act(
        story,
        "SuspendCase",
        case_of(story),
        ground=PeriodGround.PENDING_CRIMINAL,
        about=referral,
    )
    assert state_of(story).state is CaseState.SUSPENDED_PENDING_CRIMINAL
    assert story.of(CasePeriodChanged)[-1].fact.about == referral
    refused(
        "StillWithPolice",
        lambda: act(story, "ResumeCase", case_of(story), ground=PeriodGround.RETURNED_FOR_ADMIN),
    )


@pytest.mark.parametrize("named", [True, False])
def test_the_case_goes_on_when_the_police_return_it(named: bool) -> None:
    story, referral = referrals.filed_on_reconsideration()
    case = case_of(story)
    act(story, "SuspendCase", case, ground=PeriodGround.PENDING_CRIMINAL)
    referrals.police(
        story.on("2025-05-20"),
        "RecordCriminalOutcome",
        referral,
        outcome=CriminalOutcome.RETURNED_FOR_ADMIN,
        to_organ="HRSS_INSP",
        reason="不构成犯罪，应予行政处罚",
    )

    def resume(**data: Any) -> Any:
        return act(story, "ResumeCase", case, ground=PeriodGround.RETURNED_FOR_ADMIN, **data)

    if named:
        assert resume(about=referral)
    else:
        refused("StillWithPolice", resume)


def test_a_referral_that_the_police_refused_for_good_suspends_nothing() -> None:
    story, referral = referrals.upheld()
    refused(
        "NothingWithPolice",
        lambda: act(
            story,
            "SuspendCase",
            case_of(story),
            ground=PeriodGround.PENDING_CRIMINAL,
            about=referral,
        ),
    )


def test_a_referral_of_another_case_suspends_nothing() -> None:
    story, referral = referrals.transferred()
    _, second = complained(story)
    decide(story, second, ComplaintOutcome.ACCEPTED)
    file(story, complaints=(second,))
    assert story.of(ReferralProposed)[0].fact.about != case_of(story)
    refused(
        "NothingWithPolice",
        lambda: act(
            story,
            "SuspendCase",
            case_of(story),
            ground=PeriodGround.PENDING_CRIMINAL,
            about=referral,
        ),
    )


def test_market_regulation_files_on_what_it_received() -> None:
    story = Story().on("2025-02-13")
    lead = leads.send(story, "HRSS_MKT", "SAMR", LeadKind.PENALTY_LEAD, codes=("V-FUL-07",))
    leads.sign(story, "SAMR", lead)
    file(story, "SAMR", leads=(lead,), codes=("V-FUL-07",))
    filed = story.of(CaseFiled)[0]
    assert not filed.fact.labour
    assert (filed.department, filed.subject) == ("samr", LN_A)
    refused("CaseUnknown", lambda: act(story, "PreserveEvidence", case_of(story), items=("账",)))
