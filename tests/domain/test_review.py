"""Decisions reviewed and overturned, remedies step by step, and what falls with a decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import domain.law  # noqa: F401
from domain.correction import CorrectionOrdered
from domain.credit_record import CreditRecordPushed, PushKind, RecordKind
from domain.directory import DirectoryPublished
from domain.enforcement.facts import CaseFiled, Measure, MeasureKind, PenaltyDecided
from domain.facts import Fact, Recorded
from domain.licence.facts import (
    EndCause,
    LicenceAnnulled,
    LicenceDeregistered,
    LicenceEndNotified,
    LicenceGranted,
    LicenceType,
)
from domain.licence.state import LicenceState, fold, stream_of
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    FactCorrected,
    OverturnedBy,
    OverturnResult,
    RemedyKind,
    RemedyStep,
    RemedyStepTaken,
)
from domain.review.standing import standing
from tests.domain.casework import OFFICERS, given_fact, revoking
from tests.domain.story import LN_A, LN_B, Story, annul, annulled, day, failed, granted, refused

FINE = 3_000_000
"""30,000 yuan in fen."""


def penalised(subject: str = LN_A, fine: int = FINE) -> Story:
    """LN-A was fined on 2025-03-03, as a case would have recorded it."""
    story = Story().on("2025-03-03")
    penalty = PenaltyDecided(
        decision_id="PD-1",
        case_id="C-1",
        subject_id=subject,
        decision_no="沈河人社监罚字〔2025〕1号",
        measures=(
            Measure(
                kind=MeasureKind.FINE,
                amount_fen=fine,
                basis="人力资源市场暂行条例第42条",
                code="V-LIC-01",
            ),
        ),
        fine_fen=fine,
        confiscated_fen=0,
        codes=("V-LIC-01",),
        decided_on=day("2025-03-03"),
        law_of=day("2025-03-03"),
        reason="未经许可从事职业中介活动",
    )
    case = CaseFiled(
        case_id="C-1",
        subject_id=subject,
        parties=(subject,),
        codes=("V-LIC-01",),
        filed_on=day("2025-02-14"),
        officers=OFFICERS,
        labour=True,
    )
    for fact in (case, penalty):
        given_fact(story, "HRSS_INSP", "case/C-1", fact, subject=subject, matter="M-1")
    return story


def penalty_of(story: Story) -> Recorded[Any]:
    return story.of(PenaltyDecided)[-1]


def overturn(
    story: Story, target: Recorded[Any], organ: str = "RECON", at: str = "210103", **changes: Any
) -> list[Fact]:
    data: dict[str, Any] = {
        "organisation": target.subject,
        "target": target.id,
        "by": OverturnedBy.RECONSIDERATION,
        "result": OverturnResult.ANNULLED,
        "document_no": "沈河政复决字〔2025〕5号",
        "reason": "主要事实不清、证据不足",
        **changes,
    }
    return story.give(organ, "OverturnDecision", at=at, **data)


def remedy(story: Story, step: str, organ: str = "RECON", **changes: Any) -> RemedyStepTaken:
    taken = story.of(RemedyStepTaken)
    target = penalty_of(story)
    data: dict[str, Any] = {
        "organisation": target.subject,
        "remedy": taken[-1].fact.remedy_id if taken and step != "APPLIED" else None,
        "kind": RemedyKind.RECONSIDERATION,
        "step": RemedyStep(step),
        "target": target.id,
        "respondent": "HRSS_INSP",
        **changes,
    }
    (fact,) = story.give(organ, "RecordRemedyStep", **data)
    assert isinstance(fact, RemedyStepTaken)
    return fact


def of_licence(story: Story) -> Any:
    facts = story.stream(stream_of(LN_B, LicenceType.LIC_HRS), "hr")
    return fold(standing(facts)).held[-1]


# reviewing


def test_a_reconsideration_annuls_a_penalty_from_its_first_day() -> None:
    story = penalised().on("2025-05-12")
    target = penalty_of(story)
    (fact,) = overturn(story, target)
    assert isinstance(fact, DecisionOverturned)
    assert fact.effect is Effect.EX_TUNC
    assert (fact.decision_id, fact.owner_organ) == ("PD-1", "HRSS_INSP")
    assert fact.target_type == "case.penalty_decided.v1"
    recorded = story.facts[-1]
    assert recorded.stream == f"overturned/{target.id}"
    assert (recorded.matter, recorded.region) == (target.matter, target.region)
    assert recorded.department == "oversight"


@pytest.mark.parametrize("result", list(OverturnResult))
def test_each_result_has_its_effect_by_default(result: OverturnResult) -> None:
    story = penalised().on("2025-05-12")
    fine = 1_000_000 if result is OverturnResult.CHANGED else None
    (fact,) = overturn(story, penalty_of(story), result=result, changed_fine_fen=fine)
    back = result in (OverturnResult.ANNULLED, OverturnResult.VOID, OverturnResult.CHANGED)
    assert isinstance(fact, DecisionOverturned)
    assert fact.effect is (Effect.EX_TUNC if back else Effect.EX_NUNC)


@pytest.mark.parametrize(
    ("result", "effect"),
    [
        (OverturnResult.FOUND_UNLAWFUL, Effect.EX_TUNC),
        (OverturnResult.UPHELD, Effect.EX_TUNC),
        (OverturnResult.VOID, Effect.EX_NUNC),
    ],
)
def test_what_was_found_unlawful_keeps_standing_and_what_is_void_never_stood(
    result: OverturnResult, effect: Effect
) -> None:
    story = penalised().on("2025-05-12")
    refused(
        "EffectNotOfThisResult",
        lambda: overturn(story, penalty_of(story), result=result, effect=effect),
    )


def test_a_court_may_annul_from_now_on_only() -> None:
    story = penalised().on("2025-05-12")
    (fact,) = overturn(story, penalty_of(story), effect=Effect.EX_NUNC)
    assert isinstance(fact, DecisionOverturned)
    assert fact.effect is Effect.EX_NUNC


@pytest.mark.parametrize("by", [OverturnedBy.RECONSIDERATION, OverturnedBy.COURT])
def test_a_review_that_was_asked_for_never_makes_it_worse(by: OverturnedBy) -> None:
    story = penalised().on("2025-05-12")
    organ = "RECON" if by is OverturnedBy.RECONSIDERATION else "COURT"
    refused(
        "WorseForApplicant",
        lambda: overturn(
            story,
            penalty_of(story),
            organ,
            by=by,
            result=OverturnResult.CHANGED,
            changed_fine_fen=FINE + 1,
        ),
    )
    (fact,) = overturn(
        story,
        penalty_of(story),
        organ,
        by=by,
        result=OverturnResult.CHANGED,
        changed_fine_fen=FINE,
    )
    assert isinstance(fact, DecisionOverturned)
    assert fact.changed_fine_fen == FINE


def test_the_changed_fine_is_given_exactly_where_a_fine_is_changed() -> None:
    story = penalised().on("2025-05-12")
    target = penalty_of(story)
    refused("ChangedFineMisplaced", lambda: overturn(story, target, changed_fine_fen=1))
    refused("ChangedFineMisplaced", lambda: overturn(story, target, result=OverturnResult.CHANGED))


@pytest.mark.parametrize(
    ("organ", "at", "by"),
    [
        ("RECON", "210103", OverturnedBy.COURT),
        ("COURT", "210103", OverturnedBy.RECONSIDERATION),
        ("RECON", "210103", OverturnedBy.SELF_CORRECTION),
        ("SAMR", "210103", OverturnedBy.SELF_CORRECTION),
        ("HRSS_APPR", "210103", OverturnedBy.SELF_CORRECTION),
        ("HRSS_INSP", "210103", OverturnedBy.SUPERIOR),
        ("SAMR", "210100", OverturnedBy.SUPERIOR),
    ],
)
def test_a_stranger_does_not_overturn_a_decision(organ: str, at: str, by: OverturnedBy) -> None:
    story = penalised().on("2025-05-12")
    refused("NotTheReviewer", lambda: overturn(story, penalty_of(story), organ, at, by=by))


@pytest.mark.parametrize(
    ("organ", "at", "by"),
    [
        ("COURT", "210103", OverturnedBy.COURT),
        ("HRSS_INSP", "210103", OverturnedBy.SELF_CORRECTION),
        ("HRSS", "210103", OverturnedBy.SELF_CORRECTION),
        ("HRSS_INSP", "210100", OverturnedBy.SUPERIOR),
        ("HRSS", "210000", OverturnedBy.SUPERIOR),
    ],
)
def test_the_court_the_organ_itself_and_its_superior_overturn_a_decision(
    organ: str, at: str, by: OverturnedBy
) -> None:
    story = penalised().on("2025-05-12")
    overturn(story, penalty_of(story), organ, at, by=by)
    assert story.of(DecisionOverturned)[-1].fact.by is by


def test_who_corrects_itself_does_not_uphold() -> None:
    story = penalised().on("2025-05-12")
    refused(
        "ResultNotOfThisReview",
        lambda: overturn(
            story,
            penalty_of(story),
            "HRSS_INSP",
            by=OverturnedBy.SELF_CORRECTION,
            result=OverturnResult.UPHELD,
        ),
    )


def test_what_was_upheld_goes_to_court_and_what_was_annulled_is_not_overturned_again() -> None:
    story = penalised().on("2025-05-12")
    target = penalty_of(story)
    overturn(story, target, result=OverturnResult.UPHELD)
    overturn(story.on("2025-08-01"), target, "COURT", by=OverturnedBy.COURT)
    refused("AlreadyOverturned", lambda: overturn(story, target))


def test_a_review_names_a_decision_about_the_same_party_on_a_day_that_has_come() -> None:
    story = penalised().on("2025-05-12")
    target = penalty_of(story)
    refused("DecisionOfAnother", lambda: overturn(story, target, organisation=LN_B))
    refused("DecisionNotKnown", lambda: overturn(story, replace(target, id="E-none")))
    refused("OverturnedInFuture", lambda: overturn(story, target, decided_on=day("2025-05-13")))
    refused(
        "OverturnedBeforeDecision", lambda: overturn(story, target, decided_on=day("2025-03-02"))
    )
    refused("RemedyNotKnown", lambda: overturn(story, target, remedy="RM-none"))
    story = failed()
    refused("NotReviewable", lambda: overturn(story, story.of(LicenceGranted)[-1]))


def test_the_deciding_organ_overturns_what_it_decided_a_moment_ago_by_its_stream() -> None:
    story = failed()
    story.give("HRSS_APPR", "OrderCorrection", organisation=LN_B)
    order = story.of(CorrectionOrdered)[-1]
    overturn(
        story,
        order,
        "HRSS_APPR",
        by=OverturnedBy.SELF_CORRECTION,
        target_stream=order.stream,
    )
    assert story.of(DecisionOverturned)[-1].fact.decision_id == order.fact.order_id


# remedies


def test_a_reconsideration_goes_from_application_to_its_result() -> None:
    story = penalised().on("2025-04-01")
    opened = remedy(story, "APPLIED")
    assert opened.remedy_id.startswith("RM-")
    remedy(story.on("2025-04-03"), "ACCEPTED")
    remedy(story.on("2025-04-08"), "SENT_TO_RESPONDENT")
    remedy(story.on("2025-04-18"), "ANSWERED", "HRSS_INSP")
    remedy(story.on("2025-05-20"), "EXTENDED")
    overturn(story.on("2025-06-10"), penalty_of(story), remedy=opened.remedy_id)
    assert {one.fact.remedy_id for one in story.of(RemedyStepTaken)} == {opened.remedy_id}
    assert story.of(DecisionOverturned)[-1].fact.remedy_id == opened.remedy_id


def test_the_bureau_answers_for_its_office() -> None:
    story = penalised().on("2025-04-01")
    remedy(story, "APPLIED", respondent="HRSS")
    remedy(story, "ACCEPTED", respondent="HRSS")
    remedy(story, "SENT_TO_RESPONDENT", respondent="HRSS")
    remedy(story, "ANSWERED", "HRSS", respondent="HRSS")


def test_steps_of_a_remedy_keep_their_order_and_their_keeper() -> None:
    story = penalised().on("2025-04-01")
    refused("RemedyNotOpen", lambda: remedy(story, "ACCEPTED"))
    remedy(story, "APPLIED")
    refused(
        "RemedyNotOpen",
        lambda: remedy(story, "ACCEPTED", kind=RemedyKind.LITIGATION, organ="COURT"),
    )
    refused("RemedyStepOutOfOrder", lambda: remedy(story, "SENT_TO_RESPONDENT"))
    refused("NotKeeperOfRemedy", lambda: remedy(story, "ACCEPTED", "HRSS_INSP"))
    refused("NotKeeperOfRemedy", lambda: remedy(story, "ACCEPTED", "COURT"))
    remedy(story, "ACCEPTED", simple=True)
    refused("RemedyStepOutOfOrder", lambda: remedy(story, "ACCEPTED"))
    refused("SimpleNotExtended", lambda: remedy(story, "EXTENDED"))
    remedy(story, "SENT_TO_RESPONDENT")
    refused("NotKeeperOfRemedy", lambda: remedy(story, "ANSWERED"))
    refused("RespondentMismatch", lambda: remedy(story, "ANSWERED", "SAMR", respondent="SAMR"))


def test_a_remedy_that_was_not_accepted_goes_no_further() -> None:
    story = penalised().on("2025-04-01")
    remedy(story, "APPLIED")
    remedy(story, "NOT_ACCEPTED")
    refused("RemedyStepOutOfOrder", lambda: remedy(story, "ACCEPTED"))


def test_a_step_of_a_remedy_has_come_and_follows_what_came_before() -> None:
    story = penalised().on("2025-04-01")
    refused("RemedyStepInFuture", lambda: remedy(story, "APPLIED", on=day("2025-04-02")))
    refused("RemedyStepTooEarly", lambda: remedy(story, "APPLIED", on=day("2025-03-02")))
    remedy(story, "APPLIED", on=day("2025-03-31"))
    refused("RemedyStepTooEarly", lambda: remedy(story, "ACCEPTED", on=day("2025-03-30")))


# what falls with a decision


def restored() -> Story:
    """LN-B's annulment was itself annulled on reconsideration on 2025-04-30."""
    story = annulled().on("2025-02-18")
    story.give("HRSS_APPR", "DeregisterLicence", organisation=LN_B, cause=EndCause.ANNULLED)
    story.on("2025-04-30")
    overturn(story, story.of(LicenceAnnulled)[-1])
    follow(story)
    return story


