"""Facts addressed to a department: its inbox, shared by the readers that have one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import Recorded
from projections.answers import Answer, answer, narrow
from projections.steps import Entity, Steps, steps_columns


def inbox_table(name: str, metadata: MetaData) -> Table:
    """One row for each fact that is addressed to the department."""
    return Table(
        name,
        metadata,
        Column("event_id", Text, primary_key=True),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("region", Text, nullable=False),
        Column("matter", Text, nullable=False),
        Column("department", Text, nullable=False),
        Column("recorded", BigInteger, nullable=False),
        *steps_columns(),
        Index(f"{name}_region", "region", "recorded"),
    )


def inbox_entity(
    table: Table,
    addressed: Mapping[str, tuple[str, ...]],
    whose: Callable[[Recorded[Any]], bool] = lambda _: True,
) -> Entity:
    """The rows of an inbox: event types addressed to it, those of them for which `whose` holds."""
    return Entity(table, lambda fact: fact.id if whose(fact) else None, addressed, _fold)


def _fold(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    return {
        "type": step.type,
        "subject": step.subject,
        "region": step.region,
        "matter": step.matter,
        "department": step.department,
        "recorded": step.stamp,
    }


def addressed_to(
    conn: Connection, table: Table, region: str | None, limit: int, offset: int
) -> list[Answer]:
    """The facts of an inbox in a territory, latest first."""
    query = narrow(select(table), table, region=region)
    query = query.order_by(table.c.recorded.desc(), table.c.event_id)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [answer(row, ("recorded",)) for row in found]
