"""Keyed rows of one intake transaction: loaded in bulk, changed as plain dicts, written in bulk.

A reader names the keys it will touch (`prefetch`), reads and replaces rows as dictionaries
(`get`, `put`, `delete`), and everything is written once, by `flush`, before the commit. A row
replaced twice is written once. SQLAlchemy builds every statement; on PostgreSQL they run
through the driver's cursor as one `unnest` upsert for each table with binary arrays, and what
only appends goes by COPY; on SQLite they run as `executemany`.

Columns of reader tables are Text, BigInteger, Boolean or LargeBinary; dates are ISO text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    LargeBinary,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

Row = dict[str, Any]
Key = tuple[Any, ...]

_POSTGRES = cast(Any, postgresql).dialect()
_LOCK = text("SELECT pg_advisory_xact_lock(19524, hashtext(current_schema()))")
"""One writer at a time to the reader rows of one schema; 19524 tells it from other locks."""
_PG_TYPES: dict[type, str] = {
    Text: "text",
    BigInteger: "int8",
    Boolean: "bool",
    LargeBinary: "bytea",
}


class UnknownColumnType(TypeError):
    """A reader's table has a column whose type cannot be written in bulk; a mistake of the table."""


def _kind(column: Any) -> type:
    for kind in _PG_TYPES:
        if isinstance(column.type, kind):
            return kind
    raise UnknownColumnType(f"{column} is neither Text, BigInteger, Boolean nor LargeBinary")


class _Statements:
    """The statements of one table, compiled once for each database."""

    def __init__(self, table: Table, postgres: bool) -> None:
        columns = list(table.columns)
        keys = list(table.primary_key.columns)
        self.names = tuple(column.name for column in columns)
        self.key_names = tuple(column.name for column in keys)
        self.copy_types = tuple(_PG_TYPES[_kind(column)] for column in columns)
        others = [column.name for column in columns if column.name not in self.key_names]
        if postgres:
            self._postgres(table, columns, keys, others)
        else:
            self._sqlite(table, columns, keys, others)

    def _postgres(
        self, table: Table, columns: list[Any], keys: list[Any], others: list[str]
    ) -> None:
        def arrays(of: list[Any]) -> Any:
            return (
                func.unnest(
                    *(sql_cast(bindparam(f"a{n}"), ARRAY(_kind(c)())) for n, c in enumerate(of))
                )
                .table_valued(*(f"k{n}" for n in range(len(of))), name="given")
                .render_derived()
            )

        given = arrays(columns)
        upsert = postgresql.insert(table).from_select(
            self.names, select(*(given.c[f"k{n}"] for n in range(len(columns))))
        )
        self.upsert = _sql(
            upsert.on_conflict_do_update(
                index_elements=keys, set_={name: upsert.excluded[name] for name in others}
            )
            if others
            else upsert.on_conflict_do_nothing(index_elements=keys)
        )
        given = arrays(keys)
        same = and_(*(key == given.c[f"k{n}"] for n, key in enumerate(keys)))
        self.load = _sql(select(*columns).select_from(given.join(table, same)))
        self.remove = _sql(delete(table).where(same))
        listed = ", ".join(_POSTGRES.identifier_preparer.quote(name) for name in self.names)
        self.copy = (
            f"COPY {_POSTGRES.identifier_preparer.format_table(table)} ({listed}) "
            "FROM STDIN (FORMAT BINARY)"
        )

    def _sqlite(self, table: Table, columns: list[Any], keys: list[Any], others: list[str]) -> None:
        dialect = sqlite.dialect(paramstyle="qmark")
        plain = insert(table).values({c.name: bindparam(c.name) for c in columns})
        self.insert = str(plain.compile(dialect=dialect))
        upsert = sqlite.insert(table).values({c.name: bindparam(c.name) for c in columns})
        self.upsert = str(
            (
                upsert.on_conflict_do_update(
                    index_elements=keys, set_={name: upsert.excluded[name] for name in others}
                )
                if others
                else upsert.on_conflict_do_nothing(index_elements=keys)
            ).compile(dialect=dialect)
        )
        listed = func.json_each(bindparam("given")).table_valued("value", name="given")
        same = and_(
            *(
                key == func.json_extract(listed.c.value, text(f"'$[{n}]'"))
                for n, key in enumerate(keys)
            )
        )
        loading = select(*columns).select_from(listed.join(table, same))
        # The list of keys must be the outer loop: SQLite otherwise may scan the table.
        self.load = str(loading.compile(dialect=dialect)).replace(" JOIN ", " CROSS JOIN ")
        removing = delete(table).where(and_(*(key == bindparam(f"d_{key.name}") for key in keys)))
        self.remove = str(removing.compile(dialect=dialect))


def _sql(statement: Any) -> str:
    """The statement for the driver's cursor, parameters in binary, as `%(name)b`.

    An array of texts otherwise goes as one literal, escaped value by value: five times dearer.
    """
    return re.sub(r"%\((a\d+)\)s", r"%(\1)b", str(statement.compile(dialect=_POSTGRES)))


_STATEMENTS: dict[tuple[Table, bool], _Statements] = {}


def _statements(table: Table, postgres: bool) -> _Statements:
    found = _STATEMENTS.get((table, postgres))
    if found is None:
        found = _STATEMENTS[table, postgres] = _Statements(table, postgres)
    return found


