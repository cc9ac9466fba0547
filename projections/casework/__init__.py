"""What an organ that files cases sees: cases, penalties, referrals, publications, listings."""

from __future__ import annotations

from projections.casework.queries import (
    case,
    cases,
    cases_by_state,
    penalties,
    publications,
    referral,
    referrals,
    supervised,
)
from projections.casework.tables import ENTITIES, METADATA
from projections.reader import reader_of

PROJECTION = reader_of("casework", 1, METADATA, ENTITIES)

__all__ = [
    "METADATA",
    "PROJECTION",
    "case",
    "cases",
    "cases_by_state",
    "penalties",
    "publications",
    "referral",
    "referrals",
    "supervised",
]
