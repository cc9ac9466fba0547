"""Campaigns on pages: what is owed and done by whom, the statistics form, the agency's own page."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from gateways.http.outsiders import readers_only
from gateways.http.problems import Said
from gateways.web.campaigns import agency, campaign, form

READERS = readers_only(
    "campaigns",
    Said(
        zh="本部门不参加专项行动，不查阅其任务和报送情况",
        en="This department takes no part in campaigns and does not read their tasks and reports",
    ),
)
"""Who reads these pages; signing in is each page's own."""

router = APIRouter(include_in_schema=False)
for part in (form, campaign):
    router.include_router(part.router, dependencies=[Depends(READERS)])
router.include_router(agency.router)
