"""Ranges of partition sequences: sorted, disjoint, inclusive; never spelled out one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Range = tuple[int, int]

LIMIT = 1 << 53
"""Partition sequences stay below this: what any reader in any language can count."""


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Any ranges as sorted, disjoint ones."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def without(ranges: Iterable[Range], removed: Iterable[Range]) -> list[Range]:
    """What is in the first ranges and not in the others."""
    left: list[Range] = joined(ranges)
    for first, last in joined(removed):
        kept: list[Range] = []
        for one in left:
            if one[1] < first or one[0] > last:
                kept.append(one)
                continue
            if one[0] < first:
                kept.append((one[0], first - 1))
            if one[1] > last:
                kept.append((last + 1, one[1]))
        left = kept
    return left


def common(one: Iterable[Range], other: Iterable[Range]) -> list[Range]:
    """What is in both."""
    held = joined(one)
    return without(held, without(held, other))


def count(ranges: Iterable[Range]) -> int:
    """How many sequences the ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def runs(sequences: Iterable[int]) -> list[Range]:
    """Sequences in the order given, as ascending runs in that order."""
    found: list[Range] = []
    for one in sequences:
        if found and one == found[-1][1] + 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def written(ranges: Sequence[Range]) -> list[str]:
    """As the contract writes them: `11-14`, or `16` for one."""
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]


def read(texts: Iterable[str]) -> list[Range]:
    """The ranges of a contract's texts, in their order. Raises ValueError for another form."""
    found: list[Range] = []
    for one in texts:
        first, dash, last = one.partition("-")
        span = int(first), int(last if dash else first)
        if not 0 < span[0] <= span[1] < LIMIT:
            raise ValueError(f"{one!r} is not a range of partition sequences")
        found.append(span)
    return found
