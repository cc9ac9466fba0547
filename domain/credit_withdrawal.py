"""Credit records taken back when the decision they rest on is overturned (reference 12.4, R14).

1. Annulled or void, the decision's record goes; so does that of a revocation that executed it.
2. Changed, the record gives way to one of the change.
3. The grant whose record an annulment had taken back is pushed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.commands import Command, Context, Decided, History, Read, Received, command, decides
from domain.credit_record import (
    PushKind,
    RecordKind,
    grants_of,
    kept_records,
    of_licences,
    pushes,
    reads_of_firm,
    record_of,
    stream_of,
)
from domain.facts import Recorded
from domain.licence.facts import LicenceRevoked
from domain.review.facts import DecisionOverturned, OverturnResult
from domain.review.overturning import UNDOES
from domain.review.restoring import overturning
from domain.review.standing import standing
from domain.terms import Identifier, Uscc


@command(
    zh="撤回推送的信用信息", en="Withdraw a credit record", source="平台规则（R14）", automatic=True
)
@dataclass(frozen=True, kw_only=True)
class WithdrawCreditRecord(Command):
    """R14: takes back what was pushed about a decision that was overturned."""

    organisation: Uscc
    about: Identifier


def _reads_to_withdraw(asked: WithdrawCreditRecord) -> tuple[Read, ...]:
    firm = reads_of_firm(asked.organisation, as_recorded=True)
    return (*firm, Received(event=asked.about))


@decides(WithdrawCreditRecord, reads=_reads_to_withdraw)
def withdraw(asked: WithdrawCreditRecord, history: History, context: Context) -> Iterator[Decided]:
    """Takes back the records of an overturned decision, once, and pushes what stands instead."""
    uscc = asked.organisation
    result = overturning(uscc, asked.about, history)
    fact: DecisionOverturned = result.fact
    pushed = history.own(stream_of(uscc))
    if fact.result not in (*UNDOES, OverturnResult.CHANGED) or _answered(pushed, result.id):
        return
    as_recorded = of_licences(uscc, history)
    ends = _executing(as_recorded, fact.decision_id)
    for one in kept_records(pushed):
        if one.record is RecordKind.LICENCE_GRANTED:
            continue
        if one.concerns == fact.decision_id or (fact.result in UNDOES and one.about in ends):
            yield record_of(context, result, one.record_id, PushKind.WITHDRAW, one.record)
            if fact.result is OverturnResult.CHANGED:
                yield record_of(context, result, context.mint("CR"), PushKind.PUSH, one.record)
            elif one.record is RecordKind.LICENCE_ANNULLED:
                yield from _push_again(one.concerns, standing(as_recorded), pushed, context)


def _executing(facts: Sequence[Recorded[Any]], decision: str) -> set[str]:
    """The revocations, standing or fallen, that executed a penalty decision."""
    return {
        one.id
        for one in facts
        if isinstance(one.fact, LicenceRevoked) and one.fact.penalty_decision_id == decision
    }


def _push_again(
    licence_id: str,
    facts: Sequence[Recorded[Any]],
    pushed: Sequence[Recorded[Any]],
    context: Context,
) -> Iterator[Decided]:
    """Pushes the grant whose record the annulment had taken back."""
    grants = grants_of(facts, licence_id)
    kept = {one.about for one in kept_records(pushed)}
    for one in facts:
        before = any(pushes(each, one.id) for each in pushed)
        if one.id in grants and one.id not in kept and before:
            yield record_of(
                context, one, context.mint("CR"), PushKind.PUSH, RecordKind.LICENCE_GRANTED
            )


def _answered(pushed: Sequence[Recorded[Any]], about: str) -> bool:
    return any(one.fact.about == about for one in pushed)
