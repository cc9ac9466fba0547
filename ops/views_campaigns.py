"""The views of campaigns: what units owe and gave, the prepared forms, the boards, the self-checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from ops.asking import Ask, View, listed, today
from projections import campaigns, statistics


def _dated(query: Callable[..., Any]) -> Callable[[Connection, Ask], Any]:
    """A query of one campaign (of) whose rows have a last day."""

    def rows(connection: Connection, ask: Ask) -> Any:
        found = query(
            connection,
            on=today(ask).isoformat(),
            campaign_id=ask.of,
            region=ask.region,
            state=ask.state,
        )
        return found[ask.offset : ask.offset + ask.limit]

    return rows


def _self_checks(connection: Connection, ask: Ask) -> Any:
    """Who declared; of a campaign (of) in a territory also who did not. `of` may be a firm."""
    window = None if ask.of is None else statistics.window(connection, ask.of)
    if window is None:
        return campaigns.self_checks(
            connection, uscc=ask.of, region=ask.region, limit=ask.limit, offset=ask.offset
        )
    done = [
        one | {"declared": True}
        for one in campaigns.self_checks(
            connection, campaign_id=window.campaign, region=ask.region, limit=1_000_000
        )
    ]
    units = window.units if ask.region is None else (ask.region,)
    missing = {
        one.subject: {"uscc": one.subject, "name": one.name, "campaign_id": window.campaign}
        for unit in units
        for one in statistics.yet_to_declare(connection, window, unit, ask.as_of or ask.now)
    }
    every = done + [one | {"declared": False} for one in missing.values()]
    return every[ask.offset : ask.offset + ask.limit]


CAMPAIGN_VIEWS: tuple[View, ...] = (
    View(
        name="campaigns",
        node="hr",
        zh="专项行动",
        en="Campaigns",
        rows=lambda c, ask: campaigns.campaigns(
            c, region=ask.region, state=ask.state, limit=ask.limit, offset=ask.offset
        ),
        columns=("campaign_id", "code", "title", "region", "state", "effective_from", "ends_on"),
    ),
    View(
        name="campaign_reports",
        node="hr",
        zh="专项行动报送",
        en="Reports of campaigns",
        rows=lambda c, ask: campaigns.reports(
            c,
            on=today(ask).isoformat(),
            campaign_id=ask.of,
            region=ask.region,
            state=ask.state,
            limit=ask.limit,
            offset=ask.offset,
        ),
        columns=("campaign_id", "unit", "code", "kind", "due", "state", "submitted_at"),
    ),
    View(
        name="campaign_tasks",
        node="hr",
        zh="专项行动任务",
        en="Tasks of campaigns",
        rows=_dated(campaigns.tasks),
        columns=("campaign_id", "unit", "what", "organ", "due", "state", "overdue"),
    ),
    View(
        name="campaign_problems",
        node="hr",
        zh="专项行动发现的问题",
        en="Problems of campaigns",
        rows=_dated(campaigns.problems),
        columns=("campaign_id", "unit", "what", "problem_class", "due", "state", "overdue"),
    ),
    View(
        name="boards",
        node="hr",
        zh="红黑榜",
        en="Red and black boards",
        rows=lambda c, ask: campaigns.boards(
            c,
            on=today(ask).isoformat(),
            subject=ask.of,
            region=ask.region,
            state=ask.state,
        ),
        columns=("board", "subject_id", "unit", "state", "shown_on", "until", "withdrawn_on"),
    ),
    View(
        name="self_checks",
        node="hr",
        zh="机构自查",
        en="Self-checks",
        rows=_self_checks,
        columns=(
            "uscc",
            "campaign_id",
            "declared",
            "declared_on",
            "problems",
            "uncorrected",
            "rebate_present",
        ),
    ),
    View(
        name="annual_reports",
        node="hr",
        zh="年度经营情况报告",
        en="Annual reports",
        rows=listed(campaigns.annual_reports),
        columns=("uscc", "year", "region", "state", "submitted_on", "disclosed_on"),
    ),
)
"""Every view of this kind, in the order in which they are shown."""
