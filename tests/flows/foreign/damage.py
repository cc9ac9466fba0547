"""A copy of the log that its writers would never publish: spoilt, repeated and missing records.

The copy is described by a contract of its own, in which one topic of each family has another
address and other readers. On it stands the sample of every event version, behind the samples
a case that is told in disorder, and behind that what is wrong. Closed stamps count what was
there before the last records of two topics were cut off.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

Event = dict[str, Any]

REGISTRATION = "labour.samr.registration"
MATTERS = "labour.hr.matter"
PUSHES = "labour.samr.push"
LICENSING = "labour.hr.licensing"
MARKET = "labour.hr.market"
INSPECTION = "labour.hr.inspection"
DIRECTORY = "labour.hr.directory"
CONTROL = "labour.hr.control"

READER = "outsider"
"""Who reads every topic of the copy."""

UNHINDERED = "neighbour"
"""Who reads the topics on which something is spoilt and nothing is missing."""

CASE = "M-CASE"
STORY = [
    ("samr", 3, "subject.registered.v1"),
    ("hr", 12, "subject.registered.v1"),
    ("samr", 9, "subject.registered.v1"),
    ("samr", 10, "subject.registered.v1"),
    ("hr", 20, "matter.linked.v1"),
    ("hr", 21, "matter.linked.v1"),
    ("hr", 22, "matter.linked.v1"),
    ("hr", 23, "fact.corrected.v1"),
]
"""The department, sequence and type of each fact of the case, in the contract's order."""


