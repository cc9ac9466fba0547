"""A laid-out document as PDF/A, by typst, without a browser: the same bytes every time.

The font is the locked one, so every machine makes the same bytes; the DOCX names 仿宋, which
offices have. A character that it lacks is taken from the machine's own fonts, and refused
where none has it. Without the locked font nothing is set.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from string import Template

import typst

from domain.errors import Refusal
from gateways.files.rendering import FONT_FOLDER
from gateways.files.rendering.layout import (
    BODY_PT,
    LINE_PT,
    MARGINS_MM,
    SMALL_PT,
    TITLE_PT,
    Letter,
)

FONT = "Noto Serif SC"
"""The font that documents are set in: open (OFL), whole GB 2312, of the locked packages."""

_SOURCE = Template(
    """
#let letter = json(bytes(sys.inputs.letter))
#set document(title: letter.title, author: letter.issuer)
#set page(
  paper: "a4",
  margin: (top: ${top}mm, bottom: ${bottom}mm, left: ${left}mm, right: ${right}mm),
  footer: context [
    #set text(size: ${small}pt)
    #set par(leading: 4pt, spacing: 4pt)
    #letter.number #h(1fr) 第 #counter(page).display() 页 共 #counter(page).final().first() 页
    #linebreak()
    文稿摘要 SHA-256：#letter.digest
  ],
)
#set text(font: sys.inputs.font, size: ${body}pt, lang: "zh", region: "cn")
#let pitch = ${line}pt - 1em
#set par(leading: pitch, spacing: pitch, justify: true, linebreaks: "optimized")
#let first(body) = par(first-line-indent: (amount: 2em, all: true), body)
#{
  set text(size: ${title}pt, weight: "bold")
  set par(leading: 12pt)
  align(center, letter.issuer + linebreak() + letter.title)
}
#v(6pt)
#align(right, text(letter.number))
#v(6pt)
#if letter.to != "" [#par(letter.to + "：")]
#if letter.record {
  table(
    columns: (7em, 1fr),
    inset: 7pt,
    stroke: 0.6pt,
    ..letter.labelled.map(line => (align(center, line.at(0)), line.at(1))).flatten(),
  )
} else {
  for line in letter.labelled { first(line.at(0) + "：" + line.at(1)) }
}
#if letter.table != none {
  set text(size: 14pt)
  table(
    columns: (3em,) + (1fr,) * (letter.table.headings.len() - 1),
    inset: 7pt,
    stroke: 0.6pt,
    table.header(..letter.table.headings.map(cell => align(center, strong(cell)))),
    ..letter.table.rows.flatten(),
  )
}
#for paragraph in letter.paragraphs { first(paragraph) }
#block(breakable: false, width: 100%)[
  #if not letter.record {
    v(2em)
    align(right)[
      #block(letter.issuer + "（印章）")
      #block(letter.issued_on)
    ]
  }
  #for sign in letter.signs {
    v(0.6em)
    block[#sign：#box(width: 9em, stroke: (bottom: 0.6pt))#h(1fr)#h(2em)年#h(2em)月#h(2em)日]
  }
]
"""
).substitute(MARGINS_MM, body=BODY_PT, small=SMALL_PT, title=TITLE_PT, line=LINE_PT)


class ChineseFontMissing(Refusal):
    """The locked font that documents are set in is not installed here."""

    zh = "本机没有排印文书用的中文字体{font}。"
    en = "This machine lacks {font}, the Chinese font that documents are set in."
    next_zh = "请运维人员运行 python -m gateways.web.assets。"
    next_en = "Let the operators run python -m gateways.web.assets."
    source = "党政机关公文格式GB/T 9704-2012"
    transient = True


class CharacterWithoutGlyph(Refusal):
    """A text holds a character that no font of this machine shows."""

    zh = "文书中有本机字体无法显示的字符，不能定稿：{told}。"
    en = "The document holds a character that no font here shows: {told}."
    next_zh = "请改用规范汉字，或请运维人员安装含该字的字体。"
    next_en = "Write it with other characters, or let the operators install a font that has it."
    source = "通用规范汉字表；党政机关公文格式GB/T 9704-2012"


def has_font() -> bool:
    """Whether the locked font of the documents is installed here."""
    return FONT in _locked().families()


def _locked() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER]
    )


@cache
def _with_the_machines() -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False, font_paths=[FONT_FOLDER])


def pdf_of(letter: Letter, made: datetime, *, record: bool) -> bytes:
    """The document as PDF/A-2b, with its moment of making as its only date.

    Raises ChineseFontMissing, CharacterWithoutGlyph.
    """
    return _typeset(letter, made, record, "pdf")


def picture_of(letter: Letter, made: datetime, *, record: bool, ppi: int = 72) -> bytes:
    """The first page as PNG, for a look at it."""
    return _typeset(letter, made, record, "png", ppi)


def _typeset(letter: Letter, made: datetime, record: bool, kind: str, ppi: int = 72) -> bytes:
    told = json.dumps({**asdict(letter), "record": record}, ensure_ascii=False)
    return typeset(_SOURCE, {"letter": told}, made, kind, ppi)


def typeset(source: str, inputs: dict[str, str], made: datetime, kind: str, ppi: int = 72) -> bytes:
    """A typst source with its inputs (and `font`) as `pdf`, or its first page as `png`.

    Raises ChineseFontMissing, CharacterWithoutGlyph.
    """
    fonts = _locked()
    if FONT not in fonts.families():
        raise ChineseFontMissing(font=FONT)

    def compiled(fonts: typst.Fonts) -> bytes:
        compiler = typst.Compiler(source.encode(), font_paths=fonts, ignore_system_fonts=True)
        found = compiler.compile(
            format="pdf" if kind == "pdf" else "png",
            ppi=ppi,
            sys_inputs={**inputs, "font": FONT},
            pdf_standards="a-2b" if kind == "pdf" else [],
            timestamp=made,
        )
        first = found[0] if isinstance(found, list) else found
        assert first is not None
        return bytes(first)

    try:
        return compiled(fonts)
    except typst.TypstError:
        # A rare character of a name: set it in whatever this machine has, if anything.
        try:
            return compiled(_with_the_machines())
        except typst.TypstError as error:
            raise CharacterWithoutGlyph(told=error.message.partition("error: ")[2]) from error
