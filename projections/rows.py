"""Keyed rows of one intake transaction: loaded in bulk, changed as plain dicts, written in bulk.

A reader names the keys it will touch (`prefetch`), reads and replaces rows as dictionaries
(`get`, `put`, `add`, `delete`), and everything is written once, by `flush`, before the commit. A
row replaced twice is written once. SQLAlchemy builds every statement; on PostgreSQL they run
through the driver's cursor: rows that were added, or looked for and not found, and what only
appends, go by COPY, changed rows as one `unnest` upsert for each table with binary arrays; on
SQLite they run as `executemany`.

Columns of reader tables are Text, BigInteger, Integer, Boolean or LargeBinary; dates are ISO text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Integer,
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
LOCK = text("SELECT pg_advisory_xact_lock(19524, hashtext(current_schema()))")
"""One writer at a time to the reader rows of one schema; 19524 tells it from other locks."""
_PG_TYPES: dict[type, str] = {
    Text: "text",
    BigInteger: "int8",
    Integer: "int4",
    Boolean: "bool",
    LargeBinary: "bytea",
}


FEW = 100
"""Up to so many rows of a table a COPY of its own costs more than it saves."""


class UnknownColumnType(TypeError):
    """A reader's table has a column whose type cannot be written in bulk; a mistake of the table."""


def _kind(column: Any) -> type:
    for kind in _PG_TYPES:
        if isinstance(column.type, kind):
            return kind
    raise UnknownColumnType(
        f"{column} is neither Text, BigInteger, Integer, Boolean nor LargeBinary"
    )


