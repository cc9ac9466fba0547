"""An installation to which files are brought, and files as offices write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from ops.settings import Settings
from ops.wiring import House, house

INSPECTOR_HEADINGS = ("姓名", "执法证号", "有效期至", "专业类别")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[House]:
    """Both departments of 沈河区, embedded."""
    settings = Settings(data=tmp_path / "town", departments=("hr", "samr"))
    with house(settings, create=True) as one:
        yield one


def workbook(path: Path, *rows: Sequence[object], sheet: str = "人员") -> Path:
    """A workbook with these rows."""
    book = Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def lines(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    """A CSV of these lines."""
    path.write_bytes("\r\n".join((*rows, "")).encode(encoding))
    return path