def follow(story: Story) -> None:
    """What R14 does by itself."""
    assert {"R14-PUSH", "R14-LICENCE"} & set(story.settle())


def test_a_licence_stands_again_when_its_annulment_is_annulled() -> None:
    story = restored()
    licence = of_licence(story)
    assert licence.state is LicenceState.GRANTED
    assert licence.end_event is None
    assert not licence.end_notified
    voided = {one.fact.target_event_id for one in story.of(FactCorrected)}
    fallen = (LicenceAnnulled, LicenceDeregistered, LicenceEndNotified)
    assert voided == {one.id for kind in fallen for one in story.of(kind)}


def test_a_licence_that_stands_again_is_back_on_the_directory() -> None:
    story = restored()
    last = story.of(DirectoryPublished)[-1]
    assert last.post.startswith("AUTO:R14-DIR")
    assert last.fact.entries == 1


def test_both_answers_about_an_overturned_annulment_stay_on_record() -> None:
    story = restored()
    facts = story.stream(stream_of(LN_B, LicenceType.LIC_HRS), "hr")
    assert fold(facts).held[-1].state is LicenceState.DEREGISTERED
    result = story.of(DecisionOverturned)[-1]
    assert {one.fact.because for one in story.of(FactCorrected)} == {result.id}


def test_a_restored_licence_is_renewed_and_annulled_like_any_other() -> None:
    story = restored()
    story.on("2025-05-06")
    annul(story, holder_told_on=day("2025-05-05"))
    story.settle()
    assert of_licence(story).state is LicenceState.ANNULLED
    assert len(story.of(LicenceEndNotified)) == 2


