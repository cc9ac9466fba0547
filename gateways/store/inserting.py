"""Inserts that can say what becomes of a row that stands already, on either database."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert of the connection's database, for `on_conflict_do_nothing` or `..._update`.

    The two databases write them alike, and so do their classes.
    """
    if connection.dialect.name == "postgresql":
        made: sqlite.Insert = postgresql.insert(table)  # type: ignore[assignment]
        return made
    return sqlite.insert(table)
