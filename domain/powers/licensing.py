"""Powers of registration, pushes and licences: rows of the table of powers.

The registrar registers, an approving organ licenses; a firm applies for itself.
"""

from __future__ import annotations

from domain.licence.facts import OWNERS as LICENSERS
from domain.powers.rows import Row
from domain.statutes import (
    CAMPAIGN_PLAN,
    SINCE_LICENSING_LAW,
    SINCE_MARKET_REGULATION,
    SINCE_REGISTRATION_LAW,
)

LICENSING_POWERS: tuple[Row, ...] = (
    ("RegisterOrganisation", ("SAMR",), "市场主体登记管理条例第5条", SINCE_REGISTRATION_LAW),
    ("ChangeRegistration", ("SAMR",), "市场主体登记管理条例第5条", SINCE_REGISTRATION_LAW),
    (
        "PushBusinessScope",
        ("SAMR",),
        "辽宁省人力资源市场管理通知（2024-11-11）八；平台规则（R01）",
        SINCE_MARKET_REGULATION,
    ),
    (
        "PushStandingScope",
        ("SAMR",),
        f"{CAMPAIGN_PLAN}四（一）；平台规则（存量主体推送）",
        SINCE_MARKET_REGULATION,
    ),
    ("ClaimPush", ("HRSS_MKT",), "平台规则（R02）", SINCE_MARKET_REGULATION),
    ("IssueLicensingGuidance", ("HRSS_MKT",), "平台规则（R03）", SINCE_MARKET_REGULATION),
    ("DisposePush", ("HRSS_MKT", "HRSS_APPR"), "平台规则（推送办结）", SINCE_MARKET_REGULATION),
    ("DisposeSatisfiedPushes", ("HRSS_MKT",), "平台规则（推送办结）", SINCE_MARKET_REGULATION),
    ("WarnOfUnresolvedPush", ("HRSS_MKT",), "平台规则（推送办结）", SINCE_MARKET_REGULATION),
    ("ApplyForLicence", (*LICENSERS, "AGENCY"), "行政许可法第29条", SINCE_LICENSING_LAW),
    ("SubmitCompletion", (*LICENSERS, "AGENCY"), "行政许可法第32条", SINCE_LICENSING_LAW),
    ("ApplyForRenewal", (*LICENSERS, "AGENCY"), "行政许可法第50条", SINCE_LICENSING_LAW),
    ("ApplyForChange", (*LICENSERS, "AGENCY"), "行政许可法第49条", SINCE_LICENSING_LAW),
    ("HandleLicenceApplication", LICENSERS, "行政许可法第32、38条", SINCE_LICENSING_LAW),
    ("DeemApplicationAccepted", LICENSERS, "行政许可法第32条第1款第（四）项", SINCE_LICENSING_LAW),
    ("ExtendDecisionTerm", LICENSERS, "行政许可法第42条", SINCE_LICENSING_LAW),
    (
        "GrantLicence",
        LICENSERS,
        "行政许可法第38条；人力资源市场暂行条例第18条",
        SINCE_LICENSING_LAW,
    ),
    ("DeliverCertificate", LICENSERS, "行政许可法第44条", SINCE_LICENSING_LAW),
    ("ChangeLicence", LICENSERS, "行政许可法第49、50条", SINCE_LICENSING_LAW),
    ("DeemRenewalGranted", LICENSERS, "行政许可法第50条", SINCE_LICENSING_LAW),
    (
        "VerifyCommitment",
        ("HRSS_APPR", "HRSS_LR"),
        "辽宁省人力资源市场管理通知（2024-11-11）二",
        SINCE_LICENSING_LAW,
    ),
    ("AnnulLicence", LICENSERS, "行政许可法第69条", SINCE_LICENSING_LAW),
    (
        "RevokeLicence",
        ("HRSS_INSP", "COM"),
        "行政处罚法第9条第（三）项；辽宁省人力资源市场管理通知（2024-11-11）八",
        SINCE_LICENSING_LAW,
    ),
    ("ServeLicenceDecision", (*LICENSERS, "HRSS_INSP"), "行政许可法第44条", SINCE_LICENSING_LAW),
    ("DeregisterLicence", LICENSERS, "行政许可法第70条", SINCE_LICENSING_LAW),
    ("NotifyRegistrar", ("HRSS_APPR",), "平台规则（R11）", SINCE_MARKET_REGULATION),
    (
        "RecordViolation",
        ("HRSS_APPR", "HRSS_LR", "HRSS_MKT", "HRSS_INSP", "SAMR", "COM", "DRC", "CAC", "PSB"),
        "行政处罚法第54条；平台违法行为目录（发现机关）",
        SINCE_LICENSING_LAW,
    ),
    (
        "OrderCorrection",
        ("HRSS_APPR", "HRSS_MKT", "HRSS_INSP", "HRSS_LR", "SAMR"),
        "平台规则（R05）；行政处罚法第28条",
        SINCE_LICENSING_LAW,
    ),
    (
        "VerifyCorrection",
        ("HRSS_APPR", "HRSS_MKT", "HRSS_INSP", "HRSS_LR", "SAMR"),
        "平台规则（R05）",
        SINCE_LICENSING_LAW,
    ),
    (
        "RecordBusinessFiling",
        ("HRSS_APPR", "HRSS_MKT"),
        "人力资源市场暂行条例第18、20、21条",
        SINCE_MARKET_REGULATION,
    ),
    ("PublishDirectory", ("HRSS_MKT",), "人力资源市场暂行条例第22条", SINCE_MARKET_REGULATION),
    ("RefreshDirectory", ("HRSS_MKT",), "平台规则（R11）", SINCE_MARKET_REGULATION),
    ("PushCreditRecord", ("HRSS_MKT",), "平台规则（R11、R12）", SINCE_MARKET_REGULATION),
    ("ReceiveCreditRecord", ("DRC",), "平台规则（R12）", SINCE_MARKET_REGULATION),
)
"""Powers from a registration to the credit record of a licence that ended."""
