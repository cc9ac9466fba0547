"""Supervised listing, and what a case or a request brings about for the leads behind it."""

from __future__ import annotations

from typing import Any

from domain.commands import Post
from domain.enforcement.facts import CaseClosed, CaseFiled, CaseOutcome
from domain.enforcement.facts import stream_of as case_of
from domain.facts import Fact, Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.lead.facts import (
    CaseSupervisionChanged,
    Disposal,
    LeadDisposed,
    LeadKind,
    LeadTransferred,
    SupervisionAction,
)
from domain.organisation import RegistrationChange, SubjectRegistrationChanged
from domain.violations.catalogue import Severity
from tests.domain.casework import file
from tests.domain.leads import (
    CITY,
    PROVINCE,
    assess,
    assessed,
    dispose,
    penalty_lead,
    send,
    sign,
    tell,
)
from tests.domain.story import LN_A, LN_A_SCOPE, LN_B, REGION, Story, day, refused, registered

REQUIREMENTS = ("查清收费人数和金额", "退还所收费用")


def filed() -> tuple[Story, str, str]:
    """A case on the penalty lead; the story, the lead and the case."""
    story, _, lead = penalty_lead()
    file(story.on("2025-02-14"), leads=(lead,))
    return story, lead, story.of(CaseFiled)[0].fact.case_id


def close(story: Story, case: str, *leads: str) -> Recorded[Any]:
    """The case is closed, as its organ would record it."""
    fact = CaseClosed(
        case_id=case,
        subject_id=LN_A,
        outcome=CaseOutcome.PENALISED,
        closed_on=day("2025-03-10"),
        leads=leads,
        reason="处罚决定已履行",
    )
    return tell(story.on("2025-03-10"), "HRSS_INSP", case_of(case), fact)


def supervise(
    story: Story, about: str, organ: str = "HRSS", at: str = PROVINCE, **data: Any
) -> Any:
    return story.give(
        organ,
        "ListForSupervision",
        at=at,
        **{
            "about": about,
            "organisation": LN_A,
            "responsible_organ": "HRSS_INSP",
            "requirements": REQUIREMENTS,
            **data,
        },
    )


def release(story: Story, about: str, organ: str = "HRSS", at: str = PROVINCE) -> list[Fact]:
    return story.give(organ, "ReleaseFromSupervision", at=at, about=about, proofs=REQUIREMENTS)


def test_the_province_lists_a_county_case_with_a_term_of_its_own() -> None:
    story, _, case = filed()
    (listed,) = supervise(story.on("2025-03-11"), case)
    assert isinstance(listed, CaseSupervisionChanged)
    assert (listed.action, listed.responsible_region) == (SupervisionAction.LISTED, REGION)
    assert listed.due == day("2025-04-23")
    assert len({one.matter for one in story.facts}) == 1


def test_a_listing_is_released_when_each_requirement_is_proved() -> None:
    story, _, case = filed()
    supervise(story, case)
    refused(
        "RequirementsNotProved",
        lambda: story.give(
            "HRSS", "ReleaseFromSupervision", at=PROVINCE, about=case, proofs=("已查清",)
        ),
    )
    (released,) = release(story, case)
    assert isinstance(released, CaseSupervisionChanged)
    assert released.proofs == REQUIREMENTS
    refused("NotUnderSupervision", lambda: release(story, case))
    supervise(story, case)


def test_province_city_and_coordinating_office_may_each_list_and_release_only_their_own() -> None:
    story, _, case = filed()
    supervise(story, case)
    refused("AlreadyUnderSupervision", lambda: supervise(story, case))
    refused("NotUnderSupervision", lambda: release(story, case, at=CITY))
    refused("NotUnderSupervision", lambda: release(story, case, "HRSS_MKT"))
    supervise(story, case, at=CITY)
    supervise(story, case, "LGO", REGION)
    release(story, case, at=CITY)
    refused("AlreadyUnderSupervision", lambda: supervise(story, case))


def test_an_equal_lists_nothing() -> None:
    story, _, case = filed()
    refused("NotSuperiorOfResponsible", lambda: supervise(story, case, at=REGION))
    refused("NotSuperiorOfResponsible", lambda: supervise(story, case, at="210200"))


def test_a_superior_of_another_system_lists_nothing_and_the_organ_in_charge_answers() -> None:
    story, _, case = filed()
    refused("NotSuperiorOfResponsible", lambda: supervise(story, case, "SAMR"))
    refused("ResponsibleNotInCharge", lambda: supervise(story, case, responsible_organ="SAMR"))


def test_what_is_unknown_closed_or_about_another_is_not_listed() -> None:
    story, lead, case = filed()
    refused("SupervisedUnknown", lambda: supervise(story, "CS-NONE"))
    refused("SupervisedSubjectDiffers", lambda: supervise(story, case, organisation=LN_B))
    refused("OrganCannotReceiveLeads", lambda: supervise(story, case, responsible_organ="AGENCY"))
    supervise(story, lead)
    close(story, case, lead)
    refused("SupervisedAlreadyClosed", lambda: supervise(story, case))


def dispose_by_case(story: Story, case: str, *leads: str) -> list[Fact]:
    actor = Post(
        id="AUTO:LEAD-DISPOSED@HRSS_INSP",
        organ="HRSS_INSP",
        region=REGION,
        appointment="rule",
        automatic=True,
    )
    return story.decide("DisposeLeadsOfCase", actor, {"case": case, "leads": leads})


