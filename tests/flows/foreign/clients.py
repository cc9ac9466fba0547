"""Programs as a department's own developers would write them, and how they are run.

Each knows the published contracts and nothing else of this project: it is copied to a folder
of its own, next to what its language needs, and gets the unpacked archive of the contracts and
what the operator of the brokers hands to its department.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateways.contracts.public import public_archive
from tests.flows.foreign import installing

HERE = Path(__file__).parent
ENDS_S_MAX = 240


@dataclass(frozen=True)
class Told:
    """What a client said: the problems it found, the story, and how it ended."""

    problems: list[dict[str, Any]]
    story: list[dict[str, Any]]
    code: int
    errors: str


def contracts(folder: Path) -> Path:
    """The contracts as the page /catalog/contracts gives them, unpacked."""
    with tarfile.open(fileobj=io.BytesIO(public_archive())) as archive:
        archive.extractall(folder, filter="data")
    return folder / "schemas"


def _python(place: Path) -> list[str]:
    return [sys.executable, "-I", str(place / "follow.py")]


def _javascript(place: Path) -> list[str]:
    (place / "node_modules").symlink_to(installing.packages("javascript"))
    return [installing.NODE, str(place / "follow.mjs")]


def java() -> list[str]:
    """What runs a Java file with the client's libraries."""
    # One short run: neither its garbage nor its hot loops are worth a second core.
    hurried = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
    return [installing.java(), *hurried, "-cp", str(installing.jars() / "*")]


def _java(place: Path) -> list[str]:
    return [*java(), str(place / "Follow.java")]


def _kcat(place: Path) -> list[str]:
    (place / "node_modules").symlink_to(installing.packages("kcat"))
    return ["bash", str(place / "follow.sh")]


CLIENTS: dict[str, Callable[[Path], list[str]]] = {
    "python": _python,
    "javascript": _javascript,
    "java": _java,
    "kcat": _kcat,
}
"""How each client is started from the folder that it was copied to."""


def followed(
    folder: Path,
    contract: Path,
    access: Mapping[str, str],
    department: str,
    matter: str,
    names: Iterable[str] = tuple(CLIENTS),
) -> dict[str, Told]:
    """What each client tells of a case; all of them read at the same time."""
    asked = [str(contract), department, matter]
    commands = {}
    for name in names:
        place = shutil.copytree(HERE / name, folder / name, ignore=_LEFT)
        commands[name] = [*CLIENTS[name](place), *asked]
    running = {name: started(folder, command, access) for name, command in commands.items()}
    return {name: _told(process) for name, process in running.items()}


_LEFT = shutil.ignore_patterns("node_modules")


def started(folder: Path, command: list[str], access: Mapping[str, str]) -> subprocess.Popen[str]:
    """A program that was started in a folder, in a process group of its own.

    `access` are the settings by which it reaches the brokers.
    """
    first = f"{Path(installing.NODE).parent}:{installing.kcat()}"
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **access, "PATH": f"{first}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str]) -> None:
    """Kills a program with whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str]) -> str:
    """Ends a program, closes its pipes, and gives what it said of errors."""
    kill(process)
    return process.communicate()[1]


def _told(process: subprocess.Popen[str]) -> Told:
    try:
        said, errors = process.communicate(timeout=ENDS_S_MAX)
    finally:
        if process.returncode is None:
            ended(process)
    lines = [json.loads(line) for line in said.splitlines()]
    return Told(
        problems=[line for line in lines if "problem" in line],
        story=[line for line in lines if "problem" not in line],
        code=process.returncode,
        errors=errors,
    )
