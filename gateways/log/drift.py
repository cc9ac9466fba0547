"""How the log differs from the table of departments: every difference by its kind.

The table says which topics there are, with how many partitions, and who may do what. What
stands at the brokers is compared with it whole, so that a grant too many shows as much as
one that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.departments import OWN_TOPICS, TOPICS
from gateways.log.grants import EVERYBODY, NAMESPACE, OURS, Grant, grants, users

KEPT_FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
"""The settings of a topic that keeps every record."""

EVERY_TOPIC = TOPICS | OWN_TOPICS

COPIES = 3
"""How many brokers keep each topic, where there are as many."""

HARMLESS = frozenset({"DESCRIBE", "DESCRIBE_CONFIGS"})
"""What a grant to others over more than our topics may allow, such as that of a monitor."""

WILDCARD = "*"


@dataclass(frozen=True, slots=True)
class TopicStands:
    """A topic as the brokers have it; `copies` is the least of its partitions."""

    partitions: int
    copies: int
    settings: Mapping[str, str]

    @property
    def in_sync(self) -> int:
        """How many copies must have a record before it is acknowledged."""
        return int(self.settings.get("min.insync.replicas", "1"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at the brokers.

    `grants` is None where the brokers ask nobody what he may do; `users` are those with a
    password of the mechanism that was asked for, `also` those with one of another mechanism.
    """

    brokers: int
    topics: Mapping[str, TopicStands]
    users: frozenset[str]
    grants: frozenset[Grant] | None
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs from the table.

    `mendable` differences are mended by `topics apply`; for the others an operator decides.
    """

    kind: str
    what: str
    zh: str
    en: str
    mendable: bool
    grant: Grant | None = None

    def __str__(self) -> str:
        """The English sentence."""
        return self.en


def copies_wanted(brokers: int) -> int:
    """On how many brokers each topic must lie."""
    return max(1, min(COPIES, brokers))


def in_sync_wanted(copies: int) -> int:
    """How many copies must have a record: all but one, so that the loss of any one is borne."""
    return max(1, copies - 1)


def topic_settings(copies: int) -> dict[str, str]:
    """The settings of a topic of the platform that lies on so many brokers.

    One that asked for more copies in sync than it has would take no record any more.
    """
    return {**KEPT_FOR_EVER, "min.insync.replicas": str(in_sync_wanted(copies))}


def differences(standing: Standing, *, everybody: bool = False) -> list[Difference]:
    """Everything that differs, topics first.

    The user for all departments at once is wanted where it was made, or where `everybody`
    asks for it.
    """
    wanted = everybody or EVERYBODY in standing.users
    return [
        *_of_topics(standing),
        *_of_users(standing, users(everybody=wanted)),
        *_of_grants(standing, grants(everybody=wanted)),
    ]


def _of_topics(standing: Standing) -> Iterator[Difference]:
    for name, topic in sorted(EVERY_TOPIC.items()):
        stands = standing.topics.get(name)
        if stands is None:
            yield Difference(
                "TOPIC_MISSING", name, f"缺少主题 {name}", f"the topic {name} is missing", True
            )
            continue
        if stands.partitions != topic.partitions:
            yield Difference(
                "WRONG_PARTITIONS",
                name,
                f"{name} 有 {stands.partitions} 个分区，应为 {topic.partitions} 个；分区数是契约，须重建该主题",
                f"{name} has {stands.partitions} partitions, not {topic.partitions}; the count is"
                " part of the contract: the topic must be made anew and refilled",
                False,
            )
        yield from _of_settings(name, stands, standing.brokers)
    for name in sorted(set(standing.topics) - set(EVERY_TOPIC)):
        yield Difference(
            "TOPIC_UNKNOWN",
            name,
            f"{name} 不在部门表中",
            f"the topic {name} is not in the table of departments",
            False,
        )


def _of_settings(name: str, stands: TopicStands, brokers: int) -> Iterator[Difference]:
    for setting, value in KEPT_FOR_EVER.items():
        found = stands.settings.get(setting)
        if found != value:
            yield Difference(
                "FINITE_RETENTION",
                name,
                f"{name} 不永久保存：{setting}={found}，应为 {value}",
                f"{name} forgets: {setting}={found}, not {value}",
                True,
            )
    copies = copies_wanted(brokers)
    if stands.copies < copies:
        yield Difference(
            "TOO_FEW_COPIES",
            name,
            f"{name} 只有 {stands.copies} 份副本，应为 {copies} 份；请用 Kafka 的"
            " kafka-reassign-partitions 增加",
            f"{name} has {stands.copies} copies, not {copies}; add some with Kafka's"
            " kafka-reassign-partitions",
            False,
        )
    wanted = in_sync_wanted(stands.copies)
    if stands.in_sync != wanted:
        yield Difference(
            "WRONG_IN_SYNC",
            name,
            f"{name} 的 min.insync.replicas={stands.in_sync}，应为 {wanted}",
            f"{name} has min.insync.replicas={stands.in_sync}, not {wanted}",
            True,
        )


def _of_users(standing: Standing, wanted: frozenset[str]) -> Iterator[Difference]:
    if standing.grants is None:
        return
    for user in sorted(wanted - standing.users):
        yield Difference(
            "USER_MISSING", user, f"缺少用户 {user}", f"the user {user} is missing", True
        )
    for user in sorted(one for one in standing.users - wanted if one.startswith(OURS)):
        yield Difference(
            "USER_SURPLUS",
            user,
            f"用户 {user} 不在部门表中",
            f"the user {user} is not in the table of departments",
            True,
        )
    for user in sorted(one for one in standing.also if one.startswith(OURS)):
        yield Difference(
            "PASSWORD_SURPLUS",
            user,
            f"用户 {user} 另有一个其他机制（SCRAM）的口令；请用 Kafka 的 kafka-configs 删除",
            f"the user {user} has a password of another SCRAM mechanism too; remove it with"
            " Kafka's kafka-configs",
            False,
        )


def _of_grants(standing: Standing, wanted: frozenset[Grant]) -> Iterator[Difference]:
    if standing.grants is None:
        yield Difference(
            "NO_GRANTS",
            "authorizer",
            "代理服务器不检查权限：任何人都能读写每个主题",
            "the brokers ask nobody what he may do: anybody reads and writes every topic",
            False,
        )
        return
    for grant in sorted(wanted - standing.grants):
        yield Difference(
            "GRANT_MISSING", grant.user, f"缺少授权 {grant}", f"missing grant: {grant}", True, grant
        )
    for grant in sorted(standing.grants - wanted):
        if is_ours(grant):
            yield Difference(
                "GRANT_SURPLUS",
                grant.user,
                f"多余授权 {grant}",
                f"a grant that the table does not have: {grant}",
                True,
                grant,
            )
        elif reaches_ours(grant):
            yield Difference(
                "GRANT_TOO_WIDE",
                grant.user,
                f"过宽授权 {grant} 也涉及本平台的主题；它不限于本平台，须由管理员处理",
                f"a grant over more than this platform reaches its topics too: {grant};"
                " whoever made it must narrow it",
                False,
                grant,
            )


def is_ours(grant: Grant) -> bool:
    """Whether a grant concerns this platform alone: its user, its topics or its groups."""
    if grant.user.startswith(OURS):
        return True
    ours = (NAMESPACE,) if grant.kind == "TOPIC" else (NAMESPACE, OURS)
    return grant.kind in ("TOPIC", "GROUP") and grant.name.startswith(ours)


def reaches_ours(grant: Grant) -> bool:
    """Whether a grant over more than this platform lets somebody at its topics or its grants."""
    if grant.operation in HARMLESS and grant.allow:
        return False
    if grant.kind in ("TOPIC", "GROUP"):
        ours = (NAMESPACE,) if grant.kind == "TOPIC" else (NAMESPACE, OURS)
        wide = grant.prefixed and any(one.startswith(grant.name) for one in ours)
        return wide or (grant.name == WILDCARD and not grant.prefixed)
    return grant.kind == "CLUSTER" and grant.operation in ("ALL", "ALTER", "CREATE") and grant.allow
