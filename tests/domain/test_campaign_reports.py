"""The written reports of a campaign: their contents, and what the figures fill in of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from domain.campaign.facts import TableRow
from domain.document.campaign_reports import FINAL, INTERIM, SUMMARIES, content_from
from domain.document.facts import is_about
from domain.document.templates import TEMPLATES
from domain.facts import CHINA
from domain.statistics.form import ROWS, Kind

NONE = tuple(
    TableRow(row=row.number, hr=0, disp=0, distinct=0)
    if row.kind is Kind.TWO_KINDS
    else TableRow(row=row.number, answer=False)
    if row.kind is Kind.YES_NO
    else TableRow(row=row.number)
    if row.kind is Kind.ATTACHED
    else TableRow(row=row.number, number=0)
    for row in ROWS
)


def filled(*changed: TableRow) -> dict[str, str]:
    rows = {one.row: one for one in (*NONE, *changed)}
    return content_from(
        rows.values(),
        to="楚雄彝族自治州人力资源和社会保障局",
        campaign="楚雄州劳务中介专项整治行动",
        document_no="楚人社通〔2021〕1号",
        as_of=datetime(2021, 6, 1, 23, 59, 59, tzinfo=CHINA),
    )


def test_an_interim_summary_has_the_five_contents_that_the_notice_orders() -> None:
    assert [text for text in TEMPLATES[INTERIM].paragraphs if "、" in text[:2]] == [
        "一、劳务中介机构数量排查情况",
        "二、机构运行情况",
        "三、整治措施及效果",
        "四、存在困难问题",
        "五、下步工作计划",
    ]
    assert all(one.required for one in TEMPLATES[INTERIM].fields)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_the_figures_fill_in_what_they_can_say_and_leave_the_rest_to_its_author(kind: str) -> None:
    names = {one.name for one in TEMPLATES[kind].fields}
    left = names - filled().keys()
    assert filled().keys() <= names
    assert left == (
        {"difficulties", "next_plan"} if kind == INTERIM else {"results", "difficulties", "regime"}
    )
    assert FINAL in SUMMARIES


def test_the_sentences_hold_the_figures_of_the_form() -> None:
    both = replace(NONE[0], hr=4, disp=2, distinct=5)
    content = filled(
        both,
        replace(NONE[11], hr=1, distinct=1),
        replace(NONE[16], number=3),
        replace(NONE[17], answer=True),
        replace(NONE[24], number=63),
    )
    assert content["as_of"] == "2021年6月1日23:59"
    assert "现有人力资源服务机构4户、劳务派遣单位2户（不重复计5户）" in content["agencies"]
    assert content["running"].endswith("排查发现：存在返费情况的1户。")
    assert "依法规范用工3次" in content["measures"]
    assert "示范机构管理制度已建立" in content["measures"]
    assert "严重违法失信管理制度尚未建立" in content["measures"]
    assert "63人次" in content["measures"]
    assert filled()["running"].endswith("排查发现：未发现统计表所列问题。")


def test_a_report_is_about_its_campaign_and_another_document_about_a_true_code() -> None:
    assert is_about("CMP-7SFUKIB5XAQF5MQT")
    assert is_about("91210103MAYTX011XN")
    assert not is_about("91210103MAYTX011XX")
