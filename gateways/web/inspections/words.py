"""The words for the states of plans, draws and inspections, and for what an inspection found."""

from __future__ import annotations

from domain.draw.classes import MARKS
from gateways.web.casework.words import Stand, States
from gateways.web.rendering import Words

PLAN: States = {
    "DRAFTED": Stand("已拟定，待市场监管审核", "Drafted, to be audited", "time"),
    "PASSED": Stand("审核通过，待批准", "Passed the audit, to be approved", "time"),
    "REFUSED": Stand("审核未通过", "Refused by the audit", "bad"),
    "APPROVED": Stand("已批准，待抽取", "Approved, to be drawn", "time"),
    "DRAWN": Stand("已抽取", "Drawn", "good"),
}
DRAW: States = {
    "OPENED": Stand("名录已冻结，待双方承诺", "Population frozen, both to commit", "time"),
    "COMMITTED": Stand("双方已承诺，待核验托管", "Both committed, deposits to be checked", "time"),
    "CHECKED": Stand("托管无误，待双方揭示", "Deposits good, both to reveal", "time"),
    "REVEALED": Stand("密值已全部揭示，待抽取", "Secrets out, to be drawn", "time"),
    "EXECUTED": Stand("已抽取", "Drawn", "good"),
    "VOIDED": Stand("已作废", "Voided", "bad"),
}
DRAW_KIND: States = {
    "OBJECTS": Stand("检查对象", "Objects"),
    "INSPECTORS": Stand("检查人员", "Inspectors"),
    "REPLACEMENT": Stand("替补人员", "Replacement"),
}
TASK: States = {
    "SENT": Stand("已下派，待认领", "Sent down, to be claimed", "time"),
    "CLAIMED": Stand("已认领，待派发或匹配", "Claimed, to be dispatched or matched", "time"),
    "DISPATCHED": Stand("已派发，待匹配检查组", "Dispatched, team to be matched", "time"),
    "MATCHED": Stand("检查组已匹配，待检查", "Team matched, to be inspected", "time"),
    "RECUSED": Stand(
        "有人员回避，待抽取替补", "Somebody recused, a replacement to be drawn", "warn"
    ),
    "OPENED": Stand("已批准，待检查", "Approved, to be inspected", "time"),
    "INSPECTED": Stand("已录入结果", "Result on record", "good"),
    "PUBLISHED": Stand("结果已公开", "Result published", "good"),
}
CATEGORY: States = {
    "NO_PROBLEM": Stand("未发现问题", "No problem found", "good"),
    "BUSINESS_NOT_FOUND": Stand(
        "未发现开展本次抽查涉及的经营活动", "No such business found", "plain"
    ),
    "INFO_NOT_DISCLOSED": Stand(
        "未按规定公示其他应当公示的信息", "Information not disclosed", "warn"
    ),
    "ANNUAL_REPORT_NOT_DISCLOSED": Stand(
        "未按规定公示年度报告", "Annual report not disclosed", "warn"
    ),
    "CORRECTION_ORDERED": Stand("发现问题已责令改正", "Correction ordered", "warn"),
    "UNREACHABLE": Stand(
        "通过登记的住所（经营场所）无法联系", "Unreachable at the registered address", "bad"
    ),
    "INFO_FALSE": Stand("公示信息隐瞒真实情况、弄虚作假", "Information concealed or false", "bad"),
    "UNCOOPERATIVE": Stand("不配合检查情节严重", "Seriously uncooperative", "bad"),
    "PENDING_FOLLOW_UP": Stand("发现问题待后续处理", "Problem to be pursued", "bad"),
}
"""Results from the least to the most serious (reference 6.3)."""

KIND: States = {
    "DOUBLE_RANDOM": Stand("双随机、一公开", "Double random"),
    "TARGETED": Stand("针对性检查", "Targeted"),
    "DAILY": Stand("日常监督检查", "Daily supervision"),
    "WRITTEN_REVIEW": Stand("劳动保障书面审查", "Written review"),
    "KEY": Stand("重点监管", "Key supervision"),
    "COMMITMENT_CHECK": Stand("告知承诺核查", "Commitment check"),
    "ONLINE_PATROL": Stand("线上巡查", "Online patrol"),
    "FAIR_PATROL": Stand("招聘现场巡查", "Job-fair patrol"),
    "COVERT": Stand("明察暗访", "Covert"),
    "PREFECTURE_SPOT": Stand("州级专项抽查", "Prefecture spot check"),
}
GROUND: States = {
    "OWN_INTEREST": Stand("本人有利害关系", "Own interest"),
    "RELATIVE": Stand("近亲属有利害关系", "A relative's interest"),
    "OTHER_RELATION": Stand("其他可能影响公正的关系", "Another relation"),
}
PREDICATE: States = {
    "EIGHT_PHRASES": Stand("经营范围含八类字样的市场主体", "Scope with one of the eight phrases"),
    "LICENSED": Stand("持证机构", "Licensed agencies"),
    "SCOPE_WITHOUT_LICENCE": Stand("有经营范围而无许可、备案", "Scope without a licence"),
}
MODE: States = {
    "DIRECTED": Stand("定向", "Directed"),
    "UNDIRECTED": Stand("不定向", "Undirected"),
}
AVAILABLE: States = {
    "HERE": Stand("可派", "May be sent", "good"),
    "AWAY": Stand("不在岗", "Away", "warn"),
    "EXPIRED": Stand("执法证已过期", "Certificate expired", "bad"),
    "LEFT": Stand("已退出名录", "Left the register", "bad"),
}
"""Whether an inspector may be sent to a subject today."""

ENTRY: States = {
    "ENTERED": Stand("已列入", "Entered", "bad"),
    "REMOVED": Stand("已移出", "Removed", "good"),
}
LEVEL: States = {
    "BLUE": Stand("蓝色预警", "Blue", "plain"),
    "YELLOW": Stand("黄色预警", "Yellow", "warn"),
    "ORANGE": Stand("橙色预警", "Orange", "warn"),
    "RED": Stand("红色预警", "Red", "bad"),
}
TAGS: States = {
    "LICENSED": Stand("有许可", "Licensed"),
    "UNLICENSED": Stand("无许可或备案", "Neither licensed nor filed"),
    "DISPATCH": Stand("劳务派遣", "Dispatch"),
    "FILED": Stand("已备案", "Filed"),
    "ONLINE": Stand("网络招聘", "Online recruitment"),
    "COMMITMENT": Stand("告知承诺", "By commitment"),
    "KEY": Stand("重点监管", "Key supervision"),
    "ABNORMAL": Stand("异常名录", "Abnormal list"),
    "PLACE": Stand("场所", "Place"),
    **{one.code: Stand(one.zh, one.en) for one in MARKS.values()},
}
"""What a plan may stratify an object by."""


def tag(code: str, language: Words) -> str:
    """A tag in words; a tag that has none yet as it stands."""
    return language.label(TAGS[code]) if code in TAGS else language.code(code)
