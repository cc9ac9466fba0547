"""The clients are strangers: they name nothing of this project and pin what they use."""

from __future__ import annotations

import json
import re

import pytest

from tests.flows.foreign.clients import CLIENTS, HERE
from tests.flows.foreign.examples import EXAMPLES, printed

OURS = re.compile(r"liandong|\b(?:from|import) (?:domain|projections|gateways|ops|tests)\b|\.\./")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_names_nothing_of_this_project(client: str) -> None:
    files = [one for one in (HERE / client).iterdir() if one.is_file()]
    assert files
    assert [one.name for one in files if OURS.search(one.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("language", EXAMPLES)
def test_an_example_of_the_readme_names_nothing_of_this_project(language: str) -> None:
    assert not OURS.search(printed(language))


@pytest.mark.parametrize("client", ["javascript", "kcat"])
def test_a_clients_packages_are_pinned_and_their_lock_names_no_place(client: str) -> None:
    lock = json.loads((HERE / client / "package-lock.json").read_text(encoding="utf-8"))
    wanted = lock["packages"].pop("")["dependencies"]
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())
    for name, package in lock["packages"].items():
        assert package["integrity"], name
        assert "resolved" not in package, name
