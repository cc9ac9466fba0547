"""人社's rows: a licence on three axes of time, pushes, orders to correct, the directory."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from domain.facts import CHINA, end_of, stamp_of
from projections import human_resources as hr
from tests.projections import reading
from tests.projections.facts import LN_A, LN_B, REGION, more, story

READER = (hr.PROJECTION,)


@pytest.fixture
def ln_b(engine: Engine) -> Engine:
    reading.create(engine, READER)
    reading.take(engine, story().taken, READER)
    return engine


@pytest.fixture
def ln_a(ln_b: Engine) -> Engine:
    reading.take(ln_b, more(story()).taken, READER, log=False)
    return ln_b


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def test_an_annulled_and_deregistered_licence_says_why(ln_b: Engine) -> None:
    with ln_b.connect() as conn:
        licence = hr.licence_of(conn, LN_B)
    assert (licence["state"], licence["cause"]) == ("DEREGISTERED", "ANNULLED")
    assert licence["annulment_cause"] == "FALSE_COMMITMENT"
    assert licence["commitment_check"] == "FAILED"


def test_a_licence_annulled_from_its_grant_was_licensed_as_known_then_only(ln_b: Engine) -> None:
    day = date(2024, 12, 15)
    with ln_b.connect() as conn:
        assert hr.licensed(conn, LN_B, day, as_known=end_of(day))
        assert not hr.licensed(conn, LN_B, day)
        assert not hr.licensed(conn, LN_B, date(2024, 11, 24), as_known=end_of(day))


def test_a_revoked_licence_was_good_until_the_decision_took_effect(ln_a: Engine) -> None:
    with ln_a.connect() as conn:
        assert hr.licensed(conn, LN_A, date(2025, 6, 30))
        assert not hr.licensed(conn, LN_A, date(2025, 7, 1))


def test_a_suspended_licence_is_not_good_on_the_days_between(ln_a: Engine) -> None:
    with ln_a.connect() as conn:
        days = (date(2025, 3, 9), date(2025, 3, 15), date(2025, 3, 20))
        assert [hr.licensed(conn, LN_A, day) for day in days] == [True, False, True]
        as_of = at("2025-03-15T00:00")
        assert hr.licence_of(conn, LN_A, as_of=as_of)["state"] == "SUSPENDED"


def test_a_licence_past_its_last_day_is_expired_until_the_renewal_is_known(ln_a: Engine) -> None:
    before = at("2025-04-19T00:00")
    with ln_a.connect() as conn:
        assert not hr.licensed(conn, LN_A, date(2025, 5, 1), as_known=before)
        assert hr.licensed(conn, LN_A, date(2025, 5, 1))
        known = hr.licence_of(conn, LN_A, as_of=before, on=date(2025, 5, 1))
    assert known["state"] == "EXPIRED"


@pytest.mark.parametrize(
    ("moment", "state", "check"),
    [
        ("2024-11-25T09:59", "NONE", None),
        ("2024-11-26T00:00", "GRANTED", "PENDING"),
        ("2025-01-11T00:00", "GRANTED", "FAILED"),
        ("2025-02-15T00:00", "ANNULLED", "FAILED"),
        ("2025-02-19T00:00", "DEREGISTERED", "FAILED"),
    ],
)
def test_a_licence_as_of_any_stamp(
    ln_b: Engine, moment: str, state: str, check: str | None
) -> None:
    with ln_b.connect() as conn:
        licence = hr.licence_of(conn, LN_B, as_of=at(moment))
    assert (licence["state"], licence.get("commitment_check")) == (state, check)


def test_a_certificate_shows_the_live_state_and_an_unknown_token_nothing(ln_b: Engine) -> None:
    with ln_b.connect() as conn:
        shown = hr.certificate(conn, "TOKEN0000000B")
        assert hr.certificate(conn, "TOKEN0000000Z") is None
    assert shown is not None
    assert (shown["state"], shown["name"]) == ("DEREGISTERED", "沈阳虚例北辰职介服务有限公司")


def test_pushes_show_their_fate(ln_b: Engine) -> None:
    with ln_b.connect() as conn:
        outcomes = {push["uscc"]: push["outcome"] for push in hr.pushes(conn)}
        assert hr.pushes(conn, state="PUSHED") == []
    assert outcomes == {LN_A: "NOT_OPERATING", LN_B: "LICENSED"}


def test_the_directory_lists_licences_in_force_and_filings_by_name_or_code(engine: Engine) -> None:
    reading.create(engine, READER)
    until = at("2025-04-25T00:00")
    taken = [one for one in more(story()).taken if one.fact.stamp <= until]
    reading.take(engine, taken, READER)
    with engine.connect() as conn:
        entries, total = hr.directory(conn, region=REGION)
        assert [entry["entry"] for entry in entries] == ["LICENCE", "FILING"]
        assert total == 2
        assert hr.directory(conn, search="云聘")[1] == 2
        assert hr.directory(conn, search=LN_A[:12].lower())[1] == 2
        assert hr.directory(conn, search="北辰")[1] == 0
        assert hr.directory(conn, region="220000")[1] == 0
        assert hr.directory(conn, region="210000", limit=1, offset=1)[0][0]["entry"] == "FILING"


def test_a_subject_is_shown_by_its_latest_name_and_end(ln_a: Engine) -> None:
    with ln_a.connect() as conn:
        subject = hr.subject(conn, LN_A)
    assert subject is not None
    assert (subject["name"], subject["ended"]) == ("沈阳虚例新名科技有限公司", "CANCELLED")


def test_orders_findings_warnings_breaches_and_publications_are_listed(ln_a: Engine) -> None:
    with ln_a.connect() as conn:
        assert [order["state"] for order in hr.corrections(conn)] == ["NOT_CORRECTED"]
        assert [finding["code"] for finding in hr.findings(conn, uscc=LN_B)] == ["V-LIC-07"]
        assert [warning["level"] for warning in hr.warnings(conn, uscc=LN_A)] == ["YELLOW"]
        assert [breach["owner"] for breach in hr.breaches(conn)] == ["HRSS_MKT"]
        assert [one["about"] for one in hr.publications(conn)] == ["D-1"]
        assert [one["outcome"] for one in hr.credit_pushes(conn, uscc=LN_B)] == [
            "WITHDRAWN",
            "RECORDED",
        ]
        assert [one["open"] for one in hr.filings(conn)] == [False]


def test_a_licence_history_names_the_state_after_each_fact(ln_b: Engine) -> None:
    with ln_b.connect() as conn:
        states = [step["state"] for step in hr.licence_history(conn, "L-B")]
    assert states[0] == "GRANTED"
    assert states[-1] == "DEREGISTERED"
