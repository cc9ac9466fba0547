"""The pages in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from domain.commands import Post
from tests.gateways.web.story import fresh_uscc

pytestmark = pytest.mark.browser


def fill(page: Any, site: Any, uscc: str) -> None:
    page.goto(f"{site.address}/cmd/RegisterOrganisation")
    page.fill("#f-organisation", uscc)
    page.fill("#f-name", "沈阳页例人力有限公司")
    page.fill("#f-scope", "职业中介活动")


def test_a_double_click_makes_one_event_and_the_page_shows_its_number(
    site: Any, browsing: Any
) -> None:
    browsing.sign_in(site, "samr")
    uscc = fresh_uscc()
    fill(browsing.page, site, uscc)
    browsing.page.locator("form.act.card > button").dblclick()
    browsing.page.wait_for_selector(".done")
    shown = browsing.page.inner_text(".done")
    stream = site.house.platform.departments["samr"].store.stream(f"organisation/{uscc}")
    registered = [event for event in stream if event.type == "subject.registered.v1"]
    assert len(registered) == 1
    assert f"#{registered[0].sequence}" in shown


def test_the_same_form_sent_again_makes_no_second_event(site: Any, without_javascript: Any) -> None:
    browsing = without_javascript
    browsing.sign_in(site, "samr")
    uscc = fresh_uscc()
    fill(browsing.page, site, uscc)
    hidden = browsing.page.locator("form.act.card input[type=hidden]")
    form = {one.get_attribute("name"): one.input_value() for one in hidden.all()}
    form |= {"organisation": uscc, "name": "沈阳页例人力有限公司", "scope": "职业中介活动"}
    browsing.page.click("form.act.card > button")
    assert "登记市场主体" in browsing.page.inner_text(".done")
    address = f"{site.address}/cmd/RegisterOrganisation"
    form["kind"] = "ENTERPRISE"
    again = browsing.page.request.post(address, form=form)
    assert "没有重复办理" in again.text()
    other = browsing.page.request.post(address, form={**form, "name": "另一名称公司"})
    assert "KeyReused" in other.text()
    foreign = browsing.page.request.post(address, form={**form, "form_token": "0" * 64})
    assert foreign.status == 403


def test_a_refused_form_keeps_what_was_typed_and_links_to_the_field(
    site: Any, browsing: Any
) -> None:
    browsing.sign_in(site, "samr")
    uscc = fresh_uscc()
    fill(browsing.page, site, uscc[:-1] + ("0" if uscc[-1] != "0" else "1"))
    browsing.page.click("form.act.card > button")
    browsing.page.wait_for_selector(".summary")
    assert browsing.page.evaluate("document.activeElement.className") == "summary"
    browsing.page.click(".summary li a")
    assert browsing.page.evaluate("document.activeElement.id") == "f-organisation"
    assert browsing.page.input_value("#f-name") == "沈阳页例人力有限公司"


def test_every_page_stays_on_its_host_and_breaks_no_content_security_policy(
    site: Any, browsing: Any
) -> None:
    browsing.sign_in(site, "samr", fresh=True)
    fill(browsing.page, site, fresh_uscc())
    browsing.page.click("form.act.card > button")
    browsing.page.wait_for_selector(".done")
    for path in ("/", "/cases", "/cmd", "/directory", "/certificate/none"):
        browsing.page.goto(site.address + path)
        browsing.page.wait_for_timeout(200)
    browsing.page.goto(f"{site.address}/cases")
    browsing.page.click("tbody a")
    browsing.page.wait_for_selector("#replay")
    browsing.page.keyboard.press("Home")
    browsing.page.wait_for_selector("#replay[data-at='1']")
    browsing.page.keyboard.press("ArrowRight")
    browsing.page.wait_for_selector("#replay[data-at='2']")
    browsing.page.click("header form button")
    browsing.page.wait_for_url("**/sign-in")
    browsing.sign_in(site, "lgo")
    browsing.page.goto(f"{site.address}/overview")
    browsing.page.wait_for_selector("#chart-trend canvas")
    browsing.page.wait_for_selector("#live:not(.lost)")
    outside = [url for url in browsing.requests if not url.startswith(site.address)]
    assert outside == []
    assert browsing.complaints == []


def test_the_overview_refreshes_by_itself_when_something_happens(site: Any, browsing: Any) -> None:
    browsing.sign_in(site, "lgo")
    browsing.page.goto(f"{site.address}/overview")
    expect(browsing.page.locator("#live")).to_have_text("实时连接")
    figure = browsing.page.locator("select#trend option").first.get_attribute("value")
    card = browsing.page.locator(f"a.value[href*='/{figure}']")
    before = int(card.inner_text()) if card.count() else 0
    site.house.platform.departments["samr"].give(
        "RegisterOrganisation",
        {"organisation": (uscc := fresh_uscc()), "name": "沈阳新例公司", "scope": "职业中介活动"},
        Post(id="SAMR@210103", organ="SAMR", region="210103", appointment="test"),
        key=f"live-{uscc}",
    )
    expect(card).to_have_text(str(before + 1), timeout=15_000)


def test_the_pages_are_readable_without_javascript_and_in_english(
    site: Any, without_javascript: Any
) -> None:
    browsing = without_javascript
    browsing.sign_in(site, "lgo")
    browsing.page.goto(f"{site.address}/overview?lang=en")
    assert "Joint supervision" in browsing.page.inner_text("h1")
    assert browsing.page.locator("table").count() >= 3
    past = browsing.page.goto(f"{site.address}/overview?lang=en&as_of=2024-12-31&region=210103")
    assert past.status == 200
    assert "as of 2024-12-31" in browsing.page.inner_text("main")
    assert browsing.page.goto(f"{site.address}/overview?region=abc").status == 400
    browsing.page.goto(f"{site.address}/cases")
    assert "Cases" in browsing.page.inner_text("h1")
