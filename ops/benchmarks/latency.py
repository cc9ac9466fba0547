"""From the acknowledgement of a command to its visibility in another department's rows.

`python -m ops.benchmarks latency`. 市场监管, 人社 and 发展改革 serve every role in one process,
joined-up (PostgreSQL and Kafka) and embedded; organisations are registered at a steady rate of
events, and each registration is followed until the intake of 人社 has committed it. Target:
p99 250 ms at 300 events a second.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateways.department.deciding.answers import Given
from gateways.department.node import Department
from ops.benchmarks.figures import Figure
from ops.benchmarks.prepared import drop, uscc
from ops.posts import default_post
from ops.settings import Settings
from ops.tuning import as_a_node_serves
from ops.wiring import House, house

DEPARTMENTS = ("samr", "hr", "drc")
READER = "hr"
EVENTS_PER_S = 300
EVENTS_EACH = 2
"""What one registration records at once: the registration and the notice to the registrant."""
SECONDS = 20
CLIENTS = 16
WARM_UP = 20
PATIENCE_S = 30.0
TARGET_MS = 250.0


def measure(postgres: str, bootstrap: str, *, seconds: int = SECONDS) -> list[Figure]:
    """p50 and p99 in milliseconds, joined-up and embedded, with the interpreter as a node serves."""
    as_a_node_serves()
    figures: list[Figure] = []
    drop(postgres, DEPARTMENTS)
    with tempfile.TemporaryDirectory() as folder:
        joined = Settings(
            data=Path(folder) / "joined",
            mode="joined",  # type: ignore[arg-type]
            database=postgres,
            kafka=bootstrap,
            departments=DEPARTMENTS,
        )
        embedded = Settings(data=Path(folder) / "embedded", departments=DEPARTMENTS)
        for name, settings in (("joined-up", joined), ("embedded", embedded)):
            with house(settings, create=True) as opened:
                waits, rate = _run(opened, seconds)
            figures += _figures(name, waits, rate)
    return figures


def _figures(name: str, waits: list[float], rate: float) -> list[Figure]:
    parts = statistics.quantiles(waits, n=100)
    note = f"{len(waits):,} commands, {rate:,.0f} events/s acknowledged"
    target = TARGET_MS if name == "joined-up" else None
    return [
        Figure("latency", f"{name}, acknowledged to visible, p50", parts[49], "ms", note=note),
        Figure("latency", f"{name}, acknowledged to visible, p99", parts[98], "ms", target, True),
    ]


class Watch:
    """When each partition sequence had been committed by a reader's intake."""

    def __init__(self, reader: Department) -> None:
        self._reader = reader
        self._reached: dict[tuple[str, int], tuple[list[int], list[float]]] = {}
        reader.intake.on_applied(self._note)

    def _note(self) -> None:
        now = time.monotonic()
        for partition, sequence in self._reader.intake.reached().items():
            sequences, times = self._reached.setdefault(partition, ([], []))
            if not sequences or sequences[-1] < sequence:
                sequences.append(sequence)
                times.append(now)

    def seen(self, given: Given) -> float | None:
        """The moment at which every event of an answer stood in the reader's rows."""
        moments = []
        for event in (one for one in given.events if one.topic is not None):
            held = self._reached.get((str(event.topic), event.partition))
            place = bisect_left(held[0], event.partition_sequence) if held else 0
            if held is None or place == len(held[0]):
                return None
            moments.append(held[1][place])
        return max(moments)


def _run(opened: House, seconds: int) -> tuple[list[float], float]:
    samr, post = opened.department("samr"), default_post("SAMR", "210103")
    watch = Watch(opened.department(READER))
    opened.platform.start()
    acknowledged: list[tuple[float, Given]] = []
    lock = threading.Lock()

    def register(number: int) -> None:
        given = samr.give(
            "RegisterOrganisation",
            {"organisation": uscc(number), "name": f"沈阳虚例{number}号", "scope": "职业中介活动"},
            post,
            key=f"latency-{number}",
        )
        moment = time.monotonic()
        with lock:
            acknowledged.append((moment, given))

    def reached(count: int) -> bool:
        with lock:
            known = list(acknowledged)
        return len(known) == count and all(watch.seen(given) for _, given in known[-CLIENTS:])

    for number in range(WARM_UP):
        register(number)
    _wait(opened, lambda: reached(WARM_UP))
    acknowledged.clear()
    count, every = seconds * EVENTS_PER_S // EVENTS_EACH, EVENTS_EACH / EVENTS_PER_S
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = []
        for place in range(count):
            time.sleep(max(0.0, began + place * every - time.monotonic()))
            asked.append(clients.submit(register, WARM_UP + place))
        for one in asked:
            one.result()
    spent = time.monotonic() - began
    _wait(opened, lambda: all(watch.seen(given) for _, given in acknowledged))
    waits = [max(0.0, (watch.seen(given) or 0.0) - moment) * 1000 for moment, given in acknowledged]
    return waits, sum(len(given.events) for _, given in acknowledged) / spent


def _wait(opened: House, reached: Callable[[], bool]) -> None:
    late = time.monotonic() + PATIENCE_S
    while not reached():
        if time.monotonic() > late:
            workers = opened.platform.workers
            raise TimeoutError(
                f"not everything was visible after {PATIENCE_S:.0f} s: "
                + "; ".join(
                    f"{state.name} {state.state} {state.detail}"
                    for state in (workers.states if workers else ())
                )
            )
        time.sleep(0.05)
