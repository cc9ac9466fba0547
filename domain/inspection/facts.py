"""Inspections: items, inspectors, tasks, teams, results (reference 6; 鄂人社函〔2022〕97号).

1. 一单两库: a list of items in versions, a register of objects (from registrations and
   licences), a register of inspectors with certificate, specialities and recusal grounds.
2. An inspection is made by two inspectors or more; a joint team has one of each department.
3. Each item has one category, the whole the most serious of them. 列入经营异常名录 is no
   category but 市场监管's later decision.
4. Normal results are public within 20 working days; a published result is changed only by a
   correction that says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    CertificateNumber,
    Code,
    DocumentNumber,
    FileRef,
    Identifier,
    OrganCode,
    OrganisationName,
    PersonRef,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)

INSPECTING = ("HRSS_MKT", "HRSS_INSP", "HRSS_APPR", "HRSS_LR", "SAMR")
"""Organs that inspect; coordinating bodies do not (国办发〔2024〕54号)."""

SENDERS = ("HRSS", "HRSS_INSP", "HRSS_MKT")


class InspectionKind(StrEnum):
    """Kinds of inspection, never mixed in statistics (reference 6.1)."""

    DOUBLE_RANDOM = "DOUBLE_RANDOM"
    TARGETED = "TARGETED"
    DAILY = "DAILY"
    WRITTEN_REVIEW = "WRITTEN_REVIEW"
    KEY = "KEY"
    COMMITMENT_CHECK = "COMMITMENT_CHECK"
    ONLINE_PATROL = "ONLINE_PATROL"
    FAIR_PATROL = "FAIR_PATROL"
    COVERT = "COVERT"
    PREFECTURE_SPOT = "PREFECTURE_SPOT"


class Category(StrEnum):
    """What an inspection found, from least to most serious (reference 6.3)."""

    NO_PROBLEM = "NO_PROBLEM"
    BUSINESS_NOT_FOUND = "BUSINESS_NOT_FOUND"
    INFO_NOT_DISCLOSED = "INFO_NOT_DISCLOSED"
    ANNUAL_REPORT_NOT_DISCLOSED = "ANNUAL_REPORT_NOT_DISCLOSED"
    CORRECTION_ORDERED = "CORRECTION_ORDERED"
    UNREACHABLE = "UNREACHABLE"
    INFO_FALSE = "INFO_FALSE"
    UNCOOPERATIVE = "UNCOOPERATIVE"
    PENDING_FOLLOW_UP = "PENDING_FOLLOW_UP"


class RecusalGround(StrEnum):
    """Why an inspector does not inspect a subject (监察条例 16; 行政处罚法 43)."""

    OWN_INTEREST = "OWN_INTEREST"
    RELATIVE = "RELATIVE"
    OTHER_RELATION = "OTHER_RELATION"


class PlaceKind(StrEnum):
    """A place without a code that is inspected."""

    SPONTANEOUS_MARKET = "SPONTANEOUS_MARKET"
    STALL = "STALL"
    PREMISES = "PREMISES"


class ListAction(StrEnum):
    """Entry in a list, or removal from it."""

    ENTERED = "ENTERED"
    REMOVED = "REMOVED"


class ListName(StrEnum):
    """The statutory list."""

    ABNORMAL = "ABNORMAL"


@dataclass(frozen=True, kw_only=True)
class InspectionItem:
    """One item of the list (抽查事项): what is looked at, on what basis and how."""

    code: Code
    zh: ShortText
    basis: ShortText
    content: Reason
    method: ShortText
    violations: Annotated[tuple[Code, ...], Term(zh="对应违法行为代码", en="Codes")] = ()


@dataclass(frozen=True, kw_only=True)
class Member:
    """An inspector of a team."""

    inspector_id: Identifier
    organ: OrganCode
    certificate: CertificateNumber


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """What was found on one item."""

    item: Code
    category: Annotated[Category, Term(zh="检查结果", en="Category")]
    note: Reason | None = None


@fact(
    "inspection.items_published.v1",
    family="inspection",
    organs=("HRSS", "HRSS_INSP", "HRSS_MKT", "SAMR"),
    zh="公布抽查事项清单",
    en="Item list published",
    source="鄂人社函〔2022〕97号三（三）（一单两库）",
)
@dataclass(frozen=True, kw_only=True)
class ItemListPublished(Fact):
    """A version of a territory's item list."""

    list_id: Identifier
    region: RegionCode
    list_version: Annotated[int, Term(zh="版本", en="Version", minimum=1)]
    items: Annotated[tuple[InspectionItem, ...], Term(zh="事项", en="Items", min_items=1)]


