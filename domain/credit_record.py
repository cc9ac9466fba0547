"""Credit records: pushed to 发展改革's platform by 人社, received and kept there (R11, R12).

1. A grant is pushed (双公示); so are an annulment and a revocation (R12, R11).
2. An annulment is from the first day: the grant's record is withdrawn as well. A revocation
   leaves it, since the licence was rightly held until then (reference 3.3).
3. What an event says is pushed once, whatever the order in which the rules come.
4. A penalty is pushed (双公示); one that fell before is taken back at once. What follows when a
   decision is overturned stands in `domain.credit_withdrawal`.
5. 发展改革 records or withdraws what it received, once, and answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from domain.commands import (
    Command,
    Context,
    Decided,
    History,
    Own,
    Read,
    Received,
    command,
    decides,
)
from domain.enforcement.facts import PenaltyDecided
from domain.errors import Refusal
from domain.facts import Fact, Recorded, fact
from domain.lead.halves import both, known
from domain.licence.facts import LicenceAnnulled, LicenceGranted, LicenceRevoked, LicenceType
from domain.licence.state import stream_of as licences_of
from domain.review.facts import overturned_of
from domain.review.overturning import UNDOES
from domain.terms import Identifier, Term, Uscc


class PushKind(StrEnum):
    """Whether a record is pushed or taken back."""

    PUSH = "PUSH"
    WITHDRAW = "WITHDRAW"


class RecordKind(StrEnum):
    """What a credit record says."""

    LICENCE_GRANTED = "LICENCE_GRANTED"
    LICENCE_ANNULLED = "LICENCE_ANNULLED"
    LICENCE_REVOKED = "LICENCE_REVOKED"
    PENALTY_DECIDED = "PENALTY_DECIDED"


class ReceiptOutcome(StrEnum):
    """What 发展改革 did with a record."""

    RECORDED = "RECORDED"
    WITHDRAWN = "WITHDRAWN"


@fact(
    "credit.record_pushed.v1",
    family="credit",
    organs=("HRSS_MKT",),
    zh="信用信息推送",
    en="Credit record pushed",
    source="双公示；平台规则（R11、R12）",
)
@dataclass(frozen=True, kw_only=True)
class CreditRecordPushed(Fact):
    """A credit record was pushed to the credit platform, or an earlier one withdrawn.

    `about` is the event the record rests on; a withdrawal names the event that ended it.
    """

    record_id: Identifier
    uscc: Uscc
    kind: Annotated[PushKind, Term(zh="推送种类", en="Kind")]
    record: Annotated[RecordKind, Term(zh="信用信息种类", en="Record")]
    about: Identifier
    concerns: Identifier
    pushed_on: Annotated[date, Term(zh="推送日期", en="Pushed on")]


@fact(
    "credit.record_received.v1",
    family="credit",
    organs=("DRC",),
    zh="信用信息归集",
    en="Credit record received",
    source="平台规则（R12）",
)
@dataclass(frozen=True, kw_only=True)
class CreditRecordReceived(Fact):
    """发展改革 recorded or withdrew a credit record; the fact goes back to who pushed it."""

    record_id: Identifier
    uscc: Uscc
    record: Annotated[RecordKind, Term(zh="信用信息种类", en="Record")]
    outcome: Annotated[ReceiptOutcome, Term(zh="归集结果", en="Outcome")]
    push_event: Identifier


@command(
    zh="推送信用信息", en="Push a credit record", source="平台规则（R11、R12）", automatic=True
)
@dataclass(frozen=True, kw_only=True)
class PushCreditRecord(Command):
    """R12, R11: pushes what an event says about a firm; an annulment withdraws the grant's record."""

    organisation: Uscc
    about: Identifier


@command(zh="归集信用信息", en="Receive a credit record", source="平台规则（R12）", automatic=True)
@dataclass(frozen=True, kw_only=True)
class ReceiveCreditRecord(Command):
    """Records or withdraws what was pushed."""

    organisation: Uscc
    push_event: Identifier


REPORTED = (LicenceType.LIC_HRS, LicenceType.LIC_DISPATCH)
"""The licence types whose facts 人社 pushes."""


