"""Subscriptions of webhooks and how far each was delivered, in the department's database.

A subscription reads topics that its department is entitled to. Of each partition a lane
keeps the next offset, when it is tried next, and since when it fails. A secret is shown
once; it lies here wrapped (RFC 3394) under the department's key. Times are Unix seconds of
the machine: endpoints live in real time, also where the platform's clock is simulated.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from domain.departments import entitled_topics
from gateways.department.database import Database
from gateways.log.port import TopicPartition
from gateways.webhooks.signing import SECRET_BYTES

METADATA = MetaData()

WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("webhook_id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("delivered", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("due", Float, nullable=False),
)
LANES = Table(
    "webhook_lanes",
    METADATA,
    Column("webhook_id", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", Float, nullable=False),
    Column("failing_since", Float),
    Column("error", Text, nullable=False),
)

ENABLED, DISABLED = "ENABLED", "DISABLED"
BY_HAND, DEAD, GONE, REVOKED, LOST = (
    "BY_HAND",
    "ENDPOINT_DEAD",
    "ENDPOINT_GONE",
    "ACCOUNT_REVOKED",
    "POSITION_LOST",
)
REASONS: Mapping[str, tuple[str, str]] = {
    BY_HAND: ("人工停用", "disabled by hand"),
    DEAD: ("长时间无法送达", "could not be delivered for too long"),
    GONE: ("接收方答复 410，不再接收", "the endpoint answered 410: it is gone"),
    REVOKED: ("其密钥已被撤销", "its API key was revoked"),
    LOST: ("送达位置不在日志中", "its position is not on the log"),
}
"""Why a subscription is disabled; all but the first are an operator's task."""


class UnknownWebhook(LookupError):
    """This department has no such subscription."""


