"""A campaign in a real department: what units owe runs out by itself, boards rest on the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.campaign.facts import ReportExpected
from domain.campaign.nominations import BoardGroundUnknown
from domain.deadline import DeadlineBreached
from domain.facts import Fact
from ops.posts import post_of
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, bodies, opened

COUNTY, PREFECTURE = "210103", "210100"
FIRM = uscc(0)


class Campaign:
    """A campaign that 沈阳 launched on 2024-11-18, and short ways to act in it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.data: dict[str, Any] = {}
        launched = self.give(
            f"HRSS@{PREFECTURE}",
            "LaunchCampaign",
            code="SY-2024",
            title="劳务中介专项整治行动",
            legal_basis="省厅关于开展专项整治行动的通知",
            document_no="沈人社发〔2024〕9号",
            effective_from="2024-11-01",
            phases=[{"code": "P1", "zh": "开展自查"}],
            reports=[
                {"code": "PLAN", "kind": "ACTION_PLAN", "phase": "P1", "due": "2024-11-23"},
                {"code": "BOARDS", "kind": "RED_BLACK_LIST", "phase": "P1", "due": "2024-11-24"},
            ],
            units=[COUNTY],
        )
        self.data = {"campaign": launched["campaign_id"]}
        town.platform.settle()

    def give(self, post: str, name: str, **data: Any) -> dict[str, Any]:
        """One command; the data of the first fact that it brings about."""
        organ = post.split("@")[0].split(".")[0]
        asked = data if name == "RecordViolation" else {**self.data, **data}
        given = self.town.give(organ, name, asked, post=post_of(post))
        return dict(
            next(one["data"] for one in bodies(self.town.hr) if one["id"] == given.events[0].id)
        )

    def facts(self, kind: type[Fact]) -> list[dict[str, Any]]:
        """The data of every fact of a class on record."""
        return [one["data"] for one in bodies(self.town.hr) if one["type"] == kind.TYPE]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    with opened(tmp_path_factory.mktemp("campaign") / "town", departments="samr,hr") as town:
        yield Campaign(town)


def test_a_firm_is_nominated_with_what_stands_on_record_shown_and_withdrawn(
    campaign: Campaign,
) -> None:
    finding = campaign.give(
        f"HRSS_INSP@{COUNTY}",
        "RecordViolation",
        organisation=FIRM,
        code="V-ADM-01",
        facts=["未明示收费标准"],
        act_from="2024-11-18",
    )["finding_id"]
    campaign.town.platform.settle()
    about = {"organisation": FIRM}
    black = {"board": "BLACK_BOARD", "reason": "多次违规", **about}
    with pytest.raises(BoardGroundUnknown):
        campaign.give(f"HRSS_MKT@{COUNTY}", "NominateForBoard", grounds=["FD-NONE"], **black)
    made = campaign.give(f"HRSS_MKT@{COUNTY}", "NominateForBoard", grounds=[finding], **black)
    which = {**about, "nomination": made["nomination_id"]}
    campaign.give(f"HRSS_MKT@{PREFECTURE}", "CheckNomination", agreed=True, **which)
    basis = "楚雄州劳务中介专项整治行动工作实施方案四（二）"
    shown = campaign.give(f"HRSS@{PREFECTURE}", "ShowOnBoard", legal_basis=basis, **which)
    gone = campaign.give(f"HRSS@{PREFECTURE}", "WithdrawFromBoard", because="已改正", **about)
    assert (shown["action"], gone["action"]) == ("SHOWN", "WITHDRAWN")
    assert shown["entry_id"] == gone["entry_id"]


def test_silence_past_a_saturday_is_a_breach_of_that_unit_and_a_report_in_time_is_none(
    campaign: Campaign,
) -> None:
    assert [one["code"] for one in campaign.facts(ReportExpected)] == ["PLAN", "BOARDS"]
    campaign.town.platform.settle()
    report = campaign.give(f"HRSS@{COUNTY}", "SubmitReport", code="BOARDS", text="黑榜一户")
    assert report["on_time"]
    campaign.town.live_until("2024-11-25T09:00")
    (breach,) = campaign.facts(DeadlineBreached)
    assert (breach["code"], breach["due"]) == ("CAMPAIGN-REPORT", "2024-11-23")
    late = campaign.give(f"HRSS@{COUNTY}", "SubmitReport", code="PLAN", text="行动方案")
    assert not late["on_time"]
