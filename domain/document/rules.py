"""What is refused of documents, each rule by its name."""

from __future__ import annotations

from domain.calendar.dates import DateBeforeItsGround, DateInFuture
from domain.errors import Refusal


class DocumentKindUnknown(Refusal):
    """No template makes this kind of document."""

    zh = "没有“{kind}”的文书样式。"
    en = "No template makes a document of the kind {kind}."
    next_zh = "可用的文书：{known}。"
    next_en = "Kinds that exist: {known}."
    source = "平台规则（文书样式目录）"
    field = "kind"


class DocumentNotOfOrgan(Refusal):
    """The organ may not issue this kind of document."""

    zh = "{organ}不得制作“{kind_zh}”。"
    en = "{organ} may not issue a document of the kind {kind}."
    next_zh = "由有权机关制作：{organs}。"
    next_en = "It is issued by {organs}."
    source = "行政处罚法第17条；平台规则（文书样式目录）"
    field = "kind"


class DocumentGroundUnknown(Refusal):
    """The document rests on nothing that this department knows."""

    zh = "本部门不掌握{about}，文书没有依据事项。"
    en = "This department knows no {about} for the document to rest on."
    next_zh = "请填写案件、线索、投诉、移送、检查或约谈的编号；只针对该单位的，填写其代码。"
    next_en = "Name the case, lead, complaint, referral, check or interview, or the firm itself."
    source = "行政处罚法第59条；平台规则（事项关联）"
    field = "about"


class DocumentNotDrafted(Refusal):
    """There is no such document."""

    zh = "本部门没有文书{document}。"
    en = "This department has no document {document}."
    next_zh = "请核对文书编号，或先拟制文书。"
    next_en = "Check the id, or draft the document first."
    source = "平台规则（文书拟制、审核、批准）"
    field = "document"


class DocumentOfOtherOrgan(Refusal):
    """Another bureau or territory makes the document."""

    zh = "文书{document}由{owner}拟制，{organ}不得办理。"
    en = "The document {document} belongs to {owner}; {organ} does not deal with it."
    next_zh = "请由拟制机关办理。"
    next_en = "Let the organ that drafted it act."
    source = "平台规则（文书拟制、审核、批准）"
    field = "document"


class DocumentKindFixed(Refusal):
    """A new revision is of another kind, or about something else, than the document."""

    zh = "文书{document}的{what}是{actual}，修改稿不得改为{stated}。"
    en = "The {what_en} of the document {document} is {actual}; a revision keeps it."
    next_zh = "请另行拟制文书。"
    next_en = "Draft another document."
    source = "平台规则（文书拟制、审核、批准）"
    field = "document"


class DocumentAlreadyApproved(Refusal):
    """What was approved is not redrafted or checked again."""

    zh = "文书{number}已批准，不得再修改或审核。"
    en = "The document {number} was approved and is neither changed nor checked again."
    next_zh = "如需更改，请另行拟制文书。"
    next_en = "Draft another document to change it."
    source = "平台规则（文书拟制、审核、批准）"
    field = "document"


class DrafterMayNotCheck(Refusal):
    """Whoever drafted a document does not check it."""

    zh = "文书{number}由{post}拟制，审核须由另一岗位进行。"
    en = "{post} drafted {number}; another post checks it."
    next_zh = "请由审核岗位办理。"
    next_en = "Let a reviewing post check it."
    source = "平台规则（拟制、审核、批准三岗分设）"
    field = "document"


class ReturnNeedsReason(Refusal):
    """A draft is sent back without a reason."""

    zh = "退回文书{number}须写明理由。"
    en = "Sending {number} back takes a reason."
    next_zh = "请填写需要修改之处。"
    next_en = "Say what must be changed."
    source = "平台规则（文书拟制、审核、批准）"
    field = "reason"


class DraftAlreadyChecked(Refusal):
    """This revision was checked."""

    zh = "文书{number}第{revision}稿已审核。"
    en = "Revision {revision} of {number} was checked."
    next_zh = "同意的可送批准；退回的请先修改。"
    next_en = "Approve what was agreed to; redraft what was sent back."
    source = "平台规则（文书拟制、审核、批准）"
    field = "document"


class DocumentNotChecked(Refusal):
    """What was not checked and agreed to cannot be approved."""

    zh = "文书{number}第{revision}稿尚未审核同意，不得批准。"
    en = "Revision {revision} of {number} was not checked and agreed to; it cannot be approved."
    next_zh = "请先由审核岗位审核。"
    next_en = "Let a reviewing post check it first."
    source = "行政处罚法第57、58条；平台规则（文书拟制、审核、批准）"
    field = "document"


