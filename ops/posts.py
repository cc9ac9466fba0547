"""Posts named on the command line and in scenarios: `HRSS_APPR@210103`, `HRSS_INSP.HEAD@210103`."""

from __future__ import annotations

import difflib
import re

from domain.commands import Post
from domain.departments import ORGANS, ROLES

FORM = re.compile(
    r"^([A-Z][A-Z_]{1,19})(?:\.([A-Z]{2,12}))?@([0-9]{6}|[0-9]{9}|[0-9]{2}-[A-Z]{2,8})$"
)


class UnknownPost(ValueError):
    """The text does not name a post; the message says what would."""


def default_post(organ: str, region: str, role: str = "") -> Post:
    """The default post of an organ in a territory: it may do what the organ may do.

    With a role it is one of several posts of the organ (who prepares, checks, approves).
    """
    if organ not in ORGANS:
        near = difflib.get_close_matches(organ, ORGANS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise UnknownPost(f"{organ} is not an organ{hint}; known are {', '.join(ORGANS)}")
    if role and role not in ROLES:
        raise UnknownPost(f"{role} is not a role; known are {', '.join(ROLES)}")
    name = f"{organ}.{role}@{region}" if role else f"{organ}@{region}"
    return Post(id=name, organ=organ, region=region, appointment=f"default:{name}")


def post_of(text: str) -> Post:
    """The post that a text names. Raises UnknownPost."""
    match = FORM.match(text)
    if match is None:
        raise UnknownPost(f"{text!r} is not a post; write ORGAN@REGION, e.g. HRSS_APPR@210103")
    return default_post(match.group(1), match.group(3), match.group(2) or "")
