"""The delivery ledger: every reader's receipts against the publisher's own bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from domain.delivery.facts import DeliveryFaultFound, DeliveryFaultMended
from gateways.department import workers
from gateways.department.ledger import keeping, restating, saying, telling, timing
from gateways.department.ledger.comparing import Compared, Standing
from gateways.department.ledger.keeping import Ledger
from gateways.department.ledger.receipts import Entry
from gateways.department.ledger.tables import APPLIED, DEALT, LATE, OUTBOX, RECEIPTS
from gateways.department.node import Department
from gateways.department.roles import ROLES
from gateways.department.taking_in import lag
from gateways.log.port import LogUnavailable
from ops.doctor import delivery
from ops.settings import Settings
from projections.catalogue import PROJECTIONS
from projections.reader import Facts, Reader
from projections.received import RECEIVED
from projections.rows import Rows
from tests.gateways.department.foreign import ForeignSystem
from tests.gateways.department.town import Town, bodies, firm, opened, parked, release, types

SECOND = 1_000_000
LICENSING = "labour.hr.licensing"
ALIVE = ("samr", "hr", "drc")


def exchange(town: Town, among: Sequence[str] = ALIVE) -> None:
    """One round of everything a live node does, without its clock."""
    departments = [town.platform.departments[name] for name in among]
    for one in departments:
        while patiently(one.relay.step):
            pass
        one.receipts.say()
        patiently(one.relay.send_control)
    for one in departments:
        patiently(one.intake.catch_up)
        while one.intents.step():
            pass
    for one in departments:
        one.ledger.take_in()
        one.ledger.watch()
        one.ledger.declare()


def patiently(act: Callable[[], int]) -> int:
    """Does something with a log whose broker may be slow to answer on a busy machine."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return act()
        except LogUnavailable:
            if time.monotonic() > deadline:
                raise


def live(town: Town, seconds: int, among: Sequence[str] = ALIVE, every: int = 10) -> None:
    """Lets time pass as a live node does: a round every few seconds."""
    for _ in range(0, seconds, every):
        town.clock.advance_to(town.clock.now() + every * SECOND)
        exchange(town, among)


def told(department: Department, kind: type[Any]) -> list[dict[str, Any]]:
    """The data of a department's own facts of one type, in order."""
    return [one["data"] for one in bodies(department) if one["type"] == kind.TYPE]


def line(publisher: Department, reader: str, topic: str) -> telling.Line:
    """One line of a department's ledger."""
    with publisher.reading() as connection:
        found = telling.lines(connection, publisher.id, publisher.store, publisher.clock.now())
    return next(one for one in found if (one.reader, one.topic) == (reader, topic))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """市场监管, 人社 and 发展改革 after one licence."""
    with opened(tmp_path / "town") as one:
        one.grant(1)
        one.platform.settle()
        exchange(one)
        yield one


FAULTY = {
    "psb": ("GAP", 2, 2, "was skipped"),
    "cac": ("DISAGREEMENT", 2, 2, "was applied twice"),
    "lgo": ("DISAGREEMENT", 1, 2, "out of order"),
    "oversight": ("DISAGREEMENT", 1, 3, "differs in content"),
}
"""What each foreign system does wrong with the three records of a licence, and how it is named."""


@pytest.fixture(scope="module")
def misbehaving(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Town, dict[str, ForeignSystem]]]:
    """Five foreign systems, each wrong in its own way, for less than a minute."""
    with opened(tmp_path_factory.mktemp("foreign") / "town") as town:
        town.grant(1)
        town.platform.settle()
        exchange(town)
        partition = next(
            at
            for (topic, at), end in town.hr.store.partition_ends().items()
            if topic == LICENSING and end
        )
        systems = {
            name: ForeignSystem(town, name, LICENSING, partition) for name in (*FAULTY, "twn")
        }
        one, two, three = systems["psb"].values()
        systems["psb"].take_in([one, three])
        systems["cac"].take_in([one, two, two, three])
        systems["lgo"].take_in([two, one, three])
        systems["oversight"].take_in([one, two.replace(b"210103", b"210104"), three])
        systems["twn"].say({})
        for _ in range(5):
            live(town, 10)
            systems["twn"].say({})
        yield town, systems


