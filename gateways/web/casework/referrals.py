"""移送: referrals as their sender, the police and the procuratorate see them (reference 8).

The procuratorate's copy is read-only: what it decides itself it gives as its own commands.
A sender downloads the documents that it made; others see each by name and hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from domain.departments import NODES, covers
from domain.document.files import may_open
from domain.document.naming import files_of
from domain.facts import FACTS, Recorded
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
    answer,
    asked,
    states_of,
    terms_of,
    territory,
)
from gateways.web.inbox import names_of
from gateways.web.rendering import page
from gateways.web.signing import Signed
from projections import casework, documents, oversight, public_security
from projections.answers import Listed

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Side:
    """One of the three that meet in a referral: its list, its one, and the field of its territory."""

    zh: str
    en: str
    rows: Callable[..., Listed]
    one: Callable[[Connection, str], dict[str, Any] | None]
    region: str


SIDES: dict[str, Side] = {
    "public_security": Side(
        "收到的移送案件",
        "Referrals received",
        public_security.referrals,
        public_security.referral,
        "police_region",
    ),
    "oversight": Side(
        "移送案件抄送", "Copies of referrals", oversight.referrals, oversight.referral, "region"
    ),
    "casework": Side(
        "移送公安机关的案件",
        "Referrals to the police",
        casework.referrals,
        casework.referral,
        "region",
    ),
}
"""By the reader that keeps the referrals; a node has one of them."""

COLUMNS = (
    Column(name="referral_id", zh="移送", en="Referral", kind="id", link="/referrals/{}"),
    Column(name="subject", zh="当事人", en="Party", kind="subject"),
    Column(name="crimes", zh="涉嫌罪名", en="Crimes", kind="crimes"),
    Column(
        name="owner", zh="移送部门", en="From", kind="node",
        below=Column(name="region", zh="地区", en="Territory", kind="region"),
    ),
    Column(name="state", zh="状态", en="State", kind="state", states=words.REFERRAL),
    Column(name="term", zh="期限", en="Term", kind="term"),
    Column(
        name="transferred_at", zh="移送时间", en="Sent", kind="moment",
        below=Column(name="letter_no", zh="文号", en="Letter"),
    ),
    Column(name="copied_on", zh="抄送检察机关", en="Copied", kind="day"),
    Column(name="moved", zh="最近办理", en="Last step", kind="moment"),
)  # fmt: skip

OPEN = Filter(name="open", zh="范围", en="Which", options=(("yes", "未办结", "Open"),))

NEXT: dict[str, tuple[str, ...]] = {
    "REPORTED": ("DecideReferral",),
    "APPROVED": ("TransferReferral",),
    "TRANSFERRED": ("ReceiptReferral",),
    "RECEIPTED": ("DecideFiling", "ForwardReferral", "ExtendFilingReview"),
    "FORWARDED": ("ReceiptReferral",),
    "NOT_FILED": ("RecordFilingNotice", "RequestFilingReview", "DemandExplanation"),
    "RECONSIDERING": ("DecideFilingReview",),
    "UPHELD": ("RecordFilingNotice", "RequestFilingReview", "DemandExplanation"),
    "SUPERVISION": ("DemandExplanation", "ExplainRefusal", "DecideFilingReview", "DemandFiling"),
    "FILED": ("RecordFilingNotice", "HandOverMaterials", "RecordCriminalOutcome"),
    "HANDED_OVER": ("RecordCriminalOutcome",),
}
"""What is done next by the state of a referral; each post sees what it has the power for."""


def side_of(identity: Identity) -> Side:
    """The reader of the post's node; departments without one do not refer."""
    for reader, side in SIDES.items():
        if reader in NODES[identity.department].projections:
            return side
    raise problems.forbidden(
        problems.Said(
            zh="移送案件只对移送、受理和监督的机关开放",
            en="Referrals are open to those who send, receive and supervise them",
        )
    )


