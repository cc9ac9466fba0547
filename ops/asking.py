"""What a view is, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from domain.facts import instant

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a view is asked: of whom, where, in which state, as of when; how many rows."""

    of: str | None = None
    region: str | None = None
    state: str | None = None
    search: str | None = None
    as_of: int | None = None
    now: int = 0
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, kw_only=True)
class View:
    """One named query: who keeps its rows, what it answers, and how."""

    name: str
    node: str
    zh: str
    en: str
    rows: Callable[[Connection, Ask], Any]
    columns: tuple[str, ...] = ()
    """What a table shows of a row; JSON has it whole."""


def listed(query: Callable[..., Any]) -> Callable[[Connection, Ask], Any]:
    """A query that lists by firm, territory and state."""
    return lambda connection, ask: query(
        connection,
        uscc=ask.of,
        region=ask.region,
        state=ask.state,
        limit=ask.limit,
        offset=ask.offset,
    )


def today(ask: Ask) -> date:
    """The day that a view is asked for: that of `as_of`, else of now."""
    return instant(ask.now if ask.as_of is None else ask.as_of).date()
