"""Every projection by name: one import that completes the register."""

from __future__ import annotations

from projections import (
    audit,
    campaigns,
    casework,
    clocks,
    cyberspace,
    development_reform,
    documents,
    foreign_affairs,
    human_resources,
    inspections,
    labour_inspection,
    leadership,
    leads,
    market_supervision,
    oversight,
    public_security,
    statistics,
)
from projections.reader import PROJECTIONS

__all__ = [
    "PROJECTIONS",
    "audit",
    "campaigns",
    "casework",
    "clocks",
    "cyberspace",
    "development_reform",
    "documents",
    "foreign_affairs",
    "human_resources",
    "inspections",
    "labour_inspection",
    "leadership",
    "leads",
    "market_supervision",
    "oversight",
    "public_security",
    "statistics",
]
