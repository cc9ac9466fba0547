"""What 公安 sees: facts addressed to it, and the event permits that it grants itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData

from domain.facts import Recorded
from projections.addressed import addressed_to, inbox_entity, inbox_table
from projections.answers import Answer
from projections.licence_life import LICENCE_FIELDS, fold_licence, granted_latest, licence_table
from projections.reader import reader_of
from projections.steps import Entity

METADATA = MetaData()

ADDRESSED: dict[str, tuple[str, ...]] = {}
"""Event types addressed to 公安 and the fields its inbox shows; no family of them exists yet."""

INBOX = inbox_table("psb_inbox", METADATA)
PERMITS = licence_table("psb_permits", METADATA)


def _permit(fact: Recorded[Any]) -> str | None:
    return str(fact.fact.licence_id) if fact.fact.type == "PERMIT_EVENT" else None


PROJECTION = reader_of(
    "public_security",
    2,
    METADATA,
    (
        inbox_entity(INBOX, ADDRESSED),
        Entity(PERMITS, _permit, LICENCE_FIELDS, fold_licence),
    ),
)


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
