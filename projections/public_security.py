"""What 公安 sees: referrals received, due and answered; leads sent to it; its event permits.

Public-order leads are no referrals (reference 8.6); `projections.leads` has them whole.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData

from domain.facts import Recorded
from domain.lead.facts import LeadTransferred
from domain.referral.facts import ReferralTransferred
from projections.addressed import addressed_to, inbox_entity, inbox_table
from projections.answers import Answer, Listed
from projections.licence_life import LICENCE_FIELDS, fold_licence, granted_latest, licence_table
from projections.reader import reader_of
from projections.referral_life import (
    OUTCOME_FIELDS,
    REFERRAL_FIELDS,
    fold_referral,
    referral_in,
    referral_of,
    referral_table,
    referrals_of,
)
from projections.steps import Entity

METADATA = MetaData()

ADDRESSED: dict[str, tuple[str, ...]] = {LeadTransferred.TYPE: (), ReferralTransferred.TYPE: ()}
"""Event types addressed to 公安: leads for it and referrals."""

INBOX = inbox_table("psb_inbox", METADATA)
PERMITS = licence_table("psb_permits", METADATA)
REFERRALS = referral_table("psb_referrals", METADATA)


def _addressed(fact: Recorded[Any]) -> bool:
    return fact.type == ReferralTransferred.TYPE or fact.fact.to_organ == "PSB"


def _permit(fact: Recorded[Any]) -> str | None:
    return str(fact.fact.licence_id) if fact.fact.type == "PERMIT_EVENT" else None


PROJECTION = reader_of(
    "public_security",
    2,
    METADATA,
    (
        inbox_entity(INBOX, ADDRESSED, _addressed),
        Entity(PERMITS, _permit, LICENCE_FIELDS, fold_licence),
        Entity(REFERRALS, referral_of, REFERRAL_FIELDS | OUTCOME_FIELDS, fold_referral),
    ),
)


def referrals(
    conn: Connection,
    *,
    uscc: str | None = None,
    region: str | None = None,
    state: str | None = None,
    open_only: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Listed:
    """Referrals that reached the police of a territory, latest moved first; rows as
    `projections.referral_life.referral_answer`. `open_only`: those that still wait for them.

    What is due when, the clocks of 公安 say; what only its sender decided so far is left out.
    """
    return referrals_of(
        conn,
        REFERRALS,
        uscc=uscc,
        police_region=region,
        state=state,
        reached=True,
        open_only=open_only,
        limit=limit,
        offset=offset,
    )


def referral(conn: Connection, referral_id: str) -> Answer | None:
    """One referral with its steps (see `projections.referral_life.referral_in`)."""
    return referral_in(conn, REFERRALS, referral_id)


def inbox(
    conn: Connection, *, region: str | None = None, limit: int = 50, offset: int = 0
) -> list[Answer]:
    """Facts addressed to 公安, latest first."""
    return addressed_to(conn, INBOX, region, limit, offset)


def permits(
    conn: Connection,
    *,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Safety permits for large events, such as job fairs, latest first."""
    return granted_latest(conn, PERMITS, region, state, limit, offset)
