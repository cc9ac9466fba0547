"""Ranges of fines on what a case established (reference 5.9).

A range applies when it is addressed to the party and its conditions were established; a share
of a base that is no whole fen is rounded into the range.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.enforcement.facts import MeasureKind
from domain.violations.words import Fine, PenaltyRule, Sanction, Scale, Severity

BASES = {
    Scale.PER_PERSON: ("涉及人数", "number of persons"),
    Scale.OF_INCOME: ("违法所得", "illegal income"),
    Scale.OF_SUM: ("涉案金额", "sum of money involved"),
    Scale.OF_TURNOVER: ("上一年度营业额", "turnover of the year before"),
}
"""What a range counts from, Chinese and English."""


@dataclass(frozen=True, kw_only=True)
class Established:
    """What a case established about an act; amounts are fen.

    `sum_fen` is the money that an article counts from (obtained by fraud, cost of the
    advertisement). `head` says that the measures are on the unit's principal head.
    `severity` replaces the catalogue's default. `safety` says that the act harmed life, health
    or financial safety. `found_on` is the day on which the act became known to the organ, the
    day of the decision where it is None. `same_act` joins codes that are one act.
    """

    illegal_income_fen: int
    refund_due_fen: int = 0
    persons: int | None = None
    sum_fen: int | None = None
    turnover_fen: int | None = None
    refused_correction: bool = False
    serious: bool = False
    licensed: bool = False
    natural_person: bool = False
    head: bool = False
    corrected_promptly: bool = False
    harm: bool = False
    safety: bool = False
    severity: Severity | None = None
    found_on: date | None = None
    same_act: tuple[tuple[str, ...], ...] = ()


def yuan_text(fen: int) -> str:
    """An amount in yuan as an officer reads it: `50,000` or `1,234.56`."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"


def span(fine: Fine, established: Established) -> tuple[int, int] | None:
    """The least and most of a range in fen; None where its base was not established.

    A share that is no whole fen is rounded into the range.
    """
    if fine.scale is Scale.FIXED:
        least, most = fine.least, fine.most
    elif fine.scale is Scale.PER_PERSON:
        if not established.persons:
            return None
        least, most = fine.least * established.persons, fine.most * established.persons
    else:
        base = {
            Scale.OF_INCOME: established.illegal_income_fen,
            Scale.OF_SUM: established.sum_fen,
            Scale.OF_TURNOVER: established.turnover_fen,
        }[fine.scale]
        if not base:
            return None
        least, most = -(-fine.least * base // 100), fine.most * base // 100
    if fine.cap_fen is not None:
        most = min(most, fine.cap_fen)
    return min(least, most), most


def addressed(fine: Fine, established: Established, province: bool) -> bool:
    """Whether a range is meant for this party and this organ's level at all."""
    return (
        fine.head is established.head
        and fine.person in (None, established.natural_person)
        and fine.licensed in (None, established.licensed)
        and fine.sum_known in (None, bool(established.sum_fen))
        and (province or not fine.province)
    )


def met(fine: Fine, established: Established) -> bool:
    """Whether the facts that a range asks for were established."""
    return (
        fine.income in (None, established.illegal_income_fen > 0)
        and (established.refused_correction or not fine.refused)
        and fine.serious in (None, established.serious)
    )


def fines_of(
    rule: PenaltyRule, established: Established, *, province: bool = False
) -> tuple[Fine, ...]:
    """The ranges of an article that apply; those for serious cases displace the others."""
    applying = [
        one for one in rule.fines if addressed(one, established, province) and met(one, established)
    ]
    grave = [one for one in applying if one.serious]
    return tuple(grave or applying)


def range_of(
    rule: PenaltyRule, established: Established, *, province: bool = False
) -> tuple[int, int] | None:
    """The widest range in fen that an article gives; None where it allows no fine."""
    spans = [
        found
        for one in fines_of(rule, established, province=province)
        if (found := span(one, established)) is not None
    ]
    if not spans:
        return None
    return min(one[0] for one in spans), max(one[1] for one in spans)


def is_open(sanction: Sanction, established: Established) -> bool:
    """Whether a sanction may be imposed on what was established."""
    return (
        (established.refused_correction or not sanction.refused)
        and (established.serious or not sanction.serious)
        and (established.licensed or sanction.kind is not MeasureKind.REVOKE_PERMIT)
    )


def provincial(region: str | None) -> bool:
    """Whether a division is a province."""
    return region is not None and region.endswith("0000")


def milder(new: PenaltyRule, old: PenaltyRule, established: Established) -> bool:
    """Whether an article punishes what was established less than the one it replaced."""

    def weight(rule: PenaltyRule) -> tuple[int, int, int]:
        found = range_of(rule, established) or (0, 0)
        graver = sum(is_open(one, established) for one in rule.sanctions)
        return found[1], found[0], graver + rule.confiscates

    ours, theirs = weight(new), weight(old)
    return ours != theirs and all(a <= b for a, b in zip(ours, theirs, strict=True))
