"""Leads between organs: sent, signed for or returned, assessed, passed on, disposed, told back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.departments import ORGANS
from domain.errors import Refusal
from domain.lead.channels import CANNOT_RECEIVE, CHANNELS
from domain.lead.facts import (
    Assessment,
    Disposal,
    LeadAssessed,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    LeadSource,
    LeadTransferred,
    Stage,
    receipt_of,
    stream_of,
)
from domain.lead.state import Lead, LeadState, fold
from tests.domain.leads import (
    CITY,
    PROVINCE,
    SUMMARY,
    TOWN,
    assess,
    assessed,
    dispose,
    penalty_lead,
    send,
    send_back,
    sign,
)
from tests.domain.story import LN_B, REGION, Story, day, refused


def lead_of(story: Story, lead: str) -> Lead:
    found = fold(one for one in story.facts if one.stream in (stream_of(lead), receipt_of(lead)))
    assert found is not None
    return found


def state_of(story: Story, lead: str) -> LeadState:
    return lead_of(story, lead).state


def test_a_lead_is_sent_signed_for_and_assessed_between_two_departments() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_MKT")
    assert state_of(story, lead) is LeadState.TRANSFERRED
    sign(story.on("2025-02-11"), "HRSS_MKT", lead)
    assert state_of(story, lead) is LeadState.RECEIPTED
    (judged,) = assess(story.on("2025-02-13"), "HRSS_MKT", lead, "V-LIC-04")
    assert isinstance(judged, LeadAssessed)
    assert (judged.online, judged.assigned_to) == (True, ("HRSS_MKT",))
    assert state_of(story, lead) is LeadState.ASSESSED
    assert {one.department for one in story.facts} == {"cac", "hr"}


def test_a_penalty_lead_within_one_department_is_signed_for_like_any_other() -> None:
    story, first, lead = penalty_lead()
    assert state_of(story, lead) is LeadState.RECEIPTED
    assert len({one.matter for one in story.facts}) == 1, (first, lead)
    receipt = story.of(LeadReceipted)[-1]
    assert (receipt.fact.organ, receipt.fact.from_organ) == ("HRSS_INSP", "HRSS_MKT")


def test_one_lead_may_open_further_leads_in_several_departments_and_stays_one_matter() -> None:
    story, first = assessed()
    for organ, kind in (
        ("HRSS_INSP", LeadKind.PENALTY_LEAD),
        ("SAMR", LeadKind.PENALTY_LEAD),
        ("PSB", LeadKind.PUBLIC_ORDER),
    ):
        lead = send(story, "HRSS_MKT", organ, kind, about=first)
        sign(story, organ, lead)
    assert len({one.matter for one in story.facts}) == 1


def test_a_lead_about_nothing_known_opens_a_matter_of_its_own() -> None:
    story = Story().on("2025-02-10")
    send(story, "CAC", "HRSS_MKT")
    send(story, "CAC", "HRSS_MKT")
    assert len({one.matter for one in story.facts}) == 2


def test_a_lead_stands_on_record_in_the_territory_that_deals_with_it() -> None:
    story = Story().on("2025-02-10")
    send(story, "HRSS_INSP", "HRSS_INSP", LeadKind.UPWARD, to_region=PROVINCE, major=True)
    assert story.facts[-1].region == PROVINCE


def test_an_assessment_without_anything_to_do_closes_the_lead_in_the_same_act() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_MKT")
    sign(story, "HRSS_MKT", lead)
    facts = assess(story, "HRSS_MKT", lead)
    assert [type(one) for one in facts] == [LeadAssessed, LeadDisposed]
    assert state_of(story, lead) is LeadState.CLOSED_NO_ACTION


def test_a_returned_lead_is_sent_again_to_the_organ_it_names() -> None:
    story = Story().on("2023-04-10")
    lead = send(story, "TWN", "SAMR", at=TOWN, to_region=REGION)
    send_back(story, "SAMR", lead, "DRC")
    assert state_of(story, lead) is LeadState.RETURNED
    again = send(story, "TWN", "DRC", at=TOWN, to_region=REGION, lead=lead)
    assert again == lead
    assert lead_of(story, lead).sent.round == 2
    sign(story, "DRC", lead)
    assert state_of(story, lead) is LeadState.RECEIPTED


def test_a_lead_may_be_returned_for_the_same_organ_of_another_territory() -> None:
    story = Story().on("2025-02-10")
    lead = send(story, "CAC", "HRSS_INSP")
    (receipt,) = send_back(story, "HRSS_INSP", lead, "HRSS_INSP", returned_region="210102")
    assert isinstance(receipt, LeadReceipted)
    assert receipt.returned_region == "210102"


def returned_twice() -> tuple[Story, str]:
    story = Story().on("2023-04-10")
    lead = send(story, "TWN", "SAMR", at=TOWN, to_region=REGION)
    send_back(story, "SAMR", lead, "DRC")
    send(story, "TWN", "DRC", at=TOWN, to_region=REGION, lead=lead)
    send_back(story, "DRC", lead, "PSB")
    return story, lead


def test_after_two_returns_the_coordinating_office_designates_and_nobody_returns_it() -> None:
    story, lead = returned_twice()
    refused(
        "ReturnedTwice",
        lambda: send(story, "TWN", "PSB", at=TOWN, to_region=REGION, lead=lead),
    )
    send(story, "TWN", "LGO", at=TOWN, to_region=REGION, lead=lead)
    sign(story, "LGO", lead)
    send(
        story,
        "LGO",
        "DRC",
        LeadKind.ASSIGNMENT,
        stage=Stage.COORDINATE,
        lead=lead,
        due=day("2023-04-28"),
    )
    assert state_of(story, lead) is LeadState.COORDINATED
    assert lead_of(story, lead).sent.designated
    refused("DesignatedNotReturned", lambda: send_back(story, "DRC", lead, "SAMR"))
    sign(story, "DRC", lead)
    assert state_of(story, lead) is LeadState.RECEIPTED


def test_after_two_returns_a_superior_may_designate_where_there_is_no_leading_group() -> None:
    story, lead = returned_twice()
    send(story, "TWN", "HRSS", LeadKind.UPWARD, at=TOWN, to_region=CITY, lead=lead)
    sign(story, "HRSS", lead, at=CITY)
    send(
        story,
        "HRSS",
        "DRC",
        LeadKind.ASSIGNMENT,
        at=CITY,
        to_region=REGION,
        lead=lead,
        due=day("2023-04-28"),
    )
    sign(story, "DRC", lead)
    assert lead_of(story, lead).sent.due == day("2023-04-28")


def test_a_receiver_passes_a_lead_on_and_its_own_duty_ends() -> None:
    story, lead = assessed()
    send(story, "HRSS_MKT", "HRSS_INSP", LeadKind.PENALTY_LEAD, lead=lead)
    assert state_of(story, lead) is LeadState.TRANSFERRED
    refused("NotReceiverOfLead", lambda: dispose(story, "HRSS_MKT", lead))
    sign(story, "HRSS_INSP", lead)
    assert lead_of(story, lead).sent.round == 2


def test_the_sender_is_told_what_became_of_its_lead() -> None:
    story, lead = assessed()
    dispose(story, "HRSS_MKT", lead)
    notice = send(
        story, "HRSS_MKT", "CAC", LeadKind.OUTCOME_NOTICE, about=lead, outcome=Disposal.CORRECTED
    )
    assert not story.of(LeadTransferred)[-1].fact.report_back
    sign(story, "CAC", notice)
    refused("NoticeNeedsNoAct", lambda: assess(story, "CAC", notice, "V-LIC-04"))
    refused(
        "NoticeNeedsNoAct",
        lambda: send_back(story, "CAC", told(story, lead, outcome=Disposal.CORRECTED), "SAMR"),
    )


def test_the_first_check_is_recorded_by_finder_or_receiver_once_each() -> None:
    story = Story().on("2023-04-10")
    lead = send(story, "TWN", "DRC", at=TOWN, to_region=REGION, passports_held=True, persons=6)
    story.give("TWN", "CheckBackground", at=TOWN, lead=lead, result="经营场所为出租房，无执照")
    story.give("DRC", "CheckBackground", lead=lead, result="未取得对外劳务合作经营资格")
    refused(
        "BackgroundAlreadyChecked",
        lambda: story.give("DRC", "CheckBackground", lead=lead, result="再次核查"),
    )


def assigned() -> tuple[Story, str]:
    story = Story().on("2025-02-10")
    lead = send(
        story,
        "HRSS_INSP",
        "HRSS_INSP",
        LeadKind.ASSIGNMENT,
        at=PROVINCE,
        to_region=REGION,
        due=day("2025-03-10"),
    )
    return story, lead


def unsigned() -> tuple[Story, str]:
    story = Story().on("2025-02-10")
    return story, send(story, "CAC", "HRSS_MKT")


def signed() -> tuple[Story, str]:
    story, lead = unsigned()
    sign(story, "HRSS_MKT", lead)
    return story, lead


def told(story: Story, lead: str, to: str = "CAC", **data: Any) -> str:
    return send(story, "HRSS_MKT", to, LeadKind.OUTCOME_NOTICE, about=lead, **data)


def disposed() -> tuple[Story, str]:
    story, lead = assessed()
    dispose(story, "HRSS_MKT", lead)
    return story, lead


Act = Callable[[Story, str], Any]
LEAD_CASES: tuple[tuple[str, Callable[[], tuple[Story, str]], Act], ...] = (
    ("NoSuchOrgan", unsigned, lambda s, _: send(s, "CAC", "NOBODY")),
    ("OrganCannotReceiveLeads", unsigned, lambda s, _: send(s, "CAC", "AGENCY")),
    ("LeadToItself", unsigned, lambda s, _: send(s, "CAC", "CAC")),
    (
        "KindNotForSender",
        unsigned,
        lambda s, _: send(s, "TWN", "SAMR", LeadKind.REQUEST_TO_DEAL, at=TOWN, to_region=REGION),
    ),
    ("KindNotForSender", unsigned, lambda s, _: send(s, "LGO", "SAMR", LeadKind.PENALTY_LEAD)),
    ("KindNotForReceiver", unsigned, lambda s, _: send(s, "CAC", "SAMR", LeadKind.PUBLIC_ORDER)),
    (
        "KindNotForReceiver",
        unsigned,
        lambda s, _: send(s, "CAC", "HRSS_MKT", LeadKind.PENALTY_LEAD),
    ),
    ("NotUpward", unsigned, lambda s, _: send(s, "CAC", "HRSS", LeadKind.UPWARD)),
    (
        "NotDownward",
        unsigned,
        lambda s, _: send(s, "CAC", "HRSS", LeadKind.ASSIGNMENT, due=day("2025-03-01")),
    ),
    (
        "CoordinationNotItsTask",
        unsigned,
        lambda s, _: send(s, "CAC", "HRSS_MKT", stage=Stage.COORDINATE),
    ),
    ("CodeNotInCatalogue", unsigned, lambda s, _: send(s, "CAC", "HRSS_MKT", codes=("V-XXX-99",))),
    (
        "AssignmentNeedsTerm",
        unsigned,
        lambda s, _: send(s, "LGO", "DRC", LeadKind.ASSIGNMENT),
    ),
    (
        "AssignmentTermPassed",
        unsigned,
        lambda s, _: send(s, "LGO", "DRC", LeadKind.ASSIGNMENT, due=day("2025-02-09")),
    ),
    (
        "TermOnlyForAssignment",
        unsigned,
        lambda s, _: send(s, "CAC", "DRC", due=day("2025-03-01")),
    ),
    ("LeadGroundUnknown", unsigned, lambda s, _: send(s, "CAC", "DRC", about="LD-NONE")),
    ("LeadUnknown", unsigned, lambda s, _: send(s, "CAC", "DRC", lead="LD-NONE")),
    (
        "LeadSubjectDiffers",
        signed,
        lambda s, lead: send(s, "HRSS_MKT", "SAMR", lead=lead, organisation=LN_B),
    ),
    ("LeadNotSignedFor", unsigned, lambda s, lead: send(s, "CAC", "DRC", lead=lead)),
    ("NotHolderOfLead", signed, lambda s, lead: send(s, "CAC", "DRC", lead=lead)),
    (
        "SentBackToReturner",
        unsigned,
        lambda s, lead: (
            send_back(s, "HRSS_MKT", lead, "SAMR"),
            send(s, "CAC", "HRSS_MKT", lead=lead),
        ),
    ),
    ("OutcomeMissing", disposed, told),
    ("OutcomeMissing", disposed, lambda s, _: send(s, "HRSS_MKT", "CAC", LeadKind.OUTCOME_NOTICE)),
    ("OutcomeOnlyInNotice", unsigned, lambda s, _: send(s, "CAC", "DRC", outcome=Disposal.REFUSED)),
    (
        "OutcomeNotReached",
        assessed,
        lambda s, lead: told(s, lead, outcome=Disposal.CORRECTED),
    ),
    ("OutcomeDiffers", disposed, lambda s, lead: told(s, lead, outcome=Disposal.NO_ACTION)),
    (
        "NoticeGoesToSender",
        disposed,
        lambda s, lead: told(s, lead, "SAMR", outcome=Disposal.CORRECTED),
    ),
    (
        "RevocationNeedsGraveGround",
        assessed,
        lambda s, lead: send(s, "HRSS_MKT", "SAMR", LeadKind.REVOCATION_REQUEST, about=lead),
    ),
    ("LeadUnknown", unsigned, lambda s, _: sign(s, "HRSS_MKT", "LD-NONE")),
    ("NotReceiverOfLead", unsigned, lambda s, lead: sign(s, "HRSS_INSP", lead)),
    ("NotReceiverOfLead", unsigned, lambda s, lead: sign(s, "HRSS_MKT", lead, at="210102")),
    ("LeadAlreadyReceipted", signed, lambda s, lead: sign(s, "HRSS_MKT", lead)),
    (
        "ReturnNeedsCompetentOrgan",
        unsigned,
        lambda s, lead: send_back(s, "HRSS_MKT", lead, None),  # type: ignore[arg-type]
    ),
    ("ReturnedToOneself", unsigned, lambda s, lead: send_back(s, "HRSS_MKT", lead, "HRSS_MKT")),
    (
        "OrganCannotReceiveLeads",
        unsigned,
        lambda s, lead: send_back(s, "HRSS_MKT", lead, "ASSOC"),
    ),
    (
        "AcceptanceNamesNoOther",
        unsigned,
        lambda s, lead: s.give("HRSS_MKT", "ReceiptLead", lead=lead, returned_to="SAMR"),
    ),
    (
        "DesignatedNotReturned",
        assigned,
        lambda s, lead: send_back(s, "HRSS_INSP", lead, "SAMR"),
    ),
    ("LeadNotSignedFor", unsigned, lambda s, lead: assess(s, "HRSS_MKT", lead, "V-LIC-04")),
    ("LeadAlreadyAssessed", assessed, lambda s, lead: assess(s, "HRSS_MKT", lead, "V-LIC-04")),
    ("CodeNotInCatalogue", signed, lambda s, lead: assess(s, "HRSS_MKT", lead, "V-XXX-99")),
    (
        "HandlingNeedsCode",
        signed,
        lambda s, lead: s.give("HRSS_MKT", "AssessLead", lead=lead, grounds="待处理"),
    ),
    (
        "CrimeNeedsHandling",
        signed,
        lambda s, lead: s.give(
            "HRSS_MKT",
            "AssessLead",
            lead=lead,
            crime_suspected=True,
            assessment=Assessment.NO_ACTION,
            grounds="涉嫌诈骗",
        ),
    ),
    ("LeadNotAssessed", signed, lambda s, lead: dispose(s, "HRSS_MKT", lead)),
    (
        "DisposalBasisUnknown",
        assessed,
        lambda s, lead: dispose(s, "HRSS_MKT", lead, Disposal.CASE_CLOSED, basis="CS-NONE"),
    ),
    (
        "DisposalBasisUnknown",
        assessed,
        lambda s, lead: dispose(s, "HRSS_MKT", lead, Disposal.REFERRED, basis="RF-NONE"),
    ),
    ("LeadAlreadyDisposed", disposed, lambda s, lead: dispose(s, "HRSS_MKT", lead)),
    (
        "LeadAlreadyDisposed",
        disposed,
        lambda s, lead: s.give("HRSS_MKT", "CheckBackground", lead=lead, result="已核查"),
    ),
    ("LeadAlreadyDisposed", disposed, lambda s, lead: send(s, "HRSS_MKT", "SAMR", lead=lead)),
    (
        "NotReceiverOfLead",
        unsigned,
        lambda s, lead: s.give("PSB", "CheckBackground", lead=lead, result="已核查"),
    ),
)


@pytest.mark.parametrize(
    ("rule", "before", "act"), LEAD_CASES, ids=[f"{i}-{one[0]}" for i, one in enumerate(LEAD_CASES)]
)
def test_what_breaks_a_rule_of_leads_is_refused_by_its_name(
    rule: str, before: Callable[[], tuple[Story, str]], act: Act
) -> None:
    story, lead = before()
    refused(rule, lambda: act(story, lead))


ORGAN = st.sampled_from(sorted(ORGANS))


@given(sender=ORGAN, receiver=ORGAN, kind=st.sampled_from(list(LeadKind)))
def test_no_lead_reaches_an_office_that_cannot_receive_it_and_no_kind_leaves_its_channel(
    sender: str, receiver: str, kind: LeadKind
) -> None:
    story = Story().on("2025-02-10")
    try:
        send(story, sender, receiver, kind, source=LeadSource.MEDIA, summary=SUMMARY)
    except Refusal:
        return
    row = CHANNELS[kind]
    assert receiver not in CANNOT_RECEIVE
    assert sender not in CANNOT_RECEIVE
    assert row.senders is None or sender in row.senders
    assert row.receivers is None or receiver in row.receivers
