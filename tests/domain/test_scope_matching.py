"""Keywords in registered scopes: the eight phrases, negations, and the draw population."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.push.scope_matching import MAPPINGS, classify, items, mapping_on, normalise

ON = date(2024, 12, 3)
DRAWN = [phrase.text for phrase in MAPPINGS[-1].phrases if phrase.drawn]
NAMES = {phrase.text: phrase.code for phrase in MAPPINGS[-1].phrases}
OTHER = ["软件开发", "餐饮服务", "货物进出口", "企业形象策划", "信息技术咨询服务"]


def test_row_4_of_the_second_scenario_excludes_what_it_negates() -> None:
    found = classify("人力资源服务（不含职业中介活动、劳务派遣服务）；软件开发", ON)
    assert (found.phrases, found.excluded) == (("K1",), ("K4", "K6"))
    assert (found.in_draw_population, found.needs_licence) == (True, False)


def test_intermediary_activity_needs_a_licence() -> None:
    found = classify("职业中介活动", ON)
    assert (found.phrases, found.classes, found.needs) == (("K4",), ("INTERMEDIARY",), ("LIC_HRS",))
    assert found.needs_licence
    assert found.mapping_version == mapping_on(ON).version


@pytest.mark.parametrize("text", DRAWN)
def test_each_of_the_eight_phrases_matches_alone(text: str) -> None:
    found = classify(f"软件开发；{text}；餐饮服务", ON)
    assert found.phrases == (NAMES[text],)
    assert found.in_draw_population


@pytest.mark.parametrize(
    ("text", "phrases", "excluded"),
    [
        ("人力资源服务(不含职业中介活动,劳务派遣服务),软件", ("K1",), ("K4", "K6")),
        ("企业管理（职业中介除外）；劳务派遣", ("K6",), ("K4",)),
        ("人力资源服务（含猎头（不含劳务派遣））", ("K1",), ("K6",)),
        ("人力资源服务【不含职业介绍】", ("K1",), ("K5",)),
        ("劳务派遣；人力资源服务（不含劳务派遣）", ("K1", "K6"), ()),
        ("人力资源服务，不含职业中介活动、劳务派遣服务；软件", ("K1",), ("K4", "K6")),
        ("人力资源服务不含劳务派遣", ("K1",), ("K6",)),
        ("人力资源服务；劳务派遣除外", ("K1",), ("K6",)),
        ("人力资源服务（不含职业中介；劳务派遣", ("K1", "K6"), ("K4",)),
        ("劳务派遣）；职业介绍", ("K5", "K6"), ()),
        ("人力资源 服务", ("K1",), ()),
        ("软件开发（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）", (), ()),
    ],
)
def test_negated_qualifiers_are_set_aside_however_they_are_written(
    text: str, phrases: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    found = classify(text, ON)
    assert (found.phrases, found.excluded) == (phrases, excluded)


def test_a_conditional_item_matches_and_is_marked() -> None:
    approved = "（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    found = classify(f"许可项目：劳务派遣服务；职业中介活动{approved}。一般项目：软件开发", ON)
    assert (found.phrases, found.conditional) == (("K4", "K6"), True)
    assert not classify("许可项目：餐饮服务。一般项目：人力资源服务", ON).conditional


def test_watched_keywords_are_named_apart_and_draw_nobody() -> None:
    found = classify("网络招聘；对外劳务合作；企业管理咨询", ON)
    assert (found.phrases, found.matches, found.in_draw_population) == ((), False, False)
    assert found.watch == ("W3", "W5", "W6")


def test_the_draw_population_is_literal_on_the_raw_text() -> None:
    assert classify("（不含劳务派遣）软件", ON).in_draw_population
    assert not classify("劳 务派遣", ON).in_draw_population


def test_a_day_without_a_mapping_is_refused() -> None:
    with pytest.raises(LookupError, match="no mapping"):
        classify("劳务派遣", date(1999, 1, 1))


TEXT = st.text(alphabet="()（）；。，、不含除外劳务派遣职业中介人力资源服务 \n", max_size=60)


@given(TEXT)
def test_a_phrase_is_never_both_standing_and_excluded(text: str) -> None:
    found = classify(text, ON)
    assert not set(found.phrases) & set(found.excluded)
    if found.matches or found.excluded:
        assert any(words in normalise(text) for words in DRAWN)


@given(st.lists(st.sampled_from(DRAWN + OTHER), min_size=1, max_size=8))
def test_the_match_is_the_union_over_the_items(parts: list[str]) -> None:
    whole = classify("；".join(parts), ON)
    assert set(whole.phrases) == {code for part in parts for code in classify(part, ON).phrases}


@given(st.lists(st.sampled_from(DRAWN), min_size=1, max_size=4, unique=True))
def test_a_negated_qualifier_grants_nothing(parts: list[str]) -> None:
    found = classify(f"软件开发（不含{'、'.join(parts)}）；餐饮服务", ON)
    assert found.phrases == ()
    assert set(found.excluded) == {NAMES[part] for part in parts}
    assert found.in_draw_population


@given(TEXT)
def test_no_character_of_an_item_is_lost_but_the_separators(text: str) -> None:
    plain = normalise(text)
    kept = "".join(items(plain))
    assert [c for c in plain if c not in "；;。,\n"] == [c for c in kept if c not in "；;。,\n"]


def test_a_hostile_scope_costs_no_more_than_its_length() -> None:
    started = time.perf_counter()
    classify(("(；" * 4000)[:7990] + "劳务派遣", ON)
    assert time.perf_counter() - started < 1.0
