"""JSON Schemas (2020-12) made from the event and command classes.

Each field's annotation carries its `Term`: label, pattern, bounds, example, source. Optional
fields are absent, never null. Published events tolerate unknown fields, commands refuse them.
A `$id` is a name (`urn:liandong:schema:...`), never an address.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from domain import terms
from domain.commands import Command
from domain.departments import NODES
from domain.facts import Audience, Confidentiality, Fact
from domain.terms import FileRef, PersonRef, Term
from gateways.contracts.envelope import schema_name

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAY = r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
CLOCK_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
DATE_PATTERN = f"^{DAY}$"
MOMENT_PATTERN = (
    rf"^{DAY}T{CLOCK_TIME}(?:\.[0-9]{{1,6}})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$"
)
STAMP_PATTERN = rf"^{DAY}T{CLOCK_TIME}\.[0-9]{{6}}\+08:00$"
DECIMAL_PATTERN = r"^[1-9][0-9]{0,17}$"
SEQUENCE_PATTERN = r"^(?:0|[1-9][0-9]{0,17})$"
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9:@._-]{0,159}$"

PERSON_PARTS: dict[str, Term] = {
    "name": Term(zh="姓名", en="Name", min_length=1, max_length=100, example="张虚例"),
    "identity_number": Term(
        zh="身份证件号码",
        en="Identity number",
        pattern=r"^[0-9A-Za-z()-]{5,30}$",
        example="210103199001010000",
    ),
    "phone": Term(
        zh="电话", en="Phone", pattern=r"^\+?[0-9][0-9 -]{4,24}$", example="024-00000000"
    ),
    "address": Term(
        zh="住址", en="Address", min_length=1, max_length=400, example="虚例市虚例路1号"
    ),
    "statement": Term(
        zh="陈述",
        en="Statement",
        min_length=1,
        max_length=20_000,
        long=True,
        example="本人于虚例日交纳费用，未获安排。",
    ),
}
"""The parts of a person in a command; only the vault ever keeps them."""


def event_schema(cls: type[Fact]) -> Schema:
    """The schema of an event's `data`; readers must ignore fields that it does not name."""
    return {
        "$schema": DIALECT,
        "$id": schema_name(cls.TYPE),
        "title": cls.EN,
        "x-zh": cls.ZH,
        "description": _first_line(cls),
        "x-source": cls.SOURCE,
        "x-family": cls.FAMILY,
        "x-organs": sorted(cls.ORGANS),
        "x-audience": cls.AUDIENCE.value,
        "x-confidentiality": cls.CONFIDENTIALITY.value,
        **_object(cls, closed=False),
    }


def command_schema(cls: type[Command]) -> Schema:
    """The schema of a command's data as a person or a system gives it; unknown fields are refused."""
    return {
        "$schema": DIALECT,
        "$id": schema_name(f"command.{cls.NAME}"),
        "title": cls.EN,
        "x-zh": cls.ZH,
        "description": _first_line(cls),
        "x-source": cls.SOURCE,
        "x-automatic": cls.AUTOMATIC,
        "x-irreversible": cls.IRREVERSIBLE,
        **_object(cls, closed=True),
    }


@cache
def envelope_schema(*, published: bool = True) -> Schema:
    """The schema of every event's envelope; `data` is any object.

    Facts of the owner alone (`published` False) have no partition sequence.
    """
    attributes = _attributes()
    optional = {"cause", "decided", "factid", "factversions", "history", "served"}
    if not published:
        optional.add("partitionsequence")
    return {
        "$schema": DIALECT,
        "$id": schema_name("envelope.v1"),
        "title": "Envelope",
        "x-zh": "事件信封",
        "description": "CloudEvents 1.0 in structured JSON; readers must ignore unknown attributes.",
        "type": "object",
        "properties": attributes,
        "required": [name for name in attributes if name not in optional],
    }


def whole_schema(cls: type[Fact]) -> Schema:
    """The schema of one event type whole: its envelope with its own `data`."""
    envelope = envelope_schema(published=cls.AUDIENCE is Audience.DEPARTMENTS)
    data = {key: value for key, value in event_schema(cls).items() if key[0] != "$"}
    return {
        **envelope,
        "$id": schema_name(f"whole.{cls.TYPE}"),
        "properties": {
            **envelope["properties"],
            "type": {"const": cls.TYPE},
            "dataschema": {"const": schema_name(cls.TYPE)},
            "data": data,
        },
    }


