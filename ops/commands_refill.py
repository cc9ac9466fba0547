"""`topics refill`: what the log has lost is sent again from its owner's store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from domain.departments import TOPICS
from gateways.department.node import Department
from gateways.department.publishing.comparing import own_topics
from gateways.department.publishing.refill import Told
from gateways.log.port import TopicPartition
from ops.opened import Data, Json, opened
from ops.output import FAILED, WRONG_USE, as_json, err, out, said
from ops.views import Row
from ops.wiring import House

ASK_EVERY_S = 0.5


def register(app: typer.Typer) -> None:
    """Adds `refill` to the group `topics`."""
    app.command("refill")(refill)


def refill(
    topics: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC]...", help="labour.hr.licensing ...")
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", help="all topics of this department")
    ] = None,
    wait: Annotated[
        int, typer.Option("--wait", min=1, help="seconds to wait for a relay that is at work")
    ] = 600,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Reads topics through and sends again, in order and byte for byte, what they lack.

    Where a relay of the owner is at work, it is asked to do so. A topic that lacks nothing is
    left as it is. Exit 1 where the relay did not answer in time.
    """
    with opened(data) as one:
        rows: list[Row] = []
        for owner, names in _chosen(one, topics or [], department).items():
            rows += _refilled(one.department(owner), names, wait)
        one.let_settle()
    if json_:
        as_json(rows)
        return
    for row in rows:
        out().print(
            said(
                f"{row['topic']}：补发 {row['sent']} 条",
                f"{row['topic']}: {row['sent']} sent again",
            ),
            markup=False,
        )


def _chosen(one: House, topics: list[str], department: str | None) -> dict[str, list[str]]:
    """The topics to look at, by their owner."""
    if not topics and department is None:
        raise typer.BadParameter(
            said("请写明主题，或用 --department", "name a topic, or a --department")
        )
    chosen: dict[str, list[str]] = {}
    if department is not None:
        chosen[department] = own_topics(one.department(department).id)
    for name in topics:
        kept = name in TOPICS and name in own_topics(TOPICS[name].node)
        if not kept:
            err().print(
                said(
                    f"{name} 不是由事实库发布的主题", f"{name} is no topic that is kept in a store"
                ),
                markup=False,
            )
            raise typer.Exit(WRONG_USE)
        owned = chosen.setdefault(TOPICS[name].node, [])
        if name not in owned:
            owned.append(name)
    return chosen


def _refilled(department: Department, topics: list[str], wait_s: int) -> list[Row]:
    with _progress() as told:
        sent = department.relay.refill(topics, told=told)
    if sent is not None:
        return [
            {
                "topic": name,
                "sent": sum(count for place, count in sent.items() if place[0] == name),
            }
            for name in topics
        ]
    return _asked(department, topics, wait_s)


def _asked(department: Department, topics: list[str], wait_s: int) -> list[Row]:
    """What the relay at work elsewhere has sent again by the time it is done."""
    before = _counted(department)
    for name in topics:
        department.marks.ask(name, TOPICS[name].partitions)
    late = time.monotonic() + wait_s
    while {topic for topic, _ in department.marks.asked()} & set(topics):
        if time.monotonic() > late:
            err().print(
                said(
                    f"{department.id} 的发布进程没有回应：请查看其日志",
                    f"the relay of {department.id} did not answer: read its log",
                ),
                markup=False,
            )
            raise typer.Exit(FAILED)
        time.sleep(ASK_EVERY_S)
    after = _counted(department)
    return [{"topic": name, "sent": after.get(name, 0) - before.get(name, 0)} for name in topics]


def _counted(department: Department) -> dict[str, int]:
    """How many events were sent again so far, by topic."""
    counts: dict[str, int] = {}
    for mark in department.marks.all().values():
        counts[mark.topic] = counts.get(mark.topic, 0) + mark.refilled
    return counts


@contextmanager
def _progress() -> Iterator[Told]:
    """Shows on a terminal which partition is read, and how far."""
    console = err()
    shown = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with shown:
        task = shown.add_task("")

        def told(place: TopicPartition, count: int) -> None:
            shown.update(task, description=f"{place[0]}[{place[1]}] {count:,}")

        yield told
