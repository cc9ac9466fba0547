"""Random acts of random organs on leads: no illegal history, and every refusal named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead.facts import (
    Assessment,
    Disposal,
    LeadAssessed,
    LeadDisposed,
    LeadKind,
    LeadReceipted,
    LeadSource,
    LeadTransferred,
    ReceiptOutcome,
    receipt_of,
    stream_of,
)
from domain.lead.state import LeadState, fold
from domain.lead.transfer import RETURNS_MAX
from tests.domain.story import LN_A, Story, day

ORGANS = ("CAC", "HRSS_MKT", "HRSS_INSP", "SAMR", "DRC", "PSB", "LGO", "AGENCY")
ORGAN = st.sampled_from(ORGANS)
LEADS_MAX = 2
"""So few that many acts meet on one of them."""

RIGHT = st.sampled_from((True, True, True, False))
KIND = st.sampled_from(
    (LeadKind.DISCOVERY, LeadKind.PENALTY_LEAD, LeadKind.ASSIGNMENT, LeadKind.OUTCOME_NOTICE)
)


class Leads(RuleBasedStateMachine):
    """Several leads, any organ, any act at any time."""

    @initialize()
    def begin(self) -> None:
        self.story = Story().on("2025-02-10")
        self.leads: list[str] = []

    def attempt(self, act: Callable[[], Any]) -> None:
        before = len(self.story.facts)
        refusal = None
        try:
            act()
        except Refusal as error:
            refusal = error
        if refusal is not None:
            assert refusal.rule in Refusal.RULES
            assert refusal.sentence("zh")
            assert refusal.advice("en")
            assert len(self.story.facts) == before

    def send(
        self, organ: str, to: str, kind: LeadKind, lead: str | None, about: str | None
    ) -> None:
        notice = kind is LeadKind.OUTCOME_NOTICE
        self.story.give(
            organ,
            "TransferLead",
            lead=lead,
            kind=kind,
            source=LeadSource.OTHER_ORGAN,
            to_organ=to,
            organisation=LN_A,
            summary="线索内容",
            about=about,
            due=day("2025-03-01") if kind is LeadKind.ASSIGNMENT else None,
            outcome=Disposal.CORRECTED if notice else None,
        )
        sent = self.story.facts[-1].fact
        if sent.lead_id not in self.leads:
            self.leads.append(sent.lead_id)

    @rule(organ=ORGAN, to=ORGAN, kind=KIND, data=st.data())
    def a_lead_is_sent(self, organ: str, to: str, kind: LeadKind, data: st.DataObject) -> None:
        if len(self.leads) >= LEADS_MAX:
            return
        about = data.draw(st.sampled_from([None, *self.leads, "LD-NONE"]))
        self.attempt(lambda: self.send(organ, to, kind, None, about))

    @rule(place=st.integers(0, 1), organ=ORGAN, to=ORGAN, kind=KIND, right=RIGHT)
    def a_lead_is_sent_on(
        self, place: int, organ: str, to: str, kind: LeadKind, right: bool
    ) -> None:
        if self.leads:
            lead = self.leads[place % len(self.leads)]
            holder = self.state(lead).sent.to_organ if right else organ
            self.attempt(lambda: self.send(holder, to, kind, lead, None))

    @rule(place=st.integers(0, 1), to=ORGAN)
    def a_returned_lead_is_sent_again_by_its_sender(self, place: int, to: str) -> None:
        if self.leads:
            lead = self.leads[place % len(self.leads)]
            holder = self.state(lead).sent.from_organ
            self.attempt(lambda: self.send(holder, to, LeadKind.DISCOVERY, lead, None))

    @rule(place=st.integers(0, 1), returned_to=st.sampled_from((None, *ORGANS)), right=RIGHT)
    def a_lead_is_receipted(self, place: int, returned_to: str | None, right: bool) -> None:
        if not self.leads:
            return
        lead = self.leads[place % len(self.leads)]
        organ = self.state(lead).sent.to_organ if right else "SAMR"
        outcome = ReceiptOutcome.RETURNED if returned_to else ReceiptOutcome.ACCEPTED
        self.attempt(
            lambda: self.story.give(
                organ,
                "ReceiptLead",
                lead=lead,
                outcome=outcome,
                returned_to=returned_to,
                reason="不属本机关职权" if returned_to else None,
            )
        )

    @rule(place=st.integers(0, 1), handles=RIGHT, right=RIGHT)
    def a_lead_is_assessed(self, place: int, handles: bool, right: bool) -> None:
        if not self.leads:
            return
        lead = self.leads[place % len(self.leads)]
        organ = self.state(lead).sent.to_organ if right else "PSB"
        self.attempt(
            lambda: self.story.give(
                organ,
                "AssessLead",
                lead=lead,
                codes=("V-LIC-04",) if handles else (),
                assessment=Assessment.HANDLE if handles else Assessment.NO_ACTION,
                grounds="经核查",
            )
        )

    @rule(place=st.integers(0, 1), outcome=st.sampled_from(list(Disposal)))
    def a_lead_is_disposed_of(self, place: int, outcome: Disposal) -> None:
        if self.leads:
            lead = self.leads[place % len(self.leads)]
            organ = self.state(lead).sent.to_organ
            self.attempt(
                lambda: self.story.give(
                    organ, "DisposeLead", lead=lead, outcome=outcome, basis="O-1"
                )
            )

    def history(self, lead: str) -> list[Recorded[Any]]:
        streams = (stream_of(lead), receipt_of(lead))
        return sorted(
            (one for one in self.story.facts if one.stream in streams), key=lambda one: one.order
        )

    def state(self, lead: str) -> Any:
        return fold(self.history(lead))

    @invariant()
    def rounds_count_up_and_each_is_receipted_once_by_its_receiver(self) -> None:
        for lead in getattr(self, "leads", ()):
            sent: LeadTransferred | None = None
            receipt: LeadReceipted | None = None
            returns = 0
            for one in self.history(lead):
                match one.fact:
                    case LeadTransferred() as fact:
                        assert fact.round == (sent.round + 1 if sent else 1)
                        assert sent is None or receipt is not None
                        if returns >= RETURNS_MAX:
                            assert fact.to_organ == "LGO" or fact.designated
                        sent, receipt = fact, None
                    case LeadReceipted() as fact:
                        assert sent is not None
                        assert receipt is None
                        assert (fact.round, one.organ) == (sent.round, sent.to_organ)
                        returned = fact.outcome is ReceiptOutcome.RETURNED
                        assert not (returned and sent.designated)
                        returns += returned
                        receipt = fact
                    case LeadAssessed() | LeadDisposed():
                        assert receipt is not None
                        assert receipt.outcome is ReceiptOutcome.ACCEPTED
                        assert sent is not None
                        assert one.organ == sent.to_organ

    @invariant()
    def a_round_is_assessed_at_most_once(self) -> None:
        for lead in getattr(self, "leads", ()):
            assessed = False
            for one in self.history(lead):
                assert not (assessed and isinstance(one.fact, LeadAssessed))
                if isinstance(one.fact, LeadTransferred):
                    assessed = False
                assessed = assessed or isinstance(one.fact, LeadAssessed)

    @invariant()
    def an_outcome_ends_a_lead_and_a_lead_has_one_matter(self) -> None:
        for lead in getattr(self, "leads", ()):
            facts = self.history(lead)
            ends = [place for place, one in enumerate(facts) if isinstance(one.fact, LeadDisposed)]
            assert ends in ([], [len(facts) - 1])
            assert len({one.matter for one in facts}) == 1
            ended = self.state(lead).state in (LeadState.DISPOSED, LeadState.CLOSED_NO_ACTION)
            assert ended is bool(ends)


TestLeads = Leads.TestCase
TestLeads.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
