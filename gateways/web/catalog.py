"""The catalogue of event contracts, for those who build a department's own system.

Open to everybody: it tells what kinds of events there are and in which form, never what
happened. Facts of the owner alone are no contract and are not listed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.calendar.deadlines import UNIT_NAMES, Unit
from domain.clocks.words import Debtor
from domain.commands import COMMANDS
from domain.departments import (
    CONTROL_FAMILY,
    NODES,
    TOPICS,
    answers_topic,
    inbound_topic,
)
from domain.facts import FACTS, Confidentiality
from gateways.contracts.catalogue import type_details, type_rows
from gateways.contracts.envelope import CONTENT_TYPE
from gateways.contracts.inbound import ANSWER, MESSAGE, OUTCOMES, given_in, held_in, message_sample
from gateways.contracts.public import ARCHIVE, public_archive, public_files, published_types
from gateways.contracts.samples import sample, writers_of
from gateways.http import problems
from gateways.web.labels import field_label
from gateways.web.rendering import page

router = APIRouter(include_in_schema=False)

LEVELS: dict[str, tuple[str, str]] = {
    "PUBLIC": ("公开", "Public"),
    "INTERNAL": ("内部", "Internal"),
    "REPORTER_SECRET": ("举报人保密", "Reporter's secret"),
    "CRIMINAL": ("涉刑事案件", "Criminal matter"),
}
"""The words for each confidentiality."""

DOES: dict[str, tuple[str, str]] = {
    "starts": ("启动", "starts"),
    "stops": ("停止", "stops"),
    "grounds": ("作为前提", "is a ground of"),
    "extends": ("延长", "extends"),
    "sets_length": ("确定期限", "sets the length of"),
    "suspends": ("中止", "suspends"),
    "resumes": ("恢复", "resumes"),
    "acts": ("记为已办", "counts as done for"),
}
"""The words for what an event does to a clock."""

UNITS: dict[str, tuple[str, str]] = {
    "fen": ("分（人民币，0.01元）", "fen (0.01 yuan)"),
    "working_days": ("工作日", "working days"),
    "days": ("日", "calendar days"),
    "persons": ("人", "persons"),
    "staff": ("人", "persons"),
    "present": ("人", "persons"),
    "witnesses": ("人", "persons"),
    "length": ("字节", "bytes"),
    "stamp": ("微秒，自1970年（UTC）", "microseconds since 1970 (UTC)"),
}
"""The unit of a number by the last words of its field; other numbers are counts or ordinals."""

KINDS: dict[str, tuple[str, str]] = {
    "string": ("文本", "text"),
    "integer": ("整数", "integer"),
    "boolean": ("是否", "yes or no"),
    "object": ("对象", "object"),
    "array": ("列表", "list"),
    "date": ("日期", "date"),
    "date-time": ("时刻（带时区）", "instant with its zone"),
}


@router.get("/catalog")
def catalog(request: Request) -> Response:
    """Every published event type: searched by words, topic, writer or reader."""
    asked = {
        name: request.query_params.get(name, "")[:100]
        for name in ("q", "topic", "writer", "reader")
    }
    rows = [row for row in _rows() if _fits(row, asked)]
    return page(
        request,
        "catalog.html",
        identity=request.app.state.sessions.identity(request),
        rows=rows,
        total=len(_rows()),
        given=asked,
        levels=LEVELS,
        nodes=NODES,
        topics=sorted(name for name, one in TOPICS.items() if one.family != CONTROL_FAMILY),
        archive=ARCHIVE,
    )


@router.get("/catalog/contracts/{name:path}")
def contract(name: str) -> Response:
    """One contract as a file, or all of them in one archive."""
    if name == ARCHIVE:
        return Response(public_archive(), media_type="application/gzip", headers=_as_file(ARCHIVE))
    text = public_files().get(name)
    if text is None:
        raise _absent(name)
    return Response(text, media_type="application/json", headers=_as_file(name))


@router.get("/catalog/inbound")
def inbound(request: Request) -> Response:
    """What a department's own system may give: each command, and whether it may come by topic."""
    node = request.query_params.get("department", "hr")
    if node not in NODES:
        raise _absent(node)
    given = given_in(node)
    return page(
        request,
        "catalog_inbound.html",
        identity=request.app.state.sessions.identity(request),
        nodes=NODES,
        department=node,
        topics=(inbound_topic(node), answers_topic(node)),
        commands=[
            (name, COMMANDS[name], name in given)
            for name in sorted(held_in(node))
            if not COMMANDS[name].AUTOMATIC
        ],
        outcomes=OUTCOMES,
        contracts=(MESSAGE, ANSWER),
        sample=message_sample(given[0], node),
    )


