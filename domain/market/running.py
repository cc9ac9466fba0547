"""The campaign that an act of the market's administration belongs to.

1. What names a campaign keeps that campaign's matter; the campaign has been launched. What
   happened while it ran may be entered after it was closed.
2. What concerns a firm lies in the territory of one of the campaign's units, or its issuer's own.
"""

from __future__ import annotations

from domain.campaign import state
from domain.campaign.state import Campaign
from domain.commands import Context, History, Own
from domain.departments import covers
from domain.errors import Refusal
from domain.statutes import CAMPAIGN_PLAN


class OutsideCampaign(Refusal):
    """The territory is none of the campaign's."""

    zh = "{region}不在专项行动{campaign}的范围（{units}）内。"
    en = "{region} lies outside the campaign {campaign} ({units})."
    next_zh = "请核对专项行动编号。"
    next_en = "Check the campaign."
    source = f"{CAMPAIGN_PLAN}四"
    field = "campaign"


def reads_campaign(campaign: str | None) -> tuple[Own, ...]:
    """What is read to know the campaign that an act names."""
    return () if campaign is None else (state.read(campaign),)


def must_include(history: History, campaign: str, region: str) -> Campaign:
    """A launched campaign whose units include a territory, or whose issuer's it is."""
    found = state.known(history, campaign)
    units = found.launched.fact.units
    if region != found.issuer and not any(covers(unit, region) for unit in units):
        raise OutsideCampaign(campaign=campaign, region=region, units="、".join(units))
    return found


def matter_of(history: History, campaign: str | None, region: str, context: Context) -> str:
    """The campaign's matter, or a new one where none is named."""
    if campaign is None:
        return context.mint("M")
    return must_include(history, campaign, region).matter
