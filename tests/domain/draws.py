"""How the stories of draws begin: a plan, a population, two departments and the escrow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from domain.draw.facts import (
    AuditOutcome,
    DrawCommitted,
    DrawOpened,
    InspectionPlanApproved,
    PlanDrafted,
    Predicate,
)
from domain.draw.plan import DrawKind
from domain.draw.population import DrawObject, freeze
from domain.inspection.facts import ItemListPublished
from domain.terms import FileRef
from tests.domain.story import Story, day
from tests.draws.given import firms

PROVINCE, CITY, COUNTY = "420000", "420100", "420102"


def planned(**changes: Any) -> Story:
    """The province has published its items and drafted a plan of 20 firms."""
    story = Story().on("2022-06-02")
    story.give("HRSS", "PublishItemList", at=PROVINCE)
    draft(story, **changes)
    return story


def draft(story: Story, **changes: Any) -> str:
    """Drafts a plan and gives its id."""
    listed = story.of(ItemListPublished)[0].fact
    data: dict[str, Any] = {
        "title": "2022年度清理整顿人力资源市场秩序抽查",
        "item_list": listed.list_id,
        "items": (listed.items[0].code,),
        "predicate": Predicate.EIGHT_PHRASES,
        "size": 20,
        "window_from": day("2022-06-11"),
        "window_to": day("2022-07-20"),
        **changes,
    }
    story.give("HRSS_MKT", "DraftPlan", at=PROVINCE, **data)
    return str(story.of(PlanDrafted)[-1].fact.plan_id)


def plan_of(story: Story) -> str:
    """The newest plan."""
    return str(story.of(PlanDrafted)[-1].fact.plan_id)


def audited(story: Story, outcome: AuditOutcome = AuditOutcome.PASSED, **more: Any) -> Story:
    """市场监管 of the province audits the newest plan."""
    story.give("SAMR", "AuditPlan", at=PROVINCE, plan=plan_of(story), outcome=outcome, **more)
    return story


def approved(**changes: Any) -> Story:
    """The plan stands, and the procuratorate has published its key."""
    story = audited(planned(**changes))
    story.give("HRSS.HEAD", "ApprovePlan", at=PROVINCE, plan=plan_of(story))
    key(story)
    return story


def key(story: Story, name: str = "EK-1") -> None:
    """The procuratorate publishes a key."""
    story.give("PROC", "PublishEscrowKey", at=PROVINCE, key=name, public_key=name)


def kept(story: Story, objects: Iterable[DrawObject]) -> FileRef:
    """A frozen population, kept."""
    blocks: list[bytes] = []
    freeze(objects, blocks.append)
    return story.keep(b"".join(blocks))


def open_draw(story: Story, organ: str = "HRSS", at: str = PROVINCE, **changes: Any) -> str:
    """Opens a draw of 300 firms and gives its id."""
    data: dict[str, Any] = {"kind": DrawKind.OBJECTS, **changes}
    if "population" not in data:
        data["population"] = kept(story, firms(300))
    story.give(organ, "OpenDraw", at=at, plan=plan_of(story), **data)
    return str(story.of(DrawOpened)[-1].fact.draw_id)


def opened(**changes: Any) -> tuple[Story, str]:
    """A draw of objects is open."""
    story = approved()
    return story, open_draw(story, **changes)


def commit(story: Story, draw: str, *organs: str, at: str = PROVINCE) -> None:
    """Departments commit, and the rules run."""
    for organ in organs or ("HRSS", "SAMR"):
        story.give(organ, "CommitToDraw", at=at, draw=draw)
    story.settle()


def committed() -> tuple[Story, str]:
    """Both have committed, and both deposits are good."""
    story, draw = opened()
    commit(story, draw)
    return story, draw


def with_bad_deposit() -> Story:
    """市场监管 hands in the deposit of 人社, which is not what it committed to."""
    story, draw = opened()
    for organ in ("HRSS", "SAMR"):
        story.give(organ, "CommitToDraw", at=PROVINCE, draw=draw)
    first, bad = story.of(DrawCommitted)
    false = replace(bad.fact, deposit=first.fact.deposit)
    story.facts[story.facts.index(bad)] = replace(bad, fact=false)
    story.settle()
    return story


def reveal(story: Story, draw: str, *organs: str, at: str = PROVINCE) -> None:
    """Departments reveal."""
    for organ in organs or ("HRSS", "SAMR"):
        story.give(organ, "RevealForDraw", at=at, draw=draw)


def executed() -> tuple[Story, str]:
    """The draw of objects is made."""
    story, draw = committed()
    reveal(story, draw)
    story.give("HRSS", "ExecuteDraw", at=PROVINCE, draw=draw)
    return story, draw


def inspectors(**counts: int) -> list[DrawObject]:
    """Inspectors of departments, by number."""
    return [
        DrawObject(f"INS-{name}-{number:03d}", CITY, tags=(name,))
        for name, count in counts.items()
        for number in range(count)
    ]


def approval_of(story: Story) -> InspectionPlanApproved:
    """The approval of the newest plan."""
    found: InspectionPlanApproved = story.of(InspectionPlanApproved)[-1].fact
    return found
