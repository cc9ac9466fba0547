"""Campaigns: what the issuer orders, what each reporting unit does (reference 10.1; 楚雄州实施方案).

1. A campaign counts from its effective day, which may lie before the notice that orders it.
2. Its deadlines are fixed dates: they never roll to a working day. Late is what was recorded
   after 24:00 of the day.
3. Problems have three classes: solved at once, in need of a rule, not solvable yet.
4. The red and black boards are the campaign's publicity, never the statutory list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import (
    Code,
    Digest,
    DocumentNumber,
    FileRef,
    Identifier,
    OrganCode,
    PostId,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)

_CODE = r"^[A-Z][A-Z0-9_-]{0,39}$"
CampaignCode = Annotated[
    str, Term(zh="专项行动代码", en="Code of the campaign", pattern=_CODE, example="CX-2021")
]
PhaseCode = Annotated[str, Term(zh="阶段代码", en="Phase", pattern=_CODE, example="CX-P1")]
ReportCode = Annotated[str, Term(zh="报送代码", en="Report", pattern=_CODE, example="INTERIM")]

ISSUERS = ("HRSS",)
"""Organs that launch a campaign and lead it."""

UNITS = ("HRSS", "HRSS_MKT", "HRSS_INSP")
"""Organs that act for a reporting unit (各县市人力资源和社会保障局)."""


class ReportKind(StrEnum):
    """What a unit reports (reference 10.1)."""

    ACTION_PLAN = "ACTION_PLAN"
    SELF_CHECK = "SELF_CHECK"
    INTERIM = "INTERIM"
    FINAL = "FINAL"
    STAT_TABLE = "STAT_TABLE"
    RED_BLACK_LIST = "RED_BLACK_LIST"
    CREDIT_SUMMARY = "CREDIT_SUMMARY"
    MODEL_LIST = "MODEL_LIST"
    BRIEFING_INPUT = "BRIEFING_INPUT"
    CIRCULAR = "CIRCULAR"


class Progress(StrEnum):
    """How far a task of the list is (挂图作战)."""

    TO_DO = "TO_DO"
    DOING = "DOING"
    DONE = "DONE"


class ProblemClass(StrEnum):
    """What a problem asks for (实施方案五（二）)."""

    SOLVE_AT_ONCE = "SOLVE_AT_ONCE"
    NEEDS_RULE = "NEEDS_RULE"
    CANNOT_YET = "CANNOT_YET"


class Board(StrEnum):
    """The campaign's boards (红黑榜公示)."""

    RED_BOARD = "RED_BOARD"
    BLACK_BOARD = "BLACK_BOARD"


class BoardAction(StrEnum):
    """What happened to a board's entry."""

    SHOWN = "SHOWN"
    WITHDRAWN = "WITHDRAWN"


