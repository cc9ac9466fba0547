"""Every projection by name: one import that completes the register."""

from __future__ import annotations

from projections import (
    audit,
    clocks,
    development_reform,
    foreign_affairs,
    human_resources,
    leadership,
    market_supervision,
    public_security,
)
from projections.reader import PROJECTIONS

__all__ = [
    "PROJECTIONS",
    "audit",
    "clocks",
    "development_reform",
    "foreign_affairs",
    "human_resources",
    "leadership",
    "market_supervision",
    "public_security",
]
