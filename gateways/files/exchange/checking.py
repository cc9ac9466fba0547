"""Judging rows: from cells to a command's data, or to each bad cell with its reason.

Rows come and go one by one. What must be known of all rows, whether a row's key stood before,
lies in a temporary database on the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateways.contracts.validation import Problem, normalise_command, problems_of_normal
from gateways.files.exchange.layouts_words import Column, Layout, Unread
from gateways.files.exchange.reading import Row, Spoilt, column_letters
from gateways.files.exchange.refusals import TableColumnTwice, TableHeadingsMissing

HEADING_WITHIN = 10
"""Titles may stand above the headings: so many rows are looked at."""
HIDDEN = "—"


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is wrong: sheet, cell, heading, what stands there, the rule, and the reason."""

    sheet: str
    cell: str
    heading: str
    value: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Good:
    """A row that is a command's data; `places` are the sheet's columns by field."""

    sheet: str
    number: int
    data: dict[str, Any]
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that is not, with each of its bad cells."""

    sheet: str
    number: int
    cells: tuple[BadCell, ...]


Judged = Good | Bad


@dataclass(frozen=True, slots=True)
class Headed:
    """A row below its headings: `places` are the columns of the sheet by field."""

    row: Row
    places: Mapping[str, int]


def headed(layout: Layout, rows: Iterable[Row]) -> Iterator[Headed]:
    """The rows below the headings of each sheet; a sheet without headings is passed over.

    Raises TableHeadingsMissing where no sheet has them, TableColumnTwice.
    """
    sheet: str | None = None
    looked, found = 0, False
    places: dict[str, int] | None = None
    for row in rows:
        if row.sheet != sheet:
            sheet, looked, places = row.sheet, 0, None
        if places is not None:
            yield Headed(row, places)
        elif looked < HEADING_WITHIN:
            looked += 1
            places = _places(layout, row)
            found = found or places is not None
    if not found:
        needed = [one.zh for one in layout.columns if one.required]
        raise TableHeadingsMissing(
            missing="、".join(needed), expected="、".join(one.zh for one in layout.columns)
        )


def _places(layout: Layout, row: Row) -> dict[str, int] | None:
    known = {_heading(name): column.field for column in layout.columns for name in column.headings}
    places: dict[str, int] = {}
    twice = None
    for place, cell in enumerate(row.cells):
        field = known.get(_heading(cell)) if isinstance(cell, str) else None
        if field is not None:
            twice = twice or (cell if field in places else None)
            places.setdefault(field, place)
    if any(one.required and one.field not in places for one in layout.columns):
        return None
    if twice:
        raise TableColumnTwice(sheet=row.sheet, heading=twice)
    return places


def _heading(text: str) -> str:
    return "".join(text.split()).strip("*＊:：").lower()


def judged(layout: Layout, rows: Iterable[Row]) -> Iterator[Judged]:
    """Each row as a command's data or with what is wrong; twins within the file are bad."""
    with closing(_Seen()) as seen:
        for one in headed(layout, rows):
            found = _judged(layout, one)
            if isinstance(found, Good):
                before = seen.before(key_text(layout, found.data), found)
                if before is not None:
                    yield _twin(layout, one, before)
                    continue
            yield found


def _judged(layout: Layout, one: Headed) -> Judged:
    data, wrong = read(layout, one)
    if not wrong and layout.command is not None:
        data = normalise_command(layout.command, {**layout.always, **data})
        problems = problems_of_normal(layout.command, data)
        wrong = [of_problem(layout, one, problem) for problem in problems]
    if wrong:
        return Bad(one.row.sheet, one.row.number, tuple(wrong))
    return Good(one.row.sheet, one.row.number, data, one.places)


def read(layout: Layout, one: Headed) -> tuple[dict[str, Any], list[BadCell]]:
    """The values of a row's cells by field, without those left empty, and its bad cells."""
    data: dict[str, Any] = {}
    wrong: list[BadCell] = []
    cells = one.row.cells
    if len(cells) == 1 and isinstance(cells[0], Spoilt):
        told = cells[0]
        return data, [bad_cell(one, None, "CellSpoilt", told.zh, told.en)]
    for column in layout.columns:
        place = one.places.get(column.field)
        if place is None:
            continue
        cell = cells[place] if place < len(cells) else ""
        if isinstance(cell, Spoilt):
            wrong.append(bad_cell(one, column, "CellSpoilt", cell.zh, cell.en))
        elif cell:
            try:
                data[column.field] = column.kind.read(cell)
            except Unread as unread:
                wrong.append(bad_cell(one, column, "CellUnread", unread.zh, unread.en))
        elif column.required:
            wrong.append(bad_cell(one, column, "CellMissing", "必填", "it must be filled in"))
    return data, wrong


def bad_cell(one: Headed, column: Column | None, rule: str, zh: str, en: str) -> BadCell:
    """A bad cell of a row; of the row as a whole where no column is at fault."""
    place = 0 if column is None else one.places.get(column.field, 0)
    cell = one.row.cells[place] if place < len(one.row.cells) else ""
    value = cell.shown if isinstance(cell, Spoilt) else cell
    if column is None:
        value = ""
    elif column.secret:
        value = HIDDEN
    return BadCell(
        sheet=one.row.sheet,
        cell=f"{column_letters(place)}{one.row.number}",
        heading="" if column is None else column.zh,
        value=value[:200],
        rule=rule,
        zh=zh,
        en=en,
    )


def written(column: Column, data: Mapping[str, Any]) -> str:
    """What stands in a column as text; nothing where it is empty, never what is secret."""
    value = data.get(column.field)
    if value is None:
        return ""
    return HIDDEN if column.secret else column.kind.written(value)


def of_problem(layout: Layout, one: Headed, problem: Problem) -> BadCell:
    """A problem of the command's schema as the cell that it comes from."""
    name = problem.field.replace("[", ".").split(".")[0]
    column = next((column for column in layout.columns if column.field == name), None)
    return bad_cell(one, column, "FieldInvalid", problem.zh, problem.en)


def key_text(layout: Layout, data: Mapping[str, Any]) -> str:
    """What makes a row the same row."""
    return "\x1f".join(str(data.get(name, "")) for name in layout.key)


def _twin(layout: Layout, one: Headed, before: tuple[str, int]) -> Bad:
    column = layout.column(layout.key[-1])
    sheet, number = before
    told = bad_cell(
        one,
        column,
        "RowTwice",
        f"与“{sheet}”第{number}行重复",
        f"it stands in row {number} of {sheet} already",
    )
    return Bad(one.row.sheet, one.row.number, (told,))


class _Seen:
    """The keys that stood before, on the disk: memory does not grow with them."""

    def __init__(self) -> None:
        # An empty name is a temporary database, removed when it is closed.
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
            "CREATE TABLE seen (key BLOB PRIMARY KEY, sheet TEXT, number INTEGER) WITHOUT ROWID;"
            "BEGIN"
        )

    def before(self, key: str, row: Good) -> tuple[str, int] | None:
        """Where a key stood before; None, and it is kept, where it did not."""
        digest = sha256(key.encode()).digest()[:16]
        try:
            self._base.execute("INSERT INTO seen VALUES (?, ?, ?)", (digest, row.sheet, row.number))
        except sqlite3.IntegrityError:
            found: tuple[str, int] = self._base.execute(
                "SELECT sheet, number FROM seen WHERE key = ?", (digest,)
            ).fetchone()
            return found
        return None

    def close(self) -> None:
        """Removes the database."""
        self._base.close()
