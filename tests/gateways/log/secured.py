"""A secured broker on which `liandong topics apply` was run, and the users that it made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient
from kafka.errors import CoordinatorNotAvailableError

from gateways.log.kafka_client import KafkaAccess
from gateways.log.port import LogRefused
from ops import services
from ops.cli import run
from ops.services import KafkaService
from ops.services.kafka.properties import ADMINISTRATOR, MECHANISM
from tests.gateways.log.reading import until

PROTOCOL = "SASL_PLAINTEXT"
NO_GROUP = "GroupIdNotFoundError"


@dataclass(frozen=True)
class Secured:
    """The broker, the folder of the installation that administers it, and its settings."""

    broker: KafkaService
    data: Path

    @property
    def settings(self) -> dict[str, str]:
        """The settings of whoever administers, without their prefix."""
        return {
            "DATA": str(self.data),
            "MODE": "joined",
            "DATABASE": "postgresql://nobody@127.0.0.1:1/none",
            "KAFKA": self.broker.bootstrap,
            "KAFKA_PROTOCOL": PROTOCOL,
            "KAFKA_USERNAME": ADMINISTRATOR,
            "KAFKA_PASSWORD_FILE": str(self.data / "administrator"),
            "LANG": "en",
        }

    @contextmanager
    def administered(self) -> Iterator[None]:
        """The tool told of the broker, as whoever administers it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.settings.items():
                patch.setenv(f"LIANDONG_{name}", value)
            yield

    def handed_to(self, user: str) -> dict[str, str]:
        """What the clients of other languages are told of the broker and of who they are."""
        return {
            "KAFKA_BROKERS": str(self.broker.tls),
            "KAFKA_USER": user,
            "KAFKA_PASSWORD": self.password(user),
            "KAFKA_CA": str(self.broker.authority),
        }

    def librdkafka(self, user: str) -> dict[str, str]:
        """The settings of confluent-kafka for that user."""
        return {
            "bootstrap.servers": str(self.broker.tls),
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": MECHANISM,
            "sasl.username": user,
            "sasl.password": self.password(user),
            "ssl.ca.location": str(self.broker.authority),
        }

    def password(self, user: str) -> str:
        """The password that was made for a user."""
        if user == ADMINISTRATOR:
            return str(self.broker.password)
        return (self.data / "kafka-users" / f"{user}.password").read_text().strip()

    def access(self, user: str) -> KafkaAccess:
        """How that user reaches the broker."""
        return KafkaAccess(self.broker.bootstrap, PROTOCOL, MECHANISM, user, self.password(user))

    def forgets(self, groups: Iterable[str]) -> None:
        """Waits until nobody reads in these groups, and no place that one reached is left."""

        def forgotten() -> bool:
            try:
                answer = client.delete_groups(left)
            except CoordinatorNotAvailableError:
                return False
            left[:] = [one for one, said in answer.items() if said not in ("OK", NO_GROUP)]
            return not left

        left = list(groups)
        client = self.access(ADMINISTRATOR).open(KafkaAdminClient)
        try:
            until(forgotten, f"still read in: {left}")
        finally:
            client.close()

    def over_tls(self, user: str, authority: Path | None) -> KafkaAccess:
        """How that user reaches the broker over TLS, trusting an authority."""
        return KafkaAccess(
            str(self.broker.tls),
            "SASL_SSL",
            MECHANISM,
            user,
            self.password(user),
            None if authority is None else str(authority),
        )


@contextmanager
def applied(root: Path, data: Path) -> Iterator[Secured]:
    """A secured broker to which the table was applied once, as an operator does it."""
    one = Secured(services.start_kafka(root, secured=True), data)
    try:
        (data / "administrator").write_text(one.password(ADMINISTRATOR) + "\n")
        with one.administered():
            assert run(["topics", "apply"]) == 0
        yield one
    finally:
        one.broker.kill()
        services.stop_kafka(root, wipe=True)


def sees(check: Callable[[], bool]) -> None:
    """Waits until the broker shows what its controller took."""
    until(check, "the broker did not show it")


def first_of(secured: Secured, user: str, topic: str, group: str) -> bytes:
    """The first record of a topic, read by a plain client."""
    consumer = KafkaConsumer(
        topic,
        group_id=group,
        auto_offset_reset="earliest",
        **{
            key: value
            for key, value in secured.access(user).settings().items()
            if not key.endswith("_ms")
        },
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=500).values():
                return bytes(records[0].value)
        raise AssertionError("nothing came")
    finally:
        consumer.close(autocommit=False, timeout_ms=1000)


def takes(secured: Secured, user: str) -> bool:
    """Whether the broker takes a user's password."""
    try:
        secured.access(user).open(KafkaAdminClient).close()
    except LogRefused:
        return False
    return True
