"""Stories about leads that several tests begin with."""

from __future__ import annotations

from typing import Any

from domain.commands import Decided
from domain.departments import node_of
from domain.facts import Fact, Recorded
from domain.lead.facts import (
    Assessment,
    Disposal,
    LeadKind,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
)
from tests.domain.story import LN_A, REGION, Story, post

PROVINCE = "210000"
CITY = "210100"
TOWN = "210103001"
SUMMARY = "公众号以内部推荐为名介绍工作并收费"


def send(
    story: Story,
    organ: str,
    to: str,
    kind: LeadKind = LeadKind.DISCOVERY,
    *,
    at: str = REGION,
    **data: Any,
) -> str:
    """Sends a lead about LN-A and gives its id."""
    asked: dict[str, Any] = {
        "kind": kind,
        "source": LeadSource.MONITORING,
        "to_organ": to,
        "organisation": LN_A,
        "summary": SUMMARY,
        **data,
    }
    (sent,) = story.give(organ, "TransferLead", at=at, **asked)
    assert isinstance(sent, LeadTransferred)
    return sent.lead_id


def sign(story: Story, organ: str, lead: str, *, at: str = REGION) -> list[Fact]:
    """Signs for a lead."""
    return story.give(organ, "ReceiptLead", at=at, lead=lead)


def send_back(
    story: Story, organ: str, lead: str, competent: str, *, at: str = REGION, **data: Any
) -> list[Fact]:
    """Returns a lead and names the competent organ."""
    return story.give(
        organ,
        "ReceiptLead",
        at=at,
        lead=lead,
        outcome=ReceiptOutcome.RETURNED,
        returned_to=competent,
        reason="不属本机关职权",
        **data,
    )


def assess(
    story: Story, organ: str, lead: str, *codes: str, at: str = REGION, **data: Any
) -> list[Fact]:
    """Assesses a lead to be dealt with, or closes it without codes."""
    return story.give(
        organ,
        "AssessLead",
        at=at,
        lead=lead,
        codes=codes,
        assessment=Assessment.HANDLE if codes else Assessment.NO_ACTION,
        grounds="经核对公众号内容与收费记录",
        **data,
    )


def assessed(day: str = "2025-02-10") -> tuple[Story, str]:
    """网信's lead about LN-A, signed for and assessed by 人社 as unlicensed online recruitment."""
    story = Story().on(day)
    lead = send(story, "CAC", "HRSS_MKT")
    sign(story, "HRSS_MKT", lead)
    assess(story, "HRSS_MKT", lead, "V-LIC-04")
    return story, lead


def penalty_lead(day: str = "2025-02-13") -> tuple[Story, str, str]:
    """人社's market supervision handed the lead to labour inspection, which signed for it."""
    story, first = assessed(day)
    lead = send(
        story,
        "HRSS_MKT",
        "HRSS_INSP",
        LeadKind.PENALTY_LEAD,
        stage=Stage.DISPOSE,
        about=first,
        codes=("V-LIC-04",),
    )
    sign(story, "HRSS_INSP", lead)
    return story, first, lead


def dispose(
    story: Story, organ: str, lead: str, outcome: Disposal = Disposal.CORRECTED, **data: Any
) -> list[Fact]:
    """Disposes of a lead."""
    return story.give(organ, "DisposeLead", lead=lead, outcome=outcome, **{"basis": "O-1", **data})


def tell(story: Story, organ: str, stream: str, fact: Fact, matter: str = "M-1") -> Recorded[Any]:
    """Puts a fact on record as its owner would have."""
    decided = Decided(stream=stream, fact=fact, subject=LN_A, matter=matter, region=REGION)
    story.commands_given += 1
    node = node_of(organ).id
    story._record(
        decided, 0, post(organ), node, REGION, f"C{story.commands_given}", "LinkMatters", None
    )
    return story.facts[-1]
