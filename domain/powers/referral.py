"""Powers of a criminal referral: rows of the table of powers.

The administrative organ refers, the police decide on filing, the procuratorate supervises.
"""

from __future__ import annotations

from domain.powers.rows import Row
from domain.referral.facts import REFERRERS
from domain.statutes import SINCE_REFERRAL_RULES

REFERRAL_POWERS: tuple[Row, ...] = (
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
)
"""Powers from the question whether an act is a crime to what came of it."""
