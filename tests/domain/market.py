"""A county's market for stories: its agencies, and the campaign in which they check themselves."""

from __future__ import annotations

from typing import Any

from domain.campaign.facts import CampaignLaunched, Phase, campaign_of
from domain.commands import Decided
from domain.filing import FilingKind
from domain.licence.facts import ApplicationOutcome, LicenceType, Mode
from tests.domain.story import Story, day, post

COUNTY, PREFECTURE = "532301", "532300"
CAMPAIGN = "CMP-TEST"
CX_A = "91532301MAYTX00133"
CX_C = "91532301MAYTX003XM"
CX_E = "91532301MAYTX0056G"
CX_F = "92532301MAYTX00648"
CX_Z = "51532300MAYTX0072U"
ELSEWHERE = "91210103MAYTX011XN"


def register(story: Story, uscc: str, at: str = COUNTY) -> None:
    """Registers a firm at 市场监管."""
    story.give(
        "SAMR",
        "RegisterOrganisation",
        at=at,
        organisation=uscc,
        name="虚例",
        scope="职业介绍；劳务派遣",
    )


def license_firm(story: Story, uscc: str, kind: LicenceType, at: str = COUNTY) -> None:
    """Grants a firm a licence in the general procedure."""
    organ = "HRSS_LR" if kind is LicenceType.LIC_DISPATCH else "HRSS_APPR"
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ApplyForLicence", {"mode": Mode.GENERAL}),
        ("HandleLicenceApplication", {"outcome": ApplicationOutcome.ACCEPTED}),
        ("GrantLicence", {}),
    )
    for name, data in acts:
        story.give(organ, name, at=at, organisation=uscc, type=kind, **data)


def market() -> Story:
    """CX-A and CX-C are licensed, CX-E has filed, CX-F only has a business licence."""
    story = Story().on("2021-03-02")
    for uscc in (CX_A, CX_C, CX_E, CX_F):
        register(story, uscc)
    register(story, ELSEWHERE, "210103")
    license_firm(story, CX_A, LicenceType.LIC_HRS)
    license_firm(story, CX_C, LicenceType.LIC_DISPATCH)
    license_firm(story, ELSEWHERE, LicenceType.LIC_HRS, "210103")
    story.give(
        "HRSS_MKT",
        "RecordBusinessFiling",
        at=COUNTY,
        organisation=CX_E,
        kind=FilingKind.FIL_HRS,
        services=("FS1",),
        event_on=day("2021-03-01"),
    )
    launch(story)
    return story.on("2021-05-20")


def launch(story: Story) -> None:
    """The prefecture's campaign, in effect since 2021-03-01."""
    launched = CampaignLaunched(
        campaign_id=CAMPAIGN,
        code="CX",
        title="劳务中介专项整治行动",
        region=PREFECTURE,
        legal_basis="人力资源市场暂行条例",
        document_no="楚人社通〔2021〕1号",
        issued_on=day("2021-04-06"),
        effective_from=day("2021-03-01"),
        phases=(Phase(code="CX-P1", zh="开展自查", starts_on=day("2021-03-01")),),
        units=(COUNTY,),
    )
    actor = post("HRSS", PREFECTURE)
    decided = Decided(
        stream=campaign_of(CAMPAIGN), fact=launched, subject=CAMPAIGN, matter="M-CAMPAIGN"
    )
    story._record(decided, 0, actor, "hr", PREFECTURE, "C-LAUNCH", "LaunchCampaign", None)
