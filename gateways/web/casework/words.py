"""The words for the states of leads, complaints, cases, referrals and disposals.

One code can mean different things in different lives: FILED is a filed case, and a referral
that the police opened a criminal case on. Each life therefore has its own table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Stand:
    """A state as people speak of it, and how it is marked; the words say it too."""

    zh: str
    en: str
    mark: str = "plain"


States = Mapping[str, Stand]

LEAD: States = {
    "TRANSFERRED": Stand("已移送，待签收", "Sent, not yet signed for", "warn"),
    "RECEIPTED": Stand("已签收，待研判", "Signed for, to be assessed", "time"),
    "RETURNED": Stand("已退回", "Returned", "bad"),
    "ASSESSED": Stand("已研判，办理中", "Assessed, being dealt with", "time"),
    "IN_CASE": Stand("已立案，办理中", "In a case, being dealt with", "time"),
    "COORDINATED": Stand("已提交协调", "Handed on for coordination", "time"),
    "DISPOSED": Stand("已处置", "Disposed of", "good"),
    "CLOSED_NO_ACTION": Stand("不予处理，已办结", "Closed without action"),
}
"""IN_CASE is no state of its own: a lead that a case was filed on before it was assessed."""
COMPLAINT: States = {
    "RECEIVED": Stand("待受理", "To be decided on", "time"),
    "INCOMPLETE": Stand("待补正", "To be completed", "warn"),
    "ACCEPTED": Stand("已受理", "Accepted", "good"),
    "REFUSED": Stand("不予受理", "Not accepted"),
    "REDIRECTED": Stand("已告知其他途径", "Directed elsewhere"),
}
CASE: States = {
    "FILED": Stand("已立案，调查中", "Filed, under investigation", "time"),
    "INVESTIGATED": Stand("调查终结", "Investigation concluded", "time"),
    "NOTIFIED": Stand("已告知", "Notice served", "time"),
    "HEARING": Stand("听证中", "Hearing", "time"),
    "DECIDED": Stand("已决定，待送达", "Decided, to be served", "time"),
    "SERVED": Stand("已送达，待履行", "Served, to be performed", "time"),
    "PERFORMED": Stand("已履行", "Performed", "good"),
    "CLOSED": Stand("已结案", "Closed", "good"),
    "REOPENED": Stand("重新办理", "Reopened", "warn"),
    "SUSPENDED": Stand("中止", "Suspended", "warn"),
    "SUSPENDED_PENDING_CRIMINAL": Stand("中止，待刑事结果", "Suspended for the police", "warn"),
}
PERIOD: States = {
    "EXTENDED": Stand("延长", "Extended"),
    "SUSPENDED": Stand("中止", "Suspended"),
    "RESUMED": Stand("恢复", "Resumed"),
}
PENALTY: States = {
    "DECIDED": Stand("已决定", "Decided", "time"),
    "SERVED": Stand("已送达", "Served", "time"),
    "PERFORMED": Stand("已履行", "Performed", "good"),
    "CHANGED": Stand("已变更", "Changed", "warn"),
    "OVERTURNED": Stand("已被纠正", "Overturned", "bad"),
}
PUBLICATION: States = {
    "APPROVED": Stand("已批准", "Approved", "time"),
    "REDACTED": Stand("已隐去个人信息", "Redacted", "time"),
    "PUBLISHED": Stand("已公开", "Published", "good"),
    "WITHDRAWN": Stand("已撤回", "Withdrawn"),
}
SUPERVISED: States = {
    "LISTED": Stand("挂牌督办中", "Listed", "warn"),
    "RELEASED": Stand("已解除", "Released", "good"),
}
REFERRAL: States = {
    "REPORTED": Stand("已提出，待负责人决定", "Proposed, to be decided", "time"),
    "NOT_APPROVED": Stand("不批准移送", "Not approved"),
    "APPROVED": Stand("已批准，待移送", "Approved, to be sent", "time"),
    "TRANSFERRED": Stand("已移送，待公安签收", "Sent, not yet signed for", "warn"),
    "RECEIPTED": Stand("公安已签收，审查中", "Signed for, under review", "time"),
    "FORWARDED": Stand("已转有管辖权公安机关", "Forwarded to the competent police", "time"),
    "NOT_FILED": Stand("不予立案", "Not filed", "bad"),
    "RECONSIDERING": Stand("复议中", "Being reconsidered", "time"),
    "UPHELD": Stand("复议维持不立案", "Refusal upheld", "bad"),
    "SUPERVISION": Stand("立案监督中", "Under filing supervision", "time"),
    "SUPERVISION_REJECTED": Stand("立案监督未获支持", "Supervision rejected", "bad"),
    "FILED": Stand("已立案侦查", "Criminal case opened", "good"),
    "HANDED_OVER": Stand("已立案，材料已移交", "Opened, materials handed over", "good"),
    "ENDED": Stand("已退回行政处理", "Back to the administrative case"),
}
QUESTION: States = {
    "OPEN": Stand("须判断", "To be asked", "warn"),
    "ANSWERED": Stand("已答复不移送", "Answered: not referred"),
    "PROPOSED": Stand("已提出移送", "Referral proposed", "good"),
}
"""The referral question of a finding (reference 8.5)."""

OUTLET: States = {
    "LISTED": Stand("已登记", "Registered"),
    "LIFTED": Stand("已解除处置", "Measure lifted", "good"),
    "LABELLED": Stand("已加标识", "Labelled", "warn"),
    "RECRUITMENT_SUSPENDED": Stand("已暂停招聘", "Recruitment suspended", "bad"),
    "ACCOUNT_CLOSED": Stand("已关闭账号", "Account closed", "bad"),
    "APP_REMOVED": Stand("已下架应用", "App removed", "bad"),
    "SITE_CLOSED": Stand("已关闭网站", "Site closed", "bad"),
}
HIT: States = {
    "FOUND": Stand("待甄别", "To be judged", "time"),
    "CONFIRMED": Stand("已确认", "Confirmed", "bad"),
    "DISMISSED": Stand("已排除", "Dismissed"),
}
DISPOSAL: States = {
    "OPEN": Stand("待网信部门答复", "Waiting for an answer", "time"),
    "TAKEN": Stand("已处置", "Measure taken", "good"),
    "DECLINED": Stand("不予处置", "Declined", "warn"),
    "LIFTED": Stand("已解除处置", "Measure lifted"),
}
RISK: States = {
    "YELLOW": Stand("黄色预警", "Yellow", "warn"),
    "ORANGE": Stand("橙色预警", "Orange", "warn"),
    "RED": Stand("红色预警", "Red", "bad"),
}
DOCUMENT: States = {
    "DRAFTED": Stand("已拟制，待审核", "Drafted", "time"),
    "CHECKED": Stand("已审核，待批准", "Checked", "time"),
    "SENT_BACK": Stand("已退回修改", "Sent back", "warn"),
    "APPROVED": Stand("已批准，待用印", "Approved", "time"),
    "SEALED": Stand("已用印", "Sealed", "good"),
    "SERVED": Stand("已送达", "Served", "good"),
}

REFERRAL_DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "D1": ("涉嫌犯罪案件移送书", "Letter of referral"),
    "D2": ("涉嫌犯罪案件情况的调查报告", "Investigation report"),
    "D3": ("涉案物品清单", "List of goods"),
    "D4": ("检验报告或者鉴定结论", "Test report or expert opinion"),
    "D5": ("其他有关涉嫌犯罪的材料", "Other materials"),
}
"""The documents of 行政执法机关移送涉嫌犯罪案件的规定 6, by their codes."""

SEVERITY: States = {
    "MIN": Stand("轻微", "Minor"),
    "GEN": Stand("一般", "General"),
    "SER": Stand("严重", "Serious", "warn"),
    "MAJ": Stand("重大", "Major", "bad"),
}
CRIMINAL: States = {
    "NO": Stand("否", "No"),
    "RARELY": Stand("极少", "Rarely"),
    "POSSIBLE": Stand("可能", "Possible", "warn"),
    "YES": Stand("须作移送判断", "Always asked", "bad"),
}
GROUPS: Mapping[str, tuple[str, str]] = {
    "LIC": ("市场准入", "Market access"),
    "CON": ("中介行为和收费", "Intermediaries and fees"),
    "INF": ("信息、歧视、数据", "Information, discrimination, data"),
    "ADM": ("行政义务", "Administrative duties"),
    "DSP": ("劳务派遣", "Labour dispatch"),
    "EMP": ("用人单位", "Employers"),
    "SAF": ("招聘会安全", "Safety of job fairs"),
    "FND": ("资金", "Funds"),
    "CRD": ("信用", "Credit"),
    "SEK": ("求职者", "Job seekers"),
    "PSO": ("治安", "Public order"),
    "FEC": ("对外承包工程", "Contracting abroad"),
    "FSC": ("对外劳务合作", "Foreign labour cooperation"),
    "FUL": ("无资格外派劳务", "Labour abroad without qualification"),
}
"""The groups of the violation catalogue, in its order."""

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "HR_AGENCY": ("人力资源服务机构", "HR agency"),
    "EMPLOYER": ("用人单位", "Employer"),
    "ANY": ("任何单位和个人", "Anybody"),
    "FLC_ENTERPRISE": ("对外劳务合作企业", "Foreign labour cooperation enterprise"),
    "UNLICENSED_OPERATOR": ("无证经营者", "Unlicensed operator"),
    "ONLINE_PLATFORM": ("网络招聘平台", "Online platform"),
    "OVERSEAS_CONTRACTOR": ("对外承包工程企业", "Contractor abroad"),
    "DISPATCH_UNIT": ("劳务派遣单位", "Dispatch unit"),
    "JOB_FAIR_ORGANISER": ("招聘会举办者", "Organiser of job fairs"),
    "JOB_SEEKER": ("求职者", "Job seeker"),
    "USER_UNIT": ("用工单位", "User unit"),
    "INDIVIDUAL": ("个人", "Individual"),
}
"""Who a violation is addressed to."""
