"""Parked records are grouped by cause, and released, converted or discarded by who may do so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, insert, select

from domain.errors import Refusal
from gateways.contracts import canonical
from gateways.department.database import PARKED
from gateways.department.ledger import telling
from gateways.department.node import Department
from gateways.department.quarantine import grouping
from gateways.department.quarantine.grouping import ParkedGroup
from gateways.department.quarantine.treatment import Treatment
from gateways.http.health import Figures
from gateways.log.port import OutRecord
from ops.posts import default_post
from projections import clocks
from projections.clocks.terms import TERMS
from tests.faults.organisations import uscc
from tests.gateways.department.test_intake import (
    Poison,
    out,
    poison,
    same_partition,
    stored,
)
from tests.gateways.department.town import REGION, Town, append, opened, parked, received

__all__ = ["poison"]

HEAD = default_post("HRSS_INSP", REGION, "HEAD")
OFFICER = default_post("HRSS_INSP", REGION, "OFFICER")
REGISTRATION = "labour.samr.registration"
REGISTERED, TOLD = "subject.registered.v1", "subject.registrant_notified.v1"
NEW_NAMES = ["沈阳虚例第二人力有限公司", "沈阳虚例第三人力有限公司"]


@pytest.fixture
def town(poison: Poison, tmp_path: Path) -> Iterator[Town]:
    assert poison.subjects == set()
    with opened(tmp_path / "sick", departments="samr,hr") as one:
        yield one


def rename(town: Town, number: int, name: str) -> None:
    data = {"organisation": uscc(number), "change": "NAME", "after": name}
    town.give("SAMR", "ChangeRegistration", data)


def take_in(town: Town) -> None:
    town.send()
    town.hr.intake.catch_up()


def stuck(town: Town, topic: str = REGISTRATION) -> ParkedGroup:
    """The one group of heads of a topic."""
    (one,) = [group for group in town.hr.treatment.groups() if group.topic == topic]
    return one


def decide(department: Department, name: str, group: str, post: Any = HEAD, **more: Any) -> None:
    data = {"group": group, "reason": "系统故障已排除", **more}
    department.give(name, data, post, key=f"{name}/{group}/{post.id}/{more}")


def refusal(department: Department, name: str, group: str, post: Any = HEAD, **more: Any) -> str:
    with pytest.raises(Refusal) as refused:
        decide(department, name, group, post, **more)
    return refused.value.rule


def facts_of(town: Town, group: str) -> list[str]:
    return [one.type for one in town.hr.treatment.history(group)]


def applied(town: Town, subject: str) -> list[str]:
    """What was applied here of a firm's registration: the new names, else the types, in order."""
    found = [
        canonical.decode(body)
        for topic, _, _, body in received(town.hr)
        if topic == REGISTRATION and canonical.decode(body)["subject"] == subject
    ]
    return [one["data"].get("after") or one["type"] for one in found]


def exchanged(town: Town, events: list[Any]) -> list[telling.Stage]:
    """How far events of 市场监管 have come with 人社, by the receipts that it gives now."""
    town.platform.exchange_receipts()
    with town.samr.reading() as connection:
        ways = [
            telling.way(connection, town.samr.store, canonical.decode(one.body)["id"])
            for one in events
        ]
    return [next(one for one in way.stages if one.reader == "hr") for way in ways]


def ledger_line(town: Town) -> telling.Line:
    """How 人社 stands in the register of 市场监管."""
    with town.samr.reading() as connection:
        lines = telling.lines(connection, "samr", town.samr.store, town.clock.now())
    (line,) = [one for one in lines if (one.reader, one.topic) == ("hr", REGISTRATION)]
    return line


