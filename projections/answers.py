"""What the queries of readers share: narrowing to a firm, a territory or a state; plain answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select

from projections.steps import moment, within

Answer = dict[str, Any]


def narrow(
    query: Select[Any],
    table: Any,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
) -> Select[Any]:
    """The query for one firm, one territory and one state, each where given; no voided rows."""
    query = query.where(~table.c.voided)
    if uscc is not None:
        query = query.where(table.c.uscc == uscc)
    if region is not None:
        query = query.where(within(table.c.region, region))
    if state is not None:
        query = query.where(table.c.state == state)
    return query


def answer(row: Mapping[Any, Any], stamps: Collection[str]) -> Answer:
    """A row without what it is folded from, its stamps as instants in ISO text."""
    return {
        name: moment(value) if name in stamps and type(value) is int else value
        for name, value in row.items()
        if name not in ("steps", "voided")
    }


def listed(conn: Connection, query: Select[Any], stamps: Collection[str]) -> list[Answer]:
    """The rows of a query as plain answers."""
    return [answer(row, stamps) for row in conn.execute(query).mappings()]
