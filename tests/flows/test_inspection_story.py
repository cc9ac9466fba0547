"""Inspections on the real platform: from the register through two draws to published results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.draw.facts import DrawExecuted, DrawOpened
from domain.inspection.facts import (
    InspectionResultPublished,
    InspectionResultRecorded,
    InspectorEntered,
    ListEntryChanged,
    TaskSent,
    TeamMatched,
)
from ops.posts import post_of
from tests.draws.test_draw_story import PARTS, Draws
from tests.faults.organisations import uscc
from tests.gateways.department.town import opened

CITY, DISTRICT = "420100", "420102"
CERTIFICATES = {
    "HRSS_INSP": ("42010000101", "42010000102", "42010000103"),
    "SAMR": ("42010000201", "42010000202"),
}


class Inspections(Draws):
    """A town whose firms are drawn and inspected."""

    def at_city(self, post: str, name: str, **data: Any) -> None:
        """A command by a post of the city."""
        actor = post_of(f"{post}@{CITY}")
        self.town.give(actor.organ, name, data, post=actor)
        self.town.platform.settle()

    def run(self, give: Any, kind: str, **data: Any) -> DrawExecuted:
        """A draw from its opening to its record."""
        give("HRSS", "OpenDraw", kind=kind, **data)
        self.draw = self.of(DrawOpened)[-1].fact.draw_id
        self.both("CommitToDraw")
        self.both("RevealForDraw")
        self.give("HRSS", "ExecuteDraw", draw=self.draw)
        made: DrawExecuted = self.of(DrawExecuted)[-1].fact
        return made

    def sent(self) -> tuple[str, ...]:
        """Six firms are registered; those drawn become tasks of their district."""
        for number in range(6):
            self.town.give(
                "SAMR",
                "RegisterOrganisation",
                {
                    "organisation": uscc(number, DISTRICT),
                    "name": f"武汉虚例{number}号人力资源有限公司",
                    "scope": "职业中介活动；劳务派遣",
                },
                post=post_of(f"SAMR@{DISTRICT}"),
            )
        self.town.platform.settle()
        plan = self.plan()
        self.run(self.give, "OBJECTS", plan=plan)
        self.give("HRSS", "SendTasks", draw=self.draw)
        self.give("HRSS", "SendTasks", draw=self.draw)
        self.plan_id = plan
        return tuple(one.fact.task_id for one in self.of(TaskSent))

    def matched(self) -> tuple[str, ...]:
        """Both departments claim; inspectors of both are drawn and matched."""
        tasks = self.sent()
        self.at_city("HRSS_INSP", "ClaimTasks", tasks=list(tasks))
        self.at_city("SAMR", "ClaimTasks", tasks=list(tasks))
        for organ, certificates in CERTIFICATES.items():
            for one in certificates:
                self.at_city(
                    organ, "EnterInspector", certificate=one, certificate_until="2025-12-31"
                )
        self.run(self.at_city, "INSPECTORS", plan=self.plan_id, tasks=list(tasks))
        for task in tasks:
            self.at_city("HRSS_INSP", "MatchTeam", task=task, draw=self.draw)
        return tasks

    def team(self, task: str) -> list[str]:
        """The certificates of a task's team."""
        last = [one.fact for one in self.of(TeamMatched) if one.fact.task_id == task][-1]
        return [one.certificate for one in last.team]

    def found(self, task: str, category: str, **data: Any) -> None:
        """The task's team records one category."""
        items = [{"item": "ITEM-INTERMEDIATION", "category": category}]
        self.at_city(
            "HRSS_INSP", "RecordResult", task=task, items=items, team=self.team(task), **data
        )


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Inspections]:
    with opened(tmp_path, departments=PARTS, start="2022-06-02T09:00") as one:
        yield Inspections(one)


def test_drawn_firms_are_inspected_by_drawn_teams_of_both_departments(town: Inspections) -> None:
    tasks = town.matched()
    assert len(tasks) == len(set(tasks)) == 6
    for one in town.of(TeamMatched):
        assert {member.organ for member in one.fact.team} == {"HRSS_INSP", "SAMR"}
    assert len(town.of(InspectorEntered)) == 5
    town.refused("TaskUnknown", "HRSS", "ClaimTasks", tasks=["TSK-NONE"])
    town.town.live_until("2022-06-13T10:00")
    town.found(tasks[0], "NO_PROBLEM")
    town.found(tasks[1], "UNREACHABLE")
    subject = next(one.fact.subject_id for one in town.of(TaskSent) if one.fact.task_id == tasks[1])
    town.at_city("HRSS_INSP", "PublishResult", task=tasks[0], channel="省双随机监管平台")
    town.refused("ProblemNotDealtWith", "HRSS_INSP", "PublishResult", task=tasks[1], channel="平台")
    town.at_city(
        "SAMR",
        "VerifyAddress",
        task=tasks[1],
        organisation=subject,
        reachable=False,
        how="登记住所已由他人使用，查无此单位",
    )
    town.at_city(
        "SAMR",
        "ChangeAbnormalList",
        organisation=subject,
        action="ENTERED",
        basis=tasks[1],
        document_no="武市监列〔2022〕1号",
    )
    town.at_city("HRSS_INSP", "PublishResult", task=tasks[1], channel="省双随机监管平台")
    assert [one.fact.category.value for one in town.of(InspectionResultPublished)] == [
        "NO_PROBLEM",
        "UNREACHABLE",
    ]
    assert len(town.of(ListEntryChanged)) == 1
    town.at_city(
        "HRSS_INSP",
        "CorrectResult",
        task=tasks[0],
        items=[{"item": "ITEM-INTERMEDIATION", "category": "BUSINESS_NOT_FOUND"}],
        reason="复核后确认未开展此项业务",
    )
    again = town.of(InspectionResultPublished)[-1].fact
    assert (again.task_id, again.category.value) == (tasks[0], "BUSINESS_NOT_FOUND")
    assert again.corrects is not None


def test_results_that_nobody_records_or_publishes_are_breaches_of_who_owes_them(
    town: Inspections,
) -> None:
    tasks = town.matched()
    town.town.live_until("2022-06-13T10:00")
    town.found(tasks[0], "NO_PROBLEM")
    town.town.live_until("2022-07-25T10:00")
    breaches = {one.fact.code for one in town.facts("hr") if hasattr(one.fact, "due_at")}
    assert {"TASK-RESULT", "R10"} <= breaches
    assert len(town.of(InspectionResultRecorded)) == 1
