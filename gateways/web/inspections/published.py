"""/published: 结果公示, published results of inspections, open to everybody without signing in.

Only what was published stands here, as it was published: firm, category, day, channel. A result
that was corrected is shown as a correction, with what stood before. Nobody who inspected, and
nothing that is not public yet: an inspection without a published result is told like an unknown
one.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.departments import NODES
from gateways.http.parameters import plain, whole_number
from gateways.web.casework.lists import asked
from gateways.web.inspections import words
from gateways.web.inspections.draws import PUBLIC_KINDS
from gateways.web.inspections.tasks import choice
from gateways.web.public import public_department
from gateways.web.rendering import page
from projections import inspections

router = APIRouter(include_in_schema=False)
PAGE = 50
CATEGORY = choice(words.CATEGORY, "category", "结果", "Result")
KEPT = ("search", "region")


@router.get("/published")
def published(request: Request) -> Response:
    """Published results, latest first, by name, region and category."""
    given = {name: request.query_params.get(name, "").strip()[:100] for name in KEPT}
    given["category"] = asked(request, (CATEGORY,))["category"] or ""
    offset = whole_number("offset", request.query_params.get("offset"), 0, most=100_000_000)
    department = public_department(request)
    now = request.app.state.platform.clock.now()
    rows: list[dict[str, Any]] = []
    total = 0
    if "inspections" in NODES[request.app.state.config.public_department].projections:
        with department.reading() as conn:
            found = inspections.published_results(
                conn,
                region=given["region"] or None,
                category=given["category"] or None,
                search=given["search"] or None,
                limit=PAGE,
                offset=offset,
            )
            total, rows = found.total(), [plain(one) for one in found]
    return page(
        request,
        "published.html",
        identity=request.app.state.sessions.identity(request),
        rows=rows,
        total=total,
        given=given,
        offset=offset,
        size=PAGE,
        words=words,
        data_time=department.closed_through() or now,
    )


@router.get("/published/{task_id}")
def one(request: Request, task_id: str) -> Response:
    """One published result, where the code on a record sheet leads; before, the draw it is of."""
    department = public_department(request)
    now = request.app.state.platform.clock.now()
    with department.reading() as conn:
        found = inspections.published_results(conn, task_id=task_id[:64], limit=1)
        named = found[0]["draw_id"] if found else request.query_params.get("draw", "")[:64]
        draw = inspections.draw(conn, named) if named else None
        shown = draw is not None and draw["kind"] in PUBLIC_KINDS
    return page(
        request,
        "published_result.html",
        status=200 if found else 404,
        identity=request.app.state.sessions.identity(request),
        found=plain(found[0]) if found else None,
        draw=named if shown else None,
        words=words,
        data_time=department.closed_through() or now,
    )
