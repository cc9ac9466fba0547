"""What the queries of readers share: narrowing to a firm, a territory or a state; plain answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, select

from projections.steps import moment, read, within

Answer = dict[str, Any]


class Listed(list[Answer]):
    """A page of rows that can tell, when asked, how many there are in all and what made each."""

    def __init__(self, rows: list[Answer], conn: Connection, query: Select[Any]) -> None:
        super().__init__(rows)
        self._conn, self._query = conn, query
        self._steps: list[str | None] = []

    @classmethod
    def of(
        cls, conn: Connection, query: Select[Any], made: Callable[[Mapping[Any, Any]], Answer]
    ) -> Listed:
        """The rows of a query as answers; `made` turns one row into its answer."""
        found = conn.execute(query).mappings().all()
        page = cls([made(row) for row in found], conn, query)
        page._steps = [row.get("steps") for row in found]
        return page

    def total(self) -> int:
        """How many rows the question has without limit and offset; the connection is still open."""
        every = self._query.limit(None).offset(None).order_by(None).subquery()
        return int(self._conn.execute(select(func.count()).select_from(every)).scalar_one())

    def events(self, place: int) -> frozenset[str]:
        """The ids of the events that the row at a place was made of."""
        steps = self._steps[place]
        return frozenset() if steps is None else frozenset(step.event for step in read(steps))


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


def listed(conn: Connection, query: Select[Any], stamps: Collection[str]) -> Listed:
    """The rows of a query as plain answers."""
    return Listed.of(conn, query, lambda row: answer(row, stamps))
