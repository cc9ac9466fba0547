"""The leading group's questions: values now and at any past stamp, members, regions, months.

A value at stamp T is what entered less what left up to T: the tallies of the whole years,
months and days up to T's day, corrected by the spans that begin or end later that same day.
So it costs the same in a log of any length, and equals the number of members by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, or_, select

from domain.facts import end_of, instant
from projections.leadership.figures import ALWAYS_SHOWN, FIGURES
from projections.leadership.tables import NAMES, SPANS, STATE, TALLIES, period_days
from projections.leadership.words import Definition
from projections.steps import moment, within


class UnknownFigure(LookupError):
    """There is no figure of this name."""


@dataclass(frozen=True)
class Figure:
    """A value with what it counts and the moment of its data (RFC 3339).

    Figures of one `theme` belong together; a `telling` one is shown at zero too.
    """

    id: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    theme: str
    telling: bool
    value: int
    data_time: str | None
    as_of: str | None = None


@dataclass(frozen=True)
class Member:
    """One member of a figure: whom it is about, since when, and the fact that brought it in."""

    member: str
    subject: str
    name: str | None
    matter: str
    region: str
    since: str
    event_id: str


def data_stamp(conn: Connection) -> int | None:
    """The stamp of the latest fact that these figures contain; None before the first."""
    found: int | None = conn.execute(
        select(STATE.c.stamp).where(STATE.c.name == "latest")
    ).scalar_one_or_none()
    return found


def figures(
    conn: Connection,
    *,
    as_of: int | None = None,
    region: str | None = None,
    closed: int | None = None,
) -> list[Figure]:
    """Every figure as of a stamp (None: now), within a territory.

    `closed` is the stamp up to which all topics are known to be complete; where the caller
    knows it, it is the data's time, else the latest fact's stamp is.
    """
    latest = data_stamp(conn)
    at = _at(latest, as_of, closed)
    known = {} if at is None else _values(conn, at, region)
    stamp = closed if closed is not None else latest
    return [
        _figure(definition, known.get(definition.id, 0), stamp, as_of)
        for definition in FIGURES.values()
        if definition.id in ALWAYS_SHOWN or known.get(definition.id)
    ]


def figure(
    conn: Connection,
    figure_id: str,
    *,
    as_of: int | None = None,
    region: str | None = None,
    closed: int | None = None,
) -> Figure:
    """One figure. Raises UnknownFigure."""
    definition = _definition(figure_id)
    latest = data_stamp(conn)
    at = _at(latest, as_of, closed)
    value = 0 if at is None else _values(conn, at, region, figure_id).get(figure_id, 0)
    return _figure(definition, value, closed if closed is not None else latest, as_of)


def members(
    conn: Connection,
    figure_id: str,
    *,
    as_of: int | None = None,
    region: str | None = None,
    closed: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Member]:
    """Who is in a figure as of a stamp, latest first; exactly as many as its value."""
    _definition(figure_id)
    at = _at(data_stamp(conn), as_of, closed)
    if at is None:
        return []
    query = (
        select(SPANS, NAMES.c.name)
        .outerjoin(NAMES, NAMES.c.uscc == SPANS.c.subject)
        .where(
            SPANS.c.figure == figure_id,
            SPANS.c.since <= at,
            or_(SPANS.c.until.is_(None), SPANS.c.until > at),
        )
        .order_by(SPANS.c.since.desc(), SPANS.c.member)
    )
    if region is not None:
        query = query.where(within(SPANS.c.region, region))
    return [
        Member(
            member=row["member"],
            subject=row["subject"],
            name=row["name"],
            matter=row["matter"],
            region=row["region"],
            since=str(moment(row["since"])),
            event_id=row["event"],
        )
        for row in conn.execute(query.limit(limit).offset(offset)).mappings()
    ]


def by_region(
    conn: Connection, figure_id: str, *, as_of: int | None = None, closed: int | None = None
) -> dict[str, int]:
    """A figure's value in each region that has one, by division code."""
    _definition(figure_id)
    at = _at(data_stamp(conn), as_of, closed)
    if at is None:
        return {}
    values = _grouped(conn, at, None, figure_id)
    return {region: value for (_, region), value in sorted(values.items()) if value}


def trend(
    conn: Connection,
    figure_id: str,
    months: int = 12,
    *,
    as_of: int | None = None,
    region: str | None = None,
) -> list[tuple[str, int]]:
    """(month, value at its end) for the last months, oldest first; the last month as it stands."""
    _definition(figure_id)
    at = _at(data_stamp(conn), as_of, None)
    if at is None:
        return []
    last = instant(at - 1).date()
    found = []
    for back in range(months - 1, -1, -1):
        count = last.year * 12 + last.month - 1 - back
        after = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
        stamp = min(at, end_of(date.fromordinal(after.toordinal() - 1)))
        value = _values(conn, stamp, region, figure_id).get(figure_id, 0)
        found.append((f"{count // 12:04d}-{count % 12 + 1:02d}", value))
    return found


def _at(latest: int | None, as_of: int | None, closed: int | None) -> int | None:
    if as_of is not None:
        return as_of
    stamps = [stamp for stamp in (latest, closed) if stamp is not None]
    return max(stamps, default=None)


def _values(
    conn: Connection, at: int, region: str | None, figure_id: str | None = None
) -> dict[str, int]:
    values: dict[str, int] = {}
    for (name, _), value in _grouped(conn, at, region, figure_id).items():
        values[name] = values.get(name, 0) + value
    return values


def _grouped(
    conn: Connection, at: int, region: str | None, figure_id: str | None
) -> dict[tuple[str, str], int]:
    year, month, day = period_days(at)
    period = TALLIES.c.period
    whole = or_(
        (func.length(period) == 4) & (period < year),
        (func.length(period) == 7) & (period >= year) & (period < month),
        (func.length(period) == 10) & (period >= month) & (period <= day),
    )
    tallied = select(
        TALLIES.c.figure, TALLIES.c.region, func.sum(TALLIES.c.entered - TALLIES.c.left)
    ).where(whole)
    midnight = end_of(date.fromisoformat(day))
    later = [
        select(SPANS.c.figure, SPANS.c.region, func.count() * sign).where(
            column > at, column <= midnight
        )
        for column, sign in ((SPANS.c.since, -1), (SPANS.c.until, 1))
    ]
    values: dict[tuple[str, str], int] = {}
    for query, table in ((tallied, TALLIES), (later[0], SPANS), (later[1], SPANS)):
        if region is not None:
            query = query.where(within(table.c.region, region))
        query = query.where(
            table.c.figure == figure_id
            if figure_id is not None
            else table.c.figure.in_(list(FIGURES))
        )
        for name, place, value in conn.execute(query.group_by(table.c.figure, table.c.region)):
            values[name, place] = values.get((name, place), 0) + int(value)
    return values


def _definition(figure_id: str) -> Definition:
    found = FIGURES.get(figure_id)
    if found is None:
        raise UnknownFigure(f"there is no figure {figure_id!r}")
    return found


def _figure(definition: Definition, value: int, stamp: int | None, as_of: int | None) -> Figure:
    return Figure(
        id=definition.id,
        zh=definition.zh,
        en=definition.en,
        definition_zh=definition.definition_zh,
        definition_en=definition.definition_en,
        theme=definition.theme.value,
        telling=definition.telling,
        value=value,
        data_time=moment(stamp),
        as_of=moment(as_of),
    )
