"""The life of a push, folded from both departments' halves (reference 4.3).

Shared by the readers that show pushes. The halves come on two topics in any order: each
milestone is its own column, and the state is read from which of them have come.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Text

from domain.facts import Recorded
from domain.push.push_claim import UNRESOLVED
from domain.push.scope_push import (
    BusinessScopePushed,
    LicensingGuidanceIssued,
    PushClaimed,
    PushDisposed,
)
from domain.risk.facts import RiskWarningRaised
from projections.steps import Steps, steps_columns

PUSHED = BusinessScopePushed.TYPE
CLAIMED = PushClaimed.TYPE
GUIDED = LicensingGuidanceIssued.TYPE
DISPOSED = PushDisposed.TYPE
WARNED = RiskWarningRaised.TYPE


def push_of(fact: Recorded[Any]) -> str | None:
    """The push that a fact bears on; a warning about something else bears on none."""
    if fact.type != WARNED:
        return str(fact.fact.push_id)
    return str(fact.fact.about) if fact.fact.rule == UNRESOLVED else None


PUSH_FIELDS: dict[str, tuple[str, ...]] = {
    PUSHED: (
        "name",
        "scope",
        "phrases",
        "excluded",
        "classes",
        "needs",
        "to_region",
        "in_draw_population",
    ),
    CLAIMED: ("needs",),
    GUIDED: ("needs", "where", "reply_due"),
    DISPOSED: ("outcome", "basis", "reason"),
}
"""The facts that bear on one push, by its push id, and the fields its steps keep."""


def push_columns() -> list[Column[Any]]:
    """The columns of a push: its id, what `fold_push` fills (codes with commas), and its steps."""
    return [
        Column("push_id", Text, primary_key=True),
        Column("uscc", Text),
        Column("name", Text),
        Column("region", Text),
        Column("matter", Text),
        Column("scope", Text),
        Column("phrases", Text),
        Column("excluded", Text),
        Column("classes", Text),
        Column("needs", Text),
        Column("in_draw_population", Boolean),
        Column("pushed", BigInteger),
        Column("claimed", BigInteger),
        Column("guided", BigInteger),
        Column("disposed", BigInteger),
        Column("outcome", Text),
        Column("basis", Text),
        Column("reason", Text),
        Column("state", Text, nullable=False),
        *steps_columns(),
    ]


def fold_push(steps: Steps) -> dict[str, Any]:
    """The push after these steps: PUSHED, CLAIMED, GUIDED or DISPOSED with its outcome."""
    push: dict[str, Any] = {
        "uscc": steps[0].subject,
        "name": None,
        "region": steps[0].region,
        "matter": steps[0].matter,
        "scope": None,
        "phrases": None,
        "excluded": None,
        "classes": None,
        "needs": None,
        "in_draw_population": False,
        "pushed": None,
        "claimed": None,
        "guided": None,
        "disposed": None,
        "outcome": None,
        "basis": None,
        "reason": None,
        "state": "PUSHED",
    }
    for step in steps:
        data = step.data
        if step.type == PUSHED:
            push.update(
                name=data["name"],
                scope=data["scope"],
                region=data["to_region"],
                matter=step.matter,
                in_draw_population=data["in_draw_population"],
                pushed=step.stamp,
            )
            for codes in ("phrases", "excluded", "classes", "needs"):
                push[codes] = ",".join(data[codes])
        elif step.type == CLAIMED:
            push["claimed"] = push["claimed"] or step.stamp
        elif step.type == GUIDED:
            push["guided"] = push["guided"] or step.stamp
        elif step.type == DISPOSED and push["disposed"] is None:
            push.update(
                disposed=step.stamp,
                outcome=data["outcome"],
                basis=data["basis"],
                reason=data["reason"],
            )
    for state in ("claimed", "guided", "disposed"):
        if push[state] is not None:
            push["state"] = state.upper()
    return push
