"""The transfer to the police, its documents, and the hand-over of goods (reference 8.1, 8.2).

1. An approved referral goes to the police of the same level, that is of the same territory.
2. D1 letter, D2 investigation report, D3 list of goods, D5 other materials are enclosed, each
   with its hash. D4 test reports may be absent: then that is said, with the reason (art. 6).
3. A document named by its number is one that this department sealed; its hash is the sealed one.
4. The procuratorate gets its copy in the same act.
5. After the filing notice, goods and materials go over against a list (art. 12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Own, Read, command, decides
from domain.document.facts import DocumentSealed
from domain.document.facts import stream_of as document_of
from domain.enforcement.facts import PenaltyDecided
from domain.enforcement.facts import stream_of as case_of
from domain.errors import Refusal
from domain.referral.facts import (
    FilingDecision,
    ReferralDocument,
    ReferralDocumentCode,
    ReferralMaterialsHandedOver,
    ReferralTransferred,
    about_of,
    stream_of,
)
from domain.referral.rules import as_sender, on_referral, reads_of_sender
from domain.referral.state import Referral, Stage
from domain.terms import DocumentNumber, FileRef, Identifier, RegionCode, ShortText, Term

DOCUMENT_NAMES: dict[ReferralDocumentCode, tuple[str, str]] = {
    ReferralDocumentCode.D1: ("涉嫌犯罪案件移送书", "referral letter"),
    ReferralDocumentCode.D2: ("涉嫌犯罪案件情况的调查报告", "investigation report"),
    ReferralDocumentCode.D3: ("涉案物品清单", "list of goods"),
    ReferralDocumentCode.D4: ("有关检验报告或者鉴定结论", "test reports"),
    ReferralDocumentCode.D5: ("其他有关涉嫌犯罪的材料", "other materials"),
}
"""The documents of a referral (Decree 310 art. 6)."""

SEALED_AS: dict[ReferralDocumentCode, str] = {
    ReferralDocumentCode.D1: "REFERRAL_LETTER",
    ReferralDocumentCode.D2: "INVESTIGATION_REPORT",
    ReferralDocumentCode.D3: "GOODS_LIST",
}
"""The kind of document that each must be when it was made here."""

ONCE = tuple(SEALED_AS)
"""The documents of which there is one each; reports and other materials may be several."""


@command(
    zh="移送公安机关",
    en="Transfer a referral",
    source="行政执法机关移送涉嫌犯罪案件的规定第5、6条",
    irreversible=True,
)
@dataclass(frozen=True, kw_only=True)
class TransferReferral(Command):
    """Sends an approved referral to the police of the same level, with its documents and copy."""

    referral: Identifier
    to_region: RegionCode | None = None
    letter_no: DocumentNumber
    documents: Annotated[tuple[ReferralDocument, ...], Term(zh="移送材料", en="Documents")]
    copied_to_procuratorate_on: Annotated[
        date | None, Term(zh="抄送检察院日期", en="Copied on")
    ] = None


@command(
    zh="移交涉案物品和材料",
    en="Hand over materials",
    source="行政执法机关移送涉嫌犯罪案件的规定第12条",
)
@dataclass(frozen=True, kw_only=True)
class HandOverMaterials(Command):
    """Records the hand-over of goods and materials to the police that filed."""

    referral: Identifier
    handed_over_on: Annotated[date | None, Term(zh="移交日期", en="Handed over on")] = None
    items: Annotated[tuple[ShortText, ...], Term(zh="移交清单", en="List", min_items=1)]
    list_file: Annotated[FileRef | None, Term(zh="移交清单文件", en="Signed list")] = None


class ReferralNotApproved(Refusal):
    """Without the head's approval nothing goes to the police."""

    zh = "移送{referral}尚未获批准，现处于{stage}。"
    en = "The referral {referral} is not approved; it stands at {stage}."
    next_zh = "先由正职负责人或者主持工作的负责人批准。"
    next_en = "The head approves it first."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "referral"


class ReferralAlreadyTransferred(Refusal):
    """The referral is with the police."""

    zh = "移送{referral}已移送公安机关，现处于{stage}。"
    en = "The referral {referral} has gone to the police; it stands at {stage}."
    next_zh = "补充材料请在移交环节列入清单。"
    next_en = "Further materials go over with the hand-over list."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "referral"


class PoliceNotSameLevel(Refusal):
    """A referral goes to the police of the same territory and level."""

    zh = "应移送同级公安机关（{expected}），不能直接移送{to_region}。"
    en = "The referral goes to the police of {expected}, the same level, not of {to_region}."
    next_zh = "请移送同级公安机关；不属其管辖的，由其在24小时内转送。"
    next_en = "Send it to the police of the same level; they forward what is not theirs."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5、7条"
    field = "to_region"


class ReferralDocumentMissing(Refusal):
    """One of the documents that must go with a referral is not enclosed."""

    zh = "移送材料缺少{code}《{name_zh}》。"
    en = "The document {code} ({name_en}) is not enclosed."
    next_zh = "请补齐该文书及其文件；只有检验报告或者鉴定结论可以注明不适用。"
    next_en = "Enclose it with its file; only test reports may be marked not applicable."
    source = "行政执法机关移送涉嫌犯罪案件的规定第6条"
    field = "documents"


