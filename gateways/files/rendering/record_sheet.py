"""检查记录表 as PDF/A on A4: object, items, team, places to sign, a code that anybody may scan.

Each page tells which of how many it is. The code leads to the published result of the
inspection, and before there is one to the draw that it is of.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from datetime import datetime

import segno

from gateways.files.rendering.pdf import typeset

_SOURCE = """
#let sheet = json(bytes(sys.inputs.sheet))
#set document(title: sheet.title + " " + sheet.number)
#set page(
  paper: "a4",
  margin: (top: 18mm, bottom: 20mm, left: 18mm, right: 16mm),
  footer: context [
    #set text(size: 9pt)
    #sheet.title #sheet.number #h(1fr) 第 #counter(page).display() 页 共 #counter(page).final().first() 页
  ],
)
#set text(font: sys.inputs.font, size: 10.5pt, lang: "zh", region: "cn")
#set par(leading: 5pt, spacing: 7pt, justify: false)
#set table(stroke: 0.6pt, inset: 5pt)
#let head(body) = table.cell(fill: luma(240), strong(body))
#grid(columns: (24mm, 1fr, 24mm), align: (left, center + horizon, right),
  [],
  [#text(size: 20pt, weight: "bold", sheet.title)#linebreak()#v(2pt)#text(size: 9pt, sheet.kind)],
  [#image(bytes(sys.inputs.code), format: "svg", width: 22mm)],
)
#align(right, text(size: 9pt, sheet.told))
#table(columns: (auto, 1fr, auto, 1fr),
  ..sheet.facts.map(row => (head(row.at(0)), row.at(1), head(row.at(2)), row.at(3))).flatten(),
  head(sheet.address.at(0)), table.cell(colspan: 3, sheet.address.at(1)),
)
#table(columns: (3.4em, 2fr, 1fr, 2fr),
  table.header(head[序号], head[检查事项、内容和依据], head[检查结果], head[检查情况]),
  ..sheet.items.enumerate().map(((place, one)) => (
    [#(place + 1)],
    [*#one.at(0)*#linebreak()#one.at(1)#linebreak()#text(size: 9pt, fill: luma(80), one.at(2))],
    one.at(3), [#one.at(4)#v(1.6em)],
  )).flatten(),
)
#if sheet.findings != "" [登记的违法事项：#sheet.findings]

检查人员已向被检查单位出示执法证件，告知检查依据、事项，以及申请回避、陈述和申辩的权利。
#block(breakable: false, width: 100%)[
  #table(columns: (1.3fr, 1.5fr, 1.2fr, 2fr), rows: (auto,) + (11mm,) * sheet.team.len(), align: horizon,
    table.header(head[检查人员], head[部门], head[执法证号], head[签名和日期]),
    ..sheet.team.map(one => (one.at(0), one.at(1), one.at(2), [])).flatten(),
  )
]
#block(breakable: false, width: 100%)[
  #table(columns: (11em, 1fr), rows: (20mm, 15mm), align: (left + horizon, left + bottom),
    head[被检查单位意见和签名], [#sheet.signed#h(1fr)#h(2em)年#h(2em)月#h(2em)日],
    head(sheet.witnesses), [#h(1fr)#h(2em)年#h(2em)月#h(2em)日],
  )
]
#text(size: 9pt)[本表一式两份，一份交被检查单位。打印时间 #sheet.printed]
"""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A record sheet as it is printed; empty texts are left for a pen.

    `facts` are rows of two labelled values each; `items` are (item, content, basis, result,
    note); `team` are (number, organ, certificate).
    """

    title: str
    number: str
    kind: str
    told: str
    facts: tuple[tuple[str, str, str, str], ...]
    address: tuple[str, str]
    items: tuple[tuple[str, str, str, str, str], ...]
    findings: str
    team: tuple[tuple[str, str, str], ...]
    signed: str
    witnesses: str
    printed: str


def code_of(address: str) -> str:
    """The QR code of an address as SVG: black on white, legible on a bad copy."""
    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", border=2, light="white", xmldecl=False, omitsize=True
    )
    return out.getvalue().decode()


def pdf_of(sheet: Sheet, address: str, made: datetime) -> bytes:
    """The sheet as PDF/A-2b. Raises ChineseFontMissing, CharacterWithoutGlyph."""
    return typeset(_SOURCE, _inputs(sheet, address), made)


def picture_of(sheet: Sheet, address: str, made: datetime, *, ppi: int = 72) -> bytes:
    """The first page as PNG, for a look at it."""
    return typeset(_SOURCE, _inputs(sheet, address), made, "png", ppi)


def _inputs(sheet: Sheet, address: str) -> dict[str, str]:
    told = json.dumps(asdict(sheet), ensure_ascii=False)
    return {"sheet": told, "code": code_of(address)}
