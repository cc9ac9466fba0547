"""Reading a request's body: one JSON object, nothing a decision could read in two ways."""

from __future__ import annotations

import json
from typing import Any

from gateways.http.problems import ProblemError, Said, malformed

DEPTH_MAX = 20


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object in a body. Refuses other media types, repeated keys, fractions and depth."""
    if content_type.partition(";")[0].strip().lower() not in ("application/json", ""):
        raise ProblemError(
            status=415,
            rule="UnsupportedMediaType",
            title=Said(zh="不支持的媒体类型", en="Unsupported media type"),
            detail=Said(
                zh=f"收到的是“{content_type}”", en=f"The content type is “{content_type}”"
            ),
            next=Said(zh="请发送 application/json", en="Send application/json"),
            field="Content-Type",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(
            Said(zh=f"第 {error.start} 字节不是 UTF-8", en=f"Byte {error.start} is not UTF-8")
        ) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_fraction,
            parse_constant=_fraction,
        )
    except json.JSONDecodeError as error:
        raise malformed(
            Said(
                zh=f"第 {error.lineno} 行第 {error.colno} 列不是合法的 JSON",
                en=f"Line {error.lineno}, column {error.colno} is not JSON: {error.msg}",
            )
        ) from error
    except RecursionError as error:
        raise malformed(Said(zh="嵌套层次过深", en="It is nested too deeply")) from error
    if not isinstance(value, dict):
        raise malformed(
            Said(zh="最外层应为一个 JSON 对象", en="The outermost value must be an object")
        )
    _shallow(value, 0)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise malformed(
                Said(zh=f"字段“{name}”出现两次", en=f"The field “{name}” stands there twice"),
                field_name=name,
            )
        result[name] = value
    return result


def _fraction(text: str) -> Any:
    raise malformed(
        Said(zh=f"“{text}”不是整数；数值只用整数", en=f"“{text}” is no whole number")
    )


def _shallow(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise malformed(Said(zh="嵌套层次过深", en="It is nested too deeply"))
    if isinstance(value, dict):
        for item in value.values():
            _shallow(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _shallow(item, depth + 1)
    elif isinstance(value, str) and any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        raise malformed(Said(zh="文字含有不成对的代理字符", en="A text holds a lone surrogate"))
