"""The demonstration starts, answers, starts again quickly, and stops by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops.cli import run
from ops.settings import ROOT

START_S_MAX = 60.0
SECOND_START_S_MAX = 5.0


@contextmanager
def running(*arguments: str, data: Path) -> Iterator[tuple[str, float, subprocess.Popen[str]]]:
    """A running node: its address, how long it took to answer, and its process."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ops.cli", "--lang", "en", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": os.defpath, "LIANDONG_DATA": str(data), "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield _address(process), time.monotonic() - began, process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found:
            _until_it_answers(found.group(0))
            return found.group(0)
    raise AssertionError(f"it ended without an address:\n{printed}")


def _until_it_answers(address: str) -> None:
    deadline = time.monotonic() + START_S_MAX
    while True:
        try:
            with urllib.request.urlopen(address + "healthz", timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_demonstration_starts_again_within_five_seconds_and_stops_cleanly(
    demonstration_copy: Path,
) -> None:
    with running(
        "demo", "--data", str(demonstration_copy), "--port", "0", data=demonstration_copy
    ) as (address, took_s, process):
        assert took_s < SECOND_START_S_MAX
        with urllib.request.urlopen(address + "directory", timeout=10) as page:
            assert page.status == 200
    assert process.returncode == 0
    assert process.stdout is not None
    assert "Traceback" not in process.stdout.read()


def test_a_node_serves_the_roles_it_is_told_and_stops_cleanly(tmp_path: Path) -> None:
    with running(
        "serve", "--departments", "hr", "--roles", "gateway,relay,intake,clock", "--port", "0",
        data=tmp_path / "hr",
    ) as (address, _, process):  # fmt: skip
        answer = urllib.request.urlopen(address + "readyz", timeout=10)
        assert answer.status == 200
    assert process.returncode == 0


def test_a_command_given_beside_a_running_node_reaches_the_others_through_it(
    demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    arguments = ["demo", "--data", str(demonstration_copy), "--port", "0"]
    with running(*arguments, data=demonstration_copy):
        organisation = "91210103MAYTX011XN"
        given = [
            "do", "RegisterOrganisation", "--post", "SAMR@210103", "--with",
            f"organisation={organisation}", "--with", "name=沈阳虚例云聘网络科技有限公司",
            "--with", "scope=职业中介活动",
        ]  # fmt: skip
        assert run(given) == 0, capsys.readouterr().err
        deadline = time.monotonic() + 20
        while True:
            capsys.readouterr()
            assert run(["view", "pushes", "--of", organisation, "--json"]) == 0
            if organisation in capsys.readouterr().out:
                break
            assert time.monotonic() < deadline, "the push never came"
            time.sleep(0.2)


def test_the_demonstrations_check_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--check"]) == 0
    assert "S2-LN-B" in capsys.readouterr().out
