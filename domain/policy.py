"""Regional configuration: what the law leaves to the authority, as data (reference 3.1, 3.4, 14.3).

Each setting names its region (None: everywhere), the days on which it holds and its source.
The most specific region wins, and within one region the setting that began last. A source
says what it is: 平台默认值 is a platform default that no text fixes (the reference's [P]),
未经原文核对 a text known from secondary sources only ([W]); what says neither is law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from domain.departments import covers

POLICY_VERSION = "POLICY-2026.1"

SETTINGS_SINCE = date(2004, 1, 1)
"""The first day that has settings."""


@dataclass(frozen=True)
class Setting:
    """One value: its name, where and when it holds, and what it rests on."""

    name: str
    value: int | bool
    source: str
    zh: str
    en: str
    region: str | None = None
    valid_from: date = SETTINGS_SINCE
    valid_to: date | None = None


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "commitment_check_months",
        2,
        "平台默认值（承诺核查）",
        "承诺核查期限（月）",
        "Months to verify a commitment",
    ),
    Setting(
        "commitment_check_months",
        1,
        "福建省2025年规定（未经原文核对）",
        "承诺核查期限（月）",
        "Months to verify a commitment",
        region="350000",
        valid_from=date(2025, 1, 1),
    ),
    Setting(
        "commitment_check_months",
        3,
        "北京市规定（未经原文核对）",
        "承诺核查期限（月）",
        "Months to verify a commitment",
        region="110000",
    ),
    Setting(
        "correction_before_annulment",
        True,
        "平台默认值（R05）；福建省2025年规定（未经原文核对）",
        "撤销前先责令改正",
        "A correction is ordered before a false commitment is annulled",
    ),
    Setting(
        "correction_working_days",
        10,
        "平台默认值（责令改正）",
        "责令改正期限（工作日）",
        "Working days of an order to correct",
    ),
    *(
        Setting(
            f"draw_percent_{grade}",
            value,
            "平台默认值（信用评价文件只定方向：等级高的少抽，低的多抽）",
            f"{zh}抽查频次（占基本比例%）",
            f"Per cent of the ordinary draw rate, {en}",
        )
        for grade, value, zh, en in (
            ("A", 50, "A级", "grade A"),
            ("B", 100, "B级", "grade B"),
            ("C", 200, "C级", "grade C"),
            ("D", 400, "D级", "grade D"),
            ("unrated", 100, "未评级", "not rated"),
        )
    ),
    *(
        Setting(
            f"full_inspection_months_{grade}",
            value,
            "平台默认值（信用评价文件只定方向：等级高的少查，低的多查）",
            f"{zh}全面检查周期（月）",
            f"Months between full inspections, {en}",
        )
        for grade, value, zh, en in (
            ("A", 24, "A级", "grade A"),
            ("B", 12, "B级", "grade B"),
            ("C", 6, "C级", "grade C"),
            ("D", 3, "D级", "grade D"),
            ("unrated", 12, "未评级", "not rated"),
        )
    ),
    Setting(
        "annual_inspection_cap",
        0,
        "国办发〔2024〕54号（未经原文核对）；平台默认值（0：未公布上限）",
        "年度涉企检查上限（户次，0为未公布）",
        "Inspections planned in a year at most; 0: none was published",
    ),
    Setting(
        "plan_audit_working_days",
        3,
        "平台默认值（审核抽查任务）",
        "审核抽查任务期限（工作日）",
        "Days to audit an inspection plan",
    ),
    Setting(
        "problem_report_working_days",
        10,
        "平台默认值（上报一时解决不了的问题）",
        "上报一时解决不了的问题期限（工作日）",
        "Days to tell the issuer of a problem that cannot be solved yet",
    ),
    Setting(
        "validity_years_LIC_HRS",
        5,
        "全国统一证书样式（未经原文核对，各地可定）",
        "人力资源服务许可证有效年限",
        "Years of a human-resources licence",
    ),
    Setting(
        "validity_years_LIC_DISPATCH",
        3,
        "劳务派遣行政许可实施办法（未经原文核对）",
        "劳务派遣经营许可证有效年限",
        "Years of a dispatch licence",
    ),
    Setting(
        "full_time_staff_min",
        3,
        "人力资源服务机构管理规定第6条（未经原文核对）",
        "专职工作人员下限（人）",
        "Least full-time staff, persons",
    ),
    Setting(
        "renewal_days_LIC_DISPATCH",
        60,
        "劳务派遣行政许可实施办法（未经原文核对）",
        "劳务派遣延续申请提前日数",
        "Days before expiry to renew a dispatch licence",
    ),
    Setting(
        "renewal_days",
        30,
        "行政许可法第50条",
        "延续申请提前日数",
        "Days before expiry to renew a licence",
    ),
    Setting(
        "push_working_days",
        3,
        "辽宁省人力资源市场管理通知（2024-11-11）八（及时）；平台默认值（R01）",
        "推送期限（工作日）",
        "Days to push a scope",
    ),
    Setting(
        "claim_working_days", 5, "平台默认值（R02）", "认领期限（工作日）", "Days to claim a push"
    ),
    Setting(
        "guidance_working_days",
        5,
        "平台默认值（R03）",
        "指引期限（工作日）",
        "Days to issue guidance",
    ),
    Setting(
        "guidance_reply_working_days",
        10,
        "平台默认值（指引答复）",
        "指引答复期限（工作日）",
        "Days to reply to guidance",
    ),
    Setting(
        "unresolved_push_working_days",
        30,
        "平台默认值（推送未决预警）",
        "推送未决预警（工作日）",
        "Days until an unresolved push is warned of",
    ),
    Setting(
        "quarantine_working_days",
        1,
        "平台默认值（隔离处理）",
        "处理隔离记录期限（工作日）",
        "Days to deal with parked records",
    ),
    Setting(
        "publication_working_days",
        7,
        "双公示惯例（未经原文核对）；平台默认值（R12）",
        "双公示期限（工作日）",
        "Days to publish a grant or a penalty",
    ),
    Setting(
        "annulment_working_days", 20, "平台默认值（R05）", "撤销期限（工作日）", "Days to annul"
    ),
    Setting(
        "deregistration_working_days",
        10,
        "平台默认值（R05）",
        "注销期限（工作日）",
        "Days to deregister",
    ),
    Setting(
        "end_of_licence_working_days",
        5,
        "平台默认值（R11）",
        "许可终止后续处理期限（工作日）",
        "Days to tell others of a licence's end",
    ),
    Setting(
        "ended_subject_working_days",
        10,
        "平台默认值（R22）",
        "主体注销后办理期限（工作日）",
        "Days to deregister the licences of an ended subject",
    ),
    Setting(
        "hearing_threshold_unit_fen",
        2_000_000,
        "湖南省劳动行政处罚听证规则（旧）（未经原文核对，各地可定）",
        "单位听证起点（分）",
        "Amount from which a unit may ask for a hearing, fen",
    ),
    Setting(
        "hearing_threshold_person_fen",
        100_000,
        "湖南省劳动行政处罚听证规则（旧）（未经原文核对，各地可定）",
        "个人听证起点（分）",
        "Amount from which a person may ask for a hearing, fen",
    ),
    Setting(
        "hearing_threshold_unit_fen_samr",
        10_000_000,
        "市场监督管理行政处罚听证办法（未经原文核对）",
        "市场监管单位听证起点（分）",
        "Amount at market regulation from which a unit may ask for a hearing, fen",
    ),
    Setting(
        "hearing_threshold_person_fen_samr",
        1_000_000,
        "市场监督管理行政处罚听证办法（未经原文核对）",
        "市场监管个人听证起点（分）",
        "Amount at market regulation from which a person may ask for a hearing, fen",
    ),
    Setting(
        "annual_report_month",
        3,
        "人力资源市场暂行条例第36条（规定期限）；平台默认值（DL-LIC-11）",
        "年度报告截止月",
        "Month by which the annual report is due",
    ),
    Setting(
        "annual_report_day",
        31,
        "人力资源市场暂行条例第36条（规定期限）；平台默认值（DL-LIC-11）",
        "年度报告截止日",
        "Day of that month by which the annual report is due",
    ),
    Setting(
        "risk_window_days",
        90,
        "平台默认值（RW-1、RW-2、RW-3、RW-5）",
        "投诉举报预警统计期（日）",
        "Days over which complaints are counted",
    ),
    Setting(
        "risk_complaints_yellow",
        3,
        "平台默认值（RW-1）",
        "黄色预警投诉举报件数",
        "Complaints that raise a yellow warning",
    ),
    Setting(
        "risk_complaints_orange",
        5,
        "平台默认值（RW-2）",
        "橙色预警投诉举报件数",
        "Complaints that raise an orange warning",
    ),
    Setting(
        "risk_complainants_orange",
        10,
        "平台默认值（RW-2）",
        "橙色预警同一事项投诉人数",
        "Complainants in one matter that raise an orange warning",
    ),
    Setting(
        "risk_persons_red",
        20,
        "平台默认值（RW-3）",
        "红色预警受影响人数（超过）",
        "Persons affected above which a warning is red",
    ),
    Setting(
        "risk_hits_window_days",
        30,
        "平台默认值（RW-4）",
        "歧视关键词命中统计期（日）",
        "Days over which discrimination hits are counted",
    ),
    Setting(
        "risk_hits_yellow",
        2,
        "平台默认值（RW-4）",
        "黄色预警歧视关键词确认次数",
        "Confirmed discrimination hits that raise a yellow warning",
    ),
    Setting(
        "risk_bad_reviews_yellow",
        10,
        "平台默认值（RW-5）",
        "黄色预警不良评价条数",
        "Bad reviews that raise a yellow warning",
    ),
    Setting(
        "entry_without_notice_from_hour",
        8,
        "平台默认值（不事先通知检查的进入时间）",
        "不事先通知检查的最早进入时刻（时）",
        "Hour from which premises are entered without notice",
    ),
    Setting(
        "entry_without_notice_to_hour",
        18,
        "平台默认值（不事先通知检查的进入时间）",
        "不事先通知检查的最晚进入时刻（时）",
        "Hour until which premises are entered without notice",
    ),
    *(
        Setting(name, default, source, zh, en)
        for name, default, source, zh, en in (
            (
                "task_claim_working_days",
                5,
                "平台默认值（认领任务）",
                "认领检查任务期限（工作日）",
                "Days to claim an inspection task",
            ),
            (
                "result_publication_working_days",
                20,
                "双随机、一公开检查结果公示要求（未经原文核对）；平台默认值（R10）",
                "检查结果公开期限（工作日）",
                "Days to publish the result of an inspection",
            ),
            (
                "address_verification_working_days",
                10,
                "平台默认值（住所核实）",
                "核实登记住所期限（工作日）",
                "Days to verify the address of an unreachable firm",
            ),
            (
                "list_entry_working_days",
                10,
                "企业经营异常名录管理办法（未经原文核对）；平台默认值（R09）",
                "列入经营异常名录期限（工作日）",
                "Days to enter an unreachable firm in the list",
            ),
            (
                "follow_up_working_days",
                5,
                "平台默认值（检查后续处理）",
                "检查发现问题后续处理期限（工作日）",
                "Days to pursue what an inspection found",
            ),
            (
                "lead_receipt_working_days",
                2,
                "平台默认值（线索签收）",
                "线索签收期限（工作日）",
                "Days to sign for a lead",
            ),
            (
                "lead_assessment_working_days",
                5,
                "平台默认值（线索研判）",
                "线索研判期限（工作日）",
                "Days to assess a lead",
            ),
            (
                "lead_feedback_working_days",
                5,
                "平台默认值（线索反馈）",
                "线索反馈期限（工作日）",
                "Days to tell the sender of a lead",
            ),
            (
                "lead_redirect_working_days",
                2,
                "无证无照经营查处办法第8条（及时）；平台默认值",
                "改送有管辖权机关期限（工作日）",
                "Days to send a returned lead on",
            ),
            (
                "background_check_working_days",
                1,
                "友好区涉外劳务专项整治方案（2023）（立即）；平台默认值",
                "背景核查期限（工作日）",
                "Days to check the background of a lead",
            ),
            (
                "penalty_lead_working_days",
                5,
                "平台默认值（R06）",
                "移送处罚线索期限（工作日）",
                "Days to send a penalty lead",
            ),
            (
                "online_request_working_days",
                3,
                "平台默认值（R04）",
                "提请网信处置期限（工作日）",
                "Days to ask for online disposal",
            ),
            (
                "online_answer_working_days",
                3,
                "平台默认值（R04）",
                "网信答复期限（工作日）",
                "Days to answer a request for online disposal",
            ),
            (
                "referral_question_working_days",
                3,
                "平台默认值（R07）",
                "移送判断期限（工作日）",
                "Days to answer the referral question",
            ),
            (
                "referral_receipt_working_days",
                1,
                "平台默认值（移送案件规定第7条未定日数）",
                "公安机关签收回执期限（工作日）",
                "Days to sign for a referral",
            ),
            (
                "referral_notice_working_days",
                2,
                "平台默认值（通知登记）",
                "登记公安通知期限（工作日）",
                "Days to note the notice of the police",
            ),
            (
                "resume_case_working_days",
                3,
                "平台默认值（R21）",
                "恢复办理期限（工作日）",
                "Days to resume a suspended case",
            ),
            (
                "interview_working_days",
                10,
                "平台默认值（提示约谈）",
                "提示约谈期限（工作日）",
                "Days to hold a reminder interview",
            ),
            (
                "warning_interview_working_days",
                5,
                "平台默认值（警示约谈）",
                "警示约谈期限（工作日）",
                "Days to hold a warning interview",
            ),
            (
                "penalty_publication_working_days",
                7,
                "双公示惯例（未经原文核对）；平台默认值",
                "处罚决定公开期限（工作日）",
                "Days to publish a penalty decision",
            ),
            (
                "push_withdrawal_working_days",
                1,
                "平台默认值（R14）",
                "撤回信用推送期限（工作日）",
                "Days to take back a credit record",
            ),
            (
                "dependent_facts_working_days",
                5,
                "平台默认值（R14）",
                "更正相关事实期限（工作日）",
                "Days to correct what rested on a decision",
            ),
        )
    ),
)


def _rank(setting: Setting) -> tuple[int, date]:
    """How specific a setting is: national, province, prefecture, county; later beats earlier."""
    region = setting.region
    if region is None:
        level = 0
    elif region.endswith("0000"):
        level = 1
    elif region.endswith("00"):
        level = 2
    else:
        level = 3
    return level, setting.valid_from


_BY_RANK = tuple(sorted(SETTINGS, key=_rank))


def settings_for(region: str, on: date) -> Mapping[str, Setting]:
    """The setting of each name that holds in a region on a day, with its source."""
    found: dict[str, Setting] = {}
    for setting in _BY_RANK:
        if setting.region is not None and not covers(setting.region, region):
            continue
        if setting.valid_from <= on and (setting.valid_to is None or on <= setting.valid_to):
            found[setting.name] = setting
    return found


@lru_cache(maxsize=16_384)
def policy_for(region: str, on: date) -> Mapping[str, Any]:
    """The configuration of a region on a day: values by name, and `policy_version`.

    The mapping cannot be changed. A day before the first setting began has no settings.
    """
    values: dict[str, Any] = {
        name: setting.value for name, setting in settings_for(region, on).items()
    }
    values["policy_version"] = POLICY_VERSION
    return MappingProxyType(values)
