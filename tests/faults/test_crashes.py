"""Two hundred commands while everything that carries them is killed, paused, cut off or full.

Real processes for every role, a real broker, a real PostgreSQL; one relay and one intake reach
the broker by a wire that is cut; a third intake comes and goes. The commands come by HTTP, from
clients that give each under one key until it is answered, and others by the topic of a
department's own system. Whatever was acknowledged stands once, is applied exactly once, in order, in every
entitled department and sent to its webhook, and no partition sequence has a hole.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError
from sqlalchemy import select

from domain.departments import TOPICS, entitled_topics
from gateways.contracts import canonical
from gateways.department.database import INTENTS, PARKED
from gateways.department.ledger import telling
from gateways.log.kafka import KafkaLog
from gateways.store.port import StoreUnavailable
from ops import services
from ops.player import all_events
from ops.settings import Settings
from ops.wiring import House, house
from projections.received import RECEIVED
from tests.faults.edges import AT_ONCE, Clients, check_door, check_hook, claim_by_topic, subscriber
from tests.faults.nodes import Node, free_port, nodes
from tests.faults.proxy import Wire, wired

DEPARTMENTS = ("samr", "hr", "drc")
COMMANDS = 200
CLAIMS = 30
"""How many firms' pushes are claimed by the topic of 人社's own system."""
SETTLED_S_MAX = 120.0
KILLS_MAX = 6
"""How often the gateway is killed until a command was being decided."""

pytestmark = [pytest.mark.services, pytest.mark.timeout(420)]


def chaos(running: dict[str, Node], luck: random.Random) -> list[Callable[[], None]]:
    """What happens to the processes, in an order that the seed decides."""
    acts: list[Callable[[], None]] = [
        lambda: running["relay-1"].kill_and_restart(luck.uniform(0, 2)),
        lambda: running["relay-2"].kill_and_restart(luck.uniform(0, 2)),
        lambda: running["relay-1"].pause(9.0),
        lambda: running["relay-2"].pause(9.0),
        lambda: running["clock-1"].kill_and_restart(0.0),
    ]
    luck.shuffle(acts)
    return acts


def reading_chaos(
    running: dict[str, Node], come_and_go: Callable[[], None], luck: random.Random
) -> list[Callable[[], None]]:
    """What happens to those that take in, at the same time."""
    acts: list[Callable[[], None]] = [
        lambda: running["intake-1"].kill_and_restart(luck.uniform(0, 2)),
        lambda: running["intake-1"].pause(13.0),
        come_and_go,
    ]
    luck.shuffle(acts)
    return acts


def edge_chaos(
    running: dict[str, Node], clients: Clients, luck: random.Random
) -> list[Callable[[], None]]:
    """The gateway is killed while it decides a command; then webhooks and door."""

    def kill_gateway() -> None:
        acknowledged = luck.randint(20, 80)
        for _ in range(KILLS_MAX):
            clients.wait_until_busy(acknowledged)
            time.sleep(luck.uniform(0, 0.005))
            running["gateway-1"].kill_and_restart(0.0)
            if clients.was_cut_off():
                return
            # It had just answered: once it is up again, another command is tried for.
            acknowledged = len(clients.acknowledged) + AT_ONCE
        pytest.fail(f"the gateway was killed {KILLS_MAX} times and never while it decided")

    return [kill_gateway, lambda: running["doors-1"].kill_and_restart(luck.uniform(0, 2))]


def outages(
    wire: Wire,
    kafka: services.KafkaService,
    postgres: services.PostgresService,
    luck: random.Random,
) -> list[Callable[[], None]]:
    """What happens to the services and between them, at the same time and in another order."""
    acts: list[Callable[[], None]] = [
        lambda: cut(wire, 12.0),
        lambda: restart_broker(kafka, luck.uniform(0, 2)),
        lambda: restart_database(postgres),
        lambda: fill_topic(kafka.bootstrap, 4.0),
    ]
    luck.shuffle(acts)
    return acts


def one_by_one(acts: list[Callable[[], None]]) -> None:
    """Lets one thing happen after the other."""
    for act in acts:
        act()


def cut(wire: Wire, seconds: float) -> None:
    """Silence between the processes on the wire and the broker."""
    wire.cut()
    time.sleep(seconds)
    wire.mend()


def restart_database(postgres: services.PostgresService) -> None:
    """kill -9 of the database server, and its restart on the same port."""
    postgres.kill()
    postgres.restart()


def fill_topic(bootstrap: str, seconds: float) -> None:
    """For a while the broker refuses every record of a topic, as it does when one is too large."""
    topic = "labour.samr.registration"
    for largest, for_s in (("100", seconds), (str(1 << 20), 0.0)):
        told = ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": largest})
        patient(partial(_configure, bootstrap, told))
        time.sleep(for_s)


def _configure(bootstrap: str, told: ConfigResource) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.alter_configs([told])
    finally:
        admin.close()


def patient(ask: Callable[[], Any]) -> Any:
    """An answer of the broker, which may be away for a while."""
    late = time.monotonic() + 60
    while True:
        try:
            return ask()
        except KafkaError:
            if time.monotonic() > late:
                raise
            time.sleep(0.5)


def restart_broker(kafka: services.KafkaService, after_s: float) -> None:
    """kill -9 of the broker, and its restart on the same port."""
    kafka.kill()
    time.sleep(after_s)
    kafka.restart()


def test_killed_paused_cut_off_and_full_nothing_is_lost_or_repeated(
    tmp_path: Path,
    own_kafka: services.KafkaService,
    own_postgres: services.PostgresService,
) -> None:
    settings = Settings(
        data=tmp_path / "data",
        mode="joined",  # type: ignore[arg-type]
        database=own_postgres.url,
        kafka=own_kafka.bootstrap,
        departments=DEPARTMENTS,
        roles=("gateway",),
    )
    environment = {
        **{name: value for name, value in os.environ.items() if "LIANDONG" not in name},
        "LIANDONG_DATA": str(tmp_path / "data"),
        "LIANDONG_MODE": "joined",
        "LIANDONG_DATABASE": own_postgres.url,
        "LIANDONG_KAFKA": own_kafka.bootstrap,
        "LIANDONG_DEPARTMENTS": ",".join(DEPARTMENTS),
        "LIANDONG_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    port = free_port()
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    luck = random.Random(seed)
    with (
        wired(own_kafka) as wire,
        house(settings, create=True) as gateway,
        subscriber(gateway) as hook,
        nodes(environment, tmp_path, wire, port) as running,
    ):
        clients = Clients(f"http://127.0.0.1:{port}", gateway, luck)

        def come_and_go() -> None:
            third = Node("intake-3", "intake", environment, tmp_path)
            try:
                time.sleep(6.0)
                third.leave()
            finally:
                third.end()

        lanes = [
            chaos(running, luck),
            reading_chaos(running, come_and_go, luck),
            edge_chaos(running, clients, luck),
            outages(wire, own_kafka, own_postgres, luck),
        ]
        with ThreadPoolExecutor(len(lanes) + 1) as pool:
            troubles = [pool.submit(one_by_one, acts) for acts in lanes]
            troubles.append(pool.submit(claim_by_topic, gateway, range(CLAIMS)))
            clients.give(range(COMMANDS))
            for trouble in troubles:
                trouble.result()
        wait_until_applied(gateway, running)
        clients.check(gateway)
        check_door(gateway, range(CLAIMS))
        check_hook(gateway, hook)
        check_ledger(gateway)
        check_partitions(own_kafka.bootstrap)
        check_received(gateway)
        check_reactions(gateway)


def wait_until_applied(gateway: House, running: dict[str, Node]) -> None:
    """Waits until every firm was pushed and every department has all it may read."""
    deadline = time.monotonic() + SETTLED_S_MAX
    missing = "nothing was looked at"
    while time.monotonic() < deadline:
        try:
            missing = what_is_missing(gateway)
        except StoreUnavailable as away:
            # A connection of before the database's restart says so once.
            missing = str(away)
        if not missing:
            return
        time.sleep(0.5)
    for node in running.values():
        assert node.process.poll() is None, f"{node.name} ended"
    pytest.fail(f"after {SETTLED_S_MAX} s: {missing}")


def what_is_missing(gateway: House) -> str:
    pushes = sum(
        1
        for event in all_events(gateway.platform.departments["samr"].store)
        if event.type == "push.scope_pushed.v1"
    )
    if pushes < COMMANDS:
        return f"{pushes} of {COMMANDS} pushes"
    for reader in DEPARTMENTS:
        wanted, have = len(expected(gateway, reader)), len(received(gateway, reader))
        if have < wanted:
            return f"{reader} has {have} of {wanted}"
    return ""


def expected(gateway: House, reader: str) -> dict[tuple[str, int, int], bytes]:
    """What a department must have: every stored event of the topics it is entitled to."""
    topics = {topic.name for topic in entitled_topics(reader)}
    return {
        (event.topic, event.partition, event.partition_sequence): event.body
        for department in gateway.platform.departments.values()
        for event in all_events(department.store)
        if event.topic in topics
    }


def received(gateway: House, reader: str) -> list[tuple[tuple[str, int, int], int, bytes]]:
    with gateway.platform.departments[reader].reading() as connection:
        return [
            ((row.topic, row.partition, row.partition_sequence), row.offset, bytes(row.body))
            for row in connection.execute(
                select(RECEIVED).order_by(
                    RECEIVED.c.topic, RECEIVED.c.partition, RECEIVED.c.partition_sequence
                )
            )
        ]


def check_ledger(gateway: House) -> None:
    """The receipts of every department come to agree with what each published: no fault stands."""
    deadline = time.monotonic() + SETTLED_S_MAX
    while True:
        wrong: list[Any] = []
        for department in gateway.platform.departments.values():
            now = department.clock.now()
            try:
                with department.reading() as connection:
                    wrong += telling.faults(connection, department.id)
                    lines = telling.lines(connection, department.id, department.store, now)
            except StoreUnavailable as away:
                wrong.append(away)
                continue
            wrong += [
                line for line in lines if line.reader in DEPARTMENTS and line.state != "AGREES"
            ]
        if not wrong:
            return
        assert time.monotonic() < deadline, wrong[:5]
        time.sleep(0.5)


def check_partitions(bootstrap: str) -> None:
    """On the log, each partition's sequences have no hole and first appear in order."""
    log = KafkaLog(bootstrap)
    try:
        for topic in TOPICS.values():
            if topic.node not in DEPARTMENTS or topic.family == "control":
                continue
            for partition in range(topic.partitions):
                seen: list[int] = []
                bodies: dict[int, bytes] = {}
                for record in log.tail(topic.name, partition, 1_000_000):
                    number = int(canonical.decode(record.value)["partitionsequence"])
                    assert bodies.setdefault(number, record.value) == record.value
                    if number not in seen:
                        seen.append(number)
                assert seen == list(range(1, len(seen) + 1)), (topic.name, partition)
    finally:
        log.close()


