"""The player: what it refuses, which differences it finds, how a step names what another did."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ops.cli import run
from ops.commands_work import play_into
from ops.player import StoreInUse
from ops.scenario import load, parse
from ops.settings import Settings, StoreMode
from ops.wiring import house
from tests.flows.stories.playing import SCENARIOS, faults

LN_B = SCENARIOS / "s2-ln-b.yaml"
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


def test_a_store_on_which_another_process_works_is_not_played_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.output.Language.chosen", "en")
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


def test_every_story_has_a_test_that_plays_it() -> None:
    stories = {one.stem.replace("-", "_") for one in SCENARIOS.glob("*.yaml")}
    played = (Path(__file__).parent / "stories").glob("test_*.py")
    assert {one.stem.removeprefix("test_") for one in played} == stories
