"""What the command line prints: tables for people, JSON for programs, one clear sentence for faults."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.facts import CHINA, end_of, instant, stamp_of
from ops.values import plain

FAILED, WRONG_USE, UNREACHABLE = 1, 2, 3
"""Exit codes besides 0: a check failed, the tool was used wrongly, a service cannot be reached."""


class Language:
    """The language of what is printed; chosen once, before any command runs."""

    chosen = "zh"


def said(zh: str, en: str) -> str:
    """The sentence in the chosen language."""
    return zh if Language.chosen == "zh" else en


def out() -> Console:
    """Standard output; not wrapped where a program reads it."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=240, soft_wrap=True)


def err() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def as_json(value: Any) -> None:
    """Prints a value as JSON, one document."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2, default=str) + "\n")


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[tuple[str, str]]) -> None:
    """Prints rows as a table, numbers to the right; `columns` are (field, heading)."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    told = list(rows)
    for name, heading in columns:
        counted = all(_is_number(row.get(name)) for row in told)
        made.add_column(heading, overflow="fold", justify="right" if counted else "left")
    for row in told:
        made.add_row(*(Text(cell(row.get(name))) for name, _ in columns))
    if told:
        out().print(made)
    else:
        out().print(said("（没有记录）", "(nothing)"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def listing(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str]], *, json_: bool
) -> None:
    """Prints rows as a table, or whole as JSON."""
    if json_:
        as_json(rows)
    else:
        table(rows, columns)


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """A column for each field that some row fills with a simple value."""
    names: dict[str, None] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None and not isinstance(value, dict | list):
                names.setdefault(name)
    return [(name, name) for name in names]


def cell(value: Any) -> str:
    """A value as a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return said("是" if value else "否", "yes" if value else "no")
    if isinstance(value, list | tuple):
        return "、".join(cell(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def shown(stamp: int) -> str:
    """A stamp as a person reads it, +08:00, to the second."""
    return instant(stamp).strftime("%Y-%m-%d %H:%M:%S")


def as_of(text: str | None) -> int | None:
    """The stamp that a date or time names: +08:00 where no zone is given; a bare date is its end.

    Raises typer.BadParameter for anything else.
    """
    if text is None:
        return None
    try:
        if len(text) == 10:
            return end_of(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            said(
                f"{text!r} 不是日期或时间；请写成 2024-12-15 或 2024-12-15T09:00",
                f"{text!r} is not a date or time; write 2024-12-15 or 2024-12-15T09:00",
            )
        ) from None
    return stamp_of(moment if moment.tzinfo else moment.replace(tzinfo=CHINA))
