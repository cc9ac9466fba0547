"""缴款: what is owed on penalty decisions in a territory, for the treasury that records what comes in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.departments import NODES
from domain.enforcement.payments import TREASURY
from gateways.http import problems
from gateways.web.casework import words
from gateways.web.casework.lists import (
    REGION,
    SUBJECT,
    Column,
    List,
    Tab,
    answer,
    asked,
    states_of,
    territory,
)
from gateways.web.signing import Signed
from projections import casework
from projections.answers import Listed

router = APIRouter(include_in_schema=False)

PAYMENTS = (
    Column(
        name="decision_no", zh="处罚决定", en="Decision", link="/inspection/cases/{case_id}",
        below=Column(name="owner", zh="处罚机关", en="Fined by", kind="node"),
    ),
    Column(name="subject", zh="当事人", en="Party", kind="subject"),
    Column(name="owed_fen", zh="尚欠（元）", en="Owed (yuan)", kind="yuan"),
    Column(name="paid_fen", zh="已缴（元）", en="Paid (yuan)", kind="yuan"),
    Column(name="fine_fen", zh="罚款（元）", en="Fine (yuan)", kind="yuan"),
    Column(name="confiscated_fen", zh="没收（元）", en="Confiscated (yuan)", kind="yuan"),
    Column(name="served_on", zh="送达日期", en="Served", kind="day"),
    Column(name="state", zh="状态", en="State", kind="state", states=words.PENALTY),
)  # fmt: skip
AWAITED = "SERVED"


@router.get("/payments")
def payments(request: Request, identity: Signed) -> Response:
    """The decisions that were served and wait for their money; on request all of them."""
    if identity.post.organ != TREASURY or "casework" not in NODES[identity.department].projections:
        raise problems.forbidden(
            problems.Said(
                zh="本页面只对登记入库的财政部门开放；本部门的案件请看“办案”",
                en="This page is for the treasury; your department's cases are under “Enforcement”",
            )
        )
    filters = (states_of(words.PENALTY), SUBJECT, REGION)
    values = asked(request, filters)
    region = territory(request, identity)
    everything = request.query_params.get("open") == "all"
    state = values["state"] or (None if everything else AWAITED)

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        found = casework.penalties(
            conn, uscc=values["subject"], region=region, state=state, limit=limit, offset=offset
        )
        for row in found:
            row["owed_fen"] = _owed(row)
        return found

    kept = {"region": values["region"] or ""}
    return answer(
        request,
        identity,
        List(
            zh="罚没款缴纳",
            en="Fines and confiscations",
            columns=PAYMENTS,
            rows=rows,
            filters=filters,
            tabs=(
                Tab(zh="待缴", en="Awaited", given=kept, current=state == AWAITED),
                Tab(
                    zh="全部",
                    en="All",
                    given=kept | {"open": "all"},
                    current=state is None,
                ),
            ),
            kept={"open": "all"} if everything else {},
            note_zh="款项到账后在案件页登记；处罚机关已登记的同一笔缴款不再登记。",
            note_en="Record what came in on the page of its case; a payment that the organ recorded "
            "is not recorded again.",
        ),
    )


def _owed(row: dict[str, Any]) -> int:
    """What is still owed, in fen; nothing where the decision fell."""
    if row["state"] == "OVERTURNED":
        return 0
    owed: int = row["fine_fen"] + row["confiscated_fen"] - row["paid_fen"]
    return max(0, owed)
