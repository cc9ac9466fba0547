"""Which articles apply to an act: the law of which day, found in time, by which organ.

1. The articles of the day of the act apply, or those of the decision where they are milder
   (行政处罚法 37).
2. An act is punished only if it was found within its limitation (36; 监察条例 20).
3. An article is applied by the organs it names, else by those that the catalogue lets decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.enforcement.facts import MeasureKind
from domain.violations.catalogue import known
from domain.violations.penalty_law import penalty_law
from domain.violations.ranges import Established, is_open, milder, provincial, range_of
from domain.violations.words import PenaltyRule, Violation

HANDED_DOWN = ("TWN",)
"""Organs to which a province may hand the power to punish (行政处罚法 24)."""


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """One measure that an article allows on what was established; a fine with its range in fen."""

    kind: MeasureKind
    article: str
    least_fen: int | None = None
    most_fen: int | None = None
    shall: bool = False
    organs: tuple[str, ...] = ()
    unread: bool = False


def law_of(
    code: str, act_day: date, decided_on: date, established: Established | None = None
) -> date:
    """The day whose articles apply: the act's, or the decision's where those are milder.

    An article that was replaced by one not yet in the catalogue stays the measure. Without
    `established` articles are compared on an income and a sum of one yuan and one person.
    CodeNotInCatalogue where the act was not unlawful. Source: 行政处罚法 37.
    """
    row = known(code, act_day)
    facts = established or Established(illegal_income_fen=100, sum_fen=100, persons=1)
    successors = [
        (one, old)
        for old in row.rules(act_day)
        if not old.in_force(decided_on)
        for one in row.rules(decided_on)
        if one.follows == old.article
    ]
    if successors and all(milder(new, old, facts) for new, old in successors):
        return decided_on
    return act_day


def allowed(
    code: str,
    on: date,
    established: Established,
    *,
    organ: str | None = None,
    region: str | None = None,
) -> tuple[Allowed, ...]:
    """Every measure that the articles of a day allow, narrowed to one organ's where it is named."""
    row = known(code, on)
    found: list[Allowed] = []
    for rule in row.rules(on):
        if not applies(organ, rule, row):
            continue
        words = {"article": rule.article, "organs": rule.organs, "unread": rule.unread}
        limits = range_of(rule, established, province=provincial(region))
        if limits is not None:
            found.append(
                Allowed(
                    kind=MeasureKind.FINE,
                    article=rule.article,
                    least_fen=limits[0],
                    most_fen=limits[1],
                    organs=rule.organs,
                    unread=rule.unread,
                )
            )
        left = confiscable(established, refunds_first=True)
        if rule.confiscates and left > 0:
            found.append(
                Allowed(
                    kind=MeasureKind.CONFISCATE_INCOME,
                    article=rule.article,
                    least_fen=1,
                    most_fen=left,
                    organs=rule.organs,
                    unread=rule.unread,
                )
            )
        found += [
            Allowed(kind=one.kind, shall=one.shall, **words)  # type: ignore[arg-type]
            for one in rule.sanctions
            if is_open(one, established)
        ]
    return tuple(found)


def confiscable(established: Established, *, refunds_first: bool) -> int:
    """The illegal income that is left to confiscate, in fen."""
    refund = established.refund_due_fen if refunds_first else 0
    return max(0, established.illegal_income_fen - refund)


def limitation(row: Violation, act_day: date, established: Established) -> int:
    """Months within which the act must be found: labour 24, public order 6, safety 60, else 24.

    The five years of the revised law hold for acts that ended on or after its first day.
    """
    if row.group == "PSO":
        return 6
    law = penalty_law(act_day)
    if established.safety and not row.lead.startswith("HRSS"):
        return 12 * law.safety_years
    return 12 * law.general_years


def applies(organ: str | None, rule: PenaltyRule, row: Violation) -> bool:
    """Whether an organ may apply an article; any may where none is named."""
    return organ is None or organ in (rule.organs or (*row.deciders, *HANDED_DOWN))
