"""工作台: an officer's tasks by deadline."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain import powers
from domain.commands import COMMANDS
from domain.facts import instant
from gateways.http.parameters import plain
from gateways.web.rendering import page
from gateways.web.signing import Signed, department_of
from projections import clocks

router = APIRouter(include_in_schema=False)


@router.get("/")
def inbox(request: Request, identity: Signed) -> Response:
    """The tasks of the signed-in post, soonest deadline first, with the commands that settle them."""
    department = department_of(request, identity)
    now = request.app.state.platform.clock.now()
    with department.reading() as conn:
        tasks = clocks.open_tasks(
            conn, organs=(identity.post.organ,), region=identity.post.region, now=now
        )
    allowed = commands_allowed(identity.post.organ, now)
    rows = [_task(plain(task), allowed) for task in tasks]
    return page(
        request,
        "inbox.html",
        identity=identity,
        tasks=rows,
        overdue=sum(row["overdue"] for row in rows),
        now=now,
    )


def commands_allowed(organ: str, now: int) -> list[str]:
    """The commands that a person of this organ may give today."""
    names = powers.commands_of(organ, instant(now).date())
    return [name for name in names if name in COMMANDS and not COMMANDS[name].AUTOMATIC]


def _task(task: dict[str, Any], allowed: list[str]) -> dict[str, Any]:
    left = task["working_days_left"]
    return {
        **task,
        "left": left,
        "mark": "bad" if task["overdue"] else "warn" if left <= 1 else "plain",
        "commands": [COMMANDS[name] for name in task["commands"] if name in allowed],
    }
