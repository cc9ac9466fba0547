"""Online recruitment: outlets, screening and disposal (reference 1.4 S2, 14.3 R04).

人社 and 网信 keep one register of accounts, apps, sites and groups that deal in jobs. Keyword
lists stand in versions; a hit is confirmed or dismissed by an officer. 网信 disposes on the
opinion of 人社 and never decides whether a licence is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Fact, fact
from domain.terms import (
    Code,
    Digest,
    FileRef,
    Identifier,
    OrganisationName,
    Reason,
    ShortText,
    SubjectId,
    Term,
)

KEEPERS = ("HRSS_MKT", "CAC")


class OutletKind(StrEnum):
    """What jobs are dealt in through."""

    ACCOUNT = "ACCOUNT"
    APP = "APP"
    SITE = "SITE"
    GROUP = "GROUP"
    SHORT_VIDEO = "SHORT_VIDEO"
    LIVE_STREAM = "LIVE_STREAM"


class ListCategory(StrEnum):
    """What the words of a list point to."""

    UNLICENSED = "UNLICENSED"
    DISCRIMINATION = "DISCRIMINATION"
    FALSE_RECRUITMENT = "FALSE_RECRUITMENT"
    FEES = "FEES"
    LOANS = "LOANS"
    CERTIFICATES = "CERTIFICATES"


class HitJudgement(StrEnum):
    """What an officer made of a hit (甄别)."""

    CONFIRMED = "CONFIRMED"
    DISMISSED = "DISMISSED"


class OnlineMeasure(StrEnum):
    """What 网信 does."""

    LABELLED = "LABELLED"
    RECRUITMENT_SUSPENDED = "RECRUITMENT_SUSPENDED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    APP_REMOVED = "APP_REMOVED"
    SITE_CLOSED = "SITE_CLOSED"


class DisposalAnswer(StrEnum):
    """网信's answer to a request."""

    TAKEN = "TAKEN"
    DECLINED = "DECLINED"
    LIFTED = "LIFTED"


@dataclass(frozen=True, kw_only=True)
class Keyword:
    """One word of a list, and the phrases around it that make it harmless."""

    word: Annotated[
        str, Term(zh="关键词", en="Word", min_length=1, max_length=40, example="限男性")
    ]
    category: Annotated[ListCategory, Term(zh="类别", en="Category")]
    unless: Annotated[
        tuple[Annotated[str, Term(zh="排除语", en="Phrase", min_length=1, max_length=60)], ...],
        Term(zh="排除语", en="Harmless in"),
    ] = ()


@fact(
    "online.outlet_registered.v1",
    family="online",
    organs=KEEPERS,
    zh="登记网络招聘账号平台",
    en="Outlet registered",
    source="辽宁省人力资源市场管理通知（2024-11-11）二",
)
@dataclass(frozen=True, kw_only=True)
class OutletRegistered(Fact):
    """An account, app, site or group that deals in jobs entered the joint register."""

    outlet_id: Identifier
    kind: Annotated[OutletKind, Term(zh="类型", en="Kind")]
    platform: ShortText
    handle: ShortText
    operator: SubjectId | None = None
    operator_name: OrganisationName | None = None
    licensed: Annotated[bool | None, Term(zh="已取得许可", en="Licensed")] = None


