"""The reader of campaigns: what is owed, done and late in each unit, and the market's daily work."""

from __future__ import annotations

from projections.campaigns.queries import (
    annual_reports,
    boards,
    campaign,
    campaigns,
    chases,
    circulars,
    compared,
    evaluations,
    form,
    forms,
    problems,
    reports,
    self_checks,
    tasks,
    visits,
    work,
)
from projections.campaigns.tables import ENTITIES, METADATA
from projections.reader import reader_of

PROJECTION = reader_of("campaigns", 1, METADATA, ENTITIES)

__all__ = [
    "METADATA",
    "PROJECTION",
    "annual_reports",
    "boards",
    "campaign",
    "campaigns",
    "chases",
    "circulars",
    "compared",
    "evaluations",
    "form",
    "forms",
    "problems",
    "reports",
    "self_checks",
    "tasks",
    "visits",
    "work",
]
