"""The catalogue of violations (reference 5): data with source, severity and validity.

Codes are stable across campaigns; an amendment adds a row with its own validity and never
rewrites one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CATALOGUE_VERSION = "2024-11-01"


class Severity(StrEnum):
    """How grave a violation is (reference 5.1)."""

    MINOR = "MIN"
    GENERAL = "GEN"
    SERIOUS = "SER"
    MAJOR = "MAJ"


class Criminal(StrEnum):
    """Whether the referral question must be asked (reference 8.5)."""

    NO = "NO"
    RARELY = "RARELY"
    POSSIBLE = "POSSIBLE"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One row: what is violated, by which role, how gravely, who decides, on what basis."""

    code: str
    zh: str
    en: str
    subjects: tuple[str, ...]
    severity: Severity
    lead: str
    criminal: Criminal
    source: str
    consequence_zh: str
    consequence_en: str
    valid_from: date
    valid_to: date | None = None


VIOLATIONS: tuple[Violation, ...] = (
    Violation(
        code="V-LIC-07",
        zh="告知承诺事项不实、不符合许可条件",
        en="False commitment, conditions not met",
        subjects=("HR_AGENCY",),
        severity=Severity.SERIOUS,
        lead="HRSS_APPR",
        criminal=Criminal.POSSIBLE,
        source="辽宁省人力资源市场管理通知（2024-11-11）二；行政许可法第69、79条",
        consequence_zh="依法撤销许可；以欺骗手段取得的应当撤销",
        consequence_en="The licence is annulled; it must be where it was obtained by fraud",
        valid_from=date(2004, 7, 1),
    ),
)


def violation(code: str, on: date) -> Violation:
    """The row of a code that is valid on a day. KeyError where there is none."""
    for row in VIOLATIONS:
        if (
            row.code == code
            and row.valid_from <= on
            and (row.valid_to is None or on <= row.valid_to)
        ):
            return row
    raise KeyError(f"{code} on {on}")
