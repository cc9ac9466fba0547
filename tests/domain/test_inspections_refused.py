"""Each named refusal of inspections, met once by an act that breaks its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.draw.facts import DrawOpened, DrawVoided
from domain.draw.plan import DrawKind
from domain.facts import instant
from domain.inspection.facts import (
    Category,
    InspectionKind,
    ItemResult,
    ListAction,
    PlaceKind,
    RecusalGround,
    TeamMatched,
)
from domain.inspection.items import SEED_ITEMS
from domain.inspection.teams import DrawnInspectors
from tests.domain.inspections import (
    CITY,
    DISTRICT,
    FIRST,
    HR_ONE,
    HR_TWO,
    PLAN,
    PROVINCE,
    SAMR_ONE,
    TASK_A,
    TASK_B,
    claimed,
    drawn,
    drawn_people,
    enter,
    found,
    inspected,
    match,
    matched,
    of,
    open_one,
    people,
    planned,
    publish,
    put,
    send,
    sent,
    staffed,
    violation,
)
from tests.domain.story import LN_A, Story, day, moment_of, refused

ONE = people(HR_ONE)[0]
STALL = {"kind": PlaceKind.STALL, "name": "鲁园零工摊位", "address": "沈河区小西路1号"}


def start() -> Story:
    return Story().on("2025-06-02")


def items(story: Story, **data: Any) -> Any:
    return story.give("HRSS_INSP", "PublishItemList", at=PROVINCE, **data)


def change(story: Story, organ: str = "HRSS_INSP", **data: Any) -> Any:
    return story.give(organ, "ChangeInspector", at=CITY, **{"inspector": ONE, **data})


def relate(story: Story, **data: Any) -> Any:
    asked = {"inspector": ONE, "organisation": LN_A, "ground": RecusalGround.RELATIVE, **data}
    return story.give("HRSS_INSP", "DeclareRelation", at=CITY, **asked)


def recuse(story: Story, organ: str = "HRSS_INSP", **data: Any) -> Any:
    asked = {
        "task": TASK_A,
        "inspector": ONE,
        "ground": RecusalGround.OWN_INTEREST,
        "reason": "持有该单位股份",
        **data,
    }
    return story.give(organ, "RecuseInspector", at=CITY, **asked)


def claim(story: Story, *tasks: str, organ: str = "HRSS_INSP") -> Any:
    return story.give(organ, "ClaimTasks", at=CITY, tasks=tasks or (TASK_A,))


def dispatch(story: Story, to: str = DISTRICT, at: str = CITY) -> Any:
    return story.give("HRSS_INSP", "DispatchTasks", at=at, tasks=(TASK_A,), to_region=to)


def correct(story: Story, organ: str = "HRSS_INSP", **data: Any) -> Any:
    asked = {"task": TASK_A, "items": of(Category.BUSINESS_NOT_FOUND), "reason": "核对有误", **data}
    return story.give(organ, "CorrectResult", **asked)


def verify(story: Story, **data: Any) -> Any:
    asked = {
        "task": TASK_A,
        "organisation": LN_A,
        "reachable": False,
        "how": "两名执法人员到登记住所，未见该单位",
        **data,
    }
    return story.give("SAMR", "VerifyAddress", **asked)


def list_firm(story: Story, action: ListAction = ListAction.ENTERED, **data: Any) -> Any:
    asked = {
        "organisation": LN_A,
        "action": action,
        "basis": TASK_A,
        "document_no": "沈河市监列〔2025〕1号",
        **data,
    }
    return story.give("SAMR", "ChangeAbnormalList", **asked)


def unreachable() -> Story:
    return inspected(items=of(Category.NO_PROBLEM, Category.UNREACHABLE))


def verified() -> Story:
    story = unreachable().on("2025-06-16")
    verify(story)
    return story


def listed() -> Story:
    story = verified().on("2025-06-18")
    list_firm(story)
    return story


def after(story: Story, *acts: Callable[[Story], Any]) -> Story:
    for act in acts:
        act(story)
    return story


def surprise() -> tuple[Story, str]:
    story = staffed(start())
    (opened,) = open_one(story, without_notice=True)
    return story, opened.task_id


def entered(moment: str | None) -> Any:
    story, task = surprise()
    at = None if moment is None else instant(moment_of(moment))
    story.on("2025-06-10T20:00")
    return found(
        story,
        task=task,
        items=(ItemResult(item="ITEM-FEES", category=Category.NO_PROBLEM),),
        team=(HR_ONE, HR_TWO),
        entered_at=at,
    )


def noted(note: str) -> Any:
    items_of_result = tuple(replace(one, note=note) for one in of(Category.NO_PROBLEM))
    return publish(inspected(items=items_of_result))


def of_the_hr_alone() -> Any:
    story = staffed()
    drawn(story, "DRW-2", DrawKind.INSPECTORS, people(HR_ONE, HR_TWO), (TASK_A,), CITY)
    both = DrawnInspectors(draw="DRW-2", inspectors=people(HR_ONE, HR_TWO))
    return match(story, drawn=(both,))


def of_one() -> Any:
    story = staffed()
    drawn(story, "DRW-2", DrawKind.INSPECTORS, people(HR_ONE), (TASK_A,), CITY)
    return match(story, drawn=(DrawnInspectors(draw="DRW-2", inspectors=people(HR_ONE)),))


def patrolled() -> Story:
    """An online patrol found nothing."""
    story = staffed(start())
    kind = InspectionKind.ONLINE_PATROL
    (opened,) = open_one(story, kind=kind, team=people(HR_ONE))
    clean = (ItemResult(item="ITEM-FEES", category=Category.NO_PROBLEM),)
    found(story, task=opened.task_id, items=clean, team=(HR_ONE,))
    story.policy["patrol"] = opened.task_id
    return story


def publish_patrol() -> Any:
    story = patrolled()
    return publish(story, task=story.policy["patrol"])


def drawn_twice(*, void: bool = False) -> Story:
    """Another draw of inspectors was opened for the tasks before DRW-2 was."""
    story = drawn_people()
    second = next(one for one in story.of(DrawOpened) if one.fact.draw_id == "DRW-2")
    later = (
        replace(second, subject=PLAN),
        replace(
            second,
            id="first",
            subject=PLAN,
            stamp=second.stamp - 1,
            fact=replace(second.fact, draw_id="DRW-0"),
        ),
    )
    story.facts[story.facts.index(second)] = later[0]
    story.facts.append(later[1])
    if void:
        ended = DrawVoided(draw_id="DRW-0", plan_id=PLAN, reason="逾期未提交密值承诺")
        put(story, "HRSS_INSP", ended, "draw/DRW-0", PLAN)
    return story


def dispatched_with_team() -> Any:
    story = matched()
    return dispatch(story)


REFUSED: dict[str, Callable[[], Any]] = {
    "TaskUnknown": lambda: claim(start()),
    "ResultAlreadyRecorded": lambda: found(inspected(), Category.BUSINESS_NOT_FOUND),
    "ResultNotRecorded": lambda: publish(matched()),
    "InspectorUnknown": lambda: change(start(), left=True),
    "InspectorAlreadyEntered": lambda: enter(staffed(), "HRSS_INSP", HR_ONE),
    "InspectorOfOtherOrgan": lambda: recuse(matched(), "SAMR"),
    "InspectorLeft": lambda: match(after(drawn_people(), lambda s: change(s, left=True))),
    "CertificateExpired": lambda: match(
        after(
            drawn_people(),
            lambda s: enter(
                s, "HRSS_INSP", HR_ONE, inspector=ONE, certificate_until=day("2025-07-01")
            ),
        )
    ),
    "AbsenceIllFormed": lambda: change(
        staffed(), away_from=day("2025-07-02"), away_to=day("2025-07-01")
    ),
    "RelationAlreadyDeclared": lambda: relate(after(staffed(), relate)),
    "ItemTwice": lambda: items(start(), items=(SEED_ITEMS[0], SEED_ITEMS[0])),
    "ItemListUnchanged": lambda: items(after(start(), items)),
    "DrawNotExecuted": lambda: send(start()),
    "DrawOfOtherKind": lambda: send(drawn_people(), draw="DRW-2"),
    "DrawnNotFilledIn": lambda: send(planned(), objects=()),
    "TaskAlreadyClaimed": lambda: claim(claimed()),
    "TaskNotClaimed": lambda: match(
        after(
            sent(),
            staffed,
            lambda s: drawn(s, "DRW-2", DrawKind.INSPECTORS, FIRST.inspectors, (TASK_A,), CITY),
        )
    ),
    "TaskNamedTwice": lambda: claim(sent(), TASK_A, TASK_A),
    "DispatchNotBelow": lambda: dispatch(claimed()),
    "TaskAlreadyUnderWay": dispatched_with_team,
    "TaskNotInDraw": lambda: match(
        after(
            staffed(),
            lambda s: drawn(s, "DRW-2", DrawKind.INSPECTORS, FIRST.inspectors, (TASK_B,), CITY),
        )
    ),
    "TaskOfEarlierDraw": lambda: match(drawn_twice()),
    "TeamAlreadyMatched": lambda: match(matched()),
    "TeamTooSmall": of_one,
    "TeamOfOneDepartment": of_the_hr_alone,
    "InspectorHasRelation": lambda: match(after(drawn_people(), relate)),
    "InspectorAway": lambda: match(
        after(
            drawn_people(),
            lambda s: change(s, away_from=day("2025-06-01"), away_to=day("2025-08-01")),
        )
    ),
    "HeadDecidesRecusal": lambda: recuse(matched(), "HRSS_INSP.OFFICER"),
    "InspectorAlreadyRecused": lambda: recuse(after(matched(), recuse)),
    "InspectorNotInTeam": lambda: recuse(matched(), inspector=people(HR_TWO)[0]),
    "DoubleRandomIsDrawn": lambda: open_one(staffed(), kind=InspectionKind.DOUBLE_RANDOM),
    "KeyInspectionNeedsGround": lambda: open_one(staffed(), kind=InspectionKind.KEY),
    "CommitmentCheckNeedsLicence": lambda: open_one(
        staffed(), kind=InspectionKind.COMMITMENT_CHECK
    ),
    "InspectionItemUnknown": lambda: open_one(staffed(), items=("ITEM-NONE",)),
    "InspectionAboutUnknown": lambda: open_one(staffed(), about="LD-NONE"),
    "WindowEndsBeforeToday": lambda: open_one(staffed(), window_to=day("2025-06-01")),
    "ResultOfAnotherTeam": lambda: found(matched(), team=(HR_TWO, SAMR_ONE)),
    "TaskHasNoTeam": lambda: found(claimed()),
    "ItemNotOfTask": lambda: found(
        matched(), items=(ItemResult(item="ITEM-FEES", category=Category.NO_PROBLEM),)
    ),
    "ItemResultMissing": lambda: found(matched(), items=of(Category.NO_PROBLEM)[:1]),
    "InspectedInFuture": lambda: found(matched(), inspected_on=day("2025-06-09")),
    "EnteredInFuture": lambda: found(matched(), entered_at=instant(moment_of("2025-06-09"))),
    "InspectedBeforeWindow": lambda: found(matched(), inspected_on=day("2025-06-01")),
    "UnsignedNeedsWitness": lambda: found(matched(), signed_by_subject=False),
    "NoOrderToCorrect": lambda: found(matched(), Category.CORRECTION_ORDERED),
    "ResultNeedsFinding": lambda: found(matched(), Category.PENDING_FOLLOW_UP),
    "ResultFindingUnknown": lambda: found(matched(), findings=("V-NONE",)),
    "ResultContradictsFindings": lambda: found(story := matched(), findings=(violation(story),)),
    "EntryTimeMissing": lambda: entered(None),
    "EntryAtUnlawfulTime": lambda: entered("2025-06-10T18:30"),
    "ResultOfOtherDepartment": lambda: publish(inspected(), organ="SAMR"),
    "KindNotPublished": publish_patrol,
    "ResultAlreadyPublished": lambda: publish(after(inspected(), publish)),
    "ProblemNotDealtWith": lambda: publish(unreachable()),
    "PersonalDataInPublication": lambda: noted("负责人电话138 0013 8000"),
    "PublishedInFuture": lambda: publish(inspected(), published_on=day("2025-06-11")),
    "PublishedBeforeInspection": lambda: publish(inspected(), published_on=day("2025-06-09")),
    "ResultUnchanged": lambda: correct(inspected(), items=of(Category.NO_PROBLEM)),
    "NothingToVerifyThere": lambda: verify(inspected()),
    "AddressAlreadyVerified": lambda: verify(verified()),
    "VerifiedInFuture": lambda: verify(unreachable(), verified_on=day("2025-06-11")),
    "VerifiedBeforeInspection": lambda: verify(unreachable(), verified_on=day("2025-06-09")),
    "ListNeedsRegistered": lambda: list_firm(verified(), organisation="UN-0123456789"),
    "ListGroundMissing": lambda: list_firm(unreachable()),
    "AlreadyListed": lambda: list_firm(listed()),
    "NotListed": lambda: list_firm(verified(), ListAction.REMOVED),
    "ListedInFuture": lambda: list_firm(verified(), on=day("2025-06-17")),
    "ListedBeforeGround": lambda: list_firm(verified(), on=day("2025-06-13")),
    "PlaceAlreadyRegistered": lambda: after(
        start(),
        lambda s: s.give("HRSS_INSP", "RegisterPlace", **STALL),
        lambda s: s.give("SAMR", "RegisterPlace", **STALL),
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_the_rule_of_inspections_refuses_by_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


@pytest.mark.parametrize("organ", ["LG", "LGO", "ASSOC", "TWN"])
def test_who_coordinates_does_not_inspect(organ: str) -> None:
    story = staffed(start())
    refused("NoPower", lambda: open_one(story, organ))
    refused("NoPower", lambda: found(story, organ=organ))


@pytest.mark.parametrize(
    "note",
    [
        "经办人身份证21010319900307123X",
        "证号 ２１０１０３１９９００３０７１２３４",
        "手机13800138000",
        "联系 +86 138-0013-8000",
    ],
)
def test_whatever_the_spelling_a_number_of_a_person_is_found(note: str) -> None:
    refused("PersonalDataInPublication", lambda: noted(note))


@pytest.mark.parametrize(
    "note", ["检查人数15人，台账保存24个月", "统一社会信用代码91210103MAYTX011XN，2025年6月10日"]
)
def test_other_numbers_are_published(note: str) -> None:
    assert noted(note)


def test_an_entry_without_notice_is_made_in_the_hours_that_are_set() -> None:
    assert entered("2025-06-10T08:00")
    assert entered("2025-06-10T17:59")


def test_what_reads_differently_is_corrected_by_its_own_organ() -> None:
    story = inspected()
    refused("ResultOfOtherDepartment", lambda: correct(story, "SAMR"))
    refused("NotOwnerOfFact", lambda: correct(story, "HRSS_MKT"))


def test_of_two_draws_for_a_task_the_later_serves_when_the_first_is_void() -> None:
    story = drawn_twice(void=True)
    match(story)
    assert story.of(TeamMatched)[-1].fact.draw_id == "DRW-2"
