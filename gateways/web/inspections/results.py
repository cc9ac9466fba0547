"""检查结果 and 结果公开: counts by category and unit that open their cases; what is still to publish."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.facts import instant
from gateways.http.departments import department_of
from gateways.web.casework.lists import (
    REGION,
    Column,
    List,
    Tab,
    answer,
    asked,
    territory,
)
from gateways.web.inspections import words
from gateways.web.inspections.tasks import PLAN, choice
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import inspections
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

KIND = choice(words.KIND, "kind", "种类", "Kind")
_FIRST = (
    Column(name="task_id", zh="任务", en="Task", kind="id", link="/inspections/{}"),
    Column(name="subject", zh="检查对象", en="Subject", kind="subject"),
    Column(name="region", zh="单位", en="Unit", kind="region"),
)
_RESULT = Column(
    name="category", zh="结果", en="Result", kind="state", states=words.CATEGORY,
    below=Column(name="inspected_on", zh="检查日期", en="Inspected", kind="day"),
)  # fmt: skip
DUE = (
    *_FIRST,
    _RESULT,
    Column(name="dealt_on", zh="处理完毕", en="Dealt with", kind="day"),
    Column(name="publish_due", zh="应公开日期", en="Due", kind="day"),
    Column(name="overdue", zh="逾期", en="Overdue", kind="flag"),
    Column(name="outdated", zh="更正后待重新公开", en="Corrected since", kind="flag"),
)
WAITING = (
    *_FIRST,
    _RESULT,
    Column(name="order_id", zh="责令改正", en="Order", kind="key"),
    Column(name="order_due", zh="改正期限", en="Order due", kind="day"),
    Column(name="findings", zh="违法事项", en="Findings", kind="violations"),
)
DONE = (
    *_FIRST,
    Column(
        name="published_category", zh="公开的结果", en="Published", kind="state",
        states=words.CATEGORY,
        below=Column(name="inspected_on", zh="检查日期", en="Inspected", kind="day"),
    ),
    Column(name="published_on", zh="公开日期", en="Published on", kind="day"),
    Column(name="channel", zh="渠道", en="Channel"),
    Column(name="on_time", zh="按期", en="In time", kind="flag"),
    Column(name="corrections", zh="更正次数", en="Corrections", kind="number"),
)  # fmt: skip
VIEWS = ("due", "waiting", "done")


@router.get("/results")
def results(request: Request, identity: Signed) -> Response:
    """Results of one kind by category and by unit; every number opens what it counts."""
    values = asked(request, (KIND, PLAN, REGION))
    region = territory(request, identity)
    kind = values["kind"] or "DOUBLE_RANDOM"
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        chosen: dict[str, Any] = {"plan_id": values["plan"], "region": region}
        counts = inspections.results_by_category(conn, kind=kind, **chosen)
        units = inspections.results_by_unit(conn, kind=kind, **chosen)
        tasks = inspections.tasks_by_unit(conn, on=instant(now).date(), **chosen)
    return page(
        request,
        "results.html",
        identity=identity,
        kind=kind,
        plan=values["plan"],
        region=region,
        counts=counts,
        units=units,
        tasks=tasks,
        words=words,
        now=now,
    )


@router.get("/publications")
def publications(request: Request, identity: Signed) -> Response:
    """Results to be published, the most urgent first; those that wait; those that are public."""
    values = asked(request, (PLAN, REGION))
    region = territory(request, identity)
    today = instant(request.app.state.platform.clock.now()).date()
    view = request.query_params.get("view", "due")
    view = view if view in VIEWS else "due"

    def found(conn: Connection, which: str, limit: int, offset: int) -> Listed:
        chosen: dict[str, Any] = {
            "plan_id": values["plan"], "region": region, "limit": limit, "offset": offset,
        }  # fmt: skip
        if which == "done":
            return inspections.publications_done(conn, **chosen)
        return inspections.publications_due(conn, on=today, waiting=which == "waiting", **chosen)

    with department_of(request, identity).reading() as conn:
        counts = {which: found(conn, which, 1, 0).total() for which in VIEWS}
    told = {
        "due": ("应公开", "To be published"),
        "waiting": ("问题处理中", "Problem being dealt with"),
        "done": ("已公开", "Published"),
    }
    language = Words(page_language(request))
    return answer(
        request,
        identity,
        List(
            zh="检查结果公开",
            en="Publication of results",
            columns={"due": DUE, "waiting": WAITING, "done": DONE}[view],
            rows=lambda conn, limit, offset: found(conn, view, limit, offset),
            filters=(PLAN, REGION),
            kept={"view": view},
            tabs=tuple(
                Tab(zh=zh, en=en, given={"view": one}, current=one == view, count=counts[one])
                for one, (zh, en) in told.items()
            ),
            note_zh="双随机检查结果在检查结束（有问题的在处理完毕）后20个工作日内公开。",
            note_en="Double-random results are public within 20 working days of the inspection, "
            "those with a problem of its being dealt with.",
            acts=(
                {
                    "name": "inspections",
                    "zh": "检查任务",
                    "en": "Inspections",
                    "href": language.url("/inspections"),
                },
            ),
        ),
    )
