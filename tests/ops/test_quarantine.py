"""A poisoned record is listed and released at the command line; its followers come after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.cli import run
from ops.posts import default_post
from ops.settings import load
from ops.wiring import house
from projections import reader
from projections.catalogue import PROJECTIONS
from projections.rows import Rows

FIRM = "91210103MAYTX0072K"
POST = default_post("SAMR", "210103")


def sick(kept: reader.Projection) -> reader.Reader:
    """The projection with a fault for one firm."""

    def apply(facts: reader.Facts, rows: Rows) -> None:
        for fact in facts:
            if fact.subject == FIRM:
                raise ZeroDivisionError(f"no row for {FIRM}")
        kept.apply(facts, rows)

    return reader.Reader(kept.name, kept.version, kept.metadata, kept.reads, apply)


def test_parked_records_are_listed_tried_again_and_released_in_order(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    monkeypatch.setenv("LIANDONG_LANG", "en")
    well = PROJECTIONS["human_resources"]
    monkeypatch.setitem(PROJECTIONS, "human_resources", sick(well))
    with house(load(), create=False) as one:
        samr = one.platform.departments["samr"]
        data = {"organisation": FIRM, "name": "虚例", "scope": "职业中介活动"}
        samr.give("RegisterOrganisation", data, POST, key="1")
        one.platform.settle()
        data = {"organisation": FIRM, "change": "SCOPE", "after": "软件开发"}
        samr.give("ChangeRegistration", data, POST, key="2")
        one.platform.settle()

    assert run(["quarantine", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    heads = [row for row in listed if row["state"] == "BLOCKING"]
    assert {row["key"] for row in listed} == {FIRM}
    assert heads
    assert "ZeroDivisionError" in heads[0]["detail"]
    assert sum(row["behind"] for row in heads) == len(listed) - len(heads) > 0

    assert run(["quarantine", "release", "hr"]) == 1
    assert "failed again" in capsys.readouterr().out
    assert run(["doctor"]) in (1, 3)
    assert "parked records" in capsys.readouterr().out

    monkeypatch.setitem(PROJECTIONS, "human_resources", well)
    assert run(["quarantine", "release", "hr"]) == 0
    assert f"{len(listed)} applied" in capsys.readouterr().out
    assert run(["quarantine", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(["view", "claims", "--of", FIRM, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["uscc"] == FIRM


def test_a_department_that_is_not_there_is_wrong_use(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    assert run(["quarantine", "release", "moon"]) == 2
    assert "moon is not a department" in capsys.readouterr().err
