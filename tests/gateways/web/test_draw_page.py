"""The page of a random draw, for outsiders: what it shows, and that its files draw again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.draw.facts import DrawExecuted
from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.web import assets
from gateways.web.inspections.draws import open_to
from tests.draws.test_draw_story import PARTS, Draws
from tests.gateways.department.town import opened
from tests.gateways.http.feeding import served
from tests.gateways.web.conftest import PASSWORD, Site
from tests.gateways.web.test_access import wrong

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def draws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draws]:
    """A draw in which 市场监管 withheld its secret."""
    folder = tmp_path_factory.mktemp("draws")
    with opened(folder, departments=PARTS, start="2022-06-02T09:00") as town:
        made = Draws(town)
        draw = made.open(made.plan())
        made.both("CommitToDraw")
        made.give("HRSS", "RevealForDraw", draw=draw)
        town.live_until("2022-06-04T09:00:01")
        made.give("HRSS", "ExecuteDraw", draw=draw)
        yield made


@pytest.fixture(scope="module")
def open_site(draws: Draws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    accounts = Accounts.open(
        tmp_path_factory.mktemp("accounts") / "accounts.sqlite", lambda: int(time.time())
    )
    accounts.create("hrss", PASSWORD, organ="HRSS", region="420000", appointment="test:HRSS")
    app = create_app(
        draws.town.platform, accounts, WebConfig(secret="a secret of the tests, long enough")
    )
    with served(app) as address:
        yield Site(address=address, house=draws.town.house, app=app)


def test_an_outsider_sees_how_the_draw_was_made_and_who_withheld(
    draws: Draws, open_site: Site, browsing: Any
) -> None:
    page = browsing.page
    page.goto(f"{open_site.address}/draws/{draws.draw}")
    made = draws.of(DrawExecuted)[0].fact
    shown = page.inner_text("main")
    for words in (made.seed, made.population_hash, "20 / 300", "市场监管", "逾期未揭示"):
        assert words in shown, words
    assert page.locator("details ol li").count() == 20
    axe = assets.axe()
    for lang in ("zh", "en"):
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{open_site.address}/draws/{draws.draw}?lang={lang}")
            assert wrong(page, axe) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert browsing.complaints == []


def test_what_an_outsider_downloads_draws_the_same_again(
    draws: Draws, open_site: Site, browsing: Any, tmp_path: Path
) -> None:
    page = browsing.page
    page.goto(f"{open_site.address}/draws/{draws.draw}")
    for label in ("下载抽取记录", "下载名录"):
        with page.expect_download() as waiting:
            page.click(f"text={label}")
        waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    record = tmp_path / f"{draws.draw}.json"
    assert (tmp_path / f"{draws.draw}.population").exists()
    told = subprocess.run(
        [sys.executable, "-m", "ops.cli", "draw", "verify", "--json", str(record)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = json.loads(told.stdout)
    assert (found["complete"], found["differences"], found["drawn"]) == (True, [], 20)


def test_an_unknown_draw_and_a_signed_in_planner(
    draws: Draws, open_site: Site, browsing: Any
) -> None:
    page = browsing.page
    assert page.request.get(f"{open_site.address}/draws/DRW-NONE").status == 404
    assert page.request.get(f"{open_site.address}/draws/DRW-NONE/record").status == 404
    browsing.sign_in(open_site, "hrss")
    plan = draws.of(DrawExecuted)[0].fact.plan_id
    axe = assets.axe()
    for path in (
        "/plans",
        f"/plans/{plan}",
        "/draws",
        f"/draws/{draws.draw}",
        f"/results?plan={plan}",
    ):
        page.goto(open_site.address + path)
        assert wrong(page, axe) == [], path
    page.goto(f"{open_site.address}/draws/{draws.draw}")
    assert page.locator("a.button", has_text="下派检查任务").count() == 1


def test_which_inspectors_were_drawn_is_not_told_to_outsiders() -> None:
    assert open_to({"kind": "OBJECTS"}, None)
    assert not open_to({"kind": "INSPECTORS"}, None)
    assert not open_to({"kind": "REPLACEMENT"}, None)