def test_every_fault_is_found_within_a_minute_and_named_with_its_cases(
    misbehaving: tuple[Town, dict[str, ForeignSystem]],
) -> None:
    town, _ = misbehaving
    published = {
        one["partitionsequence"]: one
        for one in bodies(town.hr)
        if one["type"].startswith("licence.")
    }
    facts = [one for one in bodies(town.hr) if one["type"] == DeliveryFaultFound.TYPE]
    found = {one["data"]["reader"]: one for one in facts if one["data"]["topic"] == LICENSING}
    for reader, (kind, first, last, words) in FAULTY.items():
        data = found[reader]["data"]
        assert (data["kind"], data["first"], data["last"]) == (kind, first, last), reader
        assert words in data["told"]
        wanted = [published[str(at)]["matter"] for at in range(first, last + 1)]
        assert data["cases"] == list(dict.fromkeys(wanted))
        assert found[reader]["recorded"] <= _later(published["1"]["recorded"], 60)
    stalled = found["twn"]["data"]
    assert (stalled["kind"], stalled["first"], stalled["last"]) == ("STALLED", 1, 3)
    assert "signs of life" in stalled["told"]
    assert found["twn"]["recorded"] <= _later(published["1"]["recorded"], 60)


def test_a_fault_is_mended_when_the_receipts_agree_again(
    misbehaving: tuple[Town, dict[str, ForeignSystem]],
) -> None:
    town, systems = misbehaving
    two = systems["psb"].values()[1]
    systems["psb"].take_in([two], **{"from": "4", "to": "3", "applied": ["2"]})
    for name in ("cac", "lgo", "oversight"):
        systems[name].said = 0
        systems[name].take_in(anew=True)
    systems["twn"].take_in()
    exchange(town)
    exchange(town)
    mended = {
        one["reader"] for one in told(town.hr, DeliveryFaultMended) if one["topic"] == LICENSING
    }
    assert mended == {*FAULTY, "twn"}
    for name in systems:
        one = line(town.hr, name, LICENSING)
        assert (one.behind, one.applied, one.state) == (0, 3, "AGREES"), name


def _later(recorded: str, seconds: int) -> str:
    from datetime import datetime, timedelta

    moment = datetime.fromisoformat(recorded) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="microseconds")


def test_the_ledger_tells_published_delivered_applied_and_acted_of_every_reader(
    town: Town,
) -> None:
    for reader in ("samr", "hr"):
        one = line(town.samr, reader, "labour.samr.push")
        assert (one.published, one.delivered, one.applied, one.acted) == (1, 1, 1, 1)
        assert one.state == "AGREES"
    assert line(town.samr, "lgo", "labour.samr.push").state == "UNHEARD"
    event = next(one for one in bodies(town.samr) if one["type"] == "push.scope_pushed.v1")
    with town.samr.reading() as connection:
        way = telling.way(connection, town.samr.store, event["id"])
    assert way.published
    stages = {one.reader: one for one in way.stages}
    assert stages["hr"].state == "ACTED"
    times = (stages["hr"].delivered_at, stages["hr"].applied_at, stages["hr"].acted_at)
    assert all(one is not None for one in times)
    assert list(times) == sorted(times)  # type: ignore[type-var]
    assert way.recorded <= (stages["hr"].acted_at or 0) + SECOND
    assert stages["lgo"].state == "WAITING"
    with pytest.raises(telling.UnknownEvent), town.hr.reading() as connection:
        telling.way(connection, town.hr.store, event["id"])


