"""The story of S2: from discovery to the police."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from domain.facts import FACTS
from ops.services import KafkaService
from ops.settings import ROOT
from tests.flows.stories.playing import (
    Told,
    ends_as_expected,
    is_the_same_joined_up,
    own_database,
    told,
)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told("s2", tmp_path_factory)


def test_it_ends_as_expected(story: Told) -> None:
    ends_as_expected(story)


@pytest.mark.services
def test_it_gives_the_same_bytes_joined_up_and_a_plain_client_reads_them(
    story: Told, tmp_path: Path, postgres_url: str, own_kafka: KafkaService
) -> None:
    with own_database(postgres_url) as database:
        is_the_same_joined_up(story, database, own_kafka.bootstrap, tmp_path)
    read = subprocess.run(
        [
            sys.executable,
            "-c",
            integrators_example().replace("127.0.0.1:9092", own_kafka.bootstrap),
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout.splitlines()
    assert [line.split()[1] for line in read] == [
        name for name in story.events if FACTS[name].FAMILY == "licensing"
    ]


def integrators_example() -> str:
    """The example of the README: a topic read with a plain Kafka client."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```", readme, re.S | re.M)
    return str(example)