class NotEntitled(ValueError):
    """A subscription names a topic that its department may not read."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """How far one partition was delivered."""

    topic: str
    partition: int
    next_offset: int
    attempts: int
    due: float
    failing_since: float | None
    error: str

    @property
    def place(self) -> TopicPartition:
        """The partition."""
        return self.topic, self.partition


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A subscription and its lanes."""

    webhook_id: str
    account: str
    url: str
    state: str
    reason: str
    created: int
    changed: int
    delivered: int | None
    failures: int
    due: float
    lanes: tuple[Lane, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """What it reads, in name order."""
        return tuple(sorted({lane.topic for lane in self.lanes}))

    @property
    def needs_operator(self) -> bool:
        """Whether it stopped without anybody wanting it."""
        return self.state == DISABLED and self.reason != BY_HAND


class Subscriptions:
    """The subscriptions of one department. `seconds` gives Unix time."""

    def __init__(
        self, department: str, database: Database, wrapping: bytes, seconds: Callable[[], float]
    ) -> None:
        self.department = department
        self.database = database
        self._wrapping, self._seconds = wrapping, seconds

    def add(
        self, account: str, url: str, offsets: Mapping[TopicPartition, int]
    ) -> tuple[Webhook, bytes]:
        """A new subscription that begins at the offsets, and its secret, which is shown once.

        Raises NotEntitled. The URL has been checked (see `addresses`).
        """
        self.entitled({topic for topic, _ in offsets})
        webhook_id, secret = f"wh_{secrets.token_hex(12)}", secrets.token_bytes(SECRET_BYTES)
        now = int(self._seconds())
        with self.database.writing() as connection:
            connection.execute(
                insert(WEBHOOKS).values(
                    webhook_id=webhook_id,
                    account=account,
                    url=url,
                    secret=aes_key_wrap(self._wrapping, secret),
                    state=ENABLED,
                    reason="",
                    created=now,
                    changed=now,
                    failures=0,
                    due=0.0,
                )
            )
            for (topic, partition), offset in sorted(offsets.items()):
                connection.execute(
                    insert(LANES).values(
                        webhook_id=webhook_id,
                        topic=topic,
                        partition=partition,
                        next_offset=offset,
                        attempts=0,
                        due=0.0,
                        error="",
                    )
                )
        return self.one(webhook_id), secret

    def entitled(self, topics: set[str]) -> None:
        """Raises NotEntitled with the first topic that this department may not read."""
        readable = {topic.name for topic in entitled_topics(self.department)}
        for topic in sorted(topics - readable):
            raise NotEntitled(topic)

    def all(self) -> list[Webhook]:
        """Every subscription, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(WEBHOOKS).order_by(WEBHOOKS.c.created, WEBHOOKS.c.webhook_id)
            ).all()
            return [_webhook(connection, row) for row in rows]

    def one(self, webhook_id: str) -> Webhook:
        """One subscription. Raises UnknownWebhook."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(WEBHOOKS).where(WEBHOOKS.c.webhook_id == webhook_id)
            ).first()
            if row is None:
                raise UnknownWebhook(webhook_id)
            return _webhook(connection, row)

    def secret(self, webhook_id: str) -> bytes:
        """The secret that was drawn last. Raises UnknownWebhook."""
        return self.signing(webhook_id)[0]

    def signing(self, webhook_id: str) -> tuple[bytes, ...]:
        """The secrets that deliveries are signed with, newest first. Raises UnknownWebhook."""
        with self.database.reading() as connection:
            return self._signing(connection, webhook_id)

    def _signing(
        self, connection: Connection, webhook_id: str, *, alone: bool = False
    ) -> tuple[bytes, ...]:
        """The secrets of a subscription; `alone` keeps others from renewing until the commit."""
        query = select(WEBHOOKS.c.secret).where(WEBHOOKS.c.webhook_id == webhook_id)
        wrapped = connection.execute(
            query.with_for_update() if alone else query
        ).scalar_one_or_none()
        if wrapped is None:
            raise UnknownWebhook(webhook_id)
        kept = aes_key_unwrap(self._wrapping, wrapped)
        return tuple(kept[at : at + SECRET_BYTES] for at in range(0, len(kept), SECRET_BYTES))

    def renew(self, webhook_id: str) -> bytes:
        """A new secret; the one before it signs beside it until the next is drawn.

        Raises UnknownWebhook.
        """
        drawn = secrets.token_bytes(SECRET_BYTES)
        with self.database.writing() as connection:
            before = self._signing(connection, webhook_id, alone=True)[0]
            connection.execute(
                update(WEBHOOKS)
                .where(WEBHOOKS.c.webhook_id == webhook_id)
                .values(
                    secret=aes_key_wrap(self._wrapping, drawn + before),
                    changed=int(self._seconds()),
                )
            )
        return drawn

    def counts(self, connection: Connection) -> dict[str, int]:
        """How many subscriptions are in each state."""
        rows = connection.execute(
            select(WEBHOOKS.c.state, func.count().label("held")).group_by(WEBHOOKS.c.state)
        )
        return {ENABLED: 0, DISABLED: 0} | {row.state: int(row.held) for row in rows}

    def enable(self, webhook_id: str, account: str = "") -> Webhook:
        """Sends again from where it stopped, at once; for another account where one is named."""
        return self._turn(webhook_id, ENABLED, "", account)

    def disable(self, webhook_id: str, reason: str = BY_HAND, *, of: str | None = None) -> Webhook:
        """Sends nothing more; what was delivered is remembered.

        Where `of` names an account, only while the subscription rests on it.
        """
        return self._turn(webhook_id, DISABLED, reason, of=of)

    def replay(self, webhook_id: str, offsets: Mapping[TopicPartition, int]) -> Webhook:
        """Goes on from other offsets, back or ahead, of topics that it reads.

        Raises UnknownWebhook, NotEntitled for a topic that it does not read.
        """
        with self.database.writing() as connection:
            for (topic, partition), offset in offsets.items():
                moved = connection.execute(
                    update(LANES)
                    .where(*_lane(webhook_id, topic, partition))
                    .values(next_offset=offset, attempts=0, due=0.0, failing_since=None, error="")
                )
                if not moved.rowcount:
                    raise NotEntitled(topic)
            connection.execute(
                update(WEBHOOKS)
                .where(WEBHOOKS.c.webhook_id == webhook_id)
                .values(failures=0, due=0.0)
            )
        return self.one(webhook_id)

    def remove(self, webhook_id: str) -> None:
        """Forgets a subscription and its secret. Raises UnknownWebhook."""
        with self.database.writing() as connection:
            connection.execute(delete(LANES).where(LANES.c.webhook_id == webhook_id))
            gone = connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.webhook_id == webhook_id))
        if not gone.rowcount:
            raise UnknownWebhook(webhook_id)

    def delivered(self, webhook_id: str, lane: Lane, next_offset: int) -> bool:
        """Moves a lane on; False where it was moved by another hand meanwhile."""
        with self.database.writing() as connection:
            moved = connection.execute(
                update(LANES)
                .where(
                    *_lane(webhook_id, lane.topic, lane.partition),
                    LANES.c.next_offset == lane.next_offset,
                )
                .values(next_offset=next_offset, attempts=0, due=0.0, failing_since=None, error="")
            )
            failures = connection.execute(
                select(WEBHOOKS.c.failures).where(WEBHOOKS.c.webhook_id == webhook_id)
            ).scalar_one_or_none()
            if (failures or 0) > 1:
                # The endpoint was away and is back: what waited for it waits no longer.
                connection.execute(
                    update(LANES).where(LANES.c.webhook_id == webhook_id).values(due=0.0)
                )
            connection.execute(
                update(WEBHOOKS)
                .where(WEBHOOKS.c.webhook_id == webhook_id)
                .values(failures=0, due=0.0, delivered=int(self._seconds()))
            )
        return bool(moved.rowcount)

    def failed(
        self, webhook_id: str, lane: Lane, error: str, *, lane_due: float, endpoint_due: float
    ) -> Lane | None:
        """Notes a failed attempt; the lane as it stands now, None where another hand moved it."""
        now = self._seconds()
        with self.database.writing() as connection:
            noted = connection.execute(
                update(LANES)
                .where(
                    *_lane(webhook_id, lane.topic, lane.partition),
                    LANES.c.next_offset == lane.next_offset,
                )
                .values(
                    attempts=LANES.c.attempts + 1,
                    due=lane_due,
                    failing_since=func.coalesce(LANES.c.failing_since, now),
                    error=error[:300],
                )
                .returning(LANES)
            ).first()
            connection.execute(
                update(WEBHOOKS)
                .where(WEBHOOKS.c.webhook_id == webhook_id)
                .values(failures=WEBHOOKS.c.failures + 1, due=endpoint_due)
            )
        return None if noted is None else _lane_of(noted)

    def _turn(
        self,
        webhook_id: str,
        state: str,
        reason: str,
        account: str = "",
        *,
        of: str | None = None,
    ) -> Webhook:
        which = WEBHOOKS.c.webhook_id == webhook_id
        with self.database.writing() as connection:
            connection.execute(
                update(WEBHOOKS)
                .where(which if of is None else which & (WEBHOOKS.c.account == of))
                .values(
                    state=state,
                    reason=reason,
                    account=account or WEBHOOKS.c.account,
                    changed=int(self._seconds()),
                    failures=0,
                    due=0.0,
                )
            )
            if state == ENABLED:
                connection.execute(
                    update(LANES)
                    .where(LANES.c.webhook_id == webhook_id)
                    .values(attempts=0, due=0.0, failing_since=None)
                )
        return self.one(webhook_id)


def _lane(
    webhook_id: str, topic: str, partition: int
) -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[bool]]:
    return (
        LANES.c.webhook_id == webhook_id,
        LANES.c.topic == topic,
        LANES.c.partition == partition,
    )


def _lane_of(row: Row[tuple[object, ...]]) -> Lane:
    return Lane(
        topic=row.topic,
        partition=row.partition,
        next_offset=row.next_offset,
        attempts=row.attempts,
        due=row.due,
        failing_since=row.failing_since,
        error=row.error,
    )


def _webhook(connection: Connection, row: Row[tuple[object, ...]]) -> Webhook:
    lanes = connection.execute(
        select(LANES)
        .where(LANES.c.webhook_id == row.webhook_id)
        .order_by(LANES.c.topic, LANES.c.partition)
    ).all()
    return Webhook(
        webhook_id=row.webhook_id,
        account=row.account,
        url=row.url,
        state=row.state,
        reason=row.reason,
        created=row.created,
        changed=row.changed,
        delivered=row.delivered,
        failures=row.failures,
        due=row.due,
        lanes=tuple(_lane_of(one) for one in lanes),
    )
