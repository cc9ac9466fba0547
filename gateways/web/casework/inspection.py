"""投诉举报 and 案件: what came in, and the cases by state and deadline (reference 7.2, 12.1).

Who complained stands on no page. The receiving organ asks for it with a purpose; that it was
read is recorded first (个人信息保护法 34).
"""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.complaint.facts import ComplaintReceived
from domain.complaint.facts import stream_of as complaints_of
from domain.departments import NODES, covers
from domain.errors import Refusal
from domain.facts import instant
from gateways.contracts.envelope import fact_of
from gateways.contracts.problems import Problem
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.web.casework import words
from gateways.web.casework.acts import absent, acts, may
from gateways.web.casework.case_file import case_file
from gateways.web.casework.lists import (
    REGION,
    SUBJECT,
    Column,
    List,
    Tab,
    answer,
    asked,
    states_of,
    terms_of,
    territory,
)
from gateways.web.inbox import names_of
from gateways.web.rendering import Words, page, page_language
from gateways.web.signing import Signed, check_form
from projections import casework, labour_inspection, received
from projections.answers import Listed

router = APIRouter(include_in_schema=False)
RECEIVES = "RegisterComplaint"
"""Who may give this command receives complaints, and alone sees them."""

COMPLAINTS = (
    Column(name="complaint_id", zh="编号", en="Complaint", kind="id", link="/complaints/{}"),
    Column(name="subject", zh="被投诉单位", en="Subject", kind="subject"),
    Column(
        name="kind", zh="种类", en="Kind", kind="code",
        below=Column(name="channel", zh="渠道", en="Channel", kind="code"),
    ),
    Column(name="about_what", zh="内容", en="About"),
    Column(name="codes", zh="涉嫌违法", en="Suspected", kind="violations"),
    Column(name="persons", zh="人数", en="Persons", kind="number"),
    Column(name="received_on", zh="收到日期", en="Received", kind="day"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.COMPLAINT),
    Column(name="term", zh="期限", en="Term", kind="term"),
    Column(name="case_id", zh="案件", en="Case", kind="id", link="/inspection/cases/{}"),
)  # fmt: skip
CASES = (
    Column(name="case_id", zh="案件", en="Case", kind="id", link="/inspection/cases/{}"),
    Column(name="subject", zh="当事人", en="Party", kind="subject"),
    Column(name="codes", zh="案由", en="Violations", kind="violations"),
    Column(
        name="state", zh="状态", en="State", kind="state", states=words.CASE,
        below=Column(name="flag", zh="督办", en="Listed"),
    ),
    Column(name="cd", zh="作出决定（日）", en="Decide"),
    Column(name="wd", zh="监察调查（工作日）", en="Investigate"),
    Column(name="term", zh="最近期限", en="Next term", kind="term"),
    Column(
        name="filed_on", zh="立案日期", en="Filed", kind="day",
        below=Column(name="officers", zh="承办人", en="Officers", kind="violations"),
    ),
)  # fmt: skip


