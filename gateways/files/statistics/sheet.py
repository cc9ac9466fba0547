"""The form as it is printed, before it is a file: the same for XLSX, PDF and CSV.

The attachment's layout: title, 填报单位（盖章）, four columns with the first one merged for each
group, and a foot of four lines. It has no row numbers and no units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from domain.campaign.facts import TableRow
from domain.facts import instant
from domain.statistics.counting import printed
from domain.statistics.form import COLUMNS, FOOT, ROWS, TITLE, UNIT, Kind
from gateways.files.rendering.content import day_written


@dataclass(frozen=True, kw_only=True)
class Foot:
    """Who answers for the form: the leader in charge, the head, the preparer, the day."""

    leader: str = ""
    head: str = ""
    preparer: str = ""
    day: date | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The four lines."""
        day = "" if self.day is None else day_written(self.day)
        parts = (self.leader, self.head, self.preparer, day)
        return tuple(name + part for name, part in zip(FOOT, parts, strict=True))


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row as printed: its group, its label, its value, its remark."""

    group: str
    label: str
    value: str | int
    remark: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A unit's form as printed. `as_of` is the moment it was counted for, `digest` its content's."""

    unit: str
    as_of: datetime
    rows: tuple[TableRow, ...]
    lines: tuple[Line, ...]
    foot: tuple[str, ...]
    digest: str = ""
    title: str = TITLE
    columns: tuple[str, ...] = COLUMNS

    @property
    def head(self) -> str:
        """The line above the table."""
        return UNIT + self.unit

    def spans(self) -> tuple[tuple[str, int], ...]:
        """Each group with the number of its rows: the merged cells of the first column."""
        names = dict.fromkeys(line.group for line in self.lines)
        return tuple((name, sum(line.group == name for line in self.lines)) for name in names)


def sheet_of(
    rows: Iterable[TableRow],
    unit: str,
    as_of: datetime,
    year: int,
    *,
    foot: Foot | None = None,
    digest: str = "",
) -> Sheet:
    """The form of a unit, by its name, with these values."""
    values = tuple(sorted(rows, key=lambda one: one.row))
    by_number = {one.row: one for one in values}
    lines = tuple(
        Line(
            group=row.group,
            label=row.labelled(year),
            value=_value(row.kind, by_number.get(row.number)),
            remark=row.remark,
        )
        for row in ROWS
    )
    made = foot or Foot()
    return Sheet(unit=unit, as_of=as_of, rows=values, lines=lines, foot=made.lines, digest=digest)


def _value(kind: Kind, value: TableRow | None) -> str | int:
    if value is None:
        return ""
    if kind is Kind.NUMBER and value.number is not None:
        return value.number
    return printed(value)


def sealed_sheet(content: Mapping[str, Any], form: Mapping[str, Any], unit: str) -> Sheet:
    """A prepared form as printed: its sealed values, and the posts that answer for it.

    `form` names who prepared, checked and approved it; the day is that of its preparation.
    """
    rows = [
        msgspec.convert({name: part for name, part in row.items() if name != "counts"}, TableRow)
        for row in content["rows"]
    ]
    foot = Foot(
        leader=form["approved_by"] or "",
        head=form["checked_by"] or "",
        preparer=form["prepared_by"] or "",
        day=datetime.fromisoformat(form["prepared"]).date(),
    )
    as_of = instant(content["as_of"])
    return sheet_of(rows, unit, as_of, content["year"], foot=foot, digest=form["sha256"])
