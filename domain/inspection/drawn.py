"""What a draw drew, read from its kept record: nobody types it, and every decision reads it again.

The record names the ids, stratum by stratum in the order of their tickets; where an object
lies is said by its line of the frozen population.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domain.draw.facts import DrawExecuted, DrawOpened, draw_of
from domain.facts import Recorded

BATCH = 500
"""The most objects of one sending."""

Lines = Callable[[str], Iterable[bytes]]
"""The lines of a kept file by its digest. Raises FileNotKept, FileDamaged."""

History = Callable[[str], tuple[Recorded[Any], ...]]
"""Both halves of a stream, oldest first."""


def opened_of(facts: Iterable[Recorded[Any]]) -> DrawOpened | None:
    """How a draw was opened."""
    return next((one.fact for one in facts if isinstance(one.fact, DrawOpened)), None)


def executed_of(facts: Iterable[Recorded[Any]]) -> DrawExecuted | None:
    """The result of a draw, None before it was executed."""
    return next((one.fact for one in facts if isinstance(one.fact, DrawExecuted)), None)


def ids_of(result: DrawExecuted, lines: Lines) -> tuple[str, ...]:
    """Everything that was drawn, in the order of the record."""
    plain = json.loads(b"".join(lines(result.record.sha256)))
    return tuple(name for stratum in plain["strata"] for name in stratum["drawn"])


def batch_of(
    opened: DrawOpened, result: DrawExecuted, batch: int, lines: Lines
) -> tuple[tuple[str, str], ...]:
    """The ids and territories of one batch of drawn objects."""
    named = ids_of(result, lines)[(batch - 1) * BATCH : batch * BATCH]
    wanted = {name.encode() for name in named}
    regions: dict[str, str] = {}
    for line in lines(opened.population.sha256) if wanted else ():
        name, _, tail = line.partition(b"|")
        if name in wanted:
            regions[name.decode()] = tail.partition(b"|")[0].decode()
            if len(regions) == len(wanted):
                break
    return tuple((name, regions[name]) for name in named)


def filled(name: str, data: Mapping[str, Any], history: History, lines: Lines) -> dict[str, Any]:
    """The data of a sending or a matching with what the named draws drew.

    A draw without a result is left for the decision to refuse; what was given stays, and the
    decision compares it with the record.
    """
    found = dict(data)
    if name == "SendTasks" and not found.get("objects"):
        facts = history(draw_of(found["draw"]))
        opened, result = opened_of(facts), executed_of(facts)
        if opened is not None and result is not None:
            found["objects"] = [
                {"subject": subject, "region": region}
                for subject, region in batch_of(opened, result, found.get("batch", 1), lines)
            ]
    if name == "MatchTeam" and not found.get("drawn"):
        results = {
            draw: executed_of(history(draw_of(draw)))
            for draw in (found["draw"], *found.get("replacements", ()))
        }
        found["drawn"] = [
            {"draw": draw, "inspectors": list(ids_of(result, lines))}
            for draw, result in results.items()
            if result is not None
        ]
    return found
