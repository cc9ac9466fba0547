"""The long run, for a few seconds: it carries everything, says so, and draws it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.soak.__main__ import main

pytestmark = [pytest.mark.services, pytest.mark.timeout(420)]


def test_a_short_long_run_carries_everything_and_draws_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--minutes", "0.1", "--rate", "10", "--every", "2", "--together"]
    assert main([*told, "--out", str(tmp_path)]) == 0
    assert "60 commands" in capsys.readouterr().out
    samples = json.loads((tmp_path / "soak.json").read_text())["samples"]
    last = samples[-1]
    assert (last["unsent"], set(last["lag"].values())) == (0, {0})
    assert last["applied"] > last["acknowledged"] >= 180
    assert all(size > 10 for size in last["memory_mb"].values())
    assert "<svg" in (tmp_path / "soak.svg").read_text()
