"""The registers (一单两库): objects and inspectors, and who stands in the abnormal list.

Of an inspector nobody reads a name. A relation is told to the inspector's own department, which
decides the recusal; others see how many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain import powers
from domain.departments import ORGANS
from domain.draw.classes import SCHEMES
from domain.facts import instant
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.casework.acts import acts
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
    territory,
)
from gateways.web.inspections import words
from gateways.web.inspections.plans import list_held
from gateways.web.rendering import Words, page_language
from gateways.web.signing import Signed
from projections import inspections
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

DUE_DAYS = 90
"""So far ahead the page looks for full inspections that the cycle of the grade asks for."""
SHOWN_MOST = 10
"""So many inspections stand on the page of their subject; the list has all."""

NAME = Filter(name="search", zh="名称", en="Name", size=20)

OBJECTS = (
    Column(name="subject", zh="检查对象", en="Object", kind="subject"),
    Column(
        name="region", zh="地区", en="Region", kind="region",
        below=Column(name="address", zh="地址", en="Address"),
    ),
    Column(
        name="licences", zh="有效许可", en="Licences in force", kind="codes",
        below=Column(name="tags", zh="标签", en="Tags"),
    ),
    Column(
        name="level", zh="风险", en="Risk", kind="state", states=words.LEVEL,
        below=Column(name="grades", zh="等级", en="Grades"),
    ),
    Column(
        name="inspections", zh="检查次数", en="Inspections", kind="number",
        link="/inspections?view=all&subject={subject}",
    ),
    Column(
        name="category", zh="最近结果", en="Latest result", kind="state", states=words.CATEGORY,
        below=Column(name="inspected_on", zh="检查日期", en="Inspected", kind="day"),
    ),
    Column(name="list_state", zh="异常名录", en="Abnormal list", kind="state", states=words.ENTRY),
)  # fmt: skip
DUE = (
    Column(name="subject", zh="检查对象", en="Object", kind="subject"),
    Column(name="region", zh="地区", en="Region", kind="region"),
    Column(name="grades", zh="等级", en="Grades"),
    Column(name="full_on", zh="上次全面检查", en="Last full inspection", kind="day"),
    Column(name="full_due", zh="应检查日期", en="Due", kind="day"),
    Column(name="overdue", zh="逾期", en="Overdue", kind="flag"),
    Column(
        name="open_tasks", zh="在办检查", en="Under way", kind="number",
        link="/inspections?view=all&subject={subject}",
    ),
)  # fmt: skip
INSPECTORS = (
    Column(
        name="certificate",
        zh="执法证号",
        en="Certificate",
        kind="id",
        below=Column(name="inspector_id", zh="编号", en="Number", kind="id"),
    ),
    Column(
        name="organ",
        zh="部门",
        en="Organ",
        kind="organ",
        below=Column(name="region", zh="地区", en="Region", kind="region"),
    ),
    Column(name="certificate_until", zh="执法证有效期至", en="Valid until", kind="day"),
    Column(name="specialities", zh="专业类别", en="Specialities", kind="codes"),
    Column(name="stand", zh="今日可派", en="Today", kind="state", states=words.AVAILABLE),
    Column(name="away", zh="不可用期间", en="Away"),
    Column(name="relations", zh="回避关系", en="Relations"),
)
ENTRIES = (
    Column(name="subject", zh="企业", en="Firm", kind="subject"),
    Column(name="region", zh="地区", en="Region", kind="region"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.ENTRY),
    Column(name="entered_on", zh="列入日期", en="Entered", kind="day"),
    Column(name="removed_on", zh="移出日期", en="Removed", kind="day"),
    Column(
        name="basis", zh="依据（检查任务）", en="Basis (inspection)", kind="id",
        link="/inspections/{}",
    ),
    Column(
        name="document_no", zh="文号", en="Document",
        below=Column(name="entry_id", zh="列入编号", en="Entry", kind="id"),
    ),
)  # fmt: skip

ITEMS = (
    Column(
        name="zh", zh="检查事项", en="Item",
        below=Column(name="code", zh="代码", en="Code", kind="id"),
    ),
    Column(name="content", zh="检查内容", en="What is looked at"),
    Column(name="method", zh="检查方式", en="How"),
    Column(name="basis", zh="依据", en="Basis"),
    Column(
        name="violations", zh="对应违法行为", en="Violations", kind="violations",
    ),
    Column(
        name="list_id", zh="清单", en="List", kind="id",
        below=Column(name="list_version", zh="版本", en="Version", kind="number"),
    ),
)  # fmt: skip

PAGES = (
    ("/items", "抽查事项清单", "Item list"),
    ("/objects", "检查对象名录库", "Object register"),
    ("/inspectors", "执法检查人员名录库", "Inspector register"),
    ("/abnormal", "经营异常名录", "Abnormal list"),
)

Find = Callable[[Connection, int, int], Listed]


def neighbours(request: Request, here: str) -> tuple[dict[str, str], ...]:
    """The other registers, and the public list, as buttons."""
    language = Words(page_language(request))
    return tuple(
        {"name": path, "zh": zh, "en": en, "href": language.url(path), "second": "yes"}
        for path, zh, en in (*PAGES, ("/published", "结果公示", "Published results"))
        if path != here
    )


class Whole(list[dict[str, Any]]):
    """Part of rows that are all at hand; it knows how many there are."""

    def __init__(self, rows: list[dict[str, Any]], limit: int, offset: int) -> None:
        super().__init__(rows[offset : offset + limit])
        self._total = len(rows)

    def total(self) -> int:
        """How many rows there are in all."""
        return self._total


@router.get("/items")
def items(request: Request, identity: Signed) -> Response:
    """抽查事项清单: the items that hold in the post's territory, of the nearest list above it."""
    region = territory(request, identity)

    def rows(conn: Connection, limit: int, offset: int) -> Whole:
        held = list_held(conn, region)
        told = [] if held is None else held["items"]
        made = [
            {
                **one,
                "violations": ",".join(one["violations"]),
                "list_id": held["list_id"] if held else "",
                "list_version": held["list_version"] if held else None,
            }
            for one in told
        ]
        return Whole(made, limit, offset)

    return answer(
        request,
        identity,
        List(
            zh="抽查事项清单", en="Item list", columns=ITEMS, rows=rows, filters=(REGION,),
            empty_zh="本地区和上级都没有发布抽查事项清单",
            empty_en="Neither this territory nor one above it has published an item list",
            acts=(
                *acts(request, identity, ("PublishItemList",)),
                *neighbours(request, "/items"),
            ),
        ),
    )  # fmt: skip