def control_schema() -> Schema:
    """The schema of a control record's `data`: complete up to a stamp, these partition sequences."""
    partitions = {
        "type": "object",
        "propertyNames": {"pattern": r"^(?:0|[1-9][0-9]{0,3})$"},
        "additionalProperties": {"type": "string", "pattern": SEQUENCE_PATTERN},
    }
    return {
        "$schema": DIALECT,
        "$id": schema_name("control.closed.v1"),
        "title": "Closed stamp",
        "x-zh": "截止时刻",
        "description": "Every event of the subject recorded at or before `closed` is on the log.",
        "type": "object",
        "properties": {
            "closed": _moment("截止时刻", "Closed", STAMP_PATTERN),
            "sequence": {
                "type": "string",
                "title": "Sequence",
                "x-zh": "序号",
                "description": "The last `sequence` of the subject recorded by then.",
                "pattern": SEQUENCE_PATTERN,
            },
            "topics": {
                "type": "object",
                "title": "Topics",
                "x-zh": "主题",
                "description": (
                    "By topic of the subject, by partition: the last `partitionsequence` on the"
                    " log. A partition that ends below it, read after this record, has lost its"
                    " last records."
                ),
                "additionalProperties": partitions,
            },
        },
        "required": ["closed", "sequence", "topics"],
    }


def describe(hint: Any, *, closed: bool = False) -> Schema:
    """The schema of one annotation. Raises TypeError for a type that has no schema here."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *notes = get_args(hint)
        term = next((note for note in notes if isinstance(note, Term)), None)
        schema = describe(inner, closed=closed)
        return schema if term is None else {**schema, **_of_term(term, schema)}
    if origin in (Union, types.UnionType):
        present = [one for one in get_args(hint) if one is not type(None)]
        if len(present) == 1:
            return describe(present[0], closed=closed)
    if origin is tuple:
        item, *rest = get_args(hint)
        if rest == [Ellipsis]:
            return {"type": "array", "items": describe(item, closed=closed)}
    if isinstance(hint, type):
        return _of_class(hint, closed)
    raise TypeError(f"{hint!r} has no schema")


def hints_of(cls: type[Any]) -> dict[str, Any]:
    """The annotations of a class's own fields, in order of declaration."""
    found = get_type_hints(cls, include_extras=True)
    return {one.name: found[one.name] for one in fields(cls)}


def _of_class(hint: type[Any], closed: bool) -> Schema:
    if hint is PersonRef and closed:
        return _person()
    if hint is FileRef and closed:
        return _file()
    if hint is FileRef:
        return {**_object(hint, closed=closed), "title": "File", "x-zh": "文件"}
    if is_dataclass(hint):
        return _object(hint, closed=closed)
    if issubclass(hint, Enum):
        return {
            "type": "string",
            "enum": sorted(member.value for member in hint),
            "description": _first_line(hint),
        }
    if hint is datetime:
        return {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}
    simple: dict[type[Any], Schema] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        date: {"type": "string", "format": "date", "pattern": DATE_PATTERN},
    }
    if hint in simple:
        return simple[hint]
    raise TypeError(f"{hint!r} has no schema")


def _of_term(term: Term, schema: Schema) -> Schema:
    found: Schema = {
        "title": term.en,
        "x-zh": term.zh,
        "pattern": term.pattern,
        "minLength": term.min_length,
        "maxLength": term.max_length,
        "minimum": term.minimum,
        "maximum": term.maximum,
        "minItems": term.min_items,
        "x-source": term.source,
    }
    if term.long:
        found["x-long"] = True
    if term.example is not None:
        whole = schema.get("type") == "integer"
        found["examples"] = [int(term.example) if whole else term.example]
    return {name: value for name, value in found.items() if value is not None}


