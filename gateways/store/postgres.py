"""The event store in a PostgreSQL schema: many processes may write to it at once.

A group commit takes two round trips: the first begins, locks the head row and reads what the
batch touches; the second writes everything in one statement and commits. Whoever waits for the
head sees what the one before it committed, because each statement after the lock has its own
snapshot; so sequences have no gaps and no reader meets a later one first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row
from psycopg.sql import SQL
from psycopg_pool import PoolTimeout

from gateways.contracts.envelope import source_of
from gateways.store import migrate
from gateways.store.arrays import bigints, byteas, text_literal, texts
from gateways.store.identity import Identity, confirmed, fresh_incarnation, named
from gateways.store.planning import Plan, Standing, Unplannable, plan, read_answer
from gateways.store.port import (
    Append,
    Head,
    Outcome,
    StoreUnavailable,
)
from gateways.store.sessions import PostgresRecorder, connect
from gateways.store.tables import StoreTables
from gateways.store.writer import LARGEST_BATCH, ConnectionLost, Writer

_BEGIN = (
    "BEGIN; EXECUTE lock_head; EXECUTE commands_of(%s); EXECUTE versions_of(%s);"
    " EXECUTE ends_of(%s)"
)
_RECORD = SQL(
    "WITH recorded AS ("
    " INSERT INTO stored_events (notification_id, originator_id, originator_version, topic, state,"
    " stamp, log_topic, log_partition, partition_sequence, record_key)"
    " SELECT n, o, v, t, b, s, NULLIF(l, ''), p, q, k"
    " FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b) AS e(n, o, v, t, b, s, l, p, q, k)"
    "), given AS ("
    " INSERT INTO commands (scope, command_id, body_digest, command_name, stamp, answer)"
    " SELECT * FROM unnest(%b, %b, %b, %b, %b, %b)"
    "), ended AS ("
    " INSERT INTO partition_ends AS old (topic, log_partition, last_sequence)"
    " SELECT * FROM unnest(%b, %b, %b)"
    " ON CONFLICT (topic, log_partition) DO UPDATE SET last_sequence = excluded.last_sequence"
    ") UPDATE head SET sequence = %s, private_sequence = %s, stamp = %s WHERE id = 1"
)
_END = "COMMIT"
"""Ends a transaction that wrote nothing; at a ROLLBACK psycopg forgets what is prepared."""


class PostgresStore(StoreTables):
    """One department's event store in a schema. Implements `gateways.store.port.EventStore`."""

    NUMBER = "notification_id"
    NOW = "extract(epoch FROM clock_timestamp())::float8"

    def __init__(self, url: str, schema: str, identity: Identity, *, largest_batch: int) -> None:
        self.url, self.schema, self.identity = url, schema, identity
        self.department = identity.department
        self.source = source_of(identity.department, identity.mode, identity.incarnation)
        self.place = _place(url, schema)
        with self._saying():
            self.recorder = PostgresRecorder(url, schema)
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._guard: Callable[[], None] | None = None
        self._recorded = 0
        self._writer = Writer(identity.department, self._commit, largest_batch=largest_batch)

    @classmethod
    def open(
        cls,
        url: str,
        schema: str,
        department: str,
        mode: str,
        *,
        incarnation: str | None = None,
        largest_batch: int = LARGEST_BATCH,
    ) -> PostgresStore:
        """Opens a migrated schema; the first opening makes it this department's, real or simulated.

        `incarnation` names a new store (drawn at random if None). Raises OtherStore for a schema
        of another department or mode, WrongDatabaseVersion, StoreUnavailable.
        """
        url, place = migrate.postgres_address(url), _place(url, schema)
        migrate.check(url, schema)
        try:
            with connect(url, schema) as connection:
                connection.execute(
                    "INSERT INTO head VALUES (1, %s, %s, %s, 0, 0, 0) ON CONFLICT DO NOTHING",
                    (department, named(mode), incarnation or fresh_incarnation()),
                )
                found = connection.execute(
                    "SELECT department, mode, incarnation FROM head"
                ).fetchone()
        except psycopg.OperationalError as error:
            raise _unavailable(place, error) from error
        if found is None:
            raise StoreUnavailable(f"{place} lost its head row while it was opened")
        identity = confirmed(Identity(*found), department, mode, place)
        return cls(url, schema, identity, largest_batch=largest_batch)

    def close_at(self, now: int) -> Head:
        """Advances the head's stamp to at least `now`: nothing later is recorded at or before it."""
        return self._head(
            *self._write(
                "UPDATE head SET stamp = greatest(stamp, ?) WHERE id = 1"
                " RETURNING sequence, private_sequence, stamp",
                (now,),
            )[0]
        )

    def fetch_back(self, made: Plan, *, incarnation: str) -> None:
        """Writes events that stand on the log already; see the port."""
        try:
            with connect(self.url, self.schema) as connection:
                connection.execute("BEGIN; EXECUTE lock_head")
                connection.execute(
                    "DELETE FROM commands WHERE scope = ANY (%s)",
                    (texts([row.scope for row in made.commands]),),
                )
                connection.execute("UPDATE head SET incarnation = %s", (incarnation,))
                record(connection, made)
        except psycopg.OperationalError as error:
            raise _unavailable(self.place, error) from error
        self.identity = self.identity._replace(incarnation=incarnation)
        self.source = source_of(*self.identity)

    def guarded_by(self, check: Callable[[], None]) -> None:
        """Calls `check` before the first append and after each lost connection; see the port."""
        self._guard = check

    def close(self) -> None:
        """Stops the writer thread and releases connections."""
        self._writer.close()
        self._drop_connection()
        self.recorder.datastore.close()

    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own, on a connection of the library's pool.

        A restarted server leaves dead connections behind: they are replaced and the
        statement is given once more. Each of them may be given twice.
        """
        with self._saying():
            try:
                return self._once(statement, values)
            except (OperationalError, InterfaceError) as error:
                if isinstance(error.__cause__, PoolTimeout):
                    raise
                self.recorder.datastore.pool.check()
                return self._once(statement, values)

    def _write(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._read(statement, values)

    def _once(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with (
            self.recorder.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(statement.replace("?", "%s").encode(), values).fetchall()

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            yield
        except PersistenceError as error:
            raise _unavailable(self.place, error) from error

    def _commit(
        self, appends: Sequence[Append], planned: Callable[[list[Outcome]], None]
    ) -> list[Outcome]:
        """One group commit; ConnectionLost where it is not known whether it was committed."""
        connection = self._connected()
        try:
            standing = self._begin(connection, appends)
            self._must_not_go_back(connection, standing.sequence)
            made = plan(standing, self.source, appends)
            if not made.commands:
                connection.execute(_END)
                return made.outcomes
            planned(made.outcomes)
            record(connection, made)
            self._recorded = made.sequence
        except psycopg.Error as error:
            lost = connection.closed or connection.broken
            self._drop_connection()
            if lost:
                raise ConnectionLost(str(_unavailable(self.place, error))) from error
            if isinstance(error, psycopg.OperationalError):
                raise _unavailable(self.place, error) from error
            raise
        except Unplannable:
            connection.execute(_END)
            raise
        except BaseException:
            self._drop_connection()
            raise
        return made.outcomes

    def _must_not_go_back(
        self, connection: psycopg.Connection[tuple[Any, ...]], sequence: int
    ) -> None:
        """Raises ConnectionLost where an older copy was put beneath the open connection.

        The next connection has it compared with what it published.
        """
        if sequence < self._recorded:
            self._recorded = 0
            connection.execute(_END)
            self._drop_connection()
            raise ConnectionLost(f"the store {self.place} went back to sequence {sequence}")

    def _begin(
        self, connection: psycopg.Connection[tuple[Any, ...]], appends: Sequence[Append]
    ) -> Standing:
        """Locks the head and reads what the batch touches, in one round trip.

        A simple query of several statements and no pipeline block: after one of those the
        server does not count the session as idle, and a frozen writer would keep the head.
        """
        scopes = text_literal(append.scope for append in appends)
        streams = text_literal({stream for append in appends for stream in append.expected})
        topics = text_literal(
            {draft.topic for append in appends for draft in append.drafts if draft.topic}
        )
        cursor = psycopg.ClientCursor(connection)
        cursor.execute(_BEGIN, (scopes, streams, topics))
        head, commands, versions, ends = _results(cursor)
        sequence, private, stamp = head[0]
        return Standing(
            sequence,
            private,
            stamp,
            {scope: (digest, read_answer(id_, answer)) for scope, digest, id_, answer in commands},
            dict(versions),
            {(topic, partition): last for topic, partition, last in ends},
        )

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is None:
            try:
                connection = connect(self.url, self.schema)
            except psycopg.OperationalError as error:
                raise _unavailable(self.place, error) from error
            if self._guard is not None:
                try:
                    self._guard()
                except BaseException:
                    connection.close()
                    raise
            self._connection = connection
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _results(cursor: psycopg.ClientCursor[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    """The rows of each statement after the BEGIN."""
    results = []
    while cursor.nextset():
        results.append(cursor.fetchall())
    return results


def record(connection: psycopg.Connection[tuple[Any, ...]], made: Plan) -> None:
    """Writes a plan in one statement and commits, in one round trip."""
    events = list(zip(*made.events, strict=True)) or [()] * 10
    number, stream, version, type_, body, stamp, topic, partition, place, key = events
    scope, command_id, digest, name, at, answer = zip(*made.commands, strict=True)
    values = (
        bigints(number),
        texts(stream),
        bigints(version),
        texts(type_),
        byteas(body),
        bigints(stamp),
        texts([each or "" for each in topic]),
        bigints(partition),
        bigints(place),
        texts(key),
        texts(scope),
        texts(command_id),
        texts(digest),
        texts(name),
        bigints(at),
        byteas(answer),
        texts([topic for topic, _ in made.ends]),
        bigints([partition for _, partition in made.ends]),
        bigints(list(made.ends.values())),
        made.sequence,
        made.private_sequence,
        made.stamp,
    )
    with connection.pipeline():
        connection.execute(_RECORD, values, prepare=True)
        connection.execute("COMMIT", prepare=True)


def _place(url: str, schema: str) -> str:
    """Where a store is, without its password."""
    words = conninfo_to_dict(migrate.postgres_address(url))
    return f"schema {schema} at {words.get('host', 'localhost')}:{words.get('port', 5432)}"


def _unavailable(place: str, error: BaseException) -> StoreUnavailable:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return StoreUnavailable(
        f"the store {place} cannot be read or written ({reason}): try again; a command given"
        " again is recorded at most once"
    )
