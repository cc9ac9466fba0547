"""The life of a plan, a draw and an inspection, folded from their steps (reference 6).

Shared by the readers that show inspections. A published result that was corrected reads as
corrected, and says which category is still before the public until it is published again.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from domain.calendar.working_days import CALENDAR
from domain.correction import CorrectionOrdered, CorrectionVerified
from domain.draw.facts import (
    DepositChecked,
    DrawCommitted,
    DrawEntered,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawVoided,
    InspectionPlanApproved,
    PlanAudited,
    PlanDrafted,
)
from domain.facts import Recorded
from domain.inspection.facts import (
    AddressVerified,
    InspectionOpened,
    InspectionResultPublished,
    InspectionResultRecorded,
    InspectionTaskClaimed,
    InspectorRecused,
    OutsideDrawEntered,
    ProblemDealtWith,
    TaskDispatched,
    TaskSent,
    TeamMatched,
)
from domain.policy import policy_for
from projections.steps import Step, Steps

DRAFTED, AUDITED, APPROVED = PlanDrafted.TYPE, PlanAudited.TYPE, InspectionPlanApproved.TYPE
OPENED, COMMITTED, CHECKED = DrawOpened.TYPE, DrawCommitted.TYPE, DepositChecked.TYPE
ENTERED = DrawEntered.TYPE
FROM_OUTSIDE = OutsideDrawEntered.TYPE
REVEALED, VOIDED, EXECUTED = DrawRevealed.TYPE, DrawVoided.TYPE, DrawExecuted.TYPE
SENT, CLAIMED, DISPATCHED = TaskSent.TYPE, InspectionTaskClaimed.TYPE, TaskDispatched.TYPE
MATCHED, RECUSED, ORDERED_INSPECTION = (
    TeamMatched.TYPE,
    InspectorRecused.TYPE,
    InspectionOpened.TYPE,
)
RESULT, PUBLISHED = InspectionResultRecorded.TYPE, InspectionResultPublished.TYPE
VERIFIED_ADDRESS = AddressVerified.TYPE
DEALT_WITH = ProblemDealtWith.TYPE
ORDERED, CORRECTED_OR_NOT = CorrectionOrdered.TYPE, CorrectionVerified.TYPE

TASK_PREFIX = "TSK-"
"""How the id of an inspection begins: an order to correct says by it that it is about one."""

PUBLICATION_DAYS = "result_publication_working_days"
"""The setting of a region: working days in which a result is published (R10)."""

CLEAN = frozenset({"NO_PROBLEM", "BUSINESS_NOT_FOUND"})
"""Results without a problem: published at once; the others when they are dealt with."""

PLAN_FIELDS: dict[str, tuple[str, ...]] = {
    DRAFTED: (
        "title",
        "region",
        "item_list",
        "items",
        "predicate",
        "mode",
        "region_digits",
        "tags",
        "only_tags",
        "size",
        "rate",
        "grade_scheme",
        "window_from",
        "window_to",
    ),
    AUDITED: ("outcome", "reason", "draft"),
    APPROVED: ("plan_hash",),
    ENTERED: ("draw_id", "kind"),
    EXECUTED: ("draw_id", "kind", "drawn"),
    FROM_OUTSIDE: ("draw_id", "title", "region", "items", "drawn", "window_from", "window_to"),
}
"""The facts that bear on one plan, by its id."""

DRAW_FIELDS: dict[str, tuple[str, ...]] = {
    OPENED: (
        "plan_id",
        "kind",
        "region",
        "departments",
        "extra",
        "plan",
        "plan_hash",
        "population",
        "population_hash",
        "count",
        "size",
        "tasks",
        "commit_by",
        "reveal_by",
    ),
    COMMITTED: ("department", "commitment", "escrow_key"),
    CHECKED: ("department", "good", "reveal_by"),
    REVEALED: ("department", "secret", "source"),
    VOIDED: ("plan_id", "reason", "at_fault"),
    EXECUTED: ("plan_id", "kind", "region", "algorithm", "seed", "drawn", "record"),
    FROM_OUTSIDE: ("plan_id", "title", "region", "population", "drawn", "drawn_on"),
}
"""The facts that bear on one draw, by its id."""

TASK_FIELDS: dict[str, tuple[str, ...]] = {
    SENT: ("draw_id", "plan_id", "to_region", "items", "window_from", "window_to"),
    CLAIMED: ("organ",),
    DISPATCHED: ("to_region",),
    MATCHED: ("draw_id", "team"),
    RECUSED: ("inspector_id", "ground"),
    ORDERED_INSPECTION: (
        "kind",
        "region",
        "items",
        "reason",
        "about",
        "without_notice",
        "team",
        "window_to",
    ),
    RESULT: (
        "kind",
        "region",
        "category",
        "items",
        "inspected_on",
        "entered_at",
        "team",
        "findings",
        "signed_by_subject",
        "witnesses",
        "record",
    ),
    PUBLISHED: ("category", "channel", "published_on", "corrects"),
    VERIFIED_ADDRESS: ("reachable", "verified_on"),
    DEALT_WITH: ("dealt_on",),
    ORDERED: ("order_id", "due"),
    CORRECTED_OR_NOT: ("order_id", "outcome"),
}
"""The facts that bear on one inspection, by its task id."""


def plan_of(fact: Recorded[Any]) -> str:
    """The plan on which a fact bears."""
    return str(fact.fact.plan_id)


def draw_of(fact: Recorded[Any]) -> str:
    """The draw on which a fact bears."""
    return str(fact.fact.draw_id)


def task_of(fact: Recorded[Any]) -> str | None:
    """The inspection on which a fact bears; None for an order about something else."""
    if fact.type in (ORDERED, CORRECTED_OR_NOT):
        about = str(fact.fact.about)
        return about if about.startswith(TASK_PREFIX) else None
    return str(fact.fact.task_id)


def fold_plan(steps: Steps) -> dict[str, Any]:
    """The plan after these steps: DRAFTED, REFUSED, PASSED, APPROVED, DRAWN; lists by commas.

    An audit counts for the draft that it names; a new draft is to be audited again. A plan of the
    provincial platform is DRAWN with its draw, its `origin` OUTSIDE.
    """
    plan: dict[str, Any] = dict.fromkeys(PLAN_FIELDS[DRAFTED])
    plan.update(
        owner=steps[0].department,
        region=steps[0].region,
        matter=steps[0].matter,
        state=None,
        audited=None,
        audit_reason=None,
        plan_hash=None,
        origin="OWN",
        drafted=None,
        approved=None,
        drawn=None,
        draws=None,
        moved=steps[-1].stamp,
    )
    draws: list[str] = []
    draft = None
    for step in steps:
        data = step.data
        if step.type == DRAFTED:
            draft = step.event
            plan.update(audited=None, audit_reason=None)
            plan.update(data)
            for name in ("items", "tags", "only_tags"):
                plan[name] = ",".join(data[name])
            plan.update(owner=step.department, matter=step.matter, drafted=step.stamp)
            plan.update(state="DRAFTED", origin="OWN")
        elif step.type == AUDITED:
            if data["draft"] not in (None, draft):
                continue
            plan.update(audited=step.stamp, audit_reason=data["reason"], state=data["outcome"])
        elif step.type == APPROVED:
            plan.update(data, approved=step.stamp, state="APPROVED")
        elif step.type == FROM_OUTSIDE:
            if plan["drafted"] is None:
                plan.update({name: data[name] for name in _OF_OUTSIDE}, origin="OUTSIDE")
                plan.update(items=",".join(data["items"]), tags="", only_tags="")
                plan.update(drafted=step.stamp, owner=step.department, matter=step.matter)
            if data["draw_id"] not in draws:
                draws.append(data["draw_id"])
                plan.update(drawn=(plan["drawn"] or 0) + data["drawn"], state="DRAWN")
        else:
            if data["draw_id"] not in draws:
                draws.append(data["draw_id"])
            if step.type == EXECUTED and data["kind"] == "OBJECTS":
                plan.update(drawn=(plan["drawn"] or 0) + data["drawn"], state="DRAWN")
    plan["draws"] = ",".join(draws)
    return plan


_OF_OUTSIDE = ("title", "region", "window_from", "window_to")


def fold_draw(steps: Steps) -> dict[str, Any]:
    """The draw after these steps: OPENED, COMMITTED, CHECKED, REVEALED, EXECUTED or VOIDED.

    A draw that the provincial platform made is DRAWN_OUTSIDE, with what it told of it.

    `parties` is JSON: for each department its commitment, deposit and secret, with the stamps;
    `withheld` names those whose secret the escrow opened, `waiting` those on whom it waits now.
    """
    draw: dict[str, Any] = dict.fromkeys(
        (
            *(name for name in DRAW_FIELDS[OPENED] if name != "population"),
            "population_sha256",
            "population_length",
            "algorithm",
            "seed",
            "drawn",
            "record_sha256",
            "record_length",
            "void_reason",
            "at_fault",
            "opened",
            "executed",
            "voided_at",
            "title",
            "drawn_on",
        )
    )
    draw.update(
        origin="OWN",
        owner=steps[0].department,
        region=steps[0].region,
        matter=steps[0].matter,
        departments="",
        tasks="",
        moved=steps[-1].stamp,
    )
    parties: dict[str, dict[str, Any]] = {}
    for step in steps:
        data = step.data
        if step.type == OPENED:
            draw.update({name: data[name] for name in data if name != "population"})
            draw.update(_file("population", data["population"]))
            draw.update(departments=",".join(data["departments"]), tasks=",".join(data["tasks"]))
            draw.update(owner=step.department, matter=step.matter, opened=step.stamp)
            for name in data["departments"]:
                _party(parties, name)
        elif step.type == FROM_OUTSIDE:
            draw.update({name: data[name] for name in data if name != "population"})
            draw.update(origin="OUTSIDE", kind="OBJECTS", extra=False, opened=step.stamp)
            draw.update(count=data["population"], size=data["drawn"])
            draw.update(owner=step.department, matter=step.matter)
        elif step.type == VOIDED:
            draw.update(plan_id=data["plan_id"], void_reason=data["reason"])
            draw.update(at_fault=data["at_fault"], voided_at=step.stamp)
        elif step.type == EXECUTED:
            draw.update({name: value for name, value in data.items() if name != "record"})
            draw.update(_file("record", data["record"]), executed=step.stamp)
        else:
            party = _party(parties, data["department"])
            party.update({name: data[name] for name in data if name in _PARTY})
            draw["reveal_by"] = data.get("reveal_by") or draw["reveal_by"]
            party[_PARTY_STAMPS[step.type]] = step.stamp
    told = [parties[name] for name in sorted(parties)]
    draw["parties"] = json.dumps(told, ensure_ascii=False, sort_keys=True)
    draw["withheld"] = ",".join(p["department"] for p in told if p["source"] == "ESCROW")
    draw["state"], missing = _draw_state(draw, told)
    draw["waiting"] = ",".join(missing)
    return draw


_PARTY_STAMPS = {COMMITTED: "committed", CHECKED: "checked", REVEALED: "revealed"}
_PARTY = (
    "commitment",
    "escrow_key",
    "good",
    "secret",
    "source",
    "committed",
    "checked",
    "revealed",
)


def _party(parties: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    return parties.setdefault(name, {"department": name, **dict.fromkeys(_PARTY)})


def _file(name: str, reference: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}_sha256": reference["sha256"], f"{name}_length": reference["length"]}


def _draw_state(
    draw: dict[str, Any], parties: list[dict[str, Any]]
) -> tuple[str | None, list[str]]:
    if draw["origin"] == "OUTSIDE":
        return "DRAWN_OUTSIDE", []
    if draw["executed"] is not None:
        return "EXECUTED", []
    if draw["voided_at"] is not None:
        return "VOIDED", []
    if draw["opened"] is None:
        return None, []
    state = "OPENED"
    for done, then in (
        ("committed", "COMMITTED"),
        ("checked", "CHECKED"),
        ("revealed", "REVEALED"),
    ):
        missing = [
            one["department"]
            for one in parties
            if one[done] is None or (done == "checked" and not one["good"])
        ]
        if missing:
            return state, missing
        state = then
    return state, []


def fold_task(steps: Steps) -> dict[str, Any]:
    """The inspection after these steps.

    SENT, CLAIMED, DISPATCHED, MATCHED, RECUSED (a place in the team is empty), OPENED (outside
    a draw), INSPECTED, PUBLISHED. `region` is the unit that has it now. `dealt_on` is the day
    from which the result is to be published, None while its problem is not dealt with.
    """
    task: dict[str, Any] = dict.fromkeys(_TASK_COLUMNS)
    task.update(
        owner=steps[0].department,
        subject=steps[0].subject,
        region=steps[0].region,
        matter=steps[0].matter,
        kind="DOUBLE_RANDOM",
        without_notice=False,
        corrections=0,
        moved=steps[-1].stamp,
    )
    claimed: list[str] = []
    recused: list[str] = []
    team: list[dict[str, Any]] = []
    for step in steps:
        data = step.data
        if step.type == SENT:
            task.update({name: data[name] for name in data if name not in ("to_region", "items")})
            task.update(items=",".join(data["items"]), region=data["to_region"])
            task.update(owner=step.department, subject=step.subject, matter=step.matter)
            task.update(sent=step.stamp, sent_region=data["to_region"], state="SENT")
        elif step.type == CLAIMED:
            if data["organ"] not in claimed:
                claimed.append(data["organ"])
            task["claimed_at"] = task["claimed_at"] or step.stamp
            task["state"] = "CLAIMED" if task["state"] == "SENT" else task["state"]
        elif step.type == DISPATCHED:
            task.update(region=data["to_region"], dispatched=step.stamp, state="DISPATCHED")
        elif step.type == MATCHED:
            team = data["team"]
            task.update(team_draw=data["draw_id"], matched=step.stamp, state="MATCHED")
            task["matched_on"] = step.effective
        elif step.type == RECUSED:
            recused.append(f"{data['inspector_id']}:{data['ground']}")
            team = [one for one in team if one["inspector_id"] != data["inspector_id"]]
            task["state"] = "RECUSED" if task["category"] is None else task["state"]
        elif step.type == ORDERED_INSPECTION:
            team = data["team"]
            task.update({name: data[name] for name in data if name not in ("team", "items")})
            task.update(items=",".join(data["items"]), owner=step.department, sent=step.stamp)
            task.update(subject=step.subject, matter=step.matter, sent_region=data["region"])
            task["state"] = "OPENED"
        else:
            team = _after(task, step, team)
    task.update(claimed=",".join(sorted(claimed)), recused=",".join(recused))
    task["team"] = ",".join(one["inspector_id"] for one in team)
    task["organs"] = ",".join(dict.fromkeys(one["organ"] for one in team))
    task["certificates"] = ",".join(one["certificate"] for one in team)
    task["open"] = task["state"] not in (None, "INSPECTED", "PUBLISHED")
    task["late"] = None
    if task["inspected_on"] and task["window_to"]:
        task["late"] = task["inspected_on"] > task["window_to"]
    task["dealt_on"] = dealt_on(task)
    task["publish_due"] = publication_due(task["kind"], task["region"], task["dealt_on"])
    task["outdated"] = bool(
        task["published_category"] and task["published_category"] != task["category"]
    )
    return task


_TASK_COLUMNS = (
    "owner",
    "subject",
    "region",
    "matter",
    "kind",
    "state",
    "sent",
    "sent_region",
    "draw_id",
    "plan_id",
    "items",
    "window_from",
    "window_to",
    "claimed_at",
    "dispatched",
    "matched",
    "matched_on",
    "team_draw",
    "reason",
    "about",
    "without_notice",
    "category",
    "item_results",
    "inspected_on",
    "entered_at",
    "findings",
    "signed_by_subject",
    "witnesses",
    "record_sha256",
    "recorded",
    "published_category",
    "channel",
    "published_on",
    "published",
    "corrections",
    "reachable",
    "verified_on",
    "order_id",
    "order_due",
    "order_outcome",
    "corrected_on",
    "dealt_on",
    "moved",
)


def _after(task: dict[str, Any], step: Step, team: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Takes a result and what follows it into the inspection; gives the team that made it."""
    data = step.data
    if step.type == RESULT:
        if task["sent"] is None:
            task.update(kind=data["kind"], region=data["region"], subject=step.subject)
        names = ("category", "inspected_on", "entered_at", "signed_by_subject", "witnesses")
        task.update({name: data[name] for name in names})
        task["item_results"] = json.dumps(data["items"], ensure_ascii=False, sort_keys=True)
        task["findings"] = ",".join(data["findings"])
        task["record_sha256"] = data["record"]["sha256"] if data["record"] else None
        task.update(recorded=step.stamp, state="INSPECTED")
        return list(data["team"])
    if step.type == PUBLISHED:
        task.update(published_category=data["category"], channel=data["channel"])
        task.update(published_on=data["published_on"], published=step.stamp, state="PUBLISHED")
        task["corrections"] += data["corrects"] is not None
    elif step.type == VERIFIED_ADDRESS:
        task.update(data)
    elif step.type == DEALT_WITH:
        task["dealt_on"] = data["dealt_on"]
    elif step.type == ORDERED:
        task.update(order_id=data["order_id"], order_due=data["due"], order_outcome=None)
    else:
        task.update(order_outcome=data["outcome"], order_id=data["order_id"])
        task["corrected_on"] = step.effective if data["outcome"] == "CORRECTED" else None
    return team


def dealt_on(task: dict[str, Any]) -> str | None:
    """The day from which a result is to be published: clean ones at once, problems as noted."""
    category: str | None = task["category"]
    if category is None:
        return None
    if category in CLEAN:
        return str(task["inspected_on"])
    noted: str | None = task["dealt_on"]
    return noted


def publication_due(kind: str, region: str, since: str | None) -> str | None:
    """The last day to publish a double-random result; None for other kinds and before its time."""
    if since is None or kind != "DOUBLE_RANDOM":
        return None
    day = date.fromisoformat(since)
    return CALENDAR.add_working_days(day, policy_for(region, day)[PUBLICATION_DAYS]).isoformat()