@fact(
    "online.keywords_published.v1",
    family="online",
    organs=KEEPERS,
    zh="发布监测关键词",
    en="Keyword list published",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class KeywordListPublished(Fact):
    """A version of a region's keyword list; a hit names the version it was found with."""

    list_version: Annotated[int, Term(zh="版本", en="Version", minimum=1)]
    keywords: Annotated[tuple[Keyword, ...], Term(zh="关键词", en="Keywords", min_items=1)]


@fact(
    "online.hit_found.v1",
    family="online",
    organs=KEEPERS,
    zh="筛查命中",
    en="Screening hit found",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class ScreeningHitFound(Fact):
    """A posting matched words of a list; only its digest and the words are kept."""

    hit_id: Identifier
    outlet_id: Identifier
    operator: SubjectId | None = None
    posting: Digest
    seen_on: Annotated[date, Term(zh="发现日期", en="Seen on")]
    list_version: Annotated[int, Term(zh="版本", en="Version", minimum=1)]
    words: Annotated[tuple[ShortText, ...], Term(zh="命中词", en="Words")]
    categories: Annotated[tuple[ListCategory, ...], Term(zh="类别", en="Categories")]


@fact(
    "online.hit_judged.v1",
    family="online",
    organs=KEEPERS,
    zh="甄别命中",
    en="Hit judged",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、四",
)
@dataclass(frozen=True, kw_only=True)
class HitJudged(Fact):
    """An officer confirmed or dismissed a hit; a confirmed one reminds the operator."""

    hit_id: Identifier
    outlet_id: Identifier
    operator: SubjectId | None = None
    judgement: Annotated[HitJudgement, Term(zh="甄别结果", en="Judgement")]
    categories: Annotated[tuple[ListCategory, ...], Term(zh="类别", en="Categories")]
    reminded: Annotated[bool, Term(zh="已督促提醒", en="Reminded")] = False
    reason: Reason


@fact(
    "online.bad_reviews_recorded.v1",
    family="online",
    organs=KEEPERS,
    zh="登记不良评价",
    en="Bad reviews recorded",
    source="辽宁省人力资源市场管理通知（2024-11-11）七",
)
@dataclass(frozen=True, kw_only=True)
class BadReviewsRecorded(Fact):
    """Bad reviews of a subject on an outlet in a period: an input of the risk rules."""

    subject_id: SubjectId
    outlet_id: Identifier | None = None
    count: Annotated[int, Term(zh="条数", en="Count", minimum=1, maximum=1_000_000)]
    from_day: Annotated[date, Term(zh="起日", en="From")]
    to_day: Annotated[date, Term(zh="止日", en="To")]


@fact(
    "online.disposal_requested.v1",
    family="online",
    organs=("HRSS", "HRSS_MKT"),
    zh="提请网信部门处置",
    en="Online disposal requested",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、三",
)
@dataclass(frozen=True, kw_only=True)
class OnlineDisposalRequested(Fact):
    """人社 asked 网信 to deal with outlets, with its opinion and the measures it proposes."""

    request_id: Identifier
    subject_id: SubjectId
    lead_id: Identifier | None = None
    outlets: Annotated[tuple[Identifier, ...], Term(zh="处置对象", en="Outlets", min_items=1)]
    codes: Annotated[tuple[Code, ...], Term(zh="违法行为代码", en="Codes", min_items=1)]
    opinion: Reason
    measures: Annotated[tuple[OnlineMeasure, ...], Term(zh="建议措施", en="Measures", min_items=1)]
    document: Annotated[FileRef | None, Term(zh="提请函", en="Letter")] = None


@fact(
    "online.disposal_taken.v1",
    family="online",
    organs=("CAC",),
    zh="网信部门处置结果",
    en="Online disposal taken",
    source="辽宁省人力资源市场管理通知（2024-11-11）二、三",
)
@dataclass(frozen=True, kw_only=True)
class OnlineDisposalTaken(Fact):
    """网信 took measures, declined with reasons, or lifted what it had taken."""

    request_id: Identifier
    subject_id: SubjectId
    answer: Annotated[DisposalAnswer, Term(zh="答复", en="Answer")]
    outlets: Annotated[tuple[Identifier, ...], Term(zh="处置对象", en="Outlets")] = ()
    measures: Annotated[tuple[OnlineMeasure, ...], Term(zh="措施", en="Measures")] = ()
    on: Annotated[date, Term(zh="日期", en="On")]
    reason: Reason | None = None


def outlet_of(outlet: str) -> str:
    """The stream of one outlet: its entry, its hits, what was made of them."""
    return f"outlet/{outlet}"


def keywords_of(region: str) -> str:
    """The stream of a region's keyword lists."""
    return f"keywords/{region}"


def reviews_of(subject: str) -> str:
    """The stream of the bad reviews and confirmed hits of one subject."""
    return f"reviews/{subject}"


def request_of(request: str) -> str:
    """人社's half of a disposal."""
    return f"disposal/{request}"


def answer_of(request: str) -> str:
    """网信's half of a disposal."""
    return f"disposal_answer/{request}"
