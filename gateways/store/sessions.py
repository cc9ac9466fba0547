"""Sessions of the PostgreSQL store: durable, impatient with locks, in the department's schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from gateways.store import arrays
from gateways.store.recorder import Published

CONNECT_SECONDS = 5
LOCK_SECONDS = 5
"""How long a writer waits for the head while another process holds it."""

WATCHED: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that vanished with its network is given up after some 15 s, not after hours."""

IDLE_SECONDS = 10
"""After this a writer that froze inside its transaction loses the head to the others."""


class StoreDatastore(PostgresDatastore):
    """The library's pool of reading connections, each in the department's schema."""

    def __init__(self, url: str, schema: str) -> None:
        words = conninfo_to_dict(url)
        super().__init__(
            dbname=str(words.get("dbname", "")),
            host=str(words.get("host", "")),
            port=str(words.get("port", "5432")),
            user=str(words.get("user", "")),
            password=str(words.get("password", "")),
            connect_timeout=CONNECT_SECONDS,
            pool_size=4,
            max_overflow=12,
            idle_in_transaction_session_timeout=IDLE_SECONDS,
            lock_timeout=LOCK_SECONDS,
            schema=schema,
            originator_id_type="text",
        )
        # The library asks for five words of an address; its others count too, TLS above all.
        given = self.pool.kwargs if isinstance(self.pool.kwargs, dict) else {}
        self.pool.kwargs = {**WATCHED, **words, **given}

    def after_connect_func(self) -> Callable[[psycopg.Connection[Any]], None]:
        """What each new connection of the pool is told."""
        schema = self.schema

        def enter(connection: psycopg.Connection[Any]) -> None:
            _prepare(connection, schema)

        return enter


class PostgresRecorder(Published, PostgresApplicationRecorder):
    """The library's recorder over our table: streams and notifications are read as usual."""

    def __init__(self, url: str, schema: str) -> None:
        super().__init__(StoreDatastore(url, schema))


_PREPARED = (
    "PREPARE lock_head AS SELECT sequence, private_sequence, stamp FROM head WHERE id = 1"
    " FOR NO KEY UPDATE",
    "PREPARE commands_of (text[]) AS SELECT scope, body_digest, command_id, answer FROM commands"
    " WHERE scope = ANY ($1)",
    "PREPARE versions_of (text[]) AS SELECT stream, coalesce((SELECT max(originator_version)"
    " FROM stored_events WHERE originator_id = stream), 0) FROM unnest($1) AS stream",
    "PREPARE ends_of (text[]) AS SELECT topic, log_partition, last_sequence FROM partition_ends"
    " WHERE topic = ANY ($1)",
)
"""What the writer asks first in every transaction, by name: parsed and planned once."""


def application_of(schema: str) -> str:
    """The name under which the server lists a store's writers."""
    return f"liandong store {schema}"


def connect(url: str, schema: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection of the store's own, for its writer."""
    connection = psycopg.connect(
        url,
        connect_timeout=CONNECT_SECONDS,
        autocommit=True,
        application_name=application_of(schema),
        **{name: value for name, value in WATCHED.items() if name not in conninfo_to_dict(url)},
    )
    _prepare(connection, schema)
    arrays.register(connection)
    for statement in _PREPARED:
        connection.execute(statement)
    return connection


def _prepare(connection: psycopg.Connection[Any], schema: str) -> None:
    # Every statement of the store has its index; a plan made while the tables were small and
    # kept by a prepared statement would scan them whole for ever.
    connection.autocommit = True
    connection.execute(
        SQL(
            "SET search_path TO {}; SET synchronous_commit = on; SET enable_seqscan = off;"
            "SET enable_bitmapscan = off; SET jit = off; SET lock_timeout = {};"
            "SET idle_in_transaction_session_timeout = {}"
        ).format(Identifier(schema), LOCK_SECONDS * 1000, IDLE_SECONDS * 1000)
    )
