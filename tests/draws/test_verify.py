"""A draw is checked by two implementations; a changed byte is refused by both, with its place."""

from __future__ import annotations

import io
import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.draw.commitment import seed_of
from domain.draw.differences import WORDS
from domain.draw.plan import hash_of
from domain.draw.verification import verify
from ops.cli import run
from ops.commands_draw import plain
from tests.draws.given import BY_RATE, DRAW, SECRETS, drawn

HERE = Path(__file__).parent
EXAMPLE = HERE / "example" / "draw.json"
EXAMPLE_POPULATION = EXAMPLE.with_suffix(".population")


def by_node(folder: Path, pairs: Sequence[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What the second implementation finds in records with their populations."""
    names: list[str] = []
    for number, files in enumerate(pairs):
        for name, content in zip(("json", "population"), files, strict=True):
            path = folder / f"{number}.{name}"
            path.write_bytes(content)
            names.append(str(path))
    done = subprocess.run(
        ["node", str(HERE / "verify.mjs"), *names], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_python(record: bytes, population: bytes) -> dict[str, Any]:
    return plain(verify(record, io.BytesIO(population)))


def the_example() -> tuple[bytes, bytes]:
    return EXAMPLE.read_bytes(), EXAMPLE_POPULATION.read_bytes()


def changed(content: bytes, at: int, to: int) -> bytes:
    return content[:at] + bytes([to]) + content[at + 1 :]


def test_the_published_example_is_what_the_code_draws_today() -> None:
    record, lines = drawn()
    assert (record.bytes(), b"".join(lines)) == the_example()


@pytest.mark.parametrize("plan", [None, BY_RATE], ids=["by size", "by rate"])
def test_both_implementations_draw_the_same(tmp_path: Path, plan: Any) -> None:
    record, lines = drawn() if plan is None else drawn(plan, 5_000)
    files = record.bytes(), b"".join(lines)
    found = by_python(*files)
    assert by_node(tmp_path, [files]) == [found]
    assert (found["complete"], found["differences"]) == (True, [])
    assert found["seed"] == record.seed.hex()


def test_one_changed_byte_anywhere_in_the_record_is_refused_by_both_with_its_line(
    tmp_path: Path,
) -> None:
    record, population = the_example()
    chance = random.Random(20220602)
    places = sorted(chance.sample(range(len(record)), 220))
    pairs = []
    for at in places:
        to = chance.choice([byte for byte in b'0a9f" \n{},:\xff\x00Z' if byte != record[at]])
        pairs.append((changed(record, at, to), population))
    for at, pair, theirs in zip(places, pairs, by_node(tmp_path, pairs), strict=True):
        ours = by_python(*pair)
        assert ours["differences"], (at, pair[0][at - 20 : at + 20])
        if ours["differences"][0]["code"] == "NOT_JSON":
            # Where a text stops being JSON, two parsers stop at their own places.
            assert theirs["differences"][0]["code"] == "NOT_JSON"
            continue
        assert ours == theirs


def test_one_changed_byte_anywhere_in_the_population_is_refused_by_both_with_its_line(
    tmp_path: Path,
) -> None:
    record, population = the_example()
    chance = random.Random(20220602)
    places = sorted(chance.sample(range(len(population)), 160))
    pairs = []
    for at in places:
        to = chance.choice([byte for byte in b"0A|,:\n\r\xff\x00Z" if byte != population[at]])
        pairs.append((record, changed(population, at, to)))
    for at, pair, theirs in zip(places, pairs, by_node(tmp_path, pairs), strict=True):
        ours = by_python(*pair)
        assert ours == theirs
        line = population.count(b"\n", 0, at) + 1
        told = [one["line"] for one in ours["differences"] if one["code"] in LINES]
        assert line in told, (at, told)
        assert not ours["complete"]


LINES = {"LINE_ILL_FORMED", "LINES_OUT_OF_ORDER", "POPULATION_CHANGED"}


def edited(change: Any) -> bytes:
    value = json.loads(EXAMPLE.read_bytes())
    change(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return text.encode() + b"\n"


def _flip(text: str) -> str:
    return ("0" if text[0] != "0" else "1") + text[1:]


def _set(*path: str | int, to: Any) -> Any:
    def change(value: Any) -> None:
        for name in path[:-1]:
            value = value[name]
        value[path[-1]] = to(value[path[-1]]) if callable(to) else to

    return change


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        (_set("draw", to="DR-ANOTHER"), "DRAW_WRONG", "draw"),
        (_set("plan", "size", to=61), "PLAN_CHANGED", "plan"),
        (_set("plan", "kind", to="INSPECTORS"), "PLAN_CHANGED", "plan"),
        (_set("plan", "id", to="two words"), "PLAN_ILL_FORMED", "plan"),
        (_set("plan_hash", to=_flip), "PLAN_HASH_WRONG", "plan_hash"),
        (_set("population", "hash", to=_flip), "POPULATION_HASH_WRONG", "population.hash"),
        (_set("population", "count", to=299), "COUNT_WRONG", "population.count"),
        (_set("population", "blocks", 7, to=_flip), "BLOCKS_WRONG", "population.blocks[7]"),
        (_set("population", "block_lines", to=2), "BLOCKS_WRONG", "population.block_lines"),
        (
            _set("revealed", 0, "commitment", to=_flip),
            "COMMITMENT_WRONG",
            "revealed[0].commitment",
        ),
        (_set("revealed", 1, "secret", to=_flip), "SECRET_WRONG", "revealed[1].secret"),
        (
            _set("revealed", 1, "department", to="drc"),
            "DEPARTMENT_NOT_IN_PLAN",
            "revealed[1].department",
        ),
        (_set("seed", to=_flip), "SEED_WRONG", "seed"),
        (_set("size", to=59), "SIZE_WRONG", "size"),
        (_set("strata", 3, "size", to=0), "STRATUM_WRONG", "strata[3].size"),
        (_set("strata", 3, "population", to=0), "STRATUM_WRONG", "strata[3].population"),
        (_set("strata", 3, "key", to="class=S4:A"), "STRATUM_WRONG", "strata[3].key"),
        (_set("strata", 3, "drawn", to=[]), "DRAWN_WRONG", "strata[3].drawn"),
        (_set("strata", 5, "drawn", 0, to="91420100MA000001XU"), "DRAWN_WRONG", None),
        (_set("strata", to=lambda one: one[:-1]), "STRATUM_WRONG", "strata"),
        (_set("algorithm", to="mersenne"), "FORMAT_UNKNOWN", "algorithm"),
        (_set("surplus", to=1), "SHAPE_WRONG", "surplus"),
        (_set("size", to="60"), "SHAPE_WRONG", "size"),
        (_set("size", to=60.5), "NOT_CANONICAL", ""),
        (_set("size", to=10**16), "NOT_CANONICAL", ""),
        (_set("revealed", to=lambda one: one[:1]), "SHAPE_WRONG", "revealed"),
        (_set("revealed", to=lambda one: one[::-1]), "DEPARTMENT_NOT_IN_PLAN", None),
    ],
    ids=str,
)
def test_what_was_changed_is_named_once_and_where_it_was_changed(
    tmp_path: Path, change: Any, code: str, field: str | None
) -> None:
    record, population = edited(change), the_example()[1]
    ours = by_python(record, population)
    assert by_node(tmp_path, [(record, population)]) == [ours]
    first = ours["differences"][0]
    assert first["code"] == code
    if field is not None:
        assert first["field"] == field
        assert len(ours["differences"]) == 1 or code in {"STRATUM_WRONG", "NOT_CANONICAL"}
    if first["field"]:
        name = first["field"].split(".")[-1].split("[")[0]
        told = record.decode().splitlines()[first["line"] - 1]
        assert f'"{name}"' in told or "[" in first["field"] or first["field"] == "surplus"


def test_a_plan_that_forgets_a_class_of_the_population_is_told(tmp_path: Path) -> None:
    def forget(value: dict[str, Any]) -> None:
        value["plan"]["class_factors"] = {"": "1"}
        value["plan_hash"] = hash_of(value["plan"])
        seed = seed_of(DRAW, value["population"]["hash"], value["plan_hash"], SECRETS)
        value["seed"] = seed.hex()

    files = edited(forget), the_example()[1]
    assert by_node(tmp_path, [files]) == [by_python(*files)]
    (found,) = by_python(*files)["differences"]
    assert (found["code"], found["field"]) == ("CLASS_WITHOUT_FACTOR", "plan.class_factors")


def test_lines_added_taken_or_swapped_are_named_by_both(tmp_path: Path) -> None:
    record, population = the_example()
    lines = population.splitlines(keepends=True)
    swapped = [*lines[:5], lines[6], lines[5], *lines[7:]]
    pairs = [
        (record, b"".join(made))
        for made in (
            lines[:-1],
            lines[1:],
            [*lines, b"92|420102||\n"],
            [lines[0], *lines],
            swapped,
            [*lines[:-1], lines[-1].rstrip()],
            [b"\xef\xbb\xbf", *lines],
            [],
        )
    ]
    for pair, theirs in zip(pairs, by_node(tmp_path, pairs), strict=True):
        ours = by_python(*pair)
        assert ours == theirs
        assert ours["differences"]
        assert not ours["complete"]


def test_without_its_population_a_record_is_not_called_good() -> None:
    found = verify(EXAMPLE.read_bytes(), None)
    assert (found.differences, found.complete, found.good) == ((), False, False)


@pytest.mark.parametrize("rubbish", [b"", b"[]\n", b"NaN\n", b"[" * 100_000, b"\xff", b"1\n"])
def test_rubbish_is_no_record(rubbish: bytes) -> None:
    assert not verify(rubbish, []).good
    assert verify(rubbish, []).differences


def test_every_kind_of_difference_has_words_in_both_languages() -> None:
    for code, (_, zh, en) in WORDS.items():
        assert any("一" <= letter <= "鿿" for letter in zh), code
        assert en.isascii(), code


# --- the command line ----------------------------------------------------------------------


def test_the_command_says_that_a_draw_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "draw", "verify", str(EXAMPLE)]) == 0
    assert "drawing again gives the same" in capsys.readouterr().out
    assert run(["--lang", "zh", "draw", "verify", str(EXAMPLE)]) == 0
    assert "重新抽取的结果完全一致" in capsys.readouterr().out


def test_the_command_names_the_changed_line_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    record, population = the_example()
    at = population.index(b"S4-2023:A") + len("S4-2023:A") - 1
    line = population.count(b"\n", 0, at) + 1
    other = tmp_path / "changed.population"
    other.write_bytes(changed(population, at, ord("D")))
    ask = ["draw", "verify", str(EXAMPLE), "--population", str(other)]
    assert run(["--lang", "en", *ask]) == 1
    assert f"population line {line}: is not what was frozen." in capsys.readouterr().out
    assert run(["--lang", "zh", *ask]) == 1
    assert f"名录 第{line}行：与冻结时的名录不同。" in capsys.readouterr().out
    assert record == EXAMPLE.read_bytes()


def test_the_command_answers_in_json_as_the_second_implementation_does(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["draw", "verify", str(EXAMPLE), "--json"]) == 0
    assert [json.loads(capsys.readouterr().out)] == by_node(tmp_path, [the_example()])


def test_a_missing_file_is_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["--lang", "en", "draw", "verify", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
    lonely = tmp_path / "lonely.json"
    lonely.write_bytes(EXAMPLE.read_bytes())
    assert run(["--lang", "en", "draw", "verify", str(lonely)]) == 2
    assert "--population" in capsys.readouterr().err
