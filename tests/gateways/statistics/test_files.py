"""The statistics form as files: the attachment's labels, order, merged cells and foot."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, datetime

from openpyxl import load_workbook

from domain.campaign.facts import TableRow
from domain.facts import CHINA
from domain.statistics.form import COLUMNS, FOOT, ROWS, TITLE, Kind
from domain.terms import FileRef
from gateways.files.statistics.csv import csv_of
from gateways.files.statistics.pdf import pdf_of, picture_of
from gateways.files.statistics.sheet import Foot, Sheet, sheet_of
from gateways.files.statistics.xlsx import xlsx_of

AS_OF = datetime(2021, 9, 23, 23, 59, 59, tzinfo=CHINA)
ATTACHED = FileRef(sha256="ab" * 32, length=10, media_type="application/pdf")

GROUPS = {
    "加强人力资源市场监管情况": "A4:A17",
    "开展清理整顿人力资源市场秩序专项执法行动情况": "A18:A20",
    "建立实施“红黑名单”制度情况": "A21:A24",
    "充分发挥行业协会作用情况": "A25:A28",
}
LABELS = [
    "本辖区现有人力资源服务机构/劳务派遣单位数量",
    "2020年年度报告公示覆盖人力资源服务机构/劳务派遣单位数量",
    "“双随机一公开”检查人力资源服务机构/劳务派遣单位数量",
    "公布取得行政许可或经过备案的人力资源服务机构/劳务派遣单位数量",
    "未落实服务场所明示制度（营业执照、服务项目、收费标准、监督机关、监督电话、许可证）的人力资源服务机构/劳务派遣单位数量",
    "未落实健全内部管理、财务管理、台账管理制度（保存2年）的人力资源服务机构/劳务派遣单位数量",
    "伪造、涂改、转让职业中介许可证的人力资源服务机构/劳务派遣单位数量",
    "为无合法证照的用人单位提供职业中介服务的人力资源服务机构/劳务派遣单位数量",
    "介绍未满16周岁的未成年人就业的人力资源服务机构/劳务派遣单位数量",
    "为无合法身份证件劳动者提供职业中介服务的人力资源服务机构/劳务派遣单位数量",
    "介绍劳动者从事法律法规禁止从事职业的人力资源服务机构/劳务派遣单位数量",
    "存在“返费”情况的人力资源服务机构/劳务派遣单位数量",
    "存在假外包真派遣情况的人力资源服务机构/劳务派遣单位数量",
    "存在超出核准的业务经营范围情况的人力资源服务机构/劳务派遣单位数量",
    "全国统一组织开展的清理整顿人力资源市场秩序专项执法行动情况（按照《人力资源和社会保障部和市场监管总局关于开展清理整顿人力资源市场秩序专项执法行动的通知》要求填报）",
    "重点地区重点时段劳务派遣中介用工服务监察执法情况（参照《人力资源和社会保障部和市场监管总局关于开展清理整顿人力资源市场秩序专项执法行动的通知》要求填报）",
    "指导和督促企业依法规范用工次数",
    "是否建立本地区人力资源服务机构诚信服务示范机构管理制度",
    "省级、市级诚信服务示范机构数量",
    "是否建立本地区人力资源服务机构严重违法失信管理制度",
    "严重违法失信名单数量",
    "参与劳务派遣专项整治行动行业协会数量",
    "行业协会发布行业自律规范或倡议书情况",
    "行业协会组织培训班次",
    "行业协会培训人力资源服务从业人员人次",
]
"""The second column of the attachment (楚雄州实施方案附件)."""


def values() -> tuple[TableRow, ...]:
    made = []
    for row in ROWS:
        if row.kind is Kind.TWO_KINDS:
            made.append(TableRow(row=row.number, hr=4, disp=2, distinct=5))
        elif row.kind is Kind.NUMBER:
            made.append(TableRow(row=row.number, number=row.number))
        elif row.kind is Kind.YES_NO:
            made.append(TableRow(row=row.number, answer=row.number == 18))
        else:
            made.append(TableRow(row=row.number, attached=ATTACHED))
    return tuple(made)


def sheet() -> Sheet:
    foot = Foot(leader="甲", head="乙", preparer="丙", day=date(2021, 9, 24))
    return sheet_of(
        values(), "楚雄市人力资源和社会保障局", AS_OF, 2020, foot=foot, digest="cd" * 32
    )


def test_the_workbook_has_the_attachments_labels_order_merged_cells_and_foot() -> None:
    page = load_workbook(io.BytesIO(xlsx_of(sheet()))).worksheets[0]
    assert page["A1"].value == TITLE
    assert page["A2"].value == "填报单位（盖章）：楚雄市人力资源和社会保障局"
    assert tuple(cell.value for cell in page[3]) == COLUMNS
    assert [page.cell(row, 2).value for row in range(4, 29)] == LABELS
    merged = {str(one) for one in page.merged_cells.ranges}
    assert merged == {"A1:D1", "A2:D2", *GROUPS.values(), *(f"A{n}:D{n}" for n in range(29, 33))}
    assert {page[place.partition(":")[0]].value: place for place in GROUPS.values()} == GROUPS
    foot = [page.cell(row, 1).value for row in range(29, 33)]
    assert foot == ["分管领导：甲", "负责人：乙", "填报人：丙", "日期：2021年9月24日"]
    assert page.max_row == 32
    assert page.max_column == 4


def test_the_third_column_has_two_kinds_with_a_stroke_numbers_as_numbers_and_yes_or_no() -> None:
    page = load_workbook(io.BytesIO(xlsx_of(sheet()))).worksheets[0]
    third = {row: page.cell(row + 3, 3).value for row in (1, 15, 17, 18, 20, 25)}
    assert third == {1: "4/2", 15: "见附表", 17: 17, 18: "是", 20: "否", 25: 25}
    fourth = {page.cell(row, 4).value for row in range(4, 29)}
    assert fourth == {"填写数字", "填写是/否", "另表填报"}


def test_an_empty_foot_keeps_its_four_lines() -> None:
    assert sheet_of(values(), "某局", AS_OF, 2020).foot == FOOT


def test_the_year_of_the_annual_reports_is_the_campaigns() -> None:
    lines = sheet_of(values(), "某局", AS_OF, 2023).lines
    assert lines[1].label.startswith("2023年年度报告公示覆盖")


def test_each_file_has_the_same_bytes_every_time() -> None:
    one = sheet()
    assert xlsx_of(one) == xlsx_of(sheet())
    assert pdf_of(one, AS_OF) == pdf_of(sheet(), AS_OF)
    assert csv_of(one) == csv_of(sheet())
    other = replace(one, rows=one.rows[:-1], lines=one.lines[:-1])
    assert xlsx_of(one) != xlsx_of(other)


def test_the_pdf_is_one_page_and_has_a_picture() -> None:
    body = pdf_of(sheet(), AS_OF)
    assert body.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page[^s]", body)) == 1
    assert picture_of(sheet(), AS_OF).startswith(b"\x89PNG")


def test_machines_read_every_number_in_a_column_of_its_own() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_of(sheet()).decode("utf-8-sig"))))
    assert len(rows) == 25
    assert (rows[0]["hr"], rows[0]["disp"], rows[0]["distinct"]) == ("4", "2", "5")
    assert (rows[16]["number"], rows[17]["answer"], rows[19]["answer"]) == ("17", "true", "false")
    assert rows[14]["attached_sha256"] == ATTACHED.sha256
    assert [row["label"] for row in rows] == LABELS
