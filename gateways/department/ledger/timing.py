"""When a reader had what: the times that its receipts tell, kept by the publisher.

A receipt's row is kept for some weeks; what is older is merged into one row for each reader and
partition, which still tells by when at the latest an event was applied and acted on. Each
receipt that comes merges a few old rows of its partition, found by their key: a partition keeps
as many rows as were said in those weeks, and a receipt costs the same after years.

What was applied late goes the same way. What became of records that were set aside is kept for
ever, because a record that was given up must never pass for applied: of each record the latest
word alone, so that rows never overlap, and after those weeks neighbours with the same outcome
become one row. A row is looked at once for that: one that stands alone costs nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from gateways.department.ledger import ranges
from gateways.department.ledger.comparing import Compared
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.receipts import Entry
from gateways.department.ledger.tables import DEALT, LATE, MERGED, RECEIPTS

KEPT_DAYS = 30
DAY_US = 86_400_000_000
THINNED = 20
"""Old rows of a partition that a receipt looks at besides as many as it adds: none is left behind."""

Place = tuple[str, str, int]
"""A reader, and a partition that it reads."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """By when a reader had an event; `latest` where only the latest time is known any more."""

    delivered_at: int | None = None
    applied_at: int | None = None
    applied_latest: bool = False
    acted_at: int | None = None
    acted_latest: bool = False


def keep(
    connection: Connection, place: Place, entry: Entry, one: Compared, *, said: int, before: int
) -> None:
    """Keeps the times that a receipt tells, and merges what was told `before` (microseconds).

    One that is restated tells no times, and voids none.
    """
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
        _thin(connection, place, before)
    for outcome, (first, last) in one.dealt:
        _uncover(connection, place, (first, last))
        told = {"first": first, "last": last, "outcome": outcome, "dealt_at": said, "joined": 0}
        connection.execute(DEALT.insert(), of(place) | told)
    for first, last in one.late:
        when = entry.applied_at or 0
        row = {"first": first, "last": last, "applied_at": when}
        same = and_(LATE.c.first == first, LATE.c.applied_at == when)
        connection.execute(delete(LATE).where(at(LATE, place), same))
        connection.execute(LATE.insert(), of(place) | row)
    _thin_late(connection, place, before, THINNED + len(one.late))
    if one.dealt:
        _join_dealt(connection, place, before, THINNED + len(one.dealt))


def times(connection: Connection, place: Place, sequence: int) -> Times:
    """By when a reader had an event: by key, in a long log as in a short one."""
    late = connection.execute(
        select(LATE.c.applied_at)
        .where(at(LATE, place), LATE.c.first <= sequence, LATE.c["last"] >= sequence)
        .order_by(LATE.c.applied_at.desc())
        .limit(1)
    ).scalar()
    old = connection.execute(select(MERGED).where(at(MERGED, place))).one_or_none()
    delivered_at, applied_at, acted_at = None, None, None
    applied_latest = acted_latest = False
    if old is not None and old.accounted >= sequence:
        applied_latest = True
        delivered_at = applied_at = old.applied_at
    elif applied := connection.execute(
        select(RECEIPTS.c.delivered_at, RECEIPTS.c.applied_at)
        .where(
            at(RECEIPTS, place),
            RECEIPTS.c.accounted >= sequence,
            RECEIPTS.c.applied_at.is_not(None),
        )
        .order_by(RECEIPTS.c.accounted, RECEIPTS.c.acted)
        .limit(1)
    ).one_or_none():
        delivered_at, applied_at = applied
    if old is not None and old.acted >= sequence and old.acted_at is not None:
        acted_at, acted_latest = old.acted_at, True
    else:
        acted_at = connection.execute(
            select(RECEIPTS.c.acted_at)
            .where(
                at(RECEIPTS, place),
                RECEIPTS.c.acted >= sequence,
                RECEIPTS.c.acted_at.is_not(None),
            )
            .order_by(RECEIPTS.c.acted, RECEIPTS.c.accounted)
            .limit(1)
        ).scalar()
    return Times(
        delivered_at=delivered_at,
        applied_at=late or applied_at,
        applied_latest=applied_latest and not late,
        acted_at=max(acted_at, late or 0) if acted_at else None,
        acted_latest=acted_latest and not (late and late > (acted_at or 0)),
    )


def dealt(connection: Connection, place: Place, sequence: int) -> tuple[str, int] | None:
    """What became of a record that was set aside, and by when the reader had said so."""
    for row in _holding(connection, place, (sequence, sequence)):
        return row.outcome, row.dealt_at
    return None


def dealt_counts(connection: Connection) -> dict[tuple[str, str], dict[str, int]]:
    """How many records of each reader and topic were set aside and released, fixed, discarded."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    counted = func.sum(DEALT.c["last"] - DEALT.c.first + 1).label("records")
    for row in connection.execute(
        select(DEALT.c.reader, DEALT.c.topic, DEALT.c.outcome, counted).group_by(
            DEALT.c.reader, DEALT.c.topic, DEALT.c.outcome
        )
    ):
        found.setdefault((row.reader, row.topic), {})[row.outcome] = int(row.records)
    return found