class NoTestReport(Refusal):
    """Test reports are enclosed, or it is said why there are none."""

    zh = "须附检验报告或者鉴定结论（D4），无需检验鉴定的应注明不适用及理由。"
    en = "Test reports (D4) are enclosed, or marked not applicable with the reason."
    next_zh = "请附报告，或注明不适用并说明理由。"
    next_en = "Enclose the report, or mark it not applicable and say why."
    source = "行政执法机关移送涉嫌犯罪案件的规定第6条第（四）项"
    field = "documents"


class NotApplicableButEnclosed(Refusal):
    """A document is enclosed and marked not applicable."""

    zh = "{code}既注明不适用，又附有文件。"
    en = "{code} is marked not applicable and enclosed as well."
    next_zh = "请只保留其一。"
    next_en = "Keep one of the two."
    source = "行政执法机关移送涉嫌犯罪案件的规定第6条"
    field = "documents"


class ReferralDocumentTwice(Refusal):
    """Letter, report and list exist once each."""

    zh = "移送材料中{code}《{name_zh}》重复。"
    en = "The document {code} ({name_en}) is listed twice."
    next_zh = "请只保留一份；其他材料列为D5。"
    next_en = "Keep one; other materials are D5."
    source = "行政执法机关移送涉嫌犯罪案件的规定第6条"
    field = "documents"


class ReferralDocumentNotSealed(Refusal):
    """The named document was not sealed by this department."""

    zh = "本部门没有已定稿用印的文书{document}。"
    en = "No document {document} was sealed by this department."
    next_zh = "先完成文书的审核、批准和用印，或核对文书编号。"
    next_en = "Have it checked, approved and sealed first, or check its number."
    source = "平台规则（文书定稿与散列）"
    field = "documents"


class ReferralDocumentDiffers(Refusal):
    """The file is not the one that was sealed."""

    zh = "{code}的文件与已用印的文书{document}不一致。"
    en = "The file of {code} is not the one sealed as {document}."
    next_zh = "请附已用印的文件；内容有改动的，重新拟制、审核、批准和用印。"
    next_en = "Enclose the sealed file; a change is drafted, checked, approved and sealed anew."
    source = "平台规则（文书定稿与散列）"
    field = "documents"


class ReferralDocumentWrongKind(Refusal):
    """The named document is of another kind, or about somebody else."""

    zh = "文书{document}不是本案的《{name_zh}》。"
    en = "The document {document} is not the {name_en} of this case."
    next_zh = "请核对文书编号。"
    next_en = "Check the number of the document."
    source = "行政执法机关移送涉嫌犯罪案件的规定第6条"
    field = "documents"


class LetterNumberDiffers(Refusal):
    """The letter carries another number."""

    zh = "移送书的文号是{sealed}，不是{letter_no}。"
    en = "The sealed letter carries the number {sealed}, not {letter_no}."
    next_zh = "请填写移送书上的文号。"
    next_en = "Enter the number that the letter carries."
    source = "平台规则（文书编号）"
    field = "letter_no"


class CopyNotInSameAct(Refusal):
    """The procuratorate's copy goes with the transfer, not before or after it."""

    zh = "抄送检察院应与移送同时进行（{today}），不能填写{copied_on}。"
    en = "The procuratorate's copy goes with the transfer on {today}, not on {copied_on}."
    next_zh = "请在移送的同时抄送。"
    next_en = "Send the copy with the transfer."
    source = "行刑衔接有关规定（未经原文核对）；平台规则（移送与抄送同时）"
    field = "copied_to_procuratorate_on"


class CriminalCaseNotFiled(Refusal):
    """Goods and materials go over after the filing notice."""

    zh = "移送{referral}尚未收到立案通知，现处于{stage}。"
    en = "No filing notice on {referral} has been received; it stands at {stage}."
    next_zh = "收到立案通知书并登记后再移交。"
    next_en = "Hand over once the filing notice is received and recorded."
    source = "行政执法机关移送涉嫌犯罪案件的规定第12条"
    field = "referral"


class MaterialsAlreadyHandedOver(Refusal):
    """The hand-over is on record."""

    zh = "移送{referral}的物品和材料已移交。"
    en = "The materials of {referral} have been handed over."
    next_zh = "无需再次移交。"
    next_en = "Nothing to hand over."
    source = "行政执法机关移送涉嫌犯罪案件的规定第12条"
    field = "referral"


class HandOverInFuture(DateInFuture):
    """The materials have not been handed over yet."""

    field = "handed_over_on"


class HandOverBeforeNotice(DateBeforeItsGround):
    """The hand-over is dated before the filing notice."""

    field = "handed_over_on"


def same_level(region: str) -> str:
    """The territory of the police that deal with a region: a township's are the county's."""
    return region[:6] if len(region) == 9 and region.isdigit() else region


def _named(document: ReferralDocument) -> tuple[Read, ...]:
    return () if document.document_id is None else (Own(stream=document_of(document.document_id)),)


