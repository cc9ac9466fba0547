"""Copies made and dropped, and the rows that say where each of them stands."""

from __future__ import annotations

import itertools
import os
import socket
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Index, delete, func, insert, quoted_name, select, text, update
from sqlalchemy.schema import CreateIndex, CreateTable

from domain.versions import with_older
from gateways.department.database import POSITIONS, Database
from gateways.rebuilding.refused import Interfered
from gateways.rebuilding.tables import (
    FILLING,
    METADATA,
    NEW,
    REBUILD_HOLES,
    REBUILD_PLACES,
    REBUILDS,
    REPLACED,
    copies,
    index_names,
    present,
)
from projections.reader import Projection
from projections.received import RECEIVED

SILENT_US = 60_000_000
"""A builder that was not heard for so long has died."""

DROPPED_AT_ONCE = 2_000


def now() -> int:
    """The machine's time in microseconds: progress is about this machine, not about the facts."""
    return time.time_ns() // 1000


def this_builder(name: str) -> str:
    """Who builds: a person's name, the machine and the process."""
    return f"{name}@{socket.gethostname()}:{os.getpid()}"


def is_at_work(holder: str, heard: int) -> bool:
    """Whether a builder still lives: by its process on this machine, else by when it was heard."""
    _, _, place = holder.rpartition("@")
    host, _, pid = place.rpartition(":")
    if not host or now() - heard > SILENT_US:
        return False
    if host != socket.gethostname() or not pid.isdecimal():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a copy stands (see REBUILDS)."""

    projection: str
    copy: str
    version: int
    state: str
    step: int
    holder: str
    started: int
    heard: int
    facts: int
    done: int
    rate: int
    after_subject: str
    within_subject: str | None
    after_event: str
    diff_digest: str | None
    diff_rows: int | None
    diff_at: int | None
    cut_at: int | None
    cut_by: str | None

    @property
    def left_s(self) -> int | None:
        """Seconds until it is filled at the present rate; None while nothing is known of it."""
        if self.state != FILLING:
            return 0
        return None if not self.rate else max(0, self.facts - self.done) // self.rate

    @property
    def percent(self) -> int:
        """How much of the received log has gone in."""
        if self.state != FILLING or not self.facts:
            return 100
        return min(99, self.done * 100 // self.facts)


def ensure(database: Database) -> None:
    """Makes the tables of this package where a database does not have them yet."""
    with database.reading() as connection:
        if present(connection).issuperset(METADATA.tables):
            return
    with database.writing() as connection:
        METADATA.create_all(connection)


def standing(connection: Connection, name: str, copy: str) -> Standing | None:
    """Where a copy stands; None where there is none."""
    row = connection.execute(select(REBUILDS).where(_of(REBUILDS, name, copy))).one_or_none()
    return None if row is None else Standing(**row._mapping)


def every(connection: Connection) -> list[Standing]:
    """Where every copy of this department stands."""
    if REBUILDS.name not in present(connection):
        return []
    query = select(REBUILDS).order_by(REBUILDS.c.projection, REBUILDS.c.copy)
    return [Standing(**row._mapping) for row in connection.execute(query)]


def begin(connection: Connection, projection: Projection, holder: str) -> None:
    """Makes an empty copy, which will hold every fact of the received log; the caller commits.

    It is first filled subject by subject; what comes in meanwhile, and what had been parked,
    is caught up with from the places noted here.
    """
    name = projection.name
    postgres = connection.dialect.name == "postgresql"
    for table in copies(name, NEW).values():
        connection.execute(CreateTable(table))
        if not postgres:
            # Made at the end they would hold the file's one write lock for long.
            for index in _in_order(table.indexes):
                make_index(connection, index)
    moment = now()
    connection.execute(
        insert(REBUILDS).values(
            projection=name,
            copy=NEW,
            version=projection.version,
            state=FILLING,
            step=moment,
            holder=holder,
            started=moment,
            heard=moment,
            facts=_count(connection, projection),
            done=0,
            rate=0,
            after_subject="",
            after_event="",
        )
    )
    places = connection.execute(select(POSITIONS)).all()
    if places:
        connection.execute(
            insert(REBUILD_PLACES),
            [
                {
                    "projection": name,
                    "copy": NEW,
                    "topic": row.topic,
                    "partition": row.partition,
                    "partition_sequence": row.partition_sequence,
                }
                for row in places
            ],
        )


def make_indexes(connection: Connection, name: str) -> None:
    """Makes the indexes of a filled copy that are still missing."""
    for table in copies(name, NEW).values():
        if len(index_names(connection, table.name)) < len(table.indexes):
            for index in _in_order(table.indexes):
                connection.execute(CreateIndex(index, if_not_exists=True))


def make_index(connection: Connection, index: Index) -> None:
    """Makes an index under a name that is free: SQLite cannot rename one when its table is."""
    declared = str(index.name)
    taken = frozenset(
        connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'index'")).scalars()
    )
    base = declared.rpartition("__")[0]
    wanted = itertools.chain((base, declared), (f"{base}__{n}" for n in itertools.count(2)))
    index.name = quoted_name(next(name for name in wanted if name not in taken), None)
    try:
        connection.execute(CreateIndex(index))
    finally:
        index.name = quoted_name(declared, None)


def moved(connection: Connection, known: Standing, **values: Any) -> None:
    """Notes where a copy now stands: the first statement of each of its transactions.

    Raises Interfered where another process has moved it since it was read.
    """
    done = connection.execute(
        update(REBUILDS)
        .where(_of(REBUILDS, known.projection, known.copy), REBUILDS.c.step == known.step)
        .values(step=known.step + 1, heard=now(), **values)
    )
    if done.rowcount != 1:
        raise Interfered(f"{known.projection} ({known.copy}) was moved on by another process")


def drop(
    database: Database,
    name: str,
    copy: str,
    *,
    known: Standing | None = None,
    pause_s: float = 0.0,
) -> bool:
    """Removes a copy and what is known of it; whether there was one.

    Raises Interfered where it does not stand any more as it was `known`. On SQLite, where a
    dropped table's pages are overwritten one by one, the tables are called REPLACED in the same
    transaction and emptied in small ones: whoever puts other tables under the copy's name
    meanwhile does not lose them, and the intake is never kept waiting.
    """
    sweep(database, name, pause_s=pause_s)
    with database.writing() as connection:
        if known is not None:
            moved(connection, known)
        here = _here(connection, name, copy)
        there = standing(connection, name, copy) is not None
        for table in (REBUILD_HOLES, REBUILD_PLACES, REBUILDS):
            connection.execute(delete(table).where(_of(table, name, copy)))
        for given, replaced in here.items():
            done = (
                f'DROP TABLE "{given}"'
                if database.dialect == "postgresql"
                else f'ALTER TABLE "{given}" RENAME TO "{replaced}"'
            )
            connection.execute(text(done))
    sweep(database, name, pause_s=pause_s)
    return bool(here) or there


def sweep(database: Database, name: str, *, pause_s: float = 0.0) -> None:
    """Drops the tables that were replaced, also where the process that did it was killed."""
    with database.reading() as connection:
        here = _here(connection, name, REPLACED)
    for table in here:
        _drop_table(database, table, pause_s)


def _here(connection: Connection, name: str, copy: str) -> dict[str, str]:
    """The tables of a copy that there are, each with what it is called once it is replaced."""
    replaced = copies(name, REPLACED)
    named = {table.name: replaced[live].name for live, table in copies(name, copy).items()}
    return {table: named[table] for table in sorted(named.keys() & present(connection))}


def _drop_table(database: Database, name: str, pause_s: float) -> None:
    """Drops a table, where another process has not done so meanwhile."""
    few = text(
        f'DELETE FROM "{name}" WHERE rowid IN (SELECT rowid FROM "{name}" LIMIT {DROPPED_AT_ONCE})'
    )
    gone = DROPPED_AT_ONCE
    while database.dialect == "sqlite" and gone == DROPPED_AT_ONCE:
        with database.writing() as connection:
            if name not in present(connection):
                return
            gone = connection.execute(few).rowcount
        time.sleep(pause_s)
    with database.writing() as connection:
        connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))


def _count(connection: Connection, projection: Projection) -> int:
    return connection.execute(
        select(func.count())
        .select_from(RECEIVED)
        .where(RECEIVED.c.type.in_(with_older(projection.reads)))
    ).scalar_one()


def _of(table: Any, name: str, copy: str) -> Any:
    return (table.c.projection == name) & (table.c.copy == copy)


def _in_order(indexes: Any) -> list[Index]:
    return sorted(indexes, key=lambda index: str(index.name))