def test_a_licence_is_restored_once_and_not_by_a_review_that_leaves_the_decision() -> None:
    story = restored()
    seen = story.of(DecisionOverturned)[-1]
    again = {"organisation": LN_B, "about": seen.id}
    assert story.clock("HRSS_APPR", "RestoreLicence", **again) == []
    assert story.clock("HRSS_MKT", "WithdrawCreditRecord", **again) == []
    refused(
        "OverturningUnknown",
        lambda: story.clock("HRSS_APPR", "RestoreLicence", organisation=LN_B, about="E-none"),
    )
    story = annulled().on("2025-04-30")
    overturn(story, story.of(LicenceAnnulled)[-1], result=OverturnResult.FOUND_UNLAWFUL)
    story.settle()
    assert story.of(FactCorrected) == []
    assert of_licence(story).state is LicenceState.ANNULLED


def test_a_revoked_licence_stands_again_when_its_penalty_is_annulled() -> None:
    story = granted().on("2025-03-03")
    decision = revoking(story, LN_B, day("2025-03-03"))
    penalty = penalty_of(story)
    story.give(
        "HRSS_INSP",
        "RevokeLicence",
        organisation=LN_B,
        case=penalty.fact.case_id,
        penalty_decision_id=decision,
        document_no="沈河人社吊字〔2025〕1号",
    )
    story.settle()
    assert of_licence(story).state is LicenceState.REVOKED
    overturn(story.on("2025-06-10"), penalty)
    follow(story)
    assert of_licence(story).state is LicenceState.GRANTED
    kept = {record for record, _ in kept_records(story)}
    assert kept == {RecordKind.LICENCE_GRANTED}


