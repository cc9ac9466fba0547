"""Comparing a receipt with what was published: the publisher's judgement, without a database.

The publisher computes the digest again from its own bytes. What differs is named as exactly
as can be told: one record skipped, repeated or exchanged with its neighbour is found by
trying; anything else is the range as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from gateways.department.ledger import ranges
from gateways.department.ledger.ranges import Range
from gateways.department.ledger.receipts import Entry

TRIED = 256
"""Records of a range in which a single fault is looked for."""

GAP = "GAP"
DISAGREEMENT = "DISAGREEMENT"

Hashes = Callable[[int, int], Iterator[bytes]]
"""The SHA-256 of each record's value of a partition, from one sequence to another."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a reader stands in a partition, by its own receipts."""

    accounted: int = 0
    delivered: int = 0
    acted: int = 0
    delivered_at: int | None = None
    applied_at: int | None = None
    acted_at: int | None = None
    parked: tuple[Range, ...] = ()
    missing: tuple[Range, ...] = ()
    wrong: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: its kind, the records, and how it came about."""

    kind: str
    span: Range
    why: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a receipt means: the new standing, what is wrong, what was applied at last."""

    standing: Standing
    findings: tuple[Finding, ...]
    late: tuple[Range, ...]
    dealt: tuple[tuple[str, Range], ...] = ()
    """What became of what was set aside: RELEASED, FIXED or DISCARDED."""


def compare(standing: Standing, entry: Entry, *, end: int, hashes: Hashes) -> Compared:
    """What a receipt of a partition, published up to `end`, says after those before it."""
    findings: list[Finding] = []
    if entry.anew:
        standing = _cut(standing, entry.first)
    accounted = standing.accounted
    missing, wrong = list(standing.missing), list(standing.wrong)
    jumped = min(entry.first - 1, end)
    if jumped > accounted:
        findings.append(Finding(GAP, (accounted + 1, jumped), "NEVER_SAID"))
    elif entry.first <= accounted:
        again = (entry.first, min(max(entry.to, entry.first), accounted))
        findings.append(Finding(DISAGREEMENT, again, "REPEATED"))
    if entry.to > end:
        findings.append(Finding(DISAGREEMENT, (max(end + 1, entry.first), entry.to), "UNPUBLISHED"))
    to = min(entry.to, end)
    # Set aside before, or within what this receipt speaks of: applied at last, out of order.
    aside = ranges.joined([*standing.parked, *entry.parked])
    overdue = ranges.joined([*aside, *missing])
    expected = [(entry.first, to)] if to >= entry.first else []
    late = ranges.common(entry.applied, overdue)
    findings += _in_order(entry, late)
    spans = [one for one in entry.applied if one[1] <= end]
    told = _digested(spans, hashes)
    agrees = len(spans) == len(entry.applied) and told.hexdigest() == entry.digest
    if not agrees and len(spans) == len(entry.applied):
        findings += _diagnosed(spans, hashes, entry.digest)
    unaccounted = ranges.without(expected, [*entry.applied, *entry.parked, *entry.discarded])
    findings += [Finding(GAP, one, "NEVER_SAID") for one in unaccounted]
    settled = [*(late if agrees else ()), *entry.discarded]
    missing = ranges.without(missing, settled)
    missing = ranges.joined([*missing, *(one.span for one in findings if one.kind == GAP)])
    wrong = ranges.joined([*wrong, *(one.span for one in findings if one.kind == DISAGREEMENT)])
    parked = ranges.without(aside, settled)
    moved = max(accounted, to)
    return Compared(
        standing=Standing(
            accounted=moved,
            delivered=max(standing.delivered, min(entry.delivered, end), moved),
            acted=max(standing.acted, min(entry.acted, moved)),
            delivered_at=entry.delivered_at or standing.delivered_at,
            applied_at=entry.applied_at or standing.applied_at,
            acted_at=entry.acted_at or standing.acted_at,
            parked=tuple(parked),
            missing=tuple(missing),
            wrong=tuple(wrong),
        ),
        findings=tuple(findings),
        late=tuple(late if agrees else ()),
        dealt=_dealt(standing, entry, late if agrees else [], end),
    )