@router.get("/objects")
def objects(request: Request, identity: Signed) -> Response:
    """The object register of the post's territory: what each is, holds and was found to be."""
    filters = (NAME, SUBJECT, REGION)
    values = asked(request, filters)
    region, today = territory(request, identity), _today(request)
    language = Words(page_language(request))
    views: dict[str, dict[str, Any]] = {"all": {}, "phrased": {"phrased": True}}
    views |= {"place": {"place": True}, "due": {}}
    view = request.query_params.get("view", "all")
    view = view if view in views else "all"

    def found(conn: Connection, which: str, limit: int, offset: int) -> Listed:
        if which == "due":
            return inspections.full_inspections_due(
                conn, on=today, region=region, within_days=DUE_DAYS, limit=limit, offset=offset
            )
        return inspections.objects(
            conn,
            on=today,
            uscc=values["subject"],
            search=values["search"],
            region=region,
            limit=limit,
            offset=offset,
            **views[which],
        )

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        listed = found(conn, view, limit, offset)
        for row in listed:
            row["subject_name"] = row["name"]
            row["licences"] = ",".join(row["licences"])
            row["grades"] = language.t("、", ", ").join(
                f"{language.label(SCHEMES[scheme]) if scheme in SCHEMES else scheme} {grade}"
                for scheme, grade in sorted((row.get("grades") or {}).items())
            )
            row["tags"] = language.t("、", ", ").join(
                words.tag(one, language) for one in row["tags"]
            )
        return listed

    with department_of(request, identity).reading() as conn:
        counts = {name: found(conn, name, 1, 0).total() for name in views}
    told = {
        "all": ("全部", "All"),
        "phrased": ("含八类字样", "With an eight-phrase scope"),
        "place": ("场所（无登记）", "Places without a code"),
        "due": (f"应全面检查（{DUE_DAYS}日内）", f"Due in full within {DUE_DAYS} days"),
    }
    return answer(
        request,
        identity,
        List(
            zh="检查对象名录库", en="Object register",
            columns=DUE if view == "due" else OBJECTS, rows=rows,
            filters=(REGION,) if view == "due" else filters, kept={"view": view},
            tabs=tuple(
                Tab(zh=zh, en=en, given={"view": one}, current=one == view, count=counts[one])
                for one, (zh, en) in told.items()
            ),
            acts=(*acts(request, identity, ("RegisterPlace",)), *neighbours(request, "/objects")),
        ),
    )  # fmt: skip


