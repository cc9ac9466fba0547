"""Inspections on pages: plans, draws, tasks, the record on the spot, results, publications."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from gateways.http.outsiders import readers_only
from gateways.http.problems import Said
from gateways.web.inspections import draws, plans, published, record_form, registers, results, tasks

READERS = readers_only(
    "inspections",
    Said(
        zh="本部门不参加联合检查，不查阅检查任务和名录库；公开的结果见结果公示",
        en="This department takes no part in inspections and does not read their tasks "
        "and registers; what is public stands in the published results",
    ),
)
"""Who reads these pages; signing in is each page's own."""

router = APIRouter(include_in_schema=False)
for part in (draws, published):
    router.include_router(part.router)
for part in (plans, record_form, tasks, results, registers):
    router.include_router(part.router, dependencies=[Depends(READERS)])
