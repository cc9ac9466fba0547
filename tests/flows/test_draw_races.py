"""Draws in which several act at once, or a process dies: one result, and one named refusal."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.departments import ORGANS, TOPICS
from domain.draw.facts import DrawCommitted, DrawExecuted, DrawOpened, DrawRevealed, PlanDrafted
from domain.draw.population import freeze
from domain.errors import Refusal
from domain.facts import Recorded
from domain.inspection.facts import TaskSent, TeamMatched
from gateways.contracts.envelope import fact_of
from gateways.department.database import Database
from gateways.department.deciding.answers import Given
from gateways.department.node import Department
from gateways.department.platform import Platform
from gateways.department.time import SimulatedClock
from gateways.files.store import FileStore
from gateways.log.embedded import EmbeddedLog
from gateways.log.port import TopicSpec
from gateways.store import migrate
from gateways.store.postgres import PostgresStore
from gateways.store.sqlite import SQLiteStore
from gateways.trust.vault import Vault
from ops.player import all_events, draw_for
from ops.posts import post_of
from ops.scenario import moment
from ops.wiring import tables_of
from tests.domain.draws import inspectors
from tests.draws.given import firms
from tests.faults.organisations import uscc
from tests.flows.test_two_officers import Office, one_won

PROVINCE, CITY = "420000", "420100"
PARTS = ("samr", "hr", "oversight")
FOLDER = "LIANDONG_TEST_FOLDER"


def population(kind: str) -> dict[str, str]:
    """A frozen population as a command carries it."""
    lines: list[bytes] = []
    freeze(firms(300) if kind == "OBJECTS" else inspectors(hr=6, samr=4), lines.append)
    return {"base64": base64.b64encode(b"".join(lines)).decode(), "media_type": "text/plain"}


class Country:
    """人社, 市场监管 and the escrow: the same commands give the same bytes."""

    def __init__(self, platform: Platform, clock: SimulatedClock) -> None:
        self.platform, self.clock = platform, clock
        self.given = 0

    def give(self, post: str, name: str, /, **data: Any) -> Given:
        """A command; nobody else learns of it yet."""
        actor = post_of(post if "@" in post else f"{post}@{PROVINCE}")
        self.given += 1
        department = self.platform.departments[ORGANS[actor.organ].node]
        return department.give(name, data, actor, key=f"k{self.given}")

    def told(self, post: str, name: str, /, **data: Any) -> Given:
        """A command, after which everybody has everything."""
        given = self.give(post, name, **data)
        self.platform.settle()
        return given

    def of(self, kind: type[Any]) -> list[Recorded[Any]]:
        """The published facts of a class, of all."""
        found = (
            fact_of(event.body)
            for one in self.platform.departments.values()
            for event in all_events(one.store)
        )
        return sorted((one for one in found if isinstance(one.fact, kind)), key=lambda x: x.order)

    def plan(self) -> str:
        """An approved plan, and the key of the escrow."""
        self.told("HRSS", "PublishItemList")
        self.told(
            "HRSS_MKT",
            "DraftPlan",
            title="抽查",
            item_list=f"IL-{PROVINCE}-1",
            items=["ITEM-INTERMEDIATION"],
            predicate="EIGHT_PHRASES",
            size=20,
            window_from="2022-06-11",
            window_to="2022-07-20",
        )
        plan = str(self.of(PlanDrafted)[-1].fact.plan_id)
        self.told("SAMR", "AuditPlan", plan=plan, outcome="PASSED")
        self.told("HRSS.HEAD", "ApprovePlan", plan=plan)
        self.told("PROC", "PublishEscrowKey")
        return plan

    def objects(self) -> str:
        """A draw of objects is open."""
        self.told(
            "HRSS", "OpenDraw", plan=self.plan(), kind="OBJECTS", population=population("OBJECTS")
        )
        return str(self.of(DrawOpened)[-1].fact.draw_id)

    def both(self, name: str, draw: str, at: str = PROVINCE) -> None:
        """Both departments do the same."""
        for organ in ("HRSS", "SAMR"):
            self.told(f"{organ}@{at}", name, draw=draw)

    def task(self) -> tuple[str, str]:
        """A plan, and a task of the city under it; the register holds inspectors of both."""
        self.told(
            "SAMR@" + CITY,
            "RegisterOrganisation",
            organisation=uscc(1, CITY),
            name="武汉虚例人力资源有限公司",
            scope="职业中介活动",
        )
        plan = self.plan()
        self.told("HRSS", "OpenDraw", plan=plan, kind="OBJECTS")
        draw = str(self.of(DrawOpened)[-1].fact.draw_id)
        self.both("CommitToDraw", draw)
        self.both("RevealForDraw", draw)
        self.told("HRSS", "ExecuteDraw", draw=draw)
        self.told("HRSS", "SendTasks", draw=draw)
        task = str(self.of(TaskSent)[-1].fact.task_id)
        for organ, number in (("HRSS_INSP", "1"), ("SAMR", "2")):
            self.told(f"{organ}@{CITY}", "ClaimTasks", tasks=[task])
            for serial in "123":
                self.told(
                    f"{organ}@{CITY}",
                    "EnterInspector",
                    certificate=f"42010000{number}0{serial}",
                    certificate_until="2025-12-31",
                )
        return plan, task

    def revealed(self) -> str:
        """A draw of objects with both secrets out: it waits for its execution."""
        draw = self.objects()
        self.both("CommitToDraw", draw)
        self.both("RevealForDraw", draw)
        return draw

    def at_once(self, monkeypatch: pytest.MonkeyPatch, department: str, *acts: Any) -> list[Any]:
        """What became of acts in one department, each decided before any was recorded."""
        return Office(self.platform.departments[department], self.clock).at_once(monkeypatch, *acts)


def country(folder: Path, postgres: tuple[str, str] | None, opened: ExitStack) -> Country:
    """A country in a folder, new or as it was left; with `postgres` its stores are there."""
    clock = SimulatedClock(moment("2022-06-02T09:00"))
    log = EmbeddedLog(folder / "log.sqlite")
    opened.callback(log.close)
    log.ensure_topics(TopicSpec(one.name, one.partitions) for one in TOPICS.values())
    departments = {}
    for name in PARTS:
        store: SQLiteStore | PostgresStore
        if postgres is None:
            target = str(folder / f"{name}.sqlite")
            migrate.upgrade(target, None, extra=tables_of(name))
            store = SQLiteStore.open(target, name, "simulated", incarnation=f"race-{name}")
            database = Database(f"sqlite:///{target}")
        else:
            url, schema = postgres[0], f"{postgres[1]}_{name}"
            migrate.upgrade(url, schema, extra=tables_of(name))
            store = PostgresStore.open(url, schema, name, "simulated", incarnation=f"race-{name}")
            database = Database("postgresql+psycopg:" + url.split(":", 1)[1], schema=schema)
        departments[name] = Department(
            name,
            store=store,
            log=log,
            database=database,
            vault=Vault(name, bytes(range(32))),
            files=FileStore(folder / "files" / name),
            clock=clock,
            draw=draw_for("races", name),
            holder="test",
            mode="simulated",
            shared=False,
        )
        opened.callback(departments[name].stop)
    return Country(Platform(departments, log, clock), clock)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Country]:
    with ExitStack() as opened:
        postgres = None
        if request.param == "postgres":
            url = request.getfixturevalue("postgres_url")
            postgres = (url, request.getfixturevalue("postgres_schema"))
            opened.callback(drop, *postgres)
        yield country(tmp_path, postgres, opened)


def drop(url: str, schema: str) -> None:
    """Removes the schemas of a country."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in PARTS:
            connection.execute(f'drop schema if exists "{schema}_{name}" cascade'.encode())


