"""The name that a misspelt one was probably meant to be, in the middle of a sentence."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """What joins "there is no such name" to what can be done, zh and en: the nearest, if any is."""
    near = difflib.get_close_matches(name, list(known), n=1)
    if not near:
        return "；", "; "
    return f"，是否为 {near[0]}？", f"; did you mean {near[0]}? "