def kept_records(story: Story) -> list[tuple[RecordKind, str]]:
    pushed = [one.fact for one in story.of(CreditRecordPushed)]
    back = {one.record_id for one in pushed if one.kind is PushKind.WITHDRAW}
    return [
        (one.record, one.concerns)
        for one in pushed
        if one.kind is PushKind.PUSH and one.record_id not in back
    ]


def test_the_record_of_an_overturned_annulment_is_taken_back_and_the_grant_pushed_again() -> None:
    story = restored()
    licence = of_licence(story)
    assert kept_records(story) == [(RecordKind.LICENCE_GRANTED, licence.licence_id)]
    story.on("2025-05-06")
    annul(story, holder_told_on=day("2025-05-05"))
    story.settle()
    assert kept_records(story) == [(RecordKind.LICENCE_ANNULLED, licence.licence_id)]
    taken = [
        one.fact.record_id
        for one in story.of(CreditRecordPushed)
        if one.fact.kind is PushKind.WITHDRAW
    ]
    assert len(taken) == len(set(taken))


def push(story: Story) -> list[Fact]:
    target = penalty_of(story)
    return story.clock("HRSS_MKT", "PushCreditRecord", organisation=target.subject, about=target.id)


def test_a_penalty_is_pushed_once() -> None:
    story = penalised()
    (fact,) = push(story)
    assert isinstance(fact, CreditRecordPushed)
    assert (fact.record, fact.concerns) == (RecordKind.PENALTY_DECIDED, "PD-1")
    assert push(story) == []