def test_what_was_said_long_ago_is_one_row_that_still_tells_the_latest_time(town: Town) -> None:
    event = bodies(town.samr)[0]

    def stage() -> telling.Stage:
        with town.samr.reading() as connection:
            way = telling.way(connection, town.samr.store, event["id"])
        return next(one for one in way.stages if one.reader == "hr")

    assert Settings().receipts_days == timing.KEPT_DAYS
    exact = stage()
    assert (exact.state, exact.applied_latest, exact.acted_latest) == ("ACTED", False, False)
    town.clock.advance_to(town.clock.now() + (timing.KEPT_DAYS + 1) * timing.DAY_US)
    change = {"change": "NAME", "after": "沈阳虚例另名人力有限公司"}
    town.give(
        "SAMR", "ChangeRegistration", {"organisation": firm(1)["organisation"]} | change, key="new"
    )
    exchange(town)
    exchange(town)
    merged = stage()
    assert (merged.state, merged.applied_latest, merged.acted_latest) == ("ACTED", True, True)
    assert (exact.applied_at or 0) <= (merged.applied_at or 0) < town.clock.now() - timing.DAY_US
    assert (exact.acted_at or 0) <= (merged.acted_at or 0) < town.clock.now() - timing.DAY_US


def test_a_partition_keeps_as_many_rows_as_were_said_lately_however_long_the_log_is(
    town: Town,
) -> None:
    """Five hundred receipts an hour apart, and those of a day are kept; then taken in anew.

    Every tenth record had been set aside and was applied late, the two after it were given up.
    """
    hour, place, start = 3600 * SECOND, ("psb", "labour.samr.push", 5), town.clock.now()

    def say(at: int, *, anew: bool = False) -> None:
        told = Entry(
            first=at, to=at, digest="", applied=((at, at),), delivered=at, acted=at - 1,
            delivered_at=start + at * hour - 2, applied_at=start + at * hour - 1,
            acted_at=start + at * hour, anew=anew,
        )  # fmt: skip
        one = Compared(
            standing=Standing(accounted=at, acted=at - 1), findings=(),
            late=((at, at),) if at % 10 == 0 and not anew else (),
            dealt=(("DISCARDED", (at, at)),) if at % 10 in (1, 2) and not anew else (),
        )  # fmt: skip
        said, before = start + at * hour, start + (at - 24) * hour
        timing.keep(connection, place, told, one, said=said, before=before)

    with town.samr.database.writing() as connection:
        most = 0
        for at in range(1, 501):
            say(at)
            if not at % 50:
                most = max(most, len(connection.execute(_rows(place)).all()))
        assert most <= 25
        assert len(connection.execute(_rows(place, LATE)).all()) <= 4
        assert len(connection.execute(_rows(place, DEALT)).all()) <= 50 + 3
        assert timing.dealt_counts(connection)["psb", "labour.samr.push"] == {"DISCARDED": 100}
        late, later = (timing.times(connection, place, at) for at in (10, 490))
        assert (late.applied_latest, later.applied_latest) == (True, False)
        assert start + 10 * hour < (late.applied_at or 0)
        given_up = timing.dealt(connection, place, 11)
        assert given_up == ("DISCARDED", start + 12 * hour)
        assert timing.dealt(connection, place, 13) is None
        old, young = (timing.times(connection, place, at) for at in (3, 499))
        assert (old.applied_latest, old.acted_latest) == (True, True)
        assert start + 3 * hour < (old.applied_at or 0) < start + 477 * hour
        assert (young.applied_at, young.applied_latest) == (start + 499 * hour - 1, False)
        assert young.acted_at == start + 500 * hour
        say(490, anew=True)
        again = timing.times(connection, place, 495)
        assert again == timing.Times()
        assert timing.times(connection, place, 489).applied_at == start + 489 * hour - 1
        say(12, anew=True)
        assert timing.dealt(connection, place, 11) == given_up
        assert timing.dealt(connection, place, 12) is None
        say(5, anew=True)
        assert timing.times(connection, place, 3).applied_latest
        assert timing.times(connection, place, 6) == timing.Times()


