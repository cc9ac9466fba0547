"""What 市场监管, 发展改革, 公安 and 外事 see of the same story."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from projections import development_reform, foreign_affairs, market_supervision, public_security
from tests.projections import reading
from tests.projections.facts import LN_A, LN_B, more, story


@pytest.fixture(autouse=True)
def _rows(engine: Engine) -> None:
    reading.create(engine)
    reading.take(engine, more(story()).taken)


def test_the_registrar_sees_what_became_of_its_pushes_and_in_how_many_days(engine: Engine) -> None:
    with engine.connect() as conn:
        found = {push["uscc"]: push for push in market_supervision.pushes(conn, region="210100")}
    assert (found[LN_A]["outcome"], found[LN_A]["days"]) == ("NOT_OPERATING", 17)
    assert (found[LN_B]["outcome"], found[LN_B]["days"]) == ("LICENSED", 7)


def test_the_registrar_sees_which_scope_to_clean_up(engine: Engine) -> None:
    with engine.connect() as conn:
        (cleanup,) = market_supervision.scope_cleanups(conn)
    assert (cleanup["uscc"], cleanup["end"], cleanup["scope"]) == (LN_B, "ANNULLED", "职业中介活动")


def test_the_registrar_sees_what_it_told_the_registrant(engine: Engine) -> None:
    with engine.connect() as conn:
        (registration,) = market_supervision.registrations(conn, LN_A)
        assert len(market_supervision.registrations(conn, region="210103")) == 2
    assert registration["approvals"] == "LIC_HRS"
    assert registration["ended"] == "CANCELLED"


def test_the_credit_platform_sees_that_a_record_was_withdrawn(engine: Engine) -> None:
    with engine.connect() as conn:
        withdrawal, record = development_reform.credit_records(conn, uscc=LN_B)
    assert (withdrawal["kind"], withdrawal["outcome"]) == ("WITHDRAW", "WITHDRAWN")
    assert (record["outcome"], record["withdrawn"]) == ("RECORDED", True)


def test_police_and_foreign_affairs_have_nothing_addressed_to_them(engine: Engine) -> None:
    with engine.connect() as conn:
        assert public_security.inbox(conn) == []
        assert public_security.permits(conn) == []
        assert foreign_affairs.inbox(conn) == []
        assert foreign_affairs.qualifications(conn) == []
