"""What a template is made of: fields of a kind, paragraphs into which they are put, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field of a template holds."""

    TEXT = "TEXT"
    LONG = "LONG"
    DAY = "DAY"
    FEN = "FEN"
    COUNT = "COUNT"
    LINES = "LINES"
    ROWS = "ROWS"


class Layout(StrEnum):
    """A letter to somebody, or a record that is signed line by line."""

    LETTER = "LETTER"
    RECORD = "RECORD"


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `columns` are the (name, label) of the rows of a table."""

    name: str
    zh: str
    en: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Template:
    """One kind of document. `word` stands in its number: 移 in 沈河人社移字〔2025〕1号.

    `organs` may issue it (any organ where empty). `to` names the field of the addressee.
    In a letter `paragraphs` hold fields as {name}; a record shows its fields line by line
    under their labels, then `paragraphs`. `signs` are the lines for signatures.
    """

    code: str
    zh: str
    en: str
    word: str
    version: str
    source: str
    layout: Layout
    fields: tuple[Field, ...]
    paragraphs: tuple[str, ...] = ()
    to: str | None = None
    table: str | None = None
    organs: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
