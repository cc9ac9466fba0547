"""Cases and administrative penalties: the words and the facts (reference 12, 7.2).

1. A case is filed on leads, complaints or findings about one or more parties (一案多查) and
   runs under two terms at once: 60 working days to investigate (监察条例 17) and 90 calendar
   days to decide (处罚法 60).
2. Before a decision: notice with the right to be heard, the hearing where it is asked for,
   legal review, collective discussion where the case is complex or grave.
3. Order to correct, interview and exposure are no penalties; a handling decision is none either.
4. While a crime is with the police the case is suspended; days used stay used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.facts import Confidentiality, Fact, fact
from domain.terms import (
    IDENTIFIER_PATTERN,
    CertificateNumber,
    Code,
    DocumentNumber,
    FileRef,
    Identifier,
    MoneyFen,
    Persons,
    PostId,
    Reason,
    ShortText,
    SignedFen,
    SubjectId,
    Term,
)

CaseId = Annotated[
    str, Term(zh="案件编号", en="Case", pattern=IDENTIFIER_PATTERN, example="CASE-7F3K2Q9DXA")
]
DecisionId = Annotated[
    str,
    Term(
        zh="处罚决定编号",
        en="Decision",
        pattern=IDENTIFIER_PATTERN,
        example="CASE-7F3K2Q9DXA.PD-2Q9DXA7F3K",
    ),
]
PublicationId = Annotated[
    str,
    Term(zh="公开事项编号", en="Publication", pattern=IDENTIFIER_PATTERN, example="PB-7F3K2Q9DXA"),
]
PreservationId = Annotated[
    str, Term(zh="保存编号", en="Preservation", pattern=IDENTIFIER_PATTERN, example="EP-7F3K2Q9DXA")
]

ENFORCERS = ("HRSS_INSP", "SAMR", "COM", "TWN")
"""Organs that file cases; a township only where a provincial decision handed it the power."""


class Procedure(StrEnum):
    """简易程序 or 普通程序."""

    ORDINARY = "ORDINARY"
    SIMPLE = "SIMPLE"


class PeriodChange(StrEnum):
    """What happened to the terms of a case."""

    EXTENDED = "EXTENDED"
    SUSPENDED = "SUSPENDED"
    RESUMED = "RESUMED"


class PeriodGround(StrEnum):
    """Why."""

    COMPLEX = "COMPLEX"
    PENDING_CRIMINAL = "PENDING_CRIMINAL"
    TESTING = "TESTING"
    HEARING = "HEARING"
    NOTICE = "NOTICE"
    NOT_FILED_BY_POLICE = "NOT_FILED_BY_POLICE"
    RETURNED_FOR_ADMIN = "RETURNED_FOR_ADMIN"
    CRIMINAL_CASE_ENDED = "CRIMINAL_CASE_ENDED"
    TESTING_DONE = "TESTING_DONE"
    OVERTURNED = "OVERTURNED"


class MeasureKind(StrEnum):
    """The penalties (reference 12.2); what is no penalty does not stand here."""

    WARNING = "WARNING"
    CIRCULATED_CRITICISM = "CIRCULATED_CRITICISM"
    FINE = "FINE"
    CONFISCATE_INCOME = "CONFISCATE_INCOME"
    CONFISCATE_GOODS = "CONFISCATE_GOODS"
    SUSPEND_PERMIT = "SUSPEND_PERMIT"
    DOWNGRADE = "DOWNGRADE"
    REVOKE_PERMIT = "REVOKE_PERMIT"
    RESTRICT_BUSINESS = "RESTRICT_BUSINESS"
    SUSPEND_BUSINESS = "SUSPEND_BUSINESS"
    CLOSE = "CLOSE"
    RESTRICT_PRACTICE = "RESTRICT_PRACTICE"
    DETENTION = "DETENTION"


class ServiceMethod(StrEnum):
    """How a document was served (处罚法 61; 民事诉讼法 88-95)."""

    ON_THE_SPOT = "ON_THE_SPOT"
    DIRECT = "DIRECT"
    LEFT = "LEFT"
    MAIL = "MAIL"
    ELECTRONIC = "ELECTRONIC"
    PUBLIC_NOTICE = "PUBLIC_NOTICE"


class Payment(StrEnum):
    """How a decision was performed."""

    PAID = "PAID"
    SURCHARGE = "SURCHARGE"
    ENFORCED = "ENFORCED"
    REFUND = "REFUND"


class CaseOutcome(StrEnum):
    """How a case ended."""

    PENALISED = "PENALISED"
    NO_PENALTY_EDUCATED = "NO_PENALTY_EDUCATED"
    HANDLED = "HANDLED"
    FILING_WITHDRAWN = "FILING_WITHDRAWN"
    TRANSFERRED = "TRANSFERRED"
    UNFOUNDED = "UNFOUNDED"


class ReviewOpinion(StrEnum):
    """What legal review or collective discussion concluded."""

    AGREED = "AGREED"
    CHANGE_NEEDED = "CHANGE_NEEDED"


class PublicationKind(StrEnum):
    """A penalty decision that must be public, or the exposure of a serious case (公布曝光)."""

    DECISION = "DECISION"
    EXPOSURE = "EXPOSURE"


class PublicationStep(StrEnum):
    """Approve, redact, publish, withdraw."""

    APPROVED = "APPROVED"
    REDACTED = "REDACTED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One penalty: its kind, its amount where it has one, and the article it rests on.

    `party` is who it falls on, the case's subject where None; `head` that a fine falls on the
    principal head of that unit.
    """

    kind: Annotated[MeasureKind, Term(zh="处罚种类", en="Kind")]
    amount_fen: MoneyFen | None = None
    party: Annotated[SubjectId | None, Term(zh="当事人", en="Party")] = None
    head: Annotated[bool, Term(zh="对主要负责人处罚", en="On the principal head")] = False
    code: Code
    basis: Annotated[
        str,
        Term(
            zh="依据条款",
            en="Article",
            min_length=3,
            max_length=80,
            example="人力资源市场暂行条例第42条第1款",
        ),
    ]


