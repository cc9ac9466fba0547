"""Inbound contracts: what a department's own system may give its gateway, and what it is answered.

A message is a command as a CloudEvents 1.0 event in structured JSON. `id` is the system's own
idempotency key: the same `source` and `id` are the same act, for ever. `post` names who
decided. The schemas come from the command classes.

1. A rule's or a clock's command is nobody's to give.
2. The topic keeps what is written on it for ever and in clear. So a command with a person's
   values, or about a sealed value, comes over HTTP only, and a file comes by its reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

import domain.law  # noqa: F401 -- completes the table of commands
from domain.commands import COMMANDS, Command
from domain.departments import NODES, ORGANS
from domain.powers import POWERS
from domain.protected import ABOUT_SEALED
from domain.terms import FileRef
from gateways.contracts.envelope import schema_name, source_of
from gateways.contracts.samples import sample_data
from gateways.contracts.schemas import (
    DIALECT,
    MOMENT_PATTERN,
    NAME_PATTERN,
    Schema,
    command_schema,
    hints_of,
)

MESSAGE = "inbound.message.v1"
ANSWER = "inbound.answered.v1"
COMMAND_PREFIX = "command."
KEY_PATTERN = r"^[\x21-\x7e]{1,120}$"
POST_PATTERN = r"^[A-Z][A-Z_]{1,19}(?:\.[A-Z]{2,12})?@[0-9A-Z-]{5,9}$"
OUTSIDERS = ("AGENCY", "ASSOC")
"""The regulated and their association (人力资源市场暂行条例; 双随机、一公开): without public power,
each acts by its own credential, and no office's system for it."""

OUTCOMES: dict[str, tuple[str, str]] = {
    "ACCEPTED": ("已办理并记录", "decided and recorded"),
    "REPEATED": ("此前已办理，答复同前", "decided before; these are its events"),
    "REFUSED": ("依规则不予办理", "refused by a named rule; nothing is recorded"),
    "INVALID": ("内容不符合契约", "it does not fit its contract; nothing is recorded"),
    "FAILED": ("本平台出错，未作记录", "this platform is at fault; nothing is recorded"),
}
"""What becomes of a message."""


@cache
def command_of(type_name: str) -> str | None:
    """The command that a message's `type` names; None where there is none that a person gives."""
    name = type_name.removeprefix(COMMAND_PREFIX)
    known = COMMANDS.get(name) if type_name.startswith(COMMAND_PREFIX) else None
    return None if known is None or known.AUTOMATIC else name


@cache
def http_only(name: str) -> bool:
    """Whether a command may not come by topic: it carries a person's values or is about some."""
    return name in ABOUT_SEALED or _holds(command_schema(COMMANDS[name]), "x-personal")


def by_topic() -> list[str]:
    """The commands that may come by topic, in name order: what some office has a power to give."""
    held = {one.command for one in POWERS if one.organ not in OUTSIDERS}
    return [
        name
        for name, cls in sorted(COMMANDS.items())
        if name in held and not cls.AUTOMATIC and not http_only(name)
    ]


def given_in(node: str) -> list[str]:
    """The commands by topic that some organ of a department has a power to give, in name order."""
    return [name for name in by_topic() if name in held_in(node)]


def held_in(node: str) -> frozenset[str]:
    """The commands that some office of a department has a power to give."""
    return frozenset(
        one.command
        for one in POWERS
        if ORGANS[one.organ].node == node and one.organ not in OUTSIDERS
    )


@cache
def message_schema() -> Schema:
    """The schema of every message; `data` is any object, unknown attributes are ignored."""
    return {
        "$schema": DIALECT,
        "$id": schema_name(MESSAGE),
        "title": "Inbound message",
        "x-zh": "本部门系统的办理请求",
        "description": "A command of a department's own system: CloudEvents 1.0 in structured JSON.",
        "type": "object",
        "properties": _attributes(),
        "required": ["specversion", "id", "source", "type", "post", "data"],
    }


def inbound_schema(cls: type[Command]) -> Schema:
    """The schema of one command's message whole, as it may come by topic."""
    message = message_schema()
    data = {key: value for key, value in command_schema(cls).items() if key[0] != "$"}
    return {
        **message,
        "$id": schema_name(f"inbound.{cls.NAME}"),
        "title": cls.EN,
        "x-zh": cls.ZH,
        "description": data["description"],
        "properties": {
            **message["properties"],
            "type": {"const": COMMAND_PREFIX + cls.NAME},
            "data": _by_reference(data),
        },
    }


