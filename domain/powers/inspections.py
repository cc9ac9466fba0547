"""Powers of draws and inspections: rows of the table of powers."""

from __future__ import annotations

from domain.draw.facts import DRAWERS, PLANNERS
from domain.inspection.facts import INSPECTING, SENDERS
from domain.powers.rows import Row
from domain.statutes import SINCE_MARKET_REGULATION, SINCE_PENALTY_LAW, SINCE_REGISTRATION_LAW

DRAW_POWERS: tuple[Row, ...] = (
    *(
        (
            name,
            PLANNERS,
            "人力资源市场暂行条例第35条；鄂人社函〔2022〕97号二（一）",
            SINCE_MARKET_REGULATION,
        )
        for name in ("DraftPlan", "ApprovePlan")
    ),
    (
        "ClassObject",
        DRAWERS,
        "鄂人社函〔2022〕97号三（三）（根据信用风险等级区分抽查频次）",
        SINCE_MARKET_REGULATION,
    ),
    ("AuditPlan", ("SAMR",), "鄂人社函〔2022〕97号二（一）", SINCE_MARKET_REGULATION),
    *(
        (
            name,
            DRAWERS,
            "鄂人社函〔2022〕97号二（一）；平台规则（先承诺后揭示）",
            SINCE_MARKET_REGULATION,
        )
        for name in ("OpenDraw", "CommitToDraw", "RevealForDraw", "VoidDraw", "ExecuteDraw")
    ),
    *(
        (name, ("PROC",), "平台规则（密值托管）", SINCE_MARKET_REGULATION)
        for name in ("PublishEscrowKey", "CheckDeposit", "OpenDeposit")
    ),
)
"""Powers to plan, to class objects, to draw, and to keep the secrets of a draw."""

INSPECTION_POWERS: tuple[Row, ...] = (
    (
        "PublishItemList",
        (*SENDERS, "SAMR"),
        "鄂人社函〔2022〕97号三（三）；人力资源市场暂行条例第35条",
        SINCE_MARKET_REGULATION,
    ),
    *(
        (
            name,
            (*INSPECTING, "HRSS"),
            "鄂人社函〔2022〕97号二（一）；行政处罚法第42、43条",
            SINCE_PENALTY_LAW,
        )
        for name in ("EnterInspector", "ChangeInspector", "DeclareRelation")
    ),
    (
        "RegisterPlace",
        (*INSPECTING, "TWN"),
        "鄂人社函〔2022〕97号二（二）",
        SINCE_MARKET_REGULATION,
    ),
    ("SendTasks", SENDERS, "鄂人社函〔2022〕97号二（一）", SINCE_MARKET_REGULATION),
    *(
        (name, SENDERS, "鄂人社函〔2022〕97号二（一）", SINCE_MARKET_REGULATION)
        for name in ("EnterOutsideDraw", "EnterOutsideTask")
    ),
    ("ClaimTasks", (*SENDERS, "SAMR"), "鄂人社函〔2022〕97号二（一）", SINCE_MARKET_REGULATION),
    ("DispatchTasks", SENDERS, "鄂人社函〔2022〕97号二（一）", SINCE_MARKET_REGULATION),
    *(
        (
            name,
            (*SENDERS, "SAMR"),
            "人力资源市场暂行条例第34条；鄂人社函〔2022〕97号二（一）",
            SINCE_MARKET_REGULATION,
        )
        for name in ("MatchTeam", "EnterOutsideTeam")
    ),
    ("NoteDealtWith", ("HRSS_INSP", "SAMR"), "平台规则（R10）", SINCE_REGISTRATION_LAW),
    (
        "RecuseInspector",
        (*SENDERS, "SAMR"),
        "行政处罚法第43条；劳动保障监察条例第16条",
        SINCE_PENALTY_LAW,
    ),
    (
        "OpenInspection",
        INSPECTING,
        "人力资源市场暂行条例第34、35条；鄂人社函〔2022〕97号二（二）",
        SINCE_MARKET_REGULATION,
    ),
    ("RecordResult", INSPECTING, "人力资源市场暂行条例第34、35条", SINCE_MARKET_REGULATION),
    ("PublishResult", INSPECTING, "人力资源市场暂行条例第35条", SINCE_MARKET_REGULATION),
    ("CorrectResult", INSPECTING, "人力资源市场暂行条例第35条", SINCE_MARKET_REGULATION),
    ("VerifyAddress", ("SAMR",), "企业信息公示暂行条例", SINCE_REGISTRATION_LAW),
    ("ChangeAbnormalList", ("SAMR",), "企业信息公示暂行条例", SINCE_REGISTRATION_LAW),
)
"""Powers from the items of an inspection to its published result."""
