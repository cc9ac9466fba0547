"""`demo` and `serve`: everything on one machine with a story in it, and a node of the house."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from gateways.log.port import LogUnavailable
from gateways.store.port import StoreUnavailable
from ops import demonstration
from ops.opened import Data, settings
from ops.output import FAILED, out, said
from ops.settings import Settings, StoreMode
from ops.tuning import as_a_node_serves, as_a_node_starts
from ops.wiring import House, house

Host = Annotated[str | None, typer.Option("--host", help="address to bind; 127.0.0.1")]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="port to bind; 0 for any free one")
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the tool."""
    app.command("demo")(demo)
    app.command("serve")(serve)


def demo(
    check: Annotated[
        bool,
        typer.Option("--check", help="play, compare, and do not stay up; exit 1 if it differs"),
    ] = False,
    story: Annotated[
        str,
        typer.Option("--story", help=f"which story: {', '.join(demonstration.stories())}"),
    ] = demonstration.STORY,
    host: Host = None,
    port: Port = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="the folder; var/demo... if not named")
    ] = None,
) -> None:
    """Plays a story and serves it: every department in this process, embedded."""
    if story not in demonstration.stories():
        raise typer.BadParameter(
            said(
                f"没有故事 {story}；有 {'、'.join(demonstration.stories())}",
                f"there is no story {story}; there are {', '.join(demonstration.stories())}",
            )
        )
    if check:
        if not demonstration.check(story):
            raise typer.Exit(FAILED)
        return
    as_a_node_starts()
    chosen = settings(
        data or demonstration.folder_of(story),
        mode="embedded",
        departments="all",
        roles="all",
        host=host,
        port=port,
        store=None,
    )
    with bound(chosen) as listening:
        if not demonstration.ready(chosen, story):
            raise typer.Exit(FAILED)
        with house(chosen, create=False) as one:
            demonstration.greet(one, listening.getsockname()[1])
            stay(one, listening)


def serve(
    roles: Annotated[
        str | None,
        typer.Option("--roles", help="gateway,relay,intake,clock,webhooks,inbound or all"),
    ] = None,
    departments: Annotated[
        str | None, typer.Option("--departments", help="hr,samr,... or all")
    ] = None,
    host: Host = None,
    port: Port = None,
    data: Data = None,
    wait: Annotated[
        int, typer.Option("--wait", min=0, help="seconds to wait for database and log at start")
    ] = 60,
) -> None:
    """Serves a node: the roles and departments named by settings or options, until stopped.

    Every node answers /healthz, /readyz and /metrics; one without the gateway role nothing
    else, on any free port unless --port names one.
    """
    as_a_node_starts()
    chosen = settings(data, roles=roles, departments=departments, host=host, port=port)
    if "gateway" not in chosen.roles and "port" not in chosen.model_fields_set:
        # Its port only tells of its health: several such nodes share a machine.
        chosen = chosen.model_copy(update={"port": 0})
    with bound(chosen) as listening, ExitStack() as opened:
        one = reachable(chosen, opened, wait)
        address = f"http://{chosen.host}:{listening.getsockname()[1]}/"
        out().print(said("已启动：", "serving: ") + f"{address}  {_told(chosen)}", markup=False)
        for old in one.outdated():
            out().print(f"! {said(*old.told)}: {old.command}", markup=False)
        stay(one, listening)


def bound(chosen: Settings) -> socket.socket:
    """A listening socket, taken before anything else is opened: a used port is told at once."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((chosen.host, chosen.port))
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    return listening


def reachable(chosen: Settings, opened: ExitStack, wait_s: int) -> House:
    """The installation, once its database and log answer; what is missing is told meanwhile.

    A node often starts while a broker or a server is starting too. Raises LogUnavailable or
    StoreUnavailable when the wait is over.
    """
    for attempt in Retrying(
        retry=retry_if_exception_type((LogUnavailable, StoreUnavailable)),
        stop=stop_after_delay(wait_s),
        wait=wait_exponential(multiplier=0.5, max=4),
        before_sleep=lambda state: out().print(
            said("等待：", "waiting: ") + str(state.outcome and state.outcome.exception()),
            markup=False,
        ),
        reraise=True,
    ):
        with attempt:
            return opened.enter_context(house(chosen, create=True, shared=True))
    raise AssertionError("the last attempt raises")


def stay(one: House, listening: socket.socket) -> None:
    """Runs the roles and the web edge (without a gateway: its health) until the process is told to stop."""
    as_a_node_serves()
    hosts = ("*",) if one.settings.host in ("0.0.0.0", "::") else ()
    answering = one.app if "gateway" in one.settings.roles else one.health_app
    config = uvicorn.Config(
        answering(hosts), log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    if one.store_mode is StoreMode.SIMULATED:
        one.let_time_run()
    one.platform.start(one.settings.roles)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        # The server has already shut down in order; it only hands the signal on.
        out().print(said("已停止。", "stopped."))


def _told(chosen: Settings) -> str:
    return f"{','.join(chosen.roles)} / {','.join(chosen.departments)}"
