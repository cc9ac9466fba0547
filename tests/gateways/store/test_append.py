"""One command is recorded whole or not at all, once, in the one order of its department."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.facts import instant
from gateways.contracts.canonical import LARGEST_ENVELOPE, NotCanonical, decode, encode
from gateways.contracts.envelope import timestamp
from gateways.store.port import (
    Accepted,
    Appended,
    Conflict,
    EnvelopeTooLarge,
    EventStore,
    InvalidAppend,
    OtherBody,
    Repeated,
    StoreUnavailable,
)
from tests.gateways.store.appends import NOW, TOPIC, TYPE, command

STREAM = "licence/91210103MAYTX0128N:LIC_HRS"


def test_an_accepted_command_answers_where_its_events_stand(store: EventStore) -> None:
    assert store.append(command("c1", events=2)) == Accepted(
        "c1",
        (
            Appended("c1/0", TYPE, 1, NOW + 1, TOPIC, 0, 1),
            Appended("c1/1", TYPE, 2, NOW + 2, TOPIC, 0, 2),
        ),
    )


def test_the_stored_bytes_are_the_completed_envelope(store: EventStore) -> None:
    store.append(command("c1"))
    (event,) = store.stream(STREAM)
    envelope = decode(event.body)
    assert event.body == encode(envelope)
    head = store.head()
    assert envelope == {
        "specversion": "1.0",
        "id": "c1/0",
        "data": {"note": "沈阳虚例北辰职介服务有限公司"},
        "source": f"/labour/hr/real/{head.incarnation}",
        "recorded": timestamp(instant(event.stamp)),
        "sequence": "1",
        "partitionsequence": "1",
        "streamversion": "1",
    }


def test_the_same_key_and_body_get_the_same_answer(store: EventStore) -> None:
    first = store.append(command("c1"))
    assert store.append(command("c1")) == Repeated(first)  # type: ignore[arg-type]
    assert store.head().sequence == 1
    assert store.find_command("hr|local|c1") == ("digest", first)
    assert store.find_command("hr|local|unknown") is None


def test_the_same_key_with_another_body_is_refused(store: EventStore) -> None:
    store.append(command("c1"))
    assert store.append(command("c2", scope="hr|local|c1", digest="other")) == OtherBody("c1")


def test_a_stream_that_moved_on_is_a_conflict(store: EventStore) -> None:
    store.append(command("c1"))
    assert store.append(command("c2")) == Conflict(STREAM, 0, 1)
    assert store.find_command("hr|local|c2") is None
    assert isinstance(store.append(command("c2", expected=1)), Accepted)


def test_a_command_without_events_is_remembered(store: EventStore) -> None:
    assert store.append(command("c1", events=0)) == Accepted("c1", ())
    assert store.append(command("c1", events=0)) == Repeated(Accepted("c1", ()))


def test_a_later_command_of_a_batch_sees_the_earlier_ones(store: EventStore) -> None:
    outcomes = store.append_many(
        [
            command("c1"),
            command("c2"),
            command("c3", expected=1),
            command("c1"),
            command("c4", scope="hr|local|c1", digest="other"),
            command("c5", "licence/other"),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [
        Accepted,
        Conflict,
        Accepted,
        Repeated,
        OtherBody,
        Accepted,
    ]
    assert [event.sequence for event in store.after(0, limit=10)] == [1, 2, 3]
    assert [event.stream_version for event in store.stream(STREAM)] == [1, 2]


def test_owner_only_facts_have_a_sequence_of_their_own_and_are_not_published(
    store: EventStore,
) -> None:
    store.append(command("c1", "access/p1", topic=None, events=2))
    store.append(command("c2"))
    assert [event.body for event in store.after(0, limit=10)] == [store.stream(STREAM)[0].body]
    private = store.private_after(0, limit=10)
    assert [(e.sequence, e.topic, e.stream_version) for e in private] == [
        (1, None, 1),
        (2, None, 2),
    ]
    assert "partitionsequence" not in decode(private[0].body)
    assert [event.sequence for event in store.private_after(1, limit=10)] == [2]
    head = store.head()
    assert (head.sequence, head.private_sequence) == (1, 2)


def test_each_partition_counts_without_gaps(store: EventStore) -> None:
    for number in range(6):
        store.append(command(f"c{number}", f"s{number}", partition=number % 2, events=2))
    assert store.partition_ends() == {(TOPIC, 0): 6, (TOPIC, 1): 6}
    after = store.partition_after(TOPIC, 1, 2, limit=3)
    assert [event.partition_sequence for event in after] == [3, 4, 5]
    assert {event.partition for event in after} == {1}


def test_stamps_go_on_when_the_clock_goes_back(store: EventStore) -> None:
    store.append(command("c1", "s1", now=NOW))
    store.append(command("c2", "s2", now=NOW - 3_600_000_000))
    assert [event.stamp for event in store.after(0, limit=10)] == [NOW + 1, NOW + 2]


def test_an_effect_is_stamped_after_its_cause(store: EventStore) -> None:
    store.append(command("c1", now=NOW, cause=NOW + 500))
    assert store.after(0, limit=1)[0].stamp == NOW + 501


def test_nothing_is_recorded_at_or_before_a_closed_stamp(store: EventStore) -> None:
    assert store.close_at(NOW + 100).stamp == NOW + 100
    store.append(command("c1"))
    assert store.after(0, limit=1)[0].stamp == NOW + 101
    assert store.close_at(NOW).stamp == NOW + 101


def test_an_envelope_over_256_kib_is_refused_before_commit(store: EventStore) -> None:
    large = command("c1", note="a" * LARGEST_ENVELOPE)
    with pytest.raises(EnvelopeTooLarge, match="licence"):
        store.append(large)
    with pytest.raises(EnvelopeTooLarge):
        store.append_many([command("c2", "s2"), large])
    assert store.head().sequence == 0
    assert isinstance(store.append(command("c1")), Accepted)


def test_a_command_that_cannot_be_encoded_does_not_stop_the_others(store: EventStore) -> None:
    barrier = threading.Barrier(9)

    def give(number: int) -> str:
        barrier.wait()
        try:
            note = "\ud800" if number == 3 else "a" * LARGEST_ENVELOPE if number == 5 else "b"
            return type(store.append(command(f"c{number}", f"s{number}", note=note))).__name__
        except (NotCanonical, EnvelopeTooLarge) as error:
            return type(error).__name__

    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(give, range(9)))
    assert (
        answers
        == ["Accepted"] * 3 + ["NotCanonical", "Accepted", "EnvelopeTooLarge"] + ["Accepted"] * 3
    )
    assert store.head().sequence == 7


@pytest.mark.parametrize(
    "bad",
    [
        command("c1", "s" * 500),
        command("c1", "licence/\0"),
        command("c1", "licence/\ud800"),
        command("c1", now=-1),
    ],
)
def test_what_no_database_can_hold_is_refused_to_its_caller(store: EventStore, bad: object) -> None:
    with pytest.raises(InvalidAppend):
        store.append(bad)  # type: ignore[arg-type]


def test_the_relays_cursor_moves_by_compare_and_set(store: EventStore) -> None:
    assert store.cursor() == 0
    assert store.move_cursor(0, 5)
    assert not store.move_cursor(0, 7)
    assert store.cursor() == 5


def test_a_lease_is_held_by_one_until_it_expires_or_is_released(store: EventStore) -> None:
    assert store.lease("relay", "a", 0.2)
    assert store.lease("relay", "a", 0.2)
    assert not store.lease("relay", "b", 60)
    assert store.lease("intake", "b", 60)
    time.sleep(0.3)
    assert store.lease("relay", "b", 60)
    store.release("relay", "a")
    assert not store.lease("relay", "a", 60)
    store.release("relay", "b")
    assert store.lease("relay", "a", 60)


def test_listeners_hear_of_commits_and_cannot_stop_the_store(store: EventStore) -> None:
    heard = threading.Event()

    def broken() -> None:
        raise RuntimeError("a listener fails")

    store.on_append(broken)
    store.on_append(heard.set)
    store.append(command("c1"))
    assert heard.wait(5)
    assert isinstance(store.append(command("c2", "s2")), Accepted)


def test_a_closed_store_says_so(opened: Callable[..., EventStore]) -> None:
    store = opened()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.append(command("c1"))
