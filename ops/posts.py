"""Posts named on the command line and in scenarios: `HRSS_APPR@210103`, `HRSS_INSP.HEAD@210103`."""

from __future__ import annotations

import re

from domain.commands import Post
from domain.departments import ORGANS, ROLES
from ops.near_names import nearest
from ops.output import said

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
        zh, en = nearest(organ, ORGANS)
        raise UnknownPost(
            said(
                f"{organ} 不是机关{zh}机关有 {'、'.join(ORGANS)}",
                f"{organ} is not an organ{en}known are {', '.join(ORGANS)}",
            )
        )
    if role and role not in ROLES:
        raise UnknownPost(
            said(
                f"{role} 不是角色；角色有 {'、'.join(ROLES)}",
                f"{role} is not a role; known are {', '.join(ROLES)}",
            )
        )
    name = f"{organ}.{role}@{region}" if role else f"{organ}@{region}"
    return Post(id=name, organ=organ, region=region, appointment=f"default:{name}")


def post_of(text: str) -> Post:
    """The post that a text names. Raises UnknownPost."""
    match = FORM.match(text)
    if match is None:
        raise UnknownPost(
            said(
                f"{text!r} 不是岗位；请写成 机关@区划，例如 HRSS_APPR@210103",
                f"{text!r} is not a post; write ORGAN@REGION, e.g. HRSS_APPR@210103",
            )
        )
    return default_post(match.group(1), match.group(3), match.group(2) or "")
