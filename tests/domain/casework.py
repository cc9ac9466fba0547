"""Histories of complaints and cases: what a test of the casework begins with."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.commands import Decided
from domain.complaint.facts import Channel, ComplaintKind, ComplaintOutcome
from domain.departments import node_of
from domain.enforcement.facts import (
    CaseFiled,
    Measure,
    MeasureKind,
    PenaltyDecided,
    PenaltyServed,
    ServiceMethod,
)
from domain.facts import Fact
from tests.domain.story import LN_A, Story, day, post

OFFICERS = ("21010300123", "21010300124")


def complained(story: Story | None = None, **data: Any) -> tuple[Story, str]:
    """A worker complains of a fee for 内部推荐; the story and the complaint's id."""
    story = story or Story().on("2025-02-12")
    facts: list[Any] = list(
        story.give(
            "HRSS_INSP",
            "RegisterComplaint",
            **{
                "kind": ComplaintKind.COMPLAINT,
                "channel": Channel.VISIT,
                "organisation": LN_A,
                "about_what": "以内部推荐名义收取费用",
                "amount_fen": 3_800_000,
                "codes": ("V-CON-08",),
                "act_from": day("2025-01-05"),
                **data,
            },
        )
    )
    return story, facts[0].complaint_id


def decide(story: Story, complaint: str, outcome: ComplaintOutcome, **data: Any) -> Any:
    """The inspection decides on a complaint about LN-A."""
    return story.give(
        "HRSS_INSP",
        "DecideComplaint",
        **{"organisation": LN_A, "complaint": complaint, "outcome": outcome, **data},
    )


def accepted(**data: Any) -> tuple[Story, str]:
    """A complaint accepted on 2025-02-14."""
    story, complaint = complained(**data)
    decide(story.on("2025-02-14"), complaint, ComplaintOutcome.ACCEPTED)
    return story, complaint


def file(story: Story, organ: str = "HRSS_INSP", **data: Any) -> Any:
    """A case about LN-A is filed."""
    return story.give(
        organ,
        "FileCase",
        **{"organisation": LN_A, "codes": ("V-LIC-04", "V-CON-08"), "officers": OFFICERS, **data},
    )


def filed(**data: Any) -> tuple[Story, str]:
    """A case filed on an accepted complaint on 2025-02-14."""
    story, complaint = accepted()
    file(story, complaints=(complaint,), **data)
    return story, story.of(CaseFiled)[-1].fact.case_id


def act(story: Story, command: str, case: str, /, **data: Any) -> Any:
    """The inspection acts on its case."""
    return story.give("HRSS_INSP", command, case=case, **data)


def given_fact(
    story: Story, organ: str, stream: str, fact: Fact, *, subject: str, matter: str
) -> None:
    """Puts a fact of another part of the story on record, as its owner would."""
    story.commands_given += 1
    actor = post(organ)
    story._record(
        Decided(stream=stream, subject=subject, matter=matter, fact=fact),
        0,
        actor,
        node_of(organ).id,
        actor.region,
        f"C{story.commands_given}",
        "given",
        None,
    )


def revoking(story: Story, subject: str, counts_from: date) -> str:
    """A decision that revokes the subject's licence is on record and served; its id."""
    case, decision = "CASE-1", "CASE-1.PD-1"
    filed_fact = CaseFiled(
        case_id=case,
        subject_id=subject,
        parties=(subject,),
        codes=("V-CON-08",),
        filed_on=counts_from,
        officers=OFFICERS,
        labour=True,
    )
    decided = PenaltyDecided(
        decision_id=decision,
        case_id=case,
        subject_id=subject,
        decision_no="沈河人社罚字〔2025〕第1号",
        measures=(
            Measure(
                kind=MeasureKind.REVOKE_PERMIT,
                code="V-CON-08",
                basis="人力资源市场暂行条例第43条",
            ),
        ),
        fine_fen=0,
        confiscated_fen=0,
        codes=("V-CON-08",),
        decided_on=counts_from,
        law_of=counts_from,
        reason="情节严重",
    )
    served = PenaltyServed(
        case_id=case,
        decision_id=decision,
        subject_id=subject,
        served_on=counts_from,
        method=ServiceMethod.DIRECT,
    )
    for fact in (filed_fact, decided, served):
        given_fact(story, "HRSS_INSP", f"case/{case}", fact, subject=subject, matter="M-case")
    return decision
