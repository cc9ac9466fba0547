"""What fills a template in: its JSON Schema, and how each kind of value is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import jsonschema_rs

from domain.document.templates import TEMPLATES, Field, FieldKind, Template
from gateways.contracts import problems
from gateways.contracts.problems import Problem
from gateways.contracts.schemas import DATE_PATTERN, DIALECT, Schema
from gateways.contracts.validation import reference

LINE_MAX, TEXT_MAX, ROWS_MAX = 400, 20_000, 200
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LINE_MAX}

_SCHEMAS: dict[FieldKind, Schema] = {
    FieldKind.TEXT: _TEXT,
    FieldKind.LONG: {"type": "string", "minLength": 1, "maxLength": TEXT_MAX, "x-long": True},
    FieldKind.DAY: {"type": "string", "format": "date", "pattern": DATE_PATTERN},
    FieldKind.FEN: {"type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991},
    FieldKind.COUNT: {"type": "integer", "minimum": 0, "maximum": 10_000_000},
    FieldKind.LINES: {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": ROWS_MAX},
}


def content_schema(template: Template) -> Schema:
    """The JSON Schema of what fills a template in; unknown fields are refused."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:liandong:schema:document.{template.code.lower()}.v{template.version}",
        "title": template.en,
        "x-zh": template.zh,
        "x-source": template.source,
        "type": "object",
        "properties": {field.name: _field_schema(field) for field in template.fields},
        "required": [field.name for field in template.fields if field.required],
        "additionalProperties": False,
    }


def content_problems(kind: str, content: Any) -> list[Problem]:
    """What is wrong with a content for a kind of document; empty where it fits."""
    if _compiled(kind).is_valid(content):
        return []
    errors = sorted(
        reference(content_schema(TEMPLATES[kind])).iter_errors(content),
        key=lambda error: (list(map(str, error.absolute_path)), str(error.validator)),
    )
    return list(dict.fromkeys(found for error in errors for found in problems.of_error(error)))


def written(field: Field, value: Any) -> str:
    """A value as it stands in a sentence."""
    match field.kind:
        case FieldKind.DAY:
            return day_written(date.fromisoformat(value))
        case FieldKind.FEN:
            return yuan(value)
        case FieldKind.LINES:
            return numbered(value)
        case _:
            return str(value)


def numbered(lines: list[str]) -> str:
    """Several items in one sentence, counted where there is more than one."""
    if len(lines) == 1:
        return lines[0]
    return "；".join(f"（{place}）{line}" for place, line in enumerate(lines, start=1))


def day_written(day: date) -> str:
    """A day as official documents write it: 2025年3月10日 (GB/T 9704-2012)."""
    return f"{day.year}年{day.month}月{day.day}日"


def yuan(fen: int) -> str:
    """An amount of fen as yuan, grouped by thousands: 342,000.00元."""
    return f"{fen // 100:,}.{fen % 100:02d}元"


def labels_of(content: Mapping[str, Any], template: Template) -> list[tuple[Field, Any]]:
    """The filled fields of a template, in its order."""
    return [(field, content[field.name]) for field in template.fields if field.name in content]


def _field_schema(field: Field) -> Schema:
    named = {"title": field.en, "x-zh": field.zh}
    if field.kind is FieldKind.ROWS:
        names = [name for name, _ in field.columns]
        cell = {"type": "string", "maxLength": LINE_MAX}
        row = {
            "type": "object",
            "properties": {name: {**cell, "x-zh": zh} for name, zh in field.columns},
            "required": names[:1],
            "additionalProperties": False,
        }
        return {**named, "type": "array", "items": row, "minItems": 1, "maxItems": ROWS_MAX}
    return {**_SCHEMAS[field.kind], **named}


@cache
def _compiled(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        content_schema(TEMPLATES[kind]), validate_formats=True
    )
