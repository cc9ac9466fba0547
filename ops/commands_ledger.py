"""`ledger`: what each department took in of what was published for it, and its restatement."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from domain.delivery.facts import FAULT_KINDS, OUTCOMES
from domain.departments import NODES, TOPICS, readers_of
from gateways.department.ledger import telling
from gateways.department.ledger.restating import NothingTaken
from gateways.department.taking_in.lag import words
from ops.opened import Data, Json, opened
from ops.output import FAILED, WRONG_USE, as_json, cell, err, listing, out, said, shown, table
from ops.views import Row
from ops.wiring import House

Department = Annotated[
    str | None, typer.Option("--department", help="a publisher or a reader: its rows alone")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    ledger = typer.Typer(help="The delivery ledger.", no_args_is_help=True)
    ledger.command("show")(show)
    ledger.command("event")(event)
    ledger.command("check")(check)
    ledger.command("restate")(restate)
    app.add_typer(ledger, name="ledger")


def show(department: Department = None, data: Data = None, json_: Json = False) -> None:
    """Lists each reader of each topic: published, delivered, applied, acted; the worst first."""
    if department is not None and department not in NODES:
        err().print(said(f"没有部门 {department}", f"There is no department {department}"))
        raise typer.Exit(WRONG_USE)
    with opened(data) as one:
        _bring_up(one)
        now = one.platform.clock.now()
        lines = [
            line
            for line in telling.worst_first(_lines(one))
            if department in (None, line.publisher, line.reader)
        ]
    rows: list[Row] = [asdict(line) | _waits(line, now) for line in lines]
    if not json_:
        rows = [
            row
            | {
                "state": said(*telling.STATES[row["state"]]),
                "dealt": _dealt(row),
                "applied_at": _moment(row["applied_at"]),
                "oldest_wait_s": said(*words(row["oldest_wait_s"])),
            }
            for row in rows
        ]
    columns = [
        ("state", said("状态", "State")),
        ("reader", said("读者", "Reader")),
        ("topic", said("主题", "Topic")),
        ("published", said("已发布", "Published")),
        ("delivered", said("已送达", "Delivered")),
        ("applied", said("已处理", "Applied")),
        ("acted", said("已办理", "Acted")),
        ("behind", said("未到", "Behind")),
        ("parked", said("隔离", "Set aside")),
        ("dealt", said("隔离后处理", "Dealt with")),
        ("oldest_wait_s", said("最久等待", "Oldest wait")),
        ("applied_at", said("最近处理", "Last applied")),
    ]
    listing(rows, columns, json_=json_)


def event(
    event_id: Annotated[str, typer.Argument(metavar="EVENT", help="the id of a published event")],
    data: Data = None,
    json_: Json = False,
) -> None:
    """Tells of one event when each entitled department got it, applied it and acted on it."""
    with opened(data) as one:
        _bring_up(one)
        way = _way(one, event_id)
    if way is None:
        err().print(
            said(
                f"这里的部门没有发布过事件 {event_id}：请核对编号，或在发布部门的系统上查询",
                f"No department served here has published the event {event_id}:"
                " check the id, or ask where its publisher is served",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
    if json_:
        as_json(asdict(way))
        return
    place = f"{way.topic}[{way.partition}] {way.partition_sequence}"
    out().print(f"{way.type}  {way.matter}  {place}", markup=False)
    sent = said("已发布", "published") if way.published else said("待发布", "not published yet")
    out().print(f"{shown(way.recorded)}  {sent}", markup=False)
    table(
        [
            {
                "reader": stage.reader,
                "delivered": _moment(stage.delivered_at, latest=stage.applied_latest),
                "applied": _moment(stage.applied_at, latest=stage.applied_latest),
                "acted": _moment(stage.acted_at, latest=stage.acted_latest),
                "state": said(*telling.STAGES[stage.state]),
                "dealt": _outcome(stage),
            }
            for stage in way.stages
        ],
        [
            ("reader", said("读者", "Reader")),
            ("delivered", said("送达", "Delivered")),
            ("applied", said("处理", "Applied")),
            ("acted", said("办理", "Acted")),
            ("state", said("状态", "State")),
            ("dealt", said("隔离后处理", "Set aside, then")),
        ],
    )
    if any(stage.applied_latest or stage.acted_latest for stage in way.stages):
        out().print(
            said(
                "≤：该回执已久，只保留最晚时刻（LIANDONG_RECEIPTS_DAYS）。",
                "≤: the receipt is of long ago and only the latest time is kept"
                " (LIANDONG_RECEIPTS_DAYS).",
            )
        )


def check(
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="DEPARTMENT", help="one that is not connected yet"),
    ] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Names every fault with its cases and owners. Exit 1 where a reader has not what it should."""
    unknown = set(without or ()) - set(NODES)
    if unknown:
        err().print(said(f"没有部门 {cell(sorted(unknown))}", f"No such department: {unknown}"))
        raise typer.Exit(WRONG_USE)
    with opened(data) as one:
        _bring_up(one)
        faults = _faults(one)
        absent: dict[str, int] = {}
        for line in _lines(one):
            if line.state == "UNHEARD" and line.reader not in (without or ()):
                absent[line.reader] = absent.get(line.reader, 0) + line.behind
    if json_:
        as_json({"faults": [asdict(fault) for fault in faults], "not_connected": absent})
    else:
        for fault in faults:
            _print(fault)
        for reader, waiting in absent.items():
            out().print(
                said(
                    f"✗ {NODES[reader].zh}从未给出回执，{waiting} 条记录等待它：接入后即可消除；"
                    f"尚未接入的用 --without {reader} 排除",
                    f"✗ {NODES[reader].en} never gave a receipt and {waiting} records wait for it:"
                    f" connect it, or leave it out with --without {reader}",
                ),
                markup=False,
            )
        if not faults and not absent:
            out().print(
                said(
                    "每个部门都收到了应收的记录。",
                    "Every department has what was published for it.",
                )
            )
    if faults or absent:
        raise typer.Exit(FAILED)


