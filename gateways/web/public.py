"""The two public pages: the directory of agencies, and the check of a certificate."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.facts import instant
from gateways.department.node import Department
from gateways.http.departments import department_here
from gateways.http.parameters import plain, whole_number
from gateways.web.rendering import page
from projections import human_resources

router = APIRouter(include_in_schema=False)
PAGE = 50

GOOD_STATES = ("GRANTED",)
PAUSED_STATES = ("SUSPENDED", "EXPIRED")


def public_department(request: Request) -> Department:
    """The department from whose readers the public pages are made."""
    state = request.app.state
    return department_here(state.platform, state.config.public_department)


@router.get("/directory")
def directory(request: Request) -> Response:
    """Licensed and filed agencies, open to everybody, with the time of the data."""
    asked = request.query_params
    offset = whole_number("offset", asked.get("offset"), 0, most=100_000_000)
    search, region = asked.get("search", "")[:100], asked.get("region", "")[:20]
    department = public_department(request)
    now = request.app.state.platform.clock.now()
    today = instant(now).date()
    with department.reading() as conn:
        entries, total = human_resources.directory(
            conn, region=region or None, search=search or None, on=today, limit=PAGE, offset=offset
        )
        published = human_resources.publications(conn, region=region or None, limit=1)
    return page(
        request,
        "directory.html",
        identity=request.app.state.sessions.identity(request),
        entries=plain(entries),
        total=total,
        published=plain(published[0]) if published else None,
        data_time=department.closed_through() or now,
        search=search,
        region=region,
        offset=offset,
        size=PAGE,
    )


@router.get("/certificate/{qr_token}")
def certificate(request: Request, qr_token: str) -> Response:
    """The live state of the certificate that a scanned code names."""
    today = instant(request.app.state.platform.clock.now()).date()
    with public_department(request).reading() as conn:
        found = human_resources.certificate(conn, qr_token[:200], on=today)
    return page(
        request,
        "certificate.html",
        status=200 if found else 404,
        identity=request.app.state.sessions.identity(request),
        certificate=plain(found),
        verdict=verdict(plain(found)),
    )


def verdict(found: dict[str, Any] | None) -> str:
    """`good`, `warn` or `bad`: what the large sign says."""
    if found is None:
        return "bad"
    if found["state"] in GOOD_STATES:
        return "good"
    return "warn" if found["state"] in PAUSED_STATES else "bad"