@cache
def answer_schema() -> Schema:
    """The schema of an answer's `data`."""
    text = {"type": "string"}
    return {
        "$schema": DIALECT,
        "$id": schema_name(ANSWER),
        "title": "Answer",
        "x-zh": "办理答复",
        "description": "What became of one inbound message: one answer each, the same at every repeat.",
        "type": "object",
        "properties": {
            "message": _said("请求编号", "The message's id", KEY_PATTERN),
            "system": _said("发送系统", "The message's source", r"^/systems/"),
            "command": _said("命令", "Command", r"^[A-Z][A-Za-z0-9]{0,79}$"),
            "inbound": {
                "type": "object",
                "title": "Where the message stands",
                "x-zh": "请求所在位置",
                "properties": {
                    "partition": {"type": "integer", "minimum": 0},
                    "offset": {"type": "string", "pattern": r"^(?:0|[1-9][0-9]{0,17})$"},
                },
                "required": ["partition", "offset"],
            },
            "outcome": {
                "type": "string",
                "title": "Outcome",
                "x-zh": "结果",
                "enum": sorted(OUTCOMES),
            },
            "events": {
                "type": "array",
                "title": "Events recorded",
                "x-zh": "所记录的事件",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "pattern": NAME_PATTERN},
                        "type": text,
                    },
                    "required": ["id", "type"],
                },
            },
            "position": {"type": "string", "title": "Position", "x-zh": "位置"},
            "rule": _said("规则", "The rule that refused it", r"^[A-Z][A-Za-z0-9]{0,79}$"),
            "zh": text,
            "en": text,
            "next_zh": text,
            "next_en": text,
            "problems": {
                "type": "array",
                "title": "Fields at fault",
                "x-zh": "有误的字段",
                "items": {
                    "type": "object",
                    "properties": dict.fromkeys(("field", "rule", "zh", "en"), text),
                    "required": ["field", "rule", "zh", "en"],
                },
            },
        },
        "required": ["outcome"],
    }


def message_sample(name: str, node: str) -> dict[str, Any]:
    """A valid message of one command, every field filled in, as a department's system sends it."""
    organ = next(
        one.organ
        for one in POWERS
        if one.command == name and ORGANS[one.organ].node == node and one.organ not in OUTSIDERS
    )
    return {
        "specversion": "1.0",
        "id": "2024-11-25-000117",
        "source": f"/systems/{node}/simulated/window",
        "type": COMMAND_PREFIX + name,
        "post": f"{organ}@210103",
        "datacontenttype": "application/json",
        "data": sample_data(COMMANDS[name]),
    }


def answer_sample(node: str) -> dict[str, Any]:
    """The answer to a message that was accepted."""
    command, made = "ClaimPush", str(uuid.UUID("c1b7a3d2-6b1e-5a77-8d0e-6c69616e646f"))
    return {
        "specversion": "1.0",
        "id": made,
        "source": source_of(node, "simulated", "sample"),
        "type": ANSWER,
        "subject": "2024-11-25-000117",
        "time": "2024-11-25T10:00:00.000001+08:00",
        "datacontenttype": "application/json",
        "dataschema": schema_name(ANSWER),
        "data": {
            "message": "2024-11-25-000117",
            "system": f"/systems/{node}/simulated/window",
            "inbound": {"partition": 0, "offset": "12"},
            "command": command,
            "outcome": "ACCEPTED",
            "events": [{"id": made, "type": "push.claimed.v1"}],
            "position": f"{node}:31-31",
        },
    }


def _attributes() -> dict[str, Schema]:
    nodes = "|".join(sorted(NODES))
    source = rf"^/systems/(?:{nodes})/(?:real|simulated)/[A-Za-z0-9._-]{{1,60}}$"
    return {
        "specversion": {"const": "1.0"},
        "id": _said("请求编号（幂等键）", "The system's own idempotency key", KEY_PATTERN),
        "source": _said("系统：部门、真实或模拟、名称", "Department, mode, system", source),
        "type": _said("命令", "Command", r"^command\.[A-Z][A-Za-z0-9]{0,79}$"),
        "post": _said("岗位", "The post that decided", POST_PATTERN),
        "time": {
            **_said("发送时间", "When it was sent; nothing is decided by it", MOMENT_PATTERN),
            "format": "date-time",
        },
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object", "title": "The command's data", "x-zh": "内容"},
    }


def _said(zh: str, en: str, pattern: str) -> Schema:
    return {"type": "string", "title": en, "x-zh": zh, "pattern": pattern}


def _by_reference(schema: Any) -> Any:
    """A schema in which a file is the reference of one that was kept before."""
    if isinstance(schema, list):
        return [_by_reference(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    if schema.get("x-file"):
        names = list(hints_of(FileRef))
        return {
            "type": "object",
            "description": "A file kept before: over HTTP, or by another command.",
            "title": schema.get("title", "File"),
            "x-zh": schema.get("x-zh", "文件"),
            "properties": {name: schema["properties"][name] for name in names},
            "required": names,
            "additionalProperties": False,
        }
    return {name: _by_reference(value) for name, value in schema.items()}


def _holds(schema: Any, word: str) -> bool:
    if isinstance(schema, list):
        return any(_holds(one, word) for one in schema)
    if not isinstance(schema, Mapping):
        return False
    return bool(schema.get(word)) or any(_holds(one, word) for one in schema.values())
