"""The layouts of the files that are exchanged: which columns, which command a row is.

A layout is data. Its columns have the headings of the provincial platform's files, and others
under which offices know them; a heading that is in no layout is left aside and named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.draw.classes import MARKS, SCHEMES
from domain.inspection.facts import Category
from domain.organisation import SubjectKind
from gateways.web.codes import CODES

_DAY = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_COMPACT = re.compile(r"\d{8}")
_BETWEEN = re.compile(r"[、，,;；\s]+")


class Unread(ValueError):
    """A cell's text is not what its column holds; the two sentences say what it should be."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds: how its text is read, and how a value is written."""

    read: Callable[[str], Any]
    written: Callable[[Any], str] = str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: the command's field, its heading, other headings, whether it must be filled in.

    The cells of a `secret` column are never shown again.
    """

    field: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    kind: Kind

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading by which the column is known."""
        return (self.zh, self.en, *self.also)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A kind of file: its columns, what makes a row the same row, and the command of a row.

    `cells` names the column at fault of rules that speak of something else than a column.
    `renews` gives the data of a row whose first reading was refused because its entry stands
    already and is renewed instead; None where the refusal stands.
    """

    code: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    command: str | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    renews: Callable[[str, Mapping[str, Any], Mapping[str, Any]], dict[str, Any] | None] = (
        lambda _rule, _values, _data: None
    )

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(one for one in self.columns if one.field == field)


def day_of(text: str) -> str:
    """A day as offices write it, `2022-6-11`, `2022/06/11`, `2022年6月11日`, `20220611`, in ISO."""
    if _COMPACT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DAY.fullmatch(text)
    if found is not None:
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            pass
    raise Unread("不是日期（如 2022-06-11）", "it is no date (2022-06-11)")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise Unread("不是整数", "it is no whole number")


def _several(text: str) -> list[str]:
    return [one for one in _BETWEEN.split(text) if one]


def _named(names: Mapping[str, str]) -> Kind:
    codes = {zh: code for code, zh in names.items()} | {code: code for code in names}

    def read(text: str) -> str:
        if text not in codes:
            allowed = "、".join(names.values())
            raise Unread(f"应为：{allowed}", f"it is one of {', '.join(names)}")
        return codes[text]

    return Kind(read, lambda code: names.get(code, str(code)))


def _several_named(names: Mapping[str, str]) -> Kind:
    one = _named(names)
    return Kind(
        lambda text: [one.read(each) for each in _several(text)],
        lambda values: "、".join(map(one.written, values)),
    )


def _person(text: str) -> dict[str, str]:
    return {"name": text}


CATEGORIES = {one.value: CODES[one.value][0] for one in Category}
SCHEME_NAMES = {one.code: one.zh for one in SCHEMES.values()}
MARK_NAMES = {one.code: one.zh for one in MARKS.values()}
SUBJECT_KINDS = {one.value: CODES[one.value][0] for one in SubjectKind}

TEXT = Kind(str)
DAY = Kind(day_of)
NUMBER = Kind(_number)
SEVERAL = Kind(_several, lambda values: "、".join(values))
PERSON = Kind(_person, lambda person: str(person["name"]))
CATEGORY = _named(CATEGORIES)

REGION = Column(
    field="region", zh="行政区划", en="Region", also=("行政区划代码", "区划代码"), kind=TEXT
)
SUBJECT = Column(
    field="organisation",
    zh="统一社会信用代码",
    en="USCC",
    also=("社会信用代码", "信用代码", "注册号/统一社会信用代码"),
    required=True,
    kind=TEXT,
)
ITEMS = Column(field="items", zh="检查事项", en="Items", also=("抽查事项",), kind=SEVERAL)
DRAW = Column(
    field="draw", zh="抽取编号", en="Draw", also=("抽查任务编号",), required=True, kind=TEXT
)


def _renewed(
    rule: str, values: Mapping[str, Any], data: Mapping[str, Any]
) -> dict[str, Any] | None:
    if rule != "InspectorAlreadyEntered":
        return None
    return {**data, "inspector": values["inspector"]}


INSPECTORS = Layout(
    code="inspectors",
    zh="执法检查人员名录",
    en="Inspector register",
    command="EnterInspector",
    key=("certificate",),
    renews=_renewed,
    columns=(
        Column(
            field="certificate",
            zh="执法证号",
            en="Certificate",
            also=("执法证件号", "执法证编号"),
            required=True,
            kind=TEXT,
        ),
        Column(
            field="certificate_until",
            zh="执法证有效期至",
            en="Valid until",
            also=("有效期至", "证件有效期"),
            required=True,
            kind=DAY,
        ),
        Column(
            field="specialities", zh="专业类别", en="Specialities", also=("专业",), kind=SEVERAL
        ),
        Column(field="person", zh="姓名", en="Name", secret=True, kind=PERSON),
        REGION,
    ),
)
OBJECTS = Layout(
    code="objects",
    zh="检查对象名录",
    en="Object register",
    command="RegisterOrganisation",
    key=("organisation",),
    columns=(
        SUBJECT,
        Column(
            field="name",
            zh="名称",
            en="Name",
            also=("企业名称", "单位名称", "市场主体名称"),
            required=True,
            kind=TEXT,
        ),
        Column(field="scope", zh="经营范围", en="Scope", required=True, kind=TEXT),
        Column(
            field="kind",
            zh="主体类型",
            en="Kind",
            also=("市场主体类型",),
            kind=_named(SUBJECT_KINDS),
        ),
        Column(
            field="registered_on",
            zh="登记日期",
            en="Registered on",
            also=("成立日期",),
            kind=DAY,
        ),
        REGION,
    ),
)
DRAWS = Layout(
    code="draws",
    zh="省级平台抽取",
    en="Draws of the provincial platform",
    command="EnterOutsideDraw",
    key=("draw",),
    columns=(
        DRAW,
        Column(field="plan", zh="计划编号", en="Plan", required=True, kind=TEXT),
        Column(
            field="title", zh="任务名称", en="Title", also=("计划名称",), required=True, kind=TEXT
        ),
        Column(
            field="items",
            zh="检查事项",
            en="Items",
            also=("抽查事项",),
            required=True,
            kind=SEVERAL,
        ),
        Column(field="population", zh="对象数", en="Population", also=("对象总数",), kind=NUMBER),
        Column(field="drawn", zh="抽取数", en="Drawn", required=True, kind=NUMBER),
        Column(field="drawn_on", zh="抽取日期", en="Drawn on", required=True, kind=DAY),
        Column(field="window_from", zh="检查起日", en="Window from", required=True, kind=DAY),
        Column(field="window_to", zh="检查止日", en="Window to", required=True, kind=DAY),
        REGION,
    ),
)
TASKS = Layout(
    code="tasks",
    zh="检查任务",
    en="Inspection tasks",
    command="EnterOutsideTask",
    key=("draw", "organisation"),
    columns=(DRAW, SUBJECT, ITEMS, REGION),
)
TEAMS = Layout(
    code="teams",
    zh="省级平台检查组",
    en="Teams of the provincial platform",
    command="EnterOutsideTeam",
    key=("draw", "organisation"),
    cells={
        "TaskUnknown": "organisation",
        "TaskNotClaimed": "organisation",
        "ResultAlreadyRecorded": "organisation",
        **dict.fromkeys(
            (
                "InspectorUnknown",
                "InspectorLeft",
                "InspectorAway",
                "InspectorHasRelation",
                "InspectorAlreadyRecused",
                "CertificateExpired",
                "TeamTooSmall",
                "TeamOfOneDepartment",
            ),
            "members",
        ),
    },
    columns=(
        DRAW,
        SUBJECT,
        Column(
            field="members",
            zh="执法证号",
            en="Certificates",
            also=("执法证件号", "检查人员执法证号"),
            required=True,
            kind=SEVERAL,
        ),
        Column(
            field="drawn_on",
            zh="抽取日期",
            en="Drawn on",
            also=("人员抽取日期", "匹配日期"),
            required=True,
            kind=DAY,
        ),
    ),
)
CLASSES = Layout(
    code="classes",
    zh="检查对象分类",
    en="Classes of objects",
    command="ClassObject",
    key=("organisation", "grade_scheme"),
    columns=(
        SUBJECT,
        Column(
            field="grade_scheme",
            zh="分级方案",
            en="Scheme",
            also=("评价方案",),
            kind=_named(SCHEME_NAMES),
        ),
        Column(
            field="grade",
            zh="等级",
            en="Grade",
            also=("信用等级", "信用风险等级", "风险等级"),
            kind=TEXT,
        ),
        Column(
            field="tags",
            zh="标签",
            en="Tags",
            also=("重点领域、时段标签", "重点标签"),
            kind=_several_named(MARK_NAMES),
        ),
        Column(field="since", zh="起始日期", en="From", also=("评定日期",), kind=DAY),
        Column(field="valid_until", zh="有效期至", en="Valid until", kind=DAY),
        Column(field="basis", zh="依据", en="Basis", also=("评定依据",), required=True, kind=TEXT),
    ),
)
RESULTS = Layout(
    code="results",
    zh="检查结果",
    en="Inspection results",
    key=("task",),
    columns=(
        Column(field="task", zh="任务编号", en="Task", required=True, kind=TEXT),
        Column(field="draw", zh="抽取编号", en="Draw", also=("抽查任务编号",), kind=TEXT),
        SUBJECT,
        Column(field="name", zh="名称", en="Name", also=("企业名称", "单位名称"), kind=TEXT),
        REGION,
        Column(field="inspected_on", zh="检查日期", en="Inspected on", kind=DAY),
        Column(field="category", zh="检查结果", en="Category", kind=CATEGORY),
        Column(field="items", zh="各事项结果", en="Items", kind=TEXT),
        Column(field="certificates", zh="执法证号", en="Certificates", kind=SEVERAL),
        Column(field="published_on", zh="公开日期", en="Published on", kind=DAY),
    ),
)

LAYOUTS = {one.code: one for one in (INSPECTORS, OBJECTS, CLASSES, DRAWS, TASKS, TEAMS, RESULTS)}
