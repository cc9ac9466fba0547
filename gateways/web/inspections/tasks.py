"""检查任务: whose they are, which are late, and one inspection from its sending to its publication."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.commands import COMMANDS
from domain.facts import FACTS, instant
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from gateways.contracts.envelope import fact_of
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.casework.acts import absent, acts, may
from gateways.web.casework.lists import (
    REGION,
    SUBJECT,
    Column,
    Filter,
    List,
    Tab,
    answer,
    asked,
    states_of,
    terms_of,
    territory,
)
from gateways.web.casework.words import States
from gateways.web.inspections import words
from gateways.web.inspections.plans import items_named
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import inspections, received
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

TASKS = (
    Column(name="task_id", zh="任务", en="Task", kind="id", link="/inspections/{}"),
    Column(name="subject", zh="检查对象", en="Subject", kind="subject"),
    Column(name="kind", zh="种类", en="Kind", kind="state", states=words.KIND),
    Column(name="region", zh="单位", en="Unit", kind="region"),
    Column(
        name="state", zh="状态", en="State", kind="state", states=words.TASK,
        below=Column(name="claimed", zh="认领", en="Claimed"),
    ),
    Column(
        name="certificates", zh="检查组", en="Team", kind="violations",
        below=Column(name="organs", zh="部门", en="Organs"),
    ),
    Column(name="window_to", zh="检查止日", en="Window to", kind="day"),
    Column(name="term", zh="期限", en="Term", kind="term"),
    Column(
        name="category", zh="结果", en="Result", kind="state", states=words.CATEGORY,
        below=Column(name="inspected_on", zh="检查日期", en="Inspected", kind="day"),
    ),
)  # fmt: skip
PLAN = Filter(name="plan", zh="计划", en="Plan", size=16)
UNIT = Filter(name="unit", zh="单位（不含下级）", en="This unit alone", size=10)
VIEWS = ("open", "mine", "late", "all")

NEXT: dict[str, tuple[str, ...]] = {
    "SENT": ("ClaimTasks",),
    "CLAIMED": ("ClaimTasks", "DispatchTasks", "MatchTeam"),
    "DISPATCHED": ("MatchTeam",),
    "RECUSED": ("MatchTeam",),
    "MATCHED": ("RecordViolation", "RecuseInspector"),
    "OPENED": ("RecordViolation", "RecuseInspector"),
    "INSPECTED": ("PublishResult", "CorrectResult"),
    "PUBLISHED": ("CorrectResult",),
}
"""What is done next by the state of an inspection."""
READY = ("MATCHED", "OPENED")


def choice(states: States, name: str, zh: str, en: str) -> Filter:
    """A filter by one of these codes."""
    options = tuple((code, one.zh, one.en) for code, one in states.items())
    return Filter(name=name, zh=zh, en=en, options=options)


FILTERS = (
    states_of(words.TASK),
    choice(words.KIND, "kind", "种类", "Kind"),
    choice(words.CATEGORY, "category", "结果", "Result"),
    PLAN,
    SUBJECT,
    REGION,
    UNIT,
)
LINKS = (
    {"name": "results", "zh": "检查结果统计", "en": "Results", "href": "/results"},
    {"name": "publications", "zh": "结果公开", "en": "Publications", "href": "/publications"},
)


@router.get("/inspections")
def tasks(request: Request, identity: Signed) -> Response:
    """The inspections of the post's territory: open, of its own organ's teams, late, all."""
    values = asked(request, FILTERS)
    region = territory(request, identity)
    now = request.app.state.platform.clock.now()
    today = instant(now).date()
    narrowed = any(values[name] for name in ("state", "category", "plan", "unit"))
    view = request.query_params.get("view", "all" if narrowed else "open")
    view = view if view in VIEWS else "open"
    told_organ = Words(page_language(request)).organ
    views: dict[str, dict[str, Any]] = {
        "open": {"open_only": True},
        "mine": {"open_only": True, "organ": identity.post.organ},
        "late": {"late_on": today},
        "all": {},
    }

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        found = inspections.tasks(
            conn,
            uscc=values["subject"],
            plan_id=values["plan"],
            region=region,
            unit=values["unit"],
            state=values["state"],
            kind=values["kind"],
            category=values["category"],
            limit=limit,
            offset=offset,
            **views[view],
        )
        for row in found:
            row["claimed"] = "" if row["team"] else row["claimed"]
            for name in ("claimed", "organs"):
                row[name] = "、".join(
                    told_organ(one) for one in (row[name] or "").split(",") if one
                )
        return found

    with department_of(request, identity).reading() as conn:
        counts = {
            name: inspections.tasks(conn, region=region, limit=1, **more).total()
            for name, more in views.items()
        }
    told = {
        "open": ("待检查", "Open"),
        "mine": ("本部门在检查组中的", "With our inspectors"),
        "late": ("逾期", "Late"),
        "all": ("全部", "All"),
    }
    return answer(
        request,
        identity,
        List(
            zh="检查任务",
            en="Inspections",
            columns=TASKS,
            rows=rows,
            filters=FILTERS,
            kept={"view": view},
            tabs=tuple(
                Tab(
                    zh=zh, en=en, given={"view": name}, current=name == view, count=counts[name]
                )
                for name, (zh, en) in told.items()
            ),
            acts=(*acts(request, identity, ("OpenInspection", "RegisterPlace")), *LINKS),
            terms=True,
        ),
    )  # fmt: skip


@router.get("/inspections/{task_id}")
def task(request: Request, task_id: str, identity: Signed) -> Response:
    """One inspection: object, team, window, terms, what was found, what the public was told."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = known_task(conn, task_id)
        items = items_named(conn, found["items"], found["region"])
        terms = terms_of(
            conn,
            [step["event_id"] for step in found["steps"]],
            found["matter"],
            department=identity.department,
            now=now,
        )
        findings = findings_about(conn, found)
        names: tuple[str, ...] = NEXT.get(found["state"], ())
        drawn = drawn_for(conn, found) if "MatchTeam" in names else {}
        if drawn and drawn["draw"] in ("", found["draw_id"]) and from_outside(conn, found):
            names = tuple("EnterOutsideTeam" if one == "MatchTeam" else one for one in names)
            drawn = {"draw": found["draw_id"]}
    if found["outdated"]:
        names = ("PublishResult", *names)
    if found["category"] == "UNREACHABLE":
        names = (*names, "VerifyAddress", "ChangeAbnormalList")
    known = {
        "task": task_id,
        "tasks": task_id,
        "organisation": found["subject"],
        "about": task_id,
        "basis": task_id,
        **drawn,
    }
    return page(
        request,
        "inspection.html",
        identity=identity,
        task=plain(found),
        team=team_of(found),
        items=items,
        results={one["item"]: one for one in found["item_results"] or ()},
        findings=findings,
        terms=terms,
        recordable=found["state"] in READY and may(request, identity, "RecordResult"),
        acts=acts(request, identity, names, **known),
        words=words,
        fact_names=FACTS,
        record_label=COMMANDS["RecordResult"],
        now=now,
    )


