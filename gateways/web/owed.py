"""What a task's commands are filled in with: what its clock, its fact and its histories know.

A duty's own rule says it where there is one. Beyond that a field takes the id of the fact that
started the clock (`lead` from `lead_id`, `leads` from the same), or what the lead, complaint or
case has on record under the field's own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from domain.commands import COMMANDS
from domain.complaint.facts import stream_of as complaints_of
from domain.enforcement.facts import stream_of as case_of
from domain.facts import Recorded
from domain.lead.facts import stream_of as lead_of
from domain.reactions import RULES, Kind
from domain.referral.facts import about_of
from domain.review.standing import corrections, standing
from gateways.contracts.envelope import fact_of
from gateways.contracts.schemas import command_schema
from gateways.web.fields import fields_of
from gateways.web.forms import shown
from projections import received
from projections.clocks.terms import TERMS

IDS = (
    "campaign",
    "case",
    "chase",
    "complaint",
    "decision",
    "document",
    "lead",
    "licence",
    "order",
    "preservation",
    "problem",
    "publication",
    "push",
    "referral",
    "remedy",
    "request",
    "task",
    "visit",
)
"""Fields that hold the id of a thing; a fact names it as `<field>_id`."""

MANY = {"leads": "lead_id", "complaints": "complaint_id", "findings": "finding_id"}
"""Fields that hold several ids, and the field of a fact that gives one."""

SAME = (
    "type",
    "group",
    "codes",
    "persons",
    "amount_fen",
    "act_from",
    "act_to",
    "outlets",
    "crimes",
)
"""Fields that a command takes from a fact under the same name."""

REFERRED = {
    "D1": "REFERRAL_LETTER",
    "D2": "INVESTIGATION_REPORT",
    "D3": "GOODS_LIST",
    "D4": "",
    "D5": "EVIDENCE",
}
"""What of a case's papers each document of a referral is; a test report is given by hand."""

SENT, RECEIVED_COMPLAINT = "lead.transferred.v1", "complaint.received.v1"


def filled(conn: Connection, clock_id: str, command: str) -> dict[str, str]:
    """The address's values of a command's form for a task: lists one on each line."""
    code = conn.execute(select(TERMS.c.code).where(TERMS.c.clock_id == clock_id)).scalar_one()
    event = conn.execute(
        select(TERMS.c.source_event).where(TERMS.c.clock_id == clock_id)
    ).scalar_one()
    seen = received.of_event(conn, event, fact_of)
    found = as_address(data_for(code, command, seen, _known(conn, seen)))
    if command == "TransferReferral":
        rows = documents_of(conn, seen.subject, about_of(found["referral"]))
        found |= shown(fields_of(command_schema(COMMANDS[command])), {"documents": rows})
    return found


def documents_of(conn: Connection, subject: str, about: str) -> list[dict[str, Any]]:
    """The documents of a referral as far as they are sealed or kept about its case, D1 to D5."""
    rows: dict[str, dict[str, Any]] = {code: {"code": code} for code in REFERRED}
    query = (
        select(received.RECEIVED.c.event_id)
        .where(
            received.RECEIVED.c.subject == subject,
            received.RECEIVED.c.type.in_(("document.sealed.v1", "document.evidence_kept.v1")),
        )
        .order_by(received.RECEIVED.c.stamp)
    )
    for event in conn.execute(query).scalars().all():
        fact = received.of_event(conn, event, fact_of).fact
        if fact.about != about:
            continue
        for code, kind in REFERRED.items():
            if kind == getattr(fact, "kind", "EVIDENCE"):
                row = {"document_id": getattr(fact, "document_id", None)}
                row["file"] = _plain(getattr(fact, "pdf", None) or fact.file)
                rows[code] |= {name: one for name, one in row.items() if one is not None}
    return list(rows.values())


