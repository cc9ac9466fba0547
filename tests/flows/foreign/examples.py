"""The examples of the README that read one topic, each run as it is printed there."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Timer

from ops.settings import ROOT
from tests.flows.foreign import clients, installing


@dataclass(frozen=True)
class Example:
    """The name of an example's file, and what runs it in its folder."""

    file: str
    command: Callable[[Path], list[str]]


def _javascript(folder: Path) -> list[str]:
    (folder / "node_modules").symlink_to(installing.packages("javascript"))
    return [installing.NODE, "read.mjs"]


EXAMPLES = {
    "bash": Example("read.sh", lambda _: ["bash", "read.sh"]),
    "python": Example("read.py", lambda _: [sys.executable, "-I", "read.py"]),
    "javascript": Example("read.mjs", _javascript),
    "java": Example("Read.java", lambda _: [*clients.java(), "Read.java"]),
}


def printed(language: str) -> str:
    """The one example of a language that the README prints."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(rf"^```{language}\n(.*?)^```", readme, re.S | re.M)
    return str(example)


GROUPS = ("our-python", "our-javascript", "our-java")
"""What the groups of the examples are called after the name of their user."""


def run(folder: Path, access: Mapping[str, str], lines: int) -> dict[str, list[str]]:
    """The first lines that each example says of a log; they go on until they are ended."""
    for language in EXAMPLES:
        clients.contracts(folder / language)
    with ThreadPoolExecutor(len(EXAMPLES)) as together:
        said = {
            language: together.submit(_run, folder / language, language, access, lines)
            for language in EXAMPLES
        }
        return {language: one.result() for language, one in said.items()}


def _run(folder: Path, language: str, access: Mapping[str, str], lines: int) -> list[str]:
    example = EXAMPLES[language]
    (folder / example.file).write_text(printed(language), encoding="utf-8")
    process = clients.started(folder, example.command(folder), access)
    ending = Timer(clients.ENDS_S_MAX, clients.kill, [process])
    ending.start()
    try:
        assert process.stdout is not None
        said = [line.rstrip("\n") for line in islice(process.stdout, lines)]
    finally:
        ending.cancel()
        errors = clients.ended(process)
    assert len(said) == lines, f"{language} said {said}\n{errors}"
    return said
