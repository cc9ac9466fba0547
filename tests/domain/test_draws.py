"""Plans and draws: who may what, in which order, and what happens to whoever withholds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from domain.draw.commitment import commitment_of
from domain.draw.facts import (
    AuditOutcome,
    DepositChecked,
    DrawCommitted,
    DrawExecuted,
    DrawOpened,
    DrawRevealed,
    DrawSecretKept,
    DrawVoided,
    InspectionPlanApproved,
    PlanAudited,
    Predicate,
    RevealSource,
)
from domain.draw.plan import DrawKind
from domain.draw.population import DrawObject
from domain.draw.verification import verify
from domain.inspection.facts import InspectorRecused, ItemListPublished, RecusalGround, task_of
from domain.policy import policy_for
from tests.domain.draws import (
    CITY,
    COUNTY,
    PROVINCE,
    approval_of,
    approved,
    audited,
    commit,
    committed,
    draft,
    executed,
    inspectors,
    kept,
    key,
    open_draw,
    opened,
    plan_of,
    planned,
    reveal,
    with_bad_deposit,
)
from tests.domain.story import Story, day, post, refused
from tests.draws.given import firms

TASKS = ("TSK-1", "TSK-2")
OTHER = "ab" * 32


def approve(story: Story, organ: str = "HRSS.HEAD") -> Any:
    return story.give(organ, "ApprovePlan", at=PROVINCE, plan=plan_of(story))


def give(story: Story, command: str, organ: str = "HRSS", at: str = PROVINCE, **data: Any) -> Any:
    return story.give(organ, command, at=at, **data)


def test_a_plan_is_drafted_audited_and_approved_by_another_post() -> None:
    story = approved()
    fact = approval_of(story)
    assert (fact.region, fact.size) == (PROVINCE, 20)
    assert story.names()[1:4] == ["PlanDrafted", "PlanAudited", "InspectionPlanApproved"]


def test_a_refused_draft_is_drafted_again_and_audited_again() -> None:
    story = audited(planned(), AuditOutcome.REFUSED, reason="抽取数量与年度计划不一致")
    refused("PlanNotAudited", lambda: approve(story))
    draft(story, plan=plan_of(story), size=15)
    refused("PlanNotAudited", lambda: approve(story))
    audited(story)
    approve(story)
    assert approval_of(story).size == 15
    assert len({one.matter for one in story.facts if one.subject == plan_of(story)}) == 1


def graded(count: int) -> list[DrawObject]:
    return [one._replace(grade_scheme="HRSS-CREDIT" if one.grade else "") for one in firms(count)]


def test_the_frequency_by_class_is_fixed_with_the_approval() -> None:
    story = approved(grade_scheme="HRSS-CREDIT")
    plain = json.loads(str(approval_of(story).plan))
    assert plain["class_factors"]["HRSS-CREDIT:D"] == "4"
    story.policy["draw_percent_D"] = 100
    open_draw(story, population=kept(story, graded(300)))
    assert story.of(DrawOpened)[0].fact.plan_hash == approval_of(story).plan_hash


def test_the_cap_of_a_year_counts_the_plans_of_that_year_and_territory() -> None:
    story = audited(planned())
    story.policy["annual_inspection_cap"] = 30
    approve(story)
    draft(story)
    refused("AnnualCapExceeded", lambda: approve(audited(story)))
    draft(story, size=10)
    approve(audited(story))
    draft(story, size=None, rate="1/2")
    approve(audited(story))


def test_the_cap_counts_a_share_by_what_was_drawn() -> None:
    story = approved(size=None, rate="1/10")
    draw = open_draw(story)
    commit(story, draw)
    reveal(story, draw)
    story.give("HRSS", "ExecuteDraw", at=PROVINCE, draw=draw)
    story.policy["annual_inspection_cap"] = 49
    draft(story)
    refused("AnnualCapExceeded", lambda: approve(audited(story)))
    story.policy["annual_inspection_cap"] = 50
    approve(story)


def test_a_share_is_held_to_the_cap_when_its_draw_is_opened() -> None:
    story = approved(size=None, rate="1/10")
    story.policy["annual_inspection_cap"] = 29
    refused("AnnualCapExceeded", lambda: open_draw(story))
    assert story.of(DrawOpened) == []
    story.policy["annual_inspection_cap"] = 30
    open_draw(story)


def test_an_extra_draw_counts_for_the_cap_of_the_place_that_makes_it() -> None:
    story, _ = opened()
    story.policy["annual_inspection_cap"] = 4
    refused("AnnualCapExceeded", lambda: open_draw(story, at=CITY, extra=True, size=5))
    story.policy["annual_inspection_cap"] = 5
    open_draw(story, at=CITY, extra=True, size=5)
    first = plan_of(story)
    draft(story)
    story.policy["annual_inspection_cap"] = 40
    approve(audited(story))
    story.policy["annual_inspection_cap"] = 5
    assert plan_of(story) != first
    refused("AnnualCapExceeded", lambda: open_draw(story, at=CITY, extra=True, size=1))
    story.policy["annual_inspection_cap"] = 6
    open_draw(story, at=CITY, extra=True, size=1)


def test_a_voided_draw_of_a_share_counts_for_nothing() -> None:
    story = approved(size=None, rate="1/10")
    story.policy["annual_inspection_cap"] = 30
    draw = open_draw(story)
    story.on("2022-06-03T09:00").clock("HRSS", "VoidDraw", draw=draw)
    assert open_draw(story) != draw


def test_the_cap_leaves_out_other_years_and_territories() -> None:
    story = audited(planned(window_from=day("2023-01-05"), window_to=day("2023-02-05")))
    approve(story)
    listed = story.of(ItemListPublished)[0].fact
    story.give(
        "HRSS_MKT",
        "DraftPlan",
        at=CITY,
        title="市级抽查",
        item_list=listed.list_id,
        items=(listed.items[0].code,),
        predicate=Predicate.EIGHT_PHRASES,
        size=20,
        window_from=day("2022-06-11"),
        window_to=day("2022-07-20"),
    )
    audited(story)
    approve_at(story, CITY)
    draft(story)
    story.policy["annual_inspection_cap"] = 20
    approve(audited(story))
    assert len(story.of(InspectionPlanApproved)) == 3


def test_an_audit_passes_its_own_draft_only_and_comes_from_market_regulation() -> None:
    story = audited(planned())
    draft(story, plan=plan_of(story), size=15)
    refused("PlanNotAudited", lambda: approve(story))
    audited(story)
    passed = story.of(PlanAudited)[-1]
    story.facts[story.facts.index(passed)] = replace(passed, department="drc")
    refused("PlanNotAudited", lambda: approve(story))


def test_a_draw_runs_from_its_opening_to_a_record_that_verifies() -> None:
    story, draw = executed()
    result = story.of(DrawExecuted)[0].fact
    population = story.of(DrawOpened)[0].fact.population
    lines = story.files[population.sha256].splitlines(keepends=True)
    verdict = verify(story.files[result.record.sha256], lines)
    assert verdict.good
    assert (verdict.draw, verdict.drawn, verdict.seed) == (draw, 20, result.seed)
    assert result.drawn == 20


def test_a_deposit_is_opened_only_when_both_commitments_stand() -> None:
    story, draw = opened()
    commit(story, draw, "HRSS")
    assert story.of(DepositChecked) == []
    commit(story, draw, "SAMR")
    checked = [one.fact for one in story.of(DepositChecked)]
    assert [(one.department, one.good, one.complete) for one in checked] == [
        ("hr", True, False),
        ("samr", True, True),
    ]
    assert {one.reveal_by for one in checked} == {story.of(DrawOpened)[0].fact.reveal_by}


def test_a_secret_never_leaves_before_it_is_revealed() -> None:
    story, draw = committed()
    secrets = {one.department: one.fact.secret for one in story.of(DrawSecretKept)}
    assert set(secrets) == {"hr", "samr"}
    for one in story.of(DrawCommitted):
        assert one.fact.commitment == commitment_of(
            draw, one.department, bytes.fromhex(secrets[one.department])
        )
    told = [one for one in story.facts if not isinstance(one.fact, DrawSecretKept)]
    assert not any(secret in repr(one) for one in told for secret in secrets.values())


def test_the_escrow_reveals_what_is_withheld_and_the_draw_goes_on() -> None:
    story, draw = committed()
    reveal(story, draw, "HRSS")
    story.on("2022-06-04T09:01")
    refused("SecretsStillHidden", lambda: give(story, "ExecuteDraw", draw=draw))
    story.clock("PROC", "OpenDeposit", draw=draw, department="samr")
    story.clock("PROC", "OpenDeposit", draw=draw, department="hr")
    shown = [(one.fact.department, one.fact.source) for one in story.of(DrawRevealed)]
    assert shown == [("hr", RevealSource.DEPARTMENT), ("samr", RevealSource.ESCROW)]
    give(story, "ExecuteDraw", draw=draw)
    secrets = [one.fact.secret for one in story.of(DrawSecretKept)]
    assert sorted(one.fact.secret for one in story.of(DrawRevealed)) == sorted(secrets)


def test_what_is_withheld_changes_nothing_of_the_result() -> None:
    in_time, first = executed()
    late, second = committed()
    assert first == second
    late.on("2022-06-04T09:01")
    for department in ("hr", "samr"):
        late.clock("PROC", "OpenDeposit", draw=second, department=department)
    give(late, "ExecuteDraw", draw=second)
    assert late.of(DrawExecuted)[0].fact == in_time.of(DrawExecuted)[0].fact


def test_a_wrong_secret_on_record_counts_as_withheld() -> None:
    story, draw = committed()
    reveal(story, draw)
    false = story.of(DrawRevealed)[1]
    place = story.facts.index(false)
    story.facts[place] = replace(false, fact=replace(false.fact, secret=OTHER))
    refused("SecretsStillHidden", lambda: give(story, "ExecuteDraw", draw=draw))
    story.on("2022-06-04T09:01")
    story.clock("PROC", "OpenDeposit", draw=draw, department="samr")
    give(story, "ExecuteDraw", draw=draw)


def test_a_secret_from_another_department_than_it_names_counts_for_nothing() -> None:
    story, draw = committed()
    reveal(story, draw)
    for one in story.of(DrawRevealed):
        story.facts[story.facts.index(one)] = replace(one, department="drc")
    refused("SecretsStillHidden", lambda: give(story, "ExecuteDraw", draw=draw))


def test_a_missing_commitment_voids_the_draw_and_names_who_missed_it() -> None:
    story, draw = opened()
    commit(story, draw, "HRSS")
    refused("CommitTermRunning", lambda: story.clock("HRSS", "VoidDraw", draw=draw))
    story.on("2022-06-03T09:00").clock("HRSS", "VoidDraw", draw=draw)
    assert story.of(DrawVoided)[0].fact.at_fault == "samr"
    assert story.clock("HRSS", "VoidDraw", draw=draw) == []
    open_draw(story)


def test_a_bad_deposit_voids_the_draw_before_any_secret_is_out() -> None:
    story = with_bad_deposit()
    assert [(one.fact.department, one.fact.good) for one in story.of(DepositChecked)] == [
        ("hr", True),
        ("samr", False),
    ]
    assert story.of(DrawVoided)[0].fact.at_fault == "samr"
    assert story.of(DrawRevealed) == []


def test_a_complete_draw_is_never_voided() -> None:
    story, draw = committed()
    assert story.on("2022-06-09").clock("HRSS", "VoidDraw", draw=draw) == []


def test_the_escrow_checks_within_the_term_to_commit_or_the_draw_is_void() -> None:
    story, draw = opened()
    for organ in ("HRSS", "SAMR"):
        give(story, "CommitToDraw", organ, draw=draw)
    story.on("2022-06-03T09:00")
    story.settle()
    assert story.of(DepositChecked) == []
    story.clock("HRSS", "VoidDraw", draw=draw)
    assert story.of(DrawVoided)[0].fact.at_fault == "oversight"


def test_a_place_draws_in_addition_once_and_in_its_own_number() -> None:
    story, _ = executed()
    extra: dict[str, Any] = {"at": CITY, "extra": True, "size": 5}
    open_draw(story, **extra)
    assert story.of(DrawOpened)[-1].fact.size == 5
    refused("DrawAlreadyMade", lambda: open_draw(story, **extra))


def test_both_departments_give_the_same_number_of_inspectors() -> None:
    story, _ = executed()
    draw = open_draw(
        story,
        "SAMR",
        CITY,
        kind=DrawKind.INSPECTORS,
        tasks=TASKS,
        population=kept(story, inspectors(hr=31, samr=7)),
        size=6,
    )
    commit(story, draw, at=CITY)
    reveal(story, draw, at=CITY)
    give(story, "ExecuteDraw", "SAMR", CITY, draw=draw)
    record = json.loads(story.files[story.of(DrawExecuted)[-1].fact.record.sha256])
    assert {one["key"]: one["size"] for one in record["strata"]} == {"tag=hr": 3, "tag=samr": 3}


def _inspectors(story: Story, **changes: Any) -> str:
    data: dict[str, Any] = {
        "at": CITY,
        "kind": DrawKind.INSPECTORS,
        "tasks": TASKS,
        "population": kept(story, inspectors(hr=4, samr=4)),
        **changes,
    }
    return open_draw(story, **data)


def _replacement(story: Story, **changes: Any) -> str:
    return _inspectors(story, kind=DrawKind.REPLACEMENT, tasks=TASKS[:1], **changes)


def _recused(story: Story) -> Story:
    some = story.facts[-1]
    fact = InspectorRecused(
        task_id=TASKS[0],
        subject_id="91420100MA000001XU",
        inspector_id="INS-hr-001",
        ground=RecusalGround.RELATIVE,
        reason="与被检查单位负责人有近亲属关系",
    )
    story.facts.append(
        replace(
            some,
            id=f"recused-{len(story.facts)}",
            fact=fact,
            type=fact.TYPE,
            stream=task_of(TASKS[0]),
            stamp=some.stamp + 1,
        )
    )
    return story


def test_a_replacement_is_drawn_once_for_each_recusal() -> None:
    story, _ = executed()
    refused("ReplacementNeedsRecusal", lambda: _replacement(story))
    _recused(story)
    _replacement(story)
    refused("ReplacementNeedsRecusal", lambda: _replacement(story))
    assert story.of(DrawOpened)[-1].fact.size == 1


def _no_key() -> Any:
    story = audited(planned())
    approve(story)
    return give(story, "CommitToDraw", draw=open_draw(story))


def _after(
    story_and_draw: tuple[Story, str], command: str, organ: str = "HRSS", **data: Any
) -> Any:
    story, draw = story_and_draw
    return give(story, command, organ, draw=draw, **data)


def _twice(command: str, start: Callable[[], tuple[Story, str]]) -> Any:
    story, draw = start()
    give(story, command, draw=draw)
    return give(story, command, draw=draw)


def _lost_key() -> Any:
    story, draw = opened()
    for organ in ("HRSS", "SAMR"):
        give(story, "CommitToDraw", organ, draw=draw)
    return _opened_without_key(story, draw)


def _opened_without_key(story: Story, draw: str) -> Any:
    from domain.commands import Context, Received
    from domain.draw import commitments
    from domain.lead.halves import both

    def lost(*_: Any) -> bytes | None:
        raise LookupError("no such key")

    reads = both(f"draw/{draw}")
    context = Context(
        now=story.now,
        post=post("PROC", PROVINCE),
        department="oversight",
        region=PROVINCE,
        mint=lambda kind: kind,
        unseal=lost,
    )
    asked = commitments.CheckDeposit(draw=draw)
    assert any(isinstance(one, Received) for one in reads)
    return list(commitments.check(asked, story._load("oversight", reads), context))


def _not_committed() -> Any:
    story, draw = opened()
    commit(story, draw, "SAMR")
    return give(story, "RevealForDraw", draw=draw)


def _one_committed() -> Any:
    story, draw = opened()
    commit(story, draw, "HRSS")
    return give(story, "RevealForDraw", draw=draw)


def _secret_lost() -> Any:
    story, draw = committed()
    story.facts = [one for one in story.facts if not isinstance(one.fact, DrawSecretKept)]
    return give(story, "RevealForDraw", draw=draw)


def _other_population() -> Any:
    story, draw = committed()
    reveal(story, draw)
    other = kept(story, firms(299))
    return give(story, "ExecuteDraw", draw=draw, population=other)


def _broken_population(body: bytes) -> Any:
    story = approved()
    return open_draw(story, population=story.keep(body))


def _task_twice() -> Any:
    story, _ = executed()
    _inspectors(story)
    return _inspectors(story, tasks=TASKS[1:])


def _clocked(story_and_draw: tuple[Story, str], organ: str, command: str, **data: Any) -> Any:
    story, draw = story_and_draw
    return story.clock(organ, command, draw=draw, **data)


def _not_a_drawer() -> Any:
    story, draw = opened()
    first = story.of(DrawOpened)[0]
    place = story.facts.index(first)
    story.facts[place] = replace(first, fact=replace(first.fact, departments=("drc", "samr")))
    return give(story, "CommitToDraw", draw=draw)


REFUSED: dict[str, Callable[[], Any]] = {
    "PlanUnknown": lambda: give(Story(), "ApprovePlan", plan="PLN-1"),
    "ItemListUnknown": lambda: planned(item_list="IL-1"),
    "ItemNotInList": lambda: planned(items=("NOT-AN-ITEM",)),
    "SizeOrRate": lambda: planned(rate="1/20"),
    "PlanWindowWrong": lambda: planned(window_to=day("2022-06-10")),
    "PlanAlreadyApproved": lambda: draft(story := approved(), plan=plan_of(story)),
    "PlanAlreadyAudited": lambda: audited(audited(planned())),
    "PlanRefusalNeedsReason": lambda: audited(planned(), AuditOutcome.REFUSED),
    "PlanNotAudited": lambda: approve(planned()),
    "DrafterMayNotApprovePlan": lambda: approve(audited(planned()), "HRSS_MKT"),
    "AnnualCapExceeded": lambda: _capped(),
    "PlanNotApproved": lambda: open_draw(audited(planned())),
    "PlanWindowOver": lambda: open_draw(approved().on("2022-07-21")),
    "DrawOutsidePlan": lambda: open_draw(approved(), at=CITY),
    "ObjectsDrawnByHumanResources": lambda: open_draw(approved(), "SAMR"),
    "DrawAlreadyMade": lambda: open_draw(executed()[0]),
    "TasksMissing": lambda: _inspectors(approved(), tasks=()),
    "TaskAlreadyDrawn": _task_twice,
    "ReplacementNeedsRecusal": lambda: _replacement(approved()),
    "PopulationMissing": lambda: open_draw(approved(), population=None),
    "PopulationLineIllFormed": lambda: _broken_population(b"B|420102||\nA|420102||\n"),
    "DepartmentWithoutInspectors": lambda: _inspectors(
        story := approved(), population=kept(story, inspectors(hr=4))
    ),
    "SizeFixedByPlan": lambda: open_draw(approved(), size=5),
    "EscrowKeyNotMade": lambda: give(Story(), "PublishEscrowKey", "PROC", key="EK-1"),
    "EscrowKeyMissing": _no_key,
    "EscrowKeyNotHeld": _lost_key,
    "NotADrawersDepartment": _not_a_drawer,
    "DrawUnknown": lambda: give(Story(), "CommitToDraw", draw="DRW-1"),
    "DrawAlreadyEnded": lambda: _after(executed(), "CommitToDraw"),
    "AlreadyCommitted": lambda: _twice("CommitToDraw", opened),
    "CommitTermOver": lambda: _after(
        (opened()[0].on("2022-06-03T09:00"), _newest()), "CommitToDraw"
    ),
    "NotCommitted": _not_committed,
    "DepositsNotChecked": _one_committed,
    "AlreadyRevealed": lambda: _twice("RevealForDraw", committed),
    "RevealDoesNotMatch": lambda: _after(committed(), "RevealForDraw", secret=OTHER),
    "SecretNotKept": _secret_lost,
    "RevealTermRunning": lambda: _clocked(committed(), "PROC", "OpenDeposit", department="hr"),
    "CommitTermRunning": lambda: _clocked(opened(), "HRSS", "VoidDraw"),
    "NotOpenerOfDraw": lambda: _after(committed(), "ExecuteDraw", "SAMR"),
    "SecretsStillHidden": lambda: _after(committed(), "ExecuteDraw"),
    "PopulationChanged": _other_population,
}


def _newest() -> str:
    # The ids of a story are always the same, so another story's draw is this one.
    return opened()[1]


def _capped() -> Any:
    story = audited(planned())
    story.policy["annual_inspection_cap"] = 19
    return approve(story)


@pytest.mark.parametrize("rule", REFUSED)
def test_each_rule_of_plans_and_draws_refuses_by_its_name(rule: str) -> None:
    refused(rule, REFUSED[rule])


def test_a_plan_of_another_territory_is_not_audited() -> None:
    story = planned()
    for place in (CITY, "430000"):
        refused(
            "OutsideTerritory",
            lambda place=place: story.give(  # type: ignore[misc]
                "SAMR", "AuditPlan", at=place, plan=plan_of(story), outcome=AuditOutcome.PASSED
            ),
        )
    refused("OutsideTerritory", lambda: approve_at(audited(story), CITY))


def approve_at(story: Story, region: str) -> Any:
    return story.give("HRSS.HEAD", "ApprovePlan", at=region, plan=plan_of(story))


@pytest.mark.parametrize(
    ("organ", "command", "data"),
    [
        ("HRSS", "AuditPlan", {"outcome": AuditOutcome.PASSED}),
        ("SAMR", "ApprovePlan", {}),
        ("LG", "ApprovePlan", {}),
    ],
)
def test_whoever_lacks_the_power_is_refused(organ: str, command: str, data: Any) -> None:
    story = planned()
    refused("NoPower", lambda: story.give(organ, command, at=PROVINCE, plan=plan_of(story), **data))


def test_the_procuratorate_never_commits() -> None:
    story, draw = opened()
    refused("NoPower", lambda: give(story, "CommitToDraw", "PROC", draw=draw))


def test_nobody_checks_opens_or_voids_by_hand() -> None:
    story, draw = opened()
    for organ, command, data in (
        ("PROC", "CheckDeposit", {}),
        ("PROC", "OpenDeposit", {"department": "hr"}),
        ("HRSS", "VoidDraw", {}),
    ):
        refused(
            "AutomaticOnly",
            lambda organ=organ, command=command, data=data: give(  # type: ignore[misc]
                story, command, organ, draw=draw, **data
            ),
        )


def test_a_share_of_the_plan_is_exact() -> None:
    story = approved(size=None, rate="2/40")
    assert json.loads(str(approval_of(story).plan))["rate"] == str(Fraction(1, 20))
    open_draw(story)
    assert story.of(DrawOpened)[0].fact.size == 15


def test_the_newest_key_receives_the_deposits() -> None:
    story, draw = opened()
    key(story, "EK-2")
    commit(story, draw)
    assert {one.fact.escrow_key for one in story.of(DrawCommitted)} == {"EK-2"}


def test_the_cap_is_unknown_unless_a_territory_published_one() -> None:
    assert policy_for(COUNTY, day("2022-06-02"))["annual_inspection_cap"] == 0
    assert len(approved().of(InspectionPlanApproved)) == 1
