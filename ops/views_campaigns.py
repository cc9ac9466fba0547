"""The views of campaigns: what units owe and gave, the prepared forms, the boards, the self-checks."""

from __future__ import annotations

from ops.asking import View, today
from projections import campaigns

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
        rows=lambda c, ask: campaigns.self_checks(
            c, uscc=ask.of, region=ask.region, limit=ask.limit, offset=ask.offset
        ),
        columns=("uscc", "campaign_id", "declared_on", "problems", "uncorrected", "rebate_present"),
    ),
)
"""Every view of this kind, in the order in which they are shown."""
