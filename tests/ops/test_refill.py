"""`liandong topics refill`: by hand, beside a relay at work, and what doctor says before."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from gateways.department.workers import Workers
from ops.cli import run
from tests.gateways.department.test_refill import (
    TOPIC,
    cut_beginning,
    in_order,
    some_firms,
    whole,
)
from tests.gateways.department.test_relay import cut
from tests.gateways.department.town import opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town with some firms on its log, closed again."""
    monkeypatch.setenv("LIANDONG_DATA", str(tmp_path))
    monkeypatch.setenv("LIANDONG_DEPARTMENTS", "samr,hr,drc")
    with opened(tmp_path) as town:
        some_firms(town, 0, 8)
        town.samr.relay.check_topics()
    return tmp_path


def test_doctor_names_a_lost_topic_and_refill_mends_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(folder, 0)
    assert run(["--lang", "en", "doctor"]) == 1
    told = capsys.readouterr().out
    assert f"{TOPIC} lacks records" in told
    assert f"liandong topics refill {TOPIC}" in told
    assert run(["topics", "refill", TOPIC, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    with opened(folder) as town:
        assert row == {"topic": TOPIC, "sent": sum(map(len, whole(town).values()))}
        assert in_order(town) == whole(town)
        assert town.samr.marks.losses() == []
    assert run(["topics", "refill", "--department", "samr", "--json"]) == 0
    assert {row["sent"] for row in json.loads(capsys.readouterr().out)} == {0}
    run(["--lang", "en", "doctor"])
    assert f"{TOPIC}: {row['sent']} events were sent again" in capsys.readouterr().out


def test_a_relay_at_work_is_asked_to_refill(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_beginning(folder, 1)
    with opened(folder) as town:
        workers = Workers([town.samr], frozenset({"relay"}))
        workers.start()
        try:
            while not town.samr.relay.active:
                threading.Event().wait(0.05)
            assert run(["--lang", "en", "topics", "refill", TOPIC, "--wait", "60"]) == 0
        finally:
            workers.stop()
        assert f"{TOPIC}: 16 sent again" in capsys.readouterr().out
        assert in_order(town) == whole(town)


@pytest.mark.parametrize("named", [[], ["labour.samr.control"], ["labour.nobody"]])
@pytest.mark.usefixtures("folder")
def test_what_no_store_keeps_cannot_be_refilled(named: list[str]) -> None:
    assert run(["topics", "refill", *named]) == 2
