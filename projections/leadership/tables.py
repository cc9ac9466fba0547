"""The tables of the leading group's view, and how facts become their rows.

`spans` holds one row for each stay of a member in a figure. `tallies` counts entries and
exits of each figure and region by year, month and day, so that a value at any stamp is a
sum over few rows and the spans of no more than one day (see `queries`).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

from projections.leadership.figures import COUNTED
from projections.leadership.words import Counted, Span
from projections.reader import Facts
from projections.rows import Rows
from projections.steps import (
    CORRECTED,
    Change,
    Entity,
    Steps,
    apply,
    by_type,
    standing,
    steps_columns,
)
from projections.subject_life import SUBJECT_FIELDS, fold_subject

METADATA = MetaData()

STATE = Table(
    "leadership_state",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("stamp", BigInteger, nullable=False),
)

NAMES = Table(
    "leadership_names",
    METADATA,
    Column("uscc", Text, primary_key=True),
    Column("name", Text),
    *steps_columns(),
)

SPANS = Table(
    "leadership_spans",
    METADATA,
    Column("figure", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("turn", BigInteger, primary_key=True, autoincrement=False),
    Column("region", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Index("leadership_spans_since", "figure", "since"),
    Index("leadership_spans_until", "figure", "until"),
)

TALLIES = Table(
    "leadership_tallies",
    METADATA,
    Column("figure", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("entered", BigInteger, nullable=False),
    Column("left", BigInteger, nullable=False),
)

NAMES_ENTITY = Entity(
    NAMES,
    lambda f: str(f.fact.uscc),
    SUBJECT_FIELDS,
    lambda steps: {"name": fold_subject(steps)["name"]},
)


def _members_table(counted: Counted) -> Table:
    return Table(
        f"leadership_{counted.kind}",
        METADATA,
        Column("member", Text, primary_key=True),
        *steps_columns(),
    )


ENTITIES: tuple[tuple[Counted, Entity], ...] = tuple(
    (counted, Entity(_members_table(counted), counted.key, counted.fields, lambda _: {}))
    for counted in COUNTED
)

READS = frozenset(
    type_name
    for entity in (NAMES_ENTITY, *(entity for _, entity in ENTITIES))
    for type_name in entity.fields
) | {CORRECTED}

SpanKey = tuple[str, str, int]

_DAY_US = 86_400_000_000
_CHINA_US = 28_800_000_000


def apply_facts(facts: Facts, rows: Rows) -> None:
    """Brings the figures up to these facts: spans and tallies move by what changed."""
    relevant = [fact for fact in facts if fact.type in READS]
    if not relevant:
        return
    sorted_out = by_type(relevant)
    apply(NAMES_ENTITY, sorted_out, rows)
    deltas: dict[tuple[str, str, str], list[int]] = {}
    for counted, entity in ENTITIES:
        for change in apply(entity, sorted_out, rows):
            _move(counted, change, rows, deltas)
    _tally(deltas, rows)
    latest = max(fact.stamp for fact in relevant)
    known = rows.get(STATE, "latest")
    if known is None or known["stamp"] < latest:
        rows.put(STATE, {"name": "latest", "stamp": latest})


def period_days(stamp: int) -> tuple[str, str, str]:
    """The year, month and day in which a stamp counts; midnight belongs to the day it ends."""
    return _periods((stamp - 1 + _CHINA_US) // _DAY_US)


@lru_cache(maxsize=4096)
def _periods(days: int) -> tuple[str, str, str]:
    day = (date(1970, 1, 1) + timedelta(days=days)).isoformat()
    return day[:4], day[:7], day


def _stays(counted: Counted, steps: Steps) -> list[Span]:
    """The spans of a member, those before each correction as they were until it was made.

    A value as of a moment before a correction stays what it was (reference 12.4); from the
    correction on the span is what the standing steps give.
    """
    made = [step.stamp for step in steps if step.type == CORRECTED]
    if not made:
        return counted.spans(steps)
    stays: list[Span] = []
    for begin, end in zip([0, *made], [*made, None], strict=True):
        known = standing([step for step in steps if end is None or step.stamp < end])
        for figure, entered, left in counted.spans(known) if known else ():
            since = max(entered, begin)
            until = end if left is None or (end is not None and left > end) else left
            if until is None or since < until:
                stays.append((figure, since, until))
    return _joined(stays)


def _joined(stays: list[Span]) -> list[Span]:
    """The stays with those made one that a correction did not interrupt, in their order."""
    open_ends: dict[tuple[str, int], int] = {}
    joined: list[Span] = []
    for figure, since, until in stays:
        place = open_ends.pop((figure, since), None)
        if place is None:
            place = len(joined)
            joined.append((figure, since, until))
        else:
            joined[place] = (figure, joined[place][1], until)
        if until is not None:
            open_ends[figure, until] = place
    return joined


def _spans(counted: Counted, member: str, steps: Steps) -> dict[SpanKey, dict[str, Any]]:
    if not steps:
        return {}
    home = next((step for step in steps if step.type == counted.home), steps[0])
    events = {step.stamp: step.event for step in reversed(steps)}
    name = f"{counted.kind}:{member}"
    turns: dict[str, int] = {}
    found = {}
    for figure, since, until in _stays(counted, steps):
        if until is not None and until <= since:
            continue
        turn = turns[figure] = turns.get(figure, 0) + 1
        found[figure, name, turn] = {
            "figure": figure,
            "member": name,
            "turn": turn,
            "region": home.region,
            "subject": home.subject,
            "matter": home.matter,
            "event": events.get(since, home.event),
            "since": since,
            "until": until,
        }
    return found


def _move(
    counted: Counted, change: Change, rows: Rows, deltas: dict[tuple[str, str, str], list[int]]
) -> None:
    before = _spans(counted, change.key, change.before) if change.before else {}
    after = _spans(counted, change.key, change.after)
    for key in before.keys() | after.keys() if before else after:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        for span, sign in ((old, -1), (new, 1)):
            if span is None:
                continue
            for column, stamp in ((0, span["since"]), (1, span["until"])):
                if stamp is None:
                    continue
                for period in period_days(stamp):
                    place = (span["figure"], span["region"], period)
                    delta = deltas.get(place)
                    if delta is None:
                        delta = deltas[place] = [0, 0]
                    delta[column] += sign
        if new is None:
            rows.delete(SPANS, key)
        elif old is None:
            # A span that the member's steps did not give until now has no row.
            rows.add(SPANS, new)
        else:
            rows.put(SPANS, new)


def _tally(deltas: dict[tuple[str, str, str], list[int]], rows: Rows) -> None:
    moved = {key: delta for key, delta in deltas.items() if delta != [0, 0]}
    rows.prefetch(TALLIES, moved)
    for key, (entered, left) in moved.items():
        row = rows.get(TALLIES, key)
        entered += row["entered"] if row else 0
        left += row["left"] if row else 0
        if entered or left:
            figure, region, period = key
            rows.put(
                TALLIES,
                {
                    "figure": figure,
                    "region": region,
                    "period": period,
                    "entered": entered,
                    "left": left,
                },
            )
        else:
            rows.delete(TALLIES, key)
