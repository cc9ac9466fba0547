"""The picture of a case: one lane a department, one place a fact, one curve a cause.

Places are spaced by sequence; a pause longer than a week is marked with its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LEFT, TOP, LANE, RIGHT = 150, 40, 30, 30
STEP_LEAST, STEP_MOST, WIDTH = 9, 34, 1000
IDLE_DAYS = 7
HIGH, LOW, LABEL = 10, 24, 70


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One fact in the picture."""

    number: int
    x: float
    y: float
    later: bool
    correction: bool
    late: bool
    title: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One cause: from a fact to what it brought about."""

    number: int
    path: str
    later: bool


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A department's lane."""

    node: str
    y: float


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A stretch in which nothing happened, in whole days."""

    x: float
    y: float
    days: int


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The laid-out swimlanes; lengths in the units of the SVG's view box."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]
    curves: tuple[Curve, ...]
    pauses: tuple[Pause, ...]


def draw(facts: Sequence[dict[str, Any]], at: int, language: str) -> Picture:
    """Lays out the facts in their order; those after step `at` are drawn pale."""
    nodes: list[str] = []
    for fact in facts:
        if fact["department"] not in nodes:
            nodes.append(fact["department"])
    lanes = tuple(Lane(node=node, y=TOP + LANE * place) for place, node in enumerate(nodes))
    height_of = {lane.node: lane.y for lane in lanes}
    room = WIDTH - LEFT - RIGHT
    step = min(STEP_MOST, max(STEP_LEAST, room / max(1, len(facts))))
    dots, places = [], {}
    pauses: list[Pause] = []
    before: datetime | None = None
    for number, fact in enumerate(facts, start=1):
        x, y = LEFT + 12 + step * (number - 1), height_of[fact["department"]]
        places[fact["event_id"]] = (x, y)
        recorded = datetime.fromisoformat(fact["recorded"])
        if before is not None and (recorded - before).days >= IDLE_DAYS:
            at_x = x - step / 2
            high = not pauses or at_x - pauses[-1].x > LABEL or pauses[-1].y > HIGH
            days = (recorded - before).days
            pauses.append(Pause(x=at_x, y=HIGH if high else LOW, days=days))
        before = recorded
        dots.append(
            Dot(
                number=number,
                x=x,
                y=y,
                later=number > at,
                correction=is_correction(fact["type"]),
                late=fact["type"].startswith("clock.deadline_breached"),
                title=f"{number}. {fact[language]} {fact['recorded'][:16].replace('T', ' ')}",
            )
        )
    curves = []
    for number, fact in enumerate(facts, start=1):
        source = places.get(fact.get("cause") or "")
        if source is not None:
            path = _curve(source, places[fact["event_id"]])
            curves.append(Curve(number=number, path=path, later=number > at))
    return Picture(
        width=max(WIDTH, LEFT + 12 + step * len(facts) + RIGHT),
        height=TOP + LANE * max(1, len(nodes)) + 10,
        lanes=lanes,
        dots=tuple(dots),
        curves=tuple(curves),
        pauses=tuple(pauses),
    )


def is_correction(type_name: str) -> bool:
    """Whether a fact corrects, annuls or withdraws what stood before."""
    return any(
        word in type_name
        for word in ("annulled", "withdrawn", "revoked", "resent", "record_corrected")
    )


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    if y1 == y2:
        lift = min(14.0, 4 + abs(x2 - x1) / 8)
        return f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 2:.1f} {y1 - lift:.1f} {x2:.1f} {y2:.1f}"
    middle = (x1 + x2) / 2
    return f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