@fact(
    "case.filed.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="立案",
    en="Case filed",
    source="行政处罚法第54条；劳动保障监察条例第17条",
)
@dataclass(frozen=True, kw_only=True)
class CaseFiled(Fact):
    """A case was filed by two officers or more; it names leads, complaints and findings.

    `discovered_on` is the day the first of them came, which ends the limitation. `labour` says that the labour-inspection term of 60 working days runs as well; `parties`
    are all who are looked at, the subject first.
    """

    case_id: Identifier
    subject_id: SubjectId
    parties: Annotated[tuple[SubjectId, ...], Term(zh="当事人", en="Parties", min_items=1)]
    codes: Annotated[tuple[Code, ...], Term(zh="涉嫌违法行为代码", en="Codes", min_items=1)]
    filed_on: Annotated[date, Term(zh="立案日期", en="Filed on")]
    leads: Annotated[tuple[Identifier, ...], Term(zh="线索", en="Leads")] = ()
    complaints: Annotated[tuple[Identifier, ...], Term(zh="投诉举报", en="Complaints")] = ()
    findings: Annotated[tuple[Identifier, ...], Term(zh="违法事项", en="Findings")] = ()
    officers: Annotated[
        tuple[CertificateNumber, ...], Term(zh="办案人员执法证号", en="Officers", min_items=1)
    ]
    procedure: Annotated[Procedure, Term(zh="程序", en="Procedure")] = Procedure.ORDINARY
    labour: Annotated[bool, Term(zh="劳动保障监察案件", en="Labour case")]
    act_from: Annotated[date | None, Term(zh="行为起日", en="Act from")] = None
    act_to: Annotated[date | None, Term(zh="行为终了日", en="Act to")] = None
    discovered_on: Annotated[date | None, Term(zh="发现日期", en="Discovered on")] = None


@fact(
    "case.period_changed.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="办案期限变更",
    en="Case period changed",
    source="劳动保障监察条例第17条；行政处罚法第60条；平台规则（移送期间中止）",
)
@dataclass(frozen=True, kw_only=True)
class CasePeriodChanged(Fact):
    """The terms of a case were lengthened, suspended or resumed on a day.

    `working_days` and `calendar_days` are what an extension adds to the two terms.
    """

    case_id: Identifier
    subject_id: SubjectId
    kind: Annotated[PeriodChange, Term(zh="变更种类", en="Kind")]
    ground: Annotated[PeriodGround, Term(zh="原因", en="Ground")]
    on: Annotated[date, Term(zh="日期", en="On")]
    working_days: Annotated[
        int | None, Term(zh="延长（工作日）", en="Working days", minimum=1, maximum=250)
    ] = None
    calendar_days: Annotated[
        int | None, Term(zh="延长（日）", en="Calendar days", minimum=1, maximum=365)
    ] = None
    approver: PostId | None = None
    about: Identifier | None = None


