"""Topics of a real broker that are deleted, made anew or cut while departments are at work."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from kafka import TopicPartition as Place
from kafka.admin import KafkaAdminClient

from domain.departments import TOPICS
from gateways.log.port import LogUnavailable
from ops.services import KafkaService
from ops.settings import Mode, Settings
from ops.wiring import house
from tests.gateways.department.test_refill import TOPIC, in_order, whole
from tests.gateways.department.test_relay import once_everywhere, registrations
from tests.gateways.department.town import Town, parked

FOUND_S_MAX = 90.0

pytestmark = [pytest.mark.services, pytest.mark.timeout(420)]


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """A database for one test alone on the shared server."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    yield postgres_url.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'drop database "{name}" with (force)')


def joined(folder: Path, database: str, kafka: KafkaService) -> Settings:
    """Two departments of a joined-up installation."""
    return Settings(
        data=folder,
        mode=Mode.JOINED,
        database=database,
        kafka=kafka.bootstrap,
        departments=("samr", "hr"),
    )


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for a condition; a topic that is deleted cannot be looked at for a while."""
    late = time.monotonic() + FOUND_S_MAX
    while True:
        with suppress(LogUnavailable):
            if true():
                return
        assert time.monotonic() < late, what
        time.sleep(0.2)


def test_a_topic_deleted_or_cut_under_running_departments_loses_and_repeats_nothing(
    tmp_path: Path, database: str, own_kafka: KafkaService
) -> None:
    settings = joined(tmp_path, database, own_kafka)
    admin = KafkaAdminClient(bootstrap_servers=own_kafka.bootstrap)
    with house(settings, create=True, shared=True) as one:
        town = Town(one)
        one.platform.start(("relay", "intake", "gateway"))
        for number in range(30):
            town.register(number)
        until(lambda: once_everywhere(town), "the first firms did not arrive")
        town.samr.relay._marks.note()  # type: ignore[union-attr]
        before = {event.value for event in registrations(town)}

        admin.delete_topics([TOPIC])
        for number in range(30, 40):
            town.register(number)
        until(lambda: in_order(town) == whole(town), "the deleted topic was not refilled")
        until(lambda: once_everywhere(town), "a reader did not find its place anew")
        assert before <= {event.value for event in registrations(town)}

        until(lambda: _marked(town), "the refilled topic was not marked")
        admin.delete_records(
            {Place(TOPIC, number): 2 for number in range(TOPICS[TOPIC].partitions)}
        )
        until(lambda: TOPIC in town.samr.relay.alarm, "the cut beginning was not noticed")
        town.samr.marks.ask(TOPIC, TOPICS[TOPIC].partitions)
        until(lambda: in_order(town) == whole(town), "the cut topic was not refilled")
        until(lambda: town.samr.relay.alarm == "", "the alarm stayed")
        town.register(40)
        until(lambda: once_everywhere(town), "the last firm did not arrive")
    admin.delete_topics([TOPIC])
    admin.close()
    with house(settings, create=True, shared=True) as one:
        town = Town(one)
        one.platform.start(("relay", "intake", "gateway"))
        town.register(41)
        until(lambda: in_order(town) == whole(town), "the topic was not refilled at the start")
        until(lambda: once_everywhere(town), "a reader did not find its place after the start")
        assert parked(town.hr) == []


def _marked(town: Town) -> bool:
    """Whether every partition that holds something is marked."""
    held = {(record.topic, record.partition) for record in registrations(town)}
    marks = town.samr.marks.all()
    return all(place in marks and marks[place].at_sequence for place in held)
