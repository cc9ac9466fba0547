"""The pages for every reader: no accessibility violation, keyboard alone, large type, paper."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.web import assets

pytestmark = pytest.mark.browser

RUN = """async () => {
  const look = element => element.tagName + '.' + element.getAttribute('class')
    + '#' + element.getAttribute('style');
  const seen = new Set();
  for (const row of document.querySelectorAll('tbody tr, li, option')) {
    const within = [];
    for (let one = row.parentElement; one; one = one.parentElement) within.push(look(one));
    const drawn = [row, ...row.querySelectorAll('*')].map(look);
    const whole = within.join(' ') + '|' + drawn.join(' ');
    if (seen.has(whole)) row.dataset.alike = '';
    seen.add(whole);
  }
  const told = {resultTypes: ['violations']};
  const colours = ['color-contrast'];
  const found = [
    await axe.run(document, {...told, rules: {'color-contrast': {enabled: false}}}),
    await axe.run({exclude: '[data-alike]'}, {...told, runOnly: colours}),
  ];
  document.querySelectorAll('[data-alike]').forEach(row => delete row.dataset.alike);
  return found.flatMap(one => one.violations);
}"""
"""Every rule over the whole page; of rows that are drawn alike, contrast is looked at in the first.

To find what lies beneath each letter takes nine tenths of the time on a long table.
"""


@pytest.fixture(scope="module")
def axe() -> str:
    return assets.axe()


def pages_of(browsing: Any, site: Any, firm: str, user: str) -> list[str]:
    browsing.page.goto(f"{site.address}/cases?search={firm}")
    case = browsing.page.locator("tbody a[href*='/replay']").first.get_attribute("href")
    common = ["/cases", case, f"/subjects/{firm}", "/cmd", "/directory"]
    if user == "lgo":
        return [*common, "/overview", "/overview/figures/registered", "/ops/topics"]
    if user == "hrss_insp":
        lists = ("leads", "complaints", "inspection", "referrals", "online", "risks", "violations")
        more = ("/violations/V-LIC-04", f"/subjects/{firm}", "/ops/ledger")
        return [*(f"/{one}" for one in lists), *more]
    return [
        *common,
        *(f"/?section={name}" for name in ("unread", "read", "mend", "done")),
        "/overview",
        f"/cmd/ApplyForLicence?organisation={firm}",
        f"/cmd/AnnulLicence?organisation={firm}",
        "/certificate/none",
        "/ops/ledger",
        "/ops/topics",
        "/ops/rebuilds",
    ]


def wrong(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    return [
        f"{page.url} {one['id']}: {node['html'][:120]}"
        for one in page.evaluate(RUN)
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("user", "lang"), [("hrss_appr", "zh"), ("lgo", "en"), ("hrss_insp", "en")]
)
def test_no_page_has_an_accessibility_violation(
    site: Any, browsing: Any, firm: str, axe: str, user: str, lang: str
) -> None:
    page, found = browsing.page, []
    page.goto(f"{site.address}/sign-in?lang={lang}")
    found += wrong(page, axe)
    browsing.sign_in(site, user)
    for path in pages_of(browsing, site, firm, user):
        page.goto(site.address + path)
        if path == "/overview" and user == "lgo":
            page.wait_for_selector("#chart-trend canvas")
        found += wrong(page, axe)
    assert found == []


def test_one_pale_row_among_many_that_are_drawn_alike_is_found(
    site: Any, browsing: Any, axe: str
) -> None:
    page = browsing.page
    page.goto(f"{site.address}/catalog")
    page.evaluate("document.querySelectorAll('tbody tr')[40].cells[1].style.color = '#ccc'")
    (pale,) = wrong(page, axe)
    assert "color-contrast" in pale


def test_at_twice_the_size_nothing_is_clipped_sideways(site: Any, browsing: Any, firm: str) -> None:
    browsing.sign_in(site, "hrss_appr")
    paths = pages_of(browsing, site, firm, "hrss_appr")
    page = browsing.page
    page.set_viewport_size({"width": 683, "height": 400})
    clipped = []
    for path in paths:
        page.goto(site.address + path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            clipped.append(path)
    assert clipped == []


def test_on_a_narrow_screen_the_menu_is_folded_and_figures_share_a_line(
    site: Any, browsing: Any, without_javascript: Any, firm: str, axe: str
) -> None:
    browsing.sign_in(site, "hrss_appr")
    page = browsing.page
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"{site.address}/ops/topics")
    assert page.locator("main").bounding_box()["y"] <= 120
    figures = page.evaluate(
        "[...document.querySelector('table.stack tbody tr').querySelectorAll('td.number')]"
        ".map(one => one.offsetTop)"
    )
    assert (len(figures), len(set(figures))) == (6, 2)
    page.goto(f"{site.address}/cases?search={firm}")
    cells = page.locator("tbody tr").first.locator("td").all()
    assert max(one.bounding_box()["x"] + one.bounding_box()["width"] for one in cells) <= 400
    page.focus("nav.main summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.main details[open]")
    assert wrong(page, axe) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/")
    plain = without_javascript.page
    plain.set_viewport_size({"width": 400, "height": 800})
    plain.goto(f"{site.address}/catalog")
    plain.click("nav.main summary")
    plain.click("nav.main details >> text=机构名录")
    plain.wait_for_url("**/directory")


def test_a_case_is_stepped_and_a_form_is_sent_by_keyboard_alone(
    site: Any, browsing: Any, firm: str, axe: str
) -> None:
    browsing.sign_in(site, "hrss_appr")
    page = browsing.page
    page.goto(f"{site.address}/cases?search={firm}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if "/replay" in (page.evaluate("document.activeElement.href || ''")):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#replay")
    total = int(page.get_attribute("#replay", "data-total"))
    assert total > 5
    page.keyboard.press("Home")
    page.wait_for_selector("#replay[data-at='1']")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#replay[data-at='2']")
    assert wrong(page, axe) == []
    page.keyboard.press("End")
    page.wait_for_selector(f"#replay[data-at='{total}']")
    assert page.inner_text("#step h2").startswith(f"{total}.")
    case = page.url.partition("?")[0]
    page.goto(f"{case}?as_of=2999-01-01")
    assert "晚于现在" in page.inner_text("main")
    page.goto(f"{case}?as_of=2024-01-01&known_to=2999-01-01")
    assert "晚于现在" not in page.inner_text("main")
    assert "所示为：截至记录时间 2024-01-01" in page.inner_text("main")
    page.goto(f"{case}?as_of=2999-01-01")
    page.click(".timeline li:has-text('· 人力资源社会保障') a[data-step] >> nth=0")
    page.click("#step a[href*='/ops/ledger?event=']", timeout=5000)
    assert "已发布" in page.inner_text("section[aria-labelledby=way]")
    page.goto(f"{site.address}/cases?search={firm}&offset=5000")
    page.click("text=回到第一页")
    assert page.locator("tbody a[href*='/replay']").count() >= 1
    page.goto(f"{site.address}/directory?offset=5000")
    assert "回到第一页" in page.inner_text("main")
    page.goto(f"{site.address}/cmd/ApplyForLicence?organisation={firm}")
    page.focus("#f-organisation")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary, .done")


def test_paper_shows_every_step_and_every_folded_table(site: Any, browsing: Any, firm: str) -> None:
    browsing.sign_in(site, "lgo")
    page = browsing.page
    page.goto(f"{site.address}/overview")
    page.wait_for_selector("#chart-trend canvas")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for table in page.locator("details table").all():
        assert table.is_visible()
    assert page.locator("form.filters").first.is_hidden()
    assert page.locator("#chart-trend canvas").bounding_box()["height"] > 100
    clipped = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).overflowX"
        " !== 'visible' && e.scrollWidth > e.clientWidth + 1).map(e => e.className)"
    )
    assert clipped == []
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    page.goto(f"{site.address}/cases?search={firm}")
    page.emulate_media(media="screen")
    page.click("tbody a[href*='/replay']")
    page.emulate_media(media="print")
    total = int(page.get_attribute("#replay", "data-total"))
    assert page.locator(".timeline li:visible").count() == total
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main *')].filter(e => e.innerText"
        " && !e.closest('svg') && e.offsetHeight).map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= 9 * 96 / 72 - 0.05
