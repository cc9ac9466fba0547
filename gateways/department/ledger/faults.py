"""Faults of delivery: what each is called, how it is told, and what is declared of it."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.delivery.facts import FAULT_KINDS
from domain.departments import NODES, ORGANS
from domain.facts import instant
from gateways.department.ledger.ranges import Range
from gateways.log.port import TopicPartition

STALLED = "STALLED"
_NAMESPACE = uuid.UUID("a55b0f7e-52a4-5f3c-9d5d-64656c697665")

WHYS: dict[str, tuple[str, str]] = {
    "SKIPPED": ("漏处理", "was skipped"),
    "NEVER_SAID": ("回执中没有", "is in no receipt"),
    "HELD_UP": ("之后的已到，此前的未到", "never came, though later ones did"),
    "REPEATED": ("重复处理", "was applied twice"),
    "REORDERED": ("次序颠倒", "was applied out of order"),
    "DIFFERENT": ("内容、次序或条数与发布的不同", "differs in content, order or number"),
    "UNPUBLISHED": ("回执称收到从未发布的记录", "was never published, though receipts name it"),
    "STALLED": ("有心跳，不再处理", "waits: the reader gives signs of life and takes nothing in"),
    "SILENT": ("读者没有任何回执", "waits: the reader is silent"),
}
"""How a fault came about, in words."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault as it is found: where, which records, how it came about.

    One that concerns several partitions is named by the record that waits longest; `waiting`
    are all of them, with what waits in each.
    """

    reader: str
    topic: str
    partition: int
    kind: str
    span: Range
    why: str
    waiting: Mapping[TopicPartition, Range] = field(default_factory=dict)


def not_held(found: Sequence[Fault], opened: Sequence[Any]) -> list[Fault]:
    """The faults of which more waits than those that stand tell of.

    A reader that is down is one fault, however much more is published meanwhile.
    """
    down = {row.reader for row in opened if row.why == "SILENT"}
    held = {(row.reader, *place_of(name)) for row in opened for name in json.loads(row.marks)}
    return [
        fault
        for fault in found
        if not (fault.why == "SILENT" and fault.reader in down)
        and any((fault.reader, *place) not in held for place in fault.waiting)
    ]


def place_of(name: str) -> TopicPartition:
    topic, _, partition = name.rpartition("/")
    return topic, int(partition)


def name_of(department: str, fault: Fault, first: int) -> str:
    """The one name of a fault, whoever finds it."""
    told = f"{department}/{fault.reader}/{fault.topic}/{fault.partition}/{fault.kind}/{first}"
    made = uuid.uuid5(_NAMESPACE, told).bytes
    return "DF-" + base64.b32encode(made)[:16].decode()


def told_of(fault: Fault, span: Range) -> str:
    """What is wrong, in both languages, short enough for a fact."""
    zh, en = WHYS[fault.why]
    records = f"{span[0]}" if span[0] == span[1] else f"{span[0]}-{span[1]}"
    where = f"{fault.topic}[{fault.partition}] {records}"
    reader = NODES[fault.reader]
    return f"{reader.zh}：{FAULT_KINDS[fault.kind][0]}，{where}（{zh}） / {reader.en}: {where} {en}"


def found_data(row: Any) -> dict[str, Any]:
    return {
        "fault": row.fault,
        "reader": row.reader,
        "topic": row.topic,
        "partition": row.partition,
        "kind": row.kind,
        "first": row.first,
        "last": row.last,
        "since": instant(row.since).isoformat(timespec="microseconds"),
        "cases": json.loads(row.cases),
        "cases_in_all": row.cases_in_all,
        "told": row.told,
        "region": row.region,
    }


def mended_data(row: Any) -> dict[str, Any]:
    reader = NODES[row.reader]
    return {
        "fault": row.fault,
        "reader": row.reader,
        "topic": row.topic,
        "partition": row.partition,
        "told": (
            f"{reader.zh}的回执与发布的记录重新一致"
            f" / The receipts of {reader.en} agree with what was published again"
        ),
        "region": row.region,
    }


def organ_of(department: str) -> str:
    """The organ as which a department's ledger speaks."""
    return next(
        organ.id for organ in ORGANS.values() if organ.node == department and organ.id != "LG"
    )
