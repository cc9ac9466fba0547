"""Reactions of campaigns: at the launch each unit is told what it owes (R20, reference 14.3)."""

from __future__ import annotations

from typing import Any

from domain.campaign.facts import CampaignLaunched
from domain.reactions.words import Kind, Rule, Seen, always
from domain.statutes import CAMPAIGN_PLAN


def _campaign(seen: Seen) -> str:
    return str(seen.fact.campaign_id)


def _of_campaign(seen: Seen) -> dict[str, Any]:
    return {"campaign": seen.fact.campaign_id}


CAMPAIGN_REACTIONS: tuple[Rule, ...] = (
    Rule(
        id="R20",
        kind=Kind.AUTOMATIC,
        owner_organ="HRSS",
        when=(CampaignLaunched.TYPE,),
        given=always,
        command_name="ExpectReports",
        command=_of_campaign,
        target=_campaign,
        clock="CAMPAIGN-REPORT",
        zh="专项行动部署后，向各报送单位下达报送任务并计时",
        en="When a campaign is launched, each unit is told what it owes, and its terms run",
        source=f"{CAMPAIGN_PLAN}四；平台规则（R20）",
    ),
)
"""The reactions of campaigns."""
