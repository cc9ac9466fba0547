"""Stories of inspections: a draw that was made, tasks, inspectors of both departments, a team."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from domain.commands import Decided
from domain.departments import node_of
from domain.draw.facts import DrawExecuted, DrawOpened, PlanDrafted, Predicate, draw_of, plan_of
from domain.draw.plan import DrawKind
from domain.draw.record import canonical
from domain.facts import Fact, Recorded, instant
from domain.inspection.facts import (
    INSPECTING,
    SENDERS,
    Category,
    InspectionKind,
    InspectionResultRecorded,
    ItemResult,
    ProblemDealtWith,
    TaskSent,
)
from domain.inspection.sending import DrawnObject
from domain.inspection.task import task_id
from domain.inspection.teams import DrawnInspectors
from domain.terms import FileRef
from tests.domain.story import LN_A, LN_B, Story, day, post

DISTRICT, CITY, PROVINCE = "210103", "210100", "210000"
ITEMS = ("ITEM-INTERMEDIATION", "ITEM-ADDRESS")
HR_ONE, HR_TWO, SAMR_ONE, SAMR_TWO = "21010300123", "21010300124", "21010301001", "21010301002"
INSPECTORS = (
    ("HRSS_INSP", HR_ONE),
    ("HRSS_INSP", HR_TWO),
    ("SAMR", SAMR_ONE),
    ("SAMR", SAMR_TWO),
)
PLAN = "PLN-1"


def put(story: Story, organ: str, fact: Fact, stream: str, subject: str, at: str = CITY) -> None:
    """Puts a fact on record that another part of the platform brings about."""
    one = Decided(stream=stream, fact=fact, subject=subject, matter="M-1", region=at)
    story.commands_given += 1
    story._record(
        one,
        0,
        post(organ, at),
        node_of(organ).id,
        at,
        f"P{story.commands_given}",
        "Put",
        None,
    )


def keep(story: Story, body: bytes) -> FileRef:
    """A kept file."""
    digest = hashlib.sha256(body).hexdigest()
    story.files[digest] = body
    return FileRef(sha256=digest, length=len(body), media_type="application/json")


def drawn(
    story: Story,
    draw: str,
    kind: DrawKind,
    ids: tuple[str, ...],
    tasks: tuple[str, ...] = (),
    at: str = PROVINCE,
) -> None:
    """A draw that was opened and executed: `ids` are what its record names."""
    lines = b"".join(f"{name}|{DISTRICT}||\n".encode() for name in sorted(ids))
    count, population = len(ids), keep(story, lines)
    record = keep(story, canonical({"strata": [{"drawn": list(ids)}]}))
    opened = DrawOpened(
        draw_id=draw,
        plan_id=PLAN,
        kind=kind,
        region=at,
        departments=("hr", "samr"),
        plan="{}",
        plan_hash="0" * 64,
        population=population,
        population_hash="0" * 64,
        count=count,
        size=count,
        tasks=tasks,
        commit_by=moment(story),
        reveal_by=moment(story),
    )
    put(story, "HRSS_INSP", opened, draw_of(draw), draw, at)
    executed = DrawExecuted(
        draw_id=draw,
        plan_id=PLAN,
        kind=kind,
        region=at,
        algorithm="sha256-ticket-v1",
        seed=hashlib.sha256(draw.encode()).hexdigest(),
        population_hash="0" * 64,
        drawn=count,
        record=record,
    )
    put(story, "HRSS_INSP", executed, draw_of(draw), draw, at)


def moment(story: Story) -> Any:
    """The story's moment as an instant."""
    return instant(story.now)


def planned(on: str = "2025-06-02") -> Story:
    """A plan of the province stands and its objects LN-A and LN-B were drawn as DRW-1."""
    story = Story().on(on)
    draft = PlanDrafted(
        plan_id=PLAN,
        title="2025年清理整顿",
        region=PROVINCE,
        item_list="IL-210000-1",
        items=ITEMS,
        predicate=Predicate.EIGHT_PHRASES,
        size=2,
        window_from=day("2025-06-02"),
        window_to=day("2025-07-18"),
    )
    put(story, "HRSS_INSP", draft, plan_of(PLAN), PLAN, PROVINCE)
    drawn(story, "DRW-1", DrawKind.OBJECTS, (LN_A, LN_B))
    return story


OBJECTS = (
    DrawnObject(subject=LN_A, region=DISTRICT),
    DrawnObject(subject=LN_B, region=DISTRICT),
)
TASK_A, TASK_B = task_id("DRW-1", LN_A), task_id("DRW-1", LN_B)


def send(story: Story, **data: Any) -> Any:
    asked = {"draw": "DRW-1", "objects": OBJECTS, **data}
    return story.give("HRSS_INSP", "SendTasks", at=PROVINCE, **asked)


def sent() -> Story:
    """Both objects are tasks of the district."""
    story = planned()
    send(story)
    return story


