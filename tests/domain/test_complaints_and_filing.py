"""Complaints, filing, and the terms of a case (reference 7.1, 7.2, 8.4)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.complaint.facts import (
    ComplaintDecided,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintReceived,
)
from domain.enforcement.case import CaseState
from domain.enforcement.facts import (
    CaseFiled,
    CasePeriodChanged,
    EvidencePreserved,
    PeriodChange,
    PeriodGround,
)
from domain.enforcement.state import fold
from domain.lead.facts import CaseFiledOnLead, Disposal, LeadKind, LeadTransferred
from domain.matter import MatterLinked
from domain.referral.facts import ReferralProposed, questions_of
from tests.domain import leads
from tests.domain.casework import (
    OFFICERS,
    accepted,
    act,
    complained,
    decide,
    file,
    filed,
    given_fact,
)
from tests.domain.story import LN_A, LN_B, Story, day, refused


def state_of(story: Story, case: str) -> Any:
    return fold(story.stream(f"case/{case}", "hr"))


def signed(story: Story, **data: Any) -> str:
    """The inspection signed for a penalty lead of the market office about LN-A."""
    lead = leads.send(story, "HRSS_MKT", "HRSS_INSP", LeadKind.PENALTY_LEAD, **data)
    leads.sign(story, "HRSS_INSP", lead)
    return lead


def with_police(story: Story, case: str) -> Story:
    given_fact(
        story,
        "HRSS_INSP",
        questions_of(case),
        ReferralProposed(
            referral_id="RF-1",
            about=case,
            subject_id=LN_A,
            team=OFFICERS,
            report_received_on=day("2025-03-07"),
            crimes=("XF-266",),
        ),
        subject=LN_A,
        matter="M-x",
    )
    return story


def test_a_complaint_without_a_registered_subject_gets_an_id_of_the_platform() -> None:
    story, _ = complained(organisation=None, organisation_name="无名中介")
    assert story.of(ComplaintReceived)[0].fact.subject_id.startswith("UN-")


def test_a_complaint_is_decided_once() -> None:
    story, complaint = accepted()
    refused("ComplaintAlreadyDecided", lambda: decide(story, complaint, ComplaintOutcome.ACCEPTED))


def test_a_complaint_sent_back_is_decided_after_it_was_completed() -> None:
    story, complaint = complained(named_subject=False)
    refused("ComplaintIncomplete", lambda: decide(story, complaint, ComplaintOutcome.ACCEPTED))
    decide(story, complaint, ComplaintOutcome.COMPLETION, reason="请补充被投诉单位名称")
    refused(
        "ComplaintAwaitsCompletion",
        lambda: decide(story, complaint, ComplaintOutcome.ACCEPTED),
    )
    story.give("HRSS_INSP", "CompleteComplaint", organisation=LN_A, complaint=complaint)
    decide(story, complaint, ComplaintOutcome.ACCEPTED)
    assert story.of(ComplaintDecided)[-1].fact.outcome is ComplaintOutcome.ACCEPTED


def test_a_report_needs_no_own_damage() -> None:
    story, complaint = complained(kind=ComplaintKind.REPORT, own_right=False)
    assert decide(story, complaint, ComplaintOutcome.ACCEPTED)


@pytest.mark.parametrize(
    ("received", "rule"), [("2025-01-05", None), ("2025-01-06", "ComplaintOutOfTime")]
)
def test_two_years_after_the_act_ended_a_complaint_is_out_of_time(
    received: str, rule: str | None
) -> None:
    story, complaint = complained(
        Story().on("2025-02-12"),
        act_from=day("2022-12-01"),
        act_to=day("2023-01-05"),
        received_on=day(received),
    )
    if rule is None:
        assert decide(story, complaint, ComplaintOutcome.ACCEPTED)
    else:
        refused(rule, lambda: decide(story, complaint, ComplaintOutcome.ACCEPTED))
        assert decide(story, complaint, ComplaintOutcome.REFUSED, reason="超过二年")


def test_an_accepted_complaint_joins_an_open_case_about_its_subject() -> None:
    story, case = filed()
    story, second = complained(story.on("2025-02-18"))
    decide(story.on("2025-02-24"), second, ComplaintOutcome.ACCEPTED, case=case)
    assert story.of(ComplaintDecided)[-1].fact.case_id == case
    link = story.of(MatterLinked)[-1].fact
    assert link.other == story.of(CaseFiled)[0].matter


def test_a_case_takes_the_matter_of_its_lead_and_joins_that_of_the_complaint() -> None:
    story, complaint = accepted()
    lead = signed(story)
    file(story, leads=(lead,), complaints=(complaint,))
    recorded = story.of(CaseFiled)[-1]
    assert recorded.matter == story.of(LeadTransferred)[0].matter
    assert recorded.fact.labour
    assert story.of(MatterLinked)[-1].fact.other == story.of(ComplaintReceived)[0].matter


def test_a_case_is_suspended_while_a_crime_is_with_the_police() -> None:
    story, case = filed()
    with_police(story, case)
    act(story.on("2025-03-20"), "SuspendCase", case, ground=PeriodGround.PENDING_CRIMINAL)
    changed = story.of(CasePeriodChanged)[-1].fact
    assert changed.kind is PeriodChange.SUSPENDED
    assert changed.about == "RF-1"
    assert state_of(story, case).state is CaseState.SUSPENDED_PENDING_CRIMINAL
    refused(
        "StillWithPolice",
        lambda: act(story, "ResumeCase", case, ground=PeriodGround.NOT_FILED_BY_POLICE),
    )


def test_a_case_suspended_for_testing_goes_on_when_the_test_is_done() -> None:
    story, case = filed()
    act(story.on("2025-03-03"), "SuspendCase", case, ground=PeriodGround.TESTING)
    refused("CaseSuspended", lambda: act(story, "PreserveEvidence", case, items=("账册",)))
    act(story.on("2025-03-10"), "ResumeCase", case, ground=PeriodGround.TESTING_DONE)
    assert state_of(story, case).state is CaseState.FILED


def test_preserved_evidence_is_settled_once() -> None:
    story, case = filed()
    act(story, "PreserveEvidence", case, items=("收费账册一本",))
    name = story.of(EvidencePreserved)[-1].fact.preservation_id
    act(story, "SettleEvidence", case, preservation=name, decision="RETURNED")
    refused(
        "EvidenceUnknown",
        lambda: act(story, "SettleEvidence", case, preservation=name, decision="SEIZED"),
    )


def test_each_refusal_of_complaints_is_met() -> None:
    story, complaint = complained()
    refused("ComplaintDateInFuture", lambda: complained(received_on=day("2030-01-01")))
    refused("ComplainedActInFuture", lambda: complained(act_from=day("2030-01-01")))
    refused("ActEndsBeforeStart", lambda: complained(act_to=day("2024-12-31")))
    refused("NobodyComplains", lambda: complained(persons=0))
    refused("ComplaintUnknown", lambda: decide(story, "CP-none", ComplaintOutcome.ACCEPTED))
    refused("ComplaintReasonMissing", lambda: decide(story, complaint, ComplaintOutcome.REFUSED))
    refused("CompetentOrganMissing", lambda: decide(story, complaint, ComplaintOutcome.REDIRECTED))
    refused(
        "CaseOnlyForAccepted",
        lambda: decide(
            story, complaint, ComplaintOutcome.REFUSED, case="CASE-1", reason="不属于职权"
        ),
    )
    give = {"organisation": LN_A, "complaint": complaint}
    refused("CompletionNotAsked", lambda: story.give("HRSS_INSP", "CompleteComplaint", **give))
    decide(story, complaint, ComplaintOutcome.COMPLETION, reason="请补充")
    refused(
        "CompletedBeforeReceipt",
        lambda: story.give("HRSS_INSP", "CompleteComplaint", received_on=day("2025-02-01"), **give),
    )
    refused(
        "ComplaintCompletionInFuture",
        lambda: story.give("HRSS_INSP", "CompleteComplaint", received_on=day("2030-02-01"), **give),
    )


@pytest.mark.parametrize(
    ("rule", "data"),
    [
        ("BeforeArbitrator", {"in_arbitration": True}),
        ("WorkDoneElsewhere", {"work_region": "210102"}),
        ("ComplaintNotOurs", {"codes": ("V-LIC-07",)}),
    ],
)
def test_a_complaint_outside_the_conditions_is_not_accepted(
    rule: str, data: dict[str, Any]
) -> None:
    story, complaint = complained(**data)
    refused(rule, lambda: decide(story, complaint, ComplaintOutcome.ACCEPTED))


def test_a_complaint_joins_no_case_about_somebody_else() -> None:
    story, case = filed()
    story, other = complained(story, organisation=LN_B)
    refused(
        "CaseOfAnotherSubject",
        lambda: decide(story, other, ComplaintOutcome.ACCEPTED, organisation=LN_B, case=case),
    )
    refused(
        "CaseUnknown",
        lambda: decide(story, other, ComplaintOutcome.ACCEPTED, organisation=LN_B, case="CASE-0"),
    )


def test_each_refusal_of_filing_is_met() -> None:
    story, complaint = accepted()
    _, waiting = complained(story)
    good: dict[str, Any] = {"complaints": (complaint,)}
    refused("NoGroundToFile", lambda: file(story))
    refused("TwoOfficersNeeded", lambda: file(story, officers=OFFICERS[:1] * 2, **good))
    refused("CaseLeadNotReceipted", lambda: file(story, leads=("LD-9",)))
    refused("ComplaintNotAccepted", lambda: file(story, complaints=(waiting,)))
    refused("FindingUnknown", lambda: file(story, findings=("VF-9",)))
    refused("FilingInFuture", lambda: file(story, filed_on=day("2030-01-01"), **good))
    refused("FiledBeforeGround", lambda: file(story, filed_on=day("2025-02-11"), **good))
    refused("CaseActInFuture", lambda: file(story, act_from=day("2030-01-01"), **good))
    refused(
        "CaseActEndsBeforeStart",
        lambda: file(story, act_from=day("2025-01-02"), act_to=day("2025-01-01"), **good),
    )
    refused("CaseOutOfTime", lambda: file(story, act_from=day("2023-02-11"), **good))
    other = signed(story, organisation=LN_B)
    refused("LeadOfAnotherSubject", lambda: file(story, leads=(other,)))


def test_each_refusal_of_the_periods_is_met() -> None:
    story, case = filed()
    story.on("2025-03-03")

    def extend(**data: Any) -> Any:
        return act(story, "ExtendCasePeriod", case, **{"approver": "HRSS@210103", **data})

    def suspend(**data: Any) -> Any:
        return act(story, "SuspendCase", case, **{"ground": PeriodGround.TESTING, **data})

    refused("ExtensionNeedsDays", extend)
    refused("ExtensionTooLong", lambda: extend(working_days=31))
    refused("ApproverIsHandler", lambda: extend(working_days=30, approver="HRSS_INSP@210103"))
    extend(working_days=30)
    refused("ExtensionTooLong", lambda: extend(working_days=1))
    refused("NotASuspensionGround", lambda: suspend(ground=PeriodGround.COMPLEX))
    refused("NothingWithPolice", lambda: suspend(ground=PeriodGround.PENDING_CRIMINAL))
    refused("PeriodDateInFuture", lambda: suspend(on=day("2030-01-01")))
    refused("PeriodBeforeItsGround", lambda: suspend(on=day("2025-02-13")))
    refused(
        "CaseNotSuspended",
        lambda: act(story, "ResumeCase", case, ground=PeriodGround.TESTING_DONE),
    )
    suspend()
    refused(
        "GroundDoesNotEnd",
        lambda: act(story, "ResumeCase", case, ground=PeriodGround.RETURNED_FOR_ADMIN),
    )


def test_a_term_that_has_ended_is_not_extended() -> None:
    story, case = filed()

    def extend(**data: Any) -> Any:
        return act(story, "ExtendCasePeriod", case, approver="HRSS@210103", **data)

    refused("ExtensionAfterTerm", lambda: (story.on("2025-05-16"), extend(calendar_days=30)))
    story.on("2025-05-13")
    assert extend(working_days=30)
    assert extend(calendar_days=30)
    refused("ExtensionAfterTerm", lambda: (story.on("2025-06-17"), extend(calendar_days=1)))


def test_days_of_a_suspension_do_not_use_up_the_term_to_extend() -> None:
    story, case = filed()
    act(story.on("2025-03-20"), "SuspendCase", case, ground=PeriodGround.TESTING)
    act(story.on("2025-05-20"), "ResumeCase", case, ground=PeriodGround.TESTING_DONE)
    story.on("2025-07-15")
    assert act(story, "ExtendCasePeriod", case, approver="HRSS@210103", calendar_days=30)


def test_a_code_that_the_catalogue_does_not_hold_is_neither_complained_of_nor_filed_on() -> None:
    refused("CodeNotInCatalogue", lambda: complained(codes=("V-CON-08", "V-XXX-99")))
    story, complaint = accepted()
    refused(
        "CodeNotInCatalogue",
        lambda: file(story, complaints=(complaint,), codes=("V-XXX-99",)),
    )


def test_a_complaint_opens_one_case() -> None:
    story, complaint = accepted()
    file(story, complaints=(complaint,))
    case = story.of(CaseFiled)[0].fact.case_id
    told = refused(
        "ComplaintAlreadyFiled",
        lambda: file(story, complaints=(complaint,), codes=("V-CON-01",)),
    )
    assert case in str(told)
    assert len(story.of(CaseFiled)) == 1


def test_a_complaint_that_joined_a_case_opens_no_other() -> None:
    story, case = filed()
    _, second = complained(story)
    decide(story, second, ComplaintOutcome.ACCEPTED, case=case)
    refused("ComplaintAlreadyFiled", lambda: file(story, complaints=(second,)))


def test_a_lead_opens_one_case_on_a_code_and_another_on_another_act() -> None:
    story, _ = accepted()
    lead = signed(story)
    file(story, leads=(lead,), codes=("V-LIC-04", "V-CON-08"))
    told = refused(
        "LeadAlreadyFiled", lambda: file(story, leads=(lead,), codes=("V-CON-01", "V-CON-08"))
    )
    assert "V-CON-08" in str(told)
    assert "V-CON-01" not in str(told)
    file(story, leads=(lead,), codes=("V-CON-01",))
    assert [one.fact.codes for one in story.of(CaseFiledOnLead)] == [
        ("V-LIC-04", "V-CON-08"),
        ("V-CON-01",),
    ]


def test_no_case_rests_on_a_lead_that_is_disposed_of() -> None:
    story = Story().on("2025-02-14")
    lead = signed(story)
    leads.assess(story, "HRSS_INSP", lead, "V-CON-08")
    leads.dispose(story, "HRSS_INSP", lead)
    refused("LeadAlreadyDisposed", lambda: file(story, leads=(lead,)))


def test_no_case_rests_on_a_lead_that_was_passed_on() -> None:
    story = Story().on("2025-02-14")
    lead = signed(story)
    leads.send(story, "HRSS_INSP", "SAMR", LeadKind.PENALTY_LEAD, lead=lead)
    refused("NotReceiverOfLead", lambda: file(story, leads=(lead,)))


def test_no_case_rests_on_the_notice_of_an_outcome() -> None:
    story = Story().on("2025-02-14")
    lead = leads.send(story, "HRSS_INSP", "HRSS_MKT")
    leads.sign(story, "HRSS_MKT", lead)
    leads.assess(story, "HRSS_MKT", lead, "V-CON-08")
    leads.dispose(story, "HRSS_MKT", lead)
    notice = leads.send(
        story,
        "HRSS_MKT",
        "HRSS_INSP",
        LeadKind.OUTCOME_NOTICE,
        about=lead,
        outcome=Disposal.CORRECTED,
    )
    leads.sign(story, "HRSS_INSP", notice)
    refused("NoticeNeedsNoAct", lambda: file(story, leads=(notice,)))
