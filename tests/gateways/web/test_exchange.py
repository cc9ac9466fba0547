"""Files of the provincial platform on a page: checked, taken in, sent out, reconciled."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from domain.inspection.task import task_id
from ops.posts import post_of
from tests.domain.story import LN_A
from tests.gateways.web.test_documents import Officer, app

__all__ = ["app"]

FILE = "姓名,执法证号,有效期至,专业类别\r\n张虚例,21010300001,2031-12-31,\r\n"
TEAM = f"抽取编号,统一社会信用代码,执法证号,抽取日期\r\nHB-1,{LN_A},21010300001,2022-06-10\r\n"
BAD = FILE + "李虚例,21010300002,明年,\r\n"


def send(officer: Officer, text: str, act: str, layout: str = "inspectors") -> Any:
    file = {"file": ("名录.csv", text.encode("gb18030"), "application/vnd.ms-excel")}
    return officer.submit("/exchange", "/exchange", file, layout=layout, act=act)


def test_an_officer_checks_a_file_takes_it_in_and_reconciles_it(app: Any) -> None:
    officer = Officer(app, "hrss_insp")

    checked = send(officer, BAD, "CHECK")
    assert checked.status_code == 200, checked.text
    assert "C3" in checked.text
    assert "不是日期" in checked.text
    assert "李虚例" not in checked.text
    assert "没有登记任何内容" in send(officer, BAD, "ALL").text
    assert "新登记 1，此前已有 0" in send(officer, BAD, "GOOD").text
    assert "新登记 0，此前已有 1" in send(officer, FILE, "ALL").text


def test_what_is_wrong_with_a_file_is_told_on_a_page(app: Any) -> None:
    officer = Officer(app, "hrss_insp")

    for text, act, layout, rule in (
        ("甲,乙\r\n", "CHECK", "inspectors", "TableHeadingsMissing"),
        (FILE, "CHECK", "results", "LayoutOnlyOut"),
        (FILE, "CHECK", "objects", "NoPower"),
    ):
        told = send(officer, text, act, layout)
        assert told.status_code in (403, 422), told.text
        assert rule in told.text


def test_results_leave_as_a_workbook_and_as_csv(app: Any) -> None:
    officer = Officer(app, "hrss_insp")

    book = officer.get("/exchange/export?layout=results&format=xlsx")
    text = officer.get("/exchange/export?layout=results&format=csv-gb18030")

    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert sheet["A1"].value == "任务编号"
    assert text.content.decode("gb18030").startswith("任务编号,抽取编号")
    assert "attachment" in text.headers["content-disposition"]


def test_a_task_that_the_province_sent_down_asks_for_the_team_that_it_drew(app: Any) -> None:
    officer = Officer(app, "hrss_insp")
    draws = (
        "抽取编号,计划编号,任务名称,检查事项,抽取数,抽取日期,检查起日,检查止日\r\n"
        "HB-1,HB-P-1,清理整顿专项,I-LIC-01,1,2022-06-05,2022-06-11,2032-07-20\r\n"
    )
    tasks = f"抽取编号,统一社会信用代码\r\nHB-1,{LN_A}\r\n"
    task = task_id("HB-1", LN_A)
    for layout, text in (("draws", draws), ("tasks", tasks)):
        assert "新登记 1" in send(officer, text, "ALL", layout).text
    department = app.state.platform.departments["hr"]
    department.give("ClaimTasks", {"tasks": [task]}, post_of("HRSS_INSP@210103"), key="claim")
    app.state.platform.settle()

    shown = officer.get(f"/inspections/{task}").text
    bad = send(officer, TEAM, "CHECK", "teams").text

    assert "EnterOutsideTeam" in shown
    assert "MatchTeam" not in shown
    assert "C2" in bad
    assert "执法检查人员名录库中没有21010300001" in bad


def test_the_market_section_brings_the_annual_reports_of_its_agencies(app: Any) -> None:
    officer = Officer(app, "hrss_mkt")
    shown = officer.get("/exchange").text
    for name in ("年度经营情况报告", "自查自纠情况", "企业用工指导督促", "行业协会活动"):
        assert f">{name}</option>" in shown, name
    file = (
        "统一社会信用代码,报告年度,提交日期,从业人数\r\n"
        "91210103MAYTX011XN,2020,2021-05-18,-3\r\n"
        "91210103MAYTX0128N,2020,2021-05-18,3.5\r\n"
    )

    checked = send(officer, file, "ALL", "annual_reports")

    assert checked.status_code == 200, checked.text
    assert "D2" in checked.text
    assert "D3" in checked.text
    assert "不是非负整数" in checked.text
    assert "没有登记任何内容" in checked.text
