"""Random draws (双随机抽取): plans, commitments and results (reference 6.2; 鄂人社函〔2022〕97号).

1. A plan names its items, its population, its strata and its size; 市场监管 audits it and may
   refuse; then it is approved.
2. The population is frozen with its hash before anybody commits to a secret.
3. Both departments commit to a secret and deposit it, sealed for the procuratorate; when both
   deposits are confirmed, both reveal. A withheld secret is opened from its deposit after the
   term: who withholds gains nothing and is seen.
4. The seed of both secrets draws; anybody draws again from the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from domain.draw.plan import DrawKind
from domain.facts import Audience, Confidentiality, Fact, fact
from domain.terms import (
    Code,
    Digest,
    FileRef,
    Identifier,
    Reason,
    RegionCode,
    ShortText,
    Term,
)

PLANNERS = ("HRSS", "HRSS_INSP", "HRSS_MKT")
"""Sections of 人社 that plan and draw; 市场监管 audits, takes part and draws with them."""

DRAWERS = (*PLANNERS, "SAMR")


class Predicate(StrEnum):
    """Which objects of the register form the population."""

    EIGHT_PHRASES = "EIGHT_PHRASES"
    LICENSED = "LICENSED"
    SCOPE_WITHOUT_LICENCE = "SCOPE_WITHOUT_LICENCE"


class Mode(StrEnum):
    """定向 or 不定向."""

    DIRECTED = "DIRECTED"
    UNDIRECTED = "UNDIRECTED"


class AuditOutcome(StrEnum):
    """市场监管's audit of a draw task (审核抽查任务)."""

    PASSED = "PASSED"
    REFUSED = "REFUSED"


class RevealSource(StrEnum):
    """By whom a secret came out: its department, or the escrow after the term."""

    DEPARTMENT = "DEPARTMENT"
    ESCROW = "ESCROW"


Hex32 = Annotated[
    str,
    Term(
        zh="密值（32字节）",
        en="Secret of 32 bytes",
        pattern=r"^[0-9a-f]{64}$",
        example="5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
    ),
]
Node = Annotated[str, Term(zh="部门", en="Department", pattern=r"^[a-z]{2,12}$", example="hr")]
PublicKey = Annotated[
    str,
    Term(
        zh="公钥（DER，base64）",
        en="Public key, DER in base64",
        pattern=r"^[A-Za-z0-9+/]{40,4000}={0,2}$",
        max_length=4002,
        example="MIIBojANBgkqhkiG9w0BAQEFAAOCAY8AMIIBigKCAYEA",
    ),
]
Sealed = Annotated[
    str,
    Term(
        zh="密封的托管密值",
        en="Secret sealed for the escrow",
        pattern=r"^[A-Za-z0-9+/]{64,2048}={0,2}$",
        max_length=2050,
        example="QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NQ==",
    ),
]
PlanText = Annotated[
    str,
    Term(
        zh="抽取方案（规范化JSON）",
        en="Plan of the draw as JSON",
        min_length=2,
        max_length=20_000,
        long=True,
        example="{}",
    ),
]
Items = Annotated[tuple[Code, ...], Term(zh="检查事项", en="Items", min_items=1)]
RegionDigits = Annotated[
    int, Term(zh="按地区分层的代码位数", en="Digits of the region strata", minimum=0, maximum=6)
]
Tags = Annotated[tuple[Code, ...], Term(zh="重点领域、时段标签", en="Tags")]
OnlyTags = Annotated[
    tuple[Code, ...], Term(zh="只抽有下列标签之一的对象", en="Only with one of these tags")
]
SampleSize = Annotated[
    int | None, Term(zh="抽取数量", en="Size", minimum=1, maximum=100_000, example="1000")
]
SampleRate = Annotated[
    str | None,
    Term(
        zh="抽取比例",
        en="Rate",
        pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$",
        example="1/20",
    ),
]


