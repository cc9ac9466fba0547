"""A copy in the place of the live tables: renamed in one transaction, while the intake waits.

1. The intake is kept out by the lock that it takes itself, and the last facts go into the copy.
2. On PostgreSQL they are committed, and reads that began before are waited for: a read that
   then finds the renamed tables finds in them everything that it could have seen before.
3. All tables and indexes are renamed in one transaction. A read holds its tables until it ends,
   so it sees all old or all new; where reads are in the way we let go and try again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, inspect, text, update
from sqlalchemy.exc import DBAPIError

from gateways.department.database import Database
from gateways.rebuilding.filling import Filling
from gateways.rebuilding.refused import CutOverByAnother, NothingBuilt, OtherLayout, ReadersHoldOn
from gateways.rebuilding.standing import Standing, now, standing
from gateways.rebuilding.tables import (
    FOLLOWING,
    PREVIOUS,
    REBUILD_HOLES,
    REBUILD_PLACES,
    REBUILDS,
    REPLACED,
    present,
    projection_tables,
    suffixed,
)
from gateways.rebuilding.versions import note_version
from projections.reader import Projection

TRIES = 40
LOCK_WAIT_MS = 100
"""Readers queue behind a lock that is asked for: they never wait longer than this for us."""

PASSING = ("55P03", "40P01", "42P01")
"""A lock that was not to be had, a deadlock, a table that was dropped just now: tried again."""

READS_WAIT_S = 2.0
PAUSE_S = 0.25
_OUT = "out"

_HOLD = text("SELECT pg_advisory_lock(19524, hashtext(current_schema()))")
_RELEASE = text("SELECT pg_advisory_unlock(19524, hashtext(current_schema()))")
_READS = text(
    "SELECT l.pid, l.virtualtransaction FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    " WHERE l.locktype = 'virtualxid' AND l.pid <> pg_backend_pid()"
    " AND a.datname = current_database()"
    " AND (a.backend_xmin IS NOT NULL OR a.usename <> current_user)"
    " AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND NOT w.granted"
    " AND w.locktype = 'advisory' AND w.classid = 19524)"
)


def swap(
    database: Database,
    projection: Projection,
    copy: str,
    *,
    by: str,
    live_version: int,
    since: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Puts a copy in the place of the live tables, which become the previous ones.

    Previous ones that stood become REPLACED ones with it, for the caller to drop.
    `since` is the instant of the swap that is to be undone; one that came after it refuses.
    Returns how many facts went in while the intake waited. Raises NothingBuilt where the copy
    is gone, ReadersHoldOn where long reads kept the tables through all tries; nothing has
    changed then.
    """
    filling = Filling(database, projection, copy)
    if database.dialect == "sqlite":
        with database.writing() as connection:
            taken = filling.finish(connection)
            _exchange(connection, projection, copy, by, live_version, since)
        return taken
    held: set[int] = set()
    for _ in range(TRIES):
        filling.follow()
        with intake_kept_out(database):
            with database.writing() as connection:
                taken = filling.finish(connection)
            held = _outlast_reads(database)
            if not held and _try_exchange(database, projection, copy, by, live_version, since):
                return taken
        sleep(PAUSE_S)
    raise ReadersHoldOn(projection.name, ", ".join(map(str, sorted(held))) or "?")


