"""Clocks of the licensing story: their dates, what stops them, and that order does not matter."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar.working_days import CALENDAR
from domain.clocks.reckoning import (
    CLOCK_RULES,
    RULES_BY_CODE,
    Clock,
    Debtor,
    Ending,
    State,
    clock_id,
    clocks_from,
    state_of,
    what_elapses,
)
from domain.facts import CHINA, FACTS, Recorded, end_of, instant
from domain.filing import BusinessFilingRecorded, FilingKind
from domain.licence.facts import (
    ApplicationOutcome,
    CompletionSubmitted,
    DecisionTermExtended,
    EndCause,
    LicenceApplicationHandled,
    LicenceApplied,
    LicenceChange,
    LicenceChanged,
    LicenceDeregistered,
    LicenceType,
    Mode,
    RenewalApplied,
)
from domain.organisation import RegistrationChange, SubjectRegistrationChanged
from domain.policy import policy_for
from tests.projections.facts import LN_A, LN_B, Log, claim, grant, more, register, story

HRS = LicenceType.LIC_HRS
LATER = end_of(date(2026, 12, 31))


def facts(log: Log) -> list[Recorded[Any]]:
    return [one.fact for one in log.taken]


def clocks(log: Log, code: str, uscc: str | None = None) -> list[Clock]:
    found = clocks_from(facts(log), policy_for)
    return [c for c in found if c.rule.code == code and uscc in (None, c.start.subject)]


def one(log: Log, code: str, uscc: str | None = None) -> Clock:
    (found,) = clocks(log, code, uscc)
    return found


def licence_fact(log: Log, fact: Any, at: str, organ: str = "HRSS_APPR") -> Recorded[Any]:
    return log.record(
        "hr", organ, f"licence/{fact.uscc}:X", fact, at, subject=fact.uscc, matter="C-X"
    )


def ended(log: Log, change: RegistrationChange, at: str, uscc: str = LN_B) -> Recorded[Any]:
    body = SubjectRegistrationChanged(
        uscc=uscc, change=change, changed_on=date.fromisoformat(at[:10])
    )
    stream = f"organisation/{uscc}"
    return log.record("samr", "SAMR", stream, body, at, subject=uscc, matter="M-B")


def applied(log: Log, at: str, kind: LicenceType = HRS, mode: Mode = Mode.GENERAL) -> None:
    body = LicenceApplied(
        application_id="A-9",
        uscc=LN_B,
        type=kind,
        mode=mode,
        scope="职业中介活动",
        applied_on=date.fromisoformat(at[:10]),
    )
    licence_fact(log, body, at)


def handled(log: Log, outcome: ApplicationOutcome, at: str, **more: Any) -> None:
    body = LicenceApplicationHandled(
        application_id="A-9", uscc=LN_B, type=more.pop("kind", HRS), outcome=outcome, **more
    )
    licence_fact(log, body, at)


@pytest.mark.parametrize(
    ("code", "due"),
    [
        ("R01", "2024-11-21"),
        ("R02", "2024-11-25"),
        ("R03", "2024-11-27"),
        ("DL-LIC-02", "2024-12-23"),
        ("DL-LIC-14", "2024-12-04"),
        ("DL-LIC-16", "2025-01-26"),
        ("R05-ORDER", "2025-01-10"),
        ("CORR", "2025-01-24"),
        ("R05-ANNUL", "2025-02-28"),
        ("R05-DEREG", "2025-02-28"),
        ("DL-REM-01", "2025-04-18"),
    ],
)
def test_a_clock_of_ln_b_is_due_on_the_day_of_the_scenario(code: str, due: str) -> None:
    assert one(story(), code, LN_B).due.day.isoformat() == due


def test_the_story_of_ln_b_misses_nothing() -> None:
    found = clocks_from(facts(story()), policy_for)
    states = {c.rule.code: c.state(LATER) for c in found if c.start.subject == LN_B}
    assert State.MISSED not in states.values()
    assert State.FULFILLED_LATE not in states.values()
    assert states["CORR"] is State.LAPSED
    assert states["DL-REM-01"] is State.LAPSED


def test_every_clock_names_its_article_its_rule_and_its_calendar() -> None:
    for clock in clocks_from(facts(more(story())), policy_for):
        assert clock.rule.basis
        assert clock.start.rule_version == f"{clock.rule.code}.1"
        assert clock.due.calendar_version == CALENDAR.version
        assert clock.id == clock_id(
            clock.start.event, clock.rule.code, clock.item if clock.rule.grounds else ""
        )


def test_the_table_names_every_rule_once_and_starts_and_stops_by_declared_facts() -> None:
    assert len(RULES_BY_CODE) == len(CLOCK_RULES)
    for rule in CLOCK_RULES:
        assert (rule.zh, rule.en, rule.basis, rule.mark) > ("", "", "", "")
        assert bool(rule.started_by) or bool(rule.note)
        for pattern in (*rule.started_by, *rule.stopped_by, *rule.grounds, *rule.acted):
            assert pattern.type in FACTS
        if rule.on_elapse == "breach":
            assert rule.debtor is Debtor.OFFICE


def test_a_missed_office_clock_is_a_breach_and_names_its_due_instant() -> None:
    log = Log()
    register(log, LN_B, "沈阳虚例北辰职介服务有限公司", "职业中介活动", "2024-11-18T09:00", "B")
    clock = one(log, "R02")
    assert clock.state(clock.due.at - 1) is State.RUNNING
    assert clock.state(clock.due.at) is State.MISSED
    command = what_elapses(clock)
    assert command is not None
    name, data = command
    assert (name, data["owner"], data["due"]) == (
        "DeclareDeadlineBreached",
        "HRSS_MKT",
        "2024-11-25",
    )
    assert data["due_at"] == "2024-11-26T00:00:00.000000+08:00"


def test_a_party_s_missed_term_is_a_lapse_and_declares_nothing() -> None:
    clock = one(story(), "DL-LIC-07", LN_B)
    assert what_elapses(clock) is None
    assert state_of(Debtor.PARTY, 10, None, 11) is State.LAPSED
    assert state_of(Debtor.OUTSIDE, 10, None, 11) is State.OUTSIDE
    assert state_of(Debtor.OFFICE, 10, (11, Ending.FULFILLED), 12) is State.FULFILLED_LATE
    assert state_of(Debtor.OFFICE, 10, (10, Ending.FULFILLED), 12) is State.FULFILLED
    assert state_of(Debtor.OFFICE, 10, (11, Ending.MOOT), 12) is State.MISSED


def test_an_unresolved_push_is_warned_of_once() -> None:
    log = Log()
    register(log, LN_B, "沈阳虚例北辰职介服务有限公司", "职业中介活动", "2024-11-18T09:00", "B")
    clock = one(log, "DL-PUSH-01")
    assert what_elapses(clock) == ("WarnOfUnresolvedPush", {"organisation": LN_B, "push": "P-B"})
    assert clock.due.day == date(2024, 12, 30)


def test_the_cancellation_of_a_firm_makes_its_push_clocks_moot() -> None:
    log = Log()
    pushed = register(log, LN_B, "北辰", "职业中介活动", "2024-11-18T09:00", "B")
    claim(log, LN_B, "B", "2024-11-19T09:00", "2024-11-19T10:00", pushed.id)
    del log.taken[-1]
    ended(log, RegistrationChange.CANCELLED, "2024-11-20T09:00")
    assert one(log, "DL-PUSH-01").state(LATER) is State.MOOT
    assert one(log, "R02").state(LATER) is State.FULFILLED
    assert one(log, "R03").state(LATER) is State.MOOT
    assert RULES_BY_CODE["R02"].awaited_topics("hr") == ("labour.samr.registration",)


def test_an_ended_firm_starts_one_clock_for_each_licence_that_stands() -> None:
    log = Log()
    ended(log, RegistrationChange.CANCELLED, "2024-11-20T09:00", LN_A)
    grant(log, LN_B, "B", "2024-11-25T09:00", valid_to="2029-11-24")
    assert clocks(log, "R22") == []
    ended(log, RegistrationChange.BUSINESS_LICENCE_REVOKED, "2025-01-06T09:00")
    clock = one(log, "R22")
    assert (clock.item, clock.due.day) == ("L-B", date(2025, 1, 20))
    body = LicenceDeregistered(
        licence_id="L-B", uscc=LN_B, type=HRS, region="210103", cause=EndCause.SUBJECT_ENDED
    )
    licence_fact(log, body, "2025-01-10T09:00")
    assert one(log, "R22").state(LATER) is State.FULFILLED
    ended(log, RegistrationChange.CANCELLED, "2025-02-06T09:00")
    assert len(clocks(log, "R22")) == 1


def test_silence_for_five_working_days_is_acceptance() -> None:
    log = Log()
    applied(log, "2025-01-22T09:00")
    clock = one(log, "DL-LIC-01")
    assert clock.due.day == date(2025, 2, 5)
    assert what_elapses(clock) == (
        "DeemApplicationAccepted",
        {"organisation": LN_B, "type": "LIC_HRS", "application": "A-9"},
    )
    handled(log, ApplicationOutcome.ACCEPTED, "2025-02-06T00:00", deemed=True)
    assert one(log, "DL-LIC-01").state(LATER) is State.DEEMED


def test_a_request_for_completion_stops_the_term_and_its_answer_starts_it_anew() -> None:
    log = Log()
    applied(log, "2025-03-03T09:00")
    handled(log, ApplicationOutcome.COMPLETION_REQUESTED, "2025-03-05T09:00", missing=("章程",))
    body = CompletionSubmitted(application_id="A-9", uscc=LN_B, type=HRS)
    licence_fact(log, body, "2025-03-10T09:00")
    first, second = clocks(log, "DL-LIC-02")
    assert first.state(LATER) is State.MOOT
    assert (second.start.on, second.due.day) == (date(2025, 3, 10), date(2025, 4, 8))


def test_an_extension_adds_ten_working_days_to_the_running_term() -> None:
    log = Log()
    applied(log, "2025-03-03T09:00")
    assert one(log, "DL-LIC-02").due.day == date(2025, 3, 31)
    body = DecisionTermExtended(application_id="A-9", uscc=LN_B, type=HRS, reason="需实地核查")
    licence_fact(log, body, "2025-03-20T09:00")
    assert (one(log, "DL-LIC-02").due.day, one(log, "DL-LIC-02").extended_by) == (
        date(2025, 4, 15),
        10,
    )


def test_a_dispatch_decision_runs_from_the_day_acceptance_takes_effect() -> None:
    log = Log()
    applied(log, "2025-03-03T09:00", LicenceType.LIC_DISPATCH)
    assert clocks(log, "DL-LIC-02") == []
    handled(log, ApplicationOutcome.ACCEPTED, "2025-03-05T09:00", kind=LicenceType.LIC_DISPATCH)
    assert one(log, "DL-LIC-04").due.day == date(2025, 4, 2)


def test_a_renewal_is_owed_thirty_days_before_expiry_and_silence_renews() -> None:
    log = Log()
    grant(log, LN_B, "B", "2020-03-02T09:00", mode=Mode.GENERAL, valid_to="2025-03-01")
    assert one(log, "DL-LIC-07").due.day == date(2025, 1, 30)
    body = RenewalApplied(
        licence_id="L-B",
        uscc=LN_B,
        type=HRS,
        applied_on=date(2025, 1, 20),
        expires_on=date(2025, 3, 1),
    )
    licence_fact(log, body, "2025-01-20T09:00")
    assert one(log, "DL-LIC-07").state(LATER) is State.FULFILLED
    silence = one(log, "DL-LIC-07-DECIDE")
    assert (silence.due.day, silence.due.at) == (date(2025, 3, 1), end_of(date(2025, 3, 1)))
    assert what_elapses(silence) == (
        "DeemRenewalGranted",
        {"organisation": LN_B, "type": "LIC_HRS", "licence": "L-B"},
    )
    renewed = LicenceChanged(
        licence_id="L-B",
        uscc=LN_B,
        type=HRS,
        change=LicenceChange.RENEWED,
        valid_to=date(2030, 3, 1),
        deemed=True,
    )
    licence_fact(log, renewed, "2025-03-02T00:00")
    assert one(log, "DL-LIC-07-DECIDE").state(LATER) is State.DEEMED
    assert [(c.due.day, c.open) for c in clocks(log, "DL-LIC-07")] == [
        (date(2025, 1, 30), False),
        (date(2030, 1, 30), True),
    ]


def test_a_late_filing_is_a_lapse_that_the_filing_itself_shows() -> None:
    log = Log()
    body = BusinessFilingRecorded(
        filing_id="F-1",
        uscc=LN_B,
        kind=FilingKind.FIL_HRS,
        services=("FS1",),
        region="210103",
        event_on=date(2021, 8, 13),
        filed_on=date(2021, 8, 31),
    )
    licence_fact(log, body, "2021-08-31T09:00")
    clock = one(log, "DL-LIC-08")
    assert (clock.due.day, clock.state(LATER)) == (date(2021, 8, 30), State.FULFILLED_LATE)


def test_a_region_s_own_number_replaces_the_default() -> None:
    log = Log()
    day = "2025-02-14T09:00"
    grant(log, LN_B, "B", day, valid_to="2030-02-13")
    granted = facts(log)
    fujian = [Recorded(**{**vars(fact), "region": "350102"}) for fact in granted]
    due = {
        region: next(
            c.due.day for c in clocks_from(found, policy_for) if c.rule.code == "DL-LIC-16"
        )
        for region, found in (("210103", granted), ("350102", fujian))
    }
    assert due == {"210103": date(2025, 4, 14), "350102": date(2025, 3, 14)}


def test_a_clock_past_the_published_years_is_provisional_and_moves_when_they_are() -> None:
    log = Log()
    register(log, LN_B, "北辰", "职业中介活动", "2025-12-26T09:00", "B")
    older = CALENDAR.without(2026)
    found = {
        calendar.version: next(
            c.due for c in clocks_from(facts(log), policy_for, calendar) if c.rule.code == "R02"
        )
        for calendar in (older, CALENDAR)
    }
    assert (found[older.version].day, found[older.version].provisional) == (
        date(2026, 1, 2),
        True,
    )
    assert (found[CALENDAR.version].day, found[CALENDAR.version].provisional) == (
        date(2026, 1, 5),
        False,
    )


def test_a_correction_that_no_failed_commitment_led_to_opens_no_annulment() -> None:
    log = story()
    kept = [fact for fact in facts(log) if fact.type != "licence.commitment_verified.v1"]
    assert not [c for c in clocks_from(kept, policy_for) if c.rule.code == "R05-ANNUL"]


def test_where_the_region_orders_no_correction_the_failed_check_starts_the_annulment() -> None:
    found = clocks_from(
        facts(story()),
        lambda region, on: {**policy_for(region, on), "correction_before_annulment": False},
    )
    days = [c.due.day for c in found if c.rule.code == "R05-ANNUL"]
    assert date(2025, 2, 13) in days
    assert not [c for c in found if c.rule.code == "R05-ORDER"]


def picture(found: list[Clock]) -> set[tuple[Any, ...]]:
    return {
        (c.id, c.due, None if c.stop is None else c.stop.event, c.extended_by, c.acted is None)
        for c in found
    }


WHOLE = facts(more(story()))
EXPECTED = picture(clocks_from(WHOLE, policy_for))


@settings(max_examples=60, deadline=None)
@given(st.permutations(WHOLE), st.lists(st.sampled_from(WHOLE), max_size=10))
def test_clocks_are_a_function_of_the_set_of_facts(
    shuffled: list[Recorded[Any]], again: list[Recorded[Any]]
) -> None:
    assert picture(clocks_from([*shuffled, *again], policy_for)) == EXPECTED


def test_instants_of_a_breach_carry_the_chinese_offset() -> None:
    assert instant(end_of(date(2025, 1, 1))).tzinfo == CHINA
