"""The words for where campaigns, reports, forms, tasks, problems and board entries stand."""

from __future__ import annotations

from gateways.web.casework.words import Stand, States

CAMPAIGN: States = {
    "OPEN": Stand("进行中", "Running", "time"),
    "CLOSED": Stand("已结束", "Over", "good"),
}
REPORT: States = {
    "DUE": Stand("待报送", "To come", "time"),
    "OVERDUE": Stand("逾期未报", "Overdue", "bad"),
    "ON_TIME": Stand("按时报送", "In time", "good"),
    "LATE": Stand("迟报", "Late", "warn"),
    "CLOSED": Stand("阶段已结束，未报", "Phase closed, never came", "bad"),
}
FORM: States = {
    "PREPARED": Stand("已编制，待审核", "Prepared, to be checked", "time"),
    "CHECKED": Stand("已审核，待签批", "Checked, to be approved", "time"),
    "SENT_BACK": Stand("已退回", "Sent back", "warn"),
    "APPROVED": Stand("已签批，待报送", "Approved, to be submitted", "time"),
    "SUBMITTED": Stand("已报送", "Submitted", "good"),
}
TASK: States = {
    "TO_DO": Stand("未开始", "To do"),
    "DOING": Stand("进行中", "Doing", "time"),
    "DONE": Stand("已完成", "Done", "good"),
}
CHASE: States = {
    "OPEN": Stand("待答复", "To be answered", "time"),
    "ANSWERED": Stand("已答复", "Answered", "good"),
}
PROBLEM: States = {
    "OPEN": Stand("整改中", "Being solved", "time"),
    "REPORTED_UP": Stand("已上报", "Told to the issuer", "warn"),
    "SETTLED": Stand("已办结", "Settled", "good"),
}
PROBLEM_CLASS: States = {
    "SOLVE_AT_ONCE": Stand("立行立改", "To be solved at once"),
    "NEEDS_RULE": Stand("需建章立制", "In need of a rule"),
    "CANNOT_YET": Stand("一时难以解决", "Not to be solved yet", "warn"),
}
"""The three classes of problems, in the order of the plan."""

BOARD: States = {
    "RED_BOARD": Stand("红榜", "Red board", "good"),
    "BLACK_BOARD": Stand("黑榜", "Black board", "bad"),
}
ENTRY: States = {
    "NOMINATED": Stand("已提名，待审核", "Nominated, to be checked", "time"),
    "AGREED": Stand("审核同意，待公示", "Agreed to, to be shown", "time"),
    "REFUSED": Stand("审核未同意", "Not agreed to"),
    "SHOWN": Stand("公示中", "Shown", "good"),
    "ENDED": Stand("公示期满", "Its time is over"),
    "WITHDRAWN": Stand("已撤下", "Withdrawn"),
}
MERIT: States = {
    "GOOD": Stand("好", "Good", "good"),
    "FAIR": Stand("一般", "Fair"),
    "POOR": Stand("差", "Poor", "bad"),
}
YEAR: States = {
    "SUBMITTED": Stand("已报送，未公示", "Submitted, not public", "warn"),
    "DISCLOSED": Stand("已公示", "Public", "good"),
    "MISSING": Stand("尚未报送", "Not submitted yet", "warn"),
}
WORK: States = {
    "GUIDANCE": Stand("企业用工指导督促", "Guidance of employers"),
    "PUBLICITY": Stand("宣传培训", "Publicity and training"),
    "ASSOCIATION": Stand("行业协会活动", "Associations' activities"),
    "REGIME": Stand("管理制度", "Management regime"),
    "MODEL": Stand("诚信服务示范机构", "Model agency"),
}
ROLE: States = {
    "HR": Stand("人力资源服务机构", "HR agency"),
    "DISPATCH": Stand("劳务派遣单位", "Dispatch firm"),
}
"""The two kinds of unit that the form counts."""
