"""What the ledger tells: a line for each reader and topic, the faults, one event's way.

Read from the publisher's database and store, by keys: as dear in a long log as in a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from domain.departments import TOPICS, readers_of
from gateways.department.ledger import ranges, timing
from gateways.department.ledger.comparing import Standing
from gateways.department.ledger.keeping import SILENT_AFTER_US, standings
from gateways.department.ledger.tables import FAULTS, READERS
from gateways.log.port import TopicPartition
from gateways.store.port import EventStore
from projections.received import RECEIVED

STATES: dict[str, tuple[str, str]] = {
    "DISAGREEMENT": ("不一致", "Disagrees"),
    "GAP": ("缺漏", "Gap"),
    "STALLED": ("停滞", "Stalled"),
    "UNHEARD": ("未接入", "Not connected"),
    "SILENT": ("无回执", "Silent"),
    "PARKED": ("有隔离", "Set aside"),
    "BEHIND": ("在途", "Under way"),
    "AGREES": ("一致", "Agrees"),
}
"""How a reader stands in a topic, the worst first."""

STAGES: dict[str, tuple[str, str]] = {
    "ACTED": ("已办理", "Acted"),
    "APPLIED": ("已处理", "Applied"),
    "DELIVERED": ("已送达", "Delivered"),
    "PARKED": ("已隔离", "Set aside"),
    "DISCARDED": ("已作废", "Given up"),
    "MISSING": ("缺漏", "Missing"),
    "DISAGREES": ("不一致", "Disagrees"),
    "WAITING": ("未送达", "Not delivered"),
}
"""How far one event has come with a reader."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A reader of a topic: records, stamps in microseconds, and the state they make."""

    publisher: str
    reader: str
    topic: str
    published: int
    delivered: int
    applied: int
    acted: int
    behind: int
    parked: int
    released: int
    fixed: int
    discarded: int
    oldest: int | None
    delivered_at: int | None
    applied_at: int | None
    acted_at: int | None
    heard_at: int | None
    state: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A fault that stands, as it was found."""

    fault: str
    publisher: str
    reader: str
    topic: str
    partition: int
    kind: str
    why: str
    first: int
    last: int
    since: int
    found_at: int
    told: str
    cases: tuple[str, ...]
    cases_in_all: int


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How far one event has come with one reader, and when; None where it has not."""

    reader: str
    delivered_at: int | None
    applied_at: int | None
    acted_at: int | None
    state: str
    applied_latest: bool = False
    """The receipt is of long ago: delivered and applied at this time at the latest."""

    acted_latest: bool = False
    dealt: str | None = None
    """What became of it after it was set aside: RELEASED, FIXED or DISCARDED."""

    dealt_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Way:
    """One published event, and where every entitled reader stands with it."""

    event_id: str
    type: str
    matter: str
    topic: str
    partition: int
    partition_sequence: int
    recorded: int
    published: bool
    stages: tuple[Stage, ...] = field(default=())


class UnknownEvent(LookupError):
    """No department that is served here has published this event."""


def lines(connection: Connection, department: str, store: EventStore, now: int) -> list[Line]:
    """A line for each topic of a department that holds anything and each of its readers."""
    stands = standings(connection)
    heard = {row.reader: row.heard for row in connection.execute(select(READERS))}
    broken: dict[tuple[str, str], set[str]] = {}
    down: set[str] = set()
    for row in connection.execute(select(FAULTS).where(FAULTS.c.mended_at.is_(None))):
        concerned = {name.rpartition("/")[0] for name in json.loads(row.marks)}
        for topic in {row.topic, *concerned}:
            broken.setdefault((row.reader, topic), set()).add(row.kind)
        if row.why == "SILENT":
            down.add(row.reader)
    dealt = timing.dealt_counts(connection)
    by_topic: dict[str, dict[int, int]] = {}
    for (topic, partition), end in store.partition_ends().items():
        if end:
            by_topic.setdefault(topic, {})[partition] = end
    return [
        _line(
            department,
            reader,
            topic,
            ends,
            {part: stands.get((reader, topic, part), Standing()) for part in ends},
            store=store,
            dealt=dealt.get((reader, topic), {}),
            heard=heard.get(reader),
            broken=broken.get((reader, topic), set()),
            down=reader in down,
            now=now,
        )
        for topic, ends in sorted(by_topic.items())
        for reader in readers_of(TOPICS[topic])
    ]


def worst_first(found: Iterable[Line]) -> list[Line]:
    """Lines with the worst state first, in it the longest wait."""
    order = list(STATES)
    return sorted(
        found,
        key=lambda one: (
            order.index(one.state),
            one.oldest if one.oldest is not None else float("inf"),
            one.reader,
            one.topic,
        ),
    )


def faults(connection: Connection, publisher: str) -> list[Told]:
    """The faults that stand in a department's own ledger, the oldest first."""
    return [
        Told(
            fault=row.fault,
            publisher=publisher,
            reader=row.reader,
            topic=row.topic,
            partition=row.partition,
            kind=row.kind,
            why=row.why,
            first=row.first,
            last=row.last,
            since=row.since,
            found_at=row.found_at,
            told=row.told,
            cases=tuple(json.loads(row.cases)),
            cases_in_all=row.cases_in_all,
        )
        for row in connection.execute(
            select(FAULTS)
            .where(FAULTS.c.mended_at.is_(None))
            .order_by(FAULTS.c.found_at, FAULTS.c.fault)
        )
    ]


