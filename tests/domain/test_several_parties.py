"""One case, several parties (一案多查, reference 7.7): each is told, heard, fined by itself."""

from __future__ import annotations

from typing import Any

from domain.enforcement.case import CaseState
from domain.enforcement.facts import (
    CaseOutcome,
    CaseReopened,
    HearingRequested,
    Measure,
    MeasureKind,
    Payment,
    PenaltyDecided,
    PenaltyNoticeServed,
    PenaltyPerformed,
    PenaltyServed,
    ServiceMethod,
)
from domain.review.facts import (
    DecisionOverturned,
    Effect,
    OverturnedBy,
    OverturnResult,
    overturned_of,
)
from tests.domain.casework import OFFICERS, act, filed, given_fact
from tests.domain.story import LN_A, LN_B, Story, day, refused
from tests.domain.test_penalties_decided import ARTICLE, CODE, HEAD, state_of

LENDER = "91210103MAYTX0136E"


def fine(amount: int, party: str | None = None, **data: Any) -> Measure:
    return Measure(
        kind=MeasureKind.FINE, amount_fen=amount, code=CODE, basis=ARTICLE, party=party, **data
    )


def two_parties() -> tuple[Story, str]:
    """A case about LN-A and LN-B; each is investigated and found to have its own income."""
    story, case = filed(codes=(CODE,), parties=(LN_B,))
    story.on("2025-03-03")
    for party, income in ((None, 400_000), (LN_B, 100_000)):
        act(
            story,
            "ConcludeInvestigation",
            case,
            party=party,
            illegal_income_fen=income,
            proposal="建议罚款",
        )
    return story, case


def told(story: Story, case: str, *measures: Measure) -> Any:
    return act(
        story,
        "ServePenaltyNotice",
        case,
        notice_no="沈河人社罚告字〔2025〕第1号",
        proposed=measures,
    )


def decide(story: Story, case: str, *measures: Measure) -> Any:
    return story.give(
        HEAD,
        "DecidePenalty",
        case=case,
        decision_no="沈河人社罚字〔2025〕第1号",
        measures=measures,
        reason="违法事实清楚",
    )


def both_decided() -> tuple[Story, str]:
    story, case = two_parties()
    story.on("2025-03-04")
    for party in (None, LN_B):
        told(story, case, fine(1_500_000, party))
    story.on("2025-03-12")
    for party in (None, LN_B):
        decide(story, case, fine(1_500_000, party))
    return story, case


def test_each_party_is_told_decided_on_served_and_pays_by_itself() -> None:
    story, case = both_decided()
    assert [one.fact.subject_id for one in story.of(PenaltyNoticeServed)] == [LN_A, LN_B]
    decisions = [one.fact for one in story.of(PenaltyDecided)]
    assert [one.subject_id for one in decisions] == [LN_A, LN_B]
    assert [one.subject for one in story.of(PenaltyDecided)] == [LN_A, LN_B]
    story.on("2025-03-13")
    for one in decisions:
        act(
            story,
            "ServePenalty",
            case,
            decision=one.decision_id,
            method=ServiceMethod.DIRECT,
        )
    assert [one.fact.subject_id for one in story.of(PenaltyServed)] == [LN_A, LN_B]
    act(
        story,
        "RecordPerformance",
        case,
        decision=decisions[1].decision_id,
        kind=Payment.PAID,
        amount_fen=1_500_000,
    )
    assert story.of(PenaltyPerformed)[0].fact.subject_id == LN_B
    assert state_of(story, case).state is CaseState.SERVED
    refused(
        "PenaltyNotPerformed",
        lambda: act(story, "CloseCase", case, outcome=CaseOutcome.PENALISED, reason="已履行"),
    )


def test_a_case_stands_where_its_least_advanced_party_stands() -> None:
    story, case = two_parties()
    told(story.on("2025-03-04"), case, fine(1_500_000))
    assert state_of(story, case).state is CaseState.INVESTIGATED
    told(story, case, fine(1_500_000, LN_B))
    decide(story.on("2025-03-12"), case, fine(1_500_000))
    assert state_of(story, case).state is CaseState.NOTIFIED


