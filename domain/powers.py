"""Powers: which organ may give which command, where, since when, on what basis.

1. A legal position is changed only by the organ that the law names (reference 1.1, 1.3).
   The leading group, its office and associations change none.
2. A post acts in its own territory and in what lies below it.
3. What a rule does by itself no person may do, and a rule does nothing else.
4. A firm acts for itself and for nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from domain.commands import COMMANDS, Post
from domain.departments import ORGANS, covers
from domain.draw.facts import DRAWERS, PLANNERS
from domain.errors import Refusal
from domain.inspection.facts import INSPECTING, SENDERS
from domain.online.facts import KEEPERS
from domain.powers_delivery import DELIVERY_POWERS
from domain.powers_market import CAMPAIGN_POWERS, MARKET_POWERS
from domain.referral.facts import REFERRERS

POWERS_VERSION = "2024-11-01"
"""The version of this table; every event records it."""


@dataclass(frozen=True)
class Power:
    """One organ may give one command from `valid_from` to `valid_to` (inclusive; None: open)."""

    organ: str
    command: str
    basis: str
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the power stands on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class NoPower(Refusal):
    """The organ has no such power at all."""

    zh = "{organ_zh}（{organ}）无权作出“{command_zh}”。"
    en = "{organ} has no power to give {command}."
    next_zh = "请转交有权机关：{holders}。"
    next_en = "Hand it to an organ that has the power: {holders}."
    source = "行政许可法第22条；平台职权表"


class PowerNotInForce(Refusal):
    """The organ has the power, but not on this day."""

    zh = "{organ}作出“{command_zh}”的职权在{on}不在有效期内。"
    en = "The power of {organ} to give {command} is not in force on {on}."
    next_zh = "请核对日期，或由当日有权机关办理。"
    next_en = "Check the date, or let the organ that held the power on that day act."
    source = "行政许可法第22条"


class OutsideTerritory(Refusal):
    """The matter lies outside the post's territory."""

    zh = "岗位{post}辖区为{region}，“{command_zh}”的事项属于{target}，超出管辖范围。"
    en = "The post {post} acts in {region}; {command} concerns a matter in {target}."
    next_zh = "请移送{target}的同类机关办理。"
    next_en = "Hand it to the same organ of {target}."
    source = "行政许可法第22条；平台职权表（辖区）"


class AutomaticOnly(Refusal):
    """Only a rule or a clock gives this command."""

    zh = "“{command_zh}”由规则或时限自动作出，人员不得发出。"
    en = "{command} is given by a rule or a clock, never by a person."
    next_zh = "无需操作；如未自动发生，请查看待办意图。"
    next_en = "Nothing to do; if it did not happen by itself, look at the pending intents."
    source = "平台规则（自动规则与人员决定分开）"


class OfficerMustDecide(Refusal):
    """A rule may not decide what the law leaves to an officer."""

    zh = "“{command_zh}”须由有权人员决定，规则{post}不得自动作出。"
    en = "{command} takes an officer's decision; the rule {post} may not give it."
    next_zh = "请由有权岗位在待办中处理。"
    next_en = "Let an entitled post deal with it in its inbox."
    source = "平台规则（自动规则与人员决定分开）"


class NotOwnOrganisation(Refusal):
    """A firm acted for another firm."""

    zh = "申请人{post}只能为本单位办理，不能代{organisation}办理。"
    en = "{post} may act for itself only, not for {organisation}."
    next_zh = "请使用本单位账号办理。"
    next_en = "Use the account of that organisation."
    source = "行政许可法第29条；平台职权表"


SINCE_LICENSING_LAW = date(2004, 7, 1)
SINCE_MARKET_REGULATION = date(2018, 10, 1)
SINCE_REGISTRATION_LAW = date(1994, 7, 1)
SINCE_REFERRAL_RULES = date(2001, 7, 9)
SINCE_ONLINE_RECRUITMENT_RULES = date(2021, 3, 1)
SINCE_PENALTY_LAW = date(1996, 10, 1)
SINCE_LABOUR_INSPECTION = date(2004, 12, 1)

ENFORCERS = ("HRSS_INSP", "SAMR", "COM", "TWN")
"""Organs that conduct cases; a township only where a provincial decision handed it the power."""

LICENSERS = ("HRSS_APPR", "HRSS_LR", "COM", "PSB")
PUBLIC = tuple(organ for organ in ORGANS if organ not in ("AGENCY", "ASSOC", "LG"))
"""Every organ that may join the histories it holds; none of it changes a legal position."""

DECIDERS_OF_POSITION = ("HRSS", "HRSS_APPR", "HRSS_LR", "HRSS_INSP", "SAMR", "COM")
"""Organs whose decisions are reviewed, and which correct them themselves."""

VAULT_OWNERS = PUBLIC
"""Any organ may be told by a worker or the public; it opens what it received, and only that."""

