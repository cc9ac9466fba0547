"""Any interleaving of topics and partitions, with repeats, gives the same rows, intents and commands."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from domain.departments import NODES, TOPICS
from gateways.contracts import canonical
from gateways.department.node import Department
from gateways.department.taking_in.intake import Intake
from gateways.log.port import (
    Log,
    LogReader,
    LogRecord,
    LogWriter,
    OutRecord,
    Positions,
    TopicPartition,
    TopicSpec,
)
from ops.player import Player, all_events, incarnation_of
from ops.scenario import Scenario, load
from ops.settings import ROOT
from projections.catalogue import PROJECTIONS
from tests.gateways.department.town import Town, again, all_records, append, intents, opened, parked

LN_B = ROOT / "ops" / "scenarios" / "s2-ln-b.yaml"
NOT_OF_THE_FACTS = {"clock_declared"}
"""Tables of a projection that say what this department did, not what the facts say."""
DEPARTMENTS = ("samr", "hr", "drc", "lgo")


def rows(department: Department) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every projection of a department."""
    found = {}
    with department.reading() as connection:
        for name in NODES[department.id].projections:
            for table in PROJECTIONS[name].metadata.sorted_tables:
                if table.name not in NOT_OF_THE_FACTS:
                    columns = [
                        one for one in table.columns if one.name not in ("received", "offset")
                    ]
                    found[table.name] = sorted(
                        map(tuple, connection.execute(select(*columns))), key=repr
                    )
    return found


def planned(department: Department) -> list[tuple[str, ...]]:
    """What the rules are going to do: id, rule, event, command and data of every intent."""
    return [
        (one.intent_id, one.rule, one.event_id, one.command, one.data)
        for one in intents(department)
    ]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The story of LN-B, played to its end."""
    scenario = load(LN_B)
    with story_house(scenario, tmp_path_factory.mktemp("played")) as town:
        assert Player(town.platform, scenario).play().passed
        yield town


def story_house(scenario: Scenario, folder: Path) -> Any:
    """A house of four departments, named as the scenario's player names it."""
    return opened(
        folder,
        departments=",".join(DEPARTMENTS),
        start=scenario.start,
        incarnation=lambda department: incarnation_of(scenario.name, department),
    )


def shuffled(
    partitions: Mapping[TopicPartition, Sequence[LogRecord]], luck: random.Random
) -> list[OutRecord]:
    """All records in another order between partitions, and now and then an old one again."""
    waiting = {place: list(records) for place, records in partitions.items() if records}
    sent: list[OutRecord] = []
    while waiting:
        place = luck.choice(sorted(waiting))
        sent.append(again(waiting[place].pop(0)))
        if not waiting[place]:
            del waiting[place]
        if luck.random() < 0.3:
            sent.append(luck.choice(sent))
    return sent


@pytest.mark.parametrize("seed", range(6))
def test_rows_and_intents_do_not_depend_on_interleaving_and_repeats(
    played: Town, tmp_path: Path, seed: int
) -> None:
    luck = random.Random(seed)
    topics = {topic.name: topic.partitions for topic in TOPICS.values()}
    originals = all_records(played.log, topics)
    records = shuffled(originals, luck)
    assert len(records) > sum(map(len, originals.values())) > 20
    with opened(
        tmp_path / "again", departments=",".join(DEPARTMENTS), start=played.clock.now()
    ) as town:
        at = 0
        while at < len(records):
            size = luck.choice((1, 2, 3, 8, 40))
            append(town.log, *records[at : at + size])
            at += size
            for name in luck.sample(DEPARTMENTS, len(DEPARTMENTS)):
                while town.platform.departments[name].intake.step(limit=luck.choice((1, 3, 2000))):
                    pass
        for name in DEPARTMENTS:
            reading, read = town.platform.departments[name], played.platform.departments[name]
            reading.intake.catch_up()
            assert parked(reading) == []
            assert rows(reading) == rows(read), name
            assert planned(reading) == planned(read), name


