"""A prefecture's campaign with two counties, played in a town for the pages to show."""

from __future__ import annotations

from typing import Any

from domain.commands import Post
from ops.posts import post_of
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, bodies

COUNTY, OTHER, PREFECTURE = "210103", "210102", "210100"
FIRM, SECOND = uscc(0), uscc(1)
ISSUER, MARKET = f"HRSS@{PREFECTURE}", f"HRSS_MKT@{COUNTY}"
TABLE_AS_OF = "2024-12-20T18:00:00+08:00"


def own_post(firm: str) -> Post:
    """The post of a regulated firm in the county."""
    return Post(
        id=f"AGENCY:{firm}@{COUNTY}", organ="AGENCY", region=COUNTY, appointment="test:AGENCY"
    )


class Played:
    """The campaign from its launch to 2025-01-06, with something of everything."""

    def __init__(self, town: Town) -> None:
        self.town = town
        town.grant(0)
        town.grant(1)
        town.platform.settle()
        self.id = ""
        launched = self.give(
            ISSUER,
            "LaunchCampaign",
            code="SY-2024",
            title="劳务中介专项整治行动",
            legal_basis="省厅关于开展劳务中介专项整治行动的通知",
            document_no="沈人社发〔2024〕6号",
            effective_from="2024-11-01",
            ends_on="2025-03-31",
            report_year=2023,
            phases=[
                {
                    "code": "P1",
                    "zh": "开展自查",
                    "starts_on": "2024-11-01",
                    "ends_on": "2024-11-30",
                },
                {"code": "P2", "zh": "集中整治", "starts_on": "2024-12-01"},
            ],
            reports=[
                {"code": "PLAN", "kind": "ACTION_PLAN", "phase": "P1", "due": "2024-12-05"},
                {"code": "TABLE", "kind": "STAT_TABLE", "phase": "P2", "due": "2025-01-31"},
            ],
            units=[COUNTY, OTHER],
            group=[{"post": f"HRSS_MKT@{PREFECTURE}", "duty": "检查督导"}],
            indicators="S1-LABOUR-INTERMEDIARIES",
        )
        self.id = launched["campaign_id"]
        town.at("2024-12-02T09:00")
        self.give(f"HRSS@{COUNTY}", "SubmitReport", code="PLAN", text="行动方案及自查安排")
        self.declare()
        self.work()
        town.at("2024-12-10T09:00")
        self.finding = self.give(
            MARKET,
            "RecordViolation",
            organisation=FIRM,
            code="V-ADM-01",
            facts=["未明示营业执照"],
            act_from="2024-12-10",
        )
        self.give(
            MARKET,
            "RecordViolation",
            organisation=SECOND,
            code="V-INF-01",
            facts=["虚假招聘信息"],
            act_from="2024-12-10",
        )
        self.late()
        self.boards()
        town.at("2024-12-21T09:00")
        self.table = self.sealed()
        town.live_until("2025-01-06T09:00")

    def give(self, who: str | Post, name: str, **data: Any) -> dict[str, Any]:
        """One command; the data of the first fact that it brings about."""
        post = post_of(who) if isinstance(who, str) else who
        if self.id and name != "RecordViolation":
            data = {"campaign": self.id, **data}
        given = self.town.hr.give(name, data, post, key=f"{name}-{len(bodies(self.town.hr))}")
        self.town.platform.settle()
        found = {one["id"]: one["data"] for one in bodies(self.town.hr)}
        return dict(found[given.events[0].id])

    def declare(self) -> None:
        """The first firm checks itself by its own account and reports the year before."""
        self.give(
            own_post(FIRM),
            "DeclareSelfCheck",
            organisation=FIRM,
            answers=[
                {"question": "REBATE", "found": True, "note": "返费一笔", "corrected": True},
                {"question": "LEDGER", "found": False},
            ],
            rebate_present=True,
        )
        data = {"organisation": FIRM, "year": 2023, "submitted_on": "2024-11-20"}
        post = own_post(FIRM)
        self.town.hr.give("SubmitAnnualReport", data, post, key="AR-2023")
        self.give(MARKET, "GiveGuidance", employer_name="沈河虚例电子厂", about="指导规范用工")

    def work(self) -> None:
        """Tasks, problems in three classes, a visit with two findings."""
        task = self.give(MARKET, "AssignTask", what="摸底排查", organ="HRSS_INSP", due="2024-12-20")
        self.give(
            f"HRSS_INSP@{COUNTY}",
            "ReportProgress",
            task=task["task_id"],
            progress="DONE",
            note="走访43户",
        )
        self.give(MARKET, "AssignTask", what="建章立制", organ="HRSS_MKT", due="2024-12-28")
        self.give(MARKET, "AssignTask", what="建立台账", organ="HRSS_MKT", due="2025-02-28")
        due = {"organ": "HRSS_INSP", "due": "2024-12-30"}
        self.give(MARKET, "RecordProblem", what="两户未明示", problem_class="SOLVE_AT_ONCE", **due)
        self.give(MARKET, "RecordProblem", what="收费无标准", problem_class="NEEDS_RULE", **due)
        hard = self.give(
            MARKET, "RecordProblem", what="零工市场无人管理", problem_class="CANNOT_YET", **due
        )
        up = {"problem": hard["problem_id"], "proposal": "建议市级明确牵头部门"}
        self.give(f"HRSS@{COUNTY}", "ReportProblemUp", **up)

    def late(self) -> None:
        """The other county is chased for its plan; the first one is visited."""
        self.give(
            f"HRSS_MKT@{PREFECTURE}",
            "ChaseUnit",
            unit=OTHER,
            about="PLAN",
            message="行动方案逾期未报，请说明",
            answer_by="2024-12-15",
        )
        visit = self.give(
            f"HRSS_MKT@{PREFECTURE}",
            "RecordVisit",
            unit=COUNTY,
            visited_on="2024-12-09",
            team=[f"HRSS_MKT@{PREFECTURE}"],
            findings=[
                {"number": 1, "what": "台账不全", "answer_by": "2025-01-03"},
                {"number": 2, "what": "明示不全", "answer_by": "2025-01-20"},
            ],
        )
        self.give(
            f"HRSS@{COUNTY}",
            "AnswerVisit",
            visit=visit["visit_id"],
            number=2,
            answer="已补齐明示牌",
            corrected=True,
        )

    def boards(self) -> None:
        """The firm that was found at fault stands on the black board."""
        about: dict[str, Any] = {"organisation": FIRM}
        made = self.give(
            MARKET,
            "NominateForBoard",
            board="BLACK_BOARD",
            grounds=[self.finding["finding_id"]],
            reason="未落实明示制度",
            **about,
        )
        about["nomination"] = made["nomination_id"]
        self.give(f"HRSS_MKT@{PREFECTURE}", "CheckNomination", agreed=True, **about)
        self.give(ISSUER, "ShowOnBoard", legal_basis="实施方案四（二）", **about)

    def sealed(self) -> dict[str, Any]:
        """The county's form, prepared, checked, approved and submitted by its posts."""
        made = self.give(f"HRSS_MKT.OFFICER@{COUNTY}", "PrepareTable", as_of=TABLE_AS_OF)
        which = {"table": made["table_id"]}
        self.give(f"HRSS_MKT.HEAD@{COUNTY}", "CheckTable", agreed=True, **which)
        self.give(f"HRSS.HEAD@{COUNTY}", "ApproveTable", **which)
        self.give(f"HRSS_MKT.OFFICER@{COUNTY}", "SubmitReport", code="TABLE", **which)
        return made
