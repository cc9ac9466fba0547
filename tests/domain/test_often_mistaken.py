"""What is most easily got wrong (reference, Appendix D), as far as leads, cases and referral go."""

from __future__ import annotations

from datetime import date

import pytest

from domain.calendar.deadlines import Period, Unit
from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import RULES_BY_CODE, Debtor, clocks_from
from domain.enforcement.facts import MeasureKind
from domain.licence.facts import EndCause
from domain.policy import policy_for
from domain.powers import POWERS
from tests.domain import leads
from tests.domain.story import LN_A, LN_B, Story, granted, refused


def test_1_annulment_revocation_and_deregistration_are_three_endings_of_three_powers() -> None:
    assert {"ANNULLED", "REVOKED"} <= {one.value for one in EndCause}
    organs = {
        name: {one.organ for one in POWERS if one.command == name}
        for name in ("AnnulLicence", "RevokeLicence", "DeregisterLicence")
    }
    assert "HRSS_INSP" in organs["RevokeLicence"]
    assert "HRSS_INSP" not in organs["AnnulLicence"] | organs["DeregisterLicence"]


def test_2_and_18_what_is_no_penalty_is_no_measure_of_a_decision() -> None:
    kinds = {one.value for one in MeasureKind}
    assert kinds.isdisjoint({"CORRECTION_ORDER", "HANDLING_DECISION", "INTERVIEW", "EXPOSURE"})
    assert {"CLOSE", "SUSPEND_BUSINESS"} <= kinds


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("DL-PEN-02", Period(7, Unit.WD)),
        ("DL-PEN-03", Period(90, Unit.CD)),
        ("DL-PEN-04", Period(5, Unit.WD)),
        ("DL-PEN-06", Period(7, Unit.WD)),
        ("DL-PEN-07", Period(15, Unit.CD)),
        ("DL-PEN-10", Period(3, Unit.WD)),
        ("DL-REF-03", Period(3, Unit.CD)),
        ("DL-REF-04", Period(24, Unit.HR)),
        ("DL-CMP-03", Period(60, Unit.WD)),
    ],
)
def test_3_and_5_short_terms_of_the_penalty_law_are_working_days_and_long_ones_are_not(
    code: str, period: Period
) -> None:
    assert RULES_BY_CODE[code].period == period


@pytest.mark.parametrize("day", [date(2021, 9, 18), date(2025, 1, 26), date(2023, 10, 8)])
def test_4_a_make_up_day_is_a_working_day(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


@pytest.mark.parametrize("organ", ["LG", "LGO"])
def test_9_who_coordinates_inspects_penalises_and_revokes_nothing(organ: str) -> None:
    held = {one.command for one in POWERS if one.organ == organ}
    assert held.isdisjoint(
        {"RecordViolation", "FileCase", "DecidePenalty", "RevokeLicence", "AnnulLicence"}
    )


def test_9_a_district_development_office_revokes_no_licence() -> None:
    story = granted()
    refused("NoPower", lambda: story.give("DRC", "RevokeLicence", organisation=LN_B))


def test_11_a_lead_inside_one_department_is_signed_for_in_time_like_any_other() -> None:
    story = Story().on("2025-02-13")
    lead = leads.send(story, "HRSS_MKT", "HRSS_INSP")
    (clock,) = [
        one for one in clocks_from(story.facts, policy_for) if one.rule.code == "DL-LEAD-01"
    ]
    assert (clock.start.key, clock.owner, clock.start.subject) == (lead, "HRSS_INSP", LN_A)
    assert clock.rule.debtor is Debtor.OFFICE
