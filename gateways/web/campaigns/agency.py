"""本机构: what a regulated firm sees of itself: its deadlines, self-checks, reports, what is public.

Nothing of others, and nothing of the office's work: who inspects it and what is being looked
into stands on no page of a firm. Its post is `AGENCY:<credit code>@<region>`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.clocks.words import Debtor
from domain.facts import instant
from domain.market.self_checks import FORM, QUESTIONS
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.campaigns import words
from gateways.web.casework.acts import acts
from gateways.web.casework.lists import term_left
from gateways.web.inbox import names_of
from gateways.web.inspections.words import CATEGORY
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import campaigns, clocks, human_resources, inspections

router = APIRouter(include_in_schema=False)
OPEN = ("RUNNING", "PAUSED", "MISSED")
YEARS = 3


@router.get("/own")
def own(request: Request, identity: Signed) -> Response:
    """The firm's own page. Refused to every other post."""
    uscc = firm_of(identity)
    now = request.app.state.platform.clock.now()
    today = instant(now).date()
    with department_of(request, identity).reading() as conn:
        terms = [
            plain(one) | {"term": term_left(one, now)}
            for one in clocks.of_subject(conn, uscc, now=now)
            if one.debtor == Debtor.PARTY.value and one.state in OPEN and one.stopped_at is None
        ]
        checks = list(campaigns.self_checks(conn, uscc=uscc))
        running = _running(conn, identity, {one["campaign_id"]: one for one in checks})
        licences = plain(human_resources.licences(conn, uscc=uscc, on=today))
        years = _years(conn, uscc, licences, today)
        told = {
            "name": names_of(conn, [uscc]).get(uscc),
            "licences": licences,
            "filings": plain(human_resources.filings(conn, uscc=uscc)),
            "boards": [
                one
                for one in campaigns.boards(conn, on=today.isoformat(), subject=uscc)
                if one["shown_on"]
            ],
            "titles": list(campaigns.work(conn, kind="MODEL", subject=uscc)),
            "listed": plain(inspections.list_entries(conn, uscc=uscc)),
            "results": [
                plain(one)
                for one in inspections.tasks(conn, uscc=uscc, limit=500)
                if one["published_on"]
            ],
        }
    for one in running:
        one["acts"] = acts(
            request, identity, ("DeclareSelfCheck",),
            campaign=one["campaign_id"], organisation=uscc, form=FORM,
            replaces=one["check"]["check_id"] if one["check"] else "",
        )  # fmt: skip
    for year in years:
        wanted = {"MISSING": "SubmitAnnualReport", "SUBMITTED": "DiscloseAnnualReport"}
        names = [wanted[year["state"]]] if year["state"] in wanted else []
        year["acts"] = acts(request, identity, names, organisation=uscc, year=year["year"])
    return page(
        request,
        "agency.html",
        identity=identity,
        uscc=uscc,
        terms=terms,
        running=running,
        checks=checks,
        questions=QUESTIONS,
        years=years,
        words=words,
        categories=CATEGORY,
        now=now,
        **told,
    )


def firm_of(identity: Identity) -> str:
    """The credit code of the firm whose post this is. Refuses a post of no firm."""
    office, _, _ = identity.post.id.partition("@")
    organ, _, uscc = office.partition(":")
    if identity.post.organ != "AGENCY" or organ != "AGENCY" or not uscc:
        raise problems.forbidden(
            problems.Said(
                zh="本页只对机构自己的账号开放；监管岗位请从案件和专项行动查看该机构",
                en="This page is open to a firm's own account; offices see the firm in cases and "
                "campaigns",
            )
        )
    return uscc


def _running(
    conn: Connection, identity: Identity, declared: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The campaigns of the firm's territory, with its own self-check in each."""
    return [
        {
            "campaign_id": one["campaign_id"],
            "title": one["title"],
            "document_no": one["document_no"],
            "effective_from": one["effective_from"],
            "ends_on": one["ends_on"],
            "phases": one["phases"],
            "check": declared.get(one["campaign_id"]),
        }
        for one in campaigns.campaigns(conn, region=identity.post.region, state="OPEN")
    ]


def _years(
    conn: Connection, uscc: str, licences: list[dict[str, Any]], today: date
) -> list[dict[str, Any]]:
    """The annual reports of the last years, those that are missing since the firm is licensed too."""
    rows = {one["year"]: one for one in campaigns.annual_reports(conn, uscc=uscc)}
    blank = {"submitted_on": None, "disclosed_on": None, "staff": None, "state": "MISSING"}
    began = [int(one["valid_from"][:4]) for one in licences if one.get("valid_from")]
    first = max(min(began, default=today.year), today.year - YEARS)
    wanted = {*range(first, today.year)} | rows.keys()
    return [rows.get(year) or blank | {"year": year} for year in sorted(wanted, reverse=True)]
