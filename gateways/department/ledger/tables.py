"""The ledger's tables, in the department's database with what they speak of.

The first group is the reader's: what was applied and not yet said, what was said, and what
waits for the relay. The second is the publisher's: what the readers say of its topics.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from gateways.department.database import METADATA

_COUNTED = BigInteger().with_variant(Integer, "sqlite")

APPLIED = Table(
    "ledger_applied",
    METADATA,
    Column("note", _COUNTED, primary_key=True, autoincrement=True),
    Column("received", BigInteger, nullable=False),
    Column("places", Text, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
)
"""What one transaction applied, in order: `[topic, partition, [[first, last], ...]]`, and the hashes."""

SAID = Table(
    "ledger_said",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("accounted", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("acted", BigInteger, nullable=False),
    Column("parked", Text, nullable=False),
    Column("anew", Integer, nullable=False),
)
"""Where this reader's receipts stand; `anew` is a mark of `standing`."""

RESTATED = Table(
    "ledger_restated",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("asked", BigInteger, primary_key=True),
    Column("reason", Text, nullable=False),
)
"""Restatements that an operator asked this reader for, with the reason; kept."""

OUTBOX = Table(
    "ledger_outbox",
    METADATA,
    Column("place", _COUNTED, primary_key=True, autoincrement=True),
    Column("topic", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Control records that wait for the relay, the one writer of the control topic."""

RATES = Table(
    "ledger_rates",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("minute", BigInteger, primary_key=True),
    Column("records", BigInteger, nullable=False),
)
"""Records applied of a topic in a minute (its number since 1970), for the last hour."""

INBOX = Table(
    "ledger_inbox",
    METADATA,
    Column("place", _COUNTED, primary_key=True, autoincrement=True),
    Column("reader", Text, nullable=False),
    Column("heard", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Receipts of own topics, as they were received, until they are compared."""

READERS = Table(
    "ledger_readers",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("heard", BigInteger, nullable=False),
    Column("known", Text, nullable=False),
)
"""When each reader was last heard, and the ids of its latest records."""

STANDINGS = Table(
    "ledger_standings",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("accounted", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("acted", BigInteger, nullable=False),
    Column("delivered_at", BigInteger),
    Column("applied_at", BigInteger),
    Column("acted_at", BigInteger),
    Column("parked", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("wrong", Text, nullable=False),
)
"""Where a reader stands in a partition of ours; ranges as `[[first, last], ...]`."""

RECEIPTS = Table(
    "ledger_receipts",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("accounted", BigInteger, primary_key=True),
    Column("acted", BigInteger, primary_key=True),
    Column("delivered_at", BigInteger),
    Column("applied_at", BigInteger),
    Column("acted_at", BigInteger),
    Index("ledger_receipts_acted", "reader", "topic", "partition", "acted"),
)
"""The latest receipts of a partition of ours: by when an event was delivered, applied, acted on."""

MERGED = Table(
    "ledger_merged",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("accounted", BigInteger, nullable=False),
    Column("acted", BigInteger, nullable=False),
    Column("applied_at", BigInteger, nullable=False),
    Column("acted_at", BigInteger),
)
"""What older receipts said, merged: up to where a reader had applied and acted, and by when."""

LATE = Table(
    "ledger_late",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("first", BigInteger, primary_key=True),
    Column("applied_at", BigInteger, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Index("ledger_late_applied", "reader", "topic", "partition", "applied_at"),
)
"""What was set aside or missing and applied at last, and when; after some weeks in MERGED."""

DEALT = Table(
    "ledger_dealt",
    METADATA,
    Column("reader", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("first", BigInteger, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("dealt_at", BigInteger, nullable=False),
    Column("joined", Integer, nullable=False, server_default="0"),
    Index("ledger_dealt_apart", "reader", "topic", "partition", "joined", "dealt_at"),
)
"""What became of records that were set aside: RELEASED, FIXED or DISCARDED, and by when it was said.

Kept for ever, the latest word of each record: rows of a place never overlap. After some weeks
neighbours with one outcome are one row; `joined` is 1 where that was seen to."""

FAULTS = Table(
    "ledger_faults",
    METADATA,
    Column("fault", Text, primary_key=True),
    Column("reader", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("marks", Text, nullable=False),
    Column("told", Text, nullable=False),
    Column("cases", Text, nullable=False),
    Column("cases_in_all", BigInteger, nullable=False),
    Column("region", Text, nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("mended_at", BigInteger),
    Column("declared", Integer, nullable=False),
    Index("ledger_faults_open", "mended_at", "declared"),
)
"""Faults of delivery; `declared` counts the facts given of it: 1 found, 2 mended."""
