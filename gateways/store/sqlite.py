"""The event store in a SQLite file: for an embedded department, and for tests.

WAL and `synchronous=FULL`: an acknowledged command survives the loss of power. Every write
begins with BEGIN IMMEDIATE, so that several processes can share the file; within a process one
lock per file keeps writers from starving each other in SQLite's busy loop.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock
from typing import Any

from eventsourcing.persistence import PersistenceError
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from gateways.contracts.envelope import source_of
from gateways.store import migrate
from gateways.store.identity import Identity, confirmed, fresh_incarnation, named
from gateways.store.planning import Plan, Standing, plan, read_answer
from gateways.store.port import (
    Append,
    Head,
    Outcome,
    StoreHeldBack,
    StoreUnavailable,
)
from gateways.store.recorder import Published
from gateways.store.tables import StoreTables
from gateways.store.writer import LARGEST_BATCH, ConnectionLost, Writer

BUSY_SECONDS = 10
"""How long a writer waits for another process's transaction."""

_writer_locks: dict[str, RLock] = {}
_writer_locks_guard = Lock()


def writer_lock(path: str | Path) -> RLock:
    """The lock that every writer of this process takes before it writes to a SQLite file."""
    with _writer_locks_guard:
        return _writer_locks.setdefault(str(Path(path).resolve()), RLock())


class SQLiteRecorder(Published, SQLiteApplicationRecorder):  # type: ignore[misc]
    """The library's recorder over our table: streams and notifications are read as usual."""

    def __init__(self, path: str | Path) -> None:
        datastore = SQLiteDatastore(
            str(path),
            lock_timeout=BUSY_SECONDS,
            pool_size=4,
            max_overflow=60,
            pool_timeout=BUSY_SECONDS,
            originator_id_type="text",
        )
        super().__init__(datastore)