def claimed() -> Story:
    """Both departments of the city claimed both tasks."""
    story = sent()
    for organ in ("HRSS_INSP", "SAMR"):
        story.give(organ, "ClaimTasks", at=CITY, tasks=(TASK_A, TASK_B))
    return story


def enter(story: Story, organ: str, certificate: str, **data: Any) -> Any:
    asked = {"certificate": certificate, "certificate_until": day("2026-12-31"), **data}
    return story.give(organ, "EnterInspector", at=CITY, **asked)


def staffed(story: Story | None = None) -> Story:
    """Four inspectors of the city are in the register."""
    story = story or claimed()
    for organ, certificate in INSPECTORS:
        enter(story, organ, certificate)
    return story


def people(*certificates: str) -> tuple[str, ...]:
    """The numbers of inspectors."""
    return tuple(f"INS-{one}" for one in certificates)


FIRST = DrawnInspectors(draw="DRW-2", inspectors=people(HR_ONE, HR_TWO, SAMR_ONE, SAMR_TWO))


def drawn_people(story: Story | None = None) -> Story:
    """The inspectors for both tasks were drawn as DRW-2."""
    story = staffed(story)
    drawn(story, "DRW-2", DrawKind.INSPECTORS, FIRST.inspectors, (TASK_A, TASK_B), CITY)
    return story


def match(story: Story, task: str = TASK_A, **data: Any) -> Any:
    asked = {"task": task, "draw": "DRW-2", "drawn": (FIRST,), **data}
    return story.give("HRSS_INSP", "MatchTeam", at=CITY, **asked)


def matched() -> Story:
    """The task of LN-A has HR-1 and SAMR-1, that of LN-B HR-2 and SAMR-2."""
    story = drawn_people()
    match(story, TASK_A)
    match(story, TASK_B)
    return story


def of(category: Category, other: Category = Category.NO_PROBLEM) -> tuple[ItemResult, ...]:
    """A category for the first item, another for the second."""
    return (
        ItemResult(item=ITEMS[0], category=category),
        ItemResult(item=ITEMS[1], category=other),
    )


def found(
    story: Story,
    category: Category = Category.NO_PROBLEM,
    task: str = TASK_A,
    organ: str = "HRSS_INSP",
    **data: Any,
) -> Any:
    """The team records a result."""
    team = (HR_ONE, SAMR_ONE) if task == TASK_A else (HR_TWO, SAMR_TWO)
    asked = {"task": task, "items": of(category), "team": team, **data}
    return story.give(organ, "RecordResult", **asked)


def inspected(category: Category = Category.NO_PROBLEM, **data: Any) -> Story:
    """LN-A was inspected on 2025-06-10."""
    story = matched().on("2025-06-10")
    found(story, category, **data)
    return story


def violation(story: Story, about: str = TASK_A, organisation: str = LN_A, **data: Any) -> str:
    """An unlicensed intermediation is found about a task."""
    asked = {
        "organisation": organisation,
        "code": "V-LIC-01",
        "about": about,
        "facts": ("现场有职业介绍服务，未见许可证",),
        "act_from": day("2025-06-01"),
        **data,
    }
    (fact,) = story.give("HRSS_INSP", "RecordViolation", **asked)
    return str(fact.finding_id)  # type: ignore[attr-defined]


def publish(story: Story, task: str = TASK_A, organ: str = "HRSS_INSP", **data: Any) -> Any:
    asked = {"task": task, "channel": "省双随机监管平台", **data}
    return story.give(organ, "PublishResult", **asked)


def open_one(story: Story, organ: str = "HRSS_INSP", **data: Any) -> Any:
    """An inspection outside the draw."""
    asked = {
        "kind": InspectionKind.TARGETED,
        "organisation": LN_A,
        "items": ("ITEM-FEES",),
        "reason": "零工市场集中区域，针对性检查",
        "team": people(HR_ONE, HR_TWO),
        "window_to": day("2025-06-30"),
        **data,
    }
    return story.give(organ, "OpenInspection", **asked)


def inspection_facts() -> list[Recorded[Any]]:
    """Tasks, results, a verified address, a problem dealt with, the same again of every organ that may record them."""
    story = inspected(items=of(Category.NO_PROBLEM, Category.UNREACHABLE))
    found(story, task=TASK_B)
    story.give(
        "SAMR",
        "VerifyAddress",
        task=TASK_A,
        organisation=LN_A,
        reachable=False,
        how="登记住所查无此单位",
    )
    story.settle()
    facts = list(story.facts)
    for one in story.facts:
        if isinstance(one.fact, ProblemDealtWith):
            facts += [replace(one, fact=replace(one.fact, organ=organ)) for organ in INSPECTING]
        if isinstance(one.fact, TaskSent):
            facts += [replace(one, organ=organ) for organ in SENDERS]
        if isinstance(one.fact, InspectionResultRecorded):
            pursued = replace(one.fact, category=Category.PENDING_FOLLOW_UP)
            facts += [replace(one, organ=organ) for organ in INSPECTING]
            facts += [replace(one, organ=organ, fact=pursued) for organ in INSPECTING]
    return facts
