"""Live refresh: a stream that says "something new was applied", resumable by its last id."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from gateways.department.database import POSITIONS
from gateways.department.node import Department
from gateways.http.departments import department_of
from gateways.http.metrics import LIVE_READERS
from gateways.web.signing import Signed

router = APIRouter(include_in_schema=False)
BEAT_S = 1.0


@router.get("/live")
async def live(request: Request, identity: Signed) -> StreamingResponse:
    """Server-sent events: `changed` whenever the department has applied more facts.

    The id is the number of facts applied, from the positions; a reader that comes back with an older
    Last-Event-ID is told at once. A beat every second shows that the line stands.
    """
    department = department_of(request, identity)
    poll_s = request.app.state.config.live_poll_s
    last = request.headers.get("last-event-id", "") or request.query_params.get("last", "")
    LIVE_READERS.inc()
    return StreamingResponse(
        _changes(
            request, department, int(last) if re.fullmatch("[0-9]{1,18}", last) else None, poll_s
        ),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def applied(department: Department) -> int:
    """How many facts the department has applied."""
    facts = sa.select(sa.func.coalesce(sa.func.sum(POSITIONS.c.partition_sequence), 0)).where(
        POSITIONS.c.topic.not_like("%.control")
    )
    with department.reading() as conn:
        return int(conn.scalar(facts) or 0)


async def _changes(
    request: Request, department: Department, known: int | None, poll_s: float
) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    now = await run_in_threadpool(applied, department)
    if known is None:
        yield f"id: {now}\nevent: hello\ndata: {now}\n\n"
        known = now
    quiet = 0.0
    while not await request.is_disconnected():
        now = await run_in_threadpool(applied, department)
        if now != known:
            yield f"id: {now}\nevent: changed\ndata: {now - known}\n\n"
            known, quiet = now, 0.0
        elif quiet >= BEAT_S:
            yield "event: beat\ndata: 1\n\n"
            quiet = 0.0
        await asyncio.sleep(poll_s)
        quiet += poll_s