def known_task(conn: Connection, task_id: str) -> dict[str, Any]:
    """The inspection under an address. Raises a problem where this department knows none."""
    found = inspections.task(conn, task_id[:64])
    if found is None:
        raise absent(
            f"没有检查任务“{task_id}”，或本部门无权查看",
            f"There is no inspection “{task_id}” that this department may see",
            "UnknownTask",
        )
    return found


def drawn_for(conn: Connection, found: dict[str, Any]) -> dict[str, str]:
    """The draw of inspectors that was made for an inspection, and of their replacements."""
    made = [
        one
        for one in inspections.draws(conn, plan_id=found["plan_id"], state="EXECUTED", limit=500)
        if found["task_id"] in (one["tasks"] or "").split(",")
    ]
    teams = [one["draw_id"] for one in made if one["kind"] == "INSPECTORS"]
    instead = [one["draw_id"] for one in made if one["kind"] == "REPLACEMENT"]
    known = {"draw": found["team_draw"] or (teams[0] if teams else "")}
    return known | {"replacements": "\n".join(instead)}


def from_outside(conn: Connection, found: dict[str, Any]) -> bool:
    """Whether the provincial platform drew the object of an inspection."""
    draw = inspections.draw(conn, found["draw_id"]) if found["draw_id"] else None
    return draw is not None and draw["origin"] == "OUTSIDE"


def team_of(found: dict[str, Any]) -> list[dict[str, str]]:
    """The team as it stands: the one matched last, without who was recused since."""
    team: list[dict[str, str]] = []
    for step in found["steps"]:
        data = step["data"]
        if data.get("team"):
            team = list(data["team"])
        elif step["type"] == "inspection.inspector_recused.v1":
            team = [one for one in team if one["inspector_id"] != data["inspector_id"]]
    return team


def findings_about(conn: Connection, found: dict[str, Any]) -> list[Any]:
    """The violations on record that were found in this inspection, oldest first."""
    told = received.of_stream(
        conn, findings_of(found["subject"]), fact_of, types=(ViolationFound.TYPE,)
    )
    return [one for one in told if one.fact.about == found["task_id"]]