@fact(
    "draw.plan_drafted.v1",
    family="inspection",
    organs=PLANNERS,
    zh="拟定抽查计划",
    en="Inspection plan drafted",
    source="鄂人社函〔2022〕97号二（一）；人力资源市场暂行条例第35条",
)
@dataclass(frozen=True, kw_only=True)
class PlanDrafted(Fact):
    """A plan of a double-random inspection: items, population, strata, size, window."""

    plan_id: Identifier
    title: ShortText
    region: RegionCode
    item_list: Identifier
    items: Items
    predicate: Annotated[Predicate, Term(zh="检查对象范围", en="Population")]
    mode: Annotated[Mode, Term(zh="抽取方式", en="Mode")] = Mode.DIRECTED
    region_digits: RegionDigits = 0
    tags: Tags = ()
    only_tags: OnlyTags = ()
    size: SampleSize = None
    rate: SampleRate = None
    grade_scheme: Identifier | None = None
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@fact(
    "draw.plan_audited.v1",
    family="inspection",
    organs=("SAMR",),
    zh="审核抽查任务",
    en="Inspection plan audited",
    source="鄂人社函〔2022〕97号二（一）",
)
@dataclass(frozen=True, kw_only=True)
class PlanAudited(Fact):
    """市场监管 audited the draft of a plan: passed, or refused with a reason."""

    plan_id: Identifier
    outcome: Annotated[AuditOutcome, Term(zh="审核结果", en="Outcome")]
    draft: Identifier | None = None
    reason: Reason | None = None


@fact(
    "draw.plan_approved.v1",
    family="inspection",
    organs=PLANNERS,
    zh="批准抽查计划",
    en="Inspection plan approved",
    source="人力资源市场暂行条例第35条；国办发〔2024〕54号",
)
@dataclass(frozen=True, kw_only=True)
class InspectionPlanApproved(Fact):
    """The plan stands; `plan_hash` is SHA-256 over its canonical text and goes into every seed.

    `plan` is that text as JSON, `size` how many inspections it takes where it names a number.
    """

    plan_id: Identifier
    plan_hash: Digest
    plan: PlanText | None = None
    size: Annotated[int | None, Term(zh="抽取数量", en="Size", minimum=1)] = None
    region: RegionCode
    window_from: Annotated[date, Term(zh="检查起日", en="Window from")]
    window_to: Annotated[date, Term(zh="检查止日", en="Window to")]


@fact(
    "draw.opened.v1",
    family="inspection",
    organs=DRAWERS,
    zh="冻结对象、开启抽取",
    en="Draw opened on a frozen population",
    source="鄂人社函〔2022〕97号二（一）；平台规则（抽取可复算）",
)
@dataclass(frozen=True, kw_only=True)
class DrawOpened(Fact):
    """A draw was opened: its population is frozen as a file with its hash and count.

    `tasks` are those whose inspectors are drawn, `excluded` who may not be drawn. Both
    `departments` commit until `commit_by` and reveal until `reveal_by`.
    """

    draw_id: Identifier
    plan_id: Identifier
    kind: Annotated[DrawKind, Term(zh="抽取种类", en="Kind")]
    region: RegionCode
    departments: Annotated[tuple[Node, ...], Term(zh="参与部门", en="Departments", min_items=2)]
    extra: Annotated[bool, Term(zh="另行抽取", en="Local extra draw")] = False
    plan: PlanText
    plan_hash: Digest
    population: FileRef
    population_hash: Digest
    count: Annotated[int, Term(zh="对象数", en="Count", minimum=1)]
    size: Annotated[int, Term(zh="抽取数量", en="Size", minimum=1)]
    tasks: Annotated[tuple[Identifier, ...], Term(zh="任务", en="Tasks")] = ()
    commit_by: Annotated[datetime, Term(zh="承诺截止", en="Commit by")]
    reveal_by: Annotated[datetime, Term(zh="揭示截止", en="Reveal by")]


@fact(
    "draw.entered.v1",
    family="inspection",
    organs=DRAWERS,
    zh="登记抽取",
    en="Draw entered under its plan",
    source="平台规则（每次抽取均登记，不得重抽择优）",
)
@dataclass(frozen=True, kw_only=True)
class DrawEntered(Fact):
    """A draw was entered in the list of its plan, so that none is made again in silence."""

    plan_id: Identifier
    draw_id: Identifier
    kind: Annotated[DrawKind, Term(zh="抽取种类", en="Kind")]
    region: RegionCode
    extra: Annotated[bool, Term(zh="另行抽取", en="Local extra draw")] = False
    tasks: Annotated[tuple[Identifier, ...], Term(zh="任务", en="Tasks")] = ()


@fact(
    "draw.escrow_key.v1",
    family="inspection",
    organs=("PROC",),
    zh="公布托管公钥",
    en="Escrow key published",
    source="平台规则（密值托管）",
)
@dataclass(frozen=True, kw_only=True)
class EscrowKeyPublished(Fact):
    """The procuratorate published the key for which secrets are sealed."""

    key_id: Identifier
    public_key: PublicKey


