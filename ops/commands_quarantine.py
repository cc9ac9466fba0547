"""`quarantine`: what could not be applied, by cause, and what a post decides about it."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import typer

from domain.delivery.parked import ACTS, CAUSES, REPAIRS
from domain.departments import ORGANS
from domain.errors import Refusal
from gateways.department.deciding.answers import InvalidCommand
from gateways.department.node import Department
from gateways.department.quarantine.grouping import ParkedGroup
from ops.opened import Data, Json, opened
from ops.output import FAILED, WRONG_USE, as_json, err, listing, out, said, shown
from ops.posts import post_of
from ops.values import plain
from ops.views import Row
from ops.wiring import House

Group = Annotated[str, typer.Argument(help="a group's id, as `quarantine list` shows it")]
PostName = Annotated[str, typer.Option("--post", help="who decides: HRSS_INSP.HEAD@210103")]
Why = Annotated[str, typer.Option("--reason", help="why; it stays on record")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    quarantine = typer.Typer(help="Records that could not be applied.", no_args_is_help=True)
    quarantine.command("list")(list_)
    quarantine.command("show")(show)
    quarantine.command("release")(release)
    quarantine.command("fix")(fix)
    quarantine.command("discard")(discard)
    app.add_typer(quarantine, name="quarantine")


def list_(
    all_: Annotated[
        bool, typer.Option("--all", help="each record, those that were dealt with too")
    ] = False,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Lists the groups of parked records, worst first; with --all each record ever parked."""
    with opened(data) as one:
        if all_:
            _records(
                [row for d in _departments(one) for row in d.treatment.records(settled=True)], json_
            )
            return
        groups = [group for d in _departments(one) for group in d.treatment.groups()]
    groups.sort(key=lambda group: (-(group.records + group.waiting), group.oldest))
    rows: list[Row] = [told(group) for group in groups]
    if json_:
        as_json(rows)
        return
    listing(
        [{**row, "cause": _cause(row["cause"]), "oldest": row["oldest"]} for row in rows],
        [
            ("group", said("隔离组", "Group")),
            ("department", said("部门", "Department")),
            ("topic", said("主题", "Topic")),
            ("cause", said("原因", "Cause")),
            ("event_type", said("事件类型", "Event type")),
            ("records", said("隔离", "Set aside")),
            ("waiting", said("等候", "Waiting")),
            ("oldest", said("最早", "Oldest")),
            ("deciding", said("正在执行", "Being carried out")),
            ("error", said("错误", "Error")),
        ],
        json_=False,
    )


def show(group: Group, data: Data = None, json_: Json = False) -> None:
    """Shows a group: its records, what waits behind them, and what is on record about it."""
    with opened(data) as one:
        department = _department_of(one, group)
        rows = department.treatment.records(group, settled=True)
        history = [
            {
                "type": fact.type,
                "recorded": fact.recorded.isoformat(timespec="seconds"),
                "post": fact.post,
                **plain(fact.fact),
            }
            for fact in department.treatment.history(group)
        ]
    if json_:
        as_json({"group": group, "records": [_dated(row) for row in rows], "history": history})
        return
    _records(rows, json_=False)
    listing(
        [{**row, "outcome": row.get("outcome") or row.get("act")} for row in history],
        [
            ("recorded", said("时间", "Recorded")),
            ("type", said("事件", "Event")),
            ("post", said("岗位", "Post")),
            ("outcome", said("处理", "Act")),
            ("reason", said("理由", "Reason")),
        ],
        json_=False,
    )


def release(
    group: Group, post: PostName, reason: Why, data: Data = None, json_: Json = False
) -> None:
    """Tries the records of a group again, each with its followers. Exit 1 where some fail again."""
    _act("ReleaseParked", group, post, {"reason": reason}, data, json_)


def fix(
    group: Group,
    post: PostName,
    reason: Why,
    upcaster: Annotated[str, typer.Option("--upcaster", help=f"one of: {', '.join(REPAIRS)}")],
    data: Data = None,
    json_: Json = False,
) -> None:
    """Converts the records of a group by a named repair and tries them again."""
    _act("FixParked", group, post, {"reason": reason, "upcaster": upcaster}, data, json_)


def discard(
    group: Group,
    post: PostName,
    reason: Why,
    record: Annotated[
        list[str] | None, typer.Option("--record", help="these alone; may be repeated")
    ] = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Gives the records of a group up: they stay listed, and what waits behind them goes on."""
    _act("DiscardParked", group, post, {"reason": reason, "records": record or []}, data, json_)


def told(group: ParkedGroup) -> Row:
    """A group as JSON shows it."""
    row: Row = plain(group)
    return {**row, "oldest": shown(group.oldest), "acts": list(group.acts)}


def _act(name: str, group: str, post: str, more: dict[str, Any], data: Data, json_: bool) -> None:
    """Records a decision about what is in a group now, and carries it out."""
    who = post_of(post)
    with opened(data) as one:
        department = one.department(ORGANS[who.organ].node)
        # A group that no worker has told of yet is told of first, so that it can be decided about.
        department.treatment.tell()
        known = department.treatment.group(group)
        through = {} if known is None else {"through": known.through}
        try:
            department.give(name, {"group": group, **more, **through}, who, key=uuid.uuid4().hex)
        except Refusal as refusal:
            err().print(refusal.sentence(said("zh", "en")), markup=False)
            err().print(refusal.advice(said("zh", "en")), markup=False)
            raise typer.Exit(FAILED) from None
        except InvalidCommand as invalid:
            err().print(str(invalid), markup=False)
            raise typer.Exit(WRONG_USE) from None
        carried = department.treatment.carry_out(group)
        one.let_settle()
    if json_:
        as_json(carried)
    elif carried is not None:
        act = said(*ACTS[carried.act])
        out().print(
            said(
                f"{act}：{carried.done} 条已处理，{carried.failed} 条再次失败，本组剩余 {carried.remaining} 条",
                f"{act}: {carried.done} done, {carried.failed} failed again,"
                f" {carried.remaining} left in the group",
            ),
            markup=False,
        )
    if carried is not None and carried.failed:
        raise typer.Exit(FAILED)


def _departments(one: House) -> list[Department]:
    return list(one.platform.departments.values())


def _department_of(one: House, group: str) -> Department:
    for department in _departments(one):
        if department.treatment.history(group) or department.treatment.group(group):
            return department
    err().print(
        said(f"没有隔离组 {group}", f"There is no group {group} of parked records"), markup=False
    )
    raise typer.Exit(WRONG_USE)


def _cause(cause: str) -> str:
    return said(*CAUSES.get(cause, (cause, cause)))


def _dated(row: Row) -> Row:
    return {
        **row,
        **{
            name: shown(row[name])
            for name in ("parked_at", "settled_at", "decided")
            if row.get(name) is not None
        },
    }


def _records(rows: list[Row], json_: bool) -> None:
    dated = [_dated(row) for row in rows]
    if json_:
        as_json(dated)
        return
    listing(
        dated,
        [
            ("parked_id", said("记录号", "Record")),
            ("department", said("部门", "Department")),
            ("group", said("隔离组", "Group")),
            ("state", said("状态", "State")),
            ("key", said("对象", "Key")),
            ("detail", said("错误", "Error")),
            ("parked_at", said("隔离时间", "Set aside")),
            ("post", said("决定岗位", "Decided by")),
            ("reason", said("理由", "Reason")),
            ("settled_at", said("处理时间", "Dealt with")),
        ],
        json_=False,
    )
