"""The catalogue of the shared log: topics and event types with writers, readers and rules.

Generated from the declarations: topics and entitlements (domain.departments), event classes,
clocks, reactions and projections. Rows are plain values, ready for a table or for JSON.
"""

from __future__ import annotations

from typing import Any

from domain import law
from domain.clocks.reckoning import CLOCK_RULES
from domain.clocks.words import ClockRule, Extension, Pause, Start, Stop
from domain.departments import NODES, TOPICS, Topic, readers_of, topics_written
from domain.facts import FACTS, Audience, Fact
from gateways.contracts.samples import writers_of
from gateways.contracts.schemas import event_schema
from projections.catalogue import PROJECTIONS

Row = dict[str, Any]


def topics_of(cls: type[Fact]) -> tuple[Topic, ...]:
    """The topics on which a type is published; none for a fact of its owner alone."""
    if cls.AUDIENCE is Audience.OWNER_ONLY:
        return ()
    return tuple(topic for node in writers_of(cls) for topic in topics_written(node, cls.FAMILY))


def topic_types(topic: Topic) -> list[str]:
    """The event types that a topic carries, in name order."""
    return sorted(name for name, cls in FACTS.items() if topic in topics_of(cls))


def topic_rows() -> list[Row]:
    """Every topic: who writes it, who may read it, which types it carries."""
    return [
        {
            "topic": topic.name,
            "writer": topic.node,
            "writer_zh": NODES[topic.node].zh,
            "partitions": topic.partitions,
            "readers": list(readers_of(topic)),
            "types": topic_types(topic),
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
    """One event type: fields, producers, consumers, reactions, and what it does to clocks."""
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
        "producers": sorted(FACTS[type_name].ORGANS),
        "consumers": _consumers(type_name),
        "clocks": clock_rows(type_name),
    }


def clock_rows(type_name: str) -> list[Row]:
    """What a type does to which clocks, and what each clock's end brings about.

    `does` is starts, stops, grounds, extends, sets_length, suspends, resumes or acts.
    """
    found: list[Row] = []
    for rule in CLOCK_RULES:
        roles: tuple[tuple[str, tuple[Start | Stop | Extension | Pause, ...]], ...] = (
            ("starts", rule.started_by),
            ("stops", rule.stopped_by),
            ("grounds", rule.grounds),
            ("extends", tuple(one for one in rule.extended_by if not one.in_all)),
            ("sets_length", tuple(one for one in rule.extended_by if one.in_all)),
            ("suspends", tuple(one for one in rule.paused_by if not one.resumes)),
            ("resumes", tuple(one for one in rule.paused_by if one.resumes)),
            ("acts", rule.acted),
        )
        does = [role for role, patterns in roles if any(one.type == type_name for one in patterns)]
        if does:
            found.append(
                {"code": rule.code, "zh": rule.zh, "en": rule.en, "does": does}
                | {"debtor": rule.debtor.value, "owner": rule.owner, "period": _period(rule)}
                | {"setting": rule.setting, "at_its_end": _brings_about(rule), "basis": rule.basis}
            )
    return found


def _period(rule: ClockRule) -> str | None:
    return None if rule.period is None else f"{rule.period.n} {rule.period.unit.value}"


def _brings_about(rule: ClockRule) -> str:
    """DeadlineBreached, the automatic command that silence gives, or nothing: a lapse is shown."""
    if rule.on_elapse is None:
        return "lapse"
    return "DeadlineBreached" if rule.on_elapse == "breach" else rule.on_elapse


def _consumers(type_name: str) -> list[Row]:
    """Every department that may read a type, with its projections and the rules that react there."""
    cls = FACTS[type_name]
    readers = {reader for topic in topics_of(cls) for reader in readers_of(topic)}
    return [
        {
            "department": node,
            "projections": [
                name for name in NODES[node].projections if type_name in PROJECTIONS[name].reads
            ],
            "rules": [
                rule.id for rule in law.RULES if rule.node == node and type_name in rule.when
            ],
        }
        for node in sorted(readers)
    ]


def field_rows(schema: Row, before: str = "") -> list[Row]:
    """The fields of a schema, nested ones by dotted name; those of a list's items after `[]`."""
    rows: list[Row] = []
    for name, part in schema["properties"].items():
        item = part.get("items", {})
        rows.append(
            {
                "field": before + name,
                "zh": part.get("x-zh", name),
                "en": part.get("title", name),
                "type": part.get("format") or part["type"],
                "of": item.get("format") or item.get("type"),
                "required": name in schema["required"],
                "pattern": part.get("pattern") or item.get("pattern"),
                "values": part.get("enum") or item.get("enum", []),
                "source": part.get("x-source"),
            }
        )
        if "properties" in part:
            rows += field_rows(part, f"{before}{name}.")
        if "properties" in item:
            rows += field_rows(item, f"{before}{name}[].")
    return rows
