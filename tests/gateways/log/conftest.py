"""Both logs for one suite: a test that takes `opener` runs on the file and on the broker."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateways.log.embedded import EmbeddedLog
from gateways.log.kafka import KafkaLog
from gateways.log.port import Log


@dataclass(frozen=True)
class Opener:
    """Opens the same log again and again, also in another process."""

    kind: str
    address: str
    prefix: str

    def open(self) -> Log:
        """The log, opened anew."""
        if self.kind == "embedded":
            return EmbeddedLog(Path(self.address))
        return KafkaLog(self.address)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.services)])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Where the log under test is."""
    prefix = f"t{uuid.uuid4().hex[:12]}."
    if request.param == "embedded":
        return Opener("embedded", str(tmp_path / "log.sqlite"), prefix)
    return Opener("kafka", request.getfixturevalue("kafka_bootstrap"), prefix)


@pytest.fixture
def log(opener: Opener) -> Iterator[Log]:
    """The log under test, empty."""
    opened = opener.open()
    yield opened
    opened.close()


@pytest.fixture
def new_name(opener: Opener) -> Callable[[str], str]:
    """Names for topics and readers that no other test has."""
    return lambda name: opener.prefix + name
