"""`topics`, `schemas`, `migrate`: the shared log and its contracts."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from domain.facts import FACTS
from gateways.contracts import generate
from gateways.contracts.catalogue import topic_rows, type_details, type_rows
from gateways.contracts.inbound import COMMAND_PREFIX
from gateways.contracts.public import public_files
from gateways.contracts.schemas import event_schema
from gateways.department.database import POSITIONS
from gateways.department.lag import lags, words
from gateways.department.node import Department
from gateways.log.port import TopicPartition
from ops import commands_refill, contracts
from ops.opened import Data, Json, opened, settings
from ops.output import FAILED, WRONG_USE, as_json, err, listing, out, said
from ops.views import Row
from ops.wiring import House, installed_mode, upgrade


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    shared_log = typer.Typer(help="The shared log.", no_args_is_help=False)
    shared_log.callback(invoke_without_command=True)(topics_default)
    commands_refill.register(shared_log)
    app.add_typer(shared_log, name="topics")
    schemas = typer.Typer(help="The contracts.", no_args_is_help=False)
    schemas.callback(invoke_without_command=True)(schemas_default)
    schemas.command("list")(schemas_list)
    schemas.command("show")(schemas_show)
    schemas.command("check")(schemas_check)
    schemas.command("release")(contracts.release)
    app.add_typer(schemas, name="schemas")
    app.command("migrate")(migrate)


def topics_default(context: typer.Context, data: Data = None, json_: Json = False) -> None:
    """Lists the topics: writer, partitions, readers, types; end and lag where data are here."""
    if context.invoked_subcommand is None:
        topics(data, json_)


def topics(data: Data = None, json_: Json = False) -> None:
    """Lists the topics: writer, partitions, readers, types; end and lag where data are here."""
    rows = topic_rows()
    chosen = settings(data)
    if installed_mode(chosen) is not None:
        with opened(data) as one:
            _add_positions(one, rows)
    columns = [
        ("topic", said("主题", "Topic")),
        ("writer", said("发布", "Writer")),
        ("partitions", said("分区", "Partitions")),
        ("end", said("记录数", "End")),
        ("lags", said("未读", "Lag")),
        ("waits", said("最久等待", "Oldest wait")),
        ("rate", said("条/分钟", "A minute")),
        ("types", said("事件", "Types")),
        ("readers", said("读者", "Readers")),
    ]
    here = any("end" in row for row in rows)
    if json_:
        as_json(rows)
        return
    listing(
        [{**row, "lags": _lags(row), "waits": _waits(row), "rate": _rate(row)} for row in rows],
        [column for column in columns if here or column[0] not in ("end", "lags", "waits", "rate")],
        json_=False,
    )


def _add_positions(one: House, rows: list[Row]) -> None:
    """Adds to each topic the sum of its end offsets, and each reader's position and lag."""
    ends = one.platform.log.ends([row["topic"] for row in rows])
    for row in rows:
        row["end"] = sum(end for (topic, _), end in ends.items() if topic == row["topic"])
        row["read"] = []
    for department in one.platform.departments.values():
        by_topic = {one.topic: one for one in lags(department, ends)}
        for row in rows:
            if row["topic"] in by_topic:
                one_lag = by_topic[row["topic"]]
                row["read"].append(
                    {
                        "department": department.id,
                        "position": one_lag.position,
                        "lag": one_lag.lag,
                        "oldest_wait_s": one_lag.oldest_wait_s,
                        "per_minute": one_lag.per_minute,
                    }
                )


def _lags(row: Row) -> str:
    behind = [f"{one['department']} {one['lag']}" for one in row.get("read", []) if one["lag"]]
    return ", ".join(behind) or "0"


def _waits(row: Row) -> str:
    waits = [one for one in row.get("read", []) if one["oldest_wait_s"] is not None]
    return ", ".join(f"{one['department']} {said(*words(one['oldest_wait_s']))}" for one in waits)


def _rate(row: Row) -> str:
    """The fastest reader's rate: what the topic carries."""
    return f"{max((one['per_minute'] for one in row.get('read', [])), default=0.0):.1f}"


def read_positions(department: Department) -> dict[TopicPartition, int]:
    """How far a department has read each topic partition."""
    with department.reading() as connection:
        return {
            (row.topic, row.partition): row.next_offset
            for row in connection.execute(select(POSITIONS))
        }


def schemas_default(context: typer.Context) -> None:
    """Without a further word: the list."""
    if context.invoked_subcommand is None:
        schemas_list()


def schemas_list(json_: Json = False) -> None:
    """Lists the event types: topics, readers, confidentiality, source."""
    listing(
        type_rows(),
        [
            ("type", said("类型", "Type")),
            (said("zh", "en"), said("名称", "Label")),
            ("topics", said("主题", "Topics")),
            ("readers", said("读者", "Readers")),
            ("audience", said("对象", "Audience")),
            ("confidentiality", said("密级", "Confidentiality")),
            ("source", said("依据", "Source")),
        ],
        json_=json_,
    )


def schemas_show(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="licence.granted.v1")],
    details: Annotated[
        bool, typer.Option("--details", help="its fields, readers, reactions and clocks instead")
    ] = False,
) -> None:
    """Prints the JSON Schema of one event type, or what it means and sets off.

    Of command.NAME the inbound message; of inbound.message.v1 and inbound.answered.v1 what
    every message and every answer is.
    """
    if (whole := public_files().get(f"inbound/{type_.removeprefix(COMMAND_PREFIX)}.json")) and (
        type_.startswith((COMMAND_PREFIX, "inbound."))
    ):
        out().print(whole, markup=False, highlight=False)
        return
    if type_ not in FACTS:
        err().print(said(f"没有事件类型 {type_}", f"There is no event type {type_}"), markup=False)
        raise typer.Exit(WRONG_USE)
    as_json(type_details(type_) if details else event_schema(FACTS[type_]))


def schemas_check(
    against: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="another state: released, a folder or tarball of schemas, or a commit",
        ),
    ] = None,
    json_: Json = False,
) -> None:
    """Compares the contracts on file with the classes, or the classes with another state.

    Exit 1 on any drift, or where a change breaks a contract that was released.
    """
    if against is not None:
        contracts.check(against, json_=json_)
        return
    drift = generate.check()
    for difference in drift:
        out().print(f"✗ {difference}", markup=False)
    if drift:
        raise typer.Exit(FAILED)
    out().print(said("契约与事件类一致。", "The contracts agree with the event classes."))


def migrate(data: Data = None) -> None:
    """Brings every department's database to this program's version."""
    for place in upgrade(settings(data)):
        out().print(place, markup=False)
