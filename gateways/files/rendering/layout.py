"""A document laid out, before it is a file: what stands where, the same for DOCX and PDF.

A letter: the issuing organ, the kind of document, its number, the addressee, the paragraphs,
the organ and the day. A record: its fields line by line in a ruled table, then signatures.
Every field that is filled in is printed somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.document.templates import Field, FieldKind, Layout, Template
from gateways.files.rendering.content import day_written, labels_of, written

MARGINS_MM = {"top": 37, "bottom": 35, "left": 28, "right": 26}
"""The margins of official letters (GB/T 9704-2012)."""

BODY_PT, TITLE_PT, SMALL_PT, LINE_PT = 16, 22, 9, 28


@dataclass(frozen=True, kw_only=True)
class Table:
    """Ruled rows under their headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A document as it is printed. `labelled` are the lines of a record: label and text."""

    issuer: str
    title: str
    number: str
    issued_on: str
    digest: str
    to: str = ""
    labelled: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    signs: tuple[str, ...] = field(default_factory=tuple)


def lay_out(
    template: Template,
    content: Mapping[str, Any],
    *,
    issuer: str,
    number: str,
    issued_on: date,
    digest: str,
) -> Letter:
    """A template filled in. `digest` is the SHA-256 of the content it was made from."""
    filled = labels_of(content, template)
    values = {one.name: written(one, value) for one, value in filled if not _tabled(one)}
    tables = [(one, value) for one, value in filled if _tabled(one)]
    used = {name for name in values if any(f"{{{name}}}" in text for text in template.paragraphs)}
    if template.to is not None:
        used.add(template.to)
    rest = [one for one, _ in filled if one.name in values and one.name not in used]
    return Letter(
        issuer=issuer,
        title=template.zh,
        number=number,
        issued_on=day_written(issued_on),
        digest=digest,
        to=values.get(template.to, "") if template.to else "",
        labelled=tuple((one.zh, values[one.name]) for one in rest),
        paragraphs=tuple(
            line
            for text in template.paragraphs
            if _complete(text, template, values)
            for line in _filled(text, values)
        ),
        table=_table(*tables[0]) if tables else None,
        signs=template.signs,
    )


def is_record(template: Template) -> bool:
    """Whether a document is signed line by line rather than issued under a date."""
    return template.layout is Layout.RECORD


def _tabled(one: Field) -> bool:
    return one.kind is FieldKind.ROWS


def _complete(text: str, template: Template, values: Mapping[str, str]) -> bool:
    """Whether every field that a paragraph needs was filled in."""
    return all(one.name in values for one in template.fields if f"{{{one.name}}}" in text)


def _filled(text: str, values: Mapping[str, str]) -> list[str]:
    """A paragraph with its fields put in; line breaks within a value begin paragraphs.

    Values are put in at once, so that braces within a value stay what they are.
    """
    found, rest = "", text
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, _, rest = after.partition("}")
        value = values[name].rstrip("。；") if rest.startswith(("。", "；")) else values[name]
        found += before + value
    return [line.strip() for line in (found + rest).splitlines() if line.strip()]


def _table(one: Field, rows: list[dict[str, str]]) -> Table:
    return Table(
        headings=("序号", *(zh for _, zh in one.columns)),
        rows=tuple(
            (str(place), *(row.get(name, "") for name, _ in one.columns))
            for place, row in enumerate(rows, start=1)
        ),
    )
