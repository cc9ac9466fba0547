"""The benchmark of the draw runs, and checks by itself what it has drawn."""

from __future__ import annotations

from ops.benchmarks.draw import measure


def test_a_draw_is_measured_in_time_and_memory_and_verified() -> None:
    figures = measure([2_000])
    assert [one.unit for one in figures] == ["ms", "MB", "ms"]
    assert all(one.value > 0 for one in figures)
    assert "1000 drawn" in figures[0].note
