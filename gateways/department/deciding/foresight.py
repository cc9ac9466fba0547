"""A decision that is only looked at: its facts as they would stand on record."""

from __future__ import annotations

import uuid
from typing import Any

from domain.commands import Decided, Post
from domain.facts import CHINA, Recorded, instant

NOBODY = {"person": "VP-" + "0" * 20, "commitment": "0" * 64}
"""The reference of a person in a decision that is only looked at: nothing is sealed for it."""

AFTER_ALL = 1 << 50
"""A sequence after every one on record, so that the facts come last in the one order."""


def foreseen(
    decided: Decided,
    place: int,
    version: int,
    *,
    command_id: str,
    command_name: str,
    department: str,
    post: Post,
    region: str,
    stamp: int,
) -> Recorded[Any]:
    """The fact as it would be recorded at a stamp, as the `place`-th of its command."""
    occurred = decided.occurred or instant(stamp)
    return Recorded(
        fact=decided.fact,
        id=str(uuid.uuid5(uuid.UUID(command_id), str(place))),
        type=decided.fact.TYPE,
        stream=decided.stream,
        stream_version=version + 1,
        department=department,
        sequence=AFTER_ALL + place,
        stamp=stamp,
        subject=decided.subject,
        region=decided.region or region,
        matter=decided.matter,
        organ=post.organ,
        post=post.id,
        command=command_id,
        command_name=command_name,
        cause=None,
        occurred=occurred,
        effective=decided.effective or occurred.astimezone(CHINA).date(),
        decided=decided.decided,
        served=decided.served,
    )
