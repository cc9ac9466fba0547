"""Casework on pages: leads, complaints, cases, referrals, the online register, risks, catalogue."""

from __future__ import annotations

from fastapi import APIRouter

from gateways.web.casework import inspection, leads, online, payments, referrals, risks, violations

router = APIRouter(include_in_schema=False)
for part in (leads, inspection, payments, referrals, online, risks, violations):
    router.include_router(part.router)
