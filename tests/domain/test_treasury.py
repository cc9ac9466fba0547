"""财政 records payments: two departments' facts of one case, counted together and once."""

from __future__ import annotations

from typing import Any

from domain.clocks.reckoning import State, clocks_from
from domain.commands import COMMANDS
from domain.departments import NODES, entitled_topics
from domain.enforcement.case import CaseState
from domain.enforcement.facts import (
    CaseClosed,
    CaseFiled,
    CaseOutcome,
    Measure,
    MeasureKind,
    Payment,
    PenaltyDecided,
    PenaltyPerformed,
    PenaltyServed,
    ServiceMethod,
)
from domain.enforcement.state import fold
from domain.policy import policy_for
from tests.domain.casework import OFFICERS, act, given_fact
from tests.domain.story import LN_A, Story, day, refused
from tests.domain.test_penalties_decided import FINE, pay, served

OWED = 1_500_000
PAY = "DL-PEN-07"


def come_in(story: Story, case: str, amount: int, kind: Payment = Payment.PAID, **data: Any) -> Any:
    return story.give("FIN", "RecordPerformance", case=case, kind=kind, amount_fen=amount, **data)


def case_of(story: Story, case: str) -> Any:
    return fold([one for one in story.facts if one.stream == f"case/{case}"])


def close(story: Story, case: str) -> Any:
    return act(story, "CloseCase", case, outcome=CaseOutcome.PENALISED, reason="已履行")


def concurrently(story: Story, case: str, amount: int, **data: Any) -> None:
    """Both departments record a payment before either hears of the other's."""
    others = story.facts[:]
    pay(story, case, amount, **data)
    own = story.facts.pop()
    assert story.facts == others
    come_in(story, case, amount, **data)
    story.facts.append(own)


def test_a_case_whose_fine_came_in_at_the_treasury_is_performed_and_closed() -> None:
    story, case = served(FINE)
    refused("PenaltyNotPerformed", lambda: close(story, case))
    (came_in,) = come_in(story, case, OWED, on=day("2025-03-13"))
    assert (came_in.settled, story.facts[-1].department) == (True, "fin")
    assert case_of(story, case).stage is CaseState.PERFORMED
    close(story, case)
    assert story.of(CaseClosed)


def test_the_payment_clock_stops_on_the_day_that_the_treasury_names() -> None:
    story, case = served(FINE)
    come_in(story.on("2025-03-20"), case, OWED - 1)
    assert [one.open for one in clocks_from(story.facts, policy_for) if one.rule.code == PAY] == [
        True
    ]
    come_in(story.on("2025-03-31"), case, 1, on=day("2025-03-28"))
    (clock,) = [one for one in clocks_from(story.facts, policy_for) if one.rule.code == PAY]
    assert clock.state(story.now) is State.FULFILLED


