"""How a document comes into being: drafted, checked, approved, sealed, served.

1. Three different posts draft, check and approve; the head approves (Appendix D 20).
2. A draft is replaced by its next revision until it is approved, and checked anew.
3. Sealing fixes the files that the system made from the approved draft; their hashes are
   what the document is from then on.
4. A sealed document is served with a proof, except by public notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from domain.calendar.dates import must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.departments import covers
from domain.document import ground, rules
from domain.document.facts import (
    AboutWhom,
    DocumentApproved,
    DocumentChecked,
    DocumentDrafted,
    DocumentNumbered,
    DocumentSealed,
    DocumentServed,
    EvidenceKept,
    evidence_of,
    register_of,
    stream_of,
)
from domain.document.files import bureau_of
from domain.document.numbering import BUREAUS, number_of
from domain.document.state import Document, Stage, fold
from domain.document.templates import TEMPLATES, Template
from domain.enforcement.facts import ServiceMethod
from domain.facts import Fact, Recorded
from domain.terms import (
    Code,
    FileRef,
    Identifier,
    Reason,
    RegionCode,
    ShortText,
    SubjectId,
    Term,
)


@command(
    zh="拟制文书",
    en="Draft a document",
    source="行政处罚法第59条；平台规则（文书拟制、审核、批准）",
)
@dataclass(frozen=True, kw_only=True)
class DraftDocument(Command):
    """Drafts a document of a kind, or a new revision of `document`; `content` fills its template.

    `about` is a case, lead, complaint, referral, finding, check or interview, or the firm itself;
    for a campaign's report the campaign, which stands for the organisation too.
    """

    kind: Code
    about: Identifier
    organisation: AboutWhom
    content: Annotated[FileRef, Term(zh="文稿内容", en="Content")]
    document: Identifier | None = None
    region: RegionCode | None = None


@command(zh="审核文书", en="Check a document", source="平台规则（文书拟制、审核、批准）")
@dataclass(frozen=True, kw_only=True)
class CheckDocument(Command):
    """A second post agrees to the newest draft, or sends it back with a reason."""

    document: Identifier
    agreed: Annotated[bool, Term(zh="同意", en="Agreed")] = True
    reason: Reason | None = None


@command(zh="批准文书", en="Approve a document", source="行政处罚法第57条")
@dataclass(frozen=True, kw_only=True)
class ApproveDocument(Command):
    """The head approves the draft that was checked."""

    document: Identifier


@command(
    zh="文书用印定稿",
    en="Seal a document",
    source="平台规则（文书定稿与散列）",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class SealDocument(Command):
    """Fixes the files of an approved document. They are made by the system, never given."""

    document: Identifier
    docx: Annotated[FileRef | None, Term(zh="DOCX 文件", en="DOCX file")] = None
    pdf: Annotated[FileRef | None, Term(zh="PDF 文件", en="PDF file")] = None


@command(
    zh="送达文书",
    en="Serve a document",
    source="行政处罚法第61条；民事诉讼法第87至95条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class ServeDocument(Command):
    """Records that a sealed document was served, with the signed proof."""

    document: Identifier
    served_on: Annotated[date | None, Term(zh="送达日期", en="Served on")] = None
    method: Annotated[ServiceMethod, Term(zh="送达方式", en="Method")]
    receipt: Annotated[FileRef | None, Term(zh="送达回证", en="Proof of service")] = None


@command(zh="证据材料入库", en="Keep evidence", source="行政处罚法第46、47条")
@dataclass(frozen=True, kw_only=True)
class KeepEvidence(Command):
    """Makes a photograph, recording or paper evidence of a case, lead, complaint or check."""

    about: Identifier
    organisation: SubjectId
    file: Annotated[FileRef, Term(zh="文件", en="File")]
    what: Annotated[ShortText, Term(zh="证据说明", en="What it shows")]
    taken_on: Annotated[date | None, Term(zh="取得日期", en="Taken on")] = None


def _reads_draft(asked: DraftDocument) -> tuple[Read, ...]:
    if asked.document is not None:
        return (Own(stream=stream_of(asked.document)),)
    template = TEMPLATES.get(asked.kind)
    organs = (template.organs or tuple(BUREAUS)) if template else ()
    bureaus = dict.fromkeys(bureau_of(organ) for organ in organs)
    return (
        *(
            Own(stream=register_of(bureau, asked.region or "", asked.kind), latest=True)
            for bureau in bureaus
        ),
        *ground.reads(asked.about, asked.organisation),
    )


def template_of(kind: str, organ: str) -> Template:
    """The template of a kind for an organ. Raises DocumentKindUnknown, DocumentNotOfOrgan."""
    template = TEMPLATES.get(kind)
    if template is None:
        raise rules.DocumentKindUnknown(kind=kind, known="、".join(TEMPLATES))
    if template.organs and organ not in template.organs:
        raise rules.DocumentNotOfOrgan(
            organ=organ, kind=kind, kind_zh=template.zh, organs="、".join(template.organs)
        )
    return template


@decides(DraftDocument, reads=_reads_draft)
def draft(asked: DraftDocument, history: History, context: Context) -> Iterator[Decided]:
    """Drafts a document under the next number of its register, or its next revision."""
    template = template_of(asked.kind, context.post.organ)
    if asked.document is not None:
        yield _redrafted(asked, template, history, context)
        return
    document_id = context.mint("DOC")
    bureau, year = bureau_of(context.post.organ), context.today.year
    register = register_of(bureau, asked.region or "", asked.kind)
    place = _next_place(history.own(register), year, template)
    number = number_of(context.post.organ, context.region, template.word, year, place)
    home = ground.matter(asked.about, asked.organisation, history, context)
    yield Decided(
        stream=stream_of(document_id),
        subject=asked.organisation,
        matter=home,
        fact=DocumentDrafted(
            document_id=document_id,
            kind=asked.kind,
            template_version=template.version,
            number=number,
            revision=1,
            about=asked.about,
            subject_id=asked.organisation,
            content=asked.content,
            drafted_by=context.post.id,
        ),
    )
    yield Decided(
        stream=register,
        subject=asked.organisation,
        matter=home,
        fact=DocumentNumbered(
            document_id=document_id,
            kind=asked.kind,
            bureau=bureau,
            year=year,
            place=place,
            number=number,
        ),
    )


def _next_place(register: Sequence[Recorded[Any]], year: int, template: Template) -> int:
    """The place after the newest in a register, 1 in a new year. Raises RegisterYearClosed."""
    given = [one.fact for one in register if isinstance(one.fact, DocumentNumbered)]
    if not given or given[-1].year < year:
        return 1
    if given[-1].year > year:
        raise rules.RegisterYearClosed(
            kind_zh=template.zh, kind_en=template.en, year=year, reached=given[-1].year
        )
    return given[-1].place + 1


def _redrafted(
    asked: DraftDocument, template: Template, history: History, context: Context
) -> Decided:
    assert asked.document is not None
    document = _document(asked.document, history, context)
    for what, what_en, actual, stated in (
        ("种类", "kind", document.kind, asked.kind),
        ("依据事项", "ground", document.about, asked.about),
        ("当事人", "subject", document.subject_id, asked.organisation),
    ):
        if actual != stated:
            raise rules.DocumentKindFixed(
                document=asked.document, what=what, what_en=what_en, actual=actual, stated=stated
            )
    _must_be_open(document)
    return _of(
        document,
        DocumentDrafted(
            document_id=document.document_id,
            kind=document.kind,
            template_version=template.version,
            number=document.number,
            revision=document.revision + 1,
            about=document.about,
            subject_id=document.subject_id,
            content=asked.content,
            drafted_by=context.post.id,
        ),
    )


def _reads_document(
    asked: CheckDocument | ApproveDocument | SealDocument | ServeDocument,
) -> tuple[Read, ...]:
    return (Own(stream=stream_of(asked.document)),)


@decides(CheckDocument, reads=_reads_document)
def check(asked: CheckDocument, history: History, context: Context) -> Iterator[Decided]:
    """A second post agrees to the newest draft, or sends it back."""
    document = _document(asked.document, history, context)
    _must_be_open(document)
    if document.stage is not Stage.DRAFTED:
        raise rules.DraftAlreadyChecked(number=document.number, revision=document.revision)
    if context.post.id == document.drafted_by:
        raise rules.DrafterMayNotCheck(number=document.number, post=context.post.id)
    if not asked.agreed and asked.reason is None:
        raise rules.ReturnNeedsReason(number=document.number)
    yield _of(
        document,
        DocumentChecked(
            document_id=document.document_id,
            revision=document.revision,
            agreed=asked.agreed,
            checked_by=context.post.id,
            reason=asked.reason,
        ),
    )


@decides(ApproveDocument, reads=_reads_document)
def approve(asked: ApproveDocument, history: History, context: Context) -> Iterator[Decided]:
    """The head, a third post, approves what was checked and agreed to."""
    document = _document(asked.document, history, context)
    _must_be_open(document)
    if document.stage is not Stage.CHECKED:
        raise rules.DocumentNotChecked(number=document.number, revision=document.revision)
    if context.post.id in (document.drafted_by, document.checked_by):
        raise rules.ThirdPostApproves(number=document.number, post=context.post.id)
    if context.post.role not in ("", "HEAD"):
        raise rules.HeadApproves(number=document.number, post=context.post.id)
    yield _of(
        document,
        DocumentApproved(
            document_id=document.document_id,
            revision=document.revision,
            approved_by=context.post.id,
        ),
    )


@decides(SealDocument, reads=_reads_document)
def seal(asked: SealDocument, history: History, context: Context) -> Iterator[Decided]:
    """Fixes the files that were made from the approved draft."""
    document = _document(asked.document, history, context)
    if document.sealed_on is not None:
        raise rules.DocumentAlreadySealed(number=document.number, sealed_on=document.sealed_on)
    if document.stage is not Stage.APPROVED:
        raise rules.DocumentNotApproved(number=document.number)
    if asked.docx is None or asked.pdf is None:
        raise rules.SealedFilesMissing(number=document.number)
    yield _of(
        document,
        DocumentSealed(
            document_id=document.document_id,
            kind=document.kind,
            number=document.number,
            about=document.about,
            subject_id=document.subject_id,
            content=document.content,
            docx=asked.docx,
            pdf=asked.pdf,
        ),
    )


@decides(ServeDocument, reads=_reads_document)
def serve(asked: ServeDocument, history: History, context: Context) -> Iterator[Decided]:
    """Records the service of a sealed document, once, with its proof."""
    document = _document(asked.document, history, context)
    if document.sealed_on is None:
        raise rules.DocumentNotSealed(number=document.number)
    if document.served_on is not None:
        raise rules.DocumentAlreadyServed(number=document.number, served_on=document.served_on)
    served_on = asked.served_on or context.today
    must_have_come(served_on, context.today, rules.DocumentServedInFuture)
    must_follow(served_on, document.sealed_on, rules.ServedBeforeSealing)
    if asked.receipt is None and asked.method is not ServiceMethod.PUBLIC_NOTICE:
        raise rules.ServiceNeedsProof(number=document.number, method=asked.method.value)
    yield _of(
        document,
        DocumentServed(
            document_id=document.document_id,
            kind=document.kind,
            subject_id=document.subject_id,
            served_on=served_on,
            method=asked.method,
            receipt=asked.receipt,
        ),
        effective=served_on,
    )


def _reads_evidence(asked: KeepEvidence) -> tuple[Read, ...]:
    return (Own(stream=evidence_of(asked.about)), *ground.reads(asked.about, asked.organisation))


@decides(KeepEvidence, reads=_reads_evidence)
def keep(asked: KeepEvidence, history: History, context: Context) -> Iterator[Decided]:
    """Makes a kept file evidence, once for each case, lead or check."""
    taken_on = asked.taken_on or context.today
    must_have_come(taken_on, context.today, rules.EvidenceTakenInFuture)
    before = history.own(evidence_of(asked.about))
    for recorded in before:
        if recorded.fact.file.sha256 == asked.file.sha256:
            raise rules.EvidenceAlreadyKept(
                file=asked.file.sha256, about=asked.about, evidence=recorded.fact.evidence_id
            )
    known = before[0].matter if before else None
    yield Decided(
        stream=evidence_of(asked.about),
        subject=asked.organisation,
        matter=known or ground.matter(asked.about, asked.organisation, history, context),
        effective=taken_on,
        fact=EvidenceKept(
            evidence_id=context.mint("EV"),
            about=asked.about,
            subject_id=asked.organisation,
            file=asked.file,
            what=asked.what,
            taken_on=taken_on,
        ),
    )


def _document(document_id: str, history: History, context: Context) -> Document:
    """A document of the post's own bureau and territory."""
    document = fold(history.own(stream_of(document_id)))
    if document is None:
        raise rules.DocumentNotDrafted(document=document_id)
    organ = context.post.organ
    if bureau_of(organ) != bureau_of(document.drafted_organ) or not covers(
        context.post.region, document.region
    ):
        raise rules.DocumentOfOtherOrgan(
            document=document_id, owner=document.drafted_organ, organ=organ
        )
    return document


def _must_be_open(document: Document) -> None:
    if document.approved_by is not None:
        raise rules.DocumentAlreadyApproved(number=document.number)


def _of(document: Document, fact: Fact, effective: date | None = None) -> Decided:
    return Decided(
        stream=stream_of(document.document_id),
        subject=document.subject_id,
        matter=document.matter,
        region=document.region,
        fact=fact,
        effective=effective,
    )
