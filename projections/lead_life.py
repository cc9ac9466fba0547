"""The life of a lead, folded from the halves of its sender and its receiver (reference 7.3).

TRANSFERRED, RECEIPTED or RETURNED, ASSESSED, COORDINATED, DISPOSED or CLOSED_NO_ACTION. Who
reported is in none of the steps.
"""

from __future__ import annotations

from typing import Any

from domain.enforcement.facts import CaseClosed, CaseFiled
from domain.facts import Recorded
from domain.lead.facts import (
    BackgroundChecked,
    LeadAssessed,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    LeadTransferred,
)
from projections.steps import Keys, Step, Steps

TRANSFERRED, RECEIPTED = LeadTransferred.TYPE, LeadReceipted.TYPE
ASSESSED, DISPOSED = LeadAssessed.TYPE, LeadDisposed.TYPE
CHECKED, FILED, CLOSED = BackgroundChecked.TYPE, CaseFiled.TYPE, CaseClosed.TYPE

_SENT = (
    "kind",
    "stage",
    "source",
    "round",
    "designated",
    "from_organ",
    "from_region",
    "to_organ",
    "to_region",
    "subject_name",
    "codes",
    "summary",
    "persons",
    "amount_fen",
    "passports_held",
    "major",
    "about",
    "report_back",
    "due",
)

_COLUMNS = (
    *_SENT,
    "state",
    "first_organ",
    "first_region",
    "sent",
    "moved",
    "receipted",
    "returned_to",
    "return_reason",
    "checked",
    "background",
    "assessed",
    "assessment",
    "assessed_codes",
    "crime_suspected",
    "assigned_to",
    "grounds",
    "disposed",
    "outcome",
    "basis",
    "remark",
)

LEAD_FIELDS: dict[str, tuple[str, ...]] = {
    TRANSFERRED: _SENT,
    RECEIPTED: ("round", "outcome", "organ", "returned_to", "reason"),
    CHECKED: ("result",),
    ASSESSED: ("codes", "crime_suspected", "assessment", "assigned_to", "grounds"),
    FILED: ("case_id",),
    CLOSED: ("case_id", "outcome"),
    DISPOSED: ("outcome", "basis", "remark"),
}
"""The facts that bear on one lead and the fields its steps keep; never who reported."""

STATE_FIELDS: dict[str, tuple[str, ...]] = {
    TRANSFERRED: ("kind", "stage"),
    RECEIPTED: ("outcome",),
    ASSESSED: ("assessment",),
    DISPOSED: ("outcome",),
}
"""The facts that move a lead from state to state, and the fields that say whither."""

ENDED = frozenset({"DISPOSED", "CLOSED_NO_ACTION"})
"""States in which nobody owes anything about a lead."""


def lead_of(fact: Recorded[Any]) -> Keys:
    """The lead that a fact bears on; a case bears on each lead that it names."""
    if fact.type in (FILED, CLOSED):
        return tuple(fact.fact.leads) or None
    return str(fact.fact.lead_id)


def advance(state: str | None, step: Step) -> str | None:
    """The state of a lead after one more step: each sending begins a round."""
    data = step.data
    if step.type == TRANSFERRED:
        onward = state in ("RECEIPTED", "ASSESSED") and data["stage"] == "COORDINATE"
        return "COORDINATED" if onward else "TRANSFERRED"
    if step.type == RECEIPTED:
        return "RETURNED" if data["outcome"] == "RETURNED" else "RECEIPTED"
    if step.type == ASSESSED:
        return "CLOSED_NO_ACTION" if data["assessment"] == "NO_ACTION" else "ASSESSED"
    if step.type == DISPOSED:
        return "CLOSED_NO_ACTION" if data["outcome"] == "NO_ACTION" else "DISPOSED"
    return state


def fold_lead(steps: Steps) -> dict[str, Any]:
    """The lead after these steps; `kind` is None where the sender's half is not known."""
    lead: dict[str, Any] = dict.fromkeys(_COLUMNS)
    lead.update(subject=steps[0].subject, region=steps[0].region, matter=steps[0].matter, returns=0)
    cases: dict[str, None] = {}
    for step in steps:
        data = step.data
        lead["state"] = advance(lead["state"], step)
        if step.type == TRANSFERRED:
            _sent(lead, data)
            lead.update(subject=step.subject, region=step.region, matter=step.matter)
            lead["sent"] = lead["sent"] or step.stamp
        elif step.type == RECEIPTED:
            lead["receipted"] = step.stamp
            if data["outcome"] == "RETURNED":
                lead.update(
                    returned_to=data["returned_to"],
                    return_reason=data["reason"],
                    returns=lead["returns"] + 1,
                )
        elif step.type == CHECKED:
            lead.update(checked=step.stamp, background=data["result"])
        elif step.type == ASSESSED:
            lead.update(
                assessed=step.stamp,
                assessment=data["assessment"],
                assessed_codes=",".join(data["codes"]),
                crime_suspected=data["crime_suspected"],
                assigned_to=",".join(data["assigned_to"]),
                grounds=data["grounds"],
            )
        elif step.type == DISPOSED:
            lead.update(data, disposed=step.stamp)
        else:
            cases[data["case_id"]] = None
        if step.type != CHECKED:
            lead["moved"] = step.stamp
    lead["cases"] = ",".join(cases)
    lead["open"] = lead["state"] not in ENDED and lead["kind"] != LeadKind.OUTCOME_NOTICE
    return lead


def _sent(lead: dict[str, Any], data: dict[str, Any]) -> None:
    """A lead goes out, for the first time, again after a return, or on to who coordinates."""
    lead.update(data, codes=",".join(data["codes"]))
    lead["first_organ"] = lead["first_organ"] or data["from_organ"]
    lead["first_region"] = lead["first_region"] or data["from_region"]
    lead.update(receipted=None, returned_to=None, return_reason=None)
