"""What the department has for the layouts of the market's administration, as it stands by corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.facts import Fact, Recorded
from domain.market.facts import (
    AnnualReportDisclosed,
    AnnualReportSubmitted,
    AssociationActivityRecorded,
    EmployerGuidanceGiven,
    SelfCheckDeclared,
)
from domain.review.standing import CORRECTED, standing
from gateways.contracts.envelope import fact_of
from projections import received

Rows = Iterator[dict[str, Any]]


def _facts(conn: Connection, region: str, *kinds: type[Fact]) -> tuple[Recorded[Any], ...]:
    types = (*(one.TYPE for one in kinds), CORRECTED)
    found = standing(received.of_region(conn, region, fact_of, types=types))
    return tuple(one for one in found if one.type != CORRECTED)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _annual(conn: Connection, region: str, _: date) -> Rows:
    facts = _facts(conn, region, AnnualReportSubmitted, AnnualReportDisclosed)
    later = {
        one.fact.report_id: one.fact.disclosed_on
        for one in facts
        if isinstance(one.fact, AnnualReportDisclosed)
    }
    for one in facts:
        fact = one.fact
        if isinstance(fact, AnnualReportSubmitted):
            yield {
                "organisation": fact.uscc,
                "year": fact.year,
                "submitted_on": _day(fact.submitted_on),
                "disclosed_on": _day(later.get(fact.report_id, fact.disclosed_on)),
                "staff": fact.staff,
                "dispatched": fact.dispatched,
            }


def _self_checks(conn: Connection, region: str, _: date) -> Rows:
    latest = {
        (one.fact.campaign_id, one.fact.uscc): one.fact
        for one in _facts(conn, region, SelfCheckDeclared)
    }
    for fact in latest.values():
        yield {
            "campaign": fact.campaign_id,
            "organisation": fact.uscc,
            "declared_on": _day(fact.declared_on),
            "rebate_present": fact.rebate_present,
            "answers": [{"question": one.question, "found": one.found} for one in fact.answers],
            "replaces": fact.replaces,
        }


def _guidance(conn: Connection, region: str, _: date) -> Rows:
    for one in _facts(conn, region, EmployerGuidanceGiven):
        yield {
            "employer_name": one.fact.employer_name,
            "employer": one.fact.employer,
            "on": _day(one.fact.on),
            "about": one.fact.about,
            "campaign": one.fact.campaign_id,
            "region": one.region,
        }


def _activities(conn: Connection, region: str, _: date) -> Rows:
    for one in _facts(conn, region, AssociationActivityRecorded):
        yield {
            "association": one.fact.association,
            "kind": one.fact.kind.value,
            "on": _day(one.fact.on),
            "title": one.fact.title,
            "attendances": one.fact.attendances,
            "campaign": one.fact.campaign_id,
            "region": one.region,
        }


Read = Callable[[Connection, str, date], Rows]
ANNUAL: Read = _annual
SELF_CHECKS: Read = _self_checks
GUIDANCE: Read = _guidance
ACTIVITIES: Read = _activities
