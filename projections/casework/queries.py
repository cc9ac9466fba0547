"""What officers ask of cases, penalties, referrals, publications and supervised listings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from domain.calendar.working_days import CALENDAR
from projections.answers import Answer, Listed, answer, listed, narrow
from projections.case_life import fold_case, terms_of
from projections.casework.tables import (
    CASES,
    PENALTIES,
    PUBLICATIONS,
    REFERRALS,
    SUPERVISED,
    fold_supervised,
)
from projections.referral_life import referral_in, referrals_of
from projections.steps import moment, read, standing, until, within

_STAMPS = frozenset({"filed", "moved", "decided", "overturned", "listed", "released"})


def cases(
    conn: Connection,
    *,
    uscc: str | None = None,
    matter: str | None = None,
    region: str | None = None,
    state: str | None = None,
    owner: str | None = None,
    open_only: bool = False,
    on: date,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Cases with their terms as of the day `on`; those whose term ends first come first.

    Row: {case_id, owner, subject, region, matter, parties*, codes*, state, stage, open, procedure,
    labour, filed_on, act_from, act_to, leads*, complaints*, findings*, officers*, ground,
    suspended_on, referral_id, concluded_on, illegal_income_fen, refund_due_fen, persons, serious,
    complex, notified_on, hearing_right, hearing_requested_on, hearing_on, hearing_held_on,
    legal_review, penalties, decisions*, fine_fen, confiscated_fen, paid_fen, decided_on,
    served_on, handled_on, handling_due, outcome, closed_on, close_reason, due, filed, moved,
    cd_used, cd_left, cd_total, wd_used, wd_left, wd_total, supervised}.

    Fields with * are joined by commas. `due` is the last day to decide (90 days), None while
    paused or decided; wd_* are None without a labour term; `owner` is the filing department.
    """
    query = _cases(region=region, state=state)
    for column, wanted in (("subject", uscc), ("matter", matter), ("owner", owner)):
        if wanted is not None:
            query = query.where(CASES.c[column] == wanted)
    if open_only:
        query = query.where(CASES.c.open)
    query = query.order_by(
        CASES.c.due.is_(None), CASES.c.due, CASES.c.filed.desc(), CASES.c.case_id
    )
    return Listed.of(conn, query.limit(limit).offset(offset), lambda row: _case(row, on))


def case(conn: Connection, case_id: str, *, on: date, as_of: int | None = None) -> Answer | None:
    """One case as in `cases`, with `steps`, oldest first: {event_id, type, recorded, department,
    data, state}; as recorded up to `as_of` where it is given. None if there is none."""
    row = conn.execute(_cases(voided=True).where(CASES.c.case_id == case_id)).mappings().first()
    if row is None:
        return None
    steps = [s for s in read(row["steps"]) if as_of is None or s.stamp <= as_of]
    known = until(steps, None)
    if not known:
        return None
    folded = {**row, **fold_case(known)}
    if as_of is not None:
        folded["supervised"] = _listed_then(conn, case_id, as_of)
    return _case(folded, on) | {
        "steps": [
            {
                "event_id": step.event,
                "type": step.type,
                "recorded": moment(step.stamp),
                "department": step.department,
                "data": step.data,
                "state": fold_case(then)["state"] if (then := standing(steps[: n + 1])) else None,
            }
            for n, step in enumerate(steps)
        ]
    }


def cases_by_state(
    conn: Connection, *, region: str | None = None, owner: str | None = None
) -> dict[str, int]:
    """How many cases stand in each state: {state: count}, without states that have none."""
    query = narrow(select(CASES.c.state, func.count()), CASES, region=region)
    query = query.where(CASES.c.filed.is_not(None)).group_by(CASES.c.state)
    if owner is not None:
        query = query.where(CASES.c.owner == owner)
    return {row[0]: row[1] for row in conn.execute(query.order_by(CASES.c.state))}


