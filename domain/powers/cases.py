"""Powers over cases, and what they rest on: leads, documents, complaints, decisions corrected.

Rows of the table of powers. A case is conducted by an organ that enforces; every public organ
hands on what it finds, writes its own documents and corrects its own facts.
"""

from __future__ import annotations

from domain.departments import PUBLIC
from domain.enforcement.facts import ENFORCERS
from domain.powers.rows import Row
from domain.statutes import (
    SINCE_LABOUR_INSPECTION,
    SINCE_MARKET_REGULATION,
    SINCE_PENALTY_LAW,
    SINCE_REGISTRATION_LAW,
)

_DECIDERS = ("HRSS", "HRSS_APPR", "HRSS_LR", "HRSS_INSP", "SAMR", "COM")
"""Organs whose decisions are reviewed, and which correct them themselves."""

_BACKGROUND_CHECKERS = ("TWN", "DRC", "SAMR", "PSB", "FAO", "HRSS_MKT", "HRSS_INSP")
"""Organs that check at once what stands behind a discovered lead."""

_SUPERVISORS = ("HRSS", "HRSS_INSP", "HRSS_MKT", "SAMR", "DRC", "LG", "LGO")
"""Organs that list the cases of others; a listing asks for results and decides nothing."""

REVIEW_POWERS: tuple[Row, ...] = (
    (
        "RecordRemedyStep",
        ("RECON", "COURT", *_DECIDERS),
        "行政复议法第24、48条；行政诉讼法第14、67条",
        SINCE_REGISTRATION_LAW,
    ),
    (
        "OverturnDecision",
        ("RECON", "COURT", *_DECIDERS),
        "行政复议法第24条；行政诉讼法第14条；行政处罚法第75条；行政许可法第69条",
        SINCE_REGISTRATION_LAW,
    ),
    (
        "CorrectFact",
        (*PUBLIC, "AGENCY"),
        "平台规则（以补偿事件更正）",
        SINCE_REGISTRATION_LAW,
    ),
    ("RestoreLicence", ("HRSS_APPR",), "平台规则（R14）", SINCE_MARKET_REGULATION),
    ("WithdrawCreditRecord", ("HRSS_MKT",), "平台规则（R14）", SINCE_MARKET_REGULATION),
)
"""Powers to review, overturn, correct and restore what was decided."""

DOCUMENT_POWERS: tuple[Row, ...] = (
    ("DraftDocument", PUBLIC, "行政处罚法第59条；平台规则（文书拟制）", SINCE_REGISTRATION_LAW),
    ("CheckDocument", PUBLIC, "平台规则（拟制、审核、批准三岗分设）", SINCE_REGISTRATION_LAW),
    ("ApproveDocument", PUBLIC, "行政处罚法第57条", SINCE_REGISTRATION_LAW),
    ("SealDocument", PUBLIC, "平台规则（文书定稿与散列）", SINCE_REGISTRATION_LAW),
    ("ServeDocument", PUBLIC, "行政处罚法第61条", SINCE_REGISTRATION_LAW),
    ("KeepEvidence", PUBLIC, "行政处罚法第46、47条", SINCE_REGISTRATION_LAW),
)
"""Powers over documents and evidence: each organ over its own."""

