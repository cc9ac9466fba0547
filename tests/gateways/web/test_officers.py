"""What officers do in a real Chromium: inbox, two at once, and a step that cannot be undone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.gateways.web.story import NAME, licensed, registered, today

pytestmark = pytest.mark.browser


def claim_form(browsing: Any, site: Any, uscc: str) -> None:
    browsing.page.goto(f"{site.address}/cmd/ClaimPush?organisation={uscc}")


def test_of_two_officers_at_once_the_second_is_told_what_moved_on(
    site: Any, browsing: Any, second: Any
) -> None:
    uscc = licensed(site)
    for one in (browsing, second):
        one.sign_in(site, "hrss_appr")
        one.page.goto(f"{site.address}/cmd/AnnulLicence?organisation={uscc}")
        one.page.select_option("#f-cause", "FRAUD_OR_BRIBERY")
        one.page.fill("#f-document_no", "沈河人社撤字〔2026〕第3号")
        one.page.fill("#f-holder_told_on", today())
        one.page.check("#f-holder_heard")
        one.page.click("form.act.card > button")
        one.page.wait_for_selector("text=请核对后确认")
    preview = browsing.page.inner_text("main")
    assert "市场监管" in preview
    assert "R05-DEREG" in preview
    assert "不可撤回" in preview
    store = site.house.platform.departments["hr"].store
    before = store.head().sequence
    browsing.page.click("button[name=confirmed]")
    done = browsing.page.inner_text(".done")
    annulled = [
        event for event in store.stream(f"licence/{uscc}:LIC_HRS")
        if event.type == "licence.annulled.v1"
    ]  # fmt: skip
    assert len(annulled) == 1
    assert annulled[0].sequence > before
    assert f"#{annulled[0].sequence}" in done
    second.page.click("button[name=confirmed]")
    told = second.page.inner_text(".summary")
    assert "HistoryMovedOn" in told
    assert f"licence/{uscc}:LIC_HRS" in told
    assert second.page.input_value("#f-document_no") == "沈河人社撤字〔2026〕第3号"
    stored = store.stream(f"licence/{uscc}:LIC_HRS")
    assert [event.type for event in stored].count("licence.annulled.v1") == 1


def test_a_task_is_unread_until_it_is_opened_and_done_when_it_is_settled(
    site: Any, browsing: Any
) -> None:
    uscc = registered(site)
    browsing.sign_in(site, "hrss_mkt")
    page = browsing.page
    page.goto(f"{site.address}/?section=unread")
    row = page.locator("tbody tr", has_text=uscc).first
    expect(row).to_contain_text(NAME)
    expect(row).to_contain_text("◷ 剩")
    expect(row.locator("td").nth(3)).not_to_be_empty()
    row.get_by_role("link", name="认领推送").first.click()
    if "/tasks/" in page.url:
        assert "剩" in page.inner_text("dl.facts")
    page.goto(f"{site.address}/?section=read")
    row = page.locator("tbody tr", has_text=uscc).first
    expect(row).to_contain_text("认领")
    claim_form(browsing, site, uscc)
    assert page.input_value("#f-organisation") == uscc
    page.click("form.act.card > button")
    page.wait_for_selector(".done")
    page.goto(f"{site.address}/?section=done")
    row = page.locator("tbody tr", has_text=uscc).first
    expect(row).to_contain_text("✓ 按期完成")
    page.goto(f"{site.address}/tasks/next")
    expect(page.locator("h1")).not_to_contain_text("没有找到")


def test_the_menu_offers_the_overview_to_leaders_alone_and_the_page_says_why(
    site: Any, browsing: Any
) -> None:
    browsing.sign_in(site, "hrss_mkt")
    assert browsing.page.locator("nav.main a[href='/overview']").count() == 0
    answer = browsing.page.goto(f"{site.address}/overview")
    assert answer.status == 403
    said = browsing.page.inner_text("main")
    assert "领导小组" in said
    assert "工作台" in said
    assert "leading group" in said
