"""Receipts: what a reader says on its control topic of what it took in.

One record speaks of every partition that moved since the last one, as ranges. `from` to `to`
are the partition sequences that it accounts for, each exactly once: applied, set aside
(`parked`, and later perhaps `converted` to be applied) or given up (`discarded`). `applied` are the ranges in the order in which they
were applied; what was set aside before may stand among them when it is applied at last.
`digest` is SHA-256 over the SHA-256 of each applied record's value, in that order: skipped,
repeated, reordered or altered records give another one than the publisher's own. `from`
follows the last receipt's `to`; with `anew` what was said from `from` on is void. A `reason`
is an operator's, who had it said again: nothing was taken in again, the times hold. A record
without topics is a sign of life. The same record id again is the same record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.departments import CONTROL_FAMILY, topic_name
from domain.facts import instant, stamp_of
from gateways.contracts import canonical
from gateways.contracts.envelope import read_source, schema_name, source_of, timestamp
from gateways.contracts.receipts import RECEIPT_TYPE
from gateways.department.ledger import ranges
from gateways.department.ledger.ranges import Range
from gateways.log.port import OutRecord, TopicPartition


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a receipt says of one partition; stamps are in microseconds, None where nothing was."""

    first: int
    to: int
    digest: str
    applied: tuple[Range, ...]
    parked: tuple[Range, ...] = ()
    discarded: tuple[Range, ...] = ()
    converted: tuple[Range, ...] = ()
    delivered: int
    acted: int
    delivered_at: int | None = None
    applied_at: int | None = None
    acted_at: int | None = None
    anew: bool = False
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One record of receipts: who says it, when, and of which partitions."""

    id: str
    reader: str
    mode: str
    said: int
    entries: Mapping[TopicPartition, Entry]


def digest_of(hashes: Iterable[bytes]) -> str:
    """The digest of records whose values have these SHA-256 hashes, in this order."""
    whole = hashlib.sha256()
    for one in hashes:
        whole.update(one)
    return whole.hexdigest()


def receipt_record(
    department: str,
    *,
    incarnation: str,
    mode: str,
    identity: str,
    said: int,
    entries: Mapping[TopicPartition, Entry],
) -> OutRecord:
    """The control record that says these receipts."""
    topics: dict[str, dict[str, Any]] = {}
    for (topic, partition), entry in sorted(entries.items()):
        topics.setdefault(topic, {})[str(partition)] = _written(entry)
    moment = timestamp(instant(said))
    body = canonical.encode(
        {
            "specversion": "1.0",
            "id": identity,
            "source": source_of(department, mode, incarnation),
            "type": RECEIPT_TYPE,
            "subject": department,
            "time": moment,
            "datacontenttype": "application/json",
            "dataschema": schema_name(RECEIPT_TYPE),
            "data": {"said": moment, "topics": topics},
        }
    )
    return OutRecord(topic_name(department, CONTROL_FAMILY), 0, department.encode(), body)


def read_receipt(envelope: dict[str, Any]) -> Receipt:
    """The receipts that a control record says. Raises KeyError, TypeError or ValueError."""
    if envelope["type"] != RECEIPT_TYPE:
        raise ValueError(f"{envelope['type']!r} is not a receipt")
    reader, mode, _ = read_source(envelope["source"])
    data = envelope["data"]
    return Receipt(
        id=str(envelope["id"]),
        reader=reader,
        mode=mode,
        said=_stamp(data["said"]),
        entries={
            (topic, int(partition)): _read(entry)
            for topic, partitions in data["topics"].items()
            for partition, entry in partitions.items()
        },
    )


def _written(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "from": str(entry.first),
        "to": str(entry.to),
        "applied": ranges.written(entry.applied),
        "digest": entry.digest,
        "delivered": str(entry.delivered),
        "acted": str(entry.acted),
    }
    for name, held in (
        ("parked", entry.parked),
        ("discarded", entry.discarded),
        ("converted", entry.converted),
    ):
        if held:
            told[name] = ranges.written(held)
    for name, at in (
        ("deliveredat", entry.delivered_at),
        ("appliedat", entry.applied_at),
        ("actedat", entry.acted_at),
    ):
        if at is not None:
            told[name] = timestamp(instant(at))
    if entry.anew:
        told["anew"] = True
    if entry.reason:
        told["reason"] = entry.reason
    return told


def _read(told: Mapping[str, Any]) -> Entry:
    first, to = int(told["from"]), int(told["to"])
    if not 0 < first <= to + 1 < ranges.LIMIT:
        raise ValueError(f"a receipt cannot reach from {first} to {to}")
    return Entry(
        first=first,
        to=to,
        digest=str(told["digest"]),
        applied=tuple(ranges.read(told["applied"])),
        parked=tuple(ranges.read(told.get("parked", ()))),
        discarded=tuple(ranges.read(told.get("discarded", ()))),
        converted=tuple(ranges.read(told.get("converted", ()))),
        delivered=int(told["delivered"]),
        acted=int(told["acted"]),
        delivered_at=_stamp(told.get("deliveredat")),
        applied_at=_stamp(told.get("appliedat")),
        acted_at=_stamp(told.get("actedat")),
        anew=told.get("anew") is True,
        reason=str(told["reason"]) if told.get("reason") else None,
    )


def _stamp(text: Any) -> Any:
    return None if text is None else stamp_of(datetime.fromisoformat(text))