@fact(
    "case.evidence_preserved.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="先行登记保存证据",
    en="Evidence preserved",
    source="行政处罚法第56条",
)
@dataclass(frozen=True, kw_only=True)
class EvidencePreserved(Fact):
    """Evidence was registered and kept first; what becomes of it is decided within 7 working days."""

    case_id: Identifier
    subject_id: SubjectId
    preservation_id: Identifier
    items: Annotated[tuple[ShortText, ...], Term(zh="证据清单", en="Items", min_items=1)]
    on: Annotated[date, Term(zh="日期", en="On")]
    document: Annotated[FileRef | None, Term(zh="保存清单", en="List of what is kept")] = None


@fact(
    "case.evidence_settled.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="先行登记保存处理决定",
    en="Preserved evidence settled",
    source="行政处罚法第56条",
)
@dataclass(frozen=True, kw_only=True)
class EvidenceSettled(Fact):
    """Preserved evidence was returned, seized or handed over."""

    case_id: Identifier
    subject_id: SubjectId
    preservation_id: Identifier
    decision: Annotated[
        str,
        Term(
            zh="处理",
            en="Decision",
            pattern=r"^(?:RETURNED|SEIZED|HANDED_OVER)$",
            example="RETURNED",
        ),
    ]


@fact(
    "case.investigation_concluded.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="调查终结",
    en="Investigation concluded",
    source="行政处罚法第57条；劳动保障监察条例第17条",
)
@dataclass(frozen=True, kw_only=True)
class InvestigationConcluded(Fact):
    """The investigation ended with what it established: income, persons, refusal, gravity.

    `sum_fen` is the money an article counts from (obtained by fraud, cost of an advertisement),
    `licensed` that the party holds a licence that may be revoked, `harm` that the act did harm,
    `safety` that it harmed citizens' life, health or financial safety.
    """

    case_id: Identifier
    subject_id: SubjectId
    concluded_on: Annotated[date, Term(zh="终结日期", en="Concluded on")]
    illegal_income_fen: Annotated[
        int, Term(zh="违法所得（分）", en="Illegal income in fen", minimum=0)
    ]
    refund_due_fen: Annotated[
        int, Term(zh="应退赔（分）", en="Owed to victims in fen", minimum=0)
    ] = 0
    persons: Persons | None = None
    refused_correction: Annotated[bool, Term(zh="拒不改正", en="Refused to correct")] = False
    serious: Annotated[bool, Term(zh="情节严重", en="Serious")] = False
    complex: Annotated[bool, Term(zh="情节复杂", en="Complex")] = False
    corrected_promptly: Annotated[bool, Term(zh="及时改正", en="Corrected promptly")] = False
    sum_fen: MoneyFen | None = None
    turnover_fen: Annotated[
        int | None, Term(zh="上一年度营业额（分）", en="Turnover in fen", minimum=0)
    ] = None
    licensed: Annotated[bool, Term(zh="持有许可证", en="Holds a licence")] = False
    harm: Annotated[bool, Term(zh="造成危害后果", en="Did harm")] = False
    safety: Annotated[bool, Term(zh="危害人身或者财产安全", en="Harmed safety")] = False
    proposal: Reason


@fact(
    "case.notice_served.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="处罚事先告知",
    en="Penalty notice served",
    source="行政处罚法第44、62、63条",
)
@dataclass(frozen=True, kw_only=True)
class PenaltyNoticeServed(Fact):
    """The party was told what is intended, why, and that it may be heard."""

    case_id: Identifier
    subject_id: SubjectId
    notice_no: DocumentNumber
    proposed: Annotated[tuple[Measure, ...], Term(zh="拟处罚", en="Proposed", min_items=1)]
    hearing_right: Annotated[bool, Term(zh="有权要求听证", en="Right to a hearing")]
    served_on: Annotated[date, Term(zh="送达日期", en="Served on")]


@fact(
    "case.defence_heard.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="陈述、申辩",
    en="Defence heard",
    source="行政处罚法第45条",
)
@dataclass(frozen=True, kw_only=True)
class DefenceHeard(Fact):
    """The party stated its case; whether its grounds were accepted."""

    case_id: Identifier
    subject_id: SubjectId
    on: Annotated[date, Term(zh="日期", en="On")]
    accepted: Annotated[bool, Term(zh="采纳", en="Accepted")]
    reason: Reason


@fact(
    "case.hearing_requested.v1",
    family="enforcement",
    organs=(*ENFORCERS, "AGENCY"),
    zh="要求听证",
    en="Hearing requested",
    source="行政处罚法第64条第（一）项",
)
@dataclass(frozen=True, kw_only=True)
class HearingRequested(Fact):
    """The party asked for a hearing."""

    case_id: Identifier
    subject_id: SubjectId
    requested_on: Annotated[date, Term(zh="要求日期", en="Requested on")]


