"""A laid-out document as PDF/A, by typst, without a browser: the same bytes every time.

The fonts are the machine's own: 仿宋 where it is installed, else a free Chinese serif. A
machine without any is refused, because the letters would be empty boxes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from string import Template

import typst

from domain.errors import Refusal
from gateways.files.rendering.layout import (
    BODY_PT,
    LINE_PT,
    MARGINS_MM,
    SMALL_PT,
    TITLE_PT,
    Letter,
)

FONTS = ("FangSong_GB2312", "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC")
"""The fonts that a document may be set in, the most fitting first."""

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
    """This machine has no font to set a Chinese document in."""

    zh = "本机没有可用于排印文书的中文字体。"
    en = "This machine has no Chinese font to set documents in."
    next_zh = "请运维人员安装仿宋_GB2312，或者 fonts-noto-cjk。"
    next_en = "Let the operators install FangSong_GB2312 or fonts-noto-cjk."
    source = "党政机关公文格式GB/T 9704-2012"
    transient = True


class CharacterWithoutGlyph(Refusal):
    """A text holds a character that no font of this machine shows."""

    zh = "文书中有本机字体无法显示的字符，不能定稿：{told}。"
    en = "The document holds a character that no font here shows: {told}."
    next_zh = "请改用规范汉字，或请运维人员安装含该字的字体。"
    next_en = "Write it with other characters, or let the operators install a font that has it."
    source = "通用规范汉字表；党政机关公文格式GB/T 9704-2012"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def font() -> str:
    """The font that documents are set in here. Raises ChineseFontMissing."""
    families = {family.lower() for family in _fonts().families()}
    for name in FONTS:
        if name.lower() in families:
            return name
    raise ChineseFontMissing


def pdf_of(letter: Letter, made: datetime, *, record: bool) -> bytes:
    """The document as PDF/A-2b, with its moment of making as its only date.

    Raises ChineseFontMissing, CharacterWithoutGlyph.
    """
    return _typeset(letter, made, record, "pdf")


def picture_of(letter: Letter, made: datetime, *, record: bool, ppi: int = 72) -> bytes:
    """The first page as PNG, for a look at it."""
    return _typeset(letter, made, record, "png", ppi)


def _typeset(letter: Letter, made: datetime, record: bool, kind: str, ppi: int = 72) -> bytes:
    compiler = typst.Compiler(_SOURCE.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    told = json.dumps({**asdict(letter), "record": record}, ensure_ascii=False)
    try:
        found = compiler.compile(
            format="pdf" if kind == "pdf" else "png",
            ppi=ppi,
            sys_inputs={"letter": told, "font": font()},
            pdf_standards="a-2b" if kind == "pdf" else [],
            timestamp=made,
        )
    except typst.TypstError as error:
        raise CharacterWithoutGlyph(told=error.message.partition("error: ")[2]) from error
    pages = found if isinstance(found, list) else [found]
    assert pages[0] is not None
    return bytes(pages[0])
