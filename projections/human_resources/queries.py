"""What officers of 人社 and the public ask of this read model. Instants and dates are ISO text."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    String,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)

from domain.deadline import DeadlineBreached
from domain.directory import DirectoryPublished
from domain.licence.facts import HR_LICENCES, LicenceGranted
from domain.risk.facts import RiskWarningRaised
from projections.answers import Answer, answer, narrow
from projections.human_resources.tables import (
    APPLICATIONS,
    CORRECTIONS,
    CREDIT,
    FILINGS,
    FINDINGS,
    LICENCES,
    NOTICES,
    PUSHES,
    SUBJECTS,
)
from projections.licence_life import (
    OPEN_APPLICATION,
    fold_application,
    fold_licence,
    licensed_on,
    state_on,
)
from projections.steps import Steps, moment, read, standing, until, within

_STAMPS = frozenset(
    {
        "granted",
        "ended",
        "deregistered",
        "registrar_told",
        "began",
        "pushed",
        "claimed",
        "guided",
        "disposed",
        "ordered",
        "verified",
        "found",
        "receipted",
        "recorded",
    }
)


def subject(conn: Connection, uscc: str) -> Answer | None:
    """The registered name, scope and region of a market entity; None if never heard of."""
    found = (
        conn.execute(select(SUBJECTS).where(SUBJECTS.c.uscc == uscc, ~SUBJECTS.c.voided))
        .mappings()
        .first()
    )
    return None if found is None else _answer(found)


def licences(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    on: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Licences, latest grant first. With `on`, a licence past its last day shows as EXPIRED."""
    query = select(LICENCES, SUBJECTS.c.name).outerjoin(
        SUBJECTS, SUBJECTS.c.uscc == LICENCES.c.uscc
    )
    query = narrow(query, LICENCES, uscc=uscc, region=region)
    if state is not None:
        query = query.where(_in_state(state, on))
    query = query.order_by(LICENCES.c.granted.desc(), LICENCES.c.licence_id)
    return [_licence(row, on) for row in conn.execute(query.limit(limit).offset(offset)).mappings()]


def _in_state(state: str, on: date | None) -> Any:
    past = (
        and_(
            LICENCES.c.state.in_(("GRANTED", "SUSPENDED")),
            LICENCES.c.valid_to.is_not(None),
            LICENCES.c.valid_to < on.isoformat(),
        )
        if on is not None
        else None
    )
    if past is None:
        return LICENCES.c.state == state
    return (
        past if state == "EXPIRED" else and_(LICENCES.c.state == state, ~func.coalesce(past, False))
    )


def licence_of(
    conn: Connection,
    uscc: str,
    type: str = "LIC_HRS",
    as_of: int | None = None,
    *,
    on: date | None = None,
) -> Answer:
    """The licence of one firm and type as of a stamp (None: as now known).

    `state` is NONE where there is none; an open application shows as APPLIED, ACCEPTED or
    RETURNED_FOR_COMPLETION unless an earlier licence is still in force. `on` is the day for
    which expiry is judged.
    """
    granted: list[Answer] = []
    for licence_id, steps in _licence_steps(conn, uscc, type, as_of):
        folded = fold_licence(steps) | {"licence_id": licence_id}
        if folded["granted"] is not None:
            granted.append(folded)
    applications: list[Answer] = []
    stored = conn.execute(
        select(APPLICATIONS.c.application_id, APPLICATIONS.c.steps).where(
            APPLICATIONS.c.uscc == uscc, APPLICATIONS.c.type == type
        )
    )
    for application_id, text in stored:
        known = until(read(text), as_of)
        if known:
            applications.append(fold_application(known) | {"application_id": application_id})
    licence = max(granted, key=lambda one: one["granted"], default=None)
    application = max(applications, key=lambda one: one["began"], default=None)
    shown = _answer(application) if application is not None else None
    if licence is not None:
        state = state_on(licence["state"], licence["valid_to"], on)
        if (
            state in ("GRANTED", "SUSPENDED")
            or shown is None
            or shown["state"] not in OPEN_APPLICATION
        ):
            return _answer(licence) | {"state": state, "application": shown}
    if shown is not None:
        return shown | {"cause": None, "licence_id": None, "application": shown}
    return {"uscc": uscc, "type": type, "state": "NONE", "cause": None, "licence_id": None}


