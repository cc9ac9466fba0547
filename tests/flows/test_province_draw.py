"""A province draws 1,000 of 20,000 firms; its cities and counties inspect them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from domain.departments import ORGANS
from domain.draw.facts import DrawExecuted, DrawOpened, PlanDrafted
from domain.draw.verification import verify
from domain.errors import Refusal
from domain.facts import Fact
from domain.finding import ViolationFound
from domain.inspection.facts import Category, ItemListPublished, TaskSent, TeamMatched
from gateways.contracts.envelope import fact_of
from ops.posts import post_of
from ops.scenario import moment
from projections import inspections
from tests.flows import province
from tests.flows.province import POPULATION, PREFECTURES, PROVINCE, Firm
from tests.gateways.department.town import Town, opened, parked, types

# The fixture of the first test plays for a minute, on a busy machine for several.
pytestmark = pytest.mark.timeout(900)

DRAWN = 1_000
INSPECTORS = 6
"""Inspectors of each department in each city, of whom four are drawn."""
INSPECTORS_DRAWN = 8
MATCHED = 60
"""Tasks of each city whose teams are matched; inspectors are drawn for all of them."""
FOUND = {
    Category.NO_PROBLEM: 40,
    Category.BUSINESS_NOT_FOUND: 10,
    Category.INFO_NOT_DISCLOSED: 10,
    Category.ANNUAL_REPORT_NOT_DISCLOSED: 10,
    Category.CORRECTION_ORDERED: 10,
    Category.UNREACHABLE: 8,
    Category.INFO_FALSE: 6,
    Category.UNCOOPERATIVE: 3,
    Category.PENDING_FOLLOW_UP: 3,
}
"""What the first hundred inspections find, spread over the cities."""
OF_SAMR = (Category.INFO_NOT_DISCLOSED, Category.ANNUAL_REPORT_NOT_DISCLOSED, Category.INFO_FALSE)
VIOLATIONS = {
    Category.CORRECTION_ORDERED: ("V-LIC-03", "未经备案开展人力资源供求信息收集和发布"),
    Category.UNCOOPERATIVE: ("V-ADM-05", "拒不提供台账和收费凭证"),
    Category.PENDING_FOLLOW_UP: ("V-CON-05", "向求职者收取押金"),
}
PURSUED = (Category.UNCOOPERATIVE, Category.PENDING_FOLLOW_UP)
"""What stays unpublished until its case is decided."""
TODAY = date(2022, 6, 20)
CHANNEL = "省“互联网+监管”双随机一公开监管平台"


@dataclass
class Campaign:
    """The campaign as it was played, and what the tests ask about."""

    town: Town
    firms: list[Firm]
    draws: list[tuple[DrawOpened, DrawExecuted]] = field(default_factory=list)
    tasks: list[TaskSent] = field(default_factory=list)
    county: dict[str, str] = field(default_factory=dict)
    """The territory that has each task in the end."""
    teams: dict[str, TeamMatched] = field(default_factory=dict)
    results: dict[str, Category] = field(default_factory=dict)
    kept_back: dict[str, str] = field(default_factory=dict)
    """The rule by which a result was not published yet."""
    plan: str = ""

    @property
    def subjects(self) -> dict[str, str]:
        """The firm of each task."""
        return {one.task_id: one.subject_id for one in self.tasks}

    def do(self, post: str, command: str, /, **data: Any) -> list[Any]:
        """A command by a post; the published facts that it brought about. Nothing settles."""
        actor = post_of(post)
        given = self.town.give(actor.organ, command, data, post=actor)
        store = self.town.platform.departments[ORGANS[actor.organ].node].store
        published = [one.sequence for one in given.events if one.topic is not None]
        if not published:
            return []
        events = store.after(min(published) - 1, limit=len(published))
        return [fact_of(one.body).fact for one in events]

    def settle(self) -> None:
        """Every department takes in what the others did."""
        self.town.platform.settle()

    def until(self, text: str) -> None:
        """Time goes on; every clock on the way fires."""
        self.town.live_until(text)


def only(facts: list[Any], kind: type[Fact]) -> Any:
    """The one fact of a class."""
    (found,) = (one for one in facts if isinstance(one, kind))
    return found


def registered(town: Town) -> Campaign:
    """市场监管 has registered and classed the firms of the province before the campaign."""
    told = Campaign(town, list(province.firms()))
    before = moment("2022-05-16T09:00")
    province.bring_in(town.samr, province.registrations(told.firms), before)
    province.bring_in(town.samr, province.classes(told.firms), before + 1)
    told.settle()
    return told


def made(told: Campaign, place: str, **data: Any) -> DrawExecuted:
    """A draw from its opening to its record, with the secrets of both departments."""
    begun = only(told.do(f"HRSS@{place}", "OpenDraw", **data), DrawOpened)
    told.settle()
    for command in ("CommitToDraw", "RevealForDraw"):
        for organ in ("HRSS", "SAMR"):
            told.do(f"{organ}@{place}", command, draw=begun.draw_id)
            told.settle()
    result: DrawExecuted = only(
        told.do(f"HRSS@{place}", "ExecuteDraw", draw=begun.draw_id), DrawExecuted
    )
    told.draws.append((begun, result))
    told.settle()
    return result


def planned(told: Campaign) -> str:
    """The plan of the province is drafted, audited by 市场监管 and approved."""
    listed = only(told.do(f"HRSS@{PROVINCE}", "PublishItemList"), ItemListPublished)
    told.do(f"PROC@{PROVINCE}", "PublishEscrowKey")
    told.settle()
    drafted = only(
        told.do(
            f"HRSS_MKT@{PROVINCE}",
            "DraftPlan",
            title="2022年度清理整顿人力资源市场秩序双随机抽查",
            item_list=listed.list_id,
            items=["ITEM-INTERMEDIATION", "ITEM-ADDRESS"],
            predicate="EIGHT_PHRASES",
            region_digits=4,
            grade_scheme="SAMR-RISK",
            size=DRAWN,
            window_from="2022-06-11",
            window_to="2022-07-20",
        ),
        PlanDrafted,
    )
    told.settle()
    told.do(f"SAMR@{PROVINCE}", "AuditPlan", plan=drafted.plan_id, outcome="PASSED")
    told.settle()
    told.do(f"HRSS.HEAD@{PROVINCE}", "ApprovePlan", plan=drafted.plan_id)
    told.settle()
    return str(drafted.plan_id)


def sent(told: Campaign) -> None:
    """The objects are drawn and sent down; cities claim them and pass them on to counties."""
    result = made(told, PROVINCE, plan=told.plan, kind="OBJECTS")
    told.until("2022-06-06T09:00")
    for batch in range(1, -(-result.drawn // 500) + 1):
        told.tasks += told.do(f"HRSS@{PROVINCE}", "SendTasks", draw=result.draw_id, batch=batch)
    told.settle()
    told.county = {one.task_id: one.to_region for one in told.tasks}
    for city, counties in PREFECTURES.items():
        mine = of_city(told, city)
        for organ in ("HRSS_INSP", "SAMR"):
            told.do(f"{organ}@{city}", "ClaimTasks", tasks=mine)
        own = [one for one in mine if told.county[one] == city]
        for place, county in enumerate(counties):
            share = own[place :: len(counties)]
            told.do(f"HRSS_INSP@{city}", "DispatchTasks", tasks=share, to_region=county)
            told.county |= dict.fromkeys(share, county)
    told.settle()


def of_city(told: Campaign, city: str) -> list[str]:
    """The tasks of a city and its counties."""
    return [one.task_id for one in told.tasks if one.to_region[:4] == city[:4]]


def matched(told: Campaign) -> None:
    """Each city draws inspectors of both departments for its tasks, and matches the first teams."""
    told.until("2022-06-08T09:00")
    for city in PREFECTURES:
        for number in range(INSPECTORS):
            for organ, kind in (("HRSS_INSP", 1), ("SAMR", 2)):
                told.do(
                    f"{organ}@{city}",
                    "EnterInspector",
                    certificate=f"{city[:4]}0000{kind}{number:02d}",
                    certificate_until="2025-12-31",
                )
    told.settle()
    for city in PREFECTURES:
        mine = of_city(told, city)
        drawn = made(
            told, city, plan=told.plan, kind="INSPECTORS", size=INSPECTORS_DRAWN, tasks=mine
        ).draw_id
        for task in mine[:MATCHED]:
            facts = told.do(f"HRSS_INSP@{city}", "MatchTeam", task=task, draw=drawn)
            told.teams[task] = only(facts, TeamMatched)
    told.settle()


def inspected(told: Campaign) -> None:
    """A hundred firms are inspected, in every city; what was found stands before the result."""
    told.until("2022-06-13T09:00")
    cities = [of_city(told, city) for city in PREFECTURES]
    turns = (task for turn in zip(*cities, strict=False) for task in turn)
    for category in (found for found, times in FOUND.items() for _ in range(times)):
        task = next(turns)
        organ = "SAMR" if category in OF_SAMR else "HRSS_INSP"
        findings = found(told, task, category) if category in VIOLATIONS else []
        told.do(
            f"{organ}@{told.county[task]}",
            "RecordResult",
            task=task,
            items=[
                {"item": "ITEM-INTERMEDIATION", "category": category.value},
                {"item": "ITEM-ADDRESS", "category": "NO_PROBLEM"},
            ],
            team=[one.certificate for one in told.teams[task].team],
            findings=findings,
            signed_by_subject=category not in (Category.UNREACHABLE, Category.UNCOOPERATIVE),
            witnesses=1,
        )
        told.results[task] = category
    told.settle()


def found(told: Campaign, task: str, category: Category) -> list[str]:
    """A violation is recorded, and corrected by order or pursued in a case; the findings."""
    code, words = VIOLATIONS[category]
    firm, post = told.subjects[task], f"HRSS_INSP@{told.county[task]}"
    finding = only(
        told.do(
            post,
            "RecordViolation",
            organisation=firm,
            code=code,
            about=task,
            facts=[words],
            act_from="2022-05-20",
        ),
        ViolationFound,
    ).finding_id
    if category is Category.CORRECTION_ORDERED:
        told.do(post, "OrderCorrection", organisation=firm, findings=[finding], working_days=10)
    else:
        told.do(
            post,
            "FileCase",
            organisation=firm,
            codes=[code],
            findings=[finding],
            officers=[one.certificate for one in told.teams[task].team][:2],
        )
    return [finding]


def published(told: Campaign) -> None:
    """Problems are dealt with by whom they concern; what may be public is published in time."""
    told.until("2022-06-20T09:00")
    for number, (task, category) in enumerate(told.results.items()):
        firm, county = told.subjects[task], told.county[task]
        if category is Category.CORRECTION_ORDERED:
            told.do(
                f"HRSS_INSP@{county}", "VerifyCorrection", organisation=firm, outcome="CORRECTED"
            )
        if category is Category.UNREACHABLE:
            told.do(
                f"SAMR@{county}",
                "VerifyAddress",
                task=task,
                organisation=firm,
                reachable=False,
                how="登记住所已由他人使用，查无此单位",
            )
        if category in (*OF_SAMR, Category.UNREACHABLE):
            told.do(
                f"SAMR@{county}",
                "ChangeAbnormalList",
                organisation=firm,
                action="ENTERED",
                basis=task,
                document_no=f"鄂市监列〔2022〕{number + 1}号",
            )
    told.settle()
    for task, category in told.results.items():
        organ = "SAMR" if category in OF_SAMR else "HRSS_INSP"
        try:
            told.do(f"{organ}@{told.county[task]}", "PublishResult", task=task, channel=CHANNEL)
        except Refusal as refusal:
            told.kept_back[task] = refusal.rule
    told.settle()


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """The whole campaign, played once."""
    folder = tmp_path_factory.mktemp("province")
    with opened(folder, departments="samr,hr,oversight", start="2022-06-02T09:00") as town:
        told = registered(town)
        told.plan = planned(told)
        sent(told)
        matched(told)
        inspected(told)
        published(told)
        yield told


def population_of(told: Campaign, begun: DrawOpened) -> list[bytes]:
    """The lines of a frozen population."""
    return told.town.hr.files.store.read(begun.population.sha256).splitlines(keepends=True)


def test_the_population_is_every_firm_of_the_province_with_one_of_the_eight_phrases(
    campaign: Campaign,
) -> None:
    begun, _ = campaign.draws[0]
    told = {
        f"{one.code}|{one.region}|{f'SAMR-RISK:{one.grade}' if one.grade else ''}|"
        for one in campaign.firms
        if one.phrased
    }
    lines = {line.decode().rstrip("\n") for line in population_of(campaign, begun)}
    assert begun.count == POPULATION == len(lines)
    assert lines == told


def test_each_city_has_its_share_of_the_sample_and_worse_classes_a_larger_one(
    campaign: Campaign,
) -> None:
    firms = {one.code: one for one in campaign.firms}
    drawn = Counter(firms[one.subject_id].grade for one in campaign.tasks)
    held = Counter(one.grade for one in campaign.firms if one.phrased)
    share = {grade: drawn[grade] / held[grade] for grade in held}
    assert share["A"] < share["B"] < share["C"] < share["D"]
    whole = Counter(one.region[:4] for one in campaign.firms if one.phrased)
    cities = Counter(one.to_region[:4] for one in campaign.tasks)
    for city, tasks in cities.items():
        assert tasks / DRAWN == pytest.approx(whole[city] / POPULATION, rel=0.05)
    assert len(cities) == len(PREFECTURES)


def test_every_draw_is_made_again_from_its_record_and_its_population(campaign: Campaign) -> None:
    assert [made.drawn for _, made in campaign.draws] == [
        DRAWN,
        *(INSPECTORS_DRAWN for _ in PREFECTURES),
    ]
    for begun, made in campaign.draws:
        record = campaign.town.hr.files.store.read(made.record.sha256)
        verdict = verify(record, population_of(campaign, begun))
        assert verdict.good
        assert (verdict.drawn, verdict.seed) == (made.drawn, made.seed)


def test_each_drawn_firm_is_one_task_that_both_departments_claimed_and_a_county_has(
    campaign: Campaign,
) -> None:
    counties = {county for each in PREFECTURES.values() for county in each}
    firms = {one.code: one.region for one in campaign.firms}
    assert len({one.subject_id for one in campaign.tasks}) == len(campaign.tasks) == DRAWN
    assert all(firms[one.subject_id] == one.to_region for one in campaign.tasks)
    for department in (campaign.town.hr, campaign.town.samr):
        with department.reading() as conn:
            units = inspections.tasks_by_unit(conn, on=TODAY, plan_id=campaign.plan)
        assert {one["region"]: one["tasks"] for one in units} == Counter(campaign.county.values())
        assert {one["region"] for one in units} == counties
        assert not any(one["sent"] or one["late"] for one in units)


def test_every_team_has_inspectors_of_both_departments_of_its_city(campaign: Campaign) -> None:
    assert len(campaign.teams) == MATCHED * len(PREFECTURES)
    for task, one in campaign.teams.items():
        assert Counter(member.organ for member in one.team) == {"HRSS_INSP": 1, "SAMR": 1}
        assert {member.certificate[:4] for member in one.team} == {campaign.county[task][:4]}
    busy = Counter(member.inspector_id for one in campaign.teams.values() for member in one.team)
    assert len(busy) == INSPECTORS_DRAWN * len(PREFECTURES)


def test_results_stand_in_all_nine_categories_and_what_is_dealt_with_is_public(
    campaign: Campaign,
) -> None:
    pursued = {task for task, found in campaign.results.items() if found in PURSUED}
    assert campaign.kept_back == dict.fromkeys(pursued, "ProblemNotDealtWith")
    for department in (campaign.town.hr, campaign.town.samr):
        with department.reading() as conn:
            results = inspections.results_by_category(conn, plan_id=campaign.plan)
            done = inspections.publications_done(conn, plan_id=campaign.plan, limit=200)
            due = inspections.publications_due(conn, on=TODAY, plan_id=campaign.plan)
            waiting = inspections.publications_due(
                conn, on=TODAY, plan_id=campaign.plan, waiting=True
            )
            entries = inspections.list_entries(conn, limit=200)
        assert results == {one.value: times for one, times in FOUND.items()}
        assert {one["task_id"] for one in done} == campaign.results.keys() - pursued
        assert all(one["on_time"] for one in done)
        assert (len(due), {one["task_id"] for one in waiting}) == (0, pursued)
        assert len(entries) == sum(FOUND[one] for one in (*OF_SAMR, Category.UNREACHABLE))


def test_nobody_was_late_and_nothing_was_parked(campaign: Campaign) -> None:
    for department in campaign.town.platform.departments.values():
        assert "clock.deadline_breached.v1" not in types(department)
        assert parked(department) == []
