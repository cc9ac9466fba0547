"""检查记录表 of a drawn inspection: its team, its code, and its PDF."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from gateways.files.rendering.record_sheet import code_of
from gateways.web import assets
from tests.gateways.web.drawn import tasks
from tests.gateways.web.test_access import wrong
from tests.gateways.web.test_documents import Officer

pytestmark = pytest.mark.browser


def test_the_sheet_names_the_drawn_team_of_its_task_alone(campaign: Any) -> None:
    drawn = tasks(campaign, kind="DOUBLE_RANDOM")
    task = drawn[0]
    others = {one for each in drawn for one in each["certificates"].split(",")}
    shown = Officer(campaign.app, "mkt").get(f"/inspections/{task['task_id']}/sheet").text

    for certificate in task["certificates"].split(","):
        assert certificate in shown
    for certificate in others - set(task["certificates"].split(",")):
        assert certificate not in shown
    for words in ("签名和日期", "被检查单位意见和签名", "见证人签名"):
        assert words in shown


def test_the_code_leads_to_the_published_result_and_before_it_to_the_draw(campaign: Any) -> None:
    officer, outsider = Officer(campaign.app, "mkt"), TestClient(campaign.app)
    drawn = tasks(campaign, kind="DOUBLE_RANDOM")
    public = next(one for one in drawn if one["published_on"])
    hidden = next(one for one in drawn if not one["published_on"])
    for task, status, words in ((public, 200, "公示日期"), (hidden, 404, "查看抽取过程")):
        place = f"/published/{task['task_id']}?draw={task['draw_id']}"
        sheet = officer.get(f"/inspections/{task['task_id']}/sheet").text
        assert code_of(f"http://testserver{place}") in sheet
        told = outsider.get(place)
        assert told.status_code == status
        assert words in told.text
        assert f"/draws/{task['draw_id']}" in told.text


def test_the_sheet_leaves_as_a_pdf_for_those_who_inspect(campaign: Any) -> None:
    task = tasks(campaign, kind="DOUBLE_RANDOM")[0]
    place = f"/inspections/{task['task_id']}/sheet.pdf"
    made = Officer(campaign.app, "samr").get(place)

    assert made.content.startswith(b"%PDF-")
    assert "attachment" in made.headers["content-disposition"]
    assert Officer(campaign.app, "firm").get(place).status_code == 403
    assert Officer(campaign.app, "mkt").get("/inspections/TSK-NONE/sheet.pdf").status_code == 404


def test_the_sheet_is_accessible_and_its_code_is_large_enough_to_scan(
    campaign: Any, browsing: Any
) -> None:
    task = tasks(campaign, kind="DOUBLE_RANDOM")[0]
    browsing.sign_in(campaign, "mkt")
    page, axe = browsing.page, assets.axe()
    for lang in ("zh", "en"):
        for width in (400, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{campaign.address}/inspections/{task['task_id']}/sheet?lang={lang}")
            assert wrong(page, axe) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    box = page.locator(".sheet svg").bounding_box()
    assert box["width"] >= 80
    assert browsing.complaints == []
