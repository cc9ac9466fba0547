"""Reading a body from outside: one JSON object that can be read in one way only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gateways.contracts.canonical import LARGEST_INTEGER

LARGEST_BODY = 256 * 1024
DEEPEST = 20


class BadBody(ValueError):
    """A body that is not one unambiguous JSON object; `field` names the place where known."""

    def __init__(self, rule: str, zh: str, en: str, field: str = "") -> None:
        self.rule, self.zh, self.en, self.field = rule, zh, en, field
        super().__init__(f"{field}: {en}" if field else en)


def parse_body(body: bytes, limit: int = LARGEST_BODY) -> dict[str, Any]:
    """The JSON object of a body of at most `limit` bytes.

    Raises BadBody for another encoding than UTF-8, for repeated keys, fractions, NaN, integers of
    2^53 or more, nesting deeper than 20, lone surrogates, and for anything but an object.
    """
    if len(body) > limit:
        raise BadBody("BodyTooLarge", f"内容超过{limit}字节", f"the body has over {limit} bytes")
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_fraction,
            parse_constant=_fraction,
        )
    except UnicodeDecodeError as error:
        where = error.start
        raise BadBody("NotUtf8", f"第{where}字节不是UTF-8", f"byte {where} is not UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise BadBody("NotJson", f"{place} 处不是合法的JSON", f"not JSON at {place}") from error
    except RecursionError as error:
        raise _too_deep("") from error
    _inspect(value, "", 0)
    if not isinstance(value, dict):
        raise BadBody("NotAnObject", "最外层应为一个对象", "the outermost value must be an object")
    return value


@dataclass(frozen=True)
class _Unfit:
    """A value that is refused, kept until its place is known; `name` is a field within it."""

    rule: str
    zh: str
    en: str
    name: str = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Unfit:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            return _Unfit("RepeatedField", "字段出现两次", "the field stands there twice", name)
        result[name] = value
    return result


def _integer(text: str) -> int | _Unfit:
    if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
        return _Unfit("NumberTooLarge", "整数过大", "an integer is 2^53 or larger")
    return int(text)


def _fraction(text: str) -> _Unfit:
    shown = text[:40]
    return _Unfit("NotAnInteger", f"{shown} 不是整数", f"{shown} is no whole number")


def _too_deep(field: str) -> BadBody:
    return BadBody("NestedTooDeeply", "嵌套层次过深", "it is nested too deeply", field)


def _inspect(value: Any, field: str, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep(field)
    if isinstance(value, _Unfit):
        _inspect(value.name, field, depth)
        place = f"{field}.{value.name}".strip(".")
        raise BadBody(value.rule, value.zh, value.en, place)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise BadBody("NotText", "文字含有代理字符", "a lone surrogate", field) from error
    elif isinstance(value, dict):
        for name, item in value.items():
            _inspect(name, field, depth + 1)
            _inspect(item, f"{field}.{name}" if field else name, depth + 1)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _inspect(item, f"{field}.{number}" if field else str(number), depth + 1)
