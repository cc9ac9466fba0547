"""The form as a workbook in the attachment's layout: the same bytes every time.

A number is a number; `4/2` is text, which no spreadsheet reads as a date.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gateways.files.exchange.writing import guarded
from gateways.files.rendering.docx import BODY_FONT, TITLE_FONT, steady
from gateways.files.statistics.sheet import Sheet

WIDTHS = (18, 62, 16, 12)
"""Widths of the four columns in characters: together one A4 page."""

FIRST = 4
"""The table's first row: below title, unit and headings."""

LINE_PT, LABEL_CHARACTERS = 17, 29
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def xlsx_of(sheet: Sheet) -> bytes:
    """The form as XLSX, with the moment that it was counted for as its only date."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet.title
    _heads(page, sheet)
    _table(page, sheet)
    for place, text in enumerate(sheet.foot, start=FIRST + len(sheet.lines)):
        _across(page, place, guarded(text), Font(name=BODY_FONT, size=12), _LEFT)
        page.row_dimensions[place].height = 24
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    page.print_title_rows = f"{FIRST - 1}:{FIRST - 1}"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    made = sheet.as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.creator, properties.title, properties.created = sheet.unit, sheet.title, made
    written = io.BytesIO()
    book.save(written)
    return steady(_dated(written.getvalue(), made))


def _heads(page: Worksheet, sheet: Sheet) -> None:
    _across(page, 1, sheet.title, Font(name=TITLE_FONT, size=18), _CENTRE)
    page.row_dimensions[1].height = 36
    _across(page, 2, guarded(sheet.head), Font(name=BODY_FONT, size=12), _LEFT)
    page.row_dimensions[2].height = 24
    for column, name in enumerate(sheet.columns, start=1):
        _cell(page, FIRST - 1, column, name, _CENTRE, bold=True)


def _table(page: Worksheet, sheet: Sheet) -> None:
    for place, line in enumerate(sheet.lines, start=FIRST):
        _cell(page, place, 1, None, _CENTRE)
        _cell(page, place, 2, line.label, _LEFT)
        _cell(page, place, 3, line.value, _CENTRE)
        _cell(page, place, 4, line.remark, _CENTRE)
        lines = -(-len(line.label) // LABEL_CHARACTERS)
        page.row_dimensions[place].height = LINE_PT * lines + 7
    start = FIRST
    for group, count in sheet.spans():
        page.cell(start, 1).value = group
        page.merge_cells(start_row=start, end_row=start + count - 1, start_column=1, end_column=1)
        start += count


def _cell(
    page: Worksheet, row: int, column: int, value: Any, align: Alignment, *, bold: bool = False
) -> None:
    cell: Any = page.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    cell.font, cell.alignment = Font(name=BODY_FONT, size=11, bold=bold), align
    cell.border = _BOX


def _across(page: Worksheet, row: int, text: str, font: Font, align: Alignment) -> None:
    cell: Any = page.cell(row, 1)
    cell.value, cell.font, cell.alignment = text, font, align
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)


def _dated(body: bytes, made: datetime) -> bytes:
    """The same package as if it had been written at a moment: the writer puts in its own."""
    told = made.isoformat().encode() + b"Z"
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as before,
        zipfile.ZipFile(written, "w") as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + told, part)
            after.writestr(name, part)
    return written.getvalue()
