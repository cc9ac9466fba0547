"""How the facts of a case make it what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from typing import Any

from domain.enforcement.case import Case, CaseState, Decision, Paid, Proceeding, Publication
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
    Payment,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    PerformanceDemanded,
    PeriodChange,
    PublicationChanged,
    PublicationStep,
)
from domain.facts import Recorded


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
        begun_on=filed.filed_on,
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
    resumed = changed.kind is PeriodChange.RESUMED and case.suspended is not None
    return replace(
        case,
        pauses=(*case.pauses, (case.changed_on, changed.on)) if resumed else case.pauses,
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


def _with(case: Case, party: str, **values: Any) -> Case:
    """The case with one party's proceeding changed; its place among the others stays."""
    after = replace(case.proceeding(party), **values)
    begun = any(one.party == party for one in case.proceedings)
    known = tuple(after if one.party == party else one for one in case.proceedings)
    return replace(case, proceedings=known if begun else (*known, after))


@_after.register
def _concluded(concluded: InvestigationConcluded, case: Case, recorded: Recorded[Any]) -> Case:
    case = _with(
        case,
        concluded.subject_id,
        stage=CaseState.INVESTIGATED,
        concluded=concluded,
        notice=None,
    )
    return replace(case, concluded_by=recorded.post, reviewed=None, discussed=None)


@_after.register
def _noticed(notice: PenaltyNoticeServed, case: Case, _recorded: Recorded[Any]) -> Case:
    return _with(
        case,
        notice.subject_id,
        stage=CaseState.NOTIFIED,
        notice=notice,
        defended=False,
        hearing_requested_on=None,
        hearing_notice=None,
        hearing=None,
    )


@_after.register
def _defended(heard: DefenceHeard, case: Case, _recorded: Recorded[Any]) -> Case:
    return _with(case, heard.subject_id, defended=True)


@_after.register
def _asked(requested: HearingRequested, case: Case, _recorded: Recorded[Any]) -> Case:
    return _with(
        case,
        requested.subject_id,
        stage=CaseState.HEARING,
        hearing_requested_on=requested.requested_on,
    )


@_after.register
def _called(notified: HearingNotified, case: Case, _recorded: Recorded[Any]) -> Case:
    return _with(case, notified.subject_id, hearing_notice=notified)


@_after.register
def _heard(held: HearingHeld, case: Case, _recorded: Recorded[Any]) -> Case:
    case = _with(case, held.subject_id, hearing=held)
    return replace(case, reviewed=None, discussed=None)


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
        party=decided.subject_id,
        event=recorded.id,
        decision_no=decided.decision_no,
        measures=decided.measures,
        fine_fen=decided.fine_fen,
        confiscated_fen=decided.confiscated_fen,
        decided_on=decided.decided_on,
        publish=decided.publish,
    )
    case = _with(case, decided.subject_id, stage=CaseState.DECIDED)
    return replace(case, decisions=(*case.decisions, decision))


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
    return _with(case, served.subject_id, stage=CaseState.SERVED)


def _counted(
    decision: Decision, performed: PenaltyPerformed, department: str
) -> tuple[Decision, bool]:
    """The decision with one more payment, and whether it was one that nobody had recorded."""
    for place, paid in enumerate(decision.payments):
        if (
            paid.twin is None
            and paid.department != department
            and paid.same(performed.kind, performed.amount_fen, performed.on)
        ):
            told = replace(paid, twin=department)
            payments = (*decision.payments[:place], told, *decision.payments[place + 1 :])
            return replace(decision, payments=payments), False
    paid = Paid(
        department=department,
        kind=performed.kind,
        amount_fen=performed.amount_fen,
        on=performed.on,
    )
    return replace(decision, payments=(*decision.payments, paid)), True


@_after.register
def _performed(performed: PenaltyPerformed, case: Case, recorded: Recorded[Any]) -> Case:
    before = next((d for d in case.decisions if d.decision_id == performed.decision_id), None)
    if before is None:
        return case
    after, new = _counted(before, performed, recorded.department)
    amount_fen = performed.amount_fen if new else 0
    if performed.kind is Payment.SURCHARGE:
        return _changed(
            case,
            performed.decision_id,
            payments=after.payments,
            surcharge_fen=before.surcharge_fen + amount_fen,
        )
    paid_fen = before.paid_fen + amount_fen
    nothing_owed = performed.kind is not Payment.REFUND and (
        paid_fen >= before.fine_fen + before.confiscated_fen
    )
    case = _changed(
        case,
        performed.decision_id,
        payments=after.payments,
        paid_fen=paid_fen,
        settled=performed.settled or nothing_owed or (before.settled and not new),
    )
    standing = case.against(before.party)
    done = bool(standing) and all(one.settled for one in standing)
    return _with(case, before.party, stage=CaseState.PERFORMED) if done else case


@_after.register
def _demanded(demanded: PerformanceDemanded, case: Case, _recorded: Recorded[Any]) -> Case:
    return _changed(case, demanded.decision_id, demanded_on=demanded.on)


@_after.register
def _applied(applied: EnforcementApplied, case: Case, _recorded: Recorded[Any]) -> Case:
    return _changed(case, applied.decision_id, applied_on=applied.on)


@_after.register
def _closed(closed: CaseClosed, case: Case, _recorded: Recorded[Any]) -> Case:
    return replace(case, closed=True, outcome=closed.outcome.value, suspended=None)


@_after.register
def _reopened(reopened: CaseReopened, case: Case, recorded: Recorded[Any]) -> Case:
    fell = {
        one.party for one in case.decisions if reopened.decision_id in (None, one.decision_id)
    } or {case.subject}
    return replace(
        case,
        proceedings=(
            *(one for one in case.proceedings if one.party not in fell),
            *(Proceeding(party=one, stage=CaseState.REOPENED) for one in sorted(fell)),
        ),
        closed=False,
        outcome=None,
        changed_on=recorded.effective,
        begun_on=recorded.effective,
        pauses=(),
        reviewed=None,
        discussed=None,
        decisions=tuple(
            replace(one, overturned=one.overturned or one.party in fell) for one in case.decisions
        ),
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
