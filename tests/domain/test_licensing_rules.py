"""What the rules of licensing allow: by silence, in time, once, and of themselves."""

from __future__ import annotations

from typing import Any

from domain.facts import instant
from domain.licence.facts import (
    ApplicationOutcome,
    EndCause,
    LicenceAnnulled,
    LicenceApplied,
    LicenceGranted,
    LicenceType,
    VerificationResult,
)
from domain.organisation import RegistrationChange
from domain.push.scope_push import BusinessScopePushed, PushOutcome
from tests.domain.licensing import (
    alter,
    appr,
    breach,
    claimed,
    deregister,
    ended,
    file,
    general,
    handle,
    mkt,
    renewal_applied,
    verify,
)
from tests.domain.story import (
    LN_A,
    LN_A_SCOPE,
    LN_B,
    Story,
    annul,
    annulled,
    day,
    failed,
    granted,
    refused,
    registered,
)


def test_after_an_annulment_a_new_application_in_the_general_procedure_is_open() -> None:
    story = annulled().on("2025-03-01")
    deregister(story, EndCause.ANNULLED)
    appr(story, "ApplyForLicence")
    refused("ApplicationNotAccepted", lambda: appr(story, "GrantLicence"))
    handle(story, ApplicationOutcome.ACCEPTED)
    appr(story, "GrantLicence")
    refused("NothingToVerify", lambda: verify(story, VerificationResult.PASSED))


def test_a_region_may_annul_without_an_order_to_correct() -> None:
    story = failed().on("2025-02-14")
    story.policy["correction_before_annulment"] = False
    annul(story)
    assert story.of(LicenceAnnulled)


def test_silence_accepts_an_application_after_five_working_days() -> None:
    story = general()
    application = story.of(LicenceApplied)[0].fact.application_id
    story.on("2024-12-03T00:00").clock(
        "HRSS_APPR",
        "DeemApplicationAccepted",
        organisation=LN_B,
        type=LicenceType.LIC_HRS,
        application=application,
    )
    appr(story, "GrantLicence")


def test_silence_renews_a_licence_that_was_applied_for_in_time() -> None:
    story = renewal_applied().on("2029-11-25T00:00")
    licence = story.of(LicenceGranted)[0].fact.licence_id
    (renewed,) = story.clock(
        "HRSS_APPR",
        "DeemRenewalGranted",
        organisation=LN_B,
        type=LicenceType.LIC_HRS,
        licence=licence,
    )
    assert (renewed.deemed, renewed.valid_to) == (True, day("2034-11-24"))  # type: ignore[attr-defined]


def test_too_late_to_renew_leaves_a_new_application_that_follows_on() -> None:
    story = granted().on("2029-11-01")
    appr(story, "ApplyForLicence")
    handle(story, ApplicationOutcome.ACCEPTED)
    appr(story, "GrantLicence")
    assert story.of(LicenceGranted)[-1].fact.valid_from == day("2029-11-25")
    deregister(story.on("2029-11-25"), EndCause.EXPIRED)
    refused("NotEnded", lambda: deregister(story, EndCause.EXPIRED))


def test_an_expired_licence_is_closed_only_after_its_last_day() -> None:
    story = granted()
    refused("NotEnded", lambda: deregister(story.on("2029-11-24"), EndCause.EXPIRED))
    deregister(story.on("2029-11-25"), EndCause.EXPIRED)


def test_the_licence_of_an_ended_subject_is_closed_for_that() -> None:
    refused("NotEnded", lambda: deregister(granted(), EndCause.SUBJECT_ENDED))
    deregister(ended(), EndCause.SUBJECT_ENDED)


def test_a_firm_applies_for_itself() -> None:
    registered().give(f"AGENCY:{LN_B}", "ApplyForLicence", organisation=LN_B)


def test_a_late_filing_is_recorded_and_marked() -> None:
    (filing,) = file(registered().on("2024-12-04"))
    assert filing.late
    (filing,) = file(registered().on("2024-12-03"))
    assert not filing.late


def test_a_filing_meets_a_generic_scope() -> None:
    story = registered(LN_A, LN_A_SCOPE, "2024-12-03")
    story.give("HRSS_MKT", "ClaimPush", organisation=LN_A)
    story.give(
        "HRSS_APPR",
        "RecordBusinessFiling",
        organisation=LN_A,
        services=("FS6",),
        event_on=day("2024-12-03"),
    )
    story.settle()
    assert story.facts[-1].fact.outcome is PushOutcome.FILED


def test_an_unresolved_push_warns_once() -> None:
    story = claimed()
    push = story.of(BusinessScopePushed)[0].fact.push_id
    assert len(story.clock("HRSS_MKT", "WarnOfUnresolvedPush", organisation=LN_B, push=push)) == 1
    assert story.clock("HRSS_MKT", "WarnOfUnresolvedPush", organisation=LN_B, push=push) == []


def test_a_deadline_is_declared_once() -> None:
    story = Story()
    refused("TermStillRunning", lambda: breach(story))
    due_at = story.now
    data: dict[str, Any] = {
        "clock": "K-1",
        "code": "R02",
        "owner": "HRSS_MKT",
        "due": day("2024-11-25"),
        "due_at": instant(due_at),
        "source_event": "E-1",
        "subject": LN_B,
        "matter": "M-1",
        "region": "210103",
        "rule_version": "1",
        "calendar_version": "1",
    }
    assert len(story.clock("HRSS_MKT", "DeclareDeadlineBreached", **data)) == 1
    assert story.clock("HRSS_MKT", "DeclareDeadlineBreached", **data) == []


def test_a_changed_scope_is_pushed_again_and_disposed_by_the_licence_held() -> None:
    story = granted()
    alter(story, RegistrationChange.SCOPE, after="职业介绍")
    story.settle()
    mkt(story, "ClaimPush")
    story.settle()
    assert story.facts[-1].fact.outcome is PushOutcome.LICENSED
