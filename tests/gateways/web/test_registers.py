"""Registers, abnormal list and published results on pages, and what outsiders do not read."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from domain.facts import instant
from gateways.web import assets
from gateways.web.inspections.registers import relations_told
from gateways.web.rendering import Words
from projections import inspections
from tests.gateways.web.drawn import POSTS, tasks, teams_draw
from tests.gateways.web.test_access import wrong
from tests.gateways.web.test_documents import Officer

pytestmark = pytest.mark.browser

RELATED = {"91420100MAYTX09M2B": "RELATIVE"}


@pytest.fixture(scope="module")
def officer(campaign: Any) -> Any:
    """Signed-in posts, each once."""
    known: dict[str, Officer] = {}

    def of(user: str) -> Officer:
        if user not in known:
            known[user] = Officer(campaign.app, user)
        return known[user]

    return of


def test_the_object_register_tells_what_each_object_is_and_was_found_to_be(
    officer: Any,
) -> None:
    shown = officer("mkt").get("/objects").text
    listed = officer("mkt").get("/objects?format=csv").content.decode("utf-8-sig")

    assert "武汉虚例江岸通人力资源有限公司" in shown
    rows = list(csv.DictReader(io.StringIO(listed)))
    assert len(rows) == 16
    assert {row["异常名录"] for row in rows} >= {"—", "已列入"}
    assert "无许可或备案" in shown
    assert "UNLICENSED" not in shown
    assert len(list(csv.reader(io.StringIO(
        officer("mkt").get("/objects?view=place&format=csv").text)))) == 2  # fmt: skip
    assert officer("mkt").get("/objects?region=210000").status_code == 400


def test_objects_due_for_a_full_inspection_have_a_list_that_agrees_with_its_count(
    campaign: Any, officer: Any
) -> None:
    today = instant(campaign.house.platform.clock.now()).date()
    with campaign.house.platform.departments["hr"].reading() as conn:
        due = inspections.full_inspections_due(
            conn, on=today, region="420100", within_days=90, limit=100
        )
        total = due.total()
    shown = officer("mkt").get("/objects?view=due").text

    assert f"共 {total} 条" in shown
    assert "应检查日期" in shown or total == 0
    for one in due:
        assert one["subject"] in shown


def test_a_plan_s_form_holds_the_item_list_of_its_territory(officer: Any) -> None:
    listed = officer("mkt").get("/items").text
    form = re.search(r'href="(/cmd/DraftPlan[^"]+)"', officer("mkt").get("/plans").text)

    assert "未经许可从事职业中介活动" in listed
    assert "ITEM-ADDRESS" in listed
    assert form is not None
    shown = officer("mkt").get(form[1].replace("&amp;", "&")).text
    assert 'value="IL-420000-1"' in shown
    assert "ITEM-INTERMEDIATION\n" in shown


def test_the_inspector_register_shows_certificates_and_no_names(officer: Any) -> None:
    shown = officer("mkt").get("/inspectors").text

    assert "42010000101" in shown
    assert "42010000205" in shown
    assert "可派" in shown
    assert "42010000205" not in officer("mkt").get("/inspectors?organ=HRSS_INSP").text


def test_a_relation_is_told_to_the_inspector_s_own_department_alone() -> None:
    class Reader:
        department = "hr"

    row = {"owner": "hr", "relations": RELATED}
    own = relations_told(row, Reader(), Words("zh"))  # type: ignore[arg-type]
    other = relations_told({**row, "owner": "samr"}, Reader(), Words("zh"))  # type: ignore[arg-type]

    assert "近亲属有利害关系" in own
    assert other == "已登记 1 条"


def test_the_abnormal_list_leads_to_its_basis_and_its_firm_and_back(
    campaign: Any, officer: Any
) -> None:
    with campaign.house.platform.departments["hr"].reading() as conn:
        entry = inspections.list_entries(conn)[0]
    listed = officer("samr").get("/abnormal").text
    subject = officer("samr").get(f"/subjects/{entry['subject']}").text

    assert f"/inspections/{entry['basis']}" in listed
    assert f"/subjects/{entry['subject']}" in listed
    for link in (f"/inspections/{entry['basis']}", f"/abnormal?subject={entry['subject']}",
                 f"/objects?subject={entry['subject']}", "列入"):  # fmt: skip
        assert link in subject, link


def test_an_outsider_reads_published_results_and_sees_corrections_as_such(campaign: Any) -> None:
    outsider = TestClient(campaign.app)
    with campaign.house.platform.departments["hr"].reading() as conn:
        found = inspections.published_results(conn, limit=100)
        total = found.total()
    corrected = next(one for one in found if len(one["publications"]) > 1)
    shown = outsider.get("/published").text

    assert f"共 {total} 条" in shown
    assert "更正，此前公示：" in shown
    for one in found:
        assert one["subject"] in shown
    for task in tasks(campaign):
        for secret in (*task["certificates"].split(","), *task["team"].split(",")):
            assert not secret or secret not in shown
        if task["published_on"] is None:
            assert task["task_id"] not in shown
    page = outsider.get(f"/published/{corrected['task_id']}").text
    assert page.count("更正") >= 2
    narrowed = outsider.get(f"/published?category={corrected['category']}&region=420100").text
    assert corrected["subject"] in narrowed
    assert outsider.get("/published?region=210000").text.count("/published/") == 0
    assert outsider.get("/published?category=NONE").status_code == 400
    assert "回到第一页" in outsider.get("/published?offset=5000").text


def test_an_inspection_without_a_published_result_is_told_like_an_unknown_one(
    campaign: Any,
) -> None:
    outsider = TestClient(campaign.app)
    hidden = next(one for one in tasks(campaign) if one["published_on"] is None)
    told = outsider.get(f"/published/{hidden['task_id']}")
    unknown = outsider.get("/published/TSK-NONE")
    teams = outsider.get(f"/published/TSK-NONE?draw={teams_draw(campaign)}")

    assert (told.status_code, unknown.status_code) == (404, 404)
    assert hidden["subject"] not in told.text
    assert told.text.count("没有已公示的结果") == unknown.text.count("没有已公示的结果") > 0
    assert "查看抽取过程" not in teams.text


@pytest.mark.parametrize("user", ["firm", "assoc"])
def test_the_regulated_read_nothing_of_who_inspects(campaign: Any, officer: Any, user: str) -> None:
    task = tasks(campaign)[0]
    draw = teams_draw(campaign)
    pages = (
        "/inspections", f"/inspections/{task['task_id']}", f"/inspections/{task['task_id']}/sheet",
        f"/inspections/{task['task_id']}/record", "/inspections?format=csv", "/inspectors",
        "/inspectors?format=csv", "/objects", "/abnormal", "/plans", "/draws", "/results",
        "/publications", "/cases", f"/cases/{task['matter']}/replay",
        f"/subjects/{task['subject']}", "/exchange", "/exchange/export?layout=inspectors",
    )  # fmt: skip
    for path in pages:
        assert officer(user).get(path).status_code == 403, path
    for path in ("/", "/cmd", "/documents", f"/draws/{draw}"):
        shown = officer(user).get(path)
        assert shown.status_code == 200, path
        for secret in (*task["certificates"].split(","), *task["team"].split(",")):
            assert secret not in shown.text, path
    assert officer(user).get(f"/draws/{draw}/population").status_code == 404
    assert officer(user).get(f"/draws/{draw}/record").status_code == 404


@pytest.mark.parametrize("user", ["drc", "psb"])
def test_a_department_that_does_not_inspect_reads_nothing_of_who_inspects(
    campaign: Any, officer: Any, user: str
) -> None:
    task = tasks(campaign)[0]
    draw = teams_draw(campaign)
    for path in (f"/inspections/{task['task_id']}", "/inspectors", "/objects", "/exchange"):
        assert officer(user).get(path).status_code == 403, path
    for end in ("record", "population"):
        assert officer(user).get(f"/draws/{draw}/{end}").status_code == 404
    for path in ("/", f"/draws/{draw}", "/cases", f"/cases/{task['matter']}/replay"):
        shown = officer(user).get(path).text
        for secret in (*task["certificates"].split(","), *task["team"].split(",")):
            assert secret not in shown, path


def test_nobody_unsigned_reads_who_inspects_and_the_departments_do(
    campaign: Any, officer: Any
) -> None:
    task = tasks(campaign, kind="DOUBLE_RANDOM")[0]
    draw = teams_draw(campaign)
    outsider = TestClient(campaign.app, follow_redirects=False)
    assert outsider.get(f"/inspections/{task['task_id']}").status_code == 303
    assert outsider.get(f"/draws/{draw}/population").status_code == 404
    shown = outsider.get(f"/draws/{draw}").text
    assert "不对外公布" in shown
    assert task["team"].split(",")[0] not in shown
    for user in ("mkt", "samr"):
        assert task["certificates"].split(",")[0] in officer(user).get(
            f"/inspections/{task['task_id']}"
        ).text  # fmt: skip
        assert officer(user).get(f"/draws/{draw}/record").status_code == 200


@pytest.mark.parametrize("user", ["firm", "drc"])
def test_by_a_key_others_read_no_team_either(campaign: Any, user: str) -> None:
    task = tasks(campaign)[0]
    organ, region, post = POSTS[user]
    key = campaign.app.state.test_accounts.issue_key(
        organ=organ, region=region, appointment="test", post=post or ""
    )
    client = TestClient(campaign.app, headers={"X-API-Key": key})
    for path in (f"/cases/{task['matter']}", "/views/human_resources/licences", "/cases"):
        told = client.get(f"/api/v1{path}")
        assert task["certificates"].split(",")[0] not in told.text, path
        if user == "firm":
            assert told.status_code == 403, path
    assert client.get("/api/v1/views/inspections/tasks").status_code in (403, 404)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_registers_and_public_pages_are_accessible_on_a_phone_and_a_desk(
    campaign: Any, browsing: Any, lang: str
) -> None:
    axe, page = assets.axe(), browsing.page
    published = next(one for one in tasks(campaign) if one["published_on"])
    open_to_all = (
        "/published", f"/published/{published['task_id']}", "/published/TSK-NONE",
    )  # fmt: skip
    held = ("/items", "/objects", "/inspectors", "/abnormal", f"/subjects/{published['subject']}")

    def look(paths: tuple[str, ...]) -> None:
        for path in paths:
            page.goto(f"{campaign.address}{path}?lang={lang}")
            for width in (400, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert wrong(page, axe) == [], path
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

    look(open_to_all)
    browsing.sign_in(campaign, "samr")
    look(held)
    assert browsing.complaints == []


def test_the_exchange_is_accessible_with_a_refused_file_on_a_phone_and_a_desk(
    campaign: Any, browsing: Any
) -> None:
    bad = "执法证号,有效期至\r\n42010000901,明年\r\n".encode("gb18030")
    file = {"name": "名录.csv", "mimeType": "text/csv", "buffer": bad}
    axe, page = assets.axe(), browsing.page
    browsing.sign_in(campaign, "insp")
    for lang in ("zh", "en"):
        for width in (400, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{campaign.address}/exchange?lang={lang}")
            assert wrong(page, axe) == []
            page.set_input_files("#x-file", [file])
            page.click("form.act button")
            assert "B2" in page.inner_text("section[aria-labelledby=outcome]")
            assert wrong(page, axe) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browsing.complaints == []
