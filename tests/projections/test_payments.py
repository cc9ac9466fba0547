"""A payment that two departments recorded stands once in the rows of its case and its decision."""

from __future__ import annotations

from typing import Any

import pytest

from projections.case_life import DECIDED, FILED, PERFORMED, fold_case, fold_penalty
from projections.steps import Step

OWED = 1_080_000


def step(place: int, department: str, kind: str, /, **data: Any) -> Step:
    return Step(
        stamp=place,
        department=department,
        sequence=place,
        event=f"E-{place}",
        type=kind,
        effective="2021-07-23",
        region="532301",
        matter="M-1",
        subject="92532301MAYTX00648",
        data=data,
    )


def paid(place: int, department: str, amount: int, kind: str = "PAID", **data: Any) -> Step:
    given = {"kind": kind, "amount_fen": amount, "on": "2021-07-23", "settled": False, **data}
    return step(place, department, PERFORMED, decision_id="PD-1", **given)


def rows(*payments: Step) -> tuple[int, int]:
    """What the case's row and the decision's row say was paid."""
    filed = step(
        1,
        "hr",
        FILED,
        filed_on="2021-05-12",
        labour=True,
        **dict.fromkeys(("parties", "codes", "leads", "complaints", "findings", "officers"), ()),
    )
    decided = step(
        2,
        "hr",
        DECIDED,
        case_id="CASE-1",
        decision_id="PD-1",
        decision_no="1",
        measures=[],
        codes=[],
        fine_fen=OWED,
        confiscated_fen=0,
        decided_on="2021-07-08",
        publish=False,
    )
    steps = sorted((filed, decided, *payments), key=lambda one: one.order)
    return fold_case(steps)["paid_fen"], fold_penalty(steps[1:])["paid_fen"]


@pytest.mark.parametrize(
    ("payments", "total"),
    [
        ((paid(3, "fin", OWED), paid(4, "hr", OWED)), OWED),
        ((paid(3, "hr", 500), paid(4, "fin", 500), paid(5, "fin", 500), paid(6, "hr", 500)), 1000),
        ((paid(3, "fin", 500), paid(4, "fin", 500)), 1000),
        ((paid(3, "fin", 500), paid(4, "hr", 500, on="2021-07-24")), 1000),
        ((paid(3, "fin", 500), paid(4, "hr", -500, "REFUND"), paid(5, "fin", -500, "REFUND")), 0),
        ((paid(3, "fin", OWED), paid(4, "hr", 90, "SURCHARGE")), OWED),
    ],
    ids=["one", "two", "same-department", "other-day", "refund", "surcharge"],
)
def test_each_payment_stands_once(payments: tuple[Step, ...], total: int) -> None:
    assert rows(*payments) == (total, total)