def licensed(
    conn: Connection,
    uscc: str,
    on: date,
    *,
    as_known: int | None = None,
    type: str = "LIC_HRS",
) -> bool:
    """Whether the firm was licensed on a day, as known at a stamp (None: as now known).

    For a day between a grant and its annulment the two answers differ, and both are right
    (reference 3.3).
    """
    return any(licensed_on(steps, on) for _, steps in _licence_steps(conn, uscc, type, as_known))


def _licence_steps(
    conn: Connection, uscc: str, type: str, as_of: int | None
) -> list[tuple[str, Steps]]:
    stored = conn.execute(
        select(LICENCES.c.licence_id, LICENCES.c.steps).where(
            LICENCES.c.uscc == uscc, LICENCES.c.type == type
        )
    )
    return [(row[0], known) for row in stored if (known := until(read(row[1]), as_of))]


def licence_history(conn: Connection, licence_id: str) -> list[Answer]:
    """Every step of a licence, oldest first, with the state that it led to."""
    text = conn.execute(
        select(LICENCES.c.steps).where(LICENCES.c.licence_id == licence_id)
    ).scalar_one_or_none()
    steps = [] if text is None else read(text)
    return [
        {
            "event_id": step.event,
            "type": step.type,
            "recorded": moment(step.stamp),
            "effective": step.effective,
            "data": step.data,
            "state": fold_licence(standing(steps[: n + 1]))["state"],
        }
        for n, step in enumerate(steps)
    ]


