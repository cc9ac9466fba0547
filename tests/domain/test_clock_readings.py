"""The readings of clocks that the texts leave open: who is late, from when, and what ends a term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.calendar.deadlines import Period, Unit
from domain.clocks.reckoning import CLOCK_RULES, RULES_BY_CODE, Clock, State, clocks_from
from domain.clocks.words import Debtor
from domain.correction import CorrectionOutcome, CorrectionVerified
from domain.enforcement.facts import CaseFiled, CasePeriodChanged, PeriodChange, PeriodGround
from domain.facts import end_of
from domain.finding import ViolationFound
from domain.lead.facts import LeadKind, LeadTransferred
from domain.policy import policy_for
from domain.violations.catalogue import Severity
from tests.domain.leads import TOWN, send
from tests.domain.story import REGION, Story
from tests.projections.casework import CASE, INSP, MKT, casework, tell
from tests.projections.facts import LN_A, Log

OUTSIDE = {"RECON", "COURT", "PROC"}


def started(log: Log, *codes: str) -> dict[str, Clock]:
    found = clocks_from((one.fact for one in log.taken), policy_for)
    return {one.rule.code: one for one in found if one.rule.code in codes}


def finding(**data: Any) -> ViolationFound:
    known: dict[str, Any] = {
        "finding_id": "VF-9",
        "code": "V-CON-08",
        "severity": Severity.GENERAL,
        "subject_id": LN_A,
        "about": CASE,
        "facts": ("以内部推荐名义收取费用",),
        "act_from": date(2025, 1, 5),
    }
    return ViolationFound(**{**known, **data})


def found_by(who: str, **data: Any) -> dict[str, Clock]:
    log = Log()
    tell(log, who, f"correction/{LN_A}", finding(**data), "2025-03-03T09:00")
    return started(log, "IV-1", "IV-2", "R06", "R07")


def test_what_market_supervision_finds_first_calls_for_a_reminder_and_then_for_a_warning() -> None:
    first, second = found_by(MKT), found_by(MKT, earlier=1)
    assert (set(first), set(second)) == ({"IV-1"}, {"IV-2"})
    assert first["IV-1"].due.day == date(2025, 3, 17)
    assert second["IV-2"].due.day == date(2025, 3, 10)
    assert found_by(MKT, severity=Severity.MINOR) == {}


@pytest.mark.parametrize("who", ["hr/HRSS_APPR", INSP])
def test_what_others_find_calls_for_no_interview_of_market_supervision(who: str) -> None:
    assert found_by(who, earlier=1) == {}


@pytest.mark.parametrize(
    ("who", "outcome", "codes"),
    [
        (MKT, CorrectionOutcome.NOT_CORRECTED, {"IV-2", "R06"}),
        (MKT, CorrectionOutcome.CORRECTED, set()),
        ("hr/HRSS_APPR", CorrectionOutcome.NOT_CORRECTED, set()),
    ],
)
def test_a_failed_correction_calls_for_a_warning_interview(
    who: str, outcome: CorrectionOutcome, codes: set[str]
) -> None:
    log = Log()
    body = CorrectionVerified(order_id="OR-9", subject_id=LN_A, about="VF-9", outcome=outcome)
    tell(log, who, f"correction/{LN_A}", body, "2025-03-03T09:00")
    assert set(started(log, "IV-1", "IV-2", "R06")) == codes


def test_the_referral_question_of_human_resources_belongs_to_the_inspection() -> None:
    assert found_by(MKT, question=True)["R07"].owner == "HRSS_INSP"


def test_terms_of_bodies_outside_are_never_counted() -> None:
    for rule in CLOCK_RULES:
        assert (rule.debtor is Debtor.OUTSIDE) == (rule.owner in OUTSIDE), rule.code
        if rule.debtor is not Debtor.OFFICE:
            assert rule.on_elapse != "breach", rule.code


@pytest.mark.parametrize("code", ["DL-REF-10", "DL-REF-12"])
def test_to_ask_for_a_review_is_a_right_that_is_watched(code: str) -> None:
    rule = RULES_BY_CODE[code]
    assert (rule.debtor, rule.watched) == (Debtor.PARTY, True)


def test_the_police_decide_from_the_transfer_and_sign_within_one_working_day() -> None:
    clocks = started(casework(Log()), "DL-REF-06", "DL-REF-08")
    assert {one.start.on.isoformat()[:16] for one in clocks.values()} == {"2025-03-10T16:30"}
    assert RULES_BY_CODE["DL-REF-06"].period == Period(1, Unit.WD)
    assert RULES_BY_CODE["DL-REF-06"].setting == "referral_receipt_working_days"


@pytest.mark.parametrize("code", ["DL-CMP-07", "DL-CMP-04", "DL-REF-05", "DL-REF-15", "DL-REF-16"])
def test_what_another_clock_or_a_refusal_holds_is_listed_and_never_started(code: str) -> None:
    assert (RULES_BY_CODE[code].started_by, bool(RULES_BY_CODE[code].note)) == ((), True)


def test_towns_check_a_discovery_at_once_and_others_have_the_terms_of_a_lead() -> None:
    def codes(to: str, to_region: str) -> set[str]:
        story = Story().on("2025-03-03")
        send(story, "DRC", to, LeadKind.DISCOVERY, to_region=to_region)
        assert story.of(LeadTransferred)
        return {one.rule.code for one in clocks_from(story.facts, policy_for)}

    assert codes("TWN", TOWN) == {"DL-LEAD-01", "LEAD-CHECK"}
    assert codes("SAMR", REGION) == {"DL-LEAD-01"}


def test_the_court_is_asked_within_three_months_after_the_six_months_to_sue() -> None:
    rule = RULES_BY_CODE["DL-PEN-08"]
    assert rule.period == Period(3, Unit.MO)


def test_a_suspension_after_the_end_of_a_term_changes_nothing() -> None:
    log = Log()
    filed = CaseFiled(
        case_id=CASE,
        subject_id=LN_A,
        parties=(LN_A,),
        codes=("V-CON-08",),
        filed_on=date(2025, 2, 14),
        officers=("21010300101", "21010300102"),
        labour=True,
    )
    tell(log, INSP, f"case/{CASE}", filed, "2025-02-14T09:00")
    late = CasePeriodChanged(
        case_id=CASE,
        subject_id=LN_A,
        kind=PeriodChange.SUSPENDED,
        ground=PeriodGround.TESTING,
        on=date(2025, 5, 16),
    )
    tell(log, INSP, f"case/{CASE}", late, "2025-05-16T09:00")
    clock = started(log, "DL-PEN-03")["DL-PEN-03"]
    assert (clock.due.day, clock.paused) == (date(2025, 5, 15), None)
    assert clock.state(end_of(date(2025, 5, 16))) is State.MISSED
    in_time = replace(late, on=date(2025, 5, 15))
    tell(log, INSP, f"case/{CASE}", in_time, "2025-05-16T10:00")
    assert started(log, "DL-PEN-03")["DL-PEN-03"].state(end_of(date(2025, 5, 17))) is State.PAUSED


def test_the_open_cases_of_an_ended_subject_are_a_reminder() -> None:
    rule = RULES_BY_CODE["R22-CASE"]
    assert (rule.debtor, rule.watched, rule.on_elapse) == (Debtor.PARTY, True, None)
