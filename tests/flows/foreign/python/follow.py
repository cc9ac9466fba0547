"""Follows one case on the shared log: Python, confluent-kafka, jsonschema.

    python follow.py CONTRACTS DEPARTMENT MATTER

CONTRACTS is the unpacked archive of the contracts. Who reads is told by KAFKA_BROKERS,
KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA, the authority's certificate. Prints a JSON line for
each problem, then one for each fact of the case. Ends with 3 where a record did not keep to its
contract, with 4 and without the story where records are missing.
"""

import json
import os
import sys
import uuid
from itertools import chain
from pathlib import Path

from confluent_kafka import Consumer, KafkaError, KafkaException
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

contracts, department, matter = sys.argv[1:]
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


# A closed stamp names what stood on the log before it, so it is read before what it names.
stamps = [address for address, one in channels.items() if "control.closed.v1" in one["messages"]]
others = [address for address in channels if address not in stamps]


def records(topics):
    """Every record that is on the topics now, each partition in its order."""
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BROKERS"],
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": os.environ["KAFKA_USER"],
            "sasl.password": os.environ["KAFKA_PASSWORD"],
            "ssl.ca.location": os.environ["KAFKA_CA"],
            "group.id": f"{os.environ['KAFKA_USER']}.follow-{uuid.uuid4()}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.subscribe(topics)
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


seen, closed, left, facts, ends_with = {}, {}, set(), [], 0


def problem(what, record, **told):
    place = {"topic": record.topic(), "partition": record.partition(), "offset": record.offset()}
    print(json.dumps({"problem": what, **place, **told}, ensure_ascii=False))


for record in chain(records(stamps), records(others)):
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
    if event["type"] == "control.closed.v1":
        for topic, partitions in event["data"]["topics"].items():
            for partition, last in partitions.items():
                place = (topic, int(partition))
                closed[place] = max(closed.get(place, 0), int(last))

for place, last in sorted(closed.items()):
    topic, partition = place
    found = seen.get(place, 0)
    if topic in channels and place not in left and found < last:
        told = {"topic": topic, "partition": partition, "closed": last, "found": found}
        print(json.dumps({"problem": "cut", **told}))
        left.add(place)
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
