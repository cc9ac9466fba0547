"""Teams that the provincial platform drew: entered once, refused by name, and recording their result."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.draw.facts import DrawOpened, draw_of
from domain.draw.plan import DrawKind
from domain.facts import Fact
from domain.inspection.facts import (
    Category,
    InspectionResultRecorded,
    ItemResult,
    RecusalGround,
    TeamMatched,
)
from domain.inspection.task import task_id
from tests.domain.inspections import (
    CITY,
    HR_ONE,
    HR_TWO,
    INSPECTORS,
    SAMR_ONE,
    SAMR_TWO,
    enter,
    keep,
    moment,
    put,
)
from tests.domain.story import LN_A, Story, refused

DRAW, PLAN = "HB-2022-001", "HB-P-1"
TASK = task_id(DRAW, LN_A)


def sent_down() -> Story:
    """The province drew LN-A on its own platform, both departments claimed it; 2022-06-06."""
    story = Story().on("2022-06-06")
    for organ, certificate in INSPECTORS:
        enter(story, organ, certificate)
    story.give(
        "HRSS_INSP",
        "EnterOutsideDraw",
        draw=DRAW,
        plan=PLAN,
        title="清理整顿专项",
        items=("I-LIC-01",),
        drawn=1,
        drawn_on=date(2022, 6, 5),
        window_from=date(2022, 6, 11),
        window_to=date(2022, 7, 20),
    )
    story.give("HRSS_INSP", "EnterOutsideTask", draw=DRAW, organisation=LN_A)
    return story


def claimed() -> Story:
    story = sent_down()
    for organ in ("HRSS_INSP", "SAMR"):
        story.give(organ, "ClaimTasks", tasks=(TASK,))
    return story


def team(story: Story, *members: str, organ: str = "HRSS_INSP", **changed: Any) -> list[Fact]:
    data = {"draw": DRAW, "organisation": LN_A, "drawn_on": date(2022, 6, 6), **changed}
    return story.give(organ, "EnterOutsideTeam", members=members or (HR_ONE, SAMR_ONE), **data)


def test_a_team_drawn_by_the_province_is_entered_once_and_records_its_result() -> None:
    story = claimed()

    (matched,) = team(story)

    assert isinstance(matched, TeamMatched)
    assert (matched.task_id, matched.draw_id) == (TASK, DRAW)
    assert [one.certificate for one in matched.team] == [HR_ONE, SAMR_ONE]
    assert story.facts[-1].effective == date(2022, 6, 6)
    assert team(story) == team(story, SAMR_ONE, HR_ONE, organ="SAMR") == []
    clean = (ItemResult(item="I-LIC-01", category=Category.NO_PROBLEM),)
    result = {"task": TASK, "items": clean, "signed_by_subject": True}
    story.on("2022-06-15")
    refused(
        "ResultOfAnotherTeam",
        lambda: story.give("HRSS_INSP", "RecordResult", team=(HR_TWO, SAMR_ONE), **result),
    )
    story.give("HRSS_INSP", "RecordResult", team=(HR_ONE, SAMR_ONE), **result)
    assert story.of(InspectionResultRecorded)[0].fact.team == matched.team
    assert team(story) == []
    refused("ResultAlreadyRecorded", lambda: team(story, HR_TWO, SAMR_ONE))


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ("TeamTooSmall", (HR_ONE,)),
        ("TeamTooSmall", (HR_ONE, HR_ONE)),
        ("TeamOfOneDepartment", (HR_ONE, HR_TWO)),
        ("InspectorUnknown", (HR_ONE, "21010301099")),
    ],
)
def test_a_team_that_cannot_inspect_is_refused(rule: str, members: tuple[str, ...]) -> None:
    refused(rule, lambda: team(claimed(), *members))


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("OutsideDrawUnknown", {"draw": "HB-2022-002"}),
        ("TaskUnknown", {"organisation": "91210103MAYTX0128N"}),
        ("DrawnInFuture", {"drawn_on": date(2022, 6, 7)}),
        ("TeamDrawnBeforeObjects", {"drawn_on": date(2022, 6, 4)}),
    ],
)
def test_a_team_of_no_such_draw_object_or_day_is_refused(
    rule: str, changed: dict[str, Any]
) -> None:
    refused(rule, lambda: team(claimed(), **changed))


def test_a_team_waits_until_both_departments_claimed_the_object() -> None:
    refused("TaskNotClaimed", lambda: team(sent_down()))


def test_whoever_may_not_inspect_the_object_is_refused_by_name() -> None:
    story = claimed()
    inspector = {"inspector": f"INS-{HR_ONE}"}
    relation = {"organisation": LN_A, "ground": RecusalGround.RELATIVE, **inspector}
    story.give("HRSS_INSP", "DeclareRelation", at=CITY, **relation)
    refused("InspectorHasRelation", lambda: team(story))
    away = {"away_from": date(2022, 6, 1), "away_to": date(2022, 7, 31)}
    story.give("HRSS_INSP", "ChangeInspector", at=CITY, inspector=f"INS-{HR_TWO}", **away)
    refused("InspectorAway", lambda: team(story, HR_TWO, SAMR_ONE))
    story.give("SAMR", "ChangeInspector", at=CITY, inspector=f"INS-{SAMR_ONE}", left=True)
    refused("InspectorLeft", lambda: team(story, SAMR_ONE, HR_TWO))
    enter(story, "SAMR", SAMR_TWO, inspector=f"INS-{SAMR_TWO}", certificate_until=date(2022, 7, 1))
    refused("CertificateExpired", lambda: team(story, SAMR_TWO, HR_TWO))


def test_a_certificate_that_was_exchanged_names_nobody_and_the_register_number_does() -> None:
    story = claimed()
    enter(story, "HRSS_INSP", "21010300999", inspector=f"INS-{HR_ONE}")
    refused("InspectorUnknown", lambda: team(story))
    (matched,) = team(story, f"INS-{HR_ONE}", SAMR_ONE)
    assert isinstance(matched, TeamMatched)
    assert matched.team[0].certificate == "21010300999"


def test_after_a_recusal_the_province_draws_again_and_whoever_was_left_stays() -> None:
    story = claimed()
    team(story)
    refused("TeamAlreadyMatched", lambda: team(story, HR_TWO, SAMR_ONE))
    story.give(
        "HRSS",
        "RecuseInspector",
        task=TASK,
        inspector=f"INS-{HR_ONE}",
        ground=RecusalGround.OTHER_RELATION,
        reason="同乡",
    )
    refused("InspectorAlreadyRecused", lambda: team(story))
    refused("TeamAlreadyMatched", lambda: team(story, HR_TWO, SAMR_TWO))
    refused("TeamOfOneDepartment", lambda: team(story, SAMR_ONE, SAMR_TWO))
    (matched,) = team(story, HR_TWO, SAMR_ONE)
    assert isinstance(matched, TeamMatched)
    assert {one.certificate for one in matched.team} == {HR_TWO, SAMR_ONE}


def test_inspectors_drawn_here_count_before_a_team_of_the_province() -> None:
    story = claimed()
    frozen = keep(story, b"")
    opened = DrawOpened(
        draw_id="DRW-2",
        plan_id=PLAN,
        kind=DrawKind.INSPECTORS,
        region="210103",
        departments=("hr", "samr"),
        plan="{}",
        plan_hash="0" * 64,
        population=frozen,
        population_hash="0" * 64,
        count=4,
        size=2,
        tasks=(TASK,),
        commit_by=moment(story),
        reveal_by=moment(story),
    )
    put(story, "HRSS_INSP", opened, draw_of("DRW-2"), PLAN)
    refused("TaskOfEarlierDraw", lambda: team(story))