def _dealt(
    standing: Standing, entry: Entry, late: list[Range], end: int
) -> tuple[tuple[str, Range], ...]:
    """What became of records that were set aside before, or given up."""
    applied = ranges.common(late, [*standing.parked, *entry.parked])
    fixed = ranges.common(applied, entry.converted)
    return (
        *(("RELEASED", one) for one in ranges.without(applied, fixed)),
        *(("FIXED", one) for one in fixed),
        *(("DISCARDED", one) for one in ranges.common(entry.discarded, [(1, max(end, 1))])),
    )


def _cut(standing: Standing, first: int) -> Standing:
    """The standing without what was said from a sequence on."""
    void = [(first, max(first, standing.accounted, *(one[1] for one in standing.wrong), 1))]
    kept = min(standing.accounted, first - 1)
    return replace(
        standing,
        accounted=kept,
        delivered=kept,
        acted=min(standing.acted, kept),
        parked=tuple(ranges.without(standing.parked, void)),
        missing=tuple(ranges.without(standing.missing, void)),
        wrong=tuple(ranges.without(standing.wrong, void)),
    )


def _in_order(entry: Entry, late: list[Range]) -> list[Finding]:
    """What the reader itself says it applied twice, or before what stands ahead of it."""
    found: list[Finding] = []
    seen: list[Range] = []
    reached = entry.first - 1
    for span in entry.applied:
        for again in ranges.common([span], seen):
            found.append(Finding(DISAGREEMENT, again, "REPEATED"))
        seen = ranges.joined([*seen, span])
        fresh = ranges.without([span], late)
        if not fresh:
            continue
        if fresh[0][0] < entry.first:
            before = (fresh[0][0], min(fresh[-1][1], entry.first - 1))
            found.append(Finding(DISAGREEMENT, before, "REPEATED"))
        elif fresh[0][0] <= reached:
            found.append(Finding(DISAGREEMENT, span, "REORDERED"))
        reached = max(reached, fresh[-1][1])
    return _once(found)


def _once(findings: list[Finding]) -> list[Finding]:
    """Each span once: what was repeated is also out of order, and is called repeated."""
    found: list[Finding] = []
    for one in findings:
        if not any(ranges.common([one.span], [other.span]) for other in found):
            found.append(one)
    return found


def _digested(spans: list[Range], hashes: Hashes) -> Any:
    whole = sha256()
    for first, last in spans:
        for one in hashes(first, last):
            whole.update(one)
    return whole


def _diagnosed(spans: list[Range], hashes: Hashes, digest: str) -> list[Finding]:
    """Which single record explains a digest that differs; the whole range where none does."""
    if not spans:
        return []
    if ranges.count(spans) <= TRIED:
        places = [one for first, last in spans for one in range(first, last + 1)]
        known = [one for first, last in spans for one in hashes(first, last)]
        ahead = sha256()
        for at, sequence in enumerate(places):
            rest = known[at + 1 :]
            trials = (
                (GAP, (sequence, sequence), "SKIPPED", rest),
                (DISAGREEMENT, (sequence, sequence), "REPEATED", [known[at], known[at], *rest]),
                (
                    DISAGREEMENT,
                    (sequence, sequence + 1),
                    "REORDERED",
                    [*rest[:1], known[at], *rest[1:]],
                ),
            )
            for kind, span, why, tried in trials:
                one = ahead.copy()
                one.update(b"".join(tried))
                if one.hexdigest() == digest:
                    return [Finding(kind, span, why)]
            ahead.update(known[at])
    whole = (min(one[0] for one in spans), max(one[1] for one in spans))
    return [Finding(DISAGREEMENT, whole, "DIFFERENT")]
