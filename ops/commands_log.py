"""`schemas`, `migrate`: the contracts of the shared log, and the databases' version."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.facts import FACTS
from gateways.contracts import generate
from gateways.contracts.catalogue import type_details, type_rows
from gateways.contracts.inbound import COMMAND_PREFIX
from gateways.contracts.public import public_files
from gateways.contracts.schemas import event_schema
from ops import contracts
from ops.opened import Data, Json, settings
from ops.output import FAILED, WRONG_USE, as_json, err, listing, out, said
from ops.wiring import upgrade


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    schemas = typer.Typer(help="The contracts.", no_args_is_help=False)
    schemas.callback(invoke_without_command=True)(schemas_default)
    schemas.command("list")(schemas_list)
    schemas.command("show")(schemas_show)
    schemas.command("check")(schemas_check)
    schemas.command("release")(contracts.release)
    app.add_typer(schemas, name="schemas")
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


def migrate(data: Data = None) -> None:
    """Brings every department's database to this program's version."""
    for place in upgrade(settings(data)):
        out().print(place, markup=False)