class DelayingLog:
    """The real log for one reader: records appear late and in portions, in any order of partitions.

    Within a partition the order stays. Each look at the ends lets at least one waiting record
    appear, so that nothing is withheld for ever. Control topics are not delayed.
    """

    def __init__(self, log: Log, luck: random.Random) -> None:
        self._log, self._luck = log, luck
        self._shown: dict[TopicPartition, int] = {}
        self.portions = 0

    def ends(self, topics: Sequence[str]) -> dict[TopicPartition, int]:
        real = self._log.ends(topics)
        waiting = [place for place, end in real.items() if self._shown.get(place, 0) < end]
        delayed = [place for place in waiting if not place[0].endswith(".control")]
        for place in waiting:
            if place not in delayed:
                self._shown[place] = real[place]
        if delayed:
            self.portions += 1
            place = self._luck.choice(delayed)
            shown = self._shown.get(place, 0)
            self._shown[place] = self._luck.randint(shown + 1, real[place])
        return {place: self._shown.get(place, 0) for place in real}

    def shown(self, place: TopicPartition) -> int:
        return self._shown.get(place, 0)

    def reader(
        self, name: str, topics: Sequence[str], positions: Positions, *, shared: bool = True
    ) -> LogReader:
        return DelayingReader(self, self._log, topics, positions, self._luck)

    def ensure_topics(self, topics: Iterable[TopicSpec]) -> None:
        self._log.ensure_topics(topics)

    def writer(self, name: str) -> LogWriter:
        return self._log.writer(name)

    def tail(self, topic: str, partition: int, count: int) -> list[LogRecord]:
        return self._log.tail(topic, partition, count)

    def close(self) -> None:
        self._log.close()


class DelayingReader:
    """Reads what a DelayingLog shows, one portion of one partition at a time, sometimes twice."""

    def __init__(
        self,
        delaying: DelayingLog,
        log: Log,
        topics: Sequence[str],
        positions: Positions,
        luck: random.Random,
    ) -> None:
        self._delaying, self._log, self._luck = delaying, log, luck
        self._next = dict(positions(log.ends(topics)))

    def poll(self, *, limit: int, timeout_s: float) -> list[LogRecord]:
        behind = [place for place, at in self._next.items() if at < self._delaying.shown(place)]
        if not behind:
            return []
        place = self._luck.choice(sorted(behind))
        first = self._next[place]
        last = self._luck.randint(first + 1, self._delaying.shown(place))
        self._next[place] = last
        records = self._log.tail(*place, 1_000_000)
        old = self._luck.randint(0, first) if self._luck.random() < 0.3 else first
        return [record for record in records if old <= record.offset < last][:limit]

    def assigned(self) -> frozenset[TopicPartition]:
        return frozenset(self._next)

    def drop(self, partition: TopicPartition) -> None:
        self._next.pop(partition)

    def wake(self) -> None:
        """A poll never waits."""

    def close(self) -> None:
        """Nothing is held."""


def commands_given(town: Town) -> dict[str, set[tuple[str, str, str]]]:
    """Each department's commands that brought something about, with the events' ids and types."""
    found = {}
    for name, department in town.platform.departments.items():
        envelopes = [canonical.decode(event.body) for event in all_events(department.store)]
        found[name] = {(one["command"], one["id"], one["type"]) for one in envelopes}
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_story_played_over_a_log_that_delays_and_repeats_ends_the_same(
    played: Town, tmp_path: Path, seed: int
) -> None:
    scenario = load(LN_B)
    with story_house(scenario, tmp_path / "delayed") as town:
        logs = []
        for number, (name, one) in enumerate(town.platform.departments.items()):
            log = DelayingLog(town.log, random.Random(100 * seed + number))
            one.intake = Intake(name, log, one.database, town.clock, one.mode, shared=False)
            logs.append(log)
        result = Player(town.platform, scenario).play()
        assert [str(one) for one in result.differences] == []
        assert [one.fault for one in result.steps if one.fault] == []
        assert sum(log.portions for log in logs) > 60
        assert commands_given(town) == commands_given(played)
        for name in DEPARTMENTS:
            assert parked(town.platform.departments[name]) == []
            assert {one[:4] for one in planned(town.platform.departments[name])} == {
                one[:4] for one in planned(played.platform.departments[name])
            }
