"""Forms of casework in a real Chromium, with and without scripts: rows, files, amounts, choices."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.web import assets
from tests.gateways.web.story import licensed, today
from tests.gateways.web.test_access import wrong

pytestmark = pytest.mark.browser

FORMS = (
    "RecordViolation",
    "TransferLead",
    "PublishKeywords",
    "RequestOnlineDisposal",
    "HoldInterview",
)


def test_rows_come_and_go_without_scripts_and_keep_what_was_typed(
    site: Any, without_javascript: Any
) -> None:
    without_javascript.sign_in(site, "hrss_mkt")
    page = without_javascript.page
    page.goto(f"{site.address}/cmd/PublishKeywords")
    page.fill("[name='keywords.0.word']", "限男性")
    page.select_option("[name='keywords.0.category']", "DISCRIMINATION")
    page.click("button[name=add]")
    assert page.input_value("[name='keywords.0.word']") == "限男性"
    page.fill("[name='keywords.1.word']", "无证招工")
    page.click("button[name=add]")
    page.click("button[name=remove][value='keywords.0']")
    assert page.input_value("[name='keywords.0.word']") == "无证招工"
    page.click("form.act.card > button")
    said = page.inner_text(".summary")
    assert "关键词" in said or "类别" in said or "种类" in said
    assert page.input_value("[name='keywords.0.word']") == "无证招工"
    page.select_option("[name='keywords.0.category']", "UNLICENSED")
    page.press("[name='keywords.0.word']", "Enter")
    page.wait_for_selector(".done")
    hr = site.house.platform.departments["hr"].store
    kept = hr.stream("keywords/210103")[-1]
    assert kept.type == "online.keywords_published.v1"
    assert b"UNLICENSED" in kept.body
    assert "限男性".encode() not in kept.body


def test_an_amount_is_typed_in_yuan_and_the_fact_holds_fen(site: Any, browsing: Any) -> None:
    uscc = licensed(site)
    browsing.sign_in(site, "hrss_mkt")
    page = browsing.page
    page.goto(f"{site.address}/cmd/RecordViolation?organisation={uscc}&code=V-FRD-01")
    page.fill("#f-facts", "以虚假招聘骗取费用")
    page.fill("#f-act_from", today())
    page.fill("#f-amount_fen", "12.345")
    page.check("[name='signs.VICTIM_LOSS']")
    page.click("form.act.card > button")
    assert "元" in page.inner_text("#e-amount_fen")
    assert page.is_checked("[name='signs.VICTIM_LOSS']")
    page.fill("#f-amount_fen", "38,000.50")
    page.click("form.act.card > button")
    page.wait_for_selector(".done")
    hr = site.house.platform.departments["hr"].store
    found = [one for one in hr.stream(f"correction/{uscc}") if one.type.startswith("finding.")]
    assert b'"amount_fen":3800050' in found[-1].body
    assert b'"signs":["VICTIM_LOSS"]' in found[-1].body


def test_an_irreversible_act_that_would_be_refused_is_refused_before_the_preview(
    site: Any, browsing: Any
) -> None:
    uscc = licensed(site)
    browsing.sign_in(site, "hrss_appr")
    page = browsing.page
    page.goto(f"{site.address}/cmd/DeregisterLicence?organisation={uscc}")
    page.select_option("#f-cause", "ANNULLED")
    page.click("form.act.card > button")
    assert page.locator(".summary .code").inner_text()
    assert page.locator("button[name=confirmed]").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_forms_of_casework_pass_the_accessibility_checker(
    site: Any, browsing: Any, lang: str, width: int
) -> None:
    browsing.sign_in(site, "hrss_mkt")
    page = browsing.page
    page.set_viewport_size({"width": width, "height": 900})
    axe = assets.axe()
    for name in FORMS:
        page.goto(f"{site.address}/cmd/{name}?lang={lang}")
        assert wrong(page, axe) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert browsing.complaints == []
