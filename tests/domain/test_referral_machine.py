"""Whatever is asked in whatever order, a referral only ever takes the steps of its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import Refusal
from domain.facts import Recorded
from domain.referral.facts import (
    CriminalOutcome,
    FilingDecision,
    ReferralProposed,
    ReferralTransferred,
    ReviewKind,
    ReviewOutcome,
)
from domain.referral.state import Stage, barring, fold
from tests.domain import referrals
from tests.domain.referrals import DOCUMENTS, LETTER_NO, suspected

S = Stage
FOLLOWS: dict[Stage | None, set[Stage]] = {
    None: {S.REPORTED},
    S.REPORTED: {S.APPROVED, S.NOT_APPROVED},
    S.NOT_APPROVED: set(),
    S.APPROVED: {S.TRANSFERRED},
    S.TRANSFERRED: {S.RECEIPTED},
    S.RECEIPTED: {S.FORWARDED, S.FILED, S.NOT_FILED},
    S.FORWARDED: {S.RECEIPTED},
    S.NOT_FILED: {S.RECONSIDERING, S.SUPERVISION},
    S.RECONSIDERING: {S.UPHELD, S.FILED},
    S.UPHELD: {S.SUPERVISION},
    S.SUPERVISION: {S.SUPERVISION_REJECTED, S.FILED},
    S.SUPERVISION_REJECTED: set(),
    S.FILED: {S.HANDED_OVER, S.ENDED},
    S.HANDED_OVER: {S.ENDED},
    S.ENDED: set(),
}
"""The arrows of the reference's diagram (8.3)."""

SENDERS = st.sampled_from(["HRSS", "HRSS.OFFICER", "HRSS_INSP", "SAMR", "HRSS_MKT"])
POLICE = st.sampled_from([("PSB", "210103"), ("PSB", "210102"), ("PROC", "210103")])
NOTICE = "沈河通字1号"


