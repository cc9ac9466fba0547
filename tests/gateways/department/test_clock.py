"""The department's clocks: a missed term is declared once, at its second, when nothing can stop it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from domain.facts import instant
from gateways.department.publishing.control import closed_through
from ops.clock_check import verify_clocks
from ops.scenario import moment
from projections.clocks import clocks
from projections.clocks.terms import TERMS
from tests.faults.organisations import uscc
from tests.gateways.department.town import SCOPE, Town, bodies, types

BREACHED = "clock.deadline_breached.v1"
WARNED = "risk.warning_raised.v1"
CLAIM_ENDS = "2024-11-26T00:00:00"


def breaches(town: Town) -> list[dict[str, Any]]:
    """What 人社 declared as breached, in order."""
    return [one for one in bodies(town.hr) if one["type"] == BREACHED]


def registered(town: Town) -> None:
    """Firm 0 is registered and pushed; nobody claims it."""
    town.register()
    town.platform.settle()


def closed_for_hr(town: Town) -> int:
    with town.hr.reading() as connection:
        return closed_through(connection, frozenset({"samr"}))


def test_an_unclaimed_push_is_a_breach_once_at_the_second_its_term_ends(town: Town) -> None:
    registered(town)
    assert instant(town.platform.next_due() or 0) == instant(moment(CLAIM_ENDS))
    town.clock.advance_to(moment(CLAIM_ENDS) - 1)
    town.platform.settle()
    assert breaches(town) == []
    town.clock.advance_to(moment(CLAIM_ENDS))
    town.platform.settle()
    (breach,) = breaches(town)
    assert breach["data"]["code"] == "R02"
    assert breach["data"]["due"] == "2024-11-25"
    assert datetime.fromisoformat(breach["data"]["due_at"]) == instant(moment(CLAIM_ENDS))
    assert breach["recorded"].startswith("2024-11-26T00:00:00")
    assert breach["post"] == "AUTO:R02@HRSS_MKT"
    assert breach["subject"] == uscc(0)
    for _ in range(3):
        town.clock.advance_to(town.clock.now() + 3_600_000_000)
        town.platform.settle()
    assert len(breaches(town)) == 1


def test_a_claim_in_the_last_second_is_in_time(town: Town) -> None:
    registered(town)
    town.clock.advance_to(moment(CLAIM_ENDS) - 1_000_000)
    town.give("HRSS_MKT", "ClaimPush", {"organisation": uscc(0)})
    town.live_until("2024-11-27T09:00")
    assert breaches(town) == []


def test_two_processes_declare_one_breach(town: Town) -> None:
    """The second has looked at its clocks before the first declared."""
    registered(town)
    town.clock.advance_to(moment(CLAIM_ENDS))
    town.platform.close_topics()
    assert town.hr.clocks.step() == 1
    assert town.hr.clocks.step() == 0
    with town.hr.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM clock_declared")
    assert town.hr.clocks.step() == 1
    assert len(breaches(town)) == 1


def test_nothing_is_declared_while_a_foreign_fact_could_still_stop_the_clock(town: Town) -> None:
    registered(town)
    town.at("2024-11-25T23:59")
    town.platform.close_topics()
    assert closed_for_hr(town) >= moment("2024-11-25T23:59")
    town.clock.advance_to(moment(CLAIM_ENDS) + 60_000_000)
    assert town.hr.clocks.step() == 0
    assert town.hr.clocks.held_back
    assert breaches(town) == []
    town.platform.close_topics()
    assert closed_for_hr(town) >= moment(CLAIM_ENDS)
    assert town.hr.clocks.step() == 1
    assert not town.hr.clocks.held_back
    assert town.hr.clocks.step() == 0
    assert len(breaches(town)) == 1


def test_a_closed_stamp_counts_only_with_the_records_it_names(town: Town) -> None:
    registered(town)
    town.clock.advance_to(moment(CLAIM_ENDS) - 1_000_000)
    cancelled = {"organisation": uscc(0), "change": "CANCELLED"}
    town.give("SAMR", "ChangeRegistration", cancelled)
    town.clock.advance_to(moment(CLAIM_ENDS) + 60_000_000)
    assert not town.samr.relay.close_topics()
    town.hr.intake.catch_up()
    assert town.hr.clocks.step() == 0
    town.send()
    assert town.samr.relay.close_topics()
    town.hr.intake.catch_up()
    assert closed_for_hr(town) >= moment(CLAIM_ENDS)
    assert town.hr.clocks.step() == 0
    town.live_until("2025-03-01T09:00")
    assert breaches(town) == []
    assert WARNED not in types(town.hr)


def test_a_push_unresolved_for_thirty_working_days_raises_one_warning(town: Town) -> None:
    registered(town)
    town.give("HRSS_MKT", "ClaimPush", {"organisation": uscc(0)})
    town.give("HRSS_MKT", "IssueLicensingGuidance", {"organisation": uscc(0)})
    town.platform.settle()
    with town.hr.reading() as connection:
        (watch,) = clocks(connection, code="DL-PUSH-01")
    assert watch.due == "2024-12-30"
    town.live_until("2025-02-01T09:00")
    (warning,) = [one for one in bodies(town.hr) if one["type"] == WARNED]
    assert warning["recorded"].startswith("2024-12-31T00:00:00")
    assert warning["data"]["rule"] == "UNRESOLVED_PUSH"
    assert breaches(town) == []


def test_silence_on_an_application_is_acceptance(town: Town) -> None:
    registered(town)
    town.give("HRSS_MKT", "ClaimPush", {"organisation": uscc(0)})
    town.give("HRSS_MKT", "IssueLicensingGuidance", {"organisation": uscc(0)})
    town.at("2024-11-19T10:00")
    town.give(
        "HRSS_APPR",
        "ApplyForLicence",
        {"organisation": uscc(0), "mode": "GENERAL", "scope": SCOPE, "full_time_staff": 3},
    )
    town.live_until("2024-11-29T09:00")
    (deemed,) = [one for one in bodies(town.hr) if one["commandname"] == "DeemApplicationAccepted"]
    assert deemed["recorded"].startswith("2024-11-27T00:00:00")
    assert deemed["type"] == "licence.application_handled.v1"
    assert deemed["post"].startswith("AUTO:DL-LIC-01@")
    assert breaches(town) == []


def test_recomputing_every_clock_gives_the_same_days(town: Town) -> None:
    town.grant()
    town.register(1)
    town.live_until("2024-12-10T09:00")
    checked, wrong = verify_clocks(town.platform)
    assert checked > 5
    assert wrong == []


def test_a_clock_that_was_altered_is_found_by_recomputing(town: Town) -> None:
    registered(town)
    with town.hr.database.writing() as connection:
        day_later = update(TERMS).where(TERMS.c.code == "R02").values(due="2024-11-26")
        assert connection.execute(day_later).rowcount == 1
    _, wrong = verify_clocks(town.platform)
    assert len(wrong) == 1
    assert "R02" in wrong[0]
    assert "due is 2024-11-26, recomputed 2024-11-25" in wrong[0]


def test_a_breach_that_is_known_late_is_still_dated_by_its_term(town: Town) -> None:
    registered(town)
    town.clock.advance_to(moment(CLAIM_ENDS) + int(timedelta(days=3).total_seconds()) * 1_000_000)
    town.platform.settle()
    (breach,) = breaches(town)
    assert breach["data"]["due"] == "2024-11-25"
    assert breach["recorded"].startswith("2024-11-29T00:00:00")
