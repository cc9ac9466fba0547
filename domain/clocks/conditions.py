"""When clocks start and stop: the facts by name, and the conditions that the rules put on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain import correction, credit_record, directory, filing, organisation
from domain.calendar.deadlines import Period, Unit, before
from domain.clocks.words import Debtor, Ending, Extension, Policy, Seen, Start, Stop, field, uscc
from domain.licence import facts as licences
from domain.push import scope_push
from domain.push.scope_matching import classify
from domain.risk import facts as risk

REGISTERED = organisation.SubjectRegistered.TYPE
REGISTRATION_CHANGED = organisation.SubjectRegistrationChanged.TYPE
PUSHED = scope_push.BusinessScopePushed.TYPE
CLAIMED = scope_push.PushClaimed.TYPE
GUIDED = scope_push.LicensingGuidanceIssued.TYPE
DISPOSED = scope_push.PushDisposed.TYPE
WARNED = risk.RiskWarningRaised.TYPE
APPLIED = licences.LicenceApplied.TYPE
HANDLED = licences.LicenceApplicationHandled.TYPE
COMPLETED = licences.CompletionSubmitted.TYPE
EXTENDED = licences.DecisionTermExtended.TYPE
GRANTED = licences.LicenceGranted.TYPE
DELIVERED = licences.CertificateDelivered.TYPE
CHANGE_APPLIED = licences.ChangeApplied.TYPE
RENEWAL_APPLIED = licences.RenewalApplied.TYPE
CHANGED = licences.LicenceChanged.TYPE
VERIFIED = licences.CommitmentVerified.TYPE
ANNULLED = licences.LicenceAnnulled.TYPE
REVOKED = licences.LicenceRevoked.TYPE
SERVED = licences.LicenceDecisionServed.TYPE
DEREGISTERED = licences.LicenceDeregistered.TYPE
NOTIFIED = licences.LicenceEndNotified.TYPE
ORDERED = correction.CorrectionOrdered.TYPE
CORRECTED = correction.CorrectionVerified.TYPE
FILED = filing.BusinessFilingRecorded.TYPE
PUBLISHED = directory.DirectoryPublished.TYPE
CREDIT_PUSHED = credit_record.CreditRecordPushed.TYPE

push = field("push_id")
licence = field("licence_id")
application = field("application_id")
about = field("about")


def WD(n: int) -> Period:
    """Working days."""
    return Period(n, Unit.WD)


def CD(n: int) -> Period:
    """Calendar days."""
    return Period(n, Unit.CD)


def day_of(name: str) -> Any:
    def read(seen: Seen) -> date:
        day: date = getattr(seen.fact, name)
        return day

    return read


def of_type(*types: str) -> Any:
    return lambda seen: seen.fact.type.value in types


def of_hr(seen: Seen) -> bool:
    return seen.fact.type.value in licences.HR_LICENCES


def is_one_of(name: str, *values: str) -> Any:
    return lambda seen: getattr(seen.fact, name).value in values


def both(*conditions: Any) -> Any:
    return lambda seen: all(condition(seen) for condition in conditions)


def matches(seen: Seen) -> bool:
    return classify(seen.fact.scope, seen.recorded_on).matches


def new_scope_matches(seen: Seen) -> bool:
    return (
        seen.fact.change.value == "SCOPE"
        and bool(seen.fact.after)
        and classify(seen.fact.after, seen.recorded_on).matches
    )


def on_paper(seen: Seen) -> bool:
    certificate = seen.fact.certificate
    return certificate is None or certificate.form.value == "PAPER"


def orders_first(policy: Policy) -> bool:
    return bool(policy.get("correction_before_annulment", True))


def annuls_at_once(policy: Policy) -> bool:
    return not orders_first(policy)


def renew_by(setting: str, days: int) -> Any:
    def last_day(seen: Seen, policy: Policy) -> date | None:
        expiry: date | None = seen.fact.valid_to
        return None if expiry is None else before(expiry, CD(policy.get(setting, days))).day

    return last_day


def deemed(seen: Seen) -> Ending:
    return Ending.DEEMED if seen.fact.deemed else Ending.FULFILLED


def applicant(seen: Seen) -> dict[str, str]:
    return {
        "organisation": seen.fact.uscc,
        "type": seen.fact.type.value,
        "application": seen.fact.application_id,
    }


def holder(seen: Seen) -> dict[str, str]:
    return {
        "organisation": seen.fact.uscc,
        "type": seen.fact.type.value,
        "licence": seen.fact.licence_id,
    }


def pushed_firm(seen: Seen) -> dict[str, str]:
    return {"organisation": seen.fact.uscc, "push": seen.fact.push_id}


SUBJECT_GONE = Stop(
    type=REGISTRATION_CHANGED, key=uscc, when=is_one_of("change", "CANCELLED"), ending=Ending.MOOT
)
LICENCE_GONE = tuple(
    Stop(type=name, key=licence, ending=Ending.MOOT) for name in (ANNULLED, REVOKED, DEREGISTERED)
)
DECIDED = (
    Stop(type=GRANTED, key=application),
    Stop(
        type=HANDLED,
        key=application,
        when=is_one_of("outcome", "DENIED", "NOT_ACCEPTED", "WITHDRAWN"),
    ),
    Stop(
        type=HANDLED,
        key=application,
        when=is_one_of("outcome", "COMPLETION_REQUESTED"),
        ending=Ending.MOOT,
    ),
)
TEN_MORE = (Extension(type=EXTENDED, key=application, by=10),)
OFFICE, PARTY = Debtor.OFFICE, Debtor.PARTY


def received(*types: str) -> tuple[Start, ...]:
    """The receipt of an application, and again of what was missing from it."""
    return (
        Start(type=APPLIED, key=application, when=of_type(*types), on=day_of("applied_on")),
        Start(type=COMPLETED, key=application, when=of_type(*types)),
    )


def accepted(*types: str) -> tuple[Start, ...]:
    """The day on which acceptance takes effect; deemed acceptance counts from the receipt."""
    return (
        Start(
            type=HANDLED,
            key=application,
            when=both(of_type(*types), is_one_of("outcome", "ACCEPTED")),
            on=lambda seen: seen.effective,
        ),
    )
