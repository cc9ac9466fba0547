"""The schema version of a department's database: bring it up to date, or refuse another one.

A target is a SQLite file path, or a PostgreSQL address (`postgresql://...`) with the schema of
one department. Migrations are the modules of `gateways/store/migrations/versions`.

Tables whose source is a SQLAlchemy `MetaData` (received log, positions, intents, vault,
projections) are handed to `upgrade` as `extra`: what is missing of them is created in the same
transaction, after the versions have run. A change of such a table that exists already needs a
version module of its own; projections get new table names instead and are rebuilt beside the
old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gateways.store.port import StoreUnavailable, WrongDatabaseVersion

MIGRATIONS = Path(__file__).parent / "migrations"


def is_postgres(target: str | Path) -> bool:
    """Whether a target is a PostgreSQL address rather than a file."""
    return str(target).startswith(("postgresql:", "postgresql+psycopg:", "postgres:"))


def postgres_address(target: str | Path) -> str:
    """A PostgreSQL address as libpq reads it: `postgresql://...`."""
    return "postgresql:" + str(target).split(":", 1)[1]


def upgrade(
    target: str | Path,
    schema: str | None = None,
    *,
    extra: Sequence[MetaData] = (),
    then: Callable[[Connection], None] = lambda _: None,
) -> None:
    """Brings a database to this program's version, creating file or schema where missing.

    `then` is called last, within the same transaction. Safe beside other processes that do the same: one of them does it, the others wait.
    """
    with _connection(target, schema, writing=True) as connection:
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["schema"] = schema if is_postgres(target) else None
        command.upgrade(config, "head")
        _create_missing(connection, schema if is_postgres(target) else None, extra)
        then(connection)


def _create_missing(connection: Connection, schema: str | None, extra: Sequence[MetaData]) -> None:
    """Creates the tables that a database lacks, which it is asked for once."""
    present = set(inspect(connection).get_table_names(schema))
    for metadata in extra:
        missing = [table for table in metadata.sorted_tables if table.name not in present]
        metadata.create_all(connection, missing, checkfirst=False)
        present.update(table.name for table in missing)


def check(target: str | Path, schema: str | None = None) -> None:
    """Raises WrongDatabaseVersion, which names the command to run, unless versions agree."""
    place = str(target) if schema is None else f"schema {schema}"
    if not is_postgres(target) and not Path(target).exists():
        raise WrongDatabaseVersion(_advice(place, None))
    with _connection(target, schema, writing=False) as connection:
        options = {"version_table_schema": schema if is_postgres(target) else None}
        found = MigrationContext.configure(connection, opts=options).get_current_revision()
    if found != newest():
        raise WrongDatabaseVersion(_advice(place, found))


@cache
def newest() -> str:
    """The version that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"no migrations in {MIGRATIONS}")
    return head


def _advice(place: str, found: str | None) -> str:
    return (
        f"the database {place} has version {found or 'none'}, this program needs {newest()}: "
        "run `liandong migrate`"
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connection(target: str | Path, schema: str | None, *, writing: bool) -> Iterator[Connection]:
    engine = _engine(target, writing=writing)
    try:
        with engine.begin() as connection:
            if is_postgres(target):
                if not schema:
                    raise ValueError("a PostgreSQL store needs the name of its schema")
                _enter_schema(connection, schema, writing=writing)
            yield connection
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise StoreUnavailable(
            f"the database cannot be reached or written ({reason}): see that it runs and try again"
        ) from error
    finally:
        engine.dispose()


def _enter_schema(connection: Connection, schema: str, *, writing: bool) -> None:
    quoted = connection.dialect.identifier_preparer.quote_identifier(schema)
    if writing:
        # One upgrade at a time in a database: CREATE SCHEMA IF NOT EXISTS alone can race.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('liandong migrate'))"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {quoted}"))
    connection.execute(text(f"SET LOCAL search_path TO {quoted}"))


def _engine(target: str | Path, *, writing: bool) -> Engine:
    if is_postgres(target):
        url = make_url(postgres_address(target)).set(drivername="postgresql+psycopg")
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(
        f"sqlite:///{Path(target).absolute()}",
        poolclass=NullPool,
        connect_args={"timeout": 30},
    )

    # The driver's own transactions leave DDL outside: begin and commit ourselves.
    @event.listens_for(engine, "connect")
    def connect(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        if writing:
            driver.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