def data_for(
    code: str, command: str, seen: Recorded[Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """What is known of a command's data; `known` are the fields of what the fact is about."""
    fields = {one.name: one.kind for one in fields_of(command_schema(COMMANDS[command]))}
    fact = {**known, **_plain(seen.fact)}
    data: dict[str, Any] = {"organisation": seen.subject}
    data |= {
        name: fact[f"{name}_id"]
        for name in IDS
        if fact.get(f"{name}_id") and fields.get(name) == "text"
    }
    data |= {name: [fact[one]] for name, one in MANY.items() if fact.get(one)}
    data |= {name: fact[name] for name in SAME if fact.get(name) is not None}
    if fact.get("code") and "codes" not in data:
        data["codes"] = [fact["code"]]
    for rule in RULES:
        mine = rule.kind is Kind.DUTY and rule.clock == code and rule.command_name == command
        if mine and rule.applies(seen):
            data |= rule.command(seen)
    data |= _by_code(code, command, seen, fact)
    return {name: one for name, one in data.items() if name in fields and one not in (None, "")}


def _by_code(
    code: str, command: str, seen: Recorded[Any], fact: Mapping[str, Any]
) -> dict[str, Any]:
    """What a term itself says about its command."""
    if code == "DL-QUARANTINE":
        return {"group": fact.get("group")}
    if (code, command) == ("CAMPAIGN-REPORT", "SubmitReport"):
        return {"code": fact.get("code")}
    if (code, command) == ("R10-DEALT", "PublishResult"):
        return {"task": fact.get("task_id") or fact.get("about")}
    if (code, command) == ("DL-LEAD-04", "TransferLead"):
        return {
            "lead": None,
            "kind": "OUTCOME_NOTICE",
            "stage": "DISPOSE",
            "source": "OTHER_ORGAN",
            "about": fact.get("lead_id"),
            "outcome": fact.get("outcome"),
            "to_organ": fact.get("from_organ"),
            "to_region": fact.get("from_region"),
        }
    if (code, command) == ("DL-LEAD-05", "TransferLead"):
        return {
            "kind": fact.get("kind"),
            "source": fact.get("source"),
            "to_organ": fact.get("returned_to"),
            "to_region": fact.get("returned_region"),
            "summary": fact.get("summary"),
        }
    if command == "RequestFilingReview":
        return {"kind": "RECONSIDERATION" if code == "DL-REF-10" else "SUPERVISION"}
    if command == "RecordFilingNotice":
        return {"concerns": seen.id}
    if command == "RecordRemedyStep":
        return {"kind": fact["kind"], "step": "ANSWERED"} | {
            name: fact.get(name) for name in ("target", "respondent")
        }
    if command == "CorrectFact":
        return {"because": seen.id}
    if command in ("ReopenCase", "WithdrawPublication"):
        return {"overturned": seen.id, "because": seen.id}
    return {}


def _known(conn: Connection, seen: Recorded[Any]) -> dict[str, Any]:
    """The fields on record of the lead, complaint or case that a fact is about."""
    fact = _plain(seen.fact)
    found: dict[str, Any] = {}
    if fact.get("lead_id") and seen.type != SENT:
        for one in _standing(conn, lead_of(fact["lead_id"]), (SENT,)):
            found |= _plain(one.fact)
    if fact.get("complaint_id") and seen.type != RECEIVED_COMPLAINT:
        told = _standing(conn, complaints_of(seen.subject), (RECEIVED_COMPLAINT,))
        for one in told:
            if one.fact.complaint_id == fact["complaint_id"]:
                found |= _plain(one.fact)
    if fact.get("case_id"):
        for one in _standing(conn, case_of(fact["case_id"]), ()):
            ids = ("publication_id", "preservation_id", "decision_id")
            plain = _plain(one.fact)
            found |= {name: plain[name] for name in ids if plain.get(name)}
    return found


def _standing(conn: Connection, stream: str, types: tuple[str, ...]) -> tuple[Recorded[Any], ...]:
    wanted = (*types, "fact.corrected.v1") if types else ()
    told = received.of_stream(conn, stream, fact_of, types=wanted)
    return standing(told, corrections(told))


def _plain(fact: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(fact)
    return plain


def as_address(data: Mapping[str, Any]) -> dict[str, str]:
    """Data as the address of a form names them; a list one on each line."""
    return {name: _text(one) for name, one in data.items()}


def _text(value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "\n".join(_text(one) for one in value)
    return ("true" if value else "") if isinstance(value, bool) else str(value)
