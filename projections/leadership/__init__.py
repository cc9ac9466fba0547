"""What the leading group sees: figures that open to their members and hold for any past date."""

from __future__ import annotations

from projections.leadership.figures import FIGURES
from projections.leadership.queries import (
    Figure,
    Member,
    UnknownFigure,
    by_region,
    data_stamp,
    figure,
    figures,
    members,
    trend,
)
from projections.leadership.tables import METADATA, READS, apply_facts
from projections.leadership.words import THEMES, Definition, Theme
from projections.reader import Reader, register

PROJECTION = Reader("leadership", 4, METADATA, READS, apply_facts)
register(PROJECTION)

__all__ = [
    "FIGURES",
    "METADATA",
    "PROJECTION",
    "THEMES",
    "Definition",
    "Figure",
    "Member",
    "Theme",
    "UnknownFigure",
    "by_region",
    "data_stamp",
    "figure",
    "figures",
    "members",
    "trend",
]
