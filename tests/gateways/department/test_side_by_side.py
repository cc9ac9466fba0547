"""What meets in the middle of a step: other processes, outages, and one bad thing among good ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from domain.credit_record import CreditRecordNotKept
from domain.departments import TOPICS
from gateways.department.database import CLOSURES, INTENTS, METADATA, PARKED, POSITIONS, Database
from gateways.department.deciding.answers import KeyReused
from gateways.department.node import Department
from gateways.department.platform import Platform
from gateways.department.publishing.comparing import compare
from gateways.department.publishing.control import (
    Closure,
    closed_record,
    closed_through,
    follow_closures,
)
from gateways.department.reacting.intents import RuleFailed
from gateways.department.taking_in import desk
from gateways.department.taking_in.intake import Intake
from gateways.department.taking_in.lag import lags
from gateways.department.time import SystemClock
from gateways.log.embedded import EmbeddedWriter
from gateways.log.port import LogRecord, LogUnavailable, PositionOutOfRange
from gateways.store.port import StoreForked, StoreUnavailable
from ops.scenario import moment
from projections import received as received_log
from tests.faults.organisations import uscc
from tests.gateways.department.test_clock import CLAIM_ENDS, breaches, registered
from tests.gateways.department.test_intake import (
    Poison,
    out,
    poison,
    same_partition,
    sick_town,
    stored,
)
from tests.gateways.department.test_relay import once_everywhere, registrations
from tests.gateways.department.town import (
    Town,
    again,
    append,
    intents,
    opened,
    parked,
    received,
    types,
)

__all__ = ["poison", "sick_town"]
TOPIC = "labour.samr.registration"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An empty town of two departments."""
    with opened(tmp_path / "town", departments="samr,hr") as one:
        yield one


