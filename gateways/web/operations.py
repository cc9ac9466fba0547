"""运行: the delivery ledger and the lag of topics, for those who keep the platform running.

A post sees its own department: who has what it published, and how far it has read. Faults
that other departments declared come as facts, which every department reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.delivery.facts import FAULT_KINDS, DeliveryFaultFound, DeliveryFaultMended
from domain.departments import NODES
from domain.facts import Recorded, stamp_of
from gateways.department import lag
from gateways.department.histories import decode
from gateways.department.ledger import telling
from gateways.department.node import Department
from gateways.http.accounts import Identity
from gateways.log.port import LogUnavailable
from gateways.web.rendering import page
from gateways.web.signing import Signed, department_of
from projections import received as received_log

router = APIRouter(include_in_schema=False)

MARKS = {
    "DISAGREEMENT": "bad",
    "GAP": "bad",
    "STALLED": "bad",
    "MISSING": "bad",
    "DISAGREES": "bad",
    "DISCARDED": "warn",
    "UNHEARD": "warn",
    "SILENT": "warn",
    "PARKED": "warn",
    "BEHIND": "time",
    "DELIVERED": "time",
    "WAITING": "time",
    "APPLIED": "good",
    "ACTED": "good",
    "AGREES": "good",
}
"""The mark of each state: never by its colour alone."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of the ledger as the page shows it."""

    line: telling.Line
    wait: tuple[str, str]


@router.get("/ops/ledger")
def ledger(
    request: Request, identity: Signed, reader: str = "", state: str = "", event: str = ""
) -> Response:
    """Who has what this department published; the worst first. With `event`, one event's way."""
    department = _department(request, identity)
    now = department.clock.now()
    with department.reading() as connection:
        lines = telling.lines(connection, department.id, department.store, now)
        faults = telling.faults(connection, department.id)
        others = _others(connection, department.id)
        way = _way(connection, department, event.strip())
    shown = [
        Shown(line=line, wait=lag.words(_seconds(line.oldest, now)))
        for line in telling.worst_first(lines)
        if reader in ("", line.reader) and state in ("", line.state)
    ]
    return page(
        request,
        "ops_ledger.html",
        identity=identity,
        lines=shown,
        total=len(lines),
        faults=faults,
        others=others,
        way=way,
        given={"reader": reader, "state": state, "event": event.strip()},
        readers=sorted({line.reader for line in lines}),
        states=telling.STATES,
        stages=telling.STAGES,
        kinds=FAULT_KINDS,
        marks=MARKS,
    )


@router.get("/ops/topics")
def topics(request: Request, identity: Signed) -> Response:
    """How far this department has read each topic, since when the rest waits, how fast it goes."""
    department = _department(request, identity)
    try:
        ends = department.log.ends(department.intake.topics)
    except LogUnavailable:
        ends = None
    rows = [] if ends is None else lag.worst_first(lag.lags(department, ends))
    return page(
        request,
        "ops_topics.html",
        identity=identity,
        rows=[(row, lag.words(row.oldest_wait_s)) for row in rows if row.end],
        empty=sum(1 for row in rows if not row.end),
        reachable=ends is not None,
    )


def _department(request: Request, identity: Identity) -> Department:
    department: Any = department_of(request, identity)
    assert isinstance(department, Department)
    return department


def _way(connection: Connection, department: Department, event: str) -> telling.Way | None:
    if not event:
        return None
    try:
        return telling.way(connection, department.store, event)
    except telling.UnknownEvent:
        return None


def _others(connection: Connection, department: str) -> list[telling.Told]:
    """The faults that other departments have declared and not declared mended."""
    found: dict[str, telling.Told] = {}
    for reader in NODES:
        told = received_log.of_subject(
            connection,
            reader,
            decode,
            types=(DeliveryFaultFound.TYPE, DeliveryFaultMended.TYPE),
        )
        for one in told:
            if isinstance(one.fact, DeliveryFaultMended):
                found.pop(one.fact.fault, None)
            elif one.department != department:
                found[one.fact.fault] = _told(one)
    return sorted(found.values(), key=lambda one: (one.found_at, one.fault))


def _told(one: Recorded[DeliveryFaultFound]) -> telling.Told:
    fact = one.fact
    return telling.Told(
        fault=fact.fault,
        publisher=one.department,
        reader=fact.reader,
        topic=fact.topic,
        partition=fact.partition,
        kind=fact.kind,
        why="",
        first=fact.first,
        last=fact.last,
        since=stamp_of(fact.since),
        found_at=one.stamp,
        told=fact.told,
        cases=fact.cases,
        cases_in_all=fact.cases_in_all,
    )


def _seconds(stamp: int | None, now: int) -> float | None:
    return None if stamp is None else max(0.0, (now - stamp) / 1e6)
