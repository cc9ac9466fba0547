"""What the catalogue tells of an event type: whence it comes, who reads it, which clocks it moves."""

from __future__ import annotations

import pytest

from domain import law
from domain.clocks.reckoning import CLOCK_RULES, RULES_BY_CODE
from domain.facts import FACTS, Audience
from gateways.contracts.catalogue import clock_rows, type_details
from gateways.contracts.generate import FOLDER

PERIOD_CHANGED = "case.period_changed.v1"


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_type_has_a_schema_a_sample_a_producer_and_a_consumer(name: str) -> None:

    assert (FOLDER / "events" / f"{name}.json").is_file()
    assert (FOLDER / "samples" / f"{name}.json").is_file()
    told = type_details(name)
    assert told["producers"]
    if FACTS[name].AUDIENCE is not Audience.OWNER_ONLY:
        assert any(one["projections"] or one["rules"] for one in told["consumers"]), name


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_clock_that_a_type_moves_is_listed_with_it(name: str) -> None:
    listed = {one["code"] for one in clock_rows(name)}
    assert listed == {
        rule.code
        for rule in CLOCK_RULES
        if any(
            one.type == name
            for patterns in (
                rule.started_by,
                rule.stopped_by,
                rule.grounds,
                rule.extended_by,
                rule.paused_by,
                rule.acted,
            )
            for one in patterns
        )
    }


def test_a_change_of_a_case_s_period_lengthens_suspends_and_resumes() -> None:
    rows = {one["code"]: one for one in clock_rows(PERIOD_CHANGED)}
    assert rows["DL-PEN-03"]["does"] == ["extends", "suspends", "resumes"]
    assert rows["DL-PEN-03"]["at_its_end"] == "DeadlineBreached"
    assert rows["DL-CMP-05"]["does"] == ["suspends", "resumes"]
    assert rows["R21"]["does"] == ["stops", "grounds"]


def test_the_end_of_a_clock_is_told_as_breach_command_or_lapse() -> None:
    ends = {one["code"]: one["at_its_end"] for one in clock_rows("referral.notice_received.v1")}
    assert (ends["DL-REF-10"], ends["DL-REF-09"]) == ("RecordFinalRefusal", "DeadlineBreached")
    assert {one["at_its_end"] for one in clock_rows("case.penalty_served.v1")} >= {"lapse"}
    commands = {rule.on_elapse for rule in RULES_BY_CODE.values()} - {None, "breach"}
    assert commands <= set(law.COMMANDS)
