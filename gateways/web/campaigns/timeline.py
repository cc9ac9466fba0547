"""The picture of a campaign: a bar for each phase, a mark for each day on which something is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, LEFT, RIGHT, TOP, LANE = 960, 210, 20, 46, 34


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A phase: its words, its place, and whether it is closed."""

    text: str
    days: str
    x: float
    y: float
    width: float
    closed: bool


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The last day of a report, in the lane of its phase."""

    code: str
    day: str
    x: float
    y: float
    past: bool


@dataclass(frozen=True, kw_only=True)
class Month:
    """The first of a month on the axis."""

    text: str
    x: float


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Lengths in the units of the SVG's view box; `today` is None outside the picture."""

    height: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    months: tuple[Month, ...]
    today: float | None
    width: float = WIDTH


def drawn(campaign: Mapping[str, Any], today: date) -> Picture:
    """The phases of a campaign and what is due in them, laid out by days.

    A phase whose notice names no first or last day reaches to the campaign's own.
    """
    days = _days(campaign)
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def place(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span, 1)

    lanes = {one["code"]: TOP + n * LANE for n, one in enumerate(campaign["phases"])}
    bars = []
    for one in campaign["phases"]:
        begins = date.fromisoformat(one["starts_on"]) if one["starts_on"] else first
        ends = date.fromisoformat(one["ends_on"]) if one["ends_on"] else last
        bars.append(
            Bar(
                text=one["zh"],
                days=f"{one['starts_on'] or '—'} – {one['ends_on'] or '—'}",
                x=place(begins),
                y=lanes[one["code"]],
                width=max(round(place(ends) - place(begins), 1), 4),
                closed=one["code"] in campaign["closed_phases"],
            )
        )
    marks = tuple(
        Mark(
            code=one["code"],
            day=one["due"],
            x=place(date.fromisoformat(one["due"])),
            y=lanes.get(one["phase"], TOP),
            past=one["due"] < today.isoformat(),
        )
        for one in campaign["reports"]
    )
    return Picture(
        height=TOP + LANE * len(bars) + 12,
        bars=tuple(bars),
        marks=marks,
        months=tuple(_months(first, last, place)),
        today=place(today) if first <= today <= last else None,
    )


def _days(campaign: Mapping[str, Any]) -> list[date]:
    told = [campaign["effective_from"], campaign["ends_on"]]
    told += [one[name] for one in campaign["phases"] for name in ("starts_on", "ends_on")]
    told += [one["due"] for one in campaign["reports"]]
    return [date.fromisoformat(one) for one in told if one]


def _months(first: date, last: date, place: Any) -> list[Month]:
    """The first of each month, of every third where there are many."""
    found, day = [], first.replace(day=1)
    step = 1 if (last - first).days <= 400 else 3
    while day <= last:
        if day >= first:
            found.append(Month(text=f"{day.year}-{day.month:02}", x=place(day)))
        months = day.year * 12 + day.month - 1 + step
        day = date(months // 12, months % 12 + 1, 1)
    return found
