"""What the intake takes, discards, holds and parks; nothing of it stops the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.departments import PARTITIONS
from gateways.contracts import canonical
from gateways.department.taking_in.intake import Intake
from gateways.log.partitioning import partition_of
from gateways.log.port import OutRecord
from gateways.store.port import StoredEvent
from ops.player import all_events
from projections import reader
from projections.catalogue import PROJECTIONS
from projections.rows import Rows
from tests.faults.organisations import uscc
from tests.gateways.department.town import (
    Town,
    append,
    intents,
    opened,
    parked,
    received,
    release,
    types,
)

Envelope = dict[str, Any]


class Poison:
    """A projection of 人社 that fails for the subjects in `subjects`; `seen` is what it applied."""

    def __init__(self) -> None:
        self.subjects: set[str] = set()
        self.seen: list[tuple[str, str]] = []
        self.types: set[str] = set()
        self.why = ""

    def instead_of(self, kept: reader.Projection) -> reader.Reader:
        """The projection with the fault in front of it."""

        def apply(facts: reader.Facts, rows: Rows) -> None:
            for fact in facts:
                if fact.subject in self.subjects and fact.type in (self.types or {fact.type}):
                    raise ZeroDivisionError(self.why or f"no row for {fact.subject}")
            kept.apply(facts, rows)
            self.seen += [(fact.subject, fact.type) for fact in facts]

        return reader.Reader(kept.name, kept.version, kept.metadata, kept.reads, apply)


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Asked for before a town: its departments then apply through the fault."""
    one = Poison()
    monkeypatch.setitem(
        PROJECTIONS, "human_resources", one.instead_of(PROJECTIONS["human_resources"])
    )
    return one


@pytest.fixture
def sick_town(poison: Poison, tmp_path: Path) -> Iterator[Town]:
    with opened(tmp_path / "sick") as one:
        assert poison.seen == []
        yield one


def same_partition(count: int) -> list[int]:
    """Numbers of firms whose records share a partition."""
    wanted = partition_of(uscc(0).encode(), PARTITIONS)
    numbers = (
        number
        for number in range(1000)
        if partition_of(uscc(number).encode(), PARTITIONS) == wanted
    )
    return [next(numbers) for _ in range(count)]


def stored(town: Town) -> list[StoredEvent]:
    """What 市场监管 has recorded and not sent."""
    return list(all_events(town.samr.store))


def out(event: StoredEvent, change: Callable[[Envelope], Any] | None = None) -> OutRecord:
    """A stored event as a record for the log, with a changed envelope where asked."""
    assert event.topic is not None
    body = event.body
    if change is not None:
        envelope = canonical.decode(body)
        change(envelope)
        body = json.dumps(envelope, ensure_ascii=False).encode()
    return OutRecord(event.topic, event.partition, event.key.encode(), body)


def test_a_poisoned_record_blocks_its_key_only_and_is_released_in_order(
    sick_town: Town, poison: Poison
) -> None:
    town = sick_town
    sick, well = same_partition(2)
    poison.subjects = {uscc(sick)}
    town.register(sick)
    town.register(well)
    town.give(
        "SAMR",
        "ChangeRegistration",
        {"organisation": uscc(sick), "change": "NAME", "after": "沈阳虚例更名人力有限公司"},
    )
    town.send()
    town.hr.intake.catch_up()
    registration = [one for one in parked(town.hr) if one[0] in ("BLOCKING", "WAITING")]
    assert registration == [
        ("BLOCKING", "POISONED", f"ZeroDivisionError: no row for {uscc(sick)}"),
        ("WAITING", "BEHIND", "an earlier record of this key is parked"),
        ("WAITING", "BEHIND", "an earlier record of this key is parked"),
    ]
    assert {subject for subject, _ in poison.seen} == {uscc(well)}
    (group,) = town.hr.treatment.groups()
    assert (group.keys, group.records, group.waiting) == ([uscc(sick)], 1, 2)

    (again,) = release(town.hr)
    assert again is not None
    assert (again.done, again.failed, again.remaining) == (0, 1, 1)
    assert parked(town.hr) == registration

    poison.subjects, poison.seen = set(), []
    (again,) = release(town.hr)
    assert again is not None
    assert (again.done, again.failed, again.remaining) == (1, 0, 0)
    assert parked(town.hr) == []
    assert [kind for _, kind in poison.seen] == [
        "subject.registered.v1",
        "subject.registration_changed.v1",
    ]
    topic = "labour.samr.registration"
    assert [body for at, _, _, body in received(town.hr) if at == topic] == [
        event.body for event in stored(town) if event.topic == topic
    ]


