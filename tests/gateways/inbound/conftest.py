"""A town whose department 人社 has pushes to claim, and a post that is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways.department.town import Town, opened
from tests.gateways.inbound.sending import MKT, appoint


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A town in which three firms have been pushed to 人社, whose post is known."""
    with opened(tmp_path / "town") as one:
        prepare(one)
        yield one


def prepare(town: Town) -> None:
    """Pushes three firms to 人社 and makes its post known."""
    for number in range(3):
        town.register(number)
    town.platform.settle()
    appoint(town, MKT)
