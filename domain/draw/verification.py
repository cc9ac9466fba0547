"""Draws again from a record and its population, and names every place that does not agree.

What is checked, in this order: the form of the record; the plan and its hash; the commitments
against the revealed secrets; the population line by line, its count, hash and locators; the
seed; the strata and their sizes; the ids that were drawn, in their order. One change is named
once, where it was made: the seed rests on population and plan, so it tells whether a value or
its hash was changed. On a changed population, plan or secret nothing can be drawn again, and
the result counts as not checked.

What this cannot tell: whether the commitments were published before the population was
frozen and whether this record is the one that was published. The departments' facts say so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Any

from domain.draw.commitment import SECRET_BYTES, commitment_of, seed_of
from domain.draw.differences import Difference
from domain.draw.plan import ClassWithoutFactor, DrawPlan, DrawPlanIllFormed, hash_of
from domain.draw.population import LOCATOR_DIGITS, TAG, WORD, Tail, block_length, tail_of
from domain.draw.record import FORMAT, canonical
from domain.draw.selection import ALGORITHM, Sample
from domain.draw.strata import strata_of

TOLD_MOST = 20
"""No more differences of lines than these are told; the rest would say the same."""

_HASH = re.compile(r"[0-9a-f]{64}")
_LOCATOR = re.compile(rf"[0-9a-f]{{{LOCATOR_DIGITS}}}")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check of a draw found. `complete` says that the draw was made again."""

    draw: str
    objects: int
    drawn: int
    seed: str
    complete: bool
    differences: tuple[Difference, ...]

    @property
    def good(self) -> bool:
        """Whether the draw was made again and agrees."""
        return self.complete and not self.differences


def verify(record: bytes, population: Iterable[bytes] | None) -> Verdict:
    """Checks a record's file against the lines of its population (None: it is not at hand)."""
    plain, found = _read(record)
    if plain is None:
        return _verdict({}, found, complete=False)
    places = _places(plain)

    def at(code: str, field: str) -> Difference:
        return Difference(code=code, field=field, line=places.get(field))

    found = [at(code, field) for code, field in _shape(plain)]
    if found:
        return _verdict(plain, found, complete=False)
    try:
        plan = DrawPlan.read(plain["plan"])
    except DrawPlanIllFormed:
        return _verdict(plain, [at("PLAN_ILL_FORMED", "plan")], complete=False)
    sizes = {one["key"]: one["size"] for one in plain["strata"]}
    survey = None
    if population is not None:
        survey = _survey(population, plan, bytes.fromhex(plain["seed"]), sizes, plain)
    sources, seeded = _judge_sources(plain, survey)
    found += [at(code, field) for code, field in sources]
    frozen = False
    if survey is not None:
        found += survey.lines
        changed, fields = _judge_population(plain["population"], survey)
        found += [*changed, *(at(code, field) for code, field in fields)]
        frozen = not changed and not survey.lines
    complete = seeded and frozen and not any(one.code == "PLAN_CHANGED" for one in found)
    if complete:
        assert survey is not None
        found += [at(code, field) for code, field in _judge_results(plain, plan, survey)]
    return _verdict(plain, found, complete=complete)


def _verdict(plain: Mapping[str, Any], found: list[Difference], *, complete: bool) -> Verdict:
    def said(kind: type, *path: str) -> Any:
        value: Any = plain
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value if type(value) is kind else kind()

    return Verdict(
        draw=said(str, "draw"),
        objects=said(int, "population", "count"),
        drawn=said(int, "size"),
        seed=said(str, "seed"),
        complete=complete,
        differences=tuple(found),
    )


