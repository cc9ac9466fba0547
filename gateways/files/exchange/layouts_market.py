"""The layouts of the market's daily administration: what agencies hand in and offices keep in lists.

A row that a file brings is marked as imported. Counts are whole numbers, never negative. A
self-check's file names the questions of the form at which problems were found; the other
questions are answered with none.
"""

from __future__ import annotations

from typing import Any

from domain.market.facts import Activity
from domain.market.self_checks import QUESTIONS
from gateways.files.exchange.layouts_words import (
    DAY,
    NUMBER,
    REGION,
    SUBJECT,
    TEXT,
    Column,
    Kind,
    Layout,
    Unread,
    named,
    several,
)
from gateways.web.codes import CODES

NONE = "无"
_YES = frozenset({"是", "有", "存在", "yes", "true"})
_NO = frozenset({"否", "无", "不存在", "没有", "no", "false"})
_OF_LABELS = {zh: code for code, (zh, _) in QUESTIONS.items()}


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise Unread("不是非负整数（如 31）", "it is no whole number of zero or more (31)")


def _yes_or_no(text: str) -> bool:
    plain = text.lower()
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise Unread("应为：是、否", "it is 是 or 否 (yes or no)")


def _answers(text: str) -> list[dict[str, Any]]:
    """The answers to every question but that of rebates, which has a column of its own."""
    found = set()
    for one in [] if text == NONE else several(text):
        code = _OF_LABELS.get(one, one)
        if code not in QUESTIONS:
            raise Unread(
                f"自查表没有项目“{one}”；没有问题的填“{NONE}”",
                f"the form asks no {one}; enter {NONE} where nothing was found",
            )
        found.add(code)
    return [
        {"question": code, "found": code in found}
        for code in QUESTIONS
        if code != "REBATE" or code in found
    ]


def _found(answers: list[dict[str, Any]]) -> str:
    return "、".join(one["question"] for one in answers if one["found"]) or NONE


COUNT = Kind(_count)
YES_OR_NO = Kind(_yes_or_no, lambda yes: "是" if yes else "否")
ANSWERS = Kind(_answers, _found)
ACTIVITY = named({one.value: CODES[one.value][0] for one in Activity})

CAMPAIGN = Column(field="campaign", zh="专项行动编号", en="Campaign", kind=TEXT)
ON = Column(field="on", zh="日期", en="On", also=("活动日期",), required=True, kind=DAY)

ANNUAL_REPORTS = Layout(
    code="annual_reports",
    zh="年度经营情况报告",
    en="Annual reports",
    command="SubmitAnnualReport",
    key=("organisation", "year"),
    always={"imported": True},
    columns=(
        SUBJECT,
        Column(field="year", zh="报告年度", en="Year", also=("年度",), required=True, kind=NUMBER),
        Column(
            field="submitted_on",
            zh="提交日期",
            en="Submitted on",
            also=("报送日期",),
            required=True,
            kind=DAY,
        ),
        Column(
            field="disclosed_on", zh="公示日期", en="Disclosed on", also=("公开日期",), kind=DAY
        ),
        Column(field="staff", zh="从业人数", en="Staff", also=("从业人员数",), kind=COUNT),
        Column(field="dispatched", zh="派遣人数", en="Dispatched", kind=COUNT),
    ),
)
SELF_CHECKS = Layout(
    code="self_checks",
    zh="自查自纠情况",
    en="Self-checks",
    command="DeclareSelfCheck",
    key=("campaign", "organisation"),
    always={"imported": True},
    columns=(
        Column(
            field="campaign",
            zh="专项行动编号",
            en="Campaign",
            also=("专项行动",),
            required=True,
            kind=TEXT,
        ),
        SUBJECT,
        Column(
            field="declared_on",
            zh="申报日期",
            en="Declared on",
            also=("自查日期",),
            required=True,
            kind=DAY,
        ),
        Column(
            field="rebate_present",
            zh="存在返费情况",
            en="Rebates present",
            also=("存在“返费”情况", "返费"),
            required=True,
            kind=YES_OR_NO,
        ),
        Column(
            field="answers",
            zh="存在问题的项目",
            en="Problems found at",
            also=("存在问题项目",),
            required=True,
            kind=ANSWERS,
        ),
        Column(field="replaces", zh="替换的自查编号", en="Replaces", kind=TEXT),
    ),
)
GUIDANCE = Layout(
    code="guidance",
    zh="企业用工指导督促",
    en="Guidance of employers",
    command="GiveGuidance",
    key=("employer_name", "on", "about"),
    columns=(
        Column(
            field="employer_name",
            zh="用人单位名称",
            en="Employer",
            also=("企业名称", "单位名称"),
            required=True,
            kind=TEXT,
        ),
        Column(
            field="employer",
            zh="统一社会信用代码",
            en="USCC",
            also=("社会信用代码", "信用代码"),
            kind=TEXT,
        ),
        ON,
        Column(
            field="about", zh="指导事项", en="About", also=("指导内容",), required=True, kind=TEXT
        ),
        CAMPAIGN,
        REGION,
    ),
)
ACTIVITIES = Layout(
    code="activities",
    zh="行业协会活动",
    en="Activities of associations",
    command="RecordAssociationActivity",
    key=("association", "kind", "on", "title"),
    columns=(
        Column(
            field="association",
            zh="行业协会统一社会信用代码",
            en="Association",
            also=("统一社会信用代码", "社会信用代码"),
            required=True,
            kind=TEXT,
        ),
        Column(
            field="kind", zh="活动类型", en="Kind", also=("类型",), required=True, kind=ACTIVITY
        ),
        ON,
        Column(
            field="title",
            zh="活动名称",
            en="Title",
            also=("名称", "培训班次"),
            required=True,
            kind=TEXT,
        ),
        Column(field="attendances", zh="人次", en="Attendances", also=("培训人次",), kind=COUNT),
        CAMPAIGN,
        REGION,
    ),
)

MARKET = (ANNUAL_REPORTS, SELF_CHECKS, GUIDANCE, ACTIVITIES)