class Merit(StrEnum):
    """How the issuer judges a unit's work."""

    GOOD = "GOOD"
    FAIR = "FAIR"
    POOR = "POOR"


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A phase of a campaign (阶段); a day left out is not said by the notice."""

    code: PhaseCode
    zh: ShortText
    starts_on: Annotated[date | None, Term(zh="开始", en="Starts on")] = None
    ends_on: Annotated[date | None, Term(zh="结束", en="Ends on")] = None


@dataclass(frozen=True, kw_only=True)
class ReportDue:
    """A report that each unit owes by a fixed date."""

    code: ReportCode
    kind: Annotated[ReportKind, Term(zh="报送种类", en="Kind of report")]
    phase: PhaseCode
    due: Annotated[date, Term(zh="截止日期", en="Due")]


@dataclass(frozen=True, kw_only=True)
class GroupMember:
    """A post of the working group (专项整治工作小组) and what it answers for."""

    post: PostId
    duty: ShortText


@dataclass(frozen=True, kw_only=True)
class VisitFinding:
    """What an upper level's visit found in a unit, and by when it wants an answer."""

    number: Annotated[int, Term(zh="序号", en="Number", minimum=1)]
    what: Reason
    answer_by: Annotated[date | None, Term(zh="反馈期限", en="Answer by")] = None


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row of the statistics form: two kinds of unit and both together, a number, or 是/否.

    Rows of two kinds carry `hr`, `disp` and `distinct`; rows of a number `number`; rows of
    是/否 `answer`, and for a superior unit `yes_below`, the number of its units that say 是;
    rows of another form `attached`.
    """

    row: Annotated[int, Term(zh="行号", en="Row", minimum=1, maximum=200)]
    hr: Annotated[int | None, Term(zh="人力资源服务机构", en="HR agencies", minimum=0)] = None
    disp: Annotated[int | None, Term(zh="劳务派遣单位", en="Dispatch firms", minimum=0)] = None
    distinct: Annotated[int | None, Term(zh="不重复合计", en="Distinct", minimum=0)] = None
    number: Annotated[int | None, Term(zh="数量", en="Number", minimum=0)] = None
    answer: Annotated[bool | None, Term(zh="是否", en="Yes or no")] = None
    yes_below: Annotated[int | None, Term(zh="下级答“是”数", en="Units with yes", minimum=0)] = None
    attached: FileRef | None = None


ReportYear = Annotated[
    int | None,
    Term(
        zh="年度报告年份",
        en="Year of annual reports",
        minimum=2000,
        maximum=2200,
        example="2020",
    ),
]
Phases = Annotated[tuple[Phase, ...], Term(zh="阶段", en="Phases", min_items=1)]
ReportsOwed = Annotated[tuple[ReportDue, ...], Term(zh="报送要求", en="Reports owed")]
Units = Annotated[tuple[RegionCode, ...], Term(zh="报送单位", en="Units", min_items=1)]
WorkingGroup = Annotated[tuple[GroupMember, ...], Term(zh="工作小组", en="Working group")]
StatisticsForm = Annotated[Code | None, Term(zh="统计表式", en="Statistics form")]


@fact(
    "campaign.launched.v1",
    family="campaign",
    organs=ISSUERS,
    zh="专项行动部署",
    en="Campaign launched",
    source=CAMPAIGN_PLAN,
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class CampaignLaunched(Fact):
    """A campaign: who orders it, on what basis, its phases, its units and what they owe."""

    campaign_id: Identifier
    code: CampaignCode
    title: ShortText
    region: RegionCode
    legal_basis: Reason
    document_no: DocumentNumber
    issued_on: Annotated[date, Term(zh="印发日期", en="Issued on")]
    effective_from: Annotated[date, Term(zh="起始日期", en="Effective from")]
    ends_on: Annotated[date | None, Term(zh="结束日期", en="Ends on")] = None
    report_year: ReportYear = None
    phases: Phases
    reports: ReportsOwed = ()
    units: Units
    group: WorkingGroup = ()
    indicators: StatisticsForm = None


@fact(
    "campaign.report_expected.v1",
    family="campaign",
    organs=ISSUERS,
    zh="报送任务下达",
    en="Report expected",
    source=f"{CAMPAIGN_PLAN}；平台规则（R20）",
)
@dataclass(frozen=True, kw_only=True)
class ReportExpected(Fact):
    """A unit owes a report by a fixed date; the date does not roll."""

    campaign_id: Identifier
    unit: RegionCode
    code: ReportCode
    kind: Annotated[ReportKind, Term(zh="报送种类", en="Kind of report")]
    phase: PhaseCode
    due: Annotated[date, Term(zh="截止日期", en="Due")]


@fact(
    "campaign.phase_closed.v1",
    family="campaign",
    organs=ISSUERS,
    zh="阶段结束",
    en="Phase closed",
    source=CAMPAIGN_PLAN,
)
@dataclass(frozen=True, kw_only=True)
class PhaseClosed(Fact):
    """The issuer closed a phase: reports of it are no longer taken."""

    campaign_id: Identifier
    phase: PhaseCode
    closed_on: Annotated[date, Term(zh="结束日期", en="Closed on")]
    remark: Reason | None = None


@fact(
    "campaign.report_submitted.v1",
    family="campaign",
    organs=(*UNITS, "ASSOC"),
    zh="专项行动报送",
    en="Campaign report submitted",
    source=CAMPAIGN_PLAN,
)
@dataclass(frozen=True, kw_only=True)
class ReportSubmitted(Fact):
    """A unit reported to its superior, in time or late; a circular goes down to the units.

    A statistics form names its table and the hash of its content; `amends` names the report
    that this one replaces, which stands beside it for ever.
    """

    report_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    code: ReportCode
    kind: Annotated[ReportKind, Term(zh="报送种类", en="Kind of report")]
    phase: PhaseCode | None = None
    as_of: Annotated[datetime | None, Term(zh="统计截止时间", en="As of")] = None
    due: Annotated[date | None, Term(zh="截止日期", en="Due")] = None
    on_time: Annotated[bool, Term(zh="按时", en="On time")] = True
    text: Reason | None = None
    attachments: Annotated[tuple[FileRef, ...], Term(zh="附件", en="Attachments")] = ()
    document_id: Identifier | None = None
    table_id: Identifier | None = None
    content_hash: Digest | None = None
    amends: Identifier | None = None
    because: Reason | None = None
    to_units: Annotated[tuple[RegionCode, ...], Term(zh="发至单位", en="Sent to units")] = ()


@fact(
    "campaign.table_prepared.v1",
    family="campaign",
    organs=UNITS,
    zh="统计表编制",
    en="Statistics form prepared",
    source="楚雄州劳务中介专项整治行动量化统计表",
)
@dataclass(frozen=True, kw_only=True)
class TablePrepared(Fact):
    """A unit's form as the facts made it at a moment: its rows and the hash of its content."""

    table_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    form: Code
    as_of: Annotated[datetime, Term(zh="统计截止时间", en="As of")]
    rows: Annotated[tuple[TableRow, ...], Term(zh="各行数据", en="Rows", min_items=1)]
    content: FileRef
    prepared_by: PostId
    amends: Identifier | None = None
    because: Reason | None = None


