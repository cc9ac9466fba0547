"""The record made on the spot, in a real Chromium: without a network, on a phone, on paper."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from playwright.sync_api import expect

from gateways.web import assets
from tests.gateways.web.conftest import PASSWORD
from tests.gateways.web.inspected import ready, results
from tests.gateways.web.story import until
from tests.gateways.web.test_access import wrong

pytestmark = pytest.mark.browser

NOTE = "现场未见许可证正本\n已当场说明"


def opened(site: Any, browsing: Any, task: str, user: str = "hrss_insp") -> Any:
    """The form of an inspection on a phone."""
    browsing.sign_in(site, user)
    page = browsing.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site.address}/inspections/{task}/record")
    return page


def fill(page: Any) -> None:
    page.select_option("[name='items.0.category']", "BUSINESS_NOT_FOUND")
    page.fill("[name='items.0.note']", NOTE)
    page.select_option("[name='items.1.category']", "NO_PROBLEM")
    page.check("#f-signed-no")
    page.fill("#f-witnesses", "2")


def body(site: Any, task: str) -> dict[str, Any]:
    (one,) = results(site, task)
    return dict(json.loads(one.body)["data"])


def _nothing_goes_out(route: Any) -> None:
    if route.request.method == "POST":
        route.abort("internetdisconnected")
    else:
        route.continue_()


def lose_network(page: Any) -> None:
    """Takes the network away, also for the moment in which a page that is loaded anew has one."""
    page.route("**/*", _nothing_goes_out)
    page.context.set_offline(True)


def find_network(page: Any) -> None:
    page.unroute("**/*", _nothing_goes_out)
    page.context.set_offline(False)


def test_a_record_made_without_a_network_survives_a_reload_and_is_sent_once(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    page.wait_for_selector("form.record[data-shelved]")
    lose_network(page)
    fill(page)
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("没有网络")
    expect(page.locator("#state")).to_be_in_viewport()
    key = page.input_value("[name=idempotency_key]")
    page.reload()
    assert page.input_value("[name='items.0.note']") == NOTE
    assert page.input_value("[name=idempotency_key]") == key
    assert page.is_checked("#f-signed-no")
    expect(page.locator("#state")).to_contain_text("没有网络")
    assert results(site, task) == []
    find_network(page)
    page.wait_for_url(f"**/inspections/{task}")
    found = body(site, task)
    assert found["category"] == "BUSINESS_NOT_FOUND"
    assert found["items"][0]["note"] == NOTE
    assert (found["signed_by_subject"], found["witnesses"]) == (False, 2)
    assert len(found["team"]) == 2
    assert page.evaluate("localStorage.length") == 0


PHOTO = b"\x89PNG\r\n\x1a\n the signed sheet, photographed"
KEPT = """() => new Promise((told) => {
  const opening = indexedDB.open('record-files');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('files').objectStore('files').getAllKeys();
    asked.onsuccess = () => told(asked.result);
  };
})"""


def test_a_photo_chosen_without_a_network_survives_a_reload_and_is_sent_once(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    page.wait_for_selector("form.record[data-shelved]")
    lose_network(page)
    fill(page)
    page.set_input_files(
        "#f-record", [{"name": "记录表.png", "mimeType": "image/png", "buffer": PHOTO}]
    )
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("没有网络")
    assert page.evaluate(KEPT) == [f"record/hrss_insp/{task}"]
    page.reload()
    expect(page.locator("#state")).to_contain_text("没有网络")
    assert page.evaluate("document.getElementById('f-record').files[0].name") == "记录表.png"
    assert results(site, task) == []
    find_network(page)
    page.wait_for_url(f"**/inspections/{task}")
    found = body(site, task)
    assert found["record"]["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert found["record"]["media_type"] == "image/png"
    assert page.evaluate(KEPT) == []


def test_a_photo_that_the_device_lost_is_asked_for_again_and_nothing_is_sent_without_it(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    page.wait_for_selector("form.record[data-shelved]")
    lose_network(page)
    fill(page)
    page.set_input_files(
        "#f-record", [{"name": "记录表.png", "mimeType": "image/png", "buffer": PHOTO}]
    )
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("没有网络")
    page.evaluate(
        "new Promise((done) => { indexedDB.deleteDatabase('record-files').onsuccess = done; })"
    )
    page.reload()
    expect(page.locator("#state")).to_contain_text("附件没有保存")
    find_network(page)
    page.wait_for_timeout(700)
    assert results(site, task) == []
    assert page.input_value("[name='items.0.note']") == NOTE


def test_a_record_whose_answer_was_lost_is_sent_again_and_recorded_once(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    fill(page)
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/record", lose)
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("没有网络")
    until(lambda: len(results(site, task)) == 1)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_url(f"**/inspections/{task}")
    assert len(lost) == 1
    assert len(results(site, task)) == 1


def test_what_is_refused_stays_typed_and_names_its_field(site: Any, browsing: Any) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    fill(page)
    page.fill("#f-witnesses", "")
    page.select_option("[name='items.1.category']", "")
    page.click("#send")
    expect(page.locator("#refused")).to_be_focused()
    assert page.locator("[data-error='items.1.category']").is_visible()
    page.click("#refused li a")
    page.select_option("[name='items.1.category']", "NO_PROBLEM")
    page.click("#send")
    expect(page.locator("[data-error='witnesses']")).to_contain_text("见证")
    page.reload()
    assert page.input_value("[name='items.0.note']") == NOTE
    page.fill("#f-witnesses", "1")
    page.click("#send")
    page.wait_for_url(f"**/inspections/{task}")
    assert body(site, task)["witnesses"] == 1


def test_an_unsent_record_goes_by_itself_and_edited_it_waits_for_its_author(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    lose_network(page)
    fill(page)
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("没有网络")
    page.fill("[name='items.1.note']", "补充说明")
    expect(page.locator("#state")).to_have_text("已保存在本机")
    find_network(page)
    page.wait_for_timeout(700)
    assert results(site, task) == []
    page.click("#send")
    page.wait_for_url(f"**/inspections/{task}")
    assert body(site, task)["items"][1]["note"] == "补充说明"


def test_the_form_works_without_scripts(site: Any, without_javascript: Any) -> None:
    task = ready(site)
    page = opened(site, without_javascript, task)
    fill(page)
    page.fill("#f-witnesses", "")
    page.click("#send")
    assert "见证" in page.inner_text(".summary")
    page.fill("#f-witnesses", "1")
    page.click("#send")
    page.wait_for_url(f"**/inspections/{task}")
    assert body(site, task)["items"][0]["note"] == NOTE


def test_the_paper_shows_what_is_typed_with_team_certificates_and_places_to_sign(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    fill(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    paper = page.inner_text("main")
    for words in ("检查记录表", NOTE.split("\n")[0], "未发现开展本次抽查涉及的经营活动", "未签字"):
        assert words in paper
    assert "提交检查结果" not in paper
    with site.house.platform.departments["hr"].reading() as conn:
        from projections import inspections

        found = inspections.task(conn, task)
    for certificate in found["certificates"].split(","):
        assert certificate in paper
    assert page.locator("td.sign:visible").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_of_inspections_pass_the_accessibility_checker_on_a_phone_and_a_desk(
    site: Any, browsing: Any, lang: str
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    axe = assets.axe()
    paths = (
        f"/inspections/{task}/record", f"/inspections/{task}/sheet", f"/inspections/{task}",
        "/inspections", "/inspections?view=mine", "/results?kind=TARGETED", "/publications",
        "/publications?view=done", "/plans", "/draws",
    )  # fmt: skip
    for path in paths:
        page.goto(f"{site.address}{path}{'&' if '?' in path else '?'}lang={lang}")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert wrong(page, axe) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert browsing.complaints == []


def test_another_department_s_officer_cannot_record_and_sees_the_sheet(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task, "hrss_appr")
    refused = page.request.get(f"{site.address}/inspections/TSK-NONE/record")
    assert refused.status == 404
    page.request.post(f"{site.address}/inspections/{task}/record", form={"form_token": "0"})
    assert results(site, task) == []


def test_a_session_that_ended_keeps_what_is_typed_until_its_author_signs_in_again(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    browsing.sign_in(site, "hrss_insp", fresh=True)
    page = browsing.page
    page.goto(f"{site.address}/inspections/{task}/record")
    fill(page)
    page.context.clear_cookies()
    page.click("#send")
    expect(page.locator("#state")).to_contain_text("登录已过期")
    page.click("#state a")
    page.fill("#user", "hrss_insp")
    page.fill("#password", PASSWORD)
    page.click("form.act button")
    page.wait_for_url(f"**/inspections/{task}/record")
    assert page.input_value("[name='items.0.note']") == NOTE
    assert results(site, task) == []
    page.click("#send")
    page.wait_for_url(f"**/inspections/{task}")
    assert len(results(site, task)) == 1


def test_every_count_of_results_opens_exactly_the_inspections_that_it_counts(
    site: Any, browsing: Any
) -> None:
    task = ready(site)
    page = opened(site, browsing, task)
    page.set_viewport_size({"width": 1366, "height": 800})
    fill(page)
    page.click("#send")
    page.wait_for_url(f"**/inspections/{task}")
    page.goto(f"{site.address}/results?kind=TARGETED")
    links = page.locator("main td.number a")
    told = [(one.inner_text(), one.get_attribute("href")) for one in links.all()]
    assert len(told) >= 3
    for number, address in told:
        page.goto(f"{site.address}{address}")
        assert f"共 {number} 条" in page.inner_text("h1"), address
