"""The demonstration, played once for all tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ops import demonstration
from ops.settings import load


@pytest.fixture(scope="session")
def demonstration_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demonstration's story has been played."""
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    assert demonstration.ready(load(data=folder))
    return folder


@pytest.fixture
def demonstration_copy(demonstration_folder: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    return Path(shutil.copytree(demonstration_folder, tmp_path / "demo"))


@pytest.fixture
def tool(demonstration_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tool pointed at a copy of the demonstration, in English."""
    monkeypatch.setenv("LIANDONG_DATA", str(demonstration_copy))
    monkeypatch.setenv("LIANDONG_LANG", "en")
    return demonstration_copy
