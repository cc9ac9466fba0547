"""The general law of penalties: two versions, chosen by the act's and the decision's day.

1. The law of the day of the act applies, unless the new one is milder when it is decided
   (行政处罚法 37). What the revision of 2021-07-15 made stricter (five years, the higher of
   several fines) holds for acts from that day; what it made milder (refunds first, no penalty
   for a first small offence) for decisions from that day.
2. The procedure follows the day of the procedural act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.statutes import SINCE_PENALTY_LAW


@dataclass(frozen=True, kw_only=True)
class PenaltyLaw:
    """One version of the law on administrative penalties.

    `general_years` and `safety_years` are the terms within which an act must be discovered;
    `higher_fine` says that of several fines for one act the higher is imposed,
    `refunds_first` that what is owed to victims is not confiscated.
    """

    zh: str
    higher_fine: bool
    refunds_first: bool
    general_confiscation: str | None
    general_years: int = 2
    safety_years: int = 2
    valid_from: date
    valid_to: date | None = None


LAW_1996 = PenaltyLaw(
    zh="行政处罚法（2017年修正）",
    higher_fine=False,
    refunds_first=False,
    general_confiscation=None,
    valid_from=SINCE_PENALTY_LAW,
    valid_to=date(2021, 7, 14),
)
LAW_2021 = PenaltyLaw(
    zh="行政处罚法（2021年修订）",
    higher_fine=True,
    refunds_first=True,
    general_confiscation="行政处罚法第28条",
    safety_years=5,
    valid_from=date(2021, 7, 15),
)
PENALTY_LAWS = (LAW_1996, LAW_2021)
"""The versions of the law, oldest first."""


def penalty_law(on: date) -> PenaltyLaw:
    """The version in force on a day. KeyError before the first."""
    for law in reversed(PENALTY_LAWS):
        if law.valid_from <= on:
            return law
    raise KeyError(f"penalty law on {on}")
