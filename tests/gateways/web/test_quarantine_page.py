"""隔离: an officer sees what is parked by cause, previews a decision about it, and takes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from gateways.http.accounts import Accounts
from gateways.http.app import create_app
from gateways.http.config import WebConfig
from gateways.log.port import OutRecord
from gateways.web import assets
from projections.catalogue import PROJECTIONS
from tests.faults.organisations import uscc
from tests.gateways.department.test_intake import Poison
from tests.gateways.department.town import Town, append, opened
from tests.gateways.http.feeding import served
from tests.gateways.web.conftest import PASSWORD, Site
from tests.gateways.web.test_access import wrong
from tests.gateways.web.test_documents import Officer

pytestmark = pytest.mark.browser
POSTS = {
    "officer": "HRSS_INSP.OFFICER@210103",
    "head": "HRSS_INSP.HEAD@210103",
    "firm": "AGENCY:91210103MAYTX0128N@210103",
}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Town, Poison]]:
    """人社 with a poisoned group of two firms and a foreign record, served."""
    if not assets.VENDOR.exists():
        assets.build()
    folder, poison = tmp_path_factory.mktemp("ward"), Poison()
    kept = PROJECTIONS["human_resources"]
    accounts = Accounts.open(folder / "accounts.sqlite", lambda: int(time.time()))
    for user, post in POSTS.items():
        organ = post.split(":")[0].split(".")[0]
        accounts.create(
            user, PASSWORD, organ=organ, region="210103", post=post, appointment=f"test:{user}"
        )
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(PROJECTIONS, "human_resources", poison.instead_of(kept))
        with opened(folder / "house", departments="samr,hr") as town:
            poison.subjects = {uscc(1), uscc(2)}
            for number in (1, 2, 3):
                town.register(number)
            town.send()
            append(town.log, OutRecord("labour.samr.push", 0, b"x", b"<not ours>"))
            town.hr.intake.catch_up()
            town.hr.treatment.step()
            config = WebConfig(
                secret="a secret of the tests, long enough to sign",
                hosts=("127.0.0.1", "testserver"),
            )
            app = create_app(town.platform, accounts, config)
            with served(app) as address:
                yield Site(address=address, house=town.house, app=app), town, poison


def test_a_group_is_previewed_released_by_an_officer_and_discarded_by_the_head(
    ward: Any, browsing: Any, second: Any
) -> None:
    site, town, poison = ward
    axe, found = assets.axe(), []
    at = f"{site.address}/ops/quarantine"
    page = browsing.page
    browsing.sign_in(site, "officer")
    page.goto(f"{at}?lang=en")
    rows = page.locator("table.stack tbody tr")
    assert rows.count() == 2
    assert "ZeroDivisionError: no row for #" in rows.nth(0).inner_text()
    found += wrong(page, axe)
    table = page.context.request.get(f"{at}?format=csv&lang=en").body().decode("utf-8")
    assert table.startswith("\ufeffGroup,Cause,Error,")
    assert "ZeroDivisionError: no row for #" in table
    poisoned = page.locator("tr", has_text="labour.samr.registration")
    group = poisoned.locator("input[type=checkbox]").get_attribute("value")

    poison.subjects = {uscc(2)}
    poisoned.locator("input[type=checkbox]").check()
    page.fill("#x-reason", "mended")
    page.click("main form.act button")
    assert "1 would fail again" in page.locator("form.act.card").inner_text()
    found += wrong(page, axe)
    page.click("text=Confirm")
    assert "on record" in page.locator(".done").inner_text()
    assert "Being carried out" in poisoned.inner_text()
    found += wrong(page, axe)
    assert town.hr.treatment.step() == 1
    page.reload()
    assert "1 set aside" in poisoned.inner_text()

    def discard(of: Any) -> None:
        of.goto(at)
        of.locator("tr", has_text="labour.samr.registration").locator("input").first.check()
        of.select_option("#x-act", "DISCARD")
        of.fill("#x-reason", "无法修复")
        of.click("main form.act button")
        assert "永不处理" in of.locator("form.act.card").inner_text()
        of.click("text=确认")

    page.goto(f"{at}?lang=zh")
    discard(page)
    assert "HeadDiscardsParked" in page.locator("#summary").inner_text()
    second.sign_in(site, "head")
    discard(second.page)
    town.hr.treatment.step()
    second.page.goto(f"{at}/{group}")
    told = second.page.locator("main").inner_text()
    assert "已作废" in told
    assert "劳动保障监察机构负责人" in told
    assert "无法修复" in told
    found += wrong(second.page, axe)
    second.page.set_viewport_size({"width": 400, "height": 800})
    for path in (at, f"{at}/{group}"):
        second.page.goto(path)
        assert second.page.evaluate("document.documentElement.scrollWidth") <= 400
    assert found == []
    assert browsing.complaints == []


def test_a_firm_does_not_see_the_quarantine(ward: Any) -> None:
    site, _, _ = ward
    assert Officer(site.app, "firm").get("/ops/quarantine").status_code == 403
