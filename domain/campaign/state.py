"""A campaign as its own stream tells it, and what is refused to whoever acts in it.

1. Nothing is done in a campaign that is over.
2. The issuer alone closes phases, visits, chases, judges and shows; a superior's superior does not.
3. A unit acts for itself: neither another unit nor the issuer reports in its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.campaign.facts import (
    CampaignClosed,
    CampaignLaunched,
    PhaseClosed,
    ReportDue,
    campaign_of,
)
from domain.commands import Context, History, Own, Post
from domain.errors import Refusal
from domain.facts import Recorded
from domain.statutes import CAMPAIGN_PLAN

"""The notice on which the rules of a campaign rest."""


class CampaignUnknown(Refusal):
    """No campaign of this id was launched."""

    zh = "没有编号为{campaign}的专项行动。"
    en = "There is no campaign {campaign}."
    next_zh = "请核对编号；尚未部署的，请先部署。"
    next_en = "Check the number, or launch the campaign first."
    source = f"{CAMPAIGN_PLAN}；平台规则（专项行动）"
    field = "campaign"


class CampaignOver(Refusal):
    """The campaign was closed."""

    zh = "专项行动{campaign}已于{closed_on}结束，不再办理。"
    en = "The campaign {campaign} was closed on {closed_on}; nothing more is done in it."
    next_zh = "如需继续整治，请部署新的专项行动。"
    next_en = "Launch another campaign where work remains."
    source = f"{CAMPAIGN_PLAN}四；平台规则（专项行动）"
    field = "campaign"


class UnitNotInCampaign(Refusal):
    """The territory is none of the campaign's units."""

    zh = "{unit}不是专项行动{campaign}的报送单位。"
    en = "{unit} is no unit of the campaign {campaign}."
    next_zh = "请核对专项行动编号和单位。"
    next_en = "Check the campaign's number and the unit."
    source = f"{CAMPAIGN_PLAN}四；平台规则（报送单位）"


class NotCampaignIssuer(Refusal):
    """What the issuer does was tried by somebody else."""

    zh = "专项行动{campaign}由{issuer}部署，岗位{post}不得代为办理。"
    en = "The campaign {campaign} is that of {issuer}; {post} does not act for it."
    next_zh = "请由部署单位办理。"
    next_en = "Let its issuer act."
    source = f"{CAMPAIGN_PLAN}四；平台规则（部署单位）"


class UnitActsForItself(Refusal):
    """One territory acted in the name of another."""

    zh = "{unit}的事项由该单位自行办理，岗位{post}不得代办。"
    en = "{unit} acts for itself; {post} does not act in its name."
    next_zh = "请由该单位的岗位办理。"
    next_en = "Let a post of that unit act."
    source = f"{CAMPAIGN_PLAN}五（一）（层层落实责任）；平台规则（报送单位）"


@dataclass(kw_only=True)
class Campaign:
    """What was ordered, and how far it has come."""

    launched: Recorded[CampaignLaunched]
    closed_phases: dict[str, str] = field(default_factory=dict)
    closed: CampaignClosed | None = None

    @property
    def id(self) -> str:
        """The campaign's number."""
        return self.launched.fact.campaign_id

    @property
    def matter(self) -> str:
        """The matter of everything that is done in it."""
        return self.launched.matter

    @property
    def issuer(self) -> str:
        """The territory that ordered it."""
        return self.launched.fact.region

    def owed(self, code: str) -> ReportDue | None:
        """The report of a code, as the notice orders it."""
        return next((one for one in self.launched.fact.reports if one.code == code), None)


def fold(facts: Iterable[Recorded[Any]]) -> Campaign | None:
    """A campaign from its own stream; None where none was launched."""
    found: Campaign | None = None
    for one in facts:
        if isinstance(one.fact, CampaignLaunched):
            found = Campaign(launched=one)
        elif found is not None and isinstance(one.fact, PhaseClosed):
            found.closed_phases[one.fact.phase] = one.fact.closed_on.isoformat()
        elif found is not None and isinstance(one.fact, CampaignClosed):
            found.closed = one.fact
    return found


def read(campaign: str) -> Own:
    """The read by which a campaign is known."""
    return Own(stream=campaign_of(campaign))


def known(history: History, campaign: str) -> Campaign:
    """The campaign of an id, over or not. Raises CampaignUnknown."""
    found = fold(history.own(campaign_of(campaign)))
    if found is None:
        raise CampaignUnknown(campaign=campaign)
    return found


def running(history: History, campaign: str) -> Campaign:
    """A campaign that is not over. Raises CampaignUnknown, CampaignOver."""
    found = known(history, campaign)
    if found.closed is not None:
        raise CampaignOver(campaign=campaign, closed_on=found.closed.closed_on.isoformat())
    return found


def must_be_issuer(campaign: Campaign, post: Post) -> None:
    """Refuses whoever is not of the territory that ordered the campaign."""
    if post.region != campaign.issuer:
        raise NotCampaignIssuer(campaign=campaign.id, issuer=campaign.issuer, post=post.id)


def must_be_unit(campaign: Campaign, unit: str) -> None:
    """Refuses a territory that is no unit of the campaign."""
    if unit not in campaign.launched.fact.units:
        raise UnitNotInCampaign(campaign=campaign.id, unit=unit)


def acting_unit(campaign: Campaign, context: Context, *, issuer_too: bool = False) -> str:
    """The unit for which a post acts: its own territory, and a unit of the campaign.

    With `issuer_too` the issuer acts for its own territory as well (its table, its tasks).
    """
    unit = context.region
    if not (issuer_too and unit == campaign.issuer):
        must_be_unit(campaign, unit)
    if context.post.region != unit:
        raise UnitActsForItself(unit=unit, post=context.post.id)
    return unit
