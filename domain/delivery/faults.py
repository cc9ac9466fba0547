"""Faults of delivery, as facts of the department that published: found once, mended once.

- A fault has one name: reader, topic, partition, kind and first record. While it stands it is
  not declared again, whoever asks; once mended, the same may be found anew.
- Only what was declared can be mended.
Nobody decides here: the delivery ledger compares receipts with the store and gives these
commands by itself. Source: platform rules (promise that a gap alarms within a minute and
names the cases).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.commands import Command, Context, Decided, History, Own, command, decides
from domain.delivery.facts import (
    Cases,
    DeliveryFaultFound,
    DeliveryFaultMended,
    FaultKind,
    Instant,
    NodeId,
    Partition,
    Place,
    Records,
    TopicName,
)
from domain.terms import Identifier, ShortText

SOURCE = "平台规则（投递台账）"


@command(zh="登记投递异常", en="Declare a delivery fault", source=SOURCE, automatic=True)
@dataclass(frozen=True, kw_only=True)
class DeclareDeliveryFault(Command):
    """Given by the ledger when a reader has not what was published for it."""

    fault: Identifier
    reader: NodeId
    topic: TopicName
    partition: Partition
    kind: FaultKind
    first: Place
    last: Place
    since: Instant
    cases: Cases
    cases_in_all: Records
    told: ShortText
    region: Identifier


@command(
    zh="登记投递异常已消除", en="Declare a delivery fault mended", source=SOURCE, automatic=True
)
@dataclass(frozen=True, kw_only=True)
class DeclareDeliveryMended(Command):
    """Given by the ledger when the reader's receipts agree with what was published again."""

    fault: Identifier
    reader: NodeId
    topic: TopicName
    partition: Partition
    told: ShortText
    region: Identifier


def stream_of(fault: str) -> str:
    """The stream of one fault: found, mended, perhaps found again."""
    return f"delivery_fault/{fault}"


def matter_of(publisher: str, reader: str) -> str:
    """The matter of all that is wrong between a publisher and a reader: one history for both."""
    return f"DELIVERY-{publisher}-{reader}"


def _stands(history: History, fault: str) -> bool:
    """Whether a fault was found and not mended since."""
    told = history.own(stream_of(fault))
    return bool(told) and isinstance(told[-1].fact, DeliveryFaultFound)


@decides(DeclareDeliveryFault, reads=lambda asked: (Own(stream=stream_of(asked.fault)),))
def found(asked: DeclareDeliveryFault, history: History, context: Context) -> Iterator[Decided]:
    """Records a fault, once while it stands."""
    if _stands(history, asked.fault):
        return
    yield Decided(
        stream=stream_of(asked.fault),
        subject=asked.reader,
        matter=matter_of(context.department, asked.reader),
        region=asked.region,
        fact=DeliveryFaultFound(
            fault=asked.fault,
            reader=asked.reader,
            topic=asked.topic,
            partition=asked.partition,
            kind=asked.kind,
            first=asked.first,
            last=asked.last,
            since=asked.since,
            cases=asked.cases,
            cases_in_all=asked.cases_in_all,
            told=asked.told,
        ),
    )


@decides(DeclareDeliveryMended, reads=lambda asked: (Own(stream=stream_of(asked.fault)),))
def mended(asked: DeclareDeliveryMended, history: History, context: Context) -> Iterator[Decided]:
    """Records that a fault which stands is no more."""
    if not _stands(history, asked.fault):
        return
    yield Decided(
        stream=stream_of(asked.fault),
        subject=asked.reader,
        matter=matter_of(context.department, asked.reader),
        region=asked.region,
        fact=DeliveryFaultMended(
            fault=asked.fault,
            reader=asked.reader,
            topic=asked.topic,
            partition=asked.partition,
            told=asked.told,
        ),
    )
