"""Inspections on pages: plans, draws, tasks, the record on the spot, results, publications."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from domain.departments import NODES
from gateways.http.outsiders import must_hold_office
from gateways.http.problems import Said, forbidden
from gateways.web.inspections import draws, plans, published, record_form, registers, results, tasks


def inspecting_only(request: Request) -> None:
    """Keeps a signed-in post out that is of no inspecting department; signing in is the page's."""
    identity = request.app.state.sessions.identity(request)
    if identity is None:
        return
    must_hold_office(identity)
    if "inspections" not in NODES[identity.department].projections:
        raise forbidden(
            Said(
                zh="本部门不参加联合检查，不查阅检查任务和名录库；公开的结果见结果公示",
                en="This department takes no part in inspections and does not read their tasks "
                "and registers; what is public stands in the published results",
            )
        )


router = APIRouter(include_in_schema=False)
for part in (draws, published):
    router.include_router(part.router)
for part in (plans, record_form, tasks, results, registers):
    router.include_router(part.router, dependencies=[Depends(inspecting_only)])
