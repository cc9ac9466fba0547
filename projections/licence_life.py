"""The life of a licence and of an application, folded from their steps (reference 3.2, 3.3).

Shared by the readers that show licences. 撤销, 吊销 and 注销 stay three different endings:
an annulled licence was never valid (known only from the annulment on), a revoked one was
valid until the decision took effect, and only deregistration is final.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    Table,
    Text,
    select,
)

from domain.facts import CHINA, end_of, stamp_of
from domain.licence.facts import (
    CertificateDelivered,
    ChangeApplied,
    CommitmentVerified,
    CompletionSubmitted,
    DecisionTermExtended,
    LicenceAnnulled,
    LicenceApplicationHandled,
    LicenceApplied,
    LicenceChanged,
    LicenceDecisionServed,
    LicenceDeregistered,
    LicenceEndNotified,
    LicenceGranted,
    LicenceRevoked,
    RenewalApplied,
)
from projections.answers import Answer, answer, narrow
from projections.steps import Steps, steps_columns

GRANTED = LicenceGranted.TYPE
ANNULLED = LicenceAnnulled.TYPE
REVOKED = LicenceRevoked.TYPE
DEREGISTERED = LicenceDeregistered.TYPE
CHANGED = LicenceChanged.TYPE
VERIFIED = CommitmentVerified.TYPE
HANDLED = LicenceApplicationHandled.TYPE

LICENCE_FIELDS: dict[str, tuple[str, ...]] = {
    GRANTED: (
        "licence_id",
        "application_id",
        "uscc",
        "type",
        "mode",
        "scope",
        "online",
        "region",
        "valid_from",
        "valid_to",
        "document_no",
        "certificate",
    ),
    CertificateDelivered.TYPE: ("delivered_on",),
    RenewalApplied.TYPE: ("applied_on", "expires_on"),
    ChangeApplied.TYPE: ("what", "applied_on"),
    CHANGED: ("change", "what", "valid_to", "deemed"),
    VERIFIED: ("result", "failures"),
    ANNULLED: ("cause", "ex_tunc_from", "document_no"),
    REVOKED: ("effective_on", "document_no", "penalty_decision_id"),
    LicenceDecisionServed.TYPE: ("served_on", "document_no"),
    DEREGISTERED: ("cause",),
    LicenceEndNotified.TYPE: ("end",),
}
"""The facts that bear on one licence, by its licence id, and the fields its steps keep."""

APPLICATION_FIELDS: dict[str, tuple[str, ...]] = {
    LicenceApplied.TYPE: ("uscc", "type", "mode", "scope", "applied_on"),
    HANDLED: ("outcome", "missing", "deemed", "reason"),
    CompletionSubmitted.TYPE: (),
    DecisionTermExtended.TYPE: ("reason",),
    GRANTED: ("licence_id",),
}
"""The facts that bear on one application, by its application id."""

OPEN_APPLICATION = frozenset({"APPLIED", "RETURNED_FOR_COMPLETION", "ACCEPTED"})

_AFTER_HANDLING = {
    "ACCEPTED": "ACCEPTED",
    "COMPLETION_REQUESTED": "RETURNED_FOR_COMPLETION",
    "NOT_ACCEPTED": "NOT_ACCEPTED",
    "DENIED": "DENIED",
    "WITHDRAWN": "WITHDRAWN",
}


def licence_columns() -> list[Column[Any]]:
    """The columns of a licence: its id, what `fold_licence` fills, and its steps."""
    return [
        Column("licence_id", Text, primary_key=True),
        Column("uscc", Text),
        Column("type", Text),
        Column("region", Text),
        Column("matter", Text),
        Column("state", Text, nullable=False),
        Column("cause", Text),
        Column("annulment_cause", Text),
        Column("application_id", Text),
        Column("mode", Text),
        Column("scope", Text),
        Column("online", Boolean),
        Column("commitment_check", Text),
        Column("valid_from", Text),
        Column("valid_to", Text),
        Column("document_no", Text),
        Column("serial", Text),
        Column("qr_token", Text),
        Column("granted", BigInteger),
        Column("ended", BigInteger),
        Column("void_from", Text),
        Column("served_on", Text),
        Column("deregistered", BigInteger),
        Column("registrar_told", BigInteger),
        Column("renewal_applied_on", Text),
        *steps_columns(),
    ]


def licence_table(name: str, metadata: MetaData) -> Table:
    """The licences of one kind that a department watches, listed by territory."""
    return Table(
        name,
        metadata,
        *licence_columns(),
        Index(f"{name}_region", "region", "state", "granted"),
    )


def granted_latest(
    conn: Connection,
    table: Table,
    region: str | None,
    state: str | None,
    limit: int,
    offset: int,
) -> list[Answer]:
    """The licences of such a table in a territory, latest grant first."""
    query = narrow(select(table), table, region=region, state=state)
    query = query.order_by(table.c.granted.desc(), table.c.licence_id)
    found = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [answer(row, ("granted", "ended", "deregistered", "registrar_told")) for row in found]


def fold_licence(steps: Steps) -> dict[str, Any]:
    """The licence after these steps; state NONE before its grant. Expiry is the reader's day."""
    licence: dict[str, Any] = {
        "uscc": steps[0].subject if steps else None,
        "type": None,
        "region": steps[0].region if steps else None,
        "matter": steps[0].matter if steps else None,
        "state": "NONE",
        "cause": None,
        "annulment_cause": None,
        "application_id": None,
        "mode": None,
        "scope": None,
        "online": False,
        "commitment_check": None,
        "valid_from": None,
        "valid_to": None,
        "document_no": None,
        "serial": None,
        "qr_token": None,
        "granted": None,
        "ended": None,
        "void_from": None,
        "served_on": None,
        "deregistered": None,
        "registrar_told": None,
        "renewal_applied_on": None,
    }
    for step in steps:
        data = step.data
        if step.type == GRANTED:
            certificate = data["certificate"] or {}
            licence.update(
                {name: data[name] for name in LICENCE_FIELDS[GRANTED][1:-1]},
                matter=step.matter,
                state="GRANTED",
                granted=step.stamp,
                commitment_check="PENDING" if data["mode"] == "COMMITMENT" else None,
                serial=certificate.get("serial"),
                qr_token=certificate.get("qr_token"),
            )
        elif step.type == CHANGED:
            _change(licence, data)
        elif step.type == VERIFIED:
            licence["commitment_check"] = data["result"]
        elif step.type == RenewalApplied.TYPE:
            licence["renewal_applied_on"] = data["applied_on"]
        elif step.type == ANNULLED:
            licence.update(
                state="ANNULLED",
                cause=data["cause"],
                annulment_cause=data["cause"],
                ended=step.stamp,
                void_from=data["ex_tunc_from"],
            )
        elif step.type == REVOKED:
            licence.update(
                state="REVOKED", cause=None, ended=step.stamp, void_from=data["effective_on"]
            )
        elif step.type == LicenceDecisionServed.TYPE:
            licence["served_on"] = data["served_on"]
        elif step.type == DEREGISTERED:
            licence.update(state="DEREGISTERED", cause=data["cause"], deregistered=step.stamp)
        elif step.type == LicenceEndNotified.TYPE:
            licence["registrar_told"] = step.stamp
    return licence