def _read(record: bytes) -> tuple[dict[str, Any] | None, list[Difference]]:
    """The JSON of a record's file, where it is in the one form."""
    try:
        text = record.decode()
    except UnicodeDecodeError as wrong:
        line = record.count(b"\n", 0, wrong.start) + 1
        return None, [Difference(code="NOT_UTF8", line=line)]
    try:
        plain = json.loads(text, parse_float=_odd, parse_int=_whole, parse_constant=_none)
        written = canonical(plain)
    except json.JSONDecodeError as wrong:
        return None, [Difference(code="NOT_JSON", line=wrong.lineno)]
    except (ValueError, RecursionError):
        return None, [Difference(code="NOT_JSON")]
    if written != record:
        pairs = zip(written.split(b"\n"), record.split(b"\n"), strict=False)
        apart = next((number for number, (one, two) in enumerate(pairs, 1) if one != two), None)
        return None, [Difference(code="NOT_CANONICAL", line=apart)]
    if not isinstance(plain, dict):
        return None, [Difference(code="SHAPE_WRONG", line=1)]
    return plain, []


def _odd(number: str) -> str:
    # A text in the place of a number has another form, so its line is told.
    return f"not whole: {number}"


def _whole(number: str) -> int | str:
    return int(number) if len(number) <= 15 else _odd(number)