@fact(
    "draw.committed.v1",
    family="inspection",
    organs=DRAWERS,
    zh="提交密值承诺",
    en="Committed to a secret",
    source="平台规则（先承诺后揭示）",
)
@dataclass(frozen=True, kw_only=True)
class DrawCommitted(Fact):
    """A department committed to its secret and sealed it for the escrow."""

    draw_id: Identifier
    department: Node
    commitment: Digest
    escrow_key: Identifier
    deposit: Sealed


@fact(
    "draw.secret_kept.v1",
    family="access",
    organs=DRAWERS,
    zh="保存密值",
    en="Secret kept",
    source="平台规则（先承诺后揭示）",
    confidentiality=Confidentiality.INTERNAL,
    audience=Audience.OWNER_ONLY,
)
@dataclass(frozen=True, kw_only=True)
class DrawSecretKept(Fact):
    """The secret that a department committed to: its own alone until it is revealed."""

    draw_id: Identifier
    secret: Hex32


@fact(
    "draw.deposit_checked.v1",
    family="inspection",
    organs=("PROC",),
    zh="核验托管密值",
    en="Deposit checked",
    source="平台规则（密值托管）",
)
@dataclass(frozen=True, kw_only=True)
class DepositChecked(Fact):
    """The escrow opened a deposit for itself: it is, or is not, what was committed to.

    Where both are good, both departments reveal until `reveal_by`, and the second fact says
    that they are complete.
    """

    draw_id: Identifier
    department: Node
    commitment: Digest
    good: Annotated[bool, Term(zh="与承诺一致", en="Matches the commitment")]
    reveal_by: Annotated[datetime | None, Term(zh="揭示截止", en="Reveal by")] = None
    complete: Annotated[bool, Term(zh="两份密值均已核验一致", en="Both deposits are good")] = False


@fact(
    "draw.revealed.v1",
    family="inspection",
    organs=(*DRAWERS, "PROC"),
    zh="揭示密值",
    en="Secret revealed",
    source="平台规则（先承诺后揭示）",
)
@dataclass(frozen=True, kw_only=True)
class DrawRevealed(Fact):
    """A secret came out: by its department, or by the escrow when it was withheld."""

    draw_id: Identifier
    department: Node
    secret: Hex32
    source: Annotated[RevealSource, Term(zh="揭示途径", en="Source")]


@fact(
    "draw.voided.v1",
    family="inspection",
    organs=DRAWERS,
    zh="抽取作废",
    en="Draw voided",
    source="平台规则（先承诺后揭示）",
)
@dataclass(frozen=True, kw_only=True)
class DrawVoided(Fact):
    """A draw ended without a result, before any secret came out: a missing or bad deposit."""

    draw_id: Identifier
    plan_id: Identifier
    reason: Reason
    at_fault: Node | None = None


@fact(
    "draw.executed.v1",
    family="inspection",
    organs=DRAWERS,
    zh="抽取完成",
    en="Draw executed",
    source="鄂人社函〔2022〕97号二（一）；人力资源市场暂行条例第35条",
)
@dataclass(frozen=True, kw_only=True)
class DrawExecuted(Fact):
    """The seed of both secrets drew; `record` is the file from which anybody draws again."""

    draw_id: Identifier
    plan_id: Identifier
    kind: Annotated[DrawKind, Term(zh="抽取种类", en="Kind")]
    region: RegionCode
    algorithm: Identifier
    seed: Digest
    population_hash: Digest
    drawn: Annotated[int, Term(zh="实际抽取数", en="Drawn", minimum=0)]
    record: FileRef


def plan_of(plan: str) -> str:
    """人社's half of a plan."""
    return f"inspection_plan/{plan}"


def audit_of(plan: str) -> str:
    """市场监管's half of a plan."""
    return f"plan_audit/{plan}"


def draws_of(plan: str) -> str:
    """The list of the draws that a department opened under a plan."""
    return f"plan_draws/{plan}"


def draw_of(draw: str) -> str:
    """The stream of one draw; each department its own half."""
    return f"draw/{draw}"


def secret_of(draw: str) -> str:
    """The private stream of a department's secret for one draw."""
    return f"draw_secret/{draw}"


def escrow_keys() -> str:
    """The stream of the escrow's keys."""
    return "escrow/keys"
