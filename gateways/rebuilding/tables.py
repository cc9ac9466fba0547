"""Where a rebuild stands, which versions the live rows are of, and the copies of tables.

A copy has the tables of a projection under the same names with a suffix, in the same schema
or file: `audit_cases__new` while it is built, `audit_cases__previous` once it was replaced,
`audit_cases__replaced` once another cutover stands: of these no row tells, and they are dropped.
Tables whose rows do not follow from facts (`OWN_DOING`) have no copy and stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    quoted_name,
)

from projections.catalogue import PROJECTIONS
from projections.reader import OWN_DOING, Projection
from projections.rows import Rows

METADATA = MetaData()

NEW, PREVIOUS, REPLACED = "new", "previous", "replaced"

FILLING, FOLLOWING, CUTTING = "FILLING", "FOLLOWING", "CUTTING"

REBUILDS = Table(
    "rebuilds",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("copy", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("heard", BigInteger, nullable=False),
    Column("facts", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("rate", BigInteger, nullable=False),
    Column("after_subject", Text, nullable=False),
    Column("within_subject", Text),
    Column("after_event", Text, nullable=False),
    Column("diff_digest", Text),
    Column("diff_rows", BigInteger),
    Column("diff_at", BigInteger),
    Column("cut_at", BigInteger),
    Column("cut_by", Text),
)
"""One row a copy. While FILLING, facts of subjects up to `after_subject` are in, and those of
`within_subject` up to `after_event`; FOLLOWING copies stand at REBUILD_PLACES, and so do CUTTING
ones, which their holder is about to put in place. `step` counts its
transactions, from the instant at which it was begun, so that no two copies ever stand at one
count: whoever finds another than it knew changes nothing. Times are the machine's,
in microseconds; `rate` is facts a second of the last chunks."""

REBUILD_PLACES = Table(
    "rebuild_places",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("copy", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("partition_sequence", BigInteger, nullable=False),
)
"""Up to where a copy holds the facts of each topic partition, but for REBUILD_HOLES."""

REBUILD_HOLES = Table(
    "rebuild_holes",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("copy", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("partition_sequence", BigInteger, primary_key=True, autoincrement=False),
)
"""Records that were parked when a copy passed them: they may still be released and come in."""

VERSIONS = Table(
    "projection_versions",
    METADATA,
    Column("projection", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
)
"""The version that made the live rows of each projection; 0 where its facts never went in."""


def projection_tables(projection: Projection) -> list[Table]:
    """The tables of a projection that follow from facts."""
    return [table for table in projection.metadata.sorted_tables if not table.info.get(OWN_DOING)]


def suffixed(name: str, copy: str) -> str:
    """The name that a table or an index bears in a copy."""
    return f"{name}__{copy}"


@cache
def copies(name: str, copy: str) -> Mapping[Table, Table]:
    """The copy of each table of a projection, by the live table."""
    metadata, made = MetaData(), {}
    for table in projection_tables(PROJECTIONS[name]):
        copied = table.to_metadata(metadata, name=suffixed(table.name, copy))
        copied.primary_key.name = suffixed(f"{table.name}_pkey", copy)
        for index in copied.indexes:
            index.name = quoted_name(suffixed(str(index.name), copy), None)
        made[table] = copied
    return made


class CopyRows(Rows):
    """A unit of work on a copy: what a projection writes to its tables goes to the copy's."""

    def __init__(self, connection: Connection, placed: Mapping[Table, Table]) -> None:
        super().__init__(connection)
        self._placed = placed

    def place(self, table: Table) -> Table:
        """The copy's table. Raises KeyError for a table of which there is none."""
        return self._placed[table]

    def lock(self) -> None:
        """Nothing: the state row of the copy keeps other writers out, and live rows are not met."""


def present(connection: Connection) -> frozenset[str]:
    """The names of the tables of this department's database."""
    return frozenset(inspect(connection).get_table_names())


def index_names(connection: Connection, table: str) -> frozenset[str]:
    """The names of a table's indexes."""
    return frozenset(str(index["name"]) for index in inspect(connection).get_indexes(table))
