"""The licensing story of LN-B (reference 15.2 rows 1-3, 7, 8, 14, 16, 18), decided step by step."""

from __future__ import annotations

from domain.clocks.reckoning import clocks_from
from domain.correction import CorrectionOrdered
from domain.credit_record import (
    CreditRecordPushed,
    CreditRecordReceived,
    PushKind,
    ReceiptOutcome,
    RecordKind,
)
from domain.directory import DirectoryPublished, entries
from domain.finding import ViolationFound
from domain.licence.facts import (
    ApplicationOutcome,
    CertificateDelivered,
    EndCause,
    LicenceAnnulled,
    LicenceApplied,
    LicenceGranted,
    Mode,
    VerificationResult,
)
from domain.licence.state import CommitmentCheck, LicenceState, fold
from domain.matter import MatterLinked
from domain.organisation import RegistrantNotified, SubjectRegistered
from domain.policy import policy_for
from domain.push.scope_push import BusinessScopePushed, PushDisposed, PushOutcome
from domain.violations.catalogue import Severity
from tests.domain.story import (
    LN_A,
    LN_A_SCOPE,
    LN_B,
    REGION,
    Story,
    annul,
    annulled,
    applied,
    day,
    failed,
    granted,
    refused,
    registered,
)


def test_a_registration_tells_the_registrant_and_is_pushed_in_the_same_matter() -> None:
    story = registered()
    assert story.names() == ["SubjectRegistered", "RegistrantNotified", "BusinessScopePushed"]
    pushed = story.of(BusinessScopePushed)[0]
    assert pushed.fact.phrases == ("K4",)
    assert pushed.fact.needs == ("LIC_HRS",)
    assert pushed.matter == story.of(SubjectRegistered)[0].matter
    assert story.of(RegistrantNotified)[0].fact.approvals == ("LIC_HRS",)


def test_a_push_names_the_excluded_hits() -> None:
    pushed = registered(LN_A, LN_A_SCOPE, "2024-12-03").of(BusinessScopePushed)[0].fact
    assert pushed.phrases == ("K1",)
    assert pushed.excluded == ("K4", "K6")


def test_a_scope_without_a_keyword_is_not_pushed_and_nobody_is_notified() -> None:
    assert registered(scope="软件开发").names() == ["SubjectRegistered"]


def test_an_application_opens_its_own_matter_linked_to_the_claimed_push() -> None:
    story = applied()
    application, link = story.of(LicenceApplied)[0], story.of(MatterLinked)[0]
    assert application.matter == link.fact.one != story.of(BusinessScopePushed)[0].matter
    assert link.fact.other == story.of(BusinessScopePushed)[0].matter


def test_an_application_without_a_claimed_push_is_linked_to_the_registration() -> None:
    story = registered()
    story.give("HRSS_APPR", "ApplyForLicence", organisation=LN_B)
    registration = story.of(SubjectRegistered)[0]
    assert story.of(MatterLinked)[0].fact.other == registration.matter


def test_a_grant_by_commitment_is_made_on_the_spot_with_its_certificate_for_five_years() -> None:
    story = granted()
    grant = story.of(LicenceGranted)[0].fact
    assert (grant.valid_from, grant.valid_to) == (day("2024-11-25"), day("2029-11-24"))
    assert grant.certificate.qr_token.isalnum()
    assert grant.certificate.serial.startswith(f"{REGION}2024")
    assert story.of(CertificateDelivered)[0].fact.licence_id == grant.licence_id


def test_a_grant_disposes_of_the_push_and_reaches_the_credit_platform_and_back() -> None:
    story = granted()
    disposed = story.of(PushDisposed)[0]
    assert disposed.fact.outcome is PushOutcome.LICENSED
    assert disposed.fact.basis == story.of(LicenceGranted)[0].fact.licence_id
    assert disposed.matter == story.of(BusinessScopePushed)[0].matter
    pushed = story.of(CreditRecordPushed)[0]
    assert pushed.fact.about == story.of(LicenceGranted)[0].id
    assert pushed.matter == story.of(LicenceApplied)[0].matter
    received = story.of(CreditRecordReceived)[0]
    assert received.department == "drc"
    assert received.fact.outcome is ReceiptOutcome.RECORDED


def test_a_failed_verification_is_a_serious_finding() -> None:
    finding = failed().of(ViolationFound)[0].fact
    assert (finding.code, finding.severity) == ("V-LIC-07", Severity.SERIOUS)
    assert finding.act_from == day("2024-11-25")


def test_an_order_of_ten_working_days_ends_before_the_spring_festival() -> None:
    story = failed()
    story.give("HRSS_APPR", "OrderCorrection", organisation=LN_B)
    ordered = story.of(CorrectionOrdered)[0]
    assert ordered.fact.due == day("2025-01-24")
    assert ordered.matter == story.of(LicenceApplied)[0].matter


def test_an_annulment_reaches_back_to_the_grant_and_withdraws_its_record() -> None:
    story = annulled()
    annulment = story.of(LicenceAnnulled)[0]
    assert annulment.fact.ex_tunc_from == annulment.effective == day("2024-11-25")
    assert [(one.fact.kind, one.fact.record) for one in story.of(CreditRecordPushed)] == [
        (PushKind.PUSH, RecordKind.LICENCE_GRANTED),
        (PushKind.WITHDRAW, RecordKind.LICENCE_GRANTED),
        (PushKind.PUSH, RecordKind.LICENCE_ANNULLED),
    ]
    assert [one.fact.outcome for one in story.of(CreditRecordReceived)] == [
        ReceiptOutcome.RECORDED,
        ReceiptOutcome.WITHDRAWN,
        ReceiptOutcome.RECORDED,
    ]
    assert story.names().count("LicenceEndNotified") == 1


