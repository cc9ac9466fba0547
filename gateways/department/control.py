"""Closed stamps: each relay says up to which stamp its topics are complete.

A record on `labour.<department>.control` reads: every event of this department stamped at
or before `closed` stands on the log, up to these partition sequences. So idle differs
from stalled, and a missed deadline that a foreign fact could have stopped is declared
only when that department is closed past the due instant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from domain.departments import CONTROL_FAMILY, topic_name
from domain.facts import instant, stamp_of
from gateways.contracts import canonical
from gateways.contracts.envelope import read_source, schema_name, source_of, timestamp
from gateways.department.database import CLOSURES, POSITIONS
from gateways.log.port import OutRecord, TopicPartition
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
    )


def note_closures(
    connection: Connection, closures: Mapping[str, list[Closure]], entitled: frozenset[str]
) -> None:
    """Remembers what departments said, for the topics that this reader is entitled to."""
    for node, said in closures.items():
        known = set(
            connection.execute(select(CLOSURES.c.stamp).where(CLOSURES.c.node == node)).scalars()
        )
        rows = {
            closure.stamp: {
                "node": node,
                "stamp": closure.stamp,
                "partitions": json.dumps(
                    [
                        [topic, partition, sequence]
                        for (topic, partition), sequence in closure.partitions.items()
                        if topic in entitled
                    ]
                ),
                "reached": 0,
            }
            for closure in said[-KEPT:]
            if closure.stamp not in known
        }
        if rows:
            connection.execute(CLOSURES.insert(), list(rows.values()))


def reach_closures(connection: Connection) -> None:
    """Marks the closed stamps that this reader has caught up with, and drops what is behind them."""
    waiting = connection.execute(
        select(CLOSURES).where(CLOSURES.c.reached == 0).order_by(CLOSURES.c.stamp)
    ).all()
    if not waiting:
        return
    here = {
        (row.topic, row.partition): row.partition_sequence
        for row in connection.execute(select(POSITIONS))
    }
    reached: dict[str, int] = {}
    for row in waiting:
        wanted = json.loads(row.partitions)
        if all(
            here.get((topic, partition), 0) >= sequence for topic, partition, sequence in wanted
        ):
            reached[row.node] = max(reached.get(row.node, 0), row.stamp)
    for node, stamp in reached.items():
        connection.execute(
            delete(CLOSURES).where(and_(CLOSURES.c.node == node, CLOSURES.c.stamp < stamp))
        )
        connection.execute(
            update(CLOSURES)
            .where(and_(CLOSURES.c.node == node, CLOSURES.c.stamp == stamp))
            .values(reached=1)
        )
    # A reader far behind keeps the earliest marks, which it will reach first, and the newest.
    for node in {row.node for row in waiting}:
        stamps = sorted(row.stamp for row in waiting if row.node == node)
        if len(stamps) > KEPT:
            connection.execute(
                delete(CLOSURES).where(
                    and_(CLOSURES.c.node == node, CLOSURES.c.stamp.in_(stamps[KEPT // 2 : -1 : 2]))
                )
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