def penalties(
    conn: Connection,
    *,
    uscc: str | None = None,
    case_id: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Penalty decisions, latest first: {decision_id, event_id, owner, case_id, subject, region,
    matter, state, decision_no, measures*, codes*, fine_fen, confiscated_fen, paid_fen, decided_on,
    publish, served_on, method, demanded_on, overturned_by, result, effect, overturned_on,
    document_no, decided, overturned}.

    State DECIDED, SERVED, PERFORMED, CHANGED or OVERTURNED; `event_id` is what a review names.
    """
    query = narrow(select(PENALTIES), PENALTIES, region=region, state=state)
    query = query.where(PENALTIES.c.decided.is_not(None))
    for column, wanted in (("subject", uscc), ("case_id", case_id)):
        if wanted is not None:
            query = query.where(PENALTIES.c[column] == wanted)
    query = query.order_by(PENALTIES.c.decided.desc(), PENALTIES.c.decision_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def referrals(
    conn: Connection,
    *,
    uscc: str | None = None,
    about: str | None = None,
    region: str | None = None,
    state: str | None = None,
    owner: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Police referrals, latest moved first; rows as `projections.referral_life.referral_answer`."""
    return referrals_of(
        conn,
        REFERRALS,
        uscc=uscc,
        about=about,
        region=region,
        state=state,
        owner=owner,
        open_only=open_only,
        limit=limit,
        offset=offset,
    )


def referral(conn: Connection, referral_id: str) -> Answer | None:
    """One referral with its steps (see `projections.referral_life.referral_in`)."""
    return referral_in(conn, REFERRALS, referral_id)


def publications(
    conn: Connection,
    *,
    case_id: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Decisions and exposures on their way to the public, latest moved first: {publication_id,
    owner, case_id, decision_id, subject, region, matter, kind, state, approved_on, redacted_on,
    published_on, withdrawn_on, channel, legal_basis, text_sha256, because, moved}."""
    query = narrow(select(PUBLICATIONS), PUBLICATIONS, region=region, state=state)
    if case_id is not None:
        query = query.where(PUBLICATIONS.c.case_id == case_id)
    query = query.order_by(PUBLICATIONS.c.moved.desc(), PUBLICATIONS.c.publication_id)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def supervised(
    conn: Connection,
    *,
    uscc: str | None = None,
    about: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Supervised listings (挂牌督办), latest first: {about, listing_id, owner, subject, region,
    matter, state, responsible_organ, responsible_region, requirements, proofs, due, public,
    listed, released}. State LISTED or RELEASED; requirements and proofs joined by ；."""
    query = narrow(select(SUPERVISED), SUPERVISED, state=state)
    for column, wanted in (("subject", uscc), ("about", about)):
        if wanted is not None:
            query = query.where(SUPERVISED.c[column] == wanted)
    if region is not None:
        query = query.where(within(SUPERVISED.c.responsible_region, region))
    query = query.order_by(SUPERVISED.c.listed.desc(), SUPERVISED.c.about)
    return listed(conn, query.limit(limit).offset(offset), _STAMPS)


def _cases(*, region: str | None = None, state: str | None = None, voided: bool = False) -> Any:
    listing = (
        select(SUPERVISED.c.about)
        .where(
            SUPERVISED.c.about == CASES.c.case_id,
            SUPERVISED.c.state == "LISTED",
            ~SUPERVISED.c.voided,
        )
        .exists()
    )
    query = select(CASES, listing.label("supervised"))
    if not voided:
        query = narrow(query, CASES, region=region, state=state)
    return query.where(CASES.c.filed.is_not(None))


def _listed_then(conn: Connection, case_id: str, as_of: int) -> bool:
    """Whether a case stood listed for supervision, as recorded up to a stamp."""
    steps = conn.execute(
        select(SUPERVISED.c.steps).where(SUPERVISED.c.about == case_id)
    ).scalar_one_or_none()
    known = () if steps is None else until([s for s in read(steps) if s.stamp <= as_of], None)
    return bool(known) and fold_supervised(known)["state"] == "LISTED"


def _case(row: Mapping[Any, Any], on: date) -> Answer:
    found = answer(row, _STAMPS) | terms_of(row, on) | {"supervised": bool(row["supervised"])}
    if found["due"] is not None:
        found["due"] = CALENDAR.next_working_day(date.fromisoformat(found["due"])).isoformat()
    del found["runs"]
    return found
