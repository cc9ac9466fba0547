"""Writing rows as a workbook or a CSV that the provincial platform takes.

All cells are text, so that no program turns a code into a number; text that a spreadsheet
could run as a formula stands behind an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from gateways.files.exchange.layouts_words import Column, Layout
from gateways.files.exchange.reading import GUARDED

SHEET_ROWS_MOST = 1_000_000
"""A sheet holds 1,048,576 rows; what is more goes on in a further one."""


class Format(StrEnum):
    """How a file is written; UTF-8 with its mark, since Excel takes it for GB18030 without."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_GB18030 = "csv-gb18030"


MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.CSV_GB18030: "text/csv; charset=gb18030",
}
SUFFIXES = {Format.XLSX: "xlsx", Format.CSV: "csv", Format.CSV_GB18030: "csv"}


def exported(path: Path, layout: Layout, rows: Iterable[Mapping[str, Any]], format_: Format) -> int:
    """Writes rows under the layout's Chinese headings; how many. What is secret is left out."""
    columns = tuple(one for one in layout.columns if not one.secret)
    texts = (_texts(columns, row) for row in rows)
    headings = [one.zh for one in columns]
    if format_ is Format.XLSX:
        return _workbook(path, layout.zh, headings, texts)
    encoding = "utf-8-sig" if format_ is Format.CSV else "gb18030"
    count = 0
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for row in texts:
            writer.writerow([guarded(one) for one in row])
            count += 1
    return count


def guarded(text: str) -> str:
    """Text that no spreadsheet runs; the reading takes the apostrophe away again."""
    return f"'{text}" if text[:1] in GUARDED else text


def _texts(columns: tuple[Column, ...], row: Mapping[str, Any]) -> list[str]:
    return [
        "" if (value := row.get(one.field)) is None else one.kind.written(value) for one in columns
    ]


def _workbook(path: Path, title: str, headings: list[str], rows: Iterable[list[str]]) -> int:
    book = Workbook(write_only=True)
    sheet, count = book.create_sheet(title), 0
    sheet.append(headings)
    for row in rows:
        if count and count % SHEET_ROWS_MOST == 0:
            sheet = book.create_sheet(f"{title}{count // SHEET_ROWS_MOST + 1}")
            sheet.append(headings)
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
        count += 1
    book.save(path)
    return count
