"""The statistics form of S1 (劳务中介专项整治行动量化统计表): 25 rows in four groups, as data.

1. Labels and remarks are the form's own. It has four columns, a four-line foot, and neither
   row numbers nor units; the numbers here only name the rows.
2. Two rows are filled in on other forms (另表填报): they carry an attachment, never a figure.
3. Row 2 asks for the annual reports of the year before the campaign's own: its label names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FORM = "S1-LABOUR-INTERMEDIARIES"
TITLE = "劳务中介专项整治行动量化统计表"
UNIT = "填报单位（盖章）："
COLUMNS = ("一级指标", "二级指标", "基本情况", "备注")
FOOT = ("分管领导：", "负责人：", "填报人：", "日期：")
REPORT_YEAR = 2020
"""The year that the form's second label names."""


class Kind(StrEnum):
    """What a row is filled with."""

    TWO_KINDS = "TWO_KINDS"
    NUMBER = "NUMBER"
    YES_NO = "YES_NO"
    ATTACHED = "ATTACHED"


class Rule(StrEnum):
    """How a row follows from the facts."""

    HELD = "HELD"
    REPORTED = "REPORTED"
    INSPECTED = "INSPECTED"
    LISTED = "LISTED"
    FOUND = "FOUND"
    FOUND_OR_DECLARED = "FOUND_OR_DECLARED"
    ATTACHED = "ATTACHED"
    TIMES = "TIMES"
    REGIME = "REGIME"
    STANDING = "STANDING"
    PARTIES = "PARTIES"
    SUM = "SUM"


RULES: dict[Rule, tuple[str, str]] = {
    Rule.HELD: (
        "截止时点持有有效许可或者已备案的单位",
        "Holds a licence in force or a filing at the moment",
    ),
    Rule.REPORTED: (
        "统计期内公示了该年度报告的单位",
        "Its report of the year became public in the window",
    ),
    Rule.INSPECTED: (
        "统计期内有该类检查结果的单位",
        "Has a result of this kind of inspection in the window",
    ),
    Rule.LISTED: (
        "截止时点各地最近一次公布的名录所列单位",
        "Stands in the latest published directory",
    ),
    Rule.FOUND: (
        "统计期内发现该违法事项的单位",
        "Has a finding of the code in the window",
    ),
    Rule.FOUND_OR_DECLARED: (
        "统计期内发现或者自查申报该情况的单位",
        "Has a finding of the code, or declared it, in the window",
    ),
    Rule.ATTACHED: ("另表填报", "Filled in on another form"),
    Rule.TIMES: ("统计期内的次数", "Times in the window"),
    Rule.REGIME: (
        "截止时点本地区或者上级已建立该制度",
        "The territory or a superior has the regime at the moment",
    ),
    Rule.STANDING: (
        "截止时点仍然有效的单位",
        "Organisations for which it stands at the moment",
    ),
    Rule.PARTIES: (
        "统计期内参与的协会（不重复）",
        "Distinct associations in the window",
    ),
    Rule.SUM: ("统计期内的人次合计", "Person-times in the window"),
}
"""Each rule in Chinese and English."""


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """A row: its group, its label and its remark as printed, and the rule of its value.

    `of` are the codes that the rule looks for: violations, kinds of inspection or activity,
    regimes, levels, lists.
    """

    number: int
    group: str
    label: str
    kind: Kind
    rule: Rule
    of: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """The fourth column."""
        return REMARKS[self.kind]

    def labelled(self, year: int) -> str:
        """The label, with the year of the annual reports that a campaign asks for."""
        return self.label.replace(str(REPORT_YEAR), str(year), 1)


REMARKS = {
    Kind.TWO_KINDS: "填写数字",
    Kind.NUMBER: "填写数字",
    Kind.YES_NO: "填写是/否",
    Kind.ATTACHED: "另表填报",
}

MARKET = "加强人力资源市场监管情况"
ACTION = "开展清理整顿人力资源市场秩序专项执法行动情况"
LISTS = "建立实施“红黑名单”制度情况"
ASSOCIATIONS = "充分发挥行业协会作用情况"

_BOTH = "人力资源服务机构/劳务派遣单位数量"
_NOTICE = "《人力资源和社会保障部和市场监管总局关于开展清理整顿人力资源市场秩序专项执法行动的通知》"


def _both(number: int, before: str, rule: Rule, *of: str) -> FormRow:
    """A row of the two kinds of unit: its label ends with both."""
    return FormRow(
        number=number, group=MARKET, label=before + _BOTH, kind=Kind.TWO_KINDS, rule=rule, of=of
    )


