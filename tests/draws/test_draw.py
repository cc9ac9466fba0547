"""The draw: frozen populations, strata and their sizes, seeds, and who is drawn."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draw.commitment import commitment_of, seed_of
from domain.draw.plan import DrawPlan, credit_factors
from domain.draw.population import (
    TAG,
    DrawObject,
    Tail,
    freeze,
    in_population,
    line_of,
    tail_of,
)
from domain.draw.record import offered
from domain.draw.selection import Sample, draw, ticket
from domain.draw.strata import shared, strata_of, total
from domain.policy import policy_for
from tests.draws.given import BY_RATE, BY_SIZE, DRAW, FACTORS, SECRETS, drawn, firms, frozen

SEED = bytes(range(32))
WORDS = st.text(
    st.characters(min_codepoint=0x21, exclude_characters="|,:\x7f", exclude_categories=["Cs"]),
    min_size=1,
    max_size=8,
)
OBJECTS = st.lists(
    st.builds(
        DrawObject,
        id=WORDS,
        region=st.sampled_from(["420100", "421000"]),
        grade=st.sampled_from(["A", "高"]),
        grade_scheme=st.just("S4"),
        tags=st.lists(WORDS, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda one: one.id,
)
STRATA = st.dictionaries(
    st.text("ab中", max_size=3),
    st.tuples(
        st.integers(1, 50),
        st.builds(Fraction, st.integers(1, 8), st.integers(1, 8)),
    ),
    min_size=1,
    max_size=8,
)


# --- population ----------------------------------------------------------------------------


def test_a_line_says_id_region_class_and_sorted_tags() -> None:
    one = DrawObject("91420100MA000001XU", "420102", "B", "S4-2023", ("重点区域", "KEY", "KEY"))
    assert line_of(one).decode() == "91420100MA000001XU|420102|S4-2023:B|KEY,重点区域\n"
    assert line_of(DrawObject("UN-7", "420102")) == b"UN-7|420102||\n"


def test_a_firm_is_drawn_for_a_phrase_that_its_scope_negates() -> None:
    rows = [
        (DrawObject("A", "420102"), "人力资源服务（不含职业中介活动）"),
        (DrawObject("B", "420102"), "软件开发（不含劳务派遣）"),
        (DrawObject("C", "420102"), "软件开发"),
    ]
    assert [one.id for one in in_population(rows, date(2022, 6, 2))] == ["A", "B"]


@given(OBJECTS, st.randoms(use_true_random=False))
def test_a_population_is_the_same_in_whatever_order_it_came(
    objects: list[DrawObject], chance: random.Random
) -> None:
    made, lines = frozen(iter(objects))
    chance.shuffle(objects)
    assert frozen(iter(objects)) == (made, lines)
    ids = [line.partition(b"|")[0] for line in lines]
    assert ids == sorted(one.id.encode() for one in objects)
    assert made.hash == sha256(TAG + b"".join(lines)).hexdigest()
    assert lines == [line_of(one) for one in sorted(objects, key=lambda one: one.id.encode())]
    assert sum(made.tails.values()) == len(lines) == made.count


@given(OBJECTS)
def test_what_a_line_says_of_an_object_is_read_back(objects: list[DrawObject]) -> None:
    for one in objects:
        tail = tail_of(line_of(one).partition(b"|")[2])
        assert tail == Tail(one.region, f"S4:{one.grade}", tuple(sorted(set(one.tags))))


@pytest.mark.parametrize(
    "tail", ["420102||b,a\n", "420102||a,a\n", "42010||\n", "420102|A|\n", "420102||\r\n", "\n"]
)
def test_a_line_in_another_form_is_no_line(tail: str) -> None:
    with pytest.raises(ValueError, match=r"canonical form|cannot stand|not enough|no line"):
        tail_of(tail.encode())


def test_a_prefix_of_another_id_comes_before_it() -> None:
    _, lines = frozen(iter([DrawObject("AB1", "420102"), DrawObject("AB", "420102")]))
    assert [line.partition(b"|")[0] for line in lines] == [b"AB", b"AB1"]


# --- strata --------------------------------------------------------------------------------


@given(st.integers(1, 300), STRATA)
def test_a_total_is_shared_whole_and_no_stratum_gives_more_than_it_has(
    size: int, strata: dict[str, tuple[int, Fraction]]
) -> None:
    sizes = shared(size, strata)
    everything = sum(count for count, _ in strata.values())
    assert sum(sizes.values()) == min(size, everything)
    assert all(0 <= sizes[key] <= strata[key][0] for key in strata)


@given(st.integers(1, 300), STRATA)
def test_strata_that_are_not_exhausted_stay_within_one_of_their_share(
    size: int, strata: dict[str, tuple[int, Fraction]]
) -> None:
    sizes = shared(size, strata)
    open_ = {key for key in strata if sizes[key] < strata[key][0]}
    left = sum(sizes[key] for key in open_)
    whole = sum((strata[key][0] * strata[key][1] for key in open_), Fraction(0))
    if all(sizes[key] == strata[key][0] or key in open_ for key in strata) and open_:
        for key in open_:
            share = left * strata[key][0] * strata[key][1] / whole
            assert abs(sizes[key] - share) < 2


@given(st.integers(1, 300), STRATA, st.randoms(use_true_random=False))
def test_the_order_of_the_strata_changes_no_size(
    size: int, strata: dict[str, tuple[int, Fraction]], chance: random.Random
) -> None:
    keys = list(strata)
    chance.shuffle(keys)
    assert shared(size, {key: strata[key] for key in keys}) == shared(size, strata)


def test_equal_remainders_go_to_the_key_that_comes_first() -> None:
    one = Fraction(1)
    assert shared(2, {"c": (3, one), "a": (3, one), "b": (3, one)}) == {"a": 1, "b": 1, "c": 0}


def test_what_a_small_stratum_cannot_give_the_others_give() -> None:
    strata = {"D": (5, Fraction(4)), "B": (100, Fraction(1))}
    assert shared(60, strata) == {"D": 5, "B": 55}


def test_a_rate_is_a_floor_and_grades_are_drawn_as_often_as_they_say() -> None:
    population, _ = frozen(firms(500))
    sizes = {one.key: one.size for one in strata_of(BY_RATE, population.tails)}
    assert sizes == {
        "class=": 5,
        "class=S4-2023:A": 3,
        "class=S4-2023:B": 5,
        "class=S4-2023:C": 10,
        "class=S4-2023:D": 20,
    }


def test_a_total_above_the_population_takes_all_and_says_how_many() -> None:
    population, _ = frozen(firms(40))
    assert total(strata_of(BY_SIZE, population.tails)) == 40


def test_the_factors_of_the_credit_grades_come_from_the_settings_of_the_region() -> None:
    factors = credit_factors("S4-2023", policy_for("410000", date(2023, 7, 1)))
    assert factors == FACTORS


def test_a_stratum_is_named_by_city_class_and_the_first_tag_of_the_plan() -> None:
    tail = Tail("420102", "S4-2023:A", ("春风行动", "重点区域"))
    assert BY_SIZE.stratum_of(tail) == "region=420100|class=S4-2023:A|tag=重点区域"
    assert BY_RATE.stratum_of(tail) == "class=S4-2023:A"


@pytest.mark.parametrize("plan", [BY_SIZE, BY_RATE], ids=lambda plan: plan.id)
def test_a_plan_is_read_back_from_what_it_says(plan: DrawPlan) -> None:
    assert DrawPlan.read(plan.plain()) == plan
    assert DrawPlan.read(plan.plain()).hash == plan.hash


# --- commitment ----------------------------------------------------------------------------


def test_a_commitment_serves_one_department_and_one_draw() -> None:
    secret = SECRETS["hr"]
    made = {
        commitment_of(draw, department, secret)
        for draw in ("DR-1", "DR-2")
        for department in ("hr", "samr")
    }
    assert len(made) == 4


def test_a_seed_hangs_on_each_secret_the_population_and_the_plan() -> None:
    changed = SECRETS["hr"][:-1] + bytes([SECRETS["hr"][-1] ^ 1])
    seeds = [
        seed_of(DRAW, "p", "q", SECRETS),
        seed_of(DRAW, "p", "q", {**SECRETS, "hr": changed}),
        seed_of(DRAW, "p", "q", {"hr": SECRETS["samr"], "samr": SECRETS["hr"]}),
        seed_of(DRAW, "other", "q", SECRETS),
        seed_of(DRAW, "p", "other", SECRETS),
        seed_of("DR-other", "p", "q", SECRETS),
    ]
    assert len(set(seeds)) == len(seeds)
    assert seed_of(DRAW, "p", "q", dict(reversed(SECRETS.items()))) == seeds[0]


# --- selection -----------------------------------------------------------------------------


@given(st.lists(WORDS, unique=True, min_size=1), st.data())
def test_the_order_in_which_objects_are_looked_at_does_not_matter(
    ids: list[str], data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, len(ids)))
    shuffled = data.draw(st.permutations(ids))
    assert draw(SEED, "s", shuffled, size) == draw(SEED, "s", ids, size)


@given(st.lists(WORDS, unique=True, min_size=2), st.data())
def test_a_sample_is_the_beginning_of_every_larger_one(ids: list[str], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(ids) - 1))
    smaller, larger = draw(SEED, "s", ids, size), draw(SEED, "s", ids, size + 1)
    assert larger[:-1] == smaller
    assert len(set(larger)) == size + 1
    assert set(larger) <= set(ids)


@given(st.lists(WORDS, unique=True, min_size=2), st.data())
def test_whoever_is_left_out_changes_nothing_for_the_others(
    ids: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(ids))
    ranked = draw(SEED, "s", ids, len(ids))
    without = draw(SEED, "s", [one for one in ids if one != gone], len(ids))
    assert without == tuple(one for one in ranked if one != gone)


@given(st.integers(0, 40), st.integers(1, 6))
def test_parts_that_were_drawn_apart_join_to_the_same_sample(size: int, parts: int) -> None:
    ids = [f"{number}" for number in range(60)]
    joined = Sample(SEED, "s", size)
    for part in range(parts):
        sample = Sample(SEED, "s", size)
        for id_ in ids[part::parts]:
            sample.offer(id_.encode())
        joined.join(sample.tickets())
    assert joined.drawn() == draw(SEED, "s", ids, size)


def test_a_sample_of_many_passing_objects_is_that_of_all_tickets_sorted() -> None:
    ids = [f"{number}" for number in range(20_000)]
    ranked = sorted(ids, key=lambda id_: (ticket(SEED, "s", id_), id_.encode()))
    assert draw(SEED, "s", ids, 700) == tuple(ranked[:700])
    assert draw(SEED, "s", ids, 0) == ()


def test_within_a_stratum_everybody_is_drawn_equally_often() -> None:
    """Chi-square over 4,000 fixed seeds: 5 of 50 each; the bound holds 99.99 % of fair draws."""
    ids = [f"9142{number:04d}" for number in range(50)]
    draws, size = 4_000, 5
    counts: Counter[str] = Counter()
    firsts: Counter[str] = Counter()
    for number in range(draws):
        chosen = draw(sha256(number.to_bytes(4, "big")).digest(), "s", ids, size)
        counts.update(chosen)
        firsts[chosen[0]] += 1
    for found, each in ((counts, draws * size / 50), (firsts, draws / 50)):
        spread = sum((found[id_] - each) ** 2 / each for id_ in ids)
        assert 15 < spread < 95, spread  # 49 degrees of freedom


def test_pairs_are_drawn_together_as_often_as_chance_says() -> None:
    ids = [f"{number}" for number in range(6)]
    pairs: Counter[tuple[str, ...]] = Counter()
    for number in range(6_000):
        seed = sha256(b"pairs" + number.to_bytes(4, "big")).digest()
        pairs[tuple(sorted(draw(seed, "s", ids, 2)))] += 1
    spread = sum((pairs[pair] - 400) ** 2 / 400 for pair in pairs)
    assert len(pairs) == 15
    assert 1.5 < spread < 44, spread  # 14 degrees of freedom


def test_each_object_is_drawn_within_its_own_stratum() -> None:
    record, lines = drawn()
    strata: dict[str, list[str]] = {}
    for line in lines:
        id_, _, tail = line.partition(b"|")
        strata.setdefault(BY_SIZE.stratum_of(tail_of(tail)), []).append(id_.decode())
    assert record.size == len(record.ids) == 60
    for one in record.results:
        made = draw(record.seed, one.stratum.key, strata[one.stratum.key], one.stratum.size)
        assert one.ids == made


def test_the_same_draw_twice_gives_the_same_file() -> None:
    assert drawn()[0].bytes() == drawn()[0].bytes()


def test_a_register_of_inspectors_is_drawn_from_like_any_other() -> None:
    inspectors = [DrawObject(f"4201-{n:03d}", "420100", tags=("劳务派遣",)) for n in range(9)]
    plan = DrawPlan(id="PL-3", departments=("hr", "samr"), size=2)
    population, lines = frozen(iter(inspectors))
    (stratum,) = strata_of(plan, population.tails)
    sample = {stratum.key: Sample(SEED, stratum.key, stratum.size)}
    offered(plan, sample, lines)
    assert (stratum.key, len(sample[""].drawn())) == ("", 2)


def test_nothing_is_written_of_a_population_that_is_refused() -> None:
    written: list[bytes] = []
    with pytest.raises(Exception, match="twice"):
        freeze([*firms(3), next(firms(3))], written.append)
    assert written == []
