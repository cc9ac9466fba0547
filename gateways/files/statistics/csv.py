"""The form for machines: one line for each row, every number in a column of its own."""

from __future__ import annotations

import csv
import io
from typing import Any

from domain.campaign.facts import TableRow
from domain.statistics.form import row_of
from gateways.files.statistics.sheet import Sheet

HEADINGS = (
    "row",
    "kind",
    "group",
    "label",
    "hr",
    "disp",
    "distinct",
    "number",
    "answer",
    "yes_below",
    "attached_sha256",
)


def csv_of(sheet: Sheet) -> bytes:
    """The form as CSV (UTF-8 with its mark); what a row does not have stays empty."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    for value in sheet.rows:
        label = sheet.lines[value.row - 1].label
        writer.writerow(["" if one is None else one for one in _fields(value, label)])
    return written.getvalue().encode("utf-8-sig")


def _fields(value: TableRow, label: str) -> tuple[Any, ...]:
    row = row_of(value.row)
    answer = None if value.answer is None else "true" if value.answer else "false"
    attached = None if value.attached is None else value.attached.sha256
    numbers = (value.hr, value.disp, value.distinct, value.number)
    return (
        value.row,
        row.kind.value,
        row.group,
        label,
        *numbers,
        answer,
        value.yes_below,
        attached,
    )
