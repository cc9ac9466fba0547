"""Licences: the words and the facts (reference 3 whole).

1. A licence is applied for in the general procedure or by commitment (告知承诺; 3.4).
2. 撤销 says that the grant was wrong, from its first day; 吊销 punishes later conduct, from
   the day of the decision; 撤回 takes back a lawful grant, forward; 注销 is the clerical
   closing of what has ended, and the only terminal state (3.2, 3.3). They are never merged.
3. One stream `licence/<USCC>:<TYPE>` holds every application and licence of one firm and
   type, at 人社, 商务 or 公安.

The life cycle stands in `domain.licence.state`, what all acts share in `domain.licence.rules`,
the acts in the other modules of the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    Code,
    DocumentNumber,
    Identifier,
    PersonRef,
    Persons,
    Reason,
    RegionCode,
    ShortText,
    Term,
    Uscc,
)


class LicenceType(StrEnum):
    """The kinds of licence and permit (reference 3.1)."""

    LIC_HRS = "LIC_HRS"
    LIC_DISPATCH = "LIC_DISPATCH"
    QUAL_FLC = "QUAL_FLC"
    PERMIT_EVENT = "PERMIT_EVENT"


HR_LICENCES = (LicenceType.LIC_HRS.value, LicenceType.LIC_DISPATCH.value)
"""The codes of the licences that 人社 grants."""


class Mode(StrEnum):
    """The procedure the applicant chose (reference 3.4)."""

    GENERAL = "GENERAL"
    COMMITMENT = "COMMITMENT"


class ApplicationOutcome(StrEnum):
    """How an application was handled before the grant."""

    ACCEPTED = "ACCEPTED"
    COMPLETION_REQUESTED = "COMPLETION_REQUESTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    DENIED = "DENIED"
    WITHDRAWN = "WITHDRAWN"


class LicenceChange(StrEnum):
    """A change of a licence in force."""

    CHANGED = "CHANGED"
    RENEWED = "RENEWED"
    REPLACED = "REPLACED"
    SUSPENDED = "SUSPENDED"
    RESUMED = "RESUMED"


class VerificationResult(StrEnum):
    """The result of verifying a commitment."""

    PASSED = "PASSED"
    FAILED = "FAILED"


class CertificateForm(StrEnum):
    """The form of a certificate."""

    PAPER = "PAPER"
    ELECTRONIC = "ELECTRONIC"


class AnnulmentCause(StrEnum):
    """Why a grant is annulled (行政许可法 69)."""

    FALSE_COMMITMENT = "FALSE_COMMITMENT"
    CONDITIONS_NOT_MET = "CONDITIONS_NOT_MET"
    FRAUD_OR_BRIBERY = "FRAUD_OR_BRIBERY"
    OFFICIAL_ERROR = "OFFICIAL_ERROR"


class EndCause(StrEnum):
    """Why a licence is deregistered (行政许可法 70)."""

    EXPIRED = "EXPIRED"
    ANNULLED = "ANNULLED"
    REVOKED = "REVOKED"
    WITHDRAWN = "WITHDRAWN"
    SUBJECT_ENDED = "SUBJECT_ENDED"
    VOLUNTARY = "VOLUNTARY"


Type = Annotated[LicenceType, Term(zh="许可类型", en="Licence type")]
OWNERS = ("HRSS_APPR", "HRSS_LR", "COM", "PSB")
FAMILY = "licensing"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate: the electronic form is issued with the grant and shows the live state."""

    form: Annotated[CertificateForm, Term(zh="证书形式", en="Form")]
    serial: Annotated[
        str,
        Term(zh="证书编号", en="Serial", min_length=1, max_length=60, example="LN2101032024000001"),
    ]
    issued_on: Annotated[date, Term(zh="发证日期", en="Issued on")]
    qr_token: Annotated[
        str,
        Term(zh="二维码标识", en="QR token", pattern=r"^[0-9A-Z]{10,40}$", example="7F3K2Q9DXA4M"),
    ]