def way(connection: Connection, store: EventStore, event_id: str) -> Way:
    """The way of one event of a department's own. Raises UnknownEvent."""
    row = connection.execute(select(RECEIVED).where(RECEIVED.c.event_id == event_id)).one_or_none()
    if row is None or row.department != store.department or row.topic not in TOPICS:
        raise UnknownEvent(event_id)
    place = (row.topic, row.partition)
    stands = standings(connection)
    return Way(
        event_id=event_id,
        type=row.type,
        matter=row.matter,
        topic=row.topic,
        partition=row.partition,
        partition_sequence=row.partition_sequence,
        recorded=row.stamp,
        published=store.cursor() >= row.sequence,
        stages=tuple(
            _stage(
                connection,
                reader,
                place,
                row.partition_sequence,
                stands.get((reader, *place), Standing()),
            )
            for reader in readers_of(TOPICS[row.topic])
        ),
    )


def _line(
    department: str,
    reader: str,
    topic: str,
    ends: Mapping[int, int],
    stands: Mapping[int, Standing],
    *,
    store: EventStore,
    dealt: Mapping[str, int],
    heard: int | None,
    broken: set[str],
    down: bool,
    now: int,
) -> Line:
    published = sum(ends.values())
    behind = sum(max(0, end - stands[part].accounted) for part, end in ends.items())
    parked = sum(ranges.count(one.parked) for one in stands.values())
    lost = sum(ranges.count(one.missing) for one in stands.values())
    waits = [
        found[0].stamp
        for part, end in ends.items()
        if end > stands[part].accounted
        and (found := store.partition_after(topic, part, stands[part].accounted, limit=1))
    ]
    return Line(
        publisher=department,
        reader=reader,
        topic=topic,
        published=published,
        delivered=sum(one.delivered for one in stands.values()),
        applied=sum(one.accounted for one in stands.values())
        - parked
        - lost
        - dealt.get("DISCARDED", 0),
        acted=sum(one.acted for one in stands.values()),
        behind=behind,
        parked=parked,
        released=dealt.get("RELEASED", 0),
        fixed=dealt.get("FIXED", 0),
        discarded=dealt.get("DISCARDED", 0),
        oldest=min(waits, default=None),
        delivered_at=_latest(one.delivered_at for one in stands.values()),
        applied_at=_latest(one.applied_at for one in stands.values()),
        acted_at=_latest(one.acted_at for one in stands.values()),
        heard_at=heard,
        state=_state(broken, down, behind, parked, heard, now),
    )


def _state(
    broken: set[str], down: bool, behind: int, parked: int, heard: int | None, now: int
) -> str:
    for kind in ("DISAGREEMENT", "GAP", "STALLED"):
        if kind in broken:
            return kind
    if down and behind:
        return "STALLED"
    if heard is None:
        return "UNHEARD"
    if behind and now - heard >= SILENT_AFTER_US:
        return "SILENT"
    if parked:
        return "PARKED"
    return "BEHIND" if behind else "AGREES"


def _stage(
    connection: Connection, reader: str, place: TopicPartition, sequence: int, stand: Standing
) -> Stage:
    here = [(sequence, sequence)]
    times = timing.times(connection, (reader, *place), sequence)
    arrived = times.delivered_at if stand.delivered >= sequence else None
    if ranges.common(here, stand.missing):
        return Stage(
            reader=reader, delivered_at=None, applied_at=None, acted_at=None, state="MISSING"
        )
    if ranges.common(here, stand.parked):
        return Stage(
            reader=reader,
            delivered_at=arrived,
            applied_at=None,
            acted_at=None,
            state="PARKED",
            applied_latest=times.applied_latest,
        )
    if sequence > stand.accounted:
        came = stand.delivered >= sequence
        state = "DELIVERED" if came else "WAITING"
        return Stage(reader=reader, delivered_at=None, applied_at=None, acted_at=None, state=state)
    dealt, dealt_at = timing.dealt(connection, (reader, *place), sequence) or (None, None)
    if dealt == "DISCARDED":
        return Stage(
            reader=reader,
            delivered_at=arrived,
            applied_at=None,
            acted_at=None,
            state=dealt,
            applied_latest=times.applied_latest,
            dealt=dealt,
            dealt_at=dealt_at,
        )
    done = stand.acted >= sequence
    state = "ACTED" if done else "APPLIED"
    if ranges.common(here, stand.wrong):
        state = "DISAGREES"
    return Stage(
        reader=reader,
        delivered_at=arrived,
        applied_at=times.applied_at,
        acted_at=times.acted_at if done else None,
        state=state,
        applied_latest=times.applied_latest,
        acted_latest=times.acted_latest and done,
        dealt=dealt,
        dealt_at=dealt_at,
    )


def _latest(stamps: Iterable[int | None]) -> int | None:
    return max((one for one in stamps if one is not None), default=None)
