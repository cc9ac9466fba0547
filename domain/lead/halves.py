"""The two halves of what goes between organs, at home or elsewhere.

A lead, a referral or an online request has a half with its sender and a half with its
receiver. Both may be organs of one department, so a decider reads a half twice: as its own
stream and as what it received, and takes each fact once.
"""

from __future__ import annotations

from typing import Any

from domain.commands import History, Own, Read, Received
from domain.facts import Recorded


def both(stream: str) -> tuple[Read, ...]:
    """The two reads by which a half is known, whichever department owns it."""
    return (Own(stream=stream), Received(stream=stream))


def known(history: History, stream: str) -> tuple[Recorded[Any], ...]:
    """Every fact of a half that was read with `both`, once each, in the one order of all readers.

    What is at home is taken from the own stream, so that an answer rests on its newest version.
    """
    found = {one.id: one for one in history.received(Received(stream=stream))}
    found.update((one.id, one) for one in history.own(stream))
    return tuple(sorted(found.values(), key=lambda one: one.order))
