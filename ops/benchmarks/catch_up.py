"""A department that was down catches up while the others work: `liandong bench catch-up`.

市场监管 and 发展改革 live in this process, with every role, and have taken in all there is;
the intake of 人社 stood still. Its process, one of its own as `liandong serve --roles intake`
starts it, first takes the backlog in alone, on a log on which nothing happens, then once more
while firms are registered at a steady rate. Told are its speed in both, its memory on the way,
and how long the live departments wait for one another before and meanwhile, from the
acknowledgement in the one to the rows of the other.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, func, select, update

from domain.departments import entitled_topics
from gateways.department.database import PARKED, POSITIONS
from gateways.department.deciding.answers import Given
from gateways.department.node import Department
from gateways.log.port import TopicPartition
from gateways.store.port import EventStore
from ops.benchmarks.figures import Figure
from ops.benchmarks.latency import Watch
from ops.benchmarks.prepared import drop, fill, uscc
from ops.posts import default_post
from ops.settings import Mode, Settings
from ops.soak.processes import Copy
from ops.tuning import as_a_node_serves
from ops.wiring import House, house, tables_of
from projections.received import RECEIVED

LIVE = ("samr", "drc")
BEHIND = "hr"
WATCHED = "drc"
EVENTS = 300_000
EVENTS_PER_S = 300
EVENTS_EACH = 2
"""What one registration records at once: the registration and the notice to the registrant."""
FIRST_FIRM = 500_000
CLIENTS = 16
BEFORE_S = 15.0
LOOK_EVERY_S = 0.1
PATIENCE_S = 1800.0
SPEED_MIN = 0.5
"""With two live departments on the same two cores, of what the intake does alone."""
GROWTH_MAX = 1.1
"""Once the rules act, memory is flat; what they load first comes at some 26,000 events: a backlog
of less than ten times that shows it as growth."""
STEPS = (10, 50, 100)


@dataclass(frozen=True)
class CaughtUp:
    """One way through the backlog: events a second, resident megabytes at each step, its window."""

    rate: float
    memory_mb: Mapping[int, float]
    began: float
    ended: float


def measure(
    postgres: str, bootstrap: str, events: int = EVENTS, *, before_s: float = BEFORE_S
) -> list[Figure]:
    """Speed, waits and memory, alone and beside live departments."""
    as_a_node_serves()
    drop(postgres, (*LIVE, BEHIND))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        every = Settings(
            data=root / "data",
            mode=Mode.JOINED,
            database=postgres,
            kafka=bootstrap,
            departments=(*LIVE, BEHIND),
        )
        with house(every, create=True) as town:
            publish(town, events)
            backlog = ends_for(town, BEHIND)
            count = sum(backlog.values())
            returning = every.model_copy(update={"departments": (BEHIND,)})
            behind = town.department(BEHIND)
            alone = catch_up(behind, returning, root, backlog)
            forget(behind)
            live = every.model_copy(update={"departments": LIVE})
            with house(live, create=True) as others, Load(others) as load:
                time.sleep(before_s)
                beside = catch_up(behind, returning, root, backlog)
            check(town, backlog)
    waits = load.waits()
    return _figures(count, alone, beside, waits)


def publish(town: House, events: int) -> None:
    """Prepared events in the stores and on the log; the live departments have taken them in."""
    stores: dict[str, EventStore] = {
        name: one.store for name, one in town.platform.departments.items()
    }
    fill(stores, events)
    for one in town.platform.departments.values():
        while one.relay.step():
            pass
        one.relay.stop()
    for name in LIVE:
        one = town.department(name)
        topics = [topic.name for topic in entitled_topics(name)]
        sequences = ends_for(town, name)
        with one.database.writing() as connection:
            connection.execute(
                POSITIONS.insert(),
                [
                    {
                        "topic": topic,
                        "partition": partition,
                        "next_offset": end,
                        "partition_sequence": sequences.get((topic, partition), 0),
                    }
                    for (topic, partition), end in town.platform.log.ends(topics).items()
                ],
            )


def ends_for(town: House, reader: str) -> dict[TopicPartition, int]:
    """The last partition sequence of every partition that a department reads."""
    topics = {topic.name for topic in entitled_topics(reader)}
    return {
        place: sequence
        for one in town.platform.departments.values()
        for place, sequence in one.store.partition_ends().items()
        if place[0] in topics
    }


def catch_up(
    behind: Department, settings: Settings, folder: Path, backlog: Mapping[TopicPartition, int]
) -> CaughtUp:
    """Starts the intake's process and follows it until the backlog is taken in."""
    total, memory = sum(backlog.values()), dict.fromkeys(STEPS, 0.0)
    copy = Copy("intake", "intake", settings, folder)
    try:
        late, began, first, taken = time.monotonic() + PATIENCE_S, time.monotonic(), 0, 0
        flowing = began
        while taken < total:
            if time.monotonic() > late or not copy.alive:
                raise TimeoutError(f"the intake stands at {taken:,} of {total:,} events")
            time.sleep(LOOK_EVERY_S)
            taken = _taken(behind, backlog)
            if not first and taken:
                first, flowing = taken, time.monotonic()
            for step in STEPS:
                if not memory[step] and taken * 100 >= total * step:
                    memory[step] = copy.memory_mb()
        ended = time.monotonic()
    finally:
        copy.end()
    return CaughtUp((total - first) / max(ended - flowing, 1e-9), memory, began, ended)


