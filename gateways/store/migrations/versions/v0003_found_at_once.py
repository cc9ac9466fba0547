"""Indexes for what is asked again and again: a position's events, and the line of a parked key.

Tables of a new database are made after the migrations, with their indexes.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import inspect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = (
    ("received_sequence", "received", ("department", "sequence")),
    ("parked_line", "parked", ("topic", "key", "state")),
)


def upgrade() -> None:
    """Adds the indexes to tables that stand already."""
    found = inspect(op.get_bind())
    for name, table, columns in INDEXES:
        if found.has_table(table):
            op.create_index(name, table, list(columns), if_not_exists=True)


def downgrade() -> None:
    """Refused as for every version: a store is never taken back to an older one."""
    raise RuntimeError("a store is never downgraded: restore a copy made before the upgrade")
