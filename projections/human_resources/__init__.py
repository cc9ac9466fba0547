"""What 人社 sees: licences on three axes of time, pushes, orders to correct, the directory."""

from __future__ import annotations

from projections.human_resources.queries import (
    applications,
    breaches,
    certificate,
    corrections,
    credit_pushes,
    directory,
    filings,
    findings,
    licence_history,
    licence_of,
    licences,
    licensed,
    publications,
    pushes,
    subject,
    warnings,
)
from projections.human_resources.tables import ENTITIES, METADATA
from projections.reader import reader_of

PROJECTION = reader_of("human_resources", 3, METADATA, ENTITIES)

__all__ = [
    "METADATA",
    "PROJECTION",
    "applications",
    "breaches",
    "certificate",
    "corrections",
    "credit_pushes",
    "directory",
    "filings",
    "findings",
    "licence_history",
    "licence_of",
    "licences",
    "licensed",
    "publications",
    "pushes",
    "subject",
    "warnings",
]
