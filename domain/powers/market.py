"""Powers of campaigns and of the market's daily administration: rows of the table of powers.

A campaign is launched and led by 人社 of a superior territory; each unit acts in its own. An
agency reports and declares for itself.
"""

from __future__ import annotations

from domain.campaign.facts import ISSUERS, UNITS
from domain.market.facts import GUIDES, KEEPERS
from domain.online import facts as online
from domain.powers.rows import Row
from domain.statutes import CAMPAIGN_PLAN, SINCE_MARKET_REGULATION, SINCE_ONLINE_RULES

CAMPAIGN_POWERS: tuple[Row, ...] = (
    *(
        (name, ISSUERS, f"{CAMPAIGN_PLAN}四；平台规则（部署单位）", SINCE_MARKET_REGULATION)
        for name in (
            "LaunchCampaign",
            "ClosePhase",
            "IssueCircular",
            "ShowOnBoard",
            "WithdrawFromBoard",
            "EvaluateUnit",
            "CloseCampaign",
        )
    ),
    ("ExpectReports", ISSUERS, "平台规则（R20）", SINCE_MARKET_REGULATION),
    *(
        (name, UNITS, f"{CAMPAIGN_PLAN}四、五；平台规则（报送单位）", SINCE_MARKET_REGULATION)
        for name in (
            "SubmitReport",
            "PrepareTable",
            "CheckTable",
            "ApproveTable",
            "NominateForBoard",
            "CheckNomination",
            "AssignTask",
            "ReportProgress",
            "ChaseUnit",
            "AnswerChase",
            "RecordProblem",
            "ReportProblemUp",
            "SettleProblem",
            "RecordVisit",
            "AnswerVisit",
        )
    ),
)
"""Powers of campaigns: the issuer orders and judges, the units report and act."""

MARKET_POWERS: tuple[Row, ...] = (
    *(
        (name, (*KEEPERS, "AGENCY"), "人力资源市场暂行条例第37条", SINCE_MARKET_REGULATION)
        for name in ("SubmitAnnualReport", "DiscloseAnnualReport")
    ),
    ("DeclareSelfCheck", (*KEEPERS, "AGENCY"), f"{CAMPAIGN_PLAN}四（一）", SINCE_MARKET_REGULATION),
    ("GiveGuidance", GUIDES, f"{CAMPAIGN_PLAN}三（四）", SINCE_MARKET_REGULATION),
    ("HoldPublicity", (*GUIDES, "HRSS_TRN"), f"{CAMPAIGN_PLAN}五（四）", SINCE_MARKET_REGULATION),
    ("RecordAssociationActivity", KEEPERS, f"{CAMPAIGN_PLAN}三（五）", SINCE_MARKET_REGULATION),
    *(
        (name, KEEPERS, f"{CAMPAIGN_PLAN}三（三）", SINCE_MARKET_REGULATION)
        for name in ("EstablishRegime", "SelectModel", "WithdrawModel")
    ),
)
"""Powers of annual reports, self-checks, guidance, associations, regimes and model agencies."""

RISK_POWERS: tuple[Row, ...] = (
    (
        "JudgeRisk",
        ("HRSS_MKT",),
        "辽宁省人力资源市场管理通知（2024-11-11）七；平台规则（RW-1至RW-5）",
        SINCE_MARKET_REGULATION,
    ),
    (
        "HoldInterview",
        ("HRSS_MKT", "HRSS_INSP"),
        "辽宁省人力资源市场管理通知（2024-11-11）四、七",
        SINCE_MARKET_REGULATION,
    ),
)
"""Powers to judge a risk and to hold an interview."""

ONLINE_POWERS: tuple[Row, ...] = (
    (
        "RegisterOutlet",
        online.KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二",
        SINCE_ONLINE_RULES,
    ),
    (
        "PublishKeywords",
        online.KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RULES,
    ),
    (
        "ScreenPosting",
        online.KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RULES,
    ),
    (
        "JudgeHit",
        online.KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RULES,
    ),
    (
        "RecordBadReviews",
        online.KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）七",
        SINCE_ONLINE_RULES,
    ),
    (
        "RequestOnlineDisposal",
        ("HRSS", "HRSS_MKT"),
        "辽宁省人力资源市场管理通知（2024-11-11）二、三",
        SINCE_ONLINE_RULES,
    ),
    (
        "AnswerOnlineDisposal",
        ("CAC",),
        "网络招聘服务管理规定；辽宁省人力资源市场管理通知（2024-11-11）二、三",
        SINCE_ONLINE_RULES,
    ),
)
"""Powers over online recruitment: who watches it, and who disposes of accounts."""
