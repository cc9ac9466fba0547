"""The outsides of a fault run: clients of the HTTP gateway, a department's own system, a webhook."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import httpx
from sqlalchemy import select

from domain.departments import OWN_PARTITIONS, answers_topic
from gateways.contracts import canonical
from gateways.department.node import Department
from gateways.log.kafka import KafkaLog
from gateways.log.partitioning import partition_of
from gateways.log.port import LogUnavailable, LogWriter, OutRecord
from gateways.store.port import StoreUnavailable
from ops.player import all_events
from ops.wiring import House
from projections.received import RECEIVED
from tests.faults.organisations import uscc
from tests.gateways.inbound.sending import claim
from tests.gateways.webhooks.receiving import Receiver

AT_ONCE = 4
ANSWER_S_MAX = 20.0
PATIENCE_S = 300.0
PUSHES = "labour.samr.push"
POST = "SAMR@210103"


def registration(number: int) -> dict[str, str]:
    """The data of a firm's registration, with a scope that is pushed."""
    return {
        "organisation": uscc(number),
        "name": f"沈阳虚例{number:03d}人力有限公司",
        "scope": "职业中介活动",
    }


class Clients:
    """Systems that give each command under one key until they are answered 201 or 200."""

    def __init__(self, address: str, house: House, luck: random.Random) -> None:
        key = house.accounts().issue_key(
            organ="SAMR", region="210103", post=POST, appointment="test"
        )
        self._client = httpx.Client(
            base_url=address, headers={"X-API-Key": key}, timeout=ANSWER_S_MAX
        )
        self._luck = luck
        self._lock = threading.Lock()
        self._asking = 0
        self.acknowledged: dict[int, Any] = {}
        self.asked_again: set[int] = set()
        self._unanswered = 0

    def give(self, numbers: Iterable[int]) -> None:
        """Registers firms, some at once, and waits until each is acknowledged."""
        with ThreadPoolExecutor(AT_ONCE) as clients:
            list(clients.map(self._register, numbers))

    def wait_until_busy(self, acknowledged: int) -> None:
        """Waits until so many were acknowledged and another is being decided."""
        late = time.monotonic() + PATIENCE_S
        while len(self.acknowledged) < acknowledged or not self._asking:
            assert time.monotonic() < late, f"{len(self.acknowledged)} were acknowledged"
            time.sleep(0.001)

    def was_cut_off(self) -> bool:
        """Whether a connection was ever lost while its command was under way; told within a second."""
        late = time.monotonic() + 1.0
        while not self._unanswered and time.monotonic() < late:
            time.sleep(0.01)
        return self._unanswered > 0

    def check(self, house: House) -> None:
        """What was acknowledged stands once; asked again it has the same answer and no effect."""
        for number in sorted(self.asked_again):
            again = self._ask(number)
            assert again is not None
            assert again.status_code == 200
            assert again.json()["events"] == self.acknowledged[number]["events"]
        stand = Counter(event["id"] for event, _, _ in _recorded(house))
        told = [event["id"] for one in self.acknowledged.values() for event in one["events"]]
        assert told
        assert {stand[event] for event in told} == {1}
        assert len(set(told)) == len(told)

    def _register(self, number: int) -> None:
        while (answer := self._ask(number)) is None or answer.status_code == 503:
            self.asked_again.add(number)
            time.sleep(0.1)
        assert answer.status_code in (200, 201), answer.text
        self.acknowledged[number] = answer.json()
        time.sleep(self._luck.uniform(0.05, 0.75))

    def _ask(self, number: int) -> httpx.Response | None:
        """The answer; None where none came, and nobody knows whether it was recorded."""
        with self._lock:
            self._asking += 1
        try:
            return self._client.post(
                "/api/v1/commands/RegisterOrganisation",
                json=registration(number),
                headers={"Idempotency-Key": f"register-{number}"},
            )
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            with self._lock:
                self._unanswered += 1
            return None
        except httpx.TransportError:
            return None
        finally:
            with self._lock:
                self._asking -= 1


