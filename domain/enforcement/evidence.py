"""Evidence that may be lost is registered and kept first (先行登记保存).

What becomes of it is decided within 7 working days (行政处罚法 56).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from domain.calendar.dates import must_follow, must_have_come
from domain.commands import Command, Context, Decided, History, Read, command, decides
from domain.enforcement.conducting import must_be_open, must_run, on_case, own_case
from domain.enforcement.facts import CaseId, EvidencePreserved, EvidenceSettled, PreservationId
from domain.enforcement.period import PeriodBeforeItsGround, PeriodDateInFuture
from domain.errors import Refusal
from domain.terms import FileRef, ShortText, Term


@command(zh="先行登记保存证据", en="Preserve evidence", source="行政处罚法第56条")
@dataclass(frozen=True, kw_only=True)
class PreserveEvidence(Command):
    """Registers evidence that may be lost and keeps it first."""

    case: CaseId
    items: Annotated[tuple[ShortText, ...], Term(zh="证据清单", en="Items", min_items=1)]
    on: Annotated[date | None, Term(zh="日期", en="On")] = None
    document: Annotated[FileRef | None, Term(zh="保存清单", en="List of what is kept")] = None


@command(zh="处理先行登记保存的证据", en="Settle preserved evidence", source="行政处罚法第56条")
@dataclass(frozen=True, kw_only=True)
class SettleEvidence(Command):
    """Says what becomes of evidence that was kept first."""

    case: CaseId
    preservation: PreservationId
    decision: Annotated[
        str,
        Term(
            zh="处理",
            en="Decision",
            pattern=r"^(?:RETURNED|SEIZED|HANDED_OVER)$",
            example="RETURNED",
        ),
    ]


class EvidenceUnknown(Refusal):
    """No evidence that waits for a decision has this id."""

    zh = "案件{case}没有待处理的先行登记保存{preservation}。"
    en = "No preserved evidence {preservation} of {case} waits for a decision."
    next_zh = "请核对编号；已处理的无需再次处理。"
    next_en = "Check the id; what was settled needs no more."
    source = "行政处罚法第56条"
    field = "preservation"


def _own(asked: PreserveEvidence | SettleEvidence) -> tuple[Read, ...]:
    return (own_case(asked.case),)


@decides(PreserveEvidence, reads=_own)
def preserve(asked: PreserveEvidence, history: History, context: Context) -> Iterator[Decided]:
    """Registers what is kept first."""
    case = must_run(history, asked.case, context.post.organ)
    on = asked.on or context.today
    must_have_come(on, context.today, PeriodDateInFuture)
    must_follow(on, case.filed_on, PeriodBeforeItsGround)
    yield on_case(
        case,
        EvidencePreserved(
            case_id=case.case_id,
            subject_id=case.subject,
            preservation_id=context.mint("EP"),
            items=asked.items,
            on=on,
            document=asked.document,
        ),
        effective=on,
    )


@decides(SettleEvidence, reads=_own)
def settle(asked: SettleEvidence, history: History, context: Context) -> Iterator[Decided]:
    """Decides once what becomes of evidence that was kept first."""
    case = must_be_open(history, asked.case, context.post.organ)
    if asked.preservation not in case.unsettled:
        raise EvidenceUnknown(case=asked.case, preservation=asked.preservation)
    yield on_case(
        case,
        EvidenceSettled(
            case_id=case.case_id,
            subject_id=case.subject,
            preservation_id=asked.preservation,
            decision=asked.decision,
        ),
        decided=context.moment,
    )