@router.get("/catalog/{type_name}")
def event_type(request: Request, type_name: str) -> Response:
    """One event type: its meaning, fields, writers, readers, clocks, and a sample."""
    row = next((one for one in _rows() if one["type"] == type_name), None)
    if row is None:
        raise _absent(type_name)
    return page(
        request,
        "catalog_type.html",
        identity=request.app.state.sessions.identity(request),
        row=row,
        fields=[_field(one, type_name) for one in row["fields"]],
        sample=sample(FACTS[type_name]),
        media_type=CONTENT_TYPE,
        levels=LEVELS,
        does=DOES,
        kinds=KINDS,
        period=_period,
        parties=Debtor.PARTY.value,
        commands=COMMANDS,
        partitions={name: TOPICS[name].partitions for name in row["topics"]},
    )


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    published = frozenset(published_types())
    return tuple(
        {
            **type_details(row["type"]),
            "writers": writers_of(FACTS[row["type"]]),
            "level": Confidentiality(row["confidentiality"]).value,
        }
        for row in type_rows()
        if row["type"] in published
    )


def _fits(row: dict[str, Any], asked: dict[str, str]) -> bool:
    if asked["topic"] and asked["topic"] not in row["topics"]:
        return False
    if asked["writer"] and asked["writer"] not in row["writers"]:
        return False
    if asked["reader"] and asked["reader"] not in row["readers"]:
        return False
    text = " ".join(
        (
            row["type"],
            row["zh"],
            row["en"],
            row["source"],
            row["description"],
            *row["topics"],
            *(f"{one['field']} {one['zh']} {one['en']}" for one in row["fields"]),
            *(f"{one['code']} {one['zh']} {one['en']}" for one in row["clocks"]),
        )
    ).casefold()
    return all(word in text for word in asked["q"].casefold().split())


def _field(one: dict[str, Any], type_name: str) -> dict[str, Any]:
    name = one["field"].rpartition(".")[2]
    owner = "" if "." in one["field"] else type_name
    zh, en = field_label(name, {"title": one["en"], "x-zh": one["zh"]}, owner)
    return {**one, "name": name, "zh": zh, "en": en, "unit": unit_of(name, one["type"])}


def unit_of(name: str, kind: str) -> tuple[str, str] | None:
    """The unit of a field, Chinese and English; None where it has none."""
    if kind == "date":
        return ("北京时间，至当日24:00", "China time, to the end of the day")
    if kind != "integer":
        return None
    fitting = [one for one in UNITS if name == one or name.endswith(f"_{one}")]
    return UNITS[max(fitting, key=len)] if fitting else None


def _period(text: str) -> tuple[str, str]:
    """A clock's period (`20 WD`) in words."""
    number, _, unit = text.partition(" ")
    zh, en = UNIT_NAMES[Unit(unit)]
    return f"{number}{zh}", f"{number} {en}"


def _as_file(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'inline; filename="{name.rpartition("/")[2]}"',
        "Cache-Control": "public, max-age=300",
    }


def _absent(name: str) -> problems.ProblemError:
    return problems.not_found(
        problems.Said(zh=f"目录中没有“{name}”", en=f"The catalogue has no “{name}”"),
        rule="UnknownContract",
    )
