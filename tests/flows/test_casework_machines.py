"""Leads, complaints, cases and referral at once: whatever is asked for, nothing becomes illegal.

The same random acts run in one room (the domain alone, many examples) and in a country of
seven real departments (gateways, stores, log, rules and clocks, few examples).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from domain.clocks.reckoning import RULES_BY_CODE, Clock, Debtor, clocks_from
from domain.complaint.state import ComplaintState
from domain.departments import TOPICS, node_of
from domain.enforcement import state as cases
from domain.enforcement.case import CaseState
from domain.enforcement.facts import CaseFiled, PenaltyDecided
from domain.errors import Refusal
from domain.facts import Recorded
from domain.lead import state as leads
from domain.lead.facts import LeadKind, LeadTransferred
from domain.lead.state import LeadState
from domain.policy import policy_for
from domain.referral import state as referrals
from domain.referral.facts import ReferralTransferred
from domain.referral.state import Stage
from gateways.department.database import INTENTS
from ops.clock_check import verify_clocks
from projections import clocks as clock_rows
from tests.flows.casework_acts import Files, a_case, any_ask, ways_on
from tests.flows.casework_worlds import DEPARTMENTS, Ask, Country, Room, World, refusal_of
from tests.flows.test_interleaving import rows, shuffled
from tests.gateways.department.town import all_records, append, opened, parked

L, C, R = LeadState, CaseState, Stage
SENT = {L.TRANSFERRED, L.COORDINATED}
OUT = {L.DISPOSED, L.CLOSED_NO_ACTION}
LEAD_STEPS: dict[Any, set[Any]] = {
    None: SENT,
    L.TRANSFERRED: {L.RECEIPTED, L.RETURNED},
    L.COORDINATED: {L.RECEIPTED, L.RETURNED},
    L.RETURNED: SENT,
    L.RECEIPTED: {L.ASSESSED} | SENT | OUT,
    L.ASSESSED: SENT | OUT,
    L.DISPOSED: set(),
    L.CLOSED_NO_ACTION: set(),
}
"""Reference 7.3; a lead is passed on by who holds it, and a case that named it disposes of it."""

REFERRAL_STEPS: dict[Any, set[Any]] = {
    None: {R.REPORTED},
    R.REPORTED: {R.APPROVED, R.NOT_APPROVED},
    R.NOT_APPROVED: set(),
    R.APPROVED: {R.TRANSFERRED},
    R.TRANSFERRED: {R.RECEIPTED},
    R.RECEIPTED: {R.FORWARDED, R.FILED, R.NOT_FILED},
    R.FORWARDED: {R.RECEIPTED},
    R.NOT_FILED: {R.RECONSIDERING, R.SUPERVISION},
    R.RECONSIDERING: {R.UPHELD, R.FILED},
    R.UPHELD: {R.SUPERVISION},
    R.SUPERVISION: {R.SUPERVISION_REJECTED, R.FILED},
    R.SUPERVISION_REJECTED: set(),
    R.FILED: {R.HANDED_OVER, R.ENDED},
    R.HANDED_OVER: {R.ENDED},
    R.ENDED: set(),
}
"""Reference 8.3."""

CASE_STEPS: dict[Any, set[Any]] = {
    None: {C.FILED},
    C.FILED: {C.INVESTIGATED, C.CLOSED},
    C.INVESTIGATED: {C.NOTIFIED, C.DECIDED, C.CLOSED},
    C.NOTIFIED: {C.INVESTIGATED, C.HEARING, C.DECIDED, C.CLOSED},
    C.HEARING: {C.INVESTIGATED, C.NOTIFIED, C.DECIDED, C.CLOSED},
    C.DECIDED: {C.SERVED},
    C.SERVED: {C.PERFORMED, C.CLOSED},
    C.PERFORMED: {C.CLOSED, C.SERVED},
    C.CLOSED: set(),
}
"""Reference 12.1; new facts begin the notice anew, what is not proved is closed, a refund reopens."""

LEAD_CLOCKS = {"DL-LEAD-01", "DL-LEAD-02", "DL-LEAD-05"}
REFERRAL_CLOCKS = {f"DL-REF-{n:02}" for n in (3, 4, 6, 7, 8, 9, 11, 13, 14)}
CASE_CLOCKS = {"DL-CMP-03", "DL-CMP-05", "DL-PEN-03"}
OWED: dict[Stage, set[str]] = {
    R.REPORTED: {"DL-REF-03"},
    R.APPROVED: {"DL-REF-04"},
    R.TRANSFERRED: {"DL-REF-06", "DL-REF-08"},
    R.FORWARDED: {"DL-REF-06", "DL-REF-08"},
    R.RECEIPTED: {"DL-REF-08"},
    R.RECONSIDERING: {"DL-REF-11"},
}
"""What runs at each stage of a referral, but for what its facts add (reference 8.1)."""


class Casework(RuleBasedStateMachine):
    """Everybody acts; each choice follows from a drawn number, so that it can be drawn again."""

    acts_max = 60

    def world_of(self) -> World:
        """Where the acts are given: each machine below names its own."""
        raise NotImplementedError

    @initialize(number=st.integers(0, 2**32), acts=st.integers(30, 60))
    def begin(self, number: int, acts: int) -> None:
        """A case is filed on a complaint; then weeks of work, and more of anything."""
        self.world = self.world_of()
        self.accepted: Counter[str] = Counter()
        self.checked = 0
        for ask in a_case(self.world):
            assert self.ask(ask)
        self.weeks_of_work(number, min(acts, self.acts_max))

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.at_the_end()
            finally:
                self.world.close()

    def at_the_end(self) -> None:
        """What is looked at once."""

    def settled(self) -> None:
        """What is looked at whenever everybody knows everything."""

    def ask(self, ask: Ask) -> bool:
        before = self.world.head(ask)
        refusal = refusal_of(lambda: self.world.give(ask))
        if refusal is None:
            self.accepted[ask.command] += 1
            return True
        assert self.world.head(ask) == before, f"{refusal.rule} left something behind"
        self.must_be_named(refusal)
        return False

    def must_be_named(self, refusal: Refusal | None) -> None:
        if refusal is None:
            return
        assert Refusal.RULES[refusal.rule] is type(refusal)
        for language in ("zh", "en"):
            for text in (refusal.sentence(language), refusal.advice(language)):
                assert len(text) > 3
                assert "{" not in text

    @rule(number=st.integers(0, 2**32))
    def somebody_asks(self, number: int) -> None:
        self.ask(any_ask(self.world, random.Random(number)))

    @rule(number=st.integers(0, 2**32))
    def the_work_goes_on(self, number: int) -> None:
        """The first of several acts that is accepted; where none is, time passes."""
        self.world.settle()
        if not any(self.ask(one) for one in ways_on(self.world, random.Random(number))):
            self.time_passes(4)

    @rule(number=st.integers(0, 2**32))
    def another_week(self, number: int) -> None:
        self.weeks_of_work(number, 10)

    def weeks_of_work(self, number: int, acts: int) -> None:
        luck = random.Random(number)
        for _ in range(acts):
            again = luck.getrandbits(32)
            act = luck.choices(
                (self.the_work_goes_on, self.somebody_asks, self.two_act_at_once), (14, 3, 2)
            )[0]
            act(again)
            if luck.random() < 0.1:
                self.time_passes(luck.choice((1, 2, 4, 9, 30)))
            self.look()

    @rule(number=st.integers(0, 2**32))
    def two_act_at_once(self, number: int) -> None:
        """The second act is recorded between the reading and the recording of the first."""
        luck = random.Random(number)
        first, second = ways_on(self.world, luck), ways_on(self.world, luck)
        for one, other in zip(first[:4], second[:4], strict=False):
            for refusal in self.world.meet(one, other):
                self.must_be_named(refusal)

    @rule(days=st.sampled_from((1, 1, 2, 4, 9, 30)))
    def time_passes(self, days: int) -> None:
        if self.world.now < 1_780_000_000_000_000:
            self.world.wait(days)
        self.everybody_learns()
        self.settled()

    @rule()
    def everybody_learns(self) -> None:
        self.world.settle()

    @invariant()
    def look(self) -> None:
        """Everything that holds at any moment, looked at where something happened."""
        if len(self.world.facts()) != self.checked:
            self.checked = len(self.world.facts())
            self.every_step_is_in_its_table()
            self.no_penalty_takes_the_place_of_a_referral()
            self.what_runs_is_what_is_owed()

    def every_step_is_in_its_table(self) -> None:
        facts = self.world.facts()
        for where, steps in self.walks(facts):
            before: Any = None
            for step in steps:
                table = {"lead": LEAD_STEPS, "case": CASE_STEPS}.get(where, REFERRAL_STEPS)
                assert step == before or step in table[before], f"{where}: {before} -> {step}"
                before = step

    def walks(self, facts: list[Recorded[Any]]) -> Iterator[tuple[str, list[Any]]]:

        files = Files(self.world)
        for name in files.of(LeadTransferred, "lead_id"):
            own = [one for one in facts if one.stream in (f"lead/{name}", f"lead_receipt/{name}")]
            yield "lead", [leads.fold(own[: n + 1]).state for n in range(len(own))]  # type: ignore[union-attr]
        for name in files.of(CaseFiled, "case_id"):
            own = [one for one in facts if one.stream == f"case/{name}"]
            yield "case", [cases.fold(own[: n + 1]).stage for n in range(len(own))]  # type: ignore[union-attr]
        for name in files.referrals():
            own = [one for one in facts if getattr(one.fact, "referral_id", None) == name]
            yield (
                "referral",
                [referrals.fold(own[: n + 1])[name].stage for n in range(len(own))],
            )

    def no_penalty_takes_the_place_of_a_referral(self) -> None:

        facts = self.world.facts()
        for place, one in enumerate(facts):
            if isinstance(one.fact, PenaltyDecided):
                known = referrals.fold(facts[:place]).values()
                barring = [r for r in known if r.about == one.fact.case_id and r.with_police]
                assert barring == []
            if isinstance(one.fact, ReferralTransferred):
                assert {each.code.value for each in one.fact.documents} == {
                    f"D{n}" for n in range(1, 6)
                }

    def clocks(self) -> list[Clock]:
        """Every clock that all facts together make."""
        return clocks_from(self.world.facts(), policy_for)

    def what_runs_is_what_is_owed(self) -> None:
        """No clock stops while its duty stands, and none runs on without one."""
        files, running = Files(self.world), dict[str, list[Clock]]()
        for clock in self.clocks():
            if clock.open:
                running.setdefault(clock.start.key, []).append(clock)
        self.of_leads(files, running)
        self.of_referrals(files, running)
        self.of_cases(files, running)
        for name, complaint in files.complaints().items():
            codes = {one.rule.code for one in running.get(name, ())}
            assert ("DL-CMP-01" in codes) is (complaint.state is ComplaintState.RECEIVED)

    def of_leads(self, files: Files, running: dict[str, list[Clock]]) -> None:
        named = {
            (lead, one.stamp)
            for one in files.facts
            if isinstance(one.fact, CaseFiled)
            for lead in one.fact.leads
        }
        for name in files.of(LeadTransferred, "lead_id"):
            lead = files.lead(name)
            codes = {one.rule.code for one in running.get(name, ())} & LEAD_CLOCKS
            if lead.sent.kind is LeadKind.OUTCOME_NOTICE:
                assert codes == set()
                continue
            owed: set[str] = {
                L.TRANSFERRED: {"DL-LEAD-01"},
                L.COORDINATED: {"DL-LEAD-01"},
                L.RECEIPTED: {"DL-LEAD-02"},
                L.RETURNED: {"DL-LEAD-05"},
            }.get(lead.state, set())
            if any(one == name for one, _ in named):
                owed &= {"DL-LEAD-01"} | codes
            assert codes == owed, f"{name} {lead.state}: {codes}"

    def of_referrals(self, files: Files, running: dict[str, list[Clock]]) -> None:
        for name, referral in files.referrals().items():
            codes = {one.rule.code for one in running.get(name, ())} & REFERRAL_CLOCKS
            owed = set(OWED.get(referral.stage, ()))
            if referral.stage is R.RECEIPTED and referral.not_ours:
                owed.add("DL-REF-07")
            if referral.stage is R.FILED and any(
                n.decision.value == "FILED" for n in referral.notices
            ):
                owed.add("DL-REF-09")
            demanded = referral.demanded_on is not None
            if demanded and not (referral.explained or referral.filed or referral.stage is R.ENDED):
                owed.add("DL-REF-13")
            if referral.filing_demanded_on and not (referral.filed or referral.stage is R.ENDED):
                owed.add("DL-REF-14")
            assert codes == owed, f"{name} {referral.stage}: {codes} run, {owed} are owed"

    def of_cases(self, files: Files, running: dict[str, list[Clock]]) -> None:
        for name in files.of(CaseFiled, "case_id"):
            case = files.case(name)
            mine = [one for one in running.get(name, ()) if one.rule.code in CASE_CLOCKS]
            codes = {one.rule.code for one in mine}
            over = case.stage in (C.DECIDED, C.SERVED, C.PERFORMED, C.CLOSED)
            owed = set() if over else {"DL-PEN-03"}
            if case.labour and not over:
                owed.add("DL-CMP-03")
                if case.stage is not C.FILED:
                    owed.add("DL-CMP-05")
            assert codes == owed, f"{name} {case.stage}: {codes} run, {owed} are owed"
            for clock in mine:
                if clock.paused is None and case.suspended is not None:
                    assert clock.due.at <= self.world.now or clock.due.day <= case.changed_on
                assert clock.paused is None or case.suspended is not None


class InOneRoom(Casework):
    """The domain alone."""

    def world_of(self) -> World:
        return Room()


class InTheCountry(Casework):
    """Real departments; what they made of the facts is looked at whenever they are quiet."""

    world: Country
    acts_max = 30

    def world_of(self) -> World:
        return Country()

    def settled(self) -> None:
        for department in self.world.town.platform.departments.values():
            assert parked(department) == []
            with department.reading() as connection:
                refused = connection.execute(
                    select(INTENTS.c.rule, INTENTS.c.refusal).where(INTENTS.c.state == "REFUSED")
                ).all()
            assert refused == []
        self.owners_know_their_clocks()

    def owners_know_their_clocks(self) -> None:
        """Who owes a term received every fact that starts, changes or ends it."""
        made = {one.id: one for one in self.clocks()}
        for name, department in self.world.town.platform.departments.items():
            with department.reading() as connection:
                known = {one.clock_id: one for one in clock_rows.clocks(connection)}
            for clock in made.values():
                if node_of(clock.owner).id == name:
                    row = known[clock.id]
                    assert (row.due, row.stopped_by) == (
                        clock.due.day.isoformat(),
                        None if clock.stop is None else clock.stop.event,
                    ), clock.rule.code

    def at_the_end(self) -> None:
        self.world.settle()
        self.settled()
        _, wrong = verify_clocks(self.world.town.platform)
        assert wrong == []
        self.stopped_clocks_name_a_fact_of_their_rule()
        self.breaches_came_once_each_at_its_second()
        self.another_order_gives_the_same_rows()

    def stopped_clocks_name_a_fact_of_their_rule(self) -> None:
        facts = {one.id: one for one in self.world.facts()}
        for clock in self.clocks():
            if clock.stop is not None:
                stop = facts[clock.stop.event]
                assert stop.type in {one.type for one in RULES_BY_CODE[clock.rule.code].stopped_by}
                assert stop.order > facts[clock.start.event].order or clock.rule.same_fact

    def breaches_came_once_each_at_its_second(self) -> None:
        clocks = {one.id: one for one in self.clocks()}
        told: dict[str, Recorded[Any]] = {}
        for one in self.world.facts():
            if one.type == "clock.deadline_breached.v1":
                assert one.fact.clock_id not in told, "declared twice"
                told[one.fact.clock_id] = one
                clock = clocks[one.fact.clock_id]
                assert clock.rule.debtor is Debtor.OFFICE
                assert one.department == node_of(clock.owner).id
                assert one.fact.owner == clock.owner
                assert one.fact.due == clock.due.day
                from_then = max(clock.due.at, clock.start.stamp)
                assert from_then <= one.stamp < from_then + 1_000_000
                assert clock.stop is None or clock.stop.at > clock.due.at
        for clock in clocks.values():
            missed = clock.rule.on_elapse == "breach" and clock.due.at <= self.world.now
            if missed and clock.open and clock.paused is None:
                assert clock.id in told, f"{clock.rule.code} was missed and nobody said so"

    def another_order_gives_the_same_rows(self) -> None:
        luck = random.Random(len(self.world.facts()))
        topics = {topic.name: topic.partitions for topic in TOPICS.values()}
        records = shuffled(all_records(self.world.town.log, topics), luck)
        played = self.world.town.platform.departments
        with opened(
            self.world.folder / "again", departments=DEPARTMENTS, start=self.world.now
        ) as again:
            for begin in range(0, len(records), 40):
                append(again.log, *records[begin : begin + 40])
                for name in luck.sample(sorted(played), len(played)):
                    while again.platform.departments[name].intake.step(limit=luck.choice((3, 50))):
                        pass
            for name, reading in again.platform.departments.items():
                reading.intake.catch_up()
                assert parked(reading) == []
                assert rows(reading) == rows(played[name]), name


# A drawn number says nothing that could be made smaller: a counterexample is told as it is.
TestInOneRoom = InOneRoom.TestCase
TestInOneRoom.settings = settings(
    max_examples=25,
    stateful_step_count=3,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
TestInTheCountry = InTheCountry.TestCase
TestInTheCountry.settings = settings(
    max_examples=2,
    stateful_step_count=2,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
