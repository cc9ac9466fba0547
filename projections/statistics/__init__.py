"""The reader of the statistics form: what each organisation held and did, counted as of any moment."""

from __future__ import annotations

from projections.reader import reader_of
from projections.statistics.queries import (
    Form,
    Named,
    annex,
    by_unit,
    named,
    opened,
    prepared,
    table,
    told,
    window,
    yet_to_declare,
)
from projections.statistics.tables import ENTITIES, METADATA

PROJECTION = reader_of("statistics", 1, METADATA, ENTITIES)

__all__ = [
    "METADATA",
    "PROJECTION",
    "Form",
    "Named",
    "annex",
    "by_unit",
    "named",
    "opened",
    "prepared",
    "table",
    "told",
    "window",
    "yet_to_declare",
]