@fact(
    "campaign.table_checked.v1",
    family="campaign",
    organs=UNITS,
    zh="统计表审核",
    en="Statistics form checked",
    source="楚雄州劳务中介专项整治行动量化统计表（负责人）",
)
@dataclass(frozen=True, kw_only=True)
class TableChecked(Fact):
    """Another post than the preparer's agreed to the form, or sent it back."""

    table_id: Identifier
    unit: RegionCode
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")]
    checked_by: PostId
    reason: Reason | None = None


@fact(
    "campaign.table_approved.v1",
    family="campaign",
    organs=UNITS,
    zh="统计表签批",
    en="Statistics form approved",
    source="楚雄州劳务中介专项整治行动量化统计表（分管领导）",
)
@dataclass(frozen=True, kw_only=True)
class TableApproved(Fact):
    """A third post approved the form for submission."""

    table_id: Identifier
    unit: RegionCode
    approved_by: PostId


@fact(
    "campaign.task_assigned.v1",
    family="campaign",
    organs=UNITS,
    zh="任务清单下达",
    en="Task assigned",
    source=f"{CAMPAIGN_PLAN}五（一）（列出工作清单和完成时限，挂图作战）",
)
@dataclass(frozen=True, kw_only=True)
class TaskAssigned(Fact):
    """A task of a unit's list: what, which organ owns it, by when."""

    task_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    what: ShortText
    organ: OrganCode
    due: Annotated[date, Term(zh="完成时限", en="Due")]


@fact(
    "campaign.task_progressed.v1",
    family="campaign",
    organs=UNITS,
    zh="任务进展",
    en="Task progressed",
    source=f"{CAMPAIGN_PLAN}五（一）",
)
@dataclass(frozen=True, kw_only=True)
class TaskProgressed(Fact):
    """How far a task is, in the owner's words and with its evidence."""

    task_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    progress: Annotated[Progress, Term(zh="进展", en="Progress")]
    note: Reason | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()