@fact(
    "case.hearing_notified.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="听证通知",
    en="Hearing notified",
    source="行政处罚法第64条第（二）项",
)
@dataclass(frozen=True, kw_only=True)
class HearingNotified(Fact):
    """Time and place of the hearing were told at least 7 working days before."""

    case_id: Identifier
    subject_id: SubjectId
    notified_on: Annotated[date, Term(zh="通知日期", en="Notified on")]
    hearing_on: Annotated[date, Term(zh="听证日期", en="Hearing on")]
    place: ShortText


@fact(
    "case.hearing_held.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="举行听证",
    en="Hearing held",
    source="行政处罚法第64、65条",
)
@dataclass(frozen=True, kw_only=True)
class HearingHeld(Fact):
    """The hearing took place, or the party stayed away; its record is sealed."""

    case_id: Identifier
    subject_id: SubjectId
    held_on: Annotated[date, Term(zh="听证日期", en="Held on")]
    notified_on: Annotated[date, Term(zh="通知日期", en="Notified on")]
    attended: Annotated[bool, Term(zh="当事人到场", en="Attended")] = True
    record: Annotated[FileRef | None, Term(zh="听证笔录", en="Record of the hearing")] = None


@fact(
    "case.legal_review_done.v1",
    family="enforcement",
    organs=("HRSS_LEGAL", "SAMR", "COM", "TWN"),
    zh="法制审核",
    en="Legal review done",
    source="行政处罚法第58条",
)
@dataclass(frozen=True, kw_only=True)
class LegalReviewDone(Fact):
    """Legal review agreed with the proposal, or asked for a change."""

    case_id: Identifier
    subject_id: SubjectId
    opinion: Annotated[ReviewOpinion, Term(zh="审核意见", en="Opinion")]
    reason: Reason


@fact(
    "case.discussed.v1",
    family="enforcement",
    organs=("HRSS", *ENFORCERS),
    zh="集体讨论",
    en="Case discussed collectively",
    source="行政处罚法第57条第2款",
)
@dataclass(frozen=True, kw_only=True)
class CaseDiscussed(Fact):
    """The heads of the organ discussed a complex or grave case together."""

    case_id: Identifier
    subject_id: SubjectId
    on: Annotated[date, Term(zh="日期", en="On")]
    opinion: Annotated[ReviewOpinion, Term(zh="讨论意见", en="Opinion")]
    present: Annotated[int, Term(zh="到会人数", en="Present", minimum=2, maximum=99, example="5")]


@fact(
    "case.penalty_decided.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="行政处罚决定",
    en="Penalty decided",
    source="行政处罚法第57、59、60条",
)
@dataclass(frozen=True, kw_only=True)
class PenaltyDecided(Fact):
    """A penalty on one party was decided: measures, each with its article, within its range.

    `subject_id` is the party; `fine_fen` includes the fine on its principal head.
    """

    decision_id: Identifier
    case_id: Identifier
    subject_id: SubjectId
    decision_no: DocumentNumber
    measures: Annotated[tuple[Measure, ...], Term(zh="处罚", en="Measures", min_items=1)]
    fine_fen: MoneyFen
    confiscated_fen: MoneyFen
    codes: Annotated[tuple[Code, ...], Term(zh="违法行为代码", en="Codes", min_items=1)]
    decided_on: Annotated[date, Term(zh="决定日期", en="Decided on")]
    law_of: Annotated[date, Term(zh="适用法律之日", en="Law as of")]
    reason: Reason
    publish: Annotated[bool, Term(zh="应当公开", en="Must be public")] = True


@fact(
    "case.handling_decided.v1",
    family="enforcement",
    organs=("HRSS_INSP", "COM"),
    zh="行政处理决定",
    en="Handling decided",
    source="劳动保障监察条例第18条第（二）项",
)
@dataclass(frozen=True, kw_only=True)
class HandlingDecided(Fact):
    """A handling decision (pay wages, return documents): no penalty."""

    decision_id: Identifier
    case_id: Identifier
    subject_id: SubjectId
    decision_no: DocumentNumber
    orders: Annotated[tuple[Reason, ...], Term(zh="处理内容", en="Orders", min_items=1)]
    decided_on: Annotated[date, Term(zh="决定日期", en="Decided on")]
    due: Annotated[date, Term(zh="履行期限", en="Due")]


