"""What a case amounts to: its stage, its terms, and what stands between it and a decision.

FILED, INVESTIGATED, NOTIFIED, HEARING, DECIDED, SERVED, PERFORMED, CLOSED; over each of them
SUSPENDED (while a crime is with the police: SUSPENDED_PENDING_CRIMINAL); REOPENED begins again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import singledispatch
from typing import Any

from domain.commands import Decided, History, Own
from domain.enforcement.facts import (
    CaseClosed,
    CaseDiscussed,
    CaseFiled,
    CasePeriodChanged,
    CaseReopened,
    DefenceHeard,
    EnforcementApplied,
    EvidencePreserved,
    EvidenceSettled,
    HandlingDecided,
    HearingHeld,
    HearingNotified,
    HearingRequested,
    InvestigationConcluded,
    LegalReviewDone,
    Measure,
    Payment,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    PerformanceDemanded,
    PeriodChange,
    PeriodGround,
    Procedure,
    PublicationChanged,
    PublicationKind,
    PublicationStep,
    ReviewOpinion,
    stream_of,
)
from domain.errors import Refusal
from domain.facts import Fact, Recorded


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


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A penalty decision of a case; `event` is the id of its fact, `counts_from` its service.

    `paid_fen` is what was paid or enforced, refunds taken off, `surcharge_fen` what was paid
    for being late.
    """

    decision_id: str
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
class Case:
    """A case as it stands. `stage` is that of the procedure, whether or not it is suspended.

    What a new notice, hearing or conclusion makes void is None or False again.
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
    stage: CaseState = CaseState.FILED
    suspended: PeriodGround | None = None
    changed_on: date
    referrals: tuple[str, ...] = ()
    working_days_added: int = 0
    calendar_days_added: int = 0
    unsettled: tuple[str, ...] = ()
    concluded: InvestigationConcluded | None = None
    concluded_by: str | None = None
    notice: PenaltyNoticeServed | None = None
    defended: bool = False
    hearing_requested_on: date | None = None
    hearing_notice: HearingNotified | None = None
    hearing: HearingHeld | None = None
    reviewed: ReviewOpinion | None = None
    discussed: ReviewOpinion | None = None
    decisions: tuple[Decision, ...] = ()
    handled_on: date | None = None
    publications: tuple[Publication, ...] = ()
    outcome: str | None = None

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

    def publication(self, publication_id: str) -> Publication | None:
        """One publication by its id."""
        found = [one for one in self.publications if one.publication_id == publication_id]
        return found[0] if found else None


@singledispatch
def _after(_fact: Any, case: Case, _recorded: Recorded[Any]) -> Case:
    return case


def _filed(filed: CaseFiled, recorded: Recorded[Any]) -> Case:
    return Case(
        case_id=filed.case_id,
        subject=filed.subject_id,
        parties=filed.parties,
        codes=filed.codes,
        filed_on=filed.filed_on,
        leads=filed.leads,
        complaints=filed.complaints,
        findings=filed.findings,
        officers=filed.officers,
        procedure=filed.procedure,
        labour=filed.labour,
        act_end=filed.act_to or filed.act_from or filed.filed_on,
        discovered_on=filed.discovered_on or filed.filed_on,
        organ=recorded.organ,
        matter=recorded.matter,
        region=recorded.region,
        changed_on=filed.filed_on,
    )


@_after.register
def _period(changed: CasePeriodChanged, case: Case, _recorded: Recorded[Any]) -> Case:
    if changed.kind is PeriodChange.EXTENDED:
        return replace(
            case,
            working_days_added=case.working_days_added + (changed.working_days or 0),
            calendar_days_added=case.calendar_days_added + (changed.calendar_days or 0),
        )
    named = () if changed.about is None else (changed.about,)
    return replace(
        case,
        suspended=changed.ground if changed.kind is PeriodChange.SUSPENDED else None,
        changed_on=changed.on,
        referrals=tuple(dict.fromkeys((*case.referrals, *named))),
    )


@_after.register
def _preserved(preserved: EvidencePreserved, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, unsettled=(*case.unsettled, preserved.preservation_id))


@_after.register
def _settled(settled: EvidenceSettled, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(
        case,
        unsettled=tuple(one for one in case.unsettled if one != settled.preservation_id),
    )


@_after.register
def _concluded(concluded: InvestigationConcluded, case: Case, recorded: Recorded[Any]) -> Case:
    return replace(
        case,
        stage=CaseState.INVESTIGATED,
        concluded=concluded,
        concluded_by=recorded.post,
        notice=None,
        reviewed=None,
        discussed=None,
    )


@_after.register
def _noticed(notice: PenaltyNoticeServed, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(
        case,
        stage=CaseState.NOTIFIED,
        notice=notice,
        defended=False,
        hearing_requested_on=None,
        hearing_notice=None,
        hearing=None,
    )


@_after.register
def _defended(_fact: DefenceHeard, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, defended=True)


@_after.register
def _asked(requested: HearingRequested, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, stage=CaseState.HEARING, hearing_requested_on=requested.requested_on)


@_after.register
def _called(notified: HearingNotified, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, hearing_notice=notified)


@_after.register
def _heard(held: HearingHeld, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, hearing=held, reviewed=None, discussed=None)


@_after.register
def _reviewed(review: LegalReviewDone, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, reviewed=review.opinion)


@_after.register
def _discussed(discussed: CaseDiscussed, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, discussed=discussed.opinion)


@_after.register
def _decided(decided: PenaltyDecided, case: Case, recorded: Recorded[Any]) -> Case:
    decision = Decision(
        decision_id=decided.decision_id,
        event=recorded.id,
        decision_no=decided.decision_no,
        measures=decided.measures,
        fine_fen=decided.fine_fen,
        confiscated_fen=decided.confiscated_fen,
        decided_on=decided.decided_on,
        publish=decided.publish,
    )
    return replace(case, stage=CaseState.DECIDED, decisions=(*case.decisions, decision))


@_after.register
def _handled(handled: HandlingDecided, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, handled_on=handled.decided_on)


def _changed(case: Case, decision_id: str, **values: Any) -> Case:
    return replace(
        case,
        decisions=tuple(
            replace(one, **values) if one.decision_id == decision_id else one
            for one in case.decisions
        ),
    )


@_after.register
def _served(served: PenaltyServed, case: Case, _recorded: Recorded[Any]) -> Case:
    case = _changed(case, served.decision_id, counts_from=served.served_on)
    return replace(case, stage=CaseState.SERVED)


@_after.register
def _performed(performed: PenaltyPerformed, case: Case, _recorded: Recorded[Any]) -> Case:
    before = next((d for d in case.decisions if d.decision_id == performed.decision_id), None)
    if before is None:
        return case
    if performed.kind is Payment.SURCHARGE:
        return _changed(
            case,
            performed.decision_id,
            surcharge_fen=before.surcharge_fen + performed.amount_fen,
        )
    case = _changed(
        case,
        performed.decision_id,
        paid_fen=before.paid_fen + performed.amount_fen,
        settled=performed.settled,
    )
    done = all(one.settled for one in case.standing)
    return replace(case, stage=CaseState.PERFORMED) if done and case.standing else case


@_after.register
def _demanded(demanded: PerformanceDemanded, case: Case, _recorded: Recorded[Any]) -> Case:
    return _changed(case, demanded.decision_id, demanded_on=demanded.on)


@_after.register
def _applied(applied: EnforcementApplied, case: Case, _recorded: Recorded[Any]) -> Case:
    return _changed(case, applied.decision_id, applied_on=applied.on)


@_after.register
def _closed(closed: CaseClosed, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, stage=CaseState.CLOSED, outcome=closed.outcome.value, suspended=None)


@_after.register
def _reopened(_fact: CaseReopened, case: Case, recorded: Recorded[Any]) -> Case:
    return replace(
        case,
        stage=CaseState.REOPENED,
        outcome=None,
        changed_on=recorded.effective,
        concluded=None,
        notice=None,
        defended=False,
        hearing_requested_on=None,
        hearing_notice=None,
        hearing=None,
        reviewed=None,
        discussed=None,
        decisions=tuple(replace(one, overturned=True) for one in case.decisions),
    )


@_after.register
def _published(changed: PublicationChanged, case: Case, _recorded: Recorded[Any]) -> Case:
    others = tuple(p for p in case.publications if p.publication_id != changed.publication_id)
    before = case.publication(changed.publication_id)
    return replace(
        case,
        publications=(
            *others,
            Publication(
                publication_id=changed.publication_id,
                kind=changed.kind,
                decision_id=changed.decision_id,
                step=changed.step,
                redacted=changed.step is PublicationStep.REDACTED
                or (before is not None and before.redacted),
            ),
        ),
    )


def fold(facts: Iterable[Recorded[Any]]) -> Case | None:
    """The case that a history of its stream amounts to; None before it was filed."""
    case: Case | None = None
    for recorded in facts:
        if isinstance(recorded.fact, CaseFiled):
            case = _filed(recorded.fact, recorded)
        elif case is not None:
            case = _after(recorded.fact, case, recorded)
    return case


class CaseUnknown(Refusal):
    """This organ's department has filed no such case."""

    zh = "本部门没有编号为{case}的案件。"
    en = "This department has filed no case {case}."
    next_zh = "请核对案件编号。"
    next_en = "Check the case."
    source = "行政处罚法第54条"
    field = "case"


