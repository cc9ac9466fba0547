"""Runs the migrations on the connection that `gateways.store.migrate` hands over.

The version table stands in the department's own schema, so that many departments can share
one PostgreSQL database.
"""

from __future__ import annotations

from alembic import context

_attributes = context.config.attributes

context.configure(
    connection=_attributes["connection"],
    version_table_schema=_attributes["schema"],
    transactional_ddl=True,
)
context.run_migrations()
