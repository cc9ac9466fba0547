"""Where a referral stands (reference 8.3): folded from the halves that a department knows.

The sender's half and the halves of police and procuratorate fold into one state, in whichever
mixture a department holds them. What a department has not received it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from domain.calendar.deadlines import Period, Unit, due
from domain.facts import Recorded
from domain.referral.facts import (
    CriminalCaseOutcomeRecorded,
    CriminalFilingDecided,
    CriminalOutcome,
    ExplanationDemanded,
    FilingDecision,
    FilingDemanded,
    FilingNoticeReceived,
    FilingRefusalBecameFinal,
    FilingReviewDecided,
    FilingReviewExtended,
    FilingReviewRequested,
    ReferralDecided,
    ReferralForwarded,
    ReferralMaterialsHandedOver,
    ReferralProposed,
    ReferralReceipted,
    ReferralTransferred,
    RefusalExplained,
    ReviewKind,
    ReviewOutcome,
)

ENDING = (
    CriminalOutcome.WITHDRAWN,
    CriminalOutcome.CONVICTED,
    CriminalOutcome.RETURNED_FOR_ADMIN,
)
"""Outcomes after which nothing is with police, procuratorate or court: what the law leaves to
the administrative organ goes on (Decree 310 art. 10, 13; 行政处罚法 27, 35)."""

DAYS_OF_REVIEW = 3
"""Days of the police to decide, unless extended (Decree 310 art. 8)."""

EXPLANATION_DAYS = 7
"""Days in which the police explain a refusal to the procuratorate (reference DL-REF-13)."""


class Stage(StrEnum):
    """The states of a referral, from the report to the hand-over (reference 8.3)."""

    REPORTED = "REPORTED"
    NOT_APPROVED = "NOT_APPROVED"
    APPROVED = "APPROVED"
    TRANSFERRED = "TRANSFERRED"
    RECEIPTED = "RECEIPTED"
    FORWARDED = "FORWARDED"
    NOT_FILED = "NOT_FILED"
    RECONSIDERING = "RECONSIDERING"
    UPHELD = "UPHELD"
    SUPERVISION = "SUPERVISION"
    SUPERVISION_REJECTED = "SUPERVISION_REJECTED"
    FILED = "FILED"
    HANDED_OVER = "HANDED_OVER"
    ENDED = "ENDED"


CLOSED = (Stage.NOT_APPROVED, Stage.NOT_FILED, Stage.UPHELD, Stage.SUPERVISION_REJECTED)
"""Where nothing of a referral is with the police: the administrative case may go on (art. 10)."""


@dataclass(frozen=True, kw_only=True)
class Referral:
    """One referral as a department knows it. `region` is the sender's, `at` the police's.

    `here_since` is the day on which it went to the police that have it now.
    """

    referral_id: str
    about: str
    subject: str
    matter: str
    region: str
    organ: str
    proposed: ReferralProposed | None = None
    proposed_on: date | None = None
    decision: ReferralDecided | None = None
    transferred: ReferralTransferred | None = None
    at: str | None = None
    here_since: date | None = None
    receipted: bool = False
    not_ours: bool = False
    forwards: int = 0
    review_days: int | None = None
    filing: Recorded[CriminalFilingDecided] | None = None
    requested: tuple[FilingReviewRequested, ...] = ()
    reviews: tuple[Recorded[FilingReviewDecided], ...] = ()
    notices: tuple[FilingNoticeReceived, ...] = ()
    lapsed_on: date | None = None
    demanded_on: date | None = None
    explained: bool = False
    filing_demanded_on: date | None = None
    handed_over: bool = False
    outcomes: tuple[CriminalOutcome, ...] = ()

    def asked(self, kind: ReviewKind) -> FilingReviewRequested | None:
        """The request for a review of one kind."""
        return next((one for one in self.requested if one.kind is kind), None)

    def reviewed(self, kind: ReviewKind) -> Recorded[FilingReviewDecided] | None:
        """The decision on a review of one kind."""
        return next((one for one in self.reviews if one.fact.kind is kind), None)

    @property
    def filed(self) -> bool:
        """Whether the police filed: at once, on reconsideration, or when told to."""
        return (
            (self.filing is not None and self.filing.fact.decision is FilingDecision.FILED)
            or any(one.fact.outcome is ReviewOutcome.FILE for one in self.reviews)
            or any(one.decision is FilingDecision.FILED for one in self.notices)
        )

    @property
    def refused(self) -> bool:
        """Whether the police decided, and did not file."""
        told = any(one.decision is FilingDecision.NOT_FILED for one in self.notices)
        return (self.filing is not None or told) and not self.filed

    @property
    def final(self) -> bool:
        """Whether no further review is open: accepted, at its end, or not asked for in time."""
        return self.lapsed_on is not None or any(one.final for one in self.notices)

    def final_on(self, day: date) -> bool:
        """Whether no review could be asked for on a day; the last day of the term still counts."""
        lapsed = self.lapsed_on is not None and day > self.lapsed_on
        return lapsed or any(one.final for one in self.notices)

    @property
    def stage(self) -> Stage:
        """The state by reference 8.3; the latest step that is known decides."""
        if any(one in ENDING for one in self.outcomes):
            return Stage.ENDED
        if self.filed:
            return Stage.HANDED_OVER if self.handed_over else Stage.FILED
        if self.refused:
            return self._stage_of_refusal()
        if self.transferred is None:
            if self.decision is None:
                return Stage.REPORTED
            return Stage.APPROVED if self.decision.approved else Stage.NOT_APPROVED
        if self.receipted:
            return Stage.RECEIPTED
        return Stage.FORWARDED if self.forwards else Stage.TRANSFERRED

    def _stage_of_refusal(self) -> Stage:
        if self.asked(ReviewKind.SUPERVISION):
            over = self.reviewed(ReviewKind.SUPERVISION) or any(
                one.after is ReviewKind.SUPERVISION for one in self.notices
            )
            return Stage.SUPERVISION_REJECTED if over else Stage.SUPERVISION
        if self.asked(ReviewKind.RECONSIDERATION):
            over = self.reviewed(ReviewKind.RECONSIDERATION) or any(
                one.after is ReviewKind.RECONSIDERATION for one in self.notices
            )
            return Stage.UPHELD if over else Stage.RECONSIDERING
        return Stage.NOT_FILED

    @property
    def with_police(self) -> bool:
        """Whether it bars a penalty: reported or on its way, under review, or filed (art. 11)."""
        return self.stage not in CLOSED and self.stage is not Stage.ENDED

    @property
    def filing_due(self) -> date | None:
        """The last day for the police that have it now to decide; None where none is to come."""
        if self.here_since is None or self.filing is not None or self.notices:
            return None
        return due(self.here_since, Period(self.review_days or DAYS_OF_REVIEW, Unit.CD)).day

    def explanation_overdue(self, today: date) -> bool:
        """Whether the police let the term to explain pass."""
        if self.demanded_on is None:
            return False
        return today > due(self.demanded_on, Period(EXPLANATION_DAYS, Unit.CD)).day


Referrals = dict[str, Referral]


def _begun(recorded: Recorded[Any]) -> Referral:
    """A referral of which this fact is the first that is known here."""
    fact = recorded.fact
    return Referral(
        referral_id=fact.referral_id,
        about=getattr(fact, "about", fact.referral_id),
        subject=fact.subject_id,
        matter=recorded.matter,
        region=recorded.region,
        organ=recorded.organ,
    )


def evolve(state: Referrals, recorded: Recorded[Any]) -> Referrals:
    """The referrals after one more fact of any half."""
    name = getattr(recorded.fact, "referral_id", None)
    if name is None:
        return state
    return state | {name: _after(state.get(name) or _begun(recorded), recorded)}


def _after(referral: Referral, recorded: Recorded[Any]) -> Referral:
    match recorded.fact:
        case ReferralProposed() as fact:
            return replace(referral, proposed=fact, proposed_on=fact.report_received_on)
        case ReferralDecided() as fact:
            return replace(referral, decision=fact)
        case ReferralTransferred() as fact:
            return replace(
                referral,
                transferred=fact,
                at=fact.to_region if referral.at is None else referral.at,
                here_since=referral.here_since or fact.transferred_at.date(),
            )
        case FilingNoticeReceived() as fact:
            return replace(referral, notices=(*referral.notices, fact))
        case FilingReviewRequested() as fact:
            return replace(referral, requested=(*referral.requested, fact), lapsed_on=None)
        case FilingRefusalBecameFinal() as fact:
            return replace(referral, lapsed_on=fact.on)
        case ReferralMaterialsHandedOver():
            return replace(referral, handed_over=True)
        case _:
            return _after_outside(referral, recorded)


def _after_outside(referral: Referral, recorded: Recorded[Any]) -> Referral:
    """What the police, the procuratorate or a court did."""
    match recorded.fact:
        case ReferralReceipted() as fact:
            return replace(referral, receipted=True, not_ours=fact.not_ours, at=fact.region)
        case ReferralForwarded() as fact:
            return replace(
                referral,
                at=fact.to_region,
                here_since=fact.forwarded_at.date(),
                receipted=False,
                not_ours=False,
                review_days=None,
                forwards=referral.forwards + 1,
            )
        case FilingReviewExtended() as fact:
            return replace(referral, review_days=fact.days)
        case CriminalFilingDecided():
            return replace(referral, filing=recorded)
        case FilingReviewDecided():
            return replace(referral, reviews=(*referral.reviews, recorded))
        case ExplanationDemanded() as fact:
            return replace(referral, demanded_on=fact.demanded_on)
        case RefusalExplained():
            return replace(referral, explained=True)
        case FilingDemanded() as fact:
            return replace(referral, filing_demanded_on=fact.demanded_on)
        case CriminalCaseOutcomeRecorded() as fact:
            return replace(referral, outcomes=(*referral.outcomes, fact.outcome))
        case _:
            return referral


def fold(*halves: Iterable[Recorded[Any]]) -> Referrals:
    """The referrals that these halves amount to, each fact once, in the one order of all readers."""
    facts = {one.id: one for half in halves for one in half}
    state: Referrals = {}
    for recorded in sorted(facts.values(), key=lambda one: one.order):
        state = evolve(state, recorded)
    return state


def barring(questions: Iterable[Recorded[Any]], *outside: Iterable[Recorded[Any]]) -> list[str]:
    """The referrals of a case that bar a penalty instead of a referral (art. 11; 处罚法 8, 82).

    `questions` is the sender's own stream of the case; `outside` what it received of others.
    """
    return [one.referral_id for one in fold(questions, *outside).values() if one.with_police]