def test_an_annulled_penalty_is_taken_back_from_the_credit_platform() -> None:
    story = penalised()
    push(story)
    story.settle()
    overturn(story.on("2025-05-12"), penalty_of(story))
    follow(story)
    assert kept_records(story) == []


def test_a_penalty_that_fell_before_it_was_pushed_leaves_no_record() -> None:
    story = penalised()
    overturn(story, penalty_of(story))
    follow(story)
    push(story)
    assert kept_records(story) == []
    assert [one.fact.kind for one in story.of(CreditRecordPushed)] == [
        PushKind.PUSH,
        PushKind.WITHDRAW,
    ]


def test_a_changed_penalty_gives_way_to_its_change_and_that_falls_with_a_later_judgment() -> None:
    story = penalised()
    push(story)
    target = penalty_of(story)
    overturn(
        story.on("2025-05-12"),
        target,
        result=OverturnResult.CHANGED,
        changed_fine_fen=1_000_000,
    )
    follow(story)
    assert kept_records(story) == [(RecordKind.PENALTY_DECIDED, "PD-1")]
    assert story.of(CreditRecordPushed)[-1].fact.about == story.of(DecisionOverturned)[-1].id
    overturn(story.on("2025-08-01"), target, "COURT", by=OverturnedBy.COURT)
    follow(story)
    assert kept_records(story) == []


def test_an_upheld_penalty_keeps_its_record() -> None:
    story = penalised()
    push(story)
    overturn(story.on("2025-05-12"), penalty_of(story), result=OverturnResult.UPHELD)
    story.settle()
    assert kept_records(story) == [(RecordKind.PENALTY_DECIDED, "PD-1")]