@fact(
    "inspection.inspector_entered.v1",
    family="inspection",
    organs=(*INSPECTING, "HRSS"),
    zh="执法检查人员入库",
    en="Inspector entered",
    source="鄂人社函〔2022〕97号二（一）；行政处罚法第42条",
)
@dataclass(frozen=True, kw_only=True)
class InspectorEntered(Fact):
    """An inspector entered the register, or the entry was renewed; the name lies in the vault."""

    inspector_id: Identifier
    organ: OrganCode
    region: RegionCode
    certificate: CertificateNumber
    certificate_until: Annotated[date, Term(zh="执法证有效期至", en="Certificate valid until")]
    specialities: Annotated[tuple[Code, ...], Term(zh="专业类别", en="Specialities")] = ()
    person: Annotated[PersonRef | None, Term(zh="执法人员", en="Inspector's person")] = None


@fact(
    "inspection.inspector_changed.v1",
    family="inspection",
    organs=(*INSPECTING, "HRSS"),
    zh="执法检查人员变动",
    en="Inspector's state changed",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class InspectorChanged(Fact):
    """An inspector is away for a time, left the register, or declared a relation to a subject."""

    inspector_id: Identifier
    organ: OrganCode
    away_from: Annotated[date | None, Term(zh="不可用起日", en="Away from")] = None
    away_to: Annotated[date | None, Term(zh="不可用止日", en="Away to")] = None
    left: Annotated[bool, Term(zh="退出名录", en="Left")] = False
    relation_to: SubjectId | None = None
    ground: Annotated[RecusalGround | None, Term(zh="回避事由", en="Ground")] = None


@fact(
    "inspection.place_registered.v1",
    family="inspection",
    organs=(*INSPECTING, "TWN"),
    zh="登记无证照场所",
    en="Place without a code registered",
    source="鄂人社函〔2022〕97号二（二）（自发性零工市场等）",
)
@dataclass(frozen=True, kw_only=True)
class PlaceRegistered(Fact):
    """A market, stall or premises without a registered operator, under an id of ours (UN-)."""

    subject_id: SubjectId
    kind: Annotated[PlaceKind, Term(zh="场所类型", en="Kind")]
    name: OrganisationName
    address: ShortText
    region: RegionCode


@fact(
    "draw.outside_entered.v1",
    family="inspection",
    organs=SENDERS,
    zh="登记省级平台抽取",
    en="Draw of the provincial platform entered",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class OutsideDrawEntered(Fact):
    """A draw that the province made on its own platform: number, items, window, how many."""

    draw_id: Identifier
    plan_id: Identifier
    title: ShortText
    region: RegionCode
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
    population: Annotated[int | None, Term(zh="对象数", en="Population", minimum=1)] = None
    drawn: Annotated[int, Term(zh="抽取数", en="Drawn", minimum=1)]
    drawn_on: Annotated[date, Term(zh="抽取日期", en="Drawn on")]
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@fact(
    "inspection.task_sent.v1",
    family="inspection",
    organs=SENDERS,
    zh="下派检查任务",
    en="Inspection task sent down",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class TaskSent(Fact):
    """A drawn object became a task of a territory; both departments claim it there."""

    task_id: Identifier
    draw_id: Identifier
    plan_id: Identifier
    subject_id: SubjectId
    to_region: RegionCode
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@fact(
    "inspection.task_claimed.v1",
    family="inspection",
    organs=(*SENDERS, "SAMR"),
    zh="认领检查任务",
    en="Inspection task claimed",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class InspectionTaskClaimed(Fact):
    """A department of the territory claimed its part of a task."""

    task_id: Identifier
    subject_id: SubjectId
    organ: OrganCode
    region: RegionCode


@fact(
    "inspection.task_dispatched.v1",
    family="inspection",
    organs=SENDERS,
    zh="派发检查任务",
    en="Inspection task dispatched",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class TaskDispatched(Fact):
    """A claimed task was dispatched to a county."""

    task_id: Identifier
    subject_id: SubjectId
    to_region: RegionCode


@fact(
    "inspection.team_matched.v1",
    family="inspection",
    organs=(*SENDERS, "SAMR"),
    zh="匹配执法检查组",
    en="Team matched",
    source="鄂人社函〔2022〕97号二（一）；人力资源市场暂行条例第34条",
)
@dataclass(frozen=True, kw_only=True)
class TeamMatched(Fact):
    """The drawn inspectors of both departments became the team of a task.

    `replacements` are the draws that replaced whoever was recused.
    """

    task_id: Identifier
    subject_id: SubjectId
    draw_id: Identifier
    replacements: Annotated[
        tuple[Identifier, ...], Term(zh="替补抽取", en="Replacement draws")
    ] = ()
    team: Annotated[tuple[Member, ...], Term(zh="检查组", en="Team", min_items=2)]


@fact(
    "inspection.inspector_recused.v1",
    family="inspection",
    organs=(*SENDERS, "SAMR"),
    zh="执法人员回避",
    en="Inspector recused",
    source="劳动保障监察条例第16条；行政处罚法第43条",
)
@dataclass(frozen=True, kw_only=True)
class InspectorRecused(Fact):
    """The head decided that an inspector does not inspect; a replacement is drawn, never picked."""

    task_id: Identifier
    subject_id: SubjectId
    inspector_id: Identifier
    ground: Annotated[RecusalGround, Term(zh="回避事由", en="Ground")]
    reason: Reason


@fact(
    "inspection.opened.v1",
    family="inspection",
    organs=INSPECTING,
    zh="实施监督检查",
    en="Inspection opened outside the draw",
    source="鄂人社函〔2022〕97号二（二）；人力资源市场暂行条例第34、35条",
)
@dataclass(frozen=True, kw_only=True)
class InspectionOpened(Fact):
    """An inspection outside the draw was approved: kind, subject or place, reason, team."""

    task_id: Identifier
    kind: Annotated[InspectionKind, Term(zh="检查种类", en="Kind")]
    subject_id: SubjectId
    region: RegionCode
    items: Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
    reason: Reason
    about: Identifier | None = None
    without_notice: Annotated[bool, Term(zh="不事先通知", en="Without notice")] = False
    team: Annotated[tuple[Member, ...], Term(zh="检查人员", en="Team", min_items=1)]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@fact(
    "inspection.result_recorded.v1",
    family="inspection",
    organs=INSPECTING,
    zh="录入检查结果",
    en="Inspection result recorded",
    source="人力资源市场暂行条例第34、35条；鄂人社函〔2022〕97号二（二）",
)
@dataclass(frozen=True, kw_only=True)
class InspectionResultRecorded(Fact):
    """The result of an inspection: a category for each item, the most serious for the whole.

    `record` is the official record (检查记录表); `witnesses` counts those who signed.
    """

    task_id: Identifier
    kind: Annotated[InspectionKind, Term(zh="检查种类", en="Kind")]
    subject_id: SubjectId
    region: RegionCode
    category: Annotated[Category, Term(zh="检查结果", en="Category")]
    items: Annotated[tuple[ItemResult, ...], Term(zh="各事项结果", en="Items", min_items=1)]
    inspected_on: Annotated[date, Term(zh="检查日期", en="Inspected on")]
    entered_at: Annotated[datetime | None, Term(zh="进入时刻", en="Entered at")] = None
    team: Annotated[tuple[Member, ...], Term(zh="检查人员", en="Team", min_items=1)]
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    signed_by_subject: Annotated[bool, Term(zh="被检查单位签字", en="Signed by the subject")] = True
    witnesses: Annotated[int, Term(zh="见证人数", en="Witnesses", minimum=0, maximum=20)] = 0
    record: FileRef | None = None


@fact(
    "inspection.result_published.v1",
    family="inspection",
    organs=INSPECTING,
    zh="公开检查结果",
    en="Inspection result published",
    source="人力资源市场暂行条例第35条；平台规则（R10，默认20个工作日，可配置）",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class InspectionResultPublished(Fact):
    """A result was made public, or published again after a correction (`corrects`)."""

    task_id: Identifier
    subject_id: SubjectId
    category: Annotated[Category, Term(zh="检查结果", en="Category")]
    channel: ShortText
    published_on: Annotated[date, Term(zh="公开日期", en="Published on")]
    corrects: Identifier | None = None


@fact(
    "inspection.problem_dealt_with.v1",
    family="inspection",
    organs=("HRSS_INSP", "SAMR"),
    zh="检查发现问题处理完毕",
    en="Problem of an inspection dealt with",
    source="双随机、一公开检查结果公示要求（未经原文核对）；平台规则（R10）",
)
@dataclass(frozen=True, kw_only=True)
class ProblemDealtWith(Fact):
    """What an inspection found was dealt with on a day: from it `organ` has to publish the result."""

    task_id: Identifier
    subject_id: SubjectId
    organ: OrganCode
    kind: Annotated[InspectionKind, Term(zh="检查种类", en="Kind")]
    category: Annotated[Category, Term(zh="检查结果", en="Category")]
    dealt_on: Annotated[date, Term(zh="处理完毕日期", en="Dealt with on")]


@fact(
    "inspection.address_verified.v1",
    family="inspection",
    organs=("SAMR",),
    zh="核实登记住所",
    en="Registered address verified",
    source="企业信息公示暂行条例；企业经营异常名录管理办法",
)
@dataclass(frozen=True, kw_only=True)
class AddressVerified(Fact):
    """市场监管 looked for itself whether the firm is reachable at its registered address."""

    task_id: Identifier
    subject_id: SubjectId
    reachable: Annotated[bool, Term(zh="可以联系", en="Reachable")]
    verified_on: Annotated[date, Term(zh="核实日期", en="Verified on")]
    how: Reason


@fact(
    "list.entry_changed.v1",
    family="supervision",
    organs=("SAMR",),
    zh="经营异常名录变更",
    en="List entry changed",
    source="企业信息公示暂行条例；平台规则（R09，默认10个工作日，可配置）",
)
@dataclass(frozen=True, kw_only=True)
class ListEntryChanged(Fact):
    """市场监管 entered a firm in the abnormal list, or removed it."""

    entry_id: Identifier
    list: Annotated[ListName, Term(zh="名录", en="List")]
    action: Annotated[ListAction, Term(zh="动作", en="Action")]
    subject_id: SubjectId
    basis: Identifier
    document_no: DocumentNumber
    on: Annotated[date, Term(zh="日期", en="On")]


def items_of(region: str) -> str:
    """The stream of a territory's item lists; each department its own."""
    return f"item_list/{region}"


def inspector_of(inspector: str) -> str:
    """The stream of one inspector."""
    return f"inspector/{inspector}"


def relations_of(subject: str) -> str:
    """The stream of the places, inspections and list entries of one subject."""
    return f"inspected/{subject}"


def outside_draw_of(draw: str) -> str:
    """The stream of a draw of the provincial platform."""
    return f"outside_draw/{draw}"


def task_of(task: str) -> str:
    """The stream of one task or inspection; each department its half."""
    return f"inspection_task/{task}"


def entries_of(subject: str) -> str:
    """The stream of a subject's list entries at 市场监管."""
    return f"list_entry/{subject}"
