"""Leads between organs (线索移送): the words and the facts (reference 7.3 to 7.5, 7.7).

1. A lead goes from one organ to another, also inside one department, upward and downward.
2. Each owner holds its half: the sender `lead/<id>`, the receiver `lead_receipt/<id>`; joined
   by facts. RECEIVED, TRANSFERRED, RECEIPTED or RETURNED, ASSESSED, (COORDINATED), DISPOSED or
   CLOSED_NO_ACTION.
3. A return names the competent organ; after two returns the office of the leading group (or
   the superior organ) designates, and a designated lead is not returned.
4. An outcome notice tells the sender what became of a lead, and opens no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.departments import PUBLIC
from domain.facts import Fact, fact
from domain.terms import (
    Code,
    Digest,
    Identifier,
    MoneyFen,
    OrganCode,
    OrganisationName,
    PersonRef,
    Persons,
    Reason,
    RegionCode,
    SubjectId,
    Term,
)


class LeadKind(StrEnum):
    """What a lead asks of its receiver."""

    DISCOVERY = "DISCOVERY"
    PENALTY_LEAD = "PENALTY_LEAD"
    OUTCOME_NOTICE = "OUTCOME_NOTICE"
    PUBLIC_ORDER = "PUBLIC_ORDER"
    REQUEST_TO_DEAL = "REQUEST_TO_DEAL"
    REVOCATION_REQUEST = "REVOCATION_REQUEST"
    UPWARD = "UPWARD"
    ASSIGNMENT = "ASSIGNMENT"


class Stage(StrEnum):
    """发现、研判、协调、处置 (reference 7.4)."""

    DISCOVER = "DISCOVER"
    ASSESS = "ASSESS"
    COORDINATE = "COORDINATE"
    DISPOSE = "DISPOSE"


class LeadSource(StrEnum):
    """Where the information came from."""

    INSPECTION = "INSPECTION"
    MONITORING = "MONITORING"
    COMPLAINT = "COMPLAINT"
    REPORT = "REPORT"
    MEDIA = "MEDIA"
    BAD_REVIEWS = "BAD_REVIEWS"
    OTHER_ORGAN = "OTHER_ORGAN"
    SUPERIOR = "SUPERIOR"


class ReceiptOutcome(StrEnum):
    """What the receiver did with a lead."""

    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"


class Assessment(StrEnum):
    """What an assessment concludes."""

    HANDLE = "HANDLE"
    NO_ACTION = "NO_ACTION"


class Disposal(StrEnum):
    """What became of a lead in the end."""

    CASE_CLOSED = "CASE_CLOSED"
    NO_ACTION = "NO_ACTION"
    CORRECTED = "CORRECTED"
    REFERRED = "REFERRED"
    REGISTRATION_CHANGED = "REGISTRATION_CHANGED"
    REFUSED = "REFUSED"


class SupervisionAction(StrEnum):
    """Listing of a case for supervision, and its end (挂牌督办)."""

    LISTED = "LISTED"
    RELEASED = "RELEASED"


@fact(
    "lead.transferred.v1",
    family="lead",
    organs=PUBLIC,
    zh="线索移送",
    en="Lead transferred",
    source="辽宁省人力资源市场管理通知（2024-11-11）六、七、八；平台规则（线索移送）",
)
@dataclass(frozen=True, kw_only=True)
class LeadTransferred(Fact):
    """A lead was sent to another organ; `round` counts from 1, again after each return.

    `about` is what an outcome notice or a penalty lead rests on (a lead, finding, case);
    a notice about a case names in `answers` the leads of the case that it answers.
    `reporter` resolves in the sender's vault only. `due` is a superior's own term for an
    assignment, `report_back` asks for its outcome.
    """

    lead_id: Identifier
    kind: Annotated[LeadKind, Term(zh="移送种类", en="Kind")]
    stage: Annotated[Stage, Term(zh="环节", en="Stage")]
    source: Annotated[LeadSource, Term(zh="线索来源", en="Source of the lead")]
    round: Annotated[int, Term(zh="次数", en="Round", minimum=1, example="1")]
    designated: Annotated[bool, Term(zh="指定管辖", en="Designated")] = False
    from_organ: OrganCode
    from_region: RegionCode
    to_organ: OrganCode
    to_region: RegionCode
    subject_id: SubjectId
    subject_name: OrganisationName | None = None
    codes: Annotated[tuple[Code, ...], Term(zh="涉嫌违法行为代码", en="Codes")] = ()
    summary: Reason
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None
    passports_held: Annotated[bool, Term(zh="涉及扣押证件", en="Documents withheld")] = False
    major: Annotated[bool, Term(zh="重大线索", en="Major")] = False
    about: Identifier | None = None
    outcome: Annotated[Disposal | None, Term(zh="处理结果", en="Outcome")] = None
    answers: Annotated[tuple[Identifier, ...], Term(zh="所反馈的线索", en="Leads answered")] = ()
    reporter: Annotated[PersonRef | None, Term(zh="反映人", en="Who reported it")] = None
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()
    report_back: Annotated[bool, Term(zh="要求反馈", en="Report back")] = True
    due: Annotated[date | None, Term(zh="交办期限", en="Term of the assignment")] = None


@fact(
    "lead.receipted.v1",
    family="lead",
    organs=PUBLIC,
    zh="线索签收或退回",
    en="Lead receipted or returned",
    source="平台规则（DL-LEAD-01，默认2个工作日，可配置）",
)
@dataclass(frozen=True, kw_only=True)
class LeadReceipted(Fact):
    """The receiver signed for a lead, or returned it and named the competent organ.

    `returned_region` is where that organ acts, if not in the receiver's own territory.
    """

    lead_id: Identifier
    round: Annotated[int, Term(zh="次数", en="Round", minimum=1, example="1")]
    kind: Annotated[LeadKind, Term(zh="移送种类", en="Kind")]
    outcome: Annotated[ReceiptOutcome, Term(zh="签收结果", en="Outcome")]
    organ: OrganCode
    from_organ: OrganCode
    from_region: RegionCode | None = None
    subject_id: SubjectId
    returned_to: OrganCode | None = None
    returned_region: RegionCode | None = None
    reason: Reason | None = None


@fact(
    "lead.assessed.v1",
    family="lead",
    organs=PUBLIC,
    zh="线索研判",
    en="Lead assessed",
    source="平台规则（DL-LEAD-02，默认5个工作日，可配置）；友好区涉外劳务专项整治方案（2023）",
)
@dataclass(frozen=True, kw_only=True)
class LeadAssessed(Fact):
    """The receiver judged a lead: codes, suspicion of a crime, competent organs, what follows.

    `online` says that a code of unlicensed online intermediation was found (R04).
    """

    lead_id: Identifier
    subject_id: SubjectId
    codes: Annotated[tuple[Code, ...], Term(zh="研判的违法行为代码", en="Codes")]
    crime_suspected: Annotated[bool, Term(zh="涉嫌犯罪", en="Crime suspected")]
    assessment: Annotated[Assessment, Term(zh="研判结论", en="Assessment")]
    assigned_to: Annotated[tuple[OrganCode, ...], Term(zh="承办机关", en="Assigned to")] = ()
    online: Annotated[bool, Term(zh="涉及未经许可网络招聘", en="Unlicensed online")] = False
    persons: Persons | None = None
    grounds: Reason


@fact(
    "lead.case_filed.v1",
    family="lead",
    organs=("HRSS_INSP", "SAMR", "COM", "TWN"),
    zh="据线索立案",
    en="Case filed on a lead",
    source="行政处罚法第54条；平台规则（一线多查）",
)
@dataclass(frozen=True, kw_only=True)
class CaseFiledOnLead(Fact):
    """The receiver filed a case on a lead for these codes; no second one is filed on them."""

    lead_id: Identifier
    subject_id: SubjectId
    case_id: Identifier
    codes: Annotated[tuple[Code, ...], Term(zh="立案的违法行为代码", en="Codes")]


@fact(
    "lead.disposed.v1",
    family="lead",
    organs=PUBLIC,
    zh="线索处置完毕",
    en="Lead disposed",
    source="平台规则（DL-LEAD-04）",
)
@dataclass(frozen=True, kw_only=True)
class LeadDisposed(Fact):
    """A lead reached its outcome at the receiver; `basis` is the case, finding or act it rests on."""

    lead_id: Identifier
    subject_id: SubjectId
    outcome: Annotated[Disposal, Term(zh="处理结果", en="Outcome")]
    basis: Identifier
    remark: Reason | None = None


@fact(
    "lead.checked.v1",
    family="lead",
    organs=("TWN", "DRC", "SAMR", "PSB", "FAO", "HRSS_MKT", "HRSS_INSP"),
    zh="背景核查",
    en="Background checked",
    source="友好区涉外劳务专项整治方案（2023）（立即核查背景）；平台默认值（1个工作日）",
)
@dataclass(frozen=True, kw_only=True)
class BackgroundChecked(Fact):
    """The territory checked the background of a discovered lead at once."""

    lead_id: Identifier
    subject_id: SubjectId
    result: Reason


@fact(
    "supervision.case_changed.v1",
    family="supervision",
    organs=("HRSS", "HRSS_INSP", "HRSS_MKT", "SAMR", "DRC", "LG", "LGO"),
    zh="挂牌督办",
    en="Case supervision changed",
    source="辽宁省人力资源市场管理通知（2024-11-11）十；平台规则（挂牌督办）",
)
@dataclass(frozen=True, kw_only=True)
class CaseSupervisionChanged(Fact):
    """A superior organ or the leading group listed a case for supervision, or released it.

    `about` is the case or lead. `due` is the listing's own term; a release states what proves
    each listed condition.
    """

    listing_id: Identifier
    action: Annotated[SupervisionAction, Term(zh="督办动作", en="Action")]
    about: Identifier
    subject_id: SubjectId
    responsible_organ: OrganCode
    responsible_region: RegionCode
    requirements: Annotated[tuple[Reason, ...], Term(zh="督办要求", en="Requirements")]
    due: Annotated[date, Term(zh="办结期限", en="Due")]
    public: Annotated[bool, Term(zh="向社会公开", en="Public")] = False
    proofs: Annotated[tuple[Reason, ...], Term(zh="完成情况证明", en="Proofs")] = ()


def stream_of(lead: str) -> str:
    """The sender's half of a lead."""
    return f"lead/{lead}"


def receipt_of(lead: str) -> str:
    """The receiver's half of a lead."""
    return f"lead_receipt/{lead}"


def listing_of(about: str) -> str:
    """The stream of the supervised listings of one case or lead."""
    return f"supervised/{about}"
