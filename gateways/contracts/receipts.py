"""The contract of receipts: what a reader says on its control topic of what it took in."""

from __future__ import annotations

import hashlib
from typing import Any

from gateways.contracts.envelope import schema_name, source_of
from gateways.contracts.schemas import DIALECT, STAMP_PATTERN

RECEIPT_TYPE = "control.receipt.v1"
ZH = "收讫回执"
EN = "Receipts"
SUMMARY = "What the subject took in of other topics, as ranges of partition sequences."

_SEQUENCE = r"^(?:0|[1-9][0-9]{0,17})$"
_RANGE = r"^[1-9][0-9]{0,17}(?:-[1-9][0-9]{0,17})?$"


def receipt_schema() -> dict[str, Any]:
    """The schema of a receipt's `data`."""
    return {
        "$schema": DIALECT,
        "$id": schema_name(RECEIPT_TYPE),
        "title": EN,
        "x-zh": ZH,
        "description": (
            f"{SUMMARY} Said every few seconds where something moved, and as a sign of life,"
            " with no topics, at least every ten seconds. The same record id is the same record."
        ),
        "type": "object",
        "properties": {
            "said": _moment("回执时刻", "Said", "When this was said, by the reader's clock."),
            "topics": {
                "type": "object",
                "description": "By topic, by partition: what moved since the last receipt.",
                "additionalProperties": {
                    "type": "object",
                    "propertyNames": {"pattern": r"^(?:0|[1-9][0-9]{0,3})$"},
                    "additionalProperties": _entry(),
                },
            },
        },
        "required": ["said", "topics"],
    }


def receipt_sample() -> dict[str, Any]:
    """A receipt of 人社 for one partition of 市场监管: three taken, one of them set aside."""
    said = "2024-11-25T10:00:05.000000+08:00"
    whole = hashlib.sha256()
    for value in (b"the first record's bytes", b"the third record's bytes"):
        whole.update(hashlib.sha256(value).digest())
    entry = {
        "from": "1",
        "to": "3",
        "applied": ["1", "3"],
        "parked": ["2"],
        "digest": whole.hexdigest(),
        "delivered": "3",
        "acted": "1",
        "deliveredat": "2024-11-25T10:00:01.000000+08:00",
        "appliedat": "2024-11-25T10:00:02.000000+08:00",
        "actedat": "2024-11-25T10:00:02.500000+08:00",
    }
    return {
        "specversion": "1.0",
        "id": "sample-receipt-1",
        "source": source_of("hr", "simulated", "sample"),
        "type": RECEIPT_TYPE,
        "subject": "hr",
        "time": said,
        "datacontenttype": "application/json",
        "dataschema": schema_name(RECEIPT_TYPE),
        "data": {"said": said, "topics": {"labour.samr.push": {"0": entry}}},
    }


def _entry() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "from": _sequence("起", "From", "The last receipt's `to` and one."),
            "to": _sequence(
                "止", "To", "Everything up to here is accounted for; one below `from` for nothing."
            ),
            "applied": _ranges(
                "已处理",
                "Applied",
                "In the order in which they were applied; those set aside before may be among them.",
            ),
            "digest": {
                "type": "string",
                "title": "Digest",
                "x-zh": "摘要",
                "description": (
                    "SHA-256, in hexadecimal, of the SHA-256 digests (32 bytes each, one after"
                    " another) of the values of the applied records, in that order."
                ),
                "pattern": "^[0-9a-f]{64}$",
            },
            "parked": _ranges("隔离", "Set aside", "Could not be applied yet; said once."),
            "discarded": _ranges("作废", "Given up", "Will not be applied any more; said once."),
            "converted": _ranges(
                "转换", "Converted", "Of those applied: set aside, and converted to be applied."
            ),
            "delivered": _sequence("已送达", "Delivered", "The furthest record that has arrived."),
            "acted": _sequence("已办理", "Acted", "Nothing up to here waits for a rule to act."),
            "deliveredat": _moment("送达时刻", "Delivered at", "Of the first record applied."),
            "appliedat": _moment("处理时刻", "Applied at", "Of the last record applied."),
            "actedat": _moment("办理时刻", "Acted at", "When `acted` was reached."),
            "anew": {
                "type": "boolean",
                "title": "Anew",
                "x-zh": "重新开始",
                "description": "What was said from `from` on is void: it is taken in again.",
            },
            "reason": {
                "type": "string",
                "title": "Reason",
                "x-zh": "理由",
                "description": (
                    "Why an operator had it said again: nothing was taken in again, and the times"
                    " that were said before hold."
                ),
                "maxLength": 400,
            },
        },
        "required": ["from", "to", "applied", "digest", "delivered", "acted"],
    }


def _sequence(zh: str, en: str, told: str) -> dict[str, Any]:
    return {"type": "string", "title": en, "x-zh": zh, "description": told, "pattern": _SEQUENCE}


def _ranges(zh: str, en: str, told: str) -> dict[str, Any]:
    return {
        "type": "array",
        "title": en,
        "x-zh": zh,
        "description": told,
        "items": {"type": "string", "pattern": _RANGE},
    }


def _moment(zh: str, en: str, told: str) -> dict[str, Any]:
    return {
        "type": "string",
        "title": en,
        "x-zh": zh,
        "description": told,
        "pattern": STAMP_PATTERN,
        "format": "date-time",
    }
