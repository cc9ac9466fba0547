"""运行: the delivery ledger, the lag of topics and rebuilds, for those who keep the platform running.

A post sees its own department: who has what it published, and how far it has read. Faults
that other departments declared come as facts, which every department reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.delivery.facts import (
    FAULT_KINDS,
    OUTCOMES,
    DeliveryFaultFound,
    DeliveryFaultMended,
)
from domain.departments import CONTROL_FAMILY, NODES, TOPICS
from domain.facts import Recorded, stamp_of
from gateways.contracts.envelope import fact_of
from gateways.department.ledger import telling
from gateways.department.node import Department
from gateways.department.taking_in import lag
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.log.port import LogUnavailable
from gateways.rebuilding import standing
from gateways.rebuilding.tables import CUTTING, FILLING, FOLLOWING, PREVIOUS
from gateways.rebuilding.versions import outdated
from gateways.web.rendering import Words, moment, page, page_language
from gateways.web.signing import Signed
from gateways.web.spreadsheets import spreadsheet
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


STATES_OF_COPIES: dict[str, tuple[str, str, str]] = {
    FILLING: ("填充中", "Being filled", "time"),
    FOLLOWING: ("已跟上，待切换", "Caught up, to be cut over", "good"),
    CUTTING: ("切换中", "Being cut over", "time"),
}
"""How a copy stands, with its mark."""

OUTCOMES_COUNTED = (OUTCOMES["RELEASED"], OUTCOMES["FIXED"], OUTCOMES["DISCARDED"])


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of the ledger as the page shows it."""

    line: telling.Line
    wait: tuple[str, str]


@router.get("/ops/ledger")
def ledger(
    request: Request,
    identity: Signed,
    reader: str = "",
    state: str = "",
    event: str = "",
    format: str = "",
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
    if format == "csv":
        return _ledger_file(_words(request), shown, now)
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
        outcomes=OUTCOMES,
        marks=MARKS,
    )


@router.get("/ops/topics")
def topics(request: Request, identity: Signed, format: str = "") -> Response:
    """How far this department has read each topic, since when the rest waits, how fast it goes.

    Control topics stand apart: every few seconds something is on its way on each of them.
    """
    department = _department(request, identity)
    try:
        ends = department.log.ends(department.intake.topics)
    except LogUnavailable:
        ends = None
    rows = [] if ends is None else lag.worst_first(lag.lags(department, ends))
    told = [(row, lag.words(row.oldest_wait_s)) for row in rows if row.end]
    business = [one for one in told if not _is_control(one[0].topic)]
    control = [one for one in told if _is_control(one[0].topic)]
    if format == "csv" and ends is not None:
        words, now = _words(request), department.clock.now()
        return _topics_file(words, [one for one, _ in (*business, *control)], now)
    return page(
        request,
        "ops_topics.html",
        identity=identity,
        rows=business,
        control=control,
        empty=sum(1 for row in rows if not row.end),
        reachable=ends is not None,
    )


@router.get("/ops/rebuilds")
def rebuilds(request: Request, identity: Signed) -> Response:
    """The copies of this department's read models that stand beside the live ones."""
    department = _department(request, identity)
    with department.reading() as connection:
        copies = standing.every(connection)
        old = outdated(connection, department.id)
    return page(
        request,
        "ops_rebuilds.html",
        identity=identity,
        copies=[
            (one, lag.words(one.left_s), standing.is_at_work(one.holder, one.heard))
            for one in copies
        ],
        outdated=old,
        states=STATES_OF_COPIES,
        previous=PREVIOUS,
        filling=FILLING,
    )


def _is_control(topic: str) -> bool:
    return TOPICS[topic].family == CONTROL_FAMILY


def _words(request: Request) -> Words:
    return Words(page_language(request))


def _ledger_file(words: Words, shown: list[Shown], now: int) -> Response:
    heads = (
        ("状态", "State"),
        ("读者", "Reader"),
        ("主题", "Topic"),
        ("已发布", "Published"),
        ("已送达", "Delivered"),
        ("已处理", "Applied"),
        ("已办理", "Acted on"),
        ("隔离", "Set aside"),
        *OUTCOMES_COUNTED,
        ("未到", "Behind"),
        ("最久等待（秒）", "Oldest wait (s)"),
        ("最近处理", "Last applied"),
    )
    rows = [
        (
            words.t(*telling.STATES[line.state]),
            words.t(NODES[line.reader].zh, NODES[line.reader].en),
            line.topic,
            line.published,
            line.delivered,
            line.applied,
            line.acted,
            line.parked,
            line.released,
            line.fixed,
            line.discarded,
            line.behind,
            None if line.oldest is None else round(_seconds(line.oldest, now) or 0.0),
            "" if line.applied_at is None else moment(line.applied_at),
        )
        for line in (one.line for one in shown)
    ]
    name = words.t("投递台账", "Delivery ledger")
    return spreadsheet(name, now, [words.t(*one) for one in heads], rows)


def _topics_file(words: Words, rows: list[lag.Lag], now: int) -> Response:
    heads = (
        ("主题", "Topic"),
        ("类别", "Kind"),
        ("未读", "Unread"),
        ("最久等待（秒）", "Oldest wait (s)"),
        ("隔离", "Set aside"),
        ("速度（条/分钟）", "Rate (a minute)"),
        ("位置", "Position"),
        ("末尾", "End"),
    )
    told = [
        (
            row.topic,
            words.t("控制", "Control") if _is_control(row.topic) else words.t("业务", "Business"),
            row.lag,
            None if row.oldest_wait_s is None else round(row.oldest_wait_s),
            row.quarantined,
            round(row.per_minute, 1),
            row.position,
            row.end,
        )
        for row in rows
    ]
    name = words.t("主题积压", "Topics and lag")
    return spreadsheet(name, now, [words.t(*one) for one in heads], told)


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
            fact_of,
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
