"""The stories of `ops/scenarios`, played whole: as expected, the same twice, the same in both modes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from ops.cli import run
from ops.commands_work import play_into
from ops.player import Played, StoreInUse
from ops.scenario import load, parse
from ops.services import KafkaService
from ops.settings import ROOT

STORIES = sorted((ROOT / "ops" / "scenarios").glob("*.yaml"))
LN_B = ROOT / "ops" / "scenarios" / "s2-ln-b.yaml"


def faults(played: Played) -> list[str]:
    """Everything that did not go as the file says."""
    told = [f"step {one.step.number}: {one.fault}" for one in played.steps if one.fault]
    told += [f"{one.what}: {one.expected!r} is {one.found!r}" for one in played.differences]
    return told


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_a_story_ends_as_it_expects_and_its_bytes_are_the_same_twice(
    story: Path, tmp_path: Path
) -> None:
    first = play_into(load(story), tmp_path / "first", quiet=True)
    second = play_into(load(story), tmp_path / "second", quiet=True)
    assert faults(first) == []
    assert first.checked == len(load(story).expectations)
    assert first.digest == second.digest


@pytest.mark.services
def test_a_story_gives_the_same_bytes_embedded_and_joined_up(
    tmp_path: Path, postgres_url: str, own_kafka: KafkaService
) -> None:
    database = f"scenario_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
    url = re.sub(r"/[^/?]*(\?.*)?$", rf"/{database}\1", postgres_url)
    embedded = play_into(load(LN_B), tmp_path / "embedded", quiet=True)
    joined = play_into(load(LN_B), tmp_path / "joined", url, own_kafka.bootstrap, quiet=True)
    assert faults(joined) == []
    assert joined.digest == embedded.digest


def test_a_played_store_is_not_played_into_again(tmp_path: Path) -> None:
    play_into(load(LN_B), tmp_path, quiet=True)
    with pytest.raises(StoreInUse):
        play_into(load(LN_B), tmp_path, quiet=True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("refused: LicenceAnnulledBefore", "refused: NoPower", "was to be refused by NoPower"),
        (", refused: LicenceAnnulledBefore", "", "was refused by LicenceAnnulledBefore"),
        ("DEREGISTERED, cause: ANNULLED", "DEREGISTERED, cause: REVOKED", "licences.cause"),
        ("due: 2025-01-26}", "due: 2025-01-25}", "DL-LIC-16.due"),
        ("{breaches: 0}", "{breaches: 1}", "breaches"),
        ("push: reg1.push_id", "push: reg1.push", "no value of push"),
        ("on: 2024-12-15, is: false", "on: 2024-12-15, is: true", "licensed on 2024-12-15"),
    ],
)
def test_each_kind_of_difference_is_found_and_named(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    text = LN_B.read_text(encoding="utf-8")
    assert old in text
    played = play_into(parse(text.replace(old, new, 1), "t.yaml"), tmp_path, quiet=True)
    assert not played.passed
    assert told in "\n".join(faults(played))


def test_a_difference_means_exit_1_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = LN_B.read_text(encoding="utf-8").replace("{breaches: 0}", "{breaches: 3}")
    wrong.write_text(text, encoding="utf-8")
    assert run(["--lang", "en", "play", str(wrong)]) == 1
    printed = capsys.readouterr().out
    assert "breaches" in printed
    assert "expected: 3" in printed
    assert run(["play", str(wrong), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["passed"] is False


def test_a_late_claim_is_a_breach_at_the_second_its_term_ends(tmp_path: Path) -> None:
    story = """\
scenario: LATE
region: "210103"
calendar: {from: 2024-11-01, to: 2024-11-28}
organisations:
  LN-B: {uscc: 91210103MAYTX0128N, name: 沈阳虚例北辰职介服务有限公司}
steps:
  - {at: 2024-11-18T09:00, by: SAMR, do: RegisterOrganisation, as: reg1, with: {organisation: LN-B, scope: 职业中介活动}}
  - {at: 2024-11-27T09:00, by: HRSS_MKT, do: ClaimPush, with: {organisation: LN-B, push: reg1.push_id}}
expect:
  - {clock: R02, of: LN-B, due: 2024-11-25}
  - {breaches: 1}
"""
    played = play_into(parse(story, "late.yaml"), tmp_path, quiet=True)
    assert faults(played) == []
