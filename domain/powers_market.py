"""Powers of campaigns and of the market's daily administration: rows of the table of powers.

A row is (command, organs, basis, since). A campaign is launched and led by 人社 of a superior
territory; each unit acts in its own. An agency reports and declares for itself.
"""

from __future__ import annotations

from datetime import date

from domain.campaign.facts import ISSUERS, UNITS
from domain.market.facts import GUIDES, KEEPERS

_SINCE = date(2018, 10, 1)
_PLAN = "楚雄州劳务中介专项整治行动工作实施方案（2021-04-06）"

CAMPAIGN_POWERS: tuple[tuple[str, tuple[str, ...], str, date], ...] = (
    *(
        (name, ISSUERS, f"{_PLAN}四；平台规则（部署单位）", _SINCE)
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
    ("ExpectReports", ISSUERS, "平台规则（R20）", _SINCE),
    *(
        (name, UNITS, f"{_PLAN}四、五；平台规则（报送单位）", _SINCE)
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

MARKET_POWERS: tuple[tuple[str, tuple[str, ...], str, date], ...] = (
    *(
        (name, (*KEEPERS, "AGENCY"), "人力资源市场暂行条例第37条", _SINCE)
        for name in ("SubmitAnnualReport", "DiscloseAnnualReport")
    ),
    ("DeclareSelfCheck", (*KEEPERS, "AGENCY"), f"{_PLAN}四（一）", _SINCE),
    ("GiveGuidance", GUIDES, f"{_PLAN}三（四）", _SINCE),
    ("HoldPublicity", (*GUIDES, "HRSS_TRN"), f"{_PLAN}五（四）", _SINCE),
    ("RecordAssociationActivity", KEEPERS, f"{_PLAN}三（五）", _SINCE),
    *(
        (name, KEEPERS, f"{_PLAN}三（三）", _SINCE)
        for name in ("EstablishRegime", "SelectModel", "WithdrawModel")
    ),
)
"""Powers of annual reports, self-checks, guidance, associations, regimes and model agencies."""

__all__ = ["CAMPAIGN_POWERS", "ISSUERS", "KEEPERS", "MARKET_POWERS", "UNITS"]
