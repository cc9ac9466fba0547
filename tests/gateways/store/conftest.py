"""Both stores under one suite: `place` is a migrated SQLite file or PostgreSQL schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateways.store import migrate
from gateways.store.port import EventStore
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore


@dataclass(frozen=True)
class Place:
    """Where a store of a test stands; plain words, so that other processes can be told."""

    target: str
    schema: str | None

    def open(self, department: str = "hr", mode: str = "real", **options: object) -> EventStore:
        if self.schema is None:
            return SQLiteStore.open(self.target, department, mode, **options)  # type: ignore[arg-type]
        return PostgresStore.open(self.target, self.schema, department, mode, **options)  # type: ignore[arg-type]

    @property
    def arguments(self) -> list[str]:
        return [self.target, self.schema or ""]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(str(tmp_path / "hr.db"), None)
    return Place(
        request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_schema")
    )


@pytest.fixture
def place(empty_place: Place) -> Place:
    migrate.upgrade(empty_place.target, empty_place.schema)
    return empty_place


@pytest.fixture
def opened(place: Place) -> Iterator[Callable[..., EventStore]]:
    """Opens stores on the place and closes them after the test."""
    stores: list[EventStore] = []

    def open_store(*values: str, **options: object) -> EventStore:
        stores.append(place.open(*values, **options))
        return stores[-1]

    yield open_store
    for store in stores:
        with suppress(Exception):
            store.close()


@pytest.fixture
def store(opened: Callable[..., EventStore]) -> EventStore:
    return opened()
