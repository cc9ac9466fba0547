"""Two who decide about the same parked records at once, on SQLite and on PostgreSQL."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from domain.errors import Refusal
from gateways.department.quarantine.treatment import Treatment
from gateways.department.taking_in.applying import apply_facts
from gateways.log.embedded import EmbeddedLog
from ops import wiring
from ops.posts import default_post
from ops.scenario import moment
from ops.settings import Mode, Settings, StoreMode
from tests.faults.organisations import uscc
from tests.gateways.department.test_intake import Poison, poison
from tests.gateways.department.test_treatment import (
    HEAD,
    NEW_NAMES,
    OFFICER,
    REGISTERED,
    TOLD,
    applied,
    facts_of,
    rename,
    stuck,
    take_in,
)
from tests.gateways.department.town import REGION, START, Town, parked

__all__ = ["poison"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def town(
    request: pytest.FixtureRequest,
    poison: Poison,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    """A town of two departments with the log in a file, its stores in files or in PostgreSQL."""
    assert poison.subjects == set()
    given: dict[str, Any] = {}
    if request.param == "postgres":
        url, name = request.getfixturevalue("postgres_url"), f"q{secrets.token_hex(6)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        monkeypatch.setattr(wiring, "_log", lambda one: EmbeddedLog(one.data / "log.sqlite"))
        address = make_url(url).set(database=name).render_as_string(hide_password=False)
        given = {"mode": Mode.JOINED, "database": address, "kafka": "none:1"}
    settings = Settings(
        data=tmp_path / "town", departments=("samr", "hr"), store=StoreMode.SIMULATED, **given
    )
    with wiring.house(settings, create=True, start=moment(START)) as one:
        yield Town(one)
    if given:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What acts begun at the same moment gave back, a refusal by its name."""
    start, given = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            given[place] = act()
        except Refusal as refusal:
            given[place] = refusal.rule  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_of_two_who_decide_at_once_one_wins_and_two_who_carry_it_out_do_each_record_once(
    town: Town, poison: Poison, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison.subjects = {uscc(1), uscc(2), uscc(3)}
    for number in (1, 2, 3):
        town.register(number)
        rename(town, number, NEW_NAMES[0])
    take_in(town)
    group = stuck(town)
    assert (group.records, group.waiting) == (3, 6)
    town.hr.treatment.step()
    poison.subjects = {uscc(3)}

    def give(name: str, post: Any) -> Callable[[], Any]:
        data = {"group": group.group, "reason": "已修复", "through": group.through}
        return lambda: town.hr.give(name, data, post, key=post.id)

    other = default_post("HRSS_MKT", REGION)
    given = at_once(give("ReleaseParked", OFFICER), give("ReleaseParked", other))
    assert given.count("ParkedDecisionRunning") == 1

    def slowly(*told: Any, **more: Any) -> None:
        # The other process looks at the record while this one has applied and not committed.
        apply_facts(*told, **more)
        threading.Event().wait(0.05)

    monkeypatch.setattr("gateways.department.quarantine.releasing.apply_facts", slowly)
    hr = town.hr
    second = Treatment("hr", hr.store, hr.database, hr.gateway, hr.clock, hr.quarantine)
    at_once(hr.treatment.step, second.step)
    for number in (1, 2):
        assert applied(town, uscc(number)) == [REGISTERED, TOLD, NEW_NAMES[0]]
    assert facts_of(town, group.group)[2:] == ["delivery.parked_remained.v1"]
    told = hr.treatment.history(group.group)[-1].fact
    assert (told.done, told.failed, told.remaining) == (2, 1, 1)

    poison.subjects = set()
    hr.give("DiscardParked", {"group": group.group, "reason": "无法修复"}, HEAD, key="discard")
    at_once(hr.treatment.step, second.step)
    assert applied(town, uscc(3)) == [TOLD, NEW_NAMES[0]]
    assert facts_of(town, group.group)[3:] == [
        "delivery.parked_decided.v1",
        "delivery.parked_settled.v1",
    ]
    assert [state for state, _, _ in parked(town.hr)] == ["DISCARDED"]
    assert hr.treatment.step() == 0
