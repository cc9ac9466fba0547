"""Leads, complaints, cases and referrals of scenario S2 as each reader sees them."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from domain.facts import CHINA, stamp_of
from domain.referral.facts import FilingRefusalBecameFinal
from projections import (
    casework,
    cyberspace,
    documents,
    labour_inspection,
    leadership,
    leads,
    oversight,
    public_security,
)
from tests.projections import reading
from tests.projections.casework import (
    CASE,
    HEAD,
    LEAD,
    PENALTY_LEAD,
    REFERRAL,
    REPORTER,
    paper,
    receipt,
    tell,
)
from tests.projections.casework import casework as scenario
from tests.projections.ending import ending
from tests.projections.facts import LN_A, REGION, Log

ON = date(2025, 3, 31)
READERS = (
    casework.PROJECTION,
    cyberspace.PROJECTION,
    documents.PROJECTION,
    labour_inspection.PROJECTION,
    leadership.PROJECTION,
    leads.PROJECTION,
    oversight.PROJECTION,
    public_security.PROJECTION,
)


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def told() -> Log:
    log = scenario(Log())
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


def test_a_resumed_case_runs_on_where_it_stopped_and_ends_with_its_decision(engine: Engine) -> None:
    log = ending(told())
    filled(engine, log)
    with engine.connect() as conn:
        resumed = casework.case(conn, CASE, on=date(2025, 5, 6), as_of=at("2025-05-06T12:00"))
        closed = casework.case(conn, CASE, on=ON, as_of=at("2025-06-12T00:00"))
        (now,) = casework.cases(conn, uscc=LN_A, on=date(2025, 9, 9))
    assert resumed is not None
    assert closed is not None
    assert (resumed["state"], resumed["cd_used"], resumed["due"]) == ("FILED", 34, "2025-07-01")
    assert (closed["state"], closed["cd_used"], closed["cd_total"]) == ("CLOSED", 62, 120)
    assert (closed["penalties"], closed["paid_fen"], closed["outcome"]) == (
        1,
        39_200_000,
        "PENALISED",
    )
    assert (now["state"], now["paid_fen"], now["supervised"]) == ("REOPENED", 0, False)


def test_an_overturned_penalty_and_its_withdrawn_publication_both_stay_visible(
    engine: Engine,
) -> None:
    filled(engine, ending(told()))
    with engine.connect() as conn:
        (penalty,) = casework.penalties(conn, case_id=CASE)
        (publication,) = casework.publications(conn, case_id=CASE)
        (remedy,) = oversight.remedies(conn, target=penalty["event_id"])
        (overturned,) = oversight.overturnings(conn, uscc=LN_A)
    assert (penalty["state"], penalty["result"]) == ("OVERTURNED", "ANNULLED")
    assert (publication["state"], publication["published_on"]) == ("WITHDRAWN", "2025-06-05")
    assert (remedy["state"], remedy["extended_on"]) == ("DECIDED", "2025-08-01")
    assert overturned["decision_id"] == "PD-A"


def test_an_outcome_notice_tells_the_sender_and_is_no_open_lead(engine: Engine) -> None:
    filled(engine, ending(told()))
    with engine.connect() as conn:
        lead = leads.lead(conn, PENALTY_LEAD)
        (asked,) = leads.received(conn, "SAMR", kind="REVOCATION_REQUEST", open_only=True)
        open_at_market = leads.received(conn, "HRSS_MKT", open_only=True)
    assert lead is not None
    assert (lead["state"], lead["outcome"], lead["basis"]) == ("DISPOSED", "CASE_CLOSED", CASE)
    assert [notice["lead_id"] for notice in lead["notices"]] == ["LD-3"]
    assert asked["about"] == CASE
    assert open_at_market == []


def test_the_register_shows_what_was_done_with_an_outlet(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (outlet,) = cyberspace.outlets(conn, uscc=LN_A, region=REGION)
        (disposal,) = cyberspace.disposals(conn)
        whole = cyberspace.outlet(conn, "OU-1")
    assert (outlet["state"], outlet["confirmed"]) == ("RECRUITMENT_SUSPENDED", 1)
    assert (disposal["state"], disposal["answered_on"]) == ("TAKEN", "2025-02-19")
    assert whole is not None
    assert [hit["state"] for hit in whole["hit_rows"]] == ["CONFIRMED"]
    filled(engine, ending(told()))
    with engine.connect() as conn:
        assert cyberspace.outlets(conn)[0]["state"] == "LIFTED"
        assert cyberspace.keyword_lists(conn)[0]["keywords"] == 1


def test_a_document_shows_who_made_it_and_its_hashes(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (letter,) = documents.documents(conn, about=CASE)
        (kept,) = documents.evidence(conn, about=CASE)
        one = documents.document(conn, "DOC-1")
    assert (letter["state"], letter["pdf_sha256"]) == ("SERVED", "1" * 64)
    assert letter["checked_by"] == "HRSS_INSP.REVIEWER@210103"
    assert kept["media_type"] == "image/jpeg"
    assert one is not None
    assert len(one["steps"]) == 5


def test_the_police_and_the_procuratorate_see_the_same_referral(engine: Engine) -> None:
    filled(engine, told())
    with engine.connect() as conn:
        (theirs,) = public_security.referrals(conn, region=REGION)
        (copy,) = oversight.referrals(conn, region="210000")
        inbox = public_security.inbox(conn, region=REGION)
        assert public_security.referrals(conn, region=REGION, open_only=True) == []
    assert theirs == copy
    assert {one["code"]: one["sha256"] for one in copy["documents"]}["D1"] == "1" * 64
    assert [one["type"] for one in inbox] == ["referral.transferred.v1"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2025-02-10T12:00", {"leads_open": 1, "leads:TRANSFERRED": 1}),
        ("2025-02-15T00:00", {"leads_open": 2, "cases_open": 1, "cases:FILED": 1}),
        ("2025-02-18T00:00", {"disposals_open": 1}),
        ("2025-03-12T00:00", {"supervised": 1, "warnings:RED": 1, "referrals:RECEIPTED": 1}),
        (
            "2025-03-31T00:00",
            {
                "cases:SUSPENDED_PENDING_CRIMINAL": 1,
                "referrals:HANDED_OVER": 1,
                "referrals_on_time": 1,
                "referrals_late": 0,
                "referrals_refused": 1,
                "disposals:RECRUITMENT_SUSPENDED": 1,
                "disposals_open": 0,
            },
        ),
        ("2025-06-12T12:00", {"penalties": 1, "cases_open": 0, "cases:CLOSED": 1}),
        (
            "2025-09-30T00:00",
            {"penalties": 0, "decisions_overturned": 1, "supervised": 0, "cases:REOPENED": 1},
        ),
    ],
)
def test_the_leading_group_sees_where_things_stood(
    engine: Engine, when: str, expected: dict[str, int]
) -> None:
    filled(engine, ending(told()))
    with engine.connect() as conn:
        found = {one.id: one.value for one in leadership.figures(conn, as_of=at(when))}
        for name, value in expected.items():
            assert found[name] == value, name
            assert len(leadership.members(conn, name, as_of=at(when))) == value


def test_a_refusal_that_nobody_had_reviewed_is_shown_as_final(engine: Engine) -> None:
    log = told()
    body = FilingRefusalBecameFinal(
        referral_id=REFERRAL, about=CASE, subject_id=LN_A, notice="E-1", on=date(2025, 3, 17)
    )
    tell(log, HEAD, f"referral/{REFERRAL}", body, "2025-04-01T00:00")
    filled(engine, log)
    with engine.connect() as conn:
        (referral,) = casework.referrals(conn, uscc=LN_A)
    assert referral["final"]
