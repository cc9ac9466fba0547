"""态势: the leadership group's figures, each opening to exactly the cases it counts."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from domain.departments import NODES
from domain.facts import stamp_of
from domain.terms import REGION_PATTERN
from gateways.department.node import Department
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import lies_ahead, plain, stamp_parameter, whole_number
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import leadership

router = APIRouter(include_in_schema=False)
PAGE = 50
MONTHS = 12
DIVISION = re.compile(REGION_PATTERN)


def _reader(request: Request, identity: Identity) -> Department:
    if "leadership" not in NODES[identity.department].projections:
        raise problems.forbidden(
            problems.Said(
                zh="态势汇总各部门的数据，只对领导小组及其办公室的岗位开放；"
                "本部门的工作请看工作台和案件",
                en="The overview joins the data of all departments and is open to the posts of the "
                "leading group and its office; your own department's work is in inbox and cases",
            )
        )
    return department_of(request, identity)


def _figures(request: Request, department: Department) -> dict[str, Any]:
    asked = request.query_params
    as_of = stamp_parameter("as_of", asked.get("as_of"))
    region = _region(asked.get("region", ""))
    closed = department.closed_through() or None
    with department.reading() as conn:
        figures = [
            plain(one)
            for one in leadership.figures(conn, as_of=as_of, region=region, closed=closed)
        ]
        chosen = asked.get("trend") or (figures[0]["id"] if figures else "")
        if chosen not in [one["id"] for one in figures]:
            chosen = figures[0]["id"] if figures else ""
        trend = (
            leadership.trend(conn, chosen, MONTHS, as_of=as_of or closed, region=region)
            if chosen
            else []
        )
        ranked = leadership.by_region(conn, chosen, as_of=as_of, closed=closed) if chosen else {}
    chosen_one = next((one for one in figures if one["id"] == chosen), None)
    themes = _themes(figures)
    theme = asked.get("theme", "")
    if theme not in [one["code"] for one in themes]:
        theme = chosen_one["theme"] if chosen_one else ""
    words = Words(page_language(request))
    return {
        "figures": figures,
        "themes": themes,
        "shown": next((one for one in themes if one["code"] == theme), None),
        "theme": theme,
        "chosen": chosen_one,
        "trend": [{"month": month, "value": value} for month, value in trend],
        "regions": [
            {"region": code, "name": words.region(code), "value": value}
            for code, value in sorted(ranked.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "as_of": asked.get("as_of", ""),
        "ahead": lies_ahead(as_of, request.app.state.platform.clock.now()),
        "region": region or "",
    }


def _region(text: str) -> str | None:
    """A division code, or None where it is absent; of anything else no figure would count a case."""
    if text.strip() and DIVISION.fullmatch(text.strip()) is None:
        raise problems.bad_parameter(
            "region", "应为地区代码，如 210103", "must be a division code such as 210103"
        )
    return text.strip() or None


def _themes(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures by what they are about, themes without any left out."""
    themes = [
        {
            "code": theme.value,
            "zh": zh,
            "en": en,
            "figures": [one for one in figures if one["theme"] == theme.value],
        }
        for theme, (zh, en) in leadership.THEMES.items()
    ]
    return [one for one in themes if one["figures"]]


@router.get("/overview")
def overview(request: Request, identity: Signed) -> Response:
    """Figures, trend, ranking and distribution; tables carry the same numbers as the charts."""
    found = _figures(request, _reader(request, identity))
    now = request.app.state.platform.clock.now()
    stale_after = request.app.state.config.stale_s * 1_000_000
    for one in found["figures"]:
        one["stale"] = not found["as_of"] and now - _stamp(one["data_time"]) > stale_after
    return page(request, "overview.html", identity=identity, **found)


def _stamp(value: Any) -> int:
    if value is None:
        return 0
    return value if isinstance(value, int) else stamp_of(datetime.fromisoformat(value))


@router.get("/overview/data.json")
def overview_data(request: Request, identity: Signed) -> Response:
    """The charts' numbers, from the same queries as the tables."""
    found = _figures(request, _reader(request, identity))
    language = page_language(request)
    return JSONResponse(
        {
            "theme": found["shown"]["code"] if found["shown"] else "",
            "trend": found["trend"],
            "regions": found["regions"],
            "figures": [
                {"id": one["id"], "name": one[language], "value": one["value"]}
                for one in (found["shown"] or {"figures": ()})["figures"]
            ],
            "title": found["chosen"][language] if found["chosen"] else "",
        }
    )


@router.get("/overview/figures/{figure}")
def figure_members(request: Request, figure: str, identity: Signed) -> Response:
    """The cases that one figure counts: as many rows as the figure says."""
    department = _reader(request, identity)
    asked = request.query_params
    as_of = stamp_parameter("as_of", asked.get("as_of"))
    region = _region(asked.get("region", ""))
    offset = whole_number("offset", asked.get("offset"), 0, most=100_000_000)
    closed = department.closed_through() or None
    try:
        with department.reading() as conn:
            one = leadership.figure(conn, figure, as_of=as_of, region=region, closed=closed)
            members = leadership.members(
                conn,
                figure,
                as_of=as_of,
                region=region,
                closed=closed,
                limit=PAGE,
                offset=offset,
            )
    except leadership.UnknownFigure as error:
        raise problems.not_found(
            problems.Said(zh=f"没有指标“{figure}”", en=f"There is no figure “{figure}”"),
            rule="UnknownFigure",
        ) from error
    return page(
        request,
        "figure.html",
        identity=identity,
        figure=plain(one),
        members=plain(members),
        as_of=asked.get("as_of", ""),
        region=region or "",
        offset=offset,
        size=PAGE,
    )
