"""What a lead, a listing or an interview rests on: a lead, a case, an inspection, a finding, a hit.

Its matter becomes theirs, so that a case history stays one history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from domain.commands import History, Own, Read
from domain.complaint.facts import ComplaintReceived
from domain.complaint.facts import stream_of as complaints_of
from domain.enforcement.facts import (
    CaseClosed,
    CaseFiled,
    HandlingDecided,
    InvestigationConcluded,
    PenaltyDecided,
)
from domain.enforcement.facts import stream_of as case_of
from domain.facts import Recorded
from domain.finding import ViolationFound
from domain.finding import stream_of as findings_of
from domain.inspection.facts import TaskDispatched, task_of
from domain.lead.halves import both, known
from domain.lead.state import Lead, find, reads_of
from domain.online.facts import HitJudged, ScreeningHitFound, outlet_of
from domain.violations.catalogue import Severity

GRAVE = (Severity.SERIOUS, Severity.MAJOR)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What stands behind an act: its matter, whom it concerns, how far it has come.

    `serious` says that a grave finding or a penalty decision supports it, `settled` that
    something came of it, `closed` that nothing more will; `leads` are those a case names.
    """

    matter: str
    subject: str | None
    region: str
    organ: str
    serious: bool = False
    settled: bool = False
    closed: bool = False
    lead: Lead | None = None
    leads: tuple[str, ...] = ()


def reads_for(about: str | None, subject: str) -> tuple[Read, ...]:
    """What must be read to know the ground of an act about a subject."""
    findings = both(findings_of(subject))
    if about is None:
        return findings
    return (
        *findings,
        *reads_of(about),
        *both(case_of(about)),
        *both(outlet_of(about)),
        *both(task_of(about)),
        Own(stream=complaints_of(subject)),
    )


def ground_of(history: History, about: str, subject: str) -> Ground | None:
    """The thing of this id as this department knows it; None where it knows none."""
    findings = known(history, findings_of(subject))
    lead = find(history, about)
    if lead is not None:
        return Ground(
            matter=lead.matter,
            subject=lead.sent.subject_id,
            region=lead.sent.to_region,
            organ=lead.sent.to_organ,
            settled=lead.disposed is not None,
            closed=lead.disposed is not None,
            lead=lead,
        )
    case = known(history, case_of(about))
    if case:
        return _case(about, case, findings)
    inspection = known(history, task_of(about))
    if inspection:
        return _inspection(inspection)
    for one in findings:
        if isinstance(one.fact, ViolationFound) and about in (one.fact.finding_id, one.id):
            return _of(one, one.fact.subject_id, serious=one.fact.severity in GRAVE, settled=True)
    for one in history.own(complaints_of(subject)):
        if isinstance(one.fact, ComplaintReceived) and about in (one.fact.complaint_id, one.id):
            return _of(one, one.fact.subject_id)
    outlet = known(history, outlet_of(about))
    for one in outlet:
        if isinstance(one.fact, ScreeningHitFound | HitJudged):
            return _of(one, one.fact.operator)
    return _of(outlet[0], getattr(outlet[0].fact, "operator", None)) if outlet else None


def _inspection(history: tuple[Recorded[Any], ...]) -> Ground:
    """The inspection in the territory that has it now: the last to which it was dispatched."""
    begun = _of(history[0], getattr(history[0].fact, "subject_id", None))
    passed_on = [one.fact.to_region for one in history if isinstance(one.fact, TaskDispatched)]
    return replace(begun, region=passed_on[-1]) if passed_on else begun


def _of(
    one: Recorded[Any],
    subject: str | None,
    *,
    serious: bool = False,
    settled: bool = False,
) -> Ground:
    return Ground(
        matter=one.matter,
        subject=subject,
        region=one.region,
        organ=one.organ,
        serious=serious,
        settled=settled,
    )


def _case(
    case: str, facts: tuple[Recorded[Any], ...], findings: tuple[Recorded[Any], ...]
) -> Ground:
    filed = next((one for one in facts if isinstance(one.fact, CaseFiled)), facts[0])
    decided = any(isinstance(one.fact, PenaltyDecided | HandlingDecided) for one in facts)
    closed = any(isinstance(one.fact, CaseClosed) for one in facts)
    grave = any(
        isinstance(one.fact, ViolationFound)
        and one.fact.severity in GRAVE
        and one.fact.about == case
        for one in findings
    )
    concluded = any(
        isinstance(one.fact, InvestigationConcluded) and one.fact.serious for one in facts
    )
    penalised = any(isinstance(one.fact, PenaltyDecided) for one in facts)
    return Ground(
        matter=filed.matter,
        subject=getattr(filed.fact, "subject_id", None),
        region=filed.region,
        organ=filed.organ,
        serious=grave or concluded or penalised,
        settled=decided or closed,
        closed=closed,
        leads=tuple(getattr(filed.fact, "leads", ())),
    )