def _row(number: int, group: str, label: str, kind: Kind, rule: Rule, *of: str) -> FormRow:
    return FormRow(number=number, group=group, label=label, kind=kind, rule=rule, of=of)


ROWS: tuple[FormRow, ...] = (
    _both(1, "本辖区现有", Rule.HELD),
    _both(2, "2020年年度报告公示覆盖", Rule.REPORTED),
    _both(3, "“双随机一公开”检查", Rule.INSPECTED, "DOUBLE_RANDOM"),
    _both(4, "公布取得行政许可或经过备案的", Rule.LISTED),
    _both(
        5,
        "未落实服务场所明示制度（营业执照、服务项目、收费标准、监督机关、监督电话、许可证）的",
        Rule.FOUND,
        "V-ADM-01",
    ),
    _both(6, "未落实健全内部管理、财务管理、台账管理制度（保存2年）的", Rule.FOUND, "V-ADM-02"),
    _both(7, "伪造、涂改、转让职业中介许可证的", Rule.FOUND, "V-LIC-05"),
    _both(8, "为无合法证照的用人单位提供职业中介服务的", Rule.FOUND, "V-CON-01"),
    _both(9, "介绍未满16周岁的未成年人就业的", Rule.FOUND, "V-CON-02"),
    _both(10, "为无合法身份证件劳动者提供职业中介服务的", Rule.FOUND, "V-CON-03"),
    _both(11, "介绍劳动者从事法律法规禁止从事职业的", Rule.FOUND, "V-CON-04"),
    _both(12, "存在“返费”情况的", Rule.FOUND_OR_DECLARED, "V-CON-07"),
    _both(13, "存在假外包真派遣情况的", Rule.FOUND, "V-DSP-01"),
    _both(14, "存在超出核准的业务经营范围情况的", Rule.FOUND, "V-LIC-06"),
    _row(
        15,
        ACTION,
        "全国统一组织开展的清理整顿人力资源市场秩序专项执法行动情况（按照" + _NOTICE + "要求填报）",
        Kind.ATTACHED,
        Rule.ATTACHED,
    ),
    _row(
        16,
        ACTION,
        "重点地区重点时段劳务派遣中介用工服务监察执法情况（参照" + _NOTICE + "要求填报）",
        Kind.ATTACHED,
        Rule.ATTACHED,
    ),
    _row(17, ACTION, "指导和督促企业依法规范用工次数", Kind.NUMBER, Rule.TIMES, "GUIDANCE"),
    _row(
        18,
        LISTS,
        "是否建立本地区人力资源服务机构诚信服务示范机构管理制度",
        Kind.YES_NO,
        Rule.REGIME,
        "MODEL",
    ),
    _row(
        19,
        LISTS,
        "省级、市级诚信服务示范机构数量",
        Kind.NUMBER,
        Rule.STANDING,
        "PROVINCE",
        "PREFECTURE",
    ),
    _row(
        20,
        LISTS,
        "是否建立本地区人力资源服务机构严重违法失信管理制度",
        Kind.YES_NO,
        Rule.REGIME,
        "SERIOUS_DISHONESTY",
    ),
    _row(21, LISTS, "严重违法失信名单数量", Kind.NUMBER, Rule.STANDING, "SERIOUS_DISHONESTY_LIST"),
    _row(
        22,
        ASSOCIATIONS,
        "参与劳务派遣专项整治行动行业协会数量",
        Kind.NUMBER,
        Rule.PARTIES,
        "JOIN_CAMPAIGN",
    ),
    _row(
        23,
        ASSOCIATIONS,
        "行业协会发布行业自律规范或倡议书情况",
        Kind.NUMBER,
        Rule.TIMES,
        "NORM_ISSUED",
    ),
    _row(24, ASSOCIATIONS, "行业协会组织培训班次", Kind.NUMBER, Rule.TIMES, "TRAINING"),
    _row(
        25, ASSOCIATIONS, "行业协会培训人力资源服务从业人员人次", Kind.NUMBER, Rule.SUM, "TRAINING"
    ),
)

CODES = frozenset(
    code for row in ROWS if row.rule in (Rule.FOUND, Rule.FOUND_OR_DECLARED) for code in row.of
)
"""The violations that have a row; every other one of the campaign stands in the annex."""


def row_of(number: int) -> FormRow:
    """The row of a number. Raises KeyError."""
    if not 1 <= number <= len(ROWS):
        raise KeyError(number)
    return ROWS[number - 1]


def groups() -> tuple[tuple[str, tuple[FormRow, ...]], ...]:
    """The four groups, each with its rows: the merged cells of the first column."""
    names = dict.fromkeys(row.group for row in ROWS)
    return tuple((name, tuple(row for row in ROWS if row.group == name)) for name in names)