def test_a_pool_that_is_used_up_is_an_outage_and_no_defect(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hr.sqlite'}")
    pool: Any = database.engine.pool
    pool._timeout = 0.01
    held = [database.engine.connect() for _ in range(15)]
    try:
        with pytest.raises(StoreUnavailable), database.reading():
            pass
    finally:
        for connection in held:
            connection.close()
        database.close()


@pytest.mark.services
def test_two_readers_that_reach_one_closed_stamp_at_once_both_go_on(
    postgres_url: str, postgres_schema: str
) -> None:
    database = Database(
        postgres_url.replace("postgresql:", "postgresql+psycopg:"), schema=postgres_schema
    )
    entitled = frozenset({TOPIC})
    with database.writing() as connection:
        METADATA.create_all(connection)
        connection.execute(
            POSITIONS.insert(),
            {"topic": TOPIC, "partition": 0, "next_offset": 1, "partition_sequence": 1},
        )
        connection.execute(
            CLOSURES.insert(),
            {"node": "samr", "stamp": 7, "partitions": f'[["{TOPIC}", 0, 1]]', "reached": 0},
        )
    both = threading.Barrier(2)

    @event.listens_for(database.engine, "before_cursor_execute")
    def meet(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("DELETE"):
            both.wait(5)

    failed: list[Exception] = []

    def follow() -> None:
        try:
            with database.writing() as connection:
                follow_closures(connection, {}, entitled)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert closed_through(connection, frozenset({"samr"})) == 7
    database.close()
    assert failed == []


def test_what_an_operator_asked_is_not_forgotten_while_a_relay_notes_its_marks(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    town.send()
    marks, ends = town.samr.marks, town.log.ends

    def asked_meanwhile(topics: Any) -> Any:
        marks.ask(TOPIC, TOPICS[TOPIC].partitions)
        return ends(topics)

    monkeypatch.setattr(town.log, "ends", asked_meanwhile)
    marks.note()
    assert len(marks.asked()) == TOPICS[TOPIC].partitions
    assert any(mark.at_sequence for mark in marks.all().values())
    marks.tell({(TOPIC, 0): "its beginning was cut off"})
    assert len(marks.asked()) == TOPICS[TOPIC].partitions


def test_an_intent_that_waits_behind_many_others_is_tried_in_its_turn(town: Town) -> None:
    for number in range(3):
        town.register(number)
    town.send()
    town.samr.intake.catch_up()
    first, second, _ = intents(town.samr)
    with town.samr.database.writing() as connection:
        connection.execute(INTENTS.update().values(state="WAITING"))
    gave = town.samr.gateway.give

    def none_of_the_first(name: str, data: Any, *told: Any, **more: Any) -> Any:
        if more["key"] in (first.intent_id, second.intent_id):
            raise CreditRecordNotKept(record="CR-1")
        return gave(name, data, *told, **more)

    town.samr.gateway.give = none_of_the_first  # type: ignore[method-assign]
    settled = [town.samr.intents.step(waiting=True, limit=1) for _ in range(4)]
    assert settled == [0, 0, 1, 0]
    assert [one.state for one in intents(town.samr)] == ["WAITING", "WAITING", "DONE"]


def test_an_intent_whose_rule_fails_is_a_task_and_the_next_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register(0)
    town.register(1)
    town.send()
    town.samr.intake.catch_up()
    ill, _ = intents(town.samr)
    gave = town.samr.gateway.give

    def failing(name: str, data: Any, *told: Any, **more: Any) -> Any:
        if more["key"] == ill.intent_id:
            raise ZeroDivisionError("no share")
        return gave(name, data, *told, **more)

    monkeypatch.setattr(town.samr.gateway, "give", failing)
    with pytest.raises(RuleFailed, match=r"R01 .*: ZeroDivisionError: the log has more"):
        town.samr.intents.step()
    failed, done = intents(town.samr)
    assert (failed.state, failed.refusal, done.state) == ("WAITING", "ZeroDivisionError", "DONE")
    with pytest.raises(RuleFailed):
        town.samr.intents.step(waiting=True)
    monkeypatch.setattr(town.samr.gateway, "give", gave)
    assert town.samr.intents.step(waiting=True) == 1
    assert types(town.samr).count("push.scope_pushed.v1") == 2


def test_a_clock_that_was_declared_with_other_words_is_declared_and_the_next_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register(1)
    registered(town)
    town.clock.advance_to(moment(CLAIM_ENDS))
    town.platform.close_topics()
    gave, told = town.hr.gateway.give, []

    def given_before(name: str, data: Any, *more: Any, key: str, credential: str) -> Any:
        told.append(key)
        if len(told) == 1:
            raise KeyReused(key)
        return gave(name, data, *more, key=key, credential=credential)

    monkeypatch.setattr(town.hr.gateway, "give", given_before)
    town.hr.clocks.step()
    assert len(told) == 2
    assert len(breaches(town)) == 1
    assert town.hr.clocks.step() == 0


def test_a_reader_that_lost_its_place_during_an_outage_finds_it_afterwards(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register(0)
    town.platform.settle()
    place = next(
        place for place, at in town.hr.intake.reached().items() if at and place[0] == TOPIC
    )

    def away(_: Any) -> Any:
        raise LogUnavailable("away")

    def astray(**_: Any) -> Any:
        town.hr.intake._open().drop(place)
        raise PositionOutOfRange(*place, 9, 0, 1)

    with monkeypatch.context() as outage:
        outage.setattr(town.log, "begins", away)
        outage.setattr(town.hr.intake._open(), "poll", astray)
        town.hr.intake.step()
        assert "is looked for" in town.hr.intake.alarm
    assert place not in town.hr.intake._open().assigned()
    town.hr.intake._astray[place] = 0.0
    town.hr.intake.step()
    assert town.hr.intake.alarm == ""
    assert place in town.hr.intake._open().assigned()


def test_a_log_that_acknowledges_few_at_a_time_is_sent_few_at_a_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        town.register(number)
    append = EmbeddedWriter.append

    def slow(writer: EmbeddedWriter, records: Any) -> None:
        append(writer, records[:3])
        if len(records) > 3:
            raise LogUnavailable("no acknowledgement in time")

    with monkeypatch.context() as busy:
        busy.setattr(EmbeddedWriter, "append", slow)
        for _ in range(60):
            with suppress(LogUnavailable):
                town.samr.relay.step()
    assert town.samr.store.cursor() == town.samr.store.head().sequence
    town.platform.settle()
    assert once_everywhere(town)


def test_a_topic_cut_while_it_is_refilled_is_looked_at_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.register()
    town.send()
    town.samr.marks.ask(TOPIC, TOPICS[TOPIC].partitions)

    def cut(*_: Any, **__: Any) -> Any:
        raise PositionOutOfRange(TOPIC, 0, 1, 2, 3)

    with monkeypatch.context() as now:
        now.setattr(town.log, "read", cut)
        assert town.samr.relay.check_topics() == []
    assert town.samr.marks.asked()
    town.samr.relay.check_topics()
    assert not town.samr.marks.asked()


def test_many_poisoned_records_are_found_in_one_look(
    sick_town: Town, poison: Poison, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, tries = sick_town, 0
    poison.subjects = {uscc(number) for number in range(0, 12, 2)}
    for number in range(12):
        town.register(number)
    town.send()
    kept = town.hr.intake._judge_all

    def judged(*told: Any) -> Any:
        nonlocal tries
        tries += 1
        return kept(*told)

    monkeypatch.setattr(town.hr.intake, "_judge_all", judged)
    town.hr.intake.catch_up()
    assert [state for state, _, _ in parked(town.hr)].count("BLOCKING") == 6
    assert tries <= 4


def test_a_foreign_record_that_was_given_up_is_not_set_aside_again(town: Town) -> None:
    town.register(0)
    town.send()
    last = registrations(town)[-1]
    append(town.log, again(last, b"no event"))
    town.platform.settle()
    (aside,) = town.hr.treatment.records()
    assert town.hr.quarantine.discard(aside["parked_id"], lambda *_: None)
    town.hr.intake._find_anew((last.topic, last.partition))
    while town.hr.intake.step():
        pass
    assert town.hr.treatment.records() == []


def test_many_held_records_are_taken_a_part_at_a_time_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "EARLY_AT_ONCE", 3)
    monkeypatch.setattr(desk, "HELD_PAGE", 2)
    monkeypatch.setattr(desk, "SEQUENCES_PAGE", 2)
    monkeypatch.setattr(desk, "LINES_MAX", 1)
    with opened(tmp_path) as town:
        for number in same_partition(12):
            town.register(number)
        first, *rest = [one for one in stored(town) if one.topic == TOPIC]
        append(town.log, *(out(one) for one in rest))
        town.hr.intake.catch_up()
        assert [state for state, _, _ in parked(town.hr)] == ["EARLY"] * len(rest)
        append(town.log, out(first), *(out(one) for one in rest[5:]))
        sizes, kept = list[int](), Intake._apply

        def applied(intake: Intake, connection: Any, batch: Any) -> int:
            sizes.append(kept(intake, connection, batch))
            return sizes[-1]

        monkeypatch.setattr(Intake, "_apply", applied)
        assert town.hr.intake.step() > 0
    assert max(sizes) == 4
    with opened(tmp_path) as town:
        town.hr.intake.catch_up()
        assert max(sizes) == 4
        assert parked(town.hr) == []
        taken = [one for one in received(town.hr) if one[0] == TOPIC]
        assert [one[3] for one in taken] == [one.body for one in (first, *rest)]


def test_a_batch_costs_the_same_however_many_records_are_parked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "EARLY_AT_ONCE", 50)
    monkeypatch.setattr(desk, "LINES_MAX", 50)
    database = Database(f"sqlite:///{tmp_path / 'hr.sqlite'}")
    with database.writing() as connection:
        METADATA.create_all(connection)
        received_log.METADATA.create_all(connection)
        row = {"offset": 1, "cause": "-", "detail": "", "body": b"{}", "parked_at": 1}
        connection.execute(
            PARKED.insert(),
            [
                row
                | {"topic": TOPIC, "partition": 0, "partition_sequence": number, "state": state}
                | {"key": f"{number}".encode()}
                for number in range(3, 300)
                for state in ("EARLY", "WAITING")
            ],
        )
        plans = {
            place[-1]
            for query in (desk._LINES, desk._ANY)
            for place in connection.exec_driver_sql(
                "explain query plan "
                + str(query.compile(connection, compile_kwargs={"literal_binds": True}))
            )
        }
        assert not any(plan.startswith("SCAN PARKED") for plan in plans), plans

        one = desk.Desk(connection, 1)
        known = LogRecord(TOPIC, 0, 1, b"17", b"{}")
        assert one.blocked(known)
        assert not one.blocked(LogRecord(TOPIC, 0, 1, b"x", b"{}"))
        assert one.hold(known, 17, "") is None
        assert one.hold(known, 300, "") is not None
        assert list(one.early((TOPIC, 0), 1)) == []
        assert [sequence for sequence, _ in one.early((TOPIC, 0), 2)][-1] == 2 + desk.EARLY_AT_ONCE
        assert one.more == {(TOPIC, 0)}
    database.close()


def test_a_position_is_found_by_an_index() -> None:
    engine = create_engine("sqlite://")
    received_log.METADATA.create_all(engine)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "explain query plan select count(*) from received"
            " where department = 'hr' and sequence between 3 and 4"
        ).all()
    assert "received_sequence" in plan[0][-1]


def test_waits_are_told_where_another_partition_was_cut(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        town.register(number)
    town.send()
    town.clock.advance_to(town.clock.now() + 5_000_000)
    read = town.log.read
    lost = next(place for place, end in town.log.ends([TOPIC]).items() if end)

    def cut(positions: Any, **more: Any) -> Any:
        if lost in positions:
            raise PositionOutOfRange(*lost, 0, 2, 3)
        return read(positions, **more)

    monkeypatch.setattr(town.log, "read", cut)
    (told,) = [one for one in lags(town.hr, town.log.ends([TOPIC])) if one.topic == TOPIC]
    assert told.oldest_wait_s == pytest.approx(5.0, abs=0.1)


def test_a_hole_in_a_partition_that_another_reader_took_over_is_no_alarm_here(town: Town) -> None:
    for number in same_partition(3):
        town.register(number)
    first, *rest = [one for one in stored(town) if one.topic == TOPIC]
    append(town.log, *(out(one) for one in rest))
    town.hr.intake.catch_up()
    place = (TOPIC, first.partition)
    town.hr.intake._find_anew(place)
    town.hr.intake.catch_up()
    assert "partition sequence 1 is not on the log" in town.hr.intake.alarm
    town.hr.intake._open().drop(place)
    assert town.hr.intake.alarm == ""


def test_a_closed_stamp_is_reached_only_with_the_records_that_it_names(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'hr.sqlite'}")
    entitled, nodes = frozenset({TOPIC}), frozenset({"samr"})
    said = Closure(node="samr", mode="real", stamp=7, partitions={(TOPIC, 0): 2})
    with database.writing() as connection:
        METADATA.create_all(connection)
        row = {"topic": TOPIC, "partition": 0, "next_offset": 1, "partition_sequence": 1}
        connection.execute(POSITIONS.insert(), row)
        assert follow_closures(connection, {"samr": [said]}, entitled)
        assert closed_through(connection, nodes) == 0
        connection.execute(POSITIONS.update().values(partition_sequence=2))
        assert not follow_closures(connection, {}, entitled)
        assert closed_through(connection, nodes) == 7
    database.close()


def test_an_offset_that_comes_round_again_does_not_let_a_stale_reader_pass(town: Town) -> None:
    """Another reader went back to the beginning of a topic made anew, and stands further on."""
    first, second = same_partition(2)
    town.register(first)
    town.platform.settle()
    with town.hr.database.writing() as connection:
        connection.execute(
            POSITIONS.update()
            .where(POSITIONS.c.topic == TOPIC)
            .values(partition_sequence=POSITIONS.c.partition_sequence + 1)
        )
    before = [one for one in received(town.hr) if one[0] == TOPIC]
    town.register(second)
    town.send()
    town.hr.intake.step()
    assert [one for one in received(town.hr) if one[0] == TOPIC] == before


def test_what_cannot_be_given_back_keeps_nothing_else_from_being_released() -> None:
    stopped: list[str] = []

    def part(name: str) -> Any:
        def stop() -> None:
            stopped.append(name)
            if name != "log":
                raise StoreUnavailable(name)

        return SimpleNamespace(id=name, stop=stop, close=stop, intake=SimpleNamespace(topics=()))

    parts: Any = {name: part(name) for name in ("samr", "hr")}
    with pytest.raises(StoreUnavailable):
        Platform(parts, part("log"), SystemClock()).stop()
    one: Any = Department.__new__(Department)
    names = ["deliveries", "inbound", "receipts", "ledger", "intake", "relay", "store", "database"]
    for name in names:
        setattr(one, name, part(name))
    with pytest.raises(StoreUnavailable):
        one.stop()
    assert sorted(stopped[:2]) == ["hr", "samr"]
    assert stopped[2:] == ["log", *names]


def test_a_store_that_lacks_what_it_closed_over_is_an_older_one(town: Town) -> None:
    """The topics of what it lacks were cut too: only the closed stamp tells."""
    town.register()
    town.send()
    town.samr.relay.close_topics()
    compare(town.samr.store, town.log)
    head = town.samr.store.head()
    ahead = replace(head, sequence=head.sequence + 1, stamp=head.stamp + 1)
    append(town.log, closed_record("samr", ahead, town.samr.store.partition_ends()))
    with pytest.raises(StoreForked, match=f"closed its topics at sequence {ahead.sequence}"):
        compare(town.samr.store, town.log)
