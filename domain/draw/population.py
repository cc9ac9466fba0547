"""The population of a draw: the objects as they were frozen, and the hash that pins them.

The rules (reference 4.2, 6.2; S3):

1. A firm is in the population when its registered scope, as registered, contains one of the
   eight phrases; what that means for licences is another question.
2. An object has an id, a region, a class by a named scheme (or none), and tags for key areas
   and seasons. Inspectors are objects too: their specialities are their tags.
3. One object is one line, `id|region|scheme:grade|tag,tag`, in UTF-8, ended by a line feed.
   An object without a class has nothing between its bars. Its tags stand once each, sorted.
4. Lines are sorted by the bytes of the id. An id stands once.
5. The population's hash is SHA-256 over `liandong:population:v1`, a line feed and all lines.
6. Locators: the lines are cut into at most 4096 blocks of equal length (the last may be
   shorter), and the first 16 hexadecimal digits of each block's SHA-256 are kept. They find
   the place of a change; what proves it is the hash of the whole.

A word is 1 to 120 characters without blanks, control characters, `|`, `,` and `:`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import compress, count, repeat, tee
from operator import eq, itemgetter
from typing import NamedTuple

from domain.errors import Refusal
from domain.push.scope_matching import mapping_on

TAG = b"liandong:population:v1\n"
BLOCKS_MOST = 4096
LOCATOR_DIGITS = 16

WORD = re.compile(r"[^\x00-\x20\x7f|,:]{1,120}")
REGION = re.compile(r"[0-9]{6}")

# Below every character of a word, so that sorting whole lines sorts by the id alone.
_BREAK = "\x1f"


class ObjectIllFormed(Refusal):
    """A field of an object cannot stand in a population's line."""

    zh = "抽查对象 {id} 的字段 {name}“{value}”不能写入名录行。"
    en = "the {name} {value!r} of the object {id} cannot stand in a line of a population."
    next_zh = (
        "请更正名录中的该字段：六位区划代码；其余不含空白、控制字符、竖线、逗号和冒号，1至120字。"
    )
    next_en = (
        "correct the field in the register: six digits for a region; elsewhere 1 to 120 "
        "characters without blanks, control characters, bars, commas and colons."
    )
    source = "平台规则（抽查对象名录行格式）"


class ObjectTwiceInPopulation(Refusal):
    """An id stands twice in a population: it would have two chances."""

    zh = "抽查对象 {id} 在名录中出现两次。"
    en = "the object {id} stands twice in the population."
    next_zh = "请在检查对象名录库中合并后重新冻结。"
    next_en = "merge the two in the register of objects, then freeze again."
    source = "平台规则（每个对象被抽中的机会相同，名录中只列一次）"


class PopulationEmpty(Refusal):
    """There is nothing to draw from."""

    zh = "抽查对象名录为空，无从抽取。"
    en = "the population is empty; there is nothing to draw from."
    next_zh = "请核对抽查范围和检查对象名录库。"
    next_en = "check the predicate and the register of objects."
    source = "鄂人社函〔2022〕97号 二（一）"


class DrawObject(NamedTuple):
    """One object of a draw: a firm, a place, or an inspector."""

    id: str
    region: str
    grade: str = ""
    grade_scheme: str = ""
    tags: tuple[str, ...] = ()


class Tail(NamedTuple):
    """What a line says after its id: what decides the stratum."""

    region: str
    grade_class: str
    """`scheme:grade`, or nothing where the object is not rated."""
    tags: tuple[str, ...]


