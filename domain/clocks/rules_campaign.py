"""The clocks of campaigns: reports, tasks, chases, problems, findings of visits (reference 10.1).

1. Every last day is a fixed date that the notice, the issuer or the unit itself named: it never
   rolls, and late is what is recorded after 24:00 of it.
2. The unit owes; where a fact names the organ that answers for it, that organ does.
3. With the end of the campaign what still runs is owed no more.
"""

from __future__ import annotations

from datetime import date

from domain.campaign.facts import (
    CampaignClosed,
    ReportExpected,
    ReportSubmitted,
)
from domain.clocks.conditions import OFFICE
from domain.clocks.words import ClockRule, Ending, Policy, Seen, Start, Stop, field

_PLAN = "楚雄州劳务中介专项整治行动工作实施方案（2021-04-06）"
campaign = field("campaign_id")
unit = field("unit")


def _due(seen: Seen, _: Policy) -> date | None:
    day: date = seen.fact.due
    return day


def _report(seen: Seen) -> str:
    return f"{seen.fact.unit}/{seen.fact.code}"


OVER = Stop(type=CampaignClosed.TYPE, key=campaign, ending=Ending.MOOT)

CAMPAIGN_RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="CAMPAIGN-REPORT",
        zh="报送专项行动材料",
        en="Submit a campaign report",
        debtor=OFFICE,
        owner="HRSS",
        period=None,
        rolls=False,
        basis=f"{_PLAN}四（报送时限为固定日期，不顺延）",
        mark="S1",
        started_by=(
            Start(type=ReportExpected.TYPE, key=campaign, item=_report, until=_due, region=unit),
        ),
        stopped_by=(Stop(type=ReportSubmitted.TYPE, key=campaign, item=_report), OVER),
        on_elapse="breach",
        commands=("SubmitReport",),
    ),
)
"""Terms of what units owe in a campaign."""
