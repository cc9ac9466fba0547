"""A laid-out document as DOCX in the layout of official letters: the same bytes every time.

仿宋_GB2312 and 方正小标宋简体 are named, never shipped: the reader's machine has them or
shows its own.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gateways.files.rendering.layout import (
    BODY_PT,
    LINE_PT,
    MARGINS_MM,
    SMALL_PT,
    TITLE_PT,
    Letter,
)

BODY_FONT, TITLE_FONT = "仿宋_GB2312", "方正小标宋简体"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def docx_of(letter: Letter, made: datetime, *, record: bool) -> bytes:
    """The document as DOCX, with its moment of making as its only date."""
    document = Document()
    _page(document)
    for title in (letter.issuer, letter.title):
        _line(document, title, TITLE_PT, centre=True, font=TITLE_FONT)
    _line(document, letter.number, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if letter.to:
        _line(document, f"{letter.to}：")
    if record:
        _table(document, letter.labelled, widths=(34, 122))
    else:
        for label, text in letter.labelled:
            _line(document, f"{label}：{text}", indented=True)
    if letter.table is not None:
        rows = (letter.table.headings, *letter.table.rows)
        wide = 144 // (len(letter.table.headings) - 1)
        _table(document, rows, widths=(12, *(wide for _ in letter.table.headings[1:])))
    for paragraph in letter.paragraphs:
        _line(document, paragraph, indented=True)
    if not record:
        _line(document, "")
        _line(document, f"{letter.issuer}（印章）", align=WD_ALIGN_PARAGRAPH.RIGHT)
        _line(document, letter.issued_on, align=WD_ALIGN_PARAGRAPH.RIGHT)
    for sign in letter.signs:
        _line(document, f"{sign}：＿＿＿＿＿＿＿＿　　　年　　月　　日")
    _footer(document, letter)
    properties = document.core_properties
    properties.title, properties.author = letter.title, letter.issuer
    properties.last_modified_by, properties.comments = letter.issuer, ""
    properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)
    written = io.BytesIO()
    document.save(written)
    return steady(written.getvalue())


def steady(body: bytes) -> bytes:
    """The same package with its parts in order and no time of writing."""
    steady = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as before,
        zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in sorted(before.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            after.writestr(entry, before.read(name))
    return steady.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(MARGINS_MM["top"]), Mm(MARGINS_MM["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS_MM["left"]), Mm(MARGINS_MM["right"])
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY_FONT, Pt(BODY_PT)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)


def _line(
    document: Any,
    text: str,
    size: int = BODY_PT,
    *,
    centre: bool = False,
    indented: bool = False,
    font: str | None = None,
    align: Any = None,
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(LINE_PT, size + 8))
    if indented:
        form.first_line_indent = Pt(2 * size)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    if font is not None:
        run.font.name = font
        run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _table(document: Any, rows: Any, *, widths: tuple[int, ...]) -> None:
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for row in rows:
        for cell, text, width in zip(table.add_row().cells, row, widths, strict=True):
            cell.width = Mm(width)
            cell.text = text


def _footer(document: Any, letter: Letter) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{letter.number}　第 ")
    for name, after in (("PAGE", " 页 共 "), ("NUMPAGES", " 页")):
        for kind, text in (("begin", None), (None, name), ("end", None)):
            part = OxmlElement("w:instrText" if text else "w:fldChar")
            if text:
                part.text = text
            else:
                part.set(qn("w:fldCharType"), kind)
            run._element.append(part)
        run.font.size = Pt(SMALL_PT)
        run = paragraph.add_run(after)
        run.font.size = Pt(SMALL_PT)
    run = paragraph.add_run(f"\n文稿摘要 SHA-256：{letter.digest}")
    run.font.size = Pt(SMALL_PT)
