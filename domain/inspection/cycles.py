"""How often an agency is inspected in full: by its credit grade (reference 6.4; S4 for the direction).

1. Inspected in full by turns is who holds a licence of 人社 or has filed a service. A firm with
   the scope alone has no cycle: it is drawn.
2. A full inspection looks at the whole agency on the spot: the daily supervision that covers
   everybody by instalments (reference 6.1), a drawn inspection, one under key supervision. What
   looks at one matter only is none: targeted, covert, a patrol, the check of a commitment, a
   superior's spot check, a review at a desk. Nor is one that did not come about, because nobody
   was to be found or the agency let nobody in.
3. The cycle runs from the last full inspection; before the first, from the day on which the
   licence or the filing began.
4. Its months are those of the grade that stands on the due day, by the settings of the
   territory on the day from which it runs. A grade that comes later counts from its first day:
   nothing was due before it. When a grade runs out the object is not rated; what is overdue
   by then is due on the next day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from domain.calendar.deadlines import add_months
from domain.draw.classes import SCHEMES, Said, newest
from domain.inspection.facts import Category, InspectionKind
from domain.policy import SETTINGS_SINCE, policy_for

FULL_KINDS = frozenset(
    {
        InspectionKind.DAILY.value,
        InspectionKind.DOUBLE_RANDOM.value,
        InspectionKind.KEY.value,
    }
)
"""Kinds that look at the whole agency."""

NOT_MADE = frozenset({Category.UNREACHABLE.value, Category.UNCOOPERATIVE.value})
"""Results of an inspection that did not come about."""

CYCLED_LICENCES = ("LIC_HRS", "LIC_DISPATCH")


def is_full(kind: str, category: str) -> bool:
    """Whether an inspection of a kind with such a result was a full one."""
    return kind in FULL_KINDS and category not in NOT_MADE


def months_of(grade: str, policy: Mapping[str, Any]) -> int:
    """The months of the cycle of a grade, of the unrated for any other."""
    unrated = policy["full_inspection_months_unrated"]
    return int(policy.get(f"full_inspection_months_{grade}", unrated))


def full_due(since: date, said: Iterable[Said], region: str) -> date:
    """The day by which the next full inspection is due, of a cycle that runs since a day."""
    policy = policy_for(region, max(since, SETTINGS_SINCE))
    unrated = add_months(since, months_of("unrated", policy))
    last = [
        one
        for one in newest(said, date.max)
        if one.scheme in SCHEMES and SCHEMES[one.scheme].cycles
    ]
    for one in last:
        if one.grade is None:
            continue
        due = max(add_months(since, months_of(one.grade, policy)), one.since)
        if one.until is None or due <= one.until:
            return due
        return max(unrated, one.until + timedelta(days=1))
    return unrated