def _object(cls: type[Any], *, closed: bool) -> Schema:
    properties, required = {}, []
    hints = hints_of(cls)
    for one in fields(cls):
        schema = describe(hints[one.name], closed=closed)
        if one.default is MISSING and one.default_factory is MISSING:
            required.append(one.name)
        elif one.default is not MISSING and one.default is not None:
            schema["default"] = _plain(one.default)
        properties[one.name] = schema
    schema = {"type": "object", "properties": properties, "required": required}
    if closed:
        schema["additionalProperties"] = False
    return schema


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _person() -> Schema:
    return {
        "type": "object",
        "description": "Sealed by the department's vault before anything is decided.",
        "x-personal": True,
        "writeOnly": True,
        "properties": {
            name: {"type": "string", **_of_term(term, {})} for name, term in PERSON_PARTS.items()
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def _file() -> Schema:
    reference = _object(FileRef, closed=False)["properties"]
    return {
        "type": "object",
        "description": "A file kept before, or the content itself, kept before anything is decided.",
        "x-file": True,
        "title": "File",
        "x-zh": "文件",
        "properties": {
            **reference,
            "content": {"type": "object", "title": "Content", "x-zh": "内容"},
            "base64": {
                "type": "string",
                "title": "Bytes in base64",
                "x-zh": "文件内容（base64）",
                "pattern": "^[A-Za-z0-9+/]*={0,2}$",
            },
        },
        "oneOf": [
            {"required": list(reference), "maxProperties": len(reference)},
            {"required": ["content"], "maxProperties": 1},
            {"required": ["base64", "media_type"], "maxProperties": 2},
        ],
        "additionalProperties": False,
    }


def _first_line(cls: type[Any]) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _text(zh: str, en: str, pattern: str) -> Schema:
    return {"type": "string", "title": en, "x-zh": zh, "pattern": pattern}


def _moment(zh: str, en: str, pattern: str) -> Schema:
    return {**_text(zh, en, pattern), "format": "date-time"}


def _attributes() -> dict[str, Schema]:
    nodes = "|".join(sorted(NODES))
    source = rf"^/labour/(?:{nodes})/(?:real|simulated)/[A-Za-z0-9._-]{{1,80}}$"
    return {
        "specversion": {"const": "1.0"},
        "id": _text("事件编号", "Event id", NAME_PATTERN),
        "source": _text(
            "来源：部门、真实或模拟、存储标识", "Department, mode, incarnation", source
        ),
        "type": _text("事件类型", "Event type", r"^[a-z_]+\.[a-z_]+\.v[1-9][0-9]{0,2}$"),
        "subject": _text("主体", "Subject: the USCC, or an opaque id", NAME_PATTERN),
        "time": _moment("发生时间", "Occurred", STAMP_PATTERN),
        "datacontenttype": {"const": "application/json"},
        "dataschema": _text("数据契约", "Schema of the data", r"^urn:liandong:schema:[a-z0-9._]+$"),
        "recorded": _moment("记录时间", "Recorded: the stamp", STAMP_PATTERN),
        "effective": {**_text("生效日期", "Effective", DATE_PATTERN), "format": "date"},
        "decided": _moment("决定时间", "Decided", STAMP_PATTERN),
        "served": _moment("送达时间", "Served", STAMP_PATTERN),
        "sequence": _text("部门序号", "Sequence in the department", DECIMAL_PATTERN),
        "partitionsequence": _text("分区序号", "Sequence in the partition", DECIMAL_PATTERN),
        "stream": _text("事件流", "Stream", r"^[a-z_]+/[A-Za-z0-9:@._-]{1,200}$"),
        "streamversion": _text("流内版本", "Version in the stream", DECIMAL_PATTERN),
        "matter": _text("事项", "Matter", NAME_PATTERN),
        "command": _text("命令编号", "Command id", NAME_PATTERN),
        "commandname": _text("命令", "Command", r"^[A-Z][A-Za-z0-9]{0,79}$"),
        "cause": _text("起因事件", "Event that caused it", NAME_PATTERN),
        "post": _text("岗位", "Post", NAME_PATTERN),
        "organ": _text("机关", "Organ", r"^[A-Z][A-Z_]{0,39}$"),
        "appointment": {"type": "string", "title": "Appointment", "x-zh": "任命", "maxLength": 200},
        "powers": {"type": "string", "title": "Table of powers", "x-zh": "职权表版本"}
        | {"minLength": 1, "maxLength": 80},
        "region": {"type": "string", **_of_term(_term(terms.RegionCode), {})},
        "confidentiality": {
            "type": "string",
            "title": "Confidentiality",
            "x-zh": "密级",
            "enum": sorted(one.value for one in Confidentiality),
        },
        "history": {
            "const": True,
            "title": "From before the platform: starts no reaction and no clock",
            "x-zh": "平台启用前的历史登记",
        },
        "factid": _text(
            "事实编号：同一事实的各版本相同", "Fact id: the same for every version", NAME_PATTERN
        ),
        "factversions": _text(
            "同时发布的版本：采用所知的最新版本，忽略其余",
            "Versions that go out together: apply the newest you know, ignore the others",
            r"^[1-9][0-9]{0,2}(?: [1-9][0-9]{0,2})+$",
        ),
        "data": {"type": "object", "title": "What happened", "x-zh": "内容"},
    }


def _term(hint: Any) -> Term:
    term: Term = get_args(hint)[1]
    return term
