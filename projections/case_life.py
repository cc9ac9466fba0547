"""The life of a case and of a penalty, folded from their steps (reference 12.1, 7.2).

States as officers speak of them: FILED, INVESTIGATED, NOTIFIED, HEARING, DECIDED, SERVED,
PERFORMED, CLOSED, REOPENED; over each SUSPENDED or SUSPENDED_PENDING_CRIMINAL. Two terms run
at once: 60 working days to investigate a labour case (监察条例 17) and 90 calendar days to
decide (处罚法 60). The day of a suspension is used, the rest runs on from the resumption; a
reopened case has its terms anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain.calendar.working_days import CALENDAR
from domain.enforcement.facts import (
    CaseClosed,
    CaseFiled,
    CasePeriodChanged,
    CaseReopened,
    HandlingDecided,
    HearingHeld,
    HearingNotified,
    HearingRequested,
    InvestigationConcluded,
    LegalReviewDone,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    PerformanceDemanded,
)
from domain.facts import Recorded
from domain.review.facts import DecisionOverturned
from domain.review.overturning import UNDOES
from projections.steps import Step, Steps

INVESTIGATION_WORKING_DAYS = 60
"""Working days to finish the investigation of a labour case (劳动保障监察条例 17)."""

DECISION_CALENDAR_DAYS = 90
"""Calendar days from filing to the penalty decision (行政处罚法 60)."""

FILED, PERIOD, CONCLUDED = CaseFiled.TYPE, CasePeriodChanged.TYPE, InvestigationConcluded.TYPE
DECIDED, SERVED, PERFORMED = PenaltyDecided.TYPE, PenaltyServed.TYPE, PenaltyPerformed.TYPE
CLOSED, REOPENED = CaseClosed.TYPE, CaseReopened.TYPE
OVERTURNED = DecisionOverturned.TYPE

CASE_FIELDS: dict[str, tuple[str, ...]] = {
    FILED: (
        "parties",
        "codes",
        "filed_on",
        "leads",
        "complaints",
        "findings",
        "officers",
        "procedure",
        "labour",
        "act_from",
        "act_to",
    ),
    PERIOD: ("kind", "ground", "on", "working_days", "calendar_days", "about"),
    CONCLUDED: (
        "concluded_on",
        "illegal_income_fen",
        "refund_due_fen",
        "persons",
        "serious",
        "complex",
    ),
    PenaltyNoticeServed.TYPE: ("served_on", "hearing_right"),
    HearingRequested.TYPE: ("requested_on",),
    HearingNotified.TYPE: ("hearing_on",),
    HearingHeld.TYPE: ("held_on",),
    LegalReviewDone.TYPE: ("opinion",),
    DECIDED: ("decision_id", "fine_fen", "confiscated_fen", "decided_on"),
    HandlingDecided.TYPE: ("decision_id", "decided_on", "due"),
    SERVED: ("decision_id", "served_on"),
    PERFORMED: ("decision_id", "kind", "amount_fen", "on", "settled"),
    CLOSED: ("outcome", "closed_on", "reason"),
    REOPENED: ("reason",),
}
"""The facts that bear on one case, by its case id, and the fields its steps keep."""

STATE_FIELDS: dict[str, tuple[str, ...]] = {
    FILED: (),
    PERIOD: ("kind", "ground"),
    CONCLUDED: (),
    PenaltyNoticeServed.TYPE: (),
    HearingRequested.TYPE: (),
    DECIDED: (),
    SERVED: (),
    PERFORMED: ("settled",),
    CLOSED: (),
    REOPENED: (),
}
"""The facts that move a case from state to state, and the fields that say whither."""

PENALTY_FIELDS: dict[str, tuple[str, ...]] = {
    DECIDED: (
        "case_id",
        "decision_no",
        "measures",
        "fine_fen",
        "confiscated_fen",
        "codes",
        "decided_on",
        "publish",
    ),
    SERVED: ("served_on", "method"),
    PERFORMED: ("kind", "amount_fen", "on", "settled"),
    PerformanceDemanded.TYPE: ("on",),
    OVERTURNED: ("by", "result", "effect", "decided_on", "document_no", "changed_fine_fen"),
}
"""The facts that bear on one penalty decision, by its decision id."""

_STAGES: dict[str, str] = {
    FILED: "FILED",
    CONCLUDED: "INVESTIGATED",
    PenaltyNoticeServed.TYPE: "NOTIFIED",
    HearingRequested.TYPE: "HEARING",
    DECIDED: "DECIDED",
    SERVED: "SERVED",
    CLOSED: "CLOSED",
    REOPENED: "REOPENED",
}
"""The stage that a step leads to."""

_DIRECT: dict[str, tuple[tuple[str, str], ...]] = {
    CONCLUDED: tuple((name, name) for name in CASE_FIELDS[CONCLUDED]),
    PenaltyNoticeServed.TYPE: (("notified_on", "served_on"), ("hearing_right", "hearing_right")),
    HearingRequested.TYPE: (("hearing_requested_on", "requested_on"),),
    HearingNotified.TYPE: (("hearing_on", "hearing_on"),),
    HearingHeld.TYPE: (("hearing_held_on", "held_on"),),
    LegalReviewDone.TYPE: (("legal_review", "opinion"),),
    HandlingDecided.TYPE: (("handled_on", "decided_on"), ("handling_due", "due")),
    SERVED: (("served_on", "served_on"),),
    CLOSED: (("outcome", "outcome"), ("closed_on", "closed_on"), ("close_reason", "reason")),
}
"""(column, field) that each kind of step fills."""

Stand = tuple[str, str | None]
"""(stage of the procedure, ground of a suspension or None)."""

_COLUMNS = (
    "outcome",
    "closed_on",
    "close_reason",
    "ground",
    "suspended_on",
    "referral_id",
    "concluded_on",
    "illegal_income_fen",
    "refund_due_fen",
    "persons",
    "serious",
    "complex",
    "notified_on",
    "hearing_right",
    "hearing_requested_on",
    "hearing_on",
    "hearing_held_on",
    "legal_review",
    "handled_on",
    "handling_due",
    "decided_on",
    "served_on",
    "filed_on",
    "filed",
    "parties",
    "codes",
    "leads",
    "complaints",
    "findings",
    "officers",
    "procedure",
    "labour",
    "act_from",
    "act_to",
)


def case_of(fact: Recorded[Any]) -> str:
    """The case that a fact bears on."""
    return str(fact.fact.case_id)


def advance(stand: Stand | None, step: Step) -> Stand:
    """Where a case stands after one more step; a closing or a resumption ends a suspension."""
    stage, ground = stand or ("FILED", None)
    if step.type == PERIOD:
        if step.data["kind"] == "EXTENDED":
            return stage, ground
        return stage, step.data["ground"] if step.data["kind"] == "SUSPENDED" else None
    if step.type == PERFORMED:
        return "PERFORMED" if step.data["settled"] else stage, ground
    stage = _STAGES.get(step.type, stage)
    return stage, None if stage == "CLOSED" else ground


def state_name(stand: Stand) -> str:
    """The state as officers speak of it."""
    stage, ground = stand
    if ground is None:
        return stage
    return "SUSPENDED_PENDING_CRIMINAL" if ground == "PENDING_CRIMINAL" else "SUSPENDED"


class _Payments:
    """Payments as they come; one that two departments recorded is new once."""

    def __init__(self) -> None:
        self._single: dict[tuple[Any, ...], list[str]] = {}

    def new(self, step: Step) -> bool:
        """Whether no other department recorded this payment before."""
        data = step.data
        what = (data.get("decision_id"), data["kind"], data["amount_fen"], data["on"])
        departments = self._single.setdefault(what, [])
        other = next((one for one in departments if one != step.department), None)
        if other is None:
            departments.append(step.department)
            return True
        departments.remove(other)
        return False


def fold_case(steps: Steps) -> dict[str, Any]:
    """The case after these steps; `filed` is None where its filing is not known.

    `runs` are the intervals in which its terms ran, `from/to` with commas, an open one without
    its end; `due` is the unrolled last day to decide while they run.
    """
    case: dict[str, Any] = dict.fromkeys(_COLUMNS)
    case.update(
        owner=steps[0].department,
        subject=steps[0].subject,
        region=steps[0].region,
        matter=steps[0].matter,
        penalties=0,
        fine_fen=0,
        confiscated_fen=0,
        paid_fen=0,
        wd_total=None,
        cd_total=DECISION_CALENDAR_DAYS,
    )
    stand: Stand | None = None
    runs: list[list[str]] = []
    decisions: list[str] = []
    payments = _Payments()
    for step in steps:
        data = step.data
        stand = advance(stand, step)
        case.update({column: data[name] for column, name in _DIRECT.get(step.type, ())})
        if step.type == FILED:
            case.update(
                {
                    name: ",".join(value) if isinstance(value, list) else value
                    for name, value in data.items()
                },
                owner=step.department,
                subject=step.subject,
                region=step.region,
                matter=step.matter,
                filed=step.stamp,
                wd_total=INVESTIGATION_WORKING_DAYS if data["labour"] else None,
            )
            runs.append([data["filed_on"], ""])
        elif step.type == PERIOD:
            _period(case, runs, data)
        elif step.type == DECIDED:
            decisions.append(data["decision_id"])
            case["decided_on"] = data["decided_on"]
            case["penalties"] += 1
            case["fine_fen"] += data["fine_fen"]
            case["confiscated_fen"] += data["confiscated_fen"]
            _stop(runs, data["decided_on"])
        elif step.type == PERFORMED:
            if data["kind"] != "SURCHARGE" and payments.new(step):
                case["paid_fen"] += data["amount_fen"]
        elif step.type == REOPENED:
            case.update(outcome=None, closed_on=None, close_reason=None)
            runs[:] = [[step.effective, ""]]
        elif step.type == CLOSED:
            case["suspended_on"] = None
            _stop(runs, data["closed_on"])
    stage, ground = stand or ("FILED", None)
    case.update(
        stage=stage,
        ground=ground,
        state=state_name((stage, ground)),
        open=stage != "CLOSED",
        decisions=",".join(decisions),
        runs=",".join("/".join(run) for run in runs),
        moved=steps[-1].stamp,
        due=_unrolled_due(runs, case["cd_total"]),
    )
    return case


def _period(case: dict[str, Any], runs: list[list[str]], data: Mapping[str, Any]) -> None:
    if data["kind"] == "EXTENDED":
        case["cd_total"] += data["calendar_days"] or 0
        if case["wd_total"] is not None:
            case["wd_total"] += data["working_days"] or 0
    elif data["kind"] == "SUSPENDED":
        case.update(suspended_on=data["on"], referral_id=data["about"])
        _stop(runs, data["on"])
    else:
        case["suspended_on"] = None
        if not runs or runs[-1][1]:
            runs.append([data["on"], ""])


def _stop(runs: list[list[str]], day: str) -> None:
    if runs and not runs[-1][1]:
        runs[-1][1] = day


def _unrolled_due(runs: list[list[str]], total: int) -> str | None:
    if not runs or runs[-1][1]:
        return None
    used = sum(
        (date.fromisoformat(end) - date.fromisoformat(begin)).days for begin, end in runs[:-1]
    )
    return (date.fromisoformat(runs[-1][0]) + timedelta(days=total - used)).isoformat()


def terms_of(row: Mapping[Any, Any], on: date) -> dict[str, int | None]:
    """{cd_used, cd_left, wd_used, wd_left} of a case on a day; wd_* None without a labour term.

    A negative rest says by how many days the term is over.
    """
    calendar_days = working_days = 0
    for run in filter(None, (row["runs"] or "").split(",")):
        begin, _, end = run.partition("/")
        first = date.fromisoformat(begin)
        last = date.fromisoformat(end) if end else on
        if last > first:
            calendar_days += (last - first).days
            working_days += CALENDAR.working_days_between(first, last)
    labour = row["wd_total"] is not None
    return {
        "cd_used": calendar_days,
        "cd_left": row["cd_total"] - calendar_days,
        "wd_used": working_days if labour else None,
        "wd_left": row["wd_total"] - working_days if labour else None,
    }


def fold_penalty(steps: Steps) -> dict[str, Any]:
    """The penalty after these steps: DECIDED, SERVED, PERFORMED, CHANGED or OVERTURNED.

    FOUND_UNLAWFUL and UPHELD leave it standing; CHANGED puts the new fine in its place.
    """
    penalty: dict[str, Any] = dict.fromkeys(
        (
            "case_id",
            "decision_no",
            "measures",
            "fine_fen",
            "confiscated_fen",
            "codes",
            "decided_on",
            "decided",
            "publish",
            "event_id",
            "served_on",
            "method",
            "demanded_on",
            "overturned_by",
            "result",
            "effect",
            "overturned_on",
            "overturned",
            "document_no",
        )
    )
    penalty.update(
        owner=steps[0].department,
        subject=steps[0].subject,
        region=steps[0].region,
        matter=steps[0].matter,
        paid_fen=0,
        state="DECIDED",
    )
    payments = _Payments()
    for step in steps:
        data = step.data
        if step.type == DECIDED:
            penalty.update(
                data,
                measures=",".join(one["kind"] for one in data["measures"]),
                codes=",".join(data["codes"]),
                owner=step.department,
                subject=step.subject,
                region=step.region,
                matter=step.matter,
                decided=step.stamp,
                event_id=step.event,
            )
        elif step.type == SERVED:
            penalty.update(data, state="SERVED")
        elif step.type == PERFORMED:
            if data["kind"] != "SURCHARGE" and payments.new(step):
                penalty["paid_fen"] += data["amount_fen"]
            if data["settled"] and penalty["state"] != "OVERTURNED":
                penalty["state"] = "PERFORMED"
        elif step.type == PerformanceDemanded.TYPE:
            penalty["demanded_on"] = data["on"]
        else:
            _overturned(penalty, data, step.stamp)
    return penalty


def _overturned(penalty: dict[str, Any], data: Mapping[str, Any], stamp: int) -> None:
    penalty.update(
        overturned_by=data["by"],
        result=data["result"],
        effect=data["effect"],
        overturned_on=data["decided_on"],
        overturned=stamp,
        document_no=data["document_no"],
    )
    if data["result"] in UNDOES:
        penalty["state"] = "OVERTURNED"
    elif data["result"] == "CHANGED":
        penalty["state"] = "CHANGED"
        if data["changed_fine_fen"] is not None:
            penalty["fine_fen"] = data["changed_fine_fen"]
