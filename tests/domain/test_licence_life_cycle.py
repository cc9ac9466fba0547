"""Whatever is asked in whatever order, a licence never leaves the life cycle of reference 3.2."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.correction import CorrectionOutcome
from domain.errors import Refusal
from domain.facts import instant
from domain.licence.facts import (
    AnnulmentCause,
    ApplicationOutcome,
    EndCause,
    LicenceAnnulled,
    LicenceChange,
    LicenceDeregistered,
    LicenceGranted,
    LicenceRevoked,
    LicenceType,
    Mode,
    VerificationResult,
)
from domain.licence.state import CommitmentCheck, Licences, LicenceState, evolve, fold
from domain.organisation import RegistrationChange
from tests.domain.casework import revoking
from tests.domain.story import ANNULMENT_NO, LN_B, Story, registered

S = LicenceState
LEGAL: dict[LicenceState, set[LicenceState]] = {
    S.GRANTED: {S.GRANTED, S.SUSPENDED, S.ANNULLED, S.REVOKED, S.DEREGISTERED},
    S.SUSPENDED: {S.SUSPENDED, S.GRANTED, S.ANNULLED, S.REVOKED, S.DEREGISTERED},
    S.ANNULLED: {S.ANNULLED, S.DEREGISTERED},
    S.REVOKED: {S.REVOKED, S.DEREGISTERED},
    S.DEREGISTERED: {S.DEREGISTERED},
}
CHECKS: dict[CommitmentCheck, set[CommitmentCheck]] = {
    CommitmentCheck.NONE: {CommitmentCheck.NONE},
    CommitmentCheck.PENDING: set(CommitmentCheck) - {CommitmentCheck.NONE},
    CommitmentCheck.PASSED: {CommitmentCheck.PASSED},
    CommitmentCheck.FAILED: {CommitmentCheck.FAILED},
}


class LifeCycle(RuleBasedStateMachine):
    """Officers, the firm and clocks ask for anything at any time."""

    @initialize()
    def register(self) -> None:
        self.story: Story = registered()
        self.penalty = revoking(self.story, LN_B, self.today)

    def ask(self, act: Callable[[], Any]) -> None:
        with contextlib.suppress(Refusal):
            act()

    def appr(self, command: str, **data: Any) -> None:
        self.ask(lambda: self.story.give("HRSS_APPR", command, organisation=LN_B, **data))

    @property
    def today(self) -> date:
        return instant(self.story.now).date()

    @rule(days=st.sampled_from([0, 1, 12, 45, 400, 1900]))
    def wait(self, days: int) -> None:
        if self.today.year < 2050:
            self.story.now += days * 86_400_000_000

    @rule(mode=st.sampled_from(Mode), staff=st.sampled_from([None, 2, 3]))
    def apply(self, mode: Mode, staff: int | None) -> None:
        self.appr("ApplyForLicence", mode=mode, full_time_staff=staff)

    @rule(outcome=st.sampled_from(ApplicationOutcome))
    def handle(self, outcome: ApplicationOutcome) -> None:
        self.appr("HandleLicenceApplication", outcome=outcome, missing=("章程",), reason="理由")

    @rule()
    def grant(self) -> None:
        self.appr("GrantLicence", valid_years=1)

    @rule()
    def apply_and_grant(self) -> None:
        self.appr("ApplyForLicence", mode=Mode.COMMITMENT)
        self.appr("GrantLicence", valid_years=1)

    @rule(result=st.sampled_from(VerificationResult))
    def verify(self, result: VerificationResult) -> None:
        failures = ("无场所",) if result is VerificationResult.FAILED else ()
        self.appr("VerifyCommitment", result=result, failures=failures)

    @rule(outcome=st.sampled_from(CorrectionOutcome))
    def correct(self, outcome: CorrectionOutcome) -> None:
        self.appr("OrderCorrection", working_days=1)
        self.appr("VerifyCorrection", outcome=outcome)

    @rule(change=st.sampled_from(LicenceChange))
    def change(self, change: LicenceChange) -> None:
        self.appr("ChangeLicence", change=change, what="住所", valid_years=1)

    @rule()
    def renew(self) -> None:
        self.appr("ApplyForRenewal")

    @rule()
    def silence(self) -> None:
        for licence in self.licences().held:
            self.ask(
                lambda licence=licence: self.story.clock(
                    "HRSS_APPR",
                    "DeemRenewalGranted",
                    organisation=LN_B,
                    type=LicenceType.LIC_HRS,
                    licence=licence.licence_id,
                )
            )

    @rule(cause=st.sampled_from(AnnulmentCause))
    def annul(self, cause: AnnulmentCause) -> None:
        self.appr(
            "AnnulLicence",
            cause=cause,
            document_no=ANNULMENT_NO,
            holder_told_on=self.today,
            holder_heard=True,
        )

    @rule(ago=st.integers(0, 40))
    def revoke(self, ago: int) -> None:
        self.ask(
            lambda: self.story.give(
                "HRSS_INSP",
                "RevokeLicence",
                organisation=LN_B,
                penalty_decision_id=self.penalty,
                document_no="罚字1号",
                effective_on=self.today - timedelta(days=ago),
            )
        )

    @rule(cause=st.sampled_from(EndCause))
    def deregister(self, cause: EndCause) -> None:
        self.appr("DeregisterLicence", cause=cause)

    @rule()
    def end_the_firm(self) -> None:
        self.ask(
            lambda: self.story.give(
                "SAMR",
                "ChangeRegistration",
                organisation=LN_B,
                change=RegistrationChange.CANCELLED,
            )
        )

    def licences(self) -> Licences:
        return fold(self.history())

    def history(self) -> tuple[Any, ...]:
        return self.story.stream(f"licence/{LN_B}:LIC_HRS", "hr")

    @invariant()
    def every_step_is_legal(self) -> None:
        before = Licences()
        for recorded in self.history():
            after = evolve(before, recorded)
            known = {one.licence_id: one for one in before.held}
            for one in after.held:
                was = known.get(one.licence_id)
                if was is None:
                    assert one.state is S.GRANTED
                else:
                    assert one.state in LEGAL[was.state], (was.state, one.state)
                    assert one.check in CHECKS[was.check]
                    if was.state is S.DEREGISTERED:
                        assert one == was, "DEREGISTERED is terminal"
            before = after

    @invariant()
    def at_most_one_licence_stands_on_a_day(self) -> None:
        standing = [
            one
            for one in self.licences().held
            if one.stands_on(self.today) and one.valid_from <= self.today
        ]
        assert len(standing) <= 1

    @invariant()
    def endings_keep_their_own_time(self) -> None:
        grants = {one.fact.licence_id: one.fact.valid_from for one in self.story.of(LicenceGranted)}
        for one in self.story.of(LicenceAnnulled):
            assert one.fact.ex_tunc_from == grants[one.fact.licence_id]
        for one in self.story.of(LicenceRevoked):
            assert grants[one.fact.licence_id] <= one.fact.effective_on <= one.recorded_on

    @invariant()
    def a_licence_is_closed_once_and_for_the_cause_on_record(self) -> None:
        closed = [one.fact.licence_id for one in self.story.of(LicenceDeregistered)]
        assert len(closed) == len(set(closed))
        annulled = {one.fact.licence_id for one in self.story.of(LicenceAnnulled)}
        revoked = {one.fact.licence_id for one in self.story.of(LicenceRevoked)}
        assert not annulled & revoked
        for one in self.story.of(LicenceDeregistered):
            assert (one.fact.cause is EndCause.ANNULLED) == (one.fact.licence_id in annulled)
            assert (one.fact.cause is EndCause.REVOKED) == (one.fact.licence_id in revoked)


TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
