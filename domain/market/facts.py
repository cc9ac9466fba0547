"""Annual reports, self-checks, guidance, publicity, associations, regimes, model agencies.

1. An annual report that was submitted but not disclosed (公示) is not covered (reference 10.2 row 2).
2. A rebate that exists (“返费”情况) is a fact, not yet a violation (row 12).
3. Attendances are person-times, not persons (row 25).
4. A model agency is selected at a level and may lose the title.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.statutes import CAMPAIGN_PLAN
from domain.terms import (
    Code,
    DocumentNumber,
    FileRef,
    Identifier,
    OrganisationName,
    PersonRef,
    Persons,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
    Uscc,
)

_REPORT = "人力资源市场暂行条例第37条；劳务派遣行政许可实施办法第22条"

KEEPERS = ("HRSS", "HRSS_MKT")
"""Organs that keep these records (人力资源市场管理科 and its department)."""


GUIDES = ("HRSS", "HRSS_MKT", "HRSS_INSP", "HRSS_EMP", "HRSS_LR")
"""Organs that guide employers and make the law known."""


class Activity(StrEnum):
    """What an association does in a campaign (reference 10.2 rows 22 to 25)."""

    JOIN_CAMPAIGN = "JOIN_CAMPAIGN"
    NORM_ISSUED = "NORM_ISSUED"
    TRAINING = "TRAINING"


class RegimeKind(StrEnum):
    """Which management regime is established (rows 18 and 20)."""

    MODEL = "MODEL"
    SERIOUS_DISHONESTY = "SERIOUS_DISHONESTY"


class Level(StrEnum):
    """The level that selects a model agency."""

    PROVINCE = "PROVINCE"
    PREFECTURE = "PREFECTURE"
    COUNTY = "COUNTY"


class TitleAction(StrEnum):
    """What happened to the title of a model agency."""

    SELECTED = "SELECTED"
    WITHDRAWN = "WITHDRAWN"


class PublicityKind(StrEnum):
    """How the law was made known (实施方案五（四）)."""

    MEDIA = "MEDIA"
    LAW_PUBLICITY = "LAW_PUBLICITY"
    TRAINING = "TRAINING"
    CASE_EXPOSED = "CASE_EXPOSED"


class EnteredBy(StrEnum):
    """Who put a declaration on record."""

    AGENCY = "AGENCY"
    IMPORT = "IMPORT"
    OFFICER = "OFFICER"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An agency's answer to a question of the self-check form."""

    question: Code
    found: Annotated[bool, Term(zh="存在问题", en="Problem found")]
    note: Reason | None = None
    corrected: Annotated[bool | None, Term(zh="已自纠", en="Corrected")] = None


@fact(
    "agency.annual_report_submitted.v1",
    family="market",
    organs=("HRSS_MKT", "HRSS", "AGENCY"),
    zh="年度经营情况报告",
    en="Annual report submitted",
    source=_REPORT,
)
@dataclass(frozen=True, kw_only=True)
class AnnualReportSubmitted(Fact):
    """An agency's report of a year; `disclosed_on` is missing until it is public."""

    report_id: Identifier
    uscc: Uscc
    year: Annotated[int, Term(zh="报告年度", en="Year", minimum=2000, maximum=2200, example="2020")]
    submitted_on: Annotated[date, Term(zh="提交日期", en="Submitted on")]
    disclosed_on: Annotated[date | None, Term(zh="公示日期", en="Disclosed on")] = None
    staff: Persons | None = None
    dispatched: Annotated[
        int | None, Term(zh="派遣人数", en="Workers dispatched", minimum=0, maximum=10_000_000)
    ] = None
    entered_by: Annotated[EnteredBy, Term(zh="录入方式", en="Entered by")]
    file: FileRef | None = None


@fact(
    "agency.annual_report_disclosed.v1",
    family="market",
    organs=("HRSS_MKT", "HRSS", "AGENCY"),
    zh="年度报告公示",
    en="Annual report disclosed",
    source=_REPORT,
)
@dataclass(frozen=True, kw_only=True)
class AnnualReportDisclosed(Fact):
    """A submitted report became public."""

    report_id: Identifier
    uscc: Uscc
    year: Annotated[int, Term(zh="报告年度", en="Year", minimum=2000, maximum=2200, example="2020")]
    disclosed_on: Annotated[date, Term(zh="公示日期", en="Disclosed on")]


@fact(
    "agency.self_check_declared.v1",
    family="market",
    organs=("AGENCY", "HRSS_MKT", "HRSS"),
    zh="自查自纠",
    en="Self-check declared",
    source=f"{CAMPAIGN_PLAN}四（一）（自查自纠、“返费”自查）",
)
@dataclass(frozen=True, kw_only=True)
class SelfCheckDeclared(Fact):
    """What an agency says it found on checking itself in a campaign, the rebate question with it."""

    check_id: Identifier
    campaign_id: Identifier
    uscc: Uscc
    form: Code
    answers: Annotated[tuple[Answer, ...], Term(zh="自查项目", en="Answers", min_items=1)]
    rebate_present: Annotated[bool, Term(zh="存在“返费”情况", en="Rebates present")]
    declared_on: Annotated[date, Term(zh="申报日期", en="Declared on")]
    declared_by: Annotated[PersonRef | None, Term(zh="申报人", en="Declared by")] = None
    entered_by: Annotated[EnteredBy, Term(zh="录入方式", en="Entered by")]
    replaces: Identifier | None = None
    file: FileRef | None = None