@fact(
    "campaign.unit_chased.v1",
    family="campaign",
    organs=UNITS,
    zh="催办",
    en="Unit chased",
    source=f"{CAMPAIGN_PLAN}五（二）（加强指导督促）",
)
@dataclass(frozen=True, kw_only=True)
class UnitChased(Fact):
    """The issuer asks a late unit, which answers by a day."""

    chase_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    about: Identifier
    message: Reason
    answer_by: Annotated[date, Term(zh="答复期限", en="Answer by")]


@fact(
    "campaign.chase_answered.v1",
    family="campaign",
    organs=UNITS,
    zh="催办答复",
    en="Chase answered",
    source=f"{CAMPAIGN_PLAN}五（二）",
)
@dataclass(frozen=True, kw_only=True)
class ChaseAnswered(Fact):
    """What the late unit answers."""

    chase_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    answer: Reason


@fact(
    "campaign.problem_found.v1",
    family="campaign",
    organs=UNITS,
    zh="发现问题",
    en="Problem found",
    source=f"{CAMPAIGN_PLAN}五（二）",
)
@dataclass(frozen=True, kw_only=True)
class ProblemFound(Fact):
    """A problem of a unit in one of three classes, with owner and date."""

    problem_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    what: Reason
    problem_class: Annotated[ProblemClass, Term(zh="问题类别", en="Class")]
    organ: OrganCode
    due: Annotated[date, Term(zh="完成时限", en="Due")]
    subject_id: SubjectId | None = None


@fact(
    "campaign.problem_reported_up.v1",
    family="campaign",
    organs=UNITS,
    zh="问题上报",
    en="Problem reported up",
    source=f"{CAMPAIGN_PLAN}五（二）（及时向州级上报相关情况）",
)
@dataclass(frozen=True, kw_only=True)
class ProblemReportedUp(Fact):
    """A problem that cannot be solved yet was told to the issuer, with what is proposed."""

    problem_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    proposal: Reason


@fact(
    "campaign.problem_settled.v1",
    family="campaign",
    organs=UNITS,
    zh="问题办结",
    en="Problem settled",
    source=f"{CAMPAIGN_PLAN}五（二）",
)
@dataclass(frozen=True, kw_only=True)
class ProblemSettled(Fact):
    """A problem was solved, or a rule for it made; how, and the evidence."""

    problem_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    how: Reason
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()


@fact(
    "campaign.visited.v1",
    family="campaign",
    organs=UNITS,
    zh="检查督导",
    en="Unit visited",
    source=f"{CAMPAIGN_PLAN}四（二）（州级检查督导）",
)
@dataclass(frozen=True, kw_only=True)
class UnitVisited(Fact):
    """The upper level's working group visited a unit; its findings go back to the unit."""

    visit_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    visited_on: Annotated[date, Term(zh="督导日期", en="Visited on")]
    team: Annotated[tuple[PostId, ...], Term(zh="督导组", en="Team", min_items=1)]
    findings: Annotated[tuple[VisitFinding, ...], Term(zh="反馈问题", en="Findings")] = ()
    minutes: FileRef | None = None


@fact(
    "campaign.visit_answered.v1",
    family="campaign",
    organs=UNITS,
    zh="督导问题反馈",
    en="Visit answered",
    source=f"{CAMPAIGN_PLAN}四（二）",
)
@dataclass(frozen=True, kw_only=True)
class VisitAnswered(Fact):
    """The unit says what became of one finding of a visit."""

    visit_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    number: Annotated[int, Term(zh="序号", en="Number", minimum=1)]
    answer: Reason
    corrected: Annotated[bool, Term(zh="已整改", en="Corrected")]


