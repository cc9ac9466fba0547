"""How a licence ends: 撤销 and 吊销, two acts that are never merged (reference 3.3).

1. 撤销 (annulment) says that the grant was wrong and takes effect from the first day of the
   grant. It is no penalty. The holder is told and heard before (行政许可法 69).
2. A false commitment is ordered to be corrected first, and annulled when the order was not
   obeyed; a region may do without the order (reference 14.3 R05).
3. 吊销 (revocation) executes a penalty decision, from the day it takes effect (行政处罚法 9).
4. 市场监管 is told of each annulment and revocation (R11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated

from domain import correction, finding
from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    command,
    decides,
)
from domain.enforcement import facts as case_facts
from domain.enforcement.state import fold as fold_case
from domain.errors import Refusal
from domain.facts import CHINA
from domain.licence.facts import (
    AnnulmentCause,
    LicenceAnnulled,
    LicenceDecisionServed,
    LicenceEndNotified,
    LicenceRevoked,
    LicenceType,
    Type,
)
from domain.licence.rules import (
    KINDS,
    WrongOrganForType,
    licences_of,
    must_deal_with,
    on_licence,
    reads_licences,
    reads_with_findings,
    standing_licence,
)
from domain.licence.state import (
    CommitmentCheck,
    Licence,
    stream_of,
)
from domain.terms import DocumentNumber, Identifier, Term, Uscc


@command(zh="撤销许可", en="Annul a licence", source="行政许可法第69条", irreversible=True)
@dataclass(frozen=True, kw_only=True)
class AnnulLicence(Command):
    """Annuls a grant that was wrong; the holder must have been told and heard before."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    cause: Annotated[AnnulmentCause, Term(zh="撤销原因", en="Cause")]
    document_no: DocumentNumber
    holder_told_on: Annotated[date, Term(zh="告知日期", en="Holder told on")]
    holder_heard: Annotated[bool, Term(zh="已听取陈述申辩", en="Holder heard")]


