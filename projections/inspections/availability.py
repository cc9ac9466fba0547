"""Whether an inspector may inspect certain subjects in a window, by the register."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any


def available(
    row: Mapping[Any, Any], window_from: date, window_to: date, subjects: Collection[str] = ()
) -> bool:
    """Whether a row of the inspector register is there for every day of a window, unrelated."""
    if row["left"] or (row["certificate_until"] or "") < window_to.isoformat():
        return False
    first, last = window_from.isoformat(), window_to.isoformat()
    for begin, end in json.loads(row["away"]):
        if (begin or first) <= last and (end or last) >= first:
            return False
    related = json.loads(row["relations"])
    return not any(subject in related for subject in subjects)
