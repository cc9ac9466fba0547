"""Where a command's fields hold a file, however deep they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin

import domain.law  # noqa: F401 -- completes the table of commands
from domain.commands import COMMANDS
from domain.terms import FileRef
from gateways.contracts.schemas import hints_of

Place = tuple[str, ...]


@cache
def file_places(name: str) -> tuple[Place, ...]:
    """The places of a command's files: field names, `*` for every item of a list."""
    return tuple(_places(COMMANDS[name], ()))


def replaced(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """A value with what stands at a place changed; absent fields stay absent."""
    if value is None:
        return None
    if not place:
        return change(value)
    if place[0] == "*":
        return [replaced(item, place[1:], change) for item in value]
    if not isinstance(value, Mapping) or place[0] not in value:
        return value
    return {**value, place[0]: replaced(value[place[0]], place[1:], change)}


def _places(hint: Any, place: Place) -> Iterator[Place]:
    origin = get_origin(hint)
    if hint is FileRef:
        yield place
    elif origin is Annotated:
        yield from _places(get_args(hint)[0], place)
    elif origin is tuple:
        yield from _places(get_args(hint)[0], (*place, "*"))
    elif origin is not None:
        for one in get_args(hint):
            yield from _places(one, place)
    elif is_dataclass(hint) and isinstance(hint, type):
        for name, inner in hints_of(hint).items():
            yield from _places(inner, (*place, name))
