"""The eventsourcing library's own recorder, mapper and repository read our tables."""

from __future__ import annotations

from datetime import date

import pytest
from eventsourcing.application import Repository
from eventsourcing.persistence import EventStore as LibraryStore

from domain.facts import Recorded
from domain.organisation import SubjectRegistrationChanged
from gateways.contracts.envelope import UnknownType
from gateways.store.mapper import EnvelopeMapper, fold, repository
from gateways.store.port import Append, Draft, EventStore
from tests.gateways.store.appends import NOW, command

STREAM = "organisation/91210103MAYTX0128N"


def renamed(number: int, type_name: str = "subject.registration_changed.v1") -> Append:
    """A change of name of one organisation, its `number`-th fact."""
    envelope = {
        "specversion": "1.0",
        "id": f"e{number}",
        "type": type_name,
        "subject": "91210103MAYTX0128N",
        "time": "2024-11-25T10:00:00.000000+08:00",
        "effective": "2024-11-25",
        "stream": STREAM,
        "matter": "m1",
        "command": f"c{number}",
        "commandname": "ChangeRegistration",
        "post": "SAMR@210103",
        "organ": "SAMR",
        "region": "210103",
        "data": {
            "uscc": "91210103MAYTX0128N",
            "change": "NAME",
            "after": f"沈阳虚例北辰职介服务有限公司{number}",
            "changed_on": "2024-11-25",
            "a_field_of_later_versions": 1,
        },
    }
    return Append(
        f"c{number}",
        f"samr|local|{number}",
        "digest",
        "ChangeRegistration",
        {STREAM: number - 1},
        [Draft(STREAM, type_name, "labour.samr.registration", 2, "91210103MAYTX0128N", envelope)],
        NOW,
    )


def names(state: tuple[str, ...], fact: Recorded[SubjectRegistrationChanged]) -> tuple[str, ...]:
    assert fact.fact.after is not None
    return (*state, fact.fact.after[-1])


def test_a_repository_folds_a_stream_whole_or_at_a_version(store: EventStore) -> None:
    store.append_many([renamed(1), renamed(2), renamed(3)])
    folds = repository(store.recorder)  # type: ignore[attr-defined]
    assert isinstance(folds, Repository)
    assert fold(folds, STREAM, names, ()) == ("1", "2", "3")
    assert fold(folds, STREAM, names, (), version=2) == ("1", "2")
    assert fold(folds, "organisation/none", names, ()) == ()


def test_the_mapper_gives_facts_on_record(store: EventStore) -> None:
    store.append(renamed(1))
    library = LibraryStore(EnvelopeMapper(), store.recorder)  # type: ignore[attr-defined]
    (fact,) = library.get(STREAM)
    assert isinstance(fact, Recorded)
    assert isinstance(fact.fact, SubjectRegistrationChanged)
    assert (fact.sequence, fact.stamp, fact.stream_version) == (1, NOW + 1, 1)
    assert fact.fact.changed_on == date(2024, 11, 25)


def test_an_event_type_without_a_class_is_named(store: EventStore) -> None:
    store.append(renamed(1, "subject.unheard_of.v9"))
    with pytest.raises(UnknownType, match="unheard_of"):
        fold(repository(store.recorder), STREAM, names, ())  # type: ignore[attr-defined]


def test_notifications_are_the_published_events_alone(store: EventStore) -> None:
    recorder = store.recorder  # type: ignore[attr-defined]
    store.append(command("c1", "access/p", topic=None, events=3))
    assert recorder.max_notification_id() is None
    assert recorder.select_notifications(None, 10) == []
    store.append(command("c2", events=3))
    assert recorder.max_notification_id() == 3
    for start in (None, -5, 0, 1):
        found = recorder.select_notifications(start, 10)
        assert [notification.id for notification in found] == [1, 2, 3]
    assert [n.id for n in recorder.select_notifications(1, 10, inclusive_of_start=False)] == [2, 3]
    assert [n.id for n in recorder.select_notifications(1, 1, topics=["licence.granted.v1"])] == [1]
    assert [event.topic for event in recorder.select_events("access/p")] == [
        "licence.granted.v1"
    ] * 3


def test_the_library_cannot_write_past_the_head(store: EventStore) -> None:
    recorder = store.recorder  # type: ignore[attr-defined]
    with pytest.raises(NotImplementedError, match="append"):
        recorder.insert_events([])
    with pytest.raises(NotImplementedError, match="liandong migrate"):
        recorder.create_table()
