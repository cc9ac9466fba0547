"""Poisoned records are listed by cause and decided about at the command line."""

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
    (group,) = [one for one in listed if one["topic"] == "labour.samr.registration"]
    assert (group["keys"], group["records"], group["department"]) == ([FIRM], 1, "hr")
    assert group["waiting"] == 2
    assert group["error"] == "ZeroDivisionError: no row for #"

    acting = ["--post", "HRSS_MKT@210103", "--reason", "程序已修复"]
    assert run(["quarantine", "release", group["group"], *acting]) == 1
    assert "1 failed again" in capsys.readouterr().out
    assert run(["doctor"]) in (1, 3)
    assert f"{group['group']} (labour.samr.registration" in capsys.readouterr().out
    officer = ["--post", "HRSS_MKT.OFFICER@210103", "--reason", "不再需要"]
    assert run(["quarantine", "discard", group["group"], *officer]) == 1
    assert "is not the head" in capsys.readouterr().err
    assert run(["quarantine", "fix", group["group"], *acting, "--upcaster", "MAGIC"]) == 2
    assert "upcaster" in capsys.readouterr().err

    monkeypatch.setitem(PROJECTIONS, "human_resources", well)
    for one in listed:
        assert run(["quarantine", "release", one["group"], *acting]) == 0
    assert f"{group['records']} done" in capsys.readouterr().out
    assert run(["quarantine", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(["view", "claims", "--of", FIRM, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["uscc"] == FIRM

    assert run(["quarantine", "show", group["group"], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["type"].split(".")[1] for one in told["history"]] == [
        "records_parked",
        "parked_decided",
        "parked_remained",
        "parked_decided",
        "parked_settled",
    ]
    assert {(one["state"], one["post"]) for one in told["records"]} == {
        ("RELEASED", "HRSS_MKT@210103")
    }
    assert run(["quarantine", "list", "--all"]) == 0
    assert "程序已修复" in capsys.readouterr().out


def test_a_group_that_is_not_there_is_told_so(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    monkeypatch.setenv("LIANDONG_LANG", "en")
    unknown = "QG-AAAAAAAAAAAAAAAA"
    acting = ["--post", "HRSS_MKT@210103", "--reason", "程序已修复"]
    assert run(["quarantine", "release", unknown, *acting]) == 1
    assert "no open group" in capsys.readouterr().err
    assert run(["quarantine", "show", unknown]) == 2
    assert run(["quarantine", "release", "moon", *acting]) == 2
    assert "group" in capsys.readouterr().err
