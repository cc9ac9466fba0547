"""Populations, plans and secrets for the tests of the draw, all made from numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256

from domain.draw.plan import DrawPlan, SampleMode
from domain.draw.population import DrawObject, Frozen, freeze
from domain.draw.record import DrawRecord, drawn_from

REGIONS = ("420102", "420103", "420506", "421003")
CLASSES = (("S4-2023", "A"), ("S4-2023", "B"), ("S4-2023", "C"), ("S4-2023", "D"), ("", ""))
FACTORS = {
    "": Fraction(1),
    "S4-2023:A": Fraction(1, 2),
    "S4-2023:B": Fraction(1),
    "S4-2023:C": Fraction(2),
    "S4-2023:D": Fraction(4),
}
SECRETS = {name: sha256(f"a secret of {name}".encode()).digest() for name in ("hr", "samr")}
DRAW = "DR-7FO363TERRNSVV6X"
BY_SIZE = DrawPlan(
    id="PL-2022-1",
    departments=("hr", "samr"),
    region_digits=4,
    by_class=True,
    tags=("重点区域", "春风行动"),
    size=60,
    class_factors=FACTORS,
    tag_factors={"重点区域": Fraction(3, 2)},
)
BY_RATE = DrawPlan(
    id="PL-2022-2",
    departments=("hr", "samr"),
    by_class=True,
    mode=SampleMode.RATE,
    rate=Fraction(1, 20),
    class_factors=FACTORS,
)


def firms(count: int) -> Iterator[DrawObject]:
    """Invented firms, not in the order of their ids."""
    for number in range(count):
        place = (number * 7919) % count if count % 7919 else number
        scheme, grade = CLASSES[place % 5]
        tags = tuple(tag for tag, every in (("重点区域", 7), ("春风行动", 3)) if place % every == 0)
        yield DrawObject(f"91420100MA{place:06d}XU", REGIONS[place % 4], grade, scheme, tags)


def frozen(objects: Iterator[DrawObject]) -> tuple[Frozen, list[bytes]]:
    """A frozen population and its lines."""
    blocks: list[bytes] = []
    made = freeze(objects, blocks.append)
    return made, b"".join(blocks).splitlines(keepends=True)


def drawn(plan: DrawPlan = BY_SIZE, count: int = 300) -> tuple[DrawRecord, list[bytes]]:
    """A draw from invented firms, and the lines of its population."""
    population, lines = frozen(firms(count))
    return drawn_from(DRAW, plan, population, SECRETS, lines), lines
