"""A population in a file: several processes freeze and draw what one does."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from domain.draw.population import DrawObject
from domain.errors import Refusal
from gateways.draws.files import draw_from_file, freeze_file, lines_in, ranges
from tests.draws.given import BY_SIZE, DRAW, SECRETS, drawn, firms, frozen


def part(number: int, parts: int, count: int) -> list[DrawObject]:
    return list(firms(count))[number::parts]


def sources(parts: int, count: int = 300) -> list[partial[list[DrawObject]]]:
    return [partial(part, number, parts, count) for number in range(parts)]


@pytest.mark.parametrize("parts", [1, 3])
def test_any_number_of_processes_freezes_and_draws_the_same(tmp_path: Path, parts: int) -> None:
    path = tmp_path / "draw.population"
    population = freeze_file(sources(parts), path)
    expected, lines = frozen(firms(300))
    assert population == expected
    assert path.read_bytes() == b"".join(lines)
    record = draw_from_file(DRAW, BY_SIZE, population, SECRETS, path, processes=parts)
    assert record.bytes() == drawn()[0].bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["draw.population"]


def test_an_object_in_two_parts_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        freeze_file([*sources(2), partial(part, 0, 300, 300)], tmp_path / "draw.population")
    assert refusal.value.rule == "ObjectTwiceInPopulation"
    assert list(tmp_path.iterdir()) == []


def test_an_ill_formed_object_is_refused_from_within_a_process(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        freeze_file([partial(broken, 7)], tmp_path / "draw.population")
    assert refusal.value.rule == "ObjectIllFormed"


def broken(number: int) -> list[DrawObject]:
    return [DrawObject(f"A|{number}", "420102")]


@pytest.mark.parametrize("parts", range(1, 9))
def test_each_line_belongs_to_one_range(tmp_path: Path, parts: int) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a\n\nbcd\nefghijklmnop\nq\nr")
    found = [line for first, end in ranges(path, parts) for line in lines_in(path, first, end)]
    assert b"".join(found) == path.read_bytes()
    assert len(found) == 6
