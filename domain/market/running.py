"""The campaign that an act of the market's administration belongs to.

1. What names a campaign keeps that campaign's matter; the campaign has been launched.
2. What concerns a firm lies in the territory of one of the campaign's units.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.campaign.facts import CampaignLaunched, campaign_of
from domain.commands import Context, History, Own
from domain.departments import covers
from domain.errors import Refusal

_PLAN = "楚雄州劳务中介专项整治行动工作实施方案（2021-04-06）"


class CampaignNotOnRecord(Refusal):
    """No such campaign was launched."""

    zh = "没有编号为{campaign}的专项行动。"
    en = "No campaign {campaign} was launched."
    next_zh = "请核对编号；专项行动部署后再登记，或者留空。"
    next_en = "Check the id; launch the campaign first, or leave it empty."
    source = _PLAN
    field = "campaign"


class OutsideCampaign(Refusal):
    """The territory is none of the campaign's."""

    zh = "{region}不在专项行动{campaign}的范围（{units}）内。"
    en = "{region} lies outside the campaign {campaign} ({units})."
    next_zh = "请核对专项行动编号。"
    next_en = "Check the campaign."
    source = _PLAN
    field = "campaign"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A launched campaign: its matter and what it said."""

    matter: str
    launched: CampaignLaunched


def reads_campaign(campaign: str | None) -> tuple[Own, ...]:
    """What is read to know the campaign that an act names."""
    return () if campaign is None else (Own(stream=campaign_of(campaign)),)


def must_run(history: History, campaign: str, region: str) -> Campaign:
    """A launched campaign whose units include a territory, or whose issuer's it is."""
    for one in history.own(campaign_of(campaign)):
        if isinstance(one.fact, CampaignLaunched):
            if region != one.fact.region and not any(
                covers(unit, region) for unit in one.fact.units
            ):
                raise OutsideCampaign(
                    campaign=campaign, region=region, units="、".join(one.fact.units)
                )
            return Campaign(matter=one.matter, launched=one.fact)
    raise CampaignNotOnRecord(campaign=campaign)


def matter_of(history: History, campaign: str | None, region: str, context: Context) -> str:
    """The campaign's matter, or a new one where none is named."""
    if campaign is None:
        return context.mint("M")
    return must_run(history, campaign, region).matter
