"""The same department on PostgreSQL and Kafka, where several processes share its database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.delivery.facts import DeliveryFaultFound, DeliveryFaultMended
from gateways.department.taking_in.applying import apply_facts
from ops.scenario import moment
from ops.services import KafkaService, PostgresService
from ops.settings import Mode, Settings, StoreMode
from ops.wiring import house
from projections.catalogue import PROJECTIONS
from projections.reader import Facts, Reader
from projections.rows import Rows
from tests.gateways.department.test_ledger import exchange, line, live, patiently, told
from tests.gateways.department.town import START, Town, decide_release, parked, received, types

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

    monkeypatch.setattr("gateways.department.quarantine.releasing.apply_facts", slowly)

    (group,) = decide_release(town.hr)

    def carry_out() -> None:
        both.wait()
        town.hr.treatment.carry_out(group)

    threads = [threading.Thread(target=carry_out) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parked(town.hr) == []
    assert len(received(town.hr)) == 2


def test_receipts_of_what_several_copies_applied_agree_on_real_services(joined: Town) -> None:
    town, among = joined, ("samr", "hr")
    for number in range(8):
        town.register(number)
    town.send()
    saying = threading.Event()

    def say_all_the_time() -> None:
        # Receipts are made while the intake applies: neither may see the other half done.
        while not saying.wait(0.05):
            town.hr.receipts.say(sign_of_life=False)

    speaker = threading.Thread(target=say_all_the_time)
    speaker.start()
    patiently(town.hr.intake.catch_up)
    saying.set()
    speaker.join()
    for _ in range(3):
        exchange(town, among)
    found = line(town.samr, "hr", "labour.samr.registration")
    assert (found.applied, found.acted, found.state) == (16, 16, "AGREES")
    assert DeliveryFaultFound.TYPE not in types(town.samr)
    town.register(9)
    live(town, 60, ("samr",))
    assert [one["kind"] for one in told(town.samr, DeliveryFaultFound)] == ["STALLED"]
    for _ in range(3):
        exchange(town, among)
    assert len(told(town.samr, DeliveryFaultMended)) == 1
