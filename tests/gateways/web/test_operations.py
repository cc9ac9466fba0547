"""The pages of those who keep the platform running: the ledger, one event's way, lag."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
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
    shown = Officer(app, "hrss_mkt").get("/ops/topics").text
    rows = shown.partition("<tbody>")[2]
    assert rows.index("labour.samr.registration") < rows.index(LICENSING)
    assert "5 分钟" in rows
    exchange(town)


def test_nobody_reads_them_without_signing_in(app: Any) -> None:
    from fastapi.testclient import TestClient

    for page in ("/ops/ledger", "/ops/topics"):
        answer = TestClient(app).get(page, follow_redirects=False)
        assert answer.status_code == 303