class CaseAlreadyClosed(Refusal):
    """The case is closed."""

    zh = "案件{case}已结案（{outcome}）。"
    en = "The case {case} is closed ({outcome})."
    next_zh = "已结案的不再办理；决定被撤销的，可重新办理。"
    next_en = "A closed case is done with; it is reopened where its decision was overturned."
    source = "行政处罚法第57条；平台规则（案件状态）"
    field = "case"


class CaseSuspended(Refusal):
    """The case is suspended."""

    zh = "案件{case}已于{on}中止（{ground}）。"
    en = "The case {case} has been suspended since {on} ({ground})."
    next_zh = "请在中止原因消除后先恢复办理。"
    next_en = "Resume it first, when the ground has fallen away."
    source = "行政处罚法第27条；平台规则（移送期间中止）"
    field = "case"


class CaseOfAnotherOrgan(Refusal):
    """Another organ of the department filed the case."""

    zh = "案件{case}由{owner}立案，{organ}不能办理。"
    en = "The case {case} was filed by {owner}; {organ} does not conduct it."
    next_zh = "请由立案机关办理。"
    next_en = "Leave it to the organ that filed it."
    source = "行政处罚法第25条；平台职权表"
    field = "case"


def must_know(history: History, case_id: str) -> Case:
    """The case of the own stream that was read, or CaseUnknown."""
    case = fold(history.own(stream_of(case_id)))
    if case is None:
        raise CaseUnknown(case=case_id)
    return case


