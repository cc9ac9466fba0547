"""Campaigns on pages: what is owed and done by whom, the statistics form, the agency's own page."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request

from domain.departments import NODES
from gateways.http.outsiders import must_hold_office
from gateways.http.problems import Said, forbidden
from gateways.web.campaigns import agency, campaign, form


def readers_only(request: Request) -> None:
    """Keeps a signed-in post out whose department reads no campaigns; signing in is the page's."""
    identity = request.app.state.sessions.identity(request)
    if identity is None:
        return
    must_hold_office(identity)
    if "campaigns" not in NODES[identity.department].projections:
        raise forbidden(
            Said(
                zh="本部门不参加专项行动，不查阅其任务和报送情况",
                en="This department takes no part in campaigns and does not read their tasks and "
                "reports",
            )
        )


router = APIRouter(include_in_schema=False)
for part in (form, campaign):
    router.include_router(part.router, dependencies=[Depends(readers_only)])
router.include_router(agency.router)
