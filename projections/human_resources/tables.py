"""The tables of 人社's own read model, and how facts become their rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text, desc

from domain.correction import CorrectionOrdered, CorrectionVerified
from domain.credit_record import CreditRecordPushed, CreditRecordReceived
from domain.deadline import DeadlineBreached
from domain.directory import DirectoryPublished
from domain.facts import Recorded
from domain.filing import BusinessFilingRecorded
from domain.finding import ViolationFound
from domain.risk.facts import RiskWarningRaised
from projections.licence_life import (
    APPLICATION_FIELDS,
    LICENCE_FIELDS,
    fold_application,
    fold_licence,
    licence_columns,
)
from projections.push_life import PUSH_FIELDS, fold_push, push_columns
from projections.steps import Entity, Step, Steps, steps_columns
from projections.subject_life import SUBJECT_FIELDS, fold_subject, subject_columns

METADATA = MetaData()

SUBJECTS = Table(
    "hr_subjects",
    METADATA,
    *subject_columns(),
    *steps_columns(),
    Index("hr_subjects_name", "name"),
)

APPLICATIONS = Table(
    "hr_applications",
    METADATA,
    Column("application_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("type", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("mode", Text),
    Column("scope", Text),
    Column("applied_on", Text),
    Column("state", Text, nullable=False),
    Column("deemed", Boolean),
    Column("missing", Text),
    Column("licence_id", Text),
    Column("began", BigInteger),
    *steps_columns(),
    Index("hr_applications_uscc", "uscc", "type"),
    Index("hr_applications_began", desc("began"), "application_id"),
    Index("hr_applications_region", "region", "state", "began"),
)

LICENCES = Table(
    "hr_licences",
    METADATA,
    *licence_columns(),
    Index("hr_licences_uscc", "uscc", "type"),
    Index("hr_licences_granted", desc("granted"), "licence_id"),
    Index("hr_licences_region", "region", "state", "granted"),
    Index("hr_licences_token", "qr_token"),
)

PUSHES = Table(
    "hr_pushes",
    METADATA,
    *push_columns(),
    Index("hr_pushes_uscc", "uscc"),
    Index("hr_pushes_pushed", desc("pushed"), "push_id"),
    Index("hr_pushes_region", "region", "state", "pushed"),
)

FILINGS = Table(
    "hr_filings",
    METADATA,
    Column("uscc", Text, primary_key=True),
    Column("filing_id", Text),
    Column("services", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("filed_on", Text),
    Column("late", Boolean),
    Column("open", Boolean, nullable=False),
    Column("reports", BigInteger, nullable=False),
    *steps_columns(),
    Index("hr_filings_region", "region", "open"),
)

CORRECTIONS = Table(
    "hr_corrections",
    METADATA,
    Column("order_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("about", Text),
    Column("findings", Text),
    Column("due", Text),
    Column("ordered", BigInteger),
    Column("verified", BigInteger),
    Column("state", Text, nullable=False),
    *steps_columns(),
    Index("hr_corrections_uscc", "uscc"),
)

FINDINGS = Table(
    "hr_findings",
    METADATA,
    Column("finding_id", Text, primary_key=True),
    Column("uscc", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("code", Text),
    Column("severity", Text),
    Column("about", Text),
    Column("facts", Text),
    Column("act_from", Text),
    Column("act_to", Text),
    Column("persons", BigInteger),
    Column("amount_fen", BigInteger),
    Column("question", Boolean),
    Column("needs_penalty", Boolean),
    Column("earlier", BigInteger),
    Column("found", BigInteger),
    *steps_columns(),
    Index("hr_findings_uscc", "uscc"),
)

CREDIT = Table(
    "hr_credit",
    METADATA,
    Column("push_event", Text, primary_key=True),
    Column("record_id", Text),
    Column("uscc", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("kind", Text),
    Column("record", Text),
    Column("about", Text),
    Column("pushed", BigInteger),
    Column("receipted", BigInteger),
    Column("outcome", Text),
    *steps_columns(),
    Index("hr_credit_uscc", "uscc"),
)

NOTICES = Table(
    "hr_notices",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("code", Text),
    Column("owner", Text),
    Column("level", Text),
    Column("due", Text),
    Column("about", Text),
    Column("entries", BigInteger),
    Column("digest", Text),
    Column("day", Text),
    Column("recorded", BigInteger, nullable=False),
    *steps_columns(),
    Index("hr_notices_type", "type", "recorded"),
)


def _base(step: Step) -> dict[str, Any]:
    return {"uscc": step.subject, "region": step.region, "matter": step.matter}


def fold_filing(steps: Steps) -> dict[str, Any]:
    """An agency's filings: open from the first filing of services until it reports its ending."""
    filing: dict[str, Any] = {
        "filing_id": None,
        "services": None,
        "region": steps[0].region,
        "matter": steps[0].matter,
        "filed_on": None,
        "late": False,
        "open": False,
        "reports": len(steps),
    }
    services: set[str] = set()
    for step in steps:
        data = step.data
        if data["kind"] == "FIL_HRS":
            services.update(data["services"])
            filing.update(
                filing_id=data["filing_id"],
                region=data["region"],
                matter=step.matter,
                filed_on=data["filed_on"],
                late=data["late"],
                open=True,
            )
        elif data["kind"] == "ENDING":
            services.clear()
            filing["open"] = False
    filing["services"] = ",".join(sorted(services))
    return filing


