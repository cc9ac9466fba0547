"""Cases, their replay, and one organisation: what the signed-in department may see."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from domain.departments import NODES
from gateways.http import problems
from gateways.http.parameters import plain, stamp_parameter, whole_number
from gateways.web import swimlane
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed, department_of
from projections import audit, clocks, development_reform, human_resources, market_supervision

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
    asked = request.query_params
    with department_of(request, identity).reading() as conn:
        history = audit.history(
            conn,
            matter,
            as_of=stamp_parameter("as_of", asked.get("as_of")),
            known_to=stamp_parameter("known_to", asked.get("known_to")),
        )
    filtered = bool(asked.get("as_of") or asked.get("known_to"))
    if history is None or (not history.facts and not filtered):
        raise problems.not_found(
            problems.Said(
                zh=f"没有事项“{matter}”，或本部门无权查看",
                en=f"There is no matter “{matter}” that this department may see",
            ),
            rule="UnknownMatter",
        )
    found = plain(history)
    facts: list[dict[str, Any]] = found["facts"]
    total = len(facts)
    at = whole_number("at", asked.get("at"), total, most=1_000_000)
    at = max(1, min(at, total)) if total else 0
    current = facts[at - 1] if total else None
    numbers = {fact["event_id"]: place for place, fact in enumerate(facts, start=1)}
    return page(
        request,
        "replay.html",
        identity=identity,
        matter=matter,
        linked=[one for one in found["linked"] if one != matter],
        withheld=found["withheld"],
        facts=facts,
        total=total,
        at=at,
        current=current,
        cause_number=numbers.get((current or {}).get("cause") or ""),
        effects=[
            (place, fact)
            for place, fact in enumerate(facts, start=1)
            if current and fact.get("cause") == current["event_id"]
        ],
        raw=_raw(current),
        picture=swimlane.draw(facts, at, page_language(request)),
        is_correction=swimlane.is_correction,
        as_of=asked.get("as_of", ""),
        known_to=asked.get("known_to", ""),
    )


def _raw(fact: dict[str, Any] | None) -> str:
    if fact is None:
        return ""
    body = fact.get("body")
    value = json.loads(body) if body else fact["data"]
    return json.dumps(value, ensure_ascii=False, indent=2)


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
        if "development_reform" in readers:
            sections["credit"] = plain(development_reform.credit_records(conn, uscc=uscc))
    return page(
        request, "subject.html", identity=identity, uscc=uscc, about=about, sections=sections
    )
