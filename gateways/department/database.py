"""A department's own tables: positions, closed stamps, intents and parked records.

They stand in one database with the event store, the received log and the projections, so
that one transaction of the intake covers a record and everything that follows from it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from psycopg.errors import IdleInTransactionSessionTimeout
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateways.store.port import StoreUnavailable
from gateways.store.sessions import WATCHED
from gateways.store.sqlite import writer_lock

METADATA = MetaData()

POSITIONS = Table(
    "positions",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("partition_sequence", BigInteger, nullable=False),
)

CLOSURES = Table(
    "closures",
    METADATA,
    Column("node", Text, primary_key=True),
    Column("stamp", BigInteger, primary_key=True),
    Column("partitions", Text, nullable=False),
    Column("reached", Integer, nullable=False),
)

INTENTS = Table(
    "intents",
    METADATA,
    Column("intent_id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("event_stamp", BigInteger, nullable=False),
    Column("event_department", Text, nullable=False),
    Column("event_sequence", BigInteger, nullable=False),
    Column("command", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("organ", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("refusal", Text),
    Column("refusal_values", Text),
    Column("attempts", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("settled", BigInteger),
    Index("intents_open", "state", "event_stamp", "event_department", "event_sequence"),
)

PARKED = Table(
    "parked",
    METADATA,
    Column("parked_id", Integer, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("partition_sequence", BigInteger),
    Column("key", LargeBinary, nullable=False),
    Column("cause", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("parked_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_at", BigInteger),
    Index("parked_open", "state", "topic", "partition", "partition_sequence"),
    Index("parked_line", "topic", "key", "state"),
)

PARKED_PROMOTED = Table(
    "parked_promoted",
    METADATA,
    Column("parked_id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Followers that became heads themselves, and when: a decision made before was not about them."""

PARKED_GROUPS = Table(
    "parked_groups",
    METADATA,
    Column("group_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
)
"""The groups that this department has told of, OPEN or CLOSED."""

PARKED_DECISIONS = Table(
    "parked_decisions",
    METADATA,
    Column("decision", Text, primary_key=True),
    Column("group_id", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("repair", Text),
    Column("post", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided", BigInteger, nullable=False),
)
"""The decisions (ids of their events) whose records were picked, to be carried out one by one."""

_UNDONE = text("state = 'PENDING'")

PARKED_ACTS = Table(
    "parked_acts",
    METADATA,
    Column("decision", Text, primary_key=True),
    Column("parked_id", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("parked_acts_of_record", "parked_id"),
    Index("parked_acts_pending", "decision", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
)
"""What a decision does to each record that it picked: PENDING, DONE, FAILED or GONE;
FOLLOWED for what waited behind one of them and went on."""


TOPIC_MARKS = Table(
    "topic_marks",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("begins_at", BigInteger, nullable=False),
    Column("at_offset", BigInteger, nullable=False),
    Column("at_sequence", BigInteger, nullable=False),
    Column("lost", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("refilled", BigInteger, nullable=False),
    Column("refilled_at", BigInteger, nullable=False),
)


class Database:
    """Transactions on a department's database: short reads, and writes that lock first.

    On SQLite a write begins with BEGIN IMMEDIATE, so that nothing read inside it can
    change before it is written. On PostgreSQL the schema is the connection's search path.
    """

    def __init__(self, url: str, *, schema: str | None = None) -> None:
        self.url, self.schema = url, schema
        self.dialect = "sqlite" if url.startswith("sqlite") else "postgresql"
        self.alone = False
        """Whether no other process writes here, as a player knows of what it plays into."""
        self._written = 0
        self._watching: sqlite3.Connection | None = None
        self._watch_lock = Lock()
        self._lock: AbstractContextManager[Any] = nullcontext()
        if self.dialect == "sqlite":
            self._lock = writer_lock(url.removeprefix("sqlite:///"))
            self._reading = _sqlite_engine(url, immediate=False)
            self._writing = _sqlite_engine(url, immediate=True)
        else:
            self._reading = self._writing = _postgres_engine(url, schema or "public")

    @property
    def engine(self) -> Engine:
        """The engine for reading."""
        return self._reading

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent read; keep it short."""
        with _plain_errors(), self._reading.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed on leaving, rolled back on any error."""
        with self._lock, _plain_errors(), self._writing.begin() as connection:
            yield connection
        self._written += 1

    def version(self) -> int | None:
        """A number that stays the same while nobody writes; None where that cannot be told.

        What was read at a version need not be read again. SQLite counts the commits of every
        process; PostgreSQL does not, so that there only who is `alone` can tell.
        """
        if self.dialect == "postgresql":
            return self._written if self.alone else None
        with self._watch_lock, _plain_errors():
            if self._watching is None:
                path = self.url.removeprefix("sqlite:///")
                self._watching = sqlite3.connect(
                    path, timeout=30.0, isolation_level=None, check_same_thread=False
                )
            (found,) = self._watching.execute("PRAGMA data_version").fetchone()
        return int(found)

    def close(self) -> None:
        """Releases all connections."""
        with self._watch_lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
        self._reading.dispose()
        self._writing.dispose()


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable(
            "every connection to the department's database has been in use for too long:"
            " long reads, or too many at once"
        ) from error
    except OperationalError as error:
        raise StoreUnavailable(
            f"the department's database is out of reach: {error.orig}"
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error.orig, IdleInTransactionSessionTimeout):
            raise StoreUnavailable(f"the database broke off: {error.orig}") from error
        raise


def _sqlite_engine(url: str, *, immediate: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30.0, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _postgres_engine(url: str, schema: str) -> Engine:
    # A reader stopped in the middle of its transaction must let go of its rows by itself.
    options = (
        f"-csearch_path={schema} -cidle_in_transaction_session_timeout=15000 -clock_timeout=10000"
    )
    return create_engine(
        url,
        connect_args={"options": options, "connect_timeout": 5, **WATCHED},
        pool_size=6,
        max_overflow=10,
        pool_timeout=10,
    )
