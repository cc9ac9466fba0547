"""A recorded instant is read as the same stamp however it is written."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import instant, stamp_of
from domain.organisation import SubjectRegistered
from gateways.contracts.envelope import recorded, timestamp
from gateways.contracts.samples import sample

MOMENTS = st.integers(min_value=0, max_value=4_000_000_000_000_000)


def stamp_read(text: str) -> int:
    return recorded({**sample(SubjectRegistered), "recorded": text}).stamp


@given(MOMENTS)
def test_a_timestamp_is_read_as_the_stamp_that_it_was_written_from(stamp: int) -> None:
    assert stamp_read(timestamp(instant(stamp))) == stamp


@given(MOMENTS, st.integers(min_value=-12, max_value=12))
def test_an_instant_of_another_zone_is_read_as_the_same_stamp(stamp: int, hours: int) -> None:
    elsewhere = instant(stamp).astimezone(timezone(timedelta(hours=hours)))
    assert stamp_read(elsewhere.isoformat()) == stamp_of(elsewhere.astimezone(UTC)) == stamp


@pytest.mark.parametrize(
    "text", ["2024-11-25T10:00:00.00000x+08:00", "2024-13-25T10:00:00.000000+08:00"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|month must be"):
        stamp_read(text)
