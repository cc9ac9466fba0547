"""Penalties against their articles: ranges, conditions, one fine, refunds, limitation, milder law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.enforcement.facts import Measure, MeasureKind
from domain.errors import Refusal
from domain.violations.catalogue import VIOLATIONS, Fine, PenaltyRule, Scale, Severity, violation
from domain.violations.penalties import (
    Allowed,
    Established,
    allowed,
    check_measures,
    law_of,
    milder,
)
from domain.violations.ranges import range_of, span, yuan_text
from tests.domain.story import refused

ACT = date(2025, 2, 10)
DECIDED = date(2025, 4, 1)
LIC_42 = "人力资源市场暂行条例第42条第1款"
FILING_42 = "人力资源市场暂行条例第42条第2款"
CONDUCT_43 = "人力资源市场暂行条例第43条"
PROMOTION_65 = "就业促进法第65条"
CHILDREN = "禁止使用童工规定第7条"
INCOME = Established(illegal_income_fen=34_200_000)
NO_INCOME = Established(illegal_income_fen=0)


def measure(kind: MeasureKind, code: str, basis: str, yuan: int | None = None) -> Measure:
    return Measure(
        kind=kind, code=code, basis=basis, amount_fen=None if yuan is None else yuan * 100
    )


def fine(code: str, basis: str, yuan: int) -> Measure:
    return measure(MeasureKind.FINE, code, basis, yuan)


def check(
    *measures: Measure,
    on: Established = INCOME,
    act: date = ACT,
    decided: date = DECIDED,
    codes: tuple[str, ...] = (),
    **more: Any,
) -> date:
    named = codes or tuple(one.code for one in measures)
    return check_measures(measures, named, act, decided, on, **more)


def test_an_unlicensed_intermediary_with_income_is_fined_within_the_article() -> None:
    check(fine("V-LIC-01", LIC_42, 10_000))
    check(fine("V-LIC-01", LIC_42, 50_000))
    refusal = refused("FineAboveArticle", lambda: check(fine("V-LIC-01", LIC_42, 50_001)))
    assert "50,000" in refusal.sentence("zh")
    refused("FineBelowArticle", lambda: check(fine("V-LIC-01", LIC_42, 9_999)))


def test_a_fine_written_in_yuan_instead_of_fen_is_below_the_article() -> None:
    one = Measure(kind=MeasureKind.FINE, code="V-LIC-01", basis=LIC_42, amount_fen=30_000)
    assert "300" in refused("FineBelowArticle", lambda: check(one)).sentence("en")


def test_without_illegal_income_there_is_no_fine_and_closing_stays_possible() -> None:
    refused("NoFineWithoutIncome", lambda: check(fine("V-LIC-01", LIC_42, 10_000), on=NO_INCOME))
    check(measure(MeasureKind.CLOSE, "V-LIC-01", LIC_42), on=NO_INCOME)
    check(measure(MeasureKind.SUSPEND_BUSINESS, "V-LIC-01", LIC_42), on=NO_INCOME)
    refused(
        "NothingToConfiscate",
        lambda: check(measure(MeasureKind.CONFISCATE_INCOME, "V-LIC-01", LIC_42, 1), on=NO_INCOME),
    )


def test_filing_and_display_are_fined_only_after_a_refusal_to_correct() -> None:
    for code, article in (("V-LIC-03", FILING_42), ("V-ADM-01", "人力资源市场暂行条例第44条")):
        one = fine(code, article, 5_000)
        refused("FineOnlyAfterRefusal", partial(check, one, on=NO_INCOME))
        check(one, on=replace(NO_INCOME, refused_correction=True))


def test_false_recruitment_has_two_tracks_and_one_needs_no_refusal() -> None:
    one = fine("V-INF-01", CONDUCT_43, 10_000)
    refused("FineOnlyAfterRefusal", lambda: check(one))
    check(fine("V-INF-01", PROMOTION_65, 10_000))
    check(one, on=replace(INCOME, refused_correction=True))


def test_mitigation_goes_below_the_range_with_a_reason_and_never_above() -> None:
    check(fine("V-LIC-01", LIC_42, 5_000), mitigation_reason="主动消除危害后果")
    refused(
        "FineBelowArticle",
        lambda: check(fine("V-LIC-01", LIC_42, 5_000), mitigation_reason=" "),
    )
    refused(
        "FineAboveArticle",
        lambda: check(fine("V-LIC-01", LIC_42, 60_000), mitigation_reason="主动消除危害后果"),
    )


def test_children_introduced_are_counted_and_the_licence_must_go() -> None:
    facts = Established(illegal_income_fen=0, persons=3, licensed=True)
    revoked = measure(MeasureKind.REVOKE_PERMIT, "V-CON-02", CHILDREN)
    refused("RevocationMissing", lambda: check(fine("V-CON-02", CHILDREN, 15_000), on=facts))
    check(fine("V-CON-02", CHILDREN, 15_000), revoked, on=facts)
    refused("FineAboveArticle", lambda: check(fine("V-CON-02", CHILDREN, 15_001), on=facts))
    refused("FineBelowArticle", lambda: check(fine("V-CON-02", CHILDREN, 14_999), on=facts))
    refused(
        "BaseNotEstablished",
        lambda: check(fine("V-CON-02", CHILDREN, 5_000), on=replace(facts, persons=None)),
    )
    check(fine("V-CON-02", CHILDREN, 15_000), on=replace(facts, licensed=False))


def test_what_is_not_held_is_not_revoked() -> None:
    revoked = measure(MeasureKind.REVOKE_PERMIT, "V-INF-01", CONDUCT_43)
    grave = replace(INCOME, serious=True, licensed=True)
    check(revoked, on=grave)
    refused("NothingToRevoke", lambda: check(revoked, on=replace(grave, licensed=False)))
    refused("OnlyWhenSerious", lambda: check(revoked, on=replace(grave, serious=False)))


def test_where_the_article_says_may_the_licence_can_stay() -> None:
    facts = replace(INCOME, refused_correction=True, serious=True, licensed=True)
    check(fine("V-CON-08", CONDUCT_43, 10_000), on=facts)


def test_serious_false_advertising_has_a_range_that_displaces_the_other() -> None:
    one = fine("V-FUL-07", "广告法第55条", 500_000)
    check(one)
    grave = replace(INCOME, serious=True)
    refused("FineBelowArticle", lambda: check(one, on=grave))
    check(fine("V-FUL-07", "广告法第55条", 1_000_000), on=grave)
    refused("FineAboveArticle", lambda: check(one, on=replace(INCOME, sum_fen=5_000_000)))
    check(fine("V-FUL-07", "广告法第55条", 150_000), on=replace(INCOME, sum_fen=5_000_000))


def test_a_share_that_is_no_whole_fen_is_rounded_into_the_range() -> None:
    share = Fine(scale=Scale.OF_INCOME, least=150, most=350)
    assert span(share, Established(illegal_income_fen=3)) == (5, 10)


def test_unlicensed_dispatch_is_fined_by_its_income_and_without_one_too() -> None:
    article = "劳动合同法第92条第1款"
    facts = Established(illegal_income_fen=2_000_001)
    check(fine("V-LIC-02", article, 100_000), on=facts)
    refused("FineAboveArticle", lambda: check(fine("V-LIC-02", article, 100_001), on=facts))
    refused("FineBelowArticle", lambda: check(fine("V-LIC-02", article, 20_000), on=facts))
    check(fine("V-LIC-02", article, 50_000), on=NO_INCOME)
    refused("FineAboveArticle", lambda: check(fine("V-LIC-02", article, 50_001), on=NO_INCOME))


def test_refunds_come_before_confiscation_under_the_revised_law_only() -> None:
    facts = Established(illegal_income_fen=1_000_000, refund_due_fen=400_000)
    taken = measure(MeasureKind.CONFISCATE_INCOME, "V-LIC-01", LIC_42, 6_001)
    refusal = refused("ConfiscationAboveIncome", lambda: check(taken, on=facts))
    assert refusal.values["left"] == "6,000"
    check(replace(taken, amount_fen=600_000), on=facts)
    check(taken, on=facts, act=date(2021, 3, 1), decided=date(2021, 7, 14))
    refused(
        "ConfiscationAboveIncome",
        lambda: check(taken, on=facts, act=date(2021, 3, 1), decided=date(2021, 7, 15)),
    )
    refused(
        "NothingToConfiscate", lambda: check(taken, on=replace(facts, refund_due_fen=1_000_000))
    )


def test_the_general_article_confiscates_where_the_special_one_is_silent() -> None:
    facts = replace(INCOME, refused_correction=True)
    general = measure(MeasureKind.CONFISCATE_INCOME, "V-LIC-03", "行政处罚法第28条第2款", 100)
    special = replace(general, basis=FILING_42)
    check(general, on=facts)
    refused("MeasureNotInArticle", lambda: check(special, on=facts))
    refused(
        "MeasureNotInArticle",
        lambda: check(general, on=facts, act=date(2021, 3, 1), decided=date(2021, 7, 14)),
    )


def test_one_act_is_fined_once_and_the_higher_article_applies() -> None:
    facts = replace(INCOME, refused_correction=True)
    refused(
        "OneFineForOneAct",
        lambda: check(
            fine("V-INF-01", CONDUCT_43, 10_000), fine("V-INF-01", PROMOTION_65, 10_000), on=facts
        ),
    )
    refused(
        "OneFineForOneAct",
        lambda: check(fine("V-LIC-01", LIC_42, 10_000), fine("V-LIC-04", LIC_42, 10_000)),
    )
    refused(
        "OneFineForOneAct",
        lambda: check(
            fine("V-CON-08", CONDUCT_43, 10_000),
            fine("V-CON-11", CONDUCT_43, 10_000),
            on=replace(facts, same_act=(("V-CON-08", "V-CON-11"),)),
        ),
    )
    check(fine("V-CON-08", CONDUCT_43, 10_000), fine("V-CON-11", CONDUCT_43, 10_000), on=facts)
    lower = fine("V-INF-03", CONDUCT_43, 50_000)
    refused("LowerArticleForFine", lambda: check(lower, on=facts))
    check(fine("V-INF-03", "个人信息保护法第66条", 60_000), on=facts)


def test_before_the_revised_law_the_higher_article_was_no_duty() -> None:
    facts = replace(INCOME, refused_correction=True)
    lower = fine("V-INF-04", CONDUCT_43, 20_000)
    refused("LowerArticleForFine", lambda: check(lower, on=facts))
    check(lower, on=facts, act=date(2021, 7, 14), decided=date(2021, 9, 1))
    refused(
        "LowerArticleForFine",
        lambda: check(lower, on=facts, act=date(2021, 7, 15), decided=date(2021, 9, 1)),
    )


def test_an_act_found_too_late_is_not_punished() -> None:
    one = fine("V-LIC-01", LIC_42, 10_000)
    ended = date(2022, 3, 1)
    check(one, on=replace(INCOME, found_on=date(2024, 3, 1)), act=ended)
    refused(
        "LimitationPassed",
        lambda: check(one, on=replace(INCOME, found_on=date(2024, 3, 2)), act=ended),
    )
    refused("LimitationPassed", lambda: check(one, act=ended))


def test_five_years_hold_for_safety_outside_labour_and_from_the_revised_law() -> None:
    article = "无证无照经营查处办法第13条"
    one = fine("V-FUL-01", article, 5_000)
    late = replace(INCOME, found_on=date(2025, 3, 1), safety=True)
    check(one, on=late, act=date(2021, 8, 1))
    refused("LimitationPassed", lambda: check(one, on=late, act=date(2021, 7, 14)))
    refused(
        "LimitationPassed", lambda: check(one, on=replace(late, safety=False), act=date(2021, 8, 1))
    )
    labour = fine("V-LIC-01", LIC_42, 10_000)
    refused("LimitationPassed", lambda: check(labour, on=late, act=date(2021, 8, 1)))


def test_a_minor_act_promptly_corrected_without_harm_is_not_punished() -> None:
    facts = Established(illegal_income_fen=0, corrected_promptly=True)
    one = measure(MeasureKind.WARNING, "V-ADM-01", "人力资源市场暂行条例第44条")
    refused("NoPenaltyForPromptCorrection", lambda: check(one, on=facts))
    refused("MeasureNotInArticle", lambda: check(one, on=replace(facts, harm=True)))
    refused("MeasureNotInArticle", lambda: check(one, on=replace(facts, severity=Severity.GENERAL)))


def test_what_is_forgiven_does_not_shield_the_graver_act_beside_it() -> None:
    facts = replace(INCOME, corrected_promptly=True)
    check(fine("V-LIC-01", LIC_42, 10_000), on=facts, codes=("V-LIC-01", "V-ADM-01"))


def test_each_measure_states_an_amount_where_it_is_money_and_none_elsewhere() -> None:
    refused("AmountMissing", lambda: check(measure(MeasureKind.FINE, "V-LIC-01", LIC_42)))
    refused("AmountMissing", lambda: check(fine("V-LIC-01", LIC_42, 0)))
    refused("AmountOutOfPlace", lambda: check(measure(MeasureKind.CLOSE, "V-LIC-01", LIC_42, 5)))


def test_a_measure_rests_on_an_article_of_an_established_code() -> None:
    refused(
        "MeasureForAnotherCode",
        lambda: check(fine("V-LIC-01", LIC_42, 10_000), codes=("V-CON-08",)),
    )
    refused("MeasureNotInArticle", lambda: check(fine("V-LIC-01", CONDUCT_43, 10_000)))
    refused("MeasureNotInArticle", lambda: check(measure(MeasureKind.WARNING, "V-LIC-01", LIC_42)))
    check(fine("V-LIC-01", "《人力资源市场暂行条例》第42条第1款", 10_000))


def test_an_article_of_the_police_is_not_applied_by_labour_inspection() -> None:
    one = fine("V-CON-06", "居民身份证法第16条", 200)
    refused("MeasureOfAnotherOrgan", lambda: check(one, organ="HRSS_INSP"))
    check(one, organ="PSB")


def test_a_penalty_is_decided_by_the_organ_that_the_catalogue_names() -> None:
    one = fine("V-LIC-01", LIC_42, 10_000)
    check(one, organ="HRSS_INSP")
    check(one, organ="TWN")
    refused("MeasureOfAnotherOrgan", lambda: check(one, organ="SAMR"))
    filed = replace(INCOME, refused_correction=True)
    check(fine("V-LIC-03", FILING_42, 5_000), on=filed, organ="HRSS_INSP")
    refused(
        "MeasureOfAnotherOrgan",
        lambda: check(fine("V-LIC-03", FILING_42, 5_000), on=filed, organ="HRSS_MKT"),
    )
    general = measure(MeasureKind.CONFISCATE_INCOME, "V-LIC-01", "行政处罚法第28条", 100)
    refused("MeasureOfAnotherOrgan", lambda: check(general, organ="COM"))


def test_the_graver_range_needs_a_serious_case_and_a_provincial_organ() -> None:
    article = "个人信息保护法第66条"
    facts = replace(INCOME, refused_correction=True, serious=True)
    grave = fine("V-INF-03", article, 2_000_000)
    check(grave, on=facts, region="210000")
    refused("FineAboveArticle", lambda: check(grave, on=facts, region="210103"))
    refused(
        "FineAboveArticle",
        lambda: check(grave, on=replace(facts, serious=False), region="210000"),
    )


def test_a_user_unit_is_fined_only_when_the_case_is_serious() -> None:
    article = "劳动合同法实施条例第35条"
    facts = Established(illegal_income_fen=0, persons=4)
    refused("OnlyWhenSerious", lambda: check(fine("V-DSP-02", article, 4_000), on=facts))
    check(fine("V-DSP-02", article, 4_000), on=replace(facts, serious=True))


def test_the_head_of_a_unit_has_a_range_of_his_own() -> None:
    article = "对外劳务合作管理条例第43条"
    check(fine("V-FSC-06", article, 100_000))
    refused("FineAboveArticle", lambda: check(fine("V-FSC-06", article, 100_000), on=head()))
    check(fine("V-FSC-06", article, 20_000), on=head())
    refused("MeasureNotInArticle", lambda: check(fine("V-LIC-01", LIC_42, 10_000), on=head()))


def head() -> Established:
    return replace(INCOME, head=True)


def test_insurance_fraud_is_fined_by_the_law_of_the_act_unless_the_new_one_is_milder() -> None:
    before, after = date(2011, 6, 1), date(2011, 8, 1)
    assert law_of("V-EMP-04", before, after) == before
    facts = Established(illegal_income_fen=0, sum_fen=1_000_000)
    old = fine("V-EMP-04", "失业保险条例第28条", 30_000)
    assert check(old, on=facts, act=before, decided=after) == before
    new = fine("V-EMP-04", "社会保险法第88条", 20_000)
    refused("MeasureNotInArticle", lambda: check(new, on=facts, act=before, decided=after))
    check(new, on=facts)
    refused("FineAboveArticle", lambda: check(replace(new, amount_fen=5_000_001), on=facts))


def test_a_milder_new_article_is_the_one_that_applies() -> None:
    old = PenaltyRule(
        article="旧法第1条", fines=(Fine(least=100, most=300),), valid_from=date(2000, 1, 1)
    )
    new = replace(old, article="新法第1条", fines=(Fine(least=100, most=200),))
    assert milder(new, old, NO_INCOME)
    assert not milder(old, new, NO_INCOME)
    assert not milder(old, old, NO_INCOME)
    assert not milder(replace(new, fines=(Fine(least=150, most=200),)), old, NO_INCOME)


def test_amounts_read_as_officers_write_them() -> None:
    assert yuan_text(5_000_000) == "50,000"
    assert yuan_text(123_456) == "1,234.56"
    assert yuan_text(7) == "0.07"


MONEY = st.integers(0, 10**12)
FACTS = st.builds(
    Established,
    illegal_income_fen=MONEY,
    refund_due_fen=MONEY,
    persons=st.none() | st.integers(0, 5_000),
    sum_fen=st.none() | MONEY,
    turnover_fen=st.none() | MONEY,
    refused_correction=st.booleans(),
    serious=st.booleans(),
    licensed=st.booleans(),
    natural_person=st.booleans(),
)
ROWS = st.sampled_from([row for row in VIOLATIONS if row.rules(ACT)])
ARTICLES = st.sampled_from(
    [(row.code, rule) for row in VIOLATIONS for rule in row.rules(ACT) if rule.fines]
)


def rule_of(act: Any) -> str | None:
    try:
        act()
    except Refusal as refusal:
        return refusal.rule
    return None


@given(ARTICLES, FACTS, st.integers(1, 10**13))
def test_a_fine_passes_exactly_when_it_lies_in_the_range(
    article: tuple[str, PenaltyRule], facts: Established, amount: int
) -> None:
    code, rule = article
    one = Measure(kind=MeasureKind.FINE, code=code, basis=rule.article, amount_fen=amount)
    said = rule_of(lambda: check_measures((one,), (code,), ACT, DECIDED, facts))
    limits = range_of(rule, facts, province=True)
    if limits is None:
        assert said in {
            "NoFineWithoutIncome",
            "FineOnlyAfterRefusal",
            "OnlyWhenSerious",
            "BaseNotEstablished",
            "MeasureNotInArticle",
        }
    elif amount > limits[1]:
        assert said == "FineAboveArticle"
    elif amount < limits[0]:
        assert said == "FineBelowArticle"
    else:
        assert said in {None, "LowerArticleForFine", "RevocationMissing"}


@given(ROWS, FACTS)
def test_every_measure_that_is_allowed_passes_by_itself(row: Any, facts: Established) -> None:
    for one in allowed(row.code, ACT, facts, region="210000"):
        for amount in {one.least_fen, one.most_fen}:
            if amount == 0:
                continue
            given_measure = Measure(
                kind=one.kind, code=row.code, basis=one.article, amount_fen=amount
            )
            said = rule_of(
                partial(check_measures, (given_measure,), (row.code,), ACT, DECIDED, facts)
            )
            assert said in {None, "LowerArticleForFine", "RevocationMissing"}, (one, said)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9))
def test_what_is_confiscated_and_refunded_is_never_more_than_the_income(
    income: int, refund: int, amount: int
) -> None:
    facts = Established(illegal_income_fen=income, refund_due_fen=refund)
    one = Measure(
        kind=MeasureKind.CONFISCATE_INCOME, code="V-LIC-01", basis=LIC_42, amount_fen=amount
    )
    said = rule_of(lambda: check_measures((one,), ("V-LIC-01",), ACT, DECIDED, facts))
    if income <= refund:
        assert said == "NothingToConfiscate"
    elif amount + refund > income:
        assert said == "ConfiscationAboveIncome"
    else:
        assert said is None


@given(
    st.sampled_from([Scale.OF_INCOME, Scale.OF_SUM, Scale.PER_PERSON]),
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(1, 10**9),
)
def test_a_range_counted_from_a_base_grows_with_it_and_keeps_its_order(
    scale: Scale, low: int, more: int, base: int
) -> None:
    one = Fine(scale=scale, least=low, most=low + more)

    def counted(amount: int) -> tuple[int, int]:
        found = span(one, Established(illegal_income_fen=amount, sum_fen=amount, persons=amount))
        assert found is not None
        return found

    least, most = counted(base)
    assert 0 <= least <= most
    assert counted(base + 1)[1] >= most


@given(st.dates(date(2019, 1, 1), date(2025, 1, 1)), st.integers(0, 2_000))
def test_labour_acts_are_punished_when_found_within_two_years_of_their_end(
    ended: date, later: int
) -> None:
    found_on = ended + timedelta(days=later)
    one = measure(MeasureKind.CLOSE, "V-LIC-01", LIC_42)
    facts = replace(NO_INCOME, found_on=found_on)
    said = rule_of(
        lambda: check_measures((one,), ("V-LIC-01",), ended, max(found_on, DECIDED), facts)
    )
    limit = date(ended.year + 2, ended.month, min(ended.day, 28 if ended.month == 2 else 31))
    assert said == (None if found_on <= limit else "LimitationPassed")


def test_what_is_allowed_is_told_with_range_article_and_duty() -> None:
    facts = Established(illegal_income_fen=0, persons=2, licensed=True)
    assert allowed("V-CON-02", ACT, facts) == (
        Allowed(kind=MeasureKind.FINE, article=CHILDREN, least_fen=1_000_000, most_fen=1_000_000),
        Allowed(kind=MeasureKind.REVOKE_PERMIT, article=CHILDREN, shall=True),
    )
    assert allowed("V-CON-06", ACT, facts, organ="HRSS_INSP") == ()


@pytest.mark.parametrize("row", VIOLATIONS, ids=lambda row: row.code)
def test_every_article_with_a_fine_can_be_reached(row: Any) -> None:
    for rule in row.penalties:
        reached = any(
            range_of(
                rule,
                Established(
                    illegal_income_fen=income,
                    persons=1,
                    sum_fen=100,
                    refused_correction=True,
                    serious=serious,
                    licensed=licensed,
                ),
                province=True,
            )
            for income in (0, 100)
            for serious in (True, False)
            for licensed in (True, False)
        )
        assert reached or not rule.fines


def test_a_code_unknown_on_the_day_of_the_act_is_refused() -> None:
    refused(
        "CodeNotInCatalogue",
        lambda: check(fine("V-INF-07", "个人信息保护法第66条", 1), act=date(2020, 1, 1)),
    )
    assert violation("V-LIC-01", ACT).group == "LIC"