def _rows(place: tuple[str, str, int], table: Any = RECEIPTS) -> Any:
    return select(table).where(timing.at(table, place))


def test_our_own_intake_is_found_out_like_any_other(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """发展改革 loses one record and turns two others round, without noticing."""
    from gateways.department.taking_in import intake

    real = intake.apply_facts

    def losing(connection: Any, department: str, taken: Any, *more: Any, **named: Any) -> None:
        kept = [one for one in taken if one.fact.type != "licence.granted.v1"]
        if department == "drc":
            kept.reverse()
        real(connection, department, kept if department == "drc" else taken, *more, **named)

    monkeypatch.setattr(intake, "apply_facts", losing)
    town.grant(2)
    town.platform.settle()
    exchange(town)
    exchange(town)
    found = [one for one in told(town.hr, DeliveryFaultFound) if one["reader"] == "drc"]
    assert {one["kind"] for one in found if one["topic"] == LICENSING} >= {"GAP"}
    gap = next(one for one in found if one["kind"] == "GAP")
    granted = [one for one in bodies(town.hr) if one["type"] == "licence.granted.v1"]
    assert gap["cases"] == [granted[1]["matter"]]
    assert [one for one in found if one["kind"] == "DISAGREEMENT"]


def test_a_restatement_closes_a_fault_only_if_the_bytes_received_then_agree(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The received bytes of one record were altered, and are put back; receipts speak of two."""
    monkeypatch.setattr(restating, "LOOKED_BACK", 2)
    partition = next(
        at for (topic, at), end in town.hr.store.partition_ends().items() if topic == LICENSING
    )
    here = (RECEIVED.c.topic == LICENSING) & (RECEIVED.c.partition_sequence == 3)

    def altered(old: bytes, new: bytes) -> None:
        with town.drc.database.writing() as connection:
            (body,) = connection.execute(select(RECEIVED.c.body).where(here)).scalars()
            connection.execute(
                update(RECEIVED).where(here).values(body=bytes(body).replace(old, new))
            )

    def restated(reason: str) -> list[tuple[str, int, int]]:
        assert town.drc.receipts.restate(LICENSING, partition, reason) == 3
        for _ in range(4):
            exchange(town)
        with town.hr.reading() as connection:
            standing = telling.faults(connection, "hr")
        return [(one.kind, one.first, one.last) for one in standing if one.reader == "drc"]

    event = next(
        one
        for one in bodies(town.hr)
        if one["type"].startswith("licence.") and one["partitionsequence"] == "3"
    )
    with town.hr.reading() as connection:
        before = telling.way(connection, town.hr.store, event["id"]).stages
    assert restated("for no reason") == []
    altered(b"210103", b"210104")
    assert restated("the disk was exchanged") == [("DISAGREEMENT", 3, 3)]
    assert restated("hoping for the best") == [("DISAGREEMENT", 3, 3)]
    found = told(town.hr, DeliveryFaultFound)
    assert [(one["reader"], one["first"]) for one in found] == [("drc", 3)]
    assert told(town.hr, DeliveryFaultMended) == []
    altered(b"210104", b"210103")
    assert restated("the record is whole again") == []
    assert [one["reader"] for one in told(town.hr, DeliveryFaultMended)] == ["drc"]
    with town.hr.reading() as connection:
        assert telling.way(connection, town.hr.store, event["id"]).stages == before
    control = town.log.tail("labour.drc.control", 0, 1000)
    reasons = [b"hoping for the best" in one.value for one in control]
    assert sum(reasons) == 2
    with pytest.raises(restating.NothingTaken):
        town.drc.receipts.restate("labour.samr.push", 5, "nothing came")


def test_a_parked_record_is_an_exception_and_no_gap(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, sick = PROJECTIONS["human_resources"], True

    def apply(facts: Facts, rows: Rows) -> None:
        if sick:
            raise ZeroDivisionError("no row")
        kept.apply(facts, rows)

    ill = Reader(kept.name, kept.version, kept.metadata, kept.reads, apply)
    monkeypatch.setattr(town.hr.intake, "_projections", [ill])
    monkeypatch.setattr(town.hr.quarantine, "_projections", [ill])
    town.register(3)
    live(town, 60)
    assert parked(town.hr)[0][0] == "BLOCKING"
    one = line(town.samr, "hr", "labour.samr.push")
    assert (one.state, one.parked, one.behind) == ("PARKED", 1, 0)
    sick = False
    release(town.hr)
    exchange(town)
    one = line(town.samr, "hr", "labour.samr.push")
    assert (one.state, one.parked, one.applied) == ("AGREES", 0, one.published)
    assert DeliveryFaultFound.TYPE not in types(town.samr)


def test_a_town_where_nothing_happens_is_not_stalled(town: Town) -> None:
    town.clock.advance_to(town.clock.now() + 86_400 * SECOND)
    exchange(town)
    live(town, 120)
    assert line(town.samr, "hr", "labour.samr.push").state == "AGREES"
    for one in town.platform.departments.values():
        assert DeliveryFaultFound.TYPE not in types(one)


def test_a_department_that_was_down_for_a_week_is_one_fault_and_then_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.output.Language.chosen", "en")
    assert list(delivery.lagging(town.house)) == []
    away = ("samr", "hr")
    town.register(4)
    town.register(5)
    live(town, 60, away)
    assert [(one["reader"], one["kind"]) for one in told(town.samr, DeliveryFaultFound)] == [
        ("drc", "STALLED")
    ]
    assert "silent" in told(town.samr, DeliveryFaultFound)[0]["told"]
    town.clock.advance_to(town.clock.now() + 7 * 86_400 * SECOND)
    live(town, 60, away)
    assert len(told(town.samr, DeliveryFaultFound)) == 1
    ends = town.log.ends(town.drc.intake.topics)
    behind = {one.topic: one for one in lag.lags(town.drc, ends)}["labour.samr.registration"]
    assert behind.lag == 4
    assert behind.oldest_wait_s is not None
    assert behind.oldest_wait_s > 7 * 86_400
    assert line(town.samr, "drc", "labour.samr.registration").state == "STALLED"
    (found,) = delivery.lagging(town.house)
    assert found.state == "wrong"
    assert found.what.startswith("drc: ")
    assert "the oldest waits for 7 days" in found.what
    assert found.mend == "liandong serve --departments drc"
    exchange(town)
    exchange(town)
    ends = town.log.ends(town.drc.intake.topics)
    after = {one.topic: one for one in lag.lags(town.drc, ends)}["labour.samr.registration"]
    assert (after.lag, after.oldest_wait_s) == (0, None)
    assert after.per_minute > 0
    assert len(told(town.samr, DeliveryFaultMended)) == 1
    assert line(town.samr, "drc", "labour.samr.registration").state == "AGREES"


def test_two_processes_that_see_one_fault_declare_it_once(town: Town) -> None:
    twin = Ledger(
        "samr", town.samr.database, town.samr.store, town.samr.gateway, town.clock, "twin"
    )
    town.register(6)
    for _ in range(6):
        live(town, 10, ("samr", "hr"))
        twin.watch()
        twin.declare()
    assert len(told(town.samr, DeliveryFaultFound)) == 1
    assert told(town.samr, DeliveryFaultMended) == []


def test_a_receipt_sent_twice_is_one_receipt(town: Town) -> None:
    town.register(7)
    for one in town.platform.departments.values():
        while one.relay.step():
            pass
    town.hr.intake.catch_up()
    town.hr.receipts.say()
    waiting = town.hr.receipts.pending()
    town.hr.relay.send_control()
    writer = town.log.writer("again")
    writer.append([record for _, record in waiting])
    writer.close()
    for _ in range(3):
        exchange(town)
    assert line(town.samr, "hr", "labour.samr.push").state == "AGREES"
    assert DeliveryFaultFound.TYPE not in types(town.samr)


def test_the_bytes_of_receipts_are_few_and_nothing_of_them_is_left_behind(town: Town) -> None:
    before = _end(town, "labour.hr.control")
    for number in range(10, 60):
        town.register(number)
    for one in town.platform.departments.values():
        while one.relay.step():
            pass
    town.hr.intake.catch_up()
    assert town.hr.receipts.say() == (True, False)
    town.hr.relay.send_control()
    assert _end(town, "labour.hr.control") == before + 1
    with town.hr.reading() as connection:
        for table in (APPLIED, OUTBOX):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    assert town.hr.receipts.say(sign_of_life=False) == (False, False)


def test_live_workers_carry_receipts_and_declare_what_they_show(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a node runs it, in threads, with short intervals; 发展改革 never comes back."""
    for module, name in (
        (saying, "SAY_EVERY_S"),
        (saying, "BEAT_EVERY_S"),
        (keeping, "LOOK_EVERY_S"),
    ):
        monkeypatch.setattr(module, name, 0.1)
    monkeypatch.setattr(workers, "CONTROL_EVERY_S", 0.1)
    live_ones = [town.samr, town.hr]
    threads = workers.Workers(live_ones, frozenset(ROLES))
    threads.start()
    try:
        town.register(8)
        eventually(lambda: line(town.samr, "hr", "labour.samr.push").applied == 2)
        eventually(lambda: line(town.samr, "hr", "labour.samr.push").state == "AGREES")
        deadline = time.monotonic() + 60
        while not told(town.samr, DeliveryFaultFound) and time.monotonic() < deadline:
            town.clock.advance_to(town.clock.now() + SECOND)
            time.sleep(0.1)
    finally:
        threads.stop()
    assert {one.state for one in threads.states} == {"RUNNING"}
    assert [one["reader"] for one in told(town.samr, DeliveryFaultFound)] == ["drc"]


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until something holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _end(town: Town, topic: str) -> int:
    return sum(town.log.ends([topic]).values())


def test_a_department_that_reads_nothing_itself_blames_nobody_else(town: Town) -> None:
    town.register(9)
    for _ in range(7):
        town.clock.advance_to(town.clock.now() + 10 * SECOND)
        for one in (town.samr, town.hr, town.drc):
            while one.relay.step():
                pass
            one.receipts.say()
            one.relay.send_control()
        for one in (town.hr, town.drc):
            one.intake.catch_up()
        town.samr.ledger.watch()
        town.samr.ledger.declare()
    assert [one["reader"] for one in told(town.samr, DeliveryFaultFound)] == ["samr"]
    for _ in range(3):
        exchange(town)
    assert [one["reader"] for one in told(town.samr, DeliveryFaultMended)] == ["samr"]


def test_a_reader_held_up_by_a_record_that_never_came_is_a_gap(town: Town) -> None:
    partition = next(
        at
        for (topic, at), end in town.hr.store.partition_ends().items()
        if topic == LICENSING and end
    )
    system = ForeignSystem(town, "psb", LICENSING, partition)
    system.take_in(system.values()[:1], to="1", applied=["1"], acted="1")
    for _ in range(5):
        live(town, 10)
        system.say({})
    (gap,) = [one for one in told(town.hr, DeliveryFaultFound) if one["topic"] == LICENSING]
    assert (gap["kind"], gap["first"], gap["last"]) == ("GAP", 2, 3)
    assert "never came, though later ones did" in gap["told"]
    system.take_in(system.values()[1:])
    exchange(town)
    exchange(town)
    assert line(town.hr, "psb", LICENSING).state == "AGREES"
