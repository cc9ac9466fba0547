"""What a long run shows: rates, what is under way, how old the oldest is, and memory."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from domain.departments import entitled_topics
from gateways.department.database import INTENTS, PARKED, POSITIONS
from gateways.department.quarantine.parking import OPEN_STATES
from gateways.log.port import TopicPartition
from ops.soak.processes import Copy, resident_mb
from ops.wiring import House
from projections.received import RECEIVED

LOOK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the start, counts so far, what is under way, ages and megabytes.

    `intents` are rules that have not acted yet: what they do is still to come.
    """

    at_s: float
    acknowledged: int
    published: int
    applied: int
    unsent: int
    intents: int
    lag: Mapping[str, int]
    closed_age_s: Mapping[str, float]
    memory_mb: Mapping[str, float]


def look(one: House, running: Sequence[Copy], began: float) -> Sample:
    """Reads a few small rows of each department; costs the same however long the run is."""
    departments = one.platform.departments
    ends: dict[TopicPartition, int] = {}
    heads = sent = 0
    for department in departments.values():
        ends |= department.store.partition_ends()
        heads += department.store.head().sequence
        sent += department.store.cursor()
    lag, ages, applied, intents = {}, {}, 0, 0
    for name, department in departments.items():
        with department.reading() as connection:
            reached = {
                (row.topic, row.partition): row.partition_sequence
                for row in connection.execute(select(POSITIONS))
            }
            intents += connection.execute(
                select(func.count()).select_from(INTENTS).where(INTENTS.c.state == "PENDING")
            ).scalar_one()
        wanted = wanted_by(name, ends)
        # A reader may have passed the ends that were read a moment before.
        lag[name] = sum(max(0, end - reached.get(place, 0)) for place, end in wanted.items())
        applied += sum(reached.get(place, 0) for place in wanted)
        closed = department.closed_through()
        ages[name] = max(0.0, (department.clock.now() - closed) / 1e6) if closed else 0.0
    memory = {copy.name: copy.memory_mb() for copy in running}
    memory["gateway"] = resident_mb(os.getpid())
    at, unsent = time.monotonic() - began, heads - sent
    return Sample(at, heads, sent, applied, unsent, intents, lag, ages, memory)


def wanted_by(reader: str, ends: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """How far a department must come: the ends of the topics it is entitled to."""
    topics = {topic.name for topic in entitled_topics(reader)}
    return {place: end for place, end in ends.items() if place[0] in topics}


def wrongs_that_stay(one: House, seconds: float) -> list[str]:
    """What is still not exactly once after so long; a mended fault is itself told by an event."""
    late = time.monotonic() + seconds
    while (found := wrongs(one)) and time.monotonic() < late:
        time.sleep(LOOK_AGAIN_S)
    return found


def wrongs(one: House) -> list[str]:
    """What is not exactly once: sentences, none where all is well."""
    departments = one.platform.departments
    ends: dict[TopicPartition, int] = {}
    for department in departments.values():
        ends |= department.store.partition_ends()
    found = []
    for name, department in departments.items():
        with department.reading() as connection:
            counts = {
                (row.topic, row.partition): (row.count, row.last)
                for row in connection.execute(
                    select(
                        RECEIVED.c.topic,
                        RECEIVED.c.partition,
                        func.count().label("count"),
                        func.max(RECEIVED.c.partition_sequence).label("last"),
                    ).group_by(RECEIVED.c.topic, RECEIVED.c.partition)
                )
            }
            parked = connection.execute(
                select(func.count()).select_from(PARKED).where(PARKED.c.state.in_(OPEN_STATES))
            ).scalar_one()
        for place, end in wanted_by(name, ends).items():
            if counts.get(place, (0, 0)) != (end, end):
                found.append(f"{name} has {counts.get(place)} of {end} of {place[0]}[{place[1]}]")
        if parked:
            found.append(f"{name} holds {parked} parked records")
    return found
