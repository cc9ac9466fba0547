"""Rows of workbooks and CSV files as text, one by one, each with its sheet and number.

A cell that the sender's program has spoilt (a formula, an error, a code turned into a rounded
number, bytes of another encoding) is told as spoilt and never guessed.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from gateways.files.exchange.refusals import TableUnreadable

ZIP = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
UNPACKED_BYTES_MAX = 4 << 30
SHARED_TEXT_BYTES_MAX = 256 << 20
"""A workbook's shared texts lie in memory; more than this is refused."""
EXACT_BELOW = 10**15
"""Spreadsheets keep fifteen digits: a longer number has lost its last ones."""
GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so may be run as a formula; such text is written behind an apostrophe."""
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A cell that cannot be taken at its word, and why."""

    shown: str
    zh: str
    en: str


Cell = str | Spoilt


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the sheet's name, its number as a spreadsheet shows it, its cells."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]


def rows_of(path: Path, name: str | None = None) -> Iterator[Row]:
    """The rows of a file that are not empty. Raises TableUnreadable, also on the way.

    `name` is what a CSV is called where the file has another name here.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(OLD_WORKBOOK):
        raise TableUnreadable(
            why="这是旧版 XLS 工作簿或加密的工作簿", why_en="it is an old or encrypted workbook"
        )
    return _workbook(path) if head.startswith(ZIP) else _csv(path, name or path.name)


def column_letters(place: int) -> str:
    """The letters of a column, counted from 0: A, B, ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def encoding_of(path: Path) -> str:
    """The encoding of a CSV: by its mark, as UTF-8 where all of it or its first line is, else GB18030.

    One damaged byte in a file of UTF-8 does not make it GB18030: its cell is told as spoilt.
    """
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        first = file.readline(CHUNK_BYTES)
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030" if first.isascii() or not _is_utf8(first) else "utf-8"
    return "utf-8"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _csv(path: Path, name: str) -> Iterator[Row]:
    encoding = encoding_of(path)
    errors = "strict" if encoding == "utf-16" else "surrogateescape"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        try:
            first = file.readline()
            file.seek(0)
        except UnicodeError:
            raise _undecodable() from None
        separator = max(",\t;", key=first.count)
        reader = csv.reader(file, delimiter=separator)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except UnicodeError:
                raise _undecodable() from None
            except csv.Error as wrong:
                told = Spoilt("", f"此行不是完整的 CSV 行（{wrong}）", f"no CSV row ({wrong})")
                yield Row(name, number, (told,))
                continue
            if any(cells):
                yield Row(name, number, tuple([_text(one) for one in cells]))


def _undecodable() -> TableUnreadable:
    return TableUnreadable(why="文字编码无法识别", why_en="its encoding is unknown")


def _text(value: str) -> Cell:
    if value.isascii():
        if "\0" in value:
            return Spoilt(value.replace("\0", "␀"), "含空字符", "it holds a null character")
    else:
        try:
            value.encode()
        except UnicodeEncodeError:
            shown = "".join("�" if "\ud800" <= one <= "\udfff" else one for one in value)
            return Spoilt(shown, "含无法解码的字节", "it holds bytes of another encoding")
    value = value.strip()
    if value[:1] == "'" and value[1:2] in GUARDED:
        return value[1:]
    return value


def _workbook(path: Path) -> Iterator[Row]:
    file = path.open("rb")
    try:
        _must_be_reasonable(path)
        # Given a path, the library would judge the file by the ending of its name.
        book = load_workbook(file, read_only=True, keep_links=False)
    except TableUnreadable:
        file.close()
        raise
    except Exception as wrong:
        # The library fails in many ways on what is no workbook; each means the same here.
        file.close()
        raise _broken(wrong) from None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(), 1):
                told = tuple([_cell(one) for one in cells])
                if any(told):
                    yield Row(sheet.title, number, told)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, EOFError) as wrong:
        raise _broken(wrong) from None
    finally:
        book.close()
        file.close()


def _broken(wrong: Exception) -> TableUnreadable:
    what = type(wrong).__name__
    return TableUnreadable(why=f"工作簿已损坏（{what}）", why_en=f"the workbook is broken ({what})")


def _must_be_reasonable(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        sizes = {one.filename: one.file_size for one in packed.infolist()}
    shared = sum(size for name, size in sizes.items() if name.endswith("sharedStrings.xml"))
    if sum(sizes.values()) > UNPACKED_BYTES_MAX or shared > SHARED_TEXT_BYTES_MAX:
        raise TableUnreadable(
            why="工作簿展开后过大，请另存为 CSV", why_en="unpacked it is too large; save it as CSV"
        )


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Spoilt(str(value), "是公式，请改为数值", "it is a formula; put the value instead")
    if cell.data_type == "e":
        return Spoilt(str(value), "是表格软件的错误值", "it is an error of the spreadsheet")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number(value: int | float) -> Cell:
    if abs(value) >= EXACT_BELOW:
        return Spoilt(
            str(value),
            "被表格软件转为数字，末尾数字已失真，请设为文本后重新填写",
            "it was turned into a number and has lost its last digits; type it again as text",
        )
    return str(int(value)) if value == int(value) else repr(value)
