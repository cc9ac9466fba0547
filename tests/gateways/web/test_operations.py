"""The pages of those who keep the platform running: the ledger, one event's way, lag."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import update

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.http.health import Figures
from gateways.rebuilding import standing
from gateways.rebuilding.tables import NEW, REBUILDS
from projections.catalogue import PROJECTIONS
from tests.gateways.department.foreign import ForeignSystem
from tests.gateways.department.test_ledger import LICENSING, exchange
from tests.gateways.department.town import Town, bodies, opened
from tests.gateways.web.test_documents import PASSWORD, Officer


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which 公安's own system has lost one record of a licence."""
    with opened(tmp_path_factory.mktemp("operations") / "town") as one:
        one.grant(1)
        one.platform.settle()
        exchange(one)
        partition = next(
            at
            for (topic, at), end in one.hr.store.partition_ends().items()
            if topic == LICENSING and end
        )
        system = ForeignSystem(one, "psb", LICENSING, partition)
        first, _, third = system.values()
        system.take_in([first, third])
        exchange(one)
        yield one


@pytest.fixture(scope="module")
def app(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("accounts")
    accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
    for organ in ("HRSS_MKT", "SAMR"):
        accounts.create(
            organ.lower(), PASSWORD, organ=organ, region="210103", appointment=f"test:{organ}"
        )
    config = WebConfig(
        secret="a secret of the tests, long enough to sign with", hosts=("testserver",)
    )
    return create_app(town.platform, accounts, config)


def test_the_ledger_shows_the_worst_first_with_its_cases_and_owner(town: Town, app: Any) -> None:
    officer = Officer(app, "hrss_mkt")
    shown = officer.get("/ops/ledger").text
    lost = next(one for one in bodies(town.hr) if one["type"] == "licence.granted.v1")
    faults, _, lines = shown.partition('id="lines"')
    assert f"/cases/{lost['matter']}" in faults
    assert "公安：缺漏" in faults
    assert "漏处理" in faults
    states = [lines.index(one) for one in ("缺漏", "未接入", "一致")]
    assert states == sorted(states)
    english = officer.get("/ops/ledger?lang=en&state=GAP").text
    assert "was skipped" in english
    assert "Records are missing" in english
    assert LICENSING in english.partition('id="lines"')[2]
    assert "labour.hr.push" not in english.partition('id="lines"')[2]


def test_one_event_is_followed_to_each_reader(town: Town, app: Any) -> None:
    lost = next(one for one in bodies(town.hr) if one["type"] == "licence.granted.v1")
    way = Officer(app, "hrss_mkt").get(f"/ops/ledger?event={lost['id']}").text
    way = way.partition('id="way"')[2].partition('id="lines"')[0]
    for words in ("缺漏", "已办理", "未送达"):
        assert words in way
    other = Officer(app, "samr").get(f"/ops/ledger?event={lost['id']}").text
    assert "本部门没有发布过这个事件" in other


def test_faults_that_others_declared_are_seen_by_every_department(town: Town, app: Any) -> None:
    exchange(town)
    assert "公安：缺漏" in Officer(app, "samr").get("/ops/ledger").text


def test_what_is_unread_stands_first_among_the_topics(town: Town, app: Any) -> None:
    town.register(5)
    town.clock.advance_to(town.clock.now() + 300_000_000)
    town.send()
    for one in (town.samr, town.drc):
        one.relay.close_topics()
    officer = Officer(app, "hrss_mkt")
    shown = officer.get("/ops/topics").text
    rows, _, control = shown.partition("<tbody>")[2].partition("<details")
    assert rows.index("labour.samr.registration") < rows.index(LICENSING)
    assert "5 分钟" in rows
    assert ".control" not in rows
    assert "labour.samr.control" in control
    assert "属于正常" in control
    assert 'class="state' not in control
    table = rows_of(officer.get("/ops/topics?format=csv"))
    assert table[0][:3] == ["主题", "类别", "未读"]
    assert [row[1] for row in table[1:]] == sorted((row[1] for row in table[1:]), key=KINDS.index)
    exchange(town)


KINDS = ["业务", "控制"]


def rows_of(answer: Any) -> list[list[str]]:
    """The rows of a table as Excel opens it."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_ledger_is_a_table_for_a_spreadsheet_too(app: Any) -> None:
    officer = Officer(app, "hrss_mkt")
    heads, *rows = rows_of(officer.get("/ops/ledger?format=csv&lang=en&state=GAP"))
    assert heads[:4] == ["State", "Reader", "Topic", "Published"]
    assert [row[:4] for row in rows] == [["Gap", "Public security", LICENSING, "3"]]
    assert len(rows_of(officer.get("/ops/ledger?format=csv"))) > 5


def test_a_rebuild_is_followed_on_its_page_and_in_the_metrics(town: Town, app: Any) -> None:
    officer = Officer(app, "hrss_mkt")
    assert "没有正在重建的视图" in officer.get("/ops/rebuilds").text
    standing.ensure(town.hr.database)
    holder = standing.this_builder("虚例丙")
    with town.hr.database.writing() as connection:
        standing.begin(connection, PROJECTIONS["human_resources"], holder)
        connection.execute(update(REBUILDS).values(facts=9000, done=3000, rate=50))
    shown = officer.get("/ops/rebuilds?lang=en").text
    for words in ("human_resources", "Being filled", "3,000 / 9,000", "33%", "2 min", holder):
        assert words in shown
    assert 'href="/ops/quarantine?lang=en"' in shown.partition('class="tabs"')[2]
    registry = CollectorRegistry()
    registry.register(Figures(town.platform))
    labels = {
        "department": "hr",
        "projection": "human_resources",
        "copy": "new",
        "state": "FILLING",
        "holder": holder,
    }
    figures = {"facts_done": 3000, "facts": 9000, "facts_per_second": 50, "left_seconds": 120}
    for name, value in figures.items():
        assert registry.get_sample_value(f"liandong_rebuild_{name}", labels) == value
    with town.hr.database.writing() as connection:
        connection.execute(update(REBUILDS).values(holder="someone@elsewhere:1", heard=1))
    assert "Broken off" in officer.get("/ops/rebuilds").text
    standing.drop(town.hr.database, "human_resources", NEW)


def test_nobody_reads_them_without_signing_in(app: Any) -> None:
    from fastapi.testclient import TestClient

    for page in ("/ops/ledger", "/ops/topics", "/ops/rebuilds"):
        answer = TestClient(app).get(page, follow_redirects=False)
        assert answer.status_code == 303
