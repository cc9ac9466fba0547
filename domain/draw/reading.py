"""A frozen population as its kept file says it: read again, line by line, and pinned anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import islice

from domain.draw.population import (
    LOCATOR_DIGITS,
    TAG,
    WORD,
    Frozen,
    PopulationEmpty,
    Tail,
    block_length,
    tail_of,
)
from domain.errors import Refusal


class PopulationLineIllFormed(Refusal):
    """A line of the file is none that freezing writes, or stands out of order."""

    zh = "抽查对象名录第{line}行不是规范的名录行，或未按编号排列、编号重复。"
    en = "line {line} of the population is not canonical, out of order, or repeats an id."
    next_zh = "请由平台从检查对象名录库重新冻结名录。"
    next_en = "let the platform freeze the population from the register again."
    source = "平台规则（抽查对象名录行格式）"
    field = "population"


def frozen_of(read: Callable[[], Iterable[bytes]]) -> Frozen:
    """The count, hash, locators and tails of a population's file; `read` gives its lines anew.

    Raises PopulationEmpty, PopulationLineIllFormed.
    """
    count = sum(1 for _ in read())
    if not count:
        raise PopulationEmpty
    length = block_length(count)
    total = sha256(TAG)
    blocks: list[str] = []
    tails: dict[bytes, int] = {}
    lines = iter(read())
    last = b""
    while block := list(islice(lines, length)):
        ends = []
        for place, line in enumerate(block, len(blocks) * length + 1):
            id_, _, tail = line.partition(b"|")
            # Of bytes, only ASCII letters and digits are alphanumeric.
            if id_ <= last or not ((id_.isalnum() and len(id_) <= 120) or _is_word(id_)):
                raise PopulationLineIllFormed(line=place)
            last = id_
            ends.append(tail)
        for tail, times in Counter(ends).items():
            if tail not in tails:
                _must_be_canonical(tail, len(blocks) * length + ends.index(tail) + 1)
            tails[tail] = tails.get(tail, 0) + times
        joined = b"".join(block)
        total.update(joined)
        blocks.append(sha256(joined).hexdigest()[:LOCATOR_DIGITS])
    found: dict[Tail, int] = {tail_of(text): times for text, times in tails.items()}
    return Frozen(
        count=count,
        hash=total.hexdigest(),
        block_lines=length,
        blocks=tuple(blocks),
        tails=found,
    )


def _must_be_canonical(tail: bytes, number: int) -> None:
    try:
        tail_of(tail)
    except ValueError:
        raise PopulationLineIllFormed(line=number) from None


def _is_word(id_: bytes) -> bool:
    try:
        return WORD.fullmatch(id_.decode()) is not None
    except UnicodeDecodeError:
        return False