def _change(licence: dict[str, Any], data: dict[str, Any]) -> None:
    change = data["change"]
    if change == "RENEWED":
        licence["valid_to"] = data["valid_to"]
        licence["renewal_applied_on"] = None
    elif change == "SUSPENDED" and licence["state"] == "GRANTED":
        licence["state"] = "SUSPENDED"
    elif change == "RESUMED" and licence["state"] == "SUSPENDED":
        licence["state"] = "GRANTED"


def state_on(state: str, valid_to: str | None, day: date | None) -> str:
    """The state that a reader sees on a day: a licence past its last day is EXPIRED."""
    if day is not None and state in ("GRANTED", "SUSPENDED") and valid_to is not None:
        return "EXPIRED" if valid_to < day.isoformat() else state
    return state


def licensed_on(steps: Steps, day: date) -> bool:
    """Whether these steps, as far as they go, say that the licence was good on a day.

    An annulment takes away every day from `ex_tunc_from`; a revocation every day from its
    effective date; a suspension the days from its own date to the resumption's.
    """
    on = day.isoformat()
    good = False
    valid_to: str | None = None
    for step in steps:
        data = step.data
        if step.type == GRANTED:
            good = data["valid_from"] <= on
            valid_to = data["valid_to"]
        elif step.type == CHANGED and data["change"] == "RENEWED":
            valid_to = data["valid_to"]
        elif step.type == CHANGED and data["change"] == "SUSPENDED" and step.effective <= on:
            good = False
        elif step.type == CHANGED and data["change"] == "RESUMED" and step.effective <= on:
            good = True
        elif (
            (step.type == ANNULLED and data["ex_tunc_from"] <= on)
            or (step.type == REVOKED and data["effective_on"] <= on)
            or (step.type == DEREGISTERED and step.effective <= on)
        ):
            return False
    return good and (valid_to is None or on <= valid_to)


