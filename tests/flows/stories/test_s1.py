"""The story of S1: a prefecture's campaign on labour intermediaries, in one county."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.campaign.facts import ReportSubmitted, TablePrepared
from gateways.contracts import canonical
from gateways.contracts.envelope import fact_of
from gateways.department.deciding.tables import counted_again
from ops.player import all_events
from ops.services import KafkaService
from ops.settings import Settings, StoreMode
from ops.wiring import House, house
from tests.flows.stories.playing import (
    Told,
    ends_as_expected,
    is_the_same_joined_up,
    own_database,
    told,
)

NEITHER = [(0, 0, 0)] * 6


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told("s1", tmp_path_factory)


@pytest.fixture(scope="module")
def lived(story: Told) -> Iterator[House]:
    settings = Settings(data=story.folder, store=StoreMode.SIMULATED)
    with house(settings, create=False) as played:
        yield played


def test_it_ends_as_expected(story: Told) -> None:
    ends_as_expected(story)


@pytest.mark.services
def test_it_gives_the_same_bytes_joined_up(
    story: Told, tmp_path: Path, postgres_url: str, own_kafka: KafkaService
) -> None:
    with own_database(postgres_url) as database:
        is_the_same_joined_up(story, database, own_kafka.bootstrap, tmp_path)


def test_the_forms_that_were_submitted_hold_the_counted_figures(lived: House) -> None:
    facts = [fact_of(one.body).fact for one in all_events(lived.platform.departments["hr"].store)]
    interim, final = (one for one in facts if isinstance(one, TablePrepared))
    assert [(one.hr, one.disp, one.distinct) for one in interim.rows[:14]] == [
        *((4, 2, 5), (3, 2, 4), (1, 1, 2), (4, 2, 5), (1, 0, 1)),
        *NEITHER,
        *((1, 0, 1), (0, 1, 1), (1, 0, 1)),
    ]
    assert [(one.hr, one.disp, one.distinct) for one in final.rows[:14]] == [
        *((4, 1, 4), (3, 2, 4), (1, 1, 2), (4, 1, 4), (1, 0, 1)),
        *NEITHER,
        *((1, 0, 1), (0, 1, 1), (1, 0, 1)),
    ]
    assert [one.answer if one.number is None else one.number for one in interim.rows[16:]] == [
        *(1, True, 0, False, 0, 1, 0, 0, 0)
    ]
    assert [one.answer if one.number is None else one.number for one in final.rows[16:]] == [
        *(3, True, 1, True, 0, 1, 1, 2, 63)
    ]
    assert all(one.attached for one in (*interim.rows[14:16], *final.rows[14:16]))
    submitted = {
        one.table_id: one.content_hash
        for one in facts
        if isinstance(one, ReportSubmitted) and one.table_id is not None
    }
    assert submitted == {one.table_id: one.content.sha256 for one in (interim, final)}


def test_a_form_is_counted_again_to_the_same_bytes_after_the_campaign(lived: House) -> None:
    department = lived.platform.departments["hr"]
    facts = [fact_of(one.body).fact for one in all_events(department.store)]
    for one in facts:
        if isinstance(one, TablePrepared):
            content = canonical.decode(department.files.store.read(one.content.sha256))
            with department.reading() as connection:
                assert counted_again(connection, content, one.content.sha256).same
