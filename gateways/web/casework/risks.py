"""风险: warnings by level, and the interviews that answer them (reference 7.6)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.departments import NODES
from domain.risk.warning import RISK_RULES
from gateways.http import problems
from gateways.web.casework import words
from gateways.web.casework.acts import acts
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
from gateways.web.casework.words import Stand
from gateways.web.rendering import Words, page_language
from gateways.web.signing import Signed
from projections import labour_inspection
from projections.answers import Listed

router = APIRouter(include_in_schema=False)
RULES = {one.id: Stand(one.zh, one.en) for one in RISK_RULES}

RISKS = (
    Column(name="subject", zh="对象", en="Subject", kind="subject"),
    Column(name="level", zh="等级", en="Level", kind="state", states=words.RISK),
    Column(
        name="reason", zh="预警规则", en="Rule",
        below=Column(name="rule", zh="规则编号", en="Rule code", kind="id"),
    ),
    Column(name="since", zh="预警时间", en="Since", kind="moment"),
    Column(name="key_supervision", zh="重点监管", en="Key supervision", kind="flag"),
    Column(name="complaints", zh="投诉举报", en="Complaints", kind="number"),
    Column(name="bad_reviews", zh="不良评价", en="Bad reviews", kind="number"),
    Column(
        name="interviews", zh="约谈", en="Interviews", kind="number",
        below=Column(name="interviewed_on", zh="最近约谈", en="Last interview", kind="day"),
    ),
)  # fmt: skip
INTERVIEWS = (
    Column(name="interview_id", zh="约谈", en="Interview", kind="id"),
    Column(name="subject", zh="对象", en="Subject", kind="subject"),
    Column(name="type", zh="种类", en="Kind", kind="code"),
    Column(name="points", zh="要点", en="Points"),
    Column(name="held_on", zh="日期", en="Held", kind="day"),
    Column(name="attended", zh="到场", en="Attended", kind="flag"),
)


@router.get("/risks")
def risks(request: Request, identity: Signed) -> Response:
    """Subjects with a warning, the latest raised first; or the interviews."""
    if "labour_inspection" not in NODES[identity.department].projections:
        raise problems.forbidden(
            problems.Said(
                zh="风险预警由人力资源社会保障部门研判，只对其岗位开放",
                en="Risk warnings are judged by human resources and open to its posts",
            )
        )
    interviews = request.query_params.get("list") == "interviews"
    filters: tuple[Filter, ...]
    filters = (SUBJECT, REGION) if interviews else (states_of(words.RISK, "level"), SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    told = Words(page_language(request))

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        if interviews:
            return labour_inspection.interviews(
                conn, uscc=values["subject"], region=region, limit=limit, offset=offset
            )
        found = labour_inspection.risks(
            conn,
            uscc=values["subject"],
            region=region,
            level=values["level"],
            limit=limit,
            offset=offset,
        )
        for row in found:
            rule = RULES.get(row["rule"])
            row["reason"] = told.label(rule) if rule else row["rule"]
        return found

    return answer(
        request,
        identity,
        List(
            zh="约谈" if interviews else "风险预警",
            en="Interviews" if interviews else "Risk warnings",
            columns=INTERVIEWS if interviews else RISKS,
            rows=rows,
            filters=filters,
            tabs=(
                Tab(zh="预警", en="Warnings", given={}, current=not interviews),
                Tab(zh="约谈", en="Interviews", given={"list": "interviews"}, current=interviews),
            ),
            kept={"list": "interviews"} if interviews else {},
            note_zh="" if interviews else "橙色和红色预警的对象列入重点监管。",
            note_en="" if interviews else "Orange and red put a subject under key supervision.",
            acts=tuple(acts(request, identity, ("HoldInterview",))),
        ),
    )
