"""Parked records as they are listed, with who dealt with each, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateways.department.database import PARKED, PARKED_ACTS, PARKED_DECISIONS
from gateways.department.quarantine.parking import OPEN_STATES


def parked_rows(
    connection: Connection, *, settled: bool, group: str | None = None
) -> Sequence[Any]:
    """Parked records without their bytes, each with the decision that was carried out on it.

    Of settled ones only those of a group, where one is named.
    """
    done = (
        select(
            PARKED_ACTS.c.parked_id,
            PARKED_ACTS.c.state.label("carried"),
            PARKED_DECISIONS.c.decision,
            PARKED_DECISIONS.c.group_id,
            PARKED_DECISIONS.c.act,
            PARKED_DECISIONS.c.repair,
            PARKED_DECISIONS.c.post,
            PARKED_DECISIONS.c.reason,
            PARKED_DECISIONS.c.decided,
        )
        .join(PARKED_DECISIONS, PARKED_DECISIONS.c.decision == PARKED_ACTS.c.decision)
        .where(PARKED_ACTS.c.state.in_(("DONE", "FOLLOWED")))
        .subquery()
    )
    columns = [one for one in PARKED.c if one.name != "body"]
    query = (
        select(*columns, *(one for one in done.c if one.name != "parked_id"))
        .outerjoin(done, done.c.parked_id == PARKED.c.parked_id)
        .order_by(PARKED.c.parked_id)
    )
    still = PARKED.c.state.in_(OPEN_STATES)
    if not settled:
        query = query.where(still)
    elif group is not None:
        query = query.where(still | (done.c.group_id == group))
    return connection.execute(query).all()


def told_record(
    row: Any, labels: dict[int, Any], lines: dict[tuple[str, bytes], str], department: str
) -> dict[str, Any]:
    """A parked record as it is told: where it stood, why, in which group, and who settled it."""
    label = labels.get(row.parked_id)
    group = label.group if label else row.group_id
    if row.state == "WAITING":
        group = lines.get((row.topic, bytes(row.key)))
    found = {
        "parked_id": row.parked_id,
        "department": department,
        "group": group,
        "topic": row.topic,
        "partition": row.partition,
        "offset": row.offset,
        "partition_sequence": row.partition_sequence,
        "key": bytes(row.key).decode("utf-8", "replace"),
        "state": row.state,
        "event_type": label.event_type if label else None,
        "matter": label.matter if label else None,
        "cause": row.cause,
        "detail": row.detail,
        "parked_at": row.parked_at,
        "settled_at": row.settled_at,
    }
    if row.decision is not None and row.state not in OPEN_STATES:
        # What went on behind a head names the decision about that head, and was not decided about.
        act = "act" if row.carried == "DONE" else "followed"
        found |= {
            act: row.act,
            "repair": row.repair,
            "post": row.post,
            "reason": row.reason,
            "decided": row.decided,
            "decision": row.decision,
        }
    return found
