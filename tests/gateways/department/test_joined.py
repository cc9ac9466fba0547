"""The same department on PostgreSQL and Kafka, where several processes share its database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateways.department.intake import apply_facts
from ops.scenario import moment
from ops.services import KafkaService, PostgresService
from ops.settings import Mode, Settings, StoreMode
from ops.wiring import house
from projections.catalogue import PROJECTIONS
from projections.reader import Facts, Reader
from projections.rows import Rows
from tests.gateways.department.town import START, Town, parked, received

pytestmark = [pytest.mark.services]


@pytest.fixture
def joined(
    tmp_path: Path, own_kafka: KafkaService, own_postgres: PostgresService
) -> Iterator[Town]:
    """A town of two departments, joined up."""
    settings = Settings(
        data=tmp_path / "data",
        mode=Mode.JOINED,
        database=own_postgres.url,
        kafka=own_kafka.bootstrap,
        departments=("samr", "hr"),
        store=StoreMode.SIMULATED,
    )
    with house(settings, create=True, start=moment(START)) as one:
        yield Town(one)


def test_a_poisoned_record_released_by_two_processes_at_once_is_applied_once(
    joined: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, sick = joined, True
    kept = PROJECTIONS["human_resources"]

    def apply(facts: Facts, rows: Rows) -> None:
        if sick:
            raise ZeroDivisionError("no row")
        kept.apply(facts, rows)

    ill = Reader(kept.name, kept.version, kept.metadata, kept.reads, apply)
    monkeypatch.setattr(town.hr.intake, "_projections", [ill])
    monkeypatch.setattr(town.hr.quarantine, "_projections", [ill])
    town.register()
    town.send()
    town.hr.intake.catch_up()
    assert [state for state, _, _ in parked(town.hr)] == ["BLOCKING", "WAITING"]
    sick = False
    both = threading.Barrier(2)

    def slowly(*told: object, **more: object) -> None:
        # The other process looks at the record while this one has applied and not committed.
        apply_facts(*told, **more)  # type: ignore[arg-type]
        threading.Event().wait(0.3)

    monkeypatch.setattr("gateways.department.quarantine.apply_facts", slowly)

    def release() -> None:
        both.wait()
        town.hr.quarantine.release()

    threads = [threading.Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parked(town.hr) == []
    assert len(received(town.hr)) == 2
