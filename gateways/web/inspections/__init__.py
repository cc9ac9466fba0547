"""Inspections on pages: plans, draws, tasks, the record on the spot, results, publications."""

from __future__ import annotations

from fastapi import APIRouter

from gateways.web.inspections import draws, plans, record_form, results, tasks

router = APIRouter(include_in_schema=False)
for part in (plans, draws, record_form, tasks, results):
    router.include_router(part.router)
