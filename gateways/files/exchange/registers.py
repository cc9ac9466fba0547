"""What the department itself has for each layout, row by row: exported, and reconciled with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.inspection.facts import OutsideDrawEntered
from gateways.contracts.envelope import fact_of
from gateways.files.exchange.layouts import CATEGORIES
from gateways.files.exchange.registers_market import ACTIVITIES, ANNUAL, GUIDANCE, SELF_CHECKS
from projections import inspections, received
from projections.answers import Listed

Ours = Iterator[dict[str, Any]]
AT_ONCE = 10_000


def ours(conn: Connection, layout: str, region: str, on: date, *, department: str) -> Ours:
    """The rows of a territory by the layout's fields; what is empty is left out.

    Classes are those that the department itself said.
    """
    if layout == "classes":
        rows = _classes(conn, region, on, department)
    else:
        rows = _READ[layout](conn, region, on)
    for one in rows:
        yield {name: value for name, value in one.items() if value not in (None, "", [])}


def _each(ask: Callable[[int, int], Listed]) -> Iterator[Any]:
    offset = 0
    while rows := ask(AT_ONCE, offset):
        yield from rows
        offset += len(rows)


def _inspectors(conn: Connection, region: str, _: date) -> Ours:
    for row in _each(
        lambda limit, offset: inspections.inspectors(
            conn, region=region, limit=limit, offset=offset
        )
    ):
        yield {
            "certificate": row["certificate"],
            "certificate_until": row["certificate_until"],
            "specialities": _split(row["specialities"]),
            "region": row["region"],
        }


def _objects(conn: Connection, region: str, on: date) -> Ours:
    for row in _each(
        lambda limit, offset: inspections.objects(
            conn, on=on, region=region, place=False, limit=limit, offset=offset
        )
    ):
        yield {
            "organisation": row["subject"],
            "name": row["name"],
            "scope": row["scope"],
            "kind": row["kind"],
            "registered_on": row["registered_on"],
            "region": row["region"],
        }


def _classes(conn: Connection, region: str, on: date, department: str) -> Ours:
    for row in _each(
        lambda limit, offset: inspections.object_classes(
            conn, on=on, department=department, region=region, limit=limit, offset=offset
        )
    ):
        for said in row["said"]:
            yield {"organisation": row["subject"], **said}


def _draws(conn: Connection, region: str, _: date) -> Ours:
    for one in received.of_region(conn, region, fact_of, types=(OutsideDrawEntered.TYPE,)):
        fact = one.fact
        yield {
            "draw": fact.draw_id,
            "plan": fact.plan_id,
            "title": fact.title,
            "items": list(fact.items),
            "population": fact.population,
            "drawn": fact.drawn,
            "drawn_on": fact.drawn_on.isoformat(),
            "window_from": fact.window_from.isoformat(),
            "window_to": fact.window_to.isoformat(),
            "region": fact.region,
        }


def _tasks(conn: Connection, region: str, _: date) -> Ours:
    for row in _drawn(conn, region):
        yield {
            "draw": row["draw_id"],
            "organisation": row["subject"],
            "items": _split(row["items"]),
            "region": row["region"],
        }


def _teams(conn: Connection, region: str, _: date) -> Ours:
    """The teams that the provincial platform drew: those that stand under the object's own draw."""
    for row in _drawn(conn, region):
        if row["team_draw"] is not None and row["team_draw"] == row["draw_id"]:
            yield {
                "draw": row["draw_id"],
                "organisation": row["subject"],
                "members": _split(row["certificates"]),
                "drawn_on": row["matched_on"],
            }


def _results(conn: Connection, region: str, _: date) -> Ours:
    for row in _drawn(conn, region):
        if row["category"] is None:
            continue
        yield {
            "task": row["task_id"],
            "draw": row["draw_id"],
            "organisation": row["subject"],
            "name": row["subject_name"],
            "region": row["region"],
            "inspected_on": row["inspected_on"],
            "category": row["category"],
            "items": "；".join(map(_item, row["item_results"])),
            "certificates": _split(row["certificates"]),
            "published_on": row["published_on"],
        }


def _drawn(conn: Connection, region: str) -> Iterator[Any]:
    """The double-random tasks alone: kinds of inspection are never mixed (reference 6.1)."""
    return _each(
        lambda limit, offset: inspections.tasks(
            conn, region=region, kind="DOUBLE_RANDOM", limit=limit, offset=offset
        )
    )


def _item(result: Any) -> str:
    found = f"{result['item']}：{CATEGORIES[result['category']]}"
    note = result.get("note")
    return f"{found}（{note}）" if note else found


def _split(joined: str | None) -> list[str]:
    if joined and joined.startswith("["):
        return list(json.loads(joined))
    return [one for one in (joined or "").split(",") if one]


_READ: dict[str, Callable[[Connection, str, date], Ours]] = {
    "inspectors": _inspectors,
    "objects": _objects,
    "draws": _draws,
    "tasks": _tasks,
    "teams": _teams,
    "results": _results,
    "annual_reports": ANNUAL,
    "self_checks": SELF_CHECKS,
    "guidance": GUIDANCE,
    "activities": ACTIVITIES,
}
