"""Plain values into classes: msgspec's conversion, each class for the first time alone.

msgspec learns a class when it first converts to it, in several steps of Python code. Two
threads that learn one class at the same moment have been seen to crash the interpreter, so
the first conversion to each class holds a lock; later ones are free.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_LEARNING = threading.Lock()
_LEARNT: set[type[Any]] = set()
_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def to_class(values: Any, cls: type[T]) -> T:
    """An object of a class from plain values. Raises msgspec.ValidationError for wrong ones."""
    if cls in _LEARNT:
        return msgspec.convert(values, cls)
    with _LEARNING:
        try:
            return msgspec.convert(values, cls)
        finally:
            _LEARNT.add(cls)


def from_json(body: msgspec.Raw, cls: type[T]) -> T:
    """An object of a class from JSON. Raises msgspec.DecodeError for what is not one."""
    decoder = _DECODERS.get(cls)
    if decoder is None:
        with _LEARNING:
            decoder = _DECODERS[cls] = msgspec.json.Decoder(cls)
    found: T = decoder.decode(body)
    return found