def _taken(behind: Department, backlog: Mapping[TopicPartition, int]) -> int:
    with behind.reading() as connection:
        return sum(
            min(row.partition_sequence, backlog.get((row.topic, row.partition), 0))
            for row in connection.execute(select(POSITIONS))
        )


def forget(behind: Department) -> None:
    """Empties what the intake wrote: the benchmark's own schema, never a department's."""
    with behind.database.writing() as connection:
        for metadata in tables_of(BEHIND):
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        connection.execute(update(POSITIONS).values(next_offset=0))


def check(town: House, backlog: Mapping[TopicPartition, int]) -> None:
    """Everything stands once, in the order of its partition, and nothing was set aside."""
    with town.department(BEHIND).reading() as connection:
        for (topic, partition), last in backlog.items():
            within = and_(RECEIVED.c.topic == topic, RECEIVED.c.partition == partition)
            count = connection.execute(
                select(func.count()).where(within, RECEIVED.c.partition_sequence <= last)
            ).scalar_one()
            ordered = select(
                (
                    RECEIVED.c.offset
                    > func.lag(RECEIVED.c.offset, 1, -1).over(
                        order_by=RECEIVED.c.partition_sequence
                    )
                ).label("on")
            ).where(within)
            if count != last or not all(connection.execute(ordered).scalars()):
                raise AssertionError(f"{topic}[{partition}]: {count} of {last}, or out of order")
        if connection.execute(select(func.count()).select_from(PARKED)).scalar_one():
            raise AssertionError("records were set aside")


class Load:
    """Live departments under a steady rate of registrations, each followed to the other's rows."""

    def __init__(self, others: House) -> None:
        self._others, self._samr = others, others.department("samr")
        self._post = default_post("SAMR", "210103")
        self._watch = Watch(others.department(WATCHED))
        self._ended = threading.Event()
        self._failed: list[BaseException] = []
        self._given: list[tuple[float, Given]] = []
        self._giving = threading.Thread(target=self._give)

    def __enter__(self) -> Load:
        """Starts the roles, then the clients."""
        self._others.platform.start()
        self._giving.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the clients and waits until all they gave was seen."""
        self._ended.set()
        self._giving.join()
        for error in self._failed:
            raise error
        late = time.monotonic() + PATIENCE_S
        while not all(self._watch.seen(given) for _, given in self._given):
            if time.monotonic() > late:
                raise TimeoutError("what was acknowledged did not come to the other's rows")
            time.sleep(LOOK_EVERY_S)

    def waits(self) -> list[tuple[float, float]]:
        """When each command was acknowledged, and how many ms later it was seen."""
        return [
            (at, max(0.0, (self._watch.seen(given) or at) - at) * 1000) for at, given in self._given
        ]

    def _give(self) -> None:
        began, asked = time.monotonic(), list[Future[None]]()
        with ThreadPoolExecutor(CLIENTS) as clients:
            while not self._ended.is_set():
                due = began + len(asked) * EVENTS_EACH / EVENTS_PER_S
                time.sleep(max(0.0, due - time.monotonic()))
                asked.append(clients.submit(self._register, len(asked)))
        self._failed = [error for one in asked if (error := one.exception()) is not None]

    def _register(self, number: int) -> None:
        given = self._samr.give(
            "RegisterOrganisation",
            {
                "organisation": uscc(FIRST_FIRM + number),
                "name": f"沈阳虚例{number}号",
                "scope": "职业中介活动",
            },
            self._post,
            key=f"catch-up-{number}",
        )
        self._given.append((time.monotonic(), given))


def _p99(waits: Sequence[tuple[float, float]], within: Callable[[float], bool]) -> float:
    return statistics.quantiles([wait for at, wait in waits if within(at)], n=100)[98]


def _figures(
    count: int, alone: CaughtUp, beside: CaughtUp, waits: Sequence[tuple[float, float]]
) -> list[Figure]:
    warm = waits[0][0] + 2.0
    before = _p99(waits, lambda at: warm <= at < beside.began)
    meanwhile = _p99(waits, lambda at: beside.began <= at <= beside.ended)
    mega = beside.memory_mb
    told = ", ".join(f"{mega[step]:,.0f} MB at {step} %" for step in STEPS)
    size = f"{count:,} events behind"
    live = f"{EVENTS_PER_S} events/s live"
    return [
        Figure("catch-up", "intake alone, idle log", alone.rate, "events/s", note=size),
        Figure("catch-up", "intake beside live departments", beside.rate, "events/s", note=live),
        Figure("catch-up", "beside, against alone", beside.rate / alone.rate, "ratio", SPEED_MIN),
        Figure("catch-up", "live departments, p99 before", before, "ms"),
        Figure("catch-up", "live departments, p99 meanwhile", meanwhile, "ms"),
        Figure(
            "catch-up",
            "memory at the end, against at 10 %",
            mega[100] / mega[10],
            "ratio",
            GROWTH_MAX,
            True,
            told,
        ),
    ]