class SQLiteStore(StoreTables):
    """One department's event store in a file. Implements `gateways.store.port.EventStore`."""

    NUMBER = "rowid"
    NOW = "(julianday('now') - 2440587.5) * 86400.0"

    def __init__(self, path: Path, identity: Identity, *, largest_batch: int) -> None:
        self.path, self.identity = path, identity
        self.department = identity.department
        self.source = source_of(identity.department, identity.mode, identity.incarnation)
        self.recorder = SQLiteRecorder(path)
        self._lock = writer_lock(path)
        self._connection = connect_file(path)
        self._inode = path.stat().st_ino
        self._guard: Callable[[], None] | None = None
        self._compared, self._recorded = False, 0
        self._writer = Writer(identity.department, self._commit, largest_batch=largest_batch)

    @classmethod
    def open(
        cls,
        path: str | Path,
        department: str,
        mode: str,
        *,
        incarnation: str | None = None,
        largest_batch: int = LARGEST_BATCH,
    ) -> SQLiteStore:
        """Opens a migrated file; the first opening makes it this department's, real or simulated.

        `incarnation` names a new store (drawn at random if None). Raises OtherStore for a file
        of another department or mode, WrongDatabaseVersion, StoreUnavailable.
        """
        path = Path(path)
        migrate.check(path)
        with _saying(path):
            connection = connect_file(path)
            try:
                with writer_lock(path), transaction(connection):
                    connection.execute(
                        "INSERT OR IGNORE INTO head VALUES (1, ?, ?, ?, 0, 0, 0)",
                        (department, named(mode), incarnation or fresh_incarnation()),
                    )
                    found = connection.execute(
                        "SELECT department, mode, incarnation FROM head"
                    ).fetchone()
            finally:
                connection.close()
        identity = confirmed(Identity(*found), department, mode, str(path))
        return cls(path, identity, largest_batch=largest_batch)

    def close_at(self, now: int) -> Head:
        """Advances the head's stamp to at least `now`: nothing later is recorded at or before it."""
        return self._head(
            *self._write(
                "UPDATE head SET stamp = max(stamp, ?) RETURNING sequence, private_sequence, stamp",
                (now,),
            )[0]
        )

    def fetch_back(self, made: Plan, *, incarnation: str) -> None:
        """Writes events that stand on the log already; see the port."""
        connection = self._connection
        with _saying(self.path), self._lock, transaction(connection):
            connection.executemany(
                "DELETE FROM commands WHERE scope = ?", [(row.scope,) for row in made.commands]
            )
            record_rows(connection, made)
            connection.execute("UPDATE head SET incarnation = ?", (incarnation,))
        self.identity = self.identity._replace(incarnation=incarnation)
        self.source = source_of(*self.identity)

    def guarded_by(self, check: Callable[[], None]) -> None:
        """Calls `check` before the first append and after each lost connection; see the port."""
        self._guard, self._compared = check, False

    def close(self) -> None:
        """Stops the writer thread and releases connections."""
        self._writer.close()
        with self._lock:
            self._connection.close()
        self.recorder.datastore.close()

    def _read(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with _saying(self.path), self.recorder.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, values)
            rows: list[Any] = cursor.fetchall()
            return rows

    def _write(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        with _saying(self.path), self._lock, transaction(self._connection):
            return self._connection.execute(statement, values).fetchall()

    def _commit(
        self, appends: Sequence[Append], planned: Callable[[list[Outcome]], None]
    ) -> list[Outcome]:
        """One group commit; a failing COMMIT of SQLite leaves the file as it was."""
        connection = self._connection
        self._must_be_in_place()
        if self._guard is not None and not self._compared:
            # While the file stays the one that is open it need not be compared again.
            self._guard()
        self._compared = True
        with _saying(self.path), self._lock, transaction(connection):
            standing = self._standing(appends)
            if standing.sequence < self._recorded:
                self._compared, self._recorded = False, 0
                raise ConnectionLost(
                    f"the store {self.path} went back to sequence {standing.sequence}"
                )
            made = plan(standing, self.source, appends)
            if made.commands:
                record_rows(connection, made)
        self._recorded = made.sequence
        return made.outcomes

    def _must_be_in_place(self) -> None:
        """Raises StoreHeldBack where the file was taken away: nobody would find what is written."""
        try:
            stands = self.path.stat().st_ino
        except FileNotFoundError:
            stands = None
        if stands != self._inode:
            raise StoreHeldBack(
                f"the store {self.path} was removed or replaced while it was open: stop every"
                " process that uses it and start again"
            )

    def _standing(self, appends: Sequence[Append]) -> Standing:
        execute = self._connection.execute
        scopes = json.dumps([append.scope for append in appends])
        streams = json.dumps([stream for append in appends for stream in append.expected])
        sequence, private, stamp = execute(
            "SELECT sequence, private_sequence, stamp FROM head"
        ).fetchone()
        commands = execute(
            "SELECT scope, body_digest, command_id, answer FROM commands"
            " WHERE scope IN (SELECT value FROM json_each(?))",
            (scopes,),
        ).fetchall()
        versions = execute(
            "SELECT value, coalesce((SELECT max(originator_version) FROM stored_events"
            " WHERE originator_id = value), 0) FROM json_each(?)",
            (streams,),
        ).fetchall()
        ends = execute("SELECT topic, log_partition, last_sequence FROM partition_ends").fetchall()
        return Standing(
            sequence,
            private,
            stamp,
            {scope: (digest, read_answer(id_, answer)) for scope, digest, id_, answer in commands},
            dict(versions),
            {(topic, partition): last for topic, partition, last in ends},
        )


def record_rows(connection: sqlite3.Connection, made: Plan) -> None:
    """Writes a plan inside the open transaction."""
    connection.execute(
        "UPDATE head SET sequence = ?, private_sequence = ?, stamp = ?",
        (made.sequence, made.private_sequence, made.stamp),
    )
    connection.executemany("INSERT INTO stored_events VALUES (?,?,?,?,?,?,?,?,?,?)", made.events)
    connection.executemany("INSERT INTO commands VALUES (?,?,?,?,?,?)", made.commands)
    connection.executemany(
        "INSERT OR REPLACE INTO partition_ends VALUES (?,?,?)",
        [(topic, partition, last) for (topic, partition), last in made.ends.items()],
    )


def connect_file(path: Path) -> sqlite3.Connection:
    """A writing connection: every commit is on the disk."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commits what the block writes, or rolls it back; waits for other writers first."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _saying(path: Path) -> Iterator[None]:
    """Turns what SQLite reports about the file or the disk into one clear sentence."""
    try:
        yield
    except (sqlite3.OperationalError, PersistenceError) as error:
        raise StoreUnavailable(
            f"the store {path} cannot be read or written ({error}): free the disk or the file"
            " and try again"
        ) from error