@contextmanager
def intake_kept_out(database: Database) -> Iterator[None]:
    """Holds the apply lock of the department's schema across transactions."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_HOLD)
        try:
            yield
        finally:
            connection.execute(_RELEASE)


def _outlast_reads(database: Database) -> set[int]:
    """Waits for the reads that have begun before now; the processes that read on."""
    deadline = time.monotonic() + READS_WAIT_S
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before = {(row[0], row[1]) for row in connection.execute(_READS)}
        while before and time.monotonic() < deadline:
            time.sleep(0.005)
            before &= {(row[0], row[1]) for row in connection.execute(_READS)}
    return {pid for pid, _ in before}


def _try_exchange(
    database: Database,
    projection: Projection,
    copy: str,
    by: str,
    live_version: int,
    since: int | None,
) -> bool:
    """Whether the tables could be locked at once and were renamed."""
    try:
        with database.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}"))
            _exchange(connection, projection, copy, by, live_version, since)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in PASSING:
            return False
        raise
    return True


def _exchange(
    connection: Connection,
    projection: Projection,
    copy: str,
    by: str,
    live_version: int,
    since: int | None,
) -> None:
    """Renames live tables and copy, and notes what now stands; the caller commits."""
    name = projection.name
    known = standing(connection, name, copy)
    if known is None:
        raise NothingBuilt(name, "")
    if since is not None and known.cut_at != since:
        raise CutOverByAnother(name, known.cut_by or "?")
    here = present(connection)
    tables = [table.name for table in projection_tables(projection)]
    live = [one for one in tables if one in here]
    kept = [one for one in tables if copy != PREVIOUS and suffixed(one, PREVIOUS) in here]
    indexes: dict[str, list[str]] = {}
    if connection.dialect.name == "postgresql":
        listed = [*live, *(suffixed(one, copy) for one in tables)]
        listed += [suffixed(one, PREVIOUS) for one in kept]
        quoted = ", ".join(f'"{one}"' for one in listed)
        connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE"))
        indexes = {
            PREVIOUS: _indexes(connection, kept, PREVIOUS),
            "": _indexes(connection, live, ""),
            copy: _indexes(connection, tables, copy),
        }
    if kept:
        _shift(connection, kept, indexes, PREVIOUS, REPLACED)
    _shift(connection, live, indexes, "", _OUT)
    _shift(connection, tables, indexes, copy, "")
    _shift(connection, live, indexes, _OUT, PREVIOUS)
    _note(connection, known, by, live_version)


def _indexes(connection: Connection, tables: list[str], copy: str) -> list[str]:
    """The indexes of the tables of a copy ("" for the live ones), by their declared names."""
    found = connection.execute(
        text(
            "SELECT indexname FROM pg_indexes"
            " WHERE schemaname = current_schema() AND tablename = ANY(:tables)"
        ),
        {"tables": [_named(one, copy) for one in tables]},
    ).scalars()
    return [index.removesuffix(_named("", copy)) for index in found]


def _shift(
    connection: Connection, tables: list[str], indexes: dict[str, list[str]], was: str, becomes: str
) -> None:
    """Renames tables and their indexes from one copy's names to another's."""
    for one in tables:
        connection.execute(
            text(f'ALTER TABLE "{_named(one, was)}" RENAME TO "{_named(one, becomes)}"')
        )
    indexes[becomes] = indexes.pop(was, [])
    for one in indexes[becomes]:
        connection.execute(
            text(f'ALTER INDEX "{_named(one, was)}" RENAME TO "{_named(one, becomes)}"')
        )


def _named(name: str, copy: str) -> str:
    return suffixed(name, copy) if copy else name


def _note(connection: Connection, known: Standing, by: str, live_version: int) -> None:
    """The replaced tables hold what the copy held, and are followed from there."""
    name = known.projection
    if known.copy != PREVIOUS:
        for table in (REBUILD_HOLES, REBUILD_PLACES, REBUILDS):
            connection.execute(
                delete(table).where(table.c.projection == name, table.c.copy == PREVIOUS)
            )
        for table in (REBUILD_HOLES, REBUILD_PLACES, REBUILDS):
            connection.execute(
                update(table)
                .where(table.c.projection == name, table.c.copy == known.copy)
                .values(copy=PREVIOUS)
            )
    connection.execute(
        update(REBUILDS)
        .where(REBUILDS.c.projection == name, REBUILDS.c.copy == PREVIOUS)
        .values(
            version=live_version,
            state=FOLLOWING,
            step=known.step + 1,
            cut_at=now(),
            cut_by=by,
            diff_digest=None,
            diff_rows=None,
            diff_at=None,
        )
    )
    note_version(connection, name, known.version)


def check_layout(connection: Connection, projection: Projection, copy: str) -> None:
    """Raises OtherLayout where a copy has other columns than this program writes."""
    inspector = inspect(connection)
    here = present(connection)
    for table in projection_tables(projection):
        name = suffixed(table.name, copy)
        columns = {one["name"] for one in inspector.get_columns(name)} if name in here else set()
        if columns != set(table.columns.keys()):
            raise OtherLayout(projection.name, name)
