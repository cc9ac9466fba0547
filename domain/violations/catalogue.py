"""The catalogue of violations (reference 5): data with source, severity and validity.

Codes are stable across campaigns; an amendment adds a row with its own validity and never
rewrites one. The rows stand in modules by group; this one finds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.violations.duties import DUTIES
from domain.violations.employment import EMPLOYMENT
from domain.violations.information import INFORMATION
from domain.violations.intermediaries import CONDUCT
from domain.violations.labour_abroad import COOPERATION
from domain.violations.market_access import MARKET_ACCESS
from domain.violations.overseas import CONTRACTING
from domain.violations.refusals import CodeNotInCatalogue
from domain.violations.unqualified import UNQUALIFIED
from domain.violations.words import (
    Criminal,
    Fine,
    PenaltyRule,
    Sanction,
    Scale,
    Severity,
    Violation,
)

__all__ = [
    "CATALOGUE_VERSION",
    "CODES",
    "VIOLATIONS",
    "Criminal",
    "Fine",
    "PenaltyRule",
    "Sanction",
    "Scale",
    "Severity",
    "Violation",
    "check_codes",
    "known",
    "violation",
]

CATALOGUE_VERSION = "2026-01-01"

VIOLATIONS: tuple[Violation, ...] = (
    *MARKET_ACCESS,
    *CONDUCT,
    *INFORMATION,
    *DUTIES,
    *EMPLOYMENT,
    *CONTRACTING,
    *COOPERATION,
    *UNQUALIFIED,
)
"""Every row, in the order of the reference."""

CODES = tuple(dict.fromkeys(one.code for one in VIOLATIONS))
"""Every code once."""


def violation(code: str, on: date) -> Violation:
    """The row of a code that is valid on a day. KeyError where there is none."""
    for row in VIOLATIONS:
        if row.code == code and row.in_force(on):
            return row
    raise KeyError(f"{code} on {on}")


def known(code: str, on: date) -> Violation:
    """The row of a code that is valid on a day, or CodeNotInCatalogue."""
    try:
        return violation(code, on)
    except KeyError:
        raise CodeNotInCatalogue(code=code, on=on) from None


def check_codes(codes: Iterable[str], on: date) -> None:
    """Refuses a code that the catalogue does not hold on a day: CodeNotInCatalogue."""
    for code in codes:
        known(code, on)
