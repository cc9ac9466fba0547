"""Named repairs: pure functions that make a record's data fit its contract.

A repair never says what a record should have said: it only writes differently what is there.
The bytes that came stay with the parked record; the repaired fact is what is applied.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from domain.delivery.parked import REPAIRS as NAMES
from gateways.contracts import canonical

Data = dict[str, Any]
_NOTHING: tuple[Any, ...] = (None, "", [])


def absent_not_empty(data: Data) -> Data:
    """The data without what is null, an empty text or an empty list, at any depth."""
    found: Data = _without_empty(data)
    return found


def trimmed_text(data: Data) -> Data:
    """The data with the space around each text gone and each text in NFC."""
    found: Data = _trimmed(data)
    return found


REPAIRS: dict[str, Callable[[Data], Data]] = {
    "ABSENT_NOT_EMPTY": absent_not_empty,
    "TRIMMED_TEXT": trimmed_text,
}
"""Every repair by its name; the names and their labels are the domain's."""

assert REPAIRS.keys() == NAMES.keys()


def repaired(body: bytes, repair: str) -> bytes:
    """The bytes of an envelope whose data went through a repair; all else as it was.

    Raises ValueError where the bytes are no envelope with data.
    """
    envelope = canonical.decode(body)
    if not isinstance(envelope, dict) or not isinstance(envelope.get("data"), dict):
        raise ValueError("no envelope with data: nothing to repair")
    return canonical.encode({**envelope, "data": REPAIRS[repair](envelope["data"])})


def _without_empty(value: Any) -> Any:
    if isinstance(value, Mapping):
        made = {name: _without_empty(one) for name, one in value.items()}
        return {name: one for name, one in made.items() if one not in _NOTHING}
    if isinstance(value, list):
        return [one for one in map(_without_empty, value) if one not in _NOTHING]
    return value


def _trimmed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, Mapping):
        return {name: _trimmed(one) for name, one in value.items()}
    return [_trimmed(one) for one in value] if isinstance(value, list) else value
