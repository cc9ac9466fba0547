"""A projection is built anew beside the live one, compared, put in place, and taken back."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import pytest
from sqlalchemy import func, select, text

from gateways.department.database import INTENTS
from gateways.rebuilding import standing, swapping
from gateways.rebuilding.differing import Difference, Kind, Reason
from gateways.rebuilding.filling import Pace
from gateways.rebuilding.rebuild import Rebuild
from gateways.rebuilding.refused import (
    BuiltByAnother,
    CutOverByAnother,
    FactNotApplied,
    NotCaughtUp,
    NothingBuilt,
    NothingKept,
    NotLookedAt,
    ReadersHoldOn,
    UnknownProjection,
)
from gateways.rebuilding.tables import FILLING, NEW, PREVIOUS, present, suffixed
from gateways.store.port import StoreUnavailable
from projections import reader
from projections.catalogue import PROJECTIONS
from projections.rows import Rows
from tests.gateways.rebuilding.world import World, told
from tests.projections.corrections import correct
from tests.projections.facts import LN_B, Taken


@cache
def facts() -> tuple[Taken, ...]:
    return tuple(told().taken)


def built(name: str) -> str:
    return suffixed(name, NEW)


def test_every_projection_built_anew_has_the_rows_of_the_live_one(world: World) -> None:
    world.take_all(facts())
    for name in PROJECTIONS:
        done = world.rebuild(name).build(name)
        assert done.done == sum(one.fact.type in PROJECTIONS[name].reads for one in facts())
        assert world.contents(name, built) == world.contents(name), name
        summary = world.rebuild(name).diff(name)
        assert summary.rows == 0, (name, summary.counts)


def test_a_rebuild_writes_no_intent_and_receives_nothing(world: World) -> None:
    world.take_all(facts(), ["human_resources"])
    world.empty(INTENTS)
    one = world.rebuild("human_resources")
    one.build("human_resources")
    one.cutover("human_resources", digest=one.diff("human_resources").digest)
    one.rollback("human_resources")
    with world.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(INTENTS)).scalar_one() == 0


def test_a_wrong_live_row_shows_in_the_diff_and_a_cutover_mends_it_and_a_rollback_brings_it_back(
    world: World,
) -> None:
    world.take_all(facts(), ["human_resources"])
    name, right = "human_resources", world.contents("human_resources")
    world.spoil("hr_subjects", "name", "改名")
    wrong = world.contents(name)
    one = world.rebuild(name)
    one.build(name)
    shown: list[Difference] = []
    summary = one.diff(name, shown.append)
    assert summary.rows == len(shown) == len(right["hr_subjects"]) > 1
    first = shown[0]
    assert (first.table, first.kind, first.columns) == ("hr_subjects", Kind.OTHER, ("name",))
    assert first.live == {"name": "改名"}
    assert first.reason is Reason.UNEXPLAINED
    assert LN_B in {one.subject for one in shown}

    with pytest.raises(NotLookedAt):
        one.cutover(name)
    with pytest.raises(NotLookedAt):
        one.cutover(name, digest="0" * 16)
    one.cutover(name, digest=summary.digest)
    assert world.contents(name) == right
    assert world.contents(name, lambda table: suffixed(table, PREVIOUS)) == wrong

    one.rollback(name)
    assert world.contents(name) == wrong
    one.rollback(name)
    assert world.contents(name) == right
    assert one.drop(name, PREVIOUS)
    with pytest.raises(NothingKept):
        one.rollback(name)
    with world.database.reading() as connection:
        assert not [table for table in present(connection) if "__" in table]


def test_missing_and_surplus_rows_show_in_the_diff(world: World) -> None:
    world.take_all(facts(), ["audit"])
    name = "audit"
    with world.database.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM audit_subjects WHERE uscc = '{LN_B}'")
        connection.exec_driver_sql("UPDATE audit_cases SET matter = 'M-X' WHERE matter = 'M-X'")
        connection.exec_driver_sql(
            "INSERT INTO audit_links (event_id, one, other, because) VALUES ('e', 'a', 'b', 'c')"
        )
    one = world.rebuild(name)
    one.build(name)
    shown: list[Difference] = []
    one.diff(name, shown.append)
    assert {(found.table, found.kind, found.key.popitem()[1]) for found in shown} == {
        ("audit_subjects", Kind.MISSING, LN_B),
        ("audit_links", Kind.SURPLUS, "e"),
    }


def test_the_diff_names_a_correction_a_late_fact_and_a_released_record(world: World) -> None:
    log = told()
    registered = next(one.fact for one in log.taken if one.fact.type == "subject.registered.v1")
    correction = correct(log, registered, "2027-01-05T09:00", name="更正后的名称")
    *before, corrected = log.taken
    assert corrected.fact is correction or corrected.fact.id == correction.id
    grants = [one for one in before if one.fact.type == "licence.granted.v1"]
    parked, late = grants[0], grants[1]
    kept = [one for one in before if one not in (parked, late)]
    world.take_all(kept, ["human_resources"])
    world.park(parked)
    name = "human_resources"
    one = world.rebuild(name)
    # The live rows of this reader never get these three.
    for missed in (corrected, parked, late):
        world.take([missed], [])
    one.build(name)
    shown: list[Difference] = []
    summary = one.diff(name, shown.append)
    because = {(found.reason, found.because) for found in shown}
    assert (Reason.CORRECTED, correction.id) in because
    assert (Reason.RELEASED, parked.fact.id) in because
    assert (Reason.LATE, late.fact.id) in because
    one.cutover(name, digest=summary.digest)
    assert one.build(name).done
    assert one.diff(name).rows == 0


def test_facts_that_come_in_and_records_that_are_released_while_it_builds_are_not_lost(
    world: World,
) -> None:
    name, everything = "human_resources", facts()
    half = len(everything) // 2
    grant = next(one for one in everything[:half] if one.fact.type == "licence.granted.v1")
    later = next(one for one in everything[half:] if one.fact.type in PROJECTIONS[name].reads)
    world.take_all([one for one in everything[:half] if one is not grant], ["human_resources"])
    world.park(grant)
    rest = everything[half:]
    at = rest.index(later)
    ended = threading.Event()

    def taking_in() -> None:
        try:
            if at:
                world.take(rest[:at], [name])
            world.park(later)
            for start in range(at + 1, len(rest), 8):
                world.take(rest[start : start + 8], [name])
            world.release(grant, [name])
        finally:
            ended.set()

    one = world.rebuild(name, pace=Pace(facts=15, pause=0.1))
    intake = threading.Thread(target=taking_in)
    intake.start()
    one.build(name)
    assert ended.wait(60)
    intake.join()
    one.follow(name)
    world.release(later, [name])
    one.cutover(name, yes=True)
    cut_over = world.contents(name)
    one.rollback(name)
    assert world.contents(name) == cut_over
    assert one.build(name).done == sum(
        taken.fact.type in PROJECTIONS[name].reads for taken in everything
    )
    assert one.diff(name).rows == 0


def test_the_previous_tables_are_brought_up_to_the_present_by_a_rollback(world: World) -> None:
    name, everything = "audit", facts()
    half = len(everything) // 2
    world.take_all(everything[:half], ["audit"])
    one = world.rebuild(name)
    one.build(name)
    one.cutover(name, yes=True)
    world.take_all(everything[half:], ["audit"])
    present_rows = world.contents(name)
    one.rollback(name)
    assert world.contents(name) == present_rows


def test_of_two_people_who_cut_over_one_wins_and_the_other_is_told_who(world: World) -> None:
    world.take_all(facts()[:100], ["leads"])
    zhang, li = world.rebuild("leads", "zhang"), world.rebuild("leads", "li")
    zhang.build("leads")
    told_to: list[str] = []

    def cut(one: Rebuild, who: str) -> None:
        try:
            one.cutover("leads", yes=True)
            told_to.append(who)
        except (NothingBuilt, CutOverByAnother) as refused:
            told_to.append(refused.en)

    both = [threading.Thread(target=cut, args=(one, one.by)) for one in (zhang, li)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    (winner,) = [told_one for told_one in told_to if told_one in ("zhang", "li")]
    (refused,) = [told_one for told_one in told_to if told_one not in ("zhang", "li")]
    assert winner in refused
    assert zhang.standing("leads", PREVIOUS) is not None


def test_of_two_people_who_go_back_at_once_one_does_and_the_other_is_told_who(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take_all(facts()[:100], ["leads"])
    zhang, li = world.rebuild("leads", "zhang"), world.rebuild("leads", "li")
    zhang.build("leads")
    zhang.cutover("leads", yes=True)
    swap = swapping.swap

    def after_the_other(*given: Any, **named: Any) -> int:
        # The other goes back after this one has looked and before it swaps.
        monkeypatch.setattr(swapping, "swap", swap)
        li.rollback("leads")
        return swap(*given, **named)

    monkeypatch.setattr(swapping, "swap", after_the_other)
    with pytest.raises(CutOverByAnother, match="li has just swapped"):
        zhang.rollback("leads")


def test_a_long_read_keeps_what_it_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "TRIES", 1)
    monkeypatch.setattr(swapping, "READS_WAIT_S", 0.05)
    world.take_all(facts()[:100], ["audit"])
    one = world.rebuild("audit")
    one.build("audit")
    right = world.contents("audit")["audit_cases"]
    world.spoil("audit_cases", "region", "999999")
    reading = text("SELECT DISTINCT region FROM audit_cases")
    with world.database.reading() as connection:
        assert connection.execute(reading).scalars().all() == ["999999"]
        if world.database.dialect == "sqlite":
            one.cutover("audit", yes=True)
        else:
            with pytest.raises(ReadersHoldOn):
                one.cutover("audit", yes=True)
        assert connection.execute(reading).scalars().all() == ["999999"]
    if world.database.dialect == "postgresql":
        monkeypatch.undo()
        one.cutover("audit", yes=True)
    assert world.contents("audit")["audit_cases"] == right


def test_a_cutover_that_fails_leaves_what_the_one_before_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take_all(facts()[:40], ["audit"])
    one = world.rebuild("audit")
    one.build("audit")
    world.spoil("audit_cases", "region", "999999")
    spoilt = world.contents("audit")
    one.cutover("audit", yes=True)
    right = world.contents("audit")
    one.build("audit")

    def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as outage:
        outage.setattr(swapping, "note_version", lost)
        with pytest.raises(ConnectionError):
            one.cutover("audit", yes=True)
    assert world.contents("audit") == right
    one.rollback("audit")
    assert world.contents("audit") == spoilt
    with monkeypatch.context() as killed:
        sweep = standing.sweep
        calls: list[str] = []

        def once(*given: Any, **named: Any) -> None:
            calls.append(given[1])
            if len(calls) > 1:
                raise KeyboardInterrupt
            sweep(*given, **named)

        killed.setattr(standing, "sweep", once)
        with pytest.raises(KeyboardInterrupt):
            one.cutover("audit", yes=True)
    assert world.contents("audit") == right
    assert world.contents("audit", lambda table: suffixed(table, PREVIOUS)) == spoilt
    assert one.drop("audit", PREVIOUS)
    with world.database.reading() as connection:
        assert not [table for table in present(connection) if table.endswith("__replaced")]


def test_a_cutover_during_a_drop_keeps_the_tables_that_it_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take_all(facts()[:40], ["audit"])
    one, other = world.rebuild("audit", "zhang"), world.rebuild("audit", "li")
    one.build("audit")
    one.cutover("audit", yes=True)
    one.build("audit")
    world.spoil("audit_cases", "region", "999999")
    spoilt = world.contents("audit")
    emptied = standing._drop_table
    done: list[int] = []

    def between(*given: Any) -> None:
        if not done:
            done.append(1)
            one.cutover("audit", yes=True)
        emptied(*given)

    def before(*_: Any, **__: Any) -> None:
        monkeypatch.undo()
        one.cutover("audit", yes=True)

    if world.database.dialect == "sqlite":
        monkeypatch.setattr(standing, "_drop_table", between)
        assert other.drop("audit", PREVIOUS)
    else:
        monkeypatch.setattr(standing, "sweep", before)
        with pytest.raises(BuiltByAnother):
            other.drop("audit", PREVIOUS)
    assert world.contents("audit", lambda table: suffixed(table, PREVIOUS)) == spoilt
    one.rollback("audit")
    assert world.contents("audit") == spoilt


def test_an_outage_after_the_swap_leaves_the_cutover_standing_and_the_next_run_sweeps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take_all(facts()[:40], ["audit"])
    one = world.rebuild("audit")
    for _ in range(2):
        one.build("audit")
        with monkeypatch.context() as outage:
            outage.setattr(standing, "_drop_table", _lost)
            one.cutover("audit", yes=True)
    with world.database.reading() as connection:
        assert [table for table in present(connection) if table.endswith("__replaced")]
    one.build("audit")
    with world.database.reading() as connection:
        assert not [table for table in present(connection) if table.endswith("__replaced")]


def _lost(*_: object) -> None:
    raise StoreUnavailable("the database went away")


def test_what_another_living_process_fills_is_not_touched(world: World) -> None:
    world.take_all(facts()[:100], ["audit"])
    one, other = world.rebuild("audit", "zhang"), world.rebuild("audit", "li")
    other._holder = other._holder.rpartition(":")[0] + ":1"
    seen = []

    def tell(known: standing.Standing) -> None:
        if known.state == FILLING and known.done:
            for attempt in (
                lambda: other.build("audit"),
                lambda: other.drop("audit", NEW),
            ):
                with pytest.raises(BuiltByAnother, match="zhang"):
                    attempt()
            with pytest.raises(NotCaughtUp):
                other.cutover("audit", yes=True)
            seen.append(known)

    one.build("audit", tell=tell)
    assert seen


def test_nothing_is_cut_over_where_nothing_was_built(world: World) -> None:
    with pytest.raises(NothingBuilt):
        world.rebuild("audit").cutover("audit", yes=True)
    with pytest.raises(NothingKept):
        world.rebuild("audit").rollback("audit")
    with pytest.raises(UnknownProjection):
        world.rebuild("audit").build("nobody")


def test_a_fact_that_cannot_be_applied_is_named_and_the_rebuild_goes_on_once_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take_all(facts(), ["audit"])
    well = PROJECTIONS["audit"]
    bad = next(one.fact for one in facts() if one.fact.type == "licence.granted.v1")

    def apply(given: reader.Facts, rows: Rows) -> None:
        if any(fact.id == bad.id for fact in given):
            raise ZeroDivisionError
        well.apply(given, rows)

    sick = reader.Reader(well.name, well.version, well.metadata, well.reads, apply)
    with monkeypatch.context() as patched:
        patched.setitem(PROJECTIONS, "audit", sick)
        with pytest.raises(FactNotApplied, match=bad.id):
            world.rebuild("audit").build("audit")
    with world.database.reading() as connection:
        stopped = standing.standing(connection, "audit", NEW)
    assert stopped is not None
    done = world.rebuild("audit").build("audit")
    assert (done.started, done.done) == (stopped.started, len(facts()))
    assert world.contents("audit", built) == world.contents("audit")


def test_a_subject_with_more_facts_than_a_chunk_holds_goes_in_piece_by_piece(world: World) -> None:
    world.take_all(facts(), ["audit"])
    one = world.rebuild("audit", pace=Pace(facts=3, pause=0.0))
    one.build("audit")
    assert one.diff("audit").rows == 0
