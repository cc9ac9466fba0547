"""A story of `ops/scenarios` played whole, embedded or on real services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from ops.commands_work import play_into
from ops.player import Played
from ops.scenario import Scenario, load
from ops.settings import ROOT

SCENARIOS = ROOT / "ops" / "scenarios"


@dataclass(frozen=True)
class Told:
    """A story, what playing it embedded gave, and where its stores are."""

    scenario: Scenario
    played: Played
    folder: Path


def told(name: str, folder: Path) -> Told:
    """Plays a story embedded into an empty folder."""
    scenario = load(SCENARIOS / f"{name}.yaml")
    return Told(scenario, play_into(scenario, folder, quiet=True), folder)


def faults(played: Played) -> list[str]:
    """Everything that did not go as the file says."""
    wrong = [f"step {one.step.number}: {one.fault}" for one in played.steps if one.fault]
    return wrong + [f"{one.what}: {one.expected!r} is {one.found!r}" for one in played.differences]


def ends_as_expected_and_is_the_same_twice(story: Told, again: Path) -> None:
    """Asserts that every step and expectation held, and that a second play gives the same bytes."""
    assert faults(story.played) == []
    assert story.played.checked == len(story.scenario.expectations)
    assert play_into(story.scenario, again, quiet=True).digest == story.played.digest


def is_the_same_joined_up(story: Told, database: str, kafka: str, folder: Path) -> None:
    """Asserts that real PostgreSQL and Kafka give every expectation and the same bytes."""
    played = play_into(story.scenario, folder, database, kafka, quiet=True)
    assert faults(played) == []
    assert played.checked == len(story.scenario.expectations)
    assert played.digest == story.played.digest


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
