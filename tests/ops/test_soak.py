"""What a long run counts as wrong, on an embedded installation."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.benchmarks.prepared import uscc
from ops.posts import default_post
from ops.settings import load
from ops.soak.__main__ import Load
from ops.soak.watching import wrongs, wrongs_that_stay
from ops.wiring import House, house


@pytest.fixture
def one(tmp_path: Path) -> Iterator[House]:
    """An installation of two departments, one of which is told everything of the other's firms."""
    with house(load(data=tmp_path / "data", departments=("samr", "hr")), create=True) as opened:
        yield opened


def register(one: House, number: int) -> None:
    data = {"organisation": uscc(number), "name": "沈阳虚例甲号", "scope": "职业中介活动"}
    one.department("samr").give(
        "RegisterOrganisation", data, default_post("SAMR", "210103"), key="before"
    )


def test_a_run_in_which_a_command_fails_says_how_many_and_why(one: House) -> None:
    register(one, 1)
    given = Load(one, rate=100)
    given.run(0.03)
    assert given.acknowledged == 2
    (wrong,) = given.wrongs()
    assert wrong.startswith("1 of 3 commands were not acknowledged: AlreadyRegistered")


def test_a_run_whose_commands_are_all_acknowledged_has_no_wrong(one: House) -> None:
    given = Load(one, rate=100)
    given.run(0.02)
    assert (given.acknowledged, given.wrongs()) == (2, [])


def test_what_is_still_on_its_way_is_wrong_only_where_it_does_not_come(one: House) -> None:
    register(one, 1)
    stuck = wrongs(one)
    assert stuck
    assert wrongs_that_stay(one, 0.0) == stuck
    carrying = threading.Timer(0.2, one.platform.settle)
    carrying.start()
    assert wrongs_that_stay(one, 20.0) == []
    carrying.join()
