"""网络: the joint register of outlets, screening hits, and requests to 网信 with their answers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.departments import NODES
from domain.online.facts import OnlineDisposalRequested
from gateways.contracts.envelope import fact_of
from gateways.http import problems
from gateways.http.accounts import Identity
from gateways.http.departments import department_of
from gateways.web.casework import files, words
from gateways.web.casework.acts import absent, acts
from gateways.web.casework.lists import (
    REGION,
    SUBJECT,
    Column,
    Filter,
    List,
    Tab,
    answer,
    asked,
    states_of,
    territory,
)
from gateways.web.inbox import names_of
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import cyberspace, received
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

OUTLETS = (
    Column(
        name="handle", zh="名称、账号", en="Handle",
        below=Column(name="outlet_id", zh="编号", en="Outlet", kind="id", link="/online/outlets/{}"),
    ),
    Column(name="kind", zh="种类", en="Kind", kind="code"),
    Column(name="platform", zh="平台", en="Platform"),
    Column(name="operator", zh="运营单位", en="Operator", kind="subject"),
    Column(name="licensed", zh="有许可", en="Licensed", kind="flag"),
    Column(
        name="state", zh="状态", en="State", kind="state", states=words.OUTLET,
        below=Column(name="disposed_on", zh="处置日期", en="Disposed", kind="day"),
    ),
    Column(name="hits", zh="命中", en="Hits", kind="number"),
    Column(name="confirmed", zh="确认", en="Confirmed", kind="number"),
    Column(name="reminded", zh="提醒", en="Reminded", kind="number"),
    Column(name="owner", zh="登记部门", en="Registered by", kind="node"),
)  # fmt: skip
HITS = (
    Column(name="hit_id", zh="命中", en="Hit", kind="id"),
    Column(name="outlet_id", zh="账号平台", en="Outlet", kind="id", link="/online/outlets/{}"),
    Column(name="operator", zh="运营单位", en="Operator", kind="subject"),
    Column(
        name="words", zh="命中词", en="Words",
        below=Column(name="categories", zh="类别", en="Categories", kind="codes"),
    ),
    Column(name="seen_on", zh="发现日期", en="Seen", kind="day"),
    Column(
        name="state", zh="状态", en="State", kind="state", states=words.HIT,
        below=Column(name="reason", zh="理由", en="Reason"),
    ),
    Column(name="reminded", zh="已提醒", en="Reminded", kind="flag"),
    Column(name="list_version", zh="词表版本", en="List version", kind="number"),
)  # fmt: skip
REQUESTS = (
    Column(name="request_id", zh="提请", en="Request", kind="id", link="/online/requests/{}"),
    Column(name="subject", zh="对象", en="Subject", kind="subject"),
    Column(name="codes", zh="违法行为", en="Violations", kind="violations"),
    Column(name="opinion", zh="意见", en="Opinion"),
    Column(name="proposed", zh="建议措施", en="Proposed", kind="codes"),
    Column(
        name="state", zh="状态", en="State", kind="state", states=words.DISPOSAL,
        below=Column(name="measures", zh="措施", en="Measures", kind="codes"),
    ),
    Column(name="term", zh="答复期限", en="Answer due", kind="term"),
    Column(name="requested", zh="提请时间", en="Requested", kind="moment"),
    Column(name="answered_on", zh="答复日期", en="Answered", kind="day"),
)  # fmt: skip
LISTS = (
    Column(name="list_version", zh="版本", en="Version", kind="number"),
    Column(name="keywords", zh="词数", en="Words", kind="number"),
    Column(name="owner", zh="发布部门", en="Published by", kind="node"),
    Column(name="published", zh="发布时间", en="Published", kind="moment"),
)

TABS: dict[str, tuple[str, str]] = {
    "requests": ("处置提请", "Requests"),
    "outlets": ("账号平台登记", "Register"),
    "hits": ("筛查命中", "Screening hits"),
    "lists": ("关键词表", "Keyword lists"),
}


@router.get("/online")
def online(request: Request, identity: Signed) -> Response:
    """Requests with their due dates, the register, what was screened, the keyword lists."""
    _reader(identity)
    shown = request.query_params.get("list", "requests")
    shown = shown if shown in TABS else "requests"
    region = territory(request, identity)
    filters: tuple[Filter, ...] = {
        "requests": (states_of(words.DISPOSAL), SUBJECT, REGION),
        "outlets": (states_of(words.OUTLET), SUBJECT, REGION),
        "hits": (states_of(words.HIT), REGION),
        "lists": (),
    }[shown]
    values = asked(request, filters)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        if shown == "hits":
            return cyberspace.hits(
                conn, region=region, state=values["state"], limit=limit, offset=offset
            )
        if shown == "lists":
            return cyberspace.keyword_lists(conn, limit=limit)
        ask = cyberspace.outlets if shown == "outlets" else cyberspace.disposals
        return ask(
            conn,
            uscc=values["subject"],
            region=region,
            state=values["state"],
            limit=limit,
            offset=offset,
        )

    columns = {"requests": REQUESTS, "outlets": OUTLETS, "hits": HITS, "lists": LISTS}[shown]
    names = {
        "requests": ("RequestOnlineDisposal",),
        "outlets": ("RegisterOutlet", "RecordBadReviews"),
        "hits": ("ScreenPosting",),
        "lists": ("PublishKeywords",),
    }[shown]
    return answer(
        request,
        identity,
        List(
            zh="网络招聘",
            en="Online recruitment",
            columns=columns,
            rows=rows,
            filters=filters,
            tabs=tuple(
                Tab(zh=zh, en=en, given={"list": one}, current=one == shown)
                for one, (zh, en) in TABS.items()
            ),
            kept={"list": shown},
            acts=tuple(acts(request, identity, names)),
            terms=shown == "requests",
        ),
    )


@router.get("/online/outlets/{outlet_id}")
def outlet(request: Request, outlet_id: str, identity: Signed) -> Response:
    """One outlet: what it is, its hits, and what is to be judged."""
    _reader(identity)
    with department_of(request, identity).reading() as conn:
        found = cyberspace.outlet(conn, outlet_id)
        if found is None:
            raise absent(
                f"没有账号平台“{outlet_id}”", f"There is no outlet “{outlet_id}”", "UnknownOutlet"
            )
        named = names_of(conn, [one for one in (found["operator"],) if one])
    for hit in found["hit_rows"]:
        names = ("JudgeHit",) if hit["state"] == "FOUND" else ()
        hit["acts"] = acts(
            request,
            identity,
            names,
            outlet=outlet_id,
            hit=hit["hit_id"],
            organisation=found["operator"],
        )
    return page(
        request,
        "outlet.html",
        identity=identity,
        outlet=found,
        name=named.get(found["operator"]) or found["operator_name"],
        words=words,
        acts=acts(
            request,
            identity,
            ("ScreenPosting", "RecordBadReviews", "RequestOnlineDisposal"),
            outlet=outlet_id,
            outlets=outlet_id,
            organisation=found["operator"],
        ),
        now=request.app.state.platform.clock.now(),
    )


@router.get("/online/requests/{request_id}")
def disposal(request: Request, request_id: str, identity: Signed) -> Response:
    """One request: opinion, measures asked for, measures taken, and how it is answered."""
    _reader(identity)
    with department_of(request, identity).reading() as conn:
        found = cyberspace.disposal(conn, request_id)
        if found is None:
            raise absent(
                f"没有处置提请“{request_id}”",
                f"There is no request “{request_id}”",
                "UnknownDisposalRequest",
            )
        named = names_of(conn, [found["subject"]])
        told = received.of_subject(
            conn, found["subject"], fact_of, types=(OnlineDisposalRequested.TYPE,)
        )
        asked_by = [one for one in told if one.fact.request_id == request_id]
        opened = files.of_facts(request, conn, identity, asked_by)
    names = {"OPEN": ("AnswerOnlineDisposal",), "TAKEN": ("AnswerOnlineDisposal",)}
    return page(
        request,
        "disposal.html",
        identity=identity,
        disposal=found,
        letter=opened.get(found["document_sha256"] or ""),
        name=named.get(found["subject"]),
        words=words,
        acts=acts(
            request,
            identity,
            names.get(found["state"], ()),
            request=request_id,
            outlets=(found["outlets"] or "").replace(",", "\n"),
            measures=(found["proposed"] or "").replace(",", "\n"),
        ),
        now=request.app.state.platform.clock.now(),
    )


def _reader(identity: Identity) -> None:
    if "cyberspace" not in NODES[identity.department].projections:
        raise problems.forbidden(
            problems.Said(
                zh="网络招聘的登记和处置只对网信部门和人力资源社会保障部门开放",
                en="The online register is open to the cyberspace and the human-resources offices",
            )
        )