def in_force(steps: Steps) -> list[tuple[int, int | None]]:
    """When the licence was in force on the recorded axis: [since, until) stamps, oldest first.

    The last day of validity counts whole; a revocation counts from its effective date.
    """
    spans: list[tuple[int, int | None]] = []
    since: int | None = None
    expiry: int | None = None

    def close(at: int) -> None:
        nonlocal since
        if since is not None:
            end = at if expiry is None else min(at, expiry)
            if end > since:
                spans.append((since, end))
            since = None

    for step in steps:
        data = step.data
        if step.type == GRANTED:
            since, expiry = step.stamp, _expiry(data["valid_to"])
        elif step.type == CHANGED and data["change"] == "RENEWED":
            renewed = _expiry(data["valid_to"])
            if expiry is not None and expiry <= step.stamp and since is not None:
                close(expiry)
                since = step.stamp
            expiry = renewed
        elif step.type == CHANGED and data["change"] == "SUSPENDED":
            close(step.stamp)
        elif step.type == CHANGED and data["change"] == "RESUMED":
            since = step.stamp if since is None else since
        elif step.type == REVOKED:
            close(max(step.stamp, _start(data["effective_on"])))
        elif step.type in (ANNULLED, DEREGISTERED):
            close(step.stamp)
    if since is not None and (expiry is None or expiry > since):
        spans.append((since, expiry))
    return spans


def _expiry(valid_to: str | None) -> int | None:
    """Just after the last valid day: as of that day's end the licence still counts."""
    return None if valid_to is None else end_of(date.fromisoformat(valid_to)) + 1


def _start(day: str) -> int:
    """Just after the end of the day before: as of that end the day has not begun."""
    return stamp_of(datetime.fromisoformat(day).replace(tzinfo=CHINA)) + 1


def fold_application(steps: Steps) -> dict[str, Any]:
    """The application after these steps."""
    application: dict[str, Any] = {
        "uscc": steps[0].subject if steps else None,
        "type": None,
        "region": steps[0].region if steps else None,
        "matter": steps[0].matter if steps else None,
        "mode": None,
        "scope": None,
        "applied_on": None,
        "state": "NONE",
        "deemed": False,
        "missing": None,
        "licence_id": None,
        "began": steps[0].stamp if steps else None,
    }
    for step in steps:
        if step.type == LicenceApplied.TYPE:
            application.update(step.data, region=step.region, matter=step.matter, state="APPLIED")
        elif step.type == HANDLED:
            application["state"] = _AFTER_HANDLING[step.data["outcome"]]
            application["deemed"] = step.data["deemed"]
            application["missing"] = "；".join(step.data["missing"]) or None
        elif step.type == CompletionSubmitted.TYPE:
            application.update(state="APPLIED", missing=None)
        elif step.type == GRANTED:
            application.update(state="GRANTED", licence_id=step.data["licence_id"])
    return application