def test_of_two_openings_of_one_draw_one_stands(
    here: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = here.plan()
    act = partial(
        here.give, "HRSS", "OpenDraw", plan=plan, kind="OBJECTS", population=population("OBJECTS")
    )
    one_won(here.at_once(monkeypatch, "hr", act, act), "DrawAlreadyMade")
    assert len(here.of(DrawOpened)) == 1


def test_of_two_secrets_that_one_department_commits_to_at_once_one_counts(
    here: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = partial(here.give, "HRSS", "CommitToDraw", draw=here.objects())
    one_won(here.at_once(monkeypatch, "hr", act, act), "AlreadyCommitted")
    assert len(here.of(DrawCommitted)) == 1


def test_two_officers_who_reveal_and_execute_at_once_make_one_draw(
    here: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = here.objects()
    here.both("CommitToDraw", draw)
    reveal = partial(here.give, "HRSS", "RevealForDraw", draw=draw)
    one_won(here.at_once(monkeypatch, "hr", reveal, reveal), "AlreadyRevealed")
    here.platform.settle()
    here.told("SAMR", "RevealForDraw", draw=draw)
    execute = partial(here.give, "HRSS", "ExecuteDraw", draw=draw)
    one_won(here.at_once(monkeypatch, "hr", execute, execute), "DrawAlreadyEnded")
    assert len(here.of(DrawRevealed)) == 2
    assert len(here.of(DrawExecuted)) == 1


def test_of_two_draws_of_inspectors_in_one_department_one_stands(
    here: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = partial(_open_people, here, here.plan(), "HRSS")
    one_won(here.at_once(monkeypatch, "hr", act, act), "TaskAlreadyDrawn")
    assert len(here.of(DrawOpened)) == 1


def _open_people(here: Country, plan: str, organ: str) -> Given:
    return here.give(
        f"{organ}@{CITY}",
        "OpenDraw",
        plan=plan,
        kind="INSPECTORS",
        tasks=["TSK-1", "TSK-2"],
        size=4,
        population=population("INSPECTORS"),
    )


def test_of_two_departments_that_open_for_a_task_at_once_the_first_has_it(
    here: Country,
) -> None:
    """Neither knew of the other; were both to count, a team could be chosen by its result."""
    plan, task = here.task()
    for organ in ("HRSS", "SAMR"):
        here.give(f"{organ}@{CITY}", "OpenDraw", plan=plan, kind="INSPECTORS", tasks=[task])
    here.platform.settle()
    first, second = (one.fact.draw_id for one in here.of(DrawOpened)[1:])
    for draw, opener in ((first, "HRSS"), (second, "SAMR")):
        here.both("CommitToDraw", draw, CITY)
        here.both("RevealForDraw", draw, CITY)
        here.told(f"{opener}@{CITY}", "ExecuteDraw", draw=draw)
    with pytest.raises(Refusal) as refused:
        here.told(f"SAMR@{CITY}", "MatchTeam", task=task, draw=second)
    assert refused.value.rule == "TaskOfEarlierDraw"
    here.told(f"HRSS_INSP@{CITY}", "MatchTeam", task=task, draw=first)
    assert [one.fact.draw_id for one in here.of(TeamMatched)] == [first]


def die(_: Any) -> Any:
    """kill -9 of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_before_it_is_recorded() -> None:
    """In a process of its own: both secrets are out, and kill -9 comes as the draw is recorded."""
    with ExitStack() as opened:
        here = country(Path(os.environ[FOLDER]), None, opened)
        draw = here.revealed()
        store = here.platform.departments["hr"].store
        store.append = die  # type: ignore[method-assign,assignment]
        here.give("HRSS", "ExecuteDraw", draw=draw)


def test_a_draw_whose_process_was_killed_after_the_reveals_goes_on_to_the_same_result(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / "killed", tmp_path / "whole"]
    for folder in folders:
        folder.mkdir()
    died = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import *; killed_before_it_is_recorded()"],
        env={**os.environ, FOLDER: str(folders[0])},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    made = []
    with ExitStack() as opened:
        left, whole = (country(folder, None, opened) for folder in folders)
        assert left.of(DrawExecuted) == []
        left.platform.settle()
        for here, draw in (
            (left, left.of(DrawOpened)[0].fact.draw_id),
            (whole, whole.revealed()),
        ):
            here.given = 100
            here.told("HRSS", "ExecuteDraw", draw=draw)
            made.append(here.of(DrawExecuted)[-1].fact)
    assert made[0] == made[1]
    assert (made[0].drawn, len(made[0].seed)) == (20, 64)
