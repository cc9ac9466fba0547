"""Recruitment information, discrimination and personal data (INF)."""

from __future__ import annotations

from domain.statutes import (
    SINCE_DATA_LAW,
    SINCE_EMPLOYMENT_LAW,
    SINCE_MARKET_REGULATION,
    SINCE_PERSONAL_DATA_LAW,
)
from domain.violations.laws import ECOMMERCE_80, HR, PERSONAL_DATA_66, PROMOTION_65, REGULATION_43
from domain.violations.words import Criminal, Severity, Violation

INFORMATION: tuple[Violation, ...] = (
    Violation(
        code="V-INF-01",
        zh="发布虚假招聘信息 / 虚假招聘",
        en="False recruitment information",
        seeds=(
            "S1",
            "S2",
            "S3",
        ),
        subjects=(
            "HR_AGENCY",
            "ONLINE_PLATFORM",
            "EMPLOYER",
        ),
        severity=Severity.GENERAL,
        leads=(
            "HRSS_INSP",
            "CAC",
        ),
        finders=(*HR, "CAC"),
        criminal=Criminal.YES,
        crimes=(
            "刑法第266条",
            "刑法第287条之一",
        ),
        correct_first=True,
        penalties=(
            REGULATION_43,
            PROMOTION_65,
        ),
        source="辽宁省人力资源市场管理通知（2024-11-11）三；人力资源市场暂行条例第24、29、43条；就业促进法第65条",
        valid_from=SINCE_EMPLOYMENT_LAW,
    ),
    Violation(
        code="V-INF-02",
        zh="发布含有歧视性内容的招聘信息 / 就业歧视",
        en="Discriminatory recruitment",
        seeds=(
            "S1",
            "S2",
            "S3",
        ),
        subjects=(
            "HR_AGENCY",
            "EMPLOYER",
        ),
        severity=Severity.GENERAL,
        leads=(
            "HRSS_MKT",
            "HRSS_INSP",
        ),
        finders=(*HR, "CAC"),
        correct_first=True,
        penalties=(REGULATION_43,),
        note_zh="性别、年龄、学历为监测重点；年龄、学历依条例第24条中的“等”字认定。",
        note_en="Sex, age and education are watched; age and education rest on the open end of the list.",
        source="辽宁省人力资源市场管理通知（2024-11-11）四；人力资源市场暂行条例第24、43条；就业促进法第26至31、62条",
        valid_from=SINCE_MARKET_REGULATION,
    ),
    Violation(
        code="V-INF-03",
        zh="泄露求职者个人信息",
        en="Leaking job seekers' personal data",
        seeds=("S2",),
        subjects=(
            "HR_AGENCY",
            "ONLINE_PLATFORM",
        ),
        severity=Severity.SERIOUS,
        leads=(
            "HRSS_INSP",
            "CAC",
        ),
        partners=("PSB",),
        finders=(*HR, "CAC", "PSB"),
        criminal=Criminal.YES,
        crimes=("刑法第253条之一",),
        correct_first=True,
        penalties=(
            REGULATION_43,
            PERSONAL_DATA_66,
        ),
        source="辽宁省人力资源市场管理通知（2024-11-11）三；人力资源市场暂行条例第29、43条；个人信息保护法第66条",
        valid_from=SINCE_MARKET_REGULATION,
    ),
    Violation(
        code="V-INF-04",
        zh="未落实招聘信息审核责任",
        en="No review of recruitment information",
        seeds=("S2",),
        subjects=("ONLINE_PLATFORM",),
        severity=Severity.GENERAL,
        leads=(
            "HRSS_MKT",
            "HRSS_INSP",
        ),
        finders=(*HR, "CAC"),
        correct_first=True,
        penalties=(
            REGULATION_43,
            ECOMMERCE_80,
        ),
        source="辽宁省人力资源市场管理通知（2024-11-11）三；人力资源市场暂行条例第29、43条；网络招聘服务管理规定第37条（未经原文核对）；电子商务法第80条",
        valid_from=SINCE_MARKET_REGULATION,
    ),
    Violation(
        code="V-INF-05",
        zh="发布或使用涉密、敏感信息未依法脱密脱敏",
        en="Classified or sensitive data not desensitised",
        seeds=("S2",),
        subjects=(
            "HR_AGENCY",
            "ONLINE_PLATFORM",
        ),
        severity=Severity.SERIOUS,
        leads=(
            "HRSS_MKT",
            "CAC",
        ),
        finders=(*HR, "CAC"),
        criminal=Criminal.POSSIBLE,
        note_zh="依数据安全和保密法律处理，罚则未经原文核对。",
        note_en="Dealt with under data-security and secrecy law; its penalties have not been read.",
        source="辽宁省人力资源市场管理通知（2024-11-11）三；数据安全法、保守国家秘密法（未经原文核对）",
        valid_from=SINCE_DATA_LAW,
    ),
    Violation(
        code="V-INF-06",
        zh="直播带岗、零工平台职业中介活动中的虚假招聘等",
        en="False recruitment in live-streamed or gig-platform matching",
        seeds=("S2",),
        subjects=("ONLINE_PLATFORM",),
        severity=Severity.GENERAL,
        leads=(
            "HRSS_INSP",
            "CAC",
        ),
        finders=(*HR, "CAC"),
        criminal=Criminal.POSSIBLE,
        crimes=(
            "刑法第266条",
            "刑法第287条之一",
        ),
        correct_first=True,
        penalties=(
            REGULATION_43,
            PROMOTION_65,
        ),
        source="辽宁省人力资源市场管理通知（2024-11-11）三；人力资源市场暂行条例第24、29、43条；就业促进法第65条",
        valid_from=SINCE_MARKET_REGULATION,
    ),
    Violation(
        code="V-INF-07",
        zh="未落实数据分类分级保护和个人信息保护措施",
        en="Missing data-classification or personal-data safeguards",
        seeds=("S2",),
        subjects=("ONLINE_PLATFORM",),
        severity=Severity.GENERAL,
        leads=("CAC",),
        finders=(*HR, "CAC"),
        correct_first=True,
        penalties=(PERSONAL_DATA_66,),
        source="辽宁省人力资源市场管理通知（2024-11-11）三；个人信息保护法第66条",
        valid_from=SINCE_PERSONAL_DATA_LAW,
    ),
)
"""What intermediaries publish, and what they keep of persons."""