def _none(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _places(plain: Any) -> dict[str, int]:
    """The line of each value of a record in the one form, by its path."""
    found: dict[str, int] = {}

    def walk(value: Any, path: str, line: int) -> int:
        found[path] = line
        if isinstance(value, dict) and value:
            for name in sorted(value):
                line = walk(value[name], f"{path}.{name}" if path else name, line + 1)
            return line + 1
        if isinstance(value, list) and value:
            for index, one in enumerate(value):
                line = walk(one, f"{path}[{index}]", line + 1)
            return line + 1
        return line

    walk(plain, "", 1)
    return found


_FIELDS: Mapping[str, type] = {
    "algorithm": str,
    "draw": str,
    "format": str,
    "plan": dict,
    "plan_hash": str,
    "population": dict,
    "revealed": list,
    "seed": str,
    "size": int,
    "strata": list,
}
_POPULATION: Mapping[str, type] = {"block_lines": int, "blocks": list, "count": int, "hash": str}
_REVEALED: Mapping[str, type] = {"commitment": str, "department": str, "secret": str}
_STRATUM: Mapping[str, type] = {"drawn": list, "key": str, "population": int, "size": int}


def _shape(plain: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The first values that are missing, too much, or not of their type."""
    wrong = _typed(plain, _FIELDS, "")
    if wrong:
        return wrong
    if plain["format"] != FORMAT:
        return [("FORMAT_UNKNOWN", "format")]
    if plain["algorithm"] != ALGORITHM:
        return [("FORMAT_UNKNOWN", "algorithm")]
    wrong = _typed(plain["population"], _POPULATION, "population.")
    for index, one in enumerate(plain["revealed"]):
        wrong += _typed(one, _REVEALED, f"revealed[{index}].")
    if len(plain["revealed"]) != 2:
        wrong.append(("SHAPE_WRONG", "revealed"))
    for index, one in enumerate(plain["strata"]):
        wrong += _typed(one, _STRATUM, f"strata[{index}].")
    if wrong:
        return wrong
    texts = [("plan_hash", plain["plan_hash"], _HASH), ("seed", plain["seed"], _HASH)]
    texts += [
        ("draw", plain["draw"], WORD),
        ("population.hash", plain["population"]["hash"], _HASH),
    ]
    for index, one in enumerate(plain["revealed"]):
        texts += [
            (f"revealed[{index}].commitment", one["commitment"], _HASH),
            (f"revealed[{index}].department", one["department"], WORD),
            (f"revealed[{index}].secret", one["secret"], _HASH),
        ]
    for index, one in enumerate(plain["population"]["blocks"]):
        texts.append((f"population.blocks[{index}]", one, _LOCATOR))
    for index, one in enumerate(plain["strata"]):
        texts += [
            (f"strata[{index}].drawn[{place}]", id_, WORD) for place, id_ in enumerate(one["drawn"])
        ]
    return [
        ("SHAPE_WRONG", field)
        for field, text, form in texts
        if not isinstance(text, str) or not form.fullmatch(text)
    ]


def _typed(value: Any, fields: Mapping[str, type], path: str) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [("SHAPE_WRONG", path.rstrip("."))]
    names = sorted(set(value) ^ set(fields))
    names += [
        name for name, kind in fields.items() if name in value and type(value[name]) is not kind
    ]
    return [("SHAPE_WRONG", f"{path}{name}") for name in names]


class _Survey:
    """What one reading of the population's lines found, and the tickets it drew."""

    def __init__(self) -> None:
        self.lines: list[Difference] = []
        self.count = 0
        self.hash = ""
        self.blocks: list[str] = []
        self.tails: dict[Tail, int] = {}
        self.samples: dict[str, Sample] = {}


class _Kind:
    """The lines that share a tail: how many came by, and the sample they draw for."""

    __slots__ = ("count", "offer", "tail")

    def __init__(self, tail: Tail, sample: Sample) -> None:
        self.tail = tail
        self.offer = sample.offer
        self.count = 0


def _survey(
    population: Iterable[bytes],
    plan: DrawPlan,
    seed: bytes,
    sizes: Mapping[str, int],
    plain: Mapping[str, Any],
) -> _Survey:
    made = _Survey()
    kinds: dict[bytes, _Kind] = {}
    total = sha256(TAG)
    length = plain["population"]["block_lines"]
    length = length if 1 <= length <= 10**6 else 1
    block: list[bytes] = []
    before = b""
    for number, line in enumerate(population, 1):
        block.append(line)
        if len(block) == length:
            _close(block, total, made.blocks)
        id_, _, tail = line.partition(b"|")
        kind = kinds.get(tail)
        if kind is None:
            kind = _kind(tail, plan, seed, sizes, made)
            if kind is not None:
                kinds[tail] = kind
        if kind is None or not ((id_.isalnum() and len(id_) <= 120) or _is_word(id_)):
            _tell(made, "LINE_ILL_FORMED", number)
        elif id_ <= before:
            _tell(made, "LINES_OUT_OF_ORDER", number)
        else:
            kind.count += 1
            kind.offer(id_)
        before = id_
        made.count = number
    _close(block, total, made.blocks)
    made.hash = total.hexdigest()
    made.tails = {kind.tail: kind.count for kind in kinds.values() if kind.count}
    return made


def _kind(
    tail: bytes, plan: DrawPlan, seed: bytes, sizes: Mapping[str, int], made: _Survey
) -> _Kind | None:
    try:
        read = tail_of(tail)
    except ValueError:
        return None
    key = plan.stratum_of(read)
    if key not in made.samples:
        made.samples[key] = Sample(seed, key, max(0, sizes.get(key, 0)))
    return _Kind(read, made.samples[key])


def _is_word(id_: bytes) -> bool:
    try:
        return WORD.fullmatch(id_.decode()) is not None
    except UnicodeDecodeError:
        return False


def _tell(made: _Survey, code: str, line: int) -> None:
    if len(made.lines) < TOLD_MOST:
        made.lines.append(Difference(code=code, line=line))


def _close(block: list[bytes], total: Any, blocks: list[str]) -> None:
    if block:
        joined = b"".join(block)
        total.update(joined)
        blocks.append(sha256(joined).hexdigest()[:LOCATOR_DIGITS])
        block.clear()


def _judge_sources(
    plain: Mapping[str, Any], survey: _Survey | None
) -> tuple[list[tuple[str, str]], bool]:
    """Plan, departments, commitments and seed; whether the seed follows from what is there."""
    wrong: list[tuple[str, str]] = []
    revealed = plain["revealed"]
    plan_hash = hash_of(plain["plan"])
    hashes = [plain["population"]["hash"], *([survey.hash] if survey is not None else [])]
    made_with = {
        plan: _seed(plain["draw"], population, plan, revealed)
        for population, plan in product(hashes, (plain["plan_hash"], plan_hash))
        if _seed(plain["draw"], population, plan, revealed) == plain["seed"]
    }
    if plain["plan_hash"] != plan_hash:
        wrong.append(
            ("PLAN_HASH_WRONG", "plan_hash") if plan_hash in made_with else ("PLAN_CHANGED", "plan")
        )
    strangers = [
        index
        for index, one in enumerate(revealed)
        if one["department"] != plain["plan"]["departments"][index]
    ]
    wrong += [("DEPARTMENT_NOT_IN_PLAN", f"revealed[{index}].department") for index in strangers]
    broken = [
        index
        for index, one in enumerate(revealed)
        if one["commitment"]
        != commitment_of(plain["draw"], one["department"], bytes.fromhex(one["secret"]))
    ]
    if len(broken) == len(revealed) and not made_with:
        wrong.append(("DRAW_WRONG", "draw"))
    else:
        wrong += [
            ("COMMITMENT_WRONG", f"revealed[{index}].commitment")
            if made_with
            else ("SECRET_WRONG", f"revealed[{index}].secret")
            for index in broken
            if index not in strangers
        ]
    if not made_with and not wrong:
        wrong.append(("SEED_WRONG", "seed"))
    return wrong, bool(made_with)


def _seed(
    draw: str, population_hash: str, plan_hash: str, revealed: Iterable[Mapping[str, str]]
) -> str:
    secrets = {one["department"]: bytes.fromhex(one["secret"]) for one in revealed}
    if len(secrets) != 2 or any(len(one) != SECRET_BYTES for one in secrets.values()):
        return ""
    return seed_of(draw, population_hash, plan_hash, secrets).hex()


def _judge_population(
    told: Mapping[str, Any], survey: _Survey
) -> tuple[list[Difference], list[tuple[str, str]]]:
    """Changed lines of the population, and wrong fields of the record about it."""
    length = told["block_lines"]
    fields: list[tuple[str, str]] = []
    if told["count"] != survey.count:
        fields.append(("COUNT_WRONG", "population.count"))
    pairs = list(zip(told["blocks"], survey.blocks, strict=False))
    apart = next((at for at, (one, two) in enumerate(pairs) if one != two), None)
    if apart is None and len(told["blocks"]) != len(survey.blocks):
        apart = len(pairs)
    same_length = length == block_length(survey.count)
    if told["hash"] == survey.hash:
        if not same_length:
            fields.append(("BLOCKS_WRONG", "population.block_lines"))
        elif apart is not None:
            place = f"[{apart}]" if apart < len(told["blocks"]) else ""
            fields.append(("BLOCKS_WRONG", f"population.blocks{place}"))
        return [], fields
    if apart is None:
        return [], [*fields, ("POPULATION_HASH_WRONG", "population.hash")]
    last = min((apart + 1) * length, max(survey.count, told["count"]))
    changed = Difference(code="POPULATION_CHANGED", line=apart * length + 1, last_line=last)
    return [changed], fields


def _judge_results(
    plain: Mapping[str, Any], plan: DrawPlan, survey: _Survey
) -> list[tuple[str, str]]:
    """Strata, sizes and drawn ids against those of the draw made again."""
    try:
        strata = strata_of(plan, survey.tails)
    except ClassWithoutFactor:
        return [("CLASS_WITHOUT_FACTOR", "plan.class_factors")]
    wrong: list[tuple[str, str]] = []
    for index, (told, made) in enumerate(zip(plain["strata"], strata, strict=False)):
        path = f"strata[{index}]"
        if told["key"] != made.key:
            wrong.append(("STRATUM_WRONG", f"{path}.key"))
            continue
        if told["population"] != made.population:
            wrong.append(("STRATUM_WRONG", f"{path}.population"))
        if told["size"] != made.size:
            wrong.append(("STRATUM_WRONG", f"{path}.size"))
            continue
        ids = survey.samples[made.key].drawn()
        if len(told["drawn"]) != len(ids):
            wrong.append(("DRAWN_WRONG", f"{path}.drawn"))
        wrong += [
            ("DRAWN_WRONG", f"{path}.drawn[{place}]")
            for place, (one, two) in enumerate(zip(told["drawn"], ids, strict=False))
            if one != two
        ]
    if len(plain["strata"]) != len(strata):
        wrong.append(("STRATUM_WRONG", "strata"))
    if plain["size"] != sum(one.size for one in strata):
        wrong.append(("SIZE_WRONG", "size"))
    return wrong
