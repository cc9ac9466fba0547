"""A town for each test, in a folder of its own; and the tables of a department alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from gateways.department.database import METADATA
from tests.gateways.department.town import Town, opened


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An empty town on 2024-11-18 at 09:00."""
    with opened(tmp_path / "town") as one:
        yield one


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction in an empty database of a department."""
    if request.param == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
    else:
        url: str = request.getfixturevalue("postgres_url")
        schema: str = request.getfixturevalue("postgres_schema")
        engine = create_engine(
            "postgresql+psycopg:" + url.split(":", 1)[1],
            connect_args={"options": f"-csearch_path={schema}"},
        )
    with engine.begin() as one:
        METADATA.create_all(one)
        yield one
    engine.dispose()
