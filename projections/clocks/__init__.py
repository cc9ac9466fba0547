"""Every clock that a department's facts start and stop: what runs, what ran out, what is owed.

Two tables make one reader: `clock_keys` keeps, for each key and code, the set of marks that
facts left; `clock_terms` is their fold, one row a clock. `clock_breaches` keeps declared
breaches, which may be known before the clock itself. `clock_declared` alone is no function
of facts: it remembers which run-out clocks this department has already acted on, so that a
refused declaration is not tried for ever.
"""

from __future__ import annotations

from projections.clocks.queries import (
    Breach,
    ClockRow,
    Task,
    breaches,
    clocks,
    consequence,
    elapsed,
    mark_declared,
    next_due,
    of_events,
    of_matter,
    of_subject,
    open_tasks,
    running,
)
from projections.clocks.recompute import recompute, verify
from projections.clocks.terms import METADATA, PROJECTION

__all__ = [
    "METADATA",
    "PROJECTION",
    "Breach",
    "ClockRow",
    "Task",
    "breaches",
    "clocks",
    "consequence",
    "elapsed",
    "mark_declared",
    "next_due",
    "of_events",
    "of_matter",
    "of_subject",
    "open_tasks",
    "recompute",
    "running",
    "verify",
]