class Rows:
    """The unit of work of one transaction of a department's database.

    On PostgreSQL the first access takes the database's apply lock until the commit: facts of
    two topics may meet in one row, and two processes that read it before either wrote it
    would lose one of them. The same connection's transaction holds everything; the caller
    begins and commits it.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._postgres = connection.dialect.name == "postgresql"
        self._cursor: Any = None
        self._known: dict[Table, dict[Key, Row | None]] = {}
        self._changed: dict[Table, dict[Key, None]] = {}
        self._appended: dict[Table, list[Sequence[Any]]] = {}

    def prefetch(self, table: Table, keys: Iterable[Any]) -> None:
        """Loads the rows of these keys at once; a key is a tuple, or its one value alone."""
        known = self._known.setdefault(table, {})
        missing = [key for key in dict.fromkeys(map(_key, keys)) if key not in known]
        if not missing:
            return
        statements = _statements(table, self._postgres)
        known.update(dict.fromkeys(missing))
        with self._driver() as cursor:
            if self._postgres:
                given = {f"a{n}": list(part) for n, part in enumerate(zip(*missing, strict=True))}
                cursor.execute(statements.load, given, binary=True)
            else:
                cursor.execute(statements.load, (json.dumps(missing),))
            found = cursor.fetchall()
        names, key_names = statements.names, statements.key_names
        booleans = () if self._postgres else _booleans(table)
        for values in found:
            row = dict(zip(names, values, strict=True))
            for name in booleans:
                if row[name] is not None:
                    row[name] = bool(row[name])
            known[tuple(row[name] for name in key_names)] = row

    def get(self, table: Table, key: Any) -> Row | None:
        """The row of a key as it now stands in this unit of work; never change it in place."""
        wanted = _key(key)
        known = self._known.get(table)
        if known is None or wanted not in known:
            self.prefetch(table, (wanted,))
            known = self._known[table]
        return known[wanted]

    def put(self, table: Table, row: Row) -> None:
        """Inserts the row, or replaces the whole row that has its primary key."""
        key = tuple(row[name] for name in _statements(table, self._postgres).key_names)
        self._known.setdefault(table, {})[key] = row
        self._changed.setdefault(table, {})[key] = None

    def delete(self, table: Table, key: Any) -> None:
        """Removes the row of a key, if there is one."""
        wanted = _key(key)
        self._known.setdefault(table, {})[wanted] = None
        self._changed.setdefault(table, {})[wanted] = None

    def append(self, table: Table, row: Mapping[str, Any] | Sequence[Any]) -> None:
        """Adds a row that cannot exist yet: a mapping, or the values in the table's column order."""
        if isinstance(row, Mapping):
            row = tuple(row.get(name) for name in _statements(table, self._postgres).names)
        self._appended.setdefault(table, []).append(row)

    def append_all(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """Adds many rows, each the values in the table's column order."""
        self._appended.setdefault(table, []).extend(rows)

    def flush(self) -> None:
        """Writes everything; afterwards `get` answers from the rows as written."""
        for table, rows in self._appended.items():
            if rows:
                self._write_appended(table, rows)
        self._appended = {}
        for table, keys in self._changed.items():
            known = self._known[table]
            # One order of keys for all writers: two upserts then never wait for each other.
            written = [row for key in sorted(keys) if (row := known[key]) is not None]
            gone = [key for key in sorted(keys) if known[key] is None]
            if gone:
                self._remove(table, gone)
            if written:
                self._upsert(table, written)
        self._changed = {}

    @contextmanager
    def _driver(self) -> Iterator[Any]:
        """The driver's cursor inside the connection's transaction; its errors as SQLAlchemy's.

        A lost connection must look to the caller as it does everywhere else: an
        OperationalError, with the connection out of the pool.
        """
        if self._cursor is None:
            if self._postgres:
                self.connection.execute(_LOCK)
            elif not self.connection.in_transaction():
                self.connection.begin()
            self._cursor = cast(Any, self.connection.connection.driver_connection).cursor()
        dialect = self.connection.dialect
        base = dialect.loaded_dbapi.Error
        try:
            yield self._cursor
        except base as error:
            driver = self.connection.connection.driver_connection
            lost = dialect.is_disconnect(error, cast(Any, driver), self._cursor)
            if lost:
                self.connection.invalidate(error)
            raise DBAPIError.instance(
                None,
                None,
                error,
                base,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=dialect,
            ) from error

    def _upsert(self, table: Table, rows: list[Row]) -> None:
        statements = _statements(table, self._postgres)
        names = statements.names
        with self._driver() as cursor:
            if self._postgres:
                given = {f"a{n}": [row.get(name) for row in rows] for n, name in enumerate(names)}
                cursor.execute(statements.upsert, given, binary=True)
            else:
                given_rows = [tuple(row.get(name) for name in names) for row in rows]
                cursor.executemany(statements.upsert, given_rows)

    def _remove(self, table: Table, keys: list[Key]) -> None:
        statements = _statements(table, self._postgres)
        with self._driver() as cursor:
            if self._postgres:
                given = {f"a{n}": list(part) for n, part in enumerate(zip(*keys, strict=True))}
                cursor.execute(statements.remove, given, binary=True)
            else:
                cursor.executemany(statements.remove, keys)

    def _write_appended(self, table: Table, rows: list[Sequence[Any]]) -> None:
        statements = _statements(table, self._postgres)
        with self._driver() as cursor:
            if not self._postgres:
                cursor.executemany(statements.insert, rows)
                return
            with cursor.copy(statements.copy) as copy:
                copy.set_types(statements.copy_types)
                for row in rows:
                    copy.write_row(row)


def _key(key: Any) -> Key:
    return key if type(key) is tuple else (key,)


def _booleans(table: Table) -> tuple[str, ...]:
    return tuple(c.name for c in table.columns if isinstance(c.type, Boolean))
