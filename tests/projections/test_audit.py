"""A case history: the linked whole, on the recorded and the known-to axis, and what is withheld."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine

from domain.facts import CHINA, stamp_of
from projections import audit
from tests.projections import reading
from tests.projections.facts import LN_A, LN_B, REGION, more, story

READER = (audit.PROJECTION,)


@pytest.fixture
def cases(engine: Engine) -> Engine:
    reading.create(engine, READER)
    reading.take(engine, more(story()).taken, READER)
    return engine


def at(text: str) -> int:
    return stamp_of(datetime.fromisoformat(text).replace(tzinfo=CHINA))


def test_a_case_is_the_linked_whole_in_the_one_order(cases: Engine) -> None:
    with cases.connect() as conn:
        from_push, from_licence = audit.history(conn, "M-B"), audit.history(conn, "C-B")
    assert [fact.event_id for fact in from_push.facts] == [
        fact.event_id for fact in from_licence.facts
    ]
    assert set(from_push.linked) == {"M-B", "C-B"}
    assert from_push.links[0].because == "许可申请源于该推送"
    recorded = [fact.recorded for fact in from_push.facts]
    assert recorded == sorted(recorded)
    assert [fact.place for fact in from_push.facts] == list(range(1, len(recorded) + 1))
    assert from_push.withheld == 0


def test_as_of_shows_what_was_recorded_and_follows_no_later_link(cases: Engine) -> None:
    with cases.connect() as conn:
        history = audit.history(conn, "M-B", as_of=at("2024-11-24T00:00"))
    assert history.linked == ("M-B",)
    assert history.facts[-1].type == "push.guidance_issued.v1"


def test_known_to_shows_only_what_had_been_received(cases: Engine) -> None:
    pushed = next(one.fact for one in story().taken if one.fact.type == "push.scope_pushed.v1")
    with cases.connect() as conn:
        before = audit.history(conn, "M-B", known_to=pushed.stamp + 59_999_999)
        after = audit.history(conn, "M-B", known_to=pushed.stamp + 60_000_000)
    assert len(after.facts) == len(before.facts) + 1


def test_a_fact_opens_to_its_four_times_its_post_and_its_exact_bytes(cases: Engine) -> None:
    taken = next(one for one in story().taken if one.fact.type == "licence.annulled.v1")
    with cases.connect() as conn:
        fact = next(
            fact for fact in audit.history(conn, "C-B").facts if fact.event_id == taken.fact.id
        )
    assert fact.body == taken.body
    assert (fact.zh, fact.organ, fact.post) == ("撤销许可", "HRSS_APPR", f"HRSS_APPR@{REGION}")
    assert fact.received == "2025-02-14T10:01:00.000001+08:00"
    assert fact.data["cause"] == "FALSE_COMMITMENT"


def test_a_fact_says_what_it_changed_in_its_stream(cases: Engine) -> None:
    with cases.connect() as conn:
        facts = audit.history(conn, "C-A").facts
    renewed = next(fact for fact in facts if fact.data.get("change") == "RENEWED")
    assert renewed.changed["valid_to"] == audit.Change("2025-04-30", "2030-04-30")
    assert "uscc" not in renewed.changed


def test_fields_that_only_share_a_name_are_not_taken_for_one(cases: Engine) -> None:
    with cases.connect() as conn:
        facts = audit.history(conn, "C-B").facts
    closed = next(fact for fact in facts if fact.type == "licence.deregistered.v1")
    assert closed.changed["cause"] == audit.Change(None, "ANNULLED")


def test_a_hole_in_a_stream_and_an_unknown_cause_are_counted_as_withheld(engine: Engine) -> None:
    reading.create(engine, READER)
    taken = [
        one
        for one in story().taken
        if one.fact.type not in ("push.claimed.v1", "subject.registered.v1")
    ]
    reading.take(engine, taken, READER)
    with engine.connect() as conn:
        history = audit.history(conn, "M-B")
    # The claim is missing in its stream and as the cause of the guidance; so is the
    # registration, as the cause of the push.
    assert history.withheld == 4


def test_cases_are_found_by_matter_code_and_name_the_latest_moved_first(cases: Engine) -> None:
    with cases.connect() as conn:
        rows, total = audit.cases(conn)
        assert [row["matter"] for row in audit.cases(conn, search="北辰")[0]] == ["C-B", "M-B"]
        assert audit.cases(conn, search=LN_A)[1] == 3
        assert audit.cases(conn, search="DIR-")[1] == 1
        assert audit.cases(conn, region="220000") == ([], 0)
        assert audit.cases(conn, limit=1, offset=1)[0] == rows[1:2]
    assert total == len(rows) == 6
    assert [row["last"] for row in rows] == sorted((row["last"] for row in rows), reverse=True)
    case = next(row for row in rows if row["matter"] == "C-B")
    assert case["departments"] == ["drc", "hr"]
    assert case["facts"] == sum(one.fact.matter == "C-B" for one in story().taken)
    assert case["state"]["zh"] == "注销许可"


def test_a_subject_opens_to_all_its_matters(cases: Engine) -> None:
    with cases.connect() as conn:
        found = audit.subject(conn, LN_B)
    assert found["name"] == "沈阳虚例北辰职介服务有限公司"
    assert {row["matter"] for row in found["matters"]} == {"M-B", "C-B"}


def test_an_unknown_matter_has_an_empty_history(cases: Engine) -> None:
    with cases.connect() as conn:
        history = audit.history(conn, "M-0")
    assert (history.facts, history.withheld, history.linked) == ((), 0, ("M-0",))
