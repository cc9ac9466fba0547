"""Closed stamps: each relay says up to which stamp its topics are complete.

A record on `labour.<department>.control` reads: every event of this department stamped at
or before `closed` stands on the log, up to these partition sequences. So idle differs
from stalled, and a missed deadline that a foreign fact could have stopped is declared
only when that department is closed past the due instant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select

from domain.departments import CONTROL_FAMILY, topic_name
from domain.facts import instant, stamp_of
from gateways.contracts import canonical
from gateways.contracts.envelope import read_source, schema_name, source_of, timestamp
from gateways.department.database import CLOSURES, POSITIONS
from gateways.log.port import OutRecord, TopicPartition
from gateways.store.inserting import insert_into
from gateways.store.port import Head

CLOSED_TYPE = "control.closed.v1"
KEPT = 100


@dataclass(frozen=True, slots=True)
class Closure:
    """A department's word that it is complete up to a stamp."""

    node: str
    mode: str
    stamp: int
    partitions: Mapping[TopicPartition, int]
    sequence: int = 0


def closed_record(
    department: str, head: Head, partitions: Mapping[TopicPartition, int]
) -> OutRecord:
    """The control record for a head whose events all stand on the log."""
    topics: dict[str, dict[str, str]] = {}
    for (topic, partition), sequence in sorted(partitions.items()):
        topics.setdefault(topic, {})[str(partition)] = str(sequence)
    closed = timestamp(instant(head.stamp))
    body = canonical.encode(
        {
            "specversion": "1.0",
            "id": f"{head.incarnation}-{head.stamp}",
            "source": source_of(department, head.mode, head.incarnation),
            "type": CLOSED_TYPE,
            "subject": department,
            "time": closed,
            "datacontenttype": "application/json",
            "dataschema": schema_name(CLOSED_TYPE),
            "data": {"closed": closed, "sequence": str(head.sequence), "topics": topics},
        }
    )
    return OutRecord(topic_name(department, CONTROL_FAMILY), 0, department.encode(), body)


def read_closure(envelope: dict[str, Any]) -> Closure:
    """The closure that a control record says. Raises KeyError or ValueError for another form."""
    if envelope["type"] != CLOSED_TYPE:
        raise ValueError(f"{envelope['type']!r} is not a control record of this version")
    node, mode, _ = read_source(envelope["source"])
    data = envelope["data"]
    return Closure(
        node=node,
        mode=mode,
        stamp=stamp_of(datetime.fromisoformat(data["closed"])),
        partitions={
            (topic, int(partition)): int(sequence)
            for topic, partitions in data["topics"].items()
            for partition, sequence in partitions.items()
        },
        sequence=int(data["sequence"]),
    )


def follow_closures(
    connection: Connection, said: Mapping[str, Sequence[Closure]], entitled: frozenset[str]
) -> bool:
    """Keeps, for each department, the latest closed stamp that this reader has caught up with.

    True where a stamp is still ahead of the reader, so that it must look again.

    `said` is what departments said in this transaction, whose positions have been moved
    already. What is still ahead of the reader waits, at most KEPT for a department.
    """
    waiting = [
        (row.node, row.stamp, json.loads(row.partitions))
        for row in connection.execute(select(CLOSURES).where(CLOSURES.c.reached == 0))
    ]
    if not waiting and not said:
        return False
    here = {
        (row.topic, row.partition): row.partition_sequence
        for row in connection.execute(select(POSITIONS))
    }
    known = {(node, stamp) for node, stamp, _ in waiting}
    fresh = [
        (closure.node, closure.stamp, _entitled_ends(closure, entitled))
        for closures in said.values()
        for closure in closures
        if (closure.node, closure.stamp) not in known
    ]
    reached: dict[str, int] = {}
    for node, stamp, wanted in (*waiting, *fresh):
        if all(here.get((topic, at), 0) >= sequence for topic, at, sequence in wanted):
            reached[node] = max(reached.get(node, 0), stamp)
    _keep_reached(connection, reached)
    ahead: dict[str, dict[int, list[Any]]] = {}
    for node, stamp, wanted in fresh:
        if stamp > reached.get(node, 0):
            ahead.setdefault(node, {})[stamp] = wanted
    for node, marks in ahead.items():
        _keep_ahead(connection, node, marks, sum(1 for one in waiting if one[0] == node))
    return bool(ahead) or any(stamp > reached.get(node, 0) for node, stamp, _ in waiting)


def _entitled_ends(closure: Closure, entitled: frozenset[str]) -> list[list[Any]]:
    return [
        [topic, partition, sequence]
        for (topic, partition), sequence in closure.partitions.items()
        if topic in entitled
    ]


def _keep_reached(connection: Connection, reached: Mapping[str, int]) -> None:
    """Replaces each department's reached stamp and drops the marks behind it."""
    if not reached:
        return
    latest = {
        row.node: row.stamp
        for row in connection.execute(select(CLOSURES).where(CLOSURES.c.reached == 1))
    }
    rows = [
        {"node": node, "stamp": stamp, "partitions": "[]", "reached": 1}
        for node, stamp in sorted(reached.items())
        if stamp > latest.get(node, 0)
    ]
    if rows:
        behind = and_(CLOSURES.c.node == bindparam("of"), CLOSURES.c.stamp <= bindparam("upto"))
        connection.execute(
            delete(CLOSURES).where(behind),
            [{"of": row["node"], "upto": row["stamp"]} for row in rows],
        )
        # Another reader of this department may reach the same stamp at the same moment.
        stands = insert_into(connection, CLOSURES).on_conflict_do_update(
            index_elements=["node", "stamp"], set_={"partitions": "[]", "reached": 1}
        )
        connection.execute(stands, rows)


def _keep_ahead(
    connection: Connection, node: str, marks: Mapping[int, list[Any]], waiting: int
) -> None:
    """Adds marks that this reader has not reached; one far behind keeps fewer between."""
    stamps = sorted(marks)
    if waiting + len(stamps) > KEPT:
        # The earliest marks are reached first; of the rest the newest says enough.
        stamps = stamps[-1:]
        connection.execute(
            delete(CLOSURES).where(
                and_(
                    CLOSURES.c.node == node,
                    CLOSURES.c.reached == 0,
                    CLOSURES.c.stamp.in_(
                        select(CLOSURES.c.stamp)
                        .where(and_(CLOSURES.c.node == node, CLOSURES.c.reached == 0))
                        .order_by(CLOSURES.c.stamp)
                        .offset(KEPT // 2)
                        .limit(KEPT)
                    ),
                )
            )
        )
    connection.execute(
        CLOSURES.insert(),
        [
            {"node": node, "stamp": one, "partitions": json.dumps(marks[one]), "reached": 0}
            for one in stamps
        ],
    )


def closed_through(connection: Connection, nodes: frozenset[str]) -> int:
    """The stamp up to which this reader has everything of all `nodes`; 0 where one never closed."""
    rows = connection.execute(
        select(CLOSURES.c.node, func.max(CLOSURES.c.stamp).label("stamp"))
        .where(and_(CLOSURES.c.reached == 1, CLOSURES.c.node.in_(nodes)))
        .group_by(CLOSURES.c.node)
    ).all()
    stamps = {row.node: row.stamp for row in rows}
    return min((stamps.get(node, 0) for node in nodes), default=0)