@fact(
    "employer.guided.v1",
    family="market",
    organs=GUIDES,
    zh="企业用工指导督促",
    en="Employer guidance given",
    source=f"{CAMPAIGN_PLAN}三（四）",
)
@dataclass(frozen=True, kw_only=True)
class EmployerGuidanceGiven(Fact):
    """An employer was guided and urged to employ lawfully: one time, whoever the firm is."""

    guidance_id: Identifier
    employer: SubjectId | None = None
    employer_name: OrganisationName
    on: Annotated[date, Term(zh="日期", en="On")]
    about: Reason
    campaign_id: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()


@fact(
    "publicity.held.v1",
    family="market",
    organs=(*GUIDES, "HRSS_TRN"),
    zh="宣传培训",
    en="Publicity held",
    source=f"{CAMPAIGN_PLAN}五（四）",
)
@dataclass(frozen=True, kw_only=True)
class PublicityHeld(Fact):
    """Publicity or training of the organ itself, with its reach."""

    publicity_id: Identifier
    kind: Annotated[PublicityKind, Term(zh="形式", en="Kind")]
    title: ShortText
    on: Annotated[date, Term(zh="日期", en="On")]
    attendances: Annotated[
        int, Term(zh="人次", en="Attendances", minimum=0, maximum=100_000_000)
    ] = 0
    campaign_id: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()


@fact(
    "association.activity_recorded.v1",
    family="market",
    organs=KEEPERS,
    zh="行业协会活动",
    en="Association activity recorded",
    source=f"{CAMPAIGN_PLAN}三（五）",
)
@dataclass(frozen=True, kw_only=True)
class AssociationActivityRecorded(Fact):
    """An association joined a campaign, issued a norm, or trained; attendances are person-times."""

    activity_id: Identifier
    association: Uscc
    kind: Annotated[Activity, Term(zh="活动类型", en="Kind")]
    on: Annotated[date, Term(zh="日期", en="On")]
    attendances: Annotated[
        int, Term(zh="人次", en="Attendances", minimum=0, maximum=100_000_000)
    ] = 0
    title: ShortText | None = None
    campaign_id: Identifier | None = None
    evidence: Annotated[tuple[FileRef, ...], Term(zh="佐证材料", en="Evidence")] = ()


@fact(
    "regime.established.v1",
    family="market",
    organs=KEEPERS,
    zh="建立管理制度",
    en="Management regime established",
    source=f"{CAMPAIGN_PLAN}三（三）",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class ManagementRegimeEstablished(Fact):
    """A territory has a regime for model agencies or for serious dishonesty; it holds below too."""

    regime_id: Identifier
    kind: Annotated[RegimeKind, Term(zh="制度", en="Regime")]
    region: RegionCode
    document_no: DocumentNumber
    established_on: Annotated[date, Term(zh="建立日期", en="Established on")]
    ended_on: Annotated[date | None, Term(zh="废止日期", en="Ended on")] = None
    document: FileRef | None = None


@fact(
    "model.agency_changed.v1",
    family="market",
    organs=KEEPERS,
    zh="诚信服务示范机构",
    en="Model agency selected or withdrawn",
    source=f"{CAMPAIGN_PLAN}三（三）",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class ModelAgencyChanged(Fact):
    """An agency was selected as a model at a level, or lost the title."""

    title_id: Identifier
    uscc: Uscc
    level: Annotated[Level, Term(zh="级别", en="Level")]
    action: Annotated[TitleAction, Term(zh="动作", en="Action")]
    on: Annotated[date, Term(zh="日期", en="On")]
    until: Annotated[date | None, Term(zh="有效期至", en="Valid until")] = None
    document_no: DocumentNumber
    reason: Reason | None = None


def reports_of(uscc: str) -> str:
    """The stream of an agency's annual reports."""
    return f"annual_report/{uscc}"


def checks_of(campaign: str, uscc: str) -> str:
    """The stream of an agency's self-checks in a campaign."""
    return f"self_check/{campaign}:{uscc}"


def titles_of(uscc: str) -> str:
    """The stream of an agency's titles."""
    return f"model_agency/{uscc}"


def regimes_of(region: str) -> str:
    """The stream of a territory's regimes."""
    return f"regime/{region}"


def guidance_of(region: str, employer: str) -> str:
    """The stream of the guidance that an organ of a region gave an employer."""
    return f"guidance/{region}:{employer}"


def publicity_of(region: str, title: str) -> str:
    """The stream of a region's publicity under one title (20 hex digits of it)."""
    return f"publicity/{region}:{title}"


def activities_of(association: str) -> str:
    """The stream of an association's activities."""
    return f"association/{association}"
