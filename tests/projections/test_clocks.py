"""The clocks' rows: a function of the set of facts, cheap to ask, computed again with a new year."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import RULES_BY_CODE, clock_id
from domain.deadline import DeadlineBreached
from domain.facts import end_of
from domain.review.facts import CorrectionKind, FactCorrected
from domain.review.reading import data_of, text_of
from projections import clocks
from projections.clocks import terms
from projections.rows import Rows
from tests.projections.casework import casework
from tests.projections.facts import LN_A, LN_B, REGION, Log, Taken, claim, more, register, story
from tests.projections.reading import contents, create, take

READERS = (clocks.PROJECTION,)
LATER = end_of(date(2026, 12, 31))


def at(text: str) -> int:
    return end_of(date.fromisoformat(text))


def pushed() -> Log:
    log = Log()
    register(log, LN_B, "北辰职介", "职业中介活动", "2024-11-18T09:00", "B")
    return log


def breach_of(log: Log, pushed_id: str) -> Any:
    code = "R02"
    body = DeadlineBreached(
        clock_id=clock_id(pushed_id, code),
        code=code,
        owner="HRSS_MKT",
        due=date(2024, 11, 25),
        due_at=datetime.fromisoformat("2024-11-26T00:00:00+08:00"),
        source_event=pushed_id,
        rule_version="R02.1",
        calendar_version=CALENDAR.version,
    )
    stream = f"clock/{body.clock_id}"
    return log.record(
        "hr", "HRSS_MKT", stream, body, "2024-11-26T00:00", subject=LN_B, matter="M-B"
    )


def filled(engine: Engine, log: Log) -> None:
    create(engine, READERS)
    take(engine, log.taken, READERS)


@pytest.mark.parametrize("seed", range(4))
def test_the_rows_are_the_same_whatever_the_order_and_however_often(
    engine: Engine, seed: int
) -> None:
    log = more(story())
    filled(engine, log)
    expected = contents(engine, READERS)
    chance = random.Random(seed)
    shuffled: list[Taken] = [*log.taken, *chance.sample(log.taken, 10)]
    chance.shuffle(shuffled)
    create(engine, READERS)
    while shuffled:
        size = chance.randint(1, 5)
        take(engine, shuffled[:size], READERS, log=False)
        del shuffled[:size]
    assert contents(engine, READERS) == expected


def test_an_open_clock_is_a_task_with_its_days_left_and_its_commands(engine: Engine) -> None:
    filled(engine, pushed())
    with engine.connect() as conn:
        now = at("2024-11-20") - 1
        found = clocks.open_tasks(conn, organs=("HRSS_MKT",), region=REGION, now=now)
        assert [(task.code, task.due, task.working_days_left, task.overdue) for task in found] == [
            ("R02", "2024-11-25", 3, False),
            ("DL-PUSH-01", "2024-12-30", 28, False),
        ]
        assert found[0].commands == ("ClaimPush",)
        assert clocks.open_tasks(conn, organs=("HRSS_MKT",), region="210000", now=now) == found
        assert clocks.open_tasks(conn, organs=("HRSS_MKT",), region="210102", now=now) == []
        assert clocks.open_tasks(conn, organs=("HRSS_APPR",), region=REGION, now=now) == []


def test_a_clock_that_ran_out_is_given_to_its_own_department_once(engine: Engine) -> None:
    log = pushed()
    filled(engine, log)
    due = end_of(date(2024, 11, 25))
    with engine.begin() as conn:
        assert clocks.next_due(conn, department="hr") == due
        assert clocks.elapsed(conn, due - 1, department="hr") == []
        assert clocks.elapsed(conn, due, department="samr") == []
        (row,) = clocks.elapsed(conn, due, department="hr")
        name, data = clocks.consequence(RULES_BY_CODE[row.code], row)
        assert (name, data["clock"], data["due"]) == (
            "DeclareDeadlineBreached",
            row.clock_id,
            "2024-11-25",
        )
        clocks.mark_declared(conn, row.clock_id, due, "ClockStopped")
    with engine.connect() as conn:
        assert clocks.elapsed(conn, due, department="hr") == []
        assert clocks.next_due(conn, department="hr") == end_of(date(2024, 12, 30))


@pytest.mark.parametrize("breach_first", [True, False])
def test_a_declared_breach_marks_its_clock_whichever_comes_first(
    engine: Engine, breach_first: bool
) -> None:
    log = pushed()
    push = log.taken[-1].fact
    breach = breach_of(log, push.id)
    order = log.taken[::-1] if breach_first else log.taken
    create(engine, READERS)
    for one in order:
        take(engine, [one], READERS)
    with engine.connect() as conn:
        (found,) = clocks.breaches(conn)
        assert (found.event_id, found.owner, found.due) == (breach.id, "HRSS_MKT", "2024-11-25")
        (clock,) = clocks.clocks(conn, subject=LN_B, code="R02")
        assert (clock.state, clock.breach_event) == ("MISSED", breach.id)
        assert clocks.elapsed(conn, at("2024-11-30"), department="hr") == []


def test_a_late_claim_leaves_the_breach_and_ends_the_clock_late(engine: Engine) -> None:
    log = pushed()
    push = log.taken[-1].fact
    breach_of(log, push.id)
    claim(log, LN_B, "B", "2024-11-27T09:00", "2024-11-28T09:00", push.id)
    filled(engine, log)
    with engine.connect() as conn:
        (clock,) = clocks.clocks(conn, code="R02")
        assert (clock.state, clock.ending) == ("FULFILLED_LATE", "FULFILLED")
        assert len(clocks.breaches(conn, owner="HRSS_MKT", region=REGION)) == 1
        (then,) = clocks.clocks(conn, code="R02", now=at("2024-11-20"))
        assert then.state == "RUNNING"


def test_what_ran_at_a_past_moment_can_be_asked(engine: Engine) -> None:
    filled(engine, story())
    with engine.connect() as conn:
        codes = {row.code for row in clocks.running(conn, at("2025-01-12"))}
    assert {"CORR", "DL-LIC-07"} <= codes
    assert "R02" not in codes


def test_a_department_without_a_clock_s_topics_is_not_shown_it_as_missed(engine: Engine) -> None:
    filled(engine, story())
    with engine.connect() as conn:
        seen = {row.code for row in clocks.clocks(conn, subject=LN_B, department="drc")}
    assert "DL-LIC-14" in seen
    assert "R05-ORDER" not in seen


def test_every_date_recomputed_from_the_received_facts_is_the_same(engine: Engine) -> None:
    log = more(story())
    filled(engine, log)
    facts = [one.fact for one in log.taken]
    with engine.begin() as conn:
        assert clocks.verify(conn, facts) == []
        conn.execute(text("UPDATE clock_terms SET due = '2025-01-27' WHERE code = 'DL-LIC-16'"))
        wrong = clocks.verify(conn, facts)
    assert {(one.code, one.column, one.found) for one in wrong} == {
        ("DL-LIC-16", "due", "2025-01-27")
    }


def test_a_provisional_date_is_computed_again_when_its_year_is_published(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    register(log, LN_B, "北辰职介", "职业中介活动", "2025-12-26T09:00", "B")
    older = CALENDAR.without(2026)
    monkeypatch.setattr(terms, "CALENDAR", older)
    filled(engine, log)
    with engine.begin() as conn:
        (before,) = clocks.clocks(conn, code="R02")
        assert (before.due, before.provisional) == ("2026-01-02", True)
        assert clocks.recompute(conn, older) == 0
        # R02 and DL-PUSH-01 are open; R01 is closed and keeps its date.
        assert clocks.recompute(conn, CALENDAR) == 2
    with engine.connect() as conn:
        (after,) = clocks.clocks(conn, code="R02")
        assert (after.due, after.provisional) == ("2026-01-05", False)
        assert after.calendar_version == CALENDAR.version
        assert clocks.next_due(conn, department="hr") == after.due_at


def test_what_is_due_is_found_without_reading_every_clock(engine: Engine) -> None:
    filled(engine, pushed())
    with engine.connect() as conn:
        if engine.dialect.name != "sqlite":
            conn.execute(text("SET enable_seqscan = off"))
        prefix = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plans: list[str] = []

        @event.listens_for(engine, "before_cursor_execute")
        def explain(_conn: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
            if not statement.startswith("EXPLAIN"):
                plan = conn.exec_driver_sql(prefix + statement, given)
                plans.append(" ".join(str(row) for row in plan))

        clocks.elapsed(conn, LATER, department="hr")
        clocks.next_due(conn, department="hr")
        clocks.open_tasks(conn, organs=("HRSS_MKT",), region=REGION, now=LATER)
        event.remove(engine, "before_cursor_execute", explain)
    wanted = ("clock_terms_pending", "clock_terms_pending", "clock_terms_o")
    assert [name in plan for name, plan in zip(wanted, plans, strict=True)] == [True] * 3


def test_marks_survive_their_row(engine: Engine) -> None:
    log = more(story())
    filled(engine, log)
    with engine.begin() as conn:
        kept = [dict(row) for row in conn.execute(terms.KEYS.select()).mappings()]
        marks = [terms.read_marks(row, code) for row in kept for code in RULES_BY_CODE]
        assert any(started for started, _ in marks)
        assert any(ended for _, ended in marks)
        for started, ended in marks:
            assert all(mark.order == (mark.stamp, mark.department, mark.sequence) for mark in ended)
            assert all(
                start.matter and (start.owner or RULES_BY_CODE[start.code].grounds)
                for start in started
            )
        Rows(conn).flush()


@pytest.mark.parametrize("seed", range(3))
def test_suspended_and_corrected_clocks_are_the_same_whatever_the_order(
    engine: Engine, seed: int
) -> None:
    log = corrected_casework()
    filled(engine, log)
    expected = contents(engine, READERS)
    chance = random.Random(seed)
    shuffled: list[Taken] = [*log.taken, *chance.sample(log.taken, 10)]
    chance.shuffle(shuffled)
    create(engine, READERS)
    while shuffled:
        size = chance.randint(1, 5)
        take(engine, shuffled[:size], READERS, log=False)
        del shuffled[:size]
    assert contents(engine, READERS) == expected
    with engine.begin() as conn:
        assert clocks.verify(conn, [one.fact for one in log.taken]) == []


def test_a_suspended_clock_shows_its_days_and_is_nobody_s_task(engine: Engine) -> None:
    log = casework(Log())
    filled(engine, log)
    with engine.connect() as conn:
        (before,) = clocks.clocks(conn, code="DL-CMP-03", now=at("2025-03-19"))
        assert (before.state, before.used, before.left) == ("RUNNING", 23, 37)
        found = {
            row.code: (row.state, row.used, row.left)
            for row in clocks.clocks(conn, subject=LN_A, now=LATER)
            if row.code in ("DL-CMP-03", "DL-PEN-03")
        }
        assert found == {"DL-CMP-03": ("PAUSED", 24, 36), "DL-PEN-03": ("PAUSED", 34, 56)}
        tasks = clocks.open_tasks(conn, organs=("HRSS_INSP",), region=REGION, now=LATER)
        assert {task.code for task in tasks}.isdisjoint(found)
        assert {row.code for row in clocks.elapsed(conn, LATER, department="hr")} == {"SUPERVISED"}
        assert "DL-PEN-03" not in {row.code for row in clocks.running(conn, at("2025-03-25"))}
        assert "DL-PEN-03" in {row.code for row in clocks.running(conn, at("2025-03-10"))}


def test_a_voided_fact_takes_back_the_rows_of_its_clocks(engine: Engine) -> None:
    filled(engine, corrected_casework())
    with engine.connect() as conn:
        assert clocks.clocks(conn, code="IV-1") == []
        (term,) = clocks.clocks(conn, code="DL-PEN-03")
        assert (term.start_on, term.used, term.left) == ("2025-02-13", 35, 55)


def corrected_casework() -> Log:
    """The second half of the scenario with a voided warning and a replaced day of filing."""
    log = casework(Log())
    for kind, changes in (
        ("risk.warning_raised.v1", None),
        ("case.filed.v1", {"filed_on": "2025-02-13"}),
    ):
        target = next(one.fact for one in log.taken if one.fact.type == kind)
        body = FactCorrected(
            target_event_id=target.id,
            target_type=target.type,
            kind=CorrectionKind.REPLACE if changes else CorrectionKind.VOID,
            target_data=text_of(data_of(target.fact)),
            replaces_with=text_of(changes) if changes else None,
            reason="登记有误",
            target_stamp=target.stamp,
            target_sequence=target.sequence,
            target_effective=target.effective,
        )
        log.record(
            "hr",
            target.organ,
            target.stream,
            body,
            "2025-03-28T09:00",
            subject=target.subject,
            matter=target.matter,
            family=target.fact.FAMILY,
        )
    return log