def contracts_of(contracts: Path, folder: Path) -> Path:
    """The contracts of the copy: the same messages, other addresses, the copy's readers."""
    shutil.copytree(contracts, folder)
    document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))
    # Fresh each time: a second try on the same broker finds no topic of the first.
    prefix = f"damaged-{uuid4().hex[:8]}."
    chosen: dict[frozenset[str], str] = {}
    for name in sorted(document["channels"], key=lambda one: (one not in _WANTED, one)):
        if name.endswith((".inbound", ".answers")):
            continue  # a department's talk with its own system is no part of any case
        chosen.setdefault(frozenset(document["channels"][name]["messages"]), name)
    document["channels"] = {name: document["channels"][name] for name in chosen.values()}
    document["operations"] = {}
    for name, channel in document["channels"].items():
        channel["address"] = prefix + name
        for reader in (READER, UNHINDERED) if name in _UNHINDERED else (READER,):
            document["operations"][f"{reader}.{name}"] = {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{name}"},
                "tags": [{"name": reader}],
            }
    (folder / "asyncapi.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


_UNHINDERED = (REGISTRATION, MATTERS, CONTROL)
_WANTED = (*_UNHINDERED, PUSHES, LICENSING, MARKET, INSPECTION, DIRECTORY)


def publish(contracts: Path, administrator: dict[str, str], reader: str) -> list[Event]:
    """Makes the topics of the copy, fills them and lets a user read them.

    Returns the problems that a reader has to find.
    """
    document = json.loads((contracts / "asyncapi.json").read_text(encoding="utf-8"))
    messages = document["components"]["messages"]
    prefixes = {
        channel["address"].removesuffix(topic) for topic, channel in document["channels"].items()
    }
    (prefix,) = prefixes
    copy = _Copy(prefix)
    for topic, channel in document["channels"].items():
        for name in channel["messages"]:
            copy.add(topic, messages[name]["examples"][0]["payload"])
    _tell(copy)
    _spoil(copy)
    _cut(copy)
    admin = AdminClient(administrator)
    new = [NewTopic(prefix + topic, num_partitions=1, replication_factor=1) for topic in copy.log]
    for made in admin.create_topics(new).values():
        made.result()
    read = AclBinding(
        ResourceType.TOPIC,
        prefix,
        ResourcePatternType.PREFIXED,
        f"User:{reader}",
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    for granted in admin.create_acls([read]).values():
        granted.result()
    producer = Producer(administrator)
    for topic, events in copy.log.items():
        for event in events:
            producer.produce(prefix + topic, json.dumps(event), event["subject"])
    assert producer.flush(60) == 0
    return copy.problems


class _Copy:
    """The records of the copy, and what is wrong with them as a reader should say it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.log: dict[str, list[Event]] = {}
        self.places: dict[str, int] = {}
        self.problems: list[Event] = []

    def add(self, topic: str, event: Event, *, step: int = 1, **problem: Any) -> None:
        """Puts an event `step` places behind the last one; `problem` is what a reader says."""
        records = self.log.setdefault(topic, [])
        place = self.places[topic] = self.places.get(topic, 0) + step
        if problem:
            at = {"topic": self.prefix + topic, "partition": 0, "offset": len(records)}
            self.problems.append(at | problem)
        # Closed stamps are counted by nobody.
        numbered = {"partitionsequence": str(place)} if "recorded" in event else {}
        records.append(event | numbered)

    def sample(self, topic: str, name: str) -> Event:
        """The sample of a type on a topic, to be varied."""
        return next(one for one in self.log[topic] if one["type"] == name)


def _tell(copy: _Copy) -> None:
    """A case of three matters, linked from one to the next; a fourth one's link was voided."""

    def vary(event: Event, owner: str, sequence: int, second: int, matter: str) -> Event:
        return event | {
            "id": f"{owner}-{sequence}",
            "source": f"/labour/{owner}/simulated/copy",
            "sequence": str(sequence),
            "recorded": f"2025-03-03T10:00:{second:02}.000001+08:00",
            "matter": matter,
        }

    fact = copy.sample(REGISTRATION, "subject.registered.v1")
    for owner, sequence, second, matter in (
        ("samr", 10, 2, CASE),
        ("samr", 9, 2, CASE),
        ("hr", 12, 2, "M-BESIDE"),
        ("samr", 3, 1, "M-BEYOND"),
        ("samr", 4, 1, "M-APART"),
    ):
        copy.add(REGISTRATION, vary(fact, owner, sequence, second, matter))
    spoilt = vary(fact, "samr", 11, 2, CASE) | {"data": {**fact["data"], "region": "21-0103"}}
    copy.add(REGISTRATION, spoilt, problem="schema", fields=["/data/region"])

    link = copy.sample(MATTERS, "matter.linked.v1")
    for sequence, one, other in (
        (20, "M-BEYOND", "M-BESIDE"),
        (21, "M-BESIDE", CASE),
        (22, CASE, "M-APART"),
    ):
        linked = {"one": one, "other": other, "because": "the same firm"}
        copy.add(MATTERS, vary(link, "hr", sequence, 3, CASE) | {"data": linked})
    correction = vary(copy.sample(MATTERS, "fact.corrected.v1"), "hr", 23, 4, CASE)
    void = {**correction["data"], "kind": "VOID", "target_event_id": "hr-22"}
    copy.add(MATTERS, correction | {"data": void})


def _spoil(copy: _Copy) -> None:
    fine = copy.sample(REGISTRATION, "subject.registered.v1")
    data = fine["data"]
    less = {name: value for name, value in data.items() if name != "uscc"}
    another = "urn:liandong:schema:licence.granted.v1"
    for wrong, fields in (
        ({"data": {**data, "name": 7, "uscc": "91-NOT-A-CODE"}}, ["/data/name", "/data/uscc"]),
        ({"data": less}, ["/data"]),
        ({"effective": "soon"}, ["/effective"]),
        ({"dataschema": another}, ["/dataschema"]),
    ):
        copy.add(REGISTRATION, fine | wrong, problem="schema", fields=fields)
    # What a reader does not know yet is no fault.
    copy.add(REGISTRATION, fine | {"unheard": {"of": 1}, "data": {**data, "unheard": [1]}})

    push = copy.log[PUSHES][-1]
    at = copy.places[PUSHES]
    copy.add(PUSHES, push, step=0, problem="repeat", found=at)
    copy.add(PUSHES, push)

    stranger = copy.log[MARKET][-1] | {"type": "agency.dreamt_of.v1"}
    copy.add(MARKET, stranger, problem="type", type="agency.dreamt_of.v1")

    licence = copy.log[LICENSING][-1]
    at = copy.places[LICENSING]
    copy.add(LICENSING, licence, step=2, problem="hole", expected=at + 1, found=at + 2)
    copy.add(LICENSING, licence, step=-1)
    copy.add(LICENSING, licence | {"effective": "never read"}, step=2)


def _cut(copy: _Copy) -> None:
    """Closes all topics as they are, and then takes the last records off two of them."""
    ends = {
        copy.prefix + topic: {"0": str(place)}
        for topic, place in copy.places.items()
        if topic != CONTROL
    }
    stamp = copy.sample(CONTROL, "control.closed.v1")

    def closed(topics: dict[str, Any]) -> Event:
        return stamp | {"data": stamp["data"] | {"topics": topics}}

    copy.add(CONTROL, closed(ends))
    # One that was sent again says less than is known.
    copy.add(CONTROL, closed({topic: {"0": "1"} for topic in ends}))
    spoilt = closed({copy.prefix + REGISTRATION: {"0": 9999}})
    where = f"/data/topics/{copy.prefix}{REGISTRATION}/0"
    copy.add(CONTROL, spoilt, problem="schema", fields=[where])
    for topic, left in ((INSPECTION, -2), (DIRECTORY, 0)):
        del copy.log[topic][left:]
        at = {"topic": copy.prefix + topic, "partition": 0}
        found = len(copy.log[topic])
        copy.problems.append(at | {"problem": "cut", "closed": copy.places[topic], "found": found})
