"""专项行动: the campaigns of a territory, one campaign, one of its units, its units side by side."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Connection

from domain.statistics.counting import printed
from domain.statistics.form import ROWS
from gateways.http import problems
from gateways.http.departments import department_of
from gateways.http.parameters import plain
from gateways.web.campaigns import words
from gateways.web.campaigns.sections import (
    FORM_NEXT,
    by_state,
    known,
    leads,
    may_compare,
    no_unit,
    sections,
    seen_units,
    stat_code,
    today,
)
from gateways.web.campaigns.timeline import drawn
from gateways.web.casework.acts import acts
from gateways.web.casework.lists import REGION, Column, List, answer, asked, states_of, territory
from gateways.web.inbox import names_of
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed
from projections import campaigns, statistics
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

COLUMNS = (
    Column(
        name="title", zh="专项行动", en="Campaign", link="/campaigns/{campaign_id}",
        below=Column(name="code", zh="代码", en="Code", kind="key"),
    ),
    Column(name="region", zh="部署单位", en="Issuer", kind="region"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.CAMPAIGN),
    Column(
        name="effective_from", zh="起止日期", en="From", kind="day",
        below=Column(name="ends_on", zh="止", en="To", kind="day"),
    ),
    Column(name="taking_part", zh="报送单位", en="Units", kind="number"),
    Column(name="came", zh="已报", en="Came", kind="number"),
    Column(name="overdue", zh="逾期未报", en="Overdue", kind="number"),
    Column(name="document_no", zh="文号", en="Document"),
)  # fmt: skip

LEADS = ("ClosePhase", "IssueCircular", "RecordVisit", "ChaseUnit", "EvaluateUnit", "CloseCampaign")
"""What the issuer does in a campaign that runs."""

ACTS = (
    "SubmitReport", "PrepareTable", "AssignTask", "RecordProblem", "NominateForBoard",
    "DeclareSelfCheck", "GiveGuidance", "HoldPublicity", "RecordAssociationActivity",
)  # fmt: skip
"""What a unit does in a campaign that runs."""


@router.get("/campaigns")
def listing(request: Request, identity: Signed) -> Response:
    """The campaigns that the post's territory ordered or takes part in, latest first."""
    filters = (states_of(words.CAMPAIGN), REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    on = today(request).isoformat()

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        found = campaigns.campaigns(
            conn, region=region, state=values["state"], limit=limit, offset=offset
        )
        for row in found:
            units = seen_units(row, identity)
            owed = campaigns.reports(conn, on=on, campaign_id=row["campaign_id"])
            mine = [one["state"] for one in owed if one["unit"] in units]
            row.update(taking_part=len(row["units"]), overdue=mine.count("OVERDUE"))
            row["came"] = mine.count("ON_TIME") + mine.count("LATE")
        return found

    return answer(
        request,
        identity,
        List(
            zh="专项行动", en="Campaigns", columns=COLUMNS, rows=rows, filters=filters,
            note_zh="报送时限为固定日期，不顺延；已报和逾期只计本岗位辖区内的单位。",
            note_en="Reports are due on fixed days that never roll; what came and what is overdue "
            "counts the units of this post's territory.",
            acts=tuple(acts(request, identity, ("LaunchCampaign",))),
        ),
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}")
def one(request: Request, campaign_id: str, identity: Signed) -> Response:
    """One campaign: phases, units, tasks, problems, visits, boards, evaluation."""
    with department_of(request, identity).reading() as conn:
        found = known(conn, campaign_id, identity)
        units = seen_units(found, identity)
        told = sections(request, conn, identity, found, units)
        told["compared"] = campaigns.compared(
            conn, found["campaign_id"], units, on=today(request).isoformat()
        )
    issues = leads(found, identity)
    return page(
        request,
        "campaign.html",
        identity=identity,
        picture=drawn(found, today(request)),
        acts=acts(request, identity, LEADS, campaign=found["campaign_id"])
        if issues and found["state"] == "OPEN"
        else [],
        may_compare=may_compare(found, identity),
        **told,
    )


@router.get("/campaigns/{campaign_id}/progress.json")
def progress(request: Request, campaign_id: str, identity: Signed) -> JSONResponse:
    """The chart's numbers, the same that stand in the table: tasks of each unit by state."""
    language = Words(page_language(request))
    with department_of(request, identity).reading() as conn:
        found = known(conn, campaign_id, identity)
        tasks = campaigns.tasks(
            conn, on=today(request).isoformat(), campaign_id=found["campaign_id"]
        )
    units = seen_units(found, identity)
    shown = by_state(tasks, units)
    names = {
        "done": language.t("已完成", "Done"),
        "doing": language.t("进行中", "Doing"),
        "to_do": language.t("未开始", "To do"),
        "overdue": language.t("逾期", "Overdue"),
    }
    return JSONResponse(
        {
            "units": [language.region(row["unit"]) for row in shown],
            "series": [
                {"name": name, "values": [row[state] for row in shown]}
                for state, name in names.items()
            ],
        }
    )


@router.get("/campaigns/{campaign_id}/units/{unit}")
def one_unit(request: Request, campaign_id: str, unit: str, identity: Signed) -> Response:
    """One unit of a campaign: what it owes and gave, whole."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = known(conn, campaign_id, identity)
        if unit not in seen_units(found, identity):
            raise no_unit(unit)
        told = sections(request, conn, identity, found, (unit,))
        told["forms"] = campaigns.forms(conn, campaign_id=found["campaign_id"], unit=unit)
        declared = campaigns.self_checks(conn, campaign_id=found["campaign_id"], region=unit)
        told["checks"] = list(declared)
        window = statistics.window(conn, found["campaign_id"])
        told["undeclared"] = (
            statistics.yet_to_declare(conn, window, unit, now) if window is not None else []
        )
        told["work"] = list(
            campaigns.work(conn, region=unit, campaign_id=found["campaign_id"], limit=200)
        )
        told["named"] |= names_of(conn, [row["uscc"] for row in told["checks"]])
    own = identity.post.region == unit and found["state"] == "OPEN"
    about: dict[str, Any] = {"campaign": found["campaign_id"], "campaign_id": found["campaign_id"]}
    for row in told["forms"]:
        names = FORM_NEXT[row["state"]] if own else ()
        amends = row["table_id"] if row["state"] in ("SENT_BACK", "SUBMITTED") else ""
        row["acts"] = acts(
            request, identity, names, table=row["table_id"], amends=amends,
            code=stat_code(found) if row["state"] == "APPROVED" else "", **about,
        )  # fmt: skip
    issuing = leads(found, identity) and found["state"] == "OPEN"
    return page(
        request,
        "campaign_unit.html",
        identity=identity,
        unit=unit,
        acts=acts(request, identity, ACTS, **about)
        if own
        else acts(request, identity, ("ChaseUnit", "RecordVisit", "EvaluateUnit"), unit=unit, **about)
        if issuing
        else [],
        **told,
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}/compare")
def compare(request: Request, campaign_id: str, identity: Signed) -> Response:
    """The units of a campaign side by side, for its issuer and the leading group."""
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = known(conn, campaign_id, identity)
        if not may_compare(found, identity):
            raise problems.forbidden(
                problems.Said(
                    zh="各单位的比较只对部署单位和领导小组开放；本单位情况见专项行动页面",
                    en="The comparison of units is open to the issuer and the leading group; your "
                    "own unit stands on the campaign's page",
                )
            )
        units = seen_units(found, identity)
        rows = campaigns.compared(conn, found["campaign_id"], units, on=today(request).isoformat())
        window = statistics.window(conn, found["campaign_id"])
        forms, year = {}, 0
        if window is not None and found["indicators"]:
            year = window.year
            forms = {unit: statistics.table(conn, window, unit, now).values for unit in units}
    return page(
        request,
        "campaign_compare.html",
        identity=identity,
        campaign=plain(found),
        compared=rows,
        units=units,
        lines=[
            {
                "number": row.number,
                "label": row.labelled(year),
                "values": {unit: printed(values[row.number - 1]) for unit, values in forms.items()},
            }
            for row in ROWS
            if forms
        ],
        words=words,
        now=now,
    )
