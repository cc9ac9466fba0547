"""Whether an inspector may inspect certain subjects in a window, by the register."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any


def available(
    row: Mapping[Any, Any], window_from: date, window_to: date, subjects: Collection[str] = ()
) -> bool:
    """Whether an inspector is in the register, certified to the end of a window, and there for it.

    Not there is who is away for the whole of it; related is who declared a relation to every one
    of the subjects (to the one, where it is one).
    """
    if row["left"] or (row["certificate_until"] or "") < window_to.isoformat():
        return False
    first, last = window_from.isoformat(), window_to.isoformat()
    for begin, end in json.loads(row["away"]):
        if (begin or first) <= first and (end or last) >= last:
            return False
    related = json.loads(row["relations"])
    return not subjects or not all(subject in related for subject in subjects)
