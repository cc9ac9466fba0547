"""The words in which layouts are written: how cells are read and written, columns, layouts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_DAY = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_COMPACT = re.compile(r"\d{8}")
_BETWEEN = re.compile(r"[、，,;；\s]+")


class Unread(ValueError):
    """A cell's text is not what its column holds; the two sentences say what it should be."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds: how its text is read, and how a value is written."""

    read: Callable[[str], Any]
    written: Callable[[Any], str] = str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: the command's field, its heading, other headings, whether it must be filled in.

    The cells of a `secret` column are never shown again.
    """

    field: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    kind: Kind

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading by which the column is known."""
        return (self.zh, self.en, *self.also)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A kind of file: its columns, what makes a row the same row, and the command of a row.

    `always` is what every row's command says besides its cells. `renews` gives the data of a
    row whose first reading was refused because its entry stands already and is renewed
    instead; None where the refusal stands. `cells` names the column at fault of rules that speak
    of something else than a column.
    """

    code: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    command: str | None = None
    always: Mapping[str, Any] = field(default_factory=dict)
    renews: Callable[[str, Mapping[str, Any], Mapping[str, Any]], dict[str, Any] | None] = (
        lambda _rule, _values, _data: None
    )
    cells: Mapping[str, str] = field(default_factory=dict)

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(one for one in self.columns if one.field == field)


def day_of(text: str) -> str:
    """A day as offices write it, `2022-6-11`, `2022/06/11`, `2022年6月11日`, `20220611`, in ISO."""
    if _COMPACT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DAY.fullmatch(text)
    if found is not None:
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass
    raise Unread("不是日期（如 2022-06-11）", "it is no date (2022-06-11)")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise Unread("不是整数", "it is no whole number")


def several(text: str) -> list[str]:
    return [one for one in _BETWEEN.split(text) if one]


def named(names: Mapping[str, str]) -> Kind:
    codes = {zh: code for code, zh in names.items()} | {code: code for code in names}

    def read(text: str) -> str:
        if text not in codes:
            allowed = "、".join(names.values())
            raise Unread(f"应为：{allowed}", f"it is one of {', '.join(names)}")
        return codes[text]

    return Kind(read, lambda code: names.get(code, str(code)))


def several_named(names: Mapping[str, str]) -> Kind:
    """Several words of a table in one cell."""
    one = named(names)
    return Kind(
        lambda text: [one.read(each) for each in several(text)],
        lambda values: "、".join(map(one.written, values)),
    )


def _person(text: str) -> dict[str, str]:
    return {"name": text}


TEXT = Kind(str)
DAY = Kind(day_of)
NUMBER = Kind(_number)
SEVERAL = Kind(several, lambda values: "、".join(values))
PERSON = Kind(_person, lambda person: str(person["name"]))

REGION = Column(
    field="region", zh="行政区划", en="Region", also=("行政区划代码", "区划代码"), kind=TEXT
)
SUBJECT = Column(
    field="organisation",
    zh="统一社会信用代码",
    en="USCC",
    also=("社会信用代码", "信用代码", "注册号/统一社会信用代码"),
    required=True,
    kind=TEXT,
)