@router.get("/complaints")
def complaints(request: Request, identity: Signed) -> Response:
    """The complaints and reports that the post's organ received."""
    _receives(request, identity)
    filters = (states_of(words.COMPLAINT), SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        return labour_inspection.complaints(
            conn,
            uscc=values["subject"],
            region=region,
            state=values["state"],
            limit=limit,
            offset=offset,
        )

    return answer(
        request,
        identity,
        List(
            zh="投诉举报",
            en="Complaints",
            columns=COMPLAINTS,
            rows=rows,
            filters=filters,
            note_zh="投诉举报人的身份由本机关单独保管，不在列表和导出中。",
            note_en="Who complained is kept apart by this organ: not in this list, nor in its export.",
            acts=tuple(acts(request, identity, (RECEIVES,))),
            terms=True,
        ),
    )


@router.get("/complaints/{complaint_id}")
def complaint(request: Request, complaint_id: str, identity: Signed) -> Response:
    """One complaint, its terms, and what is done next."""
    return _complaint(request, complaint_id, identity)


@router.post("/complaints/{complaint_id}/reporter")
def reporter(
    request: Request,
    complaint_id: str,
    identity: Signed,
    purpose: Annotated[str, Form(max_length=400)] = "",
    form_token: Annotated[str, Form(max_length=128)] = "",
    idempotency_key: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """Shows who complained, after the fact that this post read it, and why, was recorded."""
    check_form(request, form_token)
    _receives(request, identity)
    if not purpose.strip():
        return _complaint(
            request,
            complaint_id,
            identity,
            problem=problems.invalid(
                (
                    Problem(
                        field="purpose",
                        rule="required",
                        zh="请填写查阅用途",
                        en="State the purpose",
                    ),
                )
            ),
        )
    department = department_of(request, identity)
    with department.reading() as conn:
        found = _found(conn, complaint_id, identity)
        reference = _reporter(conn, found)
    if reference is None:
        raise absent("没有登记投诉举报人", "No complainant was recorded", "ReporterNotGiven")
    try:
        person = department.person(
            reference,
            purpose.strip(),
            identity.post,
            key=idempotency_key or secrets.token_urlsafe(),
        )
    except Refusal as refusal:
        problem = problems.of_refusal(refusal)
        return _complaint(request, complaint_id, identity, problem=problem)
    response = _complaint(request, complaint_id, identity, person=person)
    response.headers["Cache-Control"] = "no-store"
    return response


def _receives(request: Request, identity: Identity) -> None:
    if "labour_inspection" in NODES[identity.department].projections and may(
        request, identity, RECEIVES
    ):
        return
    raise problems.forbidden(
        problems.Said(
            zh="投诉举报只对接收它的劳动保障监察机构开放；本岗位收到的线索请看“线索”",
            en="Complaints are open to the labour inspection that received them; the leads that "
            "reached your post are under “Leads”",
        )
    )


def _found(conn: Connection, complaint_id: str, identity: Identity) -> dict[str, Any]:
    found = labour_inspection.complaint(conn, complaint_id)
    if found is None or not covers(identity.post.region, found["region"]):
        raise absent(
            f"没有投诉举报“{complaint_id}”，或不在本岗位辖区",
            f"There is no complaint “{complaint_id}” in the territory of this post",
            "UnknownComplaint",
        )
    return found


def _reporter(conn: Connection, found: dict[str, Any]) -> str | None:
    """The opaque reference to who complained; what it stands for lies in the vault."""
    told = received.of_stream(
        conn, complaints_of(found["subject"]), fact_of, types=(ComplaintReceived.TYPE,)
    )
    for one in told:
        if one.fact.complaint_id == found["complaint_id"]:
            return None if one.fact.reporter is None else str(one.fact.reporter.person)
    return None


def _complaint(
    request: Request,
    complaint_id: str,
    identity: Identity,
    *,
    person: dict[str, Any] | None = None,
    problem: problems.ProblemError | None = None,
) -> Response:
    _receives(request, identity)
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = _found(conn, complaint_id, identity)
        has_reporter = _reporter(conn, found) is not None
        terms = terms_of(
            conn, found["events"], found["matter"], department=identity.department, now=now
        )
        named = names_of(conn, [found["subject"]])
    names = {"RECEIVED": ("DecideComplaint",), "INCOMPLETE": ("CompleteComplaint",)}.get(
        found["state"], ()
    )
    if found["state"] == "ACCEPTED" and not found["case_id"]:
        names = ("FileCase",)
    return page(
        request,
        "complaint.html",
        status=problem.status if problem else 200,
        identity=identity,
        complaint=found,
        name=named.get(found["subject"]) or found["subject_name"],
        stand=words.COMPLAINT,
        terms=terms,
        has_reporter=has_reporter,
        person=person,
        problem=problem,
        key=secrets.token_urlsafe(18),
        acts=acts(
            request,
            identity,
            names,
            organisation=found["subject"],
            complaint=complaint_id,
            complaints=complaint_id,
            codes=(found["codes"] or "").replace(",", "\n"),
            act_from=found["act_from"],
            act_to=found["act_to"],
        ),
        now=now,
    )


@router.get("/inspection")
def cases(request: Request, identity: Signed) -> Response:
    """The cases of the post's department by state and deadline, those that end first above."""
    _files_cases(identity)
    filters = (states_of(words.CASE), SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    on = instant(request.app.state.platform.clock.now()).date()
    own = identity.department
    state = values["state"]
    everything = request.query_params.get("open") == "all"
    open_only = not everything and state is None
    told = Words(page_language(request))

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        found = casework.cases(
            conn,
            uscc=values["subject"],
            region=region,
            state=state,
            owner=own,
            open_only=open_only,
            on=on,
            limit=limit,
            offset=offset,
        )
        for row in found:
            row["cd"] = f"{row['cd_used']} / {row['cd_total']}"
            row["wd"] = "—" if row["wd_used"] is None else f"{row['wd_used']} / {row['wd_total']}"
            row["flag"] = told.t("挂牌督办", "Listed") if row["supervised"] else None
        return found

    with department_of(request, identity).reading() as conn:
        counts = casework.cases_by_state(conn, region=region, owner=own)
    kept = {"region": values["region"] or ""}
    tabs = (
        Tab(
            zh="未结案",
            en="Open",
            given=kept,
            current=open_only,
            count=sum(n for one, n in counts.items() if one != "CLOSED"),
        ),
        *(
            Tab(
                zh=words.CASE[one].zh,
                en=words.CASE[one].en,
                given=kept | {"state": one},
                current=one == state,
                count=count,
            )
            for one, count in counts.items()
            if one in words.CASE
        ),
        Tab(
            zh="全部",
            en="All",
            given=kept | {"open": "all"},
            current=not open_only and state is None,
            count=sum(counts.values()),
        ),
    )
    hr = identity.department == "hr"
    return answer(
        request,
        identity,
        List(
            zh="劳动监察案件" if hr else "行政处罚案件",
            en="Labour inspection: cases" if hr else "Cases",
            columns=CASES,
            rows=rows,
            filters=filters,
            tabs=tabs,
            kept={"open": "all"} if everything else {},
            note_zh="已用天数 / 期限天数；中止期间不计入。",
            note_en="Days used / days of the term: to decide in calendar days, to investigate in "
            "working days. Suspensions are not counted.",
            acts=tuple(acts(request, identity, ("FileCase",))),
            terms=True,
        ),
    )


@router.get("/inspection/cases/{case_id}")
def case(request: Request, case_id: str, identity: Signed) -> Response:
    """One case whole: parties, findings, terms, measures, documents, publications, referral."""
    _files_cases(identity)
    return page(
        request,
        "inspection_case.html",
        identity=identity,
        **case_file(request, identity, case_id),
    )


def _files_cases(identity: Identity) -> None:
    if "casework" not in NODES[identity.department].projections:
        raise problems.forbidden(
            problems.Said(
                zh="案件办理只对立案查处的部门开放；本部门收到的移送请看“移送”",
                en="Cases are open to the departments that file them; referrals that reached yours "
                "are under “Referrals”",
            )
        )
