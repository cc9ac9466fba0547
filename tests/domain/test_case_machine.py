"""Officers, the party and the heads ask for anything at any time: a case stays legal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.enforcement.case import Case, CaseState
from domain.enforcement.facts import (
    CaseOutcome,
    Measure,
    MeasureKind,
    Payment,
    PenaltyDecided,
    PeriodGround,
    Procedure,
    ReviewOpinion,
    ServiceMethod,
)
from domain.enforcement.hearing import hearing_term
from domain.enforcement.state import fold
from domain.errors import Refusal
from domain.facts import instant
from tests.domain.casework import filed

S = CaseState
LEGAL: dict[CaseState, set[CaseState]] = {
    S.FILED: {S.FILED, S.INVESTIGATED, S.CLOSED},
    S.INVESTIGATED: {S.INVESTIGATED, S.NOTIFIED, S.DECIDED, S.CLOSED},
    S.NOTIFIED: {S.NOTIFIED, S.INVESTIGATED, S.HEARING, S.DECIDED, S.CLOSED},
    S.HEARING: {S.HEARING, S.INVESTIGATED, S.NOTIFIED, S.DECIDED, S.CLOSED},
    S.DECIDED: {S.DECIDED, S.SERVED},
    S.SERVED: {S.SERVED, S.PERFORMED, S.CLOSED},
    S.PERFORMED: {S.PERFORMED, S.SERVED, S.CLOSED},
    S.CLOSED: {S.CLOSED},
}
ARTICLE = "就业促进法第65条"
CODE = "V-CON-01"
KINDS = (MeasureKind.FINE, MeasureKind.CONFISCATE_INCOME, MeasureKind.REVOKE_PERMIT)
AMOUNTS = (None, 0, 400_000, 1_500_000, 3_000_000, 5_000_001)


@st.composite
def penalties(draw: st.DrawFn) -> tuple[Measure, ...]:
    """One or two measures, right or wrong."""
    return tuple(
        Measure(
            kind=draw(st.sampled_from(KINDS)),
            amount_fen=draw(st.sampled_from(AMOUNTS)),
            code=CODE,
            basis=ARTICLE,
        )
        for _ in range(draw(st.integers(1, 2)))
    )


def refusal_of(act: Callable[[], None]) -> str | None:
    """The rule that refuses an act; None where nothing does."""
    try:
        act()
    except Refusal as refusal:
        return refusal.rule
    return None


class CaseMachine(RuleBasedStateMachine):
    """One case from filing to its end, with steps in any order."""

    @initialize(procedure=st.sampled_from(Procedure))
    def begin(self, procedure: Procedure) -> None:
        self.story, self.case = filed(codes=(CODE,), procedure=procedure)

    def ask(self, organ: str, command: str, **data: Any) -> None:
        def give() -> None:
            self.story.give(organ, command, case=self.case, **data)

        self.attempt(give)

    def attempt(self, act: Callable[[], None]) -> None:
        before = len(self.story.facts)
        rule = refusal_of(act)
        if rule is not None:
            assert rule in Refusal.RULES
            assert len(self.story.facts) == before

    @property
    def today(self) -> date:
        return instant(self.story.now).date()

    @rule(days=st.sampled_from([0, 1, 8, 16, 40, 200]))
    def wait(self, days: int) -> None:
        if self.today.year < 2030:
            self.story.now += days * 86_400_000_000

    @rule(income=st.sampled_from([0, 400_000]), grave=st.booleans(), prompt=st.booleans())
    def conclude(self, income: int, grave: bool, prompt: bool) -> None:
        self.ask(
            "HRSS_INSP",
            "ConcludeInvestigation",
            illegal_income_fen=income,
            serious=grave,
            corrected_promptly=prompt,
            licensed=True,
            proposal="建议处罚",
        )

    @rule(measures=penalties())
    def notify(self, measures: tuple[Measure, ...]) -> None:
        self.ask("HRSS_INSP", "ServePenaltyNotice", notice_no="告1号", proposed=measures)

    @rule(days=st.integers(5, 20))
    def hearing(self, days: int) -> None:
        self.ask("HRSS_INSP", "RequestHearing")
        self.ask(
            "HRSS_INSP",
            "NotifyHearing",
            hearing_on=self.today + timedelta(days=days),
            place="三楼会议室",
        )

    @rule()
    def hold(self) -> None:
        self.ask("HRSS_INSP", "HoldHearing")

    @rule(opinion=st.sampled_from(ReviewOpinion))
    def review(self, opinion: ReviewOpinion) -> None:
        self.ask("HRSS_LEGAL", "ReviewLegality", opinion=opinion, reason="审核意见")
        self.ask("HRSS", "DiscussCase", opinion=opinion, present=5)

    @rule(organ=st.sampled_from(["HRSS_INSP.HEAD", "HRSS_INSP.OFFICER"]), measures=penalties())
    def decide(self, organ: str, measures: tuple[Measure, ...]) -> None:
        self.ask(organ, "DecidePenalty", decision_no="罚1号", measures=measures, reason="查明")

    @rule()
    def decide_as_notified(self) -> None:
        notice = self.state.proceeding(self.state.subject).notice
        if notice is not None:
            self.decide("HRSS_INSP.HEAD", notice.proposed)

    @rule(method=st.sampled_from(ServiceMethod))
    def serve(self, method: ServiceMethod) -> None:
        self.ask("HRSS_INSP", "ServePenalty", method=method)

    @rule(kind=st.sampled_from(Payment), amount=st.sampled_from([-400_000, 0, 45_000, 400_000]))
    def pay(self, kind: Payment, amount: int) -> None:
        self.ask("HRSS_INSP", "RecordPerformance", kind=kind, amount_fen=amount)

    @rule()
    def enforce(self) -> None:
        self.ask("HRSS_INSP", "DemandPerformance")
        self.ask("HRSS_INSP", "ApplyForEnforcement")

    @rule(ground=st.sampled_from(PeriodGround))
    def suspend(self, ground: PeriodGround) -> None:
        self.ask("HRSS_INSP", "SuspendCase", ground=ground)

    @rule(ground=st.sampled_from(PeriodGround))
    def resume(self, ground: PeriodGround) -> None:
        self.ask("HRSS_INSP", "ResumeCase", ground=ground)

    @rule(outcome=st.sampled_from(CaseOutcome))
    def close(self, outcome: CaseOutcome) -> None:
        self.ask("HRSS_INSP", "CloseCase", outcome=outcome, reason="结案")

    @rule(steps=st.integers(1, 6), fine=st.sampled_from([1_500_000, 3_000_000]))
    def go_on(self, steps: int, fine: int) -> None:
        """The right step for where the case stands, several times."""
        for _ in range(steps):
            self.right_step(Measure(kind=KINDS[0], amount_fen=fine, code=CODE, basis=ARTICLE))
            self.wait(8)

    def right_step(self, fine: Measure) -> None:
        stage = self.state.stage
        if stage is S.FILED:
            self.conclude(400_000, fine.amount_fen == 3_000_000, prompt=False)
        elif stage is S.INVESTIGATED:
            self.notify((fine,))
        elif stage in (S.NOTIFIED, S.HEARING):
            self.hold()
            self.review(ReviewOpinion.AGREED)
            self.decide_as_notified()
        elif stage is S.DECIDED:
            self.serve(ServiceMethod.DIRECT)
        elif stage is S.SERVED:
            self.ask(
                "HRSS_INSP",
                "RecordPerformance",
                kind=Payment.PAID,
                amount_fen=self.state.standing[-1].owed_fen,
            )

    @property
    def state(self) -> Case:
        case = fold(self.history())
        assert case is not None
        return case

    def history(self) -> tuple[Any, ...]:
        return self.story.stream(f"case/{self.case}", "hr")

    @invariant()
    def every_step_is_legal(self) -> None:
        history = self.history()
        for place in range(1, len(history)):
            before, after = fold(history[:place]), fold(history[: place + 1])
            assert before is not None
            assert after is not None
            assert after.stage in LEGAL[before.stage]
            if isinstance(history[place].fact, PenaltyDecided):
                self.was_heard(before, history[place].fact)

    def was_heard(self, before: Case, decided: PenaltyDecided) -> None:
        """Nothing that must come before the decision was missing."""
        proceeding = before.proceeding(decided.subject_id)
        assert proceeding.concluded is not None
        assert before.suspended in (None, PeriodGround.HEARING)
        if before.procedure is Procedure.SIMPLE:
            assert decided.fine_fen <= 300_000
            return
        assert proceeding.notice is not None
        if proceeding.hearing_requested_on is not None:
            assert proceeding.hearing is not None
        elif proceeding.notice.hearing_right:
            assert decided.decided_on > hearing_term(proceeding.notice)
        if proceeding.concluded.serious:
            assert before.reviewed is before.discussed is ReviewOpinion.AGREED
        if proceeding.concluded.illegal_income_fen == 0:
            assert decided.fine_fen == 0

    @invariant()
    def money_stays_within_what_is_owed(self) -> None:
        for one in self.state.decisions:
            assert 0 <= one.owed_fen <= one.fine_fen + one.confiscated_fen
            assert one.surcharge_fen <= one.fine_fen


TestCase = CaseMachine.TestCase
TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
