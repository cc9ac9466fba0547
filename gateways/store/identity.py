"""Whose store it is: the department, real or simulated, and which incarnation of it."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from gateways.store.port import OtherStore

MODES = ("real", "simulated")


class Identity(NamedTuple):
    """What a store's first opening fixed for ever."""

    department: str
    mode: str
    incarnation: str


def fresh_incarnation() -> str:
    """A name for a new store: a restored or forked copy is told apart by it."""
    return secrets.token_hex(8)


def named(mode: str) -> str:
    """The mode, refused with ValueError where it is neither real nor simulated."""
    if mode not in MODES:
        raise ValueError(f"a store is real or simulated, not {mode!r}")
    return mode


def confirmed(found: Identity, department: str, mode: str, place: str) -> Identity:
    """The identity found, or OtherStore where it is not the one that was to be opened."""
    if (found.department, found.mode) != (department, mode):
        raise OtherStore(
            f"{place} is the {found.mode} store of {found.department!r}, not the {mode} store of"
            f" {department!r}: name another database, or open it as what it is"
        )
    return found