@fact(
    "licence.applied.v1",
    family=FAMILY,
    organs=(*OWNERS, "AGENCY"),
    zh="许可申请",
    en="Licence applied for",
    source="人力资源市场暂行条例第18、19条；行政许可法第29条",
)
@dataclass(frozen=True, kw_only=True)
class LicenceApplied(Fact):
    """An application was received; its terms run from this day."""

    application_id: Identifier
    uscc: Uscc
    type: Type
    mode: Annotated[Mode, Term(zh="办理方式", en="Procedure")]
    scope: ShortText
    online: Annotated[bool, Term(zh="开展网络招聘服务", en="Online recruitment")] = False
    full_time_staff: Persons | None = None
    checklist: Annotated[tuple[Code, ...], Term(zh="已提交材料", en="Materials")] = ()
    applied_on: Annotated[date, Term(zh="申请日期", en="Applied on")]
    contact: Annotated[PersonRef | None, Term(zh="联系人", en="Contact")] = None


@fact(
    "licence.application_handled.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="许可申请处理",
    en="Application handled",
    source="行政许可法第32条",
)
@dataclass(frozen=True, kw_only=True)
class LicenceApplicationHandled(Fact):
    """An application was accepted, sent back for completion, not accepted, denied or withdrawn.

    `deemed` marks acceptance by silence (行政许可法 32(4)); `missing` tells everything at once.
    """

    application_id: Identifier
    uscc: Uscc
    type: Type
    outcome: Annotated[ApplicationOutcome, Term(zh="处理结果", en="Outcome")]
    missing: Annotated[tuple[ShortText, ...], Term(zh="需补正材料", en="Missing")] = ()
    reason: Reason | None = None
    deemed: Annotated[bool, Term(zh="视为受理", en="Deemed")] = False


@fact(
    "licence.completion_submitted.v1",
    family=FAMILY,
    organs=(*OWNERS, "AGENCY"),
    zh="补正材料",
    en="Completion submitted",
    source="行政许可法第32条",
)
@dataclass(frozen=True, kw_only=True)
class CompletionSubmitted(Fact):
    """The applicant handed in what was missing; the application is open again."""

    application_id: Identifier
    uscc: Uscc
    type: Type


@fact(
    "licence.term_extended.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="许可期限延长",
    en="Decision term extended",
    source="行政许可法第42条",
)
@dataclass(frozen=True, kw_only=True)
class DecisionTermExtended(Fact):
    """The head of the organ extended the term to decide by 10 working days; the applicant was told why."""

    application_id: Identifier
    uscc: Uscc
    type: Type
    reason: Reason