def test_an_annulled_firm_leaves_the_directory_by_itself() -> None:
    story = granted()
    story.give("HRSS_MKT", "PublishDirectory")
    assert story.of(DirectoryPublished)[-1].fact.entries == 1
    assert annulled().of(DirectoryPublished)[-1].fact.entries == 0


def test_the_directory_lists_the_firm_with_its_licence() -> None:
    story = granted()
    listed = entries(story.facts, day("2024-12-01"))
    assert [one.line for one in listed] == [
        f"{LN_B}|LIC_HRS|{story.of(LicenceGranted)[0].fact.licence_id}"
    ]


def test_every_rule_run_again_gives_nothing() -> None:
    story = annulled()
    count = len(story.facts)
    story.settle()
    assert len(story.facts) == count


def test_the_story_ends_deregistered_and_a_new_grant_is_refused() -> None:
    story = annulled().on("2025-02-17")
    story.give(
        "HRSS_APPR",
        "ServeLicenceDecision",
        organisation=LN_B,
        document_no="沈河人社撤字〔2025〕第3号",
    )
    story.on("2025-02-18").give(
        "HRSS_APPR", "DeregisterLicence", organisation=LN_B, cause=EndCause.ANNULLED
    )
    story.on("2025-02-19").give("HRSS_MKT", "PublishDirectory")
    licence = fold(story.stream(f"licence/{LN_B}:LIC_HRS", "hr")).held[0]
    assert licence.state is LicenceState.DEREGISTERED
    assert licence.closed_for is EndCause.ANNULLED
    assert licence.check is CommitmentCheck.FAILED
    refusal = refused(
        "LicenceAnnulledBefore",
        lambda: story.give("HRSS_APPR", "GrantLicence", organisation=LN_B),
    )
    assert "FALSE_COMMITMENT" in refusal.sentence("en")


def test_a_credit_record_that_comes_after_the_annulment_is_withdrawn_at_once() -> None:
    story = applied()
    story.give("HRSS_APPR", "GrantLicence", organisation=LN_B)
    story.policy["correction_before_annulment"] = False
    story.on("2025-01-10")
    _verify_failed(story)
    story.on("2025-02-14")
    annul(story)
    grant, annulment = story.of(LicenceGranted)[0], story.of(LicenceAnnulled)[0]
    story.run("R11-CREDIT", annulment)
    story.run("R12", grant)
    said = {(one.fact.kind, one.fact.record) for one in story.of(CreditRecordPushed)}
    assert said == {
        (PushKind.PUSH, RecordKind.LICENCE_GRANTED),
        (PushKind.WITHDRAW, RecordKind.LICENCE_GRANTED),
        (PushKind.PUSH, RecordKind.LICENCE_ANNULLED),
    }


def _verify_failed(story: Story) -> None:
    story.give(
        "HRSS_APPR",
        "VerifyCommitment",
        organisation=LN_B,
        result=VerificationResult.FAILED,
        failures=("无固定场所",),
    )


def test_the_general_procedure_goes_through_acceptance() -> None:
    story = applied("GENERAL")
    refused(
        "ApplicationNotAccepted",
        lambda: story.give("HRSS_APPR", "GrantLicence", organisation=LN_B),
    )
    story.give(
        "HRSS_APPR",
        "HandleLicenceApplication",
        organisation=LN_B,
        outcome=ApplicationOutcome.ACCEPTED,
    )
    story.give("HRSS_APPR", "GrantLicence", organisation=LN_B)
    licence = fold(story.stream(f"licence/{LN_B}:LIC_HRS", "hr")).held[0]
    assert licence.check is CommitmentCheck.NONE


def test_where_the_licence_stood_before_the_claim_an_officer_disposes_of_the_push() -> None:
    story = registered()
    story.give("HRSS_APPR", "ApplyForLicence", organisation=LN_B, mode=Mode.COMMITMENT)
    story.give("HRSS_APPR", "GrantLicence", organisation=LN_B)
    story.settle()
    story.on("2024-11-20").give("HRSS_MKT", "ClaimPush", organisation=LN_B)
    assert story.of(PushDisposed) == []
    story.on("2024-11-21").give(
        "HRSS_MKT",
        "DisposePush",
        organisation=LN_B,
        outcome=PushOutcome.LICENSED,
        reason="持有效许可证",
    )
    (disposed,) = story.of(PushDisposed)
    assert disposed.fact.basis == story.of(LicenceGranted)[0].fact.licence_id


def test_a_scope_registered_before_the_platform_is_pushed_by_an_officer_once() -> None:
    story = Story().on("2024-11-18")
    story.give("SAMR", "RegisterOrganisation", organisation=LN_B, name="沈阳虚例", scope="职业介绍")
    (pushed,) = story.give("SAMR", "PushStandingScope", organisation=LN_B)
    assert pushed.registration_event == story.of(SubjectRegistered)[0].id
    story.settle()
    assert len(story.of(BusinessScopePushed)) == 1


def test_guidance_is_answered_in_ten_working_days_or_by_the_day_that_it_names() -> None:
    for named, last in ((None, "2024-12-04"), (day("2024-11-29"), "2024-11-29")):
        story = registered().on("2024-11-20")
        story.give("HRSS_MKT", "ClaimPush", organisation=LN_B)
        story.give("HRSS_MKT", "IssueLicensingGuidance", organisation=LN_B, reply_due=named)
        found = clocks_from(story.facts, policy_for)
        (clock,) = (one for one in found if one.rule.code == "PUSH-REPLY")
        assert clock.due.day == day(last)
