"""A database of each kind, with every projection and all facts in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateways.department.database import Database
from tests.gateways.rebuilding.world import World


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A department's database without facts; both kinds run every test."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'hr.sqlite'}")
    else:
        url: Any = request.getfixturevalue("postgres_url")
        schema: Any = request.getfixturevalue("postgres_schema")
        address = "postgresql+psycopg:" + url.split(":", 1)[1]
        database = Database(address, schema=schema)
    made = World(database)
    made.create()
    yield made
    database.close()
