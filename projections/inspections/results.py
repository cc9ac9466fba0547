"""What heads and the public ask of results: by category and unit, what is to be published."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from domain.inspection.facts import Category
from projections.answers import Answer, Listed, narrow
from projections.inspection_life import PUBLISHED
from projections.inspections.queries import late_by, task_answer, tasks_query
from projections.inspections.tables import OBJECTS, TASKS
from projections.steps import read, standing

CATEGORIES = tuple(category.value for category in Category)


def results_by_category(
    conn: Connection,
    *,
    kind: str | None = "DOUBLE_RANDOM",
    plan_id: str | None = None,
    region: str | None = None,
    since: date | None = None,
    to: date | None = None,
) -> dict[str, int]:
    """How many inspections had each overall category: {category: count}, all nine, least serious
    first. Of one kind (kinds are never mixed; None adds them up knowingly), by inspection day."""
    counts = dict.fromkeys(CATEGORIES, 0)
    query = _results(
        TASKS.c.category, kind=kind, plan_id=plan_id, region=region, since=since, to=to
    )
    return counts | {name: int(count) for name, count in conn.execute(query)}


def results_by_unit(
    conn: Connection,
    *,
    kind: str | None = "DOUBLE_RANDOM",
    plan_id: str | None = None,
    region: str | None = None,
    since: date | None = None,
    to: date | None = None,
) -> list[Answer]:
    """Results of each unit, by division code: [{region, inspected, problems, <category>: count}]
    with all nine categories; `problems` are those other than NO_PROBLEM and BUSINESS_NOT_FOUND."""
    query = _results(
        TASKS.c.region,
        TASKS.c.category,
        kind=kind,
        plan_id=plan_id,
        region=region,
        since=since,
        to=to,
    )
    units: dict[str, dict[str, int]] = {}
    for unit, category, count in conn.execute(query):
        units.setdefault(unit, dict.fromkeys(CATEGORIES, 0))[category] = int(count)
    return [
        {
            "region": unit,
            "inspected": sum(counts.values()),
            "problems": sum(counts[name] for name in CATEGORIES[2:]),
            **counts,
        }
        for unit, counts in sorted(units.items())
    ]


def tasks_by_unit(
    conn: Connection, *, on: date, plan_id: str | None = None, region: str | None = None
) -> list[Answer]:
    """Where the inspections of each unit stand on a day, by division code: [{region, tasks, sent,
    claimed, dispatched, matched, recused, opened, inspected, published, late}]; `late` are those
    made after their window and those open after it."""
    states = ("SENT", "CLAIMED", "DISPATCHED", "MATCHED", "RECUSED", "OPENED")
    counts = [
        _count(TASKS.c.state == state).label(state.lower()) for state in (*states, "INSPECTED")
    ]
    counts.append(_count(TASKS.c.state == "PUBLISHED").label("published"))
    query = narrow(
        select(
            TASKS.c.region,
            func.count().label("tasks"),
            *counts,
            _count(late_by(on)).label("late"),
        ),
        TASKS,
        region=region,
    ).where(TASKS.c.state.is_not(None))
    if plan_id is not None:
        query = query.where(TASKS.c.plan_id == plan_id)
    query = query.group_by(TASKS.c.region).order_by(TASKS.c.region)
    return [
        {name: value if name == "region" else int(value) for name, value in row.items()}
        for row in conn.execute(query).mappings()
    ]


def publications_due(
    conn: Connection,
    *,
    on: date,
    plan_id: str | None = None,
    region: str | None = None,
    waiting: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Double-random results to be published, the most urgent first: rows as `tasks` with `overdue`.

    A result that was corrected after its publication comes back (`outdated`) until it is published
    again. With `waiting`, those whose problem is not dealt with yet and that have no day instead.
    """
    query = tasks_query(region=region).where(
        TASKS.c.kind == "DOUBLE_RANDOM",
        TASKS.c.category.is_not(None),
        or_(TASKS.c.published.is_(None), TASKS.c.outdated),
    )
    due = TASKS.c.publish_due
    query = query.where(due.is_(None) if waiting else due.is_not(None))
    if plan_id is not None:
        query = query.where(TASKS.c.plan_id == plan_id)
    query = query.order_by(due, TASKS.c.inspected_on, TASKS.c.task_id)
    return Listed.of(
        conn, query.limit(limit).offset(offset), lambda row: task_answer(row) | overdue(row, on)
    )


def overdue(row: Any, on: date) -> Answer:
    """Whether the day of publication has passed without one."""
    return {"overdue": row["publish_due"] is not None and row["publish_due"] < on.isoformat()}


def publications_done(
    conn: Connection,
    *,
    plan_id: str | None = None,
    region: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Published results of any kind, latest first: rows as `tasks` with `on_time` (None where no
    day was set). What the public may see of a row: subject, subject_name, region,
    published_category, inspected_on, channel, published_on."""
    query = tasks_query(region=region).where(TASKS.c.published.is_not(None))
    if plan_id is not None:
        query = query.where(TASKS.c.plan_id == plan_id)
    query = query.order_by(TASKS.c.published.desc(), TASKS.c.task_id)
    return Listed.of(
        conn, query.limit(limit).offset(offset), lambda row: task_answer(row) | _on_time(row)
    )


def published_results(
    conn: Connection,
    *,
    region: str | None = None,
    category: str | None = None,
    search: str | None = None,
    uscc: str | None = None,
    task_id: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """What the public sees of published results, latest first: {task_id, subject, subject_name,
    region, kind, category, inspected_on, channel, published_on, draw_id, publications [{category,
    published_on, channel, corrects}]}.

    `category` is the one published last: a result corrected since stands as it was published
    until it is published again. Two publications and more are a correction, all of them told.
    """
    query = tasks_query(region=region).where(TASKS.c.published.is_not(None))
    for column, wanted in (
        (TASKS.c.published_category, category),
        (TASKS.c.subject, uscc),
        (TASKS.c.task_id, task_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if search:
        named = OBJECTS.c.name.contains(search, autoescape=True)
        query = query.where(or_(named, TASKS.c.subject == search))
    query = query.order_by(TASKS.c.published.desc(), TASKS.c.task_id)
    return Listed.of(conn, query.limit(limit).offset(offset), _told)


def _told(row: Any) -> Answer:
    names = ("task_id", "subject", "subject_name", "region", "kind", "inspected_on", "channel")
    return {name: row[name] for name in (*names, "published_on", "draw_id")} | {
        "category": row["published_category"],
        "publications": [
            {name: step.data[name] for name in ("category", "published_on", "channel", "corrects")}
            for step in standing(read(row["steps"]))
            if step.type == PUBLISHED
        ],
    }


def _on_time(row: Any) -> Answer:
    due = row["publish_due"]
    return {"on_time": None if due is None else row["published_on"] <= due}


def _results(
    *columns: Any,
    kind: str | None,
    plan_id: str | None,
    region: str | None,
    since: date | None,
    to: date | None,
) -> Any:
    query = narrow(select(*columns, func.count()), TASKS, region=region)
    query = query.where(TASKS.c.category.is_not(None))
    if kind is not None:
        query = query.where(TASKS.c.kind == kind)
    if plan_id is not None:
        query = query.where(TASKS.c.plan_id == plan_id)
    if since is not None:
        query = query.where(TASKS.c.inspected_on >= since.isoformat())
    if to is not None:
        query = query.where(TASKS.c.inspected_on <= to.isoformat())
    return query.group_by(*columns)


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