def _thin(connection: Connection, place: Place, before: int) -> None:
    """Merges the oldest rows of a partition into one, where they were said before an instant."""
    oldest = connection.execute(
        select(RECEIPTS)
        .where(at(RECEIPTS, place))
        .order_by(RECEIPTS.c.accounted, RECEIPTS.c.acted)
        .limit(THINNED)
    ).all()
    old = list(takewhile(lambda row: max(row.applied_at or 0, row.acted_at or 0) < before, oldest))
    if not old:
        return
    known = connection.execute(select(MERGED).where(at(MERGED, place))).one_or_none()
    told = [*old, known] if known else old
    acted = [row.acted_at for row in told if row.acted_at]
    merged = {
        "accounted": max(row.accounted for row in told),
        "acted": max(row.acted for row in told),
        "applied_at": max(row.applied_at or row.acted_at for row in told),
        "acted_at": max(acted, default=None),
    }
    connection.execute(delete(MERGED).where(at(MERGED, place)))
    connection.execute(MERGED.insert(), of(place) | merged)
    last = old[-1]
    connection.execute(
        delete(RECEIPTS).where(
            at(RECEIPTS, place),
            or_(
                RECEIPTS.c.accounted < last.accounted,
                and_(RECEIPTS.c.accounted == last.accounted, RECEIPTS.c.acted <= last.acted),
            ),
        )
    )


def _thin_late(connection: Connection, place: Place, before: int, most: int) -> None:
    """Merges what was applied late before an instant with the receipts that were merged.

    The merged row then tells the latest time of both, which holds for either.
    """
    old = connection.execute(
        select(LATE)
        .where(at(LATE, place), LATE.c.applied_at < before)
        .order_by(LATE.c.applied_at)
        .limit(most)
    ).all()
    if not old:
        return
    known = connection.execute(select(MERGED).where(at(MERGED, place))).one_or_none()
    rows = [row for row in old if known is not None and row.last <= known.accounted]
    if known is None or not rows:
        return
    latest = max(row.applied_at for row in rows)
    values = {"applied_at": max(known.applied_at, latest)}
    if known.acted_at is not None:
        values["acted_at"] = max(known.acted_at, latest)
    connection.execute(update(MERGED).where(at(MERGED, place)).values(values))
    for row in rows:
        same = and_(LATE.c.first == row.first, LATE.c.applied_at == row.applied_at)
        connection.execute(delete(LATE).where(at(LATE, place), same))


def _join_dealt(connection: Connection, place: Place, before: int, most: int) -> None:
    """Makes one row of neighbours that became the same before an instant: by the latest of it."""
    old = connection.execute(
        select(DEALT)
        .where(at(DEALT, place), DEALT.c.joined == 0, DEALT.c.dealt_at < before)
        .order_by(DEALT.c.dealt_at)
        .limit(most)
    ).all()
    for row in old:
        same = [
            one
            for one in _holding(connection, place, (row.first - 1, row.last + 1))
            if one.outcome == row.outcome and one.dealt_at < before
        ]
        first, last = min(one.first for one in same), max(one.last for one in same)
        within = DEALT.c.first.between(first, last)
        connection.execute(delete(DEALT).where(at(DEALT, place), within))
        told = {"first": first, "last": last, "outcome": row.outcome, "joined": 1}
        dealt_at = max(one.dealt_at for one in same)
        connection.execute(DEALT.insert(), of(place) | told | {"dealt_at": dealt_at})


def _uncover(connection: Connection, place: Place, span: Range) -> None:
    """Takes a span out of what was told before: of each record the latest word alone is kept."""
    for row in _holding(connection, place, span):
        connection.execute(delete(DEALT).where(at(DEALT, place), DEALT.c.first == row.first))
        for first, last in ranges.without([(row.first, row.last)], [span]):
            connection.execute(DEALT.insert(), {**row._mapping, "first": first, "last": last})


def _holding(connection: Connection, place: Place, span: Range) -> list[Any]:
    """The outcomes of a span's records, by place: found by key, because rows never overlap."""
    first, last = span
    other = DEALT.alias()
    below = (
        select(func.max(other.c.first))
        .where(at(other, place), other.c.first <= first)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(DEALT)
        .where(
            at(DEALT, place),
            DEALT.c.first >= func.coalesce(below, first),
            DEALT.c.first <= last,
        )
        .order_by(DEALT.c.first)
    )
    return [row for row in rows if row.last >= first]


def _cut(connection: Connection, place: Place, first: int) -> None:
    """Forgets what was told of records from a sequence on: they are taken in again."""
    void = and_(at(RECEIPTS, place), RECEIPTS.c.accounted >= first)
    across = connection.execute(
        select(RECEIPTS).where(void).order_by(RECEIPTS.c.accounted, RECEIPTS.c.acted).limit(1)
    ).one_or_none()
    connection.execute(delete(RECEIPTS).where(void))
    if across is not None and first > 1:
        # It also told of records before that one, of which it still holds.
        kept = {"accounted": first - 1, "acted": min(across.acted, first - 1)}
        same = and_(RECEIPTS.c.accounted == kept["accounted"], RECEIPTS.c.acted == kept["acted"])
        connection.execute(delete(RECEIPTS).where(at(RECEIPTS, place), same))
        connection.execute(RECEIPTS.insert(), {**across._mapping, **kept})
    for table in (LATE, DEALT):
        connection.execute(delete(table).where(at(table, place), table.c.first >= first))
        spans = and_(at(table, place), table.c["last"] >= first)
        connection.execute(update(table).where(spans).values({"last": first - 1}))
    for column in (MERGED.c.accounted, MERGED.c.acted):
        connection.execute(
            update(MERGED).where(at(MERGED, place), column >= first).values({column: first - 1})
        )


def of(place: Place) -> dict[str, Any]:
    """A place as the columns of the ledger's tables."""
    return {"reader": place[0], "topic": place[1], "partition": place[2]}


def at(table: Any, place: Place) -> Any:
    """The rows of a place."""
    return and_(
        table.c.reader == place[0], table.c.topic == place[1], table.c.partition == place[2]
    )
