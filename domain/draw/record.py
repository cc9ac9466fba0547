"""The record of a draw: one file that holds all that is needed to draw again.

Beside it stands the population file, the canonical lines of `domain.draw.population`. The
record is JSON in one form only: UTF-8, keys sorted, one value on a line, indented by one
blank, a line feed at the end; whole numbers only. So each of its values has a line number,
two records compare with any tool, and a changed byte is found even where it changes no value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.draw.commitment import commitment_of, seed_of
from domain.draw.plan import DrawPlan
from domain.draw.population import Frozen, tail_of
from domain.draw.selection import ALGORITHM, Sample
from domain.draw.strata import Stratum, strata_of, total

FORMAT = "liandong-draw-record-v1"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A stratum and the ids drawn from it, in the order of their tickets."""

    stratum: Stratum
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DrawRecord:
    """A draw with all it rests on: plan, population, revealed secrets, seed, result."""

    draw: str
    plan: DrawPlan
    population: Frozen
    secrets: Mapping[str, bytes]
    results: tuple[Drawn, ...]

    @property
    def seed(self) -> bytes:
        """The seed, 32 bytes."""
        return seed_of(self.draw, self.population.hash, self.plan.hash, self.secrets)

    @property
    def size(self) -> int:
        """How many were drawn, whatever was asked for."""
        return total(one.stratum for one in self.results)

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything drawn, stratum by stratum, each in the order of its tickets."""
        return tuple(id_ for one in self.results for id_ in one.ids)

    def plain(self) -> dict[str, Any]:
        """The record as JSON says it."""
        return {
            "algorithm": ALGORITHM,
            "draw": self.draw,
            "format": FORMAT,
            "plan": self.plan.plain(),
            "plan_hash": self.plan.hash,
            "population": {
                "block_lines": self.population.block_lines,
                "blocks": list(self.population.blocks),
                "count": self.population.count,
                "hash": self.population.hash,
            },
            "revealed": [
                {
                    "commitment": commitment_of(self.draw, name, self.secrets[name]),
                    "department": name,
                    "secret": self.secrets[name].hex(),
                }
                for name in sorted(self.secrets, key=str.encode)
            ],
            "seed": self.seed.hex(),
            "size": self.size,
            "strata": [
                {
                    "drawn": list(one.ids),
                    "key": one.stratum.key,
                    "population": one.stratum.population,
                    "size": one.stratum.size,
                }
                for one in self.results
            ],
        }

    def bytes(self) -> bytes:
        """The record's file."""
        return canonical(self.plain())


def canonical(plain: Any) -> bytes:
    """JSON in the one form of a record's file."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode(errors="surrogatepass") + b"\n"


def drawn_from(
    draw: str,
    plan: DrawPlan,
    population: Frozen,
    secrets: Mapping[str, bytes],
    lines: Iterable[bytes],
) -> DrawRecord:
    """Draws: from the lines of a frozen population, by a plan, with the revealed secrets.

    The caller has judged the reveals (`commitment.judge_reveal`). `lines` are those that were
    frozen, in any order. Raises ClassWithoutFactor, TwoDepartmentsMakeASeed, SecretIllFormed.
    """
    seed = seed_of(draw, population.hash, plan.hash, secrets)
    strata = strata_of(plan, population.tails)
    samples = {one.key: Sample(seed, one.key, one.size) for one in strata}
    offered(plan, samples, lines)
    return recorded(draw, plan, population, secrets, strata, samples)


def recorded(
    draw: str,
    plan: DrawPlan,
    population: Frozen,
    secrets: Mapping[str, bytes],
    strata: Iterable[Stratum],
    samples: Mapping[str, Sample],
) -> DrawRecord:
    """The record of a draw whose samples are complete."""
    return DrawRecord(
        draw=draw,
        plan=plan,
        population=population,
        secrets=dict(secrets),
        results=tuple(Drawn(stratum=one, ids=samples[one.key].drawn()) for one in strata),
    )


def offered(plan: DrawPlan, samples: Mapping[str, Sample], lines: Iterable[bytes]) -> None:
    """Lets the objects of canonical lines draw their tickets, each in its stratum."""
    offers: dict[bytes, Callable[[bytes], None]] = {}
    for line in lines:
        id_, _, tail = line.partition(b"|")
        offer = offers.get(tail)
        if offer is None:
            offer = offers[tail] = samples[plan.stratum_of(tail_of(tail))].offer
        offer(id_)
