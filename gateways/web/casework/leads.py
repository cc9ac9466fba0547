"""线索: an organ's leads, received and sent, and what became of one (reference 7.3, 7.7)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.departments import NODES
from domain.document.naming import files_of
from domain.document.templates import TEMPLATES
from domain.facts import FACTS, instant
from domain.lead.facts import LeadKind
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.casework import files, words
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.lists import (
    REGION,
    Column,
    Filter,
    List,
    Tab,
    answer,
    asked,
    terms_of,
    territory,
)
from gateways.web.inbox import names_of
from gateways.web.labels import label_of
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import audit, casework, cyberspace
from projections import leads as of_leads
from projections.answers import Listed

router = APIRouter(include_in_schema=False)
COORDINATORS = ("LG", "LGO", "PROC")
"""Organs that see every lead of their territory, being neither sender nor receiver."""

KIND = Filter(
    name="kind",
    zh="种类",
    en="Kind",
    options=tuple(
        (one.value, label_of(one.value, "zh"), label_of(one.value, "en")) for one in LeadKind
    ),
)
STATE = Filter(
    name="state",
    zh="状态",
    en="State",
    options=(
        ("OPEN", "未办结", "Not finished"),
        *((code, one.zh, one.en) for code, one in words.LEAD.items() if code != "IN_CASE"),
    ),
)
COLUMNS = (
    Column(name="lead_id", zh="线索", en="Lead", kind="id", link="/leads/{}"),
    Column(name="kind", zh="种类", en="Kind", kind="code"),
    Column(name="subject", zh="对象", en="Subject", kind="subject"),
    Column(name="codes", zh="涉嫌违法", en="Suspected", kind="violations"),
    Column(
        name="from_organ", zh="移送机关", en="From", kind="organ",
        below=Column(name="from_region", zh="移送地区", en="Sender's territory", kind="region"),
    ),
    Column(
        name="to_organ", zh="接收机关", en="To", kind="organ",
        below=Column(name="to_region", zh="接收地区", en="Receiver's territory", kind="region"),
    ),
    Column(
        name="shown", zh="状态", en="State", kind="state", states=words.LEAD,
        below=Column(name="outcome", zh="处置结果", en="Outcome", kind="code"),
    ),
    Column(name="term", zh="期限", en="Term", kind="term"),
    Column(name="sent", zh="移送时间", en="Sent", kind="moment"),
)  # fmt: skip

NEXT: dict[str, tuple[str, ...]] = {
    "TRANSFERRED": ("ReceiptLead",),
    "RECEIPTED": ("AssessLead", "CheckBackground", "TransferLead"),
    "ASSESSED": ("FileCase", "TransferLead", "RequestOnlineDisposal", "DisposeLead", "ProposeReferral", "AnswerReferralQuestion"),
    "IN_CASE": ("TransferLead", "RequestOnlineDisposal"),
    "COORDINATED": ("ReceiptLead", "AssessLead"),
}  # fmt: skip
"""What the receiver of a lead does next; its sender may send a returned one again."""


@router.get("/leads")
def leads(request: Request, identity: Signed) -> Response:
    """The leads of the post's organ: those it holds, those it sent, and all for who coordinates."""
    filters = (KIND, STATE, REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    organ = identity.post.organ
    sides = ["received", "sent", *(["all"] if organ in COORDINATORS else [])]
    side = request.query_params.get("side", "")
    side = side if side in sides else ("all" if organ in COORDINATORS else "received")
    open_only = values["state"] == "OPEN"
    state = None if open_only else values["state"]
    narrowed: dict[str, Any] = {"state": state, "kind": values["kind"], "open_only": open_only}

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        given = narrowed | {"region": region, "limit": limit, "offset": offset}
        if side == "all":
            found = of_leads.leads(conn, **given)
        else:
            found = (of_leads.sent if side == "sent" else of_leads.received)(conn, organ, **given)
        for row in found:
            row["shown"] = shown_state(row)
        return found

    titles = {
        "received": ("收到的线索", "Received"),
        "sent": ("移送的线索", "Sent"),
        "all": ("辖区全部线索", "All of the territory"),
    }
    return answer(
        request,
        identity,
        List(
            zh="线索",
            en="Leads",
            columns=COLUMNS,
            rows=rows,
            filters=filters,
            tabs=tuple(
                Tab(zh=titles[one][0], en=titles[one][1], given={"side": one}, current=one == side)
                for one in sides
            ),
            kept={"side": side},
            acts=tuple(acts(request, identity, ("TransferLead",))),
            empty_zh="没有符合条件的线索",
            empty_en="No lead fits",
            terms=True,
        ),
    )


@router.get("/leads/{lead_id}")
def lead(request: Request, lead_id: str, identity: Signed) -> Response:
    """What became of one lead: its way, who has it, its terms, and what grew from it (一线多查)."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = of_leads.lead(conn, lead_id)
        if found is None or found["kind"] is None:
            raise absent(
                f"没有线索“{lead_id}”，或本部门未收到",
                f"There is no lead “{lead_id}” that this department has received",
                "UnknownLead",
            )
        facts = files.facts_of(conn, found["steps"])
        letters = files.letters_about(conn, lead_id)
        opened = files.of_facts(request, conn, identity, [*facts, *(one for _, one in letters)])
        grown = _grown(conn, found, identity, now)
        terms = terms_of(
            conn,
            [step["event_id"] for step in found["steps"]],
            found["matter"],
            department=identity.department,
            now=now,
        )
        named = names_of(conn, [found["subject"]])
    return page(
        request,
        "lead.html",
        identity=identity,
        lead=found,
        name=named.get(found["subject"]) or found["subject_name"],
        stand=words.LEAD,
        state=shown_state(found),
        case_stand=words.CASE,
        disposal_stand=words.DISPOSAL,
        fact_names=FACTS,
        holder=_holder(found),
        terms=terms,
        grown=plain(grown),
        evidence=[
            {"sha256": sha256, "href": opened[sha256]}
            for sha256 in dict.fromkeys(name for one in facts for name in files_of(one.fact))
        ],
        letters=[
            {"number": row["number"], "kind": row["kind"], "sha256": sealed.fact.pdf.sha256}
            | {"href": opened[sealed.fact.pdf.sha256]}
            for row, sealed in letters
        ],
        templates=TEMPLATES,
        posts={one.id: one.post for one in facts},
        acts=_acts(request, identity, found),
        now=now,
    )


def shown_state(found: dict[str, Any]) -> str | None:
    """The state of a lead as people speak of it: one in a case waits for no assessment."""
    state: str | None = found["state"]
    return "IN_CASE" if state in ("RECEIPTED", "ASSESSED") and found["cases"] else state


def _holder(found: dict[str, Any]) -> tuple[str, str] | None:
    """The organ and territory that has the lead now; None where it is finished."""
    if not found["open"]:
        return None
    if found["state"] == "RETURNED":
        return found["from_organ"], found["from_region"]
    return found["to_organ"], found["to_region"]


def _acts(request: Request, identity: Identity, found: dict[str, Any]) -> list[dict[str, str]]:
    organ, state = identity.post.organ, shown_state(found)
    names: tuple[str, ...] = ()
    if found["open"] and organ == found["to_organ"]:
        names = NEXT.get(state or "", ())
    elif state == "RETURNED" and organ == found["from_organ"]:
        names = ("TransferLead",)
    return acts(
        request,
        identity,
        names,
        lead=found["lead_id"],
        leads=found["lead_id"],
        about=found["lead_id"],
        organisation=found["subject"],
        codes=(found["assessed_codes"] or found["codes"] or "").replace(",", "\n"),
    )


def _grown(conn: Connection, found: dict[str, Any], identity: Identity, now: int) -> dict[str, Any]:
    """What the departments did after the lead, as far as this one may see it."""
    history = audit.history(conn, found["matter"])
    since = next(
        (n for n, one in enumerate(history.facts) if one.event_id == found["steps"][0]["event_id"]),
        0,
    )
    departments: dict[tuple[str, str], dict[str, Any]] = {}
    for one in history.facts[since:]:
        row = departments.setdefault(
            (one.department, one.organ),
            {"department": one.department, "organ": one.organ, "facts": 0},
        )
        row["facts"] += 1
        row |= {"type": one.type, "recorded": one.recorded, "matter": one.matter}
    readers = NODES[identity.department].projections
    on = instant(now).date()
    linked = history.linked
    others = [
        one
        for matter in linked
        for one in of_leads.leads(conn, matter=matter)
        if one["lead_id"] != found["lead_id"]
    ]
    return {
        "departments": list(departments.values()),
        "leads": others,
        "linked": [one for one in linked if one != found["matter"]],
        "cases": [one for matter in linked for one in casework.cases(conn, matter=matter, on=on)]
        if "casework" in readers
        else [],
        "disposals": [
            one
            for one in cyberspace.disposals(conn, uscc=found["subject"])
            if one["lead_id"] == found["lead_id"]
        ]
        if "cyberspace" in readers
        else [],
    }
