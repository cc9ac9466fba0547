"""Crimes that a referral names have an article and a name, and the catalogue's are among them."""

from __future__ import annotations

import re

from domain.referral.crimes import CRIMES, name_of
from domain.violations.catalogue import VIOLATIONS


def test_a_code_says_its_article() -> None:
    for code, crime in CRIMES.items():
        number, part = re.fullmatch(r"XF-([0-9]+)(-1)?", code).groups()  # type: ignore[union-attr]
        assert crime.article == f"刑法第{number}条" + ("之一" if part else "")
        assert crime.en.isascii()


def test_every_crime_of_the_catalogue_can_be_named() -> None:
    named = {crime.article for crime in CRIMES.values()}
    wanted = {crime for row in VIOLATIONS for crime in row.crimes}
    assert wanted - named == set()


def test_a_crime_is_told_in_both_languages_and_an_unknown_code_by_itself() -> None:
    assert name_of("XF-266", "zh") == "诈骗罪（刑法第266条）"
    assert name_of("XF-266", "en") == "Fraud (刑法第266条)"
    assert name_of("XF-999", "zh") == "XF-999"
