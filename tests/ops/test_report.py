"""`liandong report`: the form counted, written, opened, and counted again from its seal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from ops.cli import run
from tests.faults.organisations import uscc
from tests.gateways.department.town import REGION, opened
from tests.gateways.statistics.campaign import Campaign

ASKED = ("--unit", REGION, "--campaign", "S1-2024", "--as-of", "2024-12-20T18:00")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation with a prepared form, closed again, and the form's id."""
    folder = tmp_path_factory.mktemp("report") / "town"
    with opened(folder, departments="samr,hr") as town:
        campaign = Campaign(town)
        table = campaign.prepare()
        campaign.submit(table["table_id"])
    return folder, str(table["table_id"])


@pytest.fixture
def tool(played: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The tool pointed at the installation, in English; the form's id."""
    monkeypatch.setenv("LIANDONG_DATA", str(played[0]))
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr,hr")
    monkeypatch.setenv("LIANDONG_LANG", "en")
    return played[1]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["report", *arguments]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("tool")
def test_a_form_is_counted_and_written_in_three_ways(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = {kind: tmp_path / f"form.{kind}" for kind in ("xlsx", "pdf", "csv")}
    targets = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]
    form = told(capsys, "table", *ASKED, *targets, "--json")
    assert (form["rows"][0]["hr"], form["rows"][4]["hr"]) == (1, 1)
    assert load_workbook(files["xlsx"]).worksheets[0]["C4"].value == "1/0"
    assert files["pdf"].read_bytes().startswith(b"%PDF")
    assert files["csv"].read_text(encoding="utf-8-sig").count("\n") == 26
    assert run(["report", "table", *ASKED]) == 0
    assert "本辖区现有" in capsys.readouterr().out


@pytest.mark.usefixtures("tool")
def test_a_row_opens_the_organisations_that_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    row = told(capsys, "open", "5", *ASKED, "--json")
    assert [(one["subject"], one["name"]) for one in row["counts"]] == [
        (uscc(0), "沈阳虚例000人力有限公司")
    ]
    assert told(capsys, "annex", *ASKED, "--json") == []
    assert [one["subject"] for one in told(capsys, "undeclared", *ASKED, "--json")] == [uscc(0)]


@pytest.mark.usefixtures("tool")
def test_the_units_of_a_campaign_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--campaign", "S1-2024", "--as-of", "2024-12-20T18:00")
    found = told(capsys, "units", *asked, "--json")
    assert found[REGION][4]["hr"] == 1
    assert run(["report", "units", *asked]) == 0
    assert REGION in capsys.readouterr().out


def test_a_prepared_form_is_counted_again(tool: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "verify", tool, "--json")["same"] is True
    assert run(["report", "verify", tool]) == 0
    assert "the same bytes" in capsys.readouterr().out


def test_a_sealed_form_is_written_with_the_posts_that_answer_for_it(
    tool: str, tmp_path: Path
) -> None:
    files = [tmp_path / "one.xlsx", tmp_path / "other.xlsx"]
    for file in files:
        assert run(["report", "verify", tool, "--xlsx", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    page = load_workbook(files[0]).worksheets[0]
    assert [page.cell(row, 1).value for row in range(29, 33)] == [
        f"分管领导：HRSS.HEAD@{REGION}",
        f"负责人：HRSS_MKT.HEAD@{REGION}",
        f"填报人：HRSS_MKT.OFFICER@{REGION}",
        "日期：2024年12月21日",
    ]


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["table", "--unit", REGION], "--campaign"),
        (["table", "--unit", REGION, "--campaign", "CMP-NONE"], "CMP-NONE"),
        (["table", "--unit", REGION, "--since", "2024"], "not a date"),
        (["open", "26", *ASKED], "25"),
        (["verify", "TAB-NONE"], "TAB-NONE"),
    ],
    ids=["no campaign", "unknown campaign", "no date", "no such row", "unknown form"],
)
def test_wrong_use_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(["report", *arguments]) == 2
    assert sentence in capsys.readouterr().err