def test_a_discarded_head_lets_its_followers_go_on_in_order_and_stays_on_record(
    town: Town, poison: Poison
) -> None:
    sick, well = same_partition(2)
    poison.subjects = {uscc(sick)}
    town.register(sick)
    town.register(well)
    for name in NEW_NAMES:
        rename(town, sick, name)
    take_in(town)
    assert applied(town, uscc(well))
    group = stuck(town)
    assert (group.cause, group.records, group.keys) == ("POISONED", 1, [uscc(sick)])
    assert group.error == "ZeroDivisionError: no row for #"
    town.hr.treatment.step()
    assert facts_of(town, group.group) == ["delivery.records_parked.v1"]

    poison.subjects = set()
    decide(town.hr, "DiscardParked", group.group, through=group.through)
    assert town.hr.treatment.step() == 1
    assert applied(town, uscc(sick)) == [TOLD, *NEW_NAMES]
    assert facts_of(town, group.group)[1:] == [
        "delivery.parked_decided.v1",
        "delivery.parked_settled.v1",
    ]
    assert town.hr.treatment.groups() == []
    (gone,) = [one for one in town.hr.treatment.records(settled=True) if one.get("act")]
    assert (gone["state"], gone["post"], gone["reason"]) == (
        "DISCARDED",
        HEAD.id,
        "系统故障已排除",
    )
    assert gone["group"] == group.group
    behind = [one for one in town.hr.treatment.records(settled=True) if one != gone]
    assert {(one["state"], one["followed"], one["post"], one["group"]) for one in behind} == {
        ("RELEASED", "DISCARD", HEAD.id, group.group)
    }
    stages = exchanged(town, stored(town))
    assert [one.state for one in stages] == ["DISCARDED", *(["ACTED"] * len(stages[1:]))]
    assert [one.dealt for one in stages].count("RELEASED") == len(behind)
    line = ledger_line(town)
    assert (line.discarded, line.released, line.fixed) == (1, len(behind), 0)
    assert (line.applied, line.state) == (line.published - 1, "AGREES")


def test_a_release_that_fails_again_leaves_the_group_open_and_a_new_cause_is_a_new_group(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1), uscc(2)}
    town.register(1)
    town.register(2)
    rename(town, 2, NEW_NAMES[0])
    take_in(town)
    group = stuck(town)
    assert (group.records, group.keys_in_all, group.cases_in_all) == (2, 2, 2)
    town.hr.treatment.step()

    poison.subjects = {uscc(2)}
    decide(town.hr, "ReleaseParked", group.group, OFFICER)
    assert stuck(town).deciding == "RELEASE"
    assert refusal(town.hr, "ReleaseParked", group.group) == "ParkedDecisionRunning"
    assert town.hr.treatment.step() == 1
    assert applied(town, uscc(1)) == [REGISTERED, TOLD]
    assert facts_of(town, group.group)[-1] == "delivery.parked_remained.v1"
    assert stuck(town).records == 1

    poison.why = "another table is gone"
    decide(town.hr, "ReleaseParked", group.group, OFFICER, through=group.through)
    town.hr.treatment.step()
    settled = town.hr.treatment.history(group.group)[-1].fact
    assert (settled.TYPE, settled.outcome) == ("delivery.parked_settled.v1", "MOVED")
    other = stuck(town)
    assert other.group != group.group
    assert other.error == "ZeroDivisionError: another table is gone"
    assert refusal(town.hr, "ReleaseParked", group.group) == "ParkedGroupUnknown"
    town.hr.treatment.step()
    assert stuck(town).opened

    poison.subjects = set()
    decide(town.hr, "ReleaseParked", other.group, OFFICER)
    town.hr.treatment.step()
    assert applied(town, uscc(2)) == [REGISTERED, TOLD, NEW_NAMES[0]]
    assert parked(town.hr) == []


def test_what_was_not_seen_is_not_discarded_and_some_records_alone_can_be(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(number) for number in range(1, 5)}
    for number in (1, 2, 3):
        town.register(number)
    take_in(town)
    seen = stuck(town)
    town.hr.treatment.step()
    town.register(4)
    take_in(town)
    records = town.hr.treatment.records(seen.group)
    first = next(one["parked_id"] for one in records if one["state"] == "BLOCKING")
    decide(town.hr, "DiscardParked", seen.group, records=[str(first)])
    assert town.hr.treatment.step() == 1
    assert stuck(town).records == 3
    decide(town.hr, "DiscardParked", seen.group, through=seen.through)
    assert town.hr.treatment.step() == 2
    assert stuck(town).keys == [uscc(4)]
    assert stuck(town).group == seen.group


