"""Cases, their replay, and one organisation: what the signed-in department may see."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from domain.departments import NODES
from domain.facts import instant
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import lies_ahead, plain, stamp_parameter, whole_number
from gateways.web import swimlane
from gateways.web.casework import words
from gateways.web.casework.acts import may
from gateways.web.history import Histories, Ready, changes
from gateways.web.inspections import words as inspection_words
from gateways.web.inspections.registers import inspected
from gateways.web.live import applied
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import (
    audit,
    casework,
    clocks,
    development_reform,
    human_resources,
    labour_inspection,
    leads,
    market_supervision,
)

router = APIRouter(include_in_schema=False)
PAGE = 50


@router.get("/cases")
def cases(request: Request, identity: Signed) -> Response:
    """The cases that this department has facts of; search and region stand in the address."""
    asked = request.query_params
    search, region = asked.get("search", "")[:100], asked.get("region", "")[:20]
    offset = whole_number("offset", asked.get("offset"), 0, most=100_000_000)
    with department_of(request, identity).reading() as conn:
        rows, total = audit.cases(
            conn, search=search or None, region=region or None, limit=PAGE, offset=offset
        )
    return page(
        request,
        "cases.html",
        identity=identity,
        rows=plain(rows),
        total=total,
        search=search,
        region=region,
        offset=offset,
        size=PAGE,
    )


@router.get("/cases/{matter}")
def case(request: Request, matter: str, identity: Signed) -> Response:  # noqa: ARG001 -- a sign-in first
    """A case opens at its replay."""
    words = Words(page_language(request))
    return RedirectResponse(words.url(f"/cases/{matter}/replay"), status_code=303)


@router.get("/cases/{matter}/replay")
def replay(request: Request, matter: str, identity: Signed) -> Response:
    """A case step by step: who decided what, when it counted, was recorded and was received.

    `as_of` leaves out what was recorded later, `known_to` what this department received
    later, `at` is the step shown (the last one where it is not given).
    """
    ready = _history(request, matter, identity)
    asked = request.query_params
    total = len(ready.facts)
    at = _step(request, total)
    return page(
        request,
        "replay.html",
        identity=identity,
        matter=matter,
        linked=[one for one in ready.linked if one != matter],
        withheld=ready.withheld,
        facts=ready.facts,
        total=total,
        at=at,
        picture=swimlane.draw(ready.facts, at, page_language(request)),
        is_correction=swimlane.is_correction,
        as_of=asked.get("as_of", ""),
        known_to=asked.get("known_to", ""),
        ahead=_ahead(request),
        **_shown(ready, at, page_language(request)),
    )


def _ahead(request: Request) -> bool:
    """Whether every time that was asked for lies ahead: one that does not still binds."""
    now = request.app.state.platform.clock.now()
    asked = {
        name: text for name in ("as_of", "known_to") if (text := request.query_params.get(name))
    }
    return bool(asked) and all(
        lies_ahead(stamp_parameter(name, text), now) for name, text in asked.items()
    )


@router.get("/cases/{matter}/replay/step")
def step(request: Request, matter: str, identity: Signed) -> Response:
    """One step of a replay alone: the page that stands fetches it and moves its own marks."""
    ready = _history(request, matter, identity, one_step=True)
    asked = request.query_params
    at = _step(request, len(ready.facts))
    return page(
        request,
        "step.html",
        identity=identity,
        at=at,
        facts=ready.facts,
        replay_path=f"/cases/{matter}/replay",
        as_of=asked.get("as_of", ""),
        known_to=asked.get("known_to", ""),
        **_shown(ready, at, page_language(request)),
    )


def _history(request: Request, matter: str, identity: Identity, *, one_step: bool = False) -> Ready:
    asked = request.query_params
    as_of = stamp_parameter("as_of", asked.get("as_of"))
    known_to = stamp_parameter("known_to", asked.get("known_to"))
    department = department_of(request, identity)
    position = applied(department)
    histories: Histories = request.app.state.histories
    with department.reading() as conn:
        ready = histories.ready(
            conn, identity.department, position, matter, as_of=as_of, known_to=known_to
        )
    filtered = (as_of is not None or known_to is not None) and not one_step
    if ready is None or (not ready.facts and not filtered):
        raise problems.not_found(
            problems.Said(
                zh=f"没有事项“{matter}”，或本部门无权查看",
                en=f"There is no matter “{matter}” that this department may see",
            ),
            rule="UnknownMatter",
        )
    return ready


def _step(request: Request, total: int) -> int:
    at = whole_number("at", request.query_params.get("at"), total, most=1_000_000)
    return max(1, min(at, total)) if total else 0


def _shown(ready: Ready, at: int, language: str) -> dict[str, Any]:
    """What the panel of one step shows."""
    if not at:
        return {"current": None}
    current = ready.facts[at - 1]
    return {
        "current": current,
        "cause_number": ready.cause_of(at),
        "effects": [
            (place, ready.facts[place - 1]) for place in ready.effects.get(current["event_id"], ())
        ],
        "changed": changes(current, language),
        "raw": json.dumps(current["raw"], ensure_ascii=False, indent=2),
    }


@router.get("/subjects/{uscc}")
def subject(request: Request, uscc: str, identity: Signed) -> Response:
    """One organisation as the signed-in department's own readers show it."""
    readers = NODES[identity.department].projections
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        about = plain(audit.subject(conn, uscc))
        if not about or not about.get("matters"):
            raise problems.not_found(
                problems.Said(
                    zh=f"本部门没有“{uscc}”的记录",
                    en=f"This department has no record of “{uscc}”",
                ),
                rule="SubjectUnknown",
            )
        sections: dict[str, Any] = {
            "clocks": plain(
                clocks.clocks(conn, subject=uscc, department=identity.department, now=now)
            )
        }
        if "human_resources" in readers:
            sections["licences"] = plain(human_resources.licences(conn, uscc=uscc))
            sections["pushes"] = plain(human_resources.pushes(conn, uscc=uscc))
            sections["corrections"] = plain(human_resources.corrections(conn, uscc=uscc))
            sections["credit"] = plain(human_resources.credit_pushes(conn, uscc=uscc))
        if "market_supervision" in readers:
            sections["registrations"] = plain(market_supervision.registrations(conn, uscc))
            sections["pushes"] = plain(market_supervision.pushes(conn, uscc=uscc))
        if "leads" in readers:
            sections["leads"] = plain(leads.leads(conn, uscc=uscc))
        if "casework" in readers:
            sections["cases"] = plain(casework.cases(conn, uscc=uscc, on=instant(now).date()))
            sections["referrals"] = plain(casework.referrals(conn, uscc=uscc))
        if "labour_inspection" in readers:
            sections["risk"] = plain(labour_inspection.risk_of(conn, uscc))
        if "inspections" in readers:
            sections["inspections"] = inspected(conn, uscc, instant(now).date())
        if "development_reform" in readers:
            sections["credit"] = plain(development_reform.credit_records(conn, uscc=uscc))
    return page(
        request,
        "subject.html",
        identity=identity,
        uscc=uscc,
        about=about,
        sections=sections,
        words=words,
        inspection_words=inspection_words,
        sees_complaints=may(request, identity, "RegisterComplaint"),
    )
