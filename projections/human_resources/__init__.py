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
from projections.human_resources.tables import METADATA, READS, apply_facts
from projections.reader import Reader, register

PROJECTION = Reader("human_resources", 1, METADATA, READS, apply_facts)
register(PROJECTION)

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
