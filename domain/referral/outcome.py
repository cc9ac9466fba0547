"""What became of the criminal case (reference 8.3, 8.4).

1. Police, procuratorate and court each record their own outcome: withdrawn, transferred for
   prosecution, convicted, returned for administrative handling.
2. A criminal fine is recorded with the conviction: it is set off against the administrative
   one, and none may be imposed afterwards where none was before (处罚法 35).
3. A case returned names the administrative organ; its case there goes on (Decree 310 art. 13).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import DateBeforeItsGround, DateInFuture, must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.errors import Refusal
from domain.referral.facts import (
    CriminalCaseOutcomeRecorded,
    CriminalOutcome,
    outcome_of,
)
from domain.referral.rules import (
    as_overseer,
    as_police,
    on_referral,
    reads_of_overseer,
    reads_of_police,
)
from domain.referral.state import Referral
from domain.terms import Identifier, MoneyFen, OrganCode, Reason, Term

MAY_RECORD: dict[str, tuple[CriminalOutcome, ...]] = {
    "PSB": (
        CriminalOutcome.TRANSFERRED_FOR_PROSECUTION,
        CriminalOutcome.WITHDRAWN,
        CriminalOutcome.RETURNED_FOR_ADMIN,
    ),
    "PROC": (
        CriminalOutcome.TRANSFERRED_FOR_PROSECUTION,
        CriminalOutcome.WITHDRAWN,
        CriminalOutcome.RETURNED_FOR_ADMIN,
    ),
    "COURT": (CriminalOutcome.CONVICTED, CriminalOutcome.RETURNED_FOR_ADMIN),
}
"""Which outcomes each organ may record."""

NEVER_AFTER: dict[CriminalOutcome, tuple[CriminalOutcome, ...]] = {
    CriminalOutcome.TRANSFERRED_FOR_PROSECUTION: tuple(CriminalOutcome),
    CriminalOutcome.CONVICTED: (
        CriminalOutcome.CONVICTED,
        CriminalOutcome.WITHDRAWN,
        CriminalOutcome.RETURNED_FOR_ADMIN,
    ),
    CriminalOutcome.WITHDRAWN: (
        CriminalOutcome.CONVICTED,
        CriminalOutcome.WITHDRAWN,
        CriminalOutcome.RETURNED_FOR_ADMIN,
    ),
    CriminalOutcome.RETURNED_FOR_ADMIN: (CriminalOutcome.RETURNED_FOR_ADMIN,),
}
"""What each outcome cannot follow."""


@command(
    zh="登记刑事案件结果",
    en="Record the outcome of the criminal case",
    source="行政执法机关移送涉嫌犯罪案件的规定第10、13条；行政处罚法第35条",
)
@dataclass(frozen=True, kw_only=True)
class RecordCriminalOutcome(Command):
    """Records what became of a filed case; a return names the organ that goes on with it."""

    referral: Identifier
    outcome: Annotated[CriminalOutcome, Term(zh="结果", en="Outcome")]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    criminal_fine_fen: MoneyFen | None = None
    to_organ: OrganCode | None = None
    reason: Reason | None = None


class OutcomeNotThisOrgans(Refusal):
    """Another organ brings this outcome about."""

    zh = "{organ}不能登记结果“{outcome}”。"
    en = "{organ} does not record the outcome {outcome}."
    next_zh = "有罪判决由人民法院登记；侦查和起诉环节由公安机关、检察院登记。"
    next_en = "A court records a conviction; police and procuratorate what they decide."
    source = "刑事诉讼法第12、163、177条"
    field = "outcome"


class OutcomeBeforeFilingDecision(Refusal):
    """There is no criminal case yet."""

    zh = "移送{referral}尚未刑事立案，没有刑事案件结果。"
    en = "The referral {referral} is not filed; there is no criminal case."
    next_zh = "公安机关立案后再登记。"
    next_en = "Record it after the police have filed."
    source = "行政执法机关移送涉嫌犯罪案件的规定第8条"
    field = "referral"


class CriminalOutcomeOutOfOrder(Refusal):
    """The outcome cannot follow what is on record."""

    zh = "已登记{known}，不能再登记{outcome}。"
    en = "After {known} the outcome {outcome} cannot be recorded."
    next_zh = "请核对已登记的结果；登记有误的，由登记机关更正。"
    next_en = "Check what is recorded; an error is corrected by whoever recorded it."
    source = "刑事诉讼法第163、177、200条"
    field = "outcome"


class NotYetProsecuted(Refusal):
    """A conviction follows a prosecution."""

    zh = "移送{referral}尚未登记移送审查起诉，不能登记有罪判决。"
    en = "The referral {referral} was not transferred for prosecution; nobody is convicted yet."
    next_zh = "先由公安机关或者检察院登记移送审查起诉。"
    next_en = "Police or procuratorate record the prosecution first."
    source = "刑事诉讼法第162、176条"
    field = "outcome"


class CriminalFineNeedsConviction(Refusal):
    """A criminal fine is part of a conviction."""

    zh = "罚金只随有罪判决登记，结果为{outcome}。"
    en = "A criminal fine comes with a conviction, not with {outcome}."
    next_zh = "请去掉罚金。"
    next_en = "Leave out the fine."
    source = "行政处罚法第35条"
    field = "criminal_fine_fen"


class CaseReturnNeedsReason(Refusal):
    """Why the case goes back is said."""

    zh = "退回行政机关处理须说明理由和意见。"
    en = "A return for administrative handling states its reasons."
    next_zh = "请填写理由和处理意见。"
    next_en = "Enter the reasons and the opinion."
    source = "行政执法机关移送涉嫌犯罪案件的规定第13条"
    field = "reason"


class OrganOnlyForReturn(Refusal):
    """Only a returned case goes to an organ."""

    zh = "只有退回行政处理才填写接收机关，结果为{outcome}。"
    en = "An organ is named for a return only, not for {outcome}."
    next_zh = "请去掉接收机关。"
    next_en = "Leave out the organ."
    source = "行政执法机关移送涉嫌犯罪案件的规定第13条"
    field = "to_organ"


class CriminalOutcomeInFuture(DateInFuture):
    """The outcome has not come about yet."""

    field = "on"


class CriminalOutcomeBeforeTransfer(DateBeforeItsGround):
    """The outcome is dated before the transfer."""

    field = "on"


def _reads(asked: RecordCriminalOutcome) -> tuple[Read, ...]:
    return (*reads_of_police(asked.referral), *reads_of_overseer(asked.referral))


def _must_fit(asked: RecordCriminalOutcome, referral: Referral, organ: str) -> None:
    outcome = asked.outcome
    if outcome not in MAY_RECORD[organ]:
        raise OutcomeNotThisOrgans(organ=organ, outcome=outcome.value)
    if not referral.filed:
        raise OutcomeBeforeFilingDecision(referral=asked.referral)
    for known in referral.outcomes:
        if known in NEVER_AFTER[outcome]:
            raise CriminalOutcomeOutOfOrder(known=known.value, outcome=outcome.value)
    if (
        outcome is CriminalOutcome.CONVICTED
        and CriminalOutcome.TRANSFERRED_FOR_PROSECUTION not in referral.outcomes
    ):
        raise NotYetProsecuted(referral=asked.referral)
    if asked.criminal_fine_fen is not None and outcome is not CriminalOutcome.CONVICTED:
        raise CriminalFineNeedsConviction(outcome=outcome.value)
    returned = outcome is CriminalOutcome.RETURNED_FOR_ADMIN
    if asked.to_organ is not None and not returned:
        raise OrganOnlyForReturn(outcome=outcome.value)
    if returned and asked.reason is None:
        raise CaseReturnNeedsReason()


@decides(RecordCriminalOutcome, reads=_reads)
def record(asked: RecordCriminalOutcome, history: History, context: Context) -> Iterator[Decided]:
    """Records an outcome that can follow what is known; a return goes to the sender unless said."""
    organ = context.post.organ
    referral = (as_police if organ == "PSB" else as_overseer)(history, asked.referral)
    _must_fit(asked, referral, organ)
    on = asked.on or context.today
    must_have_come(on, context.today, CriminalOutcomeInFuture)
    assert referral.transferred is not None
    must_follow(on, referral.transferred.transferred_at.date(), CriminalOutcomeBeforeTransfer)
    to_organ = asked.to_organ
    if asked.outcome is CriminalOutcome.RETURNED_FOR_ADMIN and to_organ is None:
        to_organ = referral.organ
    yield on_referral(
        outcome_of(asked.referral),
        referral,
        CriminalCaseOutcomeRecorded(
            referral_id=asked.referral,
            subject_id=referral.subject,
            outcome=asked.outcome,
            on=on,
            criminal_fine_fen=asked.criminal_fine_fen,
            to_organ=to_organ,
            reason=asked.reason,
        ),
        region=referral.at,
        decided=context.moment,
    )
