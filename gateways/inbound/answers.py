"""Answers: what became of each message, as a record that is the same at every repeat."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from typing import Any

from domain.errors import Refusal
from domain.facts import instant
from gateways.contracts import canonical
from gateways.contracts.envelope import schema_name, source_of, timestamp
from gateways.contracts.inbound import ANSWER
from gateways.contracts.problems import Problem
from gateways.department.deciding.answers import Given
from gateways.inbound.reading import Message, Wrong
from gateways.log.port import LogRecord
from gateways.store.port import Head

NAMESPACE = uuid.UUID("8f6d0e5a-0b43-5c61-9b6f-6c69616e646f")
PROBLEMS_MAX = 50
TEXT_MAX = 500


def accepted(message: Message, given: Given, *, first: bool) -> dict[str, Any]:
    """The answer to a message whose command is recorded; `first` where it brought that about."""
    return {
        **_about(message),
        "outcome": "ACCEPTED" if first else "REPEATED",
        "events": [{"id": event.id, "type": event.type} for event in given.events],
        **({"position": given.position} if given.position else {}),
    }


def not_given(message: Message, wrong: Wrong) -> dict[str, Any]:
    """The answer to a message that brought nothing about."""
    return {
        **_about(message),
        "outcome": wrong.outcome,
        "rule": wrong.rule,
        "zh": wrong.zh,
        "en": wrong.en,
        "next_zh": wrong.next_zh,
        "next_en": wrong.next_en,
        "problems": [
            {"field": one.field, "rule": one.rule, "zh": one.zh, "en": one.en}
            for one in wrong.problems[:PROBLEMS_MAX]
        ],
    }


def of_refusal(refusal: Refusal) -> Wrong:
    """A refusal by a named rule of the domain; its field is one of the message's `data`."""
    zh, en = refusal.sentence("zh"), refusal.sentence("en")
    field = f"data.{refusal.field}" if refusal.field else ""
    return Wrong(
        outcome="REFUSED",
        rule=refusal.rule,
        zh=zh,
        en=en,
        next_zh=refusal.advice("zh"),
        next_en=refusal.advice("en"),
        problems=(Problem(field, refusal.rule, zh, en),) if field else (),
    )


def fault() -> Wrong:
    """The platform could not decide a message; what went wrong stands in its own log alone."""
    return Wrong(
        outcome="FAILED",
        rule="Fault",
        zh="系统出现错误，已记入日志；本请求未作记录",
        en="the platform is at fault, its log says why; nothing is recorded",
        next_zh="请联系运维人员；处理后用同一编号重发不会重复办理",
        next_en="call the operators; sending it again under the same id is then safe",
    )


def answer_body(
    data: Mapping[str, Any], record: LogRecord, department: str, head: Head, now: int
) -> bytes:
    """The record that answers the message at a place of the inbound topic."""
    place = f"{head.incarnation}/{record.topic}/{record.partition}/{record.offset}"
    told = {
        **data,
        "inbound": {"partition": record.partition, "offset": str(record.offset)},
    }
    return canonical.encode(
        {
            "specversion": "1.0",
            "id": str(uuid.uuid5(NAMESPACE, place)),
            "source": source_of(department, head.mode, head.incarnation),
            "type": ANSWER,
            "subject": data.get("message") or f"{record.partition}-{record.offset}",
            "time": timestamp(instant(now)),
            "datacontenttype": "application/json",
            "dataschema": schema_name(ANSWER),
            "data": _plain(told),
        }
    )


def _about(message: Message) -> dict[str, Any]:
    told = {"message": message.key, "system": message.system, "command": message.command}
    return {name: value for name, value in told.items() if value}


def _plain(value: Any) -> Any:
    """Texts that a sender's own words are part of, made fit to be recorded."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)[:TEXT_MAX]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
