"""The measures of a case against what it established: hearing right, articles, simple procedure.

1. A larger fine or confiscation, a lower grade, revocation, stopping of business, closing and
   restriction of practice give the right to a hearing (行政处罚法 63).
2. What is "larger" no law says: regions and departments fix it, for persons and for units.
3. A notice and a decision are about one party; a fine may fall on the principal head of a unit
   beside that on the unit, each within its own range.
4. On the spot only a warning, or a fine of 200 yuan on a person and 3,000 on a unit (51).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.departments import ORGANS
from domain.enforcement.case import Case
from domain.enforcement.conducting import must_be_party
from domain.enforcement.facts import InvestigationConcluded, Measure, MeasureKind
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


class OneDecisionOneParty(Refusal):
    """The measures fall on several parties."""

    zh = "所列处罚涉及多个当事人（{parties}）。"
    en = "The measures fall on several parties ({parties})."
    next_zh = "请对每一当事人分别告知、分别决定。"
    next_en = "Tell and decide for each party by itself."
    source = "行政处罚法第44、59条；平台规则（一案多查）"
    field = "measures"


class NoSuchMeasureOnHead(Refusal):
    """A principal head is fined; other measures fall on the unit, and a person has no head."""

    zh = "“{kind}”不能对{party}的主要负责人作出。"
    en = "{kind} does not fall on the principal head of {party}."
    next_zh = "对主要负责人只列罚款；当事人为自然人的，直接对其处罚。"
    next_en = "Only a fine falls on the head of a unit; a natural person is fined itself."
    source = "人力资源市场暂行条例第43条；对外劳务合作管理条例第40条"
    field = "measures"


def natural(party: str) -> bool:
    """Whether a party is a natural person."""
    return party.startswith("NP-")


def party_of(measures: tuple[Measure, ...], case: Case) -> str:
    """The one party of the case that the measures, or a unit's head, fall on."""
    parties = tuple(dict.fromkeys(must_be_party(case, one.party) for one in measures))
    if len(parties) > 1:
        raise OneDecisionOneParty(parties="、".join(parties))
    for one in measures:
        if one.head and (one.kind is not MeasureKind.FINE or natural(parties[0])):
            raise NoSuchMeasureOnHead(kind=one.kind.value, party=parties[0])
    return parties[0]


def hearing_threshold(organ: str, person: bool, policy: Mapping[str, Any]) -> int:
    """From what amount in fen money gives a right to a hearing: region, department, party."""
    party = "person" if person else "unit"
    node = ORGANS[organ].node
    return int(
        policy.get(f"hearing_threshold_{party}_fen_{node}")
        or policy[f"hearing_threshold_{party}_fen"]
    )


def gives_hearing(measures: tuple[Measure, ...], case: Case, policy: Mapping[str, Any]) -> bool:
    """Whether the party may ask for a hearing before these measures."""
    person = natural(party_of(measures, case))
    return any(
        one.kind in ALWAYS_HEARD
        or (
            one.kind in MONEY
            and (one.amount_fen or 0) >= hearing_threshold(case.organ, person or one.head, policy)
        )
        for one in measures
    )


def established(
    case: Case, concluded: InvestigationConcluded, *, head: bool = False
) -> Established:
    """What the articles ask for, as the investigation established it of the party or its head."""
    return Established(
        illegal_income_fen=concluded.illegal_income_fen,
        refund_due_fen=concluded.refund_due_fen,
        persons=concluded.persons,
        sum_fen=concluded.sum_fen,
        turnover_fen=concluded.turnover_fen,
        refused_correction=concluded.refused_correction,
        serious=concluded.serious,
        licensed=concluded.licensed,
        natural_person=natural(concluded.subject_id),
        head=head,
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
    """The day whose law applies, where the articles allow the measures; else their refusal.

    What falls on the unit and what falls on its head are each held against their own ranges.
    """
    days = [
        check_measures(
            falling,
            case.codes,
            case.act_end,
            decided_on,
            established(case, concluded, head=head),
            mitigation_reason,
            organ=case.organ,
            region=case.region,
        )
        for head in (False, True)
        if (falling := tuple(one for one in measures if one.head is head))
    ]
    return max(days)


def must_be_simple(measures: tuple[Measure, ...], party: str) -> None:
    """Refuses what may not be decided on the spot."""
    for one in measures:
        most = SIMPLE_PERSON_FEN if natural(party) or one.head else SIMPLE_UNIT_FEN
        small = one.kind is MeasureKind.FINE and (one.amount_fen or 0) <= most
        if one.kind is not MeasureKind.WARNING and not small:
            raise SimpleProcedureExceeded(
                most_fen=most, kind=one.kind.value, amount_fen=one.amount_fen or 0
            )


def total(measures: tuple[Measure, ...], *kinds: MeasureKind) -> int:
    """The sum in fen of the measures of some kinds."""
    return sum(one.amount_fen or 0 for one in measures if one.kind in kinds)