@command(
    zh="吊销许可", en="Revoke a licence", source="行政处罚法第9条第（三）项", irreversible=True
)
@dataclass(frozen=True, kw_only=True)
class RevokeLicence(Command):
    """Executes a served penalty decision that revokes the licence; its id begins with its case."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    penalty_decision_id: case_facts.DecisionId
    case: case_facts.CaseId | None = None
    document_no: DocumentNumber
    effective_on: Annotated[date | None, Term(zh="生效日期", en="Effective on")] = None


@command(zh="送达许可决定书", en="Serve a licence decision", source="民事诉讼法第88条")
@dataclass(frozen=True, kw_only=True)
class ServeLicenceDecision(Command):
    """Records the service of an annulment or revocation decision."""

    organisation: Uscc
    type: Type = LicenceType.LIC_HRS
    document_no: DocumentNumber
    served_on: Annotated[date | None, Term(zh="送达日期", en="Served on")] = None


@command(
    zh="通知市场监管许可终止",
    en="Tell market regulation of a licence's end",
    source="平台规则（R11）",
    automatic=True,
)
@dataclass(frozen=True, kw_only=True)
class NotifyRegistrar(Command):
    """R11: tells 市场监管 that a licence was annulled or revoked."""

    organisation: Uscc
    type: Type
    about: Identifier


class HolderNotHeard(Refusal):
    """The holder was not told and heard before the annulment."""

    zh = "撤销{licence}前须告知持证人并听取其陈述、申辩（告知日期{told_on}，听取：否）。"
    en = "The holder of {licence} (told on {told_on}) must be heard before it is annulled."
    next_zh = "请先告知并听取陈述申辩，再作决定。"
    next_en = "Tell and hear the holder first, then decide."
    source = "行政许可法第7、36、69条"
    field = "holder_heard"


class HolderToldInFuture(DateInFuture):
    """The holder has not been told yet."""

    field = "holder_told_on"


class HolderToldBeforeGrant(DateBeforeItsGround):
    """The holder was told before there was a grant."""

    field = "holder_told_on"


class AnnulmentGroundMissing(Refusal):
    """Nothing on record supports the cause."""

    zh = "以{cause}撤销{licence}缺少依据：承诺核查为{check}，改正情况为{correction}。"
    en = (
        "No ground for annulling {licence} as {cause}: commitment {check}, correction {correction}."
    )
    next_zh = "请先核查承诺并记录不符事项，或选择其他撤销原因。"
    next_en = "Verify the commitment and record what is false first, or choose another cause."
    source = "行政许可法第69条"
    field = "cause"


class CorrectionNotOrdered(Refusal):
    """The failed commitment was never ordered to be corrected."""

    zh = "{organisation}的不符事项尚未责令改正，本地区须先责令改正再撤销。"
    en = "{organisation} was not ordered to correct; here that comes before an annulment."
    next_zh = "请先责令限期改正。"
    next_en = "Order the correction first."
    source = "平台规则（R05，先责令改正，可配置）"
    field = "organisation"


class CorrectionStillRunning(Refusal):
    """The order to correct is not verified yet."""

    zh = "责令改正{order}期限至{due}，尚未核查改正情况。"
    en = "The order to correct {order} runs to {due} and is not verified."
    next_zh = "期限届满后核查改正情况，未改正的再撤销。"
    next_en = "Verify the correction when the term has ended; annul if it was not obeyed."
    source = "平台规则（R05，先责令改正，可配置）"
    field = "organisation"


class DecisionDateInFuture(DateInFuture):
    """The decision has not taken effect yet."""

    field = "effective_on"


class RevokedBeforeGrant(DateBeforeItsGround):
    """The revocation is dated before the licence."""

    field = "effective_on"


class RevocationNeedsPenalty(Refusal):
    """Revocation executes a served decision that revokes this licence, and this is none."""

    zh = "吊销须依据已送达、对{organisation}吊销许可证件的处罚决定，{penalty_decision_id}不是。"
    en = "A revocation executes a served decision that revokes; {penalty_decision_id} is none on {organisation}."
    next_zh = "请填写该处罚决定编号，未送达的先送达；如属授予错误，请办理撤销。"
    next_en = "Name that decision, and serve it first; if the grant itself was wrong, annul it."
    source = "行政处罚法第9条第（三）项"
    field = "penalty_decision_id"


class DecisionUnknown(Refusal):
    """No decision on this licence has the document number."""

    zh = "{organisation}的{type}没有文号为{document_no}的决定。"
    en = "No decision {document_no} on the {type} of {organisation} is on record."
    next_zh = "请核对文号。"
    next_en = "Check the document number."
    source = "行政许可法第44条"
    field = "document_no"


class AlreadyServed(Refusal):
    """The decision was served."""

    zh = "决定{document_no}已送达。"
    en = "The decision {document_no} has been served."
    next_zh = "无需再次登记。"
    next_en = "Nothing to record."
    source = "民事诉讼法第88条"
    field = "document_no"


class ServiceDateInFuture(DateInFuture):
    """The decision has not been served yet."""

    field = "served_on"


class ServedBeforeDecision(DateBeforeItsGround):
    """The service is dated before the decision."""

    field = "served_on"


class LicenceEndUnknown(Refusal):
    """No annulment or revocation has this id."""

    zh = "{organisation}没有编号为{about}的撤销或吊销。"
    en = "{organisation} has no annulment or revocation {about}."
    next_zh = "请核对事件编号。"
    next_en = "Check the id of the fact."
    source = "平台规则（R11）"
    field = "about"


@decides(
    AnnulLicence,
    reads=reads_with_findings,
)
def annul(asked: AnnulLicence, history: History, context: Context) -> Iterator[Decided]:
    """Annuls a wrong grant from its first day, when the holder was heard and the ground stands."""
    uscc = asked.organisation
    must_deal_with(context, asked.type, uscc)
    licence = standing_licence(licences_of(asked, history), uscc, asked.type, context.today)
    _must_have_ground(asked, licence, history, context)
    must_have_come(asked.holder_told_on, context.today, HolderToldInFuture)
    must_follow(asked.holder_told_on, licence.granted_on, HolderToldBeforeGrant)
    if not asked.holder_heard:
        raise HolderNotHeard(licence=licence.licence_id, told_on=asked.holder_told_on)
    yield Decided(
        stream=stream_of(uscc, asked.type),
        subject=uscc,
        matter=licence.matter,
        region=licence.region,
        effective=licence.valid_from,
        decided=context.moment,
        fact=LicenceAnnulled(
            licence_id=licence.licence_id,
            uscc=uscc,
            type=asked.type,
            region=licence.region,
            cause=asked.cause,
            ex_tunc_from=licence.valid_from,
            document_no=asked.document_no,
            holder_told_on=asked.holder_told_on,
            holder_heard=asked.holder_heard,
        ),
    )


def _must_have_ground(
    asked: AnnulLicence, licence: Licence, history: History, context: Context
) -> None:
    """A false commitment rests on a failed check and, by default, on an order not obeyed.

    Fraud, bribery and official error rest on the decision document itself.
    """
    if asked.cause not in (AnnulmentCause.FALSE_COMMITMENT, AnnulmentCause.CONDITIONS_NOT_MET):
        return
    orders = correction.fold(history.own(finding.stream_of(asked.organisation))).about(
        licence.licence_id
    )
    last = orders[-1] if orders else None
    corrected = last is not None and last.outcome is correction.CorrectionOutcome.CORRECTED
    if licence.check is not CommitmentCheck.FAILED or corrected:
        raise AnnulmentGroundMissing(
            cause=asked.cause.value,
            licence=licence.licence_id,
            check=licence.check.value,
            correction="NONE" if last is None or last.outcome is None else last.outcome.value,
        )
    if not context.policy.get("correction_before_annulment", True):
        return
    if last is None:
        raise CorrectionNotOrdered(organisation=asked.organisation)
    if last.outcome is None:
        raise CorrectionStillRunning(order=last.order_id, due=last.due)


def _case_of(asked: RevokeLicence) -> str:
    return asked.case or case_facts.case_of(asked.penalty_decision_id)


def _must_be_penalised(asked: RevokeLicence, history: History, effective_on: date) -> None:
    """The decision stands in a case of this department, revokes, and was served by that day."""
    case = fold_case(history.own(case_facts.stream_of(_case_of(asked))))
    if case is not None:
        for one in case.against(asked.organisation):
            if (
                one.decision_id == asked.penalty_decision_id
                and any(each.kind is case_facts.MeasureKind.REVOKE_PERMIT for each in one.measures)
                and one.counts_from is not None
                and one.counts_from <= effective_on
            ):
                return
    raise RevocationNeedsPenalty(
        organisation=asked.organisation, penalty_decision_id=asked.penalty_decision_id
    )


@decides(
    RevokeLicence,
    reads=lambda asked: (
        *reads_licences(asked),
        Own(stream=case_facts.stream_of(_case_of(asked))),
    ),
)
def revoke(asked: RevokeLicence, history: History, context: Context) -> Iterator[Decided]:
    """Executes a penalty decision from the day it takes effect; earlier days stay licensed."""
    uscc, row = asked.organisation, KINDS[asked.type]
    if context.post.organ not in row.revokers:
        raise WrongOrganForType(
            organ=context.post.organ,
            type=asked.type.value,
            type_zh=row.zh,
            holders="、".join(row.revokers) or "—",
        )
    licences = licences_of(asked, history)
    licence = standing_licence(licences, uscc, asked.type, context.today)
    effective_on = asked.effective_on or context.today
    must_have_come(effective_on, context.today, DecisionDateInFuture)
    must_follow(effective_on, licence.valid_from, RevokedBeforeGrant)
    _must_be_penalised(asked, history, effective_on)
    yield Decided(
        stream=stream_of(uscc, asked.type),
        subject=uscc,
        matter=licence.matter,
        region=licence.region,
        effective=effective_on,
        decided=context.moment,
        fact=LicenceRevoked(
            licence_id=licence.licence_id,
            uscc=uscc,
            type=asked.type,
            region=licence.region,
            penalty_decision_id=asked.penalty_decision_id,
            effective_on=effective_on,
            document_no=asked.document_no,
        ),
    )


@decides(ServeLicenceDecision, reads=reads_licences)
def serve(asked: ServeLicenceDecision, history: History, context: Context) -> Iterator[Decided]:
    """Records the service of a decision on record, not before it was made."""
    uscc = asked.organisation
    row = KINDS[asked.type]
    if context.post.organ not in (*row.organs, *row.revokers):
        must_deal_with(context, asked.type, uscc)
    for licence in licences_of(asked, history).held:
        decided_on = dict(licence.documents).get(asked.document_no)
        if decided_on is not None:
            break
    else:
        raise DecisionUnknown(
            organisation=uscc, type=asked.type.value, document_no=asked.document_no
        )
    if asked.document_no in licence.served:
        raise AlreadyServed(document_no=asked.document_no)
    served_on = asked.served_on or context.today
    must_have_come(served_on, context.today, ServiceDateInFuture)
    must_follow(served_on, decided_on, ServedBeforeDecision)
    yield Decided(
        stream=stream_of(uscc, asked.type),
        subject=uscc,
        matter=licence.matter,
        region=licence.region,
        effective=served_on,
        served=datetime.combine(served_on, time(), CHINA),
        fact=LicenceDecisionServed(
            licence_id=licence.licence_id,
            uscc=uscc,
            type=asked.type,
            document_no=asked.document_no,
            served_on=served_on,
        ),
    )


@decides(NotifyRegistrar, reads=reads_licences)
def notify(asked: NotifyRegistrar, history: History, _context: Context) -> Iterator[Decided]:
    """Tells 市场监管 once of an annulment or revocation."""
    licence = next(
        (one for one in licences_of(asked, history).held if one.end_event == asked.about), None
    )
    if licence is None:
        raise LicenceEndUnknown(organisation=asked.organisation, about=asked.about)
    if licence.end_notified:
        return
    yield on_licence(
        licence,
        asked.organisation,
        asked.type,
        LicenceEndNotified(
            licence_id=licence.licence_id,
            uscc=asked.organisation,
            type=asked.type,
            end="REVOKED" if licence.annulled_for is None else "ANNULLED",
            about=asked.about,
        ),
    )
