"""The tables of objects, plans, draws, inspections, item lists, inspectors, list entries."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, Table, Text

from domain.inspection.facts import (
    InspectorChanged,
    InspectorEntered,
    ItemListPublished,
    ListEntryChanged,
)
from projections.inspection_life import (
    DRAW_FIELDS,
    PLAN_FIELDS,
    TASK_FIELDS,
    draw_of,
    fold_draw,
    fold_plan,
    fold_task,
    plan_of,
    task_of,
)
from projections.inspections.objects import OBJECT_FIELDS, fold_object, object_of
from projections.steps import Entity, Steps, steps_columns

METADATA = MetaData()

ENTERED = InspectorEntered.TYPE


def _texts(*names: str) -> list[Column[Any]]:
    return [Column(name, Text) for name in names]


def _numbers(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger) for name in names]


def _flags(*names: str) -> list[Column[Any]]:
    return [Column(name, Boolean) for name in names]


OBJECTS = Table(
    "inspections_objects",
    METADATA,
    Column("subject", Text, primary_key=True),
    *_texts("name", "kind", "scope", "address", "region", "matter", "registered_on", "ended"),
    *_texts("licences", "level", "list_state", "inspected_on", "category"),
    *_texts("classes", "full_on", "full_due", "cycled_until"),
    *_flags("place", "phrased", "filed"),
    *_numbers("inspections", "moved"),
    *steps_columns(),
    Index("inspections_objects_region", "region", "phrased"),
    Index("inspections_objects_phrased", "phrased"),
    Index("inspections_objects_cycle", "full_due", "subject", "region", "cycled_until"),
)

PLANS = Table(
    "inspections_plans",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    *_texts("owner", "region", "matter", "state", "title", "item_list", "items", "predicate"),
    *_texts("mode", "tags", "only_tags", "rate", "grade_scheme", "window_from", "window_to"),
    *_texts("audit_reason", "plan_hash", "draws", "origin"),
    *_numbers("region_digits", "size", "drafted", "audited", "approved", "drawn", "moved"),
    *steps_columns(),
    Index("inspections_plans_region", "region", "state", "drafted"),
)

DRAWS = Table(
    "inspections_draws",
    METADATA,
    Column("draw_id", Text, primary_key=True),
    *_texts("plan_id", "owner", "region", "matter", "state", "kind", "departments", "plan"),
    *_texts("plan_hash", "population_sha256", "population_hash", "tasks", "commit_by"),
    *_texts("reveal_by", "parties", "withheld", "waiting", "algorithm", "seed"),
    *_texts("record_sha256", "void_reason", "at_fault", "origin", "title", "drawn_on"),
    *_flags("extra"),
    *_numbers("population_length", "count", "size", "drawn", "record_length"),
    *_numbers("opened", "executed", "voided_at", "moved"),
    *steps_columns(),
    Index("inspections_draws_region", "region", "state", "opened"),
    Index("inspections_draws_plan", "plan_id"),
)

TASKS = Table(
    "inspections_tasks",
    METADATA,
    Column("task_id", Text, primary_key=True),
    *_texts("owner", "subject", "region", "matter", "kind", "state", "sent_region", "draw_id"),
    *_texts("plan_id", "items", "window_from", "window_to", "claimed", "team_draw", "team"),
    *_texts("organs", "certificates", "recused", "reason", "about", "category", "item_results"),
    *_texts("inspected_on", "entered_at", "findings", "record_sha256", "published_category"),
    *_texts("channel", "published_on", "verified_on", "order_id", "order_due", "order_outcome"),
    *_texts("matched_on", "corrected_on", "dealt_on", "publish_due"),
    *_flags("open", "without_notice", "signed_by_subject", "reachable", "late", "outdated"),
    *_numbers("witnesses", "corrections", "sent", "claimed_at", "dispatched", "matched"),
    *_numbers("recorded", "published", "moved"),
    *steps_columns(),
    Index("inspections_tasks_region", "region", "state", "window_to"),
    Index("inspections_tasks_subject", "subject"),
    Index("inspections_tasks_plan", "plan_id"),
    Index("inspections_tasks_draw", "draw_id"),
)

ITEM_LISTS = Table(
    "inspections_item_lists",
    METADATA,
    Column("version_id", Text, primary_key=True),
    *_texts("list_id", "owner", "region", "items"),
    *_numbers("list_version", "published"),
    *steps_columns(),
    Index("inspections_item_lists_region", "region", "list_version"),
)

INSPECTORS = Table(
    "inspections_inspectors",
    METADATA,
    Column("inspector_id", Text, primary_key=True),
    *_texts("owner", "organ", "region", "certificate", "certificate_until", "specialities"),
    *_texts("person", "away", "relations"),
    *_flags("left"),
    *_numbers("entered", "moved"),
    *steps_columns(),
    Index("inspections_inspectors_region", "region", "organ"),
)

ENTRIES = Table(
    "inspections_entries",
    METADATA,
    Column("entry_key", Text, primary_key=True),
    *_texts("entry_id", "subject", "region", "matter", "list", "state", "basis", "document_no"),
    *_texts("entered_on", "removed_on"),
    *_numbers("moved"),
    *steps_columns(),
    Index("inspections_entries_region", "region", "state"),
    Index("inspections_entries_subject", "subject"),
)


def _item_list(steps: Steps) -> dict[str, Any]:
    step = steps[-1]
    data = step.data
    return {
        "list_id": data["list_id"],
        "list_version": data["list_version"],
        "owner": step.department,
        "region": data["region"],
        "items": json.dumps(data["items"], ensure_ascii=False, sort_keys=True),
        "published": step.stamp,
    }


def fold_inspector(steps: Steps) -> dict[str, Any]:
    """The inspector after these steps; `away` and `relations` are JSON, an entry renews the rest."""
    found: dict[str, Any] = dict.fromkeys(
        ("organ", "certificate", "certificate_until", "specialities", "person", "entered")
    )
    found.update(owner=steps[0].department, region=steps[0].region, left=False)
    found["moved"] = steps[-1].stamp
    away: list[list[str | None]] = []
    relations: dict[str, str] = {}
    for step in steps:
        data = step.data
        if step.type == ENTERED:
            person = data["person"]
            found.update(data, specialities=",".join(data["specialities"]), entered=step.stamp)
            found.update(owner=step.department, person=person["person"] if person else None)
            found["left"] = False
            continue
        if data["left"]:
            found["left"] = True
        if data["away_from"] or data["away_to"]:
            away.append([data["away_from"], data["away_to"]])
        if data["relation_to"]:
            relations[data["relation_to"]] = data["ground"]
    found["away"] = json.dumps(away)
    found["relations"] = json.dumps(relations, sort_keys=True)
    return found


def _entry(steps: Steps) -> dict[str, Any]:
    found: dict[str, Any] = {"entered_on": None, "removed_on": None, "moved": steps[-1].stamp}
    for step in steps:
        data = step.data
        found.update(subject=step.subject, region=step.region, matter=step.matter)
        found.update(list=data["list"], state=data["action"], document_no=data["document_no"])
        found.update(basis=data["basis"], entry_id=data["entry_id"])
        if data["action"] == "ENTERED":
            found.update(entered_on=data["on"], removed_on=None)
        else:
            found["removed_on"] = data["on"]
    return found


ENTITIES = (
    Entity(OBJECTS, object_of, OBJECT_FIELDS, fold_object),
    Entity(PLANS, plan_of, PLAN_FIELDS, fold_plan),
    Entity(DRAWS, draw_of, DRAW_FIELDS, fold_draw),
    Entity(TASKS, task_of, TASK_FIELDS, fold_task),
    Entity(
        ITEM_LISTS,
        lambda f: f"{f.fact.list_id}/{f.fact.list_version}",
        {ItemListPublished.TYPE: ("list_id", "list_version", "region", "items")},
        _item_list,
    ),
    Entity(
        INSPECTORS,
        lambda f: str(f.fact.inspector_id),
        {
            ENTERED: (
                "organ",
                "region",
                "certificate",
                "certificate_until",
                "specialities",
                "person",
            ),
            InspectorChanged.TYPE: ("away_from", "away_to", "left", "relation_to", "ground"),
        },
        fold_inspector,
    ),
    Entity(
        ENTRIES,
        lambda f: f"{f.fact.list.value}/{f.fact.subject_id}",
        {ListEntryChanged.TYPE: ("entry_id", "list", "action", "basis", "document_no", "on")},
        _entry,
    ),
)
"""Every table of this reader and the facts that bear on it."""
