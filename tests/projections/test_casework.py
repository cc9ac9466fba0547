"""Leads, complaints, cases and referrals of scenario S2 as each reader sees them."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import Engine

from domain.facts import CHINA, stamp_of
from projections import casework, labour_inspection, leads
from tests.projections import reading
from tests.projections.casework import (
    CASE,
    LEAD,
    PENALTY_LEAD,
    REFERRAL,
    REPORTER,
    paper,
    receipt,
)
from tests.projections.casework import casework as scenario
from tests.projections.facts import LN_A, REGION, Log, story

ON = date(2025, 3, 31)
READERS = (casework.PROJECTION, labour_inspection.PROJECTION, leads.PROJECTION)


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def told() -> Log:
    log = scenario(story())
    paper(log)
    return log


def filled(engine: Engine, log: Log) -> None:
    reading.create(engine, READERS)
    reading.take(engine, log.taken, READERS)


def test_the_end_of_the_scenario_is_as_the_reference_says(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (case,) = casework.cases(conn, uscc=LN_A, region="210100", on=ON)
        (referral,) = casework.referrals(conn, uscc=LN_A)
        risk = labour_inspection.risk_of(conn, LN_A)
        complaints = labour_inspection.complaints(conn, uscc=LN_A)
    wanted = {
        "state": "SUSPENDED_PENDING_CRIMINAL",
        "penalties": 0,
        "cd_used": 34,
        "cd_left": 56,
        "wd_used": 24,
        "wd_left": 36,
        "supervised": True,
        "due": None,
    }
    assert {name: case[name] for name in wanted} == wanted
    assert (referral["state"], referral["rounds"]) == ("HANDED_OVER", 1)
    assert referral["copied_to_procuratorate"]
    assert risk is not None
    assert risk["level"] == "RED"
    assert [one["case_id"] for one in complaints] == [CASE] * 3


def test_a_running_case_is_due_on_the_ninetieth_day_and_says_what_is_used(engine: Engine) -> None:
    taken = [one for one in told().taken if one.fact.stamp < at("2025-03-20T00:00")]
    reading.create(engine, READERS)
    reading.take(engine, taken, READERS)
    with engine.connect() as conn:
        case = casework.case(conn, CASE, on=date(2025, 3, 5))
    assert case is not None
    assert (case["state"], case["due"]) == ("FILED", "2025-05-15")
    assert (case["cd_used"], case["wd_used"]) == (19, 13)


def test_risk_is_known_as_of_any_day(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        before = labour_inspection.risk_of(conn, LN_A, at("2025-02-20T00:00"))
        yellow = labour_inspection.risk_of(conn, LN_A, at("2025-03-01T00:00"))
        (now,) = labour_inspection.risks(conn, region=REGION)
    assert before is not None
    assert yellow is not None
    assert (before["level"], yellow["level"], now["level"]) == (None, "YELLOW", "RED")
    assert (now["complaints"], now["interviews"], now["key_supervision"]) == (3, 1, True)
    assert [one["rule"] for one in yellow["raised"]] == ["RW-1"]


def test_a_sender_sees_what_became_of_its_lead(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (found,) = leads.sent(conn, "CAC", region=REGION)
        (passed,) = leads.sent(conn, "HRSS_MKT")
        mine = leads.received(conn, "HRSS_INSP", region=REGION, open_only=True)
        one = leads.lead(conn, LEAD)
    assert (found["lead_id"], found["state"]) == (LEAD, "ASSESSED")
    assert found["assigned_to"] == "HRSS_INSP,CAC"
    assert (passed["lead_id"], passed["cases"], passed["state"]) == (
        PENALTY_LEAD,
        CASE,
        "RECEIPTED",
    )
    assert [lead["lead_id"] for lead in mine] == [PENALTY_LEAD]
    assert one is not None
    assert [step["state"] for step in one["steps"]] == ["TRANSFERRED", "RECEIPTED", "ASSESSED"]


def test_a_returned_lead_names_the_competent_organ(engine: Engine) -> None:
    log = told()
    receipt(log, PENALTY_LEAD, "HRSS_INSP", "HRSS_MKT", "2025-03-26T09:00", returned_to="SAMR")
    filled(engine, log)
    with engine.connect() as conn:
        (lead,) = leads.sent(conn, "HRSS_MKT", state="RETURNED")
    assert (lead["returned_to"], lead["returns"]) == ("SAMR", 1)


def test_who_reported_is_in_no_row(engine: Engine) -> None:
    filled(engine, told())
    assert REPORTER.person not in json.dumps(reading.contents(engine, READERS), default=str)


def test_a_referral_shows_its_documents_and_every_state_it_had(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        referral = casework.referral(conn, REFERRAL)
    assert referral is not None
    documents = {one["code"]: one for one in referral["documents"]}
    assert documents["D1"]["sha256"] == "1" * 64
    assert documents["D4"]["not_applicable"]
    assert [step["state"] for step in referral["steps"]] == [
        "REPORTED",
        "APPROVED",
        "TRANSFERRED",
        "RECEIPTED",
        "NOT_FILED",
        "NOT_FILED",
        "RECONSIDERING",
        "FILED",
        "FILED",
        "HANDED_OVER",
    ]


def test_a_case_as_of_a_day_is_what_was_recorded_then(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        case = casework.case(conn, CASE, on=ON, as_of=at("2025-03-01T00:00"))
        assert casework.case(conn, CASE, on=ON, as_of=at("2025-01-01T00:00")) is None
    assert case is not None
    assert case["state"] == "FILED"
