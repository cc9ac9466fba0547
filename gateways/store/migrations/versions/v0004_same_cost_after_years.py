"""Old outcomes and old decisions cost nothing any more: indexes, and one outcome of each record.

Tables of a new database are made after the migrations, with their columns and indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from alembic import op
from sqlalchemy import Column, Integer, column, inspect, table, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DEALT, PLACE = "ledger_dealt", ("reader", "topic", "partition")
JOINED = "joined"
UNDONE = text("state = 'PENDING'")
INDEXES: tuple[tuple[str, str, tuple[str, ...], dict[str, Any]], ...] = (
    ("ledger_late_applied", "ledger_late", (*PLACE, "applied_at"), {}),
    ("ledger_dealt_apart", DEALT, (*PLACE, JOINED, "dealt_at"), {}),
    (
        "parked_acts_pending",
        "parked_acts",
        ("decision",),
        {"sqlite_where": UNDONE, "postgresql_where": UNDONE},
    ),
)
Row = dict[str, Any]


def upgrade() -> None:
    """Brings tables that stand already to where new ones begin."""
    found = inspect(op.get_bind())
    if found.has_table(DEALT):
        if JOINED not in {one["name"] for one in found.get_columns(DEALT)}:
            op.add_column(DEALT, Column(JOINED, Integer, nullable=False, server_default="0"))
        _keep_the_latest_word()
    for name, of_table, columns, where in INDEXES:
        if found.has_table(of_table):
            op.create_index(name, of_table, list(columns), if_not_exists=True, **where)


def downgrade() -> None:
    """Refused as for every version: a store is never taken back to an older one."""
    raise RuntimeError("a store is never downgraded: restore a copy made before the upgrade")


def _keep_the_latest_word() -> None:
    """Leaves one outcome of each record, the one told last, where rows of a place overlap."""
    names = (*PLACE, "first", "outcome", "last", "dealt_at")
    dealt, bind = table(DEALT, *map(column, names)), op.get_bind()
    rows = bind.execute(dealt.select().order_by(*(dealt.c[name] for name in names[:4])))
    every = [dict(row._mapping) for row in rows]
    for _, of_place in groupby(every, key=lambda row: [row[name] for name in PLACE]):
        for overlapping in _overlapping(of_place):
            for row in overlapping:
                keys = (dealt.c[name] == row[name] for name in names[:5])
                bind.execute(dealt.delete().where(*keys))
            bind.execute(dealt.insert(), _apart(overlapping))


def _overlapping(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows of a place, ascending, that lie over one another."""
    held: list[Row] = []
    for row in rows:
        if held and row["first"] > max(one["last"] for one in held):
            if len(held) > 1:
                yield held
            held = []
        held.append(row)
    if len(held) > 1:
        yield held


def _apart(rows: Sequence[Row]) -> list[Row]:
    """What each row tells that no later one does; of two told at once, a record was given up."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda one: (one["dealt_at"], one["outcome"] == "DISCARDED")):
        first, last = row["first"], row["last"]
        before = (one | {"last": min(one["last"], first - 1)} for one in kept)
        after = (one | {"first": max(one["first"], last + 1)} for one in kept)
        kept = [one for one in (*before, *after) if one["first"] <= one["last"]]
        kept.append(row)
    return kept
