"""An import that is killed while it gives its rows: nothing half-done, and the same file finishes it."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from contextlib import AbstractContextManager
from pathlib import Path

from gateways.contracts.envelope import fact_of
from gateways.files.exchange.importing import Advance, Choice, Report, imported
from gateways.files.exchange.layouts import OBJECTS
from ops.player import all_events
from ops.posts import post_of
from ops.settings import Settings
from ops.wiring import House, house
from tests.faults.organisations import uscc
from tests.gateways.exchange.conftest import lines

ROWS = 400
IMPORT = """
import sys
from pathlib import Path
from tests.gateways.exchange.test_killed import give, opened
with opened(Path(sys.argv[1])) as one:
    give(one, Path(sys.argv[2]), lambda giving, rows: print("given" if giving else "checked", flush=True))
"""


def register(path: Path) -> Path:
    rows = (f"{uscc(number)},虚例{number}人力资源有限公司,职业中介活动" for number in range(ROWS))
    return lines(path, "统一社会信用代码,名称,经营范围", *rows, encoding="gb18030")


def opened(folder: Path) -> AbstractContextManager[House]:
    return house(Settings(data=folder, departments=("hr", "samr")), create=True)


def give(one: House, file: Path, advance: Advance = lambda _giving, _rows: None) -> Report:
    department = one.department("samr")
    post = post_of("SAMR@210103")
    return imported(file, OBJECTS, Choice.ALL, post, department, advance=advance)


def facts(one: House) -> dict[str, list[str]]:
    """What is on record of each firm, by the names of its facts."""
    found: dict[str, list[str]] = defaultdict(list)
    for event in all_events(one.department("samr").store):
        told = fact_of(event.body)
        found[str(told.subject)].append(told.fact.TYPE)
    return found


def test_a_killed_import_leaves_whole_rows_and_given_again_finishes(tmp_path: Path) -> None:
    file = register(tmp_path / "objects.csv")
    with opened(tmp_path / "unharmed") as one:
        assert give(one, file).given == ROWS
        expected = facts(one)

    arguments = [sys.executable, "-c", IMPORT, str(tmp_path / "killed"), str(file)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "given\n":
                process.kill()
                break

    with opened(tmp_path / "killed") as one:
        before = facts(one)
        assert 100 <= len(before) < ROWS
        assert before == {subject: expected[subject] for subject in before}
        report = give(one, file)
        assert (report.good, report.repeated) == (ROWS, len(before))
        assert report.given == ROWS - len(before)
        assert facts(one) == expected
        assert give(one, file).given == 0
        assert facts(one) == expected
