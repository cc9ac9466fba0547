"""The life cycle of licences (reference 3.2): what a history of a licence stream amounts to.

- NONE, APPLIED, RETURNED_FOR_COMPLETION, ACCEPTED, then GRANTED or an end of the application.
- GRANTED, SUSPENDED and back; ANNULLED and REVOKED once; DEREGISTERED is terminal.
- EXPIRED is no fact: a licence is expired on each day after `valid_to`.
- A grant by commitment starts with the check PENDING and is then PASSED or FAILED.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.facts import Recorded
from domain.licence.facts import (
    AnnulmentCause,
    ApplicationOutcome,
    CertificateDelivered,
    ChangeApplied,
    CommitmentVerified,
    CompletionSubmitted,
    DecisionTermExtended,
    EndCause,
    LicenceAnnulled,
    LicenceApplicationHandled,
    LicenceApplied,
    LicenceChange,
    LicenceChanged,
    LicenceDecisionServed,
    LicenceDeregistered,
    LicenceEndNotified,
    LicenceGranted,
    LicenceRevoked,
    LicenceType,
    Mode,
    RenewalApplied,
    VerificationResult,
)


class ApplicationState(StrEnum):
    """Where an open application stands."""

    APPLIED = "APPLIED"
    RETURNED_FOR_COMPLETION = "RETURNED_FOR_COMPLETION"
    ACCEPTED = "ACCEPTED"


class LicenceState(StrEnum):
    """Where a licence stands, as facts say it; expiry depends on the day asked about."""

    GRANTED = "GRANTED"
    SUSPENDED = "SUSPENDED"
    ANNULLED = "ANNULLED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    DEREGISTERED = "DEREGISTERED"


class CommitmentCheck(StrEnum):
    """What is known of the promised conditions; NONE in the general procedure."""

    NONE = "NONE"
    PENDING = "PENDING"
    PASSED = "PASSED"
    FAILED = "FAILED"


@dataclass(frozen=True, kw_only=True)
class Application:
    """The open application. `handed_in_on` is the day its latest materials came."""

    application_id: str
    matter: str
    region: str
    mode: Mode
    state: ApplicationState
    applied_on: date
    handed_in_on: date
    full_time_staff: int | None
    online: bool
    told_once: bool = False
    extended: bool = False


@dataclass(frozen=True, kw_only=True)
class Licence:
    """One licence from grant to deregistration. `end_event` is its annulment or revocation."""

    licence_id: str
    matter: str
    region: str
    mode: Mode
    grant_event: str
    granted_on: date
    valid_from: date
    valid_to: date | None
    state: LicenceState
    check: CommitmentCheck
    documents: tuple[tuple[str, date], ...] = ()
    served: frozenset[str] = frozenset()
    delivered: bool = False
    renewal_applied_on: date | None = None
    change_open: bool = False
    annulled_for: AnnulmentCause | None = None
    end_event: str | None = None
    end_notified: bool = False
    closed_for: EndCause | None = None

    def state_on(self, day: date) -> LicenceState:
        """The state on a day: a licence in force is expired after its last day."""
        in_force = self.state in (LicenceState.GRANTED, LicenceState.SUSPENDED)
        if in_force and self.valid_to is not None and day > self.valid_to:
            return LicenceState.EXPIRED
        return self.state

    def stands_on(self, day: date) -> bool:
        """Whether it is in force on a day, or suspended and may come back."""
        return self.state_on(day) in (LicenceState.GRANTED, LicenceState.SUSPENDED)


@dataclass(frozen=True, kw_only=True)
class Licences:
    """All licences of one firm and type, oldest first, and the application that is open."""

    held: tuple[Licence, ...] = ()
    application: Application | None = None
    applied_since_annulment: bool = False
    false_commitment: bool = False

    def in_force(self, day: date) -> Licence | None:
        """The licence that is GRANTED on a day, not suspended."""
        return next((one for one in self.held if one.state_on(day) is LicenceState.GRANTED), None)

    def standing(self, day: date) -> Licence | None:
        """The licence that is in force or suspended on a day."""
        return next((one for one in self.held if one.stands_on(day)), None)

    @property
    def latest(self) -> Licence | None:
        """The licence granted last."""
        return self.held[-1] if self.held else None

    @property
    def open_ones(self) -> tuple[Licence, ...]:
        """The licences not yet deregistered, oldest first."""
        return tuple(one for one in self.held if one.state is not LicenceState.DEREGISTERED)

    @property
    def annulled_before(self) -> bool:
        """Whether an earlier grant was annulled, deregistered since or not."""
        return any(one.annulled_for is not None for one in self.held)

    def with_licence(self, licence_id: str, **changes: Any) -> Licences:
        """These licences with one of them changed."""
        return replace(
            self,
            held=tuple(
                replace(one, **changes) if one.licence_id == licence_id else one
                for one in self.held
            ),
        )

    def find(self, licence_id: str) -> Licence:
        """A licence that a fact names. KeyError where a history is not whole."""
        for one in self.held:
            if one.licence_id == licence_id:
                return one
        raise KeyError(licence_id)


_HANDLED: dict[ApplicationOutcome, ApplicationState | None] = {
    ApplicationOutcome.ACCEPTED: ApplicationState.ACCEPTED,
    ApplicationOutcome.COMPLETION_REQUESTED: ApplicationState.RETURNED_FOR_COMPLETION,
    ApplicationOutcome.NOT_ACCEPTED: None,
    ApplicationOutcome.DENIED: None,
    ApplicationOutcome.WITHDRAWN: None,
}
"""What handling makes of an application; None ends it."""


def evolve(state: Licences, recorded: Recorded[Any]) -> Licences:
    """The licences after one more fact of the stream."""
    match recorded.fact:
        case LicenceApplied() as applied:
            return replace(
                state,
                applied_since_annulment=True,
                application=Application(
                    application_id=applied.application_id,
                    matter=recorded.matter,
                    region=recorded.region,
                    mode=applied.mode,
                    state=ApplicationState.APPLIED,
                    applied_on=applied.applied_on,
                    handed_in_on=applied.applied_on,
                    full_time_staff=applied.full_time_staff,
                    online=applied.online,
                ),
            )
        case LicenceApplicationHandled() | CompletionSubmitted() | DecisionTermExtended():
            return _evolve_application(state, recorded)
        case LicenceGranted() as granted:
            by_commitment = granted.mode is Mode.COMMITMENT
            licence = Licence(
                licence_id=granted.licence_id,
                matter=recorded.matter,
                region=granted.region,
                mode=granted.mode,
                grant_event=recorded.id,
                granted_on=recorded.recorded_on,
                valid_from=granted.valid_from,
                valid_to=granted.valid_to,
                state=LicenceState.GRANTED,
                check=CommitmentCheck.PENDING if by_commitment else CommitmentCheck.NONE,
                documents=_document(granted.document_no, recorded),
            )
            return replace(state, held=(*state.held, licence), application=None)
        case _:
            return _evolve_licence(state, recorded)


def _evolve_application(state: Licences, recorded: Recorded[Any]) -> Licences:
    application = state.application
    if application is None:
        return state
    match recorded.fact:
        case LicenceApplicationHandled(outcome=outcome):
            after = _HANDLED[outcome]
            if after is None:
                return replace(state, application=None)
            told = application.told_once or after is ApplicationState.RETURNED_FOR_COMPLETION
            return replace(state, application=replace(application, state=after, told_once=told))
        case CompletionSubmitted():
            return replace(
                state,
                application=replace(
                    application,
                    state=ApplicationState.APPLIED,
                    handed_in_on=recorded.recorded_on,
                ),
            )
        case _:
            return replace(state, application=replace(application, extended=True))


def _evolve_licence(state: Licences, recorded: Recorded[Any]) -> Licences:
    match recorded.fact:
        case CertificateDelivered(licence_id=licence_id):
            return state.with_licence(licence_id, delivered=True)
        case RenewalApplied(licence_id=licence_id, applied_on=applied_on):
            return state.with_licence(licence_id, renewal_applied_on=applied_on)
        case ChangeApplied(licence_id=licence_id):
            return state.with_licence(licence_id, change_open=True)
        case LicenceChanged() as changed:
            return _evolve_changed(state, changed)
        case CommitmentVerified(licence_id=licence_id, result=result):
            failed = result is VerificationResult.FAILED
            check = CommitmentCheck.FAILED if failed else CommitmentCheck.PASSED
            return replace(
                state.with_licence(licence_id, check=check),
                false_commitment=state.false_commitment or failed,
            )
        case LicenceAnnulled(licence_id=licence_id) as annulled:
            licences = state.with_licence(
                licence_id,
                state=LicenceState.ANNULLED,
                annulled_for=annulled.cause,
                end_event=recorded.id,
                documents=(
                    *state.find(licence_id).documents,
                    *_document(annulled.document_no, recorded),
                ),
            )
            return replace(licences, applied_since_annulment=False)
        case LicenceRevoked(licence_id=licence_id) as revoked:
            return state.with_licence(
                licence_id,
                state=LicenceState.REVOKED,
                end_event=recorded.id,
                documents=(
                    *state.find(licence_id).documents,
                    *_document(revoked.document_no, recorded),
                ),
            )
        case LicenceDecisionServed(licence_id=licence_id, document_no=document_no):
            served = state.find(licence_id).served | {document_no}
            return state.with_licence(licence_id, served=served)
        case LicenceDeregistered(licence_id=licence_id, cause=cause):
            return state.with_licence(licence_id, state=LicenceState.DEREGISTERED, closed_for=cause)
        case LicenceEndNotified(licence_id=licence_id):
            return state.with_licence(licence_id, end_notified=True)
        case _:
            return state


def _evolve_changed(state: Licences, changed: LicenceChanged) -> Licences:
    match changed.change:
        case LicenceChange.RENEWED:
            return state.with_licence(
                changed.licence_id, valid_to=changed.valid_to, renewal_applied_on=None
            )
        case LicenceChange.CHANGED:
            return state.with_licence(changed.licence_id, change_open=False)
        case LicenceChange.SUSPENDED:
            return state.with_licence(changed.licence_id, state=LicenceState.SUSPENDED)
        case LicenceChange.RESUMED:
            return state.with_licence(changed.licence_id, state=LicenceState.GRANTED)
        case LicenceChange.REPLACED:
            return state


def _document(number: str | None, recorded: Recorded[Any]) -> tuple[tuple[str, date], ...]:
    return () if number is None else ((number, recorded.recorded_on),)


def fold(facts: Iterable[Recorded[Any]]) -> Licences:
    """The licences that a history of one stream amounts to."""
    state = Licences()
    for recorded in facts:
        state = evolve(state, recorded)
    return state


def stream_of(uscc: str, kind: LicenceType) -> str:
    """The stream of one firm's licences of one type."""
    return f"licence/{uscc}:{kind.value}"
