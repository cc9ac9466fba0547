"""Canonical bytes: one encoding for each value, equal to RFC 8785 on the values we allow.

ASCII keys, text in NFC, integers below 2^53, no floats; keys sorted, no white space. What
is stored is what is published, what is hashed and what is proved.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import orjson

LARGEST_INTEGER = 2**53 - 1
LARGEST_ENVELOPE = 256 * 1024


class NotCanonical(ValueError):
    """A value that has no canonical form; `path` says where it stands."""

    def __init__(self, path: str, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path or '/'}: {why}")


class Fractional(NotCanonical):
    """A number with a decimal point, of which no record holds any: money is in whole fen."""


def check(value: Any, path: str = "") -> None:
    """Raises NotCanonical where a value (of dict, list, str, int, bool, None) is not allowed."""
    kind = type(value)
    if kind is str:
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            raise NotCanonical(path, "text is not in NFC")
    elif kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise NotCanonical(path, "integer is 2^53 or larger")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical(path, f"key {key!r} is not ASCII text")
            check(item, f"{path}/{key}")
    elif kind is list or kind is tuple:
        for place, item in enumerate(value):
            check(item, f"{path}/{place}")
    elif kind is float:
        raise Fractional(path, "float has no canonical form")
    elif value is not None and kind is not bool:
        raise NotCanonical(path, f"{kind.__name__} has no canonical form")


def encode(value: Any) -> bytes:
    """The canonical bytes of a value that `check` allows; lone surrogates raise NotCanonical."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, UnicodeEncodeError) as error:
        raise NotCanonical("", str(error)) from error


def decode(body: bytes) -> Any:
    """The value of JSON bytes. Raises ValueError where they are not JSON."""
    return orjson.loads(body)