def test_a_party_that_was_not_told_is_not_punished_with_the_one_that_was() -> None:
    story, case = two_parties()
    told(story.on("2025-03-04"), case, fine(1_500_000))
    refused("PartyNotNotified", lambda: decide(story.on("2025-03-12"), case, fine(1_500_000, LN_B)))


def test_a_party_that_was_not_investigated_is_not_told_of_a_penalty() -> None:
    story, case = filed(codes=(CODE,), parties=(LN_B,))
    act(
        story.on("2025-03-03"),
        "ConcludeInvestigation",
        case,
        illegal_income_fen=400_000,
        proposal="建议罚款",
    )
    refused("InvestigationNotConcluded", lambda: told(story, case, fine(1_500_000, LN_B)))


def test_the_income_of_one_party_is_not_confiscated_from_another() -> None:
    story, case = two_parties()
    taken = Measure(
        kind=MeasureKind.CONFISCATE_INCOME, amount_fen=400_000, code=CODE, basis=ARTICLE, party=LN_B
    )
    refused("ConfiscationAboveIncome", lambda: told(story.on("2025-03-04"), case, taken))


def test_one_notice_and_one_decision_are_about_one_party() -> None:
    story, case = two_parties()
    refused(
        "OneDecisionOneParty",
        lambda: told(story.on("2025-03-04"), case, fine(1_500_000), fine(1_500_000, LN_B)),
    )


def test_a_stranger_to_the_case_is_not_punished_in_it() -> None:
    story, case = two_parties()
    refused("NotAPartyOfCase", lambda: told(story, case, fine(1_500_000, LENDER)))


def test_a_handling_names_the_party_that_is_to_act() -> None:
    story, case = two_parties()

    def order(**data: Any) -> Any:
        return act(
            story,
            "DecideHandling",
            case,
            decision_no="沈河人社处字〔2025〕第1号",
            orders=("退还收取的费用",),
            working_days=15,
            **data,
        )

    refused("NotAPartyOfCase", lambda: order(party=LENDER))
    assert order(party=LN_B)[0].subject_id == LN_B
    assert order()[0].subject_id == LN_A


def test_each_party_asks_for_its_own_hearing_in_its_own_term() -> None:
    story, case = two_parties()
    told(story.on("2025-03-04"), case, fine(3_000_000))
    told(story.on("2025-03-06"), case, fine(3_000_000, LN_B))
    story.on("2025-03-12")
    story.give(f"AGENCY:{LN_B}", "RequestHearing", case=case)
    assert story.of(HearingRequested)[0].fact.subject_id == LN_B
    assert decide(story, case, fine(3_000_000))
    refused("HearingNotHeld", lambda: decide(story, case, fine(3_000_000, LN_B)))
    act(
        story,
        "NotifyHearing",
        case,
        party=LN_B,
        hearing_on=day("2025-03-21"),
        place="三楼会议室",
    )
    refused("HearingNotRequested", lambda: act(story, "HoldHearing", case))
    act(story.on("2025-03-21"), "HoldHearing", case, party=LN_B)
    refused("LegalReviewMissing", lambda: decide(story, case, fine(3_000_000, LN_B)))


def test_the_request_of_one_party_leaves_the_term_of_the_other_running() -> None:
    story, case = two_parties()
    told(story.on("2025-03-04"), case, fine(3_000_000))
    told(story, case, fine(3_000_000, LN_B))
    act(story, "RequestHearing", case, party=LN_B)
    items = {one.subject for one in story.of(HearingRequested)}
    assert items == {LN_B}
    assert state_of(story, case).proceeding(LN_A).hearing_requested_on is None


