"""Credit records: pushed to 发展改革's platform by 人社, received and kept there (R11, R12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from domain.commands import Command, command
from domain.facts import Fact, fact
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
    source="R12; R11; 双公示",
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
    source="R12",
)
@dataclass(frozen=True, kw_only=True)
class CreditRecordReceived(Fact):
    """发展改革 recorded or withdrew a credit record; the fact goes back to who pushed it."""

    record_id: Identifier
    uscc: Uscc
    record: Annotated[RecordKind, Term(zh="信用信息种类", en="Record")]
    outcome: Annotated[ReceiptOutcome, Term(zh="归集结果", en="Outcome")]
    push_event: Identifier


@command(zh="推送信用信息", en="Push a credit record", source="R12; R11", automatic=True)
@dataclass(frozen=True, kw_only=True)
class PushCreditRecord(Command):
    """R12, R11: pushes what an event says about a firm; an annulment withdraws the grant's record."""

    organisation: Uscc
    about: Identifier


@command(zh="归集信用信息", en="Receive a credit record", source="R12", automatic=True)
@dataclass(frozen=True, kw_only=True)
class ReceiveCreditRecord(Command):
    """Records or withdraws what was pushed."""

    organisation: Uscc
    push_event: Identifier
