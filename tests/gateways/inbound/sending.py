"""A department's own system, as the tests play it: it writes messages and reads answers."""

from __future__ import annotations

import json
from typing import Any

from domain.departments import OWN_PARTITIONS, answers_topic, inbound_topic
from gateways.contracts import canonical
from gateways.log.partitioning import partition_of
from gateways.log.port import Log, OutRecord
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town

SAMR, MKT, APPR = "SAMR@210103", "HRSS_MKT@210103", "HRSS_APPR@210103"


def message(
    name: str, data: Any, *, key: str, post: str = MKT, node: str = "hr", **more: Any
) -> dict[str, Any]:
    """A message of a department's own system."""
    return {
        "specversion": "1.0",
        "id": key,
        "source": f"/systems/{node}/simulated/window",
        "type": f"command.{name}",
        "post": post,
        "data": data,
    } | more


def claim(number: int = 0, *, key: str, **more: Any) -> dict[str, Any]:
    """人社 claims the push about firm `number`."""
    return message("ClaimPush", {"organisation": uscc(number)}, key=key, **more)


def send(log: Log, *messages: Any, node: str = "hr", key: bytes = b"one") -> None:
    """Writes messages as a producer of another system would; bytes go as they are."""
    writer = log.writer("window")
    writer.append(
        [
            OutRecord(
                inbound_topic(node).name,
                partition_of(key, OWN_PARTITIONS),
                key,
                one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode(),
            )
            for one in messages
        ]
    )
    writer.close()


def records(log: Log, node: str = "hr") -> list[dict[str, Any]]:
    """Every answer record, partition by partition."""
    topic = answers_topic(node)
    return [
        canonical.decode(record.value)
        for partition in range(topic.partitions)
        for record in log.tail(topic.name, partition, 10_000)
    ]


def answers(log: Log, node: str = "hr") -> list[dict[str, Any]]:
    """What the answers say, partition by partition."""
    return [one["data"] for one in records(log, node)]


def outcomes(log: Log, node: str = "hr") -> list[tuple[str, str, str]]:
    """(message, outcome, rule) of every answer."""
    return [
        (one.get("message", ""), one["outcome"], one.get("rule", "")) for one in answers(log, node)
    ]


def appoint(town: Town, *posts: str) -> None:
    """Makes the posts known to the installation, as an operator does by issuing a key."""
    accounts = town.house.accounts()
    for post in posts:
        organ, _, region = post.partition("@")
        accounts.issue_key(
            organ=organ.partition(".")[0], region=region, post=post, appointment=f"聘任:{post}"
        )


def drain(town: Town, node: str = "hr") -> None:
    """Lets a department's door decide everything that waits."""
    door = town.platform.departments[node].inbound
    while door.step():
        pass