def test_a_follower_that_fails_for_the_same_cause_is_not_discarded_with_its_head(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1)}
    town.register(1)
    for name in NEW_NAMES:
        rename(town, 1, name)
    take_in(town)
    poison.types = {REGISTERED, "subject.registration_changed.v1"}
    town.hr.treatment.step()
    group = stuck(town)
    decide(town.hr, "DiscardParked", group.group)
    town.hr.treatment.step()
    assert applied(town, uscc(1)) == [TOLD]
    (other,) = town.hr.treatment.groups()
    assert (other.event_type, other.records, other.waiting) == (
        "subject.registration_changed.v1",
        1,
        1,
    )
    town.hr.treatment.step()
    decide(town.hr, "DiscardParked", other.group)
    town.hr.treatment.step()
    (last,) = town.hr.treatment.groups()
    assert (last.group, last.records, last.waiting) == (other.group, 1, 0)
    told = town.hr.treatment.history(other.group)[-1].fact
    assert (told.done, told.remaining) == (1, 1)


def test_a_follower_that_became_a_head_after_a_decision_is_not_touched_by_it(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1), uscc(2)}
    poison.types = {"subject.registration_changed.v1"}
    town.register(2)
    for name in NEW_NAMES:
        rename(town, 2, name)
    take_in(town)
    poison.types = {REGISTERED, "subject.registration_changed.v1"}
    town.register(1)
    rename(town, 1, NEW_NAMES[0])
    take_in(town)
    town.hr.treatment.step()
    by_type = {one.event_type: one.group for one in town.hr.treatment.groups()}
    changed = by_type["subject.registration_changed.v1"]
    town.clock.advance_to(town.clock.now() + 1_000_000)
    decide(town.hr, "DiscardParked", changed)
    town.clock.advance_to(town.clock.now() + 1_000_000)
    decide(town.hr, "DiscardParked", by_type[REGISTERED])
    town.hr.treatment.carry_out(by_type[REGISTERED])
    assert stuck_of(town, changed).records == 2
    town.hr.treatment.step()
    left = stuck_of(town, changed)
    assert (left.records, left.keys_in_all) == (2, 2)
    states = [one["state"] for one in town.hr.treatment.records(settled=True)]
    assert states.count("DISCARDED") == 2


def stuck_of(town: Town, group: str) -> ParkedGroup:
    found = town.hr.treatment.group(group)
    assert found is not None
    return found


def test_a_record_that_does_not_fit_is_applied_repaired_and_its_own_bytes_stay(
    town: Town,
) -> None:
    town.register(1)
    rename(town, 1, NEW_NAMES[0])
    registered, *others = stored(town)

    def emptied(envelope: dict[str, Any]) -> None:
        envelope["data"]["legal_representative"] = ""

    came = out(registered, emptied)
    append(town.log, came, *(out(one) for one in others))
    town.hr.intake.catch_up()
    group = stuck(town)
    assert (group.cause, group.event_type) == ("INVALID", REGISTERED)
    town.hr.treatment.step()
    decide(town.hr, "FixParked", group.group, OFFICER, upcaster="TRIMMED_TEXT")
    town.hr.treatment.step()
    assert stuck(town).group == group.group
    decide(town.hr, "FixParked", group.group, OFFICER, upcaster="ABSENT_NOT_EMPTY")
    assert town.hr.treatment.step() == 1
    assert applied(town, uscc(1)) == [REGISTERED, TOLD, NEW_NAMES[0]]
    (fixed,) = [one for one in town.hr.treatment.records(settled=True) if one["state"] == "FIXED"]
    assert (fixed["repair"], fixed["post"]) == ("ABSENT_NOT_EMPTY", OFFICER.id)
    behind = [one for one in town.hr.treatment.records(settled=True) if one.get("followed")]
    assert {(one["state"], one["post"]) for one in behind} == {("RELEASED", OFFICER.id)}

    append(town.log, came)
    town.hr.intake.catch_up()
    assert [one for one in parked(town.hr) if one[0] == "FOREIGN"] == []
    append(town.log, out(registered, lambda envelope: envelope["data"].update(name="甲乙丙")))
    town.hr.intake.catch_up()
    assert [cause for _, cause, _ in parked(town.hr) if cause == "CONFLICT"] == ["CONFLICT"]


