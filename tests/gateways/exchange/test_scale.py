"""Many rows with three bad ones: each is named, and memory does not grow with the rows."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path

from gateways.files.exchange.checking import Bad, judged
from gateways.files.exchange.layouts import INSPECTORS
from gateways.files.exchange.reading import rows_of


def register(path: Path, count: int, bad: frozenset[int]) -> Path:
    """A register of so many inspectors; a bad one's certificate is valid to a day that is none."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["执法证号", "有效期至", "姓名"])
        for number in range(count):
            until = "2031-02-30" if number in bad else "2031-12-31"
            writer.writerow([f"2101{number:08d}", until, f"虚例{number}"])
    return path


def judging(file: Path) -> tuple[list[str], int, int]:
    """The bad cells, the number of rows, and the most memory that judging them took, in bytes."""
    tracemalloc.start()
    rows, cells = 0, []
    for one in judged(INSPECTORS, rows_of(file)):
        rows += 1
        if isinstance(one, Bad):
            cells += [cell.cell for cell in one.cells]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return cells, rows, most


def test_three_bad_rows_are_named_in_memory_that_does_not_grow(tmp_path: Path) -> None:
    few = register(tmp_path / "few.csv", 5_000, frozenset({5, 1_000, 1_999}))
    many = register(tmp_path / "many.csv", 50_000, frozenset({5, 10_000, 49_999}))
    judging(few)

    _, _, before = judging(few)
    cells, rows, most = judging(many)

    assert (cells, rows) == (["B7", "B10002", "B50001"], 50_000)
    # 45,000 rows more, kept, would be over 10 MB; other threads of the process allocate too.
    assert most < before + 2_000_000
