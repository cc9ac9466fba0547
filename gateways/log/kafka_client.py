"""How Kafka is reached: who we are to the broker, and what its failures mean to us."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kafka.errors import (
    AuthorizationError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient

from gateways.log.port import LogRefused, LogUnavailable

BOOTSTRAP_S_MAX = 6.0
REQUEST_S_MAX = 5.0
PROBE_S_MAX = 2.0
HANG_UPS = 3
"""After so many, a broker is taken at its word."""

Client = TypeVar("Client")


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """The address of the brokers and what this department shows them.

    `protocol` and `mechanism` are Kafka's words, such as SASL_SSL and SCRAM-SHA-256.
    """

    bootstrap: str
    protocol: str = "PLAINTEXT"
    mechanism: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def settings(self) -> dict[str, Any]:
        """What every client of kafka-python is given."""
        return {
            "bootstrap_servers": self.bootstrap.split(","),
            "security_protocol": self.protocol,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "ssl_cafile": self.ca_file,
            "bootstrap_timeout_ms": int(BOOTSTRAP_S_MAX * 1000),
            "request_timeout_ms": int(REQUEST_S_MAX * 1000),
            # By default a client waits up to 30 s before it looks for a broker that is back.
            "reconnect_backoff_max_ms": 1000,
            "retry_backoff_ms": 100,
        }

    def unavailable(self, error: Exception | str) -> LogUnavailable:
        """What to tell the operator; LogRefused where the broker said that it is our rights."""
        if isinstance(error, LogUnavailable):
            return error
        who = self.username or "whoever shows no user name"
        # The client wraps a refusal that it did not expect into an error of no kind.
        if isinstance(error, AuthorizationError) or "AuthorizationFailed" in str(error):
            return LogRefused(
                f"the log at {self.bootstrap} refuses {who} ({error}): `liandong topics check`"
                " tells an operator which grant is missing"
            )
        advice = "check that a broker runs there"
        if self.mechanism is not None:
            advice += f", and the user name and password of {self.username}"
        what = error if isinstance(error, str) else (str(error) or type(error).__name__)
        return LogUnavailable(
            f"the log at {self.bootstrap} cannot be reached or did not answer in time ({what});"
            f" {advice}; wrong credentials or a wrong protocol show themselves in the same way"
        )

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """Turns the client's errors into LogUnavailable."""
        try:
            yield
        except (KafkaError, OSError) as error:
            raise self.unavailable(error) from error

    def open(self, kind: Callable[..., Client], **settings: Any) -> Client:
        """A client of kafka-python, or LogUnavailable in bounded time.

        A constructor that fails would leave its connections and its thread behind, so its
        network client is closed here; a broker that refuses connections is not even tried.
        """
        self._probe()
        made: list[Any] = []
        closings: list[tuple[Any, BaseException]] = []

        def network(*positional: Any, **named: Any) -> Any:
            client = KafkaNetClient(*positional, **named)
            _watch(client._manager, closings)
            made.append(client)
            return client

        try:
            return kind(kafka_client=network, **self.settings(), **settings)
        except (KafkaError, OSError) as error:
            for client in made:
                with contextlib.suppress(KafkaError, OSError):
                    client.close()
            if any(_hung_up(connection, closing) for connection, closing in closings):
                who = self.username or "whoever shows no user name"
                raise LogRefused(
                    f"the log at {self.bootstrap} answers and then hangs up on {who}: check the"
                    f" user name and password of {who} (LIANDONG_KAFKA_USERNAME,"
                    " LIANDONG_KAFKA_PASSWORD_FILE) and LIANDONG_KAFKA_PROTOCOL"
                ) from error
            raise self.unavailable(error) from error
        finally:
            for client in made:
                del client._manager.get_connection

    def _probe(self) -> None:
        """Raises what is wrong with every address; a client would be silent about it."""
        failure: Exception | None = None
        for address in self.bootstrap.split(","):
            host, _, port = address.strip().rpartition(":")
            try:
                with socket.create_connection((host, int(port)), timeout=PROBE_S_MAX) as made:
                    self._shake_hands(made, host)
            except (OSError, ValueError) as error:
                # What a broker said counts for more than the silence of the others.
                failure = failure if isinstance(failure, ssl.SSLError) else error
            else:
                return
        if isinstance(failure, ssl.SSLError):
            raise LogRefused(
                f"the log at {self.bootstrap} and we do not agree on TLS ({failure}): check"
                f" LIANDONG_KAFKA_PROTOCOL and LIANDONG_KAFKA_CA_FILE ({self.ca_file})"
            ) from failure
        raise self.unavailable(failure or "no address")

    def _shake_hands(self, made: socket.socket, host: str) -> None:
        if self.protocol.endswith("SSL"):
            context = ssl.create_default_context(cafile=self.ca_file)
            context.wrap_socket(made, server_hostname=host).close()


def _watch(manager: Any, closings: list[tuple[Any, BaseException]]) -> None:
    """Notes why connections close while a client is made, and ends the making where a broker
    keeps hanging up: the client says nothing of a wrong password and lets its time run out."""
    connect = manager.get_connection

    def get_connection(*positional: Any, **named: Any) -> Any:
        if sum(_hung_up(*one) for one in closings) >= HANG_UPS:
            raise SaslAuthenticationFailedError
        connection = connect(*positional, **named)
        connection.close_future.add_errback(lambda error: closings.append((connection, error)))
        return connection

    manager.get_connection = get_connection


def _hung_up(connection: Any, closing: BaseException) -> bool:
    """Whether a broker that had said its version ended the connection: it does not want us.

    A refused password is followed by the end so closely that the client misses the answer.
    """
    told = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, IllegalSaslStateError)
    ended = isinstance(closing, KafkaConnectionError) and connection.broker_version_data is not None
    return ended or isinstance(closing, told)
