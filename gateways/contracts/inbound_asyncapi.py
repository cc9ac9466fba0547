"""The part of the AsyncAPI document that is between a department's own system and its gateway.

Its channels are no topics of facts: the system alone writes `inbound`, the gateway alone writes
`answers`, and no other department reads either.
"""

from __future__ import annotations

from typing import Any

from domain.commands import COMMANDS
from domain.departments import ANSWERS_FAMILY, INBOUND_FAMILY, NODES, OWN_TOPICS, Topic
from gateways.contracts.envelope import CONTENT_TYPE, schema_name
from gateways.contracts.inbound import (
    ANSWER,
    COMMAND_PREFIX,
    answer_sample,
    by_topic,
    given_in,
    message_sample,
)

Document = dict[str, Any]


def channel(topic: Topic) -> Document:
    """What a channel says besides what every channel says: what it carries and whose it is."""
    node = NODES[topic.node]
    inbound = topic.family == INBOUND_FAMILY
    types = [COMMAND_PREFIX + name for name in given_in(topic.node)] if inbound else [ANSWER]
    return {
        "address": topic.name,
        "title": f"{node.en}: {topic.family}",
        "description": f"{node.zh}本部门系统的办理请求 / written by the department's own system alone"
        if inbound
        else f"{node.zh}的办理答复 / answers, read by the department's own system alone",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in types},
        "x-writer": topic.node,
        "x-readers": [topic.node],
    }


def operations(node: str) -> dict[str, Document]:
    """What a department's own system sends and receives."""
    told = (
        ("send", INBOUND_FAMILY, "本部门系统提交办理请求"),
        ("receive", ANSWERS_FAMILY, "本部门系统读取办理答复"),
    )
    return {
        f"{node}.system.{action}.{family}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "title": f"{NODES[node].zh} {zh}",
            "tags": [{"name": node, "description": f"{NODES[node].zh} {NODES[node].en}"}],
        }
        for action, family, zh in told
        for topic in OWN_TOPICS.values()
        if (topic.node, topic.family) == (node, family)
    }


def messages(key: Document) -> dict[str, Document]:
    """The message of each command by topic, and the answer; `key` is the binding of their keys."""
    givers = {name: node for node in reversed(list(NODES)) for name in given_in(node)}
    found = {
        COMMAND_PREFIX + name: {
            "name": COMMAND_PREFIX + name,
            "title": f"{COMMANDS[name].ZH} {COMMANDS[name].EN}",
            "summary": (COMMANDS[name].__doc__ or "").strip().partition("\n")[0],
            "contentType": CONTENT_TYPE,
            "payload": {"$ref": f"inbound/{name}.json"},
            "bindings": {"kafka": key},
            "examples": [{"name": "sample", "payload": message_sample(name, givers[name])}],
            "x-key": "any",
            "x-source": COMMANDS[name].SOURCE,
        }
        for name in by_topic()
        if name in givers
    }
    answer = {
        "name": ANSWER,
        "title": "办理答复 Answer",
        "summary": "What became of one inbound message: one answer each, the same at every repeat.",
        "contentType": CONTENT_TYPE,
        "payload": {
            "type": "object",
            "properties": {
                "specversion": {"const": "1.0"},
                "type": {"const": ANSWER},
                "dataschema": {"const": schema_name(ANSWER)},
                "id": {"type": "string"},
                "source": {"type": "string"},
                "subject": {"type": "string"},
                "time": {"type": "string", "format": "date-time"},
                "data": {"$ref": f"inbound/{ANSWER}.json"},
            },
            "required": ["specversion", "type", "id", "source", "subject", "time", "data"],
        },
        "bindings": {"kafka": key},
        "examples": [{"name": "sample", "payload": answer_sample("hr")}],
        "x-key": "any",
    }
    return {**found, ANSWER: answer}
