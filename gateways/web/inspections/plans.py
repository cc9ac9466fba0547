"""抽查计划: the plans of a territory, and one plan with its audit, its draws and its tasks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.facts import FACTS
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.lists import REGION, Column, List, answer, asked, states_of, territory
from gateways.web.inspections import words
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import inspections
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

PLANS = (
    Column(
        name="title", zh="计划", en="Plan",
        below=Column(name="plan_id", zh="编号", en="Number", kind="id"),
    ),
    Column(name="plan_id", zh="查看", en="Open", kind="id", link="/plans/{}"),
    Column(name="region", zh="地区", en="Region", kind="region"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.PLAN),
    Column(name="predicate", zh="检查对象", en="Population", kind="code"),
    Column(name="drawn", zh="已抽取", en="Drawn", kind="number"),
    Column(
        name="window_from", zh="检查期间", en="Window", kind="day",
        below=Column(name="window_to", zh="止", en="To", kind="day"),
    ),
)  # fmt: skip
DRAWS = (
    Column(name="draw_id", zh="抽取", en="Draw", kind="id", link="/draws/{}"),
    Column(name="kind", zh="抽取什么", en="Of", kind="state", states=words.DRAW_KIND),
    Column(name="region", zh="地区", en="Region", kind="region"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.DRAW),
    Column(name="count", zh="名录对象数", en="Population", kind="number"),
    Column(name="drawn", zh="抽取数", en="Drawn", kind="number"),
    Column(name="opened", zh="冻结时间", en="Frozen", kind="moment"),
    Column(name="plan_id", zh="计划", en="Plan", kind="id", link="/plans/{}"),
)  # fmt: skip

NEXT: dict[str, tuple[str, ...]] = {
    "DRAFTED": ("AuditPlan", "DraftPlan"),
    "PASSED": ("ApprovePlan",),
    "REFUSED": ("DraftPlan",),
    "APPROVED": ("OpenDraw",),
    "DRAWN": ("OpenDraw",),
}
"""What is done next by the state of a plan."""

TASKS_MOST = 100
"""So many tasks are filled into a form; an address holds no more."""

PAGES = (
    {"zh": "随机抽取", "en": "Draws", "path": "/draws"},
    {"zh": "抽查计划", "en": "Plans", "path": "/plans"},
    {"zh": "抽查事项清单", "en": "Item list", "path": "/items"},
)


@router.get("/plans")
def plans(request: Request, identity: Signed) -> Response:
    """The plans of the post's territory, latest first."""
    filters = (states_of(words.PLAN), REGION)
    values = asked(request, filters)
    region = territory(request, identity)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        return inspections.plans(
            conn, region=region, state=values["state"], limit=limit, offset=offset
        )

    with department_of(request, identity).reading() as conn:
        held = list_held(conn, region)
    known: dict[str, Any] = {"region": region}
    if held is not None:
        known["item_list"] = held["list_id"]
        known["items"] = "\n".join(one["code"] for one in held["items"])
    return answer(
        request,
        identity,
        List(
            zh="抽查计划", en="Inspection plans", columns=PLANS, rows=rows, filters=filters,
            acts=(
                *acts(request, identity, ("DraftPlan",), **known),
                *acts(request, identity, ("PublishItemList",)),
                link("/draws"),
                link("/items"),
            ),
        ),
    )  # fmt: skip


def list_held(conn: Connection, region: str) -> dict[str, Any] | None:
    """The item list that holds in a territory: its own, or the nearest one above it."""
    from domain.online.screening import superiors

    for each in superiors(region):
        own = [one for one in inspections.item_lists(conn, limit=500) if one["region"] == each]
        if own:
            return own[0]
    return None


@router.get("/draws")
def draws(request: Request, identity: Signed) -> Response:
    """The draws of the post's territory, latest first."""
    filters = (states_of(words.DRAW), states_of(words.DRAW_KIND, "kind"), REGION)
    values = asked(request, filters)
    region = territory(request, identity)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        return inspections.draws(
            conn,
            region=region,
            state=values["state"],
            kind=values["kind"],
            limit=limit,
            offset=offset,
        )

    return answer(
        request,
        identity,
        List(
            zh="随机抽取", en="Random draws", columns=DRAWS, rows=rows, filters=filters,
            acts=(link("/plans"),),
        ),
    )  # fmt: skip


def link(path: str) -> dict[str, str]:
    """A neighbouring list as a button."""
    found = next(one for one in PAGES if one["path"] == path)
    return {
        "name": path, "zh": found["zh"], "en": found["en"], "href": path, "second": "yes",
    }  # fmt: skip


@router.get("/plans/{plan_id}")
def plan(request: Request, plan_id: str, identity: Signed) -> Response:
    """One plan: what is drawn and when, who audited and approved it, its draws and its tasks."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = inspections.plan(conn, plan_id)
        if found is None:
            raise absent(
                f"没有抽查计划“{plan_id}”，或本部门无权查看",
                f"There is no plan “{plan_id}” that this department may see",
                "UnknownPlan",
            )
        drawn = inspections.draws(conn, plan_id=plan_id, limit=200)
        items = items_named(conn, found["items"], found["region"], found["item_list"])
        known = {"plan": plan_id, "region": found["region"]} | teams_wanted(
            conn, plan_id, identity.post.region
        )
    return page(
        request,
        "plan.html",
        identity=identity,
        plan=plain(found),
        items=items,
        draws=[plain(one) for one in drawn],
        acts=acts(request, identity, NEXT.get(found["state"], ()), **known),
        words=words,
        fact_names=FACTS,
        now=now,
    )


def teams_wanted(conn: Connection, plan_id: str, region: str) -> dict[str, str]:
    """What the next draw is of: inspectors for the plan's tasks without a team in a territory."""
    waiting = [
        one["task_id"]
        for state in ("CLAIMED", "DISPATCHED")
        for one in inspections.tasks(
            conn, plan_id=plan_id, region=region, state=state, limit=TASKS_MOST
        )
    ]
    if not waiting:
        return {}
    return {"kind": "INSPECTORS", "tasks": "\n".join(waiting)}


def items_named(
    conn: Connection, codes: str | None, region: str, list_id: str | None = None
) -> list[dict[str, Any]]:
    """The items of these codes as the lists that hold there tell them, the nearest list first."""
    from domain.inspection.items import SEED_ITEMS
    from domain.online.screening import superiors

    known: dict[str, dict[str, Any]] = {
        one.code: {
            "code": one.code,
            "zh": one.zh,
            "basis": one.basis,
            "content": one.content,
            "method": one.method,
            "violations": list(one.violations),
        }
        for one in SEED_ITEMS
    }
    for each in reversed(superiors(region)):
        own = [one for one in inspections.item_lists(conn, region=each) if one["region"] == each]
        if own:
            known |= {one["code"]: one for one in own[0]["items"]}
    named = inspections.item_list(conn, list_id) if list_id else None
    if named is not None:
        known |= {one["code"]: one for one in named["items"]}
    blank = {"basis": "", "content": "", "method": "", "violations": []}
    return [
        known.get(code, {"code": code, "zh": code, **blank})
        for code in (codes or "").split(",")
        if code
    ]