def _reads_to_transfer(asked: TransferReferral) -> tuple[Read, ...]:
    named = (read for document in asked.documents for read in _named(document))
    return (
        *reads_of_sender(asked.referral),
        Own(stream=case_of(about_of(asked.referral))),
        *dict.fromkeys(named),
    )


@decides(TransferReferral, reads=_reads_to_transfer)
def transfer(asked: TransferReferral, history: History, context: Context) -> Iterator[Decided]:
    """Sends the case with its documents; the procuratorate's copy is part of the act."""
    referral = as_sender(history, asked.referral)
    if referral.transferred is not None:
        raise ReferralAlreadyTransferred(referral=asked.referral, stage=referral.stage.value)
    if referral.stage is not Stage.APPROVED:
        raise ReferralNotApproved(referral=asked.referral, stage=referral.stage.value)
    expected = same_level(referral.region)
    if asked.to_region not in (None, expected):
        raise PoliceNotSameLevel(expected=expected, to_region=asked.to_region)
    copied_on = asked.copied_to_procuratorate_on or context.today
    if copied_on != context.today:
        raise CopyNotInSameAct(today=context.today, copied_on=copied_on)
    documents = tuple(_checked(one, asked, referral, history) for one in asked.documents)
    _must_be_complete(documents)
    yield on_referral(
        stream_of(asked.referral),
        referral,
        ReferralTransferred(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            to_region=expected,
            letter_no=asked.letter_no,
            transferred_at=context.moment,
            documents=documents,
            crimes=referral.proposed.crimes if referral.proposed else (),
            copied_to_procuratorate_on=copied_on,
            penalties_before=tuple(
                one.fact.decision_id
                for one in history.own(case_of(referral.about))
                if isinstance(one.fact, PenaltyDecided)
            ),
        ),
        decided=context.moment,
    )


def _must_be_complete(documents: tuple[ReferralDocument, ...]) -> None:
    """Refuses what is missing, listed twice, or marked not applicable where it may not be."""
    for code, (name_zh, name_en) in DOCUMENT_NAMES.items():
        given = [one for one in documents if one.code is code]
        enclosed = [one for one in given if one.file is not None]
        absent = [one for one in given if one.not_applicable]
        if absent and enclosed:
            raise NotApplicableButEnclosed(code=code.value)
        if code is ReferralDocumentCode.D4:
            if not enclosed and not any(one.reason for one in absent):
                raise NoTestReport()
        elif not enclosed:
            raise ReferralDocumentMissing(code=code.value, name_zh=name_zh, name_en=name_en)
        if code in ONCE and len(given) > 1:
            raise ReferralDocumentTwice(code=code.value, name_zh=name_zh, name_en=name_en)


def _checked(
    document: ReferralDocument, asked: TransferReferral, referral: Referral, history: History
) -> ReferralDocument:
    """A document as it goes out; one that is named is compared with what was sealed."""
    if document.document_id is None:
        return document
    sealed = next(
        (
            one.fact
            for one in history.own(document_of(document.document_id))
            if isinstance(one.fact, DocumentSealed)
        ),
        None,
    )
    if sealed is None:
        raise ReferralDocumentNotSealed(document=document.document_id)
    name_zh, name_en = DOCUMENT_NAMES[document.code]
    kind = SEALED_AS.get(document.code, sealed.kind)
    if sealed.kind != kind or sealed.subject_id != referral.subject:
        raise ReferralDocumentWrongKind(
            document=document.document_id, name_zh=name_zh, name_en=name_en
        )
    hashes = (sealed.pdf.sha256, sealed.docx.sha256)
    if document.file is not None and document.file.sha256 not in hashes:
        raise ReferralDocumentDiffers(code=document.code.value, document=document.document_id)
    if document.code is ReferralDocumentCode.D1 and sealed.number != asked.letter_no:
        raise LetterNumberDiffers(sealed=sealed.number, letter_no=asked.letter_no)
    return document if document.file is not None else replace(document, file=sealed.pdf)


@decides(HandOverMaterials, reads=lambda asked: reads_of_sender(asked.referral))
def hand_over(asked: HandOverMaterials, history: History, context: Context) -> Iterator[Decided]:
    """Records the hand-over after the filing notice, once."""
    referral = as_sender(history, asked.referral)
    if referral.handed_over:
        raise MaterialsAlreadyHandedOver(referral=asked.referral)
    notice = next((one for one in referral.notices if one.decision is FilingDecision.FILED), None)
    if notice is None:
        raise CriminalCaseNotFiled(referral=asked.referral, stage=referral.stage.value)
    handed_over_on = asked.handed_over_on or context.today
    must_have_come(handed_over_on, context.today, HandOverInFuture)
    must_follow(handed_over_on, notice.received_on, HandOverBeforeNotice)
    yield on_referral(
        stream_of(asked.referral),
        referral,
        ReferralMaterialsHandedOver(
            referral_id=asked.referral,
            about=referral.about,
            subject_id=referral.subject,
            handed_over_on=handed_over_on,
            items=asked.items,
            list_file=asked.list_file,
        ),
    )
