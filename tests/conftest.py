"""Real services for every test that asks: one PostgreSQL and one Kafka for all test processes.

The first test process that needs a service starts it, the last one that used it stops it
and removes its data; processes that died without saying so are not counted. Tests keep
apart by a schema or a topic prefix of their own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import settings

from ops import services
from ops.services.processes import Process, alive, locked, this_process

# A busy machine is no counterexample; where nobody is there to read a new one, the same
# examples are tried each time, and new ones are looked for at a desk.
settings.register_profile("house", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")

ROOT = services.ROOT / "tests"
TESTS = Path(__file__).parent
SERVICES = {"postgres_url", "kafka_bootstrap", "own_kafka", "chromium"}
"""The fixtures that stand for a real service."""
MEMORY = Path("/dev/shm")
ROOM = 8_000_000_000
"""What the files of a run may take in memory, in bytes, many times over."""
Service = TypeVar("Service")


def pytest_configure() -> None:
    """Tests keep their files in memory where there is room: nobody waits for a disk.

    What survives the loss of power no test can tell; what survives kill -9 is the same there.
    """
    with contextlib.suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _users(file: Path) -> list[Process]:
    if not file.exists():
        return []
    known = [Process(pid, started) for pid, started in json.loads(file.read_text())]
    return [user for user in known if alive(user)]


def _write_users(file: Path, users: list[Process]) -> None:
    file.write_text(json.dumps([(user.pid, user.started) for user in users]))


@contextlib.contextmanager
def _shared(
    name: str, start: Callable[[Path], Service], stop: Callable[..., bool]
) -> Iterator[Service]:
    lock, file, me = ROOT / f"{name}.lock", ROOT / f"{name}.users", this_process()
    with locked(lock):
        users = _users(file)
        if not users:
            stop(ROOT, wipe=True)
        service = start(ROOT)
        _write_users(file, [*users, me])
    try:
        yield service
    finally:
        with locked(lock):
            users = [user for user in _users(file) if user != me]
            _write_users(file, users)
            if not users:
                stop(ROOT, wipe=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first; one that rests on real services may be tried once more.

    With the longest first and the quickest last, no process is left with a long one at the end.
    Brokers, servers and browsers answer late on a machine that is full: whatever is tried twice
    is named at the end.
    """
    turn = {"flows": 0, "faults": 0, "ops": 0, "gateways": 1, "projections": 1}
    items.sort(key=lambda item: turn.get(item.path.relative_to(TESTS).parts[0], 2))
    for item in items:
        used = SERVICES & set(getattr(item, "fixturenames", ()))
        if used or any(item.iter_markers("services")) or any(item.iter_markers("browser")):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no collection looks at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def databases_from_a_mould(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A new embedded database begins as a copy of one that was migrated before in this process.

    It is migrated all the same, and finds that nothing is missing.
    """
    wiring: Any = sys.modules.get("ops.wiring")
    if wiring is None:
        return
    place, migrated = tmp_path_factory.mktemp("moulds"), wiring.upgrade
    moulds: dict[tuple[str, ...], Path] = {}

    def mould(name: str) -> Path:
        parts = wiring.tables_of(name)
        known = (name, *sorted(table for one in parts for table in one.tables))
        if known not in moulds:
            file = place / f"{len(moulds)}-{name}.sqlite"
            wiring.migrate.upgrade(str(file), None, extra=parts)
            moulds[known] = file
        return moulds[known]

    def upgrade(settings: Any) -> list[str]:
        if settings.mode is wiring.Mode.EMBEDDED:
            settings.data.mkdir(parents=True, exist_ok=True)
            for name in settings.departments:
                file = settings.data / f"{name}.sqlite"
                if not file.exists():
                    shutil.copyfile(mould(name), file)
        return list(migrated(settings))

    wiring.upgrade = upgrade


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL server that all test processes share."""
    hurried = partial(services.start_postgres, durable=False)
    with _shared("postgres", hurried, services.stop_postgres) as service:
        yield service.url


@pytest.fixture
def postgres_schema(postgres_url: str) -> Iterator[str]:
    """The name of a schema for one test, created empty and dropped afterwards."""
    schema = f"t_{uuid.uuid4().hex[:16]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'create schema "{schema}"')
    yield schema
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("set lock_timeout = '20s'")
        connection.execute(f'drop schema if exists "{schema}" cascade')


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a real Kafka broker that all test processes share; never kill this one."""
    with _shared("kafka", services.start_kafka, services.stop_kafka) as service:
        yield service.bootstrap


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that keeps one test's topics and groups apart from every other's."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[services.KafkaService]:
    """A broker for one test alone, which may be killed and restarted."""
    service = services.start_kafka(tmp_path)
    yield service
    services.stop_kafka(tmp_path, wipe=True)


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[services.PostgresService]:
    """A PostgreSQL server for one test alone, which may be killed and restarted."""
    service = services.start_postgres(tmp_path)
    yield service
    services.stop_postgres(tmp_path, wipe=True)
