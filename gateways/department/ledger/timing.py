"""When a reader had what: the times that its receipts tell, kept by the publisher."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete

from gateways.department.ledger.comparing import Compared
from gateways.department.ledger.receipts import Entry
from gateways.department.ledger.tables import LATE, RECEIPTS

Place = tuple[str, str, int]
"""A reader, and a partition that it reads."""


def keep(connection: Connection, place: Place, entry: Entry, one: Compared) -> None:
    """Keeps the times that a receipt tells; one that is restated tells none, and voids none."""
    if entry.anew and entry.reason is None:
        _cut(connection, place, entry.first)
    stand = one.standing
    if entry.applied_at is not None or entry.acted_at is not None:
        row = {
            "accounted": stand.accounted,
            "acted": stand.acted,
            "delivered_at": entry.delivered_at,
            "applied_at": entry.applied_at,
            "acted_at": entry.acted_at,
        }
        same = and_(RECEIPTS.c.accounted == stand.accounted, RECEIPTS.c.acted == stand.acted)
        connection.execute(delete(RECEIPTS).where(at(RECEIPTS, place), same))
        connection.execute(RECEIPTS.insert(), of(place) | row)
    for first, last in one.late:
        when = entry.applied_at or 0
        row = {"first": first, "last": last, "applied_at": when}
        same = and_(LATE.c.first == first, LATE.c.applied_at == when)
        connection.execute(delete(LATE).where(at(LATE, place), same))
        connection.execute(LATE.insert(), of(place) | row)


def _cut(connection: Connection, place: Place, first: int) -> None:
    """Forgets what was told of records from a sequence on: they are taken in again."""
    connection.execute(delete(RECEIPTS).where(at(RECEIPTS, place), RECEIPTS.c.accounted >= first))
    connection.execute(delete(LATE).where(at(LATE, place), LATE.c["last"] >= first))


def of(place: Place) -> dict[str, Any]:
    """A place as the columns of the ledger's tables."""
    return {"reader": place[0], "topic": place[1], "partition": place[2]}


def at(table: Any, place: Place) -> Any:
    """The rows of a place."""
    return and_(
        table.c.reader == place[0], table.c.topic == place[1], table.c.partition == place[2]
    )