class ReferralMachine(RuleBasedStateMachine):
    """Organs act on one case at random; the clock goes on between the acts."""

    @initialize()
    def begin(self) -> None:
        self.story, self.case = suspected()

    @property
    def newest(self) -> str:
        known = self.story.of(ReferralProposed)
        return known[-1].fact.referral_id if known else f"{self.case}.RF-NONE"

    def attempt(self, organ: str, command: str, /, *, at: str = "210103", **data: Any) -> None:
        before = len(self.story.facts)
        refusal = self.refusal_of(lambda: self.story.give(organ, command, at=at, **data))
        if refusal is not None:
            assert len(self.story.facts) == before, "a refusal leaves nothing behind"
            assert all(refusal.sentence(one) and refusal.advice(one) for one in ("zh", "en"))

    def refusal_of(self, act: Callable[[], Any]) -> Refusal | None:
        try:
            act()
        except Refusal as refusal:
            return refusal
        return None

    @rule(days=st.integers(0, 9))
    def time_passes(self, days: int) -> None:
        self.story.now += days * 86_400_000_000

    @rule(organ=SENDERS)
    def report(self, organ: str) -> None:
        self.refusal_of(lambda: referrals.propose(self.story, self.case, organ))

    @rule(choice=st.integers(0, 9))
    def go_on(self, choice: int) -> None:
        """A step that the table allows here, so that the late states are met as well."""
        referral = fold(self.story.facts).get(self.newest)
        if referral is None:
            self.report("HRSS_INSP")
            return
        at = ("PSB", referral.at or "210103")
        lawful: dict[Stage, tuple[Callable[[], Any], ...]] = {
            S.REPORTED: (lambda: self.decide("HRSS", choice > 0, "事实不清"),),
            S.NOT_APPROVED: (lambda: self.report("HRSS_INSP"),),
            S.APPROVED: (lambda: self.transfer("HRSS", set(range(5))),),
            S.TRANSFERRED: (lambda: self.receipt(at, choice == 0),),
            S.FORWARDED: (lambda: self.receipt(at, False),),
            S.RECEIPTED: (
                lambda: self.forward(at, "210102"),
                lambda: self.file(at, FilingDecision.NOT_FILED),
                lambda: self.file(at, list(FilingDecision)[choice % 2]),
            ),
            S.NOT_FILED: (
                lambda: self.note("HRSS", choice == 9),
                lambda: self.request("HRSS", list(ReviewKind)[choice % 2]),
            ),
            S.RECONSIDERING: (lambda: self.review(at, list(ReviewOutcome)[choice % 2]),),
            S.UPHELD: (
                lambda: self.note("HRSS", False),
                lambda: self.request("HRSS", ReviewKind.SUPERVISION),
            ),
            S.SUPERVISION: (
                lambda: self.supervise("DemandExplanation"),
                lambda: self.explain(at),
                lambda: self.supervise("DemandFiling"),
                lambda: self.file(at, FilingDecision.FILED),
                lambda: self.review(("PROC", "210103"), ReviewOutcome.SUPERVISION_REJECTED),
            ),
            S.FILED: (lambda: self.note("HRSS", False), lambda: self.hand_over("HRSS")),
            S.HANDED_OVER: (lambda: self.end("PSB", list(CriminalOutcome)[choice % 4]),),
        }
        acts = lawful.get(referral.stage)
        if acts:
            acts[choice % len(acts)]()

    @rule(organ=SENDERS, approved=st.booleans(), reason=st.sampled_from([None, "事实不清"]))
    def decide(self, organ: str, approved: bool, reason: str | None) -> None:
        self.attempt(
            organ, "DecideReferral", referral=self.newest, approved=approved, reason=reason
        )

    @rule(organ=SENDERS, documents=st.sets(st.sampled_from(range(5)), min_size=4))
    def transfer(self, organ: str, documents: set[int]) -> None:
        self.attempt(
            organ,
            "TransferReferral",
            referral=self.newest,
            letter_no=LETTER_NO,
            documents=tuple(DOCUMENTS[one] for one in sorted(documents)),
        )

    @rule(by=POLICE, not_ours=st.booleans())
    def receipt(self, by: tuple[str, str], not_ours: bool) -> None:
        self.attempt(
            by[0],
            "ReceiptReferral",
            at=by[1],
            referral=self.newest,
            not_ours=not_ours,
            reason="犯罪地在他处",
        )

    @rule(by=POLICE, to=st.sampled_from(["210102", "210103"]))
    def forward(self, by: tuple[str, str], to: str) -> None:
        self.attempt(
            by[0],
            "ForwardReferral",
            at=by[1],
            referral=self.newest,
            to_region=to,
            notice_no=NOTICE,
        )

    @rule(by=POLICE, decision=st.sampled_from(FilingDecision))
    def file(self, by: tuple[str, str], decision: FilingDecision) -> None:
        self.attempt(
            by[0],
            "DecideFiling",
            at=by[1],
            referral=self.newest,
            decision=decision,
            notice_no=NOTICE,
            reason="证据不足",
        )

    @rule(organ=SENDERS, accepted=st.booleans())
    def note(self, organ: str, accepted: bool) -> None:
        self.attempt(organ, "RecordFilingNotice", referral=self.newest, accepted=accepted)

    @rule(organ=SENDERS, kind=st.sampled_from(ReviewKind))
    def request(self, organ: str, kind: ReviewKind) -> None:
        self.attempt(
            organ, "RequestFilingReview", referral=self.newest, kind=kind, reason="证据足够"
        )

    @rule(by=POLICE, outcome=st.sampled_from(ReviewOutcome))
    def review(self, by: tuple[str, str], outcome: ReviewOutcome) -> None:
        self.attempt(
            by[0],
            "DecideFilingReview",
            at=by[1],
            referral=self.newest,
            outcome=outcome,
            notice_no=NOTICE,
            reason="理由成立",
        )

    @rule(name=st.sampled_from(["DemandExplanation", "DemandFiling"]))
    def supervise(self, name: str) -> None:
        self.attempt("PROC", name, referral=self.newest)

    @rule(by=POLICE)
    def explain(self, by: tuple[str, str]) -> None:
        self.attempt(by[0], "ExplainRefusal", at=by[1], referral=self.newest, reason="证据不足")

    @rule(organ=SENDERS)
    def hand_over(self, organ: str) -> None:
        self.attempt(organ, "HandOverMaterials", referral=self.newest, items=("账册3本",))

    @rule(organ=st.sampled_from(["PSB", "PROC", "COURT"]), what=st.sampled_from(CriminalOutcome))
    def end(self, organ: str, what: CriminalOutcome) -> None:
        self.attempt(
            organ, "RecordCriminalOutcome", referral=self.newest, outcome=what, reason="不构成犯罪"
        )

    @invariant()
    def only_the_steps_of_the_table_were_taken(self) -> None:
        taken: dict[str, Stage | None] = {}
        known: list[Recorded[Any]] = []
        for recorded in self.story.facts:
            known.append(recorded)
            name = getattr(recorded.fact, "referral_id", None)
            if name is None:
                continue
            before, now = taken.get(name), fold(known)[name].stage
            assert now == before or now in FOLLOWS[before], f"{before} -> {now}"
            taken[name] = now

    @invariant()
    def one_referral_of_a_case_is_under_way_and_no_document_is_missing(self) -> None:
        assert len(barring(self.story.facts)) <= 1
        for sent in self.story.of(ReferralTransferred):
            assert {one.code.value for one in sent.fact.documents} == {"D1", "D2", "D3", "D4", "D5"}
            assert sent.fact.copied_to_procuratorate_on == sent.fact.transferred_at.date()


def test_a_story_can_be_driven_to_the_very_end() -> None:
    """The machine's arrows are walked from the report to the return, none is dead."""
    story, referral = referrals.filed_on_reconsideration()
    walked = [fold(story.facts[: place + 1]).get(referral) for place in range(len(story.facts))]
    stages = [one.stage for one in walked if one is not None]
    assert list(dict.fromkeys(stages)) == [
        S.REPORTED,
        S.APPROVED,
        S.TRANSFERRED,
        S.RECEIPTED,
        S.NOT_FILED,
        S.RECONSIDERING,
        S.FILED,
    ]


TestReferral = ReferralMachine.TestCase
TestReferral.settings = settings(
    max_examples=150,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
