"""The measures of a case against what it established: hearing right, articles, simple procedure.

1. A larger fine or confiscation, a lower grade, revocation, stopping of business, closing and
   restriction of practice give the right to a hearing (行政处罚法 63).
2. What is "larger" no law says: regions and departments fix it, for persons and for units.
3. On the spot only a warning, or a fine of 200 yuan on a person and 3,000 on a unit (51).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.departments import ORGANS
from domain.enforcement.facts import InvestigationConcluded, Measure, MeasureKind
from domain.enforcement.state import Case
from domain.errors import Refusal
from domain.violations.penalties import Established, check_measures

ALWAYS_HEARD = (
    MeasureKind.DOWNGRADE,
    MeasureKind.REVOKE_PERMIT,
    MeasureKind.SUSPEND_BUSINESS,
    MeasureKind.CLOSE,
    MeasureKind.RESTRICT_PRACTICE,
)
"""行政处罚法 63 (3), (4): whatever the amount."""

MONEY = (MeasureKind.FINE, MeasureKind.CONFISCATE_INCOME, MeasureKind.CONFISCATE_GOODS)

SIMPLE_PERSON_FEN = 20_000
SIMPLE_UNIT_FEN = 300_000
"""行政处罚法 51: 200 and 3,000 yuan."""


class SimpleProcedureExceeded(Refusal):
    """On the spot more than a warning or a small fine is decided."""

    zh = "简易程序只能警告或处{most_fen}分以下罚款，不能作出“{kind}”（{amount_fen}分）。"
    en = "The simple procedure allows a warning or a fine up to {most_fen} fen, not {kind} ({amount_fen} fen)."
    next_zh = "请按普通程序立案、告知后决定。"
    next_en = "File it under the ordinary procedure, give notice, then decide."
    source = "行政处罚法第51条"
    field = "measures"


def natural(case: Case) -> bool:
    """Whether the party is a natural person."""
    return case.subject.startswith("NP-")


def hearing_threshold(case: Case, policy: Mapping[str, Any]) -> int:
    """From what amount in fen money gives a right to a hearing: region, department, party."""
    party = "person" if natural(case) else "unit"
    node = ORGANS[case.organ].node
    return int(
        policy.get(f"hearing_threshold_{party}_fen_{node}")
        or policy[f"hearing_threshold_{party}_fen"]
    )


def gives_hearing(measures: tuple[Measure, ...], case: Case, policy: Mapping[str, Any]) -> bool:
    """Whether the party may ask for a hearing before these measures."""
    least = hearing_threshold(case, policy)
    return any(
        one.kind in ALWAYS_HEARD or (one.kind in MONEY and (one.amount_fen or 0) >= least)
        for one in measures
    )


def established(case: Case, concluded: InvestigationConcluded) -> Established:
    """What the articles ask for, as the investigation established it."""
    return Established(
        illegal_income_fen=concluded.illegal_income_fen,
        refund_due_fen=concluded.refund_due_fen,
        persons=concluded.persons,
        sum_fen=concluded.sum_fen,
        turnover_fen=concluded.turnover_fen,
        refused_correction=concluded.refused_correction,
        serious=concluded.serious,
        licensed=concluded.licensed,
        natural_person=natural(case),
        corrected_promptly=concluded.corrected_promptly,
        harm=concluded.harm,
        safety=concluded.safety,
        found_on=case.discovered_on,
    )


def must_be_allowed(
    case: Case,
    concluded: InvestigationConcluded,
    measures: tuple[Measure, ...],
    decided_on: date,
    mitigation_reason: str | None,
) -> date:
    """The day whose law applies, where the articles allow the measures; else their refusal."""
    return check_measures(
        measures,
        case.codes,
        case.act_end,
        decided_on,
        established(case, concluded),
        mitigation_reason,
        organ=case.organ,
        region=case.region,
    )


def must_be_simple(case: Case, measures: tuple[Measure, ...]) -> None:
    """Refuses what may not be decided on the spot."""
    most = SIMPLE_PERSON_FEN if natural(case) else SIMPLE_UNIT_FEN
    for one in measures:
        small = one.kind is MeasureKind.FINE and (one.amount_fen or 0) <= most
        if one.kind is not MeasureKind.WARNING and not small:
            raise SimpleProcedureExceeded(
                most_fen=most, kind=one.kind.value, amount_fen=one.amount_fen or 0
            )


def total(measures: tuple[Measure, ...], *kinds: MeasureKind) -> int:
    """The sum in fen of the measures of some kinds."""
    return sum(one.amount_fen or 0 for one in measures if one.kind in kinds)