def test_the_fall_of_one_decision_leaves_the_other_standing() -> None:
    story, case = both_decided()
    first, second = story.of(PenaltyDecided)
    story.on("2025-03-20")
    overturned = DecisionOverturned(
        overturn_id="OV-1",
        target=second.id,
        target_type=second.type,
        decision_id=second.fact.decision_id,
        case_id=case,
        owner_organ="HRSS_INSP",
        subject_id=LN_B,
        by=OverturnedBy.RECONSIDERATION,
        result=OverturnResult.ANNULLED,
        effect=Effect.EX_TUNC,
        decided_on=day("2025-03-20"),
        document_no="沈政复决字〔2025〕第1号",
        reason="证据不足",
    )
    given_fact(
        story, "RECON", overturned_of(second.id), overturned, subject=LN_B, matter=second.matter
    )
    act(story, "ReopenCase", case, overturned=story.facts[-1].id, reason="决定被撤销")
    assert story.of(CaseReopened)[0].fact.decision_id == second.fact.decision_id
    standing = state_of(story, case)
    assert standing.state is CaseState.REOPENED
    assert [one.decision_id for one in standing.standing] == [first.fact.decision_id]
    refused(
        "InvestigationNotConcluded",
        lambda: told(story, case, fine(1_500_000, LN_B)),
    )


def overseas() -> tuple[Story, str]:
    """商务 files a case on V-FEC-05 of LN-A, whose unit and head its article fines."""
    story = Story().on("2025-03-03")
    story.give(
        "COM",
        "RecordViolation",
        organisation=LN_A,
        code="V-FEC-05",
        facts=("将外派劳务转包给个人",),
        act_from=day("2025-01-05"),
    )
    finding = story.facts[-1].fact.finding_id  # type: ignore[attr-defined]
    story.give(
        "COM",
        "FileCase",
        organisation=LN_A,
        codes=("V-FEC-05",),
        findings=(finding,),
        officers=OFFICERS,
    )
    case = story.facts[-1].fact.case_id  # type: ignore[attr-defined]
    story.give("COM", "ConcludeInvestigation", case=case, illegal_income_fen=0, proposal="建议罚款")
    return story, case


def contractor(amount: int, **data: Any) -> Measure:
    return Measure(
        kind=MeasureKind.FINE,
        amount_fen=amount,
        code="V-FEC-05",
        basis="对外承包工程管理条例第21条第（二）项",
        **data,
    )


def test_unit_and_head_are_fined_in_one_decision_each_within_its_range() -> None:
    story, case = overseas()
    unit, head = contractor(20_000_000), contractor(3_000_000, head=True)

    def tell(*measures: Measure) -> Any:
        return story.give(
            "COM", "ServePenaltyNotice", case=case, notice_no="告1号", proposed=measures
        )

    refused("FineAboveArticle", lambda: tell(unit, contractor(5_000_001, head=True)))
    refused("FineBelowArticle", lambda: tell(contractor(3_000_000), head))
    tell(unit, head)
    story.on("2025-03-20")
    story.give(
        "COM",
        "DecidePenalty",
        case=case,
        decision_no="罚1号",
        measures=(unit, head),
        reason="违法事实清楚",
    )
    decision = story.of(PenaltyDecided)[0].fact
    assert decision.fine_fen == 23_000_000
    assert [one.head for one in decision.measures] == [False, True]


def test_what_the_unit_was_told_does_not_cover_a_fine_on_its_head() -> None:
    story, case = overseas()
    story.give(
        "COM",
        "ServePenaltyNotice",
        case=case,
        notice_no="告1号",
        proposed=(contractor(20_000_000),),
    )
    story.on("2025-03-20")
    refused(
        "DecisionBeyondNotice",
        lambda: story.give(
            "COM",
            "DecidePenalty",
            case=case,
            decision_no="罚1号",
            measures=(contractor(3_000_000, head=True),),
            reason="违法事实清楚",
        ),
    )


def test_a_head_is_fined_and_nothing_else() -> None:
    story, case = two_parties()
    warned = Measure(kind=MeasureKind.WARNING, code=CODE, basis=ARTICLE, head=True)
    refused("NoSuchMeasureOnHead", lambda: told(story, case, warned))
