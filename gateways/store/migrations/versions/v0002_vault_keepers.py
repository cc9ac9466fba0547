"""The vault: a value names its keeper, the organ of the territory that received it.

The vault's tables are made after the migrations, so a new database has none yet and gets
them with the columns. Values from before keepers stay open to their department.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, inspect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE, COLUMNS = "vault_persons", ("keeper_organ", "keeper_region")


def upgrade() -> None:
    """Adds the keeper to values that lie in the vault already."""
    found = inspect(op.get_bind())
    if not found.has_table(TABLE):
        return
    present = {column["name"] for column in found.get_columns(TABLE)}
    for name in COLUMNS:
        if name not in present:
            op.add_column(TABLE, Column(name, Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Refused: an older program would open what keepers keep apart."""
    raise RuntimeError("a store is never downgraded: restore a copy made before the upgrade")
