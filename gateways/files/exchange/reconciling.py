"""Reconciliation: what a file and the department's own register say differently, row by row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from gateways.files.exchange.checking import headed, key_text, read
from gateways.files.exchange.layouts_words import Column, Layout
from gateways.files.exchange.reading import rows_of


class Side(StrEnum):
    """On which side something stands."""

    FILE_ONLY = "FILE_ONLY"
    OURS_ONLY = "OURS_ONLY"
    DIFFERS = "DIFFERS"
    UNREADABLE = "UNREADABLE"
    TWICE = "TWICE"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of a row by its key, or of one of its columns."""

    side: Side
    key: str
    place: str = ""
    heading: str = ""
    theirs: str = ""
    ours: str = ""


def reconciled(
    path: Path, layout: Layout, ours: Iterable[Mapping[str, Any]], name: str | None = None
) -> Iterator[Difference]:
    """Every difference between a file and our rows; only columns that the file has are compared.

    Raises what reading raises. The file's rows wait on the disk, not in memory.
    """
    with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as base:
        base.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;"
            "CREATE TABLE theirs (key TEXT PRIMARY KEY, place TEXT, row TEXT) WITHOUT ROWID;"
            "BEGIN"
        )
        yield from _taken(base, path, layout, name)
        for one in ours:
            yield from _compared(base, layout, one)
        for key, place in base.execute("SELECT key, place FROM theirs ORDER BY place, key"):
            yield Difference(Side.FILE_ONLY, _shown(key), place)


def _taken(
    base: sqlite3.Connection, path: Path, layout: Layout, name: str | None
) -> Iterator[Difference]:
    for one in headed(layout, rows_of(path, name)):
        data, wrong = read(layout, one)
        place = f"{one.row.sheet}!{one.row.number}"
        for cell in wrong:
            yield Difference(
                Side.UNREADABLE,
                _shown(key_text(layout, data)),
                f"{cell.sheet}!{cell.cell}",
                cell.heading,
                cell.value,
                cell.zh,
            )
        spoilt = {cell.heading for cell in wrong}
        if any(_lacks(layout.column(field), data, spoilt) for field in layout.key):
            continue
        texts = {
            column.field: _text(column, data)
            for column in layout.columns
            if column.field in one.places and not column.secret
        }
        key = _key(layout, data)
        try:
            base.execute(
                "INSERT INTO theirs VALUES (?, ?, ?)",
                (key, place, json.dumps(texts, ensure_ascii=False)),
            )
        except sqlite3.IntegrityError:
            yield Difference(Side.TWICE, _shown(key), place)


def _lacks(column: Column, data: Mapping[str, Any], spoilt: set[str]) -> bool:
    """Whether a row cannot be told by a column of its key: required and empty, or not read."""
    return column.field not in data and (column.required or column.zh in spoilt)


def _compared(
    base: sqlite3.Connection, layout: Layout, ours: Mapping[str, Any]
) -> Iterator[Difference]:
    key = _key(layout, ours)
    found = base.execute("SELECT place, row FROM theirs WHERE key = ?", (key,)).fetchone()
    if found is None:
        yield Difference(Side.OURS_ONLY, _shown(key))
        return
    base.execute("DELETE FROM theirs WHERE key = ?", (key,))
    theirs = json.loads(found[1])
    for column in layout.columns:
        if column.field in layout.key or column.field not in theirs:
            continue
        mine = _text(column, ours)
        if mine != theirs[column.field]:
            yield Difference(
                Side.DIFFERS, _shown(key), found[0], column.zh, theirs[column.field], mine
            )


def _key(layout: Layout, data: Mapping[str, Any]) -> str:
    return key_text(layout, data).upper()


def _shown(key: str) -> str:
    return key.replace("\x1f", " / ")


def _text(column: Column, data: Mapping[str, Any]) -> str:
    """A value as it is compared: several stand in order, an empty one is nothing."""
    value = data.get(column.field)
    if value is None:
        return ""
    if isinstance(value, list):
        return column.kind.written(sorted(value, key=str))
    return column.kind.written(value)
