"""Acts of the licensing story in short, and how far it may have come before a test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.facts import instant
from domain.licence.facts import (
    ApplicationOutcome,
    CertificateForm,
    EndCause,
    LicenceChange,
    VerificationResult,
)
from domain.organisation import RegistrationChange
from domain.push.scope_push import PushOutcome
from tests.domain.story import (
    ANNULMENT_NO,
    LN_B,
    Story,
    applied,
    day,
    granted,
    registered,
)

PERSON = "VP-0123456789ABCDEFGHJK"


def appr(story: Story, command: str, **data: Any) -> Any:
    return story.give("HRSS_APPR", command, organisation=LN_B, **data)


def mkt(story: Story, command: str, **data: Any) -> Any:
    return story.give("HRSS_MKT", command, organisation=LN_B, **data)


def handle(story: Story, outcome: ApplicationOutcome, **data: Any) -> Any:
    return appr(story, "HandleLicenceApplication", outcome=outcome, **data)


def change(story: Story, kind: LicenceChange, **data: Any) -> Any:
    return appr(story, "ChangeLicence", change=kind, **data)


def alter(story: Story, kind: RegistrationChange, **data: Any) -> Any:
    return story.give("SAMR", "ChangeRegistration", organisation=LN_B, change=kind, **data)


def then(story: Story, *acts: Callable[[Story], Any]) -> Story:
    for act in acts:
        act(story)
    return story


def two_pushes() -> Story:
    story = registered()
    alter(story, RegistrationChange.SCOPE, after="职业介绍")
    story.settle()
    return story


def paper() -> Story:
    return then(applied(), lambda s: appr(s, "GrantLicence", form=CertificateForm.PAPER))


def general() -> Story:
    return applied("GENERAL")


def accepted() -> Story:
    return then(general(), lambda s: handle(s, ApplicationOutcome.ACCEPTED))


def returned() -> Story:
    return then(
        general(),
        lambda s: handle(s, ApplicationOutcome.COMPLETION_REQUESTED, missing=("章程",)),
    )


def claimed() -> Story:
    return then(registered(), lambda s: mkt(s, "ClaimPush"))


def disposed() -> Story:
    return then(
        claimed(),
        lambda s: mkt(s, "DisposePush", outcome=PushOutcome.NOT_OPERATING, reason="未开展该业务"),
    )


def ended() -> Story:
    return then(granted(), lambda s: alter(s, RegistrationChange.CANCELLED))


def renewal_applied() -> Story:
    return then(granted().on("2029-10-01"), lambda s: appr(s, "ApplyForRenewal"))


def verify(story: Story, outcome: VerificationResult, *failures: str) -> Any:
    return appr(story, "VerifyCommitment", result=outcome, failures=failures)


def breach(story: Story) -> Any:
    return story.clock(
        "HRSS_MKT",
        "DeclareDeadlineBreached",
        clock="K-1",
        code="R02",
        owner="HRSS_MKT",
        due=day("2024-11-25"),
        due_at=instant(story.now + 1),
        source_event="E-1",
        subject=LN_B,
        matter="M-1",
        region="210103",
        rule_version="1",
        calendar_version="1",
    )


def revoke(story: Story, **data: Any) -> Any:
    return story.give(
        "HRSS_INSP",
        "RevokeLicence",
        organisation=LN_B,
        **{"penalty_decision_id": "PD-1", "document_no": "罚字1号", **data},
    )


def serve(story: Story, **data: Any) -> Any:
    return appr(story, "ServeLicenceDecision", **{"document_no": ANNULMENT_NO, **data})


def deregister(story: Story, cause: EndCause) -> Any:
    return appr(story, "DeregisterLicence", cause=cause)


def file(story: Story, **data: Any) -> Any:
    return appr(
        story,
        "RecordBusinessFiling",
        **{"services": ("FS1",), "event_on": day("2024-11-18"), **data},
    )


def read(story: Story) -> Any:
    return story.give("HRSS_APPR", "ReadProtectedValue", person=PERSON, purpose="核对身份")


def about(story: Story, kind: Any) -> str:
    return story.of(kind)[-1].id