class CreditGroundUnknown(Refusal):
    """No fact of this department has this id and says anything about credit."""

    zh = "{organisation}没有可推送的事件{about}。"
    en = "{organisation} has no fact {about} to push."
    next_zh = "请核对事件编号。"
    next_en = "Check the id of the fact."
    source = "平台规则（R12）"
    field = "about"


class CreditPushNotReceived(Refusal):
    """The pushed record has not arrived at the platform."""

    zh = "尚未收到{organisation}的信用信息推送{push_event}。"
    en = "The credit push {push_event} about {organisation} has not been received."
    next_zh = "推送送达后自动归集。"
    next_en = "It is kept once it has arrived."
    source = "平台规则（R12）"
    field = "push_event"
    transient = True


class CreditRecordNotKept(Refusal):
    """A record is withdrawn before it was recorded here."""

    zh = "信用信息{record}尚未归集，不能撤下。"
    en = "The credit record {record} is not kept yet and cannot be withdrawn."
    next_zh = "先归集该信用信息，随后自动撤下。"
    next_en = "It is withdrawn once it has been recorded."
    source = "平台规则（R12）"
    field = "push_event"
    transient = True


def stream_of(uscc: str) -> str:
    """The stream of the records pushed about a firm, at 人社."""
    return f"credit_record/{uscc}"


def file_of(uscc: str) -> str:
    """The stream of a firm's credit file, at 发展改革."""
    return f"credit_file/{uscc}"


def reads_of_firm(uscc: str, *, as_recorded: bool = False) -> tuple[Read, ...]:
    """The records pushed about a firm and its licences, as they stand or as recorded."""
    return (
        Own(stream=stream_of(uscc)),
        *(Own(stream=licences_of(uscc, one), as_recorded=as_recorded) for one in REPORTED),
    )


def _reads_to_push(asked: PushCreditRecord) -> tuple[Read, ...]:
    overturned = overturned_of(asked.about)
    return (*reads_of_firm(asked.organisation), Received(event=asked.about), *both(overturned))


@decides(PushCreditRecord, reads=_reads_to_push)
def push(asked: PushCreditRecord, history: History, context: Context) -> Iterator[Decided]:
    """Pushes what one fact says; what was pushed before, or has fallen since, gives nothing."""
    uscc = asked.organisation
    facts = of_licences(uscc, history)
    ground = next((one for one in facts if one.id == asked.about), None)
    pushed = history.own(stream_of(uscc))
    if any(pushes(one, asked.about) for one in pushed):
        return
    if ground is None:
        yield from _push_received(asked, history, context)
        return
    match ground.fact:
        case LicenceGranted():
            yield from _push_grant(ground, facts, pushed, context)
        case LicenceAnnulled():
            yield from _push_annulment(ground, facts, pushed, context)
        case LicenceRevoked():
            yield record_of(
                context, ground, context.mint("CR"), PushKind.PUSH, RecordKind.LICENCE_REVOKED
            )
        case _:
            raise CreditGroundUnknown(organisation=uscc, about=asked.about)


def of_licences(uscc: str, history: History) -> list[Recorded[Any]]:
    """Every fact of a firm's licences that 人社 reports."""
    return [one for kind in REPORTED for one in history.own(licences_of(uscc, kind))]


def _push_grant(
    grant: Recorded[Any],
    facts: Sequence[Recorded[Any]],
    pushed: Sequence[Recorded[Any]],
    context: Context,
) -> Iterator[Decided]:
    """A grant whose annulment came first is pushed and withdrawn at once."""
    record_id = context.mint("CR")
    yield record_of(context, grant, record_id, PushKind.PUSH, RecordKind.LICENCE_GRANTED)
    for one in facts:
        annulled = isinstance(one.fact, LicenceAnnulled)
        if annulled and one.fact.licence_id == grant.fact.licence_id:
            if any(pushes(each, one.id) for each in pushed):
                yield record_of(
                    context, one, record_id, PushKind.WITHDRAW, RecordKind.LICENCE_GRANTED
                )
            return


def _push_annulment(
    annulment: Recorded[Any],
    facts: Sequence[Recorded[Any]],
    pushed: Sequence[Recorded[Any]],
    context: Context,
) -> Iterator[Decided]:
    """An annulment takes the grant's record back, then is pushed itself."""
    grants = grants_of(facts, annulment.fact.licence_id)
    for one in kept_records(pushed):
        if one.about in grants:
            yield record_of(
                context, annulment, one.record_id, PushKind.WITHDRAW, RecordKind.LICENCE_GRANTED
            )
    yield record_of(
        context, annulment, context.mint("CR"), PushKind.PUSH, RecordKind.LICENCE_ANNULLED
    )


