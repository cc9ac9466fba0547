"""The versions that a giver has seen, as an If-Match header and as a form's hidden field.

`"licence/91210103MAYTX0128N:LIC_HRS@3", "correction/91210103MAYTX0128N@1"`: each stream with
the version that its reader knew. A stream that has moved on refuses the command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import sqlalchemy as sa

from domain.commands import COMMANDS, DECIDERS, Own
from gateways.contracts.schemas import command_schema
from gateways.http.problems import ProblemError, Said
from projections.received import RECEIVED

ONE = re.compile(r'"([a-z_]{1,40}/[A-Za-z0-9:._-]{1,120})@([0-9]{1,9})"')
STREAMS_MAX = 20


def read_versions(header: str | None) -> dict[str, int]:
    """The versions of an If-Match header; {} without one. Refuses any other form by name."""
    if header is None or not header.strip():
        return {}
    seen: dict[str, int] = {}
    for part in header.split(","):
        match = ONE.fullmatch(part.strip())
        if match is None or match[1] in seen or len(seen) >= STREAMS_MAX:
            raise _malformed(part.strip()[:80])
        seen[match[1]] = int(match[2])
    return seen


def written(seen: Mapping[str, int]) -> str:
    """The versions as the header holds them."""
    return ", ".join(f'"{stream}@{version}"' for stream, version in sorted(seen.items()))


def versions_of(conn: sa.Connection, department: str, subject: str) -> dict[str, int]:
    """The department's own streams about a subject, at the versions that its pages show."""
    known = (
        sa.select(RECEIVED.c.stream, sa.func.max(RECEIVED.c.stream_version))
        .where(RECEIVED.c.subject == subject, RECEIVED.c.department == department)
        .group_by(RECEIVED.c.stream)
        .order_by(RECEIVED.c.stream)
        .limit(STREAMS_MAX)
    )
    return {stream: int(version) for stream, version in conn.execute(known)}


def decided_on(name: str, data: Mapping[str, Any], seen: Mapping[str, int]) -> dict[str, int]:
    """Those of the seen versions that this command is decided on: its own streams.

    {} where the data do not fit the command: its schema then refuses it.
    """
    if not seen:
        return {}
    try:
        streams = set(_own_streams(name, data))
    except ValueError:
        return {}
    return {stream: version for stream, version in seen.items() if stream in streams}


def _own_streams(name: str, data: Mapping[str, Any]) -> Iterable[str]:
    command = COMMANDS[name]
    shown = {
        field: part.get("default") for field, part in command_schema(command)["properties"].items()
    } | dict(data)
    for field, hint in get_type_hints(command).items():
        for kind in (hint, *get_args(hint)):
            if isinstance(kind, type) and issubclass(kind, StrEnum) and shown.get(field):
                shown[field] = kind(shown[field])
    for read in DECIDERS[name].reads(SimpleNamespace(**shown)):
        if isinstance(read, Own):
            yield read.stream


def _malformed(part: str) -> ProblemError:
    return ProblemError(
        status=400,
        rule="MalformedIfMatch",
        title=Said(zh="请求头 If-Match 有误", en="The header If-Match is wrong"),
        detail=Said(
            zh=f'无法读取“{part}”：应为 "流@版本"，多个以逗号分隔，同一个流只写一次',
            en=f'“{part}” is not "<stream>@<version>"; separate several by commas, '
            "each stream once",
        ),
        next=Said(
            zh='例如 If-Match: "licence/91210103MAYTX0128N:LIC_HRS@3"；不核对版本时请去掉此请求头',
            en='For example If-Match: "licence/91210103MAYTX0128N:LIC_HRS@3"; '
            "leave it out where no version is to be checked",
        ),
        field="If-Match",
        values={"part": part},
    )
