"""Clocks of leads, cases and referral: the dates of scenario S2, suspension, correction, order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.calendar.deadlines import Period, Unit, due
from domain.clocks.reckoning import (
    CLOCK_RULES,
    RULES_BY_CODE,
    Clock,
    ClockEnd,
    ClockStart,
    State,
    clocks_from,
    clocks_of,
    what_elapses,
)
from domain.departments import ORGANS, TOPICS
from domain.enforcement.facts import (
    CaseClosed,
    CaseOutcome,
    CasePeriodChanged,
    HearingNotified,
    Measure,
    MeasureKind,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyServed,
    PeriodChange,
    PeriodGround,
    PublicationChanged,
    PublicationKind,
    PublicationStep,
    ServiceMethod,
)
from domain.facts import Recorded, end_of, stamp_of
from domain.lead.facts import (
    Disposal,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    Stage,
)
from domain.policy import policy_for
from domain.referral.facts import (
    CriminalCaseOutcomeRecorded,
    CriminalOutcome,
    FilingReviewExtended,
    ReferralForwarded,
    ReferralReceipted,
)
from domain.review.facts import (
    CorrectionKind,
    DecisionOverturned,
    Effect,
    FactCorrected,
    OverturnedBy,
    OverturnResult,
    RemedyKind,
    RemedyStep,
    RemedyStepTaken,
)
from domain.review.reading import data_of, text_of
from tests.projections.casework import (
    CASE,
    INSP,
    LEAD,
    PENALTY_LEAD,
    PSB,
    REFERRAL,
    casework,
    moment,
    tell,
)
from tests.projections.facts import LN_A, Log, story

AS_OF = end_of(date(2025, 3, 31))


def facts(log: Log) -> list[Recorded[Any]]:
    return [one.fact for one in log.taken]


def clocks(log: Log, code: str) -> list[Clock]:
    return [one for one in clocks_from(facts(log), policy_for) if one.rule.code == code]


def one(log: Log, code: str) -> Clock:
    (found,) = clocks(log, code)
    return found


def started(code: str, on: str) -> Clock:
    """The clock of the scenario that began on a day; several of a code end on the same day."""
    known = [one for log in (story(), casework(Log())) for one in clocks(log, code)]
    (found,) = {one.due.day: one for one in known if one.start.on.isoformat()[:10] == on}.values()
    return found


DEADLINE_CHECKS = [
    ("R02", "2024-11-18", 5, "WD", "2024-11-25"),
    ("R03", "2024-11-20", 5, "WD", "2024-11-27"),
    ("DL-LIC-14", "2024-11-25", 7, "WD", "2024-12-04"),
    ("DL-LIC-16", "2024-11-25", 2, "MO", "2025-01-26"),
    ("R02", "2024-12-03", 5, "WD", "2024-12-10"),
    ("CORR", "2025-01-10", 10, "WD", "2025-01-24"),
    ("R05-ANNUL", "2025-01-26", 20, "WD", "2025-02-28"),
    ("DL-LEAD-01", "2025-02-10", 2, "WD", "2025-02-12"),
    ("DL-LEAD-02", "2025-02-11", 5, "WD", "2025-02-18"),
    ("DL-CMP-01", "2025-02-12", 5, "WD", "2025-02-19"),
    ("DL-LEAD-01", "2025-02-13", 2, "WD", "2025-02-17"),
    ("R04", "2025-02-13", 3, "WD", "2025-02-18"),
    ("DL-CMP-01", "2025-02-18", 5, "WD", "2025-02-25"),
    ("DL-CMP-01", "2025-02-21", 5, "WD", "2025-02-28"),
    ("DL-CMP-03", "2025-02-14", 60, "WD", "2025-05-14"),
    ("DL-PEN-03", "2025-02-14", 90, "CD", "2025-05-15"),
    ("R05-DEREG", "2025-02-14", 10, "WD", "2025-02-28"),
    ("DL-REM-01", "2025-02-17", 60, "CD", "2025-04-18"),
    ("R04-ANSWER", "2025-02-17", 3, "WD", "2025-02-20"),
    ("IV-1", "2025-02-21", 10, "WD", "2025-03-07"),
    ("R07", "2025-03-05", 3, "WD", "2025-03-10"),
    ("DL-REF-03", "2025-03-07", 3, "CD", "2025-03-10"),
    ("DL-REF-08", "2025-03-10", 3, "CD", "2025-03-13"),
    ("DL-REF-10", "2025-03-14", 3, "CD", "2025-03-17"),
    ("DL-REF-11", "2025-03-17", 3, "CD", "2025-03-20"),
    ("DL-REF-09", "2025-03-20", 3, "CD", "2025-03-24"),
]
"""Every row of the deadline checks of reference 15.2, with the clock that it checks."""


@pytest.mark.parametrize(("code", "start", "n", "unit", "last"), DEADLINE_CHECKS)
def test_every_deadline_check_of_the_scenario_comes_out_of_its_facts(
    code: str, start: str, n: int, unit: str, last: str
) -> None:
    assert due(date.fromisoformat(start), Period(n, Unit(unit))).day.isoformat() == last
    found = started(code, start)
    assert found.due.day.isoformat() == last
    if found.start.period is not None:
        assert (found.start.period.n, found.start.period.unit) == (n, unit)


def test_the_transfer_is_due_to_the_minute() -> None:
    found = one(casework(Log()), "DL-REF-04")
    assert found.due.at == stamp_of(moment("2025-03-11T10:00"))
    assert (found.owner, found.state(AS_OF)) == ("HRSS", State.FULFILLED)


def test_the_scenario_misses_nothing() -> None:
    found = clocks_from(facts(casework(Log())), policy_for)
    late = {State.MISSED, State.FULFILLED_LATE}
    assert [c.rule.code for c in found if c.state(AS_OF) in late] == []
    assert {c.rule.code for c in found if c.state(AS_OF) is State.PAUSED} == {
        "DL-CMP-03",
        "DL-PEN-03",
    }


@pytest.mark.parametrize(("code", "used", "left"), [("DL-PEN-03", 34, 56), ("DL-CMP-03", 24, 36)])
def test_a_suspended_case_keeps_the_days_it_used(code: str, used: int, left: int) -> None:
    found = one(casework(Log()), code)
    assert found.days(date(2025, 3, 31)) == (used, left)
    assert (found.state(AS_OF), found.open) == (State.PAUSED, True)
    assert found.state(found.due.at + 1) is State.PAUSED


def resumed(on: str, **more: Any) -> Log:
    log = casework(Log())
    body = CasePeriodChanged(
        case_id=CASE,
        subject_id=LN_A,
        kind=PeriodChange.RESUMED,
        ground=PeriodGround.RETURNED_FOR_ADMIN,
        on=date.fromisoformat(on),
        **more,
    )
    tell(log, INSP, f"case/{CASE}", body, f"{on}T09:00")
    return log


def test_on_resumption_the_days_that_were_left_run_from_that_day() -> None:
    log = resumed("2025-06-03")
    assert one(log, "DL-PEN-03").due.day == due(date(2025, 6, 3), Period(56, Unit.CD)).day
    assert one(log, "DL-CMP-03").due.day == due(date(2025, 6, 3), Period(36, Unit.WD)).day
    assert one(log, "DL-CMP-03").days(date(2025, 6, 4)) == (25, 35)
    assert one(log, "DL-CMP-03").state(AS_OF) is State.RUNNING


def test_an_extension_in_the_fact_lengthens_the_term_that_it_names() -> None:
    log = resumed("2025-06-03")
    body = CasePeriodChanged(
        case_id=CASE,
        subject_id=LN_A,
        kind=PeriodChange.EXTENDED,
        ground=PeriodGround.COMPLEX,
        on=date(2025, 6, 4),
        working_days=30,
        approver="HRSS@210103",
    )
    tell(log, INSP, f"case/{CASE}", body, "2025-06-04T09:00")
    assert one(log, "DL-CMP-03").due.day == due(date(2025, 6, 3), Period(66, Unit.WD)).day
    assert one(log, "DL-CMP-03").extended_by == 30
    assert one(log, "DL-PEN-03").extended_by == 0


def test_a_case_closed_while_it_is_suspended_is_not_late() -> None:
    log = casework(Log())
    body = CaseClosed(
        case_id=CASE,
        subject_id=LN_A,
        outcome=CaseOutcome.TRANSFERRED,
        closed_on=date(2026, 3, 2),
        leads=(PENALTY_LEAD,),
        reason="已追究刑事责任",
    )
    tell(log, INSP, f"case/{CASE}", body, "2026-03-02T09:00")
    assert one(log, "DL-PEN-03").state(end_of(date(2026, 12, 31))) is State.FULFILLED


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([Unit.WD, Unit.CD]),
    st.integers(1, 120),
    st.lists(st.integers(0, 60), max_size=6),
)
@example(Unit.CD, 4, [4, 0])
def test_whatever_the_suspensions_the_days_that_ran_are_those_of_the_term(
    unit: Unit, n: int, gaps: list[int]
) -> None:
    """Used and left make the term, and days on which nothing ran are not among those used."""
    rule = next(
        r for r in CLOCK_RULES if r.code == ("DL-CMP-03" if unit is Unit.WD else "DL-PEN-03")
    )
    begin = date(2022, 3, 1)
    start = ClockStart(
        code=rule.code,
        key="C",
        item="",
        event="E",
        stamp=0,
        department="hr",
        sequence=1,
        on=begin,
        period=Period(n, unit),
        until=None,
        rolls=True,
        subject="S",
        matter="M",
        region="210103",
        owner="HRSS_INSP",
        data={},
        rule_version="1",
        policy_version="1",
    )
    marks, day = [], begin
    for place, gap in enumerate(gaps):
        day += timedelta(days=gap)
        marks.append(
            ClockEnd(
                kind="PAUSE" if place % 2 == 0 else "RESUME",
                code=rule.code,
                key="C",
                item=None,
                event=f"P{place}",
                stamp=place + 1,
                department="hr",
                sequence=place + 2,
                at=place + 1,
                on=day,
            )
        )
    (clock,) = clocks_of([start], marks)
    plain = due(begin, Period(n, unit))
    assert clock.due.day >= plain.day
    counted = clock.days(clock.due.day)
    assert counted is not None
    assert sum(counted) == n
    if clock.paused is None:
        assert counted == (n, 0)
    assert clocks_of([start], [*reversed(marks), *marks]) == [clock]


def corrected(log: Log, target: Recorded[Any], kind: CorrectionKind, changes: Any = None) -> None:
    body = FactCorrected(
        target_event_id=target.id,
        target_type=target.type,
        kind=kind,
        target_data=text_of(data_of(target.fact)),
        replaces_with=None if changes is None else text_of(changes),
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


def fact_of(log: Log, kind: str) -> Recorded[Any]:
    return next(one for one in facts(log) if one.type == kind)


def picture(found: Iterable[Clock]) -> set[tuple[Any, ...]]:
    return {
        (c.id, c.due, c.used, c.owner, c.region, None if c.stop is None else c.stop.event)
        for c in found
    }


def test_a_voided_start_leaves_no_clock_and_a_voided_stop_leaves_it_open() -> None:
    log = casework(Log())
    corrected(log, fact_of(log, "case.filed.v1"), CorrectionKind.VOID)
    assert clocks(log, "DL-PEN-03") == []
    # The lead was assessed by that case alone; now it is owed again.
    assert [c.open for c in clocks(log, "DL-LEAD-02") if c.start.key == PENALTY_LEAD] == [True]


def test_a_voided_suspension_lets_the_term_run_as_if_it_had_never_been() -> None:
    log = casework(Log())
    corrected(log, fact_of(log, "case.period_changed.v1"), CorrectionKind.VOID)
    assert one(log, "DL-PEN-03").due.day == date(2025, 5, 15)
    assert one(log, "DL-PEN-03").state(AS_OF) is State.RUNNING


def test_a_replaced_day_of_filing_moves_both_terms_and_keeps_the_clock() -> None:
    log = casework(Log())
    before = one(log, "DL-PEN-03")
    corrected(
        log, fact_of(log, "case.filed.v1"), CorrectionKind.REPLACE, {"filed_on": "2025-02-13"}
    )
    after = one(log, "DL-PEN-03")
    assert (after.id, after.days(date(2025, 3, 31))) == (before.id, (35, 55))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_clocks_are_a_function_of_the_set_of_facts_corrections_included(data: Any) -> None:
    log = resumed("2025-03-26")
    corrected(
        log, fact_of(log, "case.filed.v1"), CorrectionKind.REPLACE, {"filed_on": "2025-02-13"}
    )
    corrected(log, fact_of(log, "risk.warning_raised.v1"), CorrectionKind.VOID)
    whole = facts(log)
    shuffled = data.draw(st.permutations(whole))
    again = data.draw(st.lists(st.sampled_from(whole), max_size=6))
    assert picture(clocks_from([*shuffled, *again], policy_for)) == picture(
        clocks_from(whole, policy_for)
    )


def sent(log: Log, lead: str, kind: LeadKind, at: str, **more: Any) -> Recorded[Any]:
    data: dict[str, Any] = {
        "lead_id": lead,
        "kind": kind,
        "stage": Stage.ASSESS,
        "source": LeadSource.INSPECTION,
        "round": 1,
        "from_organ": "HRSS_MKT",
        "from_region": "210103",
        "to_organ": "SAMR",
        "to_region": "210103",
        "subject_id": LN_A,
        "summary": "涉嫌无证经营",
        **more,
    }
    organ = data["from_organ"]
    return tell(log, f"{ORGANS[organ].node}/{organ}", f"lead/{lead}", LeadTransferred(**data), at)


def signed(log: Log, lead: str, organ: str, at: str, **more: Any) -> Recorded[Any]:
    data: dict[str, Any] = {
        "lead_id": lead,
        "round": 1,
        "kind": LeadKind.REQUEST_TO_DEAL,
        "outcome": ReceiptOutcome.ACCEPTED,
        "organ": organ,
        "from_organ": "HRSS_MKT",
        "subject_id": LN_A,
        **more,
    }
    node = ORGANS[organ].node
    return tell(log, f"{node}/{organ}", f"lead_receipt/{lead}", LeadReceipted(**data), at)


def test_a_lead_is_owed_by_the_organ_and_territory_it_went_to() -> None:
    log = Log()
    sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2023-09-14T09:00", to_region="210102")
    found = one(log, "DL-LEAD-01")
    assert (found.owner, found.region, found.due.day) == ("SAMR", "210102", date(2023, 9, 18))
    command = what_elapses(found)
    assert command is not None
    assert (command[1]["owner"], command[1]["region"]) == ("SAMR", "210102")


def test_an_outcome_notice_opens_no_clock() -> None:
    log = Log()
    sent(log, "LD-8", LeadKind.OUTCOME_NOTICE, "2025-03-03T09:00", about="LD-1")
    signed(log, "LD-8", "SAMR", "2025-03-04T09:00", kind=LeadKind.OUTCOME_NOTICE)
    assert clocks_from(facts(log), policy_for) == []


def test_market_regulation_decides_on_a_lead_in_fifteen_working_days() -> None:
    log = Log()
    sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2023-09-13T09:00")
    signed(log, "LD-9", "SAMR", "2023-09-14T09:00")
    assert one(log, "DL-LEAD-03").due.day == date(2023, 10, 11)


def test_a_returned_lead_is_owed_by_its_sender_until_it_goes_on() -> None:
    log = Log()
    sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2025-03-03T09:00", from_region="210100")
    signed(
        log,
        "LD-9",
        "SAMR",
        "2025-03-04T09:00",
        outcome=ReceiptOutcome.RETURNED,
        returned_to="COM",
        from_region="210100",
    )
    found = one(log, "DL-LEAD-05")
    assert (found.owner, found.region, found.due.day) == ("HRSS_MKT", "210100", date(2025, 3, 6))
    sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2025-03-05T09:00", to_organ="COM", round=2)
    assert one(log, "DL-LEAD-05").state(AS_OF) is State.FULFILLED
    assert [c.owner for c in clocks(log, "DL-LEAD-01")] == ["SAMR", "COM"]


def test_feedback_is_owed_only_to_a_sender_who_asked_for_it() -> None:
    for asked in (True, False):
        log = Log()
        sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2025-03-03T09:00", report_back=asked)
        done = LeadDisposed(
            lead_id="LD-9", subject_id=LN_A, outcome=Disposal.CORRECTED, basis="CASE-9"
        )
        tell(log, "samr/SAMR", "lead_receipt/LD-9", done, "2025-03-10T09:00")
        assert [c.due.day for c in clocks(log, "DL-LEAD-04")] == [date(2025, 3, 17)] * asked
    told = {"from_organ": "SAMR", "to_organ": "HRSS_MKT", "about": "LD-9"}
    log = Log()
    sent(log, "LD-9", LeadKind.REQUEST_TO_DEAL, "2025-03-03T09:00")
    tell(log, "samr/SAMR", "lead_receipt/LD-9", done, "2025-03-10T09:00")
    sent(log, "LD-7", LeadKind.OUTCOME_NOTICE, "2025-03-12T09:00", **told)
    assert one(log, "DL-LEAD-04").state(AS_OF) is State.FULFILLED


def test_an_assignment_keeps_the_superior_s_own_day() -> None:
    log = Log()
    sent(
        log,
        "LD-9",
        LeadKind.ASSIGNMENT,
        "2025-03-03T09:00",
        from_organ="HRSS",
        to_organ="HRSS_INSP",
        due=date(2025, 3, 15),
    )
    assert one(log, "LEAD-ASSIGNED").due.day == date(2025, 3, 15)


def test_a_case_in_a_supervised_list_is_owed_by_whom_the_listing_names() -> None:
    found = one(casework(Log()), "SUPERVISED")
    assert (found.owner, found.region, found.due.day.isoformat()) == (
        "HRSS_INSP",
        "210103",
        "2025-04-23",
    )


def test_what_the_police_decide_must_be_noted_by_whoever_referred() -> None:
    found = clocks(casework(Log()), "REF-NOTICE")
    assert [(c.owner, c.due.day.isoformat(), c.state(AS_OF)) for c in found] == [
        ("HRSS", "2025-03-17", State.FULFILLED),
        ("HRSS", "2025-03-21", State.FULFILLED),
    ]


def referred() -> Log:
    log = casework(Log())
    last = next(n for n, t in enumerate(log.taken) if t.fact.type == ReferralReceipted.TYPE)
    del log.taken[last:]
    log._stamp = log.taken[-1].fact.stamp
    return log


def test_a_forwarded_referral_starts_the_term_anew_at_the_competent_police() -> None:
    log = referred()
    ids: dict[str, Any] = {"referral_id": REFERRAL, "subject_id": LN_A}
    refused = ReferralReceipted(
        **ids, signed_at=moment("2025-03-10T17:00"), region="210103", not_ours=True, reason="住所地"
    )
    tell(log, PSB, f"criminal_filing/{REFERRAL}", refused, "2025-03-10T17:00")
    assert one(log, "DL-REF-07").due.at == stamp_of(moment("2025-03-11T17:00"))
    forwarded = ReferralForwarded(
        **ids,
        forwarded_at=moment("2025-03-11T10:00"),
        from_region="210103",
        to_region="210102",
        notice_no="沈公转字〔2025〕1号",
    )
    tell(log, PSB, f"criminal_filing/{REFERRAL}", forwarded, "2025-03-11T10:00")
    states = [(c.region, c.due.day.day, c.state(AS_OF)) for c in clocks(log, "DL-REF-08")]
    assert states == [("210103", 13, State.MOOT), ("210102", 14, State.MISSED)]


def test_a_documented_extension_sets_the_whole_length_of_the_review() -> None:
    log = referred()
    for days in (10, 30):
        body = FilingReviewExtended(
            referral_id=REFERRAL,
            subject_id=LN_A,
            days=days,
            approver="PSB@210100",
            reason="案情复杂",
        )
        tell(log, PSB, f"criminal_filing/{REFERRAL}", body, f"2025-03-1{1 + days // 30}T09:00")
    assert one(log, "DL-REF-08").due.day == date(2025, 4, 9)


def test_a_crime_returned_to_the_administration_resumes_the_suspended_case() -> None:
    log = casework(Log())
    back = CriminalCaseOutcomeRecorded(
        referral_id=REFERRAL,
        subject_id=LN_A,
        outcome=CriminalOutcome.RETURNED_FOR_ADMIN,
        on=date(2025, 3, 27),
    )
    tell(log, PSB, f"criminal_outcome/{REFERRAL}", back, "2025-03-27T09:00")
    found = one(log, "R21")
    assert (found.owner, found.item, found.due.day) == ("HRSS_INSP", CASE, date(2025, 4, 1))


def penalty(log: Log, at: str) -> Recorded[Any]:
    measure = Measure(
        kind=MeasureKind.FINE,
        amount_fen=1_000_000,
        code="V-LIC-04",
        basis="人力资源市场暂行条例第42条第1款",
    )
    notice = PenaltyNoticeServed(
        case_id=CASE,
        subject_id=LN_A,
        notice_no="沈河人社告字〔2025〕1号",
        proposed=(measure,),
        hearing_right=True,
        served_on=date.fromisoformat(at[:10]),
    )
    tell(log, INSP, f"case/{CASE}", notice, at)
    decided = PenaltyDecided(
        decision_id="PD-1",
        case_id=CASE,
        subject_id=LN_A,
        decision_no="沈河人社罚字〔2025〕1号",
        measures=(measure,),
        fine_fen=1_000_000,
        confiscated_fen=0,
        codes=("V-LIC-04",),
        decided_on=date.fromisoformat(at[:10]),
        law_of=date.fromisoformat(at[:10]),
        reason="未经许可从事职业中介",
    )
    found = tell(log, INSP, f"case/{CASE}", decided, at)
    served = PenaltyServed(
        case_id=CASE,
        decision_id="PD-1",
        subject_id=LN_A,
        served_on=date.fromisoformat(at[:10]),
        method=ServiceMethod.DIRECT,
        has_fine=True,
    )
    tell(log, INSP, f"case/{CASE}", served, at)
    return found


def test_the_terms_of_a_penalty_follow_its_service() -> None:
    log = Log()
    penalty(log, "2025-07-02T09:00")
    found = {c.rule.code: c.due.day.isoformat() for c in clocks_from(facts(log), policy_for)}
    assert found == {
        "DL-PEN-04": "2025-07-09",
        "DL-PEN-06": "2025-07-11",
        "DL-PEN-07": "2025-07-17",
        "DL-PEN-08": "2026-04-02",
        "DL-PEN-09": "2025-07-11",
        "DL-REM-01": "2025-09-01",
        "DL-REM-06": "2026-01-04",
        "R12": "2025-07-11",
    }


def test_before_the_law_of_2021_a_hearing_was_asked_for_in_three_days() -> None:
    log = Log()
    penalty(log, "2021-07-09T09:00")
    assert one(log, "DL-PEN-04").due.day == date(2021, 7, 12)
    assert clocks(log, "DL-PEN-09") == []


def test_an_annulled_penalty_is_withdrawn_taken_back_and_its_case_dealt_with() -> None:
    log = Log()
    target = penalty(log, "2025-07-02T09:00")
    shown = PublicationChanged(
        publication_id="PB-1",
        case_id=CASE,
        decision_id="PD-1",
        subject_id=LN_A,
        kind=PublicationKind.DECISION,
        step=PublicationStep.PUBLISHED,
        on=date(2025, 7, 3),
    )
    tell(log, INSP, f"case/{CASE}", shown, "2025-07-03T09:00")
    overturned = DecisionOverturned(
        overturn_id="OV-1",
        target=target.id,
        target_type=target.type,
        decision_id="PD-1",
        case_id=CASE,
        owner_organ="HRSS_INSP",
        subject_id=LN_A,
        by=OverturnedBy.RECONSIDERATION,
        result=OverturnResult.ANNULLED,
        effect=Effect.EX_TUNC,
        decided_on=date(2025, 9, 1),
        document_no="沈政复字〔2025〕1号",
        reason="事实不清",
    )
    tell(log, "oversight/RECON", f"overturned/{target.id}", overturned, "2025-09-01T09:00")
    assert (one(log, "DL-PEN-10").owner, one(log, "DL-PEN-10").due.day) == (
        "HRSS_INSP",
        date(2025, 9, 4),
    )
    assert (one(log, "R14-CASE").owner, one(log, "R14-CASE").due.day) == (
        "HRSS_INSP",
        date(2025, 9, 8),
    )
    assert one(log, "DL-PEN-08").state(end_of(date(2025, 9, 2))) is State.MOOT
    withdrawn = replace(shown, step=PublicationStep.WITHDRAWN, on=date(2025, 9, 2))
    tell(log, INSP, f"case/{CASE}", withdrawn, "2025-09-02T09:00")
    assert one(log, "DL-PEN-10").state(end_of(date(2025, 9, 30))) is State.FULFILLED


def test_a_remedy_ends_the_term_of_the_decision_that_it_names() -> None:
    log = Log()
    target = penalty(log, "2025-07-02T09:00")
    for decision, state in (("PD-2", State.RUNNING), ("PD-1", State.FULFILLED)):
        step = RemedyStepTaken(
            remedy_id=f"RM-{decision}",
            kind=RemedyKind.RECONSIDERATION,
            step=RemedyStep.APPLIED,
            target=target.id,
            decision_id=decision,
            subject_id=LN_A,
            respondent="HRSS_INSP",
            on=date(2025, 7, 10),
        )
        tell(log, "oversight/RECON", f"remedy/RM-{decision}", step, "2025-07-10T09:00")
        assert one(log, "DL-REM-01").state(end_of(date(2025, 7, 11))) is state


def test_a_hearing_is_told_seven_working_days_before() -> None:
    log = Log()
    body = HearingNotified(
        case_id=CASE,
        subject_id=LN_A,
        notified_on=date(2025, 7, 8),
        hearing_on=date(2025, 7, 17),
        place="沈河区人社局",
    )
    tell(log, INSP, f"case/{CASE}", body, "2025-07-08T09:00")
    found = one(log, "DL-PEN-05")
    assert (found.due.day, found.state(AS_OF)) == (date(2025, 7, 8), State.FULFILLED)


def test_every_topic_that_a_clock_waits_for_exists() -> None:
    for rule in RULES_BY_CODE.values():
        nodes = {one.node for one in ORGANS.values()}
        for node in nodes:
            assert rule.topics(node) <= set(TOPICS)
            assert set(rule.awaited_topics(node)) <= set(TOPICS)


def test_the_lead_of_an_unlicensed_account_asks_for_its_disposal_online() -> None:
    found = one(casework(Log()), "R04")
    assert (found.owner, found.start.subject) == ("HRSS_MKT", LN_A)
    assert {LEAD, PENALTY_LEAD} == {c.start.key for c in clocks(casework(Log()), "DL-LEAD-01")}