@router.get("/inspectors")
def inspectors(request: Request, identity: Signed) -> Response:
    """The inspector register: certificate, organ, specialities, and who is there today."""
    region, today = territory(request, identity), _today(request)
    filters = (_organs(today), REGION)
    values = asked(request, filters)
    language = Words(page_language(request))
    views = {"held": False, "left": True}
    view = request.query_params.get("view", "held")
    view = view if view in views else "held"

    def found(conn: Connection, which: str, limit: int, offset: int) -> Listed:
        return inspections.inspectors(
            conn, region=region, organ=values["organ"], on=today, left=views[which],
            limit=limit, offset=offset,
        )  # fmt: skip

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        listed = found(conn, view, limit, offset)
        for row in listed:
            row.pop("person")
            row["stand"] = stand_of(row, today)
            row["away"] = language.t("；", "; ").join(
                f"{begin or ''} – {end or ''}" for begin, end in row["away"]
            )
            row["relations"] = relations_told(row, identity, language)
        return listed

    with department_of(request, identity).reading() as conn:
        counts = {name: found(conn, name, 1, 0).total() for name in views}
    told = {"held": ("在册", "In the register"), "left": ("含已退出", "With those who left")}
    return answer(
        request,
        identity,
        List(
            zh="执法检查人员名录库", en="Inspector register", columns=INSPECTORS, rows=rows,
            filters=filters, kept={"view": view},
            tabs=tuple(
                Tab(zh=zh, en=en, given={"view": one}, current=one == view, count=counts[one])
                for one, (zh, en) in told.items()
            ),
            note_zh="不显示姓名；回避关系只对人员所在部门显示，其他部门只见条数。",
            note_en="No names are shown; a relation is told to the inspector's own department, "
            "others see how many there are.",
            acts=(
                *acts(request, identity, ("EnterInspector", "ChangeInspector")),
                *neighbours(request, "/inspectors"),
            ),
        ),
    )  # fmt: skip


@router.get("/abnormal")
def abnormal(request: Request, identity: Signed) -> Response:
    """Firms that 市场监管 entered in the abnormal list, on which inspection, and when removed."""
    filters = (states_of(words.ENTRY), SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        return inspections.list_entries(
            conn, uscc=values["subject"], state=values["state"], region=region,
            limit=limit, offset=offset,
        )  # fmt: skip

    return answer(
        request,
        identity,
        List(
            zh="经营异常名录", en="Abnormal list", columns=ENTRIES, rows=rows, filters=filters,
            note_zh="由市场监管部门决定列入、移出；依据为联合检查中核实的结果。",
            note_en="Market regulation enters and removes, on what a joint inspection verified.",
            acts=(
                *acts(request, identity, ("ChangeAbnormalList",)),
                *neighbours(request, "/abnormal"),
            ),
        ),
    )  # fmt: skip


def inspected(conn: Connection, subject: str, today: date) -> dict[str, Any]:
    """What the registers and inspections hold of one subject, latest inspection first."""
    tasks = inspections.tasks(conn, uscc=subject, limit=200)
    entered = inspections.objects(conn, on=today, uscc=subject, limit=1)
    return {
        "object": plain(entered[0]) if entered else None,
        "tasks": [plain(one) for one in reversed(tasks)][:SHOWN_MOST],
        "total": tasks.total(),
        "entries": [plain(one) for one in inspections.list_entries(conn, uscc=subject)],
    }


def stand_of(row: dict[str, Any], today: date) -> str:
    """Whether an inspector may be sent today, and why not."""
    if row["left"]:
        return "LEFT"
    if (row["certificate_until"] or "") < today.isoformat():
        return "EXPIRED"
    return "HERE" if row["available"] else "AWAY"


def relations_told(row: dict[str, Any], identity: Identity, language: Words) -> str:
    """The recusal relations for the inspector's own department; for others their number."""
    found: dict[str, str] = row["relations"]
    if not found:
        return ""
    if row["owner"] != identity.department:
        return language.t(f"已登记 {len(found)} 条", f"{len(found)} on record")
    return language.t("；", "; ").join(
        f"{subject} {language.label(words.GROUND[ground])}" for subject, ground in found.items()
    )


def _organs(today: date) -> Filter:
    """A filter by the organs that keep inspectors."""
    keeping = [one for one in ORGANS if "EnterInspector" in powers.commands_of(one, today)]
    options = tuple((one, ORGANS[one].zh, ORGANS[one].en) for one in keeping)
    return Filter(name="organ", zh="部门", en="Organ", options=options)


def _today(request: Request) -> date:
    return instant(request.app.state.platform.clock.now()).date()
