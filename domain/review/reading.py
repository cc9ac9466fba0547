"""A fact's data as it is published, and a fact of such data: what a correction carries.

Plain JSON values: dates and instants as ISO text, enumerations as their value, sequences as
lists, absent optional fields left out. Canonical text sorts the keys and has no white space.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints


class NotOfItsType(ValueError):
    """A value is not of its field's type; `field` says where it stands."""

    def __init__(self, field: str, why: str) -> None:
        self.field, self.why = field, why
        super().__init__(f"{field}: {why}")


def data_of(value: Any) -> Any:
    """A fact, or a part of one, as plain JSON values without absent optional fields."""
    if is_dataclass(value) and not isinstance(value, type):
        named = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: data_of(item) for name, item in named if item is not None}
    if isinstance(value, tuple):
        return [data_of(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value


def text_of(data: Any) -> str:
    """The canonical JSON text of plain values."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def object_of(text: str) -> dict[str, Any]:
    """The object that a JSON text says. Raises ValueError for anything else."""
    found = json.loads(text, parse_float=_no_fraction, parse_constant=_no_fraction)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _no_fraction(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


@cache
def hints_of(cls: type[Any]) -> dict[str, Any]:
    """The field types of a fact class, resolved, without those of the class itself."""
    return {
        name: hint for name, hint in get_type_hints(cls).items() if get_origin(hint) is not ClassVar
    }


def read(cls: type[Any], data: Mapping[str, Any], place: str = "") -> Any:
    """The fact, or part, of class `cls` that plain values describe; unknown keys are ignored.

    Raises NotOfItsType where a value is missing or of another type. Patterns and bounds of the
    fields are the schema's business, not judged here.
    """
    values: dict[str, Any] = {}
    hints = hints_of(cls)  # type: ignore[arg-type]
    for one in fields(cls):
        at = f"{place}{one.name}"
        if data.get(one.name) is not None:
            values[one.name] = _value(hints[one.name], data[one.name], at)
        elif one.default is MISSING:
            raise NotOfItsType(at, "is missing")
    return cls(**values)


def _value(hint: Any, value: Any, at: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = (one for one in get_args(hint) if one is not type(None))
        return _value(inner, value, at)
    if origin is tuple:
        if not isinstance(value, list):
            raise NotOfItsType(at, "is not a list")
        inner = get_args(hint)[0]
        return tuple(_value(inner, item, f"{at}.{place}") for place, item in enumerate(value))
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise NotOfItsType(at, "is not an object")
        return read(hint, value, f"{at}.")  # type: ignore[arg-type]
    return _plain(hint, value, at)


def _plain(hint: Any, value: Any, at: str) -> Any:
    try:
        if issubclass(hint, Enum):
            return hint(value)
        if hint in (date, datetime) and isinstance(value, str):
            return hint.fromisoformat(value)
    except ValueError as error:
        raise NotOfItsType(at, str(error)) from error
    if type(value) is not hint:
        raise NotOfItsType(at, f"is no {hint.__name__}")
    return value
