"""Police referral (行刑衔接): the words and the facts (reference 8; Decree 310).

1. Two officers or more verify and report in writing to the principal head, who decides within
   3 days; the case goes to the police of the same level within 24 hours.
2. Letter, investigation report, list of goods, test reports, other materials (art. 6) go with
   it; the procuratorate gets its copy in the same act.
3. The police sign at once, forward within 24 hours what is not theirs, and decide within 3
   days. On refusal the file comes back: reconsideration within 3 days, then supervision.
4. A case's questions and referrals stand in one stream of the sender, `referral_question/<case>`,
   so that whoever decides about the case reads all of them; police `criminal_filing/<id>`,
   procuratorate `filing_supervision/<id>`. A referral's id begins with its case's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    CertificateNumber,
    DocumentNumber,
    FileRef,
    Identifier,
    MoneyFen,
    OrganCode,
    Persons,
    PostId,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)

CrimeCode = Annotated[
    str,
    Term(
        zh="罪名代码",
        en="Crime code",
        pattern=r"^XF-[0-9]{2,3}(?:-1)?$",
        example="XF-266",
        source="刑法；平台罪名目录",
    ),
]

REFERRERS = ("HRSS", "HRSS_INSP", "SAMR", "COM", "DRC")
"""Administrative organs that refer; within 人社 the inspection proposes and the head decides."""


class Signatory(StrEnum):
    """Who decides on a referral (Decree 310 art. 5)."""

    PRINCIPAL_HEAD = "PRINCIPAL_HEAD"
    HEAD_IN_CHARGE = "HEAD_IN_CHARGE"


class ReferralDocumentCode(StrEnum):
    """The documents that go with a referral (Decree 310 art. 6)."""

    D1 = "D1"
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"
    D5 = "D5"


class FilingDecision(StrEnum):
    """What the police decided."""

    FILED = "FILED"
    NOT_FILED = "NOT_FILED"


class ReviewKind(StrEnum):
    """复议 by the same police, or 立案监督 by the procuratorate."""

    RECONSIDERATION = "RECONSIDERATION"
    SUPERVISION = "SUPERVISION"


class ReviewOutcome(StrEnum):
    """What the review concluded."""

    FILE = "FILE"
    UPHOLD = "UPHOLD"
    SUPERVISION_REJECTED = "SUPERVISION_REJECTED"


class CriminalOutcome(StrEnum):
    """What became of the criminal case."""

    TRANSFERRED_FOR_PROSECUTION = "TRANSFERRED_FOR_PROSECUTION"
    CONVICTED = "CONVICTED"
    WITHDRAWN = "WITHDRAWN"
    RETURNED_FOR_ADMIN = "RETURNED_FOR_ADMIN"


@dataclass(frozen=True, kw_only=True)
class ReferralDocument:
    """One of D1 to D5: the sealed document and its hash, or not applicable with the reason."""

    code: Annotated[ReferralDocumentCode, Term(zh="文书", en="Document")]
    document_id: Identifier | None = None
    file: Annotated[FileRef | None, Term(zh="文件", en="File")] = None
    not_applicable: Annotated[bool, Term(zh="不适用", en="Not applicable")] = False
    reason: ShortText | None = None


@fact(
    "referral.question_answered.v1",
    family="referral",
    organs=REFERRERS,
    zh="不予移送的判断",
    en="Referral question answered no",
    source="平台规则（R07）；行政处罚法第27条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralQuestionAnswered(Fact):
    """The referral question was asked and answered "no", with reasons on record.

    `found_in` are the inspections, leads and licences in which its findings were made.
    """

    about: Identifier
    subject_id: SubjectId
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    found_in: Annotated[tuple[Identifier, ...], Term(zh="发现来源", en="Found in")] = ()
    reason: Reason


@fact(
    "referral.proposed.v1",
    family="referral",
    organs=REFERRERS,
    zh="提出移送报告",
    en="Referral proposed",
    source="行政执法机关移送涉嫌犯罪案件的规定第5条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralProposed(Fact):
    """A special team of two or more reported in writing to the head, who received it on a day.

    `found_in` are the inspections, leads and licences in which its findings were made.
    """

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    found_in: Annotated[tuple[Identifier, ...], Term(zh="发现来源", en="Found in")] = ()
    team: Annotated[
        tuple[CertificateNumber, ...], Term(zh="专案组执法证号", en="Special team", min_items=1)
    ]
    report_received_on: Annotated[date, Term(zh="负责人收到报告日期", en="Report received on")]
    report: Annotated[FileRef | None, Term(zh="书面报告", en="Written report")] = None
    crimes: Annotated[
        tuple[CrimeCode, ...],
        Term(zh="涉嫌罪名条款", en="Articles of the criminal law", min_items=1),
    ]
    persons: Persons | None = None
    amount_fen: MoneyFen | None = None


@fact(
    "referral.decided.v1",
    family="referral",
    organs=REFERRERS,
    zh="移送决定",
    en="Referral decided",
    source="行政执法机关移送涉嫌犯罪案件的规定第5条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralDecided(Fact):
    """The head approved the referral, or refused it with reasons that stay on file."""

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    approved: Annotated[bool, Term(zh="批准", en="Approved")]
    signatory: Annotated[Signatory, Term(zh="决定人", en="Signatory")]
    decided_at: Annotated[datetime, Term(zh="决定时刻", en="Decided at")]
    reason: Reason | None = None


@fact(
    "referral.transferred.v1",
    family="referral",
    organs=REFERRERS,
    zh="移送公安机关",
    en="Referral transferred",
    source="行政执法机关移送涉嫌犯罪案件的规定第5、6条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralTransferred(Fact):
    """The case went to the police of the same level, with its documents and its copy."""

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    to_region: RegionCode
    letter_no: DocumentNumber
    transferred_at: Annotated[datetime, Term(zh="移送时刻", en="Transferred at")]
    documents: Annotated[tuple[ReferralDocument, ...], Term(zh="移送材料", en="Documents")]
    crimes: Annotated[tuple[CrimeCode, ...], Term(zh="涉嫌罪名条款", en="Articles")] = ()
    copied_to_procuratorate_on: Annotated[date, Term(zh="抄送检察院日期", en="Copied on")]
    penalties_before: Annotated[
        tuple[Identifier, ...], Term(zh="移送前处罚决定", en="Penalties decided before")
    ] = ()


@fact(
    "referral.receipted.v1",
    family="criminal_filing",
    organs=("PSB",),
    zh="公安机关回执",
    en="Referral receipted",
    source="行政执法机关移送涉嫌犯罪案件的规定第7条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralReceipted(Fact):
    """The police signed the receipt; `not_ours` opens the 24 hours in which it must be forwarded."""

    referral_id: Identifier
    subject_id: SubjectId
    signed_at: Annotated[datetime, Term(zh="签收时刻", en="Signed at")]
    region: RegionCode
    not_ours: Annotated[bool, Term(zh="不属本机关管辖", en="Not this organ's")] = False
    reason: Reason | None = None


@fact(
    "referral.forwarded.v1",
    family="criminal_filing",
    organs=("PSB",),
    zh="转送有管辖权的公安机关",
    en="Referral forwarded",
    source="行政执法机关移送涉嫌犯罪案件的规定第7条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralForwarded(Fact):
    """What was not theirs went to the competent police, and the sender was told in writing."""

    referral_id: Identifier
    subject_id: SubjectId
    forwarded_at: Annotated[datetime, Term(zh="转送时刻", en="Forwarded at")]
    from_region: RegionCode
    to_region: RegionCode
    notice_no: DocumentNumber


@fact(
    "referral.review_extended.v1",
    family="criminal_filing",
    organs=("PSB",),
    zh="延长立案审查期限",
    en="Filing review extended",
    source="公安机关受理行政执法机关移送涉嫌犯罪案件规定；经济犯罪案件审查期限（可配置）",
)
@dataclass(frozen=True, kw_only=True)
class FilingReviewExtended(Fact):
    """An economic crime takes longer to review: 10 days, 30 when complex, 30 more if approved."""

    referral_id: Identifier
    subject_id: SubjectId
    days: Annotated[
        int, Term(zh="审查期限（日）", en="Days in all", minimum=4, maximum=60, example="10")
    ]
    approver: PostId
    reason: Reason


@fact(
    "referral.filing_decided.v1",
    family="criminal_filing",
    organs=("PSB",),
    zh="刑事立案决定",
    en="Criminal filing decided",
    source="行政执法机关移送涉嫌犯罪案件的规定第8条",
)
@dataclass(frozen=True, kw_only=True)
class CriminalFilingDecided(Fact):
    """The police filed the case, or did not, gave reasons and returned the file."""

    referral_id: Identifier
    subject_id: SubjectId
    decision: Annotated[FilingDecision, Term(zh="决定", en="Decision")]
    decided_on: Annotated[date, Term(zh="决定日期", en="Decided on")]
    notice_no: DocumentNumber
    reason: Reason | None = None
    file_returned: Annotated[bool, Term(zh="退回案卷", en="File returned")] = False
    administrative: Annotated[bool, Term(zh="应予行政处理", en="Administrative liability")] = False


@fact(
    "referral.notice_received.v1",
    family="referral",
    organs=REFERRERS,
    zh="收到公安、检察机关通知",
    en="Notice received",
    source="行政执法机关移送涉嫌犯罪案件的规定第8、9、12条",
)
@dataclass(frozen=True, kw_only=True)
class FilingNoticeReceived(Fact):
    """The sender received the written notice of a filing decision or of its review.

    `decision` is what it says now: filed, or not filed. `final` when no further review is open.
    """

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    concerns: Identifier
    decision: Annotated[FilingDecision, Term(zh="决定", en="Decision")]
    after: Annotated[ReviewKind | None, Term(zh="经何种复核", en="After which review")] = None
    received_on: Annotated[date, Term(zh="收到日期", en="Received on")]
    final: Annotated[bool, Term(zh="终局", en="Final")] = False


@fact(
    "referral.refusal_final.v1",
    family="referral",
    organs=REFERRERS,
    zh="不予立案终局",
    en="Refusal to file became final",
    source="行政执法机关移送涉嫌犯罪案件的规定第9、10条",
)
@dataclass(frozen=True, kw_only=True)
class FilingRefusalBecameFinal(Fact):
    """Nobody asked for a review in the term that a notice of refusal opened.

    `notice` is the record of that notice, `on` the last day of the term.
    """

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    notice: Identifier
    on: Annotated[date, Term(zh="期限届满日期", en="Last day of the term")]


@fact(
    "referral.materials_handed_over.v1",
    family="referral",
    organs=REFERRERS,
    zh="移交涉案物品和材料",
    en="Referral materials handed over",
    source="行政执法机关移送涉嫌犯罪案件的规定第12条",
)
@dataclass(frozen=True, kw_only=True)
class ReferralMaterialsHandedOver(Fact):
    """Goods and materials were handed over against a list signed by both."""

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    handed_over_on: Annotated[date, Term(zh="移交日期", en="Handed over on")]
    items: Annotated[tuple[ShortText, ...], Term(zh="移交清单", en="List", min_items=1)]
    list_file: Annotated[FileRef | None, Term(zh="移交清单文件", en="Signed list")] = None


@fact(
    "referral.review_requested.v1",
    family="referral",
    organs=REFERRERS,
    zh="申请复议或建议立案监督",
    en="Filing review requested",
    source="行政执法机关移送涉嫌犯罪案件的规定第9条",
)
@dataclass(frozen=True, kw_only=True)
class FilingReviewRequested(Fact):
    """The sender asked the police to reconsider, or suggested supervision to the procuratorate."""

    referral_id: Identifier
    about: Identifier
    subject_id: SubjectId
    kind: Annotated[ReviewKind, Term(zh="复核种类", en="Kind")]
    requested_on: Annotated[date, Term(zh="提出日期", en="Requested on")]
    reason: Reason


@fact(
    "referral.review_decided.v1",
    family="criminal_filing",
    organs=("PSB", "PROC"),
    zh="复议或立案监督结果",
    en="Filing review decided",
    source="行政执法机关移送涉嫌犯罪案件的规定第9条；人民检察院办理移送案件的规定",
)
@dataclass(frozen=True, kw_only=True)
class FilingReviewDecided(Fact):
    """The police filed on reconsideration or upheld; the procuratorate rejected supervision."""

    referral_id: Identifier
    subject_id: SubjectId
    kind: Annotated[ReviewKind, Term(zh="复核种类", en="Kind")]
    outcome: Annotated[ReviewOutcome, Term(zh="结果", en="Outcome")]
    decided_on: Annotated[date, Term(zh="决定日期", en="Decided on")]
    notice_no: DocumentNumber
    reason: Reason | None = None


@fact(
    "referral.explanation_demanded.v1",
    family="criminal_filing",
    organs=("PROC",),
    zh="要求说明不立案理由",
    en="Explanation demanded",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class ExplanationDemanded(Fact):
    """The procuratorate asked the police why they did not file; 7 days to explain."""

    referral_id: Identifier
    subject_id: SubjectId
    demanded_on: Annotated[date, Term(zh="要求日期", en="Demanded on")]


@fact(
    "referral.explained.v1",
    family="criminal_filing",
    organs=("PSB",),
    zh="说明不立案理由",
    en="Refusal explained",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class RefusalExplained(Fact):
    """The police explained in writing."""

    referral_id: Identifier
    subject_id: SubjectId
    explained_on: Annotated[date, Term(zh="说明日期", en="Explained on")]
    reason: Reason


@fact(
    "referral.filing_demanded.v1",
    family="criminal_filing",
    organs=("PROC",),
    zh="通知立案",
    en="Filing demanded",
    source="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定第10条",
)
@dataclass(frozen=True, kw_only=True)
class FilingDemanded(Fact):
    """The procuratorate told the police to file; 15 days to do so."""

    referral_id: Identifier
    subject_id: SubjectId
    demanded_on: Annotated[date, Term(zh="通知日期", en="Demanded on")]


@fact(
    "referral.criminal_outcome.v1",
    family="criminal",
    organs=("PSB", "PROC", "COURT"),
    zh="刑事案件结果",
    en="Criminal case outcome recorded",
    source="行政执法机关移送涉嫌犯罪案件的规定第10、13条；行政处罚法第35条",
    confidentiality=Confidentiality.CRIMINAL,
)
@dataclass(frozen=True, kw_only=True)
class CriminalCaseOutcomeRecorded(Fact):
    """What became of the criminal case; a criminal fine is set off against the administrative one."""

    referral_id: Identifier
    subject_id: SubjectId
    outcome: Annotated[CriminalOutcome, Term(zh="结果", en="Outcome")]
    on: Annotated[date, Term(zh="日期", en="On")]
    criminal_fine_fen: MoneyFen | None = None
    to_organ: OrganCode | None = None
    reason: Reason | None = None


def about_of(referral: str) -> str:
    """The case or lead that a referral's id begins with: `CASE-7F3K.RF-2Q9D` is about `CASE-7F3K`."""
    return referral.rpartition(".")[0] or referral


def questions_of(about: str) -> str:
    """The stream of the referral questions and referrals of one case or lead."""
    return f"referral_question/{about}"


def stream_of(referral: str) -> str:
    """The sender's half of a referral: the stream of the questions of its case or lead."""
    return questions_of(about_of(referral))


def police_of(referral: str) -> str:
    """The half of the police."""
    return f"criminal_filing/{referral}"


def supervision_of(referral: str) -> str:
    """The half of the procuratorate."""
    return f"filing_supervision/{referral}"


def outcome_of(referral: str) -> str:
    """The stream of the criminal case's outcomes; each organ its own."""
    return f"criminal_outcome/{referral}"