def test_parts_that_came_in_at_both_add_up() -> None:
    story, case = served(FINE)
    pay(story, case, OWED // 3)
    (rest,) = come_in(story, case, OWED - OWED // 3)
    assert rest.settled
    assert case_of(story, case).decisions[-1].owed_fen == 0


def test_the_organ_and_the_treasury_do_not_both_record_one_payment() -> None:
    story, case = served(FINE)
    come_in(story, case, 500_000)
    refused("PaymentRecordedAlready", lambda: pay(story, case, 500_000))
    pay(story, case, 400_000)
    refused("PaymentRecordedAlready", lambda: come_in(story, case, 400_000))
    refused("PaidMoreThanOwed", lambda: come_in(story, case, 700_000))


def test_a_second_payment_of_the_same_amount_is_recorded_where_the_first_was() -> None:
    story, case = served(FINE)
    come_in(story, case, 500_000)
    come_in(story, case, 500_000)
    assert case_of(story, case).decisions[-1].paid_fen == 1_000_000


def test_what_both_recorded_before_they_heard_of_each_other_counts_once() -> None:
    story, case = served(FINE)
    concurrently(story, case, OWED)
    assert len(story.of(PenaltyPerformed)) == 2
    decision = case_of(story, case).decisions[-1]
    assert (decision.paid_fen, decision.owed_fen, decision.settled) == (OWED, 0, True)
    close(story, case)


def test_two_payments_that_both_recorded_count_twice_and_no_more() -> None:
    story, case = served(FINE)
    for _ in range(2):
        concurrently(story, case, 200_000)
    assert case_of(story, case).decisions[-1].paid_fen == 400_000


def test_what_came_in_stands_in_the_way_of_a_demand() -> None:
    story, case = served(FINE)
    come_in(story, case, OWED)
    refused(
        "PenaltyAlreadyPerformed",
        lambda: act(story.on("2025-04-01"), "DemandPerformance", case),
    )


def test_the_treasury_pays_back_and_charges_within_the_same_bounds() -> None:
    story, case = served(FINE)
    come_in(story, case, 500_000)
    refused("RefundAbovePaid", lambda: come_in(story, case, -600_000, Payment.REFUND))
    come_in(story, case, -500_000, Payment.REFUND)
    assert case_of(story, case).decisions[-1].owed_fen == OWED
    story.on("2025-04-03")
    refused("SurchargeTooHigh", lambda: come_in(story, case, OWED, Payment.SURCHARGE))


def test_the_treasury_knows_a_case_by_what_it_received_and_only_of_its_territory() -> None:
    story, case = served(FINE)
    refused("CaseUnknown", lambda: come_in(story, "CASE-NONE", OWED))
    refused(
        "OutsideTerritory",
        lambda: story.give(
            "FIN",
            "RecordPerformance",
            at="532301",
            case=case,
            kind=Payment.PAID,
            amount_fen=OWED,
        ),
    )


def test_a_case_of_the_market_regulator_counts_what_came_in_too() -> None:
    story, case, decision = Story().on("2025-03-13"), "CASE-S", "CASE-S.PD-1"
    about: Any = {"case_id": case, "subject_id": LN_A}
    on = day("2025-03-13")
    fine = Measure(
        kind=MeasureKind.FINE, amount_fen=OWED, code="V-CON-01", basis="就业促进法第65条"
    )
    for fact in (
        CaseFiled(
            **about,
            parties=(LN_A,),
            codes=("V-CON-01",),
            filed_on=on,
            officers=OFFICERS,
            labour=False,
        ),
        PenaltyDecided(
            **about,
            decision_id=decision,
            decision_no="沈河市监罚〔2025〕1号",
            measures=(fine,),
            fine_fen=OWED,
            confiscated_fen=0,
            codes=("V-CON-01",),
            decided_on=on,
            law_of=on,
            reason="违法事实清楚",
        ),
        PenaltyServed(
            **about,
            decision_id=decision,
            served_on=on,
            method=ServiceMethod.DIRECT,
            has_fine=True,
        ),
    ):
        given_fact(story, "SAMR", f"case/{case}", fact, subject=LN_A, matter="M-S")

    def close_it() -> Any:
        given = {"case": case, "outcome": CaseOutcome.PENALISED, "reason": "已缴清"}
        return story.give("SAMR", "CloseCase", **given)

    refused("PenaltyNotPerformed", close_it)
    come_in(story, case, OWED)
    assert close_it()


def test_another_organ_records_nothing_on_the_case() -> None:
    story, case = served(FINE)
    refused(
        "CaseOfAnotherOrgan",
        lambda: story.give(
            "SAMR", "RecordPerformance", case=case, kind=Payment.PAID, amount_fen=OWED
        ),
    )


def test_the_treasury_reads_what_is_owed_and_no_complaint() -> None:
    read = {(one.node, one.family) for one in entitled_topics("fin")}
    assert {("hr", "enforcement"), ("samr", "enforcement"), ("oversight", "review")} <= read
    assert not {family for node, family in read if node == "hr"} & {"complaint", "licensing"}
    assert "casework" in NODES["fin"].projections
    for node in ("hr", "samr", "com", "twn"):
        assert ("fin", "enforcement") in {(one.node, one.family) for one in entitled_topics(node)}
    assert COMMANDS["RecordPerformance"].ZH == "登记处罚履行"
