"""The benchmark of the statistics form runs, and checks by itself what it has counted."""

from __future__ import annotations

from ops.benchmarks.statistics import measure


def test_a_form_is_measured_in_time_and_against_the_reading_of_its_rows() -> None:
    figures = measure(400)
    assert [one.unit for one in figures] == ["ms", "ratio"]
    assert all(one.value > 0 for one in figures)
    assert figures[0].note == "400/80, row 12 13"
