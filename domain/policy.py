"""Regional configuration: what the law leaves to the authority, as data (reference 3.1, 3.4, 14.3).

Each setting names its region (None: everywhere), the days on which it holds and its source.
The most specific region wins, and within one region the setting that began last. The marks
are the reference's: [P] a platform default that no source fixes, [W] a secondary source,
[G] general knowledge; only a setting without a mark is law.
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


@dataclass(frozen=True)
class Setting:
    """One value: its name, where and when it holds, and what it rests on."""

    name: str
    value: int | bool
    source: str
    zh: str
    en: str
    region: str | None = None
    valid_from: date = date(2004, 1, 1)
    valid_to: date | None = None


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "commitment_check_months",
        2,
        "reference 3.4 [P]; B7",
        "承诺核查期限（月）",
        "Months to verify a commitment",
    ),
    Setting(
        "commitment_check_months",
        1,
        "福建 2025 [W]",
        "承诺核查期限（月）",
        "Months to verify a commitment",
        region="350000",
        valid_from=date(2025, 1, 1),
    ),
    Setting(
        "commitment_check_months",
        3,
        "北京 [W]",
        "承诺核查期限（月）",
        "Months to verify a commitment",
        region="110000",
    ),
    Setting(
        "correction_before_annulment",
        True,
        "reference 14.3 [P]; 福建 2025 [W]",
        "撤销前先责令改正",
        "A correction is ordered before a false commitment is annulled",
    ),
    Setting(
        "correction_working_days",
        10,
        "reference 15.2 [P]",
        "责令改正期限（工作日）",
        "Working days of an order to correct",
    ),
    Setting(
        "validity_years_LIC_HRS",
        5,
        "reference 3.1 [W]; B6",
        "人力资源服务许可证有效年限",
        "Years of a human-resources licence",
    ),
    Setting(
        "validity_years_LIC_DISPATCH",
        3,
        "令19 [W]",
        "劳务派遣经营许可证有效年限",
        "Years of a dispatch licence",
    ),
    Setting(
        "full_time_staff_min",
        3,
        "令50 6 [W]",
        "专职工作人员下限（人）",
        "Least full-time staff, persons",
    ),
    Setting(
        "renewal_days_LIC_DISPATCH",
        60,
        "令19 [W]",
        "劳务派遣延续申请提前日数",
        "Days before expiry to renew a dispatch licence",
    ),
    Setting(
        "renewal_days",
        30,
        "行政许可法 50",
        "延续申请提前日数",
        "Days before expiry to renew a licence",
    ),
    Setting(
        "push_working_days",
        3,
        "S2 八（及时）; R01 [P]",
        "推送期限（工作日）",
        "Days to push a scope",
    ),
    Setting("claim_working_days", 5, "R02 [P]", "认领期限（工作日）", "Days to claim a push"),
    Setting("guidance_working_days", 5, "R03 [P]", "指引期限（工作日）", "Days to issue guidance"),
    Setting(
        "unresolved_push_working_days",
        30,
        "reference 4.3 [P]",
        "推送未决预警（工作日）",
        "Days until an unresolved push is warned of",
    ),
    Setting(
        "publication_working_days",
        7,
        "双公示 [W]; R12 [P]",
        "双公示期限（工作日）",
        "Days to publish a grant or a penalty",
    ),
    Setting("annulment_working_days", 20, "R05 [P]", "撤销期限（工作日）", "Days to annul"),
    Setting(
        "deregistration_working_days", 10, "R05 [P]", "注销期限（工作日）", "Days to deregister"
    ),
    Setting(
        "end_of_licence_working_days",
        5,
        "R11 [P]",
        "许可终止后续处理期限（工作日）",
        "Days to tell others of a licence's end",
    ),
    Setting(
        "ended_subject_working_days",
        10,
        "R22 [P]",
        "主体注销后办理期限（工作日）",
        "Days to deregister the licences of an ended subject",
    ),
    Setting(
        "annual_report_month",
        3,
        "reference 3.5 DL-LIC-11 [P]",
        "年度报告截止月",
        "Month by which the annual report is due",
    ),
    Setting(
        "annual_report_day",
        31,
        "reference 3.5 DL-LIC-11 [P]",
        "年度报告截止日",
        "Day of that month by which the annual report is due",
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
