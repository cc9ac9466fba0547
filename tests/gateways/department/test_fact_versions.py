"""Old events are read for ever, and a fact that goes out in two versions counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from domain.commands import Received
from domain.facts import FACTS, Recorded
from domain.review.facts import FactCorrected
from domain.review.reading import object_of, text_of
from domain.versions import SUCCESSIONS
from gateways.contracts import canonical
from gateways.contracts.envelope import recorded
from gateways.contracts.upcasting import current
from gateways.contracts.validation import validate_envelope
from gateways.department.database import INTENTS
from gateways.department.deciding.histories import load
from gateways.log.port import OutRecord
from gateways.store.port import StoredEvent
from ops.player import all_events
from projections import audit
from projections.reader import Facts, Reader
from projections.rows import Rows
from tests.contracts.versions import V1, V2, declared
from tests.faults.organisations import uscc
from tests.gateways.department.town import Town, append, parked, received, release

FIRM = uscc(0)


class Noted:
    """A projection that keeps what it was given, as 人社's newest."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch, *reads: str) -> None:
        self.facts: list[Recorded[Any]] = []

        def apply(facts: Facts, _rows: Rows) -> None:
            self.facts += facts

        reader = Reader("noted", 1, audit.PROJECTION.metadata, frozenset(reads), apply)
        monkeypatch.setattr(town.hr.intake, "_projections", [*town.hr.intake._projections, reader])

    @property
    def told(self) -> list[tuple[str, Any]]:
        """(type, words or note) of each fact applied."""
        return [(one.type, getattr(one.fact, "words", None) or one.fact.note) for one in self.facts]


def note(town: Town, text: str = "甲 乙") -> list[StoredEvent]:
    """市场监管 notes something; the events that it brought about."""
    before = len(list(all_events(town.samr.store)))
    town.give("SAMR", "NoteSomething", {"organisation": FIRM, "note": text})
    return list(all_events(town.samr.store))[before:]


@contextmanager
def knowing_only_the_first() -> Iterator[None]:
    """A program from before the second version."""
    second, succession = FACTS.pop(V2), SUCCESSIONS.pop(V1)
    try:
        yield
    finally:
        FACTS[V2], SUCCESSIONS[V1] = second, succession


def history(town: Town) -> list[str]:
    """The types that 人社's case history shows of the matter."""
    with town.hr.reading() as connection:
        found = audit.history(connection, f"M-{FIRM}")
    return [one.type for one in found.facts] if found else []


def test_an_event_of_an_older_version_is_read_as_the_newest(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with declared(newest=1):
        (old,) = note(town)
    with declared(newest=2, until=None):
        noted = Noted(town, monkeypatch, V2)
        town.platform.settle()
        assert noted.told == [(V2, ("甲", "乙"))]
        assert [body for *_, body in received(town.hr)] == [old.body]
        read = (Received(subject=FIRM, types=(V2,)),)
        histories, _ = load(read, town.hr.store, town.hr.database)
        assert [one.fact.words for one in histories.received(read[0])] == [("甲", "乙")]
        assert parked(town.hr) == []


def test_a_breaking_version_goes_out_beside_the_old_until_its_day(town: Town) -> None:
    with declared(newest=2):
        first, second = note(town)
        assert (first.type, second.type) == (V1, V2)
        bodies = [canonical.decode(one.body) for one in (first, second)]
        assert {one["factid"] for one in bodies} == {bodies[1]["id"]}
        assert {one["factversions"] for one in bodies} == {"1 2"}
        assert [one["data"] for one in bodies] == [
            {"uscc": FIRM, "note": "甲 乙"},
            {"uscc": FIRM, "words": ["甲", "乙"]},
        ]
        assert [validate_envelope(one) for one in bodies] == [[], []]
        town.at("2025-06-30T23:59")
        assert len(note(town)) == 2
        town.at("2025-07-01T00:00")
        (alone,) = note(town)
        body = canonical.decode(alone.body)
        assert (alone.type, "factid" in body, "factversions" in body) == (V2, False, False)


@pytest.mark.parametrize("order", ["as written", "the other way round"])
@pytest.mark.parametrize("knows", ["both versions", "the first alone"])
def test_a_fact_in_two_versions_counts_once_whichever_comes_first(
    town: Town, monkeypatch: pytest.MonkeyPatch, order: str, knows: str
) -> None:
    with declared(newest=2):
        pair = note(town)
        values = [canonical.decode(one.body) for one in pair]
        if order == "the other way round":
            values.reverse()
        for place, value in enumerate(values, start=1):
            value["partitionsequence"] = str(place)
        out = [
            OutRecord(str(one.topic), one.partition, one.key.encode(), canonical.encode(value))
            for one, value in zip(pair, values, strict=True)
        ]
        append(town.log, *out, *out)
        noted = Noted(town, monkeypatch, V1, V2)
        old, new = (canonical.decode(one.body)["id"] for one in pair)
        if knows == "both versions":
            town.hr.intake.catch_up()
            assert noted.told == [(V2, ("甲", "乙"))]
            assert history(town) == [V2]
        else:
            with knowing_only_the_first():
                town.hr.intake.catch_up()
                assert noted.told == [(V1, "甲 乙")]
                assert history(town) == [V1]
        assert [one.id for one in noted.facts] == [new if knows == "both versions" else old]
        assert len(received(town.hr)) == 2
        assert parked(town.hr) == []


def test_a_later_version_that_goes_out_alone_is_parked_by_a_program_that_does_not_know_it(
    town: Town,
) -> None:
    with declared(newest=2, until=None):
        note(town)
        with knowing_only_the_first():
            town.platform.settle()
            assert [(state, cause) for state, cause, _ in parked(town.hr)] == [
                ("BLOCKING", "UNKNOWN_TYPE")
            ]
        release(town.hr)
        assert parked(town.hr) == []
        assert len(received(town.hr)) == 1


def test_a_decision_folds_each_fact_once_and_a_waiter_sees_both_records(town: Town) -> None:
    with declared(newest=2):
        given = town.give("SAMR", "NoteSomething", {"organisation": FIRM, "note": "甲"})
        town.platform.settle()
        assert town.hr.applied(given.position)
        facts = [recorded(canonical.decode(one.body)) for one in all_events(town.samr.store)]
        assert [one.twin for one in facts] == [True, False]
        with town.hr.reading() as connection:
            assert connection.execute(INTENTS.select()).all() == []


def test_a_correction_of_an_older_version_is_one_of_the_newest() -> None:
    was = {"uscc": FIRM, "note": "甲 乙"}
    said = {
        "target_event_id": "1",
        "target_type": V1,
        "kind": "REPLACE",
        "target_data": text_of(was),
        "replaces_with": text_of({"note": "甲 丙"}),
        "reason": "录入有误",
    }
    with declared(newest=2):
        type_name, data = current(FactCorrected.TYPE, said)
        assert (type_name, data["target_type"]) == (FactCorrected.TYPE, V2)
        assert object_of(data["target_data"]) == {"uscc": FIRM, "words": ["甲", "乙"]}
        assert object_of(data["replaces_with"]) == {"words": ["甲", "丙"]}
        _, voided = current(FactCorrected.TYPE, {**said, "kind": "VOID", "replaces_with": None})
        assert voided["replaces_with"] is None
    assert current(FactCorrected.TYPE, said) == (FactCorrected.TYPE, said)
