"""The words for the codes that fields take, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CODES: dict[str, tuple[str, str]] = {
    "ENTERPRISE": ("企业", "Enterprise"),
    "SELF_EMPLOYED": ("个体工商户", "Self-employed"),
    "COOPERATIVE": ("农民专业合作社", "Cooperative"),
    "SOCIAL_ORGANISATION": ("社会组织", "Social organisation"),
    "PUBLIC_INSTITUTION": ("事业单位", "Public institution"),
    "NAME": ("名称", "Name"),
    "ADDRESS": ("住所", "Address"),
    "LEGAL_REP": ("法定代表人", "Legal representative"),
    "SCOPE": ("经营范围", "Business scope"),
    "CANCELLED": ("注销登记", "Registration cancelled"),
    "BUSINESS_LICENCE_REVOKED": ("吊销营业执照", "Business licence revoked"),
    "PUSHED": ("已推送", "Pushed"),
    "CLAIMED": ("已认领", "Claimed"),
    "GUIDED": ("已指引", "Guidance issued"),
    "DISPOSED": ("已办结", "Disposed"),
    "LICENSED": ("已取得许可", "Licensed"),
    "FILED": ("已备案", "Filed"),
    "NOT_OPERATING": ("未实际经营", "Not operating"),
    "OUT_OF_SCOPE": ("不属于许可备案事项", "Out of scope"),
    "LEAD_OPENED": ("转为线索", "Lead opened"),
    "LIC_HRS": ("人力资源服务许可证", "HR service licence"),
    "LIC_DISPATCH": ("劳务派遣经营许可证", "Labour dispatch licence"),
    "QUAL_FLC": ("对外劳务合作经营资格", "Foreign labour cooperation qualification"),
    "PERMIT_EVENT": ("大型活动许可", "Event permit"),
    "GENERAL": ("一般程序", "General procedure"),
    "COMMITMENT": ("告知承诺", "By commitment"),
    "ACCEPTED": ("受理", "Accepted"),
    "COMPLETION_REQUESTED": ("一次性告知补正", "Completion requested"),
    "NOT_ACCEPTED": ("不予受理", "Not accepted"),
    "DENIED": ("不予许可", "Denied"),
    "WITHDRAWN": ("撤回", "Withdrawn"),
    "CHANGED": ("变更", "Changed"),
    "RENEWED": ("延续", "Renewed"),
    "REPLACED": ("补发、换发", "Replaced"),
    "SUSPENDED": ("暂停", "Suspended"),
    "RESUMED": ("恢复", "Resumed"),
    "PASSED": ("通过", "Passed"),
    "FAILED": ("未通过", "Failed"),
    "PAPER": ("纸质", "Paper"),
    "ELECTRONIC": ("电子", "Electronic"),
    "FALSE_COMMITMENT": ("虚假承诺", "False commitment"),
    "CONDITIONS_NOT_MET": ("不符合许可条件", "Conditions not met"),
    "FRAUD_OR_BRIBERY": ("欺骗、贿赂取得", "Fraud or bribery"),
    "OFFICIAL_ERROR": ("行政机关过错", "Official error"),
    "EXPIRED": ("有效期届满", "Expired"),
    "ANNULLED": ("已撤销", "Annulled"),
    "REVOKED": ("已吊销", "Revoked"),
    "DEREGISTERED": ("已注销", "Deregistered"),
    "SUBJECT_ENDED": ("主体终止", "Subject ended"),
    "VOLUNTARY": ("自愿申请", "Voluntary"),
    "CORRECTED": ("已改正", "Corrected"),
    "NOT_CORRECTED": ("未改正", "Not corrected"),
    "REFUSED": ("拒不改正", "Refused to correct"),
    "FIL_HRS": ("人力资源服务备案", "HR service filing"),
    "BRANCH": ("分支机构报告", "Branch"),
    "CHANGE": ("变更报告", "Change"),
    "ENDING": ("终止报告", "Ending"),
    "PUSH": ("推送", "Push"),
    "WITHDRAW": ("撤回", "Withdraw"),
    "LICENCE_GRANTED": ("准予许可", "Licence granted"),
    "LICENCE_ANNULLED": ("撤销许可", "Licence annulled"),
    "LICENCE_REVOKED": ("吊销许可", "Licence revoked"),
    "RECORDED": ("已记入", "Recorded"),
    "GRANTED": ("有效", "In force"),
    "IN_FORCE": ("有效", "In force"),
    "APPLIED": ("已申请", "Applied"),
    "RETURNED_FOR_COMPLETION": ("待补正", "Returned for completion"),
    "NONE": ("无", "None"),
    "OPEN": ("进行中", "Open"),
    "CLOSED": ("已结束", "Closed"),
    "RUNNING": ("计时中", "Running"),
    "FULFILLED": ("按期完成", "Done in time"),
    "FULFILLED_LATE": ("逾期完成", "Done late"),
    "MISSED": ("逾期未办", "Missed"),
    "LAPSED": ("期满", "Lapsed"),
    "OUTSIDE": ("期间已过", "Ran out"),
    "DEEMED": ("视为作出", "Deemed"),
    "MOOT": ("不再需要", "Moot"),
    "PENDING": ("待核查", "Pending"),
    "NOT_APPLICABLE": ("不适用", "Not applicable"),
    "REGISTERED": ("存续", "Registered"),
    "BLUE": ("蓝色", "Blue"),
    "YELLOW": ("黄色", "Yellow"),
    "ORANGE": ("橙色", "Orange"),
    "RED": ("红色", "Red"),
    "OFFICE": ("机关", "Public organ"),
    "PARTY": ("当事人", "Party"),
    "DRAFTED": ("已拟制", "Drafted"),
    "SENT_BACK": ("已退回修改", "Sent back"),
    "CHECKED": ("已审核", "Checked"),
    "APPROVED": ("已批准", "Approved"),
    "SEALED": ("已用印", "Sealed"),
    "SERVED": ("已送达", "Served"),
    "ON_THE_SPOT": ("当场交付", "On the spot"),
    "DIRECT": ("直接送达", "Direct"),
    "LEFT": ("留置送达", "Left at the place"),
    "MAIL": ("邮寄送达", "By mail"),
    "PUBLIC_NOTICE": ("公告送达", "By public notice"),
    "DISCOVERY": ("发现线索", "Discovery"),
    "PENALTY_LEAD": ("涉行政处罚线索", "Penalty lead"),
    "OUTCOME_NOTICE": ("处理结果反馈", "Outcome notice"),
    "PUBLIC_ORDER": ("涉治安线索", "Public-order lead"),
    "REQUEST_TO_DEAL": ("提请查处", "Request to deal with it"),
    "REVOCATION_REQUEST": ("提请吊销营业执照", "Request to revoke a business licence"),
    "UPWARD": ("上报", "Upward"),
    "ASSIGNMENT": ("交办", "Assignment"),
    "DISCOVER": ("发现", "Discover"),
    "ASSESS": ("研判", "Assess"),
    "COORDINATE": ("协调", "Coordinate"),
    "DISPOSE": ("处置", "Dispose"),
    "INSPECTION": ("监督检查", "Inspection"),
    "MONITORING": ("监测", "Monitoring"),
    "COMPLAINT": ("投诉", "Complaint"),
    "REPORT": ("举报", "Report"),
    "MEDIA": ("媒体舆情", "Media"),
    "BAD_REVIEWS": ("不良评价", "Bad reviews"),
    "OTHER_ORGAN": ("其他机关", "Another organ"),
    "SUPERIOR": ("上级机关", "Superior"),
    "RETURNED": ("退回", "Returned"),
    "HANDLE": ("处理", "Deal with it"),
    "NO_ACTION": ("不予处理", "No action"),
    "CASE_CLOSED": ("案件办结", "Case closed"),
    "REFERRED": ("已移送公安机关", "Referred"),
    "REGISTRATION_CHANGED": ("登记已变更或吊销", "Registration changed"),
    "LISTED": ("挂牌督办", "Listed"),
    "RELEASED": ("解除督办", "Released"),
    "REMINDER": ("提示约谈", "Reminder"),
    "WARNING": ("警示、警告", "Warning"),
    "TRANSFERRED": ("已移送", "Transferred"),
    "RECEIPTED": ("已签收", "Signed for"),
    "ASSESSED": ("已研判", "Assessed"),
    "COORDINATED": ("协调中", "Being coordinated"),
    "CLOSED_NO_ACTION": ("不予处理办结", "Closed without action"),
}
"""Each code with its label; the same code means the same wherever it stands."""

FIELDS: dict[str, tuple[str, str]] = {
    "about": ("所依据的事件", "Event it is about"),
    "application": ("申请编号", "Application"),
    "application_id": ("申请编号", "Application"),
    "basis": ("依据编号", "Basis"),
    "because": ("关联原因", "Why they are linked"),
    "calendar_version": ("日历版本", "Calendar version"),
    "clock": ("时限编号", "Clock"),
    "clock_id": ("时限编号", "Clock"),
    "code": ("时限代码", "Code of the term"),
    "concerns": ("涉及的记录", "Record concerned"),
    "entries": ("名录条数", "Entries"),
    "entries_hash": ("名录摘要", "Digest of the entries"),
    "filing_id": ("备案编号", "Filing"),
    "finding_id": ("违法认定编号", "Finding"),
    "full_time_staff": ("专职工作人员人数", "Full-time staff"),
    "how": ("改正情况", "How it was corrected"),
    "licence": ("许可编号", "Licence"),
    "licence_id": ("许可编号", "Licence"),
    "mapping_version": ("关键词表版本", "Version of the keyword table"),
    "matter": ("事项编号", "Matter"),
    "one": ("事项", "Matter"),
    "order": ("责令改正编号", "Order to correct"),
    "order_id": ("责令改正编号", "Order to correct"),
    "other": ("关联的事项", "Linked matter"),
    "owner": ("负责机关", "Owner"),
    "penalty_decision_id": ("处罚决定编号", "Penalty decision"),
    "purpose": ("用途", "Purpose"),
    "push": ("推送编号", "Push"),
    "push_event": ("推送事件", "Push event"),
    "push_id": ("推送编号", "Push"),
    "record_id": ("信用记录编号", "Credit record"),
    "registration_event": ("登记事件", "Registration event"),
    "remark": ("备注", "Remark"),
    "rule": ("规则", "Rule"),
    "rule_version": ("规则版本", "Rule version"),
    "scope": ("业务范围", "Scope"),
    "snapshot_id": ("名录编号", "Snapshot"),
    "source_event": ("起因事件", "Source event"),
    "subject": ("对象", "Subject"),
    "what": ("内容", "What"),
    "where": ("地点", "Where"),
    "to_region": ("转往地区", "To region"),
    "lead": ("线索编号", "Lead"),
    "lead_id": ("线索编号", "Lead"),
    "summary": ("线索内容", "Summary"),
    "returned_to": ("有管辖权的机关", "Competent organ"),
    "returned_region": ("有管辖权机关的地区", "Where it acts"),
    "grounds": ("研判依据", "Grounds"),
    "points": ("约谈要点", "Points"),
    "to_organ": ("接收机关", "Receiving organ"),
    "from_organ": ("移送机关", "Sending organ"),
    "from_region": ("移送机关地区", "Sender's territory"),
    "responsible_organ": ("责任单位", "Responsible organ"),
    "responsible_region": ("责任单位地区", "Its territory"),
    "listing_id": ("督办编号", "Listing"),
    "warning_id": ("预警编号", "Warning"),
    "interview_id": ("约谈编号", "Interview"),
}
"""Labels of fields whose schema names only their kind (an identifier, a text, a number)."""

GENERIC = frozenset({"Identifier", "Text", "Persons", "Reason", "Catalogue code", "SHA-256 digest"})
"""Titles that say what kind of value a field takes, not what it is of."""

GOOD = frozenset(
    {
        "GRANTED",
        "IN_FORCE",
        "PASSED",
        "FULFILLED",
        "DISPOSED",
        "CORRECTED",
        "RECORDED",
        "SEALED",
        "SERVED",
    }
)
BAD = frozenset(
    {"ANNULLED", "REVOKED", "DEREGISTERED", "FAILED", "MISSED", "FULFILLED_LATE", "NOT_CORRECTED"}
)
WAITING = frozenset({"SUSPENDED", "EXPIRED", "PENDING", "RETURNED_FOR_COMPLETION", "PUSHED"})


def label_of(code: object, language: str) -> str:
    """The label of a code, or the code itself where it has none."""
    found = CODES.get(str(code))
    if found is None:
        return "—" if code is None else str(code)
    return found[0] if language == "zh" else found[1]


def field_label(name: str, part: Mapping[str, Any]) -> tuple[str, str]:
    """A field's label, Chinese and English: its schema's, unless that names only a kind."""
    title = str(part.get("title") or "")
    if name in FIELDS and (not title or title in GENERIC):
        return FIELDS[name]
    return str(part.get("x-zh") or name), title or name


def mark_of(code: object) -> str:
    """How a state is marked; the words say it too, never the colour alone."""
    text = str(code)
    if text in GOOD:
        return "good"
    if text in BAD:
        return "bad"
    return "warn" if text in WAITING else "plain"
