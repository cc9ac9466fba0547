"""Programs as a department's own developers would write them, and how they are run.

Each knows the published contracts and nothing else of this project: it is copied to a folder
of its own, next to what its language needs, and gets the unpacked archive of the contracts.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateways.contracts.public import public_archive

HERE = Path(__file__).parent
LANGUAGES = ("python",)
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


def moved_out(language: str, folder: Path) -> list[str]:
    """Copies a client out of the project; how it is started there."""
    place = folder / language
    shutil.copytree(HERE / language, place)
    return [sys.executable, "-I", str(place / "follow.py")]


def followed(
    folder: Path, contract: Path, bootstrap: str, department: str, matter: str
) -> dict[str, Told]:
    """What each client tells of a case; all of them read at the same time."""
    folder.mkdir()
    asked = [str(contract), bootstrap, department, matter]
    running = {one: _started(folder, one, asked) for one in LANGUAGES}
    return {one: _told(process) for one, process in running.items()}


def _started(folder: Path, language: str, asked: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*moved_out(language, folder), *asked],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _told(process: subprocess.Popen[str]) -> Told:
    try:
        said, errors = process.communicate(timeout=ENDS_S_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    lines = [json.loads(line) for line in said.splitlines()]
    return Told(
        problems=[line for line in lines if "problem" in line],
        story=[line for line in lines if "problem" not in line],
        code=process.returncode,
        errors=errors,
    )
