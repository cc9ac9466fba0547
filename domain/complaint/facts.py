"""Complaints and reports (投诉、举报): the facts (reference 7.1, 7.2).

投诉 comes from a worker whose own right is infringed, 举报 from anyone. Who reported is known
to the receiving organ alone: name, phone and account lie in its vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    IDENTIFIER_PATTERN,
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
    ShortText,
    SubjectId,
    Term,
)

ComplaintId = Annotated[
    str,
    Term(zh="投诉举报编号", en="Complaint", pattern=IDENTIFIER_PATTERN, example="CP-7F3K2Q9DXA"),
]


class ComplaintKind(StrEnum):
    """投诉 or 举报."""

    COMPLAINT = "COMPLAINT"
    REPORT = "REPORT"


class Channel(StrEnum):
    """How it was received."""

    VISIT = "VISIT"
    LETTER = "LETTER"
    PHONE = "PHONE"
    WEB = "WEB"
    PASSED_ON = "PASSED_ON"


class ComplaintOutcome(StrEnum):
    """What was decided on a complaint."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    COMPLETION = "COMPLETION"
    REDIRECTED = "REDIRECTED"


@fact(
    "complaint.received.v1",
    family="complaint",
    organs=("HRSS_INSP",),
    zh="收到投诉举报",
    en="Complaint received",
    source="劳动保障监察条例第9条；辽宁省人力资源市场管理通知（2024-11-11）七",
    confidentiality=Confidentiality.REPORTER_SECRET,
)
@dataclass(frozen=True, kw_only=True)
class ComplaintReceived(Fact):
    """A complaint or report came in; `persons` complain together, `reporter` is None if anonymous.

    `named_subject` and `own_right` are the second condition of acceptance, `in_arbitration`
    says that the matter is before an arbitrator or a court.
    """

    complaint_id: Identifier
    kind: Annotated[ComplaintKind, Term(zh="种类", en="Kind")]
    channel: Annotated[Channel, Term(zh="渠道", en="Channel")]
    subject_id: SubjectId
    subject_name: OrganisationName | None = None
    received_on: Annotated[date, Term(zh="收到日期", en="Received on")]
    persons: Persons
    reporter: Annotated[PersonRef | None, Term(zh="投诉举报人", en="Complainant")] = None
    codes: Annotated[tuple[Code, ...], Term(zh="涉及违法行为代码", en="Codes")] = ()
    about_what: ShortText
    amount_fen: MoneyFen | None = None
    act_from: Annotated[date | None, Term(zh="行为起日", en="Act from")] = None
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None
    work_region: RegionCode
    named_subject: Annotated[bool, Term(zh="有明确的被投诉单位", en="Named subject")] = True
    own_right: Annotated[bool, Term(zh="本人权益受侵害", en="Own right infringed")] = True
    in_arbitration: Annotated[bool, Term(zh="已仲裁或诉讼", en="In arbitration")] = False
    evidence: Annotated[tuple[Digest, ...], Term(zh="证据文件摘要", en="Evidence files")] = ()


@fact(
    "complaint.completed.v1",
    family="complaint",
    organs=("HRSS_INSP",),
    zh="补正投诉材料",
    en="Complaint completed",
    source="关于实施《劳动保障监察条例》若干规定第18条",
    confidentiality=Confidentiality.REPORTER_SECRET,
)
@dataclass(frozen=True, kw_only=True)
class ComplaintCompleted(Fact):
    """The complainant supplied what was missing; the term to decide begins again."""

    complaint_id: Identifier
    subject_id: SubjectId
    received_on: Annotated[date, Term(zh="收到日期", en="Received on")]
    named_subject: Annotated[bool, Term(zh="有明确的被投诉单位", en="Named subject")] = True
    own_right: Annotated[bool, Term(zh="本人权益受侵害", en="Own right infringed")] = True


@fact(
    "complaint.decided.v1",
    family="complaint",
    organs=("HRSS_INSP",),
    zh="投诉举报处理决定",
    en="Complaint decided",
    source="关于实施《劳动保障监察条例》若干规定第18条",
    confidentiality=Confidentiality.REPORTER_SECRET,
)
@dataclass(frozen=True, kw_only=True)
class ComplaintDecided(Fact):
    """A complaint was accepted, refused, sent back for completion, or directed elsewhere.

    An acceptance that joins an open case names it in `case_id`.
    """

    complaint_id: Identifier
    subject_id: SubjectId
    outcome: Annotated[ComplaintOutcome, Term(zh="处理决定", en="Outcome")]
    case_id: Identifier | None = None
    redirected_to: OrganCode | None = None
    reason: Reason | None = None


@fact(
    "complaint.case_filed.v1",
    family="complaint",
    organs=("HRSS_INSP",),
    zh="据投诉举报立案",
    en="Case filed on a complaint",
    source="关于实施《劳动保障监察条例》若干规定第18条；平台规则（并案处理）",
    confidentiality=Confidentiality.REPORTER_SECRET,
)
@dataclass(frozen=True, kw_only=True)
class CaseFiledOnComplaint(Fact):
    """A case was filed on an accepted complaint; no second one rests on it."""

    complaint_id: Identifier
    subject_id: SubjectId
    case_id: Identifier


def stream_of(subject: str) -> str:
    """The stream of the complaints about one subject."""
    return f"complaint/{subject}"