class ThirdPostApproves(Refusal):
    """Whoever drafted or checked a document does not approve it."""

    zh = "岗位{post}已拟制或审核文书{number}，批准须由第三个岗位作出。"
    en = "{post} drafted or checked {number}; a third post approves it."
    next_zh = "请由负责人岗位批准。"
    next_en = "Let the head's post approve it."
    source = "平台规则（拟制、审核、批准三岗分设）"
    field = "document"


class HeadApproves(Refusal):
    """A post without the power of signature approved."""

    zh = "岗位{post}没有签批权，文书{number}须由负责人批准。"
    en = "{post} has no power of signature; the head approves {number}."
    next_zh = "请由负责人岗位批准。"
    next_en = "Let the head's post approve it."
    source = "行政处罚法第57条"
    field = "document"


class DocumentNotApproved(Refusal):
    """What was not approved is not sealed."""

    zh = "文书{number}尚未批准，不得用印定稿。"
    en = "{number} was not approved; it cannot be sealed."
    next_zh = "请先报负责人批准。"
    next_en = "Let the head approve it first."
    source = "平台规则（文书定稿与散列）"
    field = "document"


class DocumentAlreadySealed(Refusal):
    """A document is sealed once."""

    zh = "文书{number}已于{sealed_on}用印定稿。"
    en = "{number} was sealed on {sealed_on}."
    next_zh = "无需再次用印。"
    next_en = "Nothing to do."
    source = "平台规则（文书定稿与散列）"
    field = "document"


class SealedFilesMissing(Refusal):
    """A document was sealed without the files made from its approved draft."""

    zh = "文书{number}的定稿文件未由已批准的文稿生成。"
    en = "The files of {number} were not made from the approved draft."
    next_zh = "定稿文件由系统生成，请勿自行填写。"
    next_en = "The system makes these files; leave the fields empty."
    source = "平台规则（文书定稿与散列）"
    field = "document"


class DocumentNotSealed(Refusal):
    """Only a sealed document is served."""

    zh = "文书{number}尚未用印定稿，不得送达。"
    en = "{number} was not sealed; it cannot be served."
    next_zh = "请先批准并用印。"
    next_en = "Approve and seal it first."
    source = "行政处罚法第59、61条"
    field = "document"


class DocumentAlreadyServed(Refusal):
    """The document was served."""

    zh = "文书{number}已于{served_on}送达。"
    en = "{number} was served on {served_on}."
    next_zh = "无需再次送达。"
    next_en = "Nothing to do."
    source = "行政处罚法第61条"
    field = "document"


class ServiceNeedsProof(Refusal):
    """Service on a person takes a signed proof."""

    zh = "以“{method}”方式送达文书{number}须附送达回证。"
    en = "Serving {number} by {method} takes the signed proof of service."
    next_zh = "请上传签收的送达回证；留置送达的附见证或者影像记录。"
    next_en = "Upload the signed proof, or the witness's record where it was left."
    source = "民事诉讼法第87、89条；行政处罚法第61条"
    field = "receipt"


class DocumentServedInFuture(DateInFuture):
    """A document is recorded as served on a day that has not come."""

    field = "served_on"


class ServedBeforeSealing(DateBeforeItsGround):
    """A document is recorded as served before it was sealed."""

    field = "served_on"


class EvidenceTakenInFuture(DateInFuture):
    """Evidence is recorded as taken on a day that has not come."""

    field = "taken_on"


class EvidenceAlreadyKept(Refusal):
    """The same file is evidence of this matter."""

    zh = "文件{file}已是{about}的证据（{evidence}）。"
    en = "The file {file} is evidence of {about} as {evidence}."
    next_zh = "无需重复入库。"
    next_en = "Nothing to do."
    source = "平台规则（证据文件内容寻址保存）"
    field = "file"


class RegisterYearClosed(Refusal):
    """A number is asked for in a year before the one that the register has reached."""

    zh = "{kind_zh}的文号登记已至{reached}年，不能再编{year}年的文号。"
    en = "The register of {kind_en} has reached {reached}; numbers of {year} are no longer given."
    next_zh = "平台启用前的文书请作为证据材料入库。"
    next_en = "Keep a document from before the platform as evidence."
    source = "平台规则（文书编号）"
