"""Facts about the shared log itself: faults of delivery, and records set aside.

They travel on `labour.<department>.delivery`. A fault is declared by the department that
published what did not arrive, a set-aside record by the department that could not apply it.
Nothing here repeats the content of a record: only where it stands and which matters it is of.
Source: platform rules; promises that nothing is lost in silence (reference 14.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from domain.departments import PUBLIC
from domain.facts import Fact, fact
from domain.terms import Identifier, Reason, ShortText, Term

CASES_NAMED = 20
"""Matters that one fault names; the rest is a number."""

FAULT_KINDS: dict[str, tuple[str, str]] = {
    "GAP": ("缺漏", "Records are missing"),
    "STALLED": ("停滞", "Nothing is taken in any more"),
    "DISAGREEMENT": ("不一致", "The receipt differs from what was published"),
}
"""What can be wrong between a publisher and a reader."""

OUTCOMES: dict[str, tuple[str, str]] = {
    "RELEASED": ("重试成功", "Applied on another try"),
    "FIXED": ("转换后处理", "Applied after an upcaster"),
    "DISCARDED": ("作废", "Discarded"),
    "MOVED": ("因其他原因再次隔离", "Set aside again for another cause"),
}
"""How a group of records that were set aside can end."""

NodeId = Annotated[str, Term(zh="部门节点", en="Node", pattern=r"^[a-z]{2,12}$", example="hr")]
TopicName = Annotated[
    str,
    Term(
        zh="主题",
        en="Topic",
        pattern=r"^labour\.[a-z]{2,12}\.[a-z_]{2,30}$",
        example="labour.samr.push",
    ),
]
Partition = Annotated[int, Term(zh="分区", en="Partition", minimum=0, maximum=1023)]
Place = Annotated[
    int, Term(zh="分区序号", en="Partition sequence", minimum=0, maximum=9007199254740991)
]
Records = Annotated[int, Term(zh="记录数", en="Records", minimum=0, maximum=9007199254740991)]
Cases = Annotated[
    tuple[Identifier, ...],
    Term(zh="所涉事项（最多列20个）", en="Matters concerned (20 at most)"),
]
FaultKind = Annotated[
    str,
    Term(
        zh="故障类别",
        en="Kind of fault",
        pattern="^(?:" + "|".join(FAULT_KINDS) + ")$",
        example="GAP",
    ),
]
Outcome = Annotated[
    str,
    Term(
        zh="处理结果", en="Outcome", pattern="^(?:" + "|".join(OUTCOMES) + ")$", example="RELEASED"
    ),
]
Cause = Annotated[
    str,
    Term(
        zh="隔离原因",
        en="Cause",
        pattern=r"^[A-Z][A-Z_]{2,39}$",
        example="UNKNOWN_TYPE",
    ),
]
Instant = Annotated[datetime, Term(zh="起始时刻", en="Since")]


@fact(
    "delivery.fault_found.v1",
    family="delivery",
    organs=PUBLIC,
    zh="投递异常",
    en="Delivery fault found",
    source="平台规则（投递台账）",
)
@dataclass(frozen=True, kw_only=True)
class DeliveryFaultFound(Fact):
    """A reader has not what was published for it: which records, of which matters, since when."""

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


@fact(
    "delivery.fault_mended.v1",
    family="delivery",
    organs=PUBLIC,
    zh="投递异常已消除",
    en="Delivery fault mended",
    source="平台规则（投递台账）",
)
@dataclass(frozen=True, kw_only=True)
class DeliveryFaultMended(Fact):
    """The reader's receipts agree with what was published again."""

    fault: Identifier
    reader: NodeId
    topic: TopicName
    partition: Partition
    told: ShortText


@fact(
    "delivery.records_parked.v1",
    family="delivery",
    organs=PUBLIC,
    zh="记录被隔离",
    en="Records parked",
    source="平台规则（隔离处理）",
)
@dataclass(frozen=True, kw_only=True)
class RecordsParked(Fact):
    """Records of one cause could not be applied and wait, with what follows them, for somebody."""

    group: Identifier
    topic: TopicName
    cause: Cause
    detail: ShortText
    records: Records
    waiting: Records
    since: Instant
    cases: Cases
    cases_in_all: Records


@fact(
    "delivery.parked_settled.v1",
    family="delivery",
    organs=PUBLIC,
    zh="隔离记录已处理",
    en="Parked records settled",
    source="平台规则（隔离处理）",
)
@dataclass(frozen=True, kw_only=True)
class ParkedSettled(Fact):
    """A post let parked records be tried again, had them converted, or discarded them."""

    group: Identifier
    outcome: Outcome
    records: Records
    reason: Reason
