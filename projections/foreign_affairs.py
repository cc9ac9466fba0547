"""What 外事 sees: facts addressed to it, and the overseas-labour qualifications that 商务 grants."""

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
"""Event types addressed to 外事 and the fields its inbox shows; no family of them exists yet."""

INBOX = inbox_table("fao_inbox", METADATA)
QUALIFICATIONS = licence_table("fao_qualifications", METADATA)


def _qualification(fact: Recorded[Any]) -> str | None:
    return str(fact.fact.licence_id) if fact.fact.type == "QUAL_FLC" else None


PROJECTION = reader_of(
    "foreign_affairs",
    2,
    METADATA,
    (
        inbox_entity(INBOX, ADDRESSED),
        Entity(QUALIFICATIONS, _qualification, LICENCE_FIELDS, fold_licence),
    ),
)


def inbox(
    conn: Connection, *, region: str | None = None, limit: int = 50, offset: int = 0
) -> list[Answer]:
    """Facts addressed to 外事, latest first."""
    return addressed_to(conn, INBOX, region, limit, offset)


def qualifications(
    conn: Connection,
    *,
    region: str | None = None,
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Answer]:
    """Qualifications for overseas labour cooperation, latest grant first."""
    return granted_latest(conn, QUALIFICATIONS, region, state, limit, offset)