def test_what_comes_while_a_key_waits_joins_its_line(sick_town: Town, poison: Poison) -> None:
    town = sick_town
    poison.subjects = {uscc(0)}
    town.register(0)
    town.send()
    town.hr.intake.catch_up()
    town.give(
        "SAMR",
        "ChangeRegistration",
        {"organisation": uscc(0), "change": "ADDRESS", "after": "沈阳市虚例路1号"},
    )
    town.send()
    town.hr.intake.catch_up()
    assert [state for state, _, _ in parked(town.hr)] == ["BLOCKING", "WAITING", "WAITING"]
    poison.subjects = set()
    release(town.hr)
    assert parked(town.hr) == []
    town.register(1)
    town.platform.settle()
    assert parked(town.hr) == []
    assert len(types(town.samr)) + len(types(town.hr)) == len(received(town.hr))


FOREIGN: dict[str, tuple[Callable[[Envelope], Any] | bytes, str]] = {
    "bytes that are no text": (b"\xff\x00\xfe", "not JSON"),
    "broken JSON": (b'{"specversion": "1.0", ', "not JSON"),
    "JSON that is no object": (b"[1, 2, 3]", "not an object"),
    "an event of nobody": (lambda one: one.pop("source"), "no source"),
    "a source of another form": (lambda one: one.update(source="/elsewhere"), "no source"),
    "no partition sequence": (lambda one: one.pop("partitionsequence"), "no source"),
    "a partition sequence of words": (
        lambda one: one.update(partitionsequence="first"),
        "no source",
    ),
    "a partition sequence of zero": (lambda one: one.update(partitionsequence="0"), "below 1"),
    "another department's event": (
        lambda one: one.update(source=one["source"].replace("samr", "drc")),
        "written as drc on the topic of samr",
    ),
    "a real event among simulated": (
        lambda one: one.update(source=one["source"].replace("simulated", "real")),
        "real among simulated",
    ),
}