class Run(NamedTuple):
    """A part of a population, sorted; its lines have another mark behind the id."""

    lines: list[bytes]
    tails: dict[Tail, int]


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A frozen population: its size, its hash, its locators, and how many lines share a tail."""

    count: int
    hash: str
    block_lines: int
    blocks: tuple[str, ...]
    tails: Mapping[Tail, int]


def class_of(grade_scheme: str, grade: str) -> str:
    """A class as lines and plans write it: `scheme:grade`, or nothing."""
    return f"{grade_scheme}:{grade}" if grade or grade_scheme else ""


def in_population(rows: Iterable[tuple[DrawObject, str]], on: date) -> Iterator[DrawObject]:
    """The objects whose registered scope, as registered, contains one of the eight phrases."""
    phrases = tuple(one.text for one in mapping_on(on).phrases if one.drawn)
    for found, scope in rows:
        for words in phrases:
            if words in scope:
                yield found
                break


def line_of(one: DrawObject) -> bytes:
    """The canonical line of an object, with its line feed. Raises ObjectIllFormed."""
    return f"{_id(one)}|{_tail_text(one)}\n".encode()


def freeze(objects: Iterable[DrawObject], write: Callable[[bytes], object] | None = None) -> Frozen:
    """Freezes a population: its lines go in order to `write`, its hash comes back.

    Holds one line for each object in memory while it sorts (some 90 bytes each).
    Raises ObjectIllFormed, ObjectTwiceInPopulation, PopulationEmpty; nothing is written then.
    """
    return freeze_runs([run_of(objects)], write)


def run_of(objects: Iterable[DrawObject]) -> Run:
    """A part of a population made ready, in its order; parts may be made apart.

    Raises ObjectIllFormed.
    """
    lines, tails = _gathered(objects)
    lines.sort()
    return Run(lines, tails)


def freeze_runs(runs: Iterable[Run], write: Callable[[bytes], object] | None = None) -> Frozen:
    """Freezes a population from its parts, as `freeze` does from its objects."""
    lines: list[bytes] = []
    tails: dict[Tail, int] = {}
    for run in runs:
        lines += run.lines
        for tail, times in run.tails.items():
            tails[tail] = tails.get(tail, 0) + times
    if not lines:
        raise PopulationEmpty
    lines.sort()
    _refuse_twins(lines)
    total = sha256(TAG)
    length = block_length(len(lines))
    blocks = []
    for first in range(0, len(lines), length):
        block = b"".join(lines[first : first + length]).replace(_BREAK.encode(), b"|")
        total.update(block)
        blocks.append(sha256(block).hexdigest()[:LOCATOR_DIGITS])
        if write is not None:
            write(block)
    return Frozen(
        count=len(lines),
        hash=total.hexdigest(),
        block_lines=length,
        blocks=tuple(blocks),
        tails=tails,
    )


def block_length(count: int) -> int:
    """How many lines a block of a population of this size has."""
    return max(1, -(-count // BLOCKS_MOST))


def tail_of(text: bytes) -> Tail:
    """What stands behind the id of a canonical line, with its line feed.

    Raises ValueError for what `line_of` would not have written.
    """
    parts = text.decode()[:-1].split("|")
    if len(parts) != 3:
        raise ValueError("no line has other than four parts")
    region, grade_class, tags = parts
    words = tuple(tags.split(",")) if tags else ()
    scheme, _, grade = grade_class.partition(":")
    one = DrawObject("-", region, grade, scheme, words)
    try:
        written = _tail_text(one)
    except ObjectIllFormed as wrong:
        raise ValueError(str(wrong)) from None
    if f"{written}\n".encode() != text:
        raise ValueError("not in canonical form")
    return Tail(region, grade_class, words)


def _gathered(objects: Iterable[DrawObject]) -> tuple[list[bytes], dict[Tail, int]]:
    lines: list[bytes] = []
    ends: list[bytes] = []
    seen: dict[tuple[object, ...], bytes] = {}
    for one in objects:
        end = seen.get(one[1:])
        if end is None:
            end = seen[one[1:]] = f"{_BREAK}{_tail_text(one)}\n".encode()
        # Of bytes, only ASCII letters and digits are alphanumeric.
        id_ = one[0].encode(errors="surrogatepass")
        if not (id_.isalnum() and len(id_) <= 120):
            _id(one)
        lines.append(id_ + end)
        ends.append(end)
    tails: dict[Tail, int] = {}
    for text, times in Counter(ends).items():
        tail = tail_of(text[1:])
        tails[tail] = tails.get(tail, 0) + times
    return lines, tails


def _refuse_twins(lines: list[bytes]) -> None:
    ids = map(itemgetter(0), map(bytes.partition, lines, repeat(_BREAK.encode())))
    one, two = tee(ids)
    next(two)
    # Two ids stand side by side where they are equal; the comparison runs without a Python loop.
    place = next(compress(count(), map(eq, one, two)), None)
    if place is not None:
        twin, _, _ = lines[place].partition(_BREAK.encode())
        raise ObjectTwiceInPopulation(id=twin.decode())


def _id(one: DrawObject) -> str:
    return _word(one, "id", one.id)


def _tail_text(one: DrawObject) -> str:
    if not REGION.fullmatch(one.region):
        raise ObjectIllFormed(id=one.id, name="region", value=one.region)
    grade_class = ""
    if one.grade or one.grade_scheme:
        scheme = _word(one, "grade_scheme", one.grade_scheme)
        grade_class = f"{scheme}:{_word(one, 'grade', one.grade)}"
    tags = sorted({_word(one, "tag", tag) for tag in one.tags})
    return f"{one.region}|{grade_class}|{','.join(tags)}"


def _word(one: DrawObject, name: str, value: str) -> str:
    if not WORD.fullmatch(value) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ObjectIllFormed(id=one.id, name=name, value=value)
    return value
