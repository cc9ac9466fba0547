"""A market entity as 市场监管 registers it, folded from its steps.

Shared by the readers that show a subject's name. The registered name is the latest one;
the supervising region is the fact's, never read from the code.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Text

from domain.organisation import SubjectRegistered, SubjectRegistrationChanged
from projections.steps import Steps

REGISTERED = SubjectRegistered.TYPE
CHANGED = SubjectRegistrationChanged.TYPE
ENDINGS = frozenset({"CANCELLED", "BUSINESS_LICENCE_REVOKED"})

SUBJECT_FIELDS: dict[str, tuple[str, ...]] = {
    REGISTERED: ("name", "kind", "scope", "region", "registered_on"),
    CHANGED: ("change", "after"),
}
"""The facts that bear on one subject, by its USCC, and the fields its steps keep."""


def subject_columns() -> list[Column[Any]]:
    """The columns of a subject: its code and what `fold_subject` fills; a reader adds its own."""
    return [
        Column("uscc", Text, primary_key=True),
        Column("name", Text),
        Column("kind", Text),
        Column("scope", Text),
        Column("region", Text),
        Column("matter", Text),
        Column("registered_on", Text),
        Column("ended", Text),
    ]


def fold_subject(steps: Steps) -> dict[str, Any]:
    """The subject after these steps; `ended` is CANCELLED or BUSINESS_LICENCE_REVOKED."""
    subject: dict[str, Any] = {
        "name": None,
        "kind": None,
        "scope": None,
        "region": steps[0].region,
        "matter": steps[0].matter,
        "registered_on": None,
        "ended": None,
    }
    for step in steps:
        data = step.data
        if step.type == REGISTERED:
            subject.update(data, matter=step.matter)
        elif step.type != CHANGED:
            continue
        elif data["change"] == "NAME":
            subject["name"] = data["after"]
        elif data["change"] == "SCOPE":
            subject["scope"] = data["after"]
        elif data["change"] in ENDINGS:
            subject["ended"] = data["change"]
    return subject