def check_received(gateway: House) -> None:
    """Exactly the acknowledged events, byte for byte, once, in the order of their partition."""
    for reader in DEPARTMENTS:
        # A mended fault is itself told by an event, which may just be on its way.
        deadline = time.monotonic() + SETTLED_S_MAX
        while len(rows := received(gateway, reader)) != len(wanted := expected(gateway, reader)):
            assert time.monotonic() < deadline, (reader, len(rows), len(wanted))
            time.sleep(0.5)
        assert {place: body for place, _, body in rows} == wanted
        offsets: dict[tuple[str, int], int] = {}
        for (topic, partition, _), offset, _ in rows:
            assert offset > offsets.get((topic, partition), -1), (reader, topic, partition)
            offsets[topic, partition] = offset
        with gateway.platform.departments[reader].reading() as connection:
            assert connection.execute(select(PARKED)).all() == []


def check_reactions(gateway: House) -> None:
    """Each registration was pushed once, by one intent that is done."""
    samr = gateway.platform.departments["samr"]
    pushed = [
        canonical.decode(event.body)["data"]["registration_event"]
        for event in all_events(samr.store)
        if event.type == "push.scope_pushed.v1"
    ]
    assert len(pushed) == len(set(pushed)) == COMMANDS
    with samr.reading() as connection:
        states = connection.execute(select(INTENTS.c.state).where(INTENTS.c.rule == "R01"))
        assert list(states.scalars()) == ["DONE"] * COMMANDS
