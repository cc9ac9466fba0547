"""A draw over classed objects on the real platform; teams for tasks that the province sent down."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.draw.facts import DrawExecuted, DrawOpened, PlanDrafted
from domain.inspection.facts import InspectionResultRecorded, ItemListPublished, TaskSent
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from ops.posts import post_of
from projections import inspections
from tests.draws.test_draw_story import PARTS, PROVINCE
from tests.faults.organisations import uscc
from tests.flows.test_inspection_story import CERTIFICATES, CITY, DISTRICT, Inspections
from tests.gateways.department.town import opened

COUNTIES = (DISTRICT, "420506", "429004")
CLASSES = "AAAAAAAABBBBCCCCDDDD----"
"""Twenty-four firms: eight of class A, four of each other, four not rated."""


class Classed(Inspections):
    """A province whose firms 市场监管 has put into risk classes."""

    def at(self, post: str, command: str, /, **data: Any) -> None:
        """A command by a post; nothing settles."""
        actor = post_of(post)
        self.town.give(actor.organ, command, data, post=actor)

    def classed(self) -> None:
        """The firms are registered in three counties and classed there."""
        for number, grade in enumerate(CLASSES):
            county = COUNTIES[number % 3]
            firm = {"organisation": uscc(number, county), "name": f"虚例{number}号人力资源有限公司"}
            self.at(f"SAMR@{county}", "RegisterOrganisation", scope="职业中介活动", **firm)
            if grade != "-":
                self.at(
                    f"SAMR@{county}",
                    "ClassObject",
                    organisation=firm["organisation"],
                    grade_scheme="SAMR-RISK",
                    grade=grade,
                    tags=["SEASON_GRADUATION"] if number % 2 else [],
                    basis="企业信用风险分类2022年第一季度结果",
                )
        self.town.platform.settle()

    def approved(self, region: str, **data: Any) -> str:
        """A plan of a territory, over the counties below it."""
        self.at(f"HRSS@{region}", "PublishItemList")
        self.town.platform.settle()
        listed = self.of(ItemListPublished)[-1].fact
        self.at(
            f"HRSS_MKT@{region}",
            "DraftPlan",
            title="按信用风险等级抽查",
            item_list=listed.list_id,
            items=[listed.items[0].code],
            predicate="EIGHT_PHRASES",
            window_from="2022-06-11",
            window_to="2022-07-20",
            **data,
        )
        plan = str(self.of(PlanDrafted)[-1].fact.plan_id)
        self.town.platform.settle()
        self.at(f"SAMR@{region}", "AuditPlan", plan=plan, outcome="PASSED")
        self.town.platform.settle()
        self.at(f"HRSS.HEAD@{region}", "ApprovePlan", plan=plan)
        self.town.platform.settle()
        return plan

    def lines(self) -> list[str]:
        """The lines of the population frozen last."""
        reference = self.of(DrawOpened)[-1].fact.population
        return self.town.hr.files.store.read(reference.sha256).decode().splitlines()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Classed]:
    with opened(tmp_path, departments=PARTS, start="2022-06-02T09:00") as one:
        yield Classed(one)


def test_a_draw_takes_each_class_at_its_rate_and_a_prefecture_sees_its_counties(
    town: Classed,
) -> None:
    town.classed()
    plan = town.approved(PROVINCE, rate="1/4", grade_scheme="SAMR-RISK", tags=["KEY"])
    town.give("PROC", "PublishEscrowKey")
    drawn = town.run(town.give, "OBJECTS", plan=plan)
    classes = {line.split("|")[0]: line.split("|")[2] for line in town.lines()}
    assert {line.split("|")[1] for line in town.lines()} == set(COUNTIES)
    assert {line.split("|")[2] for line in town.lines() if line.endswith("|KEY")} == {
        "SAMR-RISK:C",
        "SAMR-RISK:D",
    }
    record = json.loads(town.town.hr.files.store.read(drawn.record.sha256))
    taken = Counter(classes[one] for stratum in record["strata"] for one in stratum["drawn"])
    assert taken == {
        "SAMR-RISK:A": 1,
        "SAMR-RISK:B": 1,
        "SAMR-RISK:C": 2,
        "SAMR-RISK:D": 4,
        "": 1,
    }
    town.approved(CITY, size=1, region_digits=6, only_tags=["SEASON_GRADUATION"])
    town.at_city("HRSS", "OpenDraw", plan=town.of(PlanDrafted)[-1].fact.plan_id, kind="OBJECTS")
    assert {line.split("|")[1] for line in town.lines()} == {DISTRICT}
    assert len(town.lines()) == len([n for n in range(20) if n % 3 == 0 and n % 2])


def test_a_task_that_the_province_sent_down_has_a_drawn_team_and_its_result(
    town: Classed, tmp_path: Path
) -> None:
    firm = uscc(1, DISTRICT)
    town.at(
        f"SAMR@{DISTRICT}",
        "RegisterOrganisation",
        organisation=firm,
        name="武汉虚例1号人力资源有限公司",
        scope="职业中介活动",
    )
    town.at_city("HRSS", "PublishItemList")
    town.give("PROC", "PublishEscrowKey")
    window = {"window_from": "2022-06-02", "window_to": "2022-07-20"}
    town.at_city(
        "HRSS_INSP",
        "EnterOutsideDraw",
        draw="HB-2022-001",
        plan="HB-P-1",
        title="清理整顿专项",
        items=["ITEM-INTERMEDIATION"],
        drawn=1000,
        drawn_on="2022-06-01",
        **window,
    )
    town.at_city("HRSS_INSP", "EnterOutsideTask", draw="HB-2022-001", organisation=firm)
    (task,) = (one.fact.task_id for one in town.of(TaskSent))
    for organ in ("HRSS_INSP", "SAMR"):
        town.at_city(organ, "ClaimTasks", tasks=[task])
        for one in CERTIFICATES[organ][:2]:
            town.at_city(organ, "EnterInspector", certificate=one, certificate_until="2025-12-31")
    town.run(town.at_city, "INSPECTORS", plan="HB-P-1", tasks=[task])
    town.at_city("HRSS_INSP", "MatchTeam", task=task, draw=town.draw)
    town.found(task, "NO_PROBLEM")
    assert town.of(DrawExecuted)[0].fact.plan_id == "HB-P-1"
    (result,) = town.of(InspectionResultRecorded)
    assert (result.fact.task_id, len(result.fact.team)) == (task, 2)
    with town.town.hr.reading() as conn:
        (plan,) = inspections.plans(conn, region=CITY)
        origins = {one["draw_id"]: one["origin"] for one in inspections.draws(conn)}
        (listed,) = inspections.tasks(conn, plan_id="HB-P-1")
    assert (plan["plan_id"], plan["origin"], plan["state"]) == ("HB-P-1", "OUTSIDE", "DRAWN")
    assert origins == {"HB-2022-001": "OUTSIDE", town.draw: "OWN"}
    assert (listed["state"], listed["category"]) == ("INSPECTED", "NO_PROBLEM")
    accounts = Accounts.open(tmp_path / "accounts.sqlite", lambda: 0)
    app = create_app(
        town.town.platform, accounts, WebConfig(secret="a secret of the tests, long enough")
    )
    with TestClient(app, base_url="http://127.0.0.1") as outsider:
        shown = outsider.get("/draws/HB-2022-001")
    assert shown.status_code == 200
    assert "省级平台" in shown.text
    assert "尚未抽取" not in shown.text
