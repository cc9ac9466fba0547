"""The words for the codes that fields take, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateways.web.codes import CODES, IN_FIELD
from gateways.web.field_names import FIELDS, GENERIC, IN_OWNER

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
    "target": ("所审查的决定（事件编号）", "Decision under review"),
    "target_event_id": ("更正的事实", "Fact corrected"),
    "remedy": ("复议诉讼编号", "Remedy"),
    "remedy_id": ("复议诉讼编号", "Remedy"),
    "event": ("更正的事实（事件编号）", "Fact to correct"),
    "overturn_id": ("审查结果编号", "Result of the review"),
    "decision_id": ("决定编号", "Decision"),
    "target_type": ("事实种类", "Kind of the fact"),
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
