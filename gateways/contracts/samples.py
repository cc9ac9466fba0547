"""One whole event of every type, made from the examples of its fields: the same bytes each time."""

from __future__ import annotations

import uuid
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

from domain.departments import node_of, topics_written
from domain.facts import Audience, Fact
from domain.terms import Term
from gateways.contracts.envelope import schema_name, source_of
from gateways.contracts.schemas import hints_of

SAMPLES = uuid.UUID("c1b7a3d2-6b1e-5a77-8d0e-6c69616e646f")
DAY = "2024-11-25"
MOMENT = f"{DAY}T10:00:00.000000+08:00"
KEYS = ("uscc", "subject_id", "inspector_id", "clock_id", "person", "region", "one")
"""The fields that can key an event, first found first."""

STREAMS = {
    "subject": "organisation",
    "finding": "correction",
    "risk": "supervision",
    "credit.record_pushed": "credit_record",
    "credit": "credit_file",
    "push.scope_pushed": "scope_push",
    "push": "push_claim",
}
"""The stream of a type, by its first words where they differ from the stream's name."""


def sample(cls: type[Fact]) -> dict[str, Any]:
    """A valid event of this type with every field filled in."""
    data = sample_data(cls)
    key = next((str(data[name]) for name in KEYS if name in data), "M-7F3K2Q9DXA")
    organ = cls.ORGANS[0]
    node = writers_of(cls)[0]
    if node_of(organ).id != node:
        organ = next(one for one in cls.ORGANS if node_of(one).id == node)
    region = data.get("region", "210103")
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid.uuid5(SAMPLES, cls.TYPE)),
        "source": source_of(node, "simulated", "sample"),
        "type": cls.TYPE,
        "subject": key,
        "time": MOMENT,
        "datacontenttype": "application/json",
        "dataschema": schema_name(cls.TYPE),
        "recorded": f"{DAY}T10:00:00.000001+08:00",
        "effective": DAY,
        "sequence": "1",
        "stream": _stream(cls.TYPE, key, data),
        "streamversion": "1",
        "matter": "M-7F3K2Q9DXA",
        "command": str(uuid.uuid5(SAMPLES, f"command/{cls.TYPE}")),
        "commandname": "LinkMatters",
        "cause": str(uuid.uuid5(SAMPLES, f"cause/{cls.TYPE}")),
        "post": f"{organ}@{region}",
        "organ": organ,
        "appointment": "sample",
        "powers": "sample",
        "region": region,
        "confidentiality": cls.CONFIDENTIALITY.value,
        "data": data,
    }
    if cls.AUDIENCE is Audience.DEPARTMENTS:
        envelope["partitionsequence"] = "1"
    return envelope


def control_sample() -> dict[str, Any]:
    """A closed stamp of a department that has published one event."""
    closed = f"{DAY}T10:00:00.000001+08:00"
    return {
        "specversion": "1.0",
        "id": "sample-1732500000000001",
        "source": source_of("samr", "simulated", "sample"),
        "type": "control.closed.v1",
        "subject": "samr",
        "time": closed,
        "datacontenttype": "application/json",
        "dataschema": schema_name("control.closed.v1"),
        "data": {"closed": closed, "sequence": "1", "topics": {"labour.samr.push": {"0": "1"}}},
    }


def sample_data(cls: type[Any]) -> dict[str, Any]:
    """The fields of a class, each with its example."""
    return {name: _example(hint, None) for name, hint in hints_of(cls).items()}


def writers_of(cls: type[Fact]) -> tuple[str, ...]:
    """The departments that record this type: an organ of theirs may emit it."""
    nodes = tuple(dict.fromkeys(node_of(organ).id for organ in cls.ORGANS))
    if cls.AUDIENCE is Audience.OWNER_ONLY:
        return nodes
    return tuple(node for node in nodes if topics_written(node, cls.FAMILY))


def _stream(type_name: str, key: str, data: dict[str, Any]) -> str:
    first, second, _ = type_name.split(".")
    name = STREAMS.get(f"{first}.{second}") or STREAMS.get(first, first)
    return f"licence/{key}:{data['type']}" if name == "licence" else f"{name}/{key}"


def _example(hint: Any, term: Term | None) -> Any:
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *notes = get_args(hint)
        own = next((note for note in notes if isinstance(note, Term)), None)
        return _example(inner, _richer(term, own))
    if origin is tuple:
        one = _example(get_args(hint)[0], term if term and term.example else None)
        return [one] * max(1, (term.min_items if term else None) or 1)
    if origin is not None:
        return _example(next(one for one in get_args(hint) if one is not type(None)), term)
    return _of_class(hint, term)


def _richer(outer: Term | None, inner: Term | None) -> Term | None:
    """The term that has an example, else the outer one, whose label is nearer to the field."""
    if outer is None or (outer.example is None and inner is not None and inner.example):
        return inner
    return outer


def _of_class(hint: type[Any], term: Term | None) -> Any:
    if is_dataclass(hint):
        return sample_data(hint)
    if issubclass(hint, Enum):
        return next(iter(hint)).value
    if hint is bool:
        return True
    if hint is datetime:
        return f"{DAY}T00:00:00+08:00"
    if hint is date:
        return DAY
    if hint is int:
        return int(term.example) if term and term.example else 1
    if term is None:
        raise TypeError("a text without a term has no example")
    return term.example or term.zh
