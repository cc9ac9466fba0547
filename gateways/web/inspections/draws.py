"""/draws/{id}: one random draw, open to everybody, with all that is needed to draw again.

Everybody sees how the draw was made: the frozen population's hash, both commitments, whose
secret came out how, the seed, the strata. What objects were drawn is public too, as record and
population. Which inspectors were drawn is not told to outsiders: who comes to whom would be
known before the inspection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Connection

from domain.departments import NODES
from domain.errors import Refusal
from domain.facts import FACTS
from gateways.department.node import Department
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_here, department_of
from gateways.http.outsiders import is_outsider
from gateways.http.parameters import plain
from gateways.web.casework.acts import absent, acts
from gateways.web.inbox import names_of
from gateways.web.inspections import words
from gateways.web.public import public_department
from gateways.web.rendering import page
from projections import inspections

router = APIRouter(include_in_schema=False)
SHOWN_MOST = 500
"""So many drawn objects stand on the page; the record has all."""

PUBLIC_KINDS = ("OBJECTS",)
"""Draws whose results everybody may know."""

NEXT: dict[str, tuple[str, ...]] = {
    "OPENED": ("CommitToDraw",),
    "CHECKED": ("RevealForDraw",),
    "REVEALED": ("ExecuteDraw",),
    "EXECUTED": ("SendTasks",),
}
"""What is done next by the state of a draw."""


@router.get("/draws/{draw_id}")
def draw(request: Request, draw_id: str) -> Response:
    """One draw: how it was made, what came out, and how anybody draws again."""
    identity, department = _reader(request)
    with department.reading() as conn:
        found = _found(conn, draw_id)
        plan = inspections.plan(conn, found["plan_id"])
        record = _record(request, found) if open_to(found, identity) else None
        shown = _shown(record)
        names = names_of(conn, [name for one in shown for name in one["drawn"]])
    return page(
        request,
        "draw.html",
        identity=identity,
        draw=plain(found),
        title=None if plan is None else plan["title"],
        predicate=plan["predicate"] if plan else None,
        strata=shown,
        record=record,
        names=names,
        open_to=open_to(found, identity),
        shown_most=SHOWN_MOST,
        acts=acts(request, identity, NEXT.get(found["state"], ()), draw=draw_id)
        if identity and (found["state"] != "EXECUTED" or found["kind"] == "OBJECTS")
        else [],
        words=words,
        fact_names=FACTS,
        now=request.app.state.platform.clock.now(),
    )


@router.get("/draws/{draw_id}/record")
def record_file(request: Request, draw_id: str) -> Response:
    """The record of a draw as a file."""
    return _download(request, draw_id, "record", "json", "application/json")


@router.get("/draws/{draw_id}/population")
def population_file(request: Request, draw_id: str) -> Response:
    """The frozen population of a draw as a file, beside the record under its name."""
    return _download(request, draw_id, "population", "population", "text/plain; charset=utf-8")


def _reader(request: Request) -> tuple[Identity | None, Department]:
    """Who looks, and the department in whose readers to look: the public one for outsiders."""
    identity: Identity | None = request.app.state.sessions.identity(request)
    if identity is not None and _inspecting(identity):
        return identity, department_of(request, identity)
    return identity, public_department(request)


def _found(conn: Connection, draw_id: str) -> dict[str, Any]:
    found = inspections.draw(conn, draw_id[:64])
    if found is None:
        raise absent(f"没有抽取“{draw_id}”", f"There is no draw “{draw_id}”", "UnknownDraw")
    return found


def open_to(found: Mapping[str, Any], identity: Identity | None) -> bool:
    """Whether a reader may know what was drawn: objects everybody, inspectors the departments."""
    if found["kind"] in PUBLIC_KINDS:
        return True
    return identity is not None and _inspecting(identity)


def _inspecting(identity: Identity) -> bool:
    """Whether a post is of a department that draws or inspects, and no firm's."""
    return not is_outsider(identity) and ("inspections" in NODES[identity.department].projections)


def _record(request: Request, found: dict[str, Any]) -> dict[str, Any] | None:
    """The record's content where the draw was executed and its file lies in this process."""
    keeper = request.app.state.platform.departments.get(found["owner"])
    if found["record_sha256"] is None or keeper is None:
        return None
    try:
        read: dict[str, Any] = json.loads(keeper.files.store.read(found["record_sha256"]))
    except Refusal:
        return None
    return read


def _shown(record: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The strata with what was drawn from each, no more ids in all than a page can show."""
    left = SHOWN_MOST
    shown = []
    for one in (record or {}).get("strata", ()):
        shown.append({**one, "drawn": one["drawn"][:left]})
        left = max(0, left - len(one["drawn"]))
    return shown


def _download(request: Request, draw_id: str, which: str, ending: str, kind: str) -> Response:
    identity, department = _reader(request)
    with department.reading() as conn:
        found = _found(conn, draw_id)
    sha256 = found[f"{which}_sha256"]
    if not open_to(found, identity) or sha256 is None:
        raise absent(
            f"抽取“{draw_id}”没有可以下载的文件",
            f"There is no file of the draw “{draw_id}” to download",
            "FileNotPublic",
        )
    keeper = department_here(request.app.state.platform, found["owner"])
    try:
        parts = keeper.files.store.chunks(sha256)
    except Refusal as refusal:
        raise problems.of_refusal(refusal) from refusal
    name = quote(f"{draw_id}.{ending}")
    return StreamingResponse(
        parts,
        media_type=kind,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "ETag": f'"{sha256}"',
        },
    )