class _Statements:
    """The statements of one table, compiled once for each database."""

    def __init__(self, table: Table, postgres: bool) -> None:
        columns = list(table.columns)
        keys = list(table.primary_key.columns)
        self.names = tuple(column.name for column in columns)
        self.key_names = tuple(column.name for column in keys)
        self.values = _value_picker(self.names)
        self.key = _key_picker(self.key_names)
        self.booleans = tuple(c.name for c in columns if isinstance(c.type, Boolean))
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
        given = arrays(columns)
        self.insert_few = _sql(
            insert(table).from_select(
                self.names, select(*(given.c[f"k{n}"] for n in range(len(columns))))
            )
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


class _Held:
    """One table in a unit of work: its rows as they now stand, and what is to be written.

    `known` has None for a key without a row, and the values alone of one that was added: they
    take a quarter of the room, and hardly any added row is read again. `changed` says of each key whether its row is
    new: under the apply lock nobody else can have added it since it was not found.
    """

    __slots__ = ("appended", "changed", "known", "statements")

    def __init__(self, statements: _Statements) -> None:
        self.statements = statements
        self.known: dict[Key, Row | tuple[Any, ...] | None] = {}
        self.changed: dict[Key, bool] = {}
        self.appended: list[Sequence[Any]] = []

    def values(self, row: Any) -> Sequence[Any]:
        """The values of a row that stands, in the table's column order."""
        return row if type(row) is tuple else self.statements.values(row)


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
        self._tables: dict[Table, _Held] = {}

    def _held(self, table: Table) -> _Held:
        held = self._tables.get(table)
        if held is None:
            held = self._tables[table] = _Held(_statements(self.place(table), self._postgres))
        return held

    def place(self, table: Table) -> Table:
        """The table in which the rows of a reader's table stand: that table."""
        return table

    def lock(self) -> None:
        """Keeps other writers of these rows out until the commit (PostgreSQL)."""
        self.connection.execute(LOCK)

    def prefetch(self, table: Table, keys: Iterable[Any]) -> None:
        """Loads the rows of these keys at once; a key is a tuple, or its one value alone."""
        held = self._held(table)
        known = held.known
        missing = [key for key in dict.fromkeys(map(_key, keys)) if key not in known]
        if not missing:
            return
        statements = held.statements
        with self._driver() as cursor:
            if self._postgres:
                given = {f"a{n}": list(part) for n, part in enumerate(zip(*missing, strict=True))}
                cursor.execute(statements.load, given, binary=True)
            else:
                cursor.execute(statements.load, (json.dumps(missing),))
            found = cursor.fetchall()
        known.update(dict.fromkeys(missing))
        names, key_of = statements.names, statements.key
        booleans = () if self._postgres else statements.booleans
        for values in found:
            row = dict(zip(names, values, strict=True))
            for name in booleans:
                if row[name] is not None:
                    row[name] = bool(row[name])
            known[key_of(row)] = row

    def get(self, table: Table, key: Any) -> Row | None:
        """The row of a key as it now stands in this unit of work; never change it in place."""
        wanted = key if type(key) is tuple else (key,)
        held = self._held(table)
        if wanted not in held.known:
            self.prefetch(table, (wanted,))
        row = held.known[wanted]
        if type(row) is tuple:
            row = held.known[wanted] = dict(zip(held.statements.names, row, strict=True))
        return cast(Row | None, row)

    def put(self, table: Table, row: Row) -> None:
        """Inserts the row, or replaces the whole row that has its primary key."""
        held = self._tables.get(table) or self._held(table)
        key = held.statements.key(row)
        known = held.known
        if key not in held.changed:
            held.changed[key] = key in known and known[key] is None
        known[key] = row

    def add(self, table: Table, row: Row) -> None:
        """Inserts a row whose key has none in the database, as the caller can prove."""
        held = self._tables.get(table) or self._held(table)
        statements, known = held.statements, held.known
        key = statements.key(row)
        if key not in held.changed:
            held.changed[key] = known.get(key) is None
        known[key] = tuple(statements.values(row))

    def delete(self, table: Table, key: Any) -> None:
        """Removes the row of a key, if there is one."""
        wanted = _key(key)
        held = self._held(table)
        held.changed.setdefault(wanted, False)
        held.known[wanted] = None

    def append(self, table: Table, row: Mapping[str, Any] | Sequence[Any]) -> None:
        """Adds a row that cannot exist yet: a mapping, or the values in the table's column order."""
        held = self._held(table)
        if isinstance(row, Mapping):
            row = held.statements.values(row)
        held.appended.append(row)

    def append_all(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        """Adds many rows, each the values in the table's column order."""
        self._held(table).appended.extend(rows)

    def flush(self) -> None:
        """Writes everything; afterwards `get` answers from the rows as written.

        On PostgreSQL few rows go by one round trip for all tables together, many by COPY.
        """
        few: list[tuple[str, Mapping[str, Any]]] = []
        for held in self._tables.values():
            added, changed, gone = held.appended, [], []
            for key, new in held.changed.items():
                row = held.known[key]
                if row is None:
                    if not new:
                        gone.append(key)
                elif new and self._postgres:
                    added.append(held.values(row))
                else:
                    changed.append(key)
            held.appended, held.changed = [], {}
            if added and self._postgres and len(added) <= FEW:
                few.append((held.statements.insert_few, _arrays(added)))
            elif added:
                self._add(held.statements, added)
            if gone:
                self._remove(held.statements, sorted(gone))
            if changed:
                # One order of keys for all writers: two upserts then never wait for each other.
                rows = [held.values(held.known[key]) for key in sorted(changed)]
                if self._postgres and len(rows) <= FEW:
                    few.append((held.statements.upsert, _arrays(rows)))
                else:
                    self._upsert(held.statements, rows)
        if few:
            with self._driver() as cursor, cursor.connection.pipeline():
                for statement, given in few:
                    cursor.execute(statement, given, binary=True)

    @contextmanager
    def _driver(self) -> Iterator[Any]:
        """The driver's cursor inside the connection's transaction; its errors as SQLAlchemy's.

        A lost connection must look to the caller as it does everywhere else: an
        OperationalError, with the connection out of the pool.
        """
        if self._cursor is None:
            if self._postgres:
                self.lock()
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

    def _upsert(self, statements: _Statements, rows: list[Sequence[Any]]) -> None:
        with self._driver() as cursor:
            if self._postgres:
                cursor.execute(statements.upsert, _arrays(rows), binary=True)
            else:
                cursor.executemany(statements.upsert, rows)

    def _remove(self, statements: _Statements, keys: list[Key]) -> None:
        with self._driver() as cursor:
            if self._postgres:
                cursor.execute(statements.remove, _arrays(keys), binary=True)
            else:
                cursor.executemany(statements.remove, keys)

    def _add(self, statements: _Statements, rows: list[Sequence[Any]]) -> None:
        with self._driver() as cursor:
            if not self._postgres:
                cursor.executemany(statements.insert, rows)
                return
            with cursor.copy(statements.copy) as copy:
                copy.set_types(statements.copy_types)
                for row in rows:
                    copy.write_row(row)


def _arrays(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """The rows as one array for each column, named as the statements name them."""
    return {f"a{n}": list(part) for n, part in enumerate(zip(*rows, strict=True))}


def _key(key: Any) -> Key:
    return key if type(key) is tuple else (key,)


def _key_picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Key]:
    """Takes the key out of a row; a row without its whole key is a mistake (KeyError)."""
    if len(names) == 1:
        name = names[0]
        return lambda row: (row[name],)
    return itemgetter(*names)


def _value_picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Takes every column out of a row; a column that the row leaves out is null."""
    if len(names) == 1:
        return lambda row: (row.get(names[0]),)
    whole = itemgetter(*names)

    def pick(row: Mapping[str, Any]) -> Sequence[Any]:
        try:
            values: Sequence[Any] = whole(row)
        except KeyError:
            return tuple(map(row.get, names))
        return values

    return pick