@fact(
    "licence.granted.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="准予许可",
    en="Licence granted",
    source="人力资源市场暂行条例第19条；行政许可法第38、44条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class LicenceGranted(Fact):
    """A licence was granted. `valid_to` is inclusive; None where the law sets no period."""

    licence_id: Identifier
    application_id: Identifier
    uscc: Uscc
    type: Type
    mode: Annotated[Mode, Term(zh="办理方式", en="Procedure")]
    scope: ShortText
    online: Annotated[bool, Term(zh="开展网络招聘服务", en="Online recruitment")] = False
    region: RegionCode
    valid_from: Annotated[date, Term(zh="有效期起", en="Valid from")]
    valid_to: Annotated[date | None, Term(zh="有效期止", en="Valid to")] = None
    document_no: DocumentNumber | None = None
    certificate: Annotated[Certificate | None, Term(zh="证书", en="Certificate")] = None


@fact(
    "licence.certificate_delivered.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="证书送达",
    en="Certificate delivered",
    source="行政许可法第44条",
)
@dataclass(frozen=True, kw_only=True)
class CertificateDelivered(Fact):
    """The certificate reached the holder (an electronic one with the grant itself)."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    form: Annotated[CertificateForm, Term(zh="证书形式", en="Form")]
    delivered_on: Annotated[date, Term(zh="送达日期", en="Delivered on")]


@fact(
    "licence.renewal_applied.v1",
    family=FAMILY,
    organs=(*OWNERS, "AGENCY"),
    zh="申请延续",
    en="Renewal applied for",
    source="行政许可法第50条",
)
@dataclass(frozen=True, kw_only=True)
class RenewalApplied(Fact):
    """The holder applied to renew; silence of the organ until expiry renews (行政许可法 50)."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    applied_on: Annotated[date, Term(zh="申请日期", en="Applied on")]
    expires_on: Annotated[date, Term(zh="有效期止", en="Expires on")]


@fact(
    "licence.change_applied.v1",
    family=FAMILY,
    organs=(*OWNERS, "AGENCY"),
    zh="申请变更",
    en="Change applied for",
    source="行政许可法第49条；劳务派遣行政许可实施办法",
)
@dataclass(frozen=True, kw_only=True)
class ChangeApplied(Fact):
    """The holder applied to change an item of the licence."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    what: ShortText
    applied_on: Annotated[date, Term(zh="申请日期", en="Applied on")]


@fact(
    "licence.changed.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="许可变更",
    en="Licence altered",
    source="行政许可法第49、50条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class LicenceChanged(Fact):
    """A licence in force was changed, renewed, replaced, suspended or resumed.

    `deemed` marks renewal by silence; `valid_to` is the new end for RENEWED.
    """

    licence_id: Identifier
    uscc: Uscc
    type: Type
    change: Annotated[LicenceChange, Term(zh="变更种类", en="Change")]
    what: ShortText | None = None
    valid_to: Annotated[date | None, Term(zh="有效期止", en="Valid to")] = None
    deemed: Annotated[bool, Term(zh="视为准予", en="Deemed")] = False


@fact(
    "licence.commitment_verified.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="承诺核查",
    en="Commitment verified",
    source="辽宁省人力资源市场管理通知（2024-11-11）二；人力资源服务机构管理规定第7条",
)
@dataclass(frozen=True, kw_only=True)
class CommitmentVerified(Fact):
    """The promised conditions were checked on the spot; `failures` name the false items."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    result: Annotated[VerificationResult, Term(zh="核查结果", en="Result")]
    failures: Annotated[tuple[ShortText, ...], Term(zh="不符事项", en="Failures")] = ()


@fact(
    "licence.annulled.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="撤销许可",
    en="Licence annulled",
    source="行政许可法第69条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class LicenceAnnulled(Fact):
    """The grant itself was wrong and is annulled, back to `ex_tunc_from` (not a penalty)."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    region: RegionCode
    cause: Annotated[AnnulmentCause, Term(zh="撤销原因", en="Cause")]
    ex_tunc_from: Annotated[date, Term(zh="自始无效起日", en="Void from")]
    document_no: DocumentNumber
    holder_told_on: Annotated[date, Term(zh="告知日期", en="Holder told on")]
    holder_heard: Annotated[bool, Term(zh="已听取陈述申辩", en="Holder heard")]


@fact(
    "licence.revoked.v1",
    family=FAMILY,
    organs=("HRSS_INSP", "COM"),
    zh="吊销许可",
    en="Licence revoked",
    source="行政处罚法第9条第（三）项",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class LicenceRevoked(Fact):
    """A penalty took the licence away from `effective_on`; earlier days stay licensed."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    region: RegionCode
    penalty_decision_id: Identifier
    effective_on: Annotated[date, Term(zh="生效日期", en="Effective on")]
    document_no: DocumentNumber


@fact(
    "licence.decision_served.v1",
    family=FAMILY,
    organs=(*OWNERS, "HRSS_INSP"),
    zh="决定书送达",
    en="Decision served",
    source="行政许可法第44条；民事诉讼法第88条",
)
@dataclass(frozen=True, kw_only=True)
class LicenceDecisionServed(Fact):
    """A decision on a licence was served; the term for reconsideration starts."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    document_no: DocumentNumber
    served_on: Annotated[date, Term(zh="送达日期", en="Served on")]


@fact(
    "licence.deregistered.v1",
    family=FAMILY,
    organs=OWNERS,
    zh="注销许可",
    en="Licence deregistered",
    source="行政许可法第70条",
    confidentiality=Confidentiality.PUBLIC,
)
@dataclass(frozen=True, kw_only=True)
class LicenceDeregistered(Fact):
    """The clerical closing of a licence that has ended: the only terminal state."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    region: RegionCode
    cause: Annotated[EndCause, Term(zh="注销原因", en="Cause")]


@fact(
    "licence.end_notified.v1",
    family=FAMILY,
    organs=("HRSS_APPR",),
    zh="许可终止通知市场监管",
    en="Market regulation told of a licence's end",
    source="平台规则（R11）",
)
@dataclass(frozen=True, kw_only=True)
class LicenceEndNotified(Fact):
    """人社 told 市场监管 that a licence was annulled or revoked, for the scope to be cleaned up."""

    licence_id: Identifier
    uscc: Uscc
    type: Type
    end: Annotated[
        str, Term(zh="终止方式", en="End", pattern=r"^(?:ANNULLED|REVOKED)$", example="ANNULLED")
    ]
    about: Identifier
