"""Brings Kafka's topics, users and grants to what the table says, and tells what stands.

Passwords are drawn here and kept by the caller before a broker learns them, so that a crash
between the two leaves nothing that nobody knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import SecurityDisabledError

from gateways.log.drift import (
    EVERY_TOPIC,
    Difference,
    Standing,
    TopicStands,
    copies_wanted,
    differences,
    topic_settings,
)
from gateways.log.grants import CLUSTER, NAMESPACE, Grant
from gateways.log.kafka_client import KafkaAccess
from gateways.log.port import LogUnavailable

AT_ONCE = 500
ITERATIONS = 8192
SEEN_S_MAX = 120.0
SEEN_EVERY_S = 0.3
USER = "User:"


class KafkaGrants:
    """The topics, users and grants at the brokers that `access` names, as an administrator."""

    def __init__(self, access: KafkaAccess, *, mechanism: str = "SCRAM-SHA-512") -> None:
        self._access = access
        self._mechanism = ScramMechanism[mechanism.replace("-", "_")]

    def standing(self) -> Standing:
        """What stands now. Raises LogUnavailable."""
        with self._asking() as admin:
            return self._standing(admin)

    def apply(
        self, password: Callable[[str], str], *, everybody: bool = False
    ) -> tuple[list[Difference], list[Difference]]:
        """Mends what can be mended; returns what was mended and what differs still.

        `password` gives a user's password, kept before it returns. `everybody` asks for the
        user for all departments at once.
        """
        with self._asking() as admin:
            found = self._standing(admin)
            before = differences(found, everybody=everybody)
            due = [one for one in before if one.mendable]
            if not due:
                return [], before
            self._mend(admin, due, found, password)
            late = time.monotonic() + SEEN_S_MAX
            # A broker shows a moment later what its controller took.
            while True:
                left = differences(self._standing(admin), everybody=everybody)
                if not any(one.mendable for one in left) or time.monotonic() > late:
                    return [one for one in due if one not in left], left
                time.sleep(SEEN_EVERY_S)

    def set_password(self, user: str, password: str) -> None:
        """Gives a user this password from now on, made where it is missing."""
        with self._asking() as admin:
            self._upsert(admin, {user: password})

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        admin = self._access.open(KafkaAdminClient, client_id="liandong-operator")
        try:
            with self._access.guarded():
                yield admin
        finally:
            admin.close()

    def _standing(self, admin: Any) -> Standing:
        stands = _grants(admin)
        users, also = self._users(admin) if stands is not None else (frozenset(), frozenset())
        return Standing(
            brokers=len(admin.describe_cluster()["brokers"]),
            topics=_topics(admin),
            users=users,
            grants=stands,
            also=also,
        )

    def _users(self, admin: Any) -> tuple[frozenset[str], frozenset[str]]:
        """Who has a password of our mechanism, and who has one of another."""
        passwords = [
            (user, info["mechanism"] is self._mechanism)
            for user, one in admin.describe_user_scram_credentials().items()
            for info in one["credential_infos"]
        ]
        return (
            frozenset(user for user, ours in passwords if ours),
            frozenset(user for user, ours in passwords if not ours),
        )

    def _mend(
        self,
        admin: Any,
        due: Sequence[Difference],
        found: Standing,
        password: Callable[[str], str],
    ) -> None:
        """Topics, then what is too much, then users, and grants last: nobody gets more than
        the table has in between."""
        missing = [one.what for one in due if one.kind == "TOPIC_MISSING"]
        if missing:
            self._create_topics(admin, missing, found.brokers)
        for one in due:
            if one.kind in ("FINITE_RETENTION", "WRONG_IN_SYNC"):
                self._configure(admin, one.what, found.topics[one.what].copies)
        self._delete_grants(admin, [one.grant for one in due if one.kind == "GRANT_SURPLUS"])
        surplus = [one.what for one in due if one.kind == "USER_SURPLUS"]
        if surplus:
            self._checked(
                admin.alter_user_scram_credentials(
                    [UserScramCredentialDeletion(user, self._mechanism) for user in surplus]
                )
            )
        self._upsert(
            admin, {one.what: password(one.what) for one in due if one.kind == "USER_MISSING"}
        )
        self._create_grants(admin, [one.grant for one in due if one.kind == "GRANT_MISSING"])

    def _create_topics(self, admin: Any, names: Sequence[str], brokers: int) -> None:
        asked = {
            name: {
                "num_partitions": EVERY_TOPIC[name].partitions,
                "replication_factor": copies_wanted(brokers),
                "configs": topic_settings(copies_wanted(brokers)),
            }
            for name in names
        }
        answer = admin.create_topics(asked, raise_errors=False)
        for topic in answer["topics"]:
            if topic["error_code"]:
                why = topic.get("error_message") or topic["error_code"]
                raise self._refused(f"{topic['name']} cannot be created: {why}")
        admin.wait_for_topics(list(names))

    def _configure(self, admin: Any, name: str, copies: int) -> None:
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs=topic_settings(copies))]
        )

    def _upsert(self, admin: Any, passwords: dict[str, str]) -> None:
        if passwords:
            self._checked(
                admin.alter_user_scram_credentials(
                    [
                        UserScramCredentialUpsertion(user, self._mechanism, secret, ITERATIONS)
                        for user, secret in passwords.items()
                    ]
                )
            )

    def _create_grants(self, admin: Any, due: Iterable[Grant | None]) -> None:
        for part in _parts([one for one in due if one is not None]):
            answer = admin.create_acls([acl_of(grant) for grant in part])
            if answer["failed"]:
                raise self._refused(f"grants were not taken: {answer['failed'][0].__name__}")

    def _delete_grants(self, admin: Any, due: Iterable[Grant | None]) -> None:
        for part in _parts([one for one in due if one is not None]):
            for _, _, error in admin.delete_acls([filter_of(grant) for grant in part]):
                if error.errno:
                    raise self._refused(f"a grant was not removed: {error.__name__}")

    def _checked(self, answers: dict[str, str | None]) -> None:
        for user, wrong in answers.items():
            if wrong is not None:
                raise self._refused(f"{user}: {wrong}")

    def _refused(self, why: str) -> LogUnavailable:
        return self._access.unavailable(why)


def _parts(due: Sequence[Grant]) -> Iterator[Sequence[Grant]]:
    ordered = sorted(due)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _topics(admin: Any) -> dict[str, TopicStands]:
    names = [name for name in admin.list_topics() if name.startswith(NAMESPACE)]
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    settings = admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        topic["name"]: TopicStands(
            len(topic["partitions"]),
            min((len(part["replica_nodes"]) for part in topic["partitions"]), default=0),
            {key: str(one["value"]) for key, one in settings[topic["name"]].items()},
        )
        for topic in admin.describe_topics(names)
    }


def _grants(admin: Any) -> frozenset[Grant] | None:
    everything = ACLFilter(
        None,
        None,
        ACLOperation.ANY,
        ACLPermissionType.ANY,
        ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )
    try:
        found, _ = admin.describe_acls(everything)
    except SecurityDisabledError:
        return None
    return frozenset(_grant(acl) for acl in found)


def _grant(acl: Any) -> Grant:
    pattern = acl.resource_pattern
    return Grant(
        user=acl.principal.removeprefix(USER),
        operation=acl.operation.name,
        kind=pattern.resource_type.name,
        name=pattern.resource_name,
        prefixed=pattern.pattern_type is ACLResourcePatternType.PREFIXED,
        host=acl.host,
        allow=acl.permission_type is ACLPermissionType.ALLOW,
    )


def acl_of(grant: Grant) -> Any:
    """The grant as kafka-python makes it."""
    return _made(ACL, ResourcePattern, grant)


def filter_of(grant: Grant) -> Any:
    """What matches this grant and no other."""
    return _made(ACLFilter, ResourcePatternFilter, grant)


def _made(kind: Any, pattern: Any, grant: Grant) -> Any:
    return kind(
        USER + grant.user,
        grant.host,
        ACLOperation[grant.operation],
        ACLPermissionType.ALLOW if grant.allow else ACLPermissionType.DENY,
        pattern(
            ResourceType[grant.kind],
            CLUSTER if grant.kind == "CLUSTER" else grant.name,
            ACLResourcePatternType.PREFIXED if grant.prefixed else ACLResourcePatternType.LITERAL,
        ),
    )
