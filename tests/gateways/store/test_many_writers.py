"""Many threads and processes write; every reader sees one order without gaps."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.contracts.canonical import decode
from gateways.store.port import Accepted, Conflict, EventStore, Repeated, StoredEvent
from tests.gateways.store.appends import NOW, TOPIC, command
from tests.gateways.store.conftest import Place

ROOT = Path(__file__).parents[3]


def writing(place: Place, name: str, threads: int, commands: int) -> subprocess.Popen[str]:
    """Another process that writes to the same store."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.gateways.store.writing",
            *place.arguments,
            name,
            str(threads),
            str(commands),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_in_order(events: list[StoredEvent]) -> None:
    """Sequences and partition sequences have no gaps, and stamps rise with them."""
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    stamps = [event.stamp for event in events]
    assert all(one < next_ for one, next_ in itertools.pairwise(stamps))
    ends: Counter[tuple[str | None, int]] = Counter()
    for event in events:
        ends[event.topic, event.partition] += 1
        assert event.partition_sequence == ends[event.topic, event.partition]


def test_a_tailing_reader_skips_nothing_while_threads_and_processes_write(
    place: Place, store: EventStore
) -> None:
    others = [writing(place, f"p{number}", 4, 40) for number in range(2)]
    seen: list[StoredEvent] = []
    done = threading.Event()

    def tail() -> None:
        while True:
            last = done.is_set()
            found = store.after(len(seen), limit=500)
            seen.extend(found)
            if last and not found:
                return

    def write(thread: int) -> None:
        for number in range(40):
            one = f"here-{thread}-{number}"
            assert isinstance(
                store.append(command(one, f"s/{one}", partition=number % 6)), Accepted
            )

    reader = threading.Thread(target=tail)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    acknowledged = [other.communicate(timeout=120) for other in others]
    done.set()
    reader.join()
    assert [
        (other.returncode, errors) for other, (_, errors) in zip(others, acknowledged, strict=True)
    ] == [(0, "")] * 2
    assert_in_order(seen)
    recorded = {decode(event.body)["id"].split("/")[0] for event in seen}
    assert recorded == {
        *(line for said, _ in acknowledged for line in said.split()),
        *(f"here-{thread}-{number}" for thread in range(8) for number in range(40)),
    }
    assert store.partition_ends() == dict(Counter((TOPIC, event.partition) for event in seen))


def test_threads_that_race_for_one_stream_each_win_once(store: EventStore) -> None:
    def race(thread: int) -> int:
        conflicts = expected = 0
        while True:
            outcome = store.append(command(f"c{thread}", "one", expected))
            if isinstance(outcome, Accepted):
                return conflicts
            assert isinstance(outcome, Conflict)
            conflicts, expected = conflicts + 1, outcome.actual

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(race, range(8)))
    assert [event.stream_version for event in store.stream("one")] == list(range(1, 9))


def test_threads_that_give_the_same_command_get_one_answer(store: EventStore) -> None:
    barrier = threading.Barrier(8)

    def give(_: int) -> tuple[bool, Accepted]:
        barrier.wait()
        outcome = store.append(command("c1"))
        if isinstance(outcome, Repeated):
            return True, outcome.answer
        assert isinstance(outcome, Accepted)
        return False, outcome

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(give, range(8)))
    assert sorted(repeated for repeated, _ in answers) == [False] + [True] * 7
    assert len({answer for _, answer in answers}) == 1


def test_a_killed_writer_leaves_no_half_command_and_loses_none_acknowledged(
    place: Place, store: EventStore
) -> None:
    for attempt in range(3):
        other = writing(place, f"killed{attempt}", 8, 100_000)
        assert other.stdout is not None
        said = [other.stdout.readline() for _ in range(30 + 17 * attempt)]
        other.kill()
        said += other.stdout.readlines()
        other.communicate()
        acknowledged = {line.strip() for line in said if line.endswith("\n")}
        assert isinstance(store.append(command(f"after{attempt}", f"after{attempt}")), Accepted)
        events = store.after(0, limit=1_000_000)
        assert_in_order(events)
        counted = Counter(decode(event.body)["id"].split("/")[0] for event in events)
        for name, count in counted.items():
            if name.startswith("killed"):
                assert count == 1 + int(name.rsplit("-", 1)[1]) % 3
                found = store.find_command(f"hr|local|{name}")
                assert found is not None
                assert len(found[1].events) == count
        assert acknowledged <= counted.keys()


RUNS = itertools.count()

STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),  # stream
        st.integers(0, 3),  # events
        st.sampled_from([TOPIC, "labour.hr.push", None]),
        st.integers(0, 2),  # partition
        st.integers(-5_000_000, 5_000_000),  # the clock, against the first
        st.integers(-5_000_000, 5_000_000),  # the cause
        st.booleans(),  # whether the version is right
    ),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=4))
def test_order_holds_for_any_batches(
    store: EventStore, steps: list[list[tuple[int, int, str | None, int, int, int, bool]]]
) -> None:
    run = next(RUNS)
    versions = {n: len(store.stream(f"stream/{n}")) for n in range(4)}
    for place, batch in enumerate(steps):
        appends, right = [], []
        for index, (stream, events, topic, partition, clock, cause, correct) in enumerate(batch):
            appends.append(
                command(
                    f"{run}-{place}-{index}",
                    f"stream/{stream}",
                    versions[stream] if correct else versions[stream] + 7,
                    events=events,
                    topic=topic,
                    partition=partition,
                    now=NOW + clock,
                    cause=NOW + cause,
                )
            )
            right.append(correct)
            versions[stream] += events if correct else 0
        outcomes = store.append_many(appends)
        assert [isinstance(outcome, Accepted) for outcome in outcomes] == right
        for append, outcome in zip(appends, outcomes, strict=True):
            if isinstance(outcome, Accepted):
                assert all(event.stamp > append.cause_stamp for event in outcome.events)
    published = store.after(0, limit=1_000_000)
    assert [event.sequence for event in published] == list(range(1, len(published) + 1))
    private = store.private_after(0, limit=1_000_000)
    assert [event.sequence for event in private] == list(range(1, len(private) + 1))
    stamps = sorted(event.stamp for event in published + private)
    assert len(set(stamps)) == len(stamps)
    assert [event.stamp for event in published] == sorted(event.stamp for event in published)
    for (topic, partition), last in store.partition_ends().items():
        lane = store.partition_after(topic, partition, 0, limit=1_000_000)
        assert [event.partition_sequence for event in lane] == list(range(1, last + 1))
        assert [event.sequence for event in lane] == sorted(event.sequence for event in lane)
