"""Everything about one case that a page shows, gathered from the department's readers."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from domain.departments import NODES
from domain.document.files import may_open
from domain.document.templates import TEMPLATES
from domain.enforcement.facts import (
    CaseDiscussed,
    CaseReopened,
    HearingHeld,
    HearingNotified,
    LegalReviewDone,
    PenaltyNoticeServed,
)
from domain.enforcement.facts import stream_of as case_stream
from domain.enforcement.payments import TREASURY
from domain.enforcement.referred import settles
from domain.facts import FACTS, Recorded, instant
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.referral.facts import ReferralProposed, ReferralQuestionAnswered, questions_of
from domain.review.facts import DecisionOverturned, RemedyStepTaken
from domain.review.overturning import UNDOES
from domain.review.standing import corrections, standing
from gateways.contracts.envelope import fact_of
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.web.casework import files, words
from gateways.web.casework.acts import absent, acts, may
from gateways.web.casework.lists import terms_of
from gateways.web.inbox import names_of
from projections import casework, documents, labour_inspection, leads, received

NEXT: dict[str, tuple[str, ...]] = {
    "FILED": (
        "RecordViolation",
        "PreserveEvidence",
        "ConcludeInvestigation",
        "ProposeReferral",
        "AnswerReferralQuestion",
        "ExtendCasePeriod",
        "SuspendCase",
    ),
    "INVESTIGATED": (
        "ServePenaltyNotice",
        "ReviewLegality",
        "DiscussCase",
        "DecideHandling",
        "ProposeReferral",
        "CloseCase",
        "ExtendCasePeriod",
        "SuspendCase",
    ),
    "NOTIFIED": ("HearDefence", "RequestHearing", "ReviewLegality", "DiscussCase", "DecidePenalty"),
    "HEARING": ("NotifyHearing", "HoldHearing", "ReviewLegality", "DiscussCase", "DecidePenalty"),
    "DECIDED": ("ServePenalty",),
    "SERVED": (
        "RecordPerformance",
        "ApprovePublication",
        "DemandPerformance",
        "ApplyForEnforcement",
        "CloseCase",
    ),
    "PERFORMED": ("ApprovePublication", "CloseCase"),
    "CLOSED": ("ApprovePublication",),
    "REOPENED": ("RecordViolation", "ConcludeInvestigation", "SuspendCase"),
}
"""What is done next by the stage of a case; a case that rests is first resumed."""

RESTS_ON_DECISION = (
    "RecordPerformance",
    "ApprovePublication",
    "DemandPerformance",
    "ApplyForEnforcement",
    "ServePenalty",
)
"""What is done with a decision that stands, and not when all of them fell."""

PUBLISH_NEXT = {
    "APPROVED": ("RedactPublication", "PublishDecision"),
    "REDACTED": ("PublishDecision",),
    "PUBLISHED": ("WithdrawPublication",),
}


TOLD: dict[str, type[Any]] = {
    "notice": PenaltyNoticeServed,
    "hearing_notice": HearingNotified,
    "hearing": HearingHeld,
    "review": LegalReviewDone,
    "discussion": CaseDiscussed,
}
"""What the facts themselves tell beyond the case's row; of each kind the latest counts."""


