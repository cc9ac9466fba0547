"""The fields of a form, as a JSON Schema describes them: kind of input, labels, choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.departments import ORGANS
from domain.document.templates import TEMPLATES
from domain.market.self_checks import QUESTIONS
from domain.referral.crimes import CRIMES, name_of
from domain.violations.catalogue import VIOLATIONS
from gateways.web.labels import field_label, in_yuan, label_of

PERSON_PARTS = (
    ("name", "姓名", "Name"),
    ("identity_number", "身份证件号码", "Identity number"),
    ("phone", "电话", "Phone"),
    ("address", "住址", "Address"),
    ("statement", "陈述", "Statement"),
)

MADE_BY_SYSTEM = {
    "SealDocument": ("docx", "pdf"),
    "PrepareTable": ("computed", "content"),
    "DeclareSelfCheck": ("imported",),
    "SubmitAnnualReport": ("imported",),
}
"""Fields that no officer fills in, by the command."""

UNTOLD = frozenset({"Identifier", "Text", "Reason", "SHA-256 digest", "Catalogue code", "Persons"})
"""Titles of values whose example says nothing about the field that takes them."""

_WORDS = re.compile(r"\^\(\?:([A-Z_]+(?:\|[A-Z_]+)+)\)\$")
"""A pattern that allows certain words alone: a choice."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form; `inner` are the fields of a row, `owner` the command's name.

    Kinds: text, long, number, money, date, moment, boolean, choice, choices, list (one text on
    each line), rows, person, file. A row of `files` is the file itself.
    """

    name: str
    zh: str
    en: str
    kind: str
    required: bool
    owner: str = ""
    example: str = ""
    source: str = ""
    default: Any = None
    options: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    inner: tuple[Field, ...] = ()
    files: bool = False

    def label_of(self, code: str, language: str) -> str:
        """The label of one choice; a violation and an unknown word keep their code."""
        named = _NAMED.get(self.source, {}).get(code)
        if named is None:
            return label_of(code, language, self.name, self.owner)
        words = named[0] if language == "zh" else named[1]
        return f"{code} {words}" if self.source == "violations" else words

    def options_labelled(self, language: str) -> list[tuple[str, str]]:
        """Each choice with its label."""
        return [(option, self.label_of(option, language)) for option in self.options]


_ONE_FILE = (Field(name="file", zh="文件", en="File", kind="file", required=True),)
"""The one field of a row that is a file."""

_NAMED: dict[str, dict[str, tuple[str, str]]] = {
    "organs": {one.id: (one.zh, one.en) for one in ORGANS.values()},
    "violations": {one.code: (one.zh, one.en) for one in VIOLATIONS},
    "templates": {one.code: (one.zh, one.en) for one in TEMPLATES.values()},
    "questions": QUESTIONS,
    "crimes": {code: (name_of(code, "zh"), name_of(code, "en")) for code in CRIMES},
}
"""Choices that a table of the domain gives, with their names."""


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a command's schema, in its order."""
    owner = str(schema.get("$id") or "").rpartition(":")[2].removeprefix("command.")
    return _fields(schema, schema, owner)


def _fields(part: Mapping[str, Any], schema: Mapping[str, Any], owner: str) -> tuple[Field, ...]:
    required = set(part.get("required", ()))
    return tuple(
        _field(name, _resolved(one, schema), schema, name in required, owner)
        for name, one in part.get("properties", {}).items()
        if name not in MADE_BY_SYSTEM.get(owner, ())
    )


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A property with its reference and its "or null" taken away; labels beside them stay."""
    found = dict(part)
    if found.get("x-file"):
        return found
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


def _field(
    name: str, part: Mapping[str, Any], schema: Mapping[str, Any], required: bool, owner: str
) -> Field:
    items = _resolved(part.get("items", {}), schema)
    source, options = _options(name, items if part.get("type") == "array" else part, owner)
    kind = _kind(name, part, items, bool(options))
    files = bool(items.get("x-file"))
    zh, en = field_label(name, part, owner)
    if kind == "money":
        zh, en = in_yuan(zh), in_yuan(en)
    examples = part.get("examples") or items.get("examples") or [""]
    title = items.get("title") if kind == "list" else part.get("title")
    return Field(
        name=name,
        zh=zh,
        en=en,
        kind=kind,
        required=required,
        owner=owner,
        example="" if source or title in UNTOLD else str(examples[0]),
        source=source,
        default=part.get("default"),
        options=options,
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
        max_length=part.get("maxLength"),
        inner=() if kind != "rows" else _ONE_FILE if files else _fields(items, schema, owner),
        files=files,
    )


def _options(name: str, part: Mapping[str, Any], owner: str) -> tuple[str, tuple[str, ...]]:
    """The choices of a field, and the table of the domain that they come from."""
    if part.get("enum"):
        return "", tuple(str(one) for one in part["enum"])
    words = _WORDS.fullmatch(str(part.get("pattern") or ""))
    if words is not None:
        return "", tuple(words[1].split("|"))
    if part.get("x-source") == "平台机关目录":
        return "organs", tuple(ORGANS)
    if part.get("title") == "Catalogue code" and name in ("code", "codes"):
        return "violations", tuple(sorted({one.code for one in VIOLATIONS}))
    if name == "crimes":
        return "crimes", tuple(CRIMES)
    if (owner, name) == ("DeclareSelfCheck", "question"):
        return "questions", tuple(QUESTIONS)
    if (owner, name) == ("DraftDocument", "kind"):
        return "templates", tuple(TEMPLATES)
    return "", ()


def _kind(name: str, part: Mapping[str, Any], items: Mapping[str, Any], options: bool) -> str:
    kind = part.get("type")
    if part.get("x-personal"):
        return "person"
    if part.get("x-file"):
        return "file"
    if kind == "array":
        if options:
            return "choices"
        return "rows" if items.get("type") == "object" or items.get("x-file") else "list"
    if options:
        return "choice"
    if kind == "boolean":
        return "boolean"
    if kind == "integer":
        return "money" if name.endswith("_fen") else "number"
    if part.get("format") == "date":
        return "date"
    if part.get("format") == "date-time":
        return "moment"
    long = part.get("x-long") or int(part.get("maxLength") or 0) > 400
    return "long" if long else "text"
