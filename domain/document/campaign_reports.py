"""The written reports of a campaign: the interim summary with its five contents, and the final one.

1. The interim summary says how many agencies were found, how they operate, what was done to
   what effect, what is difficult, and what comes next (楚雄州实施方案四（三）).
2. Its figures are those of the unit's statistics form as of the same moment. What the figures
   cannot say is left to whoever writes it, and must be filled in before it is drafted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from domain.campaign.facts import UNITS, TableRow
from domain.document.template import Field, FieldKind, Layout, Template
from domain.facts import CHINA
from domain.statistics.form import REPORT_YEAR
from domain.statutes import CAMPAIGN_PLAN

_PLAN = f"{CAMPAIGN_PLAN}四（三）"

INTERIM, FINAL = "INTERIM_SUMMARY", "FINAL_SUMMARY"

_HEAD = (
    Field("to", "报送单位", "Reported to"),
    Field("campaign", "专项行动", "Campaign"),
    Field("document_no", "部署文件文号", "Number of the notice"),
    Field("as_of", "统计截止时间", "As of"),
)
_AGENCIES = Field("agencies", "机构数量排查情况", "Agencies found", FieldKind.LONG)
_RUNNING = Field("running", "机构运行情况", "How they operate", FieldKind.LONG)
_MEASURES = Field("measures", "整治措施及效果", "Measures and results", FieldKind.LONG)
_DIFFICULTIES = Field("difficulties", "存在困难问题", "Difficulties", FieldKind.LONG)


def _opening(what: str) -> str:
    return f"按照{{document_no}}关于{{campaign}}的部署，现将{what}报告如下。数据截至{{as_of}}。"


CAMPAIGN_TEMPLATES: tuple[Template, ...] = (
    Template(
        code=INTERIM,
        zh="专项整治行动阶段性工作总结",
        en="Interim summary of a campaign",
        word="阶总",
        version="1",
        source=_PLAN,
        layout=Layout.LETTER,
        organs=UNITS,
        to="to",
        fields=(
            *_HEAD,
            _AGENCIES,
            _RUNNING,
            _MEASURES,
            _DIFFICULTIES,
            Field("next_plan", "下步工作计划", "Next plan", FieldKind.LONG),
        ),
        paragraphs=(
            _opening("阶段性工作情况"),
            "一、劳务中介机构数量排查情况",
            "{agencies}",
            "二、机构运行情况",
            "{running}",
            "三、整治措施及效果",
            "{measures}",
            "四、存在困难问题",
            "{difficulties}",
            "五、下步工作计划",
            "{next_plan}",
        ),
    ),
    Template(
        code=FINAL,
        zh="专项整治行动工作总结",
        en="Final summary of a campaign",
        word="总结",
        version="1",
        source=_PLAN,
        layout=Layout.LETTER,
        organs=UNITS,
        to="to",
        fields=(
            *_HEAD,
            _AGENCIES,
            _RUNNING,
            _MEASURES,
            Field("results", "案件查处和红黑榜情况", "Cases and boards", FieldKind.LONG),
            _DIFFICULTIES,
            Field("regime", "长效机制建设", "What stays", FieldKind.LONG),
        ),
        paragraphs=(
            _opening("工作总结"),
            "一、劳务中介机构数量及变化情况",
            "{agencies}",
            "二、机构运行情况",
            "{running}",
            "三、整治措施及效果",
            "{measures}",
            "四、案件查处和红黑榜情况",
            "{results}",
            "五、存在困难问题",
            "{difficulties}",
            "六、长效机制建设",
            "{regime}",
        ),
    ),
)
"""The templates of a campaign's written reports."""

SUMMARIES = tuple(one.code for one in CAMPAIGN_TEMPLATES)


def content_from(
    rows: Iterable[TableRow],
    *,
    to: str,
    campaign: str,
    document_no: str,
    as_of: datetime,
    year: int = REPORT_YEAR,
) -> dict[str, Any]:
    """What the figures of a unit's form fill in of a summary; the rest is for its author to write."""
    counted = {one.row: one for one in rows}
    moment = as_of.astimezone(CHINA)
    return {
        "to": to,
        "campaign": campaign,
        "document_no": document_no,
        "as_of": f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}",
        "agencies": _agencies(counted),
        "running": _running(counted, year),
        "measures": _measures(counted),
    }


def _both(row: TableRow) -> str:
    """Both kinds of unit in a sentence, with how many they are together."""
    return f"人力资源服务机构{row.hr}户、劳务派遣单位{row.disp}户（不重复计{row.distinct}户）"


def _agencies(counted: Mapping[int, TableRow]) -> str:
    return (
        f"经排查，辖区现有{_both(counted[1])}；已公布取得行政许可或经过备案的{_both(counted[4])}。"
    )


def _running(counted: Mapping[int, TableRow], year: int) -> str:
    found = [
        f"{what}{counted[number].distinct}户"
        for number, what in _PROBLEMS
        if counted[number].distinct
    ]
    told = "、".join(found) if found else "未发现统计表所列问题"
    return f"{year}年年度报告公示覆盖{_both(counted[2])}。排查发现：{told}。"


_PROBLEMS = (
    (5, "未落实服务场所明示制度的"),
    (6, "未健全内部管理、财务管理、台账管理制度的"),
    (7, "伪造、涂改、转让许可证的"),
    (8, "为无合法证照用人单位提供服务的"),
    (9, "介绍未满16周岁未成年人就业的"),
    (10, "为无合法身份证件劳动者提供服务的"),
    (11, "介绍从事禁止从事职业的"),
    (12, "存在返费情况的"),
    (13, "存在假外包真派遣情况的"),
    (14, "超出核准业务经营范围的"),
)


def _measures(counted: Mapping[int, TableRow]) -> str:
    def yes(number: int) -> str:
        return "已建立" if counted[number].answer else "尚未建立"

    number = {row: one.number or 0 for row, one in counted.items()}
    return (
        f"“双随机、一公开”检查{_both(counted[3])}；指导和督促企业依法规范用工{number[17]}次。\n"
        f"诚信服务示范机构管理制度{yes(18)}，省级、市级示范机构{number[19]}户；"
        f"严重违法失信管理制度{yes(20)}，严重违法失信名单{number[21]}户。\n"
        f"参与行动的行业协会{number[22]}个，发布自律规范或倡议书{number[23]}份，"
        f"组织培训{number[24]}班次、{number[25]}人次。"
    )
