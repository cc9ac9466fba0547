"""The schema versions of a department's database, one Alembic tree for SQLite and PostgreSQL."""
