"""What is wrong with data, field by field: a rule's name and a sentence in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema.exceptions import ValidationError

from domain.terms import is_uscc


@dataclass(frozen=True, slots=True)
class Problem:
    """One field at fault. `field` is a dotted path; `rule` names what it breaks."""

    field: str
    rule: str
    zh: str
    en: str


WORDS: dict[str, tuple[str, str, str]] = {
    "type": ("WrongType", "应为{zh_value}", "must be {en_value}"),
    "pattern": ("WrongForm", "格式不符{zh_example}", "does not have the right form{en_example}"),
    "format": ("NoSuchDate", "没有这个日期或时间", "is no date or time that exists"),
    "enum": ("NotInList", "应为其中之一：{value}", "must be one of: {value}"),
    "const": ("WrongValue", "应为 {value}", "must be {value}"),
    "minLength": ("TooShort", "至少{value}个字", "needs at least {value} characters"),
    "maxLength": ("TooLong", "最多{value}个字", "may have at most {value} characters"),
    "minimum": ("TooSmall", "不得小于{value}", "must be at least {value}"),
    "maximum": ("TooLarge", "不得大于{value}", "must be at most {value}"),
    "minItems": ("TooFew", "至少{value}项", "needs at least {value} entries"),
}
"""The rule and the sentences of each keyword of a schema."""

KINDS: dict[str, tuple[str, str]] = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "boolean": ("是或否", "true or false"),
    "array": ("列表", "a list"),
    "object": ("一组字段", "an object"),
}

CHECKS: dict[Callable[[str], bool], tuple[str, str, str]] = {
    is_uscc: (
        "UsccCheckDigit",
        "统一社会信用代码的校验码不符，请核对是否录错",
        "the check characters of the unified social credit code do not fit: look for a typing error",
    ),
}
"""The rule and the sentences of each check that a schema cannot say."""


def required(schema: Mapping[str, Any], place: tuple[Any, ...]) -> Problem:
    """A field that must be there is not."""
    return _problem(place, "Required", schema, "必须填写", "is required")


def unknown(place: tuple[Any, ...]) -> Problem:
    """A field that no schema names."""
    return _problem(place, "UnknownField", {}, "没有这个字段", "is no field of this command")


def failed_check(
    check: Callable[[str], bool], schema: Mapping[str, Any], place: tuple[Any, ...]
) -> Problem:
    """A value fits its schema and breaks a further rule."""
    fallback = ("CheckFailed", "校验不符", "fails its check")
    rule, zh, en = CHECKS.get(check, fallback)
    return _problem(place, rule, schema, zh, en)


def _place(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/")) if path.strip("/") else ()


def fractional(path: str) -> Problem:
    """A number with a decimal point; `path` is written with slashes."""
    place = _place(path)
    if place and place[-1].endswith("_fen"):
        return _problem(
            place,
            "WholeFen",
            {"x-zh": "金额", "title": "Amount"},
            "须填写整数，单位为分，不带小数点（12.50元写作1250）",
            "is a whole number of fen without a decimal point (12.50 yuan are 1250)",
        )
    return _problem(
        place,
        "NotCanonical",
        {},
        "不能记录带小数点的数，须填写整数或文字",
        "takes no number with a decimal point: give a whole number or text",
    )


def not_canonical(path: str, why: str) -> Problem:
    """A value that has no canonical form; `path` is written with slashes."""
    return _problem(
        _place(path), "NotCanonical", {}, f"该值不能记录（{why}）", f"cannot be recorded: {why}"
    )


def control_character(place: tuple[Any, ...]) -> Problem:
    """A text holds a character that is no text."""
    return _problem(place, "ControlCharacter", {}, "含有控制字符", "holds a control character")


def of_error(error: ValidationError) -> list[Problem]:
    """The problems that one finding of the reference implementation stands for."""
    place = tuple(error.absolute_path)
    schema = cast(Mapping[str, Any], error.schema)
    instance = cast(Any, error.instance)
    value = cast(Any, error.validator_value)
    if error.validator == "required":
        properties = schema.get("properties", {})
        return [
            required(properties.get(name, {}), (*place, name))
            for name in value
            if name not in instance
        ]
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        return [unknown((*place, name)) for name in instance if name not in known]
    rule, zh, en = WORDS.get(str(error.validator), ("WrongValue", "不符合要求", "does not fit"))
    example = next(iter(schema.get("examples", ())), None)
    zh_value, en_value = KINDS.get(str(value), (str(value), str(value)))
    shown = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    filled = {
        "value": shown,
        "zh_value": zh_value,
        "en_value": en_value,
        "zh_example": "" if example is None else f"，例如 {example}",
        "en_example": "" if example is None else f", for example {example}",
    }
    return [_problem(place, rule, schema, zh.format(**filled), en.format(**filled))]


def _problem(
    place: tuple[Any, ...], rule: str, schema: Mapping[str, Any], zh: str, en: str
) -> Problem:
    name = ".".join(map(str, place))
    return Problem(
        field=name,
        rule=rule,
        zh=f"{schema.get('x-zh') or name}：{zh}",
        en=f"{schema.get('title') or name}: {en}",
    )