def _push_received(
    asked: PushCreditRecord, history: History, context: Context
) -> Iterator[Decided]:
    """A penalty of this department is pushed; one that has fallen already is taken back at once.

    An end of a licence that no longer stands has nothing to say.
    """
    found = history.received(Received(event=asked.about))
    ground = found[0] if found and found[0].department == context.department else None
    if ground is not None and isinstance(ground.fact, LicenceAnnulled | LicenceRevoked):
        return
    known_penalty = ground is not None and isinstance(ground.fact, PenaltyDecided)
    if ground is None or not known_penalty or ground.subject != asked.organisation:
        raise CreditGroundUnknown(organisation=asked.organisation, about=asked.about)
    record_id = context.mint("CR")
    yield record_of(context, ground, record_id, PushKind.PUSH, RecordKind.PENALTY_DECIDED)
    for result in known(history, overturned_of(asked.about)):
        if result.fact.result in UNDOES:
            yield record_of(
                context, result, record_id, PushKind.WITHDRAW, RecordKind.PENALTY_DECIDED
            )
            return


def grants_of(facts: Sequence[Recorded[Any]], licence_id: str) -> set[str]:
    """The ids of the facts that granted a licence."""
    return {
        one.id
        for one in facts
        if isinstance(one.fact, LicenceGranted) and one.fact.licence_id == licence_id
    }


def kept_records(pushed: Sequence[Recorded[Any]]) -> list[CreditRecordPushed]:
    """The records that were pushed and not taken back."""
    taken_back = {one.fact.record_id for one in pushed if one.fact.kind is PushKind.WITHDRAW}
    return [
        one.fact
        for one in pushed
        if one.fact.kind is PushKind.PUSH and one.fact.record_id not in taken_back
    ]


def pushes(recorded: Recorded[Any], about: str) -> bool:
    """Whether a push says what the fact of this id says."""
    return bool(recorded.fact.kind is PushKind.PUSH and recorded.fact.about == about)


def record_of(
    context: Context, ground: Recorded[Any], record_id: str, kind: PushKind, record: RecordKind
) -> Decided:
    """A record pushed or taken back, about the fact that it rests on."""
    uscc = ground.subject
    concerns = getattr(ground.fact, "decision_id", None) or ground.fact.licence_id
    return Decided(
        stream=stream_of(uscc),
        subject=uscc,
        matter=ground.matter,
        region=ground.region,
        fact=CreditRecordPushed(
            record_id=record_id,
            uscc=uscc,
            kind=kind,
            record=record,
            about=ground.id,
            concerns=concerns,
            pushed_on=context.today,
        ),
    )


@decides(
    ReceiveCreditRecord,
    reads=lambda asked: (
        Own(stream=file_of(asked.organisation)),
        Received(stream=stream_of(asked.organisation)),
    ),
)
def receive(asked: ReceiveCreditRecord, history: History, _context: Context) -> Iterator[Decided]:
    """Records or withdraws a received record, once."""
    uscc = asked.organisation
    received = history.received(Received(stream=stream_of(uscc)))
    pushed = next((one for one in received if one.id == asked.push_event), None)
    if pushed is None:
        raise CreditPushNotReceived(organisation=uscc, push_event=asked.push_event)
    kept = [one.fact for one in history.own(file_of(uscc))]
    if any(one.push_event == asked.push_event for one in kept):
        return
    withdraws = pushed.fact.kind is PushKind.WITHDRAW
    if withdraws and not any(one.record_id == pushed.fact.record_id for one in kept):
        raise CreditRecordNotKept(record=pushed.fact.record_id)
    yield Decided(
        stream=file_of(uscc),
        subject=uscc,
        matter=pushed.matter,
        region=pushed.region,
        fact=CreditRecordReceived(
            record_id=pushed.fact.record_id,
            uscc=uscc,
            record=pushed.fact.record,
            outcome=ReceiptOutcome.WITHDRAWN if withdraws else ReceiptOutcome.RECORDED,
            push_event=asked.push_event,
        ),
    )