def claim_by_topic(house: House, numbers: Iterable[int]) -> None:
    """A system of 人社 claims firms' pushes by its topic, each once it came; unsure, it sends again."""
    hr = house.platform.departments["hr"]
    house.accounts().issue_key(organ="HRSS_MKT", region="210103", appointment="test")
    log = KafkaLog(str(house.settings.kafka))
    writer = log.writer("window")
    try:
        for number in numbers:
            patient(partial(_pushed, hr, uscc(number)))
            code = uscc(number).encode()
            body = claim(number, key=f"window-{number}", source="/systems/hr/real/window")
            record = OutRecord(
                "labour.hr.inbound",
                partition_of(code, OWN_PARTITIONS),
                code,
                json.dumps(body).encode(),
            )
            patient(partial(_sent, writer, record))
    finally:
        log.close()


def _sent(writer: LogWriter, record: OutRecord) -> bool:
    writer.append([record])
    return True


def _pushed(hr: Department, organisation: str) -> bool:
    with hr.reading() as connection:
        found = select(RECEIVED.c.event_id).where(
            RECEIVED.c.topic == PUSHES, RECEIVED.c.subject == organisation
        )
        return connection.execute(found).first() is not None


def patient(holds: Callable[[], bool]) -> None:
    """Asks until it holds; database and log may be away meanwhile."""
    late = time.monotonic() + PATIENCE_S
    while True:
        with suppress(LogUnavailable, StoreUnavailable):
            if holds():
                return
        assert time.monotonic() < late
        time.sleep(0.1)


def check_door(house: House, numbers: Iterable[int]) -> None:
    """Each message was accepted once, its claim stands once, and what came twice was told so."""
    wanted = Counter(f"window-{number}" for number in numbers)
    topic = answers_topic("hr")
    log = KafkaLog(str(house.settings.kafka))
    told: dict[str, Any] = {}

    def answered() -> bool:
        for partition in range(topic.partitions):
            for one in log.tail(topic.name, partition, 10_000):
                record = canonical.decode(one.value)
                told[record["id"]] = record["data"]
        return {one["message"] for one in told.values()} == set(wanted)

    try:
        patient(answered)
    finally:
        log.close()
    assert {one["outcome"] for one in told.values()} <= {"ACCEPTED", "REPEATED"}
    accepted = [one for one in told.values() if one["outcome"] == "ACCEPTED"]
    assert Counter(one["message"] for one in accepted) == wanted
    claims = Counter(
        event["subject"]
        for event, _, _ in _recorded(house, "hr")
        if event["type"] == "push.claimed.v1"
    )
    assert set(claims.values()) == {1}
    assert len(claims) == len(wanted)


@contextmanager
def subscriber(house: House) -> Iterator[Receiver]:
    """A receiver of webhooks to which 人社 sends every push."""
    receiver = Receiver()
    receiver.start()
    key = house.accounts().issue_key(organ="HRSS_APPR", region="210103", appointment="test")
    hr = house.platform.departments["hr"]
    places = house.platform.log.partitions([PUSHES])
    hr.webhooks.add(f"key:{key.partition('.')[0]}", receiver.url, dict.fromkeys(places, 0))
    try:
        yield receiver
    finally:
        receiver.die()


def check_hook(house: House, receiver: Receiver) -> None:
    """Every push came at the address, under its own id however often."""
    pushes = {event["id"]: body for event, topic, body in _recorded(house) if topic == PUSHES}
    patient(lambda: {one.headers["webhook-id"] for one in receiver.accepted} == set(pushes))
    for one in receiver.accepted:
        assert one.body == pushes[one.headers["webhook-id"]]


def _recorded(
    house: House, department: str = "samr"
) -> Iterator[tuple[dict[str, Any], str | None, bytes]]:
    """Every event of a department, read and as it stands, with its topic."""
    for event in all_events(house.platform.departments[department].store):
        yield canonical.decode(event.body), event.topic, event.body
