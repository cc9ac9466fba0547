"""The door on PostgreSQL and Kafka: the same answers, and one act through every crash."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer

from domain.departments import OWN_PARTITIONS
from gateways.inbound.door import Inbound
from ops import services
from ops.scenario import moment
from ops.settings import Mode, Settings, StoreMode
from ops.wiring import house
from tests.gateways.department.town import START, Town
from tests.gateways.inbound.conftest import prepare
from tests.gateways.inbound.sending import answers, claim, records, send

pytestmark = [pytest.mark.services]


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """市场监管 and 人社, joined up on services of this module's own."""
    folder = tmp_path_factory.mktemp("joined")
    postgres, kafka = services.start_postgres(folder), services.start_kafka(folder)
    settings = Settings(
        data=folder / "data",
        mode=Mode.JOINED,
        database=postgres.url,
        kafka=kafka.bootstrap,
        departments=("samr", "hr"),
        store=StoreMode.SIMULATED,
    )
    try:
        with house(settings, create=True, start=moment(START)) as one:
            town = Town(one)
            prepare(town)
            yield town
    finally:
        services.stop_kafka(folder, wipe=True)
        services.stop_postgres(folder, wipe=True)


def test_a_foreign_producer_writes_and_a_foreign_consumer_reads_its_answers(joined: Town) -> None:
    bootstrap = str(joined.house.settings.kafka)
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for one in (json.dumps(claim(0, key="kafka-1")).encode(), "不是请求".encode(), None):
        key = None if one else b"deleted"
        producer.send("labour.hr.inbound", one, key, partition=0).get(30)
    producer.close()
    _until(joined, 3)
    consumer = KafkaConsumer(
        "labour.hr.answers",
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3000,
    )
    told = [json.loads(record.value)["data"] for record in consumer]
    consumer.close()
    assert [one["outcome"] for one in told] == ["ACCEPTED", "INVALID", "INVALID"]
    assert [one["inbound"]["offset"] for one in told] == ["0", "1", "2"]


def test_a_door_killed_between_command_and_answer_answers_as_if_nothing_had_been(
    joined: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(answers(joined.log))
    send(joined.log, claim(1, key="crash"), claim(1, key="crash"))
    with monkeypatch.context() as death:
        death.setattr(Inbound, "_commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            _until(joined, before + 2)
    assert len(answers(joined.log)) == before
    joined.hr.inbound.stop()
    _until(joined, before + 2)
    told = [one for one in answers(joined.log) if one.get("message") == "crash"]
    assert [one["outcome"] for one in told] == ["ACCEPTED", "REPEATED"]
    assert told[0]["events"] == told[1]["events"]


def test_a_door_that_was_overtaken_answers_nothing(joined: Town) -> None:
    before = len(answers(joined.log))
    door = joined.hr.inbound
    send(joined.log, claim(2, key="late"))
    while not (held := door._reader.poll(limit=10, timeout_s=0.5)):  # type: ignore[union-attr]
        pass
    door.stop()
    _until(joined, before + 1)
    for partition in range(OWN_PARTITIONS):
        door._remembered[partition] = 0  # what the overtaken one still believes
    door._read = held
    door.step()
    door.stop()
    _until(joined, before + 1)
    told = [one for one in records(joined.log) if one["data"].get("message") == "late"]
    assert [one["data"]["outcome"] for one in told] == ["ACCEPTED"]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def _until(town: Town, count: int) -> None:
    """Lets 人社 decide until the topic of its answers holds so many."""
    for _ in range(200):
        town.hr.inbound.step(timeout_s=0.3)
        if len(answers(town.log)) >= count:
            return
    raise AssertionError(f"{len(answers(town.log))} answers, not {count}")
