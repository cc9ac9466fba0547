"""A receipt against the publisher's bytes, and ranges: without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.department.ledger import ranges
from gateways.department.ledger.comparing import Compared, Standing, compare
from gateways.department.ledger.receipts import Entry, digest_of

END = 40
HASHES = {at: sha256(b"record %d" % at).digest() for at in range(1, END + 1)}


def published(first: int, last: int) -> Iterator[bytes]:
    """The publisher's own hashes."""
    return (HASHES[at] for at in range(first, last + 1))


def receipt(first: int, to: int, order: Sequence[int], **told: object) -> Entry:
    """What a reader says that really applied these records, in this order."""
    said = {
        "first": first,
        "to": to,
        "digest": digest_of(HASHES[at] for at in order),
        "applied": tuple(ranges.runs(order)),
        "delivered": to,
        "acted": to,
    }
    return Entry(**(said | told))  # type: ignore[arg-type]


def compared(standing: Standing, entry: Entry) -> Compared:
    """The publisher's judgement."""
    return compare(standing, entry, end=END, hashes=published)


def found(standing: Standing, entry: Entry) -> list[tuple[str, tuple[int, int], str]]:
    """What is wrong by it."""
    return [(one.kind, one.span, one.why) for one in compared(standing, entry).findings]


def test_receipts_that_follow_one_another_agree() -> None:
    one = compared(Standing(), receipt(1, 10, range(1, 11)))
    two = compared(one.standing, receipt(11, 40, range(11, 41)))
    assert (one.findings, two.findings) == ((), ())
    assert (two.standing.accounted, two.standing.acted) == (40, 40)


@pytest.mark.parametrize(
    ("applied", "told"),
    [
        ([*range(1, 7), *range(8, 11)], ("GAP", (7, 7), "SKIPPED")),
        ([*range(1, 8), *range(7, 11)], ("DISAGREEMENT", (7, 7), "REPEATED")),
        ([*range(1, 6), 7, 6, *range(8, 11)], ("DISAGREEMENT", (6, 7), "REORDERED")),
        ([1, 2, 9, *range(4, 11)], ("DISAGREEMENT", (1, 10), "DIFFERENT")),
        ([*range(3, 11)], ("DISAGREEMENT", (1, 10), "DIFFERENT")),
    ],
    ids=["skips", "repeats", "reorders", "alters", "skips two"],
)
def test_a_reader_that_notices_nothing_is_found_by_its_digest(
    applied: list[int], told: tuple[str, tuple[int, int], str]
) -> None:
    unaware = receipt(1, 10, applied, applied=((1, 10),))
    assert found(Standing(), unaware) == [told]


def test_what_a_reader_says_itself_is_judged_too() -> None:
    behind = Standing(accounted=10, delivered=10, acted=10)
    assert found(Standing(), receipt(1, 5, [1, 2, 4, 5])) == [("GAP", (3, 3), "NEVER_SAID")]
    assert found(behind, receipt(15, 20, range(15, 21))) == [("GAP", (11, 14), "NEVER_SAID")]
    assert found(behind, receipt(8, 12, range(8, 13))) == [("DISAGREEMENT", (8, 10), "REPEATED")]
    assert ("DISAGREEMENT", (3, 3), "REORDERED") in found(Standing(), receipt(1, 4, [1, 2, 4, 3]))
    assert found(Standing(), receipt(1, 41, range(1, 41), applied=((1, 41),))) == [
        ("DISAGREEMENT", (41, 41), "UNPUBLISHED")
    ]


def test_what_was_set_aside_is_applied_later_and_is_no_fault() -> None:
    one = compared(Standing(), receipt(1, 5, [1, 2, 4, 5], parked=((3, 3),)))
    assert (one.findings, one.standing.parked) == ((), ((3, 3),))
    two = compared(one.standing, receipt(6, 8, [6, 3, 7, 8]))
    assert (two.findings, two.standing.parked, two.late) == ((), (), ((3, 3),))
    gone = compared(one.standing, receipt(6, 5, [], discarded=((3, 3),)))
    assert (gone.findings, gone.standing.parked) == ((), ())


def test_a_gap_is_mended_by_the_missing_record_and_by_nothing_else() -> None:
    gap = compared(Standing(), receipt(1, 5, [1, 2, 4, 5])).standing
    other = compared(gap, receipt(6, 5, [4], applied=((3, 3),))).standing
    assert other.missing == ((3, 3),)
    assert compared(gap, receipt(6, 5, [3])).standing.missing == ()


def test_a_reader_that_begins_anew_voids_what_it_said() -> None:
    wrong = compared(Standing(), receipt(1, 10, [*range(2, 11)], applied=((1, 10),))).standing
    again = compared(wrong, receipt(1, 10, range(1, 11), anew=True))
    assert again.findings == ()
    assert (again.standing.missing, again.standing.wrong) == ((), ())
    restored = compared(Standing(accounted=30), receipt(21, 20, [], anew=True))
    assert (restored.findings, restored.standing.accounted) == ((), 20)


@given(st.permutations(range(1, 13)).filter(lambda order: order != sorted(order)))
def test_no_other_order_passes(order: list[int]) -> None:
    assert found(Standing(), receipt(1, 12, order, applied=((1, 12),)))
    assert found(Standing(), receipt(1, 12, order))


_SPANS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 8)), max_size=8)


@given(_SPANS, _SPANS)
def test_ranges_are_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def spans(given_: list[tuple[int, int]]) -> list[ranges.Range]:
        return [(first, first + more) for first, more in given_]

    def spelled(given_: list[ranges.Range]) -> set[int]:
        return {at for first, last in given_ for at in range(first, last + 1)}

    a, b = spans(one), spans(other)
    assert spelled(ranges.joined(a)) == spelled(a)
    assert spelled(ranges.without(a, b)) == spelled(a) - spelled(b)
    assert spelled(ranges.common(a, b)) == spelled(a) & spelled(b)
    assert ranges.count(ranges.joined(a)) == len(spelled(a))
    assert ranges.read(ranges.written(a)) == a


@pytest.mark.parametrize("text", ["0", "5-3", "a", "-4"])
def test_another_form_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|invalid literal"):
        ranges.read([text])
