"""A node that starts before its broker waits for it, and then carries every event."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops import services
from ops.posts import default_post
from ops.settings import Settings
from ops.wiring import house
from tests.faults.organisations import uscc

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def test_a_node_started_before_its_broker_waits_for_it(
    tmp_path: Path,
    own_kafka: services.KafkaService,
    own_postgres: services.PostgresService,
) -> None:
    addresses = {"database": own_postgres.url, "kafka": own_kafka.bootstrap}
    environment = {
        **{name: value for name, value in os.environ.items() if "LIANDONG" not in name},
        "LIANDONG_DATA": str(tmp_path / "data"),
        "LIANDONG_MODE": "joined",
        "LIANDONG_DEPARTMENTS": "samr",
        **{f"LIANDONG_{name.upper()}": value for name, value in addresses.items()},
    }
    settings = Settings(
        data=tmp_path / "data",
        mode="joined",  # type: ignore[arg-type]
        departments=("samr",),
        roles=("gateway",),
        **addresses,
    )
    with house(settings, create=True) as one:
        samr = one.platform.departments["samr"]
        given = samr.give(
            "RegisterOrganisation",
            {"organisation": uscc(1), "name": "沈阳虚例先启人力有限公司", "scope": "职业中介活动"},
            default_post("SAMR", "210103"),
            key="before-the-broker",
        )
        own_kafka.kill()
        told = tmp_path / "node.log"
        with told.open("wb") as output:
            node = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "ops.cli",
                    "--lang",
                    "en",
                    "serve",
                    "--roles",
                    "relay,intake",
                ],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            until("waiting: ", told)
            assert node.poll() is None
            own_kafka.restart()
            until("serving: ", told)
            deadline = time.monotonic() + 40
            while not samr.applied(given.position) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert samr.applied(given.position)
        finally:
            node.kill()
            node.wait()


def until(words: str, told: Path, seconds: float = 60.0) -> None:
    """Waits until a node's output holds these words."""
    deadline = time.monotonic() + seconds
    while words not in told.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, told.read_text(encoding="utf-8")
        time.sleep(0.2)
