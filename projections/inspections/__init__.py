"""What planning and inspecting organs see: 一单两库, plans, draws, inspections, results."""

from __future__ import annotations

from projections.inspections.population import inspector_population, population
from projections.inspections.queries import (
    department_of,
    draw,
    draws,
    full_inspections_due,
    inspections_in,
    inspectors,
    item_list,
    item_lists,
    list_entries,
    object_class,
    object_classes,
    objects,
    plan,
    plans,
    task,
    tasks,
    tasks_by_state,
)
from projections.inspections.results import (
    publications_done,
    publications_due,
    published_results,
    results_by_category,
    results_by_unit,
    tasks_by_unit,
)
from projections.inspections.tables import ENTITIES, METADATA
from projections.reader import reader_of

PROJECTION = reader_of("inspections", 3, METADATA, ENTITIES)

__all__ = [
    "METADATA",
    "PROJECTION",
    "department_of",
    "draw",
    "draws",
    "full_inspections_due",
    "inspections_in",
    "inspector_population",
    "inspectors",
    "item_list",
    "item_lists",
    "list_entries",
    "object_class",
    "object_classes",
    "objects",
    "plan",
    "plans",
    "population",
    "publications_done",
    "publications_due",
    "published_results",
    "results_by_category",
    "results_by_unit",
    "task",
    "tasks",
    "tasks_by_state",
    "tasks_by_unit",
]
