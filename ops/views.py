"""The projection queries by name: what `liandong view` prints and what a scenario expects.

Each view names the department whose projections it reads. Rows are plain values, so that
the command line, JSON and the comparison with a scenario see the same thing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gateways.department.platform import Platform
from ops.values import plain
from projections import clocks, development_reform, human_resources, leadership, market_supervision

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


class UnknownView(ValueError):
    """There is no view of this name."""


class ViewElsewhere(ValueError):
    """The department that keeps the view's rows is not served by this installation."""


def _licences(connection: Connection, ask: Ask) -> Any:
    if ask.of is not None and ask.as_of is not None:
        licence = human_resources.licence_of(connection, ask.of, as_of=ask.as_of)
        return [] if licence is None else [licence]
    return human_resources.licences(
        connection,
        uscc=ask.of,
        region=ask.region,
        state=ask.state,
        limit=ask.limit,
        offset=ask.offset,
    )


def _directory(connection: Connection, ask: Ask) -> Any:
    return human_resources.directory(
        connection, region=ask.region, search=ask.search, limit=ask.limit, offset=ask.offset
    )


VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View(
            name="leadership",
            node="lgo",
            zh="联合执法态势",
            en="Joint-enforcement status",
            rows=lambda c, ask: leadership.figures(c, as_of=ask.as_of, region=ask.region),
        ),
        View(
            name="licences",
            node="hr",
            zh="许可",
            en="Licences",
            rows=_licences,
            columns=(
                "uscc",
                "type",
                "region",
                "mode",
                "state",
                "cause",
                "valid_from",
                "valid_to",
                "matter",
            ),
        ),
        View(name="directory", node="hr", zh="机构名录", en="Directory", rows=_directory),
        View(
            name="claims",
            node="hr",
            zh="推送认领",
            en="Pushes received",
            rows=lambda c, ask: human_resources.pushes(c, uscc=ask.of, state=ask.state),
            columns=(
                "uscc",
                "needs",
                "state",
                "pushed",
                "claimed",
                "guided",
                "disposed",
                "outcome",
                "matter",
            ),
        ),
        View(
            name="pushes",
            node="samr",
            zh="经营范围推送",
            en="Pushes and their fate",
            rows=lambda c, ask: market_supervision.pushes(
                c, uscc=ask.of, region=ask.region, state=ask.state
            ),
            columns=(
                "uscc",
                "name",
                "phrases",
                "excluded",
                "needs",
                "pushed",
                "claimed",
                "outcome",
                "matter",
            ),
        ),
        View(
            name="registrations",
            node="samr",
            zh="市场主体登记",
            en="Registrations",
            rows=lambda c, ask: market_supervision.registrations(c, ask.of),
        ),
        View(
            name="scope_cleanups",
            node="samr",
            zh="待清理经营范围",
            en="Scopes to clean up",
            rows=lambda c, _: market_supervision.scope_cleanups(c),
            columns=("uscc", "name", "type", "end", "notified", "matter"),
        ),
        View(
            name="credit_records",
            node="drc",
            zh="信用信息",
            en="Credit records received",
            rows=lambda c, ask: development_reform.credit_records(c, uscc=ask.of),
            columns=("uscc", "kind", "record", "outcome", "pushed_on", "receipted", "matter"),
        ),
        View(
            name="breaches",
            node="lgo",
            zh="逾期",
            en="Deadline breaches",
            rows=lambda c, _: clocks.breaches(c),
            columns=("code", "owner", "subject", "due", "recorded", "basis", "matter"),
        ),
    )
}


def ask(platform: Platform, name: str, question: Ask) -> list[Row]:
    """The rows of a view. Raises UnknownView and ViewElsewhere."""
    view = VIEWS.get(name)
    if view is None:
        raise UnknownView(f"{name} is not a view; known are {', '.join(VIEWS)}")
    department = platform.departments.get(view.node)
    if department is None:
        raise ViewElsewhere(f"{name} is kept by {view.node}, which is not served here")
    with department.reading() as connection:
        found = view.rows(connection, question)
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], int):
        found = found[0]
    if dataclasses.is_dataclass(found) or isinstance(found, Mapping):
        found = plain(found).get("entries", [plain(found)])
    return [plain(row) for row in found]
