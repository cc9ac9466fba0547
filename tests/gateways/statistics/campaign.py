"""A county in a campaign of its prefecture, played in a town: its firm, its finding, its forms."""

from __future__ import annotations

from typing import Any

from gateways.contracts import canonical
from gateways.department.deciding.tables import Recount, counted_again
from ops.posts import post_of
from tests.faults.organisations import uscc
from tests.gateways.department.town import REGION, Town, bodies

AS_OF = "2024-12-20T18:00:00+08:00"
OFFICER, HEAD = f"HRSS_MKT.OFFICER@{REGION}", f"HRSS_MKT.HEAD@{REGION}"
LEADER, SUPERIOR = f"HRSS.HEAD@{REGION}", "HRSS@210100"


class Campaign:
    """A county in a campaign of its prefecture, with one firm that was found at fault."""

    def __init__(self, town: Town) -> None:
        self.town = town
        town.grant()
        town.platform.settle()
        launched = self.give(
            SUPERIOR,
            "LaunchCampaign",
            code="S1-2024",
            title="劳务中介专项整治行动",
            legal_basis="人力资源市场暂行条例",
            document_no="沈人社发〔2024〕6号",
            effective_from="2024-11-01",
            report_year=2023,
            phases=[{"code": "P1", "zh": "集中整治"}],
            reports=[{"code": "TABLE", "kind": "STAT_TABLE", "phase": "P1", "due": "2025-06-30"}],
            units=[REGION],
            indicators="S1-LABOUR-INTERMEDIARIES",
        )
        self.id = launched["campaign_id"]
        town.at("2024-12-10T09:00")
        self.finding = self.give(
            f"HRSS_MKT@{REGION}",
            "RecordViolation",
            organisation=uscc(0),
            code="V-ADM-01",
            facts=["未明示营业执照"],
            act_from="2024-12-10",
        )
        town.at("2024-12-21T09:00")
        town.platform.settle()

    def give(self, who: str, name: str, **data: Any) -> dict[str, Any]:
        post = post_of(who)
        given = self.town.hr.give(name, data, post, key=f"{name}-{len(bodies(self.town.hr))}")
        self.town.platform.settle()
        return next(one["data"] for one in bodies(self.town.hr) if one["id"] == given.events[0].id)

    def prepare(self, **more: Any) -> dict[str, Any]:
        return self.give(OFFICER, "PrepareTable", campaign=self.id, **{"as_of": AS_OF, **more})

    def submit(self, table: str, **more: Any) -> dict[str, Any]:
        which = {"campaign": self.id, "table": table}
        self.give(HEAD, "CheckTable", **which, agreed=True)
        self.give(LEADER, "ApproveTable", **which)
        return self.give(OFFICER, "SubmitReport", **which, code="TABLE", **more)

    def void_finding(self) -> None:
        found = next(
            one for one in bodies(self.town.hr) if one["type"] == "finding.violation_found.v1"
        )
        self.give(
            f"HRSS_MKT@{REGION}",
            "CorrectFact",
            stream=f"correction/{uscc(0)}",
            event=found["id"],
            kind="VOID",
            reason="登记有误",
        )

    def again(self, table: dict[str, Any]) -> Recount:
        sha256 = table["content"]["sha256"]
        content = self.town.hr.files.content(sha256)
        assert canonical.encode(content) == self.town.hr.files.store.read(sha256)
        with self.town.hr.reading() as connection:
            return counted_again(connection, content, sha256)
