"""A reader's database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database; both kinds run every test."""
    if request.param == "sqlite":
        made = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        url: Any = request.getfixturevalue("postgres_url")
        schema: Any = request.getfixturevalue("postgres_schema")
        made = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://"),
            connect_args={"options": f"-csearch_path={schema}"},
        )
    yield made
    made.dispose()
