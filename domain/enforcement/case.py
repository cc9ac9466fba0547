"""What a case amounts to: its stage, its terms, and what stands between it and a decision.

FILED, INVESTIGATED, NOTIFIED, HEARING, DECIDED, SERVED, PERFORMED, CLOSED; over each of them
SUSPENDED (while a crime is with the police: SUSPENDED_PENDING_CRIMINAL); REOPENED begins again.
Each party has its own conclusion, notice, hearing and decision (一案多查, reference 7.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.enforcement.facts import (
    HearingHeld,
    HearingNotified,
    InvestigationConcluded,
    Measure,
    Payment,
    PenaltyNoticeServed,
    PeriodGround,
    Procedure,
    PublicationKind,
    PublicationStep,
    ReviewOpinion,
)


class CaseState(StrEnum):
    """Where a case stands."""

    FILED = "FILED"
    INVESTIGATED = "INVESTIGATED"
    NOTIFIED = "NOTIFIED"
    HEARING = "HEARING"
    DECIDED = "DECIDED"
    SERVED = "SERVED"
    PERFORMED = "PERFORMED"
    SUSPENDED = "SUSPENDED"
    SUSPENDED_PENDING_CRIMINAL = "SUSPENDED_PENDING_CRIMINAL"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


ORDER = (
    CaseState.REOPENED,
    CaseState.INVESTIGATED,
    CaseState.NOTIFIED,
    CaseState.HEARING,
    CaseState.DECIDED,
    CaseState.SERVED,
    CaseState.PERFORMED,
)
"""The stages of the procedure against a party, one after the other."""


@dataclass(frozen=True, kw_only=True)
class Paid:
    """One payment as a department recorded it; `twin` is the other that recorded it as well."""

    department: str
    kind: Payment
    amount_fen: int
    on: date
    twin: str | None = None

    def same(self, kind: Payment, amount_fen: int, on: date) -> bool:
        """Whether what another department recorded is this payment."""
        return (self.kind, self.amount_fen, self.on) == (kind, amount_fen, on)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A penalty decision on one party of a case; `event` is the id of its fact, `counts_from` its service.

    `paid_fen` is what was paid or enforced, refunds taken off, `surcharge_fen` what was paid
    for being late. A payment that two departments recorded is one of `payments`.
    """

    decision_id: str
    party: str
    event: str
    decision_no: str
    measures: tuple[Measure, ...]
    fine_fen: int
    confiscated_fen: int
    decided_on: date
    publish: bool
    counts_from: date | None = None
    paid_fen: int = 0
    surcharge_fen: int = 0
    payments: tuple[Paid, ...] = ()
    settled: bool = False
    demanded_on: date | None = None
    applied_on: date | None = None
    overturned: bool = False

    @property
    def owed_fen(self) -> int:
        """Fine and confiscation, without what was paid."""
        return self.fine_fen + self.confiscated_fen - self.paid_fen


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A decision or an exposure on its way to the public."""

    publication_id: str
    kind: PublicationKind
    decision_id: str | None
    step: PublicationStep
    redacted: bool = False


@dataclass(frozen=True, kw_only=True)
class Proceeding:
    """How far the procedure has come against one party of a case.

    What a new notice, hearing or conclusion makes void is None or False again.
    """

    party: str
    stage: CaseState = CaseState.INVESTIGATED
    concluded: InvestigationConcluded | None = None
    notice: PenaltyNoticeServed | None = None
    defended: bool = False
    hearing_requested_on: date | None = None
    hearing_notice: HearingNotified | None = None
    hearing: HearingHeld | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as it stands, with a proceeding for each party that the procedure has reached.

    Its terms run from `begun_on` without `pauses`, each from its suspension to its resumption.
    `concluded_by` is the post that ended the investigation last.
    """

    case_id: str
    subject: str
    parties: tuple[str, ...]
    codes: tuple[str, ...]
    filed_on: date
    leads: tuple[str, ...]
    complaints: tuple[str, ...]
    findings: tuple[str, ...]
    officers: tuple[str, ...]
    procedure: Procedure
    labour: bool
    act_end: date
    discovered_on: date
    organ: str
    matter: str
    region: str
    proceedings: tuple[Proceeding, ...] = ()
    closed: bool = False
    suspended: PeriodGround | None = None
    changed_on: date
    begun_on: date
    pauses: tuple[tuple[date, date], ...] = ()
    referrals: tuple[str, ...] = ()
    working_days_added: int = 0
    calendar_days_added: int = 0
    unsettled: tuple[str, ...] = ()
    concluded_by: str | None = None
    reviewed: ReviewOpinion | None = None
    discussed: ReviewOpinion | None = None
    decisions: tuple[Decision, ...] = ()
    handled_on: date | None = None
    publications: tuple[Publication, ...] = ()
    outcome: str | None = None

    @property
    def stage(self) -> CaseState:
        """The stage of the procedure, suspended or not: that of the party least far in it."""
        if self.closed:
            return CaseState.CLOSED
        if self.proceedings:
            return min((one.stage for one in self.proceedings), key=ORDER.index)
        return CaseState.FILED

    @property
    def state(self) -> CaseState:
        """The state as officers speak of it."""
        if self.suspended is PeriodGround.PENDING_CRIMINAL:
            return CaseState.SUSPENDED_PENDING_CRIMINAL
        return self.stage if self.suspended is None else CaseState.SUSPENDED

    @property
    def standing(self) -> tuple[Decision, ...]:
        """The decisions that were not overturned."""
        return tuple(one for one in self.decisions if not one.overturned)

    def against(self, party: str) -> tuple[Decision, ...]:
        """The decisions on one party that were not overturned."""
        return tuple(one for one in self.standing if one.party == party)

    def proceeding(self, party: str) -> Proceeding:
        """How far the procedure has come against one party; nothing yet where it has not begun."""
        found = [one for one in self.proceedings if one.party == party]
        return found[0] if found else Proceeding(party=party)

    def publication(self, publication_id: str) -> Publication | None:
        """One publication by its id."""
        found = [one for one in self.publications if one.publication_id == publication_id]
        return found[0] if found else None
