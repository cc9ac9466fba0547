"""A copy of the log that its writers would never publish: spoilt, repeated and missing records.

The copy is described by a contract of its own, in which one topic of each family has another
address and another reader. On it stands the sample of every event version, in order, and
behind the samples what is wrong.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

READER = "outsider"
PREFIX = "damaged."
REGISTRATION = PREFIX + "labour.samr.registration"
PUSHES = PREFIX + "labour.samr.push"
LICENSING = PREFIX + "labour.hr.licensing"
MARKET = PREFIX + "labour.hr.market"


def contracts_of(contracts: Path, folder: Path) -> Path:
    """The contracts of the copy: the same messages, other addresses, the copy's one reader."""
    shutil.copytree(contracts, folder)
    document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))
    chosen: dict[frozenset[str], str] = {}
    for name, channel in sorted(document["channels"].items(), key=lambda one: _liked(one[0])):
        chosen.setdefault(frozenset(channel["messages"]), name)
    document["channels"] = {name: document["channels"][name] for name in chosen.values()}
    document["operations"] = {}
    for name, channel in document["channels"].items():
        channel["address"] = PREFIX + channel["address"]
        document["operations"][name] = {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{name}"},
            "tags": [{"name": READER}],
        }
    (folder / "asyncapi.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def _liked(name: str) -> tuple[bool, str]:
    return not name.startswith(("labour.hr.", "labour.samr.")), name


def publish(contracts: Path, bootstrap: str) -> list[dict[str, Any]]:
    """Makes the topics of the copy and fills them; the problems that a reader has to find."""
    document = json.loads((contracts / "asyncapi.json").read_text(encoding="utf-8"))
    topics = {one["address"]: list(one["messages"]) for one in document["channels"].values()}
    admin = AdminClient({"bootstrap.servers": bootstrap})
    new = [NewTopic(topic, num_partitions=1, replication_factor=1) for topic in topics]
    for done in admin.create_topics(new).values():
        done.result()
    log = {
        topic: [
            {**example, "partitionsequence": str(place)} if "recorded" in example else example
            for place, example in enumerate((_example(document, name) for name in types), start=1)
        ]
        for topic, types in topics.items()
    }
    problems = _spoil(log)
    producer = Producer({"bootstrap.servers": bootstrap})
    for topic, events in log.items():
        for event in events:
            producer.produce(topic, json.dumps(event), event["subject"])
    assert producer.flush(60) == 0
    return problems


def _example(document: dict[str, Any], name: str) -> dict[str, Any]:
    example: dict[str, Any] = document["components"]["messages"][name]["examples"][0]["payload"]
    return example


def _spoil(log: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Adds what is wrong behind the samples, and says it as a reader should."""
    problems = []

    def add(topic: str, event: dict[str, Any], step: int, problem: str | None = None, **told: Any):
        place = int(log[topic][-1]["partitionsequence"]) + step
        offset = len(log[topic])
        log[topic].append({**event, "partitionsequence": str(place)})
        if problem is not None:
            at = {"topic": topic, "partition": 0, "offset": offset}
            if problem == "hole":
                told |= {"expected": place - step + 1}
            if problem in ("hole", "repeat"):
                told |= {"found": place}
            problems.append({"problem": problem, **at, **told})

    fine = next(one for one in log[REGISTRATION] if one["type"] == "subject.registered.v1")
    other = {**fine, "data": {**fine["data"], "name": 7, "uscc": "91-NOT-A-CODE"}}
    add(REGISTRATION, other, 1, "schema", fields=["/data/name", "/data/uscc"])
    add(REGISTRATION, {**fine, "effective": "soon"}, 1, "schema", fields=["/effective"])
    less = {name: value for name, value in fine["data"].items() if name != "uscc"}
    add(REGISTRATION, {**fine, "data": less}, 1, "schema", fields=["/data"])
    another = {**fine, "dataschema": "urn:liandong:schema:licence.granted.v1"}
    add(REGISTRATION, another, 1, "schema", fields=["/dataschema"])
    add(REGISTRATION, {**fine, "unheard": {"of": 1}}, 1)

    repeated = log[PUSHES][-1]
    add(PUSHES, repeated, 0, "repeat")
    add(PUSHES, repeated, 1)

    stranger = {**log[MARKET][-1], "type": "agency.dreamt_of.v1"}
    add(MARKET, stranger, 1, "type", type="agency.dreamt_of.v1")

    later = log[LICENSING][-1]
    add(LICENSING, later, 2, "hole")
    add(LICENSING, later, -1)
    add(LICENSING, {**later, "effective": "never read"}, 1)
    return problems
