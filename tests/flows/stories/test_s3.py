"""The story of S3: a double-random campaign of a province, its city and districts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from domain.draw.facts import DrawExecuted, DrawOpened
from domain.draw.verification import verify
from gateways.contracts.envelope import fact_of
from ops.player import all_events
from ops.services import KafkaService
from ops.settings import Settings, StoreMode
from ops.wiring import house
from tests.flows.stories.playing import (
    Told,
    ends_as_expected,
    is_the_same_joined_up,
    own_database,
    told,
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told("s3", tmp_path_factory)


def test_it_ends_as_expected(story: Told) -> None:
    ends_as_expected(story)


@pytest.mark.services
def test_it_gives_the_same_bytes_joined_up(
    story: Told, tmp_path: Path, postgres_url: str, own_kafka: KafkaService
) -> None:
    with own_database(postgres_url) as database:
        is_the_same_joined_up(story, database, own_kafka.bootstrap, tmp_path)


def test_each_of_its_draws_is_made_again_from_record_and_population(
    story: Told, tmp_path: Path
) -> None:
    stores = Path(shutil.copytree(story.folder, tmp_path / "stores"))
    settings = Settings(data=stores, store=StoreMode.SIMULATED)
    with house(settings, create=False) as played:
        department = played.platform.departments["hr"]
        facts = [fact_of(one.body).fact for one in all_events(department.store)]
        opened = {one.draw_id: one for one in facts if isinstance(one, DrawOpened)}
        made = [one for one in facts if isinstance(one, DrawExecuted)]
        assert [one.drawn for one in made] == [10, 8, 1, 1, 2]
        for one in made:
            population = department.files.store.read(opened[one.draw_id].population.sha256)
            record = department.files.store.read(one.record.sha256)
            assert verify(record, population.splitlines(keepends=True)).good
