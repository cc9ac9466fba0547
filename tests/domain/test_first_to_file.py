"""Of several organs that may punish one act, the first to file has the case (行政处罚法 25)."""

from __future__ import annotations

from domain.enforcement.facts import CaseFiled, CaseOutcome
from domain.lead.facts import LeadKind
from tests.domain import leads
from tests.domain.casework import act, file, filed
from tests.domain.story import LN_A, LN_B, Story, day, refused

CODE = "V-LIC-04"


def market_too() -> tuple[Story, str, str]:
    """The inspection filed on an act of January; 市场监管 has a lead about the same firm."""
    story, case = filed(codes=(CODE,), act_from=day("2025-01-05"), act_to=day("2025-01-20"))
    lead = leads.send(story, "HRSS_MKT", "SAMR", LeadKind.PENALTY_LEAD, codes=("V-FUL-07",))
    leads.sign(story, "SAMR", lead)
    return story, case, lead


def test_the_second_organ_to_file_on_the_same_act_is_told_who_was_first() -> None:
    story, case, lead = market_too()
    told = refused(
        "FiledByAnotherFirst", lambda: file(story, "SAMR", leads=(lead,), codes=(CODE, "V-FUL-07"))
    )
    assert case in str(told)
    assert "HRSS_INSP" in str(told)


def test_other_codes_are_another_act() -> None:
    story, _, lead = market_too()
    assert file(story, "SAMR", leads=(lead,), codes=("V-FUL-07",))


def test_the_same_code_on_other_days_is_another_act() -> None:
    story, _, lead = market_too()
    within = {"act_from": day("2025-01-20"), "act_to": day("2025-01-31")}
    refused(
        "FiledByAnotherFirst",
        lambda: file(story, "SAMR", leads=(lead,), codes=(CODE,), **within),
    )
    later = {"act_from": day("2025-01-21"), "act_to": day("2025-01-31")}
    assert file(story, "SAMR", leads=(lead,), codes=(CODE,), **later)


def test_a_case_that_the_first_organ_transferred_is_free() -> None:
    story, case, lead = market_too()
    act(story, "CloseCase", case, outcome=CaseOutcome.TRANSFERRED, reason="移交市场监管部门")
    assert file(story, "SAMR", leads=(lead,), codes=(CODE,))
    assert len(story.of(CaseFiled)) == 2


def test_a_case_about_another_firm_bars_nobody() -> None:
    story, _, _ = market_too()
    lead = leads.send(
        story,
        "HRSS_MKT",
        "SAMR",
        LeadKind.PENALTY_LEAD,
        codes=("V-FUL-07",),
        organisation=LN_B,
    )
    leads.sign(story, "SAMR", lead)
    assert LN_A != LN_B
    assert file(story, "SAMR", leads=(lead,), codes=(CODE,), organisation=LN_B)
