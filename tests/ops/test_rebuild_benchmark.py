"""The benchmark of rebuilds measures what it says."""

from __future__ import annotations

import pytest

from ops.benchmarks.rebuild import FACTS_MIN, measure


@pytest.mark.services
def test_every_fact_of_the_log_is_counted_beside_the_floor(postgres_url: str) -> None:
    (figure,) = measure(postgres_url, 200, ["audit"])
    assert figure.what == "audit: 200 facts"
    assert figure.value > 0
    assert figure.target == FACTS_MIN
    assert "of reading the log alone" in figure.note
