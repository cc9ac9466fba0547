"""A lost service, a full disk, Ctrl-C: one sentence, the right exit code, never a stack trace."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gateways.store.port import StoreUnavailable
from ops import wiring
from ops.cli import run
from ops.faults import sentence_of
from ops.player import all_events
from ops.settings import ROOT, Settings
from ops.wiring import house

FIRM = [
    "--with",
    "organisation=91210103MAYTX011XN",
    "--with",
    "name=虚例",
    "--with",
    "scope=劳务派遣",
]
COMMANDS = [
    ["view", "leadership"],
    ["case", "list"],
    ["clocks", "list"],
    ["clocks", "verify"],
    ["topics"],
    ["projections", "positions"],
    ["quarantine", "list"],
    [
        "quarantine",
        "release",
        "QG-AAAAAAAAAAAAAAAA",
        "--post",
        "SAMR@210103",
        "--reason",
        "已修复",
    ],
    ["do", "RegisterOrganisation", "--post", "SAMR@210103", *FIRM],
    ["serve", "--port", "0", "--wait", "0"],
    ["doctor"],
]


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address at which nothing answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nowhere: str) -> Path:
    """An installation whose PostgreSQL and Kafka are both away."""
    (tmp_path / "installation.json").write_text(json.dumps({"store": "real"}))
    (tmp_path / "master.key").write_text("ab" * 32)
    for name, value in {
        "DATA": str(tmp_path),
        "MODE": "joined",
        "DATABASE": f"postgresql://u:p@{nowhere}/x",
        "KAFKA": nowhere,
        "DEPARTMENTS": "samr",
        "LANG": "en",
    }.items():
        monkeypatch.setenv(f"LIANDONG_{name}", value)
    return tmp_path


def short(printed: str) -> bool:
    """No stack trace, and no more than a few lines."""
    return "Traceback" not in printed and len(printed.strip().splitlines()) <= 3


@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize("command", [*COMMANDS, ["migrate"]], ids=" ".join)
def test_a_lost_database_is_exit_3(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert run(command) == 3
    printed = capsys.readouterr()
    assert short(printed.err), printed.err
    assert printed.err.strip() or "cannot be reached" in printed.out


@pytest.mark.services
@pytest.mark.usefixtures("joined")
def test_a_lost_broker_is_exit_3(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    postgres_url: str,
) -> None:
    database = f"faults_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
    url = re.sub(r"/[^/?]*(\?.*)?$", rf"/{database}\1", postgres_url)
    monkeypatch.setenv("LIANDONG_DATABASE", url)
    assert run(["migrate"]) == 0
    for command in (COMMANDS[0], COMMANDS[8], ["doctor"]):
        capsys.readouterr()
        assert run(command) == 3, command
        printed = capsys.readouterr()
        assert short(printed.err), printed.err


def test_a_full_disk_of_the_database_server_is_exit_1() -> None:
    full = StoreUnavailable("x")
    full.__cause__ = psycopg.errors.DiskFull("could not extend file")
    sentence, code = sentence_of(full)
    assert code == 1
    assert "Free some space" in sentence or "清理空间" in sentence


def test_a_full_disk_is_told_and_what_was_acknowledged_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data=tmp_path, departments=("samr",), lang="en")
    for name in ("DATA", "DEPARTMENTS", "LANG"):
        value = {"DATA": str(tmp_path), "DEPARTMENTS": "samr", "LANG": "en"}[name]
        monkeypatch.setenv(f"LIANDONG_{name}", value)
    with house(settings, create=True):
        pass
    opened = wiring._store

    def nearly_full(*arguments: Any) -> Any:
        """A store whose file may not grow: SQLite itself then says that the disk is full."""
        store: Any = opened(*arguments)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        return store

    assert run(COMMANDS[8]) == 0
    monkeypatch.setattr(wiring, "_store", nearly_full)
    change = ["do", "ChangeRegistration", "--post", "SAMR@210103", *FIRM[:2], "--with"]
    given, code = 0, 0
    while code == 0 and given < 100:
        capsys.readouterr()
        after = f"after={'软件开发；' * 30}{given}"
        code = run([*change, "change=SCOPE", "--with", after, "--key", str(given)])
        given += code == 0
    printed = capsys.readouterr().err
    assert code == 1, printed
    assert "disk is full" in printed
    assert short(printed)
    monkeypatch.setattr(wiring, "_store", opened)
    with house(settings, create=False) as one:
        types = [event.type for event in all_events(one.platform.departments["samr"].store)]
        assert types.count("subject.registration_changed.v1") == given


@pytest.mark.parametrize("after_s", [0.1, 2.0, 4.0])
def test_ctrl_c_is_one_line_and_no_stack_trace(tmp_path: Path, after_s: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.cli", "play", "ops/scenarios/s2-ln-b.yaml", "--data", tmp_path],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not any(tmp_path.iterdir()):
        # Until then Python is loading what the program is made of.
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=60)
    # Ended by the signal itself, where it came before the program could take it: 130 in a shell.
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert short(printed), printed