def restate(
    reader: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="whose receipts")],
    topic: Annotated[str, typer.Argument(help="of which topic")],
    partition: Annotated[int, typer.Argument(help="of which partition", min=0)],
    reason: Annotated[str, typer.Option("--reason", help="what was mended; it stays on record")],
    data: Data = None,
    json_: Json = False,
) -> None:
    """Has a reader say its receipts of one partition anew, from the bytes it received.

    For a fault whose cause was mended: it closes only if the publisher then agrees. Exit 1
    where one still stands.
    """
    known = TOPICS.get(topic)
    if (
        known is None
        or reader not in NODES
        or reader not in readers_of(known)
        or partition >= known.partitions
        or not reason.strip()
    ):
        what = f"{reader} {topic}[{partition}]"
        err().print(
            said(
                f"不能重报 {what}：请核对部门、主题、分区，并写明理由",
                f"{what} cannot be restated: check department, topic and partition, and say why",
            ),
            markup=False,
        )
        raise typer.Exit(WRONG_USE)
    with opened(data) as one:
        try:
            through = one.department(reader).receipts.restate(topic, partition, reason.strip())
        except NothingTaken as nothing:
            told = said(f"{reader} 没有收过 {nothing}", f"{reader} took in nothing of {nothing}")
            err().print(told, markup=False)
            raise typer.Exit(WRONG_USE) from None
        busy = bool(one.others_at_work())
        _bring_up(one)
        place = (reader, topic, partition)
        left = [
            fault
            for fault in _faults(one)
            if not busy and (fault.reader, fault.topic, fault.partition) == place
        ]
    if json_:
        rows = [asdict(fault) for fault in left]
        as_json({"restated": through, "under_way": busy, "faults": rows})
    elif busy:
        out().print(
            said(
                f"已要求重报至 {through}；运行中的进程随即完成，结果见 liandong ledger check。",
                f"Asked to restate up to {through}: the node at work does it now;"
                " `liandong ledger check` tells what it came to.",
            )
        )
    else:
        for fault in left:
            _print(fault)
        if not left:
            out().print(
                said(
                    f"已重报至 {through}，没有异常。", f"Restated up to {through}: no fault stands."
                )
            )
    if left:
        raise typer.Exit(FAILED)


def _print(fault: telling.Told) -> None:
    zh, en = fault.told.split(" / ", 1)
    kind = said(*FAULT_KINDS[fault.kind])
    out().print(f"✗ {kind}: {said(zh, en)}", markup=False)
    owner = NODES[fault.reader]
    publisher = NODES[fault.publisher]
    out().print(
        said(
            f"  责任：{owner.zh}；发布：{publisher.zh}；自 {shown(fault.since)}",
            f"  owner: {owner.en}; published by {publisher.en}; since {shown(fault.since)}",
        ),
        markup=False,
    )
    more = fault.cases_in_all - len(fault.cases)
    rest = said(f" 等 {fault.cases_in_all} 项", f" and {more} more") if more > 0 else ""
    out().print(f"  {said('事项', 'cases')}: {cell(fault.cases)}{rest}", markup=False)


def _bring_up(one: House) -> None:
    """Where no node runs, lets the departments give and compare their receipts once."""
    if not one.others_at_work():
        one.platform.exchange_receipts()


def _lines(one: House) -> list[telling.Line]:
    found: list[telling.Line] = []
    for department in one.platform.departments.values():
        with department.reading() as connection:
            found += telling.lines(
                connection, department.id, department.store, department.clock.now()
            )
    return found


def _faults(one: House) -> list[telling.Told]:
    found: list[telling.Told] = []
    for department in one.platform.departments.values():
        with department.reading() as connection:
            found += telling.faults(connection, department.id)
    return found


def _way(one: House, event_id: str) -> telling.Way | None:
    for department in one.platform.departments.values():
        with department.reading() as connection:
            try:
                return telling.way(connection, department.store, event_id)
            except telling.UnknownEvent:
                continue
    return None


def _waits(line: telling.Line, now: int) -> Row:
    wait = None if line.oldest is None else max(0.0, round((now - line.oldest) / 1e6, 1))
    return {"oldest_wait_s": wait}


def _dealt(row: Row) -> str:
    """What became of the records of a line that were set aside."""
    counts = [(outcome, row[outcome.lower()]) for outcome in ("RELEASED", "FIXED", "DISCARDED")]
    return ", ".join(f"{said(*OUTCOMES[name])} {count}" for name, count in counts if count)


def _outcome(stage: telling.Stage) -> str:
    if stage.dealt is None:
        return ""
    return f"{said(*OUTCOMES[stage.dealt])} {_moment(stage.dealt_at)}"


def _moment(stamp: int | None, *, latest: bool = False) -> str:
    return "" if stamp is None else ("≤ " if latest else "") + shown(stamp)
