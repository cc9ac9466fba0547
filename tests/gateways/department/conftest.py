"""A town for each test, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.department.town import Town, opened


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An empty town on 2024-11-18 at 09:00."""
    with opened(tmp_path / "town") as one:
        yield one
