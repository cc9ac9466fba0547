"""The catalogue of the shared log: topics and event types with writers, readers and rules.

Generated from the declarations: topics and entitlements (domain.departments), event classes,
clocks and reactions. Rows are plain values, ready for a table or for JSON.
"""

from __future__ import annotations

from typing import Any

from domain import law
from domain.clocks.reckoning import CLOCK_RULES
from domain.departments import NODES, TOPICS, Topic, readers_of, topics_written
from domain.facts import FACTS, Audience, Fact
from gateways.contracts.samples import writers_of
from gateways.contracts.schemas import event_schema

Row = dict[str, Any]


def topics_of(cls: type[Fact]) -> tuple[Topic, ...]:
    """The topics on which a type is published; none for a fact of its owner alone."""
    if cls.AUDIENCE is Audience.OWNER_ONLY:
        return ()
    return tuple(topic for node in writers_of(cls) for topic in topics_written(node, cls.FAMILY))


def topic_rows() -> list[Row]:
    """Every topic: who writes it, who may read it, which types it carries."""
    return [
        {
            "topic": topic.name,
            "writer": topic.node,
            "writer_zh": NODES[topic.node].zh,
            "partitions": topic.partitions,
            "readers": list(readers_of(topic)),
            "types": sorted(name for name, cls in FACTS.items() if topic in topics_of(cls)),
        }
        for _, topic in sorted(TOPICS.items())
    ]


def type_rows() -> list[Row]:
    """Every event type: its meaning, topics, producing organs, entitled readers."""
    return [type_row(name) for name in sorted(FACTS)]


def type_row(type_name: str) -> Row:
    """One event type. Raises KeyError for a type that does not exist."""
    cls = FACTS[type_name]
    topics = topics_of(cls)
    readers = dict.fromkeys(reader for topic in topics for reader in readers_of(topic))
    return {
        "type": type_name,
        "zh": cls.ZH,
        "en": cls.EN,
        "source": cls.SOURCE,
        "topics": [topic.name for topic in topics],
        "organs": sorted(cls.ORGANS),
        "readers": sorted(readers),
        "confidentiality": cls.CONFIDENTIALITY.value,
        "audience": cls.AUDIENCE.value,
    }


def type_details(type_name: str) -> Row:
    """One event type with its fields, the reactions it sets off, the clocks it starts and ends."""
    return {
        **type_row(type_name),
        "description": event_schema(FACTS[type_name])["description"],
        "fields": field_rows(event_schema(FACTS[type_name])),
        "reactions": [
            {"id": rule.id, "kind": rule.kind.value, "owner": rule.owner_organ}
            | {"command": rule.command_name, "zh": rule.zh, "en": rule.en}
            for rule in law.RULES
            if type_name in rule.when
        ],
        "starts": [
            rule.code
            for rule in CLOCK_RULES
            if any(start.type == type_name for start in rule.started_by)
        ],
        "stops": [
            rule.code
            for rule in CLOCK_RULES
            if any(stop.type == type_name for stop in rule.stopped_by)
        ],
    }


def field_rows(schema: Row, before: str = "") -> list[Row]:
    """The fields of a schema, nested ones by dotted name."""
    rows: list[Row] = []
    for name, part in schema["properties"].items():
        rows.append(
            {
                "field": before + name,
                "zh": part.get("x-zh", name),
                "en": part.get("title", name),
                "type": part.get("format") or part["type"],
                "required": name in schema["required"],
                "pattern": part.get("pattern") or part.get("items", {}).get("pattern"),
                "values": part.get("enum", []),
                "source": part.get("x-source"),
            }
        )
        if "properties" in part:
            rows += field_rows(part, f"{before}{name}.")
    return rows
