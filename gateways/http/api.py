"""The HTTP API: commands, views and case histories."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

import domain.law  # noqa: F401 -- completes the table of commands
from domain.commands import COMMANDS
from domain.departments import NODES
from gateways.contracts.schemas import command_schema
from gateways.http import parameters, problems
from gateways.http.accounts import Identity
from gateways.http.body import read_object
from gateways.http.departments import department_of
from gateways.http.giving import counted, give, unknown_command
from gateways.http.outsiders import must_hold_office
from gateways.http.seen import read_versions
from gateways.http.views import VIEWS, view_of
from projections import audit

router = APIRouter(prefix="/api/v1")


def caller(request: Request) -> Identity:
    """Who the API key belongs to; 401 without a live key."""
    identity: Identity | None = request.app.state.accounts.of_key(
        request.headers.get("x-api-key", "")
    )
    if identity is None:
        raise problems.unauthenticated()
    return identity


Caller = Annotated[Identity, Depends(caller)]


def officer(identity: Caller) -> Identity:
    """A caller that holds a public office; a firm's key reads no office's records."""
    must_hold_office(identity)
    return identity


Officer = Annotated[Identity, Depends(officer)]


async def awaited(request: Request, identity: Officer) -> None:
    """Waits for the position that a reader of views names, such as that of its own write."""
    await parameters.wait(
        department_of(request, identity),
        request.query_params.get("wait_for"),
        request.query_params.get("wait_s"),
        request.app.state.config.wait_s_max,
    )


Awaited = Depends(awaited)


@router.get("/commands", summary="所有命令 / every command")
def list_commands(identity: Caller) -> Any:  # noqa: ARG001 -- the caller must have a key
    """Every command with its labels and source."""
    return [
        {
            "name": name,
            "zh": one.ZH,
            "en": one.EN,
            "source": one.SOURCE,
            "automatic": one.AUTOMATIC,
            "irreversible": one.IRREVERSIBLE,
        }
        for name, one in sorted(COMMANDS.items())
    ]


@router.get("/commands/{name}", summary="命令的 JSON Schema / a command's JSON Schema")
def show_command(name: str, identity: Caller) -> Any:  # noqa: ARG001 -- as above
    """The JSON Schema of one command's data."""
    if name not in COMMANDS:
        raise unknown_command(name)
    return command_schema(COMMANDS[name])


@router.post("/commands/{name}", summary="办理 / give a command", status_code=201)
async def give_command(name: str, request: Request, identity: Caller) -> Response:
    """Gives a command; 201 with its events, 200 with the same answer when it was sent before.

    `If-Match: "<stream>@<version>"` names versions the giver has seen; 409 if one moved on.
    """
    if name not in COMMANDS:
        raise unknown_command(name)
    key = request.headers.get("idempotency-key", "")
    seen = read_versions(request.headers.get("if-match"))
    data = read_object(
        await request.body(),
        request.headers.get("content-type", ""),
        request.app.state.config.body_bytes_max,
    )
    with counted(identity.department, name) as answered:
        given = await run_in_threadpool(
            give, request.app.state.platform, identity, name, data, key, seen=seen
        )
        answered.by(given)
    return JSONResponse(
        {
            "command": given.command_id,
            "department": identity.department,
            "position": given.position,
            "repeated": given.repeated,
            "events": [
                {
                    "id": event.id,
                    "type": event.type,
                    "sequence": event.sequence,
                    "topic": event.topic,
                    "partition": event.partition,
                    "partitionsequence": str(event.partition_sequence),
                }
                for event in given.events
            ],
        },
        status_code=answered.status,
    )


@router.get("/views/{reader}/{view}", summary="查询视图 / ask a view", dependencies=[Awaited])
def ask_view(reader: str, view: str, request: Request, identity: Officer) -> Any:
    """Any query of the caller's own readers; `wait_for` waits for one's own write."""
    query = view_of(identity.department, reader, view)
    given = dict(request.query_params)
    for common in ("lang", "wait_for", "wait_s"):
        given.pop(common, None)
    with department_of(request, identity).reading() as conn:
        return {
            "reader": reader,
            "view": view,
            "department": identity.department,
            "answer": parameters.plain(query.ask(conn, given)),
        }


@router.get("/cases", summary="案件清单 / cases", dependencies=[Awaited])
def list_cases(request: Request, identity: Officer) -> Any:
    """The cases that the caller's department has facts of."""
    asked = request.query_params
    parameters.only(asked, "search", "region", "limit", "offset", "wait_for", "wait_s")
    with department_of(request, identity).reading() as conn:
        rows, total = audit.cases(
            conn,
            search=asked.get("search") or None,
            region=asked.get("region") or None,
            limit=parameters.whole_number("limit", asked.get("limit"), 50, least=1),
            offset=parameters.whole_number("offset", asked.get("offset"), 0, most=100_000_000),
        )
    return {"total": total, "cases": parameters.plain(rows)}


@router.get("/cases/{matter}", summary="案件历史 / one case history", dependencies=[Awaited])
def show_case(matter: str, request: Request, identity: Officer) -> Any:
    """Every fact of a matter and those linked to it that this department may see."""
    asked = request.query_params
    parameters.only(asked, "as_of", "known_to", "wait_for", "wait_s")
    with department_of(request, identity).reading() as conn:
        history = audit.history(
            conn,
            matter,
            as_of=parameters.stamp_parameter("as_of", asked.get("as_of")),
            known_to=parameters.stamp_parameter("known_to", asked.get("known_to")),
        )
    if history is None or not history.facts:
        raise problems.not_found(
            problems.Said(
                zh=f"没有事项“{matter}”，或本部门无权查看",
                en=f"There is no matter “{matter}” that this department may see",
            ),
            rule="UnknownMatter",
            field_name="matter",
        )
    return parameters.plain(history)


@router.get("/readers", summary="本部门的视图 / views of this department")
def list_views(identity: Caller) -> Any:
    """The views that the caller's department reads, with their parameters."""
    return [
        {
            "reader": reader,
            "view": name,
            "zh": view.zh,
            "en": view.en,
            "parameters": sorted(view.parameters),
            "required": list(view.required),
        }
        for reader, named in VIEWS.items()
        if reader in NODES[identity.department].projections
        for name, view in named.items()
    ]
