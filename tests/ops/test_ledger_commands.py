"""`liandong ledger`: who has what, one event's way, and a check that can fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ops.cli import run
from ops.settings import load
from ops.wiring import house
from tests.gateways.department.foreign import ForeignSystem
from tests.gateways.department.town import Town, bodies

LICENSING = "labour.hr.licensing"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON that a command prints, whatever its exit code."""
    capsys.readouterr()
    run([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_an_installation_that_nobody_runs_brings_its_ledger_up_by_itself_and_finds_a_liar(
    tool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "check"]) == 0
    assert "Every department has what was published for it." in capsys.readouterr().out
    rows = told(capsys, "ledger", "show", "--department", "psb")
    assert {row["state"] for row in rows} == {"AGREES"}
    assert all("psb" in (row["reader"], row["publisher"]) for row in rows)
    assert any(row["topic"] == LICENSING and row["applied"] == row["published"] for row in rows)

    with house(load(data=tool), create=False) as one:
        granted = next(
            event
            for event in bodies(one.platform.departments["hr"])
            if event["type"] == "licence.granted.v1"
        )
        partition = next(
            at
            for (topic, at), end in one.platform.departments["hr"].store.partition_ends().items()
            if topic == LICENSING
            and any(
                json.loads(value)["id"] == granted["id"]
                for value in ForeignSystem(Town(one), "psb", LICENSING, at).values()
            )
        )
        liar = ForeignSystem(Town(one), "psb", LICENSING, partition)
        values = liar.values()
        at = int(granted["partitionsequence"])
        liar.take_in([*values[: at - 1], *values[at:]], anew=True)

    way = told(capsys, "ledger", "event", granted["id"])
    stages = {stage["reader"]: stage["state"] for stage in way["stages"]}
    assert (stages["psb"], stages["samr"]) == ("MISSING", "ACTED")
    assert run(["ledger", "event", granted["id"]]) == 0
    assert run(["ledger", "event", "unknown"]) == 2
    capsys.readouterr()

    assert run(["ledger", "check"]) == 1
    printed = capsys.readouterr().out
    for words in (
        "Records are missing",
        "was skipped",
        "owner: Public security",
        granted["matter"],
    ):
        assert words in printed
    (fault,) = told(capsys, "ledger", "check")["faults"]
    assert (fault["first"], fault["last"], fault["cases"]) == (at, at, [granted["matter"]])

    # Restated, our own readers still agree, and the liar is who it was: psb of this house took
    # every record in, so that its receipts, said anew, close the fault.
    restate = ["ledger", "restate", "psb", LICENSING, str(partition), "--reason"]
    assert run([*restate, " "]) == 2
    assert run(["ledger", "restate", "psb", "labour.hr.nothing", "0", "--reason", "x"]) == 2
    capsys.readouterr()
    assert run([*restate, "the foreign system was turned off"]) == 0
    assert "no fault stands" in capsys.readouterr().out


@pytest.mark.usefixtures("tool")
def test_a_department_that_does_not_exist_is_wrong_use() -> None:
    assert run(["ledger", "show", "--department", "nobody"]) == 2
    assert run(["ledger", "check", "--without", "nobody"]) == 2
