"""Where the door keeps what it must remember: positions, claims, answers to send, and counts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

POSITIONS = Table(
    "inbound_positions",
    METADATA,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
)

CLAIMS = Table(
    "inbound_claims",
    METADATA,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
)
"""Messages on their way whose key nobody had used: after a crash they are known as the first."""

ANSWERS = Table(
    "inbound_answers",
    METADATA,
    Column("answer_id", Integer, primary_key=True, autoincrement=True),
    Column("partition", Integer, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Answers that the log has not acknowledged yet."""

COUNTS = Table(
    "inbound_counts",
    METADATA,
    Column("outcome", Text, primary_key=True),
    Column("messages", BigInteger, nullable=False),
)
