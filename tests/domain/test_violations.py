"""The catalogue row by row, and findings recorded by it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.correction import CorrectionOrdered
from domain.departments import ORGANS
from domain.enforcement.facts import MeasureKind
from domain.finding import CrimeSign, ViolationFound
from domain.violations.catalogue import (
    CODES,
    VIOLATIONS,
    Criminal,
    Scale,
    Severity,
    Violation,
    known,
    violation,
)
from tests.domain.story import LN_A, LN_B, Story, day, failed, refused, registered

EACH = pytest.mark.parametrize("row", VIOLATIONS, ids=lambda row: row.code)
COUNTS = {
    "LIC": 9,
    "CON": 11,
    "INF": 7,
    "ADM": 11,
    "DSP": 2,
    "EMP": 5,
    "SAF": 3,
    "FND": 3,
    "CRD": 1,
    "SEK": 3,
    "PSO": 2,
    "FEC": 8,
    "FSC": 11,
    "FUL": 8,
}
UNREAD = "（未经原文核对）"


def test_the_catalogue_holds_84_codes_in_fourteen_groups() -> None:
    groups = Counter(code.split("-")[1] for code in CODES)
    assert groups == COUNTS
    assert len(CODES) == 84
    for group, count in COUNTS.items():
        numbers = sorted(int(code[-2:]) for code in CODES if code.split("-")[1] == group)
        assert numbers == list(range(1, count + 1))


def test_no_two_rows_of_a_code_hold_on_the_same_day() -> None:
    for one in VIOLATIONS:
        for other in VIOLATIONS:
            if one is not other and one.code == other.code:
                first, second = sorted((one, other), key=lambda row: row.valid_from)
                assert first.valid_to is not None
                assert first.valid_to < second.valid_from


@EACH
def test_a_row_names_its_article_in_chinese_and_speaks_both_languages(row: Violation) -> None:
    assert re.search(r"第\d+|规定|通知|条例|方案|法", row.source)
    assert re.search("[一-龥]", row.zh)
    assert re.fullmatch(r"[A-Z][\x20-\x7e]+", row.en)
    assert not row.en.endswith(".")
    assert bool(row.note_zh) == bool(row.note_en)
    assert row.note_zh == "" or (row.note_zh.endswith("。") and row.note_en.endswith("."))
    assert row.seeds
    assert set(row.seeds) <= {"S1", "S2", "S3", "S4", "S5"}
    assert row.subjects


@EACH
def test_a_row_says_what_follows(row: Violation) -> None:
    assert row.penalties or row.note_zh or row.crimes


@EACH
def test_the_finders_and_the_deciding_organs_of_a_row_exist(row: Violation) -> None:
    assert {*row.leads, *row.partners, *row.finders} <= set(ORGANS)
    assert set(row.finders) <= set(ViolationFound.ORGANS)
    assert set(row.leads) & set(row.finders) or not set(row.leads) & set(ViolationFound.ORGANS)
    assert not set(row.leads) & set(row.partners)


@EACH
def test_a_criminal_row_names_the_criminal_law_and_another_does_not(row: Violation) -> None:
    if row.crimes:
        assert row.criminal in (Criminal.POSSIBLE, Criminal.YES)
    if row.criminal is Criminal.YES:
        assert row.crimes or row.code == "V-PSO-02"
    assert all(re.fullmatch(r"刑法第\d+条(之一)?", crime) for crime in row.crimes)


@EACH
def test_every_article_of_a_row_has_ranges_in_order_and_holds_within_the_row(
    row: Violation,
) -> None:
    for rule in row.penalties:
        assert re.search(r"第\d+条", rule.article)
        assert rule.fines or rule.sanctions or rule.confiscates
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to
        assert rule.valid_to is None or row.valid_from <= rule.valid_to
        assert set(rule.organs) <= set(ORGANS)
        assert not rule.unread or UNREAD in row.source
        for fine in rule.fines:
            assert 0 <= fine.least <= fine.most
            assert fine.most > 0
            assert fine.scale in (Scale.FIXED, Scale.PER_PERSON) or fine.most <= 1_000


def test_an_article_on_refusal_only_makes_the_row_one_to_correct_first() -> None:
    for row in VIOLATIONS:
        fines = [one for rule in row.penalties for one in rule.fines]
        if fines and all(one.refused for one in fines) and row.code != "V-ADM-06":
            assert row.correct_first, row.code


@pytest.mark.parametrize(
    ("code", "severity", "lead", "criminal"),
    [
        ("V-LIC-01", Severity.SERIOUS, "HRSS_INSP", Criminal.YES),
        ("V-LIC-03", Severity.MINOR, "HRSS_MKT", Criminal.NO),
        ("V-CON-02", Severity.MAJOR, "HRSS_INSP", Criminal.YES),
        ("V-CON-07", Severity.GENERAL, "SAMR", Criminal.NO),
        ("V-CON-11", Severity.SERIOUS, "HRSS_INSP", Criminal.YES),
        ("V-INF-03", Severity.SERIOUS, "HRSS_INSP", Criminal.YES),
        ("V-FND-02", Severity.MAJOR, "HRSS_SI", Criminal.YES),
        ("V-FSC-04", Severity.MAJOR, "COM", Criminal.YES),
        ("V-FUL-01", Severity.SERIOUS, "SAMR", Criminal.YES),
    ],
)
def test_well_known_rows_read_as_the_reference_has_them(
    code: str, severity: Severity, lead: str, criminal: Criminal
) -> None:
    row = violation(code, date(2025, 1, 1))
    assert (row.severity, row.lead, row.criminal) == (severity, lead, criminal)


def test_a_law_that_came_later_does_not_reach_back() -> None:
    assert "人力资源市场暂行条例第42条第1款" not in {
        rule.article for rule in violation("V-LIC-01", date(2018, 9, 30)).rules(date(2018, 9, 30))
    }
    assert violation("V-LIC-01", date(2018, 9, 30)).rules(date(2018, 9, 30))
    refused("CodeNotInCatalogue", lambda: known("V-INF-07", date(2021, 10, 31)))
    known("V-INF-07", date(2021, 11, 1))
    refused("CodeNotInCatalogue", lambda: known("V-XYZ-01", date(2025, 1, 1)))


def test_the_public_order_article_ends_with_the_text_that_was_read() -> None:
    row = violation("V-LIC-05", date(2025, 1, 1))
    assert any(
        one.kind is MeasureKind.DETENTION
        for rule in row.rules(date(2025, 12, 31))
        for one in rule.sanctions
    )
    assert all(rule.organs != ("PSB",) for rule in row.rules(date(2026, 1, 1)))


def found(story: Story, organ: str = "HRSS_INSP", /, **data: Any) -> ViolationFound:
    """A finding about LN-A, with the data that differ."""
    given: dict[str, Any] = {
        "organisation": LN_A,
        "code": "V-CON-08",
        "facts": ("以内部推荐名义收取费用",),
        "act_from": day("2024-12-20"),
        **data,
    }
    (fact,) = story.give(organ, "RecordViolation", **given)
    assert isinstance(fact, ViolationFound)
    return fact


def seen(on: str = "2025-03-05") -> Story:
    return registered(LN_A, "软件开发", "2024-12-03").on(on)


def test_a_finding_takes_the_severity_of_the_catalogue_and_asks_the_criminal_question() -> None:
    story = seen()
    fact = found(story, persons=9, amount_fen=34_200_000, act_to=day("2025-02-10"))
    assert (fact.severity, fact.question, fact.earlier) == (Severity.SERIOUS, True, 0)
    assert fact.about == fact.finding_id
    assert story.facts[-1].region == "210103"


def test_a_sign_of_a_crime_asks_the_question_whatever_the_code() -> None:
    story = seen()
    assert not found(story, code="V-ADM-01").question
    assert found(story, code="V-ADM-02", signs=(CrimeSign.VICTIM_LOSS,)).question
    assert not found(story, code="V-CON-09").question


def test_another_severity_takes_a_reason() -> None:
    story = seen()
    refused("SeverityNeedsReason", lambda: found(story, severity=Severity.MAJOR))
    fact = found(story, severity=Severity.MAJOR, severity_reason="涉及人数多")
    assert (fact.severity, fact.severity_reason) == (Severity.MAJOR, "涉及人数多")
    same = found(story, code="V-CON-11", severity=Severity.SERIOUS, severity_reason="默认")
    assert same.severity_reason is None


def test_only_a_finder_of_the_catalogue_records_a_violation() -> None:
    refusal = refused("NotFinderOfViolation", lambda: found(seen(), "CAC"))
    assert "HRSS_INSP" in refusal.advice("en")
    assert found(seen(), "CAC", code="V-LIC-04").code == "V-LIC-04"


def test_the_days_of_an_act_have_come_and_stand_in_order() -> None:
    refused("ActInFuture", lambda: found(seen(), act_from=day("2025-03-06")))
    refused("ActEndInFuture", lambda: found(seen(), act_to=day("2025-03-06")))
    refused("ActEndBeforeStart", lambda: found(seen(), act_to=day("2024-12-19")))


def test_a_finding_states_facts() -> None:
    refused("FindingNeedsFacts", lambda: found(seen(), facts=()))
    refused("FindingNeedsFacts", lambda: found(seen(), facts=("  ",)))


def test_an_act_that_goes_on_is_judged_by_its_last_day() -> None:
    refused("CodeNotInCatalogue", lambda: found(seen(), act_from=day("2018-09-01")))
    found(seen(), act_from=day("2018-09-01"), act_to=day("2024-12-01"))


def test_one_act_is_one_finding() -> None:
    story = seen()
    found(story)
    refused("FindingAlreadyRecorded", lambda: found(story))
    found(story, act_from=day("2025-01-20"))
    found(story, code="V-CON-11")
    found(story, "HRSS_MKT")


def test_a_finding_joins_the_matter_of_what_it_is_about() -> None:
    story = failed()
    licence = story.of(ViolationFound)[0]
    fact = found(story, organisation=LN_B, code="V-ADM-01", about=licence.fact.about)
    assert fact.about == licence.fact.about
    assert story.facts[-1].matter == licence.matter
    assert fact.earlier == 0


def test_a_finding_about_something_unknown_is_refused() -> None:
    refused("FindingGroundUnknown", lambda: found(seen(), about="CASE-1"))


def test_an_organ_orders_the_correction_of_what_it_found_itself_or_of_what_it_names() -> None:
    story = seen()
    first = found(story, "HRSS_MKT", code="V-ADM-01")
    second = found(story, "HRSS_INSP", code="V-INF-01")
    (order,) = story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A)
    assert isinstance(order, CorrectionOrdered)
    assert order.finding_ids == (second.finding_id,)
    refused(
        "NothingToCorrect",
        lambda: story.give("HRSS_INSP", "OrderCorrection", organisation=LN_A),
    )
    named: dict[str, Any] = {"organisation": LN_A, "findings": (first.finding_id,)}
    (order,) = story.give("HRSS_INSP", "OrderCorrection", **named)
    assert isinstance(order, CorrectionOrdered)
    assert order.finding_ids == (first.finding_id,)
    refused("FindingNotOpen", lambda: story.give("HRSS_INSP", "OrderCorrection", **named))


def test_other_matters_of_twelve_months_are_counted() -> None:
    story = seen("2025-03-05")
    found(story)
    story.on("2025-06-01")
    assert found(story, act_from=day("2025-04-01")).earlier == 1
    story.on("2026-03-05")
    assert found(story, act_from=day("2026-01-01")).earlier == 2
    story.on("2026-03-06")
    assert found(story, act_from=day("2026-02-01")).earlier == 2
    story.on("2026-06-02")
    assert found(story, act_from=day("2026-05-01")).earlier == 2


def test_a_firm_without_a_code_is_found_in_the_territory_of_the_post() -> None:
    story = seen()
    found(story, organisation="UN-0123456789", code="V-LIC-01")
    assert story.facts[-1].region == "210103"


def test_a_row_is_data_that_can_be_compared() -> None:
    row = violation("V-LIC-07", date(2025, 1, 1))
    assert replace(row, severity=Severity.MINOR) != row