def applications(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Applications, latest first."""
    query = select(APPLICATIONS, SUBJECTS.c.name).outerjoin(
        SUBJECTS, SUBJECTS.c.uscc == APPLICATIONS.c.uscc
    )
    query = narrow(query, APPLICATIONS, uscc=uscc, region=region, state=state).order_by(
        APPLICATIONS.c.began.desc(), APPLICATIONS.c.application_id
    )
    return [_answer(row) for row in conn.execute(query.limit(limit).offset(offset)).mappings()]


def certificate(conn: Connection, qr_token: str, *, on: date | None = None) -> Answer | None:
    """The live state of the licence behind a certificate's QR code; None for an unknown token."""
    query = (
        select(LICENCES, SUBJECTS.c.name)
        .outerjoin(SUBJECTS, SUBJECTS.c.uscc == LICENCES.c.uscc)
        .where(LICENCES.c.qr_token == qr_token, ~LICENCES.c.voided)
    )
    found = conn.execute(query).mappings().first()
    return None if found is None else _licence(found, on)


def pushes(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Pushes and their fate, latest first; `state` PUSHED, CLAIMED, GUIDED or DISPOSED."""
    query = narrow(select(PUSHES), PUSHES, uscc=uscc, region=region, state=state).order_by(
        PUSHES.c.pushed.desc(), PUSHES.c.push_id
    )
    return [_answer(row) for row in conn.execute(query.limit(limit).offset(offset)).mappings()]


def directory(
    conn: Connection,
    *,
    region: str | None = None,
    search: str | None = None,
    on: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Answer], int]:
    """Agencies with a licence in force or a filing, by name, and how many there are: public.

    `search` matches part of the name or the beginning of the code.
    """
    in_force = (
        _in_state("GRANTED", on) if on is not None else LICENCES.c.state == "GRANTED"
    ) & LICENCES.c.type.in_(HR_LICENCES)
    empty = literal(None, String)
    licensed_agencies = select(
        LICENCES.c.uscc,
        literal("LICENCE").label("entry"),
        LICENCES.c.type.label("what"),
        LICENCES.c.licence_id.label("id"),
        LICENCES.c.region,
        LICENCES.c.scope,
        LICENCES.c.serial,
        LICENCES.c.valid_from,
        LICENCES.c.valid_to,
    ).where(in_force, ~LICENCES.c.voided)
    filed_agencies = select(
        FILINGS.c.uscc,
        literal("FILING").label("entry"),
        FILINGS.c.services.label("what"),
        FILINGS.c.filing_id.label("id"),
        FILINGS.c.region,
        empty.label("scope"),
        empty.label("serial"),
        FILINGS.c.filed_on.label("valid_from"),
        empty.label("valid_to"),
    ).where(FILINGS.c.open, ~FILINGS.c.voided)
    entries = union_all(licensed_agencies, filed_agencies).subquery("entries")
    query = select(entries, SUBJECTS.c.name).outerjoin(SUBJECTS, SUBJECTS.c.uscc == entries.c.uscc)
    if region is not None:
        query = query.where(within(entries.c.region, region))
    if search:
        query = query.where(
            or_(
                SUBJECTS.c.name.contains(search, autoescape=True),
                entries.c.uscc.startswith(search.upper(), autoescape=True),
            )
        )
    total = conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(SUBJECTS.c.name, entries.c.uscc, entries.c.entry.desc())
    rows = conn.execute(page.limit(limit).offset(offset)).mappings()
    return [dict(row) for row in rows], total


def publications(conn: Connection, *, region: str | None = None, limit: int = 20) -> list[Answer]:
    """Published snapshots of the directory, latest first."""
    return _notices(conn, DirectoryPublished.TYPE, None, region, limit)


def warnings(conn: Connection, *, uscc: str | None = None, limit: int = 50) -> list[Answer]:
    """Risk warnings, latest first."""
    return _notices(conn, RiskWarningRaised.TYPE, uscc, None, limit)


def breaches(conn: Connection, *, uscc: str | None = None, limit: int = 50) -> list[Answer]:
    """Deadlines that 人社 itself missed, latest first."""
    return _notices(conn, DeadlineBreached.TYPE, uscc, None, limit)


def _notices(
    conn: Connection, type_name: str, subject: str | None, region: str | None, limit: int
) -> list[Answer]:
    query = select(NOTICES).where(NOTICES.c.type == type_name, ~NOTICES.c.voided)
    if subject is not None:
        query = query.where(NOTICES.c.subject == subject)
    if region is not None:
        query = query.where(within(NOTICES.c.region, region))
    query = query.order_by(NOTICES.c.recorded.desc(), NOTICES.c.event_id)
    return [_answer(row) for row in conn.execute(query.limit(limit)).mappings()]


def corrections(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
) -> list[Answer]:
    """Orders to correct: OPEN, CORRECTED, NOT_CORRECTED or REFUSED; latest first."""
    query = narrow(
        select(CORRECTIONS), CORRECTIONS, uscc=uscc, region=region, state=state
    ).order_by(CORRECTIONS.c.ordered.desc(), CORRECTIONS.c.order_id)
    return [_answer(row) for row in conn.execute(query.limit(limit)).mappings()]


def findings(conn: Connection, *, uscc: str | None = None, limit: int = 50) -> list[Answer]:
    """Violations found, latest first: {finding_id, uscc, region, matter, code, severity, about,
    facts (joined by ；), act_from, act_to, persons, amount_fen, question, needs_penalty, earlier,
    found}; `question` where the referral question must be asked."""
    query = narrow(select(FINDINGS), FINDINGS, uscc=uscc).order_by(
        FINDINGS.c.found.desc(), FINDINGS.c.finding_id
    )
    return [_answer(row) for row in conn.execute(query.limit(limit)).mappings()]


def credit_pushes(conn: Connection, *, uscc: str | None = None, limit: int = 50) -> list[Answer]:
    """What was pushed to the credit platform, and the answer to it; latest first."""
    query = narrow(select(CREDIT), CREDIT, uscc=uscc).order_by(
        CREDIT.c.pushed.desc(), CREDIT.c.push_event
    )
    return [_answer(row) for row in conn.execute(query.limit(limit)).mappings()]


def filings(conn: Connection, *, uscc: str | None = None, limit: int = 50) -> list[Answer]:
    """Filings of services by agency."""
    query = narrow(select(FILINGS), FILINGS, uscc=uscc).order_by(FILINGS.c.uscc)
    return [_answer(row) for row in conn.execute(query.limit(limit)).mappings()]


def _answer(row: Any) -> Answer:
    return answer(row, _STAMPS)


def _licence(row: Any, on: date | None) -> Answer:
    steps = standing(read(row["steps"]))
    grant = next((step for step in steps if step.type == LicenceGranted.TYPE), None)
    return _answer(row) | {
        "state": state_on(row["state"], row["valid_to"], on),
        "grant_event": None if grant is None else grant.event,
    }
