"""`schemas`, `projections`, `migrate`: the contracts and the readers of the shared log."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.departments import NODES
from domain.facts import FACTS
from gateways.contracts import generate
from gateways.contracts.catalogue import type_details, type_rows
from gateways.contracts.inbound import COMMAND_PREFIX
from gateways.contracts.public import public_files
from gateways.contracts.schemas import event_schema
from ops import contracts
from ops.commands_topics import read_positions
from ops.opened import Data, Json, opened, settings
from ops.output import FAILED, WRONG_USE, as_json, columns_of, err, listing, out, said
from ops.views import Row
from ops.wiring import upgrade
from projections.catalogue import PROJECTIONS


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    schemas = typer.Typer(help="The contracts.", no_args_is_help=False)
    schemas.callback(invoke_without_command=True)(schemas_default)
    schemas.command("list")(schemas_list)
    schemas.command("show")(schemas_show)
    schemas.command("check")(schemas_check)
    schemas.command("release")(contracts.release)
    app.add_typer(schemas, name="schemas")
    projections = typer.Typer(help="The readers.", no_args_is_help=False)
    projections.callback(invoke_without_command=True)(projections_default)
    projections.command("list")(projections_list)
    projections.command("positions")(projections_positions)
    app.add_typer(projections, name="projections")
    app.command("migrate")(migrate)


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


def projections_default(context: typer.Context) -> None:
    """Without a further word: the list."""
    if context.invoked_subcommand is None:
        projections_list()


def projections_list(json_: Json = False) -> None:
    """Lists the read models and the departments that keep them."""
    rows: list[Row] = [
        {
            "projection": name,
            "version": projection.version,
            "departments": [node.id for node in NODES.values() if name in node.projections],
            "reads": len(projection.reads),
        }
        for name, projection in PROJECTIONS.items()
    ]
    listing(
        rows,
        [
            ("projection", said("投影", "Projection")),
            ("version", said("版本", "Version")),
            ("departments", said("部门", "Departments")),
            ("reads", said("事件类型数", "Event types")),
        ],
        json_=json_,
    )


def projections_positions(data: Data = None, json_: Json = False) -> None:
    """Lists how far each department has read each topic partition, and how much is left."""
    rows: list[Row] = []
    with opened(data) as one:
        for department in one.platform.departments.values():
            ends = one.platform.log.ends(department.intake.topics)
            found = read_positions(department)
            for (topic, partition), end in sorted(ends.items()):
                position = found.get((topic, partition), 0)
                if end or position:
                    rows.append(
                        {
                            "department": department.id,
                            "topic": topic,
                            "partition": partition,
                            "position": position,
                            "end": end,
                            "lag": end - position,
                        }
                    )
    listing(rows, columns_of(rows), json_=json_)


def migrate(data: Data = None) -> None:
    """Brings every department's database to this program's version."""
    for place in upgrade(settings(data)):
        out().print(place, markup=False)
