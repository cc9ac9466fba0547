"""The event store: events, commands, head, partition ends, the relay's cursor, leases.

`stored_events` keeps the column names of the eventsourcing library, whose recorders read it:
`originator_id` is the stream, `topic` the event type, `state` the envelope's exact bytes.
`notification_id` (`rowid` in SQLite) is the sequence; owner-only facts, which are never
published, count downwards from -1, so that no reader of notifications meets them.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EVENT_COLUMNS = """
    originator_id TEXT NOT NULL,
    originator_version {big} NOT NULL,
    topic TEXT NOT NULL,
    state {bytes} NOT NULL,
    stamp {big} NOT NULL,
    log_topic TEXT,
    log_partition INTEGER NOT NULL,
    partition_sequence {big} NOT NULL,
    record_key TEXT NOT NULL,
"""

TABLES = (
    """CREATE TABLE commands (
        scope TEXT PRIMARY KEY,
        command_id TEXT NOT NULL,
        body_digest TEXT NOT NULL,
        command_name TEXT NOT NULL,
        stamp {big} NOT NULL,
        answer {bytes} NOT NULL
    ){without_rowid}""",
    """CREATE TABLE head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        department TEXT NOT NULL,
        mode TEXT NOT NULL CHECK (mode IN ('real', 'simulated')),
        incarnation TEXT NOT NULL,
        sequence {big} NOT NULL,
        private_sequence {big} NOT NULL,
        stamp {big} NOT NULL
    ){sparse}""",
    """CREATE TABLE partition_ends (
        topic TEXT NOT NULL,
        log_partition INTEGER NOT NULL,
        last_sequence {big} NOT NULL,
        PRIMARY KEY (topic, log_partition)
    ){without_rowid}{sparse}""",
    """CREATE TABLE relay_cursor (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sequence {big} NOT NULL
    ){sparse}""",
    """CREATE TABLE leases (
        role TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        expires_at DOUBLE PRECISION NOT NULL
    )""",
    """CREATE UNIQUE INDEX stored_events_partition_idx
        ON stored_events (log_topic, log_partition, partition_sequence)
        WHERE log_topic IS NOT NULL""",
    "INSERT INTO relay_cursor (id, sequence) VALUES (1, 0)",
)


def upgrade() -> None:
    """Creates the tables of an empty store; its head row comes with its first opening."""
    if op.get_bind().dialect.name == "sqlite":
        words = {"big": "INTEGER", "bytes": "BLOB", "without_rowid": " WITHOUT ROWID", "sparse": ""}
        events = f"""CREATE TABLE stored_events (
            rowid INTEGER PRIMARY KEY,
            {EVENT_COLUMNS}
            UNIQUE (originator_id, originator_version)
        )"""
    else:
        # Small rows that every commit updates: room on the page keeps the updates in place.
        words = {
            "big": "BIGINT",
            "bytes": "BYTEA",
            "without_rowid": "",
            "sparse": " WITH (fillfactor = 20)",
        }
        events = f"""CREATE TABLE stored_events (
            notification_id BIGINT NOT NULL UNIQUE,
            {EVENT_COLUMNS}
            PRIMARY KEY (originator_id, originator_version)
        )"""
    for statement in (events, *TABLES):
        op.execute(statement.format(**words))


def downgrade() -> None:
    """Refused: a store is append-only, and going back would drop its events."""
    raise RuntimeError("a store is never downgraded: restore a copy made before the upgrade")