def fold_correction(steps: Steps) -> dict[str, Any]:
    """An order to correct: OPEN until verified, then the latest outcome."""
    order = _base(steps[0]) | {
        "about": None,
        "findings": None,
        "due": None,
        "ordered": None,
        "verified": None,
        "state": "OPEN",
    }
    for step in steps:
        if step.type == CorrectionOrdered.TYPE:
            order.update(_base(step), ordered=step.stamp, due=step.data["due"])
            order.update(about=step.data["about"], findings=",".join(step.data["finding_ids"]))
        else:
            order.update(verified=step.stamp, state=step.data["outcome"])
    return order


def fold_finding(steps: Steps) -> dict[str, Any]:
    """One violation found."""
    step = steps[0]
    data = step.data | {"facts": "；".join(step.data["facts"])}
    return _base(step) | data | {"found": step.stamp}


def fold_credit(steps: Steps) -> dict[str, Any]:
    """One push to the credit platform, and what 发展改革 answered to it."""
    record = _base(steps[0]) | {
        "record_id": None,
        "kind": None,
        "record": None,
        "about": None,
        "pushed": None,
        "receipted": None,
        "outcome": None,
    }
    for step in steps:
        if step.type == CreditRecordPushed.TYPE:
            record.update(_base(step), pushed=step.stamp, **step.data)
        else:
            record.update(receipted=step.stamp, outcome=step.data["outcome"])
    return record


def fold_notice(steps: Steps) -> dict[str, Any]:
    """A breach, a warning or a publication: one fact, one row."""
    step = steps[0]
    data = step.data
    return {
        "type": step.type,
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "code": data.get("code") or data.get("rule"),
        "owner": data.get("owner"),
        "level": data.get("level"),
        "due": data.get("due"),
        "about": data.get("about") or data.get("source_event") or data.get("snapshot_id"),
        "entries": data.get("entries"),
        "digest": data.get("entries_hash"),
        "day": data.get("published_on"),
        "recorded": step.stamp,
    }


def _own_breach_or_notice(fact: Recorded[Any]) -> str | None:
    if fact.type == DeadlineBreached.TYPE and fact.department != "hr":
        return None
    return fact.id


ENTITIES = (
    Entity(SUBJECTS, lambda f: str(f.fact.uscc), SUBJECT_FIELDS, fold_subject),
    Entity(
        APPLICATIONS, lambda f: str(f.fact.application_id), APPLICATION_FIELDS, fold_application
    ),
    Entity(LICENCES, lambda f: str(f.fact.licence_id), LICENCE_FIELDS, fold_licence),
    Entity(PUSHES, lambda f: str(f.fact.push_id), PUSH_FIELDS, fold_push),
    Entity(
        FILINGS,
        lambda f: str(f.fact.uscc),
        {
            BusinessFilingRecorded.TYPE: (
                "filing_id",
                "kind",
                "services",
                "region",
                "filed_on",
                "late",
            )
        },
        fold_filing,
    ),
    Entity(
        CORRECTIONS,
        lambda f: str(f.fact.order_id),
        {
            CorrectionOrdered.TYPE: ("due", "about", "finding_ids"),
            CorrectionVerified.TYPE: ("outcome",),
        },
        fold_correction,
    ),
    Entity(
        FINDINGS,
        lambda f: str(f.fact.finding_id),
        {
            ViolationFound.TYPE: (
                "code",
                "severity",
                "about",
                "facts",
                "act_from",
                "act_to",
                "persons",
                "amount_fen",
                "question",
                "needs_penalty",
                "earlier",
            )
        },
        fold_finding,
    ),
    Entity(
        CREDIT,
        lambda f: f.id if f.type == CreditRecordPushed.TYPE else str(f.fact.push_event),
        {
            CreditRecordPushed.TYPE: ("record_id", "kind", "record", "about"),
            CreditRecordReceived.TYPE: ("outcome",),
        },
        fold_credit,
    ),
    Entity(
        NOTICES,
        _own_breach_or_notice,
        {
            DeadlineBreached.TYPE: ("code", "owner", "due", "source_event"),
            RiskWarningRaised.TYPE: ("rule", "level", "about"),
            DirectoryPublished.TYPE: ("snapshot_id", "entries", "entries_hash", "published_on"),
        },
        fold_notice,
    ),
)
"""Every table of this reader and the facts that bear on it."""
