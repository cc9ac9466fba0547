"""What a figure and its members are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.facts import Recorded
from projections.steps import Keys, Steps

Span = tuple[str, int, int | None]
"""(figure, stamp of entering, stamp of leaving or None)."""


@dataclass(frozen=True)
class Definition:
    """A figure: its labels and exactly what it counts."""

    id: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str


@dataclass(frozen=True)
class Counted:
    """A kind of member: which facts bear on it, which fields count, and its spans."""

    kind: str
    key: Callable[[Recorded[Any]], Keys]
    fields: Mapping[str, tuple[str, ...]]
    spans: Callable[[Steps], list[Span]]
    home: str
    """The event type whose region and matter are the member's."""


def named(
    prefix: str,
    values: Mapping[str, tuple[str, str]],
    labels: tuple[str, str],
    definition_zh: str,
    definition_en: str,
) -> Iterator[Definition]:
    """One figure for each value of a code list."""
    for code, (zh, en) in values.items():
        yield Definition(
            f"{prefix}{code}",
            labels[0] + zh,
            labels[1] + en,
            definition_zh.format(zh=zh, code=code),
            definition_en.format(zh=zh, code=code),
        )
