"""The story of S2: from discovery to the police, and what other systems read of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.facts import FACTS
from gateways.log.grants import system_user
from ops.cli import run
from ops.services.kafka.properties import ADMINISTRATOR
from tests.flows.foreign import clients, damage, examples
from tests.flows.stories.playing import (
    Told,
    ends_as_expected,
    is_the_same_joined_up,
    own_database,
    told,
)
from tests.gateways.log.secured import Secured, applied

# The first test that asks for the broker also waits for the whole play on it.
pytestmark = pytest.mark.timeout(600)

READER = "samr"
SYSTEM = system_user(READER)
"""The user of the reader's own system."""

STRANGER = "hr"
"""A department that reads topics which the reader may not."""

CASE = "M-Q5X6HM4IKBZSBSJS"
"""A firm's registration and push, which its licensing is linked to: facts of three departments."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told("s2", tmp_path_factory)


@pytest.fixture(scope="module")
def broker(
    story: Told, tmp_path_factory: pytest.TempPathFactory, postgres_url: str
) -> Iterator[Secured]:
    """A secured broker on which the story was played joined up, with the same bytes as embedded."""
    folder, data = tmp_path_factory.mktemp("joined"), tmp_path_factory.mktemp("operator")
    with applied(folder, data) as secured:
        with own_database(postgres_url) as database, secured.administered():
            kafka = secured.broker.bootstrap
            is_the_same_joined_up(story, database, kafka, folder / "stores")
        yield secured


def test_it_ends_as_expected(story: Told) -> None:
    ends_as_expected(story)


@pytest.mark.services
def test_it_gives_the_same_bytes_joined_up_and_the_examples_of_the_readme_read_them(
    story: Told, tmp_path: Path, broker: Secured
) -> None:
    expected = [name for name in story.events if FACTS[name].FAMILY == "licensing"]
    broker.forgets(f"{SYSTEM}.{group}" for group in examples.GROUPS)
    read = examples.run(tmp_path, broker.handed_to(SYSTEM), len(expected))
    for language, lines in read.items():
        assert [line.split()[1] for line in lines] == expected, language
        assert lines == read["python"], language


def shown(capsys: pytest.CaptureFixture[str], story: Told) -> list[dict[str, Any]]:
    """The case as `liandong case show` tells it to the reader's department."""
    asked = ["case", "show", CASE, "--reader", READER, "--json", "--data", str(story.folder)]
    assert run(asked) == 0
    return [
        {
            "stamp": fact["recorded"],
            "department": fact["department"],
            "sequence": int(json.loads(fact["body"])["sequence"]),
            "type": fact["type"],
            "subject": fact["subject"],
        }
        for fact in json.loads(capsys.readouterr().out)["facts"]
    ]


@pytest.mark.services
def test_clients_of_other_languages_tell_a_case_as_its_reader_sees_it(
    story: Told, tmp_path: Path, broker: Secured, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = shown(capsys, story)
    assert {"samr", "hr", "drc"} == {fact["department"] for fact in expected}
    contracts = clients.contracts(tmp_path)
    for language, said in clients.followed(
        tmp_path / "clients", contracts, broker.handed_to(SYSTEM), READER, CASE
    ).items():
        assert said.code == 0, f"{language}: {said.errors}"
        assert said.problems == [], language
        assert said.story == expected, language


@pytest.mark.services
def test_a_client_of_another_department_is_refused_what_its_own_may_not_read(
    tmp_path: Path, broker: Secured
) -> None:
    contracts = clients.contracts(tmp_path)
    access = broker.handed_to(SYSTEM)
    names = ("python", "kcat")
    for language, said in clients.followed(
        tmp_path / "clients", contracts, access, STRANGER, CASE, names
    ).items():
        assert (said.code, said.problems, said.story) == (1, [], []), language
        assert "Topic authorization failed" in said.errors, language


@pytest.fixture(scope="module")
def damaged(
    broker: Secured, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    """The contracts of a damaged copy of the log, and the problems that are on it."""
    folder = tmp_path_factory.mktemp("damaged")
    contracts = damage.contracts_of(clients.contracts(folder), folder / "copy")
    return contracts, damage.publish(contracts, broker.librdkafka(ADMINISTRATOR), SYSTEM)


def in_order(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(problems, key=lambda one: (one["topic"], one.get("offset", -1)))


@pytest.mark.services
def test_clients_of_other_languages_find_each_spoilt_repeated_missing_or_cut_record_and_no_other(
    damaged: tuple[Path, list[dict[str, Any]]], tmp_path: Path, broker: Secured
) -> None:
    contracts, problems = damaged
    assert {one["problem"] for one in problems} == {"schema", "type", "repeat", "hole", "cut"}
    for language, said in clients.followed(
        tmp_path, contracts, broker.handed_to(SYSTEM), damage.READER, damage.CASE
    ).items():
        assert in_order(said.problems) == in_order(problems), language
        assert said.story == [], language
        assert said.code == 4, f"{language}: {said.errors}"


@pytest.mark.services
def test_a_case_is_told_in_the_contracts_order_without_spoilt_facts_and_voided_links(
    damaged: tuple[Path, list[dict[str, Any]]], tmp_path: Path, broker: Secured
) -> None:
    contracts, problems = damaged
    hindered = [one for one in problems if one["topic"].endswith((".registration", ".control"))]
    for language, said in clients.followed(
        tmp_path, contracts, broker.handed_to(SYSTEM), damage.UNHINDERED, damage.CASE
    ).items():
        assert in_order(said.problems) == in_order(hindered), language
        told_in = [(one["department"], one["sequence"], one["type"]) for one in said.story]
        assert told_in == damage.STORY, language
        assert said.code == 3, f"{language}: {said.errors}"
