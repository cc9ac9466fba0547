"""Enforcement documents (执法文书): the facts of their making (reference 8.2, 12; Appendix D 20).

Drafted from a template, checked, approved, sealed with the hash of its files, served. Three
different posts prepare, check and approve. What a document says lies in the content-addressed
store; its facts carry number, hashes and steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.departments import PUBLIC
from domain.enforcement.facts import ServiceMethod
from domain.facts import Fact, fact
from domain.terms import (
    SUBJECT_PATTERN,
    Code,
    DocumentNumber,
    FileRef,
    Identifier,
    OrganCode,
    PostId,
    Reason,
    ShortText,
    SubjectId,
    Term,
    is_subject,
)


def is_about(subject: str) -> bool:
    """Whether an id names who a document is about: a subject, or the campaign that it reports on."""
    return subject.startswith("CMP-") or is_subject(subject)


AboutWhom = Annotated[
    str,
    Term(
        zh="当事人（统一社会信用代码或平台编号；专项行动材料填行动编号）",
        en="Subject: USCC or UN-/NP- id; a campaign's report is about the campaign",
        pattern=SUBJECT_PATTERN[:-2] + r"|CMP-[0-9A-Z]{6,40})$",
        example="91210103MAYTX011XN",
        source="GB 32100-2015；平台规则（无证无照对象编号）",
        check=is_about,
    ),
]


@fact(
    "document.drafted.v1",
    family="document",
    organs=PUBLIC,
    zh="拟制文书",
    en="Document drafted",
    source="行政处罚法第59条；平台规则（文书拟制、审核、批准）",
)
@dataclass(frozen=True, kw_only=True)
class DocumentDrafted(Fact):
    """A document was drafted from a template; `content` is the hash of what was filled in.

    `number` runs through per organ, kind and year. A new draft replaces the one before it
    until it is approved; `revision` counts from 1.
    """

    document_id: Identifier
    kind: Code
    template_version: Identifier
    number: DocumentNumber
    revision: Annotated[int, Term(zh="稿次", en="Revision", minimum=1)]
    about: Identifier
    subject_id: AboutWhom
    content: Annotated[FileRef, Term(zh="文稿内容", en="Content")]
    drafted_by: PostId


@fact(
    "document.numbered.v1",
    family="document",
    organs=PUBLIC,
    zh="文书编号",
    en="Document numbered",
    source="平台规则（文书编号）",
)
@dataclass(frozen=True, kw_only=True)
class DocumentNumbered(Fact):
    """The next number of a bureau's register of one kind and year was given to a document.

    A number is given once and never again, whether or not the document is sealed.
    """

    document_id: Identifier
    kind: Code
    bureau: OrganCode
    year: Annotated[int, Term(zh="年份", en="Year", minimum=1949, example="2025")]
    place: Annotated[int, Term(zh="顺序号", en="Place in the register", minimum=1, example="1")]
    number: DocumentNumber


@fact(
    "document.checked.v1",
    family="document",
    organs=PUBLIC,
    zh="审核文书",
    en="Document checked",
    source="平台规则（文书拟制、审核、批准）",
)
@dataclass(frozen=True, kw_only=True)
class DocumentChecked(Fact):
    """A second post checked the draft, or sent it back with a reason."""

    document_id: Identifier
    revision: Annotated[int, Term(zh="稿次", en="Revision", minimum=1)]
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")]
    checked_by: PostId
    reason: Reason | None = None


@fact(
    "document.approved.v1",
    family="document",
    organs=PUBLIC,
    zh="批准文书",
    en="Document approved",
    source="行政处罚法第57条；平台规则（文书拟制、审核、批准）",
)
@dataclass(frozen=True, kw_only=True)
class DocumentApproved(Fact):
    """The post with the power of signature approved the checked draft."""

    document_id: Identifier
    revision: Annotated[int, Term(zh="稿次", en="Revision", minimum=1)]
    approved_by: PostId


@fact(
    "document.sealed.v1",
    family="document",
    organs=PUBLIC,
    zh="文书定稿用印",
    en="Document sealed",
    source="平台规则（文书定稿与散列）",
)
@dataclass(frozen=True, kw_only=True)
class DocumentSealed(Fact):
    """The approved document was made into its files; their hashes are what it is from now on."""

    document_id: Identifier
    kind: Code
    number: DocumentNumber
    about: Identifier
    subject_id: AboutWhom
    content: Annotated[FileRef, Term(zh="文稿内容", en="Content")]
    docx: Annotated[FileRef, Term(zh="DOCX 文件", en="DOCX file")]
    pdf: Annotated[FileRef, Term(zh="PDF 文件", en="PDF file")]


@fact(
    "document.served.v1",
    family="document",
    organs=PUBLIC,
    zh="送达文书",
    en="Document served",
    source="行政处罚法第61条；民事诉讼法第88至95条",
)
@dataclass(frozen=True, kw_only=True)
class DocumentServed(Fact):
    """A sealed document was served; `receipt` is the signed proof of service (送达回证)."""

    document_id: Identifier
    kind: Code
    subject_id: AboutWhom
    served_on: Annotated[date, Term(zh="送达日期", en="Served on")]
    method: Annotated[ServiceMethod, Term(zh="送达方式", en="Method")]
    receipt: Annotated[FileRef | None, Term(zh="送达回证", en="Proof of service")] = None


@fact(
    "document.evidence_kept.v1",
    family="document",
    organs=PUBLIC,
    zh="证据材料入库",
    en="Evidence kept",
    source="行政处罚法第46、47条；平台规则（证据文件内容寻址保存）",
)
@dataclass(frozen=True, kw_only=True)
class EvidenceKept(Fact):
    """A photograph, recording or paper became evidence of a case, lead or check."""

    evidence_id: Identifier
    about: Identifier
    subject_id: SubjectId
    file: Annotated[FileRef, Term(zh="文件", en="File")]
    what: Annotated[ShortText, Term(zh="证据说明", en="What it shows")]
    taken_on: Annotated[date, Term(zh="取得日期", en="Taken on")]


def stream_of(document: str) -> str:
    """The stream of one document."""
    return f"document/{document}"


def register_of(bureau: str, region: str, kind: str) -> str:
    """The stream of the numbers that a bureau of a territory gave to one kind, year after year."""
    return f"document_register/{bureau}:{region}:{kind}"


def evidence_of(about: str) -> str:
    """The stream of the evidence of one case, lead or check."""
    return f"evidence/{about}"