def test_foreign_records_are_only_discarded_and_early_ones_wait_for_what_is_missing(
    town: Town,
) -> None:
    town.register(1)
    first, *others = [one for one in stored(town) if one.topic == REGISTRATION]
    append(town.log, OutRecord(REGISTRATION, first.partition, b"x", b"<not ours>"))
    append(town.log, *(out(one) for one in others))
    town.hr.intake.catch_up()
    groups = {one.kind: one for one in town.hr.treatment.groups()}
    assert groups.keys() == {"FOREIGN", "EARLY"}
    town.hr.treatment.step()
    assert facts_of(town, groups["EARLY"].group) == []
    town.clock.advance_to(town.clock.now() + 61_000_000)
    town.hr.treatment.step()
    assert facts_of(town, groups["EARLY"].group) == ["delivery.records_parked.v1"]
    foreign, early = groups["FOREIGN"].group, groups["EARLY"].group
    assert refusal(town.hr, "ReleaseParked", foreign) == "ForeignOnlyDiscarded"
    assert refusal(town.hr, "DiscardParked", early) == "EarlyRecordsWait"

    decide(town.hr, "DiscardParked", foreign)
    append(town.log, out(first))
    town.hr.intake.catch_up()
    town.hr.treatment.step()
    assert town.hr.treatment.groups() == []
    assert applied(town, uscc(1)) == [REGISTERED, TOLD]
    ended = [town.hr.treatment.history(one)[-1].fact for one in (foreign, early)]
    assert [one.outcome for one in ended] == ["DISCARDED", "RELEASED"]


@pytest.mark.parametrize("after", ["the decision", "the picking", "one record", "the discarding"])
def test_a_decision_that_a_crash_interrupted_is_carried_out_once(
    town: Town, poison: Poison, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    poison.subjects = {uscc(1), uscc(2)}
    for number in (1, 2):
        town.register(number)
        rename(town, number, NEW_NAMES[0])
    take_in(town)
    group = stuck(town)
    treatment = town.hr.treatment
    treatment.step()
    poison.subjects = set()
    decide(town.hr, "DiscardParked", group.group, through=group.through)
    done: list[int] = []

    def crash(*_told: Any, **_more: Any) -> Any:
        raise KeyboardInterrupt

    def once(decided: Any, parked_id: int) -> None:
        if done:
            crash()
        done.append(parked_id)
        Treatment._do(treatment, decided, parked_id)

    place: dict[str, tuple[Any, str, Any]] = {
        "the decision": (treatment, "_pick", crash),
        "the picking": (treatment, "_do", crash),
        "one record": (treatment, "_do", once),
        "the discarding": (town.hr.quarantine, "follow", crash),
    }
    with monkeypatch.context() as broken:
        broken.setattr(*place[after])
        with pytest.raises(KeyboardInterrupt):
            treatment.step()
    rename(town, 1, NEW_NAMES[1])
    take_in(town)
    treatment.step()
    town.hr.quarantine.resume_headless()
    every = town.hr.treatment.records(settled=True)
    assert {one["reason"] for one in every if one["state"] == "RELEASED"} == {"系统故障已排除"}
    assert applied(town, uscc(1)) == [TOLD, *NEW_NAMES]
    assert applied(town, uscc(2)) == [TOLD, NEW_NAMES[0]]
    assert facts_of(town, group.group)[1:] == [
        "delivery.parked_decided.v1",
        "delivery.parked_settled.v1",
    ]
    assert treatment.history(group.group)[-1].fact.records == 2
    treatment.step()
    assert len(facts_of(town, group.group)) == 3


def test_many_heads_are_read_again_only_when_something_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def park(numbers: range, detail: str) -> None:
        same = {"topic": REGISTRATION, "partition": 0, "body": b"{}", "state": "BLOCKING"}
        with town.hr.database.writing() as connection:
            connection.execute(
                insert(PARKED),
                [
                    same
                    | {"offset": one, "partition_sequence": one + 1, "key": str(one).encode()}
                    | {"cause": "POISONED", "detail": detail, "parked_at": town.clock.now()}
                    for one in numbers
                ],
            )

    read: list[int] = []
    heads = grouping.heads

    def counted(connection: Connection) -> Any:
        found = heads(connection)
        read.append(len(found))
        return found

    def told() -> dict[str, int]:
        read.clear()
        return town.hr.treatment.tell()

    monkeypatch.setattr(grouping, "heads", counted)
    park(range(9), "no row")
    many = told()
    assert (list(many.values()), read) == ([9], [9])
    assert (told(), read) == (many, [])
    park(range(9, 10), "another error")
    both = told()
    assert (sorted(both.values()), read) == ([1, 9], [10])
    (other,) = set(both) - set(many)
    decide(town.hr, "ReleaseParked", other)
    # Tried again it fails for another cause: as many heads as before, in another group.
    town.hr.treatment.step()
    again = told()
    assert len(set(again) - set(both)) == 1
    assert sorted(one for one in again.values() if one) == [1, 9]
    park(range(10, 10_000), "no row")
    again = told()
    assert (max(again.values()), read) == (9_999, [10_000])
    assert (told(), read) == (again, [])


def test_the_term_of_a_group_is_a_task_is_missed_by_its_owner_and_stops_when_nothing_is_left(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1)}
    town.register(1)
    take_in(town)
    town.hr.treatment.step()
    group = stuck(town)

    def term() -> Any:
        town.platform.settle()
        with town.hr.reading() as connection:
            query = select(TERMS).where(
                TERMS.c.code == "DL-QUARANTINE", TERMS.c.subject == group.group
            )
            return connection.execute(query).one()

    assert (term().owner, term().due, term().subject) == ("HRSS", "2024-11-19", group.group)
    with town.hr.reading() as connection:
        tasks = clocks.open_tasks(connection, organs=("HRSS",), region=REGION, now=town.clock.now())
    assert {"ReleaseParked", "DiscardParked"} <= {
        name for task in tasks if task.code == "DL-QUARANTINE" for name in task.commands
    }
    town.live_until("2024-11-20T09:00")
    assert term().breach_event is not None
    poison.subjects = set()
    decide(town.hr, "ReleaseParked", group.group)
    town.hr.treatment.step()
    assert not term().open


