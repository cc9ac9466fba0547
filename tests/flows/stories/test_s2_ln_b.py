"""The licensing story of one firm."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.stories.playing import ends_as_expected, is_the_same_twice, told


def test_it_ends_as_expected_and_its_bytes_are_the_same_twice(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    story = told("s2-ln-b", tmp_path_factory)
    ends_as_expected(story)
    is_the_same_twice(story, tmp_path)