CASE_POWERS: tuple[Row, ...] = (
    ("RegisterComplaint", ("HRSS_INSP",), "劳动保障监察条例第9条", SINCE_LABOUR_INSPECTION),
    (
        "CompleteComplaint",
        ("HRSS_INSP",),
        "关于实施《劳动保障监察条例》若干规定第18条",
        SINCE_LABOUR_INSPECTION,
    ),
    (
        "DecideComplaint",
        ("HRSS_INSP",),
        "劳动保障监察条例第10条；关于实施《劳动保障监察条例》若干规定第18条",
        SINCE_LABOUR_INSPECTION,
    ),
    ("FileCase", ENFORCERS, "行政处罚法第17、54条；劳动保障监察条例第10条", SINCE_PENALTY_LAW),
    (
        "ExtendCasePeriod",
        ENFORCERS,
        "行政处罚法第60条；劳动保障监察条例第17条",
        SINCE_PENALTY_LAW,
    ),
    ("SuspendCase", ENFORCERS, "行政处罚法第27条；平台规则（移送期间中止）", SINCE_PENALTY_LAW),
    (
        "ResumeCase",
        ENFORCERS,
        "行政执法机关移送涉嫌犯罪案件的规定第10条；平台规则（R21）",
        SINCE_PENALTY_LAW,
    ),
    ("PreserveEvidence", ENFORCERS, "行政处罚法第56条", SINCE_PENALTY_LAW),
    ("SettleEvidence", ENFORCERS, "行政处罚法第56条", SINCE_PENALTY_LAW),
    (
        "ConcludeInvestigation",
        ENFORCERS,
        "行政处罚法第57条；劳动保障监察条例第17条",
        SINCE_PENALTY_LAW,
    ),
    ("ServePenaltyNotice", ENFORCERS, "行政处罚法第44条", SINCE_PENALTY_LAW),
    ("HearDefence", ENFORCERS, "行政处罚法第45条", SINCE_PENALTY_LAW),
    ("RequestHearing", (*ENFORCERS, "AGENCY"), "行政处罚法第63、64条", SINCE_PENALTY_LAW),
    ("NotifyHearing", ENFORCERS, "行政处罚法第64条", SINCE_PENALTY_LAW),
    ("HoldHearing", ENFORCERS, "行政处罚法第64条", SINCE_PENALTY_LAW),
    ("ReviewLegality", ("HRSS_LEGAL", "SAMR", "COM", "TWN"), "行政处罚法第58条", SINCE_PENALTY_LAW),
    ("DiscussCase", ("HRSS", *ENFORCERS), "行政处罚法第57条第2款", SINCE_PENALTY_LAW),
    (
        "DecidePenalty",
        ENFORCERS,
        "行政处罚法第17、57条；劳动保障监察条例第10、18条",
        SINCE_PENALTY_LAW,
    ),
    ("DecideHandling", ("HRSS_INSP", "COM"), "劳动保障监察条例第18条", SINCE_PENALTY_LAW),
    ("ServePenalty", ENFORCERS, "行政处罚法第61条", SINCE_PENALTY_LAW),
    (
        "RecordPerformance",
        (*ENFORCERS, "FIN"),
        "行政处罚法第66、67、72、74条",
        SINCE_PENALTY_LAW,
    ),
    ("DemandPerformance", ENFORCERS, "行政强制法第54条", SINCE_PENALTY_LAW),
    ("ApplyForEnforcement", ENFORCERS, "行政强制法第53条；行政处罚法第72条", SINCE_PENALTY_LAW),
    ("CloseCase", ENFORCERS, "行政处罚法第57条；劳动保障监察条例第18条", SINCE_PENALTY_LAW),
    ("ReopenCase", ENFORCERS, "行政复议法第64条；平台规则（R14）", SINCE_PENALTY_LAW),
    (
        "ApprovePublication",
        ENFORCERS,
        "行政处罚法第48条；辽宁省人力资源市场管理通知（2024-11-11）十一",
        SINCE_PENALTY_LAW,
    ),
    ("RedactPublication", ENFORCERS, "个人信息保护法第28、34条", SINCE_PENALTY_LAW),
    (
        "PublishDecision",
        ENFORCERS,
        "行政处罚法第48条；辽宁省人力资源市场管理通知（2024-11-11）十一",
        SINCE_PENALTY_LAW,
    ),
    ("WithdrawPublication", ENFORCERS, "行政处罚法第48条第2款", SINCE_PENALTY_LAW),
    (
        "WithdrawOverturnedPublication",
        ENFORCERS,
        "行政处罚法第48条第2款；平台规则（R14）",
        SINCE_PENALTY_LAW,
    ),
)
"""Powers from a complaint to the publication of a penalty."""

LEAD_POWERS: tuple[Row, ...] = (
    (
        "TransferLead",
        PUBLIC,
        "平台规则（线索移送对象表）；行政处罚法第25条",
        SINCE_REGISTRATION_LAW,
    ),
    ("ReceiptLead", PUBLIC, "平台规则（DL-LEAD-01）", SINCE_REGISTRATION_LAW),
    ("AssessLead", PUBLIC, "平台规则（DL-LEAD-02）", SINCE_REGISTRATION_LAW),
    ("CheckBackground", _BACKGROUND_CHECKERS, "平台规则（立即核查背景）", SINCE_REGISTRATION_LAW),
    ("DisposeLead", PUBLIC, "平台规则（DL-LEAD-04）", SINCE_REGISTRATION_LAW),
    (
        "DisposeLeadsOfCase",
        ("HRSS_INSP", "SAMR", "COM", "TWN"),
        "平台规则（LEAD-DISPOSED）",
        SINCE_REGISTRATION_LAW,
    ),
    (
        "ListForSupervision",
        _SUPERVISORS,
        "辽宁省人力资源市场管理通知（2024-11-11）十；平台规则（挂牌督办）",
        SINCE_REGISTRATION_LAW,
    ),
    ("ReleaseFromSupervision", _SUPERVISORS, "平台规则（挂牌督办）", SINCE_REGISTRATION_LAW),
)
"""Powers over leads, and over the listing of others' cases."""