def must_not_be_closed(case: Case) -> Case:
    """Refuses a closed case."""
    if case.stage is CaseState.CLOSED:
        raise CaseAlreadyClosed(case=case.case_id, outcome=case.outcome)
    return case


def must_run(
    history: History, case_id: str, organ: str | None, though: tuple[PeriodGround, ...] = ()
) -> Case:
    """The case, where it is the organ's own, open, and not suspended but for what `though` names."""
    case = must_be_open(history, case_id, organ)
    if case.suspended is not None and case.suspended not in though:
        raise CaseSuspended(case=case_id, on=case.changed_on, ground=case.suspended.value)
    return case


def must_be_open(history: History, case_id: str, organ: str | None) -> Case:
    """The case, where it is open (it may be suspended) and the organ's own; None: anybody's."""
    case = must_not_be_closed(must_know(history, case_id))
    if organ is not None and case.organ != organ:
        raise CaseOfAnotherOrgan(case=case_id, owner=case.organ, organ=organ)
    return case


def own_case(case_id: str) -> Own:
    """The read of a case's own stream."""
    return Own(stream=stream_of(case_id))


def on_case(case: Case, fact: Fact, **times: Any) -> Decided:
    """One fact of a case, in its stream, matter and territory; `times` as for `Decided`."""
    return Decided(
        stream=stream_of(case.case_id),
        subject=case.subject,
        matter=case.matter,
        region=case.region,
        fact=fact,
        **times,
    )