def case_file(request: Request, identity: Identity, case_id: str) -> dict[str, Any]:
    """One case and all that belongs to it, as far as the post's organ may see it."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = casework.case(conn, case_id, on=instant(now).date())
        if found is None:
            raise absent(
                f"没有案件“{case_id}”，或本部门无权查看",
                f"There is no case “{case_id}” that this department may see",
                "UnknownCase",
            )
        events = [step["event_id"] for step in found["steps"]]
        terms = terms_of(conn, events, found["matter"], department=identity.department, now=now)
        penalties = [
            one | {"decided_as": received.of_event(conn, one["event_id"], fact_of).fact}
            for one in casework.penalties(conn, case_id=case_id)
        ]
        made: dict[str, Any] = {
            "parties": [one for one in (found["parties"] or found["subject"]).split(",") if one],
            "findings": (findings := _findings(conn, found)),
            "questions": _questions(conn, found, findings),
            "penalties": penalties,
            "remedies": _remedies(conn, found, [one["event_id"] for one in penalties]),
            "publications": casework.publications(conn, case_id=case_id),
            "referrals": casework.referrals(conn, about=case_id),
            "documents": _documents(conn, identity, case_id),
            "evidence": documents.evidence(conn, about=case_id)
            if found["owner"] == identity.department and _deals(request, identity)
            else [],
            "listings": casework.supervised(conn, about=case_id),
            "leads": [
                one
                for name in (found["leads"] or "").split(",")
                if name and (one := leads.lead(conn, name)) is not None
            ],
            "complaints": _complaints(request, identity, conn, case_id),
        }
        for one in made["evidence"]:
            one["href"] = files.address(request, conn, identity, one["sha256"], [])
        told = received.of_stream(conn, case_stream(case_id), fact_of)
        stood = standing(told, corrections(told))
        made["opened"] = files.of_facts(request, conn, identity, told)
        made["timeline"] = _timeline(
            found["steps"], [*files.facts_of(conn, found["steps"]), *told, *made["remedies"]]
        )
        named = names_of(conn, [found["subject"], *made["parties"]])
    own = found["owner"] == identity.department
    names = NEXT.get(found["stage"], ())
    if found["ground"]:
        names = ("ResumeCase",)
    fallen = _fallen(made["remedies"], stood)
    if penalties and all(one["state"] == "OVERTURNED" for one in penalties):
        names = tuple(name for name in names if name not in RESTS_ON_DECISION)
    if fallen:
        names = ("ReopenCase", *names)
    known = {
        "case": case_id,
        "about": case_id,
        "organisation": found["subject"],
        "findings": "\n".join(one.fact.finding_id for one in made["findings"]),
        "team": (found["officers"] or "").replace(",", "\n"),
        "referral": found["referral_id"],
        "overturned": fallen[0].id if fallen else None,
    }
    collects = identity.post.organ == TREASURY
    shown = names if own else tuple(one for one in names if collects and one == "RecordPerformance")
    for one in penalties:
        one["acts"] = _refund(request, identity, one) if own or collects else []
    for one in made["publications"]:
        one["acts"] = (
            acts(
                request,
                identity,
                PUBLISH_NEXT.get(one["state"], ()),
                case=case_id,
                publication=one["publication_id"],
            )
            if own
            else []
        )
    return {
        "case": found,
        "named": named,
        **made,
        "told": {name: _latest(stood, kind) for name, kind in TOLD.items()},
        "fallen": fallen,
        "terms": terms,
        "pauses": _pauses(found),
        "acts": acts(request, identity, shown, **known),
        "more": acts(request, identity, ("KeepEvidence", "ListForSupervision"), **known)
        if own and found["open"]
        else [],
        "words": words,
        "templates": TEMPLATES,
        "fact_names": FACTS,
        "now": now,
    }


def _findings(conn: Connection, found: dict[str, Any]) -> list[Any]:
    """The findings that the case rests on or that were made in it."""
    named = set((found["findings"] or "").split(","))
    told = received.of_stream(
        conn, findings_of(found["subject"]), fact_of, types=(ViolationFound.TYPE,)
    )
    return [
        one for one in told if one.fact.finding_id in named or one.fact.about == found["case_id"]
    ]


def _questions(
    conn: Connection, found: dict[str, Any], findings: list[Any]
) -> dict[str, words.Stand]:
    """How the referral question of each finding stands: to be asked, answered no, or proposed."""
    grounds = [found["case_id"]]
    for name in ("leads", "complaints", "findings"):
        grounds += [one for one in (found[name] or "").split(",") if one]
    grounds += [one.fact.about for one in findings]
    told: list[Recorded[Any]] = []
    for ground in dict.fromkeys(grounds):
        facts = received.of_stream(conn, questions_of(ground), fact_of)
        told += standing(facts, corrections(facts))
    stands = {}
    for finding in findings:
        if not finding.fact.question:
            continue
        about = [
            one
            for one in told
            if isinstance(one.fact, ReferralProposed | ReferralQuestionAnswered)
            and settles(one, finding)
        ]
        if not about:
            stand = words.QUESTION["OPEN"]
        elif any(isinstance(one.fact, ReferralProposed) for one in about):
            stand = words.QUESTION["PROPOSED"]
        else:
            stand = words.QUESTION["ANSWERED"]
        stands[finding.fact.finding_id] = stand
    return stands


def _remedies(conn: Connection, found: dict[str, Any], targets: list[str]) -> list[Any]:
    """The steps of review that attack the decisions of the case, and what came of them."""
    told = received.of_subject(
        conn, found["subject"], fact_of, types=(RemedyStepTaken.TYPE, DecisionOverturned.TYPE)
    )
    return [one for one in told if one.fact.target in targets]


def _latest(stood: tuple[Recorded[Any], ...], kind: type[Any]) -> Any:
    """The last standing fact of a kind, or None."""
    return next((one.fact for one in reversed(stood) if isinstance(one.fact, kind)), None)


def _fallen(remedies: list[Any], stood: tuple[Recorded[Any], ...]) -> list[Any]:
    """The reviews that undid a decision on which the case was not begun again."""
    reopened = {one.fact.overturned for one in stood if isinstance(one.fact, CaseReopened)}
    return [
        one
        for one in remedies
        if isinstance(one.fact, DecisionOverturned)
        and one.fact.result in UNDOES
        and one.id not in reopened
    ]


def _refund(request: Request, identity: Identity, penalty: dict[str, Any]) -> list[dict[str, str]]:
    """What was paid on a decision that fell is paid back."""
    penalty["refund_fen"] = penalty["paid_fen"] if penalty["state"] == "OVERTURNED" else 0
    if penalty["refund_fen"] <= 0:
        return []
    return acts(
        request,
        identity,
        ("RecordPerformance",),
        case=penalty["case_id"],
        decision=penalty["decision_id"],
        kind="REFUND",
    )


def _timeline(steps: list[dict[str, Any]], facts: list[Recorded[Any]]) -> list[dict[str, Any]]:
    """Every fact of the case and of its reviews, oldest first; the state where it moved."""
    states = {step["event_id"]: step["state"] for step in steps}
    line: list[dict[str, Any]] = []
    last = None
    for one in sorted({fact.id: fact for fact in facts}.values(), key=lambda fact: fact.order):
        state = states.get(one.id)
        on = one.effective if one.effective != one.recorded_on else None
        line.append(
            {"seen": one, "on": on, "state": state if state is not None and state != last else None}
        )
        last = state or last
    return line


def _documents(conn: Connection, identity: Identity, case_id: str) -> list[dict[str, Any]]:
    """The documents that the post may open: its own organ's, or those of its bureau's sections."""
    return [
        one
        for one in documents.documents(conn, about=case_id, owner=identity.department)
        if may_open(
            identity.post.organ,
            identity.post.region,
            str(one["drafted_by"] or "").split("@")[0].split(".")[0],
            one["region"],
        )
    ]


def _deals(request: Request, identity: Identity) -> bool:
    """Whether the post's organ deals with cases itself; the evidence of a case is for no other."""
    return any(may(request, identity, name) for name in ("FileCase", "DecideReferral"))


def _complaints(
    request: Request, identity: Identity, conn: Connection, case_id: str
) -> list[dict[str, Any]] | None:
    """The complaints joined to the case, for the organ that receives them; None for others."""
    if "labour_inspection" not in NODES[identity.department].projections or not may(
        request, identity, "RegisterComplaint"
    ):
        return None
    return labour_inspection.complaints(conn, case_id=case_id)


def _pauses(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Suspensions, resumptions and extensions of the terms, oldest first."""
    return [
        step["data"] | {"recorded": step["recorded"]}
        for step in found["steps"]
        if step["type"] == "case.period_changed.v1"
    ]
