"""What was paid on a case, whichever department recorded it: the organ that fined, or 财政.

1. Fines go to the treasury's account (行政处罚法 67, 74): 财政 records what came in, in its own
   stream of the case; the organ records what it was shown. The case counts both.
2. One payment that both recorded counts once: same decision, kind, amount and day at two
   departments. Whoever knows of the other's record is refused a second one.
3. A surcharge, a refund and an enforced amount are payments like any other.
"""

from __future__ import annotations

from datetime import date

from domain.commands import History, Read
from domain.enforcement.case import Case, Decision
from domain.enforcement.conducting import CaseOfAnotherOrgan, CaseUnknown
from domain.enforcement.facts import Payment, stream_of
from domain.enforcement.state import fold
from domain.errors import Refusal
from domain.lead.halves import both, known

TREASURY = "FIN"
"""The organ that records what came in for every organ that fines in its territory."""


class PaymentRecordedAlready(Refusal):
    """The other department recorded this payment."""

    zh = "处罚决定{decision_no}在{on}的{amount_fen}分（{kind}）已由{department}登记。"
    en = "{amount_fen} fen on {decision_no} ({kind}, {on}) were recorded by {department}."
    next_zh = "同一笔缴款只登记一次；确为另一笔的，由{department}登记。"
    next_en = "A payment is recorded once; let {department} record it where it is another."
    source = "行政处罚法第67、74条；平台规则（一笔缴款计一次）"
    field = "amount_fen"


def reads_paid(case_id: str) -> tuple[Read, ...]:
    """What is read to know a case with what every department recorded as paid on it."""
    return both(stream_of(case_id))


def paid_case(history: History, case_id: str) -> Case:
    """The case as its own department and 财政 have it together, or CaseUnknown."""
    case = fold(known(history, stream_of(case_id)))
    if case is None:
        raise CaseUnknown(case=case_id)
    return case


def must_be_own_or_treasury(case: Case, organ: str) -> None:
    """Refuses an organ that neither filed the case nor keeps the treasury's account."""
    if organ not in (case.organ, TREASURY):
        raise CaseOfAnotherOrgan(case=case.case_id, owner=case.organ, organ=organ)


def must_be_new(
    decision: Decision, kind: Payment, amount_fen: int, on: date, department: str
) -> None:
    """Refuses a payment that the other department recorded."""
    for paid in decision.payments:
        if paid.twin is None and paid.same(kind, amount_fen, on) and paid.department != department:
            raise PaymentRecordedAlready(
                decision_no=decision.decision_no,
                kind=kind.value,
                amount_fen=amount_fen,
                on=on.isoformat(),
                department=paid.department,
            )
