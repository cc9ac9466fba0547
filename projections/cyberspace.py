"""What 网信 and 监管 see together: the register of outlets, screening hits, disposals.

One register for both (辽宁省人力资源市场管理通知 2024-11-11, 二): whoever keeps an entry, both
see it. A request is OPEN until 网信 answers: TAKEN, DECLINED, and later perhaps LIFTED.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, MetaData, Table, Text, select

from domain.facts import Recorded
from domain.online.facts import (
    HitJudged,
    KeywordListPublished,
    OnlineDisposalRequested,
    OnlineDisposalTaken,
    OutletRegistered,
    ScreeningHitFound,
)
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.reader import reader_of
from projections.steps import Entity, Keys, Steps, steps_columns

METADATA = MetaData()

REGISTERED, HIT, JUDGED = OutletRegistered.TYPE, ScreeningHitFound.TYPE, HitJudged.TYPE
REQUESTED, TAKEN = OnlineDisposalRequested.TYPE, OnlineDisposalTaken.TYPE

OUTLETS = Table(
    "cyber_outlets",
    METADATA,
    Column("outlet_id", Text, primary_key=True),
    Column("owner", Text),
    Column("kind", Text),
    Column("platform", Text),
    Column("handle", Text),
    Column("operator", Text),
    Column("operator_name", Text),
    Column("licensed", Boolean),
    Column("region", Text),
    Column("matter", Text),
    Column("state", Text),
    Column("hits", BigInteger, nullable=False),
    Column("confirmed", BigInteger, nullable=False),
    Column("reminded", BigInteger, nullable=False),
    Column("request_id", Text),
    Column("measures", Text),
    Column("disposed_on", Text),
    Column("registered", BigInteger),
    Column("moved", BigInteger),
    *steps_columns(),
    Index("cyber_outlets_region", "region", "state", "moved"),
    Index("cyber_outlets_operator", "operator"),
)

HITS = Table(
    "cyber_hits",
    METADATA,
    Column("hit_id", Text, primary_key=True),
    Column("owner", Text),
    Column("outlet_id", Text),
    Column("operator", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("posting", Text),
    Column("seen_on", Text),
    Column("list_version", BigInteger),
    Column("words", Text),
    Column("categories", Text),
    Column("state", Text),
    Column("reminded", Boolean),
    Column("reason", Text),
    Column("found", BigInteger),
    Column("judged", BigInteger),
    *steps_columns(),
    Index("cyber_hits_region", "region", "state", "found"),
    Index("cyber_hits_outlet", "outlet_id"),
)

DISPOSALS = Table(
    "cyber_disposals",
    METADATA,
    Column("request_id", Text, primary_key=True),
    Column("subject", Text),
    Column("region", Text),
    Column("matter", Text),
    Column("lead_id", Text),
    Column("outlets", Text),
    Column("codes", Text),
    Column("opinion", Text),
    Column("proposed", Text),
    Column("document_sha256", Text),
    Column("state", Text),
    Column("open", Boolean, nullable=False),
    Column("measures", Text),
    Column("disposed_outlets", Text),
    Column("answered_on", Text),
    Column("lifted_on", Text),
    Column("reason", Text),
    Column("requested", BigInteger),
    Column("answered", BigInteger),
    *steps_columns(),
    Index("cyber_disposals_region", "region", "open", "requested"),
    Index("cyber_disposals_subject", "subject"),
)

LISTS = Table(
    "cyber_lists",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("owner", Text),
    Column("region", Text),
    Column("list_version", BigInteger),
    Column("keywords", BigInteger),
    Column("published", BigInteger),
    *steps_columns(),
)

_STAMPS = frozenset(
    {"registered", "moved", "found", "judged", "requested", "answered", "published"}
)


def _outlet_of(fact: Recorded[Any]) -> Keys:
    if fact.type == TAKEN:
        return tuple(fact.fact.outlets) or None
    return str(fact.fact.outlet_id)


def fold_outlet(steps: Steps) -> dict[str, Any]:
    """The outlet after these steps; `state` is its last measure, LIFTED, or LISTED without one."""
    first = steps[0]
    outlet: dict[str, Any] = {
        "owner": first.department,
        "region": first.region,
        "matter": first.matter,
        "state": "LISTED",
        "hits": 0,
        "moved": steps[-1].stamp,
    }
    judged: dict[str, Any] = {}
    for step in steps:
        data = step.data
        if step.type == REGISTERED:
            outlet.update(data, owner=step.department, region=step.region, matter=step.matter)
            outlet["registered"] = step.stamp
        elif step.type == HIT:
            outlet["hits"] += 1
        elif step.type == JUDGED:
            judged[data["hit_id"]] = data
        elif data["answer"] == "TAKEN":
            outlet.update(
                request_id=data["request_id"],
                measures=",".join(data["measures"]),
                state=data["measures"][-1] if data["measures"] else outlet["state"],
                disposed_on=data["on"],
            )
        elif data["answer"] == "LIFTED":
            outlet.update(state="LIFTED", measures="")
    outlet["confirmed"] = sum(one["judgement"] == "CONFIRMED" for one in judged.values())
    outlet["reminded"] = sum(one["reminded"] for one in judged.values())
    return outlet


def fold_hit(steps: Steps) -> dict[str, Any]:
    """A hit: FOUND, then CONFIRMED or DISMISSED by an officer."""
    first = steps[0]
    hit: dict[str, Any] = {
        "owner": first.department,
        "region": first.region,
        "matter": first.matter,
        "state": "FOUND",
    }
    for step in steps:
        data = step.data
        if step.type == HIT:
            hit.update(
                data,
                words=",".join(data["words"]),
                categories=",".join(data["categories"]),
                found=step.stamp,
            )
        else:
            hit.update(
                state=data["judgement"],
                reminded=data["reminded"],
                reason=data["reason"],
                judged=step.stamp,
            )
    return hit


def fold_disposal(steps: Steps) -> dict[str, Any]:
    """A disposal: OPEN until answered, then the last answer."""
    first = steps[0]
    disposal: dict[str, Any] = {
        "subject": first.subject,
        "region": first.region,
        "matter": first.matter,
        "state": "OPEN",
    }
    for step in steps:
        data = step.data
        if step.type == REQUESTED:
            disposal.update(
                subject=step.subject,
                region=step.region,
                matter=step.matter,
                lead_id=data["lead_id"],
                outlets=",".join(data["outlets"]),
                codes=",".join(data["codes"]),
                opinion=data["opinion"],
                proposed=",".join(data["measures"]),
                document_sha256=data["document"]["sha256"] if data["document"] else None,
                requested=step.stamp,
            )
        else:
            disposal.update(state=data["answer"], reason=data["reason"])
            if data["answer"] == "LIFTED":
                disposal["lifted_on"] = data["on"]
            else:
                disposal.update(
                    measures=",".join(data["measures"]),
                    disposed_outlets=",".join(data["outlets"]),
                    answered_on=data["on"],
                    answered=step.stamp,
                )
    disposal["open"] = disposal["state"] == "OPEN"
    return disposal


def _list(steps: Steps) -> dict[str, Any]:
    step = steps[0]
    return {
        "owner": step.department,
        "region": step.region,
        "list_version": step.data["list_version"],
        "keywords": len(step.data["keywords"]),
        "published": step.stamp,
    }


ENTITIES = (
    Entity(
        OUTLETS,
        _outlet_of,
        {
            REGISTERED: ("kind", "platform", "handle", "operator", "operator_name", "licensed"),
            HIT: (),
            JUDGED: ("hit_id", "judgement", "reminded"),
            TAKEN: ("request_id", "answer", "measures", "on"),
        },
        fold_outlet,
    ),
    Entity(
        HITS,
        lambda f: str(f.fact.hit_id),
        {
            HIT: (
                "outlet_id",
                "operator",
                "posting",
                "seen_on",
                "list_version",
                "words",
                "categories",
            ),
            JUDGED: ("judgement", "reminded", "reason"),
        },
        fold_hit,
    ),
    Entity(
        DISPOSALS,
        lambda f: str(f.fact.request_id),
        {
            REQUESTED: ("lead_id", "outlets", "codes", "opinion", "measures", "document"),
            TAKEN: ("answer", "outlets", "measures", "on", "reason"),
        },
        fold_disposal,
    ),
    Entity(LISTS, lambda f: f.id, {KeywordListPublished.TYPE: ("list_version", "keywords")}, _list),
)

PROJECTION = reader_of("cyberspace", 1, METADATA, ENTITIES)


def outlets(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """The joint register, latest moved first: {outlet_id, owner, kind, platform, handle, operator,
    operator_name, licensed, region, matter, state, hits, confirmed, reminded, request_id,
    measures*, disposed_on, registered, moved}.

    State LISTED, the last measure taken (RECRUITMENT_SUSPENDED, ...) or LIFTED; * by commas.
    """
    query = narrow(select(OUTLETS), OUTLETS, region=region, state=state)
    query = query.where(OUTLETS.c.registered.is_not(None))
    if uscc is not None:
        query = query.where(OUTLETS.c.operator == uscc)
    query = query.order_by(OUTLETS.c.moved.desc(), OUTLETS.c.outlet_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def outlet(conn: Connection, outlet_id: str) -> Answer | None:
    """One outlet as in `outlets`, with `hit_rows` as in `hits`."""
    query = select(OUTLETS).where(OUTLETS.c.outlet_id == outlet_id, ~OUTLETS.c.voided)
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    return answer(row, _STAMPS) | {"hit_rows": hits(conn, outlet_id=outlet_id)}


def hits(
    conn: Connection,
    *,
    outlet_id: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Screening hits, latest first: {hit_id, owner, outlet_id, operator, region, matter, posting,
    seen_on, list_version, words*, categories*, state, reminded, reason, found, judged}.

    State FOUND, CONFIRMED or DISMISSED; `posting` is the digest of what was seen.
    """
    query = narrow(select(HITS), HITS, region=region, state=state)
    query = query.where(HITS.c.found.is_not(None))
    if outlet_id is not None:
        query = query.where(HITS.c.outlet_id == outlet_id)
    query = query.order_by(HITS.c.found.desc(), HITS.c.hit_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def disposals(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Requests to 网信 and its answers, the open ones first, then the latest: {request_id, subject,
    region, matter, lead_id, outlets*, codes*, opinion, proposed*, document_sha256, state, open,
    measures*, disposed_outlets*, answered_on, lifted_on, reason, requested, answered}.

    State OPEN, TAKEN, DECLINED or LIFTED. When an open one is due its clock says.
    """
    query = narrow(select(DISPOSALS), DISPOSALS, region=region, state=state)
    query = query.where(DISPOSALS.c.requested.is_not(None))
    if uscc is not None:
        query = query.where(DISPOSALS.c.subject == uscc)
    if open_only:
        query = query.where(DISPOSALS.c.open)
    query = query.order_by(
        DISPOSALS.c.open.desc(), DISPOSALS.c.requested.desc(), DISPOSALS.c.request_id
    )
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def disposal(conn: Connection, request_id: str) -> Answer | None:
    """One request as in `disposals`; None if there is none."""
    query = select(DISPOSALS).where(
        DISPOSALS.c.request_id == request_id, DISPOSALS.c.requested.is_not(None)
    )
    row = conn.execute(query.where(~DISPOSALS.c.voided)).mappings().first()
    return None if row is None else answer(row, _STAMPS)


def keyword_lists(conn: Connection, *, region: str | None = None, limit: int = 20) -> Listed:
    """Published keyword lists, latest first: {event_id, owner, region, list_version, keywords (how
    many), published}; the words are in the fact itself."""
    query = narrow(select(LISTS), LISTS, region=region)
    query = query.order_by(LISTS.c.published.desc(), LISTS.c.event_id)
    return listed(conn, query.limit(limit), _STAMPS)
