"""Forms made from a command's JSON Schema: fields, what was typed, and the data it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateways.http.problems import FieldProblem
from gateways.web.labels import field_label, label_of

PERSON_PARTS = (
    ("name", "姓名", "Name"),
    ("identity_number", "身份证件号码", "Identity number"),
    ("phone", "电话", "Phone"),
    ("address", "住址", "Address"),
    ("statement", "陈述", "Statement"),
)


MADE_BY_SYSTEM = {"urn:liandong:schema:command.SealDocument": ("docx", "pdf")}
"""Fields that no officer fills in, by the command's schema."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form, as the schema describes it."""

    name: str
    zh: str
    en: str
    kind: str
    required: bool
    hint_zh: str = ""
    hint_en: str = ""
    example: str = ""
    source: str = ""
    default: Any = None
    options: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None

    def options_labelled(self, language: str) -> list[tuple[str, str]]:
        """Each choice with its label."""
        return [(option, label_of(option, language)) for option in self.options]


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a command's schema, in its order."""
    required = set(schema.get("required", ()))
    return tuple(
        _field(name, _resolved(part, schema), name in required)
        for name, part in schema.get("properties", {}).items()
        if name not in MADE_BY_SYSTEM.get(str(schema.get("$id")), ())
    )


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A property with its reference and its "or null" taken away; labels beside them stay."""
    found = dict(part)
    for word in ("anyOf", "oneOf"):
        if word in found:
            real = [one for one in found.pop(word) if one.get("type") != "null"]
            found = {**_resolved(real[0], schema), **found}
    if "$ref" in found:
        target: Any = schema
        for step in found.pop("$ref").removeprefix("#/").split("/"):
            target = target[step]
        found = {**_resolved(target, schema), **found}
    if isinstance(found.get("type"), list):
        found["type"] = next(one for one in found["type"] if one != "null")
    if "enum" in found:
        found["enum"] = [one for one in found["enum"] if one is not None]
    return found


def _field(name: str, part: Mapping[str, Any], required: bool) -> Field:
    examples = part.get("examples") or [""]
    zh, en = field_label(name, part)
    return Field(
        name=name,
        zh=zh,
        en=en,
        kind=_kind(part),
        required=required,
        example=str(examples[0]),
        source=str(part.get("x-source") or ""),
        default=part.get("default"),
        options=tuple(str(one) for one in part.get("enum", ())),
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
        max_length=part.get("maxLength"),
    )


def _kind(part: Mapping[str, Any]) -> str:
    if part.get("x-personal"):
        return "person"
    if part.get("x-file"):
        return "file"
    if part.get("enum"):
        return "choice"
    kind = part.get("type")
    if kind == "array":
        return "list"
    if kind == "boolean":
        return "boolean"
    if kind == "integer":
        return "number"
    if part.get("format") == "date":
        return "date"
    if part.get("format") == "date-time":
        return "moment"
    long = part.get("x-long") or int(part.get("maxLength") or 0) > 400
    return "long" if long else "text"


def typed(fields: tuple[Field, ...], form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by input name, so that a refused form keeps it."""
    names = [part for field in fields for part in input_names(field)]
    return {name: form.get(name, "") for name in names}


def first_typed(fields: tuple[Field, ...], asked: Mapping[str, str]) -> dict[str, str]:
    """What a fresh form shows: the address's values, else the schema's defaults."""
    shown: dict[str, str] = {}
    for field in fields:
        for name in input_names(field):
            value: Any = asked.get(name)
            if value is None and name == field.name:
                value = field.default
            if isinstance(value, bool):
                value = "true" if value else ""
            if isinstance(value, list | tuple):
                value = "\n".join(str(one) for one in value)
            shown[name] = "" if value is None else str(value)
    return shown


def input_names(field: Field) -> tuple[str, ...]:
    """The names of a field's inputs; a person has one for each part."""
    if field.kind == "person":
        return tuple(f"{field.name}.{part}" for part, _, _ in PERSON_PARTS)
    return (field.name,)


def data_of(
    fields: tuple[Field, ...], form: Mapping[str, str]
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The command's data as typed, and what cannot be read; empty optional fields are left out."""
    data: dict[str, Any] = {}
    wrong: list[FieldProblem] = []
    for field in fields:
        value, problem = _value(field, form)
        if problem is not None:
            wrong.append(problem)
        elif value is not None:
            data[field.name] = value
        elif field.required:
            wrong.append(
                FieldProblem(
                    field=field.name,
                    rule="required",
                    zh=f"请填写{field.zh}",
                    en=f"Enter: {field.en}",
                )
            )
    return data, wrong


def reference_text(sha256: str, length: int, media_type: str) -> str:
    """A kept file as a form shows and sends it again."""
    return f"{sha256} {length} {media_type}"


def _reference(field: Field, text: str) -> tuple[Any, FieldProblem | None]:
    if not text:
        return None, None
    parts = text.split()
    if len(parts) != 3 or not parts[1].isdecimal():
        return None, FieldProblem(
            field=field.name, rule="type", zh="请选择文件", en="choose a file"
        )
    return {"sha256": parts[0], "length": int(parts[1]), "media_type": parts[2]}, None


def _value(field: Field, form: Mapping[str, str]) -> tuple[Any, FieldProblem | None]:
    if field.kind == "person":
        parts = {part: form.get(f"{field.name}.{part}", "").strip() for part, _, _ in PERSON_PARTS}
        given = {part: value for part, value in parts.items() if value}
        return (given or None), None
    if field.kind == "file":
        return _reference(field, form.get(field.name, "").strip())
    text = form.get(field.name, "").replace("\r\n", "\n").strip()
    if field.kind == "boolean":
        return text == "true", None
    if not text:
        return None, None
    if field.kind == "list":
        return [line.strip() for line in text.split("\n") if line.strip()], None
    if field.kind == "number":
        if re.fullmatch(r"-?[0-9]{1,15}", text) is None:
            return None, FieldProblem(
                field=field.name, rule="type", zh="应为整数", en="must be a whole number"
            )
        return int(text), None
    return text, None
