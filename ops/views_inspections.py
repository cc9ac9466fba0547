"""The views of plans, draws and inspections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ops.asking import Ask, View, listed, today
from projections import inspections


def _plans(connection: Connection, ask: Ask) -> Any:
    if ask.of is not None:
        plan = inspections.plan(connection, ask.of, as_of=ask.as_of)
        return [] if plan is None else [plan]
    return inspections.plans(
        connection, region=ask.region, state=ask.state, limit=ask.limit, offset=ask.offset
    )


def _draws(connection: Connection, ask: Ask) -> Any:
    if ask.of is not None:
        draw = inspections.draw(connection, ask.of, as_of=ask.as_of)
        return [] if draw is None else [draw]
    return inspections.draws(
        connection, region=ask.region, state=ask.state, limit=ask.limit, offset=ask.offset
    )


def _inspections(connection: Connection, ask: Ask) -> Any:
    found = inspections.tasks(
        connection,
        uscc=ask.of,
        region=ask.region,
        state=ask.state,
        limit=ask.limit,
        offset=ask.offset,
    )
    if ask.as_of is None:
        return found
    then = (inspections.task(connection, row["task_id"], as_of=ask.as_of) for row in found)
    return [row for row in then if row is not None]


def _counted(query: Callable[..., Any]) -> Callable[[Connection, Ask], Any]:
    """A query that counts by unit in one plan (of) and territory."""
    return lambda connection, ask: query(connection, plan_id=ask.of, region=ask.region)


INSPECTION_VIEWS: tuple[View, ...] = (
    View(
        name="objects",
        node="hr",
        zh="检查对象名录库",
        en="Object register",
        rows=lambda c, ask: inspections.objects(
            c,
            on=today(ask),
            uscc=ask.of,
            region=ask.region,
            search=ask.search,
            limit=ask.limit,
            offset=ask.offset,
        ),
        columns=(
            "subject",
            "name",
            "region",
            "licences",
            "grades",
            "tags",
            "inspected_on",
            "category",
            "full_due",
        ),
    ),
    View(
        name="full_inspections_due",
        node="hr",
        zh="应当全面检查的机构",
        en="Full inspections due",
        rows=lambda c, ask: inspections.full_inspections_due(
            c, on=today(ask), region=ask.region, limit=ask.limit, offset=ask.offset
        ),
        columns=("subject", "name", "region", "grades", "full_on", "full_due", "overdue"),
    ),
    View(
        name="inspectors",
        node="hr",
        zh="执法检查人员名录库",
        en="Inspector register",
        rows=lambda c, ask: inspections.inspectors(
            c, region=ask.region, on=today(ask), limit=ask.limit, offset=ask.offset
        ),
        columns=(
            "inspector_id",
            "organ",
            "region",
            "certificate_until",
            "specialities",
            "available",
        ),
    ),
    View(
        name="item_lists",
        node="hr",
        zh="抽查事项清单",
        en="Item lists",
        rows=lambda c, ask: inspections.item_lists(
            c, region=ask.region, limit=ask.limit, offset=ask.offset
        ),
        columns=("list_id", "list_version", "owner", "region", "published"),
    ),
    View(
        name="plans",
        node="hr",
        zh="抽查计划",
        en="Inspection plans",
        rows=_plans,
        columns=(
            "plan_id",
            "title",
            "origin",
            "region",
            "state",
            "size",
            "rate",
            "drawn",
            "window_to",
        ),
    ),
    View(
        name="draws",
        node="hr",
        zh="抽取",
        en="Draws",
        rows=_draws,
        columns=(
            "draw_id",
            "origin",
            "kind",
            "region",
            "state",
            "count",
            "drawn",
            "waiting",
            "withheld",
        ),
    ),
    View(
        name="inspections",
        node="hr",
        zh="检查任务",
        en="Inspections",
        rows=_inspections,
        columns=(
            "task_id",
            "kind",
            "subject_name",
            "region",
            "state",
            "team",
            "window_to",
            "category",
            "published_on",
        ),
    ),
    View(
        name="inspections_late",
        node="hr",
        zh="逾期检查任务",
        en="Late inspections",
        rows=lambda c, ask: inspections.tasks(
            c,
            region=ask.region,
            state=ask.state,
            late_on=today(ask),
            limit=ask.limit,
            offset=ask.offset,
        ),
        columns=("task_id", "subject_name", "region", "state", "window_to", "inspected_on"),
    ),
    View(
        name="inspection_units",
        node="hr",
        zh="各地检查进度",
        en="Inspections by unit",
        rows=lambda c, ask: inspections.tasks_by_unit(
            c, on=today(ask), plan_id=ask.of, region=ask.region
        ),
    ),
    View(
        name="results",
        node="hr",
        zh="双随机检查结果",
        en="Double-random results",
        rows=_counted(inspections.results_by_category),
    ),
    View(
        name="result_units",
        node="hr",
        zh="各地双随机检查结果",
        en="Double-random results by unit",
        rows=_counted(inspections.results_by_unit),
    ),
    View(
        name="publications_due",
        node="hr",
        zh="待公示检查结果",
        en="Results to publish",
        rows=lambda c, ask: inspections.publications_due(
            c,
            on=today(ask),
            plan_id=ask.of,
            region=ask.region,
            limit=ask.limit,
            offset=ask.offset,
        ),
        columns=("task_id", "subject_name", "region", "category", "publish_due", "overdue"),
    ),
    View(
        name="publications_done",
        node="hr",
        zh="已公示检查结果",
        en="Results published",
        rows=lambda c, ask: inspections.publications_done(
            c, plan_id=ask.of, region=ask.region, limit=ask.limit, offset=ask.offset
        ),
        columns=("task_id", "subject_name", "published_category", "published_on", "on_time"),
    ),
    View(
        name="abnormal_list",
        node="samr",
        zh="经营异常名录",
        en="Abnormal list",
        rows=listed(inspections.list_entries),
        columns=("subject", "state", "basis", "document_no", "entered_on", "removed_on"),
    ),
)
"""Every view of this kind, in the order in which they are shown."""
