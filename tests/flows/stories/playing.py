"""A story of `ops/scenarios` played whole, embedded or on real services."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ops.commands_work import play_into
from ops.player import Played
from ops.scenario import Scenario, load
from ops.services.processes import locked
from ops.settings import ROOT

SCENARIOS = ROOT / "ops" / "scenarios"


@dataclass(frozen=True)
class Told:
    """A story that was played embedded: what became of it, and where its stores are, to be read."""

    scenario: Scenario
    folder: Path
    digest: str
    checked: int
    faults: list[str]
    events: list[str]
    """The types of the facts that its steps brought about, in order."""


def told(name: str, folders: pytest.TempPathFactory) -> Told:
    """A story as it ends, played once for all test processes of a run."""
    base = folders.getbasetemp()
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"story-{name}"
    scenario = load(SCENARIOS / f"{name}.yaml")
    with locked(place.with_suffix(".lock")):
        said = place / "told.json"
        if not said.exists():
            # A play that was cut short left stores that are not played into again.
            shutil.rmtree(place, ignore_errors=True)
            played = play_into(scenario, place / "stores", quiet=True)
            said.write_text(
                json.dumps(
                    {
                        "digest": played.digest,
                        "checked": played.checked,
                        "faults": faults(played),
                        "events": [event for step in played.steps for event in step.events],
                    }
                )
            )
    return Told(scenario=scenario, folder=place / "stores", **json.loads(said.read_text()))


def faults(played: Played) -> list[str]:
    """Everything that did not go as the file says."""
    wrong = [f"step {one.step.number}: {one.fault}" for one in played.steps if one.fault]
    return wrong + [f"{one.what}: {one.expected!r} is {one.found!r}" for one in played.differences]


def ends_as_expected(story: Told) -> None:
    """Asserts that every step and expectation held."""
    assert story.faults == []
    assert story.checked == len(story.scenario.expectations)


def is_the_same_twice(story: Told, again: Path) -> None:
    """Asserts that a second play gives the same bytes."""
    assert play_into(story.scenario, again, quiet=True).digest == story.digest


def is_the_same_joined_up(story: Told, database: str, kafka: str, folder: Path) -> None:
    """Asserts that real PostgreSQL and Kafka give every expectation and the same bytes."""
    played = play_into(story.scenario, folder, database, kafka, quiet=True)
    assert faults(played) == []
    assert played.checked == len(story.scenario.expectations)
    assert played.digest == story.digest


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of a new database of a PostgreSQL server, dropped afterwards."""
    name = f"scenario_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield re.sub(r"/[^/?]*(\?.*)?$", rf"/{name}\1", server)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