@fact(
    "campaign.unit_evaluated.v1",
    family="campaign",
    organs=ISSUERS,
    zh="成效评估",
    en="Unit evaluated",
    source=f"{CAMPAIGN_PLAN}四（三）（成效评估）",
)
@dataclass(frozen=True, kw_only=True)
class UnitEvaluated(Fact):
    """How the issuer judges a unit's work, and whether it is recommended."""

    campaign_id: Identifier
    unit: RegionCode
    merit: Annotated[Merit, Term(zh="评估结果", en="Judged")]
    recommended: Annotated[bool, Term(zh="推荐表扬", en="Recommended")] = False
    remark: Reason


@fact(
    "campaign.board_nominated.v1",
    family="campaign",
    organs=UNITS,
    zh="红黑榜提名",
    en="Nominated for a board",
    source=f"{CAMPAIGN_PLAN}四（二）（红黑榜公示制度）",
)
@dataclass(frozen=True, kw_only=True)
class BoardNominated(Fact):
    """A unit nominates a firm for a board, with grounds that stand on record."""

    nomination_id: Identifier
    campaign_id: Identifier
    unit: RegionCode
    board: Annotated[Board, Term(zh="榜单", en="Board")]
    subject_id: SubjectId
    grounds: Annotated[
        tuple[Identifier, ...], Term(zh="事由（在案编号）", en="Grounds", min_items=1)
    ]
    reason: Reason


@fact(
    "campaign.nomination_checked.v1",
    family="campaign",
    organs=UNITS,
    zh="红黑榜审核",
    en="Nomination checked",
    source=f"{CAMPAIGN_PLAN}四（二）",
)
@dataclass(frozen=True, kw_only=True)
class NominationChecked(Fact):
    """The upper level checked a nomination's grounds."""

    nomination_id: Identifier
    campaign_id: Identifier
    board: Annotated[Board, Term(zh="榜单", en="Board")]
    subject_id: SubjectId
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")]
    checked_by: PostId
    reason: Reason | None = None


@fact(
    "campaign.board_changed.v1",
    family="campaign",
    organs=ISSUERS,
    zh="红黑榜公示变更",
    en="Board changed",
    source=f"{CAMPAIGN_PLAN}四（二）；社会信用体系建设有关规定（未经原文核对）",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class BoardChanged(Fact):
    """A firm was shown on a board on a legal basis, or taken off it; no entry of a statutory list."""

    entry_id: Identifier
    nomination_id: Identifier
    campaign_id: Identifier
    board: Annotated[Board, Term(zh="榜单", en="Board")]
    action: Annotated[BoardAction, Term(zh="动作", en="Action")]
    subject_id: SubjectId
    legal_basis: Reason
    on: Annotated[date, Term(zh="日期", en="On")]
    until: Annotated[date | None, Term(zh="公示至", en="Shown until")] = None
    because: Reason | None = None


@fact(
    "campaign.closed.v1",
    family="campaign",
    organs=ISSUERS,
    zh="专项行动结束",
    en="Campaign closed",
    source=CAMPAIGN_PLAN,
)
@dataclass(frozen=True, kw_only=True)
class CampaignClosed(Fact):
    """The campaign is over: nothing more is reported to it."""

    campaign_id: Identifier
    closed_on: Annotated[date, Term(zh="结束日期", en="Closed on")]
    summary: Reason


def campaign_of(campaign: str) -> str:
    """The stream of a campaign's own life: launch, phases, circulars, evaluation, end."""
    return f"campaign/{campaign}"


def unit_of(campaign: str, unit: str) -> str:
    """The stream of what a unit owes, reports, solves and answers in a campaign."""
    return f"campaign_unit/{campaign}:{unit}"


def tables_of(campaign: str, unit: str) -> str:
    """The stream of a unit's statistics forms in a campaign."""
    return f"campaign_tables/{campaign}:{unit}"


def board_of(campaign: str, subject: str) -> str:
    """The stream of a firm's nominations and board entries in a campaign."""
    return f"campaign_board/{campaign}:{subject}"
