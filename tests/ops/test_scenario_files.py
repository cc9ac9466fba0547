"""A scenario is data that a clerk could write; what is wrong with it is told by line and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import instant
from ops.player import draw_for
from ops.scenario import BadScenario, load, moment, parse

GOOD = """\
scenario: T-1
region: "210103"
calendar: {from: 2024-11-01, to: 2024-12-31}
organisations:
  LN-B: {uscc: 91210103MAYTX0128N, name: 沈阳虚例北辰职介服务有限公司}
steps:
  - {at: 2024-11-18T09:00, by: SAMR, do: RegisterOrganisation, as: reg1, with: {organisation: LN-B, scope: 职业中介活动}}
  - {at: 2024-11-20T09:00, by: HRSS_MKT@210100, do: ClaimPush, with: {organisation: LN-B, push: reg1.push_id}}
expect:
  - {clock: R02, of: LN-B, due: 2024-11-25}
  - {query: licensed, of: LN-B, on: 2024-12-15, is: false}
"""


def test_a_good_scenario_is_read_whole() -> None:
    scenario = parse(GOOD, "t.yaml")
    assert [step.command for step in scenario.steps] == ["RegisterOrganisation", "ClaimPush"]
    assert [step.region for step in scenario.steps] == ["210103", "210100"]
    assert [step.line for step in scenario.steps] == [7, 8]
    assert scenario.expectations[1].raw["on"] == "2024-12-15"


def test_a_bare_date_means_its_end_and_a_time_is_china_time() -> None:
    assert instant(moment("2024-12-15")).isoformat() == "2024-12-16T00:00:00+08:00"
    assert instant(moment("2024-12-15T09:00")).isoformat() == "2024-12-15T09:00:00+08:00"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("do: ClaimPush", "do: ClaimPushes", "t.yaml, line 8, step 2, field do"),
        ("by: SAMR", "by: SAMRX", "line 7, step 1, field by: SAMRX is not an organ"),
        ("as: reg1,", "as: Reg1,", "line 7, step 1, field as"),
        ("as: reg1,", "as_: reg1,", "line 7, step 1: does not know as_"),
        ("2024-11-20T09:00", "2024-11-17T09:00", "line 8, step 2, field at: is earlier"),
        ("2024-11-20T09:00", "2024-11-31T09:00", "line 8, step 2, field at"),
        ("2024-11-20T09:00", "2025-11-20T09:00", "line 8, step 2, field at: is after"),
        ("91210103MAYTX0128N", "91210103MAYTX0128X", "line 5, field organisations.LN-B.uscc"),
        ('region: "210103"', "region: 210103", "line 2, field region"),
        ("due: 2024-11-25", "dew: 2024-11-25", "line 10, expectation 1"),
        ("scenario: T-1", "scenario: T-1\nscenario: T-2", "line 2, field scenario: stands twice"),
        ("to: 2024-12-31", "to: 2023-12-31", "field calendar.to: must not be before"),
        ("do: ClaimPush,", "do: ClaimPush, refused: NoSuchRule,", "field refused: NoSuchRule"),
        ("calendar: {from", "calendar: {{from", "t.yaml, line 4: not YAML"),
    ],
)
def test_an_error_names_file_line_step_and_field(old: str, new: str, told: str) -> None:
    with pytest.raises(BadScenario) as wrong:
        parse(GOOD.replace(old, new, 1), "t.yaml")
    assert told in str(wrong.value)


def test_an_error_is_told_in_both_languages() -> None:
    with pytest.raises(BadScenario) as wrong:
        parse(GOOD.replace("by: SAMR", "by: SAMRX", 1), "t.yaml")
    assert wrong.value.zh == "t.yaml，第 7 行，步骤 1，字段 by：SAMRX 不是机关"
    assert wrong.value.en == "t.yaml, line 7, step 1, field by: SAMRX is not an organ"


def test_aliases_are_refused_so_that_no_file_can_swell() -> None:
    with pytest.raises(BadScenario, match="aliases"):
        parse("a: &x [1, 2]\nb: [*x, *x]\n", "t.yaml")


def test_a_file_that_is_missing_or_too_large_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="cannot be read"):
        load(tmp_path / "none.yaml")
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadScenario, match="larger than"):
        load(large)


@given(st.text(max_size=200))
def test_any_text_is_a_scenario_or_a_named_error(text: str) -> None:
    with pytest.raises(BadScenario):
        parse(text, "t.yaml")


def test_a_salt_changes_the_randomness_of_a_story_and_nothing_else() -> None:
    salted = parse(GOOD.replace("scenario: T-1", "scenario: T-1\nsalt: other"), "t.yaml")
    assert (parse(GOOD, "t.yaml").salt, salted.salt) == (None, "other")
    drawn = [draw_for("T-1", "hr", salt)(16) for salt in (None, "other", "other")]
    assert drawn[0] != drawn[1] == drawn[2]
