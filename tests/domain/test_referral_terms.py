"""Each row of the referral's step table (reference 8.1): its term, whose it is, and what meets it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.clocks.reckoning import Clock, Debtor, State, clocks_from
from domain.facts import CHINA, instant
from domain.policy import policy_for
from domain.referral.facts import (
    CriminalOutcome,
    FilingDecision,
    FilingReviewExtended,
    ReferralDocumentCode,
    ReferralProposed,
    ReferralReceipted,
    ReferralTransferred,
    ReviewKind,
    ReviewOutcome,
    police_of,
)
from domain.referral.state import barring
from tests.domain import inspections, referrals
from tests.domain.casework import OFFICERS, given_fact
from tests.domain.referrals import DOCUMENTS, ask, decide, file, police, sender, transfer
from tests.domain.story import LN_A, LN_B, Story, day, moment_of, refused

TO_HEPING = {"to_region": "210102", "notice_no": "转1号"}


def clock(story: Story, code: str) -> Clock:
    """The newest clock of a code."""
    found = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == code]
    return max(found, key=lambda one: one.start.order)


def ends(story: Story, code: str) -> tuple[str, str, str]:
    """Whose the newest clock of a code is, where, and its last day."""
    one = clock(story, code)
    return (one.owner, one.region, one.due.day.isoformat())


def stopped(story: Story, code: str) -> bool:
    """Whether nothing of a code is running."""
    return not clock(story, code).open


def test_01_a_special_team_has_two_or_more_officers() -> None:
    story, case = referrals.suspected()
    refused("TeamOfOne", lambda: referrals.propose(story, case, team=OFFICERS[:1]))
    refused("TeamOfOne", lambda: referrals.propose(story, case, team=(OFFICERS[0],) * 2))


def test_02_the_report_goes_to_the_head_who_alone_decides() -> None:
    story, referral = referrals.proposed()
    refused("HeadMustDecide", lambda: decide(story, referral, "HRSS.OFFICER"))
    refused("NoPower", lambda: decide(story, referral, "HRSS_INSP"))


def test_03_the_head_decides_within_three_days_that_roll_to_a_working_day() -> None:
    story, referral = referrals.proposed()
    assert ends(story, "DL-REF-03") == ("HRSS", "210103", "2025-03-10")
    late = moment_of("2025-03-11")
    assert clock(story, "DL-REF-03").state(late) is State.MISSED
    decide(story.on("2025-03-10"), referral)
    assert clock(story, "DL-REF-03").state(late) is State.FULFILLED


def test_04_the_transfer_follows_within_24_hours_which_never_roll() -> None:
    story, referral = referrals.proposed()
    decide(story.on("2025-03-07T17:30"), referral)
    due = instant(clock(story, "DL-REF-04").due.at).astimezone(CHINA)
    assert due.isoformat(timespec="minutes") == "2025-03-08T17:30+08:00"
    transfer(story.on("2025-03-08T17:31"), referral)
    assert clock(story, "DL-REF-04").state(story.now) is State.FULFILLED_LATE


def test_05_the_procuratorate_gets_its_copy_in_the_same_act() -> None:
    story, referral = referrals.approved()
    refused(
        "CopyNotInSameAct",
        lambda: transfer(story, referral, copied_to_procuratorate_on=day("2025-03-09")),
    )
    transfer(story, referral)
    sent = story.of(ReferralTransferred)[0].fact
    assert sent.copied_to_procuratorate_on == sent.transferred_at.date()


def test_06_the_police_sign_at_once() -> None:
    story, referral = referrals.transferred()
    assert ends(story, "DL-REF-06") == ("PSB", "210103", "2025-03-11")
    police(story, "ReceiptReferral", referral)
    assert stopped(story, "DL-REF-06")
    assert len(story.of(ReferralReceipted)) == 1


def test_07_what_is_not_theirs_the_police_forward_within_24_hours() -> None:
    story, referral = referrals.transferred()
    police(story, "ReceiptReferral", referral, not_ours=True, reason="犯罪地在他区")
    due = instant(clock(story, "DL-REF-07").due.at).astimezone(CHINA)
    assert due.isoformat(timespec="minutes") == "2025-03-11T16:30+08:00"
    police(story, "ForwardReferral", referral, **TO_HEPING)
    assert stopped(story, "DL-REF-07")


def test_08_the_police_decide_within_three_days_and_anew_where_it_was_forwarded() -> None:
    story, referral = referrals.transferred()
    assert ends(story, "DL-REF-08") == ("PSB", "210103", "2025-03-13")
    police(story, "ReceiptReferral", referral, not_ours=True, reason="犯罪地在他区")
    police(story.on("2025-03-11T09:00"), "ForwardReferral", referral, **TO_HEPING)
    assert ends(story, "DL-REF-08") == ("PSB", "210102", "2025-03-14")
    story.give("PSB", "ReceiptReferral", at="210102", referral=referral)
    story.give(
        "PSB",
        "DecideFiling",
        at="210102",
        referral=referral,
        decision=FilingDecision.FILED,
        notice_no="立1号",
    )
    assert stopped(story, "DL-REF-08")


def test_08_a_refusal_to_file_gives_reasons_and_the_file_comes_back() -> None:
    story, referral = referrals.receipted()
    refused(
        "NotFiledNeedsReason",
        lambda: police(
            story,
            "DecideFiling",
            referral,
            decision=FilingDecision.NOT_FILED,
            notice_no="不立1号",
        ),
    )
    file(story, referral, files=False)
    assert story.facts[-1].fact.file_returned


def test_08b_a_longer_review_is_a_documented_extension() -> None:
    story, referral = referrals.receipted()
    police(
        story,
        "ExtendFilingReview",
        referral,
        days=10,
        approver="PSB.HEAD@210103",
        reason="经济犯罪案件，案情复杂",
    )
    assert ends(story, "DL-REF-08") == ("PSB", "210103", "2025-03-20")


def test_08b_a_recorded_extension_after_the_term_does_not_undo_that_it_was_missed() -> None:
    """Nobody may extend it any more; what stands on record from elsewhere changes nothing."""
    story, referral = referrals.receipted()
    given_fact(
        story.on("2025-03-14"),
        "PSB",
        police_of(referral),
        FilingReviewExtended(
            referral_id=referral,
            subject_id=LN_A,
            days=10,
            approver="PSB.HEAD@210103",
            reason="案情复杂",
        ),
        subject=LN_A,
        matter="M-1",
    )
    assert ends(story, "DL-REF-08")[2] == "2025-03-13"
    assert clock(story, "DL-REF-08").state(story.now) is State.MISSED


def test_09_goods_and_materials_go_over_within_three_days_of_the_notice() -> None:
    story, referral = referrals.filed_on_reconsideration()
    assert ends(story, "DL-REF-09") == ("HRSS_INSP", "210103", "2025-03-24")
    sender(story, "HandOverMaterials", referral, items=("收款账本1册",))
    assert stopped(story, "DL-REF-09")


@pytest.mark.parametrize("noted_first", [True, False])
def test_09_a_case_returned_before_the_hand_over_leaves_nothing_to_hand_over(
    noted_first: bool,
) -> None:
    story, referral = referrals.receipted()
    file(story.on("2025-03-13"), referral, files=True)

    def note() -> Any:
        return sender(story, "RecordFilingNotice", referral)

    def give_back() -> Any:
        return police(
            story,
            "RecordCriminalOutcome",
            referral,
            outcome=CriminalOutcome.RETURNED_FOR_ADMIN,
            to_organ="HRSS_INSP",
            reason="不构成犯罪",
        )

    for act in (note, give_back) if noted_first else (give_back, note):
        act()
    found = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == "DL-REF-09"]
    assert not any(one.open for one in found)


@pytest.mark.parametrize("kind", list(ReviewKind))
def test_10_reconsideration_or_supervision_is_asked_for_within_three_days(kind: ReviewKind) -> None:
    story, referral = referrals.refused_by_police()
    assert ends(story, "DL-REF-10")[2] == "2025-03-17"
    assert clock(story, "DL-REF-10").rule.debtor is Debtor.PARTY
    ask(story.on("2025-03-17"), referral, kind)
    assert clock(story, "DL-REF-10").state(story.now) is State.FULFILLED


def test_11_the_same_police_decide_the_reconsideration_within_three_days() -> None:
    story, referral = referrals.reconsidering()
    assert ends(story, "DL-REF-11") == ("PSB", "210103", "2025-03-20")
    referrals.reconsider(story.on("2025-03-20"), referral, ReviewOutcome.FILE)
    assert stopped(story, "DL-REF-11")


def test_12_after_an_upheld_refusal_supervision_is_suggested_within_three_days() -> None:
    story, referral = referrals.upheld()
    assert ends(story, "DL-REF-12")[2] == "2025-03-24"
    ask(story.on("2025-03-21"), referral, ReviewKind.SUPERVISION)
    assert stopped(story, "DL-REF-12")


def test_13_the_police_explain_within_seven_days_of_the_demand() -> None:
    story, referral = referrals.supervised()
    story.give("PROC", "DemandExplanation", referral=referral)
    assert ends(story, "DL-REF-13") == ("PSB", "210103", "2025-03-28")
    police(story, "ExplainRefusal", referral, reason="证据不足")
    assert stopped(story, "DL-REF-13")


def test_14_the_police_file_within_fifteen_days_of_the_notice() -> None:
    story, referral = referrals.supervised()
    story.give("PROC", "DemandExplanation", referral=referral)
    police(story, "ExplainRefusal", referral, reason="证据不足")
    story.give("PROC", "DemandFiling", referral=referral)
    assert ends(story, "DL-REF-14") == ("PSB", "210103", "2025-04-07")
    refused("FilingDemandBinds", lambda: file(story, referral, files=False))
    file(story, referral, files=True)
    assert stopped(story, "DL-REF-14")


def test_15_what_is_not_filed_at_last_goes_on_administratively() -> None:
    story, referral = referrals.upheld()
    assert not barring(story.facts)
    assert story.of(ReferralTransferred)[0].fact.referral_id == referral


def test_16_without_a_crime_the_police_send_it_to_the_organ_with_their_opinion() -> None:
    story, referral = referrals.receipted()
    file(story, referral, files=False, administrative=True)
    assert story.facts[-1].fact.administrative
    assert not barring(story.facts)


@pytest.mark.parametrize("code", ["D1", "D2", "D3", "D5"])
def test_no_referral_leaves_without_its_documents(code: str) -> None:
    story, referral = referrals.approved()
    refused(
        "ReferralDocumentMissing",
        lambda: transfer(story, referral, documents=referrals.without(code)),
    )
    assert {one.code for one in DOCUMENTS} == set(ReferralDocumentCode)


@pytest.mark.parametrize("named", [True, False])
def test_a_finding_of_an_inspection_is_answered_for_in_the_case_that_followed_it(
    named: bool,
) -> None:
    story = inspections.matched().on("2025-06-10")
    finding = inspections.violation(story)
    other = inspections.violation(story, inspections.TASK_B, LN_B)
    (case, *_) = story.give(
        "HRSS_INSP",
        "FileCase",
        organisation=LN_A,
        codes=("V-LIC-01",),
        findings=(finding,),
        officers=OFFICERS,
    )
    begun = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == "R07"]
    assert [one.open for one in begun] == [True, True]
    referrals.propose(story, case.case_id, findings=(finding,) if named else ())  # type: ignore[attr-defined]
    assert story.of(ReferralProposed)[-1].fact.found_in == (inspections.TASK_A,)
    still = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == "R07"]
    assert [(one.start.subject, one.open) for one in still] == [(LN_A, False), (LN_B, True)]
    story.give(
        "HRSS_INSP",
        "AnswerReferralQuestion",
        about=inspections.TASK_B,
        organisation=LN_B,
        findings=(other,),
        reason="未达追诉标准",
    )
    assert stopped(story, "R07")
