"""The layouts of the files that are exchanged: which columns, which command a row is.

A layout is data. Its columns have the headings of the provincial platform's files, and others
under which offices know them; a heading that is in no layout is left aside and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.draw.classes import MARKS, SCHEMES
from domain.inspection.facts import Category
from domain.organisation import SubjectKind
from gateways.files.exchange.layouts_market import MARKET
from gateways.files.exchange.layouts_words import (
    DAY,
    NUMBER,
    PERSON,
    REGION,
    SEVERAL,
    SUBJECT,
    TEXT,
    Column,
    Layout,
    named,
    several_named,
)
from gateways.web.codes import CODES

CATEGORIES = {one.value: CODES[one.value][0] for one in Category}
SCHEME_NAMES = {one.code: one.zh for one in SCHEMES.values()}
MARK_NAMES = {one.code: one.zh for one in MARKS.values()}
SUBJECT_KINDS = {one.value: CODES[one.value][0] for one in SubjectKind}

CATEGORY = named(CATEGORIES)
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
            kind=named(SUBJECT_KINDS),
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
            kind=named(SCHEME_NAMES),
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
            kind=several_named(MARK_NAMES),
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

LAYOUTS = {
    one.code: one for one in (INSPECTORS, OBJECTS, CLASSES, DRAWS, TASKS, TEAMS, RESULTS, *MARKET)
}
"""Every layout, in the order in which the page lists them."""
