"""What people do with subscriptions, alike over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateways.log.port import Log, TopicPartition
from gateways.log.positions import LATEST, begin, written
from gateways.webhooks.addresses import Network, checked
from gateways.webhooks.signing import secret_text
from gateways.webhooks.subscriptions import REASONS, Subscriptions, Webhook


def subscribe(
    subscriptions: Subscriptions,
    log: Log,
    networks: Sequence[Network],
    *,
    account: str,
    url: str,
    topics: Sequence[str],
    after: str = LATEST,
) -> tuple[Webhook, str]:
    """A new subscription and its secret, which is never shown again.

    `after` is `latest` or `earliest`, or a position where there is one topic. Raises
    WrongEndpoint, NotEntitled, BadPosition, LogUnavailable.
    """
    subscriptions.entitled(set(topics))
    checked(url, networks)
    offsets: dict[TopicPartition, int] = {}
    for topic in sorted(set(topics)):
        offsets |= begin(log, topic, after)
    made, secret = subscriptions.add(account, url, offsets)
    return made, secret_text(secret)


def renew(subscriptions: Subscriptions, webhook_id: str) -> tuple[Webhook, str]:
    """The subscription and its new secret, which is never shown again. Raises UnknownWebhook."""
    drawn = subscriptions.renew(webhook_id)
    return subscriptions.one(webhook_id), secret_text(drawn)


def replay(
    subscriptions: Subscriptions, log: Log, webhook_id: str, topic: str | None, after: str
) -> Webhook:
    """Goes on from a position of one topic, or of all (`earliest`, `latest`).

    Raises UnknownWebhook, NotEntitled, BadPosition, LogUnavailable.
    """
    known = subscriptions.one(webhook_id)
    offsets: dict[TopicPartition, int] = {}
    for name in [topic] if topic else known.topics:
        subscriptions.entitled({name})
        offsets |= begin(log, name, after)
    return subscriptions.replay(webhook_id, offsets)


def told(webhook: Webhook, ends: Mapping[TopicPartition, int] | None = None) -> dict[str, Any]:
    """A subscription as people see it: its state, and each topic's position, lag and trouble."""
    zh, en = REASONS.get(webhook.reason, ("", ""))
    topics = []
    for topic in webhook.topics:
        lanes = [lane for lane in webhook.lanes if lane.topic == topic]
        failing = max(lanes, key=lambda lane: lane.attempts)
        topics.append(
            {
                "topic": topic,
                "position": written(topic, {lane.place: lane.next_offset for lane in lanes}),
                "behind": None
                if ends is None
                else sum(ends.get(lane.place, 0) - lane.next_offset for lane in lanes),
                "attempts": failing.attempts,
                "error": failing.error,
                "next_attempt": instant(failing.due) if failing.attempts else None,
            }
        )
    return {
        "id": webhook.webhook_id,
        "url": webhook.url,
        "account": webhook.account,
        "state": webhook.state,
        "reason": webhook.reason,
        "reason_zh": zh,
        "reason_en": en,
        "created": instant(webhook.created),
        "changed": instant(webhook.changed),
        "delivered": None if webhook.delivered is None else instant(webhook.delivered),
        "topics": topics,
    }


def instant(seconds: float) -> str:
    """Unix seconds as an instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
