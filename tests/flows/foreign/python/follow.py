"""Follows one case on the shared log: Python, confluent-kafka, jsonschema.

    python follow.py CONTRACTS BROKERS DEPARTMENT MATTER

CONTRACTS is the unpacked archive of the contracts. Prints a JSON line for each problem, then
one for each fact of the case. Ends with 3 where a record did not keep to its contract, with
4 and without the story where records are missing.
"""

import json
import sys
import uuid
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

contracts, brokers, department, matter = sys.argv[1:]
folder = Path(contracts)
document = json.loads((folder / "asyncapi.json").read_text(encoding="utf-8"))


def resolved(reference):
    found = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def beside(name):
    return Resource.from_contents(json.loads((folder / name).read_text(encoding="utf-8")))


registry = Registry(retrieve=beside)
validators = {
    name: Draft202012Validator(message["payload"], registry=registry)
    for name, message in document["components"]["messages"].items()
}
channels = {}
for operation in document["operations"].values():
    if operation["action"] == "receive" and operation["tags"][0]["name"] == department:
        channel = resolved(operation["channel"])
        channels[channel["address"]] = channel


def records():
    """Every record that is on the topics now, each partition in its order."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"{department}-follow-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.subscribe(list(channels))
    ended = set()
    while not ended or len(ended) < len(consumer.assignment()):
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error() is None:
            yield record
        elif record.error().code() == KafkaError._PARTITION_EOF:
            ended.add((record.topic(), record.partition()))
        else:
            raise KafkaException(record.error())
    consumer.close()


seen, left, facts, ends_with = {}, set(), [], 0


def problem(what, record, **told):
    place = {"topic": record.topic(), "partition": record.partition(), "offset": record.offset()}
    print(json.dumps({"problem": what, **place, **told}, ensure_ascii=False))


for record in records():
    place = (record.topic(), record.partition())
    if place in left:
        continue
    event = json.loads(record.value())
    if "partitionsequence" in event:
        found, expected = int(event["partitionsequence"]), seen.get(place, 0) + 1
        if found < expected:
            problem("repeat", record, found=found)
            continue
        if found > expected:
            problem("hole", record, expected=expected, found=found)
            left.add(place)
            continue
        seen[place] = found
    if event["type"] not in channels[record.topic()]["messages"]:
        problem("type", record, type=event["type"])
        ends_with = 3
        continue
    errors = validators[event["type"]].iter_errors(event)
    fields = sorted({"".join(f"/{step}" for step in one.absolute_path) for one in errors})
    if fields:
        problem("schema", record, fields=fields)
        ends_with = 3
        continue
    facts.append(event)

if left:
    sys.exit(4)

void = {
    one["data"]["target_event_id"]
    for one in facts
    if one["type"] == "fact.corrected.v1" and one["data"]["kind"] == "VOID"
}
links = [
    {one["data"]["one"], one["data"]["other"]}
    for one in facts
    if one["type"] == "matter.linked.v1" and one["id"] not in void
]
case = {matter}
while joined := [link for link in links if link & case and not link <= case]:
    case = case.union(*joined)


def order(event):
    return event["recorded"], event["source"].split("/")[2], int(event["sequence"])


for event in sorted((one for one in facts if one.get("matter") in case), key=order):
    stamp, owner, sequence = order(event)
    line = {"stamp": stamp, "department": owner, "sequence": sequence}
    print(json.dumps(line | {"type": event["type"], "subject": event["subject"]}))
sys.exit(ends_with)
