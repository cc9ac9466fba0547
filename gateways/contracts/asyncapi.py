"""The AsyncAPI 3 document of the shared log, made from the tables that the topics are made from.

Channels are the topics with their Kafka bindings; messages are the event versions, each an
envelope of its own type with the `data` of its schema; operations say which department
sends and which may receive. A broker's address belongs to an installation, so the document
names no server. A reader needs this document and the schemas beside it, nothing else.
"""

from __future__ import annotations

from typing import Any

from domain.departments import (
    CONTROL_FAMILY,
    NODES,
    OWN_TOPICS,
    TOPICS,
    Topic,
    entitled_topics,
)
from domain.facts import FACTS, Audience, Fact
from gateways.contracts import inbound_asyncapi, receipts
from gateways.contracts.catalogue import topic_types
from gateways.contracts.envelope import CONTENT_TYPE, schema_name
from gateways.contracts.samples import control_sample, sample
from gateways.contracts.schemas import event_schema

Document = dict[str, Any]

VERSION = "1"
"""The version of the envelope and of the rules of the log; each event type has its own."""

CONTROL_TYPE = "control.closed.v1"
BINDING = "0.5.0"
"""The version of the Kafka bindings."""

RETENTION = {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1}
"""Records are kept for ever."""

DESCRIPTION = """\
Every topic has one writer, is kept for ever and is keyed by the subject. The value is a
CloudEvents 1.0 event in structured JSON, in canonical bytes (RFC 8785).

- Order is promised for one subject within one topic. `partitionsequence` counts without gaps in
  each partition: a reader discards what it has, and stops before a hole until it is filled.
- The facts of one case are those of its `matter` and of every matter that `matter.linked.v1` joins
  to it, unless a `fact.corrected.v1` of the kind VOID names the link. They are read in the order
  of `recorded`, then of the department in `source`, then of `sequence` as a number.
- Readers ignore fields and attributes that they do not know. Within a version only optional
  fields are added. A breaking version is published beside the old one until an announced day:
  both records have one `factid` and name the versions in `factversions`; apply the newest that
  you know. A type that this document does not name on its topic is newer than the document: keep
  the record, fetch anew.
- Partition counts never change.
- On its control topic a writer says by `control.closed.v1` what it has published: the last
  `partitionsequence` of each partition of its topics. It all stood on the log before that record,
  so read the control topic first and the others after it, each to its end: a partition that you
  read and that ends below the highest sequence so named has lost its last records. Do not take it
  for whole. Its writer sends them again; until then treat it like a hole. Topics that you do not
  read are named too. Receipts on the same topic say what the department took in of others' topics.
- A department's own system gives commands on its `inbound` topic and is answered on its `answers`
  topic. The `id` of a message is its idempotency key; messages of one partition are decided in
  their order; an answer has its message's key and partition.
"""


def asyncapi_document() -> Document:
    """The whole document; its references lead to the schemas beside it."""
    published = {
        name: cls for name, cls in sorted(FACTS.items()) if cls.AUDIENCE is Audience.DEPARTMENTS
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "联动 Liandong",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            name: _channel(topic) for name, topic in sorted((TOPICS | OWN_TOPICS).items())
        },
        "operations": {
            name: operation
            for node in sorted(NODES)
            for name, operation in (_operations(node) | inbound_asyncapi.operations(node)).items()
        },
        "components": {
            "messages": {
                CONTROL_TYPE: _control_message(
                    CONTROL_TYPE,
                    "截止时刻 Closed stamp",
                    "Every event of the department recorded at or before `closed` is on the log.",
                    control_sample(),
                ),
                receipts.RECEIPT_TYPE: _control_message(
                    receipts.RECEIPT_TYPE,
                    f"{receipts.ZH} {receipts.EN}",
                    receipts.SUMMARY,
                    receipts.receipt_sample(),
                ),
                **{name: _message(cls) for name, cls in published.items()},
                **inbound_asyncapi.messages(_key("The sender's own", "发送方自定")),
            }
        },
    }


def _channel(topic: Topic) -> Document:
    node = NODES[topic.node]
    bindings = {
        "kafka": {
            "topic": topic.name,
            "partitions": topic.partitions,
            "topicConfiguration": RETENTION,
            "bindingVersion": BINDING,
        }
    }
    if topic.name in OWN_TOPICS:
        return {**inbound_asyncapi.channel(topic), "bindings": bindings}
    control = topic.family == CONTROL_FAMILY
    types = [CONTROL_TYPE, receipts.RECEIPT_TYPE] if control else topic_types(topic)
    return {
        "address": topic.name,
        "title": f"{node.en}: {topic.family}",
        "description": "截止时刻、收讫回执 / closed stamps and receipts of " + topic.node
        if control
        else f"{node.zh}发布 / written by {node.en.lower()} alone",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in types},
        "bindings": bindings,
        "x-writer": topic.node,
        "x-readers": sorted(reader for reader in NODES if topic in entitled_topics(reader)),
    }


def _operations(node: str) -> dict[str, Document]:
    """What a department sends, and what it is entitled to receive."""
    sent = [topic for _, topic in sorted(TOPICS.items()) if topic.node == node]
    return {
        f"{node}.{action}.{topic.node}.{topic.family}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "title": f"{NODES[node].zh} {'发布' if action == 'send' else '读取'} {topic.name}",
            "tags": [{"name": node, "description": f"{NODES[node].zh} {NODES[node].en}"}],
        }
        for action, topics in (("send", sent), ("receive", entitled_topics(node)))
        for topic in topics
    }


def _message(cls: type[Fact]) -> Document:
    schema = event_schema(cls)
    return {
        "name": cls.TYPE,
        "title": f"{cls.ZH} {cls.EN}",
        "summary": schema["description"],
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "envelope.v1.json"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": cls.TYPE},
                        "dataschema": {"const": schema["$id"]},
                        "data": {"$ref": f"events/{cls.TYPE}.json"},
                    },
                },
            ]
        },
        "bindings": {"kafka": _key("The event's `subject`", "事件主体")},
        "examples": [{"name": "sample", "payload": sample(cls)}],
        "x-key": "subject",
        "x-confidentiality": cls.CONFIDENTIALITY.value,
        "x-organs": sorted(cls.ORGANS),
        "x-source": cls.SOURCE,
    }


def _control_message(name: str, title: str, summary: str, example: Document) -> Document:
    return {
        "name": name,
        "title": title,
        "summary": summary,
        "contentType": CONTENT_TYPE,
        "payload": {
            "type": "object",
            "properties": {
                "specversion": {"const": "1.0"},
                "type": {"const": name},
                "dataschema": {"const": schema_name(name)},
                "id": {"type": "string"},
                "source": {"type": "string"},
                "subject": {"type": "string"},
                "time": {"type": "string", "format": "date-time"},
                "data": {"$ref": f"{name}.json"},
            },
            "required": ["specversion", "type", "id", "source", "subject", "time", "data"],
        },
        "bindings": {"kafka": _key("The department", "部门")},
        "examples": [{"name": "sample", "payload": example}],
        "x-key": "subject",
    }


def _key(en: str, zh: str) -> Document:
    return {
        "key": {"type": "string", "description": f"{zh} / {en}"},
        "bindingVersion": BINDING,
    }
