"""Every node tells its health: one that has the gateway role and one that has not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from gateways.department.database import PARKED, POSITIONS
from gateways.department.taking_in import finding
from gateways.store.port import StoreForked
from ops.posts import default_post
from ops.settings import load
from ops.wiring import House, house

FIRM = "91210103MAYTX0072K"
REGISTER = {"organisation": FIRM, "name": "沈阳虚例云聘网络科技有限公司", "scope": "职业中介活动"}


@pytest.fixture
def node(demonstration_copy: Path) -> Iterator[House]:
    with house(load(data=demonstration_copy), create=False) as one:
        yield one


def asked(one: House) -> TestClient:
    """The health of a node without the gateway role."""
    return TestClient(one.health_app(("testserver",)))


def figure(text: str, name: str, **labels: str) -> float:
    """One figure of the Prometheus text."""
    wanted = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    found = re.search(rf"^{name}{{{wanted}}} (\S+)$", text, re.MULTILINE)
    assert found, f"{name}{{{wanted}}} is not among the figures"
    return float(found.group(1))


def test_a_node_without_the_gateway_role_answers_its_health_and_nothing_else(node: House) -> None:
    client = asked(node)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    assert client.get("/directory").status_code == 404
    assert client.get("/api/v1/commands").status_code == 404


def test_what_is_recorded_and_not_yet_carried_is_seen_in_the_figures(node: House) -> None:
    client = asked(node)
    before = client.get("/metrics").text
    node.platform.departments["samr"].give(
        "RegisterOrganisation", REGISTER, default_post("SAMR", "210103"), key="k"
    )
    recorded = client.get("/metrics").text
    assert figure(recorded, "liandong_events_recorded_total", department="samr") > figure(
        recorded, "liandong_events_relayed_total", department="samr"
    )
    node.platform.departments["samr"].relay.step()
    relayed = client.get("/metrics").text
    lag = {"department": "hr", "topic": "labour.samr.registration"}
    assert figure(before, "liandong_lag_records", **lag) == 0
    assert figure(relayed, "liandong_lag_records", **lag) > 0
    node.platform.settle()
    settled = client.get("/metrics").text
    assert figure(settled, "liandong_lag_records", **lag) == 0
    assert figure(before, "liandong_oldest_wait_seconds", **lag) == 0
    assert figure(relayed, "liandong_oldest_wait_seconds", **lag) >= 0
    applied = "liandong_records_applied_total"
    assert figure(settled, applied, **lag) > figure(before, applied, **lag)
    assert figure(settled, "liandong_ledger_faults", department="samr", kind="GAP") == 0
    running = {"department": "hr", "state": "running"}
    assert figure(settled, "liandong_clocks", **running) > figure(
        before, "liandong_clocks", **running
    )
    assert figure(settled, "liandong_intents", department="samr", state="PENDING") == 0


def test_no_figure_names_a_person_or_a_firm(node: House) -> None:
    text = asked(node).get("/metrics").text
    assert "沈阳" not in text
    assert "91210103" not in text


def test_a_stopped_worker_makes_a_node_unready_and_says_what_to_do(
    node: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forked(**_: int) -> int:
        raise StoreForked("labour.hr.push[0] differs from the store of hr")

    monkeypatch.setattr(node.platform.departments["hr"].relay, "step", forked)
    node.platform.start(("relay",))
    client, deadline = asked(node), time.monotonic() + 10
    while (answer := client.get("/readyz")).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert answer.status_code == 503
    (worker,) = answer.json()["workers"]
    assert (worker["worker"], worker["state"]) == ("hr-relay", "STOPPED")
    assert "read the log" in worker["en"]
    state = {"department": "hr", "role": "relay", "state": "STOPPED"}
    assert figure(client.get("/metrics").text, "liandong_worker_state", **state) == 1


def test_a_defect_is_named_by_its_kind_and_its_text_stays_in_the_log(
    node: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect() -> int:
        raise ValueError("张三 13800000000")

    monkeypatch.setattr(node.platform.departments["hr"].clocks, "step", defect)
    node.platform.start(("clock",))
    client, deadline = asked(node), time.monotonic() + 10
    while (answer := client.get("/readyz")).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "ValueError" in answer.text
    assert "13800000000" not in answer.text


def test_a_position_outside_of_the_log_is_found_anew(node: House) -> None:
    drc = node.platform.departments["drc"]
    this, at = POSITIONS.c.topic == "labour.hr.credit", POSITIONS.c.next_offset
    with drc.database.writing() as connection:
        before = list(connection.execute(select(at).where(this)).scalars())
        connection.execute(update(POSITIONS).where(this).values(next_offset=10_000))
    node.platform.start(("intake",))
    deadline, stands = time.monotonic() + 60, [10_000]
    while sorted(stands) != sorted(before) and time.monotonic() < deadline:
        time.sleep(0.05)
        with drc.reading() as connection:
            stands = list(connection.execute(select(at).where(this)).scalars())
    assert sorted(stands) == sorted(before)
    assert asked(node).get("/readyz").status_code == 200


def test_a_hole_that_lasts_is_an_alarm(node: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "HOLE_S", 0.0)
    early = {
        "topic": "labour.hr.credit",
        "partition": 0,
        "offset": 10_000,
        "partition_sequence": 10_000,
        "key": b"k",
        "cause": "HOLE",
        "detail": "",
        "body": b"{}",
        "parked_at": 1,
        "state": "EARLY",
    }
    with node.platform.departments["drc"].database.writing() as connection:
        connection.execute(PARKED.insert(), early)
    node.platform.start(("intake",))
    client, deadline = asked(node), time.monotonic() + 60
    while (answer := client.get("/readyz")).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer.status_code == 503
    (worker,) = answer.json()["workers"]
    assert (worker["worker"], worker["state"]) == ("drc-intake", "ALARM")
    assert "liandong topics refill labour.hr.credit" in worker["en"]