def test_a_closed_case_disposes_of_the_leads_it_names_once() -> None:
    story, lead, case = filed()
    refused("CaseClosingUnknown", lambda: dispose_by_case(story, case, lead))
    close(story, case, lead)
    (disposed,) = dispose_by_case(story, case, lead, lead, "LD-NONE")
    assert isinstance(disposed, LeadDisposed)
    assert (disposed.lead_id, disposed.basis) == (lead, case)
    assert disposed.outcome is Disposal.CASE_CLOSED
    assert dispose_by_case(story, case, lead) == []


def test_a_closed_case_leaves_leads_alone_that_it_does_not_name() -> None:
    story, lead, case = filed()
    other = send(story, "SAMR", "HRSS_INSP", LeadKind.PENALTY_LEAD)
    sign(story, "HRSS_INSP", other)
    close(story, case, lead)
    assert dispose_by_case(story, case, other) == []


def test_the_outcome_runs_back_along_the_chain_of_senders() -> None:
    story, first, lead = penalty_lead()
    file(story.on("2025-02-14"), leads=(lead,))
    case = story.of(CaseFiled)[0].fact.case_id
    refused(
        "CaseNotYetClosed",
        lambda: dispose(story, "HRSS_MKT", first, Disposal.CASE_CLOSED, basis=case),
    )
    close(story, case, lead)
    dispose_by_case(story, case, lead)
    for sender, receiver, about in (
        ("HRSS_INSP", "HRSS_MKT", lead),
        ("HRSS_MKT", "CAC", first),
    ):
        if about == first:
            dispose(story, "HRSS_MKT", first, Disposal.CASE_CLOSED, basis=case)
        notice = send(
            story,
            sender,
            receiver,
            LeadKind.OUTCOME_NOTICE,
            about=about,
            outcome=Disposal.CASE_CLOSED,
        )
        sign(story, receiver, notice)
    assert len({one.matter for one in story.facts if one.type.startswith("lead.")}) == 1


def test_a_notice_of_another_department_is_a_basis_where_its_case_is_not_known() -> None:
    story = Story().on("2023-04-10")
    lead = send(story, "TWN", "DRC", at="210103001", to_region=REGION)
    sign(story, "DRC", lead)
    assess(story, "DRC", lead, "V-FUL-01")
    request = send(story, "DRC", "SAMR", LeadKind.REQUEST_TO_DEAL, about=lead)
    sign(story, "SAMR", request)
    assess(story, "SAMR", request, "V-FUL-01")
    dispose(story, "SAMR", request)
    notice = send(
        story,
        "SAMR",
        "DRC",
        LeadKind.OUTCOME_NOTICE,
        about=request,
        outcome=Disposal.CORRECTED,
    )
    dispose(story, "DRC", lead, Disposal.CASE_CLOSED, basis=notice)
    assert len(story.of(LeadDisposed)) == 2


def grave(story: Story, severity: Severity = Severity.SERIOUS) -> str:
    finding = ViolationFound(
        finding_id="F-1",
        code="V-CON-08",
        severity=severity,
        subject_id=LN_A,
        about="CS-1",
        facts=("收取费用",),
        act_from=day("2025-01-10"),
    )
    tell(story, "HRSS_INSP", findings_of(LN_A), finding)
    return finding.finding_id


def asked_to_revoke() -> tuple[Story, str]:
    story = registered(LN_A, LN_A_SCOPE, "2024-12-03").on("2025-03-05")
    request = send(
        story,
        "HRSS_INSP",
        "SAMR",
        LeadKind.REVOCATION_REQUEST,
        about=grave(story),
        codes=("V-CON-08",),
    )
    return story, request


def revoke(story: Story, request: str | None, **data: Any) -> list[Fact]:
    return story.give(
        "SAMR",
        "ChangeRegistration",
        **{
            "organisation": LN_A,
            "change": RegistrationChange.BUSINESS_LICENCE_REVOKED,
            "request": request,
            **data,
        },
    )


def test_a_revocation_names_the_request_it_answers_and_disposes_of_it() -> None:
    story, request = asked_to_revoke()
    refused("RevocationRequestUnknown", lambda: revoke(story, request))
    sign(story, "SAMR", request)
    assess(story, "SAMR", request, "V-CON-08")
    changed, disposed = revoke(story, request)
    assert isinstance(changed, SubjectRegistrationChanged)
    assert changed.request == request
    assert isinstance(disposed, LeadDisposed)
    assert disposed.outcome is Disposal.REGISTRATION_CHANGED
    sent = story.of(LeadTransferred)[0]
    assert story.of(LeadDisposed)[0].matter == sent.matter


def test_a_minor_finding_asks_for_no_revocation() -> None:
    story = Story().on("2025-03-05")
    finding = grave(story, Severity.GENERAL)
    refused(
        "RevocationNeedsGraveGround",
        lambda: send(story, "HRSS_INSP", "SAMR", LeadKind.REVOCATION_REQUEST, about=finding),
    )


def test_another_change_answers_no_request() -> None:
    story, request = asked_to_revoke()
    refused(
        "RequestOnlyForRevocation",
        lambda: revoke(story, request, change=RegistrationChange.NAME, after="沈阳新名"),
    )


def test_a_revocation_answers_no_lead_of_another_kind() -> None:
    story, lead = assessed()
    story.give("SAMR", "RegisterOrganisation", organisation=LN_A, name="沈阳虚例", scope=LN_A_SCOPE)
    refused("RevocationRequestUnknown", lambda: revoke(story, lead))
    revoke(story, None)
