"""What every step of a referral has in common: what it reads, and who must hold it.

1. The sender's half, the police's and the procuratorate's are joined by facts; nobody writes
   into another's half.
2. A step out of its order is refused by the name of the step that is missing.
"""

from __future__ import annotations

from datetime import datetime

from domain.commands import Decided, History, Own, Read, Received
from domain.errors import Refusal
from domain.facts import Fact
from domain.lead.halves import both, known
from domain.referral.facts import outcome_of, police_of, stream_of, supervision_of
from domain.referral.state import Referral, fold


class ReferralUnknown(Refusal):
    """This department has no such referral."""

    zh = "没有编号为{referral}的移送。"
    en = "No referral {referral} is on record."
    next_zh = "请核对移送编号。"
    next_en = "Check the number of the referral."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "referral"


class ReferralNotReceived(Refusal):
    """The referral has not reached this department (yet)."""

    zh = "尚未收到移送{referral}。"
    en = "The referral {referral} has not been received."
    next_zh = "移送送达后即可办理；请核对编号。"
    next_en = "It can be done once the referral has arrived; check the number."
    source = "行政执法机关移送涉嫌犯罪案件的规定第7条"
    field = "referral"
    transient = True


class ReferralNotWithPolice(Refusal):
    """The step belongs to the time after the transfer, which has not taken place."""

    zh = "移送{referral}尚未移送公安机关，现处于{stage}。"
    en = "The referral {referral} has not gone to the police; it stands at {stage}."
    next_zh = "先经负责人批准并移送公安机关。"
    next_en = "It is approved and transferred first."
    source = "行政执法机关移送涉嫌犯罪案件的规定第5条"
    field = "referral"


def reads_of_sender(referral: str) -> tuple[Read, ...]:
    """What the organ that refers reads: its own half, and what the others answered."""
    return (
        Own(stream=stream_of(referral)),
        Received(stream=police_of(referral)),
        Received(stream=supervision_of(referral)),
        Received(stream=outcome_of(referral)),
    )


def reads_of_police(referral: str) -> tuple[Read, ...]:
    """What the police read: what was sent, their own half, and what the procuratorate asked."""
    return (
        Received(stream=stream_of(referral)),
        Own(stream=police_of(referral)),
        Received(stream=supervision_of(referral)),
        *both(outcome_of(referral)),
    )


def reads_of_overseer(referral: str) -> tuple[Read, ...]:
    """What procuratorate and court read: what was sent, what the police did, their own half."""
    return (
        Received(stream=stream_of(referral)),
        Received(stream=police_of(referral)),
        Own(stream=supervision_of(referral)),
        *both(outcome_of(referral)),
    )


def as_sender(history: History, referral: str) -> Referral:
    """The referral as its sender knows it."""
    found = fold(
        history.own(stream_of(referral)),
        history.received(Received(stream=police_of(referral))),
        history.received(Received(stream=supervision_of(referral))),
        history.received(Received(stream=outcome_of(referral))),
    ).get(referral)
    if found is None or found.proposed is None:
        raise ReferralUnknown(referral=referral)
    return found


def as_police(history: History, referral: str) -> Referral:
    """The referral as the police know it: transferred, or not yet here."""
    return _arrived(
        referral,
        fold(
            history.received(Received(stream=stream_of(referral))),
            history.own(police_of(referral)),
            history.received(Received(stream=supervision_of(referral))),
            known(history, outcome_of(referral)),
        ).get(referral),
    )


def as_overseer(history: History, referral: str) -> Referral:
    """The referral as procuratorate and court know it."""
    return _arrived(
        referral,
        fold(
            history.received(Received(stream=stream_of(referral))),
            history.received(Received(stream=police_of(referral))),
            history.own(supervision_of(referral)),
            known(history, outcome_of(referral)),
        ).get(referral),
    )


def _arrived(name: str, referral: Referral | None) -> Referral:
    if referral is None:
        raise ReferralNotReceived(referral=name)
    if referral.transferred is None:
        raise ReferralNotWithPolice(referral=name, stage=referral.stage.value)
    return referral


def on_referral(
    stream: str,
    referral: Referral,
    fact: Fact,
    *,
    region: str | None = None,
    decided: datetime | None = None,
) -> Decided:
    """One fact about a referral, in the matter and (unless said) the territory of its sender."""
    return Decided(
        stream=stream,
        subject=referral.subject,
        matter=referral.matter,
        region=region or referral.region,
        decided=decided,
        fact=fact,
    )