@router.get("/referrals")
def referrals(request: Request, identity: Signed) -> Response:
    """The referrals of the post's territory, the latest moved first."""
    side = side_of(identity)
    filters: tuple[Filter, ...] = (states_of(words.REFERRAL), SUBJECT, REGION)
    if side.region != "region" or side.rows is casework.referrals:
        filters = (*filters, OPEN)
    values = asked(request, filters)
    region = territory(request, identity)
    more: dict[str, Any] = {"open_only": True} if values.get("open") else {}

    def rows(conn: Connection, limit: int, offset: int) -> Listed:
        return side.rows(
            conn,
            uscc=values["subject"],
            region=region,
            state=values["state"],
            limit=limit,
            offset=offset,
            **more,
        )

    read_only = "oversight" in NODES[identity.department].projections
    return answer(
        request,
        identity,
        List(
            zh=side.zh,
            en=side.en,
            columns=COLUMNS,
            rows=rows,
            filters=filters,
            note_zh="抄送本只读，含每份移送材料的摘要值。" if read_only else "",
            note_en="A read-only copy with the hash of each document." if read_only else "",
            acts=tuple(acts(request, identity, ("ProposeReferral",))),
            terms=True,
        ),
    )


@router.get("/referrals/{referral_id}")
def referral(request: Request, referral_id: str, identity: Signed) -> Response:
    """One referral: where it stands, its documents with their hashes, its terms, what is next."""
    side = side_of(identity)
    now = request.app.state.platform.clock.now()
    with department_of(request, identity).reading() as conn:
        found = side.one(conn, referral_id)
        if found is None or not covers(identity.post.region, found[side.region] or ""):
            raise absent(
                f"没有移送“{referral_id}”，或不在本岗位辖区",
                f"There is no referral “{referral_id}” in the territory of this post",
                "UnknownReferral",
            )
        terms = terms_of(
            conn,
            [step["event_id"] for step in found["steps"]],
            found["matter"],
            department=identity.department,
            now=now,
        )
        facts = files.facts_of(conn, found["steps"])
        opened = files.of_facts(request, conn, identity, facts)
        papers = [_paper(conn, identity, found, one, opened) for one in found["documents"]]
        named = names_of(conn, [found["subject"]])
    return page(
        request,
        "referral.html",
        identity=identity,
        referral=found,
        side=side,
        name=named.get(found["subject"]),
        papers=papers,
        others=_others(facts, papers, opened),
        posts={one.id: one.post for one in facts},
        stand=words.REFERRAL,
        fact_names=FACTS,
        paper_names=words.REFERRAL_DOCUMENTS,
        cases_here="casework" in NODES[identity.department].projections,
        terms=terms,
        acts=acts(
            request,
            identity,
            NEXT.get(found["state"], ()),
            referral=referral_id,
            organisation=found["subject"],
            about=found["about"],
        ),
        now=now,
    )


def _paper(
    conn: Connection,
    identity: Identity,
    found: dict[str, Any],
    one: dict[str, Any],
    opened: dict[str, str | None],
) -> dict[str, Any]:
    """A document of the referral: its own page for those who made it, the file for addressees."""
    made = None
    if one["document_id"] and found["owner"] == identity.department:
        made = documents.document(conn, one["document_id"])
    opens = made is not None and may_open(
        identity.post.organ,
        identity.post.region,
        str(made["drafted_by"] or "").split("@")[0].split(".")[0],
        made["region"],
    )
    return one | {
        "opens": opens,
        "href": opened.get(one["sha256"] or ""),
        "number": made["number"] if made is not None else None,
    }


def _others(
    facts: list[Recorded[Any]], papers: list[dict[str, Any]], opened: dict[str, str | None]
) -> list[dict[str, Any]]:
    """Files of the referral's other steps that the post may open: the report, the signed list."""
    listed = {one["sha256"] for one in papers}
    return [
        {"type": one.type, "sha256": sha256, "href": opened[sha256]}
        for one in facts
        for sha256 in files_of(one.fact)
        if sha256 not in listed and opened[sha256]
    ]