def test_health_and_metrics_name_the_groups(town: Town, poison: Poison) -> None:
    poison.subjects = {uscc(1)}
    town.register(1)
    take_in(town)
    figures = CollectorRegistry(auto_describe=False)
    figures.register(Figures(town.platform))
    wanted = {"department": "hr", "topic": REGISTRATION, "cause": "POISONED"}
    wanted["group"] = stuck(town).group
    assert figures.get_sample_value("liandong_parked_group_records", wanted) == 2


def test_live_workers_tell_of_a_group_and_carry_a_decision_out(town: Town, poison: Poison) -> None:
    poison.subjects = {uscc(1)}
    town.register(1)
    town.platform.start()

    def until(met: Any) -> None:
        for _ in range(600):
            if met():
                return
            time.sleep(0.1)
        raise AssertionError("never came")

    until(lambda: [one for one in town.hr.treatment.groups() if one.opened])
    group = stuck(town)
    poison.subjects = set()
    decide(town.hr, "ReleaseParked", group.group)
    until(lambda: facts_of(town, group.group)[-1] == "delivery.parked_settled.v1")
    assert applied(town, uscc(1)) == [REGISTERED, TOLD]


def test_a_decision_is_of_its_territory_and_of_what_was_parked_by_then(
    town: Town, poison: Poison
) -> None:
    poison.subjects = {uscc(1), uscc(2)}
    town.register(1)
    take_in(town)
    group = stuck(town)
    town.hr.treatment.step()
    elsewhere = default_post("HRSS", "210204")
    assert refusal(town.hr, "DiscardParked", group.group, elsewhere) == "OutsideTerritory"
    decide(town.hr, "DiscardParked", group.group)
    assert town.hr.treatment.history(group.group)[-1].region == REGION
    town.clock.advance_to(town.clock.now() + 1_000_000)
    town.register(2)
    take_in(town)
    town.hr.treatment.step()
    assert [state for state, cause, _ in parked(town.hr) if cause == "POISONED"] == [
        "DISCARDED",
        "BLOCKING",
    ]