@pytest.mark.parametrize(("wrong", "why"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_record_is_set_aside_alone(
    town: Town, wrong: Callable[[Envelope], Any] | bytes, why: str
) -> None:
    town.register(0)
    first, *rest = stored(town)
    if isinstance(wrong, bytes):
        foreign = OutRecord(str(first.topic), first.partition, first.key.encode(), wrong)
    else:
        foreign = out(first, wrong)
    append(town.log, foreign, *map(out, (first, *rest)))
    assert town.hr.intake.catch_up() == 1 + len(rest) + 1
    ((state, cause, detail),) = parked(town.hr)
    assert (state, cause) == ("FOREIGN", "FOREIGN")
    assert why in detail
    assert [body for *_, body in received(town.hr)] == [event.body for event in (first, *rest)]
    assert [one.acts for one in town.hr.treatment.groups()] == [("DISCARD",)]


OURS: dict[str, tuple[Callable[[Envelope], Any], str, str]] = {
    "an attribute is missing": (lambda one: one.pop("matter"), "INVALID", "matter"),
    "a code with a wrong check digit": (
        lambda one: one["data"].update(uscc="91210103MAYTX0128A"),
        "INVALID",
        "uscc",
    ),
    "an unknown type": (
        lambda one: one.update(type="subject.dreamt.v1", dataschema="urn:liandong:schema:x"),
        "UNKNOWN_TYPE",
        "subject.dreamt.v1",
    ),
    "a stamp 61 s ahead": (
        lambda one: one.update(recorded="2024-11-18T09:01:01.000001+08:00"),
        "FUTURE_STAMP",
        "ahead",
    ),
}


@pytest.mark.parametrize(("change", "cause", "why"), OURS.values(), ids=OURS)
def test_a_record_of_ours_that_cannot_be_applied_names_its_cause(
    town: Town, change: Callable[[Envelope], Any], cause: str, why: str
) -> None:
    town.register(0)
    town.register(1)
    first, *rest = stored(town)
    append(town.log, out(first, change), *map(out, rest))
    town.hr.intake.catch_up()
    blocked, waiting = parked(town.hr)
    assert blocked[:2] == ("BLOCKING", cause)
    assert why in blocked[2]
    assert waiting[:2] == ("WAITING", "BEHIND")
    assert {body for *_, body in received(town.hr)} == {
        event.body for event in rest if event.key == uscc(1)
    }


def test_a_stamp_within_a_minute_ahead_is_believed(town: Town) -> None:
    town.register(0)
    first, *rest = stored(town)
    ahead = "2024-11-18T09:00:59.000001+08:00"
    append(town.log, out(first, lambda one: one.update(recorded=ahead)), *map(out, rest))
    town.hr.intake.catch_up()
    assert parked(town.hr) == []


def test_a_future_stamp_is_released_once_its_time_has_come(town: Town) -> None:
    town.register(0)
    first, *rest = stored(town)
    later = "2024-11-18T10:00:00.000000+08:00"
    append(town.log, out(first, lambda one: one.update(recorded=later)), *map(out, rest))
    town.hr.intake.catch_up()
    assert [one.failed for one in release(town.hr) if one] == [1]
    town.at("2024-11-18T10:00")
    release(town.hr)
    assert parked(town.hr) == []
    assert len(received(town.hr)) == 2


@pytest.mark.parametrize("batches", ["together", "one by one"])
def test_a_hole_holds_what_came_early_until_it_is_filled(town: Town, batches: str) -> None:
    one, two = same_partition(2)
    town.register(one)
    town.register(two)
    late, *early = stored(town)
    if batches == "together":
        append(town.log, *map(out, early), out(late))
        town.hr.intake.catch_up()
    else:
        for event in (*reversed(early), early[0]):
            append(town.log, out(event))
            town.hr.intake.catch_up()
        assert [(state, cause) for state, cause, _ in parked(town.hr)] == [
            ("EARLY", "HOLE") for _ in early
        ]
        assert "1 to 3 are missing" in parked(town.hr)[0][2]
        assert received(town.hr) == []
        append(town.log, out(late))
        town.hr.intake.catch_up()
    assert parked(town.hr) == []
    assert [body for *_, body in received(town.hr)] == [event.body for event in (late, *early)]
    assert town.hr.treatment.records() == []


@pytest.mark.parametrize("batches", ["together", "one by one"])
def test_a_held_record_may_turn_out_to_be_poisoned(
    sick_town: Town, poison: Poison, batches: str
) -> None:
    town = sick_town
    sick, well = same_partition(2)
    poison.subjects = {uscc(sick)}
    town.register(well)
    town.register(sick)
    late, *early = stored(town)
    for event in (*early, late):
        append(town.log, out(event))
        if batches == "one by one":
            town.hr.intake.catch_up()
    town.hr.intake.catch_up()
    assert [(state, cause) for state, cause, _ in parked(town.hr)] == [
        ("BLOCKING", "POISONED"),
        ("WAITING", "BEHIND"),
    ]
    poison.subjects = set()
    release(town.hr)
    assert parked(town.hr) == []
    assert [body for *_, body in received(town.hr)] == [event.body for event in (late, *early)]


def test_a_record_sent_again_changes_nothing(town: Town) -> None:
    town.register(0)
    events = stored(town)
    append(town.log, *map(out, events))
    town.hr.intake.catch_up()
    town.samr.intake.catch_up()
    before, planned = received(town.hr), intents(town.samr)
    append(town.log, *map(out, events), *map(out, reversed(events)))
    town.hr.intake.catch_up()
    town.samr.intake.catch_up()
    assert received(town.hr) == before
    assert intents(town.samr) == planned
    assert len(planned) == 1
    assert parked(town.hr) == parked(town.samr) == []


def _other_name(envelope: Envelope) -> None:
    envelope["data"]["name"] = "沈阳虚例篡改人力有限公司"


def test_other_bytes_at_a_known_place_are_set_aside(town: Town) -> None:
    town.register(0)
    first, *rest = stored(town)
    append(town.log, *map(out, (first, *rest)), out(first, _other_name))
    town.hr.intake.catch_up()
    ((state, cause, detail),) = parked(town.hr)
    assert (state, cause) == ("FOREIGN", "CONFLICT")
    assert "partition sequence 1 was received before with other bytes" in detail
    assert received(town.hr)[0][3] == first.body


def test_other_bytes_at_a_parked_place_are_set_aside(sick_town: Town, poison: Poison) -> None:
    town = sick_town
    poison.subjects = {uscc(0)}
    town.register(0)
    first, second = stored(town)
    append(town.log, out(first), out(first, _other_name), out(first))
    town.hr.intake.catch_up()
    append(town.log, out(first, _other_name), out(second))
    town.hr.intake.catch_up()
    assert [(state, cause) for state, cause, _ in parked(town.hr)] == [
        ("BLOCKING", "POISONED"),
        ("FOREIGN", "CONFLICT"),
        ("FOREIGN", "CONFLICT"),
        ("WAITING", "BEHIND"),
    ]


def test_other_bytes_at_a_held_place_are_set_aside(town: Town) -> None:
    town.register(0)
    first, second = stored(town)
    append(town.log, out(second), out(second, lambda one: one.update(region="210104")))
    town.hr.intake.catch_up()
    append(town.log, out(second), out(first))
    town.hr.intake.catch_up()
    assert [(state, cause) for state, cause, _ in parked(town.hr)] == [("FOREIGN", "CONFLICT")]
    assert [body for *_, body in received(town.hr)] == [first.body, second.body]


def second_reader(town: Town) -> Intake:
    """Another intake of 人社, as if a paused process woke up with its old positions."""
    hr = town.hr
    return Intake("hr", town.log, hr.database, town.clock, hr.mode, shared=False)


def test_a_reader_that_was_overtaken_changes_nothing(town: Town) -> None:
    late = second_reader(town)
    late.step()
    town.hr.intake.step()
    town.register(0)
    town.send()
    town.hr.intake.catch_up()
    town.hr.intents.step()
    before, planned = received(town.hr), intents(town.hr)
    assert late.step() > 0
    assert (received(town.hr), intents(town.hr), parked(town.hr)) == (before, planned, [])
    town.register(1)
    town.send()
    late.step()
    assert received(town.hr) == before
    town.hr.intake.catch_up()
    assert len(received(town.hr)) == len(before) + 2
    late.stop()


def test_a_reader_overtaken_in_one_partition_goes_on_in_the_others(town: Town) -> None:
    late = second_reader(town)
    late.step()
    town.hr.intake.step()
    for number in range(8):
        town.register(number)
    town.send()
    assert town.hr.intake.step(limit=1) == 1
    late.step()
    assert len(received(town.hr)) > 1
    late.stop()
    fresh = second_reader(town)
    fresh.catch_up()
    fresh.stop()
    everything = {event.body for event in stored(town)}
    assert {body for *_, body in received(town.hr)} == everything
    assert len(received(town.hr)) == len(everything)
    assert parked(town.hr) == []


def test_a_reader_left_behind_finds_out_at_once_and_looks_for_no_culprit(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was paused wakes with records that another copy has taken in meanwhile."""
    for number in range(12):
        town.register(number)
    town.send()
    paused, other = (
        town.hr.intake,
        Intake("hr", town.log, town.hr.database, town.clock, "simulated", shared=False),
    )
    records = paused._open().poll(limit=1000, timeout_s=1.0)
    assert len(records) == 24
    other.catch_up()

    def searched(*_: object) -> None:
        pytest.fail("every stale record was tried by itself")

    monkeypatch.setattr(paused, "_find_culprits", searched)
    before = received(town.hr)
    paused._take(records)
    other.stop()
    assert received(town.hr) == before
    assert parked(town.hr) == []
