"""The form as PDF/A in the attachment's layout, on A4, in the house's locked font."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from gateways.files.rendering.pdf import typeset
from gateways.files.statistics.sheet import Sheet

_SOURCE = """
#let sheet = json(bytes(sys.inputs.sheet))
#set document(title: sheet.title, author: sheet.unit)
#set page(
  paper: "a4",
  margin: (top: 18mm, bottom: 18mm, left: 18mm, right: 18mm),
  footer: context [
    #set text(size: 8pt)
    #if sheet.digest != "" [内容摘要 SHA-256：#sheet.digest]
    #h(1fr) 第 #counter(page).display() 页 共 #counter(page).final().first() 页
  ],
)
#set text(font: sys.inputs.font, size: 10pt, lang: "zh", region: "cn")
#set par(leading: 4pt, spacing: 6pt)
#align(center, text(size: 18pt, weight: "bold", sheet.title))
#v(2pt)
#sheet.head
#v(1pt)
#table(
  columns: (6.4em, 1fr, 7em, 5.6em),
  inset: (x: 4pt, y: 4.4pt),
  stroke: 0.5pt,
  align: (center + horizon, left + horizon, center + horizon, center + horizon),
  table.header(..sheet.columns.map(name => align(center, strong(name)))),
  ..sheet.cells.map(cell => table.cell(rowspan: cell.span, cell.text)),
)
#block(breakable: false)[
  #for line in sheet.foot { block(above: 9pt, line) }
]
"""


def pdf_of(sheet: Sheet, made: datetime) -> bytes:
    """The form as PDF/A-2b. Raises ChineseFontMissing, CharacterWithoutGlyph."""
    return typeset(_SOURCE, {"sheet": _told(sheet)}, made, "pdf")


def picture_of(sheet: Sheet, made: datetime, *, ppi: int = 72) -> bytes:
    """The first page as PNG, for a look at it."""
    return typeset(_SOURCE, {"sheet": _told(sheet)}, made, "png", ppi)


def _told(sheet: Sheet) -> str:
    """The sheet as the source reads it: each cell with the number of rows that it takes."""
    first, cells = dict(sheet.spans()), []
    for line in sheet.lines:
        if line.group in first:
            cells.append({"text": line.group, "span": first.pop(line.group)})
        cells += [{"text": str(part), "span": 1} for part in (line.label, line.value, line.remark)]
    whole = asdict(sheet) | {"as_of": sheet.as_of.isoformat(), "head": sheet.head, "cells": cells}
    return json.dumps({key: whole[key] for key in _KEYS}, ensure_ascii=False)


_KEYS = ("title", "unit", "head", "columns", "cells", "foot", "digest")
