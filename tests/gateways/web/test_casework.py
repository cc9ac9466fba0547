"""The casework pages: what an officer finds, what another organ does not, and the exported list."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from domain.violations.catalogue import VIOLATIONS
from domain.violations.words import Fine, Scale
from gateways.web.casework.lists import Cell, Column, cell
from gateways.web.casework.violations import fine_words
from gateways.web.rendering import Words
from tests.gateways.web.story import NAME, give, registered

ZH, EN = Words("zh"), Words("en")
WHO = "虚例投诉人甲"
PHONE = "00000000077"


def complained(site: Any, uscc: str) -> str:
    """The number of a complaint with a named complainant."""
    give(
        site, "hr", "HRSS_INSP", "RegisterComplaint",
        organisation=uscc, kind="COMPLAINT", channel="WEB", about_what="=收费后未安排岗位",
        codes=["V-CON-08"], reporter={"name": WHO, "phone": PHONE, "statement": "只告知监察机构"},
    )  # fmt: skip
    from projections import labour_inspection

    with site.house.platform.departments["hr"].reading() as conn:
        return str(labour_inspection.complaints(conn, uscc=uscc)[0]["complaint_id"])


@pytest.mark.browser
def test_who_complained_is_on_no_page_until_the_reading_is_recorded(
    site: Any, browsing: Any
) -> None:
    uscc = registered(site)
    number = complained(site, uscc)
    browsing.sign_in(site, "hrss_insp")
    page = browsing.page
    page.goto(f"{site.address}/complaints?subject={uscc}")
    assert NAME in page.inner_text("table")
    page.goto(f"{site.address}/complaints/{number}")
    assert WHO not in page.content()
    store = site.house.platform.departments["hr"].store
    before = store.head().private_sequence
    page.fill("#f-purpose", "核实投诉内容")
    page.click("text=登记并查阅")
    shown = page.inner_text("main")
    assert WHO in shown
    assert PHONE in shown
    assert store.head().private_sequence == before + 1
    assert number in page.url


@pytest.mark.browser
def test_another_organ_of_the_department_is_told_that_complaints_are_not_its_own(
    site: Any, browsing: Any
) -> None:
    uscc = registered(site)
    number = complained(site, uscc)
    browsing.sign_in(site, "hrss_mkt")
    assert browsing.page.locator("nav.main a[href='/complaints']").count() == 0
    for path in ("/complaints", f"/complaints/{number}", "/complaints?format=csv"):
        answer = browsing.page.request.get(f"{site.address}{path}")
        assert answer.status == 403
        assert WHO not in answer.text()


@pytest.mark.browser
def test_an_exported_list_has_every_row_and_no_cell_that_a_spreadsheet_would_reckon(
    site: Any, browsing: Any
) -> None:
    uscc = registered(site)
    complained(site, uscc)
    complained(site, uscc)
    browsing.sign_in(site, "hrss_insp")
    answer = browsing.page.request.get(f"{site.address}/complaints?subject={uscc}&format=csv")
    body = answer.body()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert {row["统一社会信用代码"] for row in rows} == {uscc}
    assert {row["内容"] for row in rows} == {"'=收费后未安排岗位"}
    assert WHO not in body.decode()


@pytest.mark.browser
def test_a_lead_shows_its_receiver_what_is_due_and_its_sender_what_became_of_it(
    site: Any, browsing: Any, second: Any
) -> None:
    uscc = registered(site)
    give(
        site, "hr", "HRSS_MKT", "TransferLead",
        organisation=uscc, kind="PENALTY_LEAD", stage="DISPOSE", source="INSPECTION",
        to_organ="HRSS_INSP", codes=["V-LIC-04"], summary="涉嫌未经许可开展网络招聘",
    )  # fmt: skip
    browsing.sign_in(site, "hrss_insp")
    browsing.page.goto(f"{site.address}/leads?state=OPEN")
    row = browsing.page.locator("tbody tr", has_text=uscc)
    assert "待签收" in row.inner_text()
    assert "个工作日" in row.inner_text()
    row.get_by_role("link").first.click()
    browsing.page.get_by_role("link", name="签收或退回线索").click()
    browsing.page.click("form.act.card > button")
    browsing.page.wait_for_selector(".done")
    second.sign_in(site, "hrss_mkt")
    second.page.goto(f"{site.address}/leads?side=sent")
    second.page.locator("tbody tr", has_text=uscc).get_by_role("link").first.click()
    told = second.page.inner_text("main")
    assert "已签收，待研判" in told
    assert "现由 劳动保障监察机构" in told


@pytest.mark.browser
def test_a_filter_that_is_no_choice_and_a_foreign_territory_are_refused(
    site: Any, browsing: Any
) -> None:
    browsing.sign_in(site, "hrss_insp")
    for query in ("state=NOWHERE", "region=220000", "offset=-1"):
        answer = browsing.page.request.get(f"{site.address}/leads?{query}")
        assert answer.status == 400, query


@pytest.mark.browser
def test_the_catalogue_is_searched_and_every_code_has_its_page(site: Any, browsing: Any) -> None:
    browsing.sign_in(site, "lgo")
    for code in {row.code for row in VIOLATIONS}:
        answer = browsing.page.request.get(f"{site.address}/violations/{code}?lang=en")
        assert answer.status == 200, code
    browsing.page.goto(f"{site.address}/violations?q=V-LIC-04")
    assert browsing.page.locator("tbody tr").count() == 1


def test_a_range_is_told_with_its_base_its_cap_and_its_conditions() -> None:
    threefold = Fine(scale=Scale.OF_INCOME, least=0, most=300, cap_fen=3_000_000, income=True)
    assert fine_words(threefold, ZH) == {
        "amount": "违法所得的3倍以下，最高 30,000 元",
        "conditions": "有违法所得",
    }
    each = Fine(scale=Scale.PER_PERSON, least=50_000, most=100_000, refused=True)
    assert fine_words(each, EN) == {
        "amount": "500 – 1,000 yuan a person",
        "conditions": "after a refusal to correct",
    }


def test_an_absent_value_is_a_dash_and_an_unknown_state_its_code() -> None:
    column = Column(name="state", zh="状态", en="State", kind="state", states={})
    assert cell({}, column, ZH, {}).text == "—"
    assert cell({"state": "ODD"}, column, ZH, {}) == Cell(text="ODD", mark="plain")
