"""The tables of cases, penalties, referrals, publications, supervised listings and documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text

from domain.enforcement.facts import PublicationChanged
from domain.facts import Recorded
from domain.lead.facts import CaseSupervisionChanged
from projections.case_life import (
    CASE_FIELDS,
    OVERTURNED,
    PENALTY_FIELDS,
    case_of,
    fold_case,
    fold_penalty,
)
from projections.referral_life import (
    OUTCOME_FIELDS,
    REFERRAL_FIELDS,
    fold_referral,
    referral_of,
    referral_table,
)
from projections.steps import Entity, Steps, steps_columns

METADATA = MetaData()


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger) for name in names]


def _flags(*names: str) -> list[Column[Any]]:
    return [Column(name, Boolean) for name in names]


CASES = Table(
    "casework_cases",
    METADATA,
    Column("case_id", Text, primary_key=True),
    *_texts("owner", "subject", "region", "matter", "state", "stage", "due", "runs"),
    *_texts("parties", "codes", "leads", "complaints", "findings", "officers", "procedure"),
    *_texts("filed_on", "act_from", "act_to", "ground", "suspended_on", "referral_id"),
    *_texts("concluded_on", "notified_on", "hearing_requested_on", "hearing_on"),
    *_texts("hearing_held_on", "legal_review", "decisions", "decided_on", "served_on"),
    *_texts("handled_on", "handling_due", "outcome", "closed_on", "close_reason"),
    *_flags("open", "labour", "serious", "complex", "hearing_right"),
    *_numbers("penalties", "fine_fen", "confiscated_fen", "paid_fen", "illegal_income_fen"),
    *_numbers("refund_due_fen", "persons", "wd_total", "cd_total", "filed", "moved"),
    *steps_columns(),
    Index("casework_cases_region", "region", "state", "due"),
    Index("casework_cases_subject", "subject"),
    Index("casework_cases_matter", "matter"),
)

PENALTIES = Table(
    "casework_penalties",
    METADATA,
    Column("decision_id", Text, primary_key=True),
    *_texts("owner", "case_id", "subject", "region", "matter", "state", "decision_no"),
    *_texts("measures", "codes", "decided_on", "event_id", "served_on", "method"),
    *_texts("demanded_on", "overturned_by", "result", "effect", "overturned_on", "document_no"),
    *_flags("publish"),
    *_numbers("fine_fen", "confiscated_fen", "paid_fen", "decided", "overturned"),
    *steps_columns(),
    Index("casework_penalties_region", "region", "state", "decided"),
    Index("casework_penalties_subject", "subject"),
    Index("casework_penalties_case", "case_id"),
)

REFERRALS = referral_table("casework_referrals", METADATA)

PUBLICATIONS = Table(
    "casework_publications",
    METADATA,
    Column("publication_id", Text, primary_key=True),
    *_texts("owner", "case_id", "decision_id", "subject", "region", "matter", "kind", "state"),
    *_texts("approved_on", "redacted_on", "published_on", "withdrawn_on", "channel"),
    *_texts("legal_basis", "text_sha256", "because"),
    *_numbers("moved"),
    *steps_columns(),
    Index("casework_publications_region", "region", "state", "moved"),
    Index("casework_publications_case", "case_id"),
)

SUPERVISED = Table(
    "casework_supervised",
    METADATA,
    Column("about", Text, primary_key=True),
    *_texts("listing_id", "owner", "subject", "region", "matter", "state"),
    *_texts("responsible_organ", "responsible_region", "requirements", "proofs", "due"),
    *_flags("public"),
    *_numbers("listed", "released"),
    *steps_columns(),
    Index("casework_supervised_region", "responsible_region", "state", "listed"),
    Index("casework_supervised_subject", "subject"),
)


def _publication(steps: Steps) -> dict[str, Any]:
    """A decision or exposure on its way: APPROVED, REDACTED, PUBLISHED, WITHDRAWN."""
    first = steps[0]
    found: dict[str, Any] = {
        "owner": first.department,
        "subject": first.subject,
        "region": first.region,
        "matter": first.matter,
        "moved": steps[-1].stamp,
        "text_sha256": None,
    }
    for name in ("channel", "legal_basis", "because"):
        found[name] = None
    for step in steps:
        data = step.data
        found.update(case_id=data["case_id"], kind=data["kind"], state=data["step"])
        found["decision_id"] = data["decision_id"] or found.get("decision_id")
        found[f"{data['step'].lower()}_on"] = data["on"]
        for name in ("channel", "legal_basis", "because"):
            found[name] = data[name] or found[name]
        if data["text"]:
            found["text_sha256"] = data["text"]["sha256"]
    return found


def fold_supervised(steps: Steps) -> dict[str, Any]:
    """The listing of one case or lead: LISTED or RELEASED; a later listing begins anew."""
    found: dict[str, Any] = {"listed": None, "released": None}
    for step in steps:
        data = step.data
        found.update(
            owner=step.department,
            subject=step.subject,
            region=step.region,
            matter=step.matter,
            state=data["action"],
            listing_id=data["listing_id"],
            responsible_organ=data["responsible_organ"],
            responsible_region=data["responsible_region"],
            due=data["due"],
            public=data["public"],
            proofs="；".join(data["proofs"]),
        )
        if data["action"] == "LISTED":
            found.update(listed=step.stamp, released=None)
            found["requirements"] = "；".join(data["requirements"])
        else:
            found["released"] = step.stamp
    return found


def _penalty_of(fact: Recorded[Any]) -> str | None:
    if fact.type == OVERTURNED and fact.fact.target_type != "case.penalty_decided.v1":
        return None
    return str(fact.fact.decision_id)


ENTITIES = (
    Entity(CASES, case_of, CASE_FIELDS, fold_case),
    Entity(PENALTIES, _penalty_of, PENALTY_FIELDS, fold_penalty),
    Entity(REFERRALS, referral_of, REFERRAL_FIELDS | OUTCOME_FIELDS, fold_referral),
    Entity(
        PUBLICATIONS,
        lambda f: str(f.fact.publication_id),
        {
            PublicationChanged.TYPE: (
                "case_id",
                "decision_id",
                "kind",
                "step",
                "on",
                "text",
                "channel",
                "legal_basis",
                "because",
            )
        },
        _publication,
    ),
    Entity(
        SUPERVISED,
        lambda f: str(f.fact.about),
        {
            CaseSupervisionChanged.TYPE: (
                "listing_id",
                "action",
                "responsible_organ",
                "responsible_region",
                "requirements",
                "due",
                "public",
                "proofs",
            )
        },
        fold_supervised,
    ),
)
"""Every table of this reader and the facts that bear on it."""