@fact(
    "case.penalty_served.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="送达处罚决定书",
    en="Penalty served",
    source="行政处罚法第61条；民事诉讼法第88至95条",
)
@dataclass(frozen=True, kw_only=True)
class PenaltyServed(Fact):
    """A decision was served; `served_on` is the day on which it counts as served.

    `repair_notice` says that the notice on credit repair went with it (两书同达).
    """

    case_id: Identifier
    decision_id: Identifier
    subject_id: SubjectId
    served_on: Annotated[date, Term(zh="送达日期", en="Served on")]
    method: Annotated[ServiceMethod, Term(zh="送达方式", en="Method")]
    repair_notice: Annotated[bool, Term(zh="两书同达", en="Repair notice served")] = True
    has_fine: Annotated[bool, Term(zh="含罚款", en="Has a fine")] = False


@fact(
    "case.penalty_performed.v1",
    family="enforcement",
    organs=(*ENFORCERS, "FIN"),
    zh="处罚履行",
    en="Penalty performed",
    source="行政处罚法第66、67、72条",
)
@dataclass(frozen=True, kw_only=True)
class PenaltyPerformed(Fact):
    """Money was paid, enforced or refunded (negative); `settled` when nothing is owed."""

    case_id: Identifier
    decision_id: Identifier
    subject_id: SubjectId
    kind: Annotated[Payment, Term(zh="履行种类", en="Kind")]
    amount_fen: SignedFen
    on: Annotated[date, Term(zh="日期", en="On")]
    settled: Annotated[bool, Term(zh="已履行完毕", en="Settled")] = False


@fact(
    "case.performance_demanded.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="催告履行",
    en="Performance demanded",
    source="行政强制法第54条",
)
@dataclass(frozen=True, kw_only=True)
class PerformanceDemanded(Fact):
    """The party was urged to perform before the court is asked."""

    case_id: Identifier
    decision_id: Identifier
    subject_id: SubjectId
    on: Annotated[date, Term(zh="催告日期", en="On")]


@fact(
    "case.enforcement_applied.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="申请法院强制执行",
    en="Court enforcement applied for",
    source="行政强制法第53、54条",
)
@dataclass(frozen=True, kw_only=True)
class EnforcementApplied(Fact):
    """The court was asked to enforce a decision that was neither performed nor attacked."""

    case_id: Identifier
    decision_id: Identifier
    subject_id: SubjectId
    on: Annotated[date, Term(zh="申请日期", en="On")]


@fact(
    "case.closed.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="结案",
    en="Case closed",
    source="行政处罚法第57条；劳动保障监察条例第18条",
)
@dataclass(frozen=True, kw_only=True)
class CaseClosed(Fact):
    """A case ended; `leads` are those whose senders are told what became of them."""

    case_id: Identifier
    subject_id: SubjectId
    outcome: Annotated[CaseOutcome, Term(zh="结案结果", en="Outcome")]
    closed_on: Annotated[date, Term(zh="结案日期", en="Closed on")]
    leads: Annotated[tuple[Identifier, ...], Term(zh="线索", en="Leads")] = ()
    reason: Reason


@fact(
    "case.reopened.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="重新办理",
    en="Case reopened",
    source="行政复议法第64条；平台规则（R14）",
)
@dataclass(frozen=True, kw_only=True)
class CaseReopened(Fact):
    """A case whose decision was overturned is dealt with again; `overturned` is the event of that.

    `decision_id` is the decision that fell; those on other parties stay.
    """

    case_id: Identifier
    subject_id: SubjectId
    decision_id: Identifier | None = None
    overturned: Identifier
    reason: Reason


@fact(
    "case.publication_changed.v1",
    family="enforcement",
    organs=ENFORCERS,
    zh="处罚决定公开与案件曝光",
    en="Publication changed",
    source="行政处罚法第48条；辽宁省人力资源市场管理通知（2024-11-11）十一",
    confidentiality=Confidentiality.INTERNAL,
)
@dataclass(frozen=True, kw_only=True)
class PublicationChanged(Fact):
    """A decision or serious case was approved for publication, redacted, published or withdrawn."""

    publication_id: Identifier
    case_id: Identifier
    decision_id: Identifier | None = None
    subject_id: SubjectId
    kind: Annotated[PublicationKind, Term(zh="公开种类", en="Kind")]
    step: Annotated[PublicationStep, Term(zh="环节", en="Step")]
    on: Annotated[date, Term(zh="日期", en="On")]
    text: Annotated[FileRef | None, Term(zh="公开文本", en="Text")] = None
    channel: ShortText | None = None
    legal_basis: ShortText | None = None
    because: Identifier | None = None


def stream_of(case: str) -> str:
    """The stream of one case."""
    return f"case/{case}"


def case_of(decision: str) -> str:
    """The case that a decision's id begins with: `CASE-7F3K.PD-2Q9D` is of `CASE-7F3K`."""
    return decision.rpartition(".")[0] or decision
