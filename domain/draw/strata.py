"""How many are drawn from which stratum, in exact arithmetic.

The rules (reference 6.2: the actual size is recorded):

1. By rate: a stratum of N objects with factor f gives the smallest whole number that is not
   below N x rate x f: a share is promised as "at least" (抽查比例不低于).
2. By size: the total is shared in proportion to N x f. What a stratum cannot give, because its
   share is all it has or more, it gives whole, and the rest is shared anew among the others.
   Shares are rounded down; what is left goes one by one to the largest remainders, of equal
   remainders to the key that comes first by its bytes.
3. No stratum gives more than it has, so a total may stay below the size that was asked for.

Where tags and classes make strata, all objects of one stratum have one factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from domain.draw.plan import DrawPlan, SampleMode
from domain.draw.population import Tail


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """One stratum: its key, how many objects it has, its factor, and how many it gives."""

    key: str
    population: int
    factor: Fraction
    size: int


def strata_of(plan: DrawPlan, tails: Mapping[Tail, int]) -> tuple[Stratum, ...]:
    """The strata of a population, by the bytes of their keys, each with the size of its sample.

    Raises ClassWithoutFactor.
    """
    counts: dict[str, int] = {}
    factors: dict[str, Fraction] = {}
    for tail, count in tails.items():
        key = plan.stratum_of(tail)
        counts[key] = counts.get(key, 0) + count
        factors[key] = plan.factor_of(tail)
    keys = sorted(counts, key=str.encode)
    if plan.mode is SampleMode.RATE:
        assert plan.rate is not None
        sizes = {key: _at_least(counts[key], plan.rate * factors[key]) for key in keys}
    else:
        assert plan.size is not None
        sizes = shared(plan.size, {key: (counts[key], factors[key]) for key in keys})
    return tuple(
        Stratum(key=key, population=counts[key], factor=factors[key], size=sizes[key])
        for key in keys
    )


def total(strata: Iterable[Stratum]) -> int:
    """How many are drawn in all."""
    return sum(one.size for one in strata)


def shared(size: int, strata: Mapping[str, tuple[int, Fraction]]) -> dict[str, int]:
    """A total shared among strata of (objects, factor), by rule 2."""
    sizes: dict[str, int] = {}
    left = min(size, sum(count for count, _ in strata.values()))
    while True:
        open_ = {key: one for key, one in strata.items() if key not in sizes}
        whole = sum((count * factor for count, factor in open_.values()), Fraction(0))
        shares = {key: left * count * factor / whole for key, (count, factor) in open_.items()}
        full = [key for key, share in shares.items() if share >= strata[key][0]]
        if not full:
            break
        for key in full:
            sizes[key] = strata[key][0]
            left -= sizes[key]
    for key, share in shares.items():
        sizes[key] = int(share)
        left -= sizes[key]
    remainders = sorted(shares, key=lambda key: (sizes[key] - shares[key], key.encode()))
    for key in remainders[:left]:
        sizes[key] += 1
    return sizes


def _at_least(count: int, share: Fraction) -> int:
    quota = count * share
    return min(count, -(-quota.numerator // quota.denominator))
