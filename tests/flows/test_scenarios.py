"""The stories of `ops/scenarios`, played whole: as expected, the same twice, the same in both modes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from domain.draw.facts import DrawExecuted, DrawOpened
from domain.draw.verification import verify
from domain.facts import FACTS
from gateways.department.histories import decode
from ops.cli import run
from ops.commands_work import play_into
from ops.player import Played, StoreInUse, all_events
from ops.scenario import load, parse
from ops.services import KafkaService
from ops.settings import ROOT, Settings, StoreMode
from ops.wiring import house

STORIES = sorted((ROOT / "ops" / "scenarios").glob("*.yaml"))
S3 = ROOT / "ops" / "scenarios" / "s3.yaml"
LN_B = ROOT / "ops" / "scenarios" / "s2-ln-b.yaml"
S2 = ROOT / "ops" / "scenarios" / "s2.yaml"
LATE = """\
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
SEVERAL = """\
scenario: SEVERAL
region: "420000"
calendar: {from: 2022-06-01, to: 2022-06-03}
steps:
  - {at: 2022-06-02T09:00, by: HRSS, do: PublishItemList, as: list, with: {}}
  - at: 2022-06-02T10:00
    by: HRSS_MKT
    do: DraftPlan
    as: plan
    with:
      title: 抽查
      item_list: list.list_id
      items: list.code.2-3
      predicate: EIGHT_PHRASES
      size: 5
      window_from: 2022-06-11
      window_to: 2022-07-20
expect:
  - {view: plans, is: [{items: "ITEM-ONLINE,ITEM-DISPATCH"}]}
"""


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
    embedded = play_into(load(S2), tmp_path / "embedded", quiet=True)
    joined = play_into(load(S2), tmp_path / "joined", url, own_kafka.bootstrap, quiet=True)
    assert faults(joined) == []
    assert joined.checked == len(load(S2).expectations)
    assert joined.digest == embedded.digest
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
        name for step in embedded.steps for name in step.events if FACTS[name].FAMILY == "licensing"
    ]


@pytest.mark.services
def test_a_campaign_draws_the_same_embedded_and_joined_up(
    tmp_path: Path, postgres_url: str, own_kafka: KafkaService
) -> None:
    database = f"scenario_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
    url = re.sub(r"/[^/?]*(\?.*)?$", rf"/{database}\1", postgres_url)
    embedded = play_into(load(S3), tmp_path / "embedded", quiet=True)
    joined = play_into(load(S3), tmp_path / "joined", url, own_kafka.bootstrap, quiet=True)
    assert faults(joined) == []
    assert joined.digest == embedded.digest


def integrators_example() -> str:
    """The example of the README: a topic read with a plain Kafka client."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```", readme, re.S | re.M)
    return str(example)


def test_playing_tells_both_answers_about_an_annulled_licence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", "play", str(LN_B), "--data", str(tmp_path)]) == 0
    told = "licensed on 2024-12-15 as known on 2024-12-15: yes; as known now: no"
    assert told in " ".join(capsys.readouterr().out.split())


def test_a_played_store_is_not_played_into_again(tmp_path: Path) -> None:
    play_into(load(LN_B), tmp_path, quiet=True)
    with pytest.raises(StoreInUse):
        play_into(load(LN_B), tmp_path, quiet=True)


def test_a_store_on_which_another_process_works_is_not_played_into(tmp_path: Path) -> None:
    with house(Settings(data=tmp_path, store=StoreMode.SIMULATED), create=True) as other:
        assert other.platform.departments["hr"].store.lease("relay", "another", 30.0)
        with pytest.raises(StoreInUse, match="at work on hr"):
            play_into(load(LN_B), tmp_path, quiet=True)


def test_several_scenarios_get_a_folder_each_and_in_joined_up_mode_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(LATE, encoding="utf-8")
    both = ["--lang", "en", "play", str(other), str(other).replace("other", "./other")]
    joined = [*both, "--database", "postgresql://x/y", "--kafka", "x:1"]
    assert run(joined) == 2
    assert "one file at a time" in re.sub(r"\s+", " ", capsys.readouterr().err)
    third = tmp_path / "third.yaml"
    third.write_text(LATE.replace("scenario: LATE", "scenario: LATER"), encoding="utf-8")
    assert run(["play", str(other), str(third), "--data", str(tmp_path / "d")]) == 0
    assert {one.name for one in (tmp_path / "d").iterdir()} == {"LATE", "LATER"}


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
    played = play_into(parse(LATE, "late.yaml"), tmp_path, quiet=True)
    assert faults(played) == []


def test_a_step_names_one_or_some_or_all_of_the_values_that_another_brought_about(
    tmp_path: Path,
) -> None:
    assert faults(play_into(parse(SEVERAL, "s.yaml"), tmp_path / "some", quiet=True)) == []
    for number, (named, told) in enumerate(
        (
            ("[list.code.2, list.code.3]", ""),
            ("list.code.all", "ITEM-FILING"),
            ("list.code.99", "there are 11 values"),
            ("list.code.3-2", "there are 11 values"),
            ("list.code.1-12", "there are 11 values"),
            ("list.code", "brought about no value of code"),
        )
    ):
        text = SEVERAL.replace("list.code.2-3", named)
        found = faults(play_into(parse(text, "s.yaml"), tmp_path / str(number), quiet=True))
        assert told in "\n".join(found)
        assert bool(found) is bool(told)


def test_each_record_of_a_played_campaign_is_drawn_again(tmp_path: Path) -> None:
    assert faults(play_into(load(S3), tmp_path, quiet=True)) == []
    settings = Settings(data=tmp_path, store=StoreMode.SIMULATED)
    with house(settings, create=False) as played:
        department = played.platform.departments["hr"]
        facts = [decode(one.body).fact for one in all_events(department.store)]
        opened = {one.draw_id: one for one in facts if isinstance(one, DrawOpened)}
        made = [one for one in facts if isinstance(one, DrawExecuted)]
        assert [one.drawn for one in made] == [10, 8, 1, 1, 2]
        for one in made:
            population = department.files.store.read(opened[one.draw_id].population.sha256)
            record = department.files.store.read(one.record.sha256)
            assert verify(record, population.splitlines(keepends=True)).good
