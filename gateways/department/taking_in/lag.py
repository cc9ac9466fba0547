"""Lag: how many records of a topic a department has not taken in, since when, and how fast it goes.

Counts come from positions and the log's ends; the oldest wait from the first unread record
of each partition that is behind, by seeking; the rate from what receipts have counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from domain.facts import stamp_of
from gateways.department.database import PARKED, POSITIONS
from gateways.department.ledger.saying import rates
from gateways.department.quarantine.parking import OPEN_STATES
from gateways.log.port import Log, LogRecord, LogUnavailable, PositionOutOfRange, TopicPartition

if TYPE_CHECKING:
    from gateways.department.node import Department

LARGEST_BYTES = 262_144


@dataclass(frozen=True, kw_only=True)
class Lag:
    """One reader of one topic: records unread, seconds that the oldest waits, records a minute."""

    department: str
    topic: str
    position: int
    end: int
    lag: int
    oldest_wait_s: float | None
    per_minute: float
    quarantined: int


def lags(department: Department, ends: Mapping[TopicPartition, int]) -> list[Lag]:
    """A row for each topic that a department reads; `ends` as the log tells them."""
    now = department.clock.now()
    with department.reading() as connection:
        read = {
            (row.topic, row.partition): row.next_offset
            for row in connection.execute(select(POSITIONS))
        }
        aside = {
            row.topic: row.records
            for row in connection.execute(
                select(PARKED.c.topic, func.count().label("records"))
                .where(PARKED.c.state.in_(OPEN_STATES))
                .group_by(PARKED.c.topic)
            )
        }
        speed = rates(connection, now)
    topics = set(department.intake.topics)
    here = {place: end for place, end in ends.items() if place[0] in topics}
    behind = {place: read.get(place, 0) for place, end in here.items() if end > read.get(place, 0)}
    waited = waits(department.log, behind, now)
    return [
        Lag(
            department=department.id,
            topic=topic,
            position=sum(read.get(place, 0) for place in here if place[0] == topic),
            end=sum(end for place, end in here.items() if place[0] == topic),
            lag=sum(here[place] - at for place, at in behind.items() if place[0] == topic),
            oldest_wait_s=max(
                (wait for place, wait in waited.items() if place[0] == topic), default=None
            ),
            per_minute=speed.get(topic, 0.0),
            quarantined=aside.get(topic, 0),
        )
        for topic in department.intake.topics
    ]


def worst_first(found: Iterable[Lag]) -> list[Lag]:
    """The longest wait first, then the most set aside, then the most unread."""
    return sorted(
        found,
        key=lambda one: (
            -(one.oldest_wait_s or 0.0),
            -one.quarantined,
            -one.lag,
            -one.per_minute,
            one.department,
            one.topic,
        ),
    )


def waits(log: Log, behind: Mapping[TopicPartition, int], now: int) -> dict[TopicPartition, float]:
    """How many seconds ago the first unread record of each partition was recorded.

    `behind` tells from which offset on a partition is unread.
    """
    left, records = dict(behind), list[LogRecord]()
    while left:
        try:
            records = log.read(left, limit=len(left), bytes_max=len(left) * LARGEST_BYTES)
            break
        except PositionOutOfRange as cut:
            # Of a partition that was cut nothing can be told; the others wait all the same.
            if left.pop((cut.topic, cut.partition), None) is None:
                return {}
        except LogUnavailable:
            return {}
    found: dict[TopicPartition, float] = {}
    for record in records:
        place = (record.topic, record.partition)
        try:
            envelope = json.loads(record.value)
            told = envelope.get("recorded") or envelope["time"]
            stamp = stamp_of(datetime.fromisoformat(told))
        except (ValueError, KeyError, TypeError, AttributeError):
            # Not an event: how long it waits cannot be told.
            continue
        found.setdefault(place, max(0.0, (now - stamp) / 1e6))
    return found


def words(seconds: float | None) -> tuple[str, str]:
    """A wait in Chinese and English, in the unit in which it is read; empty where nothing waits."""
    if seconds is None:
        return "", ""
    for unit, most, zh, en in UNITS:
        if seconds < most:
            return f"{seconds / unit:.0f} {zh}", f"{seconds / unit:.0f} {en}"
    return f"{seconds / 86_400:.0f} 天", f"{seconds / 86_400:.0f} days"


UNITS = ((1, 120, "秒", "s"), (60, 7200, "分钟", "min"), (3600, 172_800, "小时", "h"))
"""Seconds of a unit, the wait up to which it is used, its words."""