BACKGROUND_CHECKERS = ("TWN", "DRC", "SAMR", "PSB", "FAO", "HRSS_MKT", "HRSS_INSP")
"""Organs that check at once what stands behind a discovered lead."""

SUPERVISORS = ("HRSS", "HRSS_INSP", "HRSS_MKT", "SAMR", "DRC", "LG", "LGO")
"""Organs that list the cases of others; a listing asks for results and decides nothing."""

SENDS_ELSEWHERE = frozenset({"TransferLead", "ForwardReferral"})
"""Commands whose facts are dealt with where they are sent, which may be any territory."""

_TABLE: tuple[tuple[str, tuple[str, ...], str, date], ...] = (
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
        "楚雄州劳务中介专项整治行动工作实施方案（2021-04-06）四（一）；平台规则（存量主体推送）",
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
    (
        "RecordRemedyStep",
        ("RECON", "COURT", *DECIDERS_OF_POSITION),
        "行政复议法第24、48条；行政诉讼法第14、67条",
        SINCE_REGISTRATION_LAW,
    ),
    (
        "OverturnDecision",
        ("RECON", "COURT", *DECIDERS_OF_POSITION),
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
    ("DraftDocument", PUBLIC, "行政处罚法第59条；平台规则（文书拟制）", SINCE_REGISTRATION_LAW),
    ("CheckDocument", PUBLIC, "平台规则（拟制、审核、批准三岗分设）", SINCE_REGISTRATION_LAW),
    ("ApproveDocument", PUBLIC, "行政处罚法第57条", SINCE_REGISTRATION_LAW),
    ("SealDocument", PUBLIC, "平台规则（文书定稿与散列）", SINCE_REGISTRATION_LAW),
    ("ServeDocument", PUBLIC, "行政处罚法第61条", SINCE_REGISTRATION_LAW),
    ("KeepEvidence", PUBLIC, "行政处罚法第46、47条", SINCE_REGISTRATION_LAW),
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
    (
        "TransferLead",
        PUBLIC,
        "平台规则（线索移送对象表）；行政处罚法第25条",
        SINCE_REGISTRATION_LAW,
    ),
    ("ReceiptLead", PUBLIC, "平台规则（DL-LEAD-01）", SINCE_REGISTRATION_LAW),
    ("AssessLead", PUBLIC, "平台规则（DL-LEAD-02）", SINCE_REGISTRATION_LAW),
    ("CheckBackground", BACKGROUND_CHECKERS, "平台规则（立即核查背景）", SINCE_REGISTRATION_LAW),
    ("DisposeLead", PUBLIC, "平台规则（DL-LEAD-04）", SINCE_REGISTRATION_LAW),
    (
        "DisposeLeadsOfCase",
        ("HRSS_INSP", "SAMR", "COM", "TWN"),
        "平台规则（LEAD-DISPOSED）",
        SINCE_REGISTRATION_LAW,
    ),
    (
        "ListForSupervision",
        SUPERVISORS,
        "辽宁省人力资源市场管理通知（2024-11-11）十；平台规则（挂牌督办）",
        SINCE_REGISTRATION_LAW,
    ),
    ("ReleaseFromSupervision", SUPERVISORS, "平台规则（挂牌督办）", SINCE_REGISTRATION_LAW),
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
    (
        "AnswerReferralQuestion",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第3条；平台规则（R07）",
        SINCE_REFERRAL_RULES,
    ),
    (
        "ProposeReferral",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第5条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "DecideReferral",
        ("HRSS", "SAMR", "COM", "DRC"),
        "行政执法机关移送涉嫌犯罪案件的规定第5条（正职负责人或者主持工作的负责人）",
        SINCE_REFERRAL_RULES,
    ),
    (
        "TransferReferral",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第5、6条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "RecordFilingNotice",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第8、9、12条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "RequestFilingReview",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第9条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "RecordFinalRefusal",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第9、10条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "HandOverMaterials",
        REFERRERS,
        "行政执法机关移送涉嫌犯罪案件的规定第12条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "ReceiptReferral",
        ("PSB",),
        "行政执法机关移送涉嫌犯罪案件的规定第7条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "ForwardReferral",
        ("PSB",),
        "行政执法机关移送涉嫌犯罪案件的规定第7条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "ExtendFilingReview",
        ("PSB",),
        "公安机关受理行政执法机关移送涉嫌犯罪案件规定（未经原文核对，可配置）",
        SINCE_REFERRAL_RULES,
    ),
    (
        "DecideFiling",
        ("PSB",),
        "行政执法机关移送涉嫌犯罪案件的规定第8条；刑事诉讼法第112条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "DecideFilingReview",
        ("PSB", "PROC"),
        "行政执法机关移送涉嫌犯罪案件的规定第9条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "DemandExplanation",
        ("PROC",),
        "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条；刑事诉讼法第113条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "ExplainRefusal",
        ("PSB",),
        "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "DemandFiling",
        ("PROC",),
        "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条；刑事诉讼法第113条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "RecordCriminalOutcome",
        ("PSB", "PROC", "COURT"),
        "行政执法机关移送涉嫌犯罪案件的规定第10、13条；行政处罚法第35条",
        SINCE_REFERRAL_RULES,
    ),
    (
        "RegisterOutlet",
        KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "PublishKeywords",
        KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "ScreenPosting",
        KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "JudgeHit",
        KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）二、四",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "RecordBadReviews",
        KEEPERS,
        "辽宁省人力资源市场管理通知（2024-11-11）七",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "RequestOnlineDisposal",
        ("HRSS", "HRSS_MKT"),
        "辽宁省人力资源市场管理通知（2024-11-11）二、三",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
    (
        "AnswerOnlineDisposal",
        ("CAC",),
        "网络招聘服务管理规定；辽宁省人力资源市场管理通知（2024-11-11）二、三",
        SINCE_ONLINE_RECRUITMENT_RULES,
    ),
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
    ("LinkMatters", PUBLIC, "平台规则（事项关联）", SINCE_REGISTRATION_LAW),
    ("DeclareDeadlineBreached", PUBLIC, "平台规则（时限逾期）", SINCE_REGISTRATION_LAW),
    ("DeclareDeliveryFault", PUBLIC, "平台规则（投递台账）", SINCE_REGISTRATION_LAW),
    ("DeclareDeliveryMended", PUBLIC, "平台规则（投递台账）", SINCE_REGISTRATION_LAW),
    (
        "ReadProtectedValue",
        VAULT_OWNERS,
        "个人信息保护法第34条；平台规则（个人信息查阅留痕）",
        SINCE_REGISTRATION_LAW,
    ),
    ("OpenFile", PUBLIC, "平台规则（文件查阅留痕）", SINCE_REGISTRATION_LAW),
    ("ErasePerson", VAULT_OWNERS, "个人信息保护法第47条", SINCE_REGISTRATION_LAW),
    *CAMPAIGN_POWERS,
    *MARKET_POWERS,
    *DELIVERY_POWERS,
)

POWERS: tuple[Power, ...] = tuple(
    Power(organ, name, basis, valid_from)
    for name, organs, basis, valid_from in _TABLE
    for organ in organs
)
"""Every power. For an automatic command the organ is the one whose rule gives it."""


def may(post: Post, command_name: str, target_region: str, on: date) -> Power:
    """The power by which a post gives a command in a region on a day, or a named refusal."""
    command = COMMANDS[command_name]
    if command.AUTOMATIC and not post.automatic:
        raise AutomaticOnly(command=command_name, command_zh=command.ZH)
    if post.automatic and not command.AUTOMATIC:
        raise OfficerMustDecide(command=command_name, command_zh=command.ZH, post=post.id)
    held = _held(command_name)
    own = [one for one in held if one.organ == post.organ]
    if not own:
        raise NoPower(
            organ=post.organ,
            organ_zh=ORGANS[post.organ].zh if post.organ in ORGANS else post.organ,
            command=command_name,
            command_zh=command.ZH,
            holders="、".join(one.organ for one in held),
        )
    standing = [one for one in own if one.in_force(on)]
    if not standing:
        raise PowerNotInForce(
            organ=post.organ, command=command_name, command_zh=command.ZH, on=on.isoformat()
        )
    check_territory(post, command_name, target_region)
    return standing[0]


@cache
def _held(command: str) -> tuple[Power, ...]:
    return tuple(one for one in POWERS if one.command == command)


def check_territory(post: Post, command_name: str, region: str) -> None:
    """Refuses a person's post outside its territory; rules act for the whole department.

    What is sent elsewhere lies in the territory of whoever receives it.
    """
    if command_name in SENDS_ELSEWHERE:
        return
    if not post.automatic and not covers(post.region, region):
        raise OutsideTerritory(
            post=post.id,
            region=post.region,
            target=region,
            command=command_name,
            command_zh=COMMANDS[command_name].ZH,
        )


def for_itself(post: Post, uscc: str) -> None:
    """Refuses a firm that acts for another firm; a firm's post is `AGENCY:<USCC>@<region>`."""
    if post.organ == "AGENCY" and post.id.split("@")[0] != f"AGENCY:{uscc}":
        raise NotOwnOrganisation(post=post.id, organisation=uscc)


def commands_of(organ: str, on: date) -> tuple[str, ...]:
    """The commands a person of an organ may give on a day, in table order: the menu."""
    return tuple(
        power.command
        for power in POWERS
        if power.organ == organ and power.in_force(on) and not COMMANDS[power.command].AUTOMATIC
    )
