"""Each named refusal of the draw, met once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.draw.commitment import commitment_of, judge_reveal, seed_of
from domain.draw.plan import DrawPlan
from domain.draw.population import DrawObject, freeze, line_of
from domain.draw.strata import strata_of
from domain.errors import Refusal
from tests.draws.given import BY_RATE, BY_SIZE, DRAW, FACTORS, SECRETS, firms, frozen

OTHER = bytes(32)


def _unknown_class() -> Any:
    population, _ = frozen(firms(10))
    factors = {name: one for name, one in FACTORS.items() if name}
    return strata_of(replace(BY_SIZE, class_factors=factors), population.tails)


REFUSED: dict[str, Callable[[], Any]] = {
    "ObjectIllFormed": lambda: line_of(DrawObject("A|B", "420102")),
    "ObjectTwiceInPopulation": lambda: freeze([*firms(3), next(firms(3))]),
    "PopulationEmpty": lambda: freeze([]),
    "SecretIllFormed": lambda: commitment_of(DRAW, "hr", b"short"),
    "RevealDoesNotMatch": lambda: judge_reveal(
        DRAW, "hr", OTHER, commitment_of(DRAW, "hr", SECRETS["hr"])
    ),
    "TwoDepartmentsMakeASeed": lambda: seed_of(DRAW, "p", "q", {"hr": SECRETS["hr"]}),
    "DrawPlanIllFormed": lambda: replace(BY_SIZE, size=0),
    "ClassWithoutFactor": _unknown_class,
}


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rule_of_the_draw_refuses_by_name(rule: str) -> None:
    with pytest.raises(Refusal) as refusal:
        REFUSED[rule]()
    assert refusal.value.rule == rule
    assert refusal.value.sentence("zh")
    assert refusal.value.sentence("en")


def test_the_secret_that_was_committed_to_is_accepted() -> None:
    judge_reveal(DRAW, "hr", SECRETS["hr"], commitment_of(DRAW, "hr", SECRETS["hr"]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "a\nb"),
        ("region", "4201"),
        ("region", "42010a"),
        ("grade", "A:B"),
        ("grade_scheme", ""),
        ("tags", ("a,b",)),
        ("tags", ("",)),
        ("id", "\ud800"),
        ("id", "x" * 121),
    ],
)
def test_no_field_can_say_what_another_one_says(field: str, value: Any) -> None:
    one = DrawObject("UN-1", "420102", "A", "S4")._replace(**{field: value})
    with pytest.raises(Refusal) as refusal:
        freeze([one])
    assert refusal.value.rule == "ObjectIllFormed"


@pytest.mark.parametrize(
    "change",
    [
        {"departments": ("samr", "hr")},
        {"departments": ("hr", "hr")},
        {"region_digits": 3},
        {"tags": ("a", "a"), "tag_factors": {}},
        {"tag_factors": {"未列入": FACTORS[""]}},
        {"by_class": False},
        {"class_factors": {"A": FACTORS[""]}},
        {"class_factors": {**FACTORS, "": FACTORS[""] * 0}},
        {"rate": FACTORS[""]},
        {"size": None},
        {"id": "two words"},
    ],
    ids=str,
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        replace(BY_SIZE, **change)
    assert refusal.value.rule == "DrawPlanIllFormed"


@pytest.mark.parametrize(
    "change",
    [
        {"rate": "2/4"},
        {"rate": 0.5},
        {"rate": "2"},
        {"size": 5},
        {"mode": "ALL"},
        {"by_class": 1},
        {"departments": ["hr"]},
        {"tags": [1]},
        {"class_factors": {"": "0"}},
        {"surplus": 1},
    ],
    ids=str,
)
def test_a_plan_that_says_what_no_plan_says_is_not_read(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        DrawPlan.read({**BY_RATE.plain(), **change})
    assert refusal.value.rule == "DrawPlanIllFormed"
