"""Two officers decide at once, in real threads on a real store: one decision, one named refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.departments import TOPICS
from domain.errors import Refusal
from domain.facts import instant
from gateways.contracts import canonical
from gateways.department.database import Database
from gateways.department.deciding.answers import Given
from gateways.department.node import Department
from gateways.department.time import SimulatedClock
from gateways.files.store import FileStore
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import TopicSpec
from gateways.store import migrate
from gateways.store.port import EventStore
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore
from gateways.trust.vault import Vault
from ops.player import all_events
from ops.posts import post_of
from ops.scenario import moment
from ops.wiring import tables_of
from tests.domain.casework import OFFICERS
from tests.domain.story import LN_A

REGION = "210103"
FINE = {
    "kind": "FINE",
    "amount_fen": 1_500_000,
    "code": "V-CON-01",
    "basis": "就业促进法第65条",
}


class Office:
    """人社 alone, on one store, with a clock that the test moves."""

    def __init__(self, hr: Department, clock: SimulatedClock) -> None:
        self.hr, self.clock = hr, clock
        self.given = 0

    def give(self, post: str, command: str, **data: Any) -> Given:
        self.given += 1
        return self.hr.give(command, data, post_of(f"{post}@{REGION}"), key=f"k{self.given}")

    def wait(self, days: int) -> None:
        later = instant(self.clock.now()) + timedelta(days=days)
        self.clock.advance_to(moment(later.strftime("%Y-%m-%dT%H:%M")))

    def facts(self, *types: str) -> list[Mapping[str, Any]]:
        """The published envelopes of these types, in order."""
        bodies = (canonical.decode(one.body) for one in all_events(self.hr.store))
        return [one for one in bodies if one["type"] in types]

    def last(self, field: str) -> str:
        """The newest value of an id."""
        bodies = [canonical.decode(one.body) for one in all_events(self.hr.store)]
        return str([one["data"][field] for one in bodies if field in one["data"]][-1])

    def at_once(self, monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], Given]) -> list[Any]:
        """What became of acts that had each read the history before any was recorded."""
        barrier, append, met = threading.Barrier(len(acts)), self.hr.store.append, threading.local()
        outcomes: list[Any] = [None] * len(acts)

        def append_together(one: Any) -> Any:
            if not getattr(met, "already", False):
                met.already = True
                barrier.wait(20)
            return append(one)

        def run(place: int, act: Callable[[], Given]) -> None:
            try:
                outcomes[place] = act()
            except Exception as error:
                outcomes[place] = error

        with monkeypatch.context() as patched:
            patched.setattr(self.hr.store, "append", append_together)
            threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return outcomes

    def case(self) -> str:
        """A case filed on an accepted complaint."""
        self.complaint()
        self.give(
            "HRSS_INSP",
            "DecideComplaint",
            organisation=LN_A,
            complaint=self.last("complaint_id"),
            outcome="ACCEPTED",
        )
        self.file()
        return self.last("case_id")

    def complaint(self) -> str:
        """A complaint about LN-A."""
        self.give(
            "HRSS_INSP",
            "RegisterComplaint",
            organisation=LN_A,
            kind="COMPLAINT",
            channel="VISIT",
            about_what="虚假招聘并收费",
        )
        return self.last("complaint_id")

    def lead(self) -> str:
        """A lead about LN-A, sent to the labour inspection."""
        self.give(
            "HRSS_MKT",
            "TransferLead",
            kind="PENALTY_LEAD",
            source="INSPECTION",
            to_organ="HRSS_INSP",
            organisation=LN_A,
            summary="未经许可收费",
            codes=["V-LIC-04"],
        )
        return self.last("lead_id")

    def file(self) -> Given:
        return self.give(
            "HRSS_INSP",
            "FileCase",
            organisation=LN_A,
            codes=["V-CON-01"],
            complaints=[self.last("complaint_id")],
            officers=list(OFFICERS),
        )

    def notified(self) -> str:
        """A case whose party was told of a fine and let the term for a hearing pass."""
        case = self.case()
        self.give(
            "HRSS_INSP",
            "ConcludeInvestigation",
            case=case,
            illegal_income_fen=400_000,
            licensed=True,
            proposal="建议罚款",
        )
        self.give(
            "HRSS_INSP", "ServePenaltyNotice", case=case, notice_no="沈河告1号", proposed=[FINE]
        )
        self.wait(20)
        return case

    def found(self, case: str) -> str:
        """The id of a finding that raises the referral question."""
        self.find(case)
        return self.last("finding_id")

    def find(self, case: str) -> Given:
        """A finding in the case with a loss of victims: the referral question is open."""
        return self.give(
            "HRSS_INSP",
            "RecordViolation",
            organisation=LN_A,
            code="V-CON-01",
            about=case,
            facts=["虚构岗位收取9人费用"],
            act_from="2025-01-05",
            persons=9,
            signs=["VICTIM_LOSS"],
        )

    def propose(self, case: str, finding: str) -> Given:
        return self.give(
            "HRSS_INSP",
            "ProposeReferral",
            organisation=LN_A,
            about=case,
            findings=[finding],
            team=list(OFFICERS),
            crimes=["XF-266"],
        )

    def penalise(self, case: str, number: str = "沈河罚1号") -> Given:
        return self.give(
            "HRSS_INSP.HEAD",
            "DecidePenalty",
            case=case,
            decision_no=number,
            measures=[FINE],
            reason="事实清楚",
        )


def store_of(request: pytest.FixtureRequest, folder: Path) -> tuple[EventStore, Database]:
    """A migrated store of 人社 and the database of its readers."""
    if request.param == "sqlite":
        target = str(folder / "hr.sqlite")
        migrate.upgrade(target, None, extra=tables_of("hr"))
        return SQLiteStore.open(target, "hr", "simulated"), Database(f"sqlite:///{target}")
    url = request.getfixturevalue("postgres_url")
    schema = request.getfixturevalue("postgres_schema")
    migrate.upgrade(url, schema, extra=tables_of("hr"))
    database = Database("postgresql+psycopg:" + url.split(":", 1)[1], schema=schema)
    return PostgresStore.open(url, schema, "hr", "simulated"), database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as opened:
        store, database = store_of(request, tmp_path)
        clock = SimulatedClock(moment("2025-02-12T09:00"))
        log = EmbeddedLog(tmp_path / "log.sqlite")
        opened.callback(log.close)
        log.ensure_topics(TopicSpec(one.name, one.partitions) for one in TOPICS.values())
        hr = Department(
            "hr",
            store=store,
            log=log,
            database=database,
            vault=Vault("hr", bytes(range(32))),
            files=FileStore(tmp_path / "files"),
            clock=clock,
            draw=lambda size: bytes(size),
            holder="test",
            mode="simulated",
            shared=False,
        )
        opened.callback(hr.stop)
        yield Office(hr, clock)


def one_won(outcomes: list[Any], rule: str) -> None:
    """One act was accepted; the other was refused by this rule, in words for both languages."""
    assert sum(isinstance(one, Given) for one in outcomes) == 1, outcomes
    (refusal,) = [one for one in outcomes if not isinstance(one, Given)]
    assert isinstance(refusal, Refusal), refusal
    assert refusal.rule == rule
    assert all(refusal.sentence(one) and refusal.advice(one) for one in ("zh", "en"))


def test_of_two_decisions_on_one_referral_one_stands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.case()
    office.propose(case, office.found(case))
    referral = office.last("referral_id")
    decide = partial(office.give, "HRSS.HEAD", "DecideReferral", referral=referral)
    outcomes = office.at_once(
        monkeypatch,
        partial(decide, approved=True),
        partial(decide, approved=False, reason="事实不清"),
    )
    one_won(outcomes, "ReferralAlreadyDecided")
    assert len(office.facts("referral.decided.v1")) == 1


def test_of_two_penalties_in_one_case_one_stands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.notified()
    outcomes = office.at_once(
        monkeypatch,
        partial(office.penalise, case, "沈河罚1号"),
        partial(office.penalise, case, "沈河罚2号"),
    )
    one_won(outcomes, "PenaltyAlreadyDecided")
    assert len(office.facts("case.penalty_decided.v1")) == 1


def test_a_complaint_that_two_officers_decide_on_has_one_outcome(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = partial(
        office.give,
        "HRSS_INSP",
        "DecideComplaint",
        organisation=LN_A,
        complaint=office.complaint(),
    )
    outcomes = office.at_once(
        monkeypatch,
        partial(decide, outcome="ACCEPTED"),
        partial(decide, outcome="REFUSED", reason="超过二年"),
    )
    one_won(outcomes, "ComplaintAlreadyDecided")
    assert len(office.facts("complaint.decided.v1")) == 1


def test_of_two_cases_on_one_complaint_one_is_filed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = office.complaint()
    office.give(
        "HRSS_INSP",
        "DecideComplaint",
        organisation=LN_A,
        complaint=complaint,
        outcome="ACCEPTED",
    )
    one_won(office.at_once(monkeypatch, office.file, office.file), "ComplaintAlreadyFiled")
    assert len(office.facts("case.filed.v1")) == 1
    assert len(office.facts("complaint.case_filed.v1")) == 1


def test_of_two_cases_on_one_lead_one_is_filed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = office.lead()
    office.give("HRSS_INSP", "ReceiptLead", lead=lead)
    file = partial(
        office.give,
        "HRSS_INSP",
        "FileCase",
        organisation=LN_A,
        codes=["V-LIC-04"],
        leads=[lead],
        officers=list(OFFICERS),
    )
    one_won(office.at_once(monkeypatch, file, file), "LeadAlreadyFiled")
    assert len(office.facts("case.filed.v1")) == 1


def test_a_lead_is_not_signed_for_and_returned_at_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = office.lead()
    receipt = partial(office.give, "HRSS_INSP", "ReceiptLead", lead=lead)
    outcomes = office.at_once(
        monkeypatch,
        receipt,
        partial(receipt, outcome="RETURNED", returned_to="SAMR", reason="不属本机关职权"),
    )
    one_won(outcomes, "LeadAlreadyReceipted")
    assert len(office.facts("lead.receipted.v1")) == 1


def test_no_penalty_slips_in_beside_a_finding_that_may_be_a_crime(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decree 310 art. 11: each read that the other had not happened; still no penalty follows."""
    case = office.notified()
    outcomes = office.at_once(
        monkeypatch, partial(office.find, case), partial(office.penalise, case)
    )
    found, decided = "finding.violation_found.v1", "case.penalty_decided.v1"
    order = [one["type"] for one in office.facts(found, decided)]
    if order[0] == found:
        one_won(outcomes, "FindingQuestionOpen")
    else:
        assert order == [decided, found]


def test_a_penalty_decided_before_a_crime_was_found_is_decided_again_after_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is forced: the finding is recorded while the penalty is about to be."""
    case = office.notified()
    append = office.hr.store.append

    def found_first(one: Any) -> Any:
        monkeypatch.undo()
        office.find(case)
        return append(one)

    monkeypatch.setattr(office.hr.store, "append", found_first)
    with pytest.raises(Refusal) as refused:
        office.penalise(case)
    assert refused.value.rule == "FindingQuestionOpen"
    assert office.facts("case.penalty_decided.v1") == []
