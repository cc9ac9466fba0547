"""Receipts as they come in: kept in the intake's transaction, compared later."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from domain.departments import CONTROL_FAMILY, TOPICS
from gateways.department.ledger.tables import INBOX, READERS
from gateways.store.inserting import insert_into


def published_by(department: str, topic: str) -> bool:
    """Whether a department publishes a topic of which receipts are given."""
    known = TOPICS.get(topic)
    return known is not None and known.node == department and known.family != CONTROL_FAMILY


def take_in(
    connection: Connection, receipts: Sequence[tuple[str, bytes, bool]], *, heard: int
) -> None:
    """Keeps (reader, value, of own topics) of receipts; each is a sign of life of its reader."""
    if not receipts:
        return
    ours = [
        {"reader": reader, "heard": heard, "body": body} for reader, body, own in receipts if own
    ]
    if ours:
        connection.execute(INBOX.insert(), ours)
    rows = [
        {"reader": reader, "heard": heard, "known": "[]"}
        for reader in sorted({reader for reader, _, _ in receipts})
    ]
    connection.execute(
        insert_into(connection, READERS).on_conflict_do_update(
            index_elements=[READERS.c.reader], set_={"heard": heard}
        ),
        rows,
    )
