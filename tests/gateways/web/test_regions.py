"""Territories are named by the national list of divisions, all of them and not those of one story."""

from __future__ import annotations

import pytest

from domain.document.numbering import TERRITORIES
from gateways.web.regions import region_name
from gateways.web.rendering import Words


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("210000", "辽宁省"),
        ("210100", "沈阳市"),
        ("210103", "沈阳市沈河区"),
        ("420106", "武汉市武昌区"),
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),
        ("441900", "东莞市"),
        ("500230", "重庆市丰都县"),
        ("659001", "新疆维吾尔自治区石河子市"),
    ],
)
def test_a_territory_is_named_with_the_prefecture_above_it_where_there_is_one(
    code: str, name: str
) -> None:
    assert region_name(code) == name


def test_a_code_given_again_has_its_latest_name() -> None:
    assert region_name("210112") == "沈阳市浑南区"


@pytest.mark.parametrize("code", ["", "21", "999999", "330299", "21-FTZ", "２１０１０３"])
def test_what_is_no_division_has_no_name(code: str) -> None:
    assert region_name(code) is None
    assert Words("zh").region(code) == code


def test_a_page_names_a_territory_as_its_letterhead_does_and_what_lies_above_it() -> None:
    for code, (_, letterhead) in TERRITORIES.items():
        assert (region_name(code) or "").endswith(letterhead)


def test_an_english_page_keeps_the_code() -> None:
    assert Words("en").region("210103") == "210103"
